// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/WeightsDesk.h"

#include "store/WeightsFetch.h"
#include "zoo/Hub.h"

namespace sightline::ui {

void WeightsDesk::fetch(const QString& name) {
    const HubWeights* weights = findInHub(name.toStdString());
    if (!weights || !m_name.isEmpty())
        return;
    m_name = name;
    m_activity = m_activities.begin(tr("Downloading %1").arg(name), [this] { cancel(); });
    Q_EMIT progress(0, weights->bytes);
    m_lane.submit(
        this,
        [this, weights](const std::stop_token& stop, const Courier& courier) {
            return fetchWeights(*weights, m_home, stop, [&](std::uint64_t done, std::uint64_t total) {
                courier.post([this, done, total] {
                    m_activity.setProgress(done, total);
                    Q_EMIT progress(done, total);
                });
            });
        },
        [this](const auto& file) {
            m_activity.end();
            const QString fetchedName = std::exchange(m_name, {});
            if (file)
                Q_EMIT fetched(fetchedName);
            else
                Q_EMIT failed(QString::fromStdString(file.error().message));
        });
}

void WeightsDesk::cancel() {
    if (m_name.isEmpty())
        return;
    m_lane.cancel();
    m_activity.end();
    m_name.clear();
    Q_EMIT failed(tr("Download canceled; the next one resumes where it stopped."));
}

} // namespace sightline::ui
