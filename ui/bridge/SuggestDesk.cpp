// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SuggestDesk.h"

#include "suggest/Take.h"
#include "support/Files.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {
constexpr double kMeasured = 1.0; ///< seconds for each network that is tried

QString measuring(const Experiment& experiment) {
    const ZooEntry* entry = findInZoo(experiment.model.name);
    return SuggestDesk::tr("Measuring an epoch of %1 at %2 × %3 pixels")
        .arg(QString::fromStdString(entry ? entry->title : experiment.model.name))
        .arg(experiment.data.imageWidth)
        .arg(experiment.data.imageHeight);
}
} // namespace

SuggestDesk::SuggestDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
                         Activities& activities)
    : m_home(std::move(home)), m_door(std::move(door)), m_document(document), m_data(data), m_activities(activities) {
    connect(&data, &DataDesk::opened, this, &SuggestDesk::dropOthers);
}

void SuggestDesk::look(double minutes) {
    const auto dataset = m_data.dataset();
    m_root = dataset->root;
    m_suggestion.reset();
    m_step = tr("Looking at the images");
    m_looking = m_activities.begin(m_step, [this] { cancel(); });
    const DataSettings images = withImagesOf(DataSettings{}, m_document.experiment().data);
    m_lane.submit(
        this,
        [this, dataset, images, minutes, home = m_home, door = m_door](const std::stop_token& stop,
                                                                       const Courier& courier) -> Result<Suggestion> {
            const Result<Look> looked = sightline::look(*dataset, availableCpus(), stop);
            if (!looked)
                return looked.error();
            const Result<Engine*> engine = door();
            if (!engine)
                return engine.error();
            SuggestRequest request{*looked, images,  dataset->hasValidation, suggestGroups(*dataset),
                                   home,    minutes, availableMemoryBytes(), {}};
            request.epochSeconds = [&](const Experiment& experiment) -> Result<double> {
                courier.post([this, step = measuring(experiment)] {
                    m_step = step;
                    m_looking.setText(step);
                    Q_EMIT changed();
                });
                const Result<EpochTime> time = (*engine)->measureEpoch({experiment, dataset, kMeasured}, stop);
                return time ? Result<double>(time->secondsPerEpoch) : time.error();
            };
            return suggest(request);
        },
        [this](Result<Suggestion> found) {
            m_looking.end();
            if (found)
                m_suggestion = std::move(*found);
            Q_EMIT changed();
            if (!found)
                Q_EMIT failed(QString::fromStdString(found.error().message));
        });
    Q_EMIT changed();
}

void SuggestDesk::cancel() {
    if (!isLooking())
        return;
    m_lane.cancel();
    m_looking.end();
    Q_EMIT changed();
}

/// A suggestion is about its images; another split of them leaves it as it is.
void SuggestDesk::dropOthers() {
    if (m_data.dataset()->root == m_root)
        return;
    m_lane.cancel();
    m_looking.end();
    m_suggestion.reset();
    Q_EMIT changed();
}

void SuggestDesk::take(const std::vector<bool>& reasons) {
    if (m_suggestion)
        m_document.setExperiment(taking(m_document.experiment(), *m_suggestion, reasons));
}

} // namespace sightline::ui
