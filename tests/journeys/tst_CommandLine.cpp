// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "CliProcess.h"
#include "Test.h"
#include "data/Overlay.h"
#include "engine/TrainEvents.h"
#include "store/RemoteCommand.h"
#include "store/RunMark.h"
#include "store/RunStore.h"

using namespace sightline;

/// The whole job on the command line, as CLI.md promises it, with the real engine and real files.
class CommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(m_home, arguments); }

    void refuses(const QStringList& arguments, int code, const QByteArray& mention) const {
        verifyRefusal(run(arguments), code, mention);
    }

    QByteArray experiment() const {
        QByteArray text =
            "{ 'version': 1, 'name': 'journey', 'seed': 7, 'data': { 'path': '@', 'image_size': [48, 48] },"
            "'augmentation': { 'rotation_range': 10, 'horizontal_flip': true }, 'normalization': { 'preset': 'rescale' "
            "},"
            "'model': { 'name': 'toy_cnn' }, 'training': { 'epochs': 3, 'batch_size': 8, 'precision': 'fp32' } }";
        return text.replace('\'', '"').replace("@", path(QStringLiteral("toys")).toUtf8());
    }

    /// The run that most questions are asked about, trained by the first who asks.
    const CliAnswer& trained() {
        if (!m_trained)
            m_trained = run({"train", path("experiment.json"), "--events", path("events.jsonl"), "--json"});
        return *m_trained;
    }
    QString trainedRun() { return trained().json()["run"].toString(); }

    QString m_home;
    std::optional<CliAnswer> m_trained;

private Q_SLOTS:
    void initTestCase() {
        m_home = path(QStringLiteral("home"));
        const CliAnswer made = run({"dataset", "make", "toys", "--to", path("toys"), "--seed", "3", "--train", "12",
                                    "--val", "4", "--test", "4", "--size", "64"});
        QVERIFY2(made.code == 0, made.err.constData());
        write("experiment.json", experiment());
    }

    void saysItsVersion() {
        const CliAnswer answer = run({QStringLiteral("--version")});
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.out.startsWith("sightline-cli "));
    }

    void theQuickDemoDoesTheWholeJob() {
        const CliAnswer answer = run({"demo", "--quick", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject json = answer.json();
        QVERIFY2(json["test_accuracy"].toDouble() > 0.2, answer.out.constData()); // five classes
        const QDir pictures(json["folder"].toString());
        QVERIFY(json["explained"].toInt() > 0);
        QCOMPARE(pictures.entryList({"*.png"}).size(), json["explained"].toInt());
        QVERIFY(pictures.path().startsWith(m_home)); // a toy set of the whole demo is left alone
        QVERIFY(!QDir(m_home + "/demo").exists());
    }

    void describesTheToySetItMade() {
        const CliAnswer info = run({"dataset", "info", path("toys"), "--json"});
        QCOMPARE(info.code, 0);
        const QJsonObject json = info.json();
        QCOMPARE(json["format"].toString(), QStringLiteral("folders"));
        QCOMPARE(json["classes"].toArray().size(), 5);
        QCOMPARE(json["splits"]["train"]["images"].toInt(), 60);
        QCOMPARE(json["splits"]["val"]["images"].toInt(), 20);
        QCOMPARE(json["splits"]["test"]["images"].toInt(), 20);
    }

    void augmentsImagesAndAppliesRecordedParametersExactly() {
        write("aug.json", "{\"rotation_range\": 20, \"width_shift_range\": 0.1, \"brightness_range\": [0.7, 1.3], "
                          "\"fill_mode\": \"reflect\"}");
        const QString image = path("toys/train/car/") + QDir(path("toys/train/car")).entryList({"*.png"}).first();
        QCOMPARE(run({"augment", image, "--config", path("aug.json"), "--count", "3", "--seed", "5", "--out",
                      path("augmented"), "--params", path("params.json")})
                     .code,
                 0);
        QFile params(path("params.json"));
        QVERIFY(params.open(QIODevice::ReadOnly));
        const QJsonArray drawn = QJsonDocument::fromJson(params.readAll()).array();
        QCOMPARE(drawn.size(), 3);
        QVERIFY(std::abs(drawn[0]["theta"].toDouble()) <= 20);
        QVERIFY(!QImage(path("augmented/") + drawn[0]["file"].toString()).isNull());
        write("one.json", QJsonDocument(drawn[0].toObject()).toJson());
        QCOMPARE(run({"augment", image, "--config", path("aug.json"), "--apply", path("one.json"), "--out",
                      path("exact.npy")})
                     .code,
                 0);
        QCOMPARE(QFile(path("exact.npy")).size(), qint64(128 + 64 * 64 * 3 * 4));
    }

    void summarisesANetworkWithItsParameters() {
        const QJsonObject json =
            run({"model", "summary", "toy_cnn", "--classes", "6", "--input", "128x128x3", "--json"}).json();
        QCOMPARE(json["parameters"]["total"].toInt(), 1058950);
        const QJsonObject resnet = run({"model", "summary", "resnet18", "--json"}).json();
        QCOMPARE(resnet["parameters"]["total"].toInt(), 11689512);
        refuses({"model", "summary", "mnist_convnet", "--input", "8x8x1"}, 2, "max_pooling2d_1");
        refuses({"model", "summary", "no_such_net"}, 2, "no_such_net");
    }

    void trainsAndReportsEveryEpoch() {
        const CliAnswer answer = trained();
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["outcome"].toString(), QStringLiteral("completed"));
        QVERIFY(!trainedRun().isEmpty());
        QFile events(path("events.jsonl"));
        QVERIFY(events.open(QIODevice::ReadOnly));
        QStringList types;
        int epochs = 0;
        while (!events.atEnd()) {
            const QJsonObject event = QJsonDocument::fromJson(events.readLine()).object();
            types += event["type"].toString();
            if (types.last() == QLatin1String("epoch")) {
                QCOMPARE(event["epoch"].toInt(), ++epochs);
                QVERIFY(event.contains("val_loss") && event.contains("val_accuracy") &&
                        event.contains("learning_rate"));
            }
        }
        QCOMPARE(epochs, 3);
        QCOMPARE(types.first(), QStringLiteral("run_started"));
        QCOMPARE(types.last(), QStringLiteral("run_ended"));
        QFile history(answer.json()["folder"].toString() + "/history.csv");
        QVERIFY(history.open(QIODevice::ReadOnly));
        QCOMPARE(history.readLine(), QByteArray("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n"));
    }

    void trainsToTheSameNumbersWithTheSameSeed() {
        const auto losses = [this](const QString& events) {
            QList<double> values;
            QFile file(events);
            if (file.open(QIODevice::ReadOnly)) {
                while (!file.atEnd()) {
                    const QJsonObject event = QJsonDocument::fromJson(file.readLine()).object();
                    if (event["type"] == QLatin1String("epoch"))
                        values << event["loss"].toDouble() << event["val_loss"].toDouble();
                }
            }
            return values;
        };
        QCOMPARE(trained().code, 0);
        QCOMPARE(run({"train", path("experiment.json"), "--events", path("again.jsonl")}).code, 0);
        QCOMPARE(losses(path("again.jsonl")).size(), 6);
        QCOMPARE(losses(path("again.jsonl")), losses(path("events.jsonl")));
    }

    void evaluatesARunOnTheTestSplit() {
        const CliAnswer answer = run({"evaluate", trainedRun(), "--out", path("evaluation"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject json = answer.json();
        QCOMPARE(json["split"].toString(), QStringLiteral("test"));
        QCOMPARE(json["images"].toInt(), 20);
        QCOMPARE(json["confusion"]["matrix"].toArray().size(), 5);
        for (const char* key : {"balanced_accuracy", "macro", "weighted", "cohen_kappa", "mcc", "brier", "nll",
                                "interval", "calibration", "most_confused", "top_k_accuracy"})
            QVERIFY2(json.contains(QLatin1String(key)), key);
        QCOMPARE(json["calibration"]["bins"].toArray().size(), 15);
        QCOMPARE(run({"evaluate", trainedRun(), "--json"}).json(), json);
        QFile csv(path("evaluation/predictions.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readLine().startsWith("path,true,predicted,correct,confidence,loss,"));
    }

    void listsLabelsInDoubtTheLeastCertainFirst() {
        const CliAnswer answer = run({"dataset", "suspects", trainedRun(), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY2(answer.err.contains("Only validation and test images are looked at"), answer.err.constData());
        const QJsonArray labels = answer.list();
        QCOMPARE(labels.size(), 40);
        bool isSuspect = true;
        double confidence = 0;
        for (const QJsonValue& one : labels) {
            if (isSuspect && !one["suspect"].toBool()) {
                isSuspect = false;
                confidence = 0;
            }
            QCOMPARE(one["suspect"].toBool(), isSuspect);
            QVERIFY(one["self_confidence"].toDouble() >= confidence);
            confidence = one["self_confidence"].toDouble();
            QVERIFY(!isSuspect || one["label"] != one["suggested"]);
        }
        refuses({"dataset", "suspects", "no-such-run"}, 2, "no-such-run");
    }

    void predictsAFolder() {
        const CliAnswer answer = run({"predict", trainedRun(), path("toys/test/duck"), "--top", "2", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.list().size(), 4);
        const QJsonArray images = answer.list();
        for (const QJsonValue& entry : images) {
            const QJsonObject image = entry.toObject();
            const QJsonArray top = image["top"].toArray();
            QCOMPARE(top.size(), 2);
            QVERIFY(top[0]["probability"].toDouble() >= top[1]["probability"].toDouble());
            QVERIFY(top[0]["probability"].toDouble() >= 0.2); // the largest of five that add up to one
            QVERIFY(top[0]["class"] != top[1]["class"]);
            QCOMPARE(image["predicted"], top[0]["class"]);
        }
    }

    void saysWhichImagesAreOfNoneOfTheClasses() {
        const QString duck = path("toys/test/duck/") + QDir(path("toys/test/duck")).entryList({"*.png"}).first();
        QImage stripes(64, 64, QImage::Format_RGB32);
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x)
                stripes.setPixel(x, y, (x + y) % 2 ? qRgb(255, 0, 0) : qRgb(0, 255, 0));
        QVERIFY(stripes.save(path("stripes.png")));
        const auto judged = [&](const QStringList& more) {
            const CliAnswer answer =
                run(QStringList{"predict", trainedRun(), path("stripes.png"), duck, "--json"} + more);
            return answer.code == 0 ? answer : CliAnswer();
        };
        const CliAnswer answer = judged({});
        for (const QJsonValue& entry : answer.list()) {
            QVERIFY(entry["unknown"].isBool() && entry["unknown_score"].isDouble());
            QCOMPARE(entry["unknown"].toBool(), entry["unknown_score"].toDouble() > 0);
        }
        QVERIFY(answer.err.isEmpty());
        QVERIFY(answer.list()[0]["unknown_score"].toDouble() > answer.list()[1]["unknown_score"].toDouble());
        const QString kept = m_home + "/runs/" + trainedRun() + "/predictions/unknown-best.safetensors";
        QVERIFY2(QFile::exists(kept), qPrintable(kept));
        // A larger share refuses more, and none where nobody is to be judged.
        QVERIFY(judged({"--refuse-share", "0.5"}).list()[0]["unknown_score"].toDouble() >
                answer.list()[0]["unknown_score"].toDouble());
        QVERIFY(judged({"--refuse-share", "0"}).list()[0]["unknown"].isNull());
        const CliAnswer strict = judged({"--refuse-share", "0.01"});
        QVERIFY(strict.list()[0]["unknown"].isNull() && strict.list()[0]["unknown_score"].isNull());
        QVERIFY2(strict.err.count('\n') == 1 && strict.err.contains("20 validation images"), strict.err.constData());
        QCOMPARE(judged({"--refuse-share", "0.01"}).list()[0]["predicted"], answer.list()[0]["predicted"]);
        refuses({"predict", trainedRun(), duck, "--unknown-folder", "apart"}, 2, "--sort-into");
        refuses({"predict", trainedRun(), duck, "--sort-into", path("apart"), "--unknown-folder", "duck"}, 2, "duck");
        QVERIFY(run({"predict", trainedRun(), duck, "--refuse-share", "2"}).code == 2);
    }

    void anExportSaysWhichImagesAreUnknown() {
        const auto unknownIn = [&](const QString& share) {
            const CliAnswer answer = run({"export", trainedRun(), "--onnx", path("net.onnx"), "--refuse-share", share});
            QFile file(path("net.onnx"));
            if (answer.code != 0 || !file.open(QIODevice::ReadOnly))
                return QJsonObject();
            const QByteArray bytes = file.readAll();
            const qsizetype key = bytes.indexOf("\"refuse_share\"");
            const qsizetype begin = key < 0 ? -1 : bytes.lastIndexOf('{', key), end = bytes.indexOf('}', key) + 1;
            return begin < 0 ? QJsonObject() : QJsonDocument::fromJson(bytes.mid(begin, end - begin)).object();
        };
        const QJsonObject unknown = unknownIn("0.05");
        QCOMPARE(unknown["images"].toInt(), 20);
        QCOMPARE(unknown["refuse_share"].toDouble(), 0.05);
        QVERIFY(unknown["threshold"].isDouble());
        QVERIFY(unknownIn("0.5")["threshold"].toDouble() < unknown["threshold"].toDouble());
        QVERIFY(unknownIn("0").isEmpty());
    }

    void unknownImagesGoIntoAFolderOfTheirOwnIfAsked() {
        const CliAnswer answer =
            run({"predict", trainedRun(), path("toys/test"), "--refuse-share", "0.6", "--sort-into", path("told-apart"),
                 "--unknown-folder", "none of these", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        int unknown = 0;
        for (const QJsonValue& entry : answer.list())
            unknown += entry["unknown"].toBool();
        QVERIFY(unknown > 0 && unknown < answer.list().size());
        QCOMPARE(QDir(path("told-apart/none of these")).entryList(QDir::Files).size(), unknown);
    }

    void classifiesAFolderIntoATableAndFolders() {
        const QString folder = path("mixed");
        QVERIFY(QDir().mkpath(folder + "/below"));
        const QString duck = path("toys/test/duck/") + QDir(path("toys/test/duck")).entryList({"*.png"}).first();
        QVERIFY(QFile::copy(duck, folder + "/x.png") && QFile::copy(duck, folder + "/below/x.png"));
        write("mixed/notes.txt", "no image");
        write("mixed/broken.jfif", "nor this");
        const CliAnswer answer =
            run({"predict", trainedRun(), folder, "--out", path("table.csv"), "--sort-into", path("sorted")});
        QCOMPARE(answer.code, 1); // one could not be read
        QVERIFY2(answer.err.contains("notes.txt") && answer.err.contains("broken.jfif"), answer.err.constData());
        QFile table(path("table.csv"));
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = table.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[0].startsWith("path,predicted,confidence,unknown,"));
        QCOMPARE(lines[0].count(','), 8);
        const QByteArray predicted = lines[1].split(',')[1];
        const QByteArray unknown = lines[1].split(',')[3];
        QVERIFY(unknown == "true" || unknown == "false");
        const QString into = path("sorted/") + predicted;
        QCOMPARE(QDir(into).entryList(QDir::Files), QStringList({"x-2.png", "x.png"}));
        QCOMPARE(run({"predict", trainedRun(), folder + "/x.png", "--sort-into", path("sorted")}).code, 0);
        QCOMPARE(QDir(into).entryList(QDir::Files), QStringList({"x-2.png", "x-3.png", "x.png"}));
    }

    void explainsAnImageWithAnOverlayAndAMap() {
        const QString image = path("toys/test/robot/") + QDir(path("toys/test/robot")).entryList({"*.png"}).first();
        const CliAnswer answer =
            run({"explain", trainedRun(), image, "--out", path("overlay.png"), "--map", path("map.npy"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["method"].toString(), QStringLiteral("gradcam"));
        QCOMPARE(answer.json()["map_size"].toArray().size(), 2);
        QVERIFY(!QImage(path("overlay.png")).isNull());
        QCOMPARE(QFile(path("map.npy")).size(), qint64(128 + 48 * 48 * 4));
    }

    void explainsAWholeSplitIntoFolders() {
        const CliAnswer all = run(
            {"explain", trainedRun(), "--split", "test", "--out", path("overlays"), "--map", path("maps"), "--json"});
        QVERIFY2(all.code == 0, all.err.constData());
        const QJsonArray maps = all.json()["maps"].toArray();
        QCOMPARE(all.json()["images"].toInt(), 20);
        QCOMPARE(maps.size(), 20);
        int wrong = 0;
        for (const auto& one : maps) {
            QCOMPARE(QImage(one.toObject()["out"].toString()).size(), QSize(48, 48));
            QCOMPARE(QFile(one.toObject()["map"].toString()).size(), qint64(128 + 48 * 48 * 4));
            wrong += one.toObject()["true"] != one.toObject()["predicted"];
        }
        const CliAnswer some =
            run({"explain", trainedRun(), "--split", "test", "--filter", "wrong", "--map", path("wrong"), "--json"});
        QVERIFY2(some.code == 0, some.err.constData());
        QCOMPARE(some.json()["images"].toInt(), wrong);
        const QString first = maps.first().toObject()["path"].toString();
        QVERIFY(run({"explain", trainedRun(), path("toys/") + first, "--map", path("one.npy")}).code == 0);
        QFile alone(path("one.npy")), amongAll(maps.first().toObject()["map"].toString());
        QVERIFY(alone.open(QFile::ReadOnly) && amongAll.open(QFile::ReadOnly));
        const QByteArray left = alone.readAll().mid(128), right = amongAll.readAll().mid(128);
        for (qsizetype i = 0; i < left.size(); i += 4) {
            float a, b;
            std::memcpy(&a, left.constData() + i, 4);
            std::memcpy(&b, right.constData() + i, 4);
            QVERIFY(std::abs(a - b) < 1e-4f);
        }
    }

    void whatASplitCannotBeAskedIsSaid() {
        refuses({"explain", trainedRun(), "--split", "test"}, 2, "--out DIR");
        refuses({"explain", trainedRun(), "a.png", "--split", "test", "--out", path("x")}, 2, "a.png");
        refuses({"explain", trainedRun(), "a.png", "--filter", "wrong"}, 2, "--split");
        refuses({"explain", trainedRun(), "--split", "test", "--out", path("x"), "--layer", "nowhere"}, 2, "nowhere");
        refuses({"explain", trainedRun(), "--split", "test", "--out", path("x"), "--method", "sorcery"}, 2,
                "guided-backprop");
        refuses({"explain", trainedRun(), "--split", "test", "--out", path("x"), "--method", "occlusion", "--layer",
                 "conv"},
                2, "takes no layer");
    }

    void listsTheRunsOfTheHome() {
        const CliAnswer answer = run({"runs", "list", "--json"});
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.out.contains(trainedRun().toUtf8()));
        QCOMPARE(run({"runs", "show", trainedRun()}).code, 0);
    }

    void interruptedItSaysSoAndGoesOnLater() {
        QProcess process;
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                      {"--home", path("interrupted"), "train", path("experiment.json"), "--set", "training.epochs=4000",
                       "--events", path("interrupted.jsonl")});
        QTRY_VERIFY_WITH_TIMEOUT(QFile(path("interrupted.jsonl")).size() > 4000, 60000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        const QString id = QDir(path("interrupted/runs")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        const auto epochs = [&] {
            QFile history(path("interrupted/runs/") + id + "/history.csv");
            return history.open(QIODevice::ReadOnly) ? history.readAll().count('\n') - 1 : -1;
        };
        const auto before = epochs();
        QVERIFY(before >= 1);
        process.setChildProcessModifier([] { ::signal(SIGHUP, SIG_DFL); }); // also where these tests outlive a terminal
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                      {"--home", path("interrupted"), "train", "--resume", id});
        QTRY_VERIFY_WITH_TIMEOUT(epochs() > before + 2, 60000);
        refuses({"--home", path("interrupted"), "train", "--resume", id}, 2, "is in progress");
        const auto trains = [&] {
            return run({"--home", path("interrupted"), "runs", "control", id, "save"}).code == 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(trains(), 60000);
        for (const int signal : {SIGHUP, SIGHUP}) // as when its terminal closes
            ::kill(static_cast<pid_t>(process.processId()), signal);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                      {"--home", path("interrupted"), "train", "--resume", id});
        QTRY_VERIFY_WITH_TIMEOUT(trains(), 60000);
        for (const char* word : {"pause", "resume"})
            QCOMPARE(run({"--home", path("interrupted"), "runs", "control", id, word}).code, 0);
        const CliAnswer look =
            run({"--home", path("interrupted"), "runs", "control", id, "look", "--out", path("looked"), "--json"});
        QVERIFY2(look.code == 0, look.err.constData());
        QCOMPARE(look.json()["picture"].toString(), path("looked/batch.png"));
        QVERIFY(QFile::exists(path("looked/batch.png")) && QFile::exists(path("looked/batch.csv")));
        refuses({"--home", path("interrupted"), "runs", "control", id, "look"}, 2, "needs --out");
        const CliAnswer set =
            run({"--home", path("interrupted"), "runs", "control", id, "set", "training.early_stopping.patience=700"});
        QVERIFY2(set.out.startsWith("training.early_stopping: null -> {"), set.out.constData());
        refuses({"--home", path("interrupted"), "runs", "control", id, "set", "=5"}, 2, "use path=value");
        refuses({"--home", path("interrupted"), "runs", "control", id, "save", "--out", "x.png"}, 2, "only look");
        refuses({"--home", path("interrupted"), "runs", "control", id, "go-on-after-epoch"}, 2, "is not pause");
        refuses({"--home", path("interrupted"), "runs", "control", id, "set", "training.epochs"}, 2,
                "runs control RUN set training.epochs: use path=value");
        ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
        QVERIFY(process.waitForFinished(60000));
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(said.contains("Paused.\n") && said.contains("Resumed.\n"), said.constData());
        const CliAnswer answer = run({"--home", path("interrupted"), "runs", "show", id});
        QCOMPARE(answer.code, 0);
    }

    void resumeTakesBackStopAfterEpoch() {
        const Result<RunFolder> folder = RunStore::open(path("steered").toStdString())->create(Experiment());
        const Result<RunMark> mark = RunMark::take(folder->path()); // as if this process trained it
        QVERIFY(mark.ok());
        std::vector<RemoteCommand::Kind> heard;
        std::jthread trainer([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                for (const ReceivedCommand& received : receiveCommands(folder->path())) {
                    heard.push_back(received.command->kind);
                    answerCommand(received, {});
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
        const CliAnswer answer =
            run({"--home", path("steered"), "runs", "control", QString::fromStdString(folder->id()), "resume"});
        QVERIFY(folder->appendEvent(toJson(TrainEvent{RunPaused{true}})));
        const CliAnswer list = run({"--home", path("steered"), "runs", "list"}),
                        show = run({"--home", path("steered"), "runs", "show", "--json",
                                    QString::fromStdString(folder->id())});
        QVERIFY2(list.out.contains("running") && list.out.contains("(paused)"), list.out.constData());
        QVERIFY(show.json()["state"] == QStringLiteral("running") && show.json()["paused"].toBool());
        trainer.request_stop();
        trainer.join();
        QVERIFY2(answer.code == 0, answer.err.constData());
        using Kind = RemoteCommand::Kind;
        QVERIFY((heard == std::vector{Kind::Resume, Kind::GoOnAfterEpoch}));
    }

    void eventsThatCannotBeWrittenAreMissedOnce() {
        const CliAnswer answer =
            run({"train", path("experiment.json"), "--set", "training.epochs=1", "--events", "/dev/full"});
        QCOMPARE(answer.code, 0);
        QCOMPARE(answer.err.count("Events are missing from /dev/full"), 1);
    }

    void doesNotResumeWhatIsFinished() { refuses({"train", "--resume", trainedRun()}, 2, "--set training.epochs=N"); }

    void trainsMobileNet() {
        const CliAnswer answer = run({"train", path("experiment.json"), "--set", "model.name=mobilenet_v2", "--set",
                                      "training.epochs=1", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["outcome"].toString(), QStringLiteral("completed"));
    }

    void refusesWeightsOfAnotherNetwork() {
        const QString weights = QDir(m_home).filePath("runs/" + trainedRun() + "/checkpoints/best.safetensors");
        QVERIFY(QFile::exists(weights));
        refuses({"train", path("experiment.json"), "--set", "model.name=resnet18", "--set", "model.weights=" + weights},
                2, "best.safetensors");
        refuses({"train", path("experiment.json"), "--set", "model.options={\"filters\": [16, 16]}", "--set",
                 "model.weights=" + weights},
                2, "best.safetensors");
        refuses({"train", path("experiment.json"), "--set", "model.weights=" + path("experiment.json")}, 2,
                "experiment.json");
    }

    void aFullDiskEndsTheRunWithTheEarlierCheckpointKept() {
        const QString small = path("small");
        QDir().mkpath(small);
        if (QProcess::execute("mount", {"-t", "tmpfs", "-o", "size=8m", "tmpfs", small}) != 0)
            QSKIP("a small file system can only be mounted by root");
        const CliAnswer answer = run({"--home", small, "train", path("experiment.json"), "--set", "training.epochs=30",
                                      "--set", "training.checkpoint.keep=all"});
        const QString id = QDir(small + "/runs").entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        const CliAnswer evaluation = run({"--home", small, "evaluate", id, "--json"});
        QFile rest(small + "/rest"); // of the room
        rest.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
        while (rest.write(QByteArray(4096, 'x')) > 0) {
        }
        rest.close();
        const CliAnswer again = run({"--home", small, "train", "--resume", id});
        QProcess::execute("umount", {small});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.contains("No space left"), answer.err.constData());
        QCOMPARE(evaluation.code, 0);
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains("No space left on device; make room and try again."), again.err.constData());
    }

    void theHealthCheckNamesWhatIsOddAndHonoursWhatWasChangedByHand() {
        QVERIFY(run({"dataset", "make", "toys", "--to", path("health"), "--train", "8", "--val", "2", "--test", "2",
                     "--size", "48"})
                    .code == 0);
        const QString boat = path("health/train/boat/boat_0001.png"), car = path("health/train/car/car_0002.png");
        QVERIFY(QFile::copy(boat, path("health/test/boat/copy.png")));
        QVERIFY(QFile::copy(car, path("health/train/car/copy.png")));
        QVERIFY(QImage(path("health/train/duck/duck_0003.png")).save(path("health/train/duck/small.jpg"), "JPG", 85));
        write("health/train/car/broken.jpg", "no image");
        const auto kinds = [&](const QJsonObject& document) {
            QStringList found;
            for (const auto& problem : document["problems"].toArray()) {
                const QJsonObject object = problem.toObject();
                if (object["path"].toString().isEmpty() || object["message"].toString().isEmpty() ||
                    object["paths"].toArray().isEmpty())
                    found << "incomplete";
                found << object["kind"].toString();
            }
            return found;
        };
        const CliAnswer checked = run({"dataset", "check", path("health"), "--json", "--threads", "1"});
        QVERIFY2(checked.code == 0 && checked.err.isEmpty(), checked.err.constData());
        QCOMPARE(kinds(checked.json()), (QStringList{"unreadable", "leak", "duplicate", "near_duplicate"}));
        const CliAnswer words = run({"dataset", "check", path("health")});
        QVERIFY(words.code == 0 && words.out.contains("leak (1)") && words.out.contains("test/boat/copy.png"));

        const CliAnswer before = run({"dataset", "info", path("health"), "--json"});
        QCOMPARE(before.json()["overlay"].toObject()["excluded"].toInt(-1), 0);
        QDir().mkpath(path("home/overlays"));
        const QString name =
            QString::fromStdString(sightline::overlayFile({}, path("health").toStdString()).filename().string());
        write(
            "home/overlays/" + name,
            R"({"version": 1, "relabelled": {"train/boat/boat_0002.png": "car"}, "excluded": ["test/boat/copy.png"]})");
        const QJsonObject after = run({"dataset", "info", path("health"), "--json"}).json();
        QCOMPARE(after["overlay"].toObject()["excluded"].toInt(), 1);
        QCOMPARE(after["overlay"].toObject()["relabelled"].toInt(), 1);
        QCOMPARE(after["splits"]["train"]["per_class"]["car"].toInt(), 8 + 2 + 1);
        QCOMPARE(kinds(run({"dataset", "check", path("health"), "--json"}).json()),
                 (QStringList{"unreadable", "duplicate", "near_duplicate"}));
        write("home/overlays/" + name, "{ half");
        QVERIFY(kinds(run({"dataset", "check", path("health"), "--json"}).json()).contains("overlay_unreadable"));
        QFile::remove(path("home/overlays/" + name));
        refuses({"dataset", "check", path("nowhere")}, 2, "nowhere");
        refuses({"dataset", "check", path("health"), "--threads", "-3"}, 2, "--threads");
    }

    void refusesWrongInputInOneLine() {
        refuses({"dataset", "info", path("nowhere")}, 2, "nowhere");
        QDir().mkpath(path("empty"));
        refuses({"dataset", "info", path("empty")}, 2, "empty");
        refuses({"train", path("missing.json")}, 2, "missing.json");
        write("broken.json", "{ \"version\": 1, ");
        refuses({"train", path("broken.json")}, 2, "broken.json");
        refuses({"train", path("experiment.json"), "--set", "training.epoks=3"}, 2, "training.epoks");
        refuses({"train", path("experiment.json"), "--set", "training.optimizer.learning_rate=-1"}, 2,
                "training.optimizer.learning_rate");
        refuses({"train", path("experiment.json"), "--set", "training.epochs=many"}, 2, "training.epochs");
        refuses({"evaluate", "no-such-run"}, 2, "no-such-run");
        refuses({"explain", trainedRun(), path("experiment.json"), "--out", path("x.png")}, 2, "experiment.json");
        refuses({"no-such-command"}, 2, "no-such-command");
        QFile whole(path("toys/test/car/car_0001.png"));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        write("torn.png", whole.readAll().chopped(900)); // libpng must not have its say on stderr
        refuses({"explain", trainedRun(), path("torn.png"), "--out", path("x.png")}, 2, "torn.png is damaged");
    }

    void refusesAnUnwritableHome() {
        write("file", "a file where the home should be");
        refuses({"--home", path("file"), "train", path("experiment.json")}, 1, "file");
    }
};

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_CommandLine.moc"
