// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/TrainDetails.h"

#include <QCoreApplication>

#include <optional>

#include "look/ChoiceWords.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

namespace {
using E = Experiment;
using T = TrainingSettings;
using Stopping = EarlyStoppingSettings;
using Reducing = ReduceLrSettings;
using Schedule = ScheduleSettings;

QString tr(const char* text) {
    return QCoreApplication::translate("TrainDetails", text);
}
QString path(const char* key) {
    return QStringLiteral("training.") + QLatin1String(key);
}

/// A setting of a block that may be off: then it has its default, and cannot be set.
template <typename Block, typename Value>
auto getter(std::optional<Block> T::*block, Value Block::*part) {
    return [=](const E& e) { return (e.training.*block).value_or(Block{}).*part; };
}
template <typename Block, typename Value>
auto setter(std::optional<Block> T::*block, Value Block::*part) {
    return [=](E& e, Value value) {
        if (e.training.*block)
            *(e.training.*block).*part = value;
    };
}
template <typename Value>
auto getter(Value Schedule::*part) {
    return [=](const E& e) { return e.training.schedule.*part; };
}
template <typename Value>
auto setter(Value Schedule::*part) {
    return [=](E& e, Value value) { e.training.schedule.*part = value; };
}

bool stops(const E& e) {
    return e.training.earlyStopping.has_value();
}
bool reduces(const E& e) {
    return e.training.reduceLrOnPlateau.has_value();
}
auto schedule(Schedule::Name name) {
    return [name](const E& e) { return e.training.schedule.name == name; };
}

template <typename Block>
void addMode(SettingsForm& form, const SettingsForm::Field& field, std::optional<Block> T::*block) {
    form.choice(
        field, choiceTitles("mode"),
        [=](const E& e) { return static_cast<int>((e.training.*block).value_or(Block{}).mode); },
        [=](E& e, int v) {
            if (e.training.*block)
                (e.training.*block)->mode = static_cast<MonitorMode>(v);
        });
}

void addSchedule(SettingsForm& form) {
    form.whole({path("schedule.warmup_epochs"), tr("Warm-up"), tr("epochs"),
                tr("The learning rate rises from 0; 0 = off."), [](const E& e) { return !reduces(e); }},
               getter(&Schedule::warmupEpochs), setter(&Schedule::warmupEpochs));
    form.number({path("schedule.min_lr"), tr("Lowest rate"), {}, {}, schedule(Schedule::Name::Cosine)},
                getter(&Schedule::minLr), setter(&Schedule::minLr));
    form.number({path("schedule.gamma"), tr("Step factor"), {}, {}, schedule(Schedule::Name::Step)},
                getter(&Schedule::gamma), setter(&Schedule::gamma));
}

void addStopping(SettingsForm& form) {
    constexpr auto kBlock = &T::earlyStopping;
    addMode(form, {path("early_stopping.mode"), tr("Stopping: mode"), {}, {}, stops}, kBlock);
    form.number(
        {path("early_stopping.min_delta"), tr("Stopping: margin"), {}, tr("Smaller changes do not count."), stops},
        getter(kBlock, &Stopping::minDelta), setter(kBlock, &Stopping::minDelta));
    form.whole({path("early_stopping.start_from_epoch"), tr("Stopping: skip"), tr("epochs"),
                tr("The first ones do not count."), stops},
               getter(kBlock, &Stopping::startFromEpoch), setter(kBlock, &Stopping::startFromEpoch));
    const auto hasBaseline = [](const E& e) { return stops(e) && e.training.earlyStopping->baseline.has_value(); };
    form.toggle({path("early_stopping.baseline on"),
                 tr("Stopping: baseline"),
                 {},
                 tr("Stops unless a value is reached in time."),
                 stops},
                hasBaseline, [](E& e, bool v) {
                    if (e.training.earlyStopping)
                        e.training.earlyStopping->baseline = v ? std::optional(0.0) : std::nullopt;
                });
    form.number(
        {path("early_stopping.baseline"), tr("Value to reach"), {}, {}, hasBaseline},
        [=](const E& e) { return hasBaseline(e) ? *e.training.earlyStopping->baseline : 0.0; },
        [=](E& e, double v) {
            if (hasBaseline(e))
                e.training.earlyStopping->baseline = v;
        });
}

void addReducing(SettingsForm& form) {
    constexpr auto kBlock = &T::reduceLrOnPlateau;
    form.choice(
        {path("reduce_lr_on_plateau.monitor"), tr("Reducing: monitor"), {}, {}, reduces}, choiceTitles("monitor"),
        [=](const E& e) {
            const std::string monitor = (e.training.*kBlock).value_or(Reducing{}).monitor;
            return static_cast<int>(kMonitors.indexOf(QString::fromStdString(monitor)));
        },
        [=](E& e, int v) {
            if (e.training.*kBlock && v >= 0)
                (e.training.*kBlock)->monitor = kMonitors[v].toStdString();
        });
    addMode(form, {path("reduce_lr_on_plateau.mode"), tr("Reducing: mode"), {}, {}, reduces}, kBlock);
    form.number({path("reduce_lr_on_plateau.min_delta"),
                 tr("Reducing: margin"),
                 {},
                 tr("Smaller changes do not count."),
                 reduces},
                getter(kBlock, &Reducing::minDelta), setter(kBlock, &Reducing::minDelta));
    form.number({path("reduce_lr_on_plateau.min_lr"), tr("Reducing: lowest"), {}, {}, reduces},
                getter(kBlock, &Reducing::minLr), setter(kBlock, &Reducing::minLr));
    form.whole({path("reduce_lr_on_plateau.cooldown"), tr("Reducing: cooldown"), tr("epochs"), {}, reduces},
               getter(kBlock, &Reducing::cooldown), setter(kBlock, &Reducing::cooldown));
}

/// With the default in every part it is absent, which also fits images without validation.
void setCheckpoint(E& e, const CheckpointSettings& next) {
    e.training.checkpoint = next == CheckpointSettings{} ? std::nullopt : std::optional(next);
}

void addCheckpoint(SettingsForm& form) {
    const auto now = [](const E& e) { return e.training.checkpoint.value_or(CheckpointSettings{}); };
    form.choice(
        {path("checkpoint.monitor"), tr("Best epoch by"), {}, {}},
        choiceTitles("monitor") + QStringList{tr("None: the last")},
        [=](const E& e) {
            const std::string monitor = now(e).monitor;
            return static_cast<int>(monitor.empty() ? kMonitors.size()
                                                    : kMonitors.indexOf(QString::fromStdString(monitor)));
        },
        [=](E& e, int v) {
            CheckpointSettings next = now(e);
            if (v >= 0)
                next.monitor = v < kMonitors.size() ? kMonitors[v].toStdString() : std::string();
            setCheckpoint(e, next);
        });
    form.whole(
        {path("checkpoint.keep"), tr("Keep every"), tr("epochs"), tr("0 = only the best and the last.")},
        [=](const E& e) { return now(e).keepEvery; },
        [=](E& e, int v) {
            CheckpointSettings next = now(e);
            next.keepEvery = v;
            setCheckpoint(e, next);
        });
}

} // namespace

void addTrainDetails(SettingsForm& form) {
    addSchedule(form);
    addStopping(form);
    addReducing(form);
    addCheckpoint(form);
}

} // namespace sightline::ui
