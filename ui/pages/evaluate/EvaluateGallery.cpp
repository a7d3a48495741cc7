// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/EvaluateGallery.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QItemSelectionModel>
#include <QMenu>
#include <QStackedWidget>

#include <array>

#include "look/Icons.h"
#include "look/Words.h"
#include "pages/LabelKeys.h"
#include "pages/PinKeys.h"
#include "pages/evaluate/GalleryOrder.h"
#include "widgets/ElidedLabel.h"
#include "widgets/Placeholder.h"
#include "widgets/Segments.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

EvaluateGallery::EvaluateGallery(DataDesk& desk, ProbePins& pins, Thumbnails& thumbnails, QWidget* refuse,
                                 QWidget* parent)
    : QWidget(parent), m_data(desk), m_gallery(new GalleryModel(thumbnails, this)), m_refuse(refuse) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    auto* surface = new Surface;
    column->addWidget(surface);
    surface->head()->insertWidget(0, makeShow());
    surface->head()->addWidget(makeOrder());
    surface->body()->addLayout(makeFilter());
    m_note = named(mutedLabel({}), "galleryNote");
    m_note->hide();
    surface->body()->addWidget(m_note);
    m_tiles = named(new TileView(2), "gallery", tr("Images with their predictions"));
    m_tiles->setSide(96);
    m_tiles->setModel(m_gallery);
    m_pictures = withPlaceholder(m_tiles, "galleryEmpty", tr("Every image with its prediction appears here."));
    surface->body()->addWidget(m_pictures, 1);
    surface->body()->addWidget(m_refuse);
    m_refuse->hide();
    connect(m_tiles->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid())
            Q_EMIT chosen(current.row());
    });
    makeKeys(pins);
    connect(&desk, &DataDesk::edited, this, [this] { m_gallery->setEdited(m_data.dataset()); });
    connect(m_tiles, &QListView::activated, this, [this](const QModelIndex& index) { Q_EMIT opened(index.row()); });
}

void EvaluateGallery::makeKeys(ProbePins& pins) {
    const auto current = [this] {
        const int row = m_tiles->currentIndex().row();
        const auto sample = row >= 0 ? m_gallery->sample(row) : std::nullopt;
        return sample ? std::vector<std::uint32_t>{*sample} : std::vector<std::uint32_t>();
    };
    new LabelKeys(m_data, *m_tiles, current);
    m_pins = new PinKeys(pins, *m_tiles, current);
    m_gallery->setPinned(pins.paths());
    connect(&pins, &ProbePins::changed, this, [this, &pins] { m_gallery->setPinned(pins.paths()); });
    m_tiles->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_tiles, &QListView::customContextMenuRequested, this, &EvaluateGallery::showMenu);
}

/// What the keys do, for the mouse.
void EvaluateGallery::showMenu(const QPoint& at) {
    const QModelIndex index = m_tiles->indexAt(at);
    if (!index.isValid() || !m_gallery->sample(index.row()))
        return;
    m_tiles->setCurrentIndex(index);
    auto* menu = named(new QMenu(this), "galleryMenu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* pin = menu->addAction(theme::icon(QStringLiteral("pin")), m_pins->unpins() ? tr("Unpin") : tr("Pin"));
    pin->setObjectName(QStringLiteral("galleryPin"));
    connect(pin, &QAction::triggered, m_pins, &PinKeys::toggle);
    menu->popup(m_tiles->viewport()->mapToGlobal(at));
}

QWidget* EvaluateGallery::makeShow() {
    auto* choices = new QWidget;
    auto* line = new QHBoxLayout(choices);
    line->setContentsMargins({});
    line->setSpacing(0);
    m_show =
        addSegments(*line, this, {{tr("All"), "showAll"}, {tr("Correct"), "showRight"}, {tr("Wrong"), "showWrong"}});
    connect(m_show, &QButtonGroup::idClicked, this, [this](int id) {
        m_gallery->setShow(static_cast<GalleryModel::Show>(id));
        showFilter();
    });
    return choices;
}

QWidget* EvaluateGallery::makeOrder() {
    m_order = new GalleryOrder;
    connect(m_order, &GalleryOrder::chosen, m_gallery, &GalleryModel::setSort);
    connect(m_order, &GalleryOrder::learned, this, [this](const std::shared_ptr<const LearnedImages>& images) {
        m_gallery->setLearned(images);
        m_tiles->setStripShown(images != nullptr);
    });
    connect(m_order, &GalleryOrder::noted, this, [this](const QString& note) {
        m_note->setText(note);
        m_note->setVisible(!note.isEmpty());
    });
    return m_order;
}

QLayout* EvaluateGallery::makeFilter() {
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_caption = named(new ElidedLabel, "galleryFilter", tr("Which images are shown"));
    m_count = named(mutedLabel({}), "galleryCount");
    m_count->setWordWrap(false);
    m_clear = button(tr("Show all"), QStringLiteral("window-close"), "clearFilter",
                     tr("Show every image of the evaluation again"));
    connect(m_clear, &QPushButton::clicked, this, [this] {
        setFilter({});
        Q_EMIT cleared();
    });
    line->addWidget(m_caption, 1);
    line->addWidget(m_count);
    line->addWidget(m_clear);
    return line;
}

void EvaluateGallery::setEvaluation(std::shared_ptr<const Evaluation> evaluation,
                                    std::shared_ptr<const OpenedRun> run) {
    m_any = evaluation != nullptr;
    m_pictures->setCurrentIndex(m_any ? 1 : 0);
    m_gallery->setEvaluation(evaluation, m_data.dataset());
    m_order->setUnknownKnown(false);
    m_refuse->hide();
    m_order->setEvaluation(std::move(evaluation), std::move(run));
    showFilter();
}

void EvaluateGallery::setUnknown(std::shared_ptr<const std::vector<std::optional<double>>> scores) {
    m_gallery->setUnknown(scores);
    m_order->setUnknownKnown(scores != nullptr);
    m_refuse->setVisible(scores != nullptr);
}

void EvaluateGallery::setFilter(const GalleryFilter& filter) {
    m_gallery->setFilter(filter);
    showFilter();
}

void EvaluateGallery::showAll() {
    m_show->button(0)->click();
}

void EvaluateGallery::choose(std::uint32_t prediction) {
    if (m_gallery->rowOf(prediction) < 0)
        showAll();
    if (const int row = m_gallery->rowOf(prediction); row >= 0)
        m_tiles->setCurrentIndex(m_gallery->index(row));
}

void EvaluateGallery::showFilter() {
    const GalleryFilter& filter = m_gallery->filter();
    m_caption->setText(!m_any ? QString() : filter.showsAll() ? tr("All classes") : filter.caption);
    m_count->setText(m_any ? counted(m_gallery->rowCount(), tr("%1 image"), tr("%1 images")) : QString());
    m_clear->setVisible(!filter.showsAll());
}

} // namespace sightline::ui
