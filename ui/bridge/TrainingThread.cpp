// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/TrainingThread.h"

#include "lane/Caught.h"

namespace sightline::ui {

TrainingThread::TrainingThread(EngineDoor door) : m_door(std::move(door)) {}

TrainingThread::~TrainingThread() {
    requestStop();
}

void TrainingThread::requestStop() {
    m_thread.request_stop();
    m_control->resume();
}

void TrainingThread::stopAfterEpoch(bool on) {
    m_control->stopAfterEpoch(on);
    if (on)
        m_control->resume();
}

void TrainingThread::save() {
    const auto answered = [this](const Result<void>& done) { // on the training thread
        if (!done)
            m_mailbox.post([this, why = QString::fromStdString(done.error().message)] { Q_EMIT refused(why); });
    };
    m_control->post({TrainCommand::Kind::Save, {}, answered});
}

void TrainingThread::edit(const std::vector<Setting>& settings, const QString& asker) {
    const auto answered = [this, asker](const Result<void>& done) { // on the training thread
        const QString refusal = done ? QString() : QString::fromStdString(done.error().message);
        m_mailbox.post([this, asker, refusal] { Q_EMIT editAnswered(asker, refusal); });
    };
    m_control->post({TrainCommand::Kind::Edit, settings, answered});
}

void TrainingThread::start(TrainRequest request, First first, std::function<void()> unbegun) {
    m_control = std::make_shared<TrainControl>();
    m_thread = std::jthread([this, control = m_control, request = std::move(request), first = std::move(first),
                             unbegun = std::move(unbegun)](const std::stop_token& stop) mutable {
        bool begun = false;
        std::optional<RunEnded> ended; // told last of all: what was made for a run that did not begin is gone by then
        const auto done = caught([&] {
            if (Result<void> ready = first(request, stop); !ready)
                return ready;
            const auto engine = m_door();
            if (!engine)
                return Result<void>(engine.error());
            (*engine)->train(request, stop, *control, [&](const TrainEvent& event) {
                begun = begun || std::holds_alternative<RunStarted>(event);
                if (const auto* last = std::get_if<RunEnded>(&event))
                    ended = *last;
                else
                    sink(event, request.experiment);
            });
            return Result<void>();
        });
        if (!begun && unbegun)
            unbegun();
        if (ended)
            return sink(*ended, request.experiment);
        RunEnded end;
        end.outcome = RunEnded::Outcome::Failed;
        end.reason = done ? "Training ended without a result." : done.error().message;
        if (!done && done.error().kind == ErrorKind::Cancelled) {
            end.outcome = RunEnded::Outcome::Stopped;
            end.reason = "Stopped before the first batch.";
        }
        sink(end, request.experiment);
    });
}

void TrainingThread::startSeries(Series series) {
    m_control = std::make_shared<TrainControl>();
    m_thread = std::jthread([this, control = m_control, series = std::move(series)](const std::stop_token& stop) {
        const auto done = caught([&] {
            const auto engine = m_door();
            if (!engine)
                return Result<void>(engine.error());
            const auto next = [this](std::size_t index, std::size_t count, const std::string& words) {
                m_mailbox.post([this, index, count, words = QString::fromStdString(words)] {
                    Q_EMIT seriesAdvanced(index, count, words);
                });
            };
            series(
                **engine, stop, *control, [&](const TrainEvent& event) { sink(event, {}); }, next);
            return Result<void>();
        });
        const QString failure = done ? QString() : QString::fromStdString(done.error().message);
        m_mailbox.post([this, failure] { Q_EMIT seriesEnded(failure); });
    });
}

void TrainingThread::sink(const TrainEvent& event, const Experiment& asked) {
    if (const auto* started = std::get_if<RunStarted>(&event)) {
        ReadRun begun = readBegun(*started, asked);
        const std::scoped_lock lock(m_mutex);
        m_begun = std::move(begun);
    }
    if (m_events.push(event))
        m_mailbox.post([this] { drain(); });
}

ReadRun TrainingThread::takeBegun() {
    const std::scoped_lock lock(m_mutex);
    ReadRun begun = m_begun ? std::move(*m_begun) : ReadRun{std::make_shared<const OpenedRun>(), {}};
    m_begun.reset();
    return begun;
}

void TrainingThread::drain() {
    for (const TrainEvent& event : m_events.take())
        Q_EMIT happened(event);
}

} // namespace sightline::ui
