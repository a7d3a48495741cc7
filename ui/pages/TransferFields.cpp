// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/TransferFields.h"

#include <QCoreApplication>

#include "engine/Engine.h"
#include "look/ChoiceWords.h"
#include "network/Freezing.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("TransferFields", text);
}
QString headTitle() {
    return tr("Custom classifier");
}
QString tuningTitle() {
    return tr("Feature extraction and fine-tuning");
}

constexpr int kAnyClasses = 10; ///< the blocks are the same for every number

QString listText(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers)
        words << QString::number(number);
    return words.join(QStringLiteral(", "));
}

std::vector<int> listFrom(const QString& text) {
    std::vector<int> numbers;
    for (const QString& word : text.split(QLatin1Char(','), Qt::SkipEmptyParts))
        numbers.push_back(word.trimmed().toInt()); // 0 where it is none: the field then says what is wrong
    return numbers;
}

QString ratesText(const std::map<std::string, double>& rates) {
    QStringList words;
    for (const auto& [block, rate] : rates)
        words << QString::fromStdString(block) + QStringLiteral(": ") + QString::number(rate);
    return words.join(QStringLiteral(", "));
}

std::map<std::string, double> ratesFrom(const QString& text) {
    std::map<std::string, double> rates;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QStringList halves = part.split(QLatin1Char(':'));
        rates[halves[0].trimmed().toStdString()] =
            halves.size() == 2 ? halves[1].trimmed().toDouble() : -1; // -1: the field then says what is wrong
    }
    return rates;
}

SettingsForm::Items blocks(const Experiment& experiment) {
    SettingsForm::Items items{{tr("The first layer"), QStringLiteral("all")}};
    if (const auto graph = graphFor(experiment, kAnyClasses)) {
        for (const NodeBlock& block : blocksOf(*graph))
            items.emplace_back(QString::fromStdString(block.id), QString::fromStdString(block.id));
    }
    return items;
}

HeadSettings headOf(const Experiment& experiment) {
    return experiment.model.head.value_or(HeadSettings{});
}
FineTuneSettings tuningOf(const Experiment& experiment) {
    return experiment.training.fineTune.value_or(FineTuneSettings{});
}
/// A setter of one field of an optional block; nothing where the block has gone.
template <typename Value, typename Block, typename Set>
auto within(std::optional<Block>& (*block)(Experiment&), Set set) {
    return [block, set](Experiment& e, Value value) {
        if (std::optional<Block>& there = block(e))
            set(*there, value);
    };
}

std::optional<HeadSettings>& head(Experiment& experiment) {
    return experiment.model.head;
}
std::optional<FineTuneSettings>& tuning(Experiment& experiment) {
    return experiment.training.fineTune;
}
bool hasHead(const Experiment& experiment) {
    return experiment.model.head.has_value();
}
bool fineTunes(const Experiment& experiment) {
    return experiment.training.fineTune.has_value();
}

} // namespace

namespace {

void addHead(SettingsForm& form) {
    form.section(headTitle(), true);
    form.toggle({QStringLiteral("model.head.replaced"),
                 tr("Replace the classifier"),
                 {},
                 tr("New layers on the last feature map of the base, for any network.")},
                hasHead, [](Experiment& e, bool on) {
                    if (on != hasHead(e))
                        e.model.head = on ? std::optional(HeadSettings{}) : std::nullopt;
                });
    form.choice(
        {QStringLiteral("model.head.pooling"), tr("Pooling"), {}, {}, hasHead}, choiceTitles("model.head.pooling"),
        [](const Experiment& e) { return static_cast<int>(headOf(e).pooling); },
        within<int>(head, [](HeadSettings& h, int at) { h.pooling = static_cast<HeadSettings::Pooling>(at); }));
    form.text(
        {QStringLiteral("model.head.dense"),
         tr("Hidden layers"),
         {},
         tr("Units per layer, such as 256, 128; empty for none."),
         hasHead},
        [](const Experiment& e) { return listText(headOf(e).dense); },
        within<QString>(head, [](HeadSettings& h, const QString& text) { h.dense = listFrom(text); }));
    form.slider(
        {QStringLiteral("model.head.dropout"), tr("Dropout"), {}, {}, hasHead}, 0, 0.9, 0.05,
        [](const Experiment& e) { return headOf(e).dropout; },
        within<double>(head, [](HeadSettings& h, double rate) { h.dropout = rate; }));
}

void addFreezing(SettingsForm& form) {
    form.section(tuningTitle(), true);
    form.toggle(
        {QStringLiteral("training.cache_features"),
         tr("Cache features"),
         {},
         tr("With a frozen base and no augmentation, its outputs are computed once and the classifier trains many "
            "times faster.")},
        [](const Experiment& e) { return e.training.cacheFeatures; },
        [](Experiment& e, bool on) { e.training.cacheFeatures = on; });
    form.toggle({QStringLiteral("training.fine_tune.planned"),
                 tr("Unfreeze later"),
                 {},
                 tr("Once the classifier is trained, frozen layers are trained too, at a lower learning rate.")},
                fineTunes, [](Experiment& e, bool on) {
                    if (on != fineTunes(e))
                        e.training.fineTune = on ? std::optional(FineTuneSettings{}) : std::nullopt;
                });
    form.whole(
        {QStringLiteral("training.fine_tune.at_epoch"), tr("At epoch"), {}, {}, fineTunes},
        [](const Experiment& e) { return tuningOf(e).atEpoch; },
        within<int>(tuning, [](FineTuneSettings& t, int v) { t.atEpoch = v; }));
    form.pick(
        {QStringLiteral("training.fine_tune.unfreeze"), tr("Unfreeze from"), {}, {}, fineTunes}, blocks,
        [](const Experiment& e) { return QString::fromStdString(tuningOf(e).unfreeze); },
        within<QString>(tuning, [](FineTuneSettings& t, const QString& v) { t.unfreeze = v.toStdString(); }));
    form.number(
        {QStringLiteral("training.fine_tune.learning_rate_factor"), tr("Learning rate factor"), {}, {}, fineTunes},
        [](const Experiment& e) { return tuningOf(e).learningRateFactor; },
        within<double>(tuning, [](FineTuneSettings& t, double v) { t.learningRateFactor = v; }));
    form.whole(
        {QStringLiteral("training.fine_tune.gradual"), tr("One block every"), tr("epochs"), tr("0 = all at once."),
         fineTunes},
        [](const Experiment& e) { return tuningOf(e).gradual; },
        within<int>(tuning, [](FineTuneSettings& t, int v) { t.gradual = v; }));
    form.text(
        {QStringLiteral("training.fine_tune.per_block"),
         tr("Per-block learning rates"),
         {},
         tr("Factors, such as layer4: 0.5, layer3: 0.2."),
         fineTunes},
        [](const Experiment& e) { return ratesText(tuningOf(e).perBlock); },
        within<QString>(tuning, [](FineTuneSettings& t, const QString& text) { t.perBlock = ratesFrom(text); }));
}

} // namespace

void addTransferFields(SettingsForm& form) {
    addHead(form);
    addFreezing(form);
}

void showTransferFields(SettingsForm& form, const Experiment& experiment) {
    if (hasHead(experiment))
        form.unfold(headTitle());
    if (fineTunes(experiment) || experiment.training.cacheFeatures)
        form.unfold(tuningTitle());
}

} // namespace sightline::ui
