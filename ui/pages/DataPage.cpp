// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/DataPage.h"

#include <QComboBox>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>

#include "delegates/FindingDelegate.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "models/FindingModel.h"
#include "models/Table.h"
#include "models/Thumbnails.h"
#include "pages/DataFacts.h"
#include "pages/GuessBar.h"
#include "pages/GuessLines.h"
#include "pages/ImageWindow.h"
#include "pages/LabelKeys.h"
#include "pages/PinKeys.h"
#include "pages/SuggestPanel.h"
#include "widgets/ClassPicker.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kTileSide = 96;
constexpr int kChanged = 4; ///< of the split filter: what was changed by hand
constexpr std::array<Subset, 3> kSubsets{Subset::Train, Subset::Validation, Subset::Test};
} // namespace

DataPage::DataPage(Session& session, Thumbnails& thumbnails, QWidget* parent)
    : Page(session, parent), m_samples(new SampleModel(thumbnails, this)), m_findings(new FindingModel(this)) {
    setObjectName(QStringLiteral("dataPage"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    m_guesses = new GuessBar(session, this);
    auto* splitter = named(new QSplitter(this), "dataSplitter");
    splitter->setHandleWidth(2 * theme::kGrid);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeClasses());
    splitter->addWidget(makeMiddle());
    splitter->addWidget(makeFacts());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({320, 700, 300});
    column->addWidget(m_guesses);
    column->addWidget(splitter, 1);
    connect(&session.data(), &DataDesk::opened, this, &DataPage::showDataset);
    connect(&session.data(), &DataDesk::edited, this, &DataPage::showEdited);
    connect(&session.document(), &ExperimentDocument::changed, this, [this](ExperimentDocument::Parts parts) {
        if (parts.testFlag(ExperimentDocument::Data) && this->session().data().dataset())
            showFacts(); // the size that they become
    });
    connect(&session.data(), &DataDesk::overlayFailed, this,
            [this](const QString& message) { Q_EMIT said(message, false); });
    showDataset();
}

QWidget* DataPage::makeClasses() {
    auto* surface = new Surface(tr("Classes"));
    auto* open = button(tr("Open"), QStringLiteral("folder-open"), "openDataButton", tr("Open other images"));
    auto* menu = new QMenu(open);
    connect(menu->addAction(tr("Folder of images…")), &QAction::triggered, this, &DataPage::openFolderAsked);
    connect(menu->addAction(tr("Archive or table…")), &QAction::triggered, this, &DataPage::openFileAsked);
    menu->actions().at(0)->setObjectName(QStringLiteral("openDataFolder"));
    menu->actions().at(1)->setObjectName(QStringLiteral("openDataFile"));
    menu->addSeparator();
    addChanges(*menu);
    open->setMenu(menu);
    open->setProperty("opensMenu", true);
    surface->head()->addWidget(open);
    m_summary = named(mutedLabel({}), "dataSummary");
    auto* guesses = button({}, {}, "hiddenGuesses", tr("Show what was assumed about these images"));
    guesses->setProperty("link", true);
    const auto showHidden = [this, guesses] {
        guesses->setText(counted(m_guesses->hiddenCount(), tr("%1 assumption"), tr("%1 assumptions")));
        guesses->setAccessibleName(guesses->text());
        guesses->setVisible(m_guesses->hiddenCount() > 0);
    };
    connect(m_guesses, &GuessBar::hiddenChanged, guesses, showHidden);
    connect(guesses, &QPushButton::clicked, m_guesses, &GuessBar::showAgain);
    showHidden();
    m_classTable = new Table({tr("Class"), tr("Train"), tr("Val"), tr("Test")}, this);
    m_classes = tableView(m_classTable, "classTable", tr("Classes and their image counts"), true);
    connect(m_classes->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DataPage::applyFilter);
    surface->body()->addWidget(m_summary);
    surface->body()->addWidget(guesses, 0, Qt::AlignLeft);
    surface->body()->addWidget(m_classes, 1);
    surface->setMinimumWidth(300);
    return surface;
}

/// How the open images are read can be changed also where nothing had to be assumed.
void DataPage::addChanges(QMenu& menu) {
    for (const auto& [id, name, text, format] :
         {std::tuple(guess::kTable, "changeColumns", tr("Columns of the table…"), "csv"),
          std::tuple(guess::kSplits, "changeSplits", tr("Folders of the splits…"), "folders")}) {
        QAction* action = menu.addAction(text);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, m_guesses, [this, id = id] { m_guesses->change(id); });
        connect(&menu, &QMenu::aboutToShow, action, [this, action, format = format] {
            const auto opened = session().data().dataset();
            action->setVisible(opened && opened->format == format && opened->source->files());
        });
    }
}

QLayout* DataPage::makeTools() {
    auto* tools = new QHBoxLayout;
    tools->setSpacing(theme::kGrid);
    m_subset = named(new QComboBox, "subsetFilter", tr("Split"));
    m_subset->addItems({tr("All splits"), tr("Train"), tr("Validation"), tr("Test"), tr("Changed by hand")});
    m_name = named(new QLineEdit, "nameFilter", tr("Filter by name"));
    m_name->setPlaceholderText(tr("Filter by name"));
    m_name->setClearButtonEnabled(true);
    m_name->setMinimumWidth(90);
    auto* size = named(new QSlider(Qt::Horizontal), "tileSize", tr("Size of the thumbnails"));
    size->setRange(48, 192);
    size->setValue(kTileSide);
    size->setFixedWidth(96);
    size->setToolTip(tr("Size of the thumbnails"));
    m_found = named(mutedLabel({}), "foundCount");
    m_found->setWordWrap(false);
    m_chip = named(new QToolButton, "findingChip", tr("Show all images again"));
    m_chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_chip->setLayoutDirection(Qt::RightToLeft); // the cross stands at the end
    m_chip->setIcon(theme::icon(QStringLiteral("window-close")));
    m_chip->setToolTip(tr("Only the images of this finding are shown. Click to show all again."));
    m_chip->hide();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_subset, m_chip})
        tools->addWidget(widget);
    tools->addWidget(m_name, 1);
    tools->addWidget(m_found);
    tools->addWidget(size);
    connect(m_subset, &QComboBox::currentIndexChanged, this, &DataPage::applyFilter);
    connect(m_name, &QLineEdit::textChanged, this, &DataPage::applyFilter);
    connect(size, &QSlider::valueChanged, this, [this](int side) { m_tiles->setSide(side); });
    connect(m_chip, &QToolButton::clicked, this, &DataPage::clearFinding);
    return tools;
}

QLayout* DataPage::makeActions() {
    auto* actions = new QHBoxLayout;
    actions->setSpacing(theme::kGrid);
    m_relabel = button(tr("Relabel"), QStringLiteral("tag"), "relabelButton");
    m_exclude = button(tr("Exclude"), QStringLiteral("view-hidden"), "excludeButton");
    m_pin = button(tr("Pin"), QStringLiteral("pin"), "pinButton");
    m_selected = named(mutedLabel({}), "selectedCount");
    m_picker = new ClassPicker(this);
    actions->addWidget(m_relabel);
    actions->addWidget(m_exclude);
    actions->addWidget(m_pin);
    actions->addWidget(m_selected, 1);
    connect(m_relabel, &QPushButton::clicked, this, [this] { pickClass(m_relabel->mapToGlobal(QPoint(0, 0))); });
    connect(m_exclude, &QPushButton::clicked, m_labels, &LabelKeys::toggleExcluded);
    connect(m_pin, &QPushButton::clicked, m_pins, &PinKeys::toggle);
    connect(m_picker, &ClassPicker::chosen, m_labels, &LabelKeys::relabel);
    return actions;
}

QWidget* DataPage::makeGrid() {
    auto* surface = new Surface;
    auto* tools = makeTools();
    m_tiles = named(new TileView(2), "sampleGrid", tr("Images of the data set"));
    m_tiles->setSide(kTileSide);
    m_tiles->setModel(m_samples);
    m_tiles->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tiles->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tiles->installEventFilter(this);
    m_labels = new LabelKeys(session().data(), *m_tiles, [this] { return selectedSamples(); });
    m_pins = new PinKeys(session().pins(), *m_tiles, [this] { return selectedSamples(); });
    m_nothing = named(new QLabel(m_tiles), "emptyGrid");
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_nothing->setProperty("muted", true);
    surface->body()->addLayout(tools);
    surface->body()->addWidget(m_tiles, 1);
    surface->body()->addLayout(makeActions());
    connect(m_tiles, &QListView::activated, this, [this](const QModelIndex& index) { openLarge(index.row()); });
    connect(m_tiles, &QListView::customContextMenuRequested, this, [this](const QPoint& at) {
        if (!selectedSamples().empty())
            pickClass(m_tiles->viewport()->mapToGlobal(at));
    });
    connect(m_tiles->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DataPage::showSelection);
    connect(m_samples, &QAbstractItemModel::modelReset, this, &DataPage::showSelection);
    m_samples->setPinned(session().pins().paths());
    connect(&session().pins(), &ProbePins::changed, this, [this] {
        m_samples->setPinned(session().pins().paths());
        showSelection();
    });
    return surface;
}

QWidget* DataPage::makeMiddle() {
    m_middle = new QStackedWidget;
    m_suggest = new SuggestPanel(session());
    m_middle->addWidget(makeGrid());
    m_middle->addWidget(m_suggest);
    connect(m_suggest, &SuggestPanel::fieldAsked, this, &Page::fieldRequested);
    connect(m_suggest, &SuggestPanel::closed, this, [this] { m_middle->setCurrentIndex(0); });
    connect(&session().suggestions(), &SuggestDesk::failed, this,
            [this](const QString& message) { Q_EMIT said(message, false); });
    return m_middle;
}

QWidget* DataPage::makeFacts() {
    auto* surface = new Surface(tr("Facts"));
    auto* suggest =
        button(tr("Suggest settings"), QStringLiteral("games-hint"), "suggestButton",
               tr("Settings that suit these images, each with its reason; nothing changes until you choose"));
    surface->head()->addWidget(suggest);
    connect(suggest, &QPushButton::clicked, this, [this] {
        m_middle->setCurrentWidget(m_suggest);
        const SuggestDesk& desk = session().suggestions();
        if (!desk.isLooking() && !desk.suggestion() && session().runs().isIdle())
            m_suggest->look();
    });
    m_facts = named(new QLabel, "dataFacts", tr("Facts about the images"));
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress = new ProgressBar("surveyProgress", tr("Reading all images"));
    m_findingsTitle = named(new QLabel, "problemsTitle");
    m_findingsTitle->setFont(theme::font(theme::Size::Base, true));
    m_problems = named(new QListView, "problemList", tr("Findings of the health check"));
    m_problems->setProperty("tiles", true);
    m_problems->setItemDelegate(new FindingDelegate(m_problems));
    m_problems->setModel(m_findings);
    m_problems->setUniformItemSizes(true);
    m_problems->setMouseTracking(true);
    m_problems->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_problems->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    connect(m_problems, &QListView::clicked, this, [this](const QModelIndex& index) { openFinding(index.row()); });
    m_problems->installEventFilter(this);
    surface->body()->addWidget(m_facts);
    surface->body()->addSpacing(theme::kGrid);
    surface->body()->addWidget(m_findingsTitle);
    surface->body()->addWidget(m_progress);
    surface->body()->addWidget(m_problems, 1);
    surface->body()->addStretch(0);
    surface->setMinimumWidth(260);
    return surface;
}

void DataPage::showDataset() {
    const auto opened = session().data().dataset();
    m_survey.cancel();
    m_surveyed.reset();
    m_groups.reset();
    m_samples->setDataset(opened);
    m_findings->setFindings({});
    {
        const QSignalBlocker subset(m_subset), name(m_name);
        m_subset->setCurrentIndex(0);
        m_name->clear();
    }
    m_chip->hide();
    m_progress->hide();
    showSelection();
    if (!opened)
        return;
    QStringList titles;
    for (std::size_t i = 0; i < opened->classes.size(); ++i)
        titles << QString::fromStdString(opened->classTitles.empty() ? opened->classes[i] : opened->classTitles[i]);
    m_picker->setClasses(titles);
    m_classTable->setRows({}); // no class of the data set before stays chosen
    showClasses();
    applyFilter();
    startSurvey();
}

void DataPage::showEdited() {
    m_samples->updateDataset(session().data().dataset());
    showClasses();
    showFacts();
    showSelection();
    if (m_surveyed)
        judgeAgain();
}

void DataPage::showClasses() {
    const auto opened = session().data().dataset();
    m_summary->setText(
        tr("%1 · %2 in %3")
            .arg(QString::fromStdString(opened->root.string()),
                 counted(static_cast<qlonglong>(opened->samples.size()), tr("%1 image"), tr("%1 images")),
                 counted(static_cast<qlonglong>(opened->classes.size()), tr("%1 class"), tr("%1 classes"))));
    std::array<std::vector<std::size_t>, 3> counts;
    std::size_t most = 1;
    for (std::size_t s = 0; s < kSubsets.size(); ++s) {
        counts[s] = opened->countsPerClass(kSubsets[s]);
        for (const std::size_t count : counts[s])
            most = std::max(most, count);
    }
    std::vector<std::vector<Table::Cell>> rows;
    for (std::size_t i = 0; i < opened->classes.size(); ++i) {
        const std::string& title = opened->classTitles.empty() ? opened->classes[i] : opened->classTitles[i];
        std::vector<Table::Cell> cells{
            {QString::fromStdString(title), {}, -1, QString::fromStdString(opened->classes[i])}};
        for (const auto& subset : counts) {
            const auto count = static_cast<qlonglong>(subset[i]);
            cells.push_back({grouped(count),
                             count,
                             static_cast<double>(count) / static_cast<double>(most),
                             {},
                             count == 0 ? static_cast<int>(Role::Muted) : -1});
        }
        rows.push_back(std::move(cells));
    }
    m_classTable->updateRows(std::move(rows));
}

void DataPage::showFacts() {
    m_facts->setText(factsOf(*session().data().dataset(), m_surveyed.get(), session().document().experiment().data));
}

void DataPage::applyFilter() {
    const auto opened = session().data().dataset();
    if (!opened)
        return;
    SampleModel::Filter filter;
    const int chosen = m_subset->currentIndex();
    if (chosen > 0 && chosen < kChanged)
        filter.subset = kSubsets[static_cast<std::size_t>(chosen - 1)];
    filter.changed = chosen == kChanged;
    const QModelIndexList selected = m_classes->selectionModel()->selectedRows();
    filter.label = selected.isEmpty() ? -1 : sourceRow(m_classes, selected.first());
    filter.name = m_name->text();
    filter.groups = m_groups;
    m_samples->setFilter(filter);
    const int count = m_samples->rowCount();
    m_found->setText(counted(count, tr("%1 image"), tr("%1 images")));
    m_nothing->setVisible(count == 0);
    m_nothing->setGeometry(
        m_tiles->viewport()->rect().adjusted(3 * theme::kGrid, 3 * theme::kGrid, -3 * theme::kGrid, -3 * theme::kGrid));
    if (count == 0 && !m_groups)
        m_nothing->setText(tr("No image matches these filters."));
}

void DataPage::openLarge(int row) {
    auto* large = new ImageWindow(session().data().dataset(), *m_samples, row, window());
    large->setAttribute(Qt::WA_DeleteOnClose);
    large->show();
}

} // namespace sightline::ui
