// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <filesystem>
#include <memory>
#include <vector>

#include "lane/Lane.h"
#include "metrics/Metrics.h"
#include "store/RunSummary.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QTableView;

namespace sightline::ui {

class Segments;
class SeriesPlot;
class Table;

/// Two or more runs side by side: their curves over each other, by epoch or by time, and the settings that differ.
class SeveralRuns : public QWidget {
    Q_OBJECT
public:
    explicit SeveralRuns(QWidget* parent = nullptr);
    void setRuns(const std::vector<const RunSummary*>& runs);
    const std::vector<RunSummary>& runs() const { return m_runs; }

Q_SIGNALS:
    void imagesRequested(); ///< of two runs: what only one gets right
    void starRequested();
    void archiveRequested();
    void deleteRequested();

private:
    void read();
    void showCurves();
    void showSettings();

    std::vector<RunSummary> m_runs;
    std::vector<std::vector<EpochMetrics>> m_histories; ///< of these; empty until read
    QLabel *m_title, *m_legend;
    QComboBox *m_figure, *m_key;
    QSlider* m_smoothing;
    SeriesPlot* m_plot;
    Table* m_settings;
    QTableView* m_view;
    QLabel* m_same;
    QPushButton *m_images, *m_star, *m_archive, *m_delete;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
