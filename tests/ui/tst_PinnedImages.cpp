// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QScrollBar>
#include <QToolButton>

#include <atomic>

#include "ObedientTrainer.h"
#include "RunTest.h"
#include "engine/ProbeImages.h"
#include "models/Tiles.h"
#include "store/ProbeFile.h"
#include "store/RunState.h"
#include "store/Safetensors.h"
#include "widgets/ProbeView.h"

using namespace sightline;
using namespace sightline::ui;

/// Images that a person pins, and the strip that shows how a run learns them.
class PinnedImagesTest : public RunTest {
    Q_OBJECT

    static const std::vector<std::string>& pins(const WindowDriver& driver) {
        return driver.session->document().experiment().training.probes;
    }
    static void clickTile(const WindowDriver& driver, const char* view, int row, Qt::KeyboardModifiers modifiers = {}) {
        auto* tiles = driver.find<QListView>(view);
        const QModelIndex index = tiles->model()->index(row, 0);
        tiles->scrollTo(index);
        QTest::mouseClick(tiles->viewport(), Qt::LeftButton, modifiers, tiles->visualRect(index).center());
    }
    static std::string pathOf(const WindowDriver& driver, const char* view, int row) {
        const auto sample = driver.find<QListView>(view)->model()->index(row, 0).data(TileSample).toUInt();
        return driver.session->data().dataset()->samples[sample].path;
    }
    static bool isPinned(const WindowDriver& driver, const char* view, int row) {
        const QModelIndex index = driver.find<QListView>(view)->model()->index(row, 0);
        const bool said = index.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("pinned"));
        return index.data(TilePinned).toBool() && said;
    }
    /// What a run would have drawn of these images: the first of them right in odd epochs, the others always wrong.
    static ProbeMaps drawn(const std::vector<std::string>& paths, int epoch) {
        ProbeMaps maps{epoch, {}};
        for (const std::string& path : paths) {
            const bool right = &path == &paths.front() && epoch % 2 == 1;
            ProbeMap map{path, right ? "boat" : "duck", 0.4 + 0.01 * (epoch % 50), "boat", 0.25, 4, 4, {}};
            for (int i = 0; i < 16; ++i)
                map.values.push_back(static_cast<std::uint8_t>((i * 17 + epoch * 31) % 256));
            maps.maps.push_back(map);
        }
        return maps;
    }
    static std::vector<std::string> somePaths(Session& session, std::size_t count) {
        std::vector<std::string> paths;
        for (const Sample& sample : session.data().dataset()->samples)
            if (paths.size() < count)
                paths.push_back(sample.path);
        return paths;
    }

    using Told = std::vector<std::vector<std::string>>;
    /// A run that does what the test says, one step at a time, and what it is told between them.
    struct SteppedRun {
        FakeEngine engine;
        std::mutex mutex;
        std::condition_variable wake;
        std::vector<std::function<void(const EventSink&)>> steps; ///< an empty function: it ends
        Told told;                                                ///< which images it was told are pinned
        bool listens = true;
        std::filesystem::path folder;

        SteppedRun() {
            engine.onTrain = [this](const TrainRequest& request, const std::stop_token& stop, TrainControl& control,
                                    const EventSink& sink) { return train(request, stop, control, sink); };
        }
        void then(std::function<void(const EventSink&)> step) {
            const std::scoped_lock lock(mutex);
            steps.push_back(std::move(step));
            wake.notify_all();
        }
        void listen(bool on) {
            const std::scoped_lock lock(mutex);
            listens = on;
        }
        Told heard() {
            const std::scoped_lock lock(mutex);
            return told;
        }
        static RunNote noteOf(const Json& changes) {
            return {"Changed.", {{"type", "edit"}, {"epoch", 1}, {"batch", 2}, {"changes", changes}}};
        }

    private:
        RunEnded train(const TrainRequest& request, const std::stop_token& stop, TrainControl& control,
                       const EventSink& sink) {
            const auto stored = RunStore::open(request.home)->create(request.experiment);
            {
                const std::scoped_lock lock(mutex);
                folder = stored->path();
            }
            sink(startOf(*stored, request.experiment));
            Experiment now = request.experiment;
            while (!stop.stop_requested()) {
                std::unique_lock lock(mutex);
                wake.wait_for(lock, std::chrono::milliseconds(10), [this] { return !steps.empty(); });
                if (listens)
                    obey(control, now, sink);
                if (steps.empty())
                    continue;
                const auto step = std::move(steps.front());
                steps.erase(steps.begin());
                lock.unlock();
                if (!step)
                    break;
                step(sink);
            }
            return {};
        }
        void obey(TrainControl& control, Experiment& now, const EventSink& sink) {
            for (const TrainCommand& command : control.take()) {
                const Result<EditedExperiment> next = edited(now, command.settings);
                if (next && !next->changes.empty()) {
                    now = next->experiment;
                    told.push_back(now.training.probes);
                    sink(noteOf(next->changes));
                }
                command.answered(next ? Result<void>() : next.error());
            }
        }
    };

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 6, 2, 32)); }

    void theKeyPinsAndUnpinsInTheGrid() {
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("grid")), engine.door());
        open(driver);
        auto* grid = driver.find<QListView>("sampleGrid");
        auto* button = driver.find<QPushButton>("pinButton");
        QVERIFY(!button->isEnabled() && !button->toolTip().isEmpty());
        clickTile(driver, "sampleGrid", 2);
        QTest::keyClick(grid, Qt::Key_P);
        QCOMPARE(pins(driver), std::vector<std::string>{pathOf(driver, "sampleGrid", 2)});
        QVERIFY(isPinned(driver, "sampleGrid", 2) && !isPinned(driver, "sampleGrid", 1));
        QCOMPARE(button->text(), QStringLiteral("Unpin"));
        QCOMPARE(button->accessibleName(), button->text());
        clickTile(driver, "sampleGrid", 3, Qt::ControlModifier); // two: the other one is pinned as well
        QCOMPARE(button->text(), QStringLiteral("Pin"));
        driver.click("pinButton");
        QCOMPARE(pins(driver).size(), std::size_t(2));
        picture(driver, QStringLiteral("data-pinned"));
        driver.click("pinButton");
        QVERIFY(pins(driver).empty());
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(pins(driver).size(), std::size_t(2));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(pins(driver), std::vector<std::string>{pathOf(driver, "sampleGrid", 2)});
        QVERIFY(isPinned(driver, "sampleGrid", 2) && !isPinned(driver, "sampleGrid", 3));
    }

    void theSeventeenthIsRefusedInWords() {
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("many")), engine.door());
        open(driver);
        auto* grid = driver.find<QListView>("sampleGrid");
        clickTile(driver, "sampleGrid", 0);
        clickTile(driver, "sampleGrid", 15, Qt::ShiftModifier);
        QTest::keyClick(grid, Qt::Key_P);
        QCOMPARE(pins(driver).size(), std::size_t(16));
        clickTile(driver, "sampleGrid", 20);
        QTest::keyClick(grid, Qt::Key_P);
        QCOMPARE(pins(driver).size(), std::size_t(16));
        QVERIFY2(driver.text("messageText").contains(QStringLiteral("At most 16 images can be pinned")),
                 qPrintable(driver.text("messageText")));
    }

    void otherImagesTakeThePinsAway() {
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("others")), engine.door());
        open(driver);
        clickTile(driver, "sampleGrid", 0);
        QTest::keyClick(driver.find<QListView>("sampleGrid"), Qt::Key_P);
        QVERIFY(drawFewToys(path(QStringLiteral("few")), 3, 1, 32));
        QVERIFY(QDir(path(QStringLiteral("few/train"))).rename(QStringLiteral("boat"), QStringLiteral("ship")));
        QVERIFY(QDir(path(QStringLiteral("few/val"))).rename(QStringLiteral("boat"), QStringLiteral("ship")));
        QVERIFY(QDir(path(QStringLiteral("few/test"))).rename(QStringLiteral("boat"), QStringLiteral("ship")));
        open(driver, QStringLiteral("few"));
        QVERIFY(pins(driver).empty());
    }

    void galleryAndExplainPinToo() {
        FakeEngine engine;
        engine.onEvaluate = [](const EvaluationQuestion&, const std::stop_token&, const Progress&) {
            Evaluation evaluation;
            evaluation.split = "test";
            evaluation.classes = {"boat", "car", "duck", "robot", "train"};
            for (const char* name : {"boat", "car"}) {
                Prediction prediction;
                prediction.path = std::string("test/") + name + "/" + name + "_0001.png";
                prediction.truth = prediction.predicted = name == std::string("boat") ? 0 : 1;
                prediction.probabilities = {0.2F, 0.2F, 0.2F, 0.2F, 0.2F};
                evaluation.predictions.push_back(prediction);
            }
            summarize(evaluation);
            return Result<Evaluation>(evaluation);
        };
        engine.onExplain = [this](const HeatMapQuestion& question, const std::stop_token&) {
            return Result<HeatMap>(explanationOf(question, m_classes, 1));
        };
        const RunFolder run = storeRun(QStringLiteral("gallery"), m_classes, "toy_cnn");
        WindowDriver driver(path(QStringLiteral("gallery")), engine.door());
        openRun(*driver.session, run);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("evaluateButton");
        auto* gallery = driver.find<QListView>("gallery");
        QTRY_COMPARE(gallery->model()->rowCount(), 2);
        clickTile(driver, "gallery", 1);
        QTest::keyClick(gallery, Qt::Key_P);
        const std::string pinned = pathOf(driver, "gallery", 1);
        QCOMPARE(pins(driver), std::vector<std::string>{pinned});
        QVERIFY(isPinned(driver, "gallery", 1) && !isPinned(driver, "gallery", 0));

        // by the mouse
        Q_EMIT gallery->customContextMenuRequested(gallery->visualRect(gallery->model()->index(0, 0)).center());
        auto* menu = driver.find<QMenu>("galleryMenu");
        QVERIFY(menu && menu->isVisible());
        QAction* action = menu->actions().front();
        QCOMPARE(action->text(), QStringLiteral("Pin"));
        action->trigger();
        menu->close();
        driver.window->activateWindow(); // the platform of tests does not do it when a menu closes
        QTRY_VERIFY(driver.window->isActiveWindow());
        QCOMPARE(pins(driver).size(), std::size_t(2));
        QVERIFY(isPinned(driver, "gallery", 0));

        driver.key(Qt::Key_6, Qt::ControlModifier);
        auto* pin = driver.find<QToolButton>("pinExplained");
        QVERIFY(pin->isVisible());
        QTRY_VERIFY(pin->isEnabled() && pin->isChecked());
        driver.click("pinExplained");
        QCOMPARE(pins(driver).size(), std::size_t(1));
        QVERIFY(!pin->isChecked());
        QTest::keyClick(driver.find<QWidget>("explainPage"), Qt::Key_P);
        QCOMPARE(pins(driver).size(), std::size_t(2));
        QVERIFY(pin->isChecked());
    }

    /// A pin, its undoing and its redoing reach the run that goes on, and are no edits of what is trained.
    void aRunInProgressHearsOfIt() {
        SteppedRun run;
        WindowDriver driver(path(QStringLiteral("running")), run.engine.door());
        open(driver);
        driver.session->runs().start();
        QTRY_COMPARE(driver.session->runs().state(), RunState::Running);
        auto* grid = driver.find<QListView>("sampleGrid");
        driver.key(Qt::Key_1, Qt::ControlModifier);
        clickTile(driver, "sampleGrid", 1);
        QTest::keyClick(grid, Qt::Key_P);
        const std::vector<std::string> none, one{pathOf(driver, "sampleGrid", 1)};
        QTRY_COMPARE(run.heard(), (Told{one}));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(run.heard(), (Told{one, none}));
        driver.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(run.heard(), (Told{one, none, one}));

        // faster than the run: its answers come when the pin has been taken back
        run.listen(false);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(grid, Qt::Key_P);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        run.listen(true);
        QTRY_COMPARE(run.heard(), (Told{one, none, one, none, one, none}));
        QTRY_COMPARE(driver.session->runs().progress().experiment.training.probes, none);
        QVERIFY(pins(driver).empty());

        // what another program pins in it is pinned here, too
        run.then([&](const EventSink& sink) {
            sink(SteppedRun::noteOf({{"training.probes", Json::array({nullptr, one})}}));
        });
        QTRY_COMPARE(pins(driver), one);
        QVERIFY(isPinned(driver, "sampleGrid", 1));
        QVERIFY(driver.session->runs().progress().edits.empty());
        QVERIFY(!driver.find<QWidget>("trainEditBar")->isVisibleTo(driver.find<QWidget>("trainPage")));
        run.then({});
        QTRY_VERIFY(driver.session->runs().isIdle());
        const std::size_t before = run.heard().size();
        QTest::keyClick(grid, Qt::Key_P); // now it is for the next run only
        QCOMPARE(run.heard().size(), before);
    }

    void aRunThatStartsHearsOfItWhenItHasBegun() {
        SteppedRun run;
        WindowDriver driver(path(QStringLiteral("starting")), run.engine.door());
        open(driver);
        clickTile(driver, "sampleGrid", 1);
        driver.session->runs().start();
        QCOMPARE(driver.session->runs().state(), RunState::Starting);
        QTest::keyClick(driver.find<QListView>("sampleGrid"), Qt::Key_P);
        QTRY_COMPARE(run.heard(), (Told{{pathOf(driver, "sampleGrid", 1)}}));
        run.then({});
        QTRY_VERIFY(driver.session->runs().isIdle());
    }

    /// What a run cannot draw does not keep it from being trained.
    void excludedImagesStayOutOfTheRun() {
        SteppedRun run;
        WindowDriver driver(path(QStringLiteral("excluded")), run.engine.door());
        open(driver);
        auto* grid = driver.find<QListView>("sampleGrid");
        clickTile(driver, "sampleGrid", 1);
        clickTile(driver, "sampleGrid", 2, Qt::ControlModifier);
        QTest::keyClick(grid, Qt::Key_P);
        clickTile(driver, "sampleGrid", 1);
        QSignalSpy edited(&driver.session->data(), &DataDesk::edited);
        QTest::keyClick(grid, Qt::Key_X);
        QVERIFY(edited.wait(20000));
        std::atomic<bool> checks = false;
        run.engine.onCheck = [&](const TrainCheckRequest& request, auto&&...) -> Result<TrainCheck> {
            checks = probeProblems(request.experiment.training.probes, *request.dataset).empty();
            return cancelled();
        };
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("checkRun");
        QTRY_VERIFY(checks);
        driver.click("checkClose");
        driver.session->runs().start();
        QTRY_COMPARE(driver.session->runs().state(), RunState::Running);
        QCOMPARE(driver.session->runs().run()->experiment.training.probes,
                 std::vector<std::string>{pathOf(driver, "sampleGrid", 2)});
        run.then({});
        QTRY_VERIFY(driver.session->runs().isIdle());
    }

    void theStripGrowsAsTheRunDraws() {
        SteppedRun run;
        WindowDriver driver(path(QStringLiteral("growing")), run.engine.door());
        driver.window->resize(1280, 720);
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        auto* strip = driver.find<QWidget>("probeStrip");
        auto* plot = driver.find<QWidget>("lossPlot");
        QVERIFY(!strip->isVisible());
        const std::vector<std::string> paths = somePaths(*driver.session, 3);
        driver.session->runs().start();
        QTRY_COMPARE(driver.session->runs().state(), RunState::Running);
        QVERIFY(!strip->isVisible());
        auto* view = driver.find<ProbeView>("probeView");
        for (int epoch = 1; epoch <= 30; ++epoch)
            run.then([&, epoch](const EventSink& sink) {
                QVERIFY(writeProbes(run.folder, drawn(paths, epoch)));
                sink(ProbesDrawn{epoch, probeFile(epoch)});
            });
        QTRY_COMPARE(view->columnCount(), 30);
        QVERIFY(strip->isVisible());
        QCOMPARE(view->rowCount(), 3);
        QTRY_VERIFY(!view->table().rows[2].picture.empty());
        QVERIFY2(plot->height() >= 150, qPrintable(QString::number(plot->height()))); // the plots stand side by side
        QTRY_VERIFY(view->viewport()->rect().contains(view->cellRect(0, 29)));        // the newest is seen
        QVERIFY(!view->viewport()->rect().intersects(view->cellRect(2, 29)));         // two rows are
        QVERIFY(view->describe(0, 28).endsWith(QStringLiteral("epoch 29: predicted as boat (69.0 %), correct")));
        QVERIFY2(view->describe(1, 29).endsWith(
                     QStringLiteral("epoch 30: predicted as duck (70.0 %), wrong: it is boat (25.0 %)")),
                 qPrintable(view->describe(1, 29)));
        picture(driver, QStringLiteral("train-strip"));

        // whoever looks at an earlier epoch stays there
        view->horizontalScrollBar()->setValue(0);
        run.then([&](const EventSink& sink) {
            QVERIFY(writeProbes(run.folder, drawn(paths, 31)));
            sink(ProbesDrawn{31, probeFile(31)});
        });
        QTRY_COMPARE(view->columnCount(), 31);
        QCOMPARE(view->horizontalScrollBar()->value(), 0);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->cellRect(0, 0).center());
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QVERIFY(driver.text("probeUnkept").contains(QStringLiteral("once the run has ended")));
        run.then({});
        QTRY_VERIFY(driver.session->runs().isIdle());
        QTRY_VERIFY(driver.text("probeUnkept").contains(QStringLiteral("weights of epoch 1 are not kept")));
        QVERIFY(strip->isVisible());
    }

    void aStoredRunBringsItsStrip() {
        FakeEngine engine;
        std::optional<HeatMapQuestion> asked;
        engine.onExplain = [&](const HeatMapQuestion& question, const std::stop_token&) {
            asked = question;
            return Result<HeatMap>(explanationOf(question, m_classes, 1));
        };
        const RunFolder stored = storeRun(QStringLiteral("stored"), m_classes, "toy_cnn");
        const std::vector<std::string> paths{"test/boat/boat_0001.png", "gone.png"};
        for (const int epoch : {1, 2, 5})
            QVERIFY(writeProbes(stored.path(), drawn(paths, epoch)));
        write(QStringLiteral("stored/runs/%1/probes/epoch-0003.json").arg(QString::fromStdString(stored.id())), "{");
        WindowDriver driver(path(QStringLiteral("stored")), engine.door());
        driver.window->resize(1280, 720);
        openRun(*driver.session, stored);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        auto* view = driver.find<ProbeView>("probeView");
        QTRY_COMPARE(view->columnCount(), 3);
        QTRY_VERIFY(!view->table().rows[0].picture.empty() && view->table().rows[1].picture.empty());
        QVERIFY2(driver.text("probeNote").contains(QStringLiteral("epoch-0003.json")),
                 qPrintable(driver.text("probeNote")));
        picture(driver, QStringLiteral("train-stored-strip"));

        // by keys: the cell is told, Return opens the image
        view->setFocus();
        QTest::keyClick(view, Qt::Key_End);
        QCOMPARE(view->accessibleDescription(), view->describe(0, 2));
        QVERIFY(driver.text("probeUnkept").contains(QStringLiteral("weights of epoch 5 are not kept")));
        QTest::keyClick(view, Qt::Key_Left);
        QCOMPARE(view->accessibleDescription(), view->describe(0, 1));
        QTest::keyClick(view, Qt::Key_Return);
        QTRY_VERIFY(asked.has_value());
        QCOMPARE(driver.window->currentPage(), QStringLiteral("explain"));
        QTRY_VERIFY(driver.text("explainedName").contains(QStringLiteral("boat_0001.png")));

        // by the mouse, an image that is not there
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->cellRect(1, 0).center());
        QCOMPARE(view->accessibleDescription(), view->describe(1, 0)); // it is chosen, and not opened yet
        QVERIFY(!driver.text("messageText").contains(QStringLiteral("gone.png")));
        QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, view->cellRect(1, 0).center());
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QVERIFY(driver.text("messageText").contains(QStringLiteral("gone.png is not among the open images")));

        driver.session->runs().close();
        QVERIFY(!driver.find<QWidget>("probeStrip")->isVisible());
    }

    /// Going away and coming back, or clicking once more, asks nothing anew.
    void whetherAMapCanBeBelievedIsFoundOutOnce() {
        FakeEngine engine;
        Gate gate;
        std::atomic<int> asked{0};
        engine.onAsk = [&](const Question& question, const std::stop_token& stop, auto&&...) -> Result<Answer> {
            if (!std::holds_alternative<TrustQuestion>(question))
                return cancelled();
            ++asked;
            gate.pass(stop);
            return Answer(Trust());
        };
        const RunFolder stored = storeRun(QStringLiteral("believed"), m_classes, "toy_cnn");
        const Json state{{"epoch", 1}, {"batch", 0}, {"settings", changeableSettings(*stored.experiment())}};
        QVERIFY(writeSafetensors(stored.path() / "checkpoints" / "epoch-0001.safetensors", {},
                                 {{kRunState, toText(state, -1)}}));
        QVERIFY(writeProbes(stored.path(), drawn({"test/boat/boat_0001.png"}, 1)));
        WindowDriver driver(path(QStringLiteral("believed")), engine.door());
        openRun(*driver.session, stored);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        auto* view = driver.find<ProbeView>("probeView");
        QTRY_COMPARE(view->columnCount(), 1);
        QTRY_VERIFY(!driver.session->checkpoints().kept().empty());
        const auto click = [&] {
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->cellRect(0, 0).center());
        };
        click();
        QTRY_VERIFY(gate.isWaitedAt());
        click(); // while it is under way
        gate.open();
        const auto words = [&] { return driver.text("probeTrustWords"); };
        QTRY_VERIFY(!words().isEmpty() && !words().startsWith(QStringLiteral("Checking")));
        const QString found = words();
        QCOMPARE(asked.load(), 1);
        view->clearFocus();
        view->setFocus();
        QCOMPARE(words(), found);
        click();
        QCOMPARE(words(), found);
        QTest::keyClick(view, Qt::Key_Home);
        QCOMPARE(words(), QString());
    }

    /// Sixteen images over a hundred epochs: only what is seen is made.
    void aLongStripPaintsWhatIsSeen() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 6, 2, 32));
        ProbeTable table;
        std::vector<std::string> paths;
        for (int i = 0; i < 16; ++i)
            paths.push_back(std::to_string(i));
        for (const std::string& name : paths)
            table.rows.push_back({name, Image(56, 56, 3)});
        for (int epoch = 1; epoch <= 100; ++epoch)
            table.epochs.push_back(std::make_shared<const ProbeMaps>(drawn(paths, epoch)));
        ProbeView view;
        view.resize(900, 10);
        view.show();
        view.setTable(table);
        QVERIFY(view.height() < 200);
        const QImage newest = view.grab().toImage();
        QTest::keyClick(&view, Qt::Key_End); // the newest of the first image
        QVERIFY(view.viewport()->rect().contains(view.cellRect(0, 99)));
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(view.viewport()->rect().contains(view.cellRect(15, 99)));
        QVERIFY(view.describe(15, 99).startsWith(QStringLiteral("15, epoch 100")));
        QTest::keyClick(&view, Qt::Key_Home);
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.viewport()->rect().contains(view.cellRect(15, 0)));
        QVERIFY(view.grab().toImage() != newest);
    }
};

QTEST_MAIN(PinnedImagesTest)
#include "tst_PinnedImages.moc"
