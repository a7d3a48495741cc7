// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QMenu>
#include <QTableView>

#include <thread>

#include "PageTest.h"
#include "models/Table.h"
#include "pages/search/RangeText.h"
#include "pages/search/TrialMarks.h"
#include "pages/search/TrialRows.h"
#include "search/FakeTrainer.h"
#include "search/SearchPresets.h"
#include "search/SearchRunner.h"
#include "widgets/MessageStrip.h"
#include "widgets/ParallelPlot.h"
#include "widgets/Prompts.h"
#include "widgets/ScatterPlot.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

const std::string kName = "training.optimizer.name";

Json parsed(const char* text) {
    return Json::parse(text);
}

/// One trial of each fate, over a rate on a logarithmic scale, a choice and a list.
ShownSearch severalTrials() {
    ShownSearch search;
    SearchPlan& plan = search.view.plan;
    std::vector<Problem> problems;
    plan.space = searchSpaceFromJson(parsed(R"({
        "training.optimizer.learning_rate": {"float": [0.001, 0.1], "log": true},
        "training.optimizer.name": {"choice": ["adam", "sgd", "rmsprop"]},
        "model.options.dense": {"repeat": {"int": [1, 3]}, "of": {"int": [0, 100]}}})"),
                                     problems);
    const auto add = [&](SearchTrial::State state, std::optional<double> value, double rate, double choice) {
        SearchTrial trial;
        trial.number = static_cast<int>(search.view.study.trials.size());
        trial.state = state;
        trial.value = value;
        trial.point = {{"training.optimizer.learning_rate", rate},
                       {"training.optimizer.name", choice},
                       {"model.options.dense.length", 2},
                       {"model.options.dense.0", 20},
                       {"model.options.dense.1", 60}};
        trial.reports = {{1, 0.5}, {2, 0.5}};
        search.view.study.trials.push_back(trial);
    };
    add(SearchTrial::State::Complete, 0.5, 0.001, 0);
    add(SearchTrial::State::Complete, 0.9, 0.01, 1);
    add(SearchTrial::State::Pruned, 0.6, 0.1, 2);
    add(SearchTrial::State::Failed, {}, 0.1, 2);
    search.view.study.trials.back().error = "The network is too deep for its input.";
    add(SearchTrial::State::Running, {}, 0.1, 2);
    search.best = 1;
    return search;
}

} // namespace

/// The page of searches: its form, its table and plots, and a search from its start to its best.
class SearchPageTest : public PageTest {
    Q_OBJECT

    static void choose(const WindowDriver& driver, const char* menu, const char* action) {
        auto* opened = driver.find<QMenu>(menu);
        QVERIFY(opened);
        Q_EMIT opened->aboutToShow();
        auto* found = driver.find<QAction>(action);
        QVERIFY2(found && found->isEnabled(), action);
        found->trigger();
    }
    static QString cell(const WindowDriver& driver, int row, int column, int role = Qt::DisplayRole) {
        const auto* model = driver.find<QTableView>("trialTable")->model();
        return model->index(row, column).data(role).toString();
    }
    void openSearch(WindowDriver& driver) const {
        open(driver);
        driver.key(Qt::Key_8, Qt::ControlModifier);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("search"));
    }
    static const SearchDraft& draft(const WindowDriver& driver) { return driver.session->searches().draft(); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }
    void cleanup() { prompts() = {}; }

    void aRangeIsSaidInAnotherKind() {
        const Json rate = parsed(R"({"float": [0.5, 2.5], "log": true})");
        QCOMPARE(asKind(rate, RangeKind::Numbers), rate);
        QCOMPARE(asKind(rate, RangeKind::Choices), parsed(R"({"choice": [0.5, 2.5]})"));
        QCOMPARE(asKind(parsed(R"({"int": [3, 3]})"), RangeKind::Choices), parsed(R"({"choice": [3]})"));
        QCOMPARE(asKind(parsed(R"({"choice": ["adam", 8, 4]})"), RangeKind::Whole), parsed(R"({"int": [4, 8]})"));
        QCOMPARE(asKind(parsed(R"({"bool": true})"), RangeKind::Choices), parsed(R"({"choice": [false, true]})"));
        QCOMPARE(kindOf(asKind(parsed(R"({"int": [16, 64]})"), RangeKind::List)), RangeKind::List);
    }

    void choicesAreReadAsTheyAreWritten() {
        for (const char* text :
             {R"(["adam", "sgd"])", "[[64, 64], [96, 128]]", "[0.5, 1, true]", R"(["with, comma", "true", "3"])", "[]"})
            QCOMPARE(choicesFrom(kName, choicesText(kName, parsed(text))), parsed(text));
        QCOMPARE(choicesFrom(kName, QStringLiteral(" adam ,, sgd,")), parsed(R"(["adam", "sgd"])"));
    }

    void choicesAreCalledAsTheFieldsCallThem() {
        const Json names = parsed(R"(["adam", "adamw", "sgd", "rmsprop"])");
        QCOMPARE(choicesText(kName, names), QStringLiteral("Adam, AdamW, SGD, RMSprop"));
        QCOMPARE(choicesFrom(kName, QStringLiteral("Adam, AdamW, sgd, RMSprop")), names);
        for (const auto& [path, values] :
             {std::pair("normalization.preset", R"(["rescale", "half", "imagenet"])"),
              std::pair("data.split",
                        R"(["per-class-first", "shuffled"])"), // a title with a comma stays as it is stored
              std::pair("training.schedule.name", R"(["constant", "one-cycle"])"),
              std::pair("model.name", R"(["toy_cnn", "resnet18"])")})
            QCOMPARE(choicesFrom(path, choicesText(path, parsed(values))), parsed(values));
        QCOMPARE(choicesText("training.schedule.name", parsed(R"(["one-cycle"])")), QStringLiteral("One cycle"));
    }

    void aDraftSurvivesItsJson() {
        for (const SearchPreset& preset : searchPresets()) {
            const SearchDraft draft = searchDraftFrom(parsed(preset.json.c_str()));
            QVERIFY(!draft.rows.empty());
            QVERIFY(searchDraftFrom(toJson(draft)) == draft);
        }
        const SearchDraft loss = searchDraftFrom(parsed(R"({"objective": "val_loss", "parallel": 2, "trials": 7})"));
        QVERIFY(!loss.options.maximize && loss.options.parallel == 2 && loss.options.trials == 7);
        QVERIFY(searchDraftFrom(toJson(loss)) == loss);
        QVERIFY(searchDraftFrom(parsed(R"({"space": 3, "trials": "many", "sampler": 1})")) == SearchDraft());
    }

    void whatIsOfferedCanBeSearched() {
        Experiment base;
        base.data.path = "toys";
        for (const ZooEntry& network : zoo()) {
            Experiment of = base;
            of.model.name = network.name;
            SearchDraft draft;
            for (const std::string& path : searchableSettings(of))
                draft.rows.push_back({path, firstRange(of, path)});
            QVERIFY(draft.rows.size() > 8);
            std::vector<Problem> problems;
            planOf(draft, of, problems);
            QVERIFY2(problems.empty(), (network.name + ": " + joined(problems)).c_str());
        }
        QVERIFY(firstRange(base, "training.unheard_of").is_null());
        QCOMPARE(firstRange(base, "training.threads", {}), parsed(R"({"int": [0, 1]})"));
        QCOMPARE(firstRange(base, "data.fit", {"stretch", "pad"}), parsed(R"({"choice": ["stretch", "pad"]})"));
    }

    void marksStandWhereTheirValuesAre() {
        const TrialMarks marks = marksOf(severalTrials());
        QCOMPARE(marks.trials, (std::vector<int>{0, 1, 2})); // one that failed, or goes on, has no value
        QCOMPARE(marks.axes.size(), std::size_t(5));         // rate, name, how many, mean, objective
        QCOMPARE(marks.axes[1].ticks[2], std::pair(1.0, QStringLiteral("RMSprop")));
        QCOMPARE(marks.axes[0].ticks[1].second, QStringLiteral("0.01")); // the middle of a logarithmic scale
        const std::vector<double> second = marks.marks[1].places, wanted{0.5, 0.5, 0.5, 0.4, 1.0};
        for (std::size_t axis = 0; axis < wanted.size(); ++axis)
            QVERIFY2(std::abs(second[axis] - wanted[axis]) < 1e-9, std::to_string(axis).c_str());
        QVERIFY(marks.marks[2].quiet && !marks.marks[1].quiet);
        const TrialMarks two = marksAlong(marks, 1);
        QCOMPARE(two.axes[1].title, QStringLiteral("Validation accuracy"));
        QVERIFY(std::abs(two.marks[2].places[0] - 1) + std::abs(two.marks[2].places[1] - 0.25) < 1e-9);
    }

    void theTableSaysWhatBecameOfEach() {
        const ShownSearch search = severalTrials();
        QCOMPARE(trialColumns(search.view.plan).size(), 6);
        const auto rows = trialRows(search);
        QCOMPARE(rows[1][2].text, QStringLiteral("best"));
        QCOMPARE(rows[1][1].bar, 1.0);
        QCOMPARE(rows[1][1].text, QStringLiteral("90.0 %"));
        QCOMPARE(rows[2][2].toolTip, QStringLiteral("Stopped after 2 epochs: the others were better by then"));
        QCOMPARE(rows[3][2].toolTip, QStringLiteral("The network is too deep for its input."));
        QCOMPARE(rows[3][1].text, QStringLiteral("–"));
        QCOMPARE(rows[4][2].text, QStringLiteral("in progress"));
        QCOMPARE(rows[0][5].text, QStringLiteral("20, 60"));
        QCOMPARE(rows[1][4].text, QStringLiteral("SGD"));
    }

    void plotsAreWalkedByKeysAndChosenByMouse() {
        const TrialMarks marks = marksOf(severalTrials());
        ParallelPlot parallel;
        ScatterPlot scatter;
        parallel.setMarks(marks.axes, marks.marks, QStringLiteral("3 trials"));
        const TrialMarks two = marksAlong(marks, 0);
        scatter.setMarks(two.axes, two.marks, QStringLiteral("3 trials"));
        for (MarkPlot* plot : std::initializer_list<MarkPlot*>{&parallel, &scatter}) {
            plot->resize(500, 240);
            QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("3 trials")));
            QSignalSpy hovered(plot, &MarkPlot::hovered), chosen(plot, &MarkPlot::chosen);
            QTest::keyClick(plot, Qt::Key_Right);
            QTest::keyClick(plot, Qt::Key_Right);
            QCOMPARE(plot->highlighted(), 1);
            QCOMPARE(hovered.size(), 2);
            QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("Trial 1: Validation accuracy 90.0 %")));
            QTest::keyClick(plot, Qt::Key_Return);
            QTest::mouseClick(plot, Qt::LeftButton, {}, plot->placeOf(2).toPoint());
            QCOMPARE(chosen.size(), 2);
            QCOMPARE(chosen[0][0].toInt(), 1);
            QCOMPARE(chosen[1][0].toInt(), 2);
        }
    }

    void aSettingComesFromTheMenuAndFromItsField() {
        WindowDriver driver(path(QStringLiteral("home-fields")));
        openSearch(driver);
        QVERIFY(driver.text("searchEmpty").contains(QStringLiteral("Search this")));
        QVERIFY(!driver.find<QWidget>("startSearch")->isEnabled());
        choose(driver, "searchSettingMenu", "search training.batch_size");
        QCOMPARE(draft(driver).rows.size(), std::size_t(1));
        QVERIFY(driver.find<QWidget>("startSearch")->isEnabled());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        auto* field = driver.find<QWidget>("training.optimizer.name");
        QContextMenuEvent asked(QContextMenuEvent::Mouse, {4, 4}, field->mapToGlobal(QPoint(4, 4)));
        QCoreApplication::sendEvent(field, &asked);
        auto* search = driver.find<QAction>("searchThis");
        QVERIFY(search);
        search->trigger();
        QCOMPARE(driver.window->currentPage(), QStringLiteral("search"));
        QCOMPARE(draft(driver).rows.back().path, std::string("training.optimizer.name"));
        driver.find<QMenu>("fieldMenu")->close();
        driver.click("space training.batch_size remove");
        QCOMPARE(draft(driver).rows.size(), std::size_t(1));
        const auto kept = SearchDesk(driver.session->home(), driver.session->document(), driver.session->data(),
                                     driver.session->runs(), driver.session->activities())
                              .draft();
        QVERIFY(kept == draft(driver)); // after a restart
    }

    void aBadRangeIsRefusedUnderItsRow() {
        WindowDriver driver(path(QStringLiteral("home-bad")));
        openSearch(driver);
        choose(driver, "searchSettingMenu", "search training.optimizer.learning_rate");
        driver.type("space training.optimizer.learning_rate range low", QStringLiteral("0.5"));
        QCOMPARE(driver.text("space training.optimizer.learning_rate note"),
                 QStringLiteral("The range is empty: the lowest value is above the highest."));
        QVERIFY(!driver.find<QWidget>("startSearch")->isEnabled());
        picture(driver, QStringLiteral("search-refused"));
        driver.type("space training.optimizer.learning_rate range low", QStringLiteral("0.0001"));
        QVERIFY(driver.text("space training.optimizer.learning_rate note").isEmpty());
        driver.find<QComboBox>("search sampler")->setCurrentIndex(1);
        Q_EMIT driver.find<QComboBox>("search sampler")->activated(1);
        QVERIFY(driver.text("search sampler note").startsWith(QStringLiteral("A grid needs a step")));
        driver.type("search trials", QStringLiteral("0"));
        QVERIFY(driver.text("search trials note").contains(QStringLiteral("Must be 1 to")));
    }

    void theGroupOfASearchSaysInWordsWhatWasTried() {
        const QString home = path(QStringLiteral("home-group"));
        SearchPlan plan;
        plan.base.data.path = path(QStringLiteral("toys")).toStdString();
        plan.base.training.epochs = 2;
        plan.trials = 1;
        std::vector<Problem> problems;
        plan.space = searchSpaceFromJson(parsed(R"({"training.optimizer.name": {"choice": ["adamw"]}})"), problems);
        const auto folder = beginSearch(home.toStdString(), plan, {});
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        FakeTrainer trainer;
        QVERIFY(runSearch(trainer, {home.toStdString(), *folder}, {}, [](const SearchEvent&) {}).ok());
        WindowDriver driver(home);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE(driver.find<QTableView>("runTable")->model()->rowCount(), 1);
        driver.clickRow("runTable", 0);
        const auto* table = driver.find<QTableView>("groupTable");
        QTRY_COMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("Optimizer AdamW"));
        QVERIFY2(driver.text("groupWords")
                     .startsWith(QStringLiteral("Trial 0 is the best of 1, with a validation accuracy of ")),
                 qPrintable(driver.text("groupWords")));
    }

    /// A search in the same home that this window does not run.
    void theSearchOfAnotherProgramIsFollowedAndSteered() {
        const QString home = path(QStringLiteral("home-other"));
        SearchPlan plan;
        plan.base.name = "elsewhere";
        plan.base.data.path = path(QStringLiteral("toys")).toStdString();
        plan.base.training.epochs = 2;
        plan.trials = 1000;
        std::vector<Problem> problems;
        plan.space = searchSpaceFromJson(
            parsed(R"({"training.optimizer.learning_rate": {"float": [0.001, 0.1], "log": true}})"), problems);
        const auto folder = beginSearch(home.toStdString(), plan, {});
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        FakeTrainer trainer;
        std::stop_source stop;
        std::jthread other([&] {
            static_cast<void>(
                runSearch(trainer, {home.toStdString(), *folder}, stop.get_token(), [](const SearchEvent&) {}));
        });
        const auto seen = [&] { // whatever fails in it, the search ends
            WindowDriver driver(home);
            openSearch(driver);
            QTRY_VERIFY_WITH_TIMEOUT(
                driver.text("searchState").startsWith(QStringLiteral("Running in another program")), 20000);
            QTRY_COMPARE_WITH_TIMEOUT(cell(driver, 0, 2), QStringLiteral("complete"), 20000);
            QTRY_VERIFY(driver.text("bestCaption").contains(QStringLiteral("the best of")));
            driver.click("pauseSearch");
            QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Paused in another program")),
                                     20000);
            picture(driver, QStringLiteral("search-elsewhere"));
            driver.click("pauseSearch");
            QTRY_VERIFY_WITH_TIMEOUT(
                driver.text("searchState").startsWith(QStringLiteral("Running in another program")), 20000);
            driver.click("stopSearch");
            QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Stopped")), 20000);
            QCOMPARE(driver.text("pauseSearch"), QStringLiteral("Resume"));
            driver.click("useBest");
            QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
            const auto& shown = *driver.session->searches().shown();
            QCOMPARE(driver.session->document().experiment().training.optimizer.learningRate,
                     shown.view.study.trials[static_cast<std::size_t>(*shown.best)].point.at(
                         "training.optimizer.learning_rate"));
        };
        seen();
        stop.request_stop();
    }
};

QTEST_MAIN(SearchPageTest)
#include "tst_SearchPage.moc"
