// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/BatchView.h"

#include <QImage>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

#include "look/Theme.h"
#include "look/Words.h"
#include "models/PictureTiles.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {

constexpr int kSide = 112;

QString className(const std::vector<std::string>& classes, std::size_t number) {
    return number < classes.size() ? QString::fromStdString(classes[number]) : QString::number(number);
}

/// "car", or of a mixed image "60 % car, 40 % boat".
QString labelOf(const GivenImage& image, const std::vector<std::string>& classes) {
    QStringList parts;
    for (std::size_t i = 0; i < image.target.size(); ++i) {
        const auto share = static_cast<double>(image.target[i]);
        if (share > 0.999)
            return className(classes, i);
        if (share > 0.001)
            parts << QStringLiteral("%1 % %2").arg(std::lround(100 * share)).arg(className(classes, i));
    }
    return parts.join(QStringLiteral(", "));
}

bool isRight(const GivenImage& image) {
    const auto largest = std::max_element(image.target.begin(), image.target.end());
    return largest - image.target.begin() == image.predicted;
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
    std::stable_sort(batch.images.begin(), batch.images.end(),
                     [](const GivenImage& a, const GivenImage& b) { return a.loss > b.loss; });
    std::vector<PictureTiles::Tile> tiles;
    for (const GivenImage& image : batch.images) {
        const QString predicted = className(classes, static_cast<std::size_t>(image.predicted));
        tiles.push_back({static_cast<int>(tiles.size()), labelOf(image, classes),
                         tr("loss %1 · %2 %3").arg(significant(image.loss, 2), predicted, percent(image.probability)),
                         isRight(image) ? Role::Good : Role::Bad, QString::fromStdString(image.path)});
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
