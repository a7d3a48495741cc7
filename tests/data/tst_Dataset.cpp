// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "Test.h"
#include "data/Dataset.h"
#include "support/Json.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

/// Opening looks at names only, so an empty file does.
void touch(const fs::path& file, const std::string& text = {}) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

Result<Dataset> opened(const fs::path& root, double validationSplit = 0, SplitRule rule = SplitRule::PerClassFirst,
                       std::uint64_t seed = 1) {
    DataSettings settings;
    settings.path = root.string();
    settings.validationSplit = validationSplit;
    settings.split = rule;
    return openDataset(settings, seed);
}

bool hasProblem(const Dataset& dataset, const std::string& kind, const std::string& path) {
    return std::any_of(dataset.problems.begin(), dataset.problems.end(),
                       [&](const DataProblem& p) { return p.kind == kind && p.path == path; });
}

std::vector<std::string> pathsOf(const Dataset& dataset, Subset subset) {
    std::vector<std::string> paths;
    for (const std::uint32_t index : dataset.indices(subset))
        paths.push_back(dataset.samples[index].path);
    return paths;
}

using Names = std::vector<std::string>;

} // namespace

class TestDataset : public FreshFolderTest {
    Q_OBJECT

private Q_SLOTS:
    void classesAreFoldersInCodePointOrder() {
        for (const char* name : {"b", "a", "Z", "Ä mit Raum"})
            touch(root() / name / "x.png");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("folders"));
        QCOMPARE(dataset->classes, (Names{"Z", "a", "b", "Ä mit Raum"}));
        QCOMPARE(dataset->samples.back().path, std::string("Ä mit Raum/x.png"));
    }

    void splitFoldersAreFoundUnderEveryUsualName() {
        for (const char* val : {"val", "valid", "validation"}) {
            const fs::path here = root() / val;
            for (const char* split : {"train", val, "test"}) {
                touch(here / split / "a" / "1.png");
                touch(here / split / "b" / "1.png");
            }
            const auto dataset = opened(here, 0.5);
            QVERIFY(dataset.ok());
            QVERIFY(dataset->hasValidation);
            QCOMPARE(dataset->count(Subset::Train), std::size_t{2});
            QCOMPARE(dataset->count(Subset::Validation), std::size_t{2});
            QCOMPARE(dataset->count(Subset::Test), std::size_t{2});
        }
    }

    void hiddenNamesAreSkippedAndStrangersReported() {
        touch(root() / "a" / "1.PNG");
        touch(root() / "a" / ".2.png");
        touch(root() / "a" / "notes.txt");
        touch(root() / "b" / "1.jpeg");
        touch(root() / ".cache" / "1.png");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QCOMPARE(pathsOf(*dataset, Subset::Train), (Names{"a/1.PNG", "b/1.jpeg"}));
        QVERIFY(hasProblem(*dataset, "not_an_image", "a/notes.txt"));
        QCOMPARE(dataset->problems.size(), std::size_t{1});
    }

    void linksAreFollowedAndCyclesCut() {
        touch(root() / "data" / "a" / "deep" / "1.png");
        touch(root() / "data" / "b" / "1.png");
        touch(root() / "elsewhere" / "2.png");
        fs::create_directory_symlink(root() / "elsewhere", root() / "data" / "b" / "link");
        fs::create_directory_symlink(root() / "data" / "a", root() / "data" / "a" / "deep" / "back");
        const auto dataset = opened(root() / "data");
        QVERIFY(dataset.ok());
        QCOMPARE(pathsOf(*dataset, Subset::Train), (Names{"a/deep/1.png", "b/1.png", "b/link/2.png"}));
    }

    void foldersBelowAClassComeInKerasOrder() {
        // os.walk sorted by path: '-' comes before '/', and a folder's own images before those below it.
        for (const char* name : {"a/x/1.png", "a/x-y/1.png", "a/x/y/1.png", "a/z.png", "a/B.png", "b/1.png"})
            touch(root() / name);
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(pathsOf(*dataset, Subset::Train),
                 (Names{"a/B.png", "a/z.png", "a/x/1.png", "a/x-y/1.png", "a/x/y/1.png", "b/1.png"}));
    }

    void anEmptyClassIsKeptAndReported() {
        touch(root() / "a" / "1.png");
        fs::create_directories(root() / "empty");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->countsPerClass(Subset::Train), (std::vector<std::size_t>{1, 0}));
        QVERIFY(hasProblem(*dataset, "empty_class", "empty"));
    }

    void oneClassOnlyIsAProblem() {
        touch(root() / "a" / "1.png");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QVERIFY(hasProblem(*dataset, "one_class", root().string()));
    }

    void aTestClassThatTrainLacksHasNoLabel() {
        touch(root() / "train" / "a" / "1.png");
        touch(root() / "train" / "b" / "1.png");
        touch(root() / "test" / "a" / "1.png");
        touch(root() / "test" / "new" / "1.png");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QVERIFY(hasProblem(*dataset, "unknown_class", "test/new"));
        QCOMPARE(dataset->samples.back().path, std::string("test/new/1.png"));
        QCOMPARE(dataset->samples.back().label, -1);
    }

    void noFolderAndNoImagesAreClearErrors() {
        const auto missing = opened(root() / "nowhere");
        QVERIFY(!missing.ok());
        QVERIFY(missing.error().message.find("nowhere does not exist") != std::string::npos);
        QVERIFY(!opened(root()).ok());
        fs::create_directories(root() / "a");
        const auto empty = opened(root());
        QVERIFY(!empty.ok());
        QVERIFY(empty.error().message.find("no images") != std::string::npos);
        QCOMPARE(empty.error().kind, ErrorKind::BadInput);
    }

    void kerasTakesTheFirstFilesOfEachClass() {
        const auto golden = readJsonFile(fs::path(SIGHTLINE_GOLDEN_DIR) / "keras.json");
        QVERIFY(golden.ok());
        for (const Json& item : (*golden)["split"]) {
            const int n = item["n"];
            const fs::path here = root() / std::to_string(n);
            for (int i = 0; i < n; ++i) {
                touch(here / "a" / (std::to_string(i) + ".png"));
                touch(here / "b" / (std::to_string(i) + ".png"));
            }
            const auto dataset = opened(here, item["validation_split"].get<double>());
            QVERIFY(dataset.ok());
            const std::size_t expected = item["validation"][1];
            QCOMPARE(dataset->countsPerClass(Subset::Validation), (std::vector<std::size_t>{expected, expected}));
            Names sorted;
            for (int i = 0; i < n; ++i)
                sorted.push_back("a/" + std::to_string(i) + ".png");
            std::sort(sorted.begin(), sorted.end());
            sorted.resize(expected);
            Names actual = pathsOf(*dataset, Subset::Validation);
            actual.resize(expected);
            QCOMPARE(actual, sorted);
        }
    }

    void theShuffledSplitIsStratifiedAndDrawnFromTheSeed() {
        for (int i = 0; i < 40; ++i) {
            touch(root() / "a" / (std::to_string(i) + ".png"));
            touch(root() / "b" / (std::to_string(i) + ".png"));
        }
        const auto first = opened(root(), 0.25, SplitRule::Shuffled, 5),
                   again = opened(root(), 0.25, SplitRule::Shuffled, 5),
                   other = opened(root(), 0.25, SplitRule::Shuffled, 6);
        QVERIFY(first.ok() && again.ok() && other.ok());
        QCOMPARE(first->countsPerClass(Subset::Validation), (std::vector<std::size_t>{10, 10}));
        QCOMPARE(pathsOf(*first, Subset::Validation), pathsOf(*again, Subset::Validation));
        QVERIFY(pathsOf(*first, Subset::Validation) != pathsOf(*other, Subset::Validation));
    }

    void tinyImagenetIsReadByItsOwnLists() {
        touch(root() / "wnids.txt", "n02\nn01\n");
        touch(root() / "words.txt", "n01\tgoldfish\nn02\tcat, tabby\nn99\tnobody\n");
        touch(root() / "train/n01/images/n01_0.JPEG");
        touch(root() / "train/n02/images/n02_0.JPEG");
        touch(root() / "train/n02/n02_boxes.txt");
        touch(root() / "val/val_annotations.txt", "val_0.JPEG\tn02\t0\t0\t1\t1\nval_1.JPEG\tn01\t0\t0\t1\t1\n");
        touch(root() / "test/images/test_0.JPEG");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("tiny-imagenet"));
        QCOMPARE(dataset->classes, (Names{"n01", "n02"}));
        QCOMPARE(dataset->classTitles, (Names{"goldfish", "cat, tabby"}));
        QCOMPARE(pathsOf(*dataset, Subset::Train),
                 (Names{"train/n01/images/n01_0.JPEG", "train/n02/images/n02_0.JPEG"}));
        QCOMPARE(pathsOf(*dataset, Subset::Validation), (Names{"val/images/val_1.JPEG", "val/images/val_0.JPEG"}));
        QCOMPARE(dataset->count(Subset::Test), std::size_t{0});
    }

    void aSampleIsLoadedAtTheSizeTheSettingsAsk() {
        Image image(4, 6, 3);
        for (const char* name : {"a", "b"}) {
            fs::create_directories(root() / name);
            QVERIFY(writePng(root() / name / "1.png", image).ok());
        }
        DataSettings settings;
        settings.path = root().string();
        settings.imageHeight = 8;
        settings.imageWidth = 5;
        settings.pixels.channels = ChannelSettings::grey();
        const auto dataset = openDataset(settings, 1);
        QVERIFY(dataset.ok());
        const auto sample = loadSample(*dataset, dataset->samples[0], settings);
        QVERIFY(sample.ok());
        QVERIFY(sample->height == 8 && sample->width == 5 && sample->channels == 1);
    }
};

QTEST_GUILESS_MAIN(TestDataset)
#include "tst_Dataset.moc"
