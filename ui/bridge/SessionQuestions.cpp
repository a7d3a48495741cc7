// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>

#include "store/WeightsFetch.h"

namespace sightline::ui {

namespace {
using namespace std::chrono_literals;

/// The weights as they are now, or as they were when last asked for where a batch takes long: a click is answered at
/// once. Only before the first snapshot of a run does it wait for one.
std::shared_ptr<const WeightSnapshot> freshSnapshot(TrainControl& control, const std::stop_token& stop) {
    const auto before = control.snapshot();
    auto newest = before;
    const auto until = std::chrono::steady_clock::now() + (before || control.isPaused() ? 60ms : 5000ms);
    while (newest == before && !stop.stop_requested() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(3ms);
        newest = control.snapshot();
    }
    return newest;
}

/// What resizing with the aspect ratio kept leaves of the picture: the crop, at its own size.
Image seen(Image image, const DataSettings& settings) {
    if (!settings.keepAspectRatio || image.empty())
        return image;
    const int height = std::min(
        image.height, static_cast<int>(std::int64_t{image.width} * settings.imageHeight / settings.imageWidth));
    const int width = std::min(
        image.width, static_cast<int>(std::int64_t{image.height} * settings.imageWidth / settings.imageHeight));
    return height > 0 && width > 0 ? resized(image, height, width, Interpolation::Box, true) : image;
}

Image forScreen(const Image& image) {
    constexpr double kSide = 1280;
    const double scale = kSide / std::max({1, image.height, image.width});
    if (scale >= 1)
        return image;
    const auto side = [&](int pixels) { return std::max(1, static_cast<int>(pixels * scale)); };
    return resized(image, side(image.height), side(image.width), Interpolation::Bilinear);
}

std::optional<RunEnded> endOf(const RunSummary& summary) {
    RunEnded ended;
    ended.outcome = summary.state == "completed" ? RunEnded::Outcome::Completed
                    : summary.state == "failed"  ? RunEnded::Outcome::Failed
                                                 : RunEnded::Outcome::Stopped;
    ended.reason = summary.reason;
    ended.epochs = summary.epochs;
    ended.bestEpoch = summary.bestEpoch;
    ended.run = summary.id;
    ended.folder = summary.folder.string();
    return ended;
}

Result<RunView> readRun(const std::filesystem::path& home, const std::string& name) {
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
    view.learningRateChanges = rateChanges(view.experiment, view.history);
    auto summary = store->summary(*folder);
    if (!summary)
        return summary.error();
    view.bestEpoch = summary->bestEpoch;
    view.ended = endOf(*summary);
    return view;
}
} // namespace

std::shared_ptr<const Evaluation> Session::evaluation() const {
    return m->evaluation;
}

void Session::openRun(const QString& idOrFolder) {
    if (m->state != RunState::Idle) {
        Q_EMIT dataFailed(tr("A run is in progress; stop it before opening another one."));
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
            m->answer.reset();
            m->subject.reset();
            setExperiment(view->experiment);
            Q_EMIT runStarted();
            m->open(view->experiment.data);
        });
    });
}

void Session::evaluate(const QString& split) {
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
        auto result = engine ? (*engine)->evaluate(request, stop,
                                                   [&](std::size_t done, std::size_t total) {
                                                       m->deliver(stop, [this, done, total] {
                                                           Q_EMIT evaluationProgress(done, total);
                                                       });
                                                   })
                             : Result<Evaluation>(engine.error());
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

void Session::measureEpoch() {
    EpochTimeRequest request;
    request.experiment = m->experiment;
    request.dataset = m->dataset;
    m->measureLane.submit([this, request](std::stop_token stop) {
        const auto engine = loadEngine();
        const auto time = engine ? (*engine)->measureEpoch(request, stop) : Result<EpochTime>(engine.error());
        m->deliver(stop, [this, time] {
            if (time)
                Q_EMIT epochMeasured(*time);
            else
                Q_EMIT epochMeasureFailed(QString::fromStdString(time.error().message));
        });
    });
}

void Session::fetchWeights(const QString& name) {
    const HubWeights* weights = findInHub(name.toStdString());
    if (!weights || !m->fetching.isEmpty())
        return;
    m->fetching = name;
    Q_EMIT weightsProgress(0, weights->bytes);
    m->fetchLane.submit([this, weights, name](std::stop_token stop) {
        const auto file =
            sightline::fetchWeights(*weights, m->home, stop, [&](std::uint64_t done, std::uint64_t total) {
                m->deliver(stop, [this, done, total] { Q_EMIT weightsProgress(done, total); });
            });
        m->deliver(stop, [this, name, error = file ? QString() : QString::fromStdString(file.error().message)] {
            m->fetching.clear();
            if (error.isEmpty())
                Q_EMIT weightsFetched(name);
            else
                Q_EMIT weightsFailed(error);
        });
    });
}

void Session::cancelFetching() {
    if (m->fetching.isEmpty())
        return;
    m->fetchLane.cancel();
    m->fetching.clear();
    Q_EMIT weightsFailed(tr("Download canceled; the next one resumes where it stopped."));
}

QString Session::fetching() const {
    return m->fetching;
}

void Session::explain(const Subject& subject) {
    m->subject = subject;
    m->ask();
}

void Session::setQuestion(const Question& question) {
    m->question = question;
    if (m->subject)
        m->ask();
}

const Question& Session::question() const {
    return m->question;
}
const std::optional<Subject>& Session::subject() const {
    return m->subject;
}
std::shared_ptr<const Answer> Session::answer() const {
    return m->answer;
}

void Session::Private::ask() {
    if (!run) {
        Q_EMIT q.explanationFailed(tr("There is no network yet: train one or open a run."));
        return;
    }
    if (subject->sample && (!dataset || *subject->sample >= dataset->samples.size())) {
        Q_EMIT q.explanationFailed(tr("The data set of this image is not open."));
        return;
    }
    Answer reply;
    if (subject->sample) {
        const Sample& sample = dataset->samples[*subject->sample];
        reply.title = QString::fromStdString(sample.path);
        reply.truth = sample.label;
    } else {
        reply.title = QFileInfo(subject->file).fileName();
    }
    ExplainRequest request;
    request.source.runFolder = run->folder;
    request.truth = reply.truth;
    request.method = question.method;
    request.target = question.target.toStdString();
    request.layer = question.layer.toStdString();
    if (request.target == "true" && reply.truth < 0)
        request.target = "predicted";
    const auto live = state == RunState::Idle ? nullptr : control;
    reply.live = live != nullptr;
    Q_EMIT q.explanationAsked(reply.title);
    explainLane.submit([this, request, reply, live, asked = *subject, data = dataset,
                        settings = run->experiment.data](std::stop_token stop) mutable {
        const auto fail = [&](const Error& error) {
            deliver(stop,
                    [this, message = QString::fromStdString(error.message)] { Q_EMIT q.explanationFailed(message); });
        };
        auto image = asked.sample
                         ? data->source->decoded(data->samples[*asked.sample], settings.colorMode, settings.orientation)
                         : readImage(asked.file.toStdString(), settings.colorMode, settings.orientation);
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
        auto explanation = (*engine)->explain(request, stop);
        if (!explanation)
            return fail(explanation.error());
        reply.explanation = std::move(*explanation);
        reply.image = seen(std::move(*image), settings);
        reply.shown = forScreen(reply.image);
        deliver(stop, [this, shared = std::make_shared<const Answer>(std::move(reply))] {
            answer = shared;
            Q_EMIT q.explanationReady();
        });
    });
}

} // namespace sightline::ui
