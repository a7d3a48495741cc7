// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NetworkPage.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QListWidget>
#include <QScrollArea>
#include <QTableView>
#include <QToolButton>

#include "look/ChoiceWords.h"
#include "look/Words.h"
#include "models/Table.h"
#include "pages/CostPanel.h"
#include "pages/NetworkFields.h"
#include "pages/TransferFields.h"
#include "pages/train/RunEditBar.h"
#include "widgets/Prompts.h"
#include "widgets/SettingsForm.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"
#include "zoo/Hub.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {
/// What the page depends on; training for its memory and its frozen layers.
constexpr ExperimentDocument::Parts kShown = ExperimentDocument::Data | ExperimentDocument::Augmentation |
                                             ExperimentDocument::Normalization | ExperimentDocument::Network |
                                             ExperimentDocument::Training;
constexpr int kAssumedClasses = 10;                            ///< until a data set is open
constexpr int kOperationColumn = 1, kRoomForOperations = 1260; ///< pixels of the page

QString shapeText(const Shape& shape) {
    QStringList words;
    for (const auto extent : shape)
        words << grouped(extent);
    return words.join(QStringLiteral(" × "));
}

} // namespace

NetworkPage::NetworkPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("networkPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeCards());
    row->addWidget(makeLayers(), 1);
    row->addWidget(makeOptions());
    connect(&session.document(), &ExperimentDocument::changed, this, [this](ExperimentDocument::Parts parts) {
        if (parts & kShown)
            showAll();
    });
    connect(&session.data(), &DataDesk::opened, this, &NetworkPage::showAll);
    connect(&session.runs(), &RunDesk::stateChanged, this, &NetworkPage::showEditable);
    connect(&session.runs(), &RunDesk::forkChanged, this, &NetworkPage::showEditable);
    showAll();
}

/// A run in progress keeps its network, and so does a fork. The forms know by themselves.
void NetworkPage::showEditable() {
    for (auto* control : std::initializer_list<QWidget*>{m_cards, m_ownSize, m_chooseWeights}) {
        control->setEnabled(isAllEditable());
        control->setToolTip(isAllEditable() ? QString() : whyFixed());
    }
}

int NetworkPage::classes() const {
    const auto opened = session().data().dataset();
    return opened ? static_cast<int>(opened->classes.size()) : kAssumedClasses;
}

QWidget* NetworkPage::makeCards() {
    auto* surface = new Surface(tr("Networks"));
    surface->setFixedWidth(244);
    m_cards = named(new QListWidget, "zooCards", tr("Networks to choose from"));
    m_cards->setProperty("cards", true);
    m_cards->setSpacing(2);
    m_cards->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const int cardHeight = 2 * QFontMetrics(theme::font(theme::Size::Base)).lineSpacing() + 3 * theme::kGrid;
    for (const ZooEntry& entry : zoo()) {
        auto* item = new QListWidgetItem(m_cards);
        item->setData(Qt::UserRole, QString::fromStdString(entry.name));
        item->setToolTip(QString::fromStdString(entry.description));
        item->setSizeHint({0, cardHeight}); // a list asks before style and words are there
    }
    connect(m_cards, &QListWidget::itemClicked, this,
            [this](const QListWidgetItem* item) { choose(m_cards->row(item)); });
    connect(m_cards, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem* item) { choose(m_cards->row(item)); });
    surface->body()->addWidget(m_cards, 1);
    return surface;
}

/// Where the window is narrow the operation goes, which most ids name, and ids and figures stay readable.
void NetworkPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    m_view->setColumnHidden(kOperationColumn, width() < kRoomForOperations);
    if (QListWidgetItem* chosen = m_cards->currentItem())
        m_cards->scrollToItem(chosen);
}

QWidget* NetworkPage::makeLayers() {
    m_layersSurface = new Surface(tr("Layers"));
    m_summary = named(new QLabel, "networkSummary");
    m_summary->setWordWrap(true);
    m_fault = named(new QLabel, "networkFault");
    m_fault->setProperty("bad", true);
    m_fault->setWordWrap(true);
    m_layers = new Table(
        {tr("Layer"), tr("Operation"), tr("Output"), tr("Parameters"), tr("Multiply-adds"), tr("Activations")}, this);
    m_view = tableView(m_layers, "layerTable", tr("Layers of the network"), false);
    m_layersSurface->body()->addWidget(m_summary);
    m_layersSurface->body()->addWidget(m_fault);
    m_layersSurface->body()->addWidget(m_view, 1);
    return m_layersSurface;
}

QWidget* NetworkPage::makeOptions() {
    auto* surface = new Surface(tr("Options"));
    surface->setFixedWidth(332);
    m_ownSize = named(button({}, {}, "useDefaultSize"), "useDefaultSize", tr("Use the network's default image size"));
    connect(m_ownSize, &QPushButton::clicked, this, [this] {
        Experiment next = session().document().experiment();
        if (const ZooEntry* entry = findInZoo(next.model.name)) {
            next.data.imageHeight = entry->defaultHeight;
            next.data.imageWidth = entry->defaultWidth;
            next.data.pixels.channels = channelsFor(entry->defaultChannels);
            session().document().setExperiment(std::move(next));
        }
    });
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* room = new QWidget;
    m_formRoom = new QVBoxLayout(room);
    m_formRoom->setContentsMargins(0, 0, theme::kGrid, 0);
    m_weightFacts = named(new QLabel, "weightFacts", tr("Source of the weights"));
    m_weightFacts->setWordWrap(true);
    m_weightFacts->setProperty("muted", true);
    m_weightFacts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_chooseWeights = named(button(tr("Choose a weight file…"), QStringLiteral("document-open"), "chooseWeights"),
                            "chooseWeights", tr("Choose a .safetensors file"));
    connect(m_chooseWeights, &QPushButton::clicked, this, &NetworkPage::chooseWeightFile);
    m_fetch = named(button({}, QStringLiteral("download"), "fetchWeights"), "fetchWeights", tr("Download the weights"));
    connect(m_fetch, &QPushButton::clicked, this, [this] {
        if (session().weights().fetching().isEmpty())
            session().weights().fetch(QString::fromStdString(session().document().experiment().model.weights));
        else
            session().weights().cancel();
    });
    connect(&session().weights(), &WeightsDesk::progress, this, &NetworkPage::showFetching);
    connect(&session().weights(), &WeightsDesk::fetched, this, [this](const QString& name) {
        rebuildOptions(); // what the home holds comes first
        showWeights();
        Q_EMIT said(tr("%1 is downloaded.").arg(name), true);
    });
    connect(&session().weights(), &WeightsDesk::failed, this, [this](const QString& message) {
        showWeights();
        Q_EMIT said(message, false);
    });
    m_transfer = named(new SettingsForm, "transferForm");
    addTransferFields(*m_transfer);
    Page::follow(*m_transfer);
    m_formRoom->addWidget(m_ownSize, 0, Qt::AlignLeft);
    m_formRoom->addWidget(m_weightFacts);
    m_formRoom->addWidget(m_fetch, 0, Qt::AlignLeft);
    m_formRoom->addWidget(m_chooseWeights, 0, Qt::AlignLeft);
    m_formRoom->addWidget(m_transfer);
    m_formRoom->addStretch(1);
    scroll->setWidget(room);
    surface->body()->addWidget(new RunEditBar(session(), QStringLiteral("network")));
    surface->body()->addWidget(scroll, 1);
    m_cost = new CostPanel(session());
    surface->body()->addWidget(m_cost);
    return surface;
}

void NetworkPage::chooseWeightFile() {
    const QString file = prompts().openFile(this, tr("Choose a weight file"), {}, tr("Weights (*.safetensors)"));
    if (file.isEmpty())
        return;
    Experiment next = session().document().experiment();
    next.model.weights = file.toStdString();
    session().document().setExperiment(std::move(next));
}

/// Another network begins with none of the settings that are about the layers of the one before.
void NetworkPage::choose(int card) {
    const std::string name = m_cards->item(card)->data(Qt::UserRole).toString().toStdString();
    Experiment next = session().document().experiment();
    if (next.model.name == name && next.model.graph.is_null())
        return;
    next.model = ModelSettings{};
    next.model.name = name;
    next.training.fineTune.reset();
    next.training.cacheFeatures = false;
    session().document().setExperiment(std::move(next));
}

void NetworkPage::rebuildOptions() {
    delete m_form;
    m_form = named(new SettingsForm, "networkForm");
    const Experiment& experiment = session().document().experiment();
    if (const ZooEntry* entry = findInZoo(experiment.model.name))
        addZooOptions(*m_form, *entry);
    addInputFields(*m_form);
    m_form->section(tr("Pretrained weights"), experiment.model.weights.empty());
    addWeightFields(*m_form, experiment.model.name, session().home(), [this] { chooseWeightFile(); });
    Page::follow(*m_form);
    m_formRoom->insertWidget(0, m_form);
}

void NetworkPage::showAll() {
    const std::string name = session().document().experiment().model.graph.is_null()
                                 ? session().document().experiment().model.name
                                 : std::string();
    if (!m_form || name != m_shownNetwork) {
        m_shownNetwork = name;
        rebuildOptions();
    }
    const DataSettings& wanted = session().document().experiment().data;
    const ZooEntry* entry = findInZoo(name);
    const bool other =
        entry && (entry->defaultHeight != wanted.imageHeight || entry->defaultWidth != wanted.imageWidth ||
                  entry->defaultChannels != wanted.channels());
    m_ownSize->setVisible(other);
    if (other)
        m_ownSize->setText(entry->defaultChannels == 1
                               ? tr("Use its default %1 × %2, gray").arg(entry->defaultWidth).arg(entry->defaultHeight)
                               : tr("Use its default %1 × %2").arg(entry->defaultWidth).arg(entry->defaultHeight));
    showTransferFields(*m_transfer, session().document().experiment());
    showWeights();
    showCards();
    showGraph();
}

void NetworkPage::showWeights() {
    const auto opened = session().data().dataset();
    const QString facts = m_facts.of(session().document().experiment(), session().home(), classes(),
                                     opened ? opened->classes : std::vector<std::string>());
    m_weightFacts->setText(facts);
    m_weightFacts->setVisible(!facts.isEmpty());
    const HubWeights* known = findInHub(session().document().experiment().model.weights);
    m_fetch->setVisible(
        !session().weights().fetching().isEmpty() ||
        (known && !QFileInfo::exists(QString::fromStdString(hubFile(session().home(), known->name).string()))));
    if (session().weights().fetching().isEmpty() && known)
        m_fetch->setText(tr("Download %1").arg(bytesText(static_cast<qint64>(known->bytes))));
}

void NetworkPage::showFetching(qulonglong done, qulonglong total) {
    m_fetch->setVisible(true);
    m_fetch->setText(
        total == 0 ? tr("Cancel (%1 downloaded)").arg(bytesText(static_cast<qint64>(done)))
                   : tr("Cancel (%1 % of %2)").arg(100 * done / total).arg(bytesText(static_cast<qint64>(total))));
}

void NetworkPage::showCards() {
    const Experiment& experiment = session().document().experiment();
    const std::string chosen = experiment.model.graph.is_null() ? experiment.model.name : std::string();
    const auto& sizes = m_sizes.of(experiment, classes());
    for (int i = 0; i < m_cards->count(); ++i) {
        QListWidgetItem* item = m_cards->item(i);
        const ZooEntry& entry = zoo()[static_cast<std::size_t>(i)];
        auto parameters = sizes[static_cast<std::size_t>(i)];
        if (entry.name == chosen) { // with the options it has been given
            const auto graph = graphFor(experiment, classes());
            const auto cost = graph ? shapes(*graph) : Result<GraphCost>(graph.error());
            parameters = cost ? std::optional(cost->parameters) : std::nullopt;
        }
        item->setText(QString::fromStdString(entry.title) + QLatin1Char('\n') +
                      (parameters ? tr("%1 parameters · %2").arg(compact(static_cast<double>(*parameters)))
                                  : tr("does not fit this image size · %1"))
                          .arg(entry.year));
        if (entry.name == chosen)
            m_cards->setCurrentItem(item);
    }
    if (chosen.empty())
        m_cards->setCurrentRow(-1);
}

void NetworkPage::showGraph() {
    const Experiment& experiment = session().document().experiment();
    const auto graph = graphFor(experiment, classes());
    QString fault;
    std::vector<std::vector<Table::Cell>> rows;
    int faulty = -1;
    if (!graph) {
        fault = QString::fromStdString(graph.error().message);
        m_summary->clear();
        m_cost->clear();
    } else {
        std::vector<GraphFault> faults;
        const GraphCost cost = shapesUntilFault(*graph, faults);
        for (std::size_t i = 0; i < graph->nodes.size(); ++i) {
            const Node& node = graph->nodes[i];
            const bool bad = !faults.empty() && faults.front().node == node.id;
            if (bad)
                faulty = static_cast<int>(i);
            const bool known = i < cost.nodes.size() && !cost.nodes[i].output.empty();
            const NodeCost price = known ? cost.nodes[i] : NodeCost{};
            const int tone = bad ? static_cast<int>(Role::Bad) : -1;
            const auto number = [&](std::int64_t value, const QString& text) {
                return Table::Cell{known ? text : QStringLiteral("–"), static_cast<qlonglong>(value), -1, {}, tone};
            };
            rows.push_back({{QString::fromStdString(node.id),
                             {},
                             -1,
                             bad ? QString::fromStdString(faults.front().message) : QString(),
                             tone},
                            {operationTitle(node.op), {}, -1, {}, tone},
                            number(0, shapeText(price.output)),
                            number(price.parameters, price.parameters ? grouped(price.parameters) : QString()),
                            number(price.multiplyAdds,
                                   price.multiplyAdds ? compact(static_cast<double>(price.multiplyAdds)) : QString()),
                            number(price.activationBytes, bytesText(static_cast<qint64>(price.activationBytes)))});
        }
        if (!faults.empty())
            fault = QString::fromStdString(faults.front().message);
        if (faults.empty())
            m_cost->show(*graph, cost);
        else
            m_cost->clear();
        m_summary->setText(tr("%1 parameters · %2 multiply-adds per image")
                               .arg(grouped(cost.parameters), compact(static_cast<double>(cost.multiplyAdds))));
    }
    m_layersSurface->setTitle(
        session().data().dataset()
            ? tr("Layers, for %1").arg(counted(classes(), tr("%1 class"), tr("%1 classes")))
            : tr("Layers, for %1 (no images open yet)").arg(counted(classes(), tr("%1 class"), tr("%1 classes"))));
    m_layers->setRows(std::move(rows));
    m_fault->setText(fault);
    m_fault->setVisible(!fault.isEmpty());
    if (faulty >= 0)
        m_view->scrollTo(m_view->model()->index(faulty, 0), QAbstractItemView::PositionAtCenter);
    setBadge(fault.isEmpty() ? Badge::Ready : Badge::Attention, fault.isEmpty() ? 0 : 1);
}

} // namespace sightline::ui
