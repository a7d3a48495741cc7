// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QScrollBar>
#include <QSlider>
#include <QTableView>

#include "FakeEngine.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "plot/SeriesPlot.h"
#include "store/RunFork.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

/// The shelf of runs on the page Runs of the real window: found, marked, put away, compared, deleted.
class RunShelfPageTest : public PageTest {
    Q_OBJECT
    FakeEngine m_engine;

    /// Five epochs that end at this accuracy.
    static RunFolder run(const QString& home, const QString& name, double accuracy, double rate) {
        Experiment experiment;
        experiment.name = name.toStdString();
        experiment.data.path = "/pictures/toys";
        experiment.model.name = "resnet18";
        experiment.training.epochs = 5;
        experiment.training.optimizer.learningRate = rate;
        const RunFolder folder = *RunStore::open(home.toStdString())->create(experiment);
        [&] {
            for (int number = 1; number <= 5; ++number) {
                EpochFinished epoch;
                epoch.metrics.epoch = number;
                epoch.metrics.accuracy = accuracy * number / 5 + 0.02;
                epoch.metrics.loss = 2.0 / number;
                epoch.metrics.valAccuracy = accuracy * number / 5;
                epoch.metrics.valLoss = 2.2 / number;
                epoch.metrics.seconds = 60;
                epoch.metrics.learningRate = rate;
                epoch.best = true;
                epoch.bestEpoch = number;
                QVERIFY(folder.appendEvent(toJson(TrainEvent(epoch))));
            }
            RunEnded ended;
            ended.epochs = ended.bestEpoch = 5;
            QVERIFY(folder.appendEvent(toJson(TrainEvent(ended))));
        }();
        return folder;
    }
    struct Shelf {
        QString home;
        std::map<QString, RunFolder> runs;
        std::unique_ptr<WindowDriver> driver;

        QTableView* table() const { return driver->find<QTableView>("runTable"); }
        QStringList names() const {
            QStringList names;
            for (int row = 0; row < table()->model()->rowCount(); ++row)
                names << table()->model()->index(row, 0).data().toString();
            names.sort();
            return names;
        }
        QStringList headings() const {
            QStringList headings;
            for (int column = 0; column < table()->model()->columnCount(); ++column)
                headings << table()->model()->headerData(column, Qt::Horizontal).toString();
            return headings;
        }
        /// As a person does it: the first with a click, the others with Ctrl held.
        void select(const QStringList& wanted) const {
            bool first = true;
            for (const QString& name : wanted)
                for (int row = 0; row < table()->model()->rowCount(); ++row) {
                    const QModelIndex index = table()->model()->index(row, 0);
                    if (index.data().toString().endsWith(name)) {
                        table()->scrollTo(index);
                        QTest::mouseClick(table()->viewport(), Qt::LeftButton,
                                          std::exchange(first, false) ? Qt::NoModifier : Qt::ControlModifier,
                                          table()->visualRect(index).center());
                    }
                }
        }
        void find(const QString& text) const { driver->type("runFilter", text); }
    };
    Shelf shelf(const char* name) {
        Shelf made{path(QLatin1String(name)), {}, nullptr};
        made.runs.emplace(QStringLiteral("moss"), run(made.home, QStringLiteral("moss"), 0.95, 0.01));
        made.runs.emplace(QStringLiteral("fern"), run(made.home, QStringLiteral("fern"), 0.85, 0.001));
        made.runs.emplace(QStringLiteral("reed"), run(made.home, QStringLiteral("reed"), 0.75, 0.0001));
        show(made);
        return made;
    }
    void show(Shelf& made) {
        made.driver.reset();
        made.driver = std::make_unique<WindowDriver>(made.home, m_engine.door());
        made.driver->window->resize(1280, 720);
        made.driver->key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE(made.table()->model()->rowCount(), 3);
    }
    static QMenu* columnsMenu(const Shelf& shelf) {
        Q_EMIT shelf.table()->horizontalHeader()->customContextMenuRequested({5, 5});
        for (auto* menu : shelf.driver->window->findChildren<QMenu*>(QStringLiteral("runColumnsMenu")))
            if (menu->isVisible())
                return menu;
        return nullptr;
    }
    static void choose(const Shelf& shelf, const QString& entry) {
        QMenu* menu = columnsMenu(shelf);
        QVERIFY(menu);
        for (QAction* action : menu->actions())
            if (action->text() == entry) {
                menu->close();
                return action->trigger();
            }
        QFAIL(qPrintable(entry));
    }

private Q_SLOTS:
    void cleanup() { prompts() = {}; }

    void runsAreFoundByWordsAndComparisons() {
        const Shelf on = shelf("home-find");
        QCOMPARE(on.driver->text("runCount"), QStringLiteral("3 runs"));
        on.find(QStringLiteral("fern"));
        QCOMPARE(on.names(), QStringList{QStringLiteral("fern")});
        QCOMPARE(on.driver->text("runCount"), QStringLiteral("1 of 3"));
        QCOMPARE(on.driver->text("runTitle"), QStringLiteral("fern"));
        on.find(QStringLiteral("val_accuracy > .9"));
        QCOMPARE(on.names(), QStringList{QStringLiteral("moss")});
        on.find(QStringLiteral("val_accuracy > .8 learning_rate < 0.005"));
        QCOMPARE(on.names(), QStringList{QStringLiteral("fern")});
        on.find(QStringLiteral("heather"));
        QCOMPARE(on.names(), QStringList());
        QCOMPARE(on.driver->text("runsEmpty"), QStringLiteral("No run is like that."));
        QVERIFY(!on.driver->find<QWidget>("runTitle")->isVisible());
        on.find({});
        QTest::keyClick(on.driver->find<QWidget>("runFilter"), Qt::Key_Backspace);
        QCOMPARE(on.names().size(), 3);
        on.table()->setFocus();
        QTest::keyClick(on.table(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(on.driver->find<QWidget>("runFilter")->hasFocus());
    }

    void aWrongFilterSaysWhy() {
        const Shelf on = shelf("home-wrong");
        on.driver->find<QLineEdit>("runFilter")->setText(QStringLiteral("val_accuracy >"));
        const QString why = on.driver->text("runFilterProblem");
        QVERIFY2(why.contains(QStringLiteral("val_accuracy")), qPrintable(why));
        QCOMPARE(on.names().size(), 3); // what was found stays
        on.find(QStringLiteral("val_accuracy > .9"));
        QVERIFY(!on.driver->find<QWidget>("runFilterProblem")->isVisible());
        QCOMPARE(on.names().size(), 1);
    }

    void aStarIsSetByItsKeyAndFound() {
        const Shelf on = shelf("home-star");
        on.select({QStringLiteral("fern")});
        QTest::keyClick(on.table(), Qt::Key_S);
        QTRY_VERIFY(on.runs.at(QStringLiteral("fern")).about().starred);
        QTRY_VERIFY(on.names().contains(QStringLiteral("★ fern")));
        QCOMPARE(on.driver->text("runTitle"), QStringLiteral("fern"));
        QCOMPARE(on.driver->text("starRunButton"), QStringLiteral("Remove star"));
        on.find(QStringLiteral("starred"));
        QCOMPARE(on.names(), QStringList{QStringLiteral("★ fern")});
        on.driver->click("starRunButton");
        QTRY_VERIFY(!on.runs.at(QStringLiteral("fern")).about().starred);
    }

    void tagsAreKeptAndFound() {
        const Shelf on = shelf("home-tags");
        on.select({QStringLiteral("reed")});
        on.driver->type("runTags", QStringLiteral("slides, first slides"));
        const RunFolder& reed = on.runs.at(QStringLiteral("reed"));
        QTRY_COMPARE(reed.about().tags, (std::vector<std::string>{"slides", "first"})); // each once
        on.select({QStringLiteral("fern")});
        QCOMPARE(on.driver->find<QLineEdit>("runTags")->text(), QString()); // that of another run is not its own
        on.select({QStringLiteral("reed")});
        QTRY_COMPARE(on.driver->find<QLineEdit>("runTags")->text(), QStringLiteral("slides first"));
        on.find(QStringLiteral("slides"));
        QCOMPARE(on.names(), QStringList{QStringLiteral("reed")});
    }

    void archivedRunsAreListedWhenAskedFor() {
        const Shelf on = shelf("home-archive");
        on.select({QStringLiteral("reed")});
        on.driver->click("archiveRunButton");
        QTRY_COMPARE(on.names().size(), 2);
        QVERIFY(!on.names().contains(QStringLiteral("reed")));
        QVERIFY(on.runs.at(QStringLiteral("reed")).about().archived);
        on.driver->toggle("archivedRuns");
        QCOMPARE(on.names().size(), 3);
        on.select({QStringLiteral("reed")});
        QCOMPARE(on.driver->text("archiveRunButton"), QStringLiteral("Unarchive"));
        on.driver->click("archiveRunButton");
        QTRY_VERIFY(!on.runs.at(QStringLiteral("reed")).about().archived);
    }

    void severalRunsAreComparedSideBySide() {
        const Shelf on = shelf("home-several");
        on.select({QStringLiteral("moss")});
        picture(*on.driver, QStringLiteral("runs-one"));
        on.select({QStringLiteral("moss"), QStringLiteral("fern"), QStringLiteral("reed")});
        QCOMPARE(on.driver->text("severalRunsTitle"), QStringLiteral("3 runs"));
        QVERIFY(!on.driver->find<QWidget>("openRunButton")->isVisible());
        QVERIFY(!on.driver->find<QWidget>("compareImagesButton")->isVisible()); // of two
        const auto* plot = on.driver->find<SeriesPlot>("comparedCurves");
        QTRY_COMPARE(plot->drawnPoints(), 15);
        const QString said = plot->accessibleDescription();
        for (const char* words : {"moss ends at 95", "fern ends at 85", "reed ends at 75"})
            QVERIFY2(said.contains(QLatin1String(words)), qPrintable(said));
        const QString legend = on.driver->text("comparedLegend");
        for (const char* name : {"moss", "fern", "reed"})
            QVERIFY2(legend.contains(QLatin1String(name)), qPrintable(legend));
        const auto* settings = on.driver->find<QTableView>("comparedSettings")->model();
        QCOMPARE(settings->rowCount(), 1);
        QCOMPARE(settings->index(0, 0).data().toString(), QStringLiteral("Learning rate"));
        QStringList rates;
        for (int column = 1; column < settings->columnCount(); ++column)
            rates << settings->headerData(column, Qt::Horizontal).toString() + QLatin1Char(' ') +
                         settings->index(0, column).data().toString();
        rates.sort();
        QCOMPARE(rates, (QStringList{QStringLiteral("fern 0.001"), QStringLiteral("moss 0.01"),
                                     QStringLiteral("reed 0.0001")}));
        picture(*on.driver, QStringLiteral("runs-three"));
        auto* figure = on.driver->find<QComboBox>("comparedFigure");
        figure->setCurrentIndex(figure->findData(QStringLiteral("val_loss")));
        QVERIFY(plot->accessibleDescription().contains(QStringLiteral("moss ends at 0.44")));
        on.driver->find<QComboBox>("comparedKey")->setCurrentIndex(1);
        QTRY_COMPARE(plot->drawnPoints(), 15);
        on.select({QStringLiteral("moss"), QStringLiteral("fern")});
        QVERIFY(on.driver->find<QWidget>("compareImagesButton")->isVisible());
    }

    void severalRunsAreStarredAndArchivedTogether() {
        const Shelf on = shelf("home-together");
        on.select({QStringLiteral("moss"), QStringLiteral("fern")});
        on.driver->click("starRunsButton");
        QTRY_VERIFY(on.runs.at(QStringLiteral("moss")).about().starred &&
                    on.runs.at(QStringLiteral("fern")).about().starred);
        QTRY_VERIFY(on.names().contains(QStringLiteral("★ moss")) && on.names().contains(QStringLiteral("★ fern")));
        QCOMPARE(on.driver->text("severalRunsTitle"), QStringLiteral("2 runs")); // they stay selected
        on.driver->click("archiveRunsButton");
        QTRY_COMPARE(on.names(), QStringList{QStringLiteral("reed")});
    }

    void severalRunsAreDeletedAfterAQuestion() {
        const Shelf on = shelf("home-delete");
        QFile heavy(QString::fromStdString((on.runs.at(QStringLiteral("moss")).path() / "checkpoints").string()) +
                    QStringLiteral("/last.safetensors"));
        QVERIFY(heavy.open(QIODevice::WriteOnly) && heavy.resize(3'000'000));
        heavy.close();
        on.select({QStringLiteral("moss"), QStringLiteral("fern")});
        QString asked;
        bool yes = false;
        prompts().confirm = [&](QWidget*, const QString& question, const QString&) {
            asked = question;
            return yes;
        };
        on.driver->click("deleteRunsButton");
        QVERIFY(asked.isEmpty()); // their room is counted elsewhere than in the window
        QTRY_VERIFY(!asked.isEmpty());
        QVERIFY2(asked.startsWith(QStringLiteral("Delete 2 runs with their curves and weights (3.0")) &&
                     asked.contains(QStringLiteral(" MB)? This cannot be undone.")),
                 qPrintable(asked));
        QCOMPARE(on.names().size(), 3);
        yes = true;
        QTest::keyClick(on.table(), Qt::Key_Delete);
        QTRY_COMPARE(on.names(), QStringList{QStringLiteral("reed")});
        QVERIFY(!std::filesystem::exists(on.runs.at(QStringLiteral("moss")).path()));
        QVERIFY(!std::filesystem::exists(on.runs.at(QStringLiteral("fern")).path()));
        QVERIFY(std::filesystem::exists(on.runs.at(QStringLiteral("reed")).path()));
    }

    /// Prints how long it takes until a shelf is read and listed, and for each page that is scrolled. SIGHTLINE_SHELF
    /// says of how many runs; a tenth of a second and a frame of 16.7 ms are what a hand does not notice.
    void manyRunsAreListedAndScrolled_data() {
        QTest::addColumn<bool>("scrolled");
        QTest::newRow("listed") << false;
        QTest::newRow("scrolled") << true;
    }
    void manyRunsAreListedAndScrolled() {
        QFETCH(bool, scrolled);
        const int many = std::max(300, qEnvironmentVariableIntValue("SIGHTLINE_SHELF"));
        Shelf made{path(QStringLiteral("many")), {}, nullptr};
        if (!std::filesystem::exists(made.home.toStdString())) { // a benchmark repeats its test
            const RunFolder first = run(made.home, QStringLiteral("moss"), 0.95, 0.01);
            for (int i = 1; i < many; ++i) {
                const auto copy = first.path().parent_path() /
                                  QStringLiteral("20260101-%1").arg(i, 6, 10, QLatin1Char('0')).toStdString();
                std::filesystem::copy(first.path(), copy, std::filesystem::copy_options::recursive);
            }
        }
        made.driver = std::make_unique<WindowDriver>(made.home, m_engine.door());
        made.driver->window->resize(1280, 720);
        made.driver->key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(made.table()->model()->rowCount(), many, 120000); // the first time makes the index
        if (scrolled) {
            auto* bar = made.table()->verticalScrollBar();
            QVERIFY(bar->maximum() > 0);
            QBENCHMARK {
                bar->setValue(bar->value() == bar->maximum() ? 0 : bar->value() + bar->pageStep());
                made.table()->viewport()->repaint();
            }
            return;
        }
        RunList& list = made.driver->session->runs().list();
        QBENCHMARK {
            QSignalSpy changed(&list, &RunList::listed);
            list.refresh();
            QVERIFY(changed.wait(60000));
        }
        QCOMPARE(made.table()->model()->rowCount(), many);
    }

    void aGroupOpensAndClosesAndForksStandBelowTheirRun() {
        Shelf made{path(QStringLiteral("home-tree")), {}, nullptr};
        const RunFolder moss = run(made.home, QStringLiteral("moss"), 0.95, 0.01);
        const RunFolder fork = run(made.home, QStringLiteral("moss again"), 0.97, 0.01);
        QVERIFY(writeParent(fork, {moss.id(), 3}));
        for (int fold = 1; fold <= 2; ++fold) {
            const RunFolder member = run(made.home, QStringLiteral("fold %1").arg(fold), 0.5 + 0.1 * fold, 0.01);
            QVERIFY(writeGroup(member.path(), {"20260101-000000-aaaa", RunGroup::Kind::Folds, "two folds",
                                               "fold " + std::to_string(fold)}));
        }
        show(made); // the group, the run, its fork
        const auto text = [&](int row, int column = 0) {
            return made.table()->model()->index(row, column).data().toString().replace(QChar(QChar::Nbsp), u' ');
        };
        const auto rowOf = [&](const QString& words) {
            for (int row = 0; row < made.table()->model()->rowCount(); ++row)
                if (text(row).contains(words))
                    return row;
            return -1;
        };
        const int group = rowOf(QStringLiteral("two folds"));
        QCOMPARE(text(group), QStringLiteral("▸ two folds (2)"));
        QCOMPARE(text(group, static_cast<int>(made.headings().indexOf(QStringLiteral("Val. accuracy")))),
                 QStringLiteral("65.0 %")); // the mean
        QCOMPARE(text(rowOf(QStringLiteral("▾ moss")) + 1), QString(7, u' ') + QStringLiteral("moss again"));
        made.driver->clickRow("runTable", group);
        QVERIFY(made.driver->find<QWidget>("groupTable")->isVisible());
        QTest::keyClick(made.table(), Qt::Key_Right);
        QCOMPARE(made.table()->model()->rowCount(), 5);
        QCOMPARE(text(rowOf(QStringLiteral("two folds"))), QStringLiteral("▾ two folds (2)"));
        made.table()->horizontalHeader()->setSortIndicator(0,
                                                           Qt::DescendingOrder); // what belongs together stays together
        QCOMPARE(text(rowOf(QStringLiteral("two folds")) + 1), QString(7, u' ') + QStringLiteral("fold 2"));
        picture(*made.driver, QStringLiteral("runs-tree"));
        const QRect place = made.table()->visualRect(made.table()->model()->index(rowOf(QStringLiteral("▾ moss")), 0));
        QTest::mouseClick(made.table()->viewport(), Qt::LeftButton, {}, place.topLeft() + QPoint(14, 14));
        QCOMPARE(rowOf(QStringLiteral("moss again")), -1);
        made.find(QStringLiteral("again")); // its run is not found, and it stands alone
        QCOMPARE(made.names(), QStringList{QStringLiteral("moss again")});
        made.find(QStringLiteral("reed"));
        QCOMPARE(made.names(), QStringList());
    }

    void figuresOfAnEpochAndTheBestOfTrainingAreColumns() {
        const Shelf on = shelf("home-epochs");
        choose(on, QStringLiteral("Best loss"));
        int least = 0;
        prompts().number = [&](QWidget*, const QString&, const QString&, int from) {
            least = from;
            return std::optional(2);
        };
        QMenu* menu = columnsMenu(on);
        QVERIFY(menu);
        QAction* figure = nullptr;
        for (QAction* action : menu->findChild<QMenu*>()->actions())
            if (action->text() == QStringLiteral("Val. accuracy…"))
                figure = action;
        QVERIFY(figure);
        menu->close();
        figure->trigger();
        QCOMPARE(least, 1);
        QCOMPARE(on.headings().last(), QStringLiteral("Val. accuracy, epoch 2"));
        on.find(QStringLiteral("moss"));
        const int last = static_cast<int>(on.headings().size()) - 1;
        const auto cell = [&](int column) { return on.table()->model()->index(0, column).data().toString(); };
        QTRY_COMPARE(cell(last), QStringLiteral("38.0 %"));
        QCOMPARE(cell(last - 1), QStringLiteral("0.400"));
    }

    void columnsAreChosenAndRemembered() {
        Shelf on = shelf("home-columns");
        choose(on, QStringLiteral("Best epoch"));
        QVERIFY(on.headings().contains(QStringLiteral("Best epoch")));
        choose(on, QStringLiteral("Last val. accuracy"));
        QVERIFY(on.headings().contains(QStringLiteral("Last val. accuracy")));
        choose(on, QStringLiteral("Network"));
        QVERIFY(!on.headings().contains(QStringLiteral("Network")));
        prompts().line = [](auto&&...) { return QStringLiteral("learning_rate"); };
        choose(on, QStringLiteral("A setting…"));
        QCOMPARE(on.headings().last(), QStringLiteral("Learning rate"));
        const int column = static_cast<int>(on.headings().size()) - 1;
        on.find(QStringLiteral("fern"));
        QCOMPARE(on.table()->model()->index(0, column).data().toString(), QStringLiteral("0.001"));
        prompts().line = [](auto&&...) { return QStringLiteral("training.optimizer.name"); };
        choose(on, QStringLiteral("A setting…"));
        QCOMPARE(on.headings().last(), QStringLiteral("Optimizer"));
        QCOMPARE(on.table()->model()->index(0, column + 1).data().toString(), QStringLiteral("Adam"));
        const QStringList chosen = on.headings();
        show(on);
        QCOMPARE(on.headings(), chosen);
        choose(on, QStringLiteral("As at the beginning"));
        QVERIFY(on.headings().contains(QStringLiteral("Network")));
        QVERIFY(!on.headings().contains(QStringLiteral("Learning rate")));
    }
};

QTEST_MAIN(RunShelfPageTest)
#include "tst_RunShelfPage.moc"
