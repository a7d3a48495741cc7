// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "data/SplitWords.h"

using namespace sightline;

using Names = std::vector<std::string>;
using Subsets = std::vector<std::optional<Subset>>;

namespace {

constexpr auto kTrain = Subset::Train, kVal = Subset::Validation, kTest = Subset::Test;

} // namespace

class SplitWordsTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void usualFormsAreKnown() {
        for (const char* name : {"train", "Train", "TRAINING", "training_set", "Train_data", "01_train", "train-1",
                                 "train_images", "imgs_train", "trainImages2017", "trn", "trainset", "train val"})
            QVERIFY2(subsetNamed(name) == kTrain, name);
        for (const char* name : {"val", "valid", "validation", "Validation_Set", "dev", "eval", "evaluation", "holdout",
                                 "hold-out", "tune", "PublicTest", "02_val", "val2017"})
            QVERIFY2(subsetNamed(name) == kVal, name);
        for (const char* name : {"test", "tests", "Testing", "Test_data", "test_set", "tst", "PrivateTest", "03.test"})
            QVERIFY2(subsetNamed(name) == kTest, name);
    }

    void aWordWithinAWordIsNone() {
        for (const char* name : {"trainers", "contest", "latest", "restrain", "protest", "value", "valley", "device",
                                 "testament", "medieval", "fortune", "steam_train", "test_tube", "cat", "", "1", "été"})
            QVERIFY2(!subsetNamed(name), name);
    }

    void whatElseIsInANameMustBeSharedByTheOthers() {
        QCOMPARE(subsetsOf({"seg_pred", "seg_test", "seg_train"}), (Subsets{std::nullopt, kTest, kTrain}));
        QCOMPARE(subsetsOf({"asl_alphabet_test", "asl_alphabet_train"}), (Subsets{kTest, kTrain}));
        QCOMPARE(subsetsOf({"car", "steam_train", "boat"}), (Subsets{std::nullopt, std::nullopt, std::nullopt}));
        QCOMPARE(subsetsOf({"steam_train", "test_tube"}), (Subsets{std::nullopt, std::nullopt}));
    }

    void evalIsWhatTheOthersLeaveForIt() {
        QCOMPARE(subsetsOf({"eval", "test", "train"}), (Subsets{kVal, kTest, kTrain}));
        QCOMPARE(subsetsOf({"eval", "train"}), (Subsets{kVal, kTrain}));
        QCOMPARE(subsetsOf({"eval", "train", "val"}), (Subsets{kTest, kTrain, kVal}));
        QCOMPARE(subsetsOf({"Training", "PublicTest", "PrivateTest"}), (Subsets{kTrain, kVal, kTest}));
    }

    void aPersonsWordsWin() {
        SplitWords words;
        words.train = {"Lernen"};
        words.validation = {"eval", "test"};
        QCOMPARE(subsetsOf({"lernen", "test", "train", "val", "testing"}, words),
                 (Subsets{kTrain, kVal, std::nullopt, std::nullopt, kTest}));
    }

    void cellsOfASplitColumn() {
        using Meanings = std::map<std::string, Subset>;
        QCOMPARE(subsetsOfCells({"0", "1", "2"}, "partition"), (Meanings{{"0", kTrain}, {"1", kVal}, {"2", kTest}}));
        QCOMPARE(subsetsOfCells({"1", "2", "3"}, "split"), (Meanings{{"1", kTrain}, {"2", kVal}, {"3", kTest}}));
        QCOMPARE(subsetsOfCells({"0.0", "1.0"}, "split"), (Meanings{{"0.0", kTrain}, {"1.0", kVal}}));
        QCOMPARE(subsetsOfCells({"1", "2"}, "split"), Meanings());
        QCOMPARE(subsetsOfCells({"2", "3"}, "split"), Meanings());
        QCOMPARE(subsetsOfCells({"0", "1", "2", "3"}, "partition"), Meanings());
        QCOMPARE(subsetsOfCells({"True", "False"}, "is_valid"), (Meanings{{"True", kVal}, {"False", kTrain}}));
        QCOMPARE(subsetsOfCells({"0", "1"}, "is_train"), (Meanings{{"1", kTrain}, {"0", kTest}}));
        QCOMPARE(subsetsOfCells({"PrivateTest", "PublicTest", "Training"}, "Usage"),
                 (Meanings{{"PrivateTest", kTest}, {"PublicTest", kVal}, {"Training", kTrain}}));
        QCOMPARE(subsetsOfCells({"cat", "dog"}, "split"), Meanings());
    }
};

QTEST_APPLESS_MAIN(SplitWordsTest)
#include "tst_SplitWords.moc"
