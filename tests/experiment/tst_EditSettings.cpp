// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "experiment/EditFold.h"
#include "experiment/EditSettings.h"

using namespace sightline;

/// What a person changed becomes an edit of the run, and back.
class EditSettingsTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void onlyWhatMayChangeIsAChange() {
        Experiment now, wanted;
        wanted.name = "another";
        wanted.training.batchSize = 7;
        QVERIFY(changesBetween(now, wanted).empty());
        QVERIFY(changedTo(wanted, now) == now);
        wanted.training.optimizer.learningRate = 0.0003;
        wanted.augmentation.horizontalFlip = !now.augmentation.horizontalFlip;
        const std::vector<Setting> changes = changesBetween(now, wanted);
        QCOMPARE(changes.size(), std::size_t(2)); // values, not the blocks around them
        const Result<EditedExperiment> next = edited(now, changes);
        QVERIFY(next.ok());
        QVERIFY(next->experiment == changedTo(wanted, now));
        QCOMPARE(next->experiment.training.batchSize, now.training.batchSize);
        QCOMPARE(next->experiment.training.optimizer.learningRate, 0.0003);
    }

    void anImpossibleWishIsAWish() {
        Experiment now, wanted;
        wanted.training.epochs = 0;
        QCOMPARE(changesBetween(now, wanted).size(), std::size_t(1));
        QCOMPARE(changedTo(wanted, now).training.epochs, 0);
        const Json rate{{"training.optimizer.learning_rate", {now.training.optimizer.learningRate, 0.5}}};
        QCOMPARE(followed(wanted, now, rate).training.optimizer.learningRate, 0.5);
    }

    void aBlockIsSwitchedOnAndOff() {
        Experiment now, wanted;
        wanted.training.earlyStopping.emplace().patience = 3;
        Result<EditedExperiment> next = edited(now, changesBetween(now, wanted));
        QVERIFY(next && next->experiment == wanted);
        next = edited(wanted, changesBetween(wanted, now));
        QVERIFY(next && next->experiment == now);
    }

    void anEditIsTakenBack() {
        Experiment now;
        now.model.options = Json{{"width", 8}};
        const Result<EditedExperiment> next = edited(now, {{"model.options.dropout", "0.4"}, {"training.epochs", "9"}});
        QVERIFY(next.ok());
        const Result<EditedExperiment> back = edited(next->experiment, reverseOf(next->changes));
        QVERIFY(back.ok());
        QVERIFY(back->experiment == now);
        const Result<Experiment> replayed = withChanges(next->experiment, back->changes);
        QVERIFY(replayed && *replayed == now); // as a run that is resumed does
    }

    /// A setting of a block that was off has switched it on.
    void aBlockThatWasOffIsOffAgain() {
        Experiment now;
        now.model.freeze = "base";
        for (const auto& [path, value] : {std::pair("training.early_stopping.patience", "3"),
                                          std::pair("training.reduce_lr_on_plateau.factor", "0.5"),
                                          std::pair("augmentation.random_resized_crop.scale", "[0.5, 1]"),
                                          std::pair("training.fine_tune.at_epoch", "2")}) {
            const Result<EditedExperiment> next = edited(now, {{path, value}});
            QVERIFY2(next.ok(), next ? "" : next.error().message.c_str());
            QCOMPARE(next->changes.size(), std::size_t(1));
            const Result<EditedExperiment> back = edited(next->experiment, reverseOf(next->changes));
            QVERIFY2(back && back->experiment == now, path);
            QVERIFY(withChanges(now, next->changes).value() == next->experiment);
        }
        now.training.earlyStopping.emplace();
        const Result<EditedExperiment> next = edited(now, {{"training.early_stopping.baseline", "0.5"}});
        QVERIFY(next && next->changes.contains("training.early_stopping.baseline")); // it was on
        QVERIFY(edited(next->experiment, reverseOf(next->changes))->experiment == now);
    }

    /// One after another, each undo recorded as the edit it is.
    void allEditsAreUndoneOneAfterAnother() {
        const Experiment start;
        Experiment now = start;
        std::vector<RecordedEdit> edits;
        const auto change = [&](const std::vector<Setting>& settings) {
            const Result<EditedExperiment> next = edited(now, settings);
            QVERIFY2(next.ok(), next ? "" : next.error().message.c_str());
            QVERIFY(!next->changes.empty());
            edits.push_back({{1, static_cast<int>(edits.size())}, next->changes});
            now = next->experiment;
        };
        change({{"training.epochs", "9"}, {"training.early_stopping.patience", "3"}});
        change({{"model.options.dropout", "0.4"}});
        const Experiment two = now;
        change({{"training.epochs", "12"}});
        change(reverseOf(editToUndo(edits, now)->changes));
        QVERIFY(now == two);
        change({{"augmentation.horizontal_flip", "true"}}); // something else after an undo
        for (int left = 3; left > 0; --left) {
            QVERIFY(editToUndo(edits, now).has_value());
            change(reverseOf(editToUndo(edits, now)->changes));
        }
        QVERIFY(now == start);
        QVERIFY(!editToUndo(edits, now));
        QVERIFY(!editToUndo({}, start));
    }

    /// A run that went back to an earlier checkpoint made an edit in the place of a later one.
    void whatDoesNotHoldAnyMoreIsNotUndone() {
        Experiment now;
        now.training.epochs = 12;
        const std::vector<RecordedEdit> edits{{{1, 2}, Json{{"training.loader_threads", {0, 2}}}},
                                              {{3, 1}, Json{{"training.epochs", {7, 9}}}},
                                              {{2, 1}, Json{{"training.epochs", {7, 12}}}}};
        QCOMPARE(editToUndo(edits, now)->changes, edits[2].changes);
        now.training.loaderThreads = 2;
        now.training.epochs = 7;
        QCOMPARE(editToUndo(edits, now)->changes, edits[0].changes);
    }

    /// What was only named against an edit that was to come is no change, and the earlier one of that is undone next.
    void whatStayedIsNotUndone() {
        Experiment now;
        now.training.epochs = 9;
        const std::vector<RecordedEdit> edits{{{1, 2}, Json{{"training.epochs", {7, 9}}}},
                                              {{2, 0}, Json{{"training.loader_threads", {0, 0}}}}};
        QCOMPARE(editToUndo(edits, now)->changes, edits[0].changes);
    }

    /// By place: what was edited after the run had gone back holds against what came later before.
    void editsAreFoldedByTheirPlaces() {
        const RecordedEdit block{{2, 11}, Json::parse(R"({"augmentation": [{}, {"cutmix": 0.7}]})")};
        const RecordedEdit part{{2, 0}, Json::parse(R"({"augmentation.rotation_range": [0, 45]})")};
        const auto augmentation = [](const std::vector<RecordedEdit>& edits) {
            return withEdits({}, edits).value().augmentation;
        };
        QCOMPARE(augmentation({block, part}).cutmix, 0.7);
        QCOMPARE(augmentation({block, part}).rotationRange, 45.0);
        QCOMPARE(augmentation({part, block}).rotationRange, 0.0); // as it was done: the block came after it
        const RecordedEdit whole{{2, 0}, Json::parse(R"({"augmentation": [{}, {"mixup": 0.2}]})")};
        const RecordedEdit within{{2, 11}, Json::parse(R"({"augmentation.rotation_range": [0, 45]})")};
        QCOMPARE(augmentation({within, whole}).rotationRange, 0.0);
        QCOMPARE(augmentation({whole, within}).rotationRange, 45.0);
        const RecordedEdit off{{2, 11}, Json::parse(R"({"training.early_stopping": [{"patience": 3}, null]})")};
        const RecordedEdit patience{{2, 0}, Json::parse(R"({"training.early_stopping.patience": [3, 7]})")};
        const auto stopping = withEdits({}, {off, patience}).value().training.earlyStopping;
        QVERIFY(stopping && stopping->patience == 7);
    }

    void whatIsTypedMeanwhileStays() {
        Experiment document;
        const Result<EditedExperiment> edit = edited(
            document,
            {{"training.epochs", "9"}, {"training.optimizer.learning_rate", "0.5"}, {"training.loader_threads", "2"}});
        QVERIFY(edit.ok());
        const Experiment before = document;
        document.training.optimizer.learningRate = 0.25;
        const Experiment after = followed(document, before, edit->changes);
        QCOMPARE(after.training.epochs, 9);
        QCOMPARE(after.training.optimizer.learningRate, 0.25);
        QCOMPARE(after.training.loaderThreads, 2); // a default counts as what it is
        // Whatever the edit names as old: the rate in effect, the network's own dropout.
        const Json reduced{{"training.optimizer.learning_rate", {0.0005, 0.00001}}};
        QCOMPARE(followed(before, before, reduced).training.optimizer.learningRate, 0.00001);
        QCOMPARE(followed(document, before, reduced).training.optimizer.learningRate, 0.25);
        const Json dropout{{"model.options.dropout", {0.3, 0.5}}};
        QCOMPARE(followed(document, before, dropout).model.options["dropout"], Json(0.5));
    }
};

QTEST_APPLESS_MAIN(EditSettingsTest)
#include "tst_EditSettings.moc"
