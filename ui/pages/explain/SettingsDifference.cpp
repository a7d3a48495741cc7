// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/SettingsDifference.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "pages/FieldPlaces.h"
#include "support/Json.h"

namespace sightline::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(SettingsDifference)
};

QString valueText(const Json& value) {
    if (value.is_null())
        return Words::tr("none");
    if (value.is_boolean())
        return value.get<bool>() ? Words::tr("yes") : Words::tr("no");
    if (value.is_number_integer())
        return QString::number(value.get<qlonglong>());
    if (value.is_number())
        return QString::number(value.get<double>(), 'g', 6);
    if (value.is_string()) {
        const QString text = QString::fromStdString(value.get<std::string>());
        return text.startsWith('/') ? QFileInfo(text).fileName() : text;
    }
    if (value.is_array()) {
        QStringList parts;
        for (const Json& part : value)
            parts << valueText(part);
        return parts.join(QStringLiteral(", "));
    }
    return Words::tr("on"); // a block against a single value
}

/// `one` and `other`: null where a setting is missing.
void compare(const std::string& path, const Json& one, const Json& other, std::vector<SettingDifference>& found) {
    if (one == other)
        return;
    if (one.is_object() != other.is_object() && (one.is_null() || other.is_null())) {
        const QString off = Words::tr("off"), on = Words::tr("on");
        found.push_back({nameOfSetting(path), one.is_null() ? off : on, one.is_null() ? on : off});
        return;
    }
    if (!one.is_object() || !other.is_object()) {
        found.push_back({nameOfSetting(path), valueText(one), valueText(other)});
        return;
    }
    static const Json absent;
    const auto part = [](const Json& block, const std::string& key) -> const Json& {
        const auto at = block.find(key);
        return at == block.end() ? absent : *at;
    };
    const auto below = [&](const std::string& key) { return path.empty() ? key : path + '.' + key; };
    for (const auto& [key, value] : one.items())
        compare(below(key), value, part(other, key), found);
    for (const auto& [key, value] : other.items())
        if (!one.contains(key))
            compare(below(key), absent, value, found);
}

} // namespace

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

std::vector<SettingDifference> settingsDifferences(const Experiment& first, const Experiment& second) {
    Json one = toJson(first), other = toJson(second);
    for (Json* json : {&one, &other})
        json->erase("name");
    std::vector<SettingDifference> found;
    compare({}, one, other, found);
    return found;
}

std::vector<SettingDifference> settingsDifferences(const Json& edit) {
    std::vector<SettingDifference> found;
    for (const auto& [path, values] : edit.items())
        if (values.is_array() && values.size() == 2)
            compare(path, values[0], values[1], found);
    return found;
}

} // namespace sightline::ui
