// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Steering.h"

#include <torch/types.h>

#include <stdexcept>
#include <utility>

#include "engine/ProbeImages.h"
#include "engine/train/RunEdits.h"

namespace sightline::engine {

namespace {

constexpr const char *kOutcome = "outcome", *kReason = "reason", *kKind = "kind", *kChanges = "changes"; // of rank 0

} // namespace

Steering::Steering(const Parts& parts, SteeringHooks hooks)
    : m_setup(parts.setup), m_state(parts.state), m_reporter(parts.reporter), m_control(parts.control),
      m_stop(parts.stop), m_waitsForRoom(parts.waitsForRoom), m_hooks(std::move(hooks)),
      m_plan(parts.setup, parts.state, parts.moments, parts.reporter, parts.stop),
      m_boundary(parts.setup, parts.control, parts.reporter, parts.stop) {}

Result<void> Steering::save(Here& here) {
    Result<void> saved = m_hooks.save();
    here.isSaved = saved.ok();
    here.fault = saved ? std::nullopt : std::optional(saved.error());
    return saved;
}

void Steering::obey(TrainCommand& command, Here& here) {
    const bool isEdit = command.kind == TrainCommand::Kind::Edit;
    if (isEdit && !here.mayEdit) {
        m_waiting.push_back(std::move(command));
        return;
    }
    m_isToStop = m_isToStop || command.kind == TrainCommand::Kind::Stop;
    const Result<void> done = isEdit                                     ? edit(command.settings)
                              : command.kind == TrainCommand::Kind::Look ? m_hooks.show(command)
                                                                         : save(here);
    if (isEdit && done)
        here.isSaved = false;
    if (command.answered)
        command.answered(done);
}

std::optional<Ending> Steering::betweenBatches(bool mayEdit) {
    return together([&] { return decideBetweenBatches(mayEdit); });
}

std::optional<Ending> Steering::decideBetweenBatches(bool mayEdit) {
    Here here{mayEdit, false, {}};
    m_boundary.pass(
        m_state.step, [&](TrainCommand& command) { obey(command, here); },
        [&] { return here.isSaved || save(here).ok(); });
    m_isToStop = m_isToStop || m_stop.stop_requested();
    if (!here.fault && !here.isSaved && (m_isToStop || m_hooks.isSaveDue()))
        static_cast<void>(save(here));
    if (here.fault)
        return failed(*here.fault);
    if (mayEdit && !m_isToStop)
        if (const Result<void> repeated = repeatEdits(); !repeated)
            return failed(repeated.error());
    if (m_isToStop)
        return stopped("in epoch " + std::to_string(m_state.epoch) + " after batch " + std::to_string(m_state.batch));
    return {};
}

std::optional<Ending> Steering::afterEpoch(const Result<void>& kept,
                                           const std::function<std::optional<Ending>()>& decide) {
    return together([&]() -> std::optional<Ending> {
        if (!kept)
            return failed(kept.error());
        for (const TrainCommand& command : std::exchange(m_waiting, {})) {
            const Result<void> done = edit(command.settings);
            if (command.answered)
                command.answered(done);
        }
        return decide();
    });
}

std::optional<Ending> Steering::beforeEpoch() {
    return together([this]() -> std::optional<Ending> {
        const Result<void> repeated = repeatEdits();
        return repeated ? std::nullopt : std::optional(failed(repeated.error()));
    });
}

/// What rank 0 says where the others heed(): nothing to go on, else an edit that takes effect now, or the end.
std::optional<Ending> Steering::together(const std::function<std::optional<Ending>()>& decide) {
    if (!m_setup.keeps())
        return heed();
    const std::optional<Ending> ending = decide();
    if (m_setup.ranks)
        m_setup.ranks->fromFirst(ending ? toText(Json{{kOutcome, static_cast<int>(ending->outcome)},
                                                      {kReason, ending->reason},
                                                      {kKind, static_cast<int>(ending->kind)}},
                                                 -1)
                                        : std::string());
    return ending;
}

/// Does as rank 0 does.
std::optional<Ending> Steering::heed() {
    for (;;) {
        const std::string text = m_setup.ranks->fromFirst({});
        if (text.empty())
            return {};
        const Json said = Json::parse(text);
        if (said.contains(kOutcome))
            return Ending{static_cast<RunEnded::Outcome>(said[kOutcome].get<int>()), said[kReason].get<std::string>(),
                          static_cast<ErrorKind>(said[kKind].get<int>())};
        const Result<Experiment> next = withChanges(m_setup.experiment, said[kChanges]);
        if (!next)
            throw std::runtime_error(next.error().message);
        takeEffect(*next, said[kChanges]);
    }
}

/// Other settings from the next batch on. What is refused changes nothing.
Result<void> Steering::edit(const std::vector<Setting>& settings) {
    Result<EditedExperiment> now = editedInEffect(m_setup.experiment, m_state.baseRate, settings, m_setup.later);
    if (!now)
        return now.error();
    nameDropout(now->changes, m_setup.module->spec());
    if (now->changes.empty())
        return {};
    if (now->changes.contains("training.probes"))
        if (const auto found = probeProblems(now->experiment.training.probes, m_setup.dataset); !found.empty())
            return badInput(joined(found) + ".");
    if (const Result<void> changed = change(now->experiment, now->changes); !changed)
        return changed;
    m_setup.dropLater(now->changes);
    m_reporter.report(noteOfEdit(now->changes, m_state.place()));
    return {};
}

Result<void> Steering::repeatEdits() {
    while (!m_setup.later.empty() && m_setup.later.front().place <= m_state.place()) {
        const RecordedEdit edit = std::move(m_setup.later.front());
        m_setup.later.erase(m_setup.later.begin());
        const Result<Experiment> next = withChanges(m_setup.experiment, edit.changes);
        if (!next)
            return next.error();
        if (const Result<void> changed = change(*next, edit.changes); !changed)
            return changed;
        m_reporter.report(RunNote{"As before: " + noteOfEdit(edit.changes, edit.place).message});
    }
    return {};
}

/// Either all of it takes effect or, with an error, nothing; what breaks on the way ends the run.
Result<void> Steering::change(const Experiment& next, const Json& changes) {
    const int epochs = m_state.isWithinEpoch() ? m_state.epoch : m_state.finished();
    if (const Result<void> may =
            mayGoOnWith(next, {m_setup.experiment, m_setup.module->spec(), m_setup.dataset, *m_setup.folder, epochs});
        !may)
        return may;
    if (m_setup.ranks)
        m_setup.ranks->fromFirst(toText(Json{{kChanges, changes}}, -1));
    takeEffect(next, changes);
    return {};
}

void Steering::takeEffect(const Experiment& next, const Json& changes) {
    const auto must = [](const Result<void>& done) {
        if (!done)
            throw std::runtime_error(done.error().message);
    };
    const EditEffect effect = goOnWith(next, changes, m_setup, m_state);
    bool opened = false;
    if (effect.plan)
        must(follow(m_state.epoch, m_setup.experiment, &opened));
    if (effect.feeds && !opened) {
        const Result<bool> done = m_plan.openFeeds();
        must(done ? Result<void>() : done.error());
        m_hooks.feedsOpened();
    }
    if ((effect.plan || effect.feeds) && m_state.isWithinEpoch())
        m_hooks.enterEpoch();
}

Result<void> Steering::follow(int epoch, const Experiment& by, bool* openedFeeds) {
    const Result<bool> opened = m_plan.follow(epoch, by);
    if (!opened)
        return opened.error();
    if (*opened)
        m_hooks.feedsOpened();
    if (openedFeeds)
        *openedFeeds = *opened;
    return {};
}

bool Steering::waitForRoom(const Error& error) {
    if (!m_waitsForRoom || m_isToStop || m_stop.stop_requested())
        return false;
    m_control.pause();
    m_reporter.tell(RunPaused{true, error.message});
    while (!m_isToStop && m_control.waitWhilePaused(m_stop)) {
        m_boundary.publish(m_state.step);
        for (const TrainCommand& command : m_control.take()) {
            m_isToStop = m_isToStop || command.kind == TrainCommand::Kind::Stop;
            if (command.answered)
                command.answered(error);
        }
    }
    m_reporter.tell(RunPaused{false});
    return !m_isToStop && !m_stop.stop_requested();
}

void Steering::end() {
    for (const TrainCommand& command : std::exchange(m_waiting, {}))
        if (command.answered)
            command.answered(Error{"The run has ended."});
    m_control.runEnded();
}

} // namespace sightline::engine
