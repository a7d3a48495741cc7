// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/HeatMapView.h"

#include <QEvent>
#include <QFontMetrics>
#include <QLabel>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include "look/Picture.h"
#include "look/Words.h"
#include "widgets/BarList.h"
#include "widgets/ElidedLabel.h"
#include "widgets/ImageView.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {
constexpr int kTop = 5, kTopStacked = 3, kWordsWidth = 208;
constexpr qsizetype kLongestName = 28;

QString className(const HeatMap& explanation, int index) {
    const auto at = static_cast<std::size_t>(index);
    return index >= 0 && at < explanation.classes.size() ? QString::fromStdString(explanation.classes[at])
                                                         : QString::number(index);
}

/// For those who cannot see it: in which ninth of the image the strongest evidence lies, for or against.
QString strongestPlace(const HeatMap& explanation) {
    const auto& values = explanation.map.values;
    const auto strongest =
        std::max_element(values.begin(), values.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
    const QStringList places{
        HeatMapView::tr("top left"),    HeatMapView::tr("top"),    HeatMapView::tr("top right"),
        HeatMapView::tr("left"),        HeatMapView::tr("center"), HeatMapView::tr("right"),
        HeatMapView::tr("bottom left"), HeatMapView::tr("bottom"), HeatMapView::tr("bottom right")};
    const std::int64_t at = strongest - values.begin(), height = explanation.map.shape[0],
                       width = explanation.map.shape[1];
    return HeatMapView::tr("Strongest evidence: %1.").arg(places[at / width * 3 / height * 3 + at % width * 3 / width]);
}
} // namespace

QString mapDescription(const HeatMap& map) {
    const QString target = QString::fromStdString(map.target);
    const QString words =
        HeatMapView::tr("Predicted %1 (%2). ").arg(className(map, map.predicted), percent(map.confidence)) +
        (map.saturated ? HeatMapView::tr("This layer shows no evidence for %1.").arg(target)
                       : HeatMapView::tr("Evidence for %1.").arg(target));
    return map.saturated || map.map.values.empty() ? words : words + QLatin1Char(' ') + strongestPlace(map);
}

HeatMapView::HeatMapView(Layout layout, ImageView* plain) {
    const bool wide = layout == Layout::SideBySide;
    m_title = named(new ElidedLabel({}, this), "explainedTitle", tr("The image asked about"));
    m_map = named(new ImageView(this), "explainedOverlay", tr("Heat map over the image"));
    m_verdict = named(new QLabel(this), "explainedVerdict");
    m_verdict->setFont(theme::font(theme::Size::Base, true));
    m_verdict->setWordWrap(true);
    m_detail = mutedLabel({}, this);
    m_detail->setObjectName(QStringLiteral("explainedDetail"));
    m_bars = named(new BarList(this), "explainedBars", tr("Most probable classes"));
    auto* words = new QVBoxLayout;
    words->setSpacing(theme::kGrid);
    for (QWidget* part : std::initializer_list<QWidget*>{m_verdict, m_detail, m_bars})
        words->addWidget(part);
    auto* all = new QBoxLayout(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom, this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(theme::kGrid);
    if (wide) {
        m_plain = plain ? plain : named(new ImageView(this), "explainedImage", tr("Image"));
        m_title->hide();
        all->addWidget(m_plain, 1);
        words->addStretch(1);
        m_words = new QWidget(this);
        m_words->setLayout(words);
        words->setContentsMargins(theme::kGrid, 0, 0, 0);
        m_words->setFixedWidth(kWordsWidth);
    } else {
        all->addWidget(m_title);
    }
    all->addWidget(m_map, 1);
    if (wide)
        all->addWidget(m_words);
    else
        all->addLayout(words);
    m_placeholder = tr("Click an image to see where the network looks.");
    refresh();
}

void HeatMapView::setExplained(std::shared_ptr<const Explained> explained) {
    m_explained = std::move(explained);
    refresh();
}

void HeatMapView::setPlaceholder(const QString& text) {
    m_placeholder = text;
    refresh();
}

void HeatMapView::setLook(const HeatLook& look) {
    setOpacity(look.opacity);
    setThreshold(look.threshold);
    setColors(look.colors);
}

void HeatMapView::setOpacity(double opacity) {
    if (std::exchange(m_opacity, opacity) != opacity)
        draw();
}

void HeatMapView::setThreshold(double threshold) {
    if (std::exchange(m_threshold, threshold) != threshold)
        draw();
}

void HeatMapView::setColors(ColorMap colors) {
    if (std::exchange(m_colors, colors) != colors)
        drawColors();
}

void HeatMapView::setOverlayShown(bool shown) {
    m_overlay = shown;
    draw();
}

void HeatMapView::setRawShown(bool raw) {
    m_raw = raw;
    drawColors();
}

Image HeatMapView::overlaid() const {
    if (!m_explained)
        return {};
    const Image& image = m_explained->image;
    const HeatLayer heat(m_explained->explanation, image.height, image.width, m_raw, m_colors);
    return heat.over(image, m_opacity, m_threshold);
}

void HeatMapView::refresh() {
    const bool there = m_explained != nullptr;
    for (QWidget* part : std::initializer_list<QWidget*>{m_verdict, m_detail, m_bars})
        part->setVisible(there);
    if (m_plain) {
        m_plain->setVisible(there);
        m_words->setVisible(there);
    } else {
        m_title->setVisible(there);
    }
    if (!there) {
        m_map->setImage({}, m_placeholder);
        return;
    }
    m_title->setText(m_explained->live ? tr("%1 · by the run in progress").arg(m_explained->title)
                                       : m_explained->title);
    m_title->setToolTip(m_title->text());
    showVerdict();
    m_detail->setText(detail());
    m_detail->setToolTip(caption());
    const HeatMap& explanation = m_explained->explanation;
    m_map->setAccessibleDescription(explanation.saturated || explanation.map.values.empty()
                                        ? caption()
                                        : caption() + QStringLiteral(". ") + strongestPlace(explanation));
    showBars();
    drawColors();
}

QString HeatMapView::caption() const {
    return m_explained ? captionOf(QString::fromStdString(m_explained->explanation.target)) : QString();
}

/// The same, as far as there is room.
QString HeatMapView::detail() const {
    return captionOf(shortened(QString::fromStdString(m_explained->explanation.target)));
}

QString HeatMapView::captionOf(const QString& target) const {
    const HeatMap& explanation = m_explained->explanation;
    return explanation.saturated ? tr("This layer shows no evidence for %1.").arg(target)
                                 : tr("Evidence for %1, layer %2 (%3\u00a0×\u00a0%4), %5\u00a0ms")
                                       .arg(target, QString::fromStdString(explanation.layer))
                                       .arg(explanation.mapHeight)
                                       .arg(explanation.mapWidth)
                                       .arg(significant(explanation.milliseconds));
}

/// One above the other there is little room for names; side by side a line breaks at a space, and nowhere else.
QString HeatMapView::shortened(const QString& name) const {
    if (!m_plain)
        return name.size() <= kLongestName
                   ? name
                   : name.left(kLongestName / 2) + QChar(0x2026) + name.right(kLongestName / 2 - 1);
    constexpr int kRoom = kWordsWidth - 2 * theme::kGrid;
    const QFontMetrics metrics(m_verdict->font());
    const QStringList words = name.split(QLatin1Char(' '));
    const bool breaks = std::all_of(words.begin(), words.end(),
                                    [&](const QString& word) { return metrics.horizontalAdvance(word) <= kRoom; });
    return breaks ? name : metrics.elidedText(name, Qt::ElideMiddle, kRoom);
}

/// Right or wrong is only said where the network knows the image's class at all.
void HeatMapView::showVerdict() {
    const HeatMap& explanation = m_explained->explanation;
    const int truth = m_explained->truth;
    const bool right = truth == explanation.predicted;
    const bool foreign = truth < 0 && !m_explained->className.isEmpty();
    const QString sure = percent(explanation.confidence).replace(QLatin1Char(' '), QChar::Nbsp); // on one line
    const auto verdict = [&](const auto& say) {
        const QString predicted = say(className(explanation, explanation.predicted));
        return foreign
                   ? tr("Predicted %1 (%2); this run has no class %3").arg(predicted, sure, say(m_explained->className))
               : truth < 0 ? tr("Predicted %1 (%2)").arg(predicted, sure)
               : right     ? tr("Correct: %1 (%2)").arg(predicted, sure)
                           : tr("Wrong: predicted %1 (%2), actually %3")
                             .arg(predicted, sure, say(className(explanation, truth)));
    };
    m_verdict->setText(verdict([this](const QString& name) { return shortened(name); }));
    m_verdict->setToolTip(verdict([](const QString& name) { return name; }));
    const Role tone = foreign ? Role::Warning : truth < 0 ? Role::Text : right ? Role::Good : Role::Bad;
    setTone(*m_verdict, tone);
}

/// Light and dark have tones of their own.
void HeatMapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_explained) {
        showVerdict();
        showBars();
    }
    QWidget::changeEvent(event);
}

void HeatMapView::showBars() {
    const HeatMap& explanation = m_explained->explanation;
    std::vector<int> order(explanation.probabilities.size());
    std::iota(order.begin(), order.end(), 0);
    const auto probability = [&](int index) { return explanation.probabilities[static_cast<std::size_t>(index)]; };
    const auto top = std::min<std::ptrdiff_t>(m_plain ? kTop : kTopStacked, static_cast<std::ptrdiff_t>(order.size()));
    std::partial_sort(order.begin(), order.begin() + top, order.end(),
                      [&](int a, int b) { return probability(a) > probability(b); });
    std::vector<BarList::Bar> bars;
    for (auto it = order.begin(); it != order.begin() + top; ++it)
        bars.push_back({className(explanation, *it), percent(probability(*it)), probability(*it),
                        theme::color(*it == m_explained->truth      ? Role::Good
                                     : *it == explanation.predicted ? Role::Accent
                                                                    : Role::Muted)});
    m_bars->setBars(std::move(bars));
}

void HeatMapView::drawColors() {
    if (!m_explained)
        return;
    const Image& image = m_explained->shown;
    m_heat = HeatLayer(m_explained->explanation, image.height, image.width, m_raw, m_colors);
    if (m_plain)
        m_plain->setImage(toQImage(m_explained->shown));
    draw();
}

void HeatMapView::draw() {
    if (!m_explained)
        return;
    const Image& image = m_explained->shown;
    m_map->setImage(toQImage(m_overlay ? m_heat.over(image, m_opacity, m_threshold) : image));
}

} // namespace sightline::ui
