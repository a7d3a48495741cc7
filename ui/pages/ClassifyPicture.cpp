// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ClassifyPicture.h"

#include <algorithm>
#include <numeric>

#include "look/Picture.h"
#include "look/Words.h"
#include "store/RunFolder.h"
#include "widgets/BarList.h"
#include "widgets/ImageView.h"

namespace sightline::ui {

namespace {
constexpr int kTop = 5;       ///< classes
constexpr int kLongest = 640; ///< pixels of a side: more is not seen
constexpr int kWidth = 280;

/// With the depth and the channels that the run was trained with.
Result<QImage> pictureOf(const std::filesystem::path& run, const std::filesystem::path& file) {
    const auto experiment = RunFolder(run).experiment();
    const auto image = readImage(file, experiment ? experiment->data.pixels : PixelSettings{});
    if (!image)
        return image.error();
    const QImage picture = toQImage(withChannels(*image, image->channels == 1 ? 1 : 3));
    return std::max(picture.width(), picture.height()) <= kLongest
               ? picture
               : picture.scaled(kLongest, kLongest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

std::vector<BarList::Bar> barsOf(const ClassifiedImage& image, const std::vector<std::string>& classes) {
    std::vector<std::size_t> order(std::min(classes.size(), image.probabilities.size()));
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return image.probabilities[a] > image.probabilities[b]; });
    order.resize(std::min<std::size_t>(order.size(), kTop));
    std::vector<BarList::Bar> bars;
    for (const std::size_t label : order) {
        const double share = static_cast<double>(image.probabilities[label]);
        bars.push_back({QString::fromStdString(classes[label]), percent(share), share,
                        theme::color(bars.empty() ? Role::Accent : Role::Muted)});
    }
    return bars;
}
} // namespace

ClassifyPicture::ClassifyPicture(QWidget* parent) : Surface({}, parent) {
    setMinimumWidth(kWidth);
    m_view = named(new ImageView, "classifiedImage", tr("The selected image"));
    m_words = named(mutedLabel({}), "classifiedWords");
    m_words->setTextFormat(Qt::PlainText);
    m_unknown = named(new QLabel(tr("Probably none of these classes.")), "classifiedUnknown",
                      tr("Whether the image is of one of the classes"));
    m_unknown->setProperty("bad", true);
    m_unknown->setWordWrap(true);
    m_bars = named(new BarList, "classifiedBars", tr("The most probable classes"));
    m_explain = button(tr("Where did it look?"), QStringLiteral("crosshairs"), "explainClassified");
    connect(m_explain, &QPushButton::clicked, this, &ClassifyPicture::explainAsked);
    body()->addWidget(m_view, 1);
    body()->addWidget(m_words);
    body()->addWidget(m_unknown);
    body()->addWidget(m_bars);
    body()->addWidget(m_explain);
}

void ClassifyPicture::show(const ClassifiedImage& image, const std::vector<std::string>& classes,
                           const std::filesystem::path& run, bool canExplain) {
    setVisible(true);
    m_words->setText(QString::fromStdString(image.file.filename().string()));
    m_unknown->setVisible(image.isUnknown().value_or(false));
    m_bars->setBars(barsOf(image, classes));
    m_explain->setEnabled(canExplain);
    m_explain->setToolTip(canExplain ? tr("Show the heat map of this image on the Explain page")
                                     : tr("Open this run first: the Explain page is about the run in view."));
    m_lane.submit(
        this, [run, file = image.file](const std::stop_token&) { return pictureOf(run, file); },
        [this](const Result<QImage>& picture) {
            m_view->setImage(picture ? *picture : QImage(), tr("This image cannot be read any more."));
        });
}

} // namespace sightline::ui
