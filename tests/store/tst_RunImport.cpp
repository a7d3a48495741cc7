// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "store/HubFolder.h"
#include "store/ImportedNetwork.h"
#include "store/RunImport.h"
#include "store/RunParts.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {
std::filesystem::path golden(const std::string& name) {
    return std::filesystem::path(SIGHTLINE_GOLDEN_DIR) / "onnx" / (name + ".onnx"); // four classes
}
} // namespace

/// What a file from elsewhere says of its classes and its pixels is taken as it says it.
class RunImportTest : public FreshFolderTest {
    Q_OBJECT

    Result<ImportedRun> imported(const std::string& labels) {
        const auto file = root() / "labels";
        if (!writeFileAtomically(file, labels))
            qFatal("no labels");
        RunStore store = RunStore::open(root() / "home").value();
        return importRun(store, {golden("keras"), file, "none", {}});
    }
    std::vector<std::string> namesOf(const std::string& labels) {
        const auto run = imported(labels);
        return run ? run->run.classes().value() : std::vector<std::string>{run.error().message};
    }
    /// A folder as timm pushes it, with weights of nothing but zeros.
    std::filesystem::path hubFolder(const std::string& config) const {
        const auto folder = root() / "hub";
        const GraphSpec graph = *buildFromZoo("mobilenet_v3_small", {32, 32, 3, 2, Json::object()});
        std::vector<TensorToWrite> tensors;
        std::vector<float> zeros;
        const std::vector<TensorSpec> specs = tensorsOf(graph, *shapes(graph));
        for (const TensorSpec& tensor : specs) {
            std::size_t count = 1;
            for (const std::int64_t extent : tensor.shape)
                count *= static_cast<std::size_t>(extent);
            zeros.resize(std::max(zeros.size(), count));
        }
        for (const TensorSpec& tensor : specs) {
            std::size_t count = 1;
            for (const std::int64_t extent : tensor.shape)
                count *= static_cast<std::size_t>(extent);
            tensors.push_back({tensor.name, tensor.shape, {zeros.data(), count}});
        }
        if (!makeFolder(folder) || !writeSafetensors(folder / "model.safetensors", tensors) ||
            !writeFileAtomically(folder / "config.json", config))
            qFatal("no hub folder");
        return folder;
    }
    static std::string config(const std::string& more, const std::string& pixels) {
        return R"({"architecture": "mobilenetv3_small_100", "num_classes": 2, )" + more +
               R"("pretrained_cfg": {"input_size": [3, 32, 32])" + (pixels.empty() ? "" : ", ") + pixels + "}}";
    }

private Q_SLOTS:
    void labelsAreReadInEveryForm_data() {
        QTest::addColumn<QByteArray>("labels");
        QTest::newRow("a line each") << QByteArray("a\nb\r\nc\nd\n");
        QTest::newRow("after a byte-order mark") << QByteArray("\xef\xbb\xbf"
                                                               "a\nb\nc\nd\n");
        QTest::newRow("a list after a mark") << QByteArray("\xef\xbb\xbf"
                                                           R"(["a", "b", "c", "d"])");
        QTest::newRow("names by number") << QByteArray(R"({"0": "a", "1": "b", "3": "d", "2": "c"})");
        QTest::newRow("numbers by name") << QByteArray(R"({"b": 1, "a": 0, "d": 3, "c": 2})");
    }
    void labelsAreReadInEveryForm() {
        QFETCH(QByteArray, labels);
        QCOMPARE(namesOf(labels.toStdString()), (std::vector<std::string>{"a", "b", "c", "d"}));
    }

    void whatIsNoListOfLabelsIsRefused() {
        for (const char* labels : {R"({"a": 0, "b": 0, "c": 1, "d": 2})", R"({"a": 1, "b": 2, "c": 3, "d": 4})", "{}",
                                   R"({"a": "x", "b": "y"})"})
            QVERIFY2(namesOf(labels)[0].find("is no list of class names") != std::string::npos, labels);
        QVERIFY(namesOf(R"(["a", "", "c", "d"])")[0].find("has no name for the class 1") != std::string::npos);
    }

    void classesOfOneNameGetTheirNumbers() {
        const auto run = imported("crane\nmaillot\ncrane\ndog\n");
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->run.classes().value(), (std::vector<std::string>{"crane (0)", "maillot", "crane (2)", "dog"}));
        QCOMPARE(run->notes.size(), std::size_t{1});
        QVERIFY(run->notes[0].find("several classes named crane") != std::string::npos);
        QVERIFY(namesOf("a\na\na (0)\nd\n")[0].find("cannot be told apart") != std::string::npos);
    }

    void anEndingInCapitalsIsTheSame() {
        std::filesystem::copy_file(golden("keras"), root() / "MODEL.ONNX");
        QVERIFY(readNetwork(root() / "MODEL.ONNX").ok());
    }

    void anImportedNetworkPlansNoEpochs() { QCOMPARE(imported("a\nb\nc\nd\n")->run.summary().plannedEpochs, 0); }

    void momentsThatNoPresetHasAreTaken() {
        const auto folder =
            hubFolder(config(R"("label_names": {"0": "cat", "1": "dog"}, )",
                             R"("mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28], "crop_pct": 0.875)"));
        RunStore store = RunStore::open(root() / "home").value();
        const auto run = importRun(store, {folder, {}, {}, {}});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->run.classes().value(), (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(run->notes.size(), std::size_t{1});
        QVERIFY2(run->notes[0].find("crop_pct 0.875") != std::string::npos, run->notes[0].c_str());
        const auto parts = readRunParts(run->run);
        QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
        const Normalizer normalizer(parts->experiment.normalization, 3, parts->fitted);
        QVERIFY(normalizer.isAffine());
        QVERIFY(std::abs(normalizer.scale()[1] - 1 / (255 * .26)) < 1e-6);
        QVERIFY(std::abs(normalizer.offset()[2] + .41 / .28) < 1e-4);
    }

    /// Normalized once more they would see other pixels than they were trained on.
    void networksThatScalePixelsThemselvesGetThemRaw() {
        RunStore store = RunStore::open(root() / "home").value();
        const auto scaled = importRun(store, {golden("keras"), {}, {}, {}}); // begins with x / 127.5 - 1
        QVERIFY2(scaled, scaled ? "" : scaled.error().message.c_str());
        QCOMPARE(readRunParts(scaled->run)->experiment.normalization.preset, NormalizationSettings::Preset::None);
        QCOMPARE(scaled->notes.size(), std::size_t{1});
        QVERIFY2(scaled->notes[0].find("scale pixels of 0 to 255 themselves") != std::string::npos,
                 scaled->notes[0].c_str());
        QVERIFY(saysNormalization(golden("keras")).value());
        const auto other = importRun(store, {golden("torch-17"), {}, {}, {}});
        QCOMPARE(readRunParts(other->run)->experiment.normalization.preset, NormalizationSettings::Preset::Imagenet);
        QVERIFY(!saysNormalization(golden("torch-17")).value());
    }

    void fittedValuesThatAFileLacksAreAskedFor() {
        const auto folder = hubFolder(
            config(R"("sightline": {"preprocessing": {"normalization": {"featurewise_center": true}}}, )", ""));
        QVERIFY(!saysNormalization(folder).value());
        RunStore store = RunStore::open(root() / "home").value();
        QVERIFY(!importRun(store, {folder, {}, {}, {}}));
        const auto run = importRun(store, {folder, {}, "none", {}});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QVERIFY(saysNormalization(hubFolder(config("", R"("mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5])"))).value());
    }

    void momentsLeaveAsTheyCame() {
        const auto folder = hubFolder(config("", R"("mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0])"));
        RunStore store = RunStore::open(root() / "home").value();
        const auto run = importRun(store, {folder, {}, {}, {}});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        const auto exported = exportHub(run->run, "last", root() / "out");
        QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
        const Json pretrained = readJsonFile(root() / "out" / "config.json").value()["pretrained_cfg"];
        QCOMPARE(toText(pretrained["mean"], -1), std::string("[0.0,0.0,0.0]")); // not -0.0
        QCOMPARE(toText(pretrained["std"], -1), std::string("[1.0,1.0,1.0]"));
    }

    void aPresetsMomentsAreThePreset() {
        const auto network = readNetwork(hubFolder(config("", R"("mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5])")));
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->preprocessing["normalization"], (Json{{"preset", "half"}}));
        QVERIFY(network->notes.empty());
    }
};

QTEST_GUILESS_MAIN(RunImportTest)
#include "tst_RunImport.moc"
