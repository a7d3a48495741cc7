// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/SeveralRuns.h"

#include <QComboBox>
#include <QHeaderView>
#include <QSlider>
#include <QTableView>

#include <cmath>

#include "look/Series.h"
#include "look/Words.h"
#include "models/Table.h"
#include "pages/explain/SettingsDifference.h"
#include "plot/SeriesPlot.h"
#include "store/RunFolder.h"
#include "store/RunImport.h"
#include "store/SettingsDifference.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kMostColumns = 6; ///< runs whose settings stand side by side
constexpr int kSmoothest = 95, kMostNamed = 12;

using Histories = std::vector<std::vector<EpochMetrics>>;
} // namespace

SeveralRuns::SeveralRuns(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_title = named(new QLabel, "severalRunsTitle");
    m_title->setFont(theme::font(theme::Size::Title, true));
    m_title->setWordWrap(true);
    column->addWidget(m_title);
    auto* row = new QHBoxLayout;
    m_figure = named(new QComboBox, "comparedFigure", tr("Figure"));
    for (const auto& [key, words] :
         {std::pair("val_accuracy", tr("Validation accuracy")), std::pair("val_loss", tr("Validation loss")),
          std::pair("accuracy", tr("Training accuracy")), std::pair("loss", tr("Training loss")),
          std::pair("learning_rate", tr("Learning rate"))})
        m_figure->addItem(words, QLatin1String(key));
    m_key = named(new QComboBox, "comparedKey", tr("By epoch or by time"));
    m_key->addItem(tr("By epoch"));
    m_key->addItem(tr("By time"));
    row->addWidget(m_figure, 1);
    row->addWidget(m_key);
    column->addLayout(row);
    m_plot = named(new SeriesPlot(tr("Curves"), tr("Epoch")), "comparedCurves");
    m_legend = named(new QLabel, "comparedLegend");
    m_legend->setWordWrap(true);
    column->addWidget(m_legend);
    column->addWidget(m_plot, 2);
    auto* smoothing = new QHBoxLayout;
    m_smoothing = named(new QSlider(Qt::Horizontal), "curveSmoothing", tr("Smoothing"));
    m_smoothing->setRange(0, kSmoothest);
    m_smoothing->setToolTip(tr("Smooth the curves: a moving average"));
    auto* words = new QLabel(tr("Smoothing"));
    words->setProperty("muted", true);
    smoothing->addWidget(words);
    smoothing->addWidget(m_smoothing, 1);
    column->addLayout(smoothing);
    m_settings = new Table({tr("Setting")}, this);
    m_view = tableView(m_settings, "comparedSettings", tr("Settings that differ between the runs"), false);
    m_same = named(mutedLabel(tr("The settings are the same.")), "comparedSame");
    column->addWidget(m_same);
    column->addWidget(m_view, 2);
    m_images = button(tr("Compare on images…"), QStringLiteral("view-split-left-right"), "compareImagesButton",
                      tr("The images that only one of the two gets right, with both heat maps"));
    m_star = button(tr("Star"), QStringLiteral("starred"), "starRunsButton", tr("Mark them to find them again (S)"));
    m_archive = button(tr("Archive"), QStringLiteral("archive-insert"), "archiveRunsButton",
                       tr("Archived runs are kept, but not listed unless asked for."));
    m_delete = button(tr("Delete…"), QStringLiteral("edit-delete"), "deleteRunsButton");
    column->addWidget(m_images);
    auto* buttons = new QHBoxLayout;
    for (auto* control : {m_star, m_archive, m_delete})
        buttons->addWidget(control, 1);
    column->addLayout(buttons);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &SeveralRuns::showCurves);
    connect(m_key, &QComboBox::currentIndexChanged, this, &SeveralRuns::showCurves);
    connect(m_smoothing, &QSlider::valueChanged, this, [this](int value) { m_plot->setSmoothing(value / 100.0); });
    connect(m_images, &QPushButton::clicked, this, &SeveralRuns::imagesRequested);
    connect(m_star, &QPushButton::clicked, this, &SeveralRuns::starRequested);
    connect(m_archive, &QPushButton::clicked, this, &SeveralRuns::archiveRequested);
    connect(m_delete, &QPushButton::clicked, this, &SeveralRuns::deleteRequested);
}

void SeveralRuns::setRuns(const std::vector<const RunSummary*>& runs) {
    std::vector<RunSummary> asked;
    for (const RunSummary* run : runs)
        asked.push_back(*run);
    if (asked == m_runs)
        return; // the page asks whenever anything has changed
    m_runs = std::move(asked);
    m_title->setText(tr("%1 runs").arg(m_runs.size()));
    m_images->setVisible(m_runs.size() == 2);
    setWords(*m_delete, tr("Delete %1…").arg(m_runs.size()));
    showSettings();
    read();
}

/// Histories are read beside the window: there may be many.
void SeveralRuns::read() {
    std::vector<std::filesystem::path> folders;
    for (const RunSummary& run : m_runs)
        folders.push_back(run.folder);
    m_lane.submit(
        this,
        [folders](const std::stop_token& stop) {
            Histories histories;
            for (const auto& folder : folders) {
                auto history = RunFolder(folder).history();
                histories.push_back(history && !stop.stop_requested() ? std::move(*history)
                                                                      : std::vector<EpochMetrics>());
            }
            return Result<Histories>(std::move(histories));
        },
        [this](Result<Histories> histories) {
            m_histories = histories ? std::move(*histories) : Histories();
            showCurves();
        });
}

void SeveralRuns::showCurves() {
    const std::string figure = m_figure->currentData().toString().toStdString();
    const bool byTime = m_key->currentIndex() == 1, isShare = figure.find("accuracy") != std::string::npos;
    std::vector<PlotSeries> all;
    for (std::size_t i = 0; i < std::min(m_runs.size(), m_histories.size()); ++i) {
        PlotSeries series{QString::fromStdString(m_runs[i].name), {}, {}, theme::seriesColor(i), i >= theme::kSeries};
        double seconds = 0;
        for (const EpochMetrics& epoch : m_histories[i]) {
            seconds += epoch.seconds;
            series.keys.push_back(byTime ? seconds / 60 : epoch.epoch);
            series.values.push_back(epoch.value(figure).value_or(std::nan("")) * (isShare ? 100 : 1));
        }
        all.push_back(std::move(series));
    }
    QStringList names;
    for (const PlotSeries& series : all)
        names << QStringLiteral("<span style='color:%1'>%2</span>&nbsp;%3")
                     .arg(series.color.name(), series.dashed ? QStringLiteral("╌") : QStringLiteral("━"),
                          series.name.toHtmlEscaped().replace(QLatin1Char(' '), QLatin1String("&nbsp;")));
    m_legend->setText(names.mid(0, kMostNamed).join(QStringLiteral(" &nbsp; ")));
    m_plot->setKeyTitle(byTime ? tr("Minutes") : tr("Epoch"));
    m_plot->setSeries(std::move(all));
}

void SeveralRuns::showSettings() {
    std::vector<Json> documents;
    std::vector<bool> imported;
    QStringList headings{tr("Setting")};
    for (const RunSummary& run : m_runs)
        if (documents.size() < kMostColumns) {
            documents.push_back(run.settings);
            imported.push_back(isImported(run.folder));
            headings << QString::fromStdString(run.name);
        }
    std::vector<std::vector<Table::Cell>> rows;
    for (const DifferingSetting& setting : settingsThatDiffer(std::move(documents), imported)) {
        std::vector<Table::Cell> cells{{nameOfSetting(setting.path), {}, -1, QString::fromStdString(setting.path)}};
        for (const Json& value : setting.values)
            cells.push_back({valueOfSetting(setting.path, value)});
        rows.push_back(std::move(cells));
    }
    m_same->setVisible(rows.empty());
    m_view->setVisible(!rows.empty());
    m_settings->setColumns(headings, std::move(rows));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

} // namespace sightline::ui
