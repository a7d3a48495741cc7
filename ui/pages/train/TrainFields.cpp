// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/TrainFields.h"

#include <QCoreApplication>

#include <algorithm>

#include "look/ChoiceWords.h"
#include "pages/train/TrainDetails.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

namespace {
using E = Experiment;
using Optimizer = OptimizerSettings::Name;

QString tr(const char* text) {
    return QCoreApplication::translate("TrainFields", text);
}
QString path(const char* key) {
    return QStringLiteral("training.") + QLatin1String(key);
}
bool stops(const E& e) {
    return e.training.earlyStopping.has_value();
}
bool reduces(const E& e) {
    return e.training.reduceLrOnPlateau.has_value();
}
auto optimizer(std::initializer_list<Optimizer> names) {
    return [names = std::vector<Optimizer>(names)](const E& e) {
        return std::find(names.begin(), names.end(), e.training.optimizer.name) != names.end();
    };
}

int monitorIndex(const std::string& monitor) {
    return static_cast<int>(kMonitors.indexOf(QString::fromStdString(monitor)));
}

void addMain(SettingsForm& form) {
    form.section({});
    form.text(
        {QStringLiteral("name"), tr("Name"), {}, {}}, [](const E& e) { return QString::fromStdString(e.name); },
        [](E& e, const QString& v) { e.name = v.toStdString(); });
    form.whole(
        {path("epochs"), tr("Epochs"), {}, {}}, [](const E& e) { return e.training.epochs; },
        [](E& e, int v) { e.training.epochs = v; });
    form.whole(
        {path("batch_size"), tr("Batch size"), tr("images"), {}}, [](const E& e) { return e.training.batchSize; },
        [](E& e, int v) { e.training.batchSize = v; });
    form.number(
        {QStringLiteral("data.validation_split"),
         tr("Validation split"),
         {},
         tr("Fraction of the training images, if there is no validation folder.")},
        [](const E& e) { return e.data.validationSplit; }, [](E& e, double v) { e.data.validationSplit = v; });
    form.choice(
        {QStringLiteral("data.split"),
         tr("Draw validation"),
         {},
         {},
         [](const E& e) { return e.data.validationSplit > 0; }},
        choiceTitles("data.split"), [](const E& e) { return static_cast<int>(e.data.split); },
        [](E& e, int v) { e.data.split = static_cast<SplitRule>(v); });
}

void addOptimizer(SettingsForm& form) {
    form.section(tr("Optimizer"));
    form.choice(
        {path("optimizer.name"), tr("Algorithm"), {}, {}}, choiceTitles("training.optimizer.name"),
        [](const E& e) { return static_cast<int>(e.training.optimizer.name); },
        [](E& e, int v) { e.training.optimizer.name = static_cast<Optimizer>(v); });
    form.number(
        {path("optimizer.learning_rate"), tr("Learning rate"), {}, {}},
        [](const E& e) { return e.training.optimizer.learningRate; },
        [](E& e, double v) { e.training.optimizer.learningRate = v; });
    form.number(
        {path("optimizer.momentum"), tr("Momentum"), {}, {}, optimizer({Optimizer::Sgd, Optimizer::RmsProp})},
        [](const E& e) { return e.training.optimizer.momentum; },
        [](E& e, double v) { e.training.optimizer.momentum = v; });
    form.toggle(
        {path("optimizer.nesterov"), tr("Nesterov"), {}, {}, optimizer({Optimizer::Sgd})},
        [](const E& e) { return e.training.optimizer.nesterov; },
        [](E& e, bool v) { e.training.optimizer.nesterov = v; });
    form.number(
        {path("optimizer.weight_decay"), tr("Weight decay"), {}, {}},
        [](const E& e) { return e.training.optimizer.weightDecay; },
        [](E& e, double v) { e.training.optimizer.weightDecay = v; });
    form.choice(
        {path("schedule.name"), tr("Schedule"), {}, {}}, choiceTitles("training.schedule.name"),
        [](const E& e) { return static_cast<int>(e.training.schedule.name); },
        [](E& e, int v) { e.training.schedule.name = static_cast<ScheduleSettings::Name>(v); });
    form.whole(
        {path("schedule.step_epochs"),
         tr("Step every"),
         tr("epochs"),
         {},
         [](const E& e) { return e.training.schedule.name == ScheduleSettings::Name::Step; }},
        [](const E& e) { return e.training.schedule.stepEpochs; },
        [](E& e, int v) { e.training.schedule.stepEpochs = v; });
}

void addStalling(SettingsForm& form) {
    form.section(tr("On plateau"));
    form.toggle({path("early_stopping on"), tr("Early stopping"), {}, {}}, stops, [](E& e, bool v) {
        e.training.earlyStopping = v ? std::optional(EarlyStoppingSettings{}) : std::nullopt;
    });
    form.choice(
        {path("early_stopping.monitor"), tr("Monitor"), {}, {}, stops}, choiceTitles("monitor"),
        [](const E& e) { return monitorIndex(e.training.earlyStopping.value_or(EarlyStoppingSettings{}).monitor); },
        [](E& e, int v) {
            if (e.training.earlyStopping && v >= 0)
                e.training.earlyStopping->monitor = kMonitors[v].toStdString();
        });
    form.whole(
        {path("early_stopping.patience"), tr("Patience"), tr("epochs"), {}, stops},
        [](const E& e) { return e.training.earlyStopping.value_or(EarlyStoppingSettings{}).patience; },
        [](E& e, int v) {
            if (e.training.earlyStopping)
                e.training.earlyStopping->patience = v;
        });
    form.toggle(
        {path("early_stopping.restore_best_weights"), tr("Restore best weights"), {}, {}, stops},
        [](const E& e) { return e.training.earlyStopping.value_or(EarlyStoppingSettings{}).restoreBestWeights; },
        [](E& e, bool v) {
            if (e.training.earlyStopping)
                e.training.earlyStopping->restoreBestWeights = v;
        });
    form.toggle({path("reduce_lr_on_plateau on"), tr("Reduce learning rate"), {}, {}}, reduces, [](E& e, bool v) {
        e.training.reduceLrOnPlateau = v ? std::optional(ReduceLrSettings{}) : std::nullopt;
    });
    form.number(
        {path("reduce_lr_on_plateau.factor"), tr("Factor"), {}, {}, reduces},
        [](const E& e) { return e.training.reduceLrOnPlateau.value_or(ReduceLrSettings{}).factor; },
        [](E& e, double v) {
            if (e.training.reduceLrOnPlateau)
                e.training.reduceLrOnPlateau->factor = v;
        });
    form.whole(
        {path("reduce_lr_on_plateau.patience"), tr("Patience"), tr("epochs"), {}, reduces},
        [](const E& e) { return e.training.reduceLrOnPlateau.value_or(ReduceLrSettings{}).patience; },
        [](E& e, int v) {
            if (e.training.reduceLrOnPlateau)
                e.training.reduceLrOnPlateau->patience = v;
        });
}

void addMore(SettingsForm& form) {
    form.section(tr("More"), true);
    form.number(
        {path("loss.label_smoothing"), tr("Label smoothing"), {}, {}},
        [](const E& e) { return e.training.loss.labelSmoothing; },
        [](E& e, double v) { e.training.loss.labelSmoothing = v; });
    form.toggle(
        {path("loss.class_weight"), tr("Balance classes"), {}, tr("Gives rare classes more weight.")},
        [](const E& e) { return e.training.loss.balancedClassWeight; },
        [](E& e, bool v) { e.training.loss.balancedClassWeight = v; });
    form.toggle(
        {path("balanced"), tr("Draw classes equally"), {}, tr("Shows images of rare classes more often.")},
        [](const E& e) { return e.training.balanced; }, [](E& e, bool v) { e.training.balanced = v; });
    form.number(
        {path("optimizer.clip_norm"), tr("Clip gradients at"), {}, tr("Global norm; 0 = off.")},
        [](const E& e) { return e.training.optimizer.clipNorm; },
        [](E& e, double v) { e.training.optimizer.clipNorm = v; });
    form.choice(
        {path("precision"), tr("Precision"), {}, {}}, choiceTitles("training.precision"),
        [](const E& e) { return static_cast<int>(e.training.precision); },
        [](E& e, int v) { e.training.precision = static_cast<Precision>(v); });
    form.number(
        {path("save_every_minutes"), tr("Save every"), tr("minutes"), tr("0 = only after each epoch.")},
        [](const E& e) { return e.training.saveEveryMinutes; },
        [](E& e, double v) { e.training.saveEveryMinutes = v; });
    form.whole(
        {path("threads"), tr("Threads"), {}, tr("0 = all cores.")}, [](const E& e) { return e.training.threads; },
        [](E& e, int v) { e.training.threads = v; });
    form.whole(
        {path("loader_threads"), tr("Loader threads"), {}, tr("Read and augment images; 0 = automatic.")},
        [](const E& e) { return e.training.loaderThreads; }, [](E& e, int v) { e.training.loaderThreads = v; });
    form.seed(
        {QStringLiteral("seed"), tr("Seed"), {}, tr("Same seed, same run.")}, [](const E& e) { return e.seed; },
        [](E& e, std::uint64_t v) { e.seed = v; });
    addTrainDetails(form);
}

} // namespace

void addTrainFields(SettingsForm& form) {
    addMain(form);
    addOptimizer(form);
    addStalling(form);
    addMore(form);
}

} // namespace sightline::ui
