// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>

#include "bridge/Activities.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Downloads public weights by name into the home, one at a time.
class WeightsDesk : public QObject {
    Q_OBJECT
public:
    WeightsDesk(std::filesystem::path home, Activities& activities)
        : m_home(std::move(home)), m_activities(activities) {}

    void fetch(const QString& name);
    void cancel();                                     ///< what has come is kept: the next fetch goes on
    const QString& fetching() const { return m_name; } ///< the name, while it lasts

Q_SIGNALS:
    void progress(qulonglong done, qulonglong total); ///< bytes; total 0: not known
    void fetched(const QString& name);
    void failed(const QString& message);

private:
    std::filesystem::path m_home;
    Activities& m_activities;
    QString m_name;
    Activity m_activity;
    Lane m_lane;
};

} // namespace sightline::ui
