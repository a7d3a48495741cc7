// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>
#include <set>

#include "Fixtures.h"
#include "Test.h"
#include "data/Dataset.h"

using namespace sightline;
using namespace sightline::fixtures;

/// Images cut into parts of which each validates once.
class FoldsTest : public FreshFolderTest {
    Q_OBJECT

    Result<Dataset> fold(int of, int index, std::uint64_t seed = 3, const std::string& groups = {}) const {
        DataSettings settings;
        settings.path = root().string();
        settings.fold = {of, index};
        settings.validationSplit = 0.3; // the fold wins
        settings.group.pattern = groups;
        return openDataset(settings, seed);
    }

    void drawClass(const std::string& folder, int images) const {
        for (int i = 0; i < images; ++i)
            write(root() / folder / (std::to_string(i) + ".png"), {});
    }

    static std::set<std::string> validating(const Dataset& dataset) {
        std::set<std::string> paths;
        for (const Sample& sample : dataset.samples)
            if (sample.subset == Subset::Validation)
                paths.insert(sample.path);
        return paths;
    }

private Q_SLOTS:
    void eachImageValidatesOnceAndTestImagesNever() {
        drawClass("train/a", 23);
        drawClass("train/b", 8);
        drawClass("val/a", 4);
        drawClass("val/b", 3);
        drawClass("test/a", 5);
        drawClass("test/b", 5);
        for (const int of : {2, 5, 11}) {
            std::set<std::string> seen;
            std::size_t least = 1000, most = 0;
            for (int index = 1; index <= of; ++index) {
                const auto dataset = fold(of, index);
                QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
                QCOMPARE(dataset->count(Subset::Test), std::size_t{10});
                const auto counts = dataset->countsPerClass(Subset::Validation);
                QVERIFY(counts[0] >= std::size_t(27 / of) && counts[0] <= std::size_t((27 + of - 1) / of));
                QVERIFY(counts[1] >= std::size_t(11 / of) && counts[1] <= std::size_t((11 + of - 1) / of));
                least = std::min(least, counts[0] + counts[1]);
                most = std::max(most, counts[0] + counts[1]);
                for (const std::string& path : validating(*dataset))
                    QVERIFY(seen.insert(path).second && path.rfind("test", 0) != 0);
            }
            QCOMPARE(seen.size(), std::size_t{38});
            QVERIFY(most - least <= 1);
        }
    }

    void theSeedAloneDraws() {
        drawClass("a", 40);
        drawClass("b", 40);
        QVERIFY(validating(*fold(4, 2)) == validating(*fold(4, 2)));
        QVERIFY(validating(*fold(4, 2)) != validating(*fold(4, 2, 4)));
    }

    void groupsStayTogether() {
        for (int patient = 0; patient < 24; ++patient)
            for (int i = 0; i <= patient % 5; ++i)
                write(root() / (patient % 2 ? "ill" : "well") /
                          ("patient" + std::to_string(patient) + "_" + std::to_string(i) + ".png"),
                      {});
        std::map<std::uint32_t, int> foldOf;
        for (int index = 1; index <= 4; ++index) {
            const auto dataset = fold(4, index, 3, "(patient\\d+)");
            QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
            const auto validation = dataset->countsPerClass(Subset::Validation),
                       all = dataset->countsPerClass(Subset::Train);
            for (std::size_t label = 0; label < 2; ++label) { // near a quarter of each class
                const double share = double(validation[label]) / double(validation[label] + all[label]);
                QVERIFY2(share > .15 && share < .35, qPrintable(QString::number(share)));
            }
            for (const Sample& sample : dataset->samples)
                if (sample.subset == Subset::Validation)
                    QCOMPARE(foldOf.emplace(sample.group, index).first->second, index);
        }
        QCOMPARE(foldOf.size(), std::size_t{24});
    }

    void tooManyFoldsAreRefusedByClassAndByGroup() {
        drawClass("a", 20);
        drawClass("rare", 3);
        const auto byClass = fold(4, 1);
        QVERIFY(!byClass.ok() && byClass.error().kind == ErrorKind::BadInput);
        QVERIFY(byClass.error().message.find("rare") != std::string::npos);
        QVERIFY(fold(3, 1).ok());
        const auto byGroup = fold(11, 1, 3, "/(\\d)");
        QVERIFY(!byGroup.ok() && byGroup.error().kind == ErrorKind::BadInput);
        QVERIFY(byGroup.error().message.find("group") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(FoldsTest)
#include "tst_Folds.moc"
