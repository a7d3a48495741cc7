// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// The toy text's nine models on the command line: trained, stopped, gone on with, exported.
class TableCommandLineTest : public FolderTest {
    Q_OBJECT

    QStringList small(const QStringList& more = {}) const {
        return QStringList{"train",
                           "--preset-table",
                           "toys",
                           "--set",
                           "data.path=" + path("toys"),
                           "--set",
                           "data.image_size=[32,32]",
                           "--set",
                           "training.epochs=2",
                           "--set",
                           "training.precision=fp32",
                           "--json"} +
               more;
    }
    QByteArray read(const QString& file) const {
        QFile opened(path(file));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    CliAnswer run(const QString& home, const QStringList& arguments) const { return runCli(path(home), arguments); }

    QJsonObject m_table;

private Q_SLOTS:
    void initTestCase() {
        const CliAnswer made = run("home", {"dataset", "make", "toys", "--to", path("toys"), "--seed", "5", "--train",
                                            "6", "--val", "3", "--test", "3", "--size", "40"});
        QVERIFY2(made.code == 0, made.err.constData());
    }

    void aModelThatFailsIsSaidAndTheOthersGoOn() { // the weights of the ninth are nowhere
        const CliAnswer trained = run("home", small());
        QCOMPARE(trained.code, 1);
        QVERIFY2(trained.err.contains("1 of 9 models failed"), trained.err.constData());
        QVERIFY(trained.err.contains("Model 3 of 9: Add Image Augmentation"));
        m_table = trained.json();
        const QJsonArray models = m_table["models"].toArray();
        QCOMPARE(models.size(), 9);
        for (int i = 0; i < 8; ++i) {
            const QJsonObject model = models[i].toObject();
            QVERIFY2(model["failure"].isNull(), qPrintable(model["failure"].toString()));
            QVERIFY(model["val_accuracy"].isDouble() && model["test_accuracy"].isDouble());
            const CliAnswer judged = run("home", {"evaluate", model["run"].toString(), "--json"});
            QCOMPARE(judged.json()["split"].toString(), QStringLiteral("test"));
            QCOMPARE(judged.json()["accuracy"].toDouble(), model["test_accuracy"].toDouble());
        }
        QVERIFY(models[8].toObject()["failure"].toString().contains("mobilenetv2_100.ra_in1k"));
        const QJsonObject shown =
            run("home", {"runs", "show", models[6].toObject()["run"].toString(), "--json"}).json();
        QCOMPARE(shown["group"].toObject()["id"], m_table["group"]);
        QCOMPARE(shown["group"].toObject()["kind"].toString(), QStringLiteral("table"));
        QCOMPARE(shown["experiment"].toObject()["model"].toObject()["options"].toObject()["kernels"].toArray(),
                 (QJsonArray{3, 3, 5}));
    }

    void theTableIsExportedWithTheTextsColumns() {
        const QString group = m_table["group"].toString();
        for (const QString file : {"table.csv", "table.md"})
            QCOMPARE(run("home", {"export", group, "--table", path(file)}).code, 0);
        QCOMPARE(run("home", {"export", group, "--report", path("table.html")}).code, 0);
        QVERIFY(
            read("table.csv").startsWith("Model,Changes made,Validation accuracy,Test accuracy,Run,Note\r\n1,Basel"));
        QCOMPARE(read("table.csv").count("\r\n"), 10);
        QVERIFY(read("table.md").contains("| 2 | Add Dropout (0.5) | "));
        QVERIFY(read("table.html").contains("Changes made") && read("table.html").contains("model 8 of 9"));
        for (const char* part : {"Images of each class", "SHA-256", "Confusion", "Layers", "train experiment.json"})
            QVERIFY2(read("table.html").contains(part), part);
        verifyRefusal(run("home", {"export", group, "--table", path("table.pdf")}), 2, ".csv or .md");
        verifyRefusal(run("home", {"export", "nobody", "--table", path("table.csv")}), 2, "nobody");
    }

    void whatIsDoneIsKeptWhenItGoesOn() {
        const CliAnswer again = run("home", {"train", "--resume", m_table["group"].toString(), "--json"});
        QCOMPARE(again.code, 1);
        QVERIFY(!again.err.contains("Model 1 of 9") && again.err.contains("Model 9 of 9"));
        QCOMPARE(again.json()["models"], m_table["models"]);
    }

    void aTableThatWasKilledGoesOnWithWhatIsMissing() {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("SIGHTLINE_HOME", path("killed"));
        process.setProcessEnvironment(environment);
        const QStringList noWeights{"--set", "model.weights=null", "--set", "model.freeze=none"};
        process.start(SIGHTLINE_BINARY_DIR "/sightline-cli", small(noWeights));
        QByteArray said;
        process.setReadChannel(QProcess::StandardError);
        while (!said.contains("Model 3 of 9") && process.waitForReadyRead(240000))
            said += process.readAllStandardError();
        process.kill();
        QVERIFY(process.waitForFinished());
        QVERIFY2(said.contains("Model 3 of 9"), said.constData());
        const QJsonArray listed = run("killed", {"runs", "list", "--json"}).list();
        const QString group = listed[0].toObject()["group"].toObject()["id"].toString();
        const CliAnswer rest = run("killed", {"train", "--resume", group, "--json"});
        QVERIFY2(rest.code == 0, rest.err.constData());
        QVERIFY(!rest.err.contains("Model 2 of 9") && rest.err.contains("Model 3 of 9"));
        const QJsonArray models = rest.json()["models"].toArray(), before = m_table["models"].toArray();
        for (int i = 0; i < 8; ++i) // as if it had not been killed
            for (const char* key : {"val_accuracy", "test_accuracy"})
                QCOMPARE(models[i].toObject()[QLatin1String(key)], before[i].toObject()[QLatin1String(key)]);
        QVERIFY(models[8].toObject()["test_accuracy"].isDouble());
        QCOMPARE(run("killed", {"runs", "list", "--json"}).list().size(), 9);
    }

    void badInputIsRefusedInOneSentenceAndLeavesNothing() {
        verifyRefusal(run("empty", {"train", "--preset-table", "robots"}), 2, "toys");
        verifyRefusal(run("empty", {"train", "--preset-table", "toys", "--preset", "toys-quick"}), 2, "exactly one");
        verifyRefusal(run("empty", {"train", "--preset-table", "toys", "--folds", "3"}), 2, "--folds");
        verifyRefusal(run("empty", {"train", "--preset-table", "toys", "--check"}), 2, "--check");
        verifyRefusal(run("empty", small({"--set", "training.epocs=3"})), 2, "epocs");
        verifyRefusal(run("empty", small({"--set", "training.epochs=0"})), 2, "training.epochs");
        verifyRefusal(run("empty", {"train", "--preset-table", "toys", "--set", "data.path=" + path("nowhere")}), 2,
                      "nowhere");
        verifyRefusal(run("home", {"train", "--resume", m_table["group"].toString(), "--set", "training.epochs=3"}), 2,
                      "keeps its settings");
        QVERIFY(run("empty", {"runs", "list", "--json"}).list().isEmpty());
        QVERIFY(!QFile::exists(path("empty/groups")));
    }
};

QTEST_GUILESS_MAIN(TableCommandLineTest)
#include "tst_TableCommandLine.moc"
