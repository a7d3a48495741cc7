// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of the tour: what is tried before, the first one, its fork.
#include "window/Tour.h"

#include <QAbstractItemView>
#include <QCoreApplication>

#include <set>

#include "bridge/Session.h"
#include "window/MainWindow.h"

namespace sightline::ui {

namespace {
constexpr int kParentEpochs = 5, kForkedAt = 2, kEpochs = 20, kChangedAt = 5;
constexpr std::size_t kPicturedAt = 12; ///< with epochs left: on a fast machine they take as long as the pictures
constexpr int kPatience = 10, kPatienceInPicture = 3;
constexpr double kMinDelta = 0.5; ///< so that patience is used however well it goes
constexpr std::size_t kPins = 5;
constexpr int kTrials = 6, kSearchEpochs = 2;

/// Trials of the search in view that are done.
int endedOf(const SearchDesk& searches) {
    return searches.shown() ? endedTrials(searches.shown()->view.study) : 0;
}
} // namespace

void Tour::tryRate() {
    Experiment experiment = m_session.document().experiment();
    experiment.name = tr("Toys, the tour").toStdString();
    if (!m_route.images.isEmpty())
        experiment.name = tr("The tour").toStdString();
    experiment.training.epochs = std::min(experiment.training.epochs, kParentEpochs);
    experiment.training.checkpoint = CheckpointSettings();
    experiment.training.checkpoint->keepEvery = 1;
    experiment.training.earlyStopping = EarlyStoppingSettings();
    experiment.training.earlyStopping->patience = kPatience;
    m_session.document().setExperiment(experiment);
    m_window->showPage(QStringLiteral("train"));
    click("findRate");
    later(kSettleMs, [this] {
        whenIdle([this] {
            shootDialog("rateDialog", QStringLiteral("train-rate"));
            tryCheck();
        });
    });
}

void Tour::tryCheck() {
    click("checkRun");
    later(kSettleMs, [this] {
        whenIdle([this] {
            shootDialog("checkDialog", QStringLiteral("train-check"));
            search();
        });
    });
}

/// A few trials; pictured while some are done and one is in progress.
void Tour::search() {
    const Experiment before = m_session.document().experiment();
    Experiment quick = before;
    quick.training.epochs = kSearchEpochs;
    m_session.document().setExperiment(quick);
    SearchDraft draft;
    draft.options.trials = kTrials;
    draft.options.sampler = SearchPlan::Sampler::Random;
    draft.options.pruner = SearchPlan::Pruner::Median;
    for (const char* path : {"training.optimizer.learning_rate", "training.optimizer.name", "training.batch_size"})
        draft.rows.push_back({path, firstRange(quick, path)});
    draft.rows.front().range = {{"float", {0.0005, 0.02}}, {"log", true}}; // all of them learn something
    SearchDesk& searches = m_session.searches();
    searches.setDraft(std::move(draft));
    m_window->showPage(QStringLiteral("search"));
    connect(&m_session.runs(), &RunDesk::epochFinished, this, [this] {
        if (m_shotSearch || endedOf(m_session.searches()) < kTrials / 2)
            return;
        m_shotSearch = true;
        shoot(*m_window, QStringLiteral("searching"));
    });
    connect(
        &searches, &SearchDesk::ended, this,
        [this, before](const QString&, const QString& words, bool good) {
            if (!good)
                return fail(words);
            m_session.document().setExperiment(before);
            train();
        },
        Qt::SingleShotConnection);
    searches.start();
}

/// An image of each of the first classes, to be watched while it is trained.
void Tour::pin() {
    const auto opened = m_session.data().dataset();
    std::vector<std::uint32_t> samples;
    std::set<int> classes;
    for (const std::uint32_t sample : opened->indices(Subset::Validation))
        if (samples.size() < kPins && classes.insert(opened->samples[sample].label).second)
            samples.push_back(sample);
    m_session.pins().toggle(samples);
}

void Tour::train() {
    pin();
    follow([this] { planFork(); });
    m_session.runs().start();
}

/// Walks while the run that is about to start is trained, then does this.
void Tour::follow(std::function<void()> then) {
    connect(
        &m_session.runs(), &RunDesk::ended, this,
        [this, then = std::move(then)](const RunEnded& ended) {
            m_meter.pause();
            if (ended.outcome == RunEnded::Outcome::Failed)
                return fail(QString::fromStdString(ended.reason));
            then();
        },
        Qt::SingleShotConnection);
    connect(
        &m_session.runs(), &RunDesk::runChanged, this,
        [this] {
            m_meter.resume();
            walk();
        },
        Qt::SingleShotConnection);
}

void Tour::planFork() {
    m_forked = true;
    connect(
        &m_session.runs(), &RunDesk::forkChanged, this,
        [this] {
            m_window->showPage(QStringLiteral("train"));
            later(2 * kSettleMs, [this] { trainFork(); });
        },
        Qt::SingleShotConnection);
    m_session.runs().planFork(QString::fromStdString(m_session.runs().run()->folder.string()),
                              QString::number(kForkedAt));
}

void Tour::trainFork() {
    shoot(*m_window, QStringLiteral("train-fork"));
    Experiment longer = m_session.document().experiment();
    longer.training.epochs = kEpochs;
    if (longer.training.earlyStopping)
        longer.training.earlyStopping->minDelta = kMinDelta;
    m_session.document().setExperiment(longer);
    connect(&m_session.runs(), &RunDesk::epochFinished, this,
            [this](const EpochFinished& epoch) { m_patience = epoch.patienceUsed; });
    follow([this] { evaluate(); });
    m_session.runs().start();
}

/// While it trains: from page to page, as a curious person does, and asking about images.
void Tour::walk() {
    if (m_session.runs().isIdle())
        return;
    if (changeRate() || isTimeForPictures())
        return later(kSettleMs, [this] { isTimeForPictures() ? shootTraining() : walk(); });
    m_window->showPage(pages()[m_steps % pages().size()]);
    const auto opened = m_session.data().dataset();
    if (m_steps % 3 == 2)
        m_session.questions().explain(
            {static_cast<std::uint32_t>(static_cast<std::size_t>(m_steps) * 37 % opened->samples.size()), {}});
    ++m_steps;
    later(kWalkMs, [this] { walk(); });
}

/// As a person does, once.
bool Tour::changeRate() {
    if (!m_forked || m_changedRate || m_session.runs().progress().history.size() < kChangedAt)
        return false;
    m_changedRate = true;
    m_window->showPage(QStringLiteral("train"));
    Experiment slower = m_session.document().experiment();
    slower.training.optimizer.learningRate /= 2;
    m_session.document().setExperiment(slower);
    click("trainApplyEdit");
    return true;
}

/// Once the patience has begun to be used, or else in the middle of the run.
bool Tour::isTimeForPictures() const {
    const std::size_t epochs = m_session.runs().progress().history.size();
    return m_changedRate && !m_shotTraining && m_session.runs().state() == RunState::Running &&
           epochs > kChangedAt + 1 && (m_patience >= kPatienceInPicture || epochs >= kPicturedAt);
}

void Tour::shootTraining() {
    m_shotTraining = true;
    m_window->showPage(QStringLiteral("train"));
    later(kSettleMs, [this] {
        m_meter.pause();
        shoot(*m_window, QStringLiteral("training"));
        m_meter.resume();
        click("showBatch");
        later(2 * kSettleMs, [this] {
            m_meter.pause();
            shootDialog("lookDialog", QStringLiteral("training-batch"));
            m_meter.resume();
            walk();
        });
    });
}

} // namespace sightline::ui
