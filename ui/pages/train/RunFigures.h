// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

#include "engine/TrainEvents.h"

class QLabel;

namespace sightline::ui {

/// The figures of a run in progress, on the whole width: figures that wrap would move the plots at each batch. Below
/// them, where it matters, how much of the time the network waits for images and how many threads read them.
class RunFigures : public QWidget {
    Q_OBJECT
public:
    explicit RunFigures(QWidget* parent = nullptr);

    void clear(); ///< and hides
    void setBatch(const BatchFinished& batch);
    void setPatience(int used, int patience, const std::string& monitor); ///< patience 0: there is none

private:
    void showLine();

    QLabel *m_line, *m_waiting;
    QString m_patience;
    std::optional<BatchFinished> m_batch; ///< the last one
};

} // namespace sightline::ui
