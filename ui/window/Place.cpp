// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Place.h"

#include <QFileInfo>
#include <QSplitter>

#include "support/Json.h"
#include "window/Geometry.h"

namespace sightline::ui {

namespace {
constexpr QSize kFirstSize(1440, 900);
const QString kPage = QStringLiteral("page"), kExperiment = QStringLiteral("experiment"), kRun = QStringLiteral("run"),
              kSplitters = QStringLiteral("splitters/");

std::optional<Experiment> experimentOf(const QByteArray& text) {
    const auto json = parseJson(text.toStdString(), "window.ini");
    if (!json)
        return {};
    auto experiment = experimentFromJson(*json);
    if (!experiment || !QFileInfo::exists(QString::fromStdString(experiment->data.path)))
        return {};
    return *experiment;
}
} // namespace

void keepPlace(QSettings& settings, const QMainWindow& window, Session& session, const QString& page) {
    keepGeometry(settings, window);
    settings.setValue(kPage, page);
    const bool hasImages = session.data().dataset() != nullptr;
    settings.setValue(kExperiment, hasImages
                                       ? QByteArray::fromStdString(toText(toJson(session.document().experiment()), -1))
                                       : QByteArray());
    const auto& run = session.runs().run();
    const bool shown =
        run && (!session.runs().isIdle() || session.runs().progress().experiment == session.document().experiment());
    settings.setValue(kRun, shown ? QString::fromStdString(run->folder.string()) : QString());
    for (const auto* splitter : window.findChildren<QSplitter*>())
        if (!splitter->objectName().isEmpty())
            settings.setValue(kSplitters + splitter->objectName(), splitter->saveState());
}

Place restorePlace(QSettings& settings, QMainWindow& window) {
    placeWindow(settings, window, kFirstSize);
    for (auto* splitter : window.findChildren<QSplitter*>())
        if (const QVariant state = settings.value(kSplitters + splitter->objectName());
            state.isValid() && !splitter->objectName().isEmpty())
            splitter->restoreState(state.toByteArray());
    Place place{settings.value(kPage).toString(), experimentOf(settings.value(kExperiment).toByteArray()),
                settings.value(kRun).toString()};
    if (!QFileInfo::exists(place.run + QStringLiteral("/experiment.json")))
        place.run.clear();
    return place;
}

} // namespace sightline::ui
