// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <set>

#include "Fixtures.h"
#include "Test.h"
#include "data/Split.h"

using namespace sightline;
using namespace sightline::fixtures;

/// Splits that keep what belongs together in one piece.
class SplitTest : public FreshFolderTest {
    Q_OBJECT

    static std::string digits(int number) {
        return (number < 10 ? "00" : number < 100 ? "0" : "") + std::to_string(number);
    }

    /// `patients` in each of two classes with 1 to 7 images each; the class is the patient's.
    void drawPatients(int patients) const {
        for (int p = 0; p < 2 * patients; ++p)
            for (int i = 0; i <= p % 7; ++i)
                write(root() / (p % 2 ? "ill" : "well") /
                          ("patient" + digits(p) + "_slice" + std::to_string(i) + ".png"),
                      {});
    }

    Result<Dataset> split(double share, const std::string& pattern, SplitRule rule = SplitRule::PerClassFirst,
                          std::uint64_t seed = 3) const {
        DataSettings settings;
        settings.path = root().string();
        settings.validationSplit = share;
        settings.split = rule;
        settings.group.pattern = pattern;
        return openDataset(settings, seed);
    }

    static std::map<std::uint32_t, std::set<Subset>> subsetsOf(const Dataset& dataset) {
        std::map<std::uint32_t, std::set<Subset>> subsets;
        for (const Sample& sample : dataset.samples)
            subsets[sample.group].insert(sample.subset);
        return subsets;
    }

private Q_SLOTS:
    void noGroupIsInTrainAndValidation() {
        drawPatients(30);
        for (const SplitRule rule : {SplitRule::PerClassFirst, SplitRule::Shuffled})
            for (const double share : {0.05, 0.2, 0.5}) {
                const auto dataset = split(share, "(patient\\d+)", rule);
                QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
                QCOMPARE(dataset->groups.size(), std::size_t{60});
                for (const auto& [group, subsets] : subsetsOf(*dataset)) {
                    QVERIFY(group != kNoGroup);
                    QCOMPARE(subsets.size(), std::size_t{1});
                }
                // Near the share asked for: within one patient's images of each class.
                const auto train = dataset->countsPerClass(Subset::Train),
                           validation = dataset->countsPerClass(Subset::Validation);
                for (std::size_t c = 0; c < 2; ++c) {
                    const double wanted = share * static_cast<double>(train[c] + validation[c]);
                    QVERIFY(std::abs(static_cast<double>(validation[c]) - wanted) <= 7);
                    QVERIFY(validation[c] > 0);
                }
            }
    }

    void theFirstGroupsMoveOrThoseDrawnFromTheSeed() {
        for (int p = 0; p < 20; ++p)
            for (int i = 0; i < 5; ++i)
                write(root() / (p % 2 ? "b" : "a") / ("p" + digits(p) + "_" + std::to_string(i) + ".png"), {});
        const auto first = split(0.2, "p(\\d+)_");
        std::set<std::string> moved;
        for (const std::uint32_t index : first->indices(Subset::Validation))
            moved.insert(first->groups[first->samples[index].group]);
        QCOMPARE(moved, (std::set<std::string>{"000", "001", "002",
                                               "003"})); // int(0.2 * 50) = 10 images, two patients of each class
        const auto drawn = split(0.2, "p(\\d+)_", SplitRule::Shuffled, 3),
                   again = split(0.2, "p(\\d+)_", SplitRule::Shuffled, 3),
                   other = split(0.2, "p(\\d+)_", SplitRule::Shuffled, 4);
        const auto validation = [](const Dataset& dataset) {
            std::set<std::string> paths;
            for (const std::uint32_t index : dataset.indices(Subset::Validation))
                paths.insert(dataset.samples[index].path);
            return paths;
        };
        QCOMPARE(validation(*drawn), validation(*again));
        QVERIFY(validation(*drawn) != validation(*other));
        QCOMPARE(drawn->countsPerClass(Subset::Validation), (std::vector<std::size_t>{10, 10}));
    }

    void aGroupOfSeveralClassesMovesWhole() {
        for (int p = 0; p < 10; ++p)
            for (const char* name : {"a", "b"})
                write(root() / name / ("obj" + std::to_string(p) + ".png"), {});
        const auto dataset = split(0.3, "obj(\\d+)");
        QCOMPARE(dataset->countsPerClass(Subset::Validation), (std::vector<std::size_t>{3, 3}));
        for (const auto& [group, subsets] : subsetsOf(*dataset))
            QCOMPARE(subsets.size(), std::size_t{1});
    }

    void groupsTooLargeStillGiveAValidation() {
        for (int i = 0; i < 30; ++i)
            write(root() / (i % 2 ? "a" : "b") / ((i < 20 ? "big_" : "small_") + std::to_string(i) + ".png"), {});
        const auto dataset = split(0.1, "(big|small)_");
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{10});
        const auto one = split(0.1, "(.)");
        QVERIFY(one.ok());
        QVERIFY(hasProblem(*split(0.1, "\\.(png)"), "one_group"));
    }

    void imagesWithoutAGroupAreAloneAndCounted() {
        drawPatients(10);
        write(root() / "ill" / "stranger.png", {});
        const auto dataset = split(0.2, "(patient\\d+)");
        QVERIFY(hasProblem(*dataset, "no_group"));
    }

    void aColumnOfATableGroups() {
        std::string table = "file,label,patient\n";
        for (int i = 0; i < 40; ++i) {
            const std::string name = "img" + std::to_string(i) + ".png";
            write(root() / name, {});
            table += name + "," + (i / 4 % 2 ? "x" : "y") + ",P" + std::to_string(i / 4) + "\n";
        }
        write(root() / "labels.csv", table);
        DataSettings settings;
        settings.path = (root() / "labels.csv").string();
        settings.validationSplit = 0.2;
        settings.group.column = "patient";
        const auto dataset = openDataset(settings, 1);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->groups.size(), std::size_t{10});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{8});
        for (const auto& [group, subsets] : subsetsOf(*dataset))
            QCOMPARE(subsets.size(), std::size_t{1});
        settings.group.column = "doctor";
        QVERIFY(messageOf(openDataset(settings, 1)).contains("no column 'doctor'; it has: file, label, patient"));
    }

    void groupsThatTheFoldersTearApartAreReported() {
        for (const char* split : {"train", "val"})
            for (const char* name : {"a", "b"})
                for (const char* person : {"ann_1", "bob_1"})
                    write(root() / split / name / (std::string(person) + (*split == 'v' ? "v.png" : "t.png")), {});
        const auto dataset = split(0, "(ann|bob)");
        QVERIFY(hasProblem(*dataset, "torn_group"));
    }

    void wrongGroupsAreSentences() {
        drawPatients(5);
        QVERIFY(messageOf(split(0.2, "(patient")).contains("data.group.pattern is not a valid regular expression"));
        QVERIFY(messageOf(split(0.2, "person")).contains("matches no image"));
        DataSettings settings;
        settings.path = root().string();
        settings.group.column = "patient";
        settings.format = "folders";
        QVERIFY(messageOf(openDataset(settings, 1)).contains("only a table has columns"));
    }

    void namesSuggestGroups() {
        drawPatients(30);
        const auto dataset = split(0.2, "");
        QVERIFY(hasProblem(*dataset, "suggested_groups"));
        const auto suggestion = suggestGroups(*dataset);
        QVERIFY(suggestion.has_value());
        const auto grouped = split(0.2, suggestion->pattern);
        QCOMPARE(grouped->groups.size(), std::size_t{60});
        QVERIFY(std::find(grouped->groups.begin(), grouped->groups.end(), "patient004") != grouped->groups.end());
        QVERIFY(!hasProblem(*grouped, "suggested_groups"));
    }

    void foldersInClassesSuggestGroups() {
        for (const std::string name : {"ill", "well"})
            for (int patient = 0; patient < 8; ++patient)
                for (int i = 0; i < 3; ++i)
                    write(root() / name / ("patient" + digits(name == "ill" ? patient : patient + 8)) /
                              (std::to_string(i) + ".png"),
                          {});
        const auto dataset = split(0.2, "");
        QCOMPARE(dataset->classes, (std::vector<std::string>{"ill", "well"}));
        const auto suggestion = suggestGroups(*dataset);
        QVERIFY(suggestion.has_value());
        const auto grouped = split(0.2, suggestion->pattern);
        QCOMPARE(grouped->groups.size(), std::size_t{16});
        QVERIFY(!hasProblem(*grouped, "torn_group") && grouped->count(Subset::Validation) > 0);
    }

    void usualNamesSuggestNone() {
        // The toy set's, Tiny-ImageNet's, a camera's, a contest's.
        const std::vector<std::function<std::string(const std::string&, int)>> kinds{
            [](const std::string& name, int i) { return name + "_" + digits(i) + ".png"; },
            [](const std::string& name, int i) { return "n0144" + name + "_" + std::to_string(i) + ".JPEG"; },
            [](const std::string&, int i) { return "IMG_" + std::to_string(1000 + i) + ".jpg"; },
            [](const std::string& name, int i) { return name + "." + std::to_string(i) + ".jpg"; },
            [](const std::string&, int i) { return std::to_string(i) + ".png"; },
        };
        for (const auto& kind : kinds) {
            init();
            for (const std::string name : {"a", "b", "c"})
                for (int i = 0; i < 30; ++i)
                    write(root() / name / kind(name, i), {});
            const auto dataset = split(0.2, "");
            QVERIFY(dataset.ok());
            QVERIFY2(!hasProblem(*dataset, "suggested_groups"), dataset->samples.front().path.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(SplitTest)
#include "tst_Split.moc"
