// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include "Test.h"

/// What a newcomer reads first must lead somewhere.
class DocumentsTest : public sightline::Test {
    Q_OBJECT

    static QStringList documents() {
        QStringList files{"README.md", "BENCHMARKS.md"};
        for (const char* folder : {"docs", "core", "core/network", "core/augment", "core/data", "ui"})
            for (const QString& name :
                 QDir(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + folder).entryList({"*.md"}, QDir::Files))
                files += QString(folder) + '/' + name;
        return files;
    }
    static QString textOf(const QString& file) {
        QFile opened(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + file);
        return opened.open(QIODevice::ReadOnly) ? QString::fromUtf8(opened.readAll()) : QString();
    }
    /// Every first capture of a pattern, with the document it stands in.
    static QList<std::pair<QString, QString>> captures(const QString& pattern) {
        QList<std::pair<QString, QString>> found;
        for (const QString& document : documents()) {
            auto matches = QRegularExpression(pattern).globalMatch(textOf(document));
            while (matches.hasNext())
                found.append({document, matches.next().captured(1)});
        }
        return found;
    }

private Q_SLOTS:
    void everyLinkLeadsToAFile() {
        const auto links = captures("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
        QVERIFY(links.size() > 5);
        QStringList dead;
        for (const auto& [document, link] : links) {
            const QDir beside(QFileInfo(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + document).path());
            if (!link.contains("://") && !QFileInfo::exists(beside.filePath(link)))
                dead += document + ": " + link;
        }
        QVERIFY2(dead.isEmpty(), qPrintable(dead.join("; ")));
    }

    void everyDevCommandExists() {
        QProcess dev;
        dev.start(QStringLiteral(SIGHTLINE_SOURCE_DIR "/dev"), {"help"});
        QVERIFY(dev.waitForFinished());
        QCOMPARE(dev.exitCode(), 0);
        const QString usage = QString::fromUtf8(dev.readAllStandardOutput());
        const auto commands = captures("\\./dev ([a-z]+)");
        QVERIFY(commands.size() > 5);
        QStringList unknown;
        for (const auto& [document, command] : commands)
            if (!usage.contains("./dev " + command))
                unknown += document + ": ./dev " + command;
        QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join("; ")));
    }
};

QTEST_GUILESS_MAIN(DocumentsTest)
#include "tst_Documents.moc"
