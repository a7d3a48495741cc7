// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Fixtures.h"
#include "Test.h"
#include "data/Readers.h"
#include "data/SplitFolders.h"

using namespace sightline;
using namespace sightline::fixtures;

using Names = std::vector<std::string>;

namespace {

QString valueOf(const Dataset& dataset, const std::string& what) {
    for (const Guess& guess : dataset.guesses)
        if (guess.what == what)
            return QString::fromStdString(guess.value);
    return {};
}

/// A tree in memory, one folder of which cannot be listed.
class LockedTree : public FileTree {
public:
    std::vector<Entry> entries(const std::string& folder) const override {
        if (folder.empty())
            return {{"cat", true}, {"dog", true}};
        return folder == "cat" ? std::vector<Entry>{{"1.png", false}} : std::vector<Entry>();
    }
    std::string listingError(const std::string& folder) const override {
        return folder == "dog" ? "Permission denied" : "";
    }
    bool isFile(const std::string& path) const override { return path == "cat/1.png"; }
    bool isFolder(const std::string& path) const override { return path == "cat" || path == "dog"; }
    Result<std::string> read(const std::string&, std::uintmax_t) const override { return badInput("no"); }
    fs::path onDisk(const std::string&) const override { return {}; }
    std::string shown(const std::string& path) const override { return path; }
    std::pair<std::uint64_t, std::uint64_t> identity(const std::string& folder) const override {
        return {std::hash<std::string>()(folder), 1};
    }
};

} // namespace

/// Folders as people have them.
class FolderLayoutTest : public FreshFolderTest {
    Q_OBJECT

    void images(const Names& folders, int count = 2) const {
        for (const std::string& folder : folders)
            for (int i = 0; i < count; ++i)
                write(root() / folder / (std::to_string(i) + ".png"), "");
    }

private Q_SLOTS:
    void splitFolders_data() {
        QTest::addColumn<QStringList>("folders"); // train, val, test
        QTest::newRow("set") << QStringList{"training_set", "validation_set", "test_set"};
        QTest::newRow("data") << QStringList{"Train_data", "Val_data", "Test_data"};
        QTest::newRow("numbers") << QStringList{"01_train", "02_val", "03_test"};
        QTest::newRow("seg") << QStringList{"seg_train/seg_train", "seg_val/seg_val", "seg_test/seg_test"};
        QTest::newRow("eval") << QStringList{"train", "eval", "test"};
        QTest::newRow("dev") << QStringList{"train", "dev", "test"};
        QTest::newRow("tune") << QStringList{"Train", "tune", "holdout_test"};
        QTest::newRow("fer") << QStringList{"Training", "PublicTest", "PrivateTest"};
        QTest::newRow("images") << QStringList{"train_images", "val_images", "test_images"};
    }

    void splitFolders() {
        QFETCH(const QStringList, folders);
        for (int i = 0; i < 3; ++i)
            images({folders[i].toStdString() + "/cat", folders[i].toStdString() + "/dog"}, i + 1);
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QCOMPARE(dataset->count(Subset::Train), std::size_t{2});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{4});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{6});
        QVERIFY(valueOf(*dataset, "split_folders").contains(folders[1] + " as val"));
        QVERIFY(dataset->ignoredFolders.empty());
    }

    void plainNamesAreNoGuess() {
        images({"train/a", "train/b", "val/a", "val/b"});
        QVERIFY(opened(root())->guesses.empty());
    }

    void whatIsNoSplitIsNamed() {
        images({"train/a", "train/b", "test/a", "test/b", "unlabeled/a"});
        const auto dataset = opened(root());
        QCOMPARE(dataset->ignoredFolders, Names{"unlabeled"});
        QVERIFY(hasProblem(*dataset, "ignored_folder"));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
    }

    void aPersonsWordsMakeSplits() {
        images({"lernen/a", "lernen/b", "proben/a", "proben/b"});
        DataSettings settings;
        settings.path = root().string();
        settings.splitWords.train = {"Lernen"};
        settings.splitWords.test = {"proben"};
        const auto dataset = openDataset(settings, 1);
        QCOMPARE(dataset->count(Subset::Train), std::size_t{4});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{4});
    }

    void foldersAreGivenOtherSplits() {
        images({"training_set/a", "training_set/b", "valid/a", "valid/b", "Test_data/a", "Test_data/b", "more/a"}, 3);
        auto folders = *sightline::splitFolders(*opened(root()), {}, 2);
        QVERIFY(!folders.areClasses && !folders.insideClasses);
        const auto subset = [&](const std::string& name) -> std::optional<Subset>& {
            return std::find_if(folders.folders.begin(), folders.folders.end(),
                                [&](const SplitFolder& folder) { return folder.name == name; })
                ->subset;
        };
        QCOMPARE(folders.folders.front(),
                 (SplitFolder{"Test_data", Subset::Test, 6, {"Test_data/a/0.png", "Test_data/b/0.png"}}));
        QCOMPARE(subset("training_set"), std::optional(Subset::Train));
        QCOMPARE(subset("more"), std::optional<Subset>());
        DataSettings settings;
        settings.path = root().string();
        const auto counts = [&] {
            settings.splitWords = *wordsFor(folders);
            const auto dataset = openDataset(settings, 1);
            return std::array{dataset->count(Subset::Train), dataset->count(Subset::Validation),
                              dataset->count(Subset::Test)};
        };
        QCOMPARE(counts(), (std::array<std::size_t, 3>{6, 6, 6}));
        std::swap(subset("valid"), subset("more")); // no word for validation is left, and "valid" is none
        QCOMPARE(counts(), (std::array<std::size_t, 3>{6, 3, 6}));
        subset("more") = Subset::Train;
        QCOMPARE(counts(), (std::array<std::size_t, 3>{9, 0, 6}));
        QCOMPARE(settings.splitWords.validation, Names{"none"});
        folders.areClasses = true;
        QCOMPARE(counts(), (std::array<std::size_t, 3>{21, 0, 0}));
        QVERIFY(sightline::splitFolders(*openDataset(settings, 1), settings.splitWords, 0)->areClasses);
        folders.areClasses = false;
        subset("training_set") = subset("more") = std::nullopt;
        QCOMPARE(QString::fromStdString(wordsFor(folders).error().message),
                 QStringLiteral("Choose what is for training."));
    }

    void namesThatLookAlikeCannotBeToldApart() {
        SplitFolders folders;
        folders.folders = {{"Train", Subset::Train, 1, {}}, {"train", Subset::Test, 1, {}}};
        QVERIFY(!wordsFor(folders).ok());
    }

    void splitsInsideClassesAreGivenOtherSplits() {
        images({"cats/train", "cats/test", "dogs/train", "dogs/test"}, 3);
        auto folders = *sightline::splitFolders(*opened(root()), {}, 1);
        QVERIFY(folders.insideClasses && !folders.areClasses);
        QCOMPARE(folders.folders, (std::vector<SplitFolder>{{"test", Subset::Test, 6, {"cats/test/0.png"}},
                                                            {"train", Subset::Train, 6, {"cats/train/0.png"}}}));
        DataSettings settings;
        settings.path = root().string();
        folders.folders.front().subset = Subset::Validation;
        settings.splitWords = *wordsFor(folders);
        QCOMPARE(openDataset(settings, 1)->count(Subset::Validation), std::size_t{6});
        folders.areClasses = true;
        settings.splitWords = *wordsFor(folders);
        QCOMPARE(openDataset(settings, 1)->count(Subset::Train), std::size_t{12});
        QCOMPARE(*sightline::splitFolders(*opened(root()), settings.splitWords, 1), ([&] {
            SplitFolders classes = folders;
            for (SplitFolder& folder : classes.folders)
                folder.subset.reset();
            return classes;
        }()));
        folders.areClasses = false;
        folders.folders.front().subset.reset();
        QVERIFY(!wordsFor(folders).ok()); // train alone is no split
    }

    void aFolderNamedNanIsAClass() {
        images({"nan", "roti"});
        QCOMPARE(opened(root())->classes, (Names{"nan", "roti"}));
    }

    void aToyTrainIsAClass() {
        images({"car", "ship", "train"});
        QCOMPARE(opened(root())->classes, (Names{"car", "ship", "train"}));
        init();
        images({"car", "ship", "train/side", "train/front"});
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"car", "ship", "train"}));
        QVERIFY(hasProblem(*dataset, "train_is_a_class"));
    }

    void testWithoutTrainIsSaid() {
        images({"learn/a", "learn/b", "test/a", "test/b"});
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"learn", "test"}));
        QVERIFY(hasProblem(*dataset, "no_train_folder"));
    }

    void splitsWithoutClassFoldersAlarm() {
        images({"train", "val", "test", "more"}, 3);
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"more", "test", "train", "val"}));
        const auto problem = std::find_if(dataset->problems.begin(), dataset->problems.end(),
                                          [](const DataProblem& one) { return one.kind == "split_without_classes"; });
        QVERIFY(problem != dataset->problems.end());
        const QString message = QString::fromStdString(problem->message);
        QVERIFY2(message.startsWith("test, train, val hold images and no class folders"), qPrintable(message));
        QVERIFY(message.contains("data.pattern"));
        init();
        images({"car", "ship", "train"});
        QVERIFY(!hasProblem(*opened(root()), "split_without_classes"));
    }

    void aPersonsWordsAreFollowedOrAnswered() {
        images({"train", "test"}, 3);
        DataSettings settings;
        settings.path = root().string();
        settings.splitWords.train = {"train"};
        settings.splitWords.test = {"test"};
        QString message = messageOf(openDataset(settings, 1));
        QVERIFY2(message.contains("data.split_words names test, train, but they hold images and no class folders"),
                 qPrintable(message));
        settings.splitWords = {.train = {"none"}, .validation = {}, .test = {}}; // a person wants classes
        QVERIFY(openDataset(settings, 1).ok());
        init();
        images({"fold1/a", "fold1/b", "fold2/a", "fold2/b"});
        settings.path = root().string();
        settings.splitWords = {.train = {"fold1"}, .validation = {"nosuch"}, .test = {"none"}};
        const auto dataset = openDataset(settings, 1);
        QCOMPARE(std::count_if(dataset->problems.begin(), dataset->problems.end(),
                               [](const DataProblem& one) { return one.kind == "unknown_word"; }),
                 1);
        QCOMPARE(dataset->problems.back().message,
                 std::string("no folder or value is called 'nosuch', which data.split_words names"));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
    }

    void aPatternReadsTrainAndTestWithoutClassFolders() {
        for (const char* folder : {"train", "test", "more"})
            for (const char* name : {"x-cat.png", "y-dog.png"})
                write(root() / folder / name, "");
        write(root() / "z-cat.png", "");
        DataSettings settings;
        settings.path = root().string();
        settings.pattern = "-([a-z]+)";
        const auto dataset = openDataset(settings, 1);
        QCOMPARE(dataset->count(Subset::Train), std::size_t{2});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{2});
        QCOMPARE(dataset->ignoredFolders, Names{"more"});
        QVERIFY(hasProblem(*dataset, "outside_class"));
    }

    void splitsInsideEachClassAreReadAndAlarm() {
        images({"cats/train", "dogs/train"}, 3);
        images({"cats/test", "dogs/test"}, 1);
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"cats", "dogs"}));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (std::vector<std::size_t>{3, 3}));
        QCOMPARE(dataset->countsPerClass(Subset::Test), (std::vector<std::size_t>{1, 1}));
        QVERIFY(hasProblem(*dataset, "split_in_class"));
        QVERIFY(valueOf(*dataset, "split_folders").contains("inside each class"));
    }

    void splitsInsideSomeClassesAlarmOnly() {
        images({"ants", "cats/train", "cats/test"});
        const auto dataset = opened(root());
        QCOMPARE(dataset->countsPerClass(Subset::Train), (std::vector<std::size_t>{2, 4}));
        QVERIFY(hasProblem(*dataset, "split_in_class"));
    }

    void classesOneFolderDeeper() {
        images({"data/a", "data/b", "__MACOSX/data"});
        write(root() / "README.md", "about");
        auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QCOMPARE(dataset->samples.front().path, std::string("a/0.png"));
        QCOMPARE(dataset->root, root() / "data");
        QCOMPARE(valueOf(*dataset, "root"), QStringLiteral("data"));
        Files files{{"README.md", "about"}, {"__MACOSX/data/a/._0.png", "x"}};
        for (const char* name : {"data/a/0.png", "data/b/0.png"})
            files.emplace_back(name, png(1));
        QVERIFY(writeZip(root() / "x.zip", files));
        dataset = opened(root() / "x.zip");
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QCOMPARE(valueOf(*dataset, "root"), QStringLiteral("data"));
    }

    void oneClassWithFoldersBelowIsNotLookedThroughToNothing() {
        images({"a/deep"});
        QCOMPARE(opened(root())->classes, Names{"a"});
    }

    void anEmptyValCountsAsAbsent() {
        images({"train/a", "train/b"}, 10);
        fs::create_directories(root() / "val" / "a");
        fs::create_directories(root() / "val" / "b");
        DataSettings settings;
        settings.path = root().string();
        settings.validationSplit = 0.2;
        auto dataset = openDataset(settings, 1);
        QVERIFY(hasProblem(*dataset, "empty_split"));
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{4});
        fs::remove_all(root() / "val");
        fs::create_directories(root() / "val");
        dataset = openDataset(settings, 1);
        QVERIFY(hasProblem(*dataset, "empty_split"));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{4});
    }

    void aFolderThatMayNotBeListedIsNoEmptyClass() {
        const ReadRequest request{
            .tree = std::make_shared<LockedTree>(), .settings = {}, .table = {}, .stop = {}, .progress = {}};
        const auto dataset = readFolders(request);
        QVERIFY(dataset.ok());
        QVERIFY(hasProblem(*dataset, "unreadable_folder"));
        QVERIFY(!hasProblem(*dataset, "empty_class"));
        QCOMPARE(dataset->problems.front().path, std::string("dog"));
        QCOMPARE(dataset->problems.front().message, std::string("cannot be listed (Permission denied)"));
    }

    void aLinkUpwardDoublesNothing() {
        images({"cat", "dog"});
        fs::create_directory_symlink(root(), root() / "cat" / "up");
        fs::create_directory_symlink(root(), root() / "again");
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QCOMPARE(dataset->samples.size(), std::size_t{4});
        QVERIFY(hasProblem(*dataset, "link_upward"));
    }

    void twoFormsOfALetterAreOneClass() {
        images({"train/caf\x65\xCC\x81", "train/tea"});
        images({"val/café", "val/tea"}, 3);
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"café", "tea"}));
        QCOMPARE(dataset->countsPerClass(Subset::Validation), (std::vector<std::size_t>{3, 3}));
        QVERIFY(!hasProblem(*dataset, "unknown_class"));
        QVERIFY(dataset->source->file(dataset->samples.front()).string().find("caf\x65\xCC\x81") != std::string::npos);
    }

    void classesThatDifferInCaseAreSaidAndMergedOnRequest() {
        images({"Cat", "dog"});
        images({"cat"}, 3);
        auto dataset = opened(root());
        QCOMPARE(dataset->classes.size(), std::size_t{3});
        QVERIFY(hasProblem(*dataset, "alike_classes"));
        DataSettings settings;
        settings.path = root().string();
        settings.table.mergeAlikeLabels = true;
        dataset = openDataset(settings, 1);
        QCOMPARE(dataset->format, std::string("folders"));
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (std::vector<std::size_t>{5, 2}));
    }

    void boxesForADetectorAreNoClasses() {
        images({"images/train", "images/val"});
        write(root() / "labels" / "train" / "0.txt", "0 .5 .5 1 1");
        write(root() / "labels" / "val" / "0.txt", "0 .5 .5 1 1");
        QVERIFY(messageOf(opened(root())).contains("YOLO"));
    }

    void yoloClassificationIsFolders() {
        write(root() / "data.yaml", "names: [a, b]\n");
        images({"train/a", "train/b", "valid/a", "valid/b", "test/a", "test/b"});
        const auto dataset = opened(root());
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{4});
    }

    void jfifAndJpeAreImages() {
        write(root() / "a" / "1.jfif", "");
        write(root() / "b" / "1.JPE", "");
        QCOMPARE(opened(root())->samples.size(), std::size_t{2});
    }

    void classesTooSmallForValidationAreNamed() {
        images({"few"}, 3);
        images({"many"}, 20);
        DataSettings settings;
        settings.path = root().string();
        settings.validationSplit = 0.2;
        const auto dataset = openDataset(settings, 1);
        const auto problem = std::find_if(dataset->problems.begin(), dataset->problems.end(),
                                          [](const DataProblem& one) { return one.kind == "not_validated"; });
        QVERIFY(problem != dataset->problems.end());
        QVERIFY(problem->message.starts_with("few has too few images"));
    }
};

QTEST_GUILESS_MAIN(FolderLayoutTest)
#include "tst_FolderLayout.moc"
