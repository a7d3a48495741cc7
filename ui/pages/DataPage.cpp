// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/DataPage.h"

#include <QComboBox>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QListWidget>
#include <QMap>
#include <QProgressBar>
#include <QSlider>
#include <QSplitter>

#include <algorithm>
#include <map>

#include "models/Table.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"
#include "prompts/Prompts.h"
#include "support/Priority.h"
#include "widgets/ImageWindow.h"
#include "widgets/Picture.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kTileSide = 96;
constexpr std::array<Subset, 3> kSubsets{Subset::Train, Subset::Validation, Subset::Test};

/// "725 PNG, 3 JPG"
QString fileTypes(const Dataset& dataset)
{
    std::map<std::string, int> counts;
    for (const Sample& sample : dataset.samples)
        if (const auto dot = sample.path.rfind('.'); dot != std::string::npos && sample.path.size() - dot <= 6)
            ++counts[sample.path.substr(dot + 1)];
    QMap<QString, int> types;
    for (const auto& [ending, count] : counts)
        types[QString::fromStdString(ending).toUpper()] += count;
    QStringList words;
    for (auto it = types.begin(); it != types.end(); ++it)
        words << QStringLiteral("%1 %2").arg(grouped(it.value()), it.key());
    return words.join(QStringLiteral(", "));
}
} // namespace

DataPage::DataPage(Session& session, Thumbnails& thumbnails, QWidget* parent) : Page(session, parent), m_samples(new SampleModel(thumbnails, this))
{
    setObjectName(QStringLiteral("dataPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    auto* splitter = named(new QSplitter(this), "dataSplitter");
    splitter->setHandleWidth(2 * theme::kGrid);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeClasses());
    splitter->addWidget(makeGrid());
    splitter->addWidget(makeFacts());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({330, 700, 270});
    row->addWidget(splitter);
    connect(&session, &Session::dataOpened, this, &DataPage::showDataset);
    showDataset();
}

QWidget* DataPage::makeClasses()
{
    auto* surface = new Surface(tr("Classes"));
    auto* open = button(tr("Open…"), QStringLiteral("folder-open"), "openDataButton", tr("Open another folder of images (Ctrl+O)"));
    surface->head()->addWidget(open);
    connect(open, &QPushButton::clicked, this, [this] {
        const QString folder = prompts().openFolder(this, tr("Open a folder of images"), QString::fromStdString(session().experiment().data.path));
        if (!folder.isEmpty())
            session().openData(folder);
    });
    m_summary = named(mutedLabel({}), "dataSummary");
    m_classTable = new Table({tr("Class"), tr("Train"), tr("Val"), tr("Test")}, this);
    m_classes = tableView(m_classTable, "classTable", tr("Classes and their numbers of images"), true);
    connect(m_classes->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DataPage::applyFilter);
    surface->body()->addWidget(m_summary);
    surface->body()->addWidget(m_classes, 1);
    surface->setMinimumWidth(250);
    return surface;
}

QWidget* DataPage::makeGrid()
{
    auto* surface = new Surface;
    auto* tools = new QHBoxLayout;
    tools->setSpacing(theme::kGrid);
    m_subset = named(new QComboBox, "subsetFilter", tr("Split"));
    m_subset->addItems({tr("All splits"), tr("Train"), tr("Validation"), tr("Test")});
    m_name = named(new QLineEdit, "nameFilter", tr("Filter by name"));
    m_name->setPlaceholderText(tr("Filter by name"));
    m_name->setClearButtonEnabled(true);
    auto* size = named(new QSlider(Qt::Horizontal), "tileSize", tr("Size of the thumbnails"));
    size->setRange(48, 192);
    size->setValue(kTileSide);
    size->setFixedWidth(110);
    size->setToolTip(tr("Size of the thumbnails"));
    m_found = named(mutedLabel({}), "foundCount");
    m_found->setWordWrap(false);
    tools->addWidget(m_subset);
    tools->addWidget(m_name, 1);
    tools->addWidget(m_found);
    tools->addWidget(size);
    m_tiles = named(new TileView(1), "sampleGrid", tr("Images of the data set"));
    m_tiles->setSide(kTileSide);
    m_tiles->setModel(m_samples);
    surface->body()->addLayout(tools);
    surface->body()->addWidget(m_tiles, 1);
    connect(m_subset, &QComboBox::currentIndexChanged, this, &DataPage::applyFilter);
    connect(m_name, &QLineEdit::textChanged, this, &DataPage::applyFilter);
    connect(size, &QSlider::valueChanged, m_tiles, &TileView::setSide);
    connect(m_tiles, &QListView::activated, this, [this](const QModelIndex& index) { openLarge(index.row()); });
    return surface;
}

QWidget* DataPage::makeFacts()
{
    auto* surface = new Surface(tr("Facts"));
    m_facts = named(new QLabel, "dataFacts", tr("Facts about the images"));
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress = named(new QProgressBar, "surveyProgress", tr("Reading all images"));
    m_progress->setTextVisible(false);
    m_findings = named(new QLabel(tr("Problems")), "problemsTitle");
    m_findings->setFont(theme::font(theme::Size::Base, true));
    m_problems = named(new QListWidget, "problemList", tr("Problems found in the data"));
    m_problems->setWordWrap(true);
    m_problems->setSpacing(2);
    m_problems->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_problems, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) { m_name->setText(item->data(Qt::UserRole).toString()); });
    surface->body()->addWidget(m_facts);
    surface->body()->addWidget(m_progress);
    surface->body()->addSpacing(theme::kGrid);
    surface->body()->addWidget(m_findings);
    surface->body()->addWidget(m_problems, 1);
    surface->body()->addStretch(1);
    surface->setMinimumWidth(220);
    return surface;
}

void DataPage::showDataset()
{
    const auto opened = session().dataset();
    m_survey.cancel();
    m_samples->setDataset(opened);
    m_subset->setCurrentIndex(0);
    m_name->clear();
    m_facts->clear();
    m_progress->hide();
    if (!opened)
        return;
    m_summary->setText(tr("%1 · %2 images in %3 classes").arg(QString::fromStdString(opened->root.string()), grouped(static_cast<qlonglong>(opened->samples.size())))
                           .arg(opened->classes.size()));
    showClasses();
    applyFilter();
    showProblems({});
    startSurvey();
}

void DataPage::showClasses()
{
    const auto opened = session().dataset();
    std::array<std::vector<std::size_t>, 3> counts;
    std::size_t most = 1;
    for (std::size_t s = 0; s < kSubsets.size(); ++s) {
        counts[s] = opened->countsPerClass(kSubsets[s]);
        most = std::max(most, *std::max_element(counts[s].begin(), counts[s].end()));
    }
    std::vector<std::vector<Table::Cell>> rows;
    for (std::size_t i = 0; i < opened->classes.size(); ++i) {
        const std::string& title = opened->classTitles.empty() ? opened->classes[i] : opened->classTitles[i];
        std::vector<Table::Cell> cells{{QString::fromStdString(title), {}, -1, QString::fromStdString(opened->classes[i])}};
        for (const auto& subset : counts) {
            const auto count = static_cast<qlonglong>(subset[i]);
            cells.push_back({grouped(count), count, static_cast<double>(count) / static_cast<double>(most), {}, count == 0 ? static_cast<int>(Role::Muted) : -1});
        }
        rows.push_back(std::move(cells));
    }
    m_classTable->setRows(std::move(rows));
}

void DataPage::applyFilter()
{
    const auto opened = session().dataset();
    if (!opened)
        return;
    SampleModel::Filter filter;
    if (m_subset->currentIndex() > 0)
        filter.subset = kSubsets[static_cast<std::size_t>(m_subset->currentIndex() - 1)];
    const QModelIndexList selected = m_classes->selectionModel()->selectedRows();
    filter.label = selected.isEmpty() ? -1 : sourceRow(m_classes, selected.first());
    filter.name = m_name->text();
    m_samples->setFilter(filter);
    m_found->setText(tr("%1 images").arg(grouped(m_samples->rowCount())));
}

void DataPage::startSurvey()
{
    m_progress->setRange(0, 0);
    m_progress->show();
    m_types.clear();
    m_survey.submit([this, opened = session().dataset()](std::stop_token stop) {
        lowerPriority(Priority::Background);
        const auto later = [this, stop](auto work) {
            QMetaObject::invokeMethod(this, [stop, work = std::move(work)] {
                if (!stop.stop_requested())
                    work();
            }, Qt::QueuedConnection);
        };
        later([this, types = fileTypes(*opened)] {
            m_types = types;
            showSurvey({}, false);
        });
        const Survey found = survey(*opened, 1, stop, [&](std::size_t done, std::size_t total) {
            later([this, done, total] {
                m_progress->setRange(0, static_cast<int>(total));
                m_progress->setValue(static_cast<int>(done));
            });
        });
        later([this, found] { showSurvey(found, true); });
    });
    showSurvey({}, false);
}

void DataPage::showSurvey(const Survey& survey, bool complete)
{
    const auto opened = session().dataset();
    QStringList lines;
    const auto fact = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            lines << QStringLiteral("<tr><td style='color:%1; padding:2px 12px 2px 0'>%2</td><td style='padding:2px 0'>%3</td></tr>").arg(theme::color(Role::Muted).name(), name, value.toHtmlEscaped());
    };
    fact(tr("Layout"), QString::fromStdString(opened->format));
    fact(tr("Files"), m_types);
    if (complete && survey.images > 0) {
        const auto common = std::max_element(survey.sizes.begin(), survey.sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        int low[2]{1 << 30, 1 << 30}, high[2]{0, 0};
        double narrow = 1e9, wide = 0;
        for (const auto& [size, count] : survey.sizes) {
            low[0] = std::min(low[0], size.first);
            low[1] = std::min(low[1], size.second);
            high[0] = std::max(high[0], size.first);
            high[1] = std::max(high[1], size.second);
            narrow = std::min(narrow, static_cast<double>(size.second) / size.first);
            wide = std::max(wide, static_cast<double>(size.second) / size.first);
        }
        fact(tr("Sizes"), survey.sizes.size() == 1 ? tr("all %1 × %2").arg(high[1]).arg(high[0])
                                                   : tr("%1 × %2 to %3 × %4").arg(low[1]).arg(low[0]).arg(high[1]).arg(high[0]));
        if (survey.sizes.size() > 1)
            fact(tr("Most"), tr("%1 × %2 (%3)").arg(common->first.second).arg(common->first.first).arg(grouped(static_cast<qlonglong>(common->second))));
        fact(tr("Width : height"), narrow == wide ? significant(wide) : QStringLiteral("%1 – %2").arg(significant(narrow), significant(wide)));
        fact(tr("Mean R G B"), QStringLiteral("%1  %2  %3").arg(survey.mean[0], 0, 'f', 0).arg(survey.mean[1], 0, 'f', 0).arg(survey.mean[2], 0, 'f', 0));
        fact(tr("Deviation"), QStringLiteral("%1  %2  %3").arg(survey.deviation[0], 0, 'f', 0).arg(survey.deviation[1], 0, 'f', 0).arg(survey.deviation[2], 0, 'f', 0));
    }
    if (!opened->hasValidation && opened->count(Subset::Validation) > 0)
        fact(tr("Validation"), tr("%1 of train, split off here").arg(percent(session().experiment().data.validationSplit)));
    m_facts->setText(QStringLiteral("<table>%1</table>").arg(lines.join(QString())));
    if (!complete)
        return;
    m_progress->hide();
    showProblems(survey.unreadable);
}

void DataPage::showProblems(const std::vector<DataProblem>& unreadable)
{
    const auto opened = session().dataset();
    m_problems->clear();
    for (const auto* list : {&opened->problems, &unreadable}) {
        for (const DataProblem& problem : *list) {
            const QString path = QString::fromStdString(problem.path), message = QString::fromStdString(problem.message);
            auto* item = new QListWidgetItem(theme::icon(QStringLiteral("dialog-warning"), Role::Warning), message.contains(path) ? message : path + QStringLiteral(": ") + message, m_problems);
            item->setData(Qt::UserRole, path);
            item->setToolTip(path);
        }
    }
    const int count = m_problems->count();
    m_findings->setText(count == 0 ? tr("No problems found") : tr("Problems (%1)").arg(count));
    m_problems->setVisible(count > 0);
    setBadge(count > 0 ? Badge::Attention : Badge::Ready, count);
}

void DataPage::openLarge(int row)
{
    auto* large = new ImageWindow(session().dataset(), *m_samples, row, window());
    large->setAttribute(Qt::WA_DeleteOnClose);
    large->show();
}

} // namespace sightline::ui
