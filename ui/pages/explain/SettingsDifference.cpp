// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/SettingsDifference.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "look/ChoiceWords.h"
#include "pages/FieldPlaces.h"
#include "store/SettingsDifference.h"

namespace sightline::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(SettingsDifference)
};

SettingDifference worded(const DifferingSetting& setting) {
    const Json &one = setting.values[0], &other = setting.values[1];
    if ((one.is_object() && other.is_null()) || (one.is_null() && other.is_object())) { // a block is there or not
        const QString off = Words::tr("off"), on = Words::tr("on");
        return {nameOfSetting(setting.path), one.is_null() ? off : on, one.is_null() ? on : off};
    }
    return {nameOfSetting(setting.path), valueOfSetting(setting.path, one), valueOfSetting(setting.path, other)};
}

} // namespace

QString valueOfSetting(const std::string& path, const Json& value) {
    if (value.is_null())
        return Words::tr("none");
    if (value.is_boolean())
        return value.get<bool>() ? Words::tr("yes") : Words::tr("no");
    if (value.is_number_integer())
        return QString::number(value.get<qlonglong>());
    if (value.is_number())
        return QString::number(value.get<double>(), 'g', 6);
    if (value.is_string()) {
        const QString text = choiceTitle(path, value.get<std::string>());
        return text.startsWith('/') ? QFileInfo(text).fileName() : text;
    }
    if (value.is_array()) {
        QStringList parts;
        for (const Json& part : value)
            parts << valueOfSetting(path, part);
        return parts.join(QStringLiteral(", "));
    }
    return Words::tr("on"); // a block against a single value
}

QString nameOfSetting(const std::string& path) {
    const QString whole = QString::fromStdString(path);
    if (const QString title = titleOfField(path); title != whole)
        return title;
    const auto dot = path.rfind('.');
    QString words = QString::fromStdString(dot == std::string::npos ? path : path.substr(dot + 1)).replace('_', ' ');
    if (dot != std::string::npos)
        for (const std::string& block : {path.substr(0, dot), path.substr(0, dot) + ".name"})
            if (const QString title = titleOfField(block); title != QString::fromStdString(block))
                return QStringLiteral("%1: %2").arg(title, words);
    return words.isEmpty() ? words : words.left(1).toUpper() + words.mid(1);
}

QString problemWords(const Problem& problem) {
    const QString name = nameOfSetting(problem.path.substr(0, problem.path.find('['))); // "data.image_size[1]"
    const QString message = QString::fromStdString(problem.message);
    return name.isEmpty() ? message : QStringLiteral("%1: %2").arg(name, message);
}

std::vector<SettingDifference> settingsDifferences(const Experiment& first, const Experiment& second,
                                                   const std::vector<bool>& imported) {
    std::vector<SettingDifference> found;
    for (const DifferingSetting& setting : settingsThatDiffer({wholeSettings(first), wholeSettings(second)}, imported))
        found.push_back(worded(setting));
    return found;
}

std::vector<SettingDifference> settingsDifferences(const Json& edit) {
    std::vector<SettingDifference> found;
    for (const auto& [path, values] : edit.items())
        if (values.is_array() && values.size() == 2)
            for (const DifferingSetting& setting : differingSettings(std::vector<Json>{values[0], values[1]}, path))
                found.push_back(worded(setting));
    return found;
}

} // namespace sightline::ui
