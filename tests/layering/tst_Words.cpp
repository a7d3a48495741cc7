// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include "Test.h"

/// What people read, proved on the sources: every sentence in the window, the command line and the engine uses the
/// field's words in American spelling. Keys and values of files ("grey", "relabelled", "licence") are no sentences.
class WordsTest : public sightline::Test {
    Q_OBJECT

    /// The string literals of a source that are translated or have more than one word; adjacent literals are one.
    static QStringList sentencesOf(QString source) {
        static const QRegularExpression comment(QStringLiteral("^\\s*(//|\\x23).*$"),
                                                QRegularExpression::MultilineOption);
        static const QRegularExpression joint(QStringLiteral("(?<!\\\\)\"\\s*\\n\\s*\"")),
            literal(QStringLiteral("(\\btr\\(\\s*)?\"((?:[^\"\\\\\\n]|\\\\.)*)\""));
        source.remove(comment);
        source.remove(joint);
        QStringList found;
        auto matches = literal.globalMatch(source);
        while (matches.hasNext()) {
            const auto match = matches.next();
            const QString text = match.captured(2);
            const bool isShown = !match.captured(1).isEmpty() || text.trimmed().contains(QLatin1Char(' '));
            if (isShown && !text.contains(QLatin1Char('{')))
                found += text;
        }
        return found;
    }

    static bool isPlain(const QString& sentence) {
        static const QRegularExpression odd(
            QStringLiteral("\\b(anew|(taken|speaks?) for|mend|thaw\\w*|(left|leave) out|so far|goes? on|laid over|"
                           "what came|lately|by itself|flattered|telephones?|\\w*colour\\w*|grey|licence|"
                           "\\w*normalis\\w*|optimis\\w*|cent(re|red|ring)|cancelled|neighbours?|"
                           "behaviour)\\b"),
            QRegularExpression::CaseInsensitiveOption);
        return !odd.match(sentence).hasMatch();
    }

private Q_SLOTS:
    void oddWordsAreFound_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<bool>("plain");
        QTest::newRow("fine") << "tr(\"Train again\")" << true;
        QTest::newRow("old word") << "tr(\"Train anew\")" << false;
        QTest::newRow("over two lines") << "tr(\"what is taken \"\n   \"for which\")" << false;
        QTest::newRow("spelling") << "tr(\"One colour\")" << false;
        QTest::newRow("one word") << "tr(\"Grey\")" << false;
        QTest::newRow("a value of a file") << "value == \"grey\"" << true;
        QTest::newRow("a comment") << "// taken \"for the grey one\"\n" << true;
    }

    void oddWordsAreFound() {
        QFETCH(QString, source);
        QFETCH(bool, plain);
        const QStringList sentences = sentencesOf(source);
        QCOMPARE(std::all_of(sentences.begin(), sentences.end(), isPlain), plain);
    }

    void everySentenceIsPlain() {
        const QDir root(QStringLiteral(SIGHTLINE_SOURCE_DIR));
        QStringList odd;
        qsizetype count = 0;
        for (const char* folder : {"app", "core", "ui"}) {
            QDirIterator files(root.filePath(QLatin1String(folder)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                               QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                const QStringList sentences = sentencesOf(QString::fromUtf8(file.readAll()));
                count += sentences.size();
                for (const QString& sentence : sentences)
                    if (!isPlain(sentence))
                        odd += root.relativeFilePath(file.fileName()) + QStringLiteral(": ") + sentence;
            }
        }
        QVERIFY2(count > 500, "the test looks in the wrong place");
        QVERIFY2(odd.isEmpty(), qPrintable(odd.join(QLatin1Char('\n'))));
    }

    void presetsArePlain() {
        QFile about(QDir(QStringLiteral(SIGHTLINE_SOURCE_DIR)).filePath(QStringLiteral("resources/presets/about.txt")));
        QVERIFY(about.open(QIODevice::ReadOnly));
        const QStringList lines = QString::fromUtf8(about.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QVERIFY(lines.size() > 20);
        for (const QString& line : lines)
            QVERIFY2(isPlain(line), qPrintable(line));
    }
};

QTEST_GUILESS_MAIN(WordsTest)
#include "tst_Words.moc"
