// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

#include <QFileInfo>

#include <chrono>

namespace sightline::ui {

namespace {
using namespace std::chrono_literals;

/// The weights as they are now: asks the trainer and waits for an answer newer than the question, one slow batch at most.
std::shared_ptr<const WeightSnapshot> freshSnapshot(TrainControl& control, const std::stop_token& stop)
{
    const auto before = control.snapshot();
    auto newest = before;
    const auto until = std::chrono::steady_clock::now() + (control.isPaused() ? 300ms : 3000ms);
    while (newest == before && !stop.stop_requested() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(5ms);
        newest = control.snapshot();
    }
    return newest;
}

std::optional<RunEnded> endOf(const RunSummary& summary)
{
    RunEnded ended;
    ended.outcome = summary.state == "completed" ? RunEnded::Outcome::Completed
        : summary.state == "failed"              ? RunEnded::Outcome::Failed
                                                 : RunEnded::Outcome::Stopped;
    ended.reason = summary.reason;
    ended.epochs = summary.epochs;
    ended.bestEpoch = summary.bestEpoch;
    ended.run = summary.id;
    ended.folder = summary.folder.string();
    return ended;
}

Result<RunView> readRun(const std::filesystem::path& home, const std::string& name)
{
    auto store = RunStore::open(home);
    if (!store)
        return store.error();
    auto folder = store->find(name);
    if (!folder)
        return folder.error();
    auto experiment = folder->experiment();
    if (!experiment)
        return experiment.error();
    RunView view;
    view.folder = folder->path();
    view.experiment = *experiment;
    if (auto classes = folder->classes())
        view.classes = *classes;
    if (auto history = folder->history())
        view.history = *history;
    for (std::size_t i = 1; i < view.history.size(); ++i) {
        const auto &before = view.history[i - 1], &now = view.history[i];
        if (now.learningRate < before.learningRate)
            view.learningRateChanges.push_back({now.epoch, before.learningRate, now.learningRate, {}});
    }
    auto summary = store->summary(*folder);
    if (!summary)
        return summary.error();
    view.bestEpoch = summary->bestEpoch;
    view.ended = endOf(*summary);
    return view;
}
} // namespace

std::shared_ptr<const Evaluation> Session::evaluation() const { return m->evaluation; }

void Session::openRun(const QString& idOrFolder)
{
    if (m->state != RunState::Idle) {
        Q_EMIT dataFailed(tr("A run is in progress: stop it before another one is opened."));
        return;
    }
    m->opening = true;
    m->dataLane.submit([this, name = idOrFolder.toStdString()](std::stop_token stop) {
        auto view = readRun(m->home, name);
        m->deliver(stop, [this, view] {
            m->opening = false;
            if (!view) {
                Q_EMIT dataFailed(QString::fromStdString(view.error().message));
                return;
            }
            m->run = *view;
            m->evaluation.reset();
            setExperiment(view->experiment);
            Q_EMIT runStarted();
            m->open(view->experiment.data, false);
        });
    });
}

void Session::evaluate(const QString& split)
{
    if (!m->run) {
        Q_EMIT evaluationFailed(tr("There is no run yet: train a network or open a run."));
        return;
    }
    EvaluateRequest request;
    request.runFolder = m->run->folder;
    request.split = split.toStdString();
    Q_EMIT activityChanged(tr("Evaluating"));
    m->evaluateLane.submit([this, request](std::stop_token stop) {
        const auto engine = loadEngine();
        auto result = engine ? (*engine)->evaluate(request, stop, [&](std::size_t done, std::size_t total) {
            m->deliver(stop, [this, done, total] { Q_EMIT evaluationProgress(done, total); });
        }) : Result<Evaluation>(engine.error());
        m->deliver(stop, [this, result = std::make_shared<Result<Evaluation>>(std::move(result))] {
            Q_EMIT activityChanged({});
            if (!*result) {
                Q_EMIT evaluationFailed(QString::fromStdString(result->error().message));
                return;
            }
            m->evaluation = std::make_shared<const Evaluation>(std::move(**result));
            Q_EMIT evaluationReady();
        });
    });
}

void Session::explain(const Image& image, int truth, const QString& title, CamMethod method, const QString& target)
{
    ExplainRequest request;
    request.truth = truth;
    request.method = method;
    request.target = target.toStdString();
    m->ask(std::move(request), title, [image] { return Result<Image>(image); });
}

void Session::explainSample(std::uint32_t sampleIndex, CamMethod method, const QString& target)
{
    const auto data = m->dataset;
    if (!data || sampleIndex >= data->samples.size()) {
        Q_EMIT explanationFailed(tr("The data set of this image is not open."));
        return;
    }
    const Sample& sample = data->samples[sampleIndex];
    ExplainRequest request;
    request.truth = sample.label;
    request.method = method;
    request.target = target.toStdString();
    const DataSettings settings = m->experiment.data;
    m->ask(std::move(request), QString::fromStdString(sample.path), [data, settings, sampleIndex] {
        return data->source->decoded(data->samples[sampleIndex], settings.colorMode, settings.orientation);
    });
}

void Session::explainFile(const QString& file, CamMethod method, const QString& target)
{
    ExplainRequest request;
    request.method = method;
    request.target = target.toStdString();
    const DataSettings settings = m->experiment.data;
    m->ask(std::move(request), QFileInfo(file).fileName(),
           [settings, path = file.toStdString()] { return readImage(path, settings.colorMode, settings.orientation); });
}

void Session::Private::ask(ExplainRequest request, const QString& title, std::function<Result<Image>()> picture)
{
    if (!run) {
        Q_EMIT q.explanationFailed(tr("There is no network to ask yet: train one or open a run."));
        return;
    }
    request.source.runFolder = run->folder;
    const auto live = state == RunState::Idle ? nullptr : control;
    explainLane.submit([this, request, title, picture, live](std::stop_token stop) mutable {
        const auto fail = [&](const Error& error) {
            deliver(stop, [this, message = QString::fromStdString(error.message)] { Q_EMIT q.explanationFailed(message); });
        };
        auto image = picture();
        if (!image)
            return fail(image.error());
        const auto engine = loadEngine();
        if (!engine)
            return fail(engine.error());
        request.image = *image;
        if (live)
            request.source.snapshot = freshSnapshot(*live, stop);
        if (stop.stop_requested())
            return;
        auto answer = (*engine)->explain(request, stop);
        if (!answer)
            return fail(answer.error());
        auto shared = std::make_shared<const Explanation>(std::move(*answer));
        deliver(stop, [this, shared, picture = std::move(*image), title] { Q_EMIT q.explanationReady(shared, picture, title); });
    });
}

} // namespace sightline::ui
