// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/BatchView.h"

#include <QImage>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

#include "engine/BatchSheet.h"
#include "look/Theme.h"
#include "look/Words.h"
#include "models/PictureTiles.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {

constexpr int kSide = 112;

QString shown(const std::string& text) {
    return QString::fromStdString(text);
}

QString wordsOf(const GivenBatch& batch) {
    double loss = 0;
    int right = 0;
    for (const GivenImage& image : batch.images) {
        loss += image.loss;
        right += isRight(image) ? 1 : 0;
    }
    const auto count = static_cast<int>(batch.images.size());
    return BatchView::tr("Batch %1 of epoch %2 · %3 × %4 pixels · loss %5 · %6 of %7 right")
        .arg(batch.batch)
        .arg(batch.epoch)
        .arg(batch.width)
        .arg(batch.height)
        .arg(significant(loss / std::max(1, count)))
        .arg(right)
        .arg(count);
}

} // namespace

BatchView::BatchView(const QByteArray& prefix, QWidget* parent)
    : QWidget(parent), m_words(named(new QLabel, (prefix + "BatchWords").constData())),
      m_tiles(new PictureTiles(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    auto* view = named(new TileView(2), (prefix + "BatchTiles").constData(), tr("Images of the batch"));
    view->setSide(kSide);
    view->setModel(m_tiles);
    column->addWidget(m_words);
    column->addWidget(view, 1);
    clear();
}

void BatchView::clear() {
    m_words->clear();
    m_words->hide();
    m_tiles->setTiles({}, {});
}

void BatchView::setBatch(GivenBatch batch, const std::vector<std::string>& classes) {
    sortByLoss(batch);
    std::vector<PictureTiles::Tile> tiles;
    for (const GivenImage& image : batch.images) {
        const QString predicted = shown(classNamed(classes, static_cast<std::size_t>(image.predicted)));
        tiles.push_back({static_cast<int>(tiles.size()), shown(labelOf(image, classes)),
                         tr("loss %1 · %2 %3").arg(significant(image.loss, 2), predicted, percent(image.probability)),
                         isRight(image) ? Role::Good : Role::Bad, shown(image.path)});
    }
    m_words->setText(wordsOf(batch));
    m_words->show();
    const auto kept = std::make_shared<const GivenBatch>(std::move(batch));
    m_tiles->setTiles(std::move(tiles), [kept](int number) {
        const GivenImage& image = kept->images[static_cast<std::size_t>(number)];
        return QImage(image.pixels.data(), kept->width, kept->height, 3 * kept->width, QImage::Format_RGB888).copy();
    });
}

} // namespace sightline::ui
