// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ImageWindow.h"

#include <QAbstractItemModel>
#include <QKeyEvent>
#include <QToolButton>

#include <algorithm>

#include "look/Icons.h"
#include "look/Picture.h"
#include "models/Tiles.h"
#include "widgets/ImageView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kLongest = 1600, kSmall = 64;
}

ImageWindow::ImageWindow(std::shared_ptr<const Dataset> dataset, const QAbstractItemModel& tiles, int row,
                         QWidget* parent)
    : QDialog(parent), m_dataset(std::move(dataset)), m_tiles(tiles), m_row(row) {
    setObjectName(QStringLiteral("imageWindow"));
    resize(760, 640);
    auto* column = new QVBoxLayout(this);
    m_view = named(new ImageView(this), "largeImage", tr("Image at full size"));
    column->addWidget(m_view, 1);
    auto* line = new QHBoxLayout;
    m_words = named(new QLabel(this), "largeWords");
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    line->addWidget(m_words, 1);
    for (const auto& [name, icon, tip, by] :
         {std::tuple{"previousImage", "go-previous", tr("Previous image (Left)"), -1},
          std::tuple{"nextImage", "go-next", tr("Next image (Right)"), 1}}) {
        auto* arrow = named(new QToolButton(this), name, tip);
        arrow->setIcon(theme::icon(QLatin1String(icon)));
        arrow->setToolTip(tip);
        connect(arrow, &QToolButton::clicked, this, [this, by = by] { step(by); });
        line->addWidget(arrow);
    }
    column->addLayout(line);
    load();
}

void ImageWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Right || event->key() == Qt::Key_Left)
        step(event->key() == Qt::Key_Right ? 1 : -1);
    else
        QDialog::keyPressEvent(event);
}

void ImageWindow::step(int by) {
    m_row = std::clamp(m_row + by, 0, std::max(0, m_tiles.rowCount() - 1));
    load();
}

void ImageWindow::load() {
    const QVariant at = m_tiles.index(m_row, 0).data(TileSample);
    if (!at.isValid() || at.toUInt() >= m_dataset->samples.size())
        return;
    const std::uint32_t sample = at.toUInt();
    const QString path = QString::fromStdString(m_dataset->samples[sample].path);
    setWindowTitle(path);
    m_words->setText(path);
    const QString state = m_tiles.index(m_row, 0).data(TileDetail).toString(); // its class, or what was changed by hand
    struct Loaded {
        QImage picture;
        QString words;
        bool sharp = false; ///< small enough to show its pixels
    };
    m_lane.submit(
        this,
        [data = m_dataset, sample, path, state](const std::stop_token&) -> Result<Loaded> {
            const auto image = shownImage(*data, data->samples[sample]);
            if (!image)
                return image.error();
            QImage picture = toQImage(*image);
            const int longest = std::max(picture.width(), picture.height());
            const QString words =
                QStringLiteral("%1 · %2 × %3 · %4").arg(path).arg(picture.width()).arg(picture.height()).arg(state);
            if (longest > kLongest) // a photograph: what the screen cannot show is not scaled anew at every paint
                picture = picture.scaled(kLongest, kLongest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            return Loaded{picture, words, longest <= kSmall};
        },
        [this](const Result<Loaded>& loaded) {
            m_view->setSharp(loaded && loaded->sharp);
            m_view->setImage(loaded ? loaded->picture : QImage(), tr("This image cannot be read."));
            m_words->setText(loaded ? loaded->words : QString::fromStdString(loaded.error().message));
        });
}

} // namespace sightline::ui
