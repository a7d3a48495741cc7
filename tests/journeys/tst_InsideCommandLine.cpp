// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QImage>
#include <QtEndian>

#include <algorithm>

#include "CliProcess.h"
#include "Test.h"
#include "support/Npy.h"

using namespace sightline;

/// Looking inside a network on the command line: activations, filters and examples, of a run and of a bare network.
class InsideCommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    void refuses(const QStringList& arguments, const QByteArray& mention) const {
        verifyRefusal(run(arguments), 2, mention);
    }
    Result<FloatArray> array(const char* name) const { return readNpy(path(QString::fromUtf8(name)).toStdString()); }
    static float largestOf(const FloatArray& values, int channel) {
        const std::ptrdiff_t places = values.size() / values.shape[0];
        return *std::max_element(values.values.begin() + channel * places,
                                 values.values.begin() + (channel + 1) * places);
    }

    QString m_run, m_image;

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("toys"), "--train", "8", "--val", "4", "--test", "0",
                      "--size", "48"})
                     .code,
                 0);
        QByteArray text = "{ 'version': 1, 'name': 'inside', 'data': { 'path': '@', 'image_size': [32, 32] }, 'model': "
                          "{ 'name': 'toy_cnn' }, 'training': { 'epochs': 1, 'batch_size': 8, 'precision': 'fp32' } }";
        write("experiment.json", text.replace('\'', '"').replace("@", path("toys").toUtf8()));
        const CliAnswer answer = run({"train", path("experiment.json"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        m_run = answer.json()["run"].toString();
        m_image = path("toys/val/car/") + QDir(path("toys/val/car")).entryList({"*.png"}).first();
    }

    void activationsAreWrittenAsNumbersAndAsAPicture() {
        const CliAnswer answer = run({"activations", m_run, m_image, "--layer", "conv2d_1", "--out", path("a.npy"),
                                      "--png", path("a.png"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const auto values = array("a.npy");
        QVERIFY(values.ok());
        QCOMPARE(values->shape, (std::vector<std::int64_t>{32, 16, 16}));
        const auto [low, high] = std::minmax_element(values->values.begin(), values->values.end());
        QCOMPARE(answer.json()["minimum"].toDouble(), static_cast<double>(*low));
        QCOMPARE(answer.json()["maximum"].toDouble(), static_cast<double>(*high));
        QVERIFY(*low < 0); // not what the activation makes of it
        QCOMPARE(QImage(path("a.png")).size(), QSize(6 * 50 + 2, 6 * 50 + 2));
        QCOMPARE(run({"activations", m_run, m_image, "--layer", "dense_1", "--out", path("d.npy")}).code, 0);
        QCOMPARE(array("d.npy")->shape, (std::vector<std::int64_t>{5}));
    }

    void ofSeveralImagesTheUnreadableIsSkipped() {
        write("broken.png", "no image");
        const CliAnswer answer = run({"activations", m_run, path("broken.png"), m_image, "--layer", "conv2d_1", "--out",
                                      path("several"), "--json"});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.contains("skipped: ") && answer.err.contains("broken.png"), answer.err.constData());
        QCOMPARE(answer.list().size(), 1);
        QCOMPARE(QDir(path("several")).entryList({"*.npy"}).size(), 1);
    }

    void imagesOfOneNameHaveFilesOfTheirOwn() {
        QDir().mkpath(path("same/a"));
        QDir().mkpath(path("same/b"));
        const QString other = path("toys/val/boat/") + QDir(path("toys/val/boat")).entryList({"*.png"}).first();
        QVERIFY(QFile::copy(m_image, path("same/a/x.png")) && QFile::copy(other, path("same/b/x.png")));
        const QStringList both = {path("same/a/x.png"), path("same/b/x.png")}, layer = {"--layer", "conv2d_1"};
        QCOMPARE(run(QStringList{"activations", m_run} + both + layer +
                     QStringList{"--out", path("both"), "--png", path("p")})
                     .code,
                 0);
        for (const char* name : {"a", "b"}) {
            const QString image = path(QStringLiteral("same/%1/x.png").arg(QLatin1String(name)));
            QCOMPARE(run(QStringList{"activations", m_run, image} + layer + QStringList{"--out", path("one.npy")}).code,
                     0);
            const auto own = array("one.npy"),
                       kept = readNpy(path(QStringLiteral("both/%1/x.npy").arg(QLatin1String(name))).toStdString());
            QVERIFY(own.ok() && kept.ok() && own->values == kept->values);
            QVERIFY(QFile::exists(path(QStringLiteral("p/%1/x.png").arg(QLatin1String(name)))));
        }
        write("damaged.png", "no image");
        const CliAnswer rest = run(QStringList{"explain", m_run, path("damaged.png")} + both +
                                   QStringList{"--out", path("maps"), "--map", path("maps"), "--json"});
        QCOMPARE(rest.code, 1);
        QVERIFY2(rest.err.contains("skipped: ") && rest.err.contains("damaged.png"), rest.err.constData());
        QCOMPARE(rest.list().size(), 2);
        for (const char* name : {"maps/a/x.png", "maps/b/x.png", "maps/a/x.npy", "maps/b/x.npy"})
            QVERIFY2(QFile::exists(path(QLatin1String(name))), name);
    }

    void aBareNetworkAnswersLikeItsRun() {
        QCOMPARE(run({"export", m_run, "--weights", path("net.safetensors")}).code, 0);
        const QStringList bare = {"--model",         "toy_cnn", "--weights", path("net.safetensors"),
                                  "--normalization", "rescale", "--input",   "32x32x3",
                                  "--classes",       "5"};
        const QStringList what = {"--layer", "activation", "--out"};
        QCOMPARE(run(QStringList{"activations", m_run, m_image} + what + QStringList{path("run.npy")}).code, 0);
        QCOMPARE(
            run(QStringList{"activations"} + bare + QStringList{m_image} + what + QStringList{path("bare.npy")}).code,
            0);
        QVERIFY(array("run.npy").ok());
        QVERIFY(*array("run.npy") == *array("bare.npy"));
        QCOMPARE(run(QStringList{"activations"} + bare + QStringList{m_image, path("toys/val/duck/duck_0001.png")} +
                     what + QStringList{path("many")})
                     .code,
                 0);
        QCOMPARE(QDir(path("many")).entryList({"*.npy"}).size(), 2);
        const CliAnswer filters =
            run(QStringList{"filters"} + bare +
                QStringList{"--layer", "conv2d", "--channel", "1", "--out", path("bare"), "--json"});
        QVERIFY2(filters.code == 0, filters.err.constData());
        QCOMPARE(filters.list().size(), 1);
    }

    void filtersRiseAndTheirPicturesAreWritten() {
        const CliAnswer answer = run({"filters", m_run, "--layer", "conv2d_1", "--channel", "3", "--channel", "0",
                                      "--steps", "10", "--seed", "5", "--out", path("filters"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonArray list = answer.list();
        QCOMPARE(list.size(), 2);
        QCOMPARE(list[0]["channel"].toInt(), 3);
        QCOMPARE(list[1]["channel"].toInt(), 0);
        for (const QJsonValue& one : list) {
            QVERIFY(one["end"].toDouble() > one["start"].toDouble());
            QCOMPARE(QImage(one["file"].toString()).size(), QSize(32, 32));
        }
        const CliAnswer all =
            run({"filters", m_run, "--layer", "conv2d_1", "--steps", "2", "--out", path("all"), "--json"});
        QCOMPARE(all.list().size(), 32);
        QCOMPARE(QDir(path("all")).entryList({"*.png"}).size(), 32);
        const CliAnswer kernels = run({"filters", m_run, "--kernels", "--out", path("kernels"), "--json"});
        QCOMPARE(kernels.list().size(), 32);
        QCOMPARE(QImage(kernels.list()[7]["file"].toString()).size(), QSize(3, 3));
        const CliAnswer one = run({"filters", m_run, "--kernels", "--channel", "7", "--out", path("one"), "--json"});
        QCOMPARE(one.list().size(), 1);
        QCOMPARE(one.list()[0]["channel"].toInt(), 7);
        refuses({"filters", m_run, "--kernels", "--channel", "32", "--out", path("one")}, "there is no channel 32");
    }

    void examplesAreTheImagesThatExciteTheChannelMost() {
        const CliAnswer answer = run({"examples", m_run, "--layer", "conv2d_1", "--channel", "2", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonArray list = answer.list();
        QCOMPARE(list.size(), 9); // of 20
        for (qsizetype i = 1; i < list.size(); ++i)
            QVERIFY(list[i - 1]["value"].toDouble() >= list[i]["value"].toDouble());
        const QJsonObject first = list[0].toObject();
        QCOMPARE(
            run({"activations", m_run, first["path"].toString(), "--layer", "conv2d_1", "--out", path("e.npy")}).code,
            0);
        const auto values = array("e.npy");
        QVERIFY(std::abs(static_cast<double>(largestOf(*values, 2)) - first["value"].toDouble()) < 1e-4);
        const auto place = static_cast<std::size_t>(2 * 256 + first["row"].toInt() * 16 + first["column"].toInt());
        QVERIFY(std::abs(static_cast<double>(values->values[place]) - first["value"].toDouble()) < 1e-4);
        const CliAnswer top = run({"examples", m_run, "--layer", "conv2d_1", "--channel", "2", "--top", "3", "--json"});
        QCOMPARE(top.list().size(), 3);
        QCOMPARE(top.list()[2], list[2]);
    }

    void aPlaceThatCannotBeWrittenEndsWithOne_data() {
        QTest::addColumn<QStringList>("command");
        const QStringList inside = {m_run, m_image, "--layer", "conv2d"};
        QTest::newRow("activations --out") << (QStringList{"activations"} + inside + QStringList{"--out"});
        QTest::newRow("activations --png")
            << (QStringList{"activations"} + inside + QStringList{"--out", path("x.npy"), "--png"});
        QTest::newRow("filters --out") << QStringList{"filters", m_run, "--layer", "conv2d", "--out"};
        QTest::newRow("explain --out") << QStringList{"explain", m_run, m_image, "--out"};
        QTest::newRow("explain --map") << QStringList{"explain", m_run, m_image, "--map"};
        QTest::newRow("explain --split --out") << QStringList{"explain", m_run, "--split", "val", "--out"};
        QTest::newRow("explain --split --map") << QStringList{"explain", m_run, "--split", "val", "--map"};
        QTest::newRow("evaluate --out") << QStringList{"evaluate", m_run, "--out"};
        QTest::newRow("evaluate --maps") << QStringList{"evaluate", m_run, "--maps"};
        QTest::newRow("predict --out") << QStringList{"predict", m_run, m_image, "--out"};
        QTest::newRow("predict --sort-into") << QStringList{"predict", m_run, m_image, "--sort-into"};
        for (const char* format : {"--onnx", "--torchscript", "--weights"})
            QTest::newRow(format) << QStringList{"export", m_run, format};
        QTest::newRow("augment --out") << QStringList{"augment", m_image, "--config", path("none.json"), "--out"};
        QTest::newRow("augment --params")
            << QStringList{"augment", m_image, "--config", path("none.json"), "--out", path("augmented"), "--params"};
        QTest::newRow("dataset info --files") << QStringList{"dataset", "info", path("toys"), "--files"};
        QTest::newRow("dataset info --boxes") << QStringList{"dataset", "info", path("toys"), "--boxes"};
        QTest::newRow("dataset make --to") << QStringList{"dataset", "make", "toys", "--to"};
        QTest::newRow("train --events") << QStringList{"train", path("experiment.json"), "--events"};
    }

    void aPlaceThatCannotBeWrittenEndsWithOne() {
        QFETCH(QStringList, command);
        write("none.json", "{}");
        write("file", "in the way");
        verifyRefusal(run(command + QStringList{"/proc/x"}), 1, "/proc");
        verifyRefusal(run(command + QStringList{path("file/x")}), 1, path("file").toUtf8());
    }

    void anImageNamedTwiceIsExplainedOnce() {
        const CliAnswer answer = run({"explain", m_run, m_image, m_image, "--out", path("once.png"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["image"].toString(), m_image);
        QVERIFY(QFile::exists(path("once.png")));
    }

    void severalImagesNeedAFolder() {
        const QStringList both = {m_image, path("toys/val/duck/duck_0001.png")};
        const QByteArray file = path("experiment.json").toUtf8();
        refuses(QStringList{"explain", m_run} + both + QStringList{"--out", file},
                "Several images need a folder for --out; " + file + " is a file.");
        refuses(QStringList{"activations", m_run} + both + QStringList{"--layer", "conv2d", "--out", file},
                "Several images need a folder for --out; ");
    }

    void activationsThatAreNoNumbersAreSaid() {
        QCOMPARE(run({"export", m_run, "--weights", path("nan.safetensors")}).code, 0);
        QFile file(path("nan.safetensors"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const auto begin = static_cast<qsizetype>(8 + qFromLittleEndian<quint64>(bytes.constData()));
        bytes.replace(begin, bytes.size() - begin, QByteArray(bytes.size() - begin, '\xff')); // each weight is NaN
        QVERIFY(file.seek(0) && file.write(bytes) == bytes.size());
        file.close();
        const CliAnswer answer = run({"activations", "--model", "toy_cnn", "--weights", path("nan.safetensors"),
                                      "--normalization", "rescale", "--input", "32x32x3", "--classes", "5", m_image,
                                      "--layer", "dense_1", "--out", path("nan.npy")});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY2(answer.out.contains("[5], no numbers"), answer.out.constData());
    }

    void whatARunHasItselfIsRefusedBesideIt_data() {
        QTest::addColumn<QString>("value");
        QTest::newRow("--weights") << path("net.safetensors");
        QTest::newRow("--normalization") << QStringLiteral("imagenet");
        QTest::newRow("--input") << QStringLiteral("32x32x3");
        QTest::newRow("--classes") << QStringLiteral("5");
        QTest::newRow("--options") << QStringLiteral("{}");
    }

    void whatARunHasItselfIsRefusedBesideIt() {
        QFETCH(QString, value);
        const QByteArray option = QTest::currentDataTag();
        refuses({"activations", m_run, m_image, "--layer", "conv2d", "--out", path("x.npy"), option, value},
                option + " goes with --model; a run has its own.");
    }

    void aSeedBelowZeroIsRefused_data() {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("filters") << QStringList{"filters", m_run, "--layer", "conv2d", "--out", path("x")};
        QTest::newRow("explain") << QStringList{"explain", m_run, m_image};
        QTest::newRow("train") << QStringList{"train", path("experiment.json")};
        QTest::newRow("augment") << QStringList{"augment", m_image, "--config", path("none.json"), "--out", path("x")};
        QTest::newRow("dataset info") << QStringList{"dataset", "info", path("toys")};
        QTest::newRow("dataset check") << QStringList{"dataset", "check", path("toys")};
        QTest::newRow("dataset make") << QStringList{"dataset", "make", "toys", "--to", path("negative")};
    }

    void aSeedBelowZeroIsRefused() {
        QFETCH(QStringList, command);
        refuses(command + QStringList{"--seed", "-5"}, "--seed: must be at least 0");
    }

    void aRunAndANetworkWithoutOneAreNotMixed() {
        const QStringList bare = {"--model", "toy_cnn"};
        refuses(QStringList{"explain"} + bare + QStringList{m_run, m_image}, "--model goes without a run");
        refuses(QStringList{"filters"} + bare + QStringList{m_run, "--layer", "conv2d", "--out", path("x")},
                "--model goes without a run");
        refuses(QStringList{"explain"} + bare + QStringList{m_image, "--checkpoint", "last"},
                "--checkpoint goes with a run");
    }

    void whatCannotBeLookedIntoIsRefusedBeforeTheWork() {
        const QStringList out = {"--out", path("x.npy")}, folder = {"--out", path("x")};
        refuses(QStringList{"activations", m_run, m_image, "--layer", "nowhere"} + out, "nowhere");
        refuses(QStringList{"activations", m_run, m_image, "--layer", "main"} + out, "dense_1");
        refuses(QStringList{"activations", m_run, "--layer", "conv2d"} + out, "image");
        refuses(QStringList{"activations", "no-such-run", m_image, "--layer", "conv2d"} + out, "no-such-run");
        write("broken.png", "no image");
        refuses(QStringList{"activations", m_run, path("broken.png"), "--layer", "conv2d"} + out, "broken.png");
        refuses({"filters", m_run, "--out", path("x")}, "--layer");
        refuses({"filters", "--layer", "conv2d", "--out", path("x")}, "--model");
        refuses(QStringList{"filters", m_run, "--layer", "conv2d", "--channel", "32"} + folder, "channels 0 to 31");
        refuses(QStringList{"filters", m_run, "--layer", "nowhere"} + folder, "nowhere");
        refuses(QStringList{"filters", m_run, "--kernels", "--layer", "conv2d_1"} + folder, "conv2d_1");
        refuses({"examples", m_run, "--layer", "conv2d", "--channel", "99"}, "no channel 99");
        refuses({"examples", m_run, "--layer", "conv2d", "--channel", "-1"}, "--channel: must be at least 0");
        refuses(QStringList{"filters", m_run, "--layer", "conv2d", "--channel", "-1"} + folder,
                "--channel: must be at least 0");
        refuses({"explain", m_run, m_image, "--out", path("x.jpg")}, "ends in .png");
        refuses(QStringList{"activations", m_run, m_image, "--layer", "conv2d", "--png", path("x.jpg")} + out,
                "ends in .png");
        refuses({"explain", "--model", "toy_cnn"}, "image");
        refuses({"explain"}, "image");
        refuses({"examples", m_run, "--layer", "nowhere", "--channel", "0"}, "nowhere");
        refuses({"examples", m_run, "--layer", "conv2d", "--channel", "0", "--split", "test"}, "test");
        QVERIFY(!QFile::exists(path("x.npy")));
    }
};

QTEST_GUILESS_MAIN(InsideCommandLineTest)
#include "tst_InsideCommandLine.moc"
