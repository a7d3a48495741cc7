// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ClassifyRows.h"

#include <QCoreApplication>

#include "look/Words.h"

namespace sightline::ui {

namespace {
Table::Cell fileCell(const std::filesystem::path& path, const QString& folder) {
    const QString file = QString::fromStdString(path.string());
    const QString start = folder + QLatin1Char('/');
    return {file.startsWith(start) ? file.mid(start.size()) : file.section(QLatin1Char('/'), -1), {}, -1, file};
}

/// The reason without the path in front, which stands beside it.
QString reasonOf(const ClassifiedImage& image) {
    const QString why = QString::fromStdString(image.error), path = QString::fromStdString(image.file.string());
    return why.startsWith(path + QLatin1Char(' ')) ? why.mid(path.size() + 1) : why;
}
} // namespace

QString classKey(std::size_t label) {
    return QStringLiteral("%1").arg(label, 8, 10, QLatin1Char('0'));
}

QString unknownKey() {
    return QStringLiteral("none");
}

ClassifiedRows rowsOf(const Classified& found, const QString& folder) {
    ClassifiedRows rows;
    const Classification& all = found.classification;
    rows.perClass.resize(all.classes.size());
    for (const PassedOver& passed : found.passedOver) {
        ++(passed.kind == "not_an_image" ? rows.notImages : rows.others);
        rows.passedOver.push_back({fileCell(passed.path, folder), {QString::fromStdString(passed.why)}});
    }
    for (std::size_t i = 0; i < all.images.size(); ++i) {
        const ClassifiedImage& image = all.images[i];
        const std::size_t predicted = image.predicted();
        if (predicted >= std::min(all.classes.size(), image.probabilities.size())) {
            ++rows.unreadable;
            rows.passedOver.push_back({fileCell(image.file, folder), {reasonOf(image)}});
            continue;
        }
        const bool unknown = image.isUnknown().value_or(false);
        ++(unknown ? rows.unknown : rows.perClass[predicted]);
        const QString name = QString::fromStdString(all.classes[predicted]);
        const double confidence = static_cast<double>(image.probabilities[predicted]);
        rows.images.push_back(
            {fileCell(image.file, folder),
             {unknown ? QCoreApplication::translate("ClassifiedRows", "none of these? (%1)").arg(name) : name,
              unknown ? unknownKey() : classKey(predicted)},
             {percent(confidence), confidence, confidence}});
        rows.imageOfRow.push_back(i);
    }
    return rows;
}

} // namespace sightline::ui
