// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ActivationsTab.h"

#include <QComboBox>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/ChannelGrid.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "models/PictureTiles.h"
#include "pages/explain/ExamplesPanel.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
std::size_t placesOf(const Activations& activations) {
    return activations.hasPlaces() ? static_cast<std::size_t>(activations.values.shape[1]) *
                                         static_cast<std::size_t>(activations.values.shape[2])
                                   : 1;
}

const float* valuesOf(const Activations& activations, int channel) {
    return activations.values.values.data() + static_cast<std::size_t>(channel) * placesOf(activations);
}

double meanOf(const Activations& activations, int channel) {
    const float* first = valuesOf(activations, channel);
    const auto places = placesOf(activations);
    return std::accumulate(first, first + places, 0.0) / static_cast<double>(std::max<std::size_t>(1, places));
}
} // namespace

ActivationsTab::ActivationsTab(Session& session, MapLook& look)
    : InsideTab(session, look, tr("Activations"), LayerStrip::Offer::All, "activation"),
      m_asker(session.engine().door(), session.activities()) {
    setObjectName(QStringLiteral("activationsTab"));
    setControls(makeControls());
    forget();
}

QWidget* ActivationsTab::makeControls() {
    auto* surface = new Surface(tr("Channels"));
    m_order = named(new QComboBox, "activationOrder", tr("Order of the channels"));
    m_order->addItems({tr("Highest mean first"), tr("As in the layer"), tr("By what differs between…")});
    m_first = named(new QComboBox, "activationFirstClass", tr("First class to compare"));
    m_second = named(new QComboBox, "activationSecondClass", tr("Second class to compare"));
    auto* classes = new QVBoxLayout; // long names have the whole width
    classes->setSpacing(theme::kGrid);
    for (auto* box : {m_first, m_second}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
        classes->addWidget(box);
    }
    for (auto* box : {m_order, m_first, m_second})
        connect(box, &QComboBox::activated, this, &ActivationsTab::order);
    m_examples = named(new ExamplesPanel(session()), "examplesPanel");
    connect(m_examples, &ExamplesPanel::found, this, [this] {
        showOrder();
        showTiles();
    });
    auto* title = new QLabel(tr("Images that excite it most"));
    title->setFont(theme::font(theme::Size::Base, true));
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), "saveActivation",
                    tr("Save the channel that is shown large"));
    connect(m_save, &QPushButton::clicked, this, &ActivationsTab::save);
    surface->body()->addWidget(m_order);
    surface->body()->addLayout(classes);
    surface->body()->addWidget(title);
    surface->body()->addWidget(m_examples, 1);
    surface->body()->addWidget(m_save);
    return surface;
}

void ActivationsTab::order() {
    if (m_order->currentIndex() == static_cast<int>(Order::Difference) && m_activations)
        m_examples->ensure();
    showOrder();
    showTiles();
}

void ActivationsTab::forget() {
    m_asker.cancel();
    m_activations.reset();
    m_of.reset();
    m_ordered.clear();
    m_examples->forget();
    const auto opened = run();
    for (auto* box : {m_first, m_second}) {
        box->clear();
        for (std::size_t i = 0; opened && i < opened->classes.size(); ++i)
            box->addItem(QString::fromStdString(opened->classes[i]));
        box->setCurrentIndex(box == m_second && box->count() > 1 ? 1 : 0);
    }
    showOrder();
    InsideTab::forget();
}

void ActivationsTab::toggleOverlay() {
    m_overlay = !m_overlay;
    showChannel();
}

/// What differs between classes is known once the split's images were shown to the network, as for the examples.
void ActivationsTab::showOrder() {
    const bool differs = m_order->currentIndex() == static_cast<int>(Order::Difference);
    const bool known = m_examples->examples() != nullptr;
    for (auto* box : {m_first, m_second}) {
        box->setVisible(differs);
        box->setToolTip(known ? box->currentText() : tr("Compared over the images of the split chosen below."));
    }
}

void ActivationsTab::showLayer() {
    const auto about = answer();
    if (!about || layer().isEmpty()) {
        m_asker.cancel();
        m_activations.reset();
        tiles().setTiles({}, {});
        selectChannel(-1);
        say(!run() ? tr("No network yet: train one, or open a run.")
                   : tr("What each channel of a layer makes of an image appears here. Open an image, or drop one."));
        return;
    }
    m_asker.ask(
        about->source, {},
        [about, id = layer().toStdString()](const std::stop_token&) {
            return ActivationsQuestion{*about->decoded, id};
        },
        [this, about](Result<Activations> found) {
            m_activations = found ? std::make_shared<const Activations>(std::move(*found)) : nullptr;
            m_of = about;
            if (!found) {
                tiles().setTiles({}, {});
                selectChannel(-1);
                return say(QString::fromStdString(found.error().message));
            }
            const auto& values = m_activations->values.values;
            m_highest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
            m_examples->setChannel(layer(), channel());
            if (std::exchange(m_ordered, layer()) != layer())
                return order();
            showTiles();
        });
}

double ActivationsTab::differenceOf(int channel) const {
    const auto examples = m_examples->examples();
    const auto mean = [&](const QComboBox& box) -> double {
        const int label = run() && examples ? run()->classIndex(box.currentText().toStdString()) : -1;
        if (label < 0 || static_cast<std::size_t>(label) >= examples->classMeans.size())
            return 0;
        const auto& means = examples->classMeans[static_cast<std::size_t>(label)];
        return static_cast<std::size_t>(channel) < means.size() ? means[static_cast<std::size_t>(channel)] : 0.0f;
    };
    return mean(*m_first) - mean(*m_second);
}

std::vector<int> ActivationsTab::channels() const {
    const auto order = static_cast<Order>(m_order->currentIndex());
    if (order == Order::Mean)
        return channelsByMean(m_activations->values);
    std::vector<int> all(static_cast<std::size_t>(m_activations->channels()));
    std::iota(all.begin(), all.end(), 0);
    if (order == Order::Difference && m_examples->examples()) {
        std::vector<double> differences;
        for (const int channel : all)
            differences.push_back(std::abs(differenceOf(channel)));
        std::stable_sort(all.begin(), all.end(), [&](int a, int b) {
            return differences[static_cast<std::size_t>(a)] > differences[static_cast<std::size_t>(b)];
        });
    }
    return all;
}

void ActivationsTab::showTiles() {
    if (!m_activations)
        return;
    const bool differs =
        m_order->currentIndex() == static_cast<int>(Order::Difference) && m_examples->examples() != nullptr;
    std::vector<PictureTiles::Tile> shown;
    for (const int channel : channels()) {
        const double value = differs ? differenceOf(channel) : meanOf(*m_activations, channel);
        const QString number = significant(value, 2);
        shown.push_back({channel, QString::number(channel),
                         differs ? (value > 0 ? QStringLiteral("+%1").arg(number) : number) : number});
    }
    const int before = channel();
    tiles().setTiles(std::move(shown), [this](int number) { return tileOf(number); });
    say({});
    selectChannel(tiles().rowOf(before) >= 0 ? before : tiles().rowCount() > 0 ? tiles().tile(0).number : -1);
}

QImage ActivationsTab::tileOf(int number) const {
    if (m_activations->hasPlaces()) {
        const auto& shape = m_activations->values.shape;
        return toQImage(colored(channelMap(m_activations->values, number), static_cast<int>(shape[1]),
                                static_cast<int>(shape[2]), ColorMap::Viridis));
    }
    const float value = m_highest > 0 ? std::max(0.0f, *valuesOf(*m_activations, number)) / m_highest : 0;
    return toQImage(colored(FloatArray{{1, 1}, {value}}, 1, 1, ColorMap::Viridis));
}

void ActivationsTab::showChannel() {
    m_save->setEnabled(m_activations && channel() >= 0);
    m_examples->setChannel(layer(), channel());
    if (!m_activations || channel() < 0)
        return setEnlarged({}, {}, false);
    const QString mean = significant(meanOf(*m_activations, channel()));
    if (!m_activations->hasPlaces())
        return setEnlarged(toQImage(m_of->shown),
                           tr("Channel %1 (of %2): %3. This layer has no places.")
                               .arg(channel())
                               .arg(m_activations->channels())
                               .arg(mean),
                           false);
    const float* first = valuesOf(*m_activations, channel());
    const Image picture = m_overlay ? overlay(m_of->shown, channelMap(m_activations->values, channel()),
                                              look().opacity(), look().colors())
                                    : m_of->shown;
    setEnlarged(toQImage(picture),
                tr("Channel %1 (of %2), layer %3 (%4 × %5): mean %6, highest %7")
                    .arg(channel())
                    .arg(m_activations->channels())
                    .arg(QString::fromStdString(m_activations->layer))
                    .arg(m_activations->values.shape[1])
                    .arg(m_activations->values.shape[2])
                    .arg(mean, significant(*std::max_element(first, first + placesOf(*m_activations)))),
                false);
}

void ActivationsTab::save() {
    std::vector<std::pair<QString, QString>> notes{
        {QStringLiteral("Title"), tr("%1: %2").arg(m_of->title, enlargedWords())},
        {QStringLiteral("Layer"), layer()},
        {QStringLiteral("Channel"), QString::number(channel())}};
    if (m_overlay)
        notes.emplace_back(QStringLiteral("Appearance"),
                           tr("%1, opacity %2 %")
                               .arg(colorMapTitles().at(static_cast<int>(look().colors())))
                               .arg(std::lround(100 * look().opacity())));
    savePicture(enlarged(), QStringLiteral("channel-%1").arg(channel()), notes);
}

} // namespace sightline::ui
