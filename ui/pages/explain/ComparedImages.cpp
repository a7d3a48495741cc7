// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ComparedImages.h"

#include <QButtonGroup>
#include <QItemSelectionModel>
#include <QStackedWidget>

#include <array>

#include "look/Words.h"
#include "pages/explain/ComparedTiles.h"
#include "widgets/ArrowKeys.h"
#include "widgets/Placeholder.h"
#include "widgets/Segments.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kSide = 56, kHeight = 108; ///< a row of tiles
} // namespace

ComparedImages::ComparedImages(Thumbnails& thumbnails, QWidget* parent)
    : QWidget(parent), m_tiles(new ComparedTiles(thumbnails, this)) {
    setObjectName(QStringLiteral("comparedImages"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    makeHead(*column);
    m_view = named(new TileView(2), "comparedTiles", tr("Images with what both runs predicted"));
    m_view->setSide(kSide);
    m_view->setModel(m_tiles);
    keepArrowKeys(m_view);
    m_pictures = withPlaceholder(m_view, "comparedNone", tr("There are no such images."));
    m_pictures->setFixedHeight(kHeight);
    column->addWidget(m_pictures);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (const auto sample = current.isValid() ? m_tiles->gallery().sample(current.row()) : std::nullopt)
            Q_EMIT chosen(*sample);
    });
    hide();
}

void ComparedImages::makeHead(QBoxLayout& column) {
    auto* line = new QHBoxLayout;
    auto* kinds = new QHBoxLayout;
    kinds->setSpacing(0);
    m_kinds = addSegments(*kinds, this,
                          {{tr("Only this run right"), "onlyThisRight"},
                           {tr("Only the second right"), "onlySecondRight"},
                           {tr("Both wrong"), "bothWrong"}});
    connect(m_kinds, &QButtonGroup::idClicked, this, &ComparedImages::show);
    m_gallery = button(tr("Show in the gallery"), QStringLiteral("go-next"), "comparedInGallery",
                       tr("Show these images on the page Evaluate"));
    connect(m_gallery, &QPushButton::clicked, this, [this] {
        const int row = m_view->currentIndex().row();
        Q_EMIT galleryAsked(m_tiles->gallery().filter(), row < 0 ? -1 : qint64{m_tiles->placeOf(row)});
    });
    line->addLayout(kinds);
    line->addStretch(1);
    line->addWidget(m_gallery);
    column.addLayout(line);
}

const std::vector<ComparedImage>& ComparedImages::images(int kind) const {
    const Comparison& all = m_compared->comparison;
    return kind == 0 ? all.onlyFirst : kind == 1 ? all.onlySecond : all.bothWrong;
}

void ComparedImages::setCompared(std::shared_ptr<const ComparedRuns> compared, std::shared_ptr<const Dataset> dataset) {
    m_compared = std::move(compared);
    m_tiles->setCompared(m_compared, std::move(dataset));
    setVisible(m_compared != nullptr);
    if (!m_compared)
        return;
    const std::array<QString, 3> words{tr("Only this run right (%1)"), tr("Only the second right (%1)"),
                                       tr("Both wrong (%1)")};
    for (int kind = 0; kind < 3; ++kind) {
        m_kinds->button(kind)->setText(
            words[static_cast<std::size_t>(kind)].arg(grouped(static_cast<qlonglong>(images(kind).size()))));
        m_kinds->button(kind)->setAccessibleName(m_kinds->button(kind)->text());
    }
    show(m_kinds->checkedId());
}

void ComparedImages::show(int kind) {
    const std::array<QString, 3> captions{tr("only this run is right"), tr("only the second run is right"),
                                          tr("both runs are wrong")};
    GalleryFilter filter;
    filter.caption = captions[static_cast<std::size_t>(kind)];
    for (const ComparedImage& image : images(kind))
        filter.images.push_back(static_cast<std::uint32_t>(image.first));
    m_tiles->setShown(filter);
    m_pictures->setCurrentIndex(filter.images.empty() ? 0 : 1);
    m_gallery->setEnabled(!filter.images.empty());
}

} // namespace sightline::ui
