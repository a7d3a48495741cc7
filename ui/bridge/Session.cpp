// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

#include "data/Toys.h"
#include "experiment/Presets.h"
#include "support/Json.h"

namespace sightline::ui {

namespace {
constexpr const char* kUnnamed = "experiment";
constexpr std::size_t kUndoDepth = 200;
constexpr double kDefaultValidationSplit = 0.2;

/// Opens the data; a source without a validation split of its own gets a share of train, since no curve is worth much
/// without.
Result<Dataset> openWithValidation(const std::filesystem::path& home, DataSettings& settings, std::uint64_t seed,
                                   std::stop_token stop, const Progress& progress) {
    auto opened = openWithOverlay(home, settings, seed, false, stop, progress);
    if (!opened || opened->hasValidation || settings.validationSplit > 0)
        return opened;
    settings.validationSplit = kDefaultValidationSplit;
    return openWithOverlay(home, settings, seed, false, stop, progress);
}
} // namespace

Session::Session(std::filesystem::path home, QObject* parent)
    : QObject(parent), m(std::make_unique<Private>(*this, std::move(home))) {
    m->experiment.name = kUnnamed;
}

Session::~Session() {
    if (m->control)
        m->control->resume();
    m->trainer.request_stop();
    m->overlayLane.cancel();
    if (m->overlayUnwritten) // the last edit's worker had not begun
        static_cast<void>(writeOverlay(overlayFile(m->home, m->dataset->root), m->overlay, m->dataset->root));
}

const Experiment& Session::experiment() const {
    return m->experiment;
}

void Session::setExperiment(Experiment experiment, const QString& edit) {
    if (experiment == m->experiment)
        return;
    const bool merges = !edit.isEmpty() && edit == m->lastEdit && !m->undoStack.empty() && m->redoStack.empty();
    m->lastEdit = edit;
    Experiment before = std::exchange(m->experiment, std::move(experiment));
    const DataSettings data = before.data;
    if (!merges)
        m->undoStack.push_back({std::move(before), {}});
    if (m->undoStack.size() > kUndoDepth)
        m->undoStack.erase(m->undoStack.begin());
    m->redoStack.clear();
    m->settle(data);
}

/// The experiment has changed: tells the pages, and opens the images again where they are split otherwise.
void Session::Private::settle(const DataSettings& before) {
    Q_EMIT q.experimentChanged();
    const DataSettings& now = experiment.data;
    const bool other = before.path != now.path || before.format != now.format ||
                       before.validationSplit != now.validationSplit || before.split != now.split ||
                       before.table != now.table || before.pattern != now.pattern || before.group != now.group;
    if (dataset && other && now != openedWith && problems(experiment).empty())
        open(now);
}

bool Session::canUndo() const {
    return !m->undoStack.empty();
}
bool Session::canRedo() const {
    return !m->redoStack.empty();
}

void Session::undo() {
    m->moveStep(m->undoStack, m->redoStack);
}
void Session::redo() {
    m->moveStep(m->redoStack, m->undoStack);
}

void Session::Private::moveStep(std::vector<Step>& from, std::vector<Step>& to) {
    lastEdit.clear();
    if (from.empty())
        return;
    Step step = std::move(from.back());
    from.pop_back();
    if (!step.edit.empty()) {
        to.push_back({{}, applyEdit(step.edit, overlay)});
        edited();
        return;
    }
    const DataSettings before = experiment.data;
    to.push_back({std::exchange(experiment, std::move(step.experiment)), {}});
    settle(before);
}

const Overlay& Session::overlay() const {
    return m->overlay;
}

void Session::editOverlay(const OverlayEdit& edit) {
    if (!m->dataset || edit.empty())
        return;
    m->lastEdit.clear();
    m->undoStack.push_back({{}, applyEdit(edit, m->overlay)});
    if (m->undoStack.size() > kUndoDepth)
        m->undoStack.erase(m->undoStack.begin());
    m->redoStack.clear();
    m->edited();
}

/// The overlay has changed: writes it and lays it over the data set anew. The newest holds all that came before it.
void Session::Private::edited() {
    Q_EMIT q.experimentChanged(); // undo and redo may be possible now, or no longer
    overlayUnwritten = true;
    overlayLane.submit([this, changed = overlay, opened = dataset](std::stop_token stop) {
        Dataset next = *opened;
        lay(changed, next);
        const auto written = writeOverlay(overlayFile(home, next.root), changed, next.root);
        deliver(stop, [this, opened, shared = std::make_shared<const Dataset>(std::move(next)), written] {
            if (dataset != opened)
                return; // other images are open
            overlayUnwritten = !written.ok();
            dataset = shared;
            Q_EMIT q.dataEdited();
            if (!written)
                Q_EMIT q.overlayFailed(QString::fromStdString(written.error().message));
        });
    });
}

std::vector<Problem> Session::experimentProblems() const {
    auto found = problems(m->experiment);
    if (found.empty() && m->dataset)
        found = problems(m->experiment, *m->dataset);
    return found;
}

std::shared_ptr<const Dataset> Session::dataset() const {
    return m->dataset;
}
bool Session::isOpeningData() const {
    return m->opening;
}

void Session::openData(const QString& path) {
    DataSettings settings = m->experiment.data;
    settings.path = path.toStdString();
    settings.format = "auto";
    if (settings.path != m->experiment.data.path) {
        settings.validationSplit = 0;
        settings.table = {};
        settings.pattern.clear();
        settings.group = {};
    }
    m->open(std::move(settings));
}

void Session::makeToys() {
    Experiment experiment = m->experiment;
    if (const Preset* preset = findPreset("toys-quick")) {
        if (const auto json = parseJson(preset->json, preset->name)) {
            if (const auto read = experimentFromJson(*json))
                experiment = *read;
        }
    }
    experiment.data.path = (m->home / "cache" / "toys").string();
    m->open(experiment.data, experiment);
}

void Session::cancelOpening() {
    if (!m->opening)
        return;
    m->dataLane.cancel();
    m->opening = false;
    Q_EMIT activityChanged({});
    Q_EMIT dataFailed(tr("Opening canceled."));
}

/// `toys`: draws the toy set first where it is not there yet, and takes these settings with it.
void Session::Private::open(DataSettings settings, std::optional<Experiment> toys) {
    if (state != RunState::Idle && settings.path != experiment.data.path) {
        Q_EMIT q.dataFailed(tr("A run is in progress; stop it before opening other images."));
        return;
    }
    opening = true;
    Q_EMIT q.activityChanged(toys ? tr("Drawing the toy set")
                                  : tr("Opening %1").arg(QString::fromStdString(settings.path)));
    dataLane.submit([this, settings, toys, seed = experiment.seed](std::stop_token stop) mutable {
        const Progress progress = [&](std::size_t done, std::size_t total) {
            deliver(stop, [this, done, total] { Q_EMIT q.dataProgress(done, total); });
        };
        const auto fail = [&](const Error& error) {
            deliver(stop, [this, message = QString::fromStdString(error.message)] {
                opening = false;
                Q_EMIT q.activityChanged({});
                Q_EMIT q.dataFailed(message);
            });
        };
        if (toys && !std::filesystem::exists(std::filesystem::path(settings.path) / "boxes.csv")) {
            if (auto made = sightline::makeToys(settings.path, ToySettings{}, stop, progress); !made)
                return fail(made.error());
        }
        auto opened = openWithValidation(home, settings, seed, stop, progress);
        if (!opened)
            return fail(opened.error());
        auto shared = std::make_shared<const Dataset>(std::move(*opened));
        auto changed = readOverlay(
            overlayFile(home, shared->root)); // one that cannot be read is a problem of the data set already
        deliver(stop, [this, shared, settings, toys, overlay = changed ? std::move(*changed) : Overlay()] {
            Experiment next = toys.value_or(experiment);
            next.data = settings;
            adopt(shared, overlay, std::move(next));
        });
    });
}

void Session::Private::adopt(std::shared_ptr<const Dataset> opened, Overlay found, Experiment next) {
    opening = false;
    const auto lays = [](const Step& step) { return !step.edit.empty(); };
    if (dataset && dataset->root != opened->root) { // what was changed there cannot be taken back here
        std::erase_if(undoStack, lays);
        std::erase_if(redoStack, lays);
    }
    if (dataset && overlayUnwritten) // the worker may not have come to it
        static_cast<void>(writeOverlay(overlayFile(home, dataset->root), overlay, dataset->root));
    const bool newer = dataset && overlayUnwritten && dataset->root == opened->root;
    dataset = std::move(opened);
    if (newer)
        edited();
    else
        overlay = std::move(found);
    overlayUnwritten = newer;
    openedWith = next.data;
    if (next.name.empty() || next.name == kUnnamed)
        next.name = dataset->root.filename().string();
    if (run && state == RunState::Idle && run->experiment.data.path != next.data.path)
        forgetRun();
    q.setExperiment(std::move(next));
    Q_EMIT q.activityChanged({});
    Q_EMIT q.dataOpened();
}

/// Other images are open: what was asked of the run in view no longer fits. The run itself stays in the store.
void Session::Private::forgetRun() {
    run.reset();
    evaluation.reset();
    answer.reset();
    subject.reset();
    Q_EMIT q.runStarted();
}

QString Session::engineDescription() const {
    return m->engineDescription;
}
const std::filesystem::path& Session::home() const {
    return m->home;
}

void Session::warmUp() {
    m->warmLane.submit([this](std::stop_token stop) {
        const auto engine = loadEngine();
        m->deliver(stop,
                   [this, text = QString::fromStdString(engine ? (*engine)->description() : engine.error().message),
                    good = engine.ok()] {
                       m->engineDescription = text;
                       if (good)
                           Q_EMIT engineReady(text);
                       else
                           Q_EMIT engineFailed(text);
                   });
    });
}

} // namespace sightline::ui
