// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include "CliProcess.h"
#include "HttpServer.h"
#include "Test.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Npy.h"
#include "zoo/Hub.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

using namespace sightline;

/// Networks and weights on the command line: a person's own graph, public weights, presets.
class ModelsTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments, const QString& hub = {}) const {
        return runCli(path("home"), arguments, {{"HF_ENDPOINT", hub}});
    }

    void refuses(const QStringList& arguments, const QByteArray& mention) const {
        verifyRefusal(run(arguments), 2, mention);
    }

    /// A file as timm writes it for that network: its names, its shapes.
    void writeTimmWeights(const QString& name, const std::string& network, int classes) const {
        const Result<GraphSpec> spec = buildFromZoo(network, {64, 64, 3, classes, Json::object()});
        QVERIFY(spec.ok());
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        const std::vector<WeightNaming> namings = weightNamings(*spec, tensorsOf(*spec, *shapes(*spec)));
        for (const TensorSpec& tensor : namings.back().tensors) {
            std::size_t count = 1;
            for (const std::int64_t extent : tensor.shape)
                count *= static_cast<std::size_t>(extent);
            values.emplace_back(count, tensor.name.ends_with("running_var") || tensor.shape.size() == 1 ? 1.0f : 0.01f);
        }
        for (std::size_t i = 0; i < values.size(); ++i)
            tensors.push_back({namings.back().tensors[i].name, namings.back().tensors[i].shape, values[i]});
        QVERIFY(writeSafetensors(path(name).toStdString(), tensors, {{"format", "pt"}}));
    }

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("toys"), "--train", "4", "--val", "2", "--test", "2",
                      "--size", "32"})
                     .code,
                 0);
        write("net.json", R"({"name":"own","input":[32,32,3],"nodes":[{"id":"input","op":"input"},
            {"id":"stem","op":"conv2d","inputs":["input"],"attributes":{"filters":8,"kernel":3,"stride":2,"padding":"same"}},
            {"id":"relu","op":"activation","inputs":["stem"],"attributes":{"kind":"relu"}},
            {"id":"pool","op":"global_avg_pool","inputs":["relu"]},{"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":5}}],
            "outputs":[{"name":"main","node":"fc"}]})");
        write("train.json", R"({"version":1,"name":"own","data":{"path":")" + path("toys").toUtf8() +
                                R"(","image_size":[32,32]},"training":{"epochs":1,"batch_size":8}})");
        write(
            "broken.json",
            R"({"name":"own","input":[32,32,3],"nodes":[{"id":"input","op":"input"},{"id":"fc","op":"dense","inputs":["input"],"attributes":{"units":5}}],"outputs":[{"name":"main","node":"fc"}]})");
        QVERIFY(writeNpy(path("x.npy").toStdString(), FloatArray{{32, 32, 3}, std::vector<float>(32 * 32 * 3, 0.5f)}));
        writeTimmWeights("mobilenet.safetensors", "mobilenet_v2", 10);
    }

    void anOwnNetworkIsSummarisedTrainedAndAsked() {
        QCOMPARE(run({"model", "summary", path("net.json"), "--json"}).json()["parameters"]["total"].toInt(),
                 3 * 9 * 8 + 8 + 8 * 5 + 5);
        const CliAnswer trained =
            run({"train", path("train.json"), "--set", "model.graph=" + path("net.json"), "--json"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        const QString weights = trained.json()["folder"].toString() + "/checkpoints/best.safetensors";
        const CliAnswer asked = run({"model", "forward", path("net.json"), "--weights", weights, "--input",
                                     path("x.npy"), "--out", path("y.npy")});
        QVERIFY2(asked.code == 0, asked.err.constData());
        QCOMPARE(readNpy(path("y.npy").toStdString())->shape, (std::vector<std::int64_t>{5}));
        refuses({"model", "summary", path("broken.json")},
                "fc (dense): needs a vector, but 3 x 32 x 32 comes from input");
        refuses({"train", path("train.json"), "--set", "model.graph=" + path("broken.json")}, "fc (dense)");
    }

    void timmsNamesLoadAndOnlyTrainingStartsANewClassifier() {
        const QStringList forward{"model",   "forward",     "mobilenet_v2", "--weights",  path("mobilenet.safetensors"),
                                  "--input", path("x.npy"), "--out",        path("y.npy")};
        QVERIFY(run(forward + QStringList{"--classes", "10"}).code == 0);
        refuses(forward + QStringList{"--classes", "5"},
                "classifier.weight is [10, 1280], but mobilenet_v2 needs [5, 1280]");
        const CliAnswer trained = run({"train", path("train.json"), "--set", "model.name=mobilenet_v2", "--set",
                                       "model.weights=" + path("mobilenet.safetensors"), "--set", "model.freeze=base"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        QVERIFY2(trained.err.contains("classifier.weight starts from random values"), trained.err.constData());
    }

    void weightsOfTheOtherTwinAreRefused() {
        writeTimmWeights("tf_efficientnet_lite0.in1k.safetensors", "tf_efficientnet_lite0",
                         10); // of the same names and shapes as its twin's
        const QStringList asked{"--weights", path("tf_efficientnet_lite0.in1k.safetensors"),
                                "--input",   path("x.npy"),
                                "--out",     path("y.npy"),
                                "--classes", "10"};
        QVERIFY(run(QStringList{"model", "forward", "tf_efficientnet_lite0"} + asked).code == 0);
        refuses(QStringList{"model", "forward", "efficientnet_lite0"} + asked,
                "are for tf_efficientnet_lite0, not for efficientnet_lite0");
        refuses({"train", path("train.json"), "--set", "model.name=efficientnet_lite0", "--set",
                 "model.weights=" + path("tf_efficientnet_lite0.in1k.safetensors")},
                "model.weights: the weights tf_efficientnet_lite0.in1k are for");
    }

    void anEpochIsMeasuredBeforeItIsTrained() {
        const CliAnswer answer = run({"bench", "epoch", path("train.json"), "--seconds", "0.1", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY(answer.json()["seconds_per_epoch"].toDouble() > 0 && answer.json()["images_per_second"].toDouble() > 0);
        const CliAnswer kept = run({"bench", "epoch", path("train.json"), "--set", "model.freeze=base", "--set",
                                    "training.cache_features=true", "--seconds", "0.1", "--json"});
        QVERIFY2(kept.code == 0, kept.err.constData());
        QVERIFY(kept.json()["seconds_once"].toDouble() > 0);
        refuses({"bench", "epoch", path("train.json"), "--set", "model.graph=" + path("broken.json")}, "fc (dense)");
        refuses({"bench", "epoch", path("train.json"), "--set", "data.path=" + path("nowhere")}, "nowhere");
        refuses({"bench", "epoch", path("train.json"), "--device", "cuda:0"},
                "training.device: this version computes on the CPU only");
        refuses({"train", path("train.json"), "--device", "cuda:0"},
                "training.device: this version computes on the CPU only");
        refuses({"bench", "train", "--model", path("net.json"), "--input", "32x32x3", "--classes", "7"},
                "gives 5 scores; use --classes 5");
    }

    void theMachineSaysWhatItComputesOn() {
        const CliAnswer answer = run({"devices", "--json"});
        QVERIFY2(answer.code == 0 && answer.err.isEmpty(), answer.err.constData());
        const QJsonArray devices = answer.list();
        QVERIFY(!devices.isEmpty());
        for (const auto& listed : devices) {
            const QJsonObject device = listed.toObject();
            QCOMPARE(device.keys(),
                     (QStringList{"free_bytes", "kind", "memory_bytes", "name", "reason", "usable"})); // sorted
            QCOMPARE(device["usable"].toBool(), device["reason"].toString().isEmpty());
        }
        const QJsonObject processor = devices[0].toObject();
        QCOMPARE(processor["kind"].toString(), QStringLiteral("cpu"));
        QVERIFY(processor["usable"].toBool());
        QVERIFY(processor["free_bytes"].toDouble() > 0);
        QVERIFY(processor["memory_bytes"].toDouble() >= processor["free_bytes"].toDouble());
        const CliAnswer lines = run({"devices"});
        QCOMPARE(lines.code, 0);
        QVERIFY2(lines.out.startsWith("cpu      " + processor["name"].toString().toUtf8()), lines.out.constData());
        refuses({"devices", "--csv"}, "--csv");
        refuses({"devices", "all"}, "all");
        refuses({"train", path("train.json"), "--device", "cuda:99"},
                "training.device: this version computes on the CPU only, and this machine has no cuda:99");
    }

    void weightFilesAreInspected() {
        const CliAnswer answer =
            run({"weights", "inspect", path("mobilenet.safetensors"), "--model", "resnet18", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonArray networks = answer.json()["networks"].toArray();
        QCOMPARE(networks.size(), 1);
        QCOMPARE(networks[0]["name"].toString(), QStringLiteral("mobilenet_v2"));
        QCOMPARE(networks[0]["classes"].toInt(), 10);
        QCOMPARE(networks[0]["names"].toString(), QStringLiteral("timm"));
        QVERIFY(answer.json()["model"]["missing"].toArray().contains(QStringLiteral("layer1.0.conv1.weight")));
        QVERIFY(answer.json()["model"]["unexpected"].toArray().contains(QStringLiteral("conv_stem.weight")));
        refuses({"weights", "inspect", path("net.json")}, "safetensors");
    }

    void publicWeightsAreFetchedByName() {
        refuses({"train", path("train.json"), "--set", "model.name=mobilenet_v2", "--set",
                 "model.weights=mobilenetv2_100.ra_in1k"},
                "weights fetch mobilenetv2_100.ra_in1k");
        refuses({"weights", "fetch", "no_such_weights"}, "resnet18.a1_in1k");
        writeTimmWeights("hub.safetensors", "mobilenet_v2", 1000);
        const Result<std::string> bytes = readFile(path("hub.safetensors").toStdString());
        QVERIFY(bytes.ok());
        std::string body = *bytes, asked;
        HttpServer server([&](const HttpAsked& question) {
            asked = question.path;
            question.serve(body);
        });
        const QString hub = QString::fromStdString(server.url(""));
        const CliAnswer fetched = run({"weights", "fetch", "mobilenetv2_100.ra_in1k", "--json"}, hub);
        QVERIFY2(fetched.code == 0, fetched.err.constData());
        QCOMPARE(asked, std::string("/timm/mobilenetv2_100.ra_in1k/resolve/main/model.safetensors"));
        QCOMPARE(fetched.json()["licence"].toString(), QStringLiteral("Apache-2.0"));
        QVERIFY(QFile::exists(fetched.json()["file"].toString()));
        const CliAnswer trained = run({"train", path("train.json"), "--set", "model.name=mobilenet_v2", "--set",
                                       "model.weights=mobilenetv2_100.ra_in1k"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        QVERIFY2(trained.err.contains("normalization.preset imagenet"), trained.err.constData());
        // What is not the network's is not kept.
        const CliAnswer other = run({"weights", "fetch", "efficientnet_b0.ra_in1k"}, hub);
        QCOMPARE(other.code, 1);
        QVERIFY2(other.err.contains("was deleted"), other.err.constData());
        QVERIFY(!QFile::exists(path("home/weights/efficientnet_b0.ra_in1k.safetensors")));
    }

    void aPresetTrainsOnAnyFolder() {
        const CliAnswer trained =
            run({"train", "--preset", "cats-dogs-from-scratch", "--set", "data.path=" + path("toys"), "--set",
                 "training.epochs=1", "--set", "data.image_size=[64,64]", "--json"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        QVERIFY2(trained.err.contains("Two softmax scores replace the one sigmoid"), trained.err.constData());
        refuses({"train", "--preset", "no-such-preset"}, "fruit-vgg16");
    }
};

QTEST_GUILESS_MAIN(ModelsTest)
#include "tst_Models.moc"
