// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
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
        QCOMPARE(followed(wanted, rate).training.optimizer.learningRate, 0.5);
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

    void whatIsTypedMeanwhileStays() {
        Experiment document;
        const Result<EditedExperiment> edit = edited(
            document,
            {{"training.epochs", "9"}, {"training.optimizer.learning_rate", "0.5"}, {"training.loader_threads", "2"}});
        QVERIFY(edit.ok());
        document.training.optimizer.learningRate = 0.25;
        const Experiment after = followed(document, edit->changes);
        QCOMPARE(after.training.epochs, 9);
        QCOMPARE(after.training.optimizer.learningRate, 0.25);
        QCOMPARE(after.training.loaderThreads, 2); // a default counts as what it is
        for (const Json& old : {Json(), Json(0)})
            QCOMPARE(followed(document, {{"training.loader_threads", {old, 4}}}).training.loaderThreads, 4);
        QCOMPARE(followed(document, {{"training.loader_threads", {1, 4}}}).training.loaderThreads, 0);
        QCOMPARE(followed(document, {{"model.options.dropout", {0.3, 0.5}}}).model.options["dropout"], Json(0.5));
    }
};

QTEST_APPLESS_MAIN(EditSettingsTest)
#include "tst_EditSettings.moc"
