// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QTest>

#include "Test.h"

/// DESIGN section 1, proved on the sources: who may include whom.
class LayeringTest : public sightline::Test {
    Q_OBJECT

    struct Include {
        QString file;
        QString target;
    };

    static QList<Include> includesBelow(const QString& folder) {
        static const QRegularExpression line(QStringLiteral("^\\s*\\x23\\s*include\\s*[<\"]([^>\"]+)[>\"]"),
                                             QRegularExpression::MultilineOption);
        QList<Include> found;
        const QDir root(QStringLiteral(SIGHTLINE_SOURCE_DIR));
        QDirIterator files(root.filePath(folder),
                           {QStringLiteral("*.h"), QStringLiteral("*.cpp"), QStringLiteral("*.in")}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            auto matches = line.globalMatch(QString::fromUtf8(file.readAll()));
            while (matches.hasNext())
                found.append({root.relativeFilePath(file.fileName()), matches.next().captured(1)});
        }
        return found;
    }

    static void refuse(const QString& folder, const QRegularExpression& forbidden) {
        const QList<Include> includes = includesBelow(folder);
        QVERIFY2(!includes.isEmpty(),
                 qPrintable(folder + QStringLiteral(" has no includes: the test looks in the wrong place")));
        QStringList wrong;
        for (const Include& include : includes) {
            if (forbidden.match(include.target).hasMatch())
                wrong += include.file + QStringLiteral(" includes ") + include.target;
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral("; "))));
    }

    /// `rooms`: those below `base`, the lowest first.
    static void refuseUpward(const QString& base, const QStringList& rooms) {
        QStringList wrong;
        const QDir root(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + base);
        for (const QString& folder : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            if (!rooms.contains(folder))
                wrong += base + folder + QStringLiteral(" has no place among the rooms");
        for (qsizetype room = 0; room < rooms.size(); ++room) {
            for (const Include& include : includesBelow(base + rooms[room])) {
                const qsizetype target = rooms.indexOf(include.target.section(QLatin1Char('/'), 0, 0));
                if (target > room && include.target.contains(QLatin1Char('/')))
                    wrong += include.file + QStringLiteral(" includes ") + include.target;
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral("; "))));
    }

private Q_SLOTS:
    void coreNeverIncludesQt() {
        refuse(QStringLiteral("core"), QRegularExpression(QStringLiteral("^(Q[A-Z]|Qt|qt|qcustomplot)")));
    }

    void uiNeverIncludesTorch() {
        refuse(QStringLiteral("ui"),
               QRegularExpression(QStringLiteral("^(torch|ATen|c10|caffe2)/|^engine/(module|train|explain)/")));
    }

    void appNeverIncludesTorch() {
        refuse(QStringLiteral("app"), QRegularExpression(QStringLiteral("^(torch|ATen|c10|caffe2)/")));
    }

    void commandLineNeverIncludesQt() {
        refuse(QStringLiteral("app/cli"), QRegularExpression(QStringLiteral("^(Q[A-Z]|Qt)")));
    }

    void torchStaysInsideTheEngine() {
        for (const char* room : {"support", "experiment", "network", "zoo", "data", "augment", "metrics", "store",
                                 "report", "suggest", "engine/device"})
            refuse(QStringLiteral("core/") + QLatin1String(room),
                   QRegularExpression(QStringLiteral("^(torch|ATen|c10)/")));
    }

    void eachRoomOfCoreKnowsOnlyThoseBeforeIt() {
        refuseUpward(
            QStringLiteral("core/"),
            QStringLiteral("support experiment network zoo data augment metrics store report suggest engine search")
                .split(QLatin1Char(' ')));
    }

    void eachRoomOfTheWindowKnowsOnlyThoseBeforeIt() {
        refuseUpward(QStringLiteral("ui/"),
                     QStringLiteral("look lane models delegates plot graph widgets bridge pages window prompts")
                         .split(QLatin1Char(' ')));
    }

    void aWarningFailsEveryTest() {
        QStringList without;
        QDirIterator files(QStringLiteral(SIGHTLINE_SOURCE_DIR "/tests"), {QStringLiteral("tst_*.cpp")}, QDir::Files,
                           QDirIterator::Subdirectories);
        const QRegularExpression unguarded(QStringLiteral("class \\w+ : public QObject")); // sightline::Test guards
        int tests = 0;
        for (; files.hasNext(); ++tests) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            if (unguarded.match(QString::fromUtf8(file.readAll())).hasMatch())
                without += file.fileName();
        }
        QVERIFY(tests > 0);
        QVERIFY2(without.isEmpty(), qPrintable(without.join(QStringLiteral("; "))));
    }

    void everySourceSaysItsLicence() {
        QStringList without;
        for (const char* folder : {"core", "ui", "app", "tests"}) {
            QDirIterator files(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + QLatin1String(folder),
                               {QStringLiteral("*.h"), QStringLiteral("*.cpp"), QStringLiteral("CMakeLists.txt")},
                               QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                if (file.open(QIODevice::ReadOnly) &&
                    !file.read(200).contains("SPDX-License-Identifier: GPL-3.0-or-later"))
                    without += file.fileName();
            }
        }
        QVERIFY2(without.isEmpty(), qPrintable(without.join(QStringLiteral("; "))));
    }
};

QTEST_APPLESS_MAIN(LayeringTest)
#include "tst_Layering.moc"
