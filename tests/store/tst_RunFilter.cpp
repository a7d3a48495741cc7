// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "store/RunFilter.h"
#include "store/SettingsDifference.h"

using namespace sightline;

namespace {

RunSummary runWith(const std::string& id, double valAccuracy, double valLoss) {
    RunSummary run;
    run.id = id;
    run.name = "name of " + id;
    run.bestValAccuracy = valAccuracy;
    run.bestValLoss = valLoss;
    return run;
}

bool matches(const RunSummary& run, const std::string& filter) {
    const auto parsed = RunFilter::parse(filter);
    return parsed.ok() && parsed->matches(run);
}

} // namespace

/// Runs are found by words, figures, settings and fields.
class RunFilterTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void wordsAndComparisonsFindRuns() {
        RunSummary run = runWith("20260131-142530-ab12", .93, .21);
        run.name = "Solar cells, Résnet";
        run.tags = {"paper"};
        run.starred = true;
        run.epochs = 12;
        Experiment experiment;
        experiment.training.optimizer.learningRate = 3e-4;
        run.settings = wholeSettings(experiment);
        for (const char* filter :
             {"", "solar", "SOLAR paper", "\"solar cells\"", "résnet", "val_accuracy > .9", "val_accuracy>=0.93",
              "epochs = 12 val_loss<.3", "learning_rate <= 1e-3", "optimizer.name = ADAM", "starred", "epochs != 11",
              "training.epochs == 50", "20260131", "val_accuracy > 92.5%", "val_accuracy < 94 % solar"})
            QVERIFY2(matches(run, filter), filter);
        for (const char* filter : {"lunar", "solar lunar", "\"cells solar\"", "val_accuracy > .93", "epochs < 12",
                                   "optimizer.name = sgd", "archived", "monitor = val_loss", "val_accuracy < 20 %"})
            QVERIFY2(RunFilter::parse(filter).ok() && !matches(run, filter), filter);
    }

    void fieldsOfARunFindIt() {
        RunSummary run = runWith("20260131-142530-ab12", .93, .21);
        run.name = "tiny a";
        run.network = "toy_cnn";
        run.state = "completed";
        run.tags = {"paper", "Final"};
        run.created = "2026-01-31T14:25:30Z";
        run.settings = wholeSettings(Experiment());
        for (const char* filter :
             {"name = \"tiny a\"", "name != tiny", "network = toy_cnn", "network=\"toy_cnn\" state = completed",
              "tags = paper", "tag = final", "tag != x", "created > 2026-01-30", "created = 2026-01-31",
              "created >= 2026-01-31", "created < 2026-02", "created > 2026-01-31T14:20", "id = 20260131-142530-ab12"})
            QVERIFY2(matches(run, filter), filter);
        for (const char* filter : {"name = tiny", "network = resnet18", "state != completed", "tag = x",
                                   "tags != paper", "created > 2026-01-31", "created < 2026"})
            QVERIFY2(RunFilter::parse(filter).ok() && !matches(run, filter), filter);
        QVERIFY(RunFilter::parse("nam = x").error().message.find("a field (id, name, note") != std::string::npos);
    }

    void anUnclearFilterIsRefusedInWords() {
        for (const char* filter :
             {"created > yesterday", "tag > paper", "> .9", "val_accuracy >", "val_accuracy => .9", "acuracy > .9",
              "a = = b", "val_accuracy > 0,9", "val_accuracy > high", "batch_size = 16x", "learning_rate < %"}) {
            const auto refused = RunFilter::parse(filter);
            QVERIFY2(!refused.ok() && refused.error().kind == ErrorKind::BadInput, filter);
        }
    }
};

QTEST_APPLESS_MAIN(RunFilterTest)
#include "tst_RunFilter.moc"
