// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QJsonArray>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// A network leaves as ONNX, as weights and as a hub folder, comes back as a run without history, and is evaluated,
/// explained and fine-tuned.
class ImportCommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    void refuses(const QStringList& arguments, int code, const QByteArray& mention) const {
        verifyRefusal(run(arguments), code, mention);
    }
    QString golden(const QString& name) const { return QStringLiteral(SIGHTLINE_GOLDEN_DIR "/onnx/") + name; }

    /// Evaluates on the toys; asks that it went well.
    QJsonObject evaluated(const QString& run, const QStringList& more = {}) const {
        const CliAnswer answer =
            this->run(QStringList{"evaluate", run, "--json", "--set", "data.path=" + path("toys")} + more);
        if (answer.code != 0)
            qFatal("evaluate: %s", answer.err.constData());
        return answer.json();
    }
    QString imported(const QStringList& arguments) const {
        const CliAnswer answer = run(QStringList{"import", "--json"} + arguments);
        if (answer.code != 0)
            qFatal("import: %s", answer.err.constData());
        if (!QDir(answer.json()["folder"].toString()).exists())
            qFatal("import made no folder");
        return answer.json()["run"].toString();
    }
    static void alike(const QJsonObject& a, const QJsonObject& b) {
        QCOMPARE(a["split"], b["split"]);
        QCOMPARE(a["images"], b["images"]);
        QVERIFY(std::abs(a["loss"].toDouble() - b["loss"].toDouble()) < 1e-4);
    }

    QString m_run;

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("toys"), "--train", "6", "--val", "2", "--test", "3",
                      "--size", "40"})
                     .code,
                 0);
        QByteArray text =
            "{ 'version': 1, 'name': 'first', 'data': { 'path': '@', 'image_size': [40, 40], 'fit': 'pad' "
            "}, 'normalization': { 'preset': 'half' }, 'model': { 'name': 'mobilenet_v3_small' }, "
            "'training': { 'epochs': 1, 'batch_size': 8, 'precision': 'fp32' } }";
        write("experiment.json", text.replace('\'', '"').replace("@", path("toys").toUtf8()));
        const CliAnswer answer = run({"train", path("experiment.json"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        m_run = answer.json()["run"].toString();
    }

    void theOnnxFileIsCheckedAgainstTheRun() {
        const CliAnswer answer = run({"export", m_run, "--onnx", path("net.onnx"), "--check", "4", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject check = answer.json()["check"].toObject();
        QCOMPARE(check["images"].toInt(), 4);
        QVERIFY(check["max_difference"].toDouble(1) <= 1e-4);
        refuses({"export", m_run, "--weights", path("w.safetensors"), "--check", "4"}, 2, "--check needs --onnx");
    }

    void eachFormComesBackAsTheSameNetwork_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("file");
        QTest::newRow("ONNX") << "--onnx"
                              << "back.onnx";
        QTest::newRow("ONNX, folded") << "--onnx"
                                      << "folded.onnx";
        QTest::newRow("weights") << "--weights"
                                 << "back.safetensors";
        QTest::newRow("hub folder") << "--hub"
                                    << "hub";
    }
    void eachFormComesBackAsTheSameNetwork() {
        QFETCH(QString, option);
        QFETCH(QString, file);
        QStringList arguments{"export", m_run, option, path(file)};
        if (file == "folded.onnx")
            arguments << "--fold-batch-norm";
        QCOMPARE(run(arguments).code, 0);
        const QString back = imported({path(file), "--name", file});
        alike(evaluated(m_run), evaluated(back));
        const QJsonObject shown = run({"runs", "show", back, "--json"}).json();
        QCOMPARE(shown["name"].toString(), file);
        QCOMPARE(shown["state"].toString(), QStringLiteral("completed"));
        const QJsonObject data = shown["experiment"].toObject()["data"].toObject();
        QCOMPARE(data["fit"].toString(), QStringLiteral("pad"));
    }

    void theHubFolderSaysWhatTimmNeeds() {
        QCOMPARE(run({"export", m_run, "--hub", path("said")}).code, 0);
        QFile file(path("said/config.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject config = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(config["architecture"].toString(), QStringLiteral("mobilenetv3_small_100"));
        QCOMPARE(config["num_classes"].toInt(), 5);
        QCOMPARE(config["label_names"].toArray().size(), 5);
        const QJsonObject pretrained = config["pretrained_cfg"].toObject();
        QCOMPARE(pretrained["input_size"].toArray(), (QJsonArray{3, 40, 40}));
        QCOMPARE(pretrained["crop_pct"].toDouble(), 1.0);
        QVERIFY(std::abs(pretrained["mean"].toArray()[0].toDouble() - 0.5) < 1e-5);
        QVERIFY(std::abs(pretrained["std"].toArray()[0].toDouble() - 0.5) < 1e-5);
        QCOMPARE(config["sightline"].toObject()["preprocessing"].toObject()["fit"].toString(), QStringLiteral("pad"));
        QVERIFY(QFile::exists(path("said/README.md")));
    }

    void anImportedNetworkAnswersAndGoesOn() {
        const QString back = imported({path("net.onnx"), "--name", "from elsewhere"});
        bool isListed = false;
        for (const QJsonValue& one : run({"runs", "list", "--json"}).list())
            isListed = isListed || one.toObject()["id"].toString() == back;
        QVERIFY(isListed);
        refuses({"evaluate", back}, 2, "has no images of its own; give some with --set data.path=DIR");
        const QString image =
            path("toys/test/" + QDir(path("toys/test")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)[0]);
        const QString file = image + "/" + QDir(image).entryList(QDir::Files)[0];
        const CliAnswer map = run({"explain", "from elsewhere", file, "--out", path("map.png"), "--json"});
        QVERIFY2(map.code == 0, map.err.constData());
        QVERIFY(QFile::exists(path("map.png")));
        QCOMPARE(run({"predict", back, file, "--json"}).code, 0);
        refuses({"train", "--resume", back}, 2, back.toUtf8());

        const auto scoreBy = [&](const char* images) { // what it does not know follows from the images it is shown
            const CliAnswer said =
                run({"predict", back, file, "--set", "data.path=" + path(images), "--refuse-share", "0.3", "--json"});
            return said.list()[0]["unknown_score"];
        };
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("others"), "--train", "9", "--val", "4", "--test", "0",
                      "--size", "30"})
                     .code,
                 0);
        const QJsonValue first = scoreBy("toys"), second = scoreBy("others");
        QVERIFY(first.isDouble() && second.isDouble() && first != second);
        QCOMPARE(scoreBy("toys"), first);
        const CliAnswer suspects = run({"dataset", "suspects", back, "--set", "data.path=" + path("toys"), "--json"});
        QVERIFY2(suspects.err.contains("was trained is unknown") && !suspects.err.contains("was trained on the others"),
                 suspects.err.constData());
        const CliAnswer all = run({"dataset", "suspects", back, "--set", "data.path=" + path("toys/train"), "--json"});
        QVERIFY2(all.code == 0 && !all.list().isEmpty(), all.err.constData());
        QVERIFY2(all.err.contains("was trained is unknown") && !all.err.contains("folds"), all.err.constData());

        const CliAnswer tuned =
            run({"train", "--fork", back, "--set", "data.path=" + path("toys"), "--set", "training.epochs=1", "--set",
                 "training.optimizer.learning_rate=1e-9", "--set", "training.precision=fp32", "--json"});
        QVERIFY2(tuned.code == 0, tuned.err.constData());
        QVERIFY(!tuned.err.contains("starts from random values"));
        const QJsonObject parent =
            run({"runs", "show", tuned.json()["run"].toString(), "--json"}).json()["parent"].toObject();
        QCOMPARE(parent["run"].toString(), back);
        QCOMPARE(parent["epoch"].toInt(-1), 0);
    }

    void theImagesOfAnImportedNetworkAreTold() {
        const QString back = imported({path("net.onnx"), "--name", "told"});
        const QString place = "data.path=" + path("toys");
        const QStringList check{"export",         back, "--onnx", path("again.onnx"), "--check", "2",
                                "--refuse-share", "0",  "--json"};
        refuses(check, 2, "--set data.path=DIR");
        const CliAnswer checked = run(check + QStringList{"--set", place});
        QVERIFY2(checked.code == 0, checked.err.constData());
        QCOMPARE(checked.json()["check"].toObject()["images"].toInt(), 2);
        const CliAnswer compared = run({"runs", "compare", m_run, back, "--set", place, "--json"});
        QVERIFY2(compared.code == 0, compared.err.constData());
        for (const QJsonValue& setting : compared.json()["settings"].toArray())
            QVERIFY2(!setting["path"].toString().startsWith("training."), qPrintable(setting["path"].toString()));
        const QJsonObject images = compared.json()["images"].toObject();
        QCOMPARE(images["both_right"].toInt() + images["both_wrong"].toInt(), 15);
        QCOMPARE(images["not_compared"].toInt(-1), 0);
        const QJsonArray classes = compared.json()["per_class"].toArray();
        QCOMPARE(classes.size(), 5);
        for (const QJsonValue& one : classes) { // the same network twice
            QCOMPARE(one["support"], (QJsonArray{3, 3}));
            QCOMPARE(one["recall"][0], one["recall"][1]);
        }
    }

    void otherClassesStartANewClassifier() {
        const QString back = imported({golden("torch-17.onnx"), "--name", "tiny"});
        const CliAnswer tuned = run(
            {"train", "--fork", back, "--set", "data.path=" + path("toys"), "--set", "training.epochs=1", "--json"});
        QVERIFY2(tuned.code == 0, tuned.err.constData());
        QVERIFY2(tuned.err.contains("head.3.weight starts from random values"), tuned.err.constData());
    }

    void labelsAndNormalizationCanBeGiven() {
        const CliAnswer plain = run({"import", golden("keras.onnx"), "--json"});
        QCOMPARE(plain.code, 0);
        QVERIFY2(plain.err.contains("scale pixels of 0 to 255 themselves"), plain.err.constData());
        write("names.txt", "a\nb\r\nc\nd\n");
        write("names.json", R"({"0": "a", "1": "b", "2": "c", "3": "d"})");
        for (const char* names : {"names.txt", "names.json"}) {
            const CliAnswer answer =
                run({"import", golden("keras.onnx"), "--labels", path(names), "--normalization", "none", "--json"});
            QVERIFY2(answer.code == 0, answer.err.constData());
            QVERIFY(answer.err.isEmpty());
            QFile classes(answer.json()["folder"].toString() + "/classes.json");
            QVERIFY(classes.open(QIODevice::ReadOnly));
            QCOMPARE(QJsonDocument::fromJson(classes.readAll()).array(), (QJsonArray{"a", "b", "c", "d"}));
        }
        write("few.txt", "a\nb\n");
        refuses({"import", golden("keras.onnx"), "--labels", path("few.txt")}, 2,
                "names 2 classes, but the network gives 4 scores");
        write("twice.txt", "a\nb\na\nd\n");
        const CliAnswer twice = run({"import", golden("keras.onnx"), "--labels", path("twice.txt"), "--json"});
        QCOMPARE(twice.code, 0);
        QVERIFY2(twice.err.contains("several classes named a"), twice.err.constData());
    }

    void whatIsNoNetworkIsRefused() {
        const auto before = run({"runs", "list", "--json"}).list().size();
        write("torn.onnx", "this is no model");
        refuses({"import", path("torn.onnx")}, 2, "not an ONNX model");
        write("torn.safetensors", "this is no tensor");
        refuses({"import", path("torn.safetensors")}, 2, "torn.safetensors");
        refuses({"import", path("toys")}, 2, "is no hub folder");
        refuses({"import", path("nothing.onnx")}, 2, "There is no file");
        refuses({"import", path("experiment.json")}, 2, "is no network that can be imported");
        QCOMPARE(run({"runs", "list", "--json"}).list().size(), before);
    }

    void aNetworkThatTimmLacksIsRefused() {
        const QString back = imported({golden("torch-13.onnx"), "--normalization", "none"});
        refuses({"export", back, "--hub", path("none")}, 2, "timm has no network");
        refuses({"import", golden("torch-17.onnx"), "--name", "a/b"}, 2, "must not contain a slash");
        QVERIFY(!QFile::exists(path("none")));
    }
};

QTEST_GUILESS_MAIN(ImportCommandLineTest)
#include "tst_ImportCommandLine.moc"
