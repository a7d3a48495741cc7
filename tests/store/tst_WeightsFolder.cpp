// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "store/Safetensors.h"
#include "store/WeightsFolder.h"
#include "support/Files.h"
#include "zoo/Hub.h"
#include "zoo/Zoo.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

/// A file with all tensors of a network, every value the same.
bool writeWeights(const fs::path& file, const std::string& network, int classes) {
    const ZooEntry* entry = findInZoo(network);
    const auto graph = buildFromZoo(
        network, {entry->defaultHeight, entry->defaultWidth, entry->defaultChannels, classes, Json::object()});
    if (!graph)
        return false;
    const std::vector<TensorSpec> tensors = tensorsOf(*graph, *shapes(*graph));
    std::vector<std::vector<float>> values;
    for (const TensorSpec& tensor : tensors) {
        std::int64_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= extent;
        values.emplace_back(static_cast<std::size_t>(count), 0.5f);
    }
    std::vector<TensorToWrite> all;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        all.push_back({tensors[i].name, tensors[i].shape, values[i]});
    fs::create_directories(file.parent_path());
    return writeSafetensors(file, all).ok();
}

} // namespace

class WeightsFolderTest : public FreshFolderTest {
    Q_OBJECT
    fs::path hub() const { return root() / "hub"; }
    fs::path home() const { return root() / "home"; }
    FolderWeights only() const {
        const auto found = weightsIn(hub());
        return found.ok() && found->size() == 1 ? found->front() : FolderWeights();
    }

private Q_SLOTS:
    void filesAreFoundAsPeopleAndTheHubKeepThem() {
        const fs::path snapshots = hub() / "models--timm--resnet18.tv_in1k" / "snapshots";
        for (const fs::path& file :
             {hub() / "mine.safetensors", hub() / "cells" / "model.safetensors",
              snapshots / "aaaa" / "model.safetensors", hub() / "notes.txt", hub() / "empty" / "readme.md"}) {
            fs::create_directories(file.parent_path());
            QVERIFY(writeFileAtomically(file, "x").ok());
        }
        const auto found = weightsIn(hub());
        QVERIFY(found.ok());
        QCOMPARE(*found, (std::vector<FolderWeights>{
                             {"cells", hub() / "cells" / "model.safetensors", 1},
                             {"mine", hub() / "mine.safetensors", 1},
                             {"resnet18.tv_in1k", snapshots / "aaaa" / "model.safetensors", 1},
                         }));
    }

    void aFolderThatIsNotThereIsSaid() {
        const auto found = weightsIn(root() / "nowhere");
        QVERIFY(!found.ok() && found.error().kind == ErrorKind::BadInput);
        QVERIFY(found.error().message.find("nowhere") != std::string::npos);
    }

    void weightsAreTakenIntoTheHomeAndMeantByTheirName() {
        QVERIFY(writeWeights(hub() / "cells.safetensors", "toy_cnn", 7));
        const auto network = networkOf(only());
        QVERIFY(network.ok());
        QCOMPARE(network->network, std::string("toy_cnn"));
        QCOMPARE(network->classes, 7);
        QVERIFY(areFor(only(), "toy_cnn") && !areFor(only(), "resnet18"));
        QCOMPARE(*weightsFile("cells", home()), fs::path("cells")); // not there yet: a file of that name
        const auto taken = takeWeights(only(), home());
        QVERIFY2(taken.ok(), taken ? "" : taken.error().message.c_str());
        QCOMPARE(*weightsFile("cells", home(), "toy_cnn"), *taken);
        QCOMPARE(fs::file_size(*taken), only().bytes);
        QVERIFY(takeWeights(only(), home()).ok()); // again
        QCOMPARE(std::distance(fs::directory_iterator(taken->parent_path()), {}), 1);
    }

    void whatFitsNoNetworkIsRefusedAndWhatWasThereStays() {
        QVERIFY(writeWeights(hub() / "cells.safetensors", "toy_cnn", 7));
        const auto taken = takeWeights(only(), home());
        QVERIFY(taken.ok());
        const auto size = fs::file_size(*taken);
        const std::vector<float> values(6, 1.0f);
        QVERIFY(writeSafetensors(only().file, {{"a.weight", {2, 3}, values}}).ok());
        QVERIFY(networkOf(only())->network.empty());
        const auto refused = takeWeights(only(), home());
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message.find("fits no network") != std::string::npos);
        QVERIFY(writeFileAtomically(only().file, "no safetensors").ok());
        QVERIFY(!networkOf(only()).ok() && !takeWeights(only(), home()).ok());
        QCOMPARE(fs::file_size(*taken), size);
    }

    // Their tensors are alike, what they compute is not: the name tells.
    void aPublicNameMeansItsOwnNetwork() {
        QVERIFY(writeWeights(hub() / "tf_efficientnet_lite0.in1k.safetensors", "efficientnet_lite0", 1000));
        QCOMPARE(networkOf(only())->network, std::string("tf_efficientnet_lite0"));
        fs::rename(only().file, hub() / "resnet18.a1_in1k.safetensors");
        const auto wrong = takeWeights(only(), home());
        QVERIFY(!wrong.ok());
        QVERIFY(wrong.error().message.find("resnet18") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(WeightsFolderTest)
#include "tst_WeightsFolder.moc"
