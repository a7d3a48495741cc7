// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/ImageMapTab.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "look/Series.h"
#include "look/Words.h"
#include "widgets/ScatterMap.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kSteps = 32;        ///< of the colours of a loss
constexpr int kLongestName = 160; ///< pixels, in the legend

/// The classes with most images get colours of their own: kinds 0 ... kSeries - 1; all others share the last.
std::vector<std::uint16_t> kindsOfClasses(const Evaluation& evaluation) {
    std::vector<std::size_t> order(evaluation.classes.size()), images(evaluation.classes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (const Prediction& prediction : evaluation.predictions)
        ++images[static_cast<std::size_t>(prediction.truth)];
    if (order.size() > theme::kSeries)
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return images[a] > images[b]; });
    std::vector<std::uint16_t> kinds(order.size(), theme::kSeries);
    for (std::size_t place = 0; place < std::min(order.size(), theme::kSeries); ++place)
        kinds[order[place]] = static_cast<std::uint16_t>(place);
    return kinds;
}

QString legendOf(const Evaluation& evaluation, const std::vector<std::uint16_t>& kinds) {
    QStringList entries(static_cast<qsizetype>(theme::kSeries));
    const auto entry = [](std::size_t kind, const QString& name) {
        return QStringLiteral("<span style='color:%1'>●</span>&nbsp;%2")
            .arg(theme::seriesColor(kind).name(),
                 QFontMetrics(theme::font(theme::Size::Small))
                     .elidedText(name, Qt::ElideMiddle, kLongestName)
                     .toHtmlEscaped()
                     .replace(QLatin1Char(' '), QStringLiteral("&nbsp;"))); // one name on one line
    };
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] < theme::kSeries)
            entries[kinds[i]] = entry(kinds[i], QString::fromStdString(evaluation.classes[i]));
    entries.removeAll(QString());
    if (kinds.size() > theme::kSeries)
        entries << entry(
            theme::kSeries,
            ImageMapTab::tr("%L1 other classes").arg(static_cast<qulonglong>(kinds.size() - theme::kSeries)));
    return entries.join(QStringLiteral("&nbsp;&nbsp; "));
}
} // namespace

ImageMapTab::ImageMapTab(Session& session, QWidget* parent)
    : EvaluateTab(parent), m_session(session), m_mapper(session.engine().door(), session.activities(), this) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    auto* head = new QHBoxLayout;
    m_coloring = named(new QComboBox, "mapColoring", tr("What the colors say"));
    m_coloring->addItems({tr("True class"), tr("Predicted class"), tr("Loss")});
    connect(m_coloring, &QComboBox::currentIndexChanged, this, &ImageMapTab::color);
    m_draw = button(tr("Draw the map"), QStringLiteral("view-refresh"), "drawMap",
                    tr("Lay the images out by what the network knows of them"));
    connect(m_draw, &QPushButton::clicked, this, &ImageMapTab::draw);
    auto* label = new QLabel(tr("Colors"));
    label->setBuddy(m_coloring);
    head->addWidget(label);
    head->addWidget(m_coloring);
    head->addStretch(1);
    head->addWidget(m_draw);
    column->addLayout(head);
    m_place = new QStackedWidget;
    m_note = named(mutedLabel({}), "mapNote");
    m_note->setFont(theme::font(theme::Size::Base));
    m_note->setAlignment(Qt::AlignCenter);
    m_place->addWidget(m_note);
    m_place->addWidget(makeMap());
    column->addWidget(m_place, 1);
    connect(&m_mapper, &ImageMapper::changed, this, &ImageMapTab::showState);
    connect(&m_mapper, &ImageMapper::mapped, this, &ImageMapTab::showMap);
    connect(&m_mapper, &ImageMapper::failed, this, [this](const QString& message) {
        m_note->setText(message);
        m_place->setCurrentIndex(0);
    });
    setEvaluation(nullptr);
}

QWidget* ImageMapTab::makeMap() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_map = named(new ScatterMap, "imageMap", tr("Map of images: draw around points to see their images"));
    connect(m_map, &ScatterMap::selected, this, &ImageMapTab::choose);
    m_legend = named(mutedLabel({}), "mapLegend");
    m_legend->setTextFormat(Qt::RichText);
    column->addWidget(m_map, 1);
    column->addWidget(m_legend);
    column->addWidget(
        mutedLabel(tr("Images that the network finds alike lie together; distances across the map mean "
                      "little. Draw around points to see their images, turn the wheel to zoom, hold Shift "
                      "and drag to move.")));
    return page;
}

void ImageMapTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    if (evaluation && evaluation == m_evaluation)
        return;
    m_mapper.cancel();
    m_evaluation = std::move(evaluation);
    m_images.clear();
    m_map->setPoints({});
    m_place->setCurrentIndex(0);
    showState();
}

void ImageMapTab::clearChoice() {
    m_map->clearChoice();
}

void ImageMapTab::draw() {
    if (m_mapper.isMapping())
        return m_mapper.cancel();
    const auto run = m_session.runs().run();
    if (!run || !m_evaluation)
        return;
    m_place->setCurrentIndex(0);
    m_placedBy = m_session.checkpoints().weights();
    m_mapper.map(m_session.checkpoints().source(), m_evaluation->split);
}

void ImageMapTab::showState() {
    const bool busy = m_mapper.isMapping();
    m_draw->setEnabled(m_evaluation != nullptr);
    m_draw->setText(busy ? tr("Cancel") : m_images.empty() ? tr("Draw the map") : tr("Draw again"));
    m_coloring->setEnabled(!m_images.empty());
    m_note->setText(busy ? tr("The network looks at every image, then the map is laid out…")
                         : tr("A map of the images as the network sees them: those it finds alike lie together."));
}

void ImageMapTab::showMap(const MappedImages& images) {
    if (!m_evaluation)
        return;
    std::unordered_map<std::string_view, std::uint32_t> byPath;
    for (std::uint32_t i = 0; i < m_evaluation->predictions.size(); ++i)
        byPath.emplace(m_evaluation->predictions[i].path, i);
    std::vector<ScatterMap::Point> points;
    m_images.clear();
    for (std::size_t i = 0; i < images.paths.size(); ++i) {
        const auto found = byPath.find(images.paths[i]);
        if (found == byPath.end())
            continue;
        points.push_back({images.points[i][0], images.points[i][1]});
        m_images.push_back(found->second);
    }
    m_map->setPoints(std::move(points), [this](std::size_t point) { return nameOf(point); });
    m_place->setCurrentIndex(1);
    showState();
    color();
}

QString ImageMapTab::nameOf(std::size_t point) const {
    const Prediction& prediction = m_evaluation->predictions[m_images[point]];
    const auto name = [&](int label) {
        return QString::fromStdString(m_evaluation->classes[static_cast<std::size_t>(label)]);
    };
    return tr("%1: %2, predicted as %3 (%4)")
        .arg(QString::fromStdString(prediction.path), name(prediction.truth), name(prediction.predicted),
             percent(prediction.confidence));
}

void ImageMapTab::color() {
    if (!m_evaluation || m_images.empty())
        return;
    const auto coloring = static_cast<Coloring>(m_coloring->currentIndex());
    const std::vector<std::uint16_t> classKinds = kindsOfClasses(*m_evaluation);
    std::vector<std::uint16_t> kinds;
    std::vector<QColor> colors;
    if (coloring == Coloring::Loss) {
        for (int step = 0; step < kSteps; ++step)
            colors.push_back(theme::strengthColor(static_cast<double>(step) / (kSteps - 1)));
        for (const std::uint32_t image : m_images) { // 1 - exp(-loss): the probability that the truth did not get
            const double missed = 1 - std::exp(-std::max(0.0, m_evaluation->predictions[image].loss));
            kinds.push_back(static_cast<std::uint16_t>(std::isfinite(missed) ? missed * (kSteps - 1) : kSteps - 1));
        }
        m_legend->setText(tr("The stronger the color, the larger the loss.") + twoEpochs());
    } else {
        for (std::size_t kind = 0; kind <= theme::kSeries; ++kind)
            colors.push_back(theme::seriesColor(kind));
        for (const std::uint32_t image : m_images) {
            const Prediction& prediction = m_evaluation->predictions[image];
            const int label = coloring == Coloring::TrueClass ? prediction.truth : prediction.predicted;
            kinds.push_back(classKinds[static_cast<std::size_t>(label)]);
        }
        m_legend->setText(legendOf(*m_evaluation, classKinds) + twoEpochs());
    }
    m_map->setColors(std::move(colors), kinds);
}

/// While a run goes on its best epoch may be another one than when it was evaluated; and a person may look at another
/// checkpoint, and cancel its evaluation.
QString ImageMapTab::twoEpochs() const {
    const AskedWeights by = m_session.questions().evaluatedBy();
    return by.epoch > 0 && m_placedBy.epoch > 0 && by.epoch != m_placedBy.epoch
               ? QStringLiteral("<br>") + tr("The places are by epoch %1, the predictions by epoch %2: evaluate again.")
                                              .arg(m_placedBy.epoch)
                                              .arg(by.epoch)
               : QString();
}

/// Light and dark have colors of their own.
void ImageMapTab::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange)
        color();
    EvaluateTab::changeEvent(event);
}

void ImageMapTab::choose(const std::vector<std::uint32_t>& points) {
    GalleryFilter filter;
    for (const std::uint32_t point : points)
        filter.images.push_back(m_images[point]);
    if (!points.empty())
        filter.caption =
            counted(static_cast<qlonglong>(points.size()), tr("%1 image of the map"), tr("%1 images of the map"));
    Q_EMIT filtered(filter);
}

} // namespace sightline::ui
