// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/PixelsDialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>

#include "data/Raster.h"
#include "experiment/PixelJson.h"
#include "look/Icons.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "pages/GuessLines.h"
#include "widgets/ElidedLabel.h"
#include "widgets/ImageView.h"
#include "widgets/NumberField.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
enum Depth { kAuto, kFull, kRange };
enum Channels { kNetworks, kChosen };
constexpr std::size_t kLookedAt = 48;
constexpr int kLongest = 800, kSmall = 64;
constexpr double kMostValue = 1e9;

bool needsChoice(const ImageHeader& header) {
    return header.isDeep() || header.pages > 1 || header.extraChannels() > 0 || header.transparent;
}

Result<ImageHeader> headerOf(const Dataset& dataset, const Sample& sample) {
    const auto bytes = dataset.source->bytes(sample);
    return bytes ? imageHeader(bytes->data(), bytes->size(), sample.path) : bytes.error();
}

/// The first image that has something to choose; the first of all where there is none.
std::uint32_t firstOfInterest(const Dataset& dataset, const std::stop_token& stop) {
    const std::size_t count = dataset.samples.size();
    for (std::size_t i = 0; i < std::min(kLookedAt, count) && !stop.stop_requested(); ++i) {
        const std::size_t at = i * count / std::min(kLookedAt, count);
        if (const auto header = headerOf(dataset, dataset.samples[at]); header && needsChoice(*header))
            return static_cast<std::uint32_t>(at);
    }
    return 0;
}

/// A control with its name above and a line of help beneath.
QWidget* group(const QString& title, std::initializer_list<QWidget*> controls) {
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, 0, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(mutedLabel(title));
    for (QWidget* control : controls)
        column->addWidget(control);
    return room;
}
} // namespace

struct PixelsDialog::Preview {
    std::uint32_t sample = 0;
    ImageHeader header;
    QImage picture;
};

PixelsDialog::PixelsDialog(Session& session, QWidget* parent)
    : GuessDialog(session, tr("Pixels of the images"), tr("How are the files of these images read?"), parent) {
    setObjectName(QStringLiteral("pixelsDialog"));
    resize(720, 480);
    const std::vector<GuessLine> lines = guessLines(*dataset(), before());
    const auto concerns = [&](const QString& id) {
        return std::any_of(lines.begin(), lines.end(), [&](const GuessLine& line) { return line.id == id; });
    };
    auto* column = new QVBoxLayout;
    for (const auto& [id, made] :
         {std::pair(guess::kDepth, makeDepth()), std::pair(guess::kPage, makePage()),
          std::pair(guess::kChannels, makeChannels()), std::pair(guess::kBackground, makeBackground())}) {
        column->addWidget(made);
        made->setVisible(concerns(id) ||
                         (id == guess::kChannels && before().pixels.channels.kind == ChannelSettings::Kind::Chosen));
    }
    column->addStretch(1);
    for (QWidget* control : {static_cast<QWidget*>(m_background), static_cast<QWidget*>(m_channelKind),
                             static_cast<QWidget*>(m_page), static_cast<QWidget*>(m_depth)})
        if (!control->parentWidget()->isHidden())
            control->setFocus(); // the first of them at last
    auto* row = new QHBoxLayout;
    row->setSpacing(3 * theme::kGrid);
    row->addLayout(makePicture(), 1);
    row->addLayout(column);
    body()->addLayout(row, 1);
    choose();
}

QWidget* PixelsDialog::makeDepth() {
    const DepthSettings& found = dataset()->depth;
    const DepthSettings& now = before().pixels.depth;
    const bool isFound = found.kind == DepthSettings::Kind::Range;
    m_depth = named(new QComboBox, "depthKind", tr("Values shown from black to white"));
    m_depth->addItem(isFound ? tr("Found in the images: %1 to %2").arg(pixelValue(found.low), pixelValue(found.high))
                             : tr("Found in the images: all values"));
    m_depth->addItem(tr("All that the files can hold"));
    m_depth->addItem(tr("These values:"));
    m_depth->setCurrentIndex(now.kind == DepthSettings::Kind::Auto   ? kAuto
                             : now.kind == DepthSettings::Kind::Full ? kFull
                                                                     : kRange);
    auto* range = new QWidget;
    auto* row = new QHBoxLayout(range);
    row->setContentsMargins(0, 0, 0, 0);
    m_low = named(new NumberField, "depthLow", tr("Value shown as black"));
    m_high = named(new NumberField, "depthHigh", tr("Value shown as white"));
    for (NumberField* field : {m_low, m_high})
        field->setRange(-kMostValue, kMostValue);
    const DepthSettings& shown = now.kind == DepthSettings::Kind::Range ? now : found;
    m_low->setValue(shown.kind == DepthSettings::Kind::Range ? shown.low : 0);
    m_high->setValue(shown.kind == DepthSettings::Kind::Range ? shown.high : 65535);
    row->addWidget(m_low, 1);
    row->addWidget(new QLabel(tr("to")));
    row->addWidget(m_high, 1);
    connect(m_depth, &QComboBox::currentIndexChanged, this, &PixelsDialog::choose);
    for (NumberField* field : {m_low, m_high})
        connect(field, &QDoubleSpinBox::valueChanged, this, &PixelsDialog::choose);
    return group(tr("Values from black to white"), {m_depth, range});
}

QWidget* PixelsDialog::makePage() {
    m_page = named(new QSpinBox, "imagePage", tr("Page of each file"));
    m_page->setRange(1, 65536);
    m_page->setValue(before().pixels.page + 1);
    connect(m_page, &QSpinBox::valueChanged, this, &PixelsDialog::choose);
    return group(tr("Page of each file"), {m_page});
}

QWidget* PixelsDialog::makeChannels() {
    const ChannelSettings& now = before().pixels.channels;
    const bool isChosen = now.kind == ChannelSettings::Kind::Chosen;
    m_channelKind = named(new QComboBox, "channelKind", tr("Channels that are used"));
    m_channelKind->addItems({tr("Color or gray"), tr("These channels:")});
    m_channelKind->setCurrentIndex(isChosen ? kChosen : kNetworks);
    QStringList list;
    for (const int channel : now.chosen)
        list << QString::number(channel);
    m_channels = named(new QLineEdit(list.join(QStringLiteral(", "))), "channelList", tr("Channels, counted from 0"));
    m_channels->setPlaceholderText(tr("0, 1, 2, 3"));
    m_channels->setToolTip(tr("Channels, counted from 0. The first three are shown."));
    connect(m_channelKind, &QComboBox::currentIndexChanged, this, &PixelsDialog::choose);
    connect(m_channels, &QLineEdit::textChanged, this, &PixelsDialog::choose);
    return group(tr("Channels"), {m_channelKind, m_channels});
}

QWidget* PixelsDialog::makeBackground() {
    const BackgroundSettings& now = before().pixels.background;
    m_background = named(new QComboBox, "background", tr("Under transparent pixels"));
    const auto add = [&](const QString& text, const BackgroundSettings& background) {
        if (background == now)
            m_background->setProperty("now", m_background->count());
        const auto& [red, green, blue] = background.colour;
        m_background->addItem(text, background.drop ? QVariant() : QVariant(QColor(red, green, blue)));
    };
    add(tr("Transparency ignored"), {});
    add(tr("White"), {.drop = false, .colour = {255, 255, 255}});
    add(tr("Black"), {.drop = false, .colour = {0, 0, 0}});
    if (!m_background->property("now").isValid())
        add(tr("As it is"), now); // another color, from a file
    m_background->setCurrentIndex(m_background->property("now").toInt());
    connect(m_background, &QComboBox::currentIndexChanged, this, &PixelsDialog::choose);
    return group(tr("Under transparent pixels"), {m_background});
}

QLayout* PixelsDialog::makePicture() {
    auto* column = new QVBoxLayout;
    m_picture = named(new ImageView, "pixelsPreview", tr("An image as it is read"));
    column->addWidget(m_picture, 1);
    auto* line = new QHBoxLayout;
    m_name = named(new ElidedLabel, "pixelsName");
    line->addWidget(m_name);
    line->addStretch(1);
    for (const auto& [name, icon, tip, by] : {std::tuple{"previousPreview", "go-previous", tr("Previous image"), -1},
                                              std::tuple{"nextPreview", "go-next", tr("Next image"), 1}}) {
        auto* arrow = named(new QToolButton, name, tip);
        arrow->setIcon(theme::icon(QLatin1String(icon)));
        arrow->setToolTip(tip);
        connect(arrow, &QToolButton::clicked, this, [this, by = by] { step(by); });
        line->addWidget(arrow);
    }
    column->addLayout(line);
    return column;
}

void PixelsDialog::step(int by) {
    if (!m_sample)
        return;
    const auto last = static_cast<qint64>(dataset()->samples.size()) - 1;
    m_sample = static_cast<std::uint32_t>(std::clamp<qint64>(static_cast<qint64>(*m_sample) + by, 0, last));
    choose();
}

Result<PixelSettings> PixelsDialog::chosen() const {
    PixelSettings pixels = before().pixels;
    pixels.page = m_page->value() - 1;
    const int depth = m_depth->currentIndex();
    pixels.depth = depth == kAuto   ? DepthSettings()
                   : depth == kFull ? DepthSettings::full()
                                    : DepthSettings::range(m_low->value(), m_high->value());
    const QVariant under = m_background->currentData();
    const auto color = under.value<QColor>();
    const auto byte = [](int value) { return static_cast<std::uint8_t>(value); };
    pixels.background =
        under.isValid()
            ? BackgroundSettings{.drop = false, .colour = {byte(color.red()), byte(color.green()), byte(color.blue())}}
            : BackgroundSettings();
    if (depth == kRange && m_low->value() >= m_high->value())
        return badInput(tr("The value for black must be below the value for white.").toStdString());
    if (m_channelKind->currentIndex() == kNetworks) {
        if (pixels.channels.kind == ChannelSettings::Kind::Chosen)
            pixels.channels = ChannelSettings::rgb();
        return pixels;
    }
    std::vector<int> channels;
    for (const QString& text : m_channels->text().split(QLatin1Char(','))) {
        bool isNumber = false;
        channels.push_back(text.trimmed().toInt(&isNumber));
        if (!isNumber || channels.back() < 0)
            return badInput(tr("Write the channels as numbers from 0, such as 0, 1, 2.").toStdString());
    }
    if (channels.size() > kMostChannels)
        return badInput(tr("At most %1 channels can be used.").arg(kMostChannels).toStdString());
    pixels.channels = ChannelSettings::of(std::move(channels));
    return pixels;
}

void PixelsDialog::choose() {
    m_low->setEnabled(m_depth->currentIndex() == kRange);
    m_high->setEnabled(m_depth->currentIndex() == kRange);
    m_channels->setEnabled(m_channelKind->currentIndex() == kChosen);
    const Result<PixelSettings> pixels = chosen();
    if (!pixels)
        return refuse(QString::fromStdString(pixels.error().message));
    wait();
    DataSettings wanted = before();
    wanted.pixels = *pixels;
    m_lane.submit(
        this,
        [opened = dataset(), pixels = *pixels, at = m_sample](const std::stop_token& stop) -> Result<Preview> {
            Dataset read = *opened;
            read.pixels = pixels;
            const std::uint32_t index = at ? *at : firstOfInterest(*opened, stop);
            const Sample& sample = read.samples[index];
            const auto header = headerOf(read, sample);
            if (!header)
                return header.error();
            const auto image = shownImage(read, sample);
            if (!image)
                return image.error();
            QImage picture = toQImage(*image);
            if (std::max(picture.width(), picture.height()) > kLongest)
                picture = picture.scaled(kLongest, kLongest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            return Preview{index, *header, picture};
        },
        [this, wanted](const Result<Preview>& preview) { showPreview(preview, wanted); });
}

void PixelsDialog::showPreview(const Result<Preview>& preview, const DataSettings& wanted) {
    if (!preview) {
        m_picture->setImage({}, tr("This image cannot be read."));
        return refuse(QString::fromStdString(preview.error().message));
    }
    const ImageHeader& header = preview->header;
    m_sample = preview->sample;
    m_name->setText(QString::fromStdString(dataset()->samples[*m_sample].path));
    m_name->setToolTip(m_name->text());
    m_picture->setSharp(std::max(preview->picture.width(), preview->picture.height()) <= kSmall);
    m_picture->setImage(preview->picture);
    offer(wanted, tr("This file has %1 of %2 bits and %3.")
                      .arg(counted(header.channels, tr("%1 channel"), tr("%1 channels")))
                      .arg(header.bits)
                      .arg(counted(header.pages, tr("%1 page"), tr("%1 pages"))));
}

} // namespace sightline::ui
