// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SettingTitles.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>

#include "look/ChoiceWords.h"
#include "look/Words.h"
#include "pages/FieldPlaces.h"

namespace sightline::ui {

namespace {
struct Title {
    const char *path, *words;
};
/// Where a form names several at once, or none.
constexpr std::array<Title, 9> kTitles{{
    {"augmentation.rotation_range", QT_TRANSLATE_NOOP("Searched", "Rotation")},
    {"augmentation.width_shift_range", QT_TRANSLATE_NOOP("Searched", "Horizontal shift")},
    {"augmentation.height_shift_range", QT_TRANSLATE_NOOP("Searched", "Vertical shift")},
    {"augmentation.shear_range", QT_TRANSLATE_NOOP("Searched", "Shear")},
    {"training.optimizer.momentum", QT_TRANSLATE_NOOP("Searched", "Momentum")},
    {"training.schedule.name", QT_TRANSLATE_NOOP("Searched", "Schedule")},
    {"training.early_stopping.patience", QT_TRANSLATE_NOOP("Searched", "Patience")},
    {"training.optimizer.clip_norm", QT_TRANSLATE_NOOP("Searched", "Clip gradients at")},
    {"model.options.dense", QT_TRANSLATE_NOOP("Searched", "Dense layers")},
}};

/// "batch_norm": "Batch norm".
QString spelledOut(const std::string& key) {
    QString words = QString::fromStdString(key).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!words.isEmpty())
        words[0] = words[0].toUpper();
    return words;
}
} // namespace

QString searchedTitle(const std::string& path) {
    const auto found =
        std::find_if(kTitles.begin(), kTitles.end(), [&](const Title& title) { return path == title.path; });
    if (found != kTitles.end())
        return QCoreApplication::translate("Searched", found->words);
    const QString title = titleOfField(path);
    return title == QString::fromStdString(path) ? spelledOut(path.substr(path.rfind('.') + 1)) : title;
}

QString valueWords(const std::string& path, const Json& value) {
    if (value.is_boolean())
        return value.get<bool>() ? QCoreApplication::translate("Searched", "on")
                                 : QCoreApplication::translate("Searched", "off");
    if (value.is_number_float())
        return QString::number(value.get<double>(), 'g', 3); // rates are small
    if (value.is_string())
        return choiceTitle(path, value.get<std::string>());
    if (value.is_array() && !value.empty()) {
        QStringList each;
        for (const Json& one : value)
            each << valueWords(path, one);
        return each.join(QStringLiteral(", "));
    }
    return QString::fromStdString(toText(value, -1));
}

QString objectiveTitle(const std::string& objective) {
    return choiceTitle("monitor", objective);
}

QString objectiveWords(const std::string& objective, double value) {
    return objective.ends_with("accuracy") ? percent(value) : significant(value);
}

} // namespace sightline::ui
