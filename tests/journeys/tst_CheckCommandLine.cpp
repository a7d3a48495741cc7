// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>

#include <cmath>
#include <limits>

#include "CliProcess.h"
#include "FewToys.h"
#include "Test.h"
#include "data/Dataset.h"

using namespace sightline;

/// lr-find and train --check, as scripts start them: figures for a good experiment, a sentence for a bad one, and no
/// run in either case.
class CheckCommandLineTest : public FolderTest {
    Q_OBJECT

    QString experiment(const QByteArray& training, const QByteArray& data = {}, const QByteArray& model = {}) {
        const QString name = QStringLiteral("%1.json").arg(++m_count);
        write(name, "{\"version\": 1, \"data\": {\"path\": \"" + path(m_toys).toUtf8() +
                        "\", \"image_size\": [32, 32]" + data + "}, \"model\": {\"name\": \"toy_cnn\"" + model +
                        "}, \"training\": {\"epochs\": 3, \"batch_size\": 8" + training + "}}");
        return path(name);
    }
    CliAnswer cli(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    void verifyNoRun() const {
        QVERIFY(QDir(path("home/runs")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path("toys").toStdString(), 12, 4, 32)); }
    void init() {
        FolderTest::init();
        m_toys = QStringLiteral("toys");
    }

    void aRateIsSuggested() {
        const QString file = experiment({});
        const CliAnswer answer = cli({"lr-find", file, "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.err, QByteArray());
        const QJsonArray rates = answer.json()["rates"].toArray(), losses = answer.json()["losses"].toArray();
        QCOMPARE(rates.size(), losses.size());
        QVERIFY(rates.size() > 50 && rates.size() <= 100);
        QCOMPARE(rates[0].toDouble(), 1e-7);
        qsizetype lowest = 0;
        for (qsizetype i = 1; i < losses.size(); ++i) {
            QVERIFY(std::abs(rates[i].toDouble() / rates[i - 1].toDouble() - std::pow(1e8, 1.0 / 99)) < 1e-6);
            lowest = losses[i].toDouble() < losses[lowest].toDouble() ? i : lowest;
        }
        const QJsonObject suggestion = answer.json()["suggestion"].toObject();
        QCOMPARE(suggestion["minimum_tenth"].toDouble(), rates[lowest].toDouble() / 10);
        for (const char* name : {"steep", "valley"})
            QVERIFY(suggestion[QLatin1String(name)].toDouble() > 1e-6 &&
                    suggestion[QLatin1String(name)].toDouble() < 1);
        QCOMPARE(cli({"lr-find", file, "--json"}).out, answer.out);
        const CliAnswer words = cli({"lr-find", file});
        QVERIFY(words.out.contains("valley") && words.out.contains("training.optimizer.learning_rate"));
        verifyNoRun();
    }

    void aLossThatIsNoNumberSuggestsNothing() {
        const QString file = experiment({});
        const QStringList broken{"--set", "normalization={\"rescale\": 1e38}"};
        const CliAnswer answer = cli(QStringList{"lr-find", file, "--json"} + broken);
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY(answer.json()["rates"].toArray().isEmpty());
        for (const char* name : {"steep", "valley", "minimum_tenth"})
            QVERIFY(answer.json()["suggestion"].toObject()[QLatin1String(name)].isNull());
        QVERIFY(cli(QStringList{"lr-find", file} + broken).out.contains("No suggestion"));
    }

    void aRunIsChecked() {
        const CliAnswer answer = cli({"train", experiment({}), "--check", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.err, QByteArray());
        const QJsonObject json = answer.json();
        QCOMPARE(json.keys().join(QLatin1Char(' ')),
                 QStringLiteral("disk_bytes free_bytes loader_images_per_second loader_images_per_second_later "
                                "network_images_per_second overfits peak_bytes problems seconds_total"));
        QVERIFY(json["overfits"].toObject()["loss"].toDouble() <= 0.1);
        QVERIFY(json["overfits"].toObject()["steps"].toInt() > 0);
        verifyNoRun();
        const CliAnswer hopeless = cli({"train", experiment(", \"optimizer\": {\"learning_rate\": 1e-9}"), "--check"});
        QCOMPARE(hopeless.code, 0);
        QVERIFY(hopeless.out.contains("One batch") && hopeless.out.contains("steps on one batch took its loss"));
        QVERIFY(!hopeless.out.contains("Go."));
    }

    void itsBatchIsSeen() {
        const CliAnswer folder = cli({"train", experiment({}), "--check", "--out", path("new/batch"), "--json"});
        QVERIFY2(folder.code == 0, folder.err.constData());
        QCOMPARE(folder.json()["picture"].toString(), path("new/batch/batch.png"));
        QFile table(path("new/batch/batch.csv"));
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QList<QByteArray> rows = table.readAll().trimmed().split('\n');
        QCOMPARE(rows.size(), qsizetype(9));
        double before = std::numeric_limits<double>::infinity();
        for (const QByteArray& row : rows.sliced(1)) {
            const QList<QByteArray> cells = row.split(',');
            QVERIFY2(cells.size() == 5 && cells[0].startsWith("train/" + cells[1] + "/"), row.constData());
            QVERIFY(cells[2].toDouble() <= before && cells[4].toDouble() > 0);
            before = cells[2].toDouble();
        }
        const auto sheet = readImage(path("new/batch/batch.png").toStdString());
        QVERIFY(sheet && sheet->width > 3 * 128 && sheet->height > 3 * 128); // 8 images

        const CliAnswer file = cli({"train", experiment({}), "--check", "--out", path("one.PNG")});
        QVERIFY2(file.code == 0, file.err.constData());
        QVERIFY(file.out.contains(path("one.PNG").toUtf8()) && QFile::exists(path("one.PNG")));
        QVERIFY(!QFile::exists(path("batch.csv")));
        verifyNoRun();
    }

    void aBatchThatCannotBeWrittenIsOneSentence() {
        write(QStringLiteral("taken"), "");
        verifyRefusal(cli({"train", experiment({}), "--check", "--out", path("batch.jpg")}), 2, "batch.jpg");
        verifyRefusal(cli({"train", experiment({}), "--check", "--out", path("taken")}), 1, "taken");
        verifyRefusal(cli({"train", experiment({}), "--check", "--out", path("taken/batch.png")}), 1, "taken");
        verifyRefusal(cli({"train", experiment({}), "--out", path("batch.png")}), 2, "--check");
        QVERIFY(!QFile::exists(path("batch.png")));
        verifyNoRun();
    }

    void whatCannotBeTriedIsOneSentence() {
        for (const QStringList& command : {QStringList{"lr-find"}, QStringList{"train", "--check"}}) {
            verifyRefusal(cli(command + QStringList{path("no.json")}), 2, "no.json");
            verifyRefusal(cli(command + QStringList{experiment({}, {}, ", \"freeze\": \"nowhere\"")}), 2,
                          "model.freeze");
            verifyRefusal(cli(command + QStringList{experiment({}, {}, ", \"weights\": \"gone.safetensors\"")}), 2,
                          "gone.safetensors");
            verifyRefusal(cli(command + QStringList{experiment(", \"optimizer\": {\"learning_rate\": -1}")}), 2,
                          "training.optimizer.learning_rate");
            verifyRefusal(cli(command), 2, "experiment file");
            m_toys = QStringLiteral("toys/train/car"); // one class
            verifyRefusal(cli(command + QStringList{experiment({})}), 2, "class");
            m_toys = QStringLiteral("nothing here");
            verifyRefusal(cli(command + QStringList{experiment({})}), 2, "nothing here");
            m_toys = QStringLiteral("toys");
        }
        verifyRefusal(cli({"train", "--check", "--resume", "abc"}), 2, "--check");
        verifyRefusal(cli({"train", experiment({}), "--folds", "5", "--check"}), 2, "--folds");
        verifyNoRun();
    }

private:
    QString m_toys;
    int m_count = 0;
};

QTEST_GUILESS_MAIN(CheckCommandLineTest)
#include "tst_CheckCommandLine.moc"
