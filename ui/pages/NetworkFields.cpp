// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NetworkFields.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cstdint>

#include "look/ChoiceWords.h"
#include "widgets/SettingsForm.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {
using E = Experiment;

QString tr(const char* text) {
    return QCoreApplication::translate("NetworkFields", text);
}

/// Zoo options come as JSON: how a field reads one, with the option's default where the experiment says nothing.
Json optionOf(const Experiment& experiment, const ZooOption& option) {
    return experiment.model.options.contains(option.key) ? experiment.model.options.at(option.key)
                                                         : option.defaultValue;
}

void setOption(Experiment& experiment, const ZooOption& option, Json value) {
    if (value == option.defaultValue)
        experiment.model.options.erase(option.key);
    else
        experiment.model.options[option.key] = std::move(value);
}

QString listText(const Json& list) {
    QStringList words;
    for (const Json& item : list)
        words << QString::fromStdString(item.dump());
    return words.join(QStringLiteral(", "));
}

Json listFrom(const QString& text) {
    Json list = Json::array();
    for (const QString& word : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        bool read = false;
        const int number = word.trimmed().toInt(&read);
        list.push_back(read ? Json(number) : Json(word.trimmed().toStdString()));
    }
    return list;
}

QString capitalized(const std::string& words) {
    const QString all = QString::fromStdString(words);
    return all.left(1).toUpper() + all.mid(1);
}

void addOption(SettingsForm& form, const ZooOption& option) {
    const QString label = option.key == "dense" ? tr("Dense layers")
                                                : capitalized(option.key).replace(QLatin1Char('_'), QLatin1Char(' '));
    const SettingsForm::Field field{
        QStringLiteral("model.options.") + QString::fromStdString(option.key), label, {}, capitalized(option.help)};
    if (!option.choices.empty()) {
        QStringList words;
        for (const Json& choice : option.choices)
            words << choiceTitle(field.path.toStdString(),
                                 choice.is_string() ? choice.get<std::string>() : choice.dump());
        form.choice(
            field, words,
            [option](const Experiment& e) {
                const auto found = std::find(option.choices.begin(), option.choices.end(), optionOf(e, option));
                return found == option.choices.end() ? -1 : static_cast<int>(found - option.choices.begin());
            },
            [option](Experiment& e, int at) { setOption(e, option, option.choices[static_cast<std::size_t>(at)]); });
    } else if (option.defaultValue.is_boolean()) {
        form.toggle(
            field,
            [option](const Experiment& e) {
                const Json v = optionOf(e, option);
                return v.is_boolean() && v.get<bool>();
            },
            [option](Experiment& e, bool v) { setOption(e, option, v); });
    } else if (option.defaultValue.is_array()) {
        form.text(
            field, [option](const Experiment& e) { return listText(optionOf(e, option)); },
            [option](Experiment& e, const QString& v) { setOption(e, option, listFrom(v)); });
    } else if (option.defaultValue.is_number_integer()) {
        form.whole(
            field,
            [option](const Experiment& e) {
                const Json v = optionOf(e, option);
                return v.is_number() ? v.get<int>() : 0;
            },
            [option](Experiment& e, int v) { setOption(e, option, v); });
    } else {
        form.number(
            field,
            [option](const Experiment& e) {
                const Json v = optionOf(e, option);
                return v.is_number() ? v.get<double>() : 0.0;
            },
            [option](Experiment& e, double v) { setOption(e, option, v); });
    }
}
} // namespace

void addZooOptions(SettingsForm& form, const ZooEntry& entry) {
    if (entry.options.empty())
        return;
    form.section(QString::fromStdString(entry.title));
    for (const ZooOption& option : entry.options)
        addOption(form, option);
}

namespace {

/// What becomes of images of another shape; the border of Fit::Pad.
void addFitFields(SettingsForm& form) {
    form.choice(
        {QStringLiteral("data.fit"), tr("Other proportions"), {}, tr("Images of another shape than width × height.")},
        choiceTitles("data.fit"), [](const E& e) { return static_cast<int>(e.data.fit); },
        [](E& e, int v) { e.data.fit = static_cast<Fit>(v); });
    static constexpr std::array<std::uint8_t, 3> kGrays{0, 128, 255};
    static constexpr int kMirror = 3, kOther = 4;
    form.choice(
        {QStringLiteral("data.pad"), tr("Border"), {}, tr("Where a border is added.")},
        {tr("Black"), tr("Gray"), tr("White"), tr("Mirrored image"), tr("Another color")},
        [](const E& e) {
            if (e.data.pad.mirror)
                return kMirror;
            for (std::size_t i = 0; i < kGrays.size(); ++i)
                if (e.data.pad.colour == Colour{kGrays[i], kGrays[i], kGrays[i]})
                    return static_cast<int>(i);
            return kOther;
        },
        [](E& e, int v) {
            if (v == kMirror)
                e.data.pad.mirror = true;
            else if (v != kOther) {
                const std::uint8_t gray = kGrays[static_cast<std::size_t>(v)];
                e.data.pad = {false, {gray, gray, gray}};
            }
        });
}

} // namespace

void addInputFields(SettingsForm& form) {
    form.section(tr("Input images"));
    form.whole(
        {QStringLiteral("data.image_size[1]"), tr("Width"), tr("pixels"), {}},
        [](const E& e) { return e.data.imageWidth; }, [](E& e, int v) { e.data.imageWidth = v; });
    form.whole(
        {QStringLiteral("data.image_size"), tr("Height"), tr("pixels"), {}},
        [](const E& e) { return e.data.imageHeight; }, [](E& e, int v) { e.data.imageHeight = v; });
    form.choice(
        {QStringLiteral("data.color_mode"), tr("Color"), {}, tr("The Data page chooses channels one by one.")},
        choiceTitles("data.color_mode") + QStringList{tr("Chosen channels")},
        [](const E& e) { return static_cast<int>(e.data.pixels.channels.kind); },
        [](E& e, int v) {
            if (v != static_cast<int>(ChannelSettings::Kind::Chosen))
                e.data.pixels.channels = v == 1 ? ChannelSettings::grey() : ChannelSettings::rgb();
        });
    form.choice(
        {QStringLiteral("data.interpolation"), tr("Resizing"), {}, {}}, choiceTitles("data.interpolation"),
        [](const E& e) { return static_cast<int>(e.data.interpolation); },
        [](E& e, int v) { e.data.interpolation = static_cast<Interpolation>(v); });
    addFitFields(form);
    form.choice(
        {QStringLiteral("normalization.preset"), tr("Normalization"), {}, {}},
        choiceTitles("normalization.preset") + QStringList{tr("Keras steps")},
        [](const E& e) { return static_cast<int>(e.normalization.preset); },
        [](E& e, int v) { e.normalization.preset = static_cast<NormalizationSettings::Preset>(v); });
}

} // namespace sightline::ui
