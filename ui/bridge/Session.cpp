// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

#include "data/Toys.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kUndoDepth = 200;
constexpr double kDefaultValidationSplit = 0.2;

/// Opens the data; a source without a validation split of its own gets a share of train, since no curve is worth much without.
Result<Dataset> openWithValidation(DataSettings& settings, std::uint64_t seed, std::stop_token stop, const Progress& progress)
{
    auto opened = openDataset(settings, seed, stop, progress);
    if (!opened || opened->hasValidation || settings.validationSplit > 0)
        return opened;
    settings.validationSplit = kDefaultValidationSplit;
    return openDataset(settings, seed, stop, progress);
}
} // namespace

Session::Session(std::filesystem::path home, QObject* parent) : QObject(parent), m(std::make_unique<Private>(*this, std::move(home)))
{
    m->experiment.name = "experiment";
}

Session::~Session()
{
    if (m->control)
        m->control->resume();
    m->trainer.request_stop();
}

const Experiment& Session::experiment() const { return m->experiment; }

void Session::setExperiment(Experiment experiment)
{
    if (experiment == m->experiment)
        return;
    m->undoStack.push_back(std::exchange(m->experiment, std::move(experiment)));
    if (m->undoStack.size() > kUndoDepth)
        m->undoStack.erase(m->undoStack.begin());
    m->redoStack.clear();
    Q_EMIT experimentChanged();
}

bool Session::canUndo() const { return !m->undoStack.empty(); }
bool Session::canRedo() const { return !m->redoStack.empty(); }

void Session::undo()
{
    if (!canUndo())
        return;
    m->redoStack.push_back(std::exchange(m->experiment, std::move(m->undoStack.back())));
    m->undoStack.pop_back();
    Q_EMIT experimentChanged();
}

void Session::redo()
{
    if (!canRedo())
        return;
    m->undoStack.push_back(std::exchange(m->experiment, std::move(m->redoStack.back())));
    m->redoStack.pop_back();
    Q_EMIT experimentChanged();
}

std::vector<Problem> Session::experimentProblems() const
{
    auto found = problems(m->experiment);
    if (found.empty() && m->dataset)
        found = problems(m->experiment, *m->dataset);
    return found;
}

std::shared_ptr<const Dataset> Session::dataset() const { return m->dataset; }
bool Session::isOpeningData() const { return m->opening; }

void Session::openData(const QString& path)
{
    DataSettings settings = m->experiment.data;
    settings.path = path.toStdString();
    settings.format = "auto";
    m->open(std::move(settings), false);
}

void Session::makeToys()
{
    DataSettings settings = m->experiment.data;
    settings.path = (m->home / "cache" / "toys").string();
    settings.format = "auto";
    m->open(std::move(settings), true);
}

void Session::cancelOpening()
{
    if (!m->opening)
        return;
    m->dataLane.cancel();
    m->opening = false;
    Q_EMIT activityChanged({});
    Q_EMIT dataFailed(tr("Opening was cancelled."));
}

void Session::Private::open(DataSettings settings, bool toys)
{
    opening = true;
    Q_EMIT q.activityChanged(toys ? tr("Drawing the toy set") : tr("Opening %1").arg(QString::fromStdString(settings.path)));
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
        auto opened = openWithValidation(settings, seed, stop, progress);
        if (!opened)
            return fail(opened.error());
        auto shared = std::make_shared<const Dataset>(std::move(*opened));
        deliver(stop, [this, shared, settings] { adopt(shared, settings); });
    });
}

void Session::Private::adopt(std::shared_ptr<const Dataset> opened, const DataSettings& settings)
{
    opening = false;
    dataset = std::move(opened);
    Experiment next = experiment;
    next.data = settings;
    q.setExperiment(std::move(next));
    Q_EMIT q.activityChanged({});
    Q_EMIT q.dataOpened();
}

Result<std::vector<RunSummary>> Session::runs()
{
    auto store = RunStore::open(m->home);
    if (!store)
        return store.error();
    return store->list();
}

const std::filesystem::path& Session::home() const { return m->home; }

void Session::warmUp()
{
    m->warmLane.submit([](std::stop_token) { (void)loadEngine(); });
}

} // namespace sightline::ui
