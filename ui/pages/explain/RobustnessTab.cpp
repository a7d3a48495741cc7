// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/RobustnessTab.h"

#include <QGridLayout>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

#include "look/CorruptionWords.h"
#include "pages/explain/StrengthProbe.h"
#include "widgets/ArrowKeys.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
/// With the direction where there are two.
QString wordsOf(Corruption kind, double strength) {
    if (kind == Corruption::Jpeg && strength <= 0)
        return RobustnessTab::tr("none");
    const QString words = strengthText(kind, strength);
    return strength > 0 && scaleOf(kind).hasDirections() ? QLatin1Char('+') + words : words;
}
} // namespace

double RobustnessTab::Row::strength() const {
    return slider->value() * step;
}

RobustnessTab::RobustnessTab(Session& session, MapLook& look)
    : ChangedTab(session, look, tr("Robustness"), "robustness") {
    setObjectName(QStringLiteral("robustnessTab"));
    setControls(makeControls());
    forget();
}

QWidget* RobustnessTab::makeControls() {
    auto* surface = new Surface(tr("Make the image worse"));
    auto* grid = new QWidget;
    auto* places = new QGridLayout(grid);
    places->setContentsMargins(0, 0, 0, 0);
    places->setHorizontalSpacing(theme::kGrid);
    places->setVerticalSpacing(theme::kGrid);
    places->setColumnStretch(1, 1);
    int at = 0;
    for (const Corruption kind : corruptions())
        if (kind != Corruption::Occlusion) // has a tab of its own
            addRow(*grid, kind, at++);
    m_reset = button(tr("As it is"), QStringLiteral("edit-undo"), "resetRobustness", tr("Put all sliders back"));
    connect(m_reset, &QPushButton::clicked, this, [this] {
        reset();
        followSliders();
    });
    surface->body()->addWidget(grid);
    m_probe = named(new StrengthProbe(session().engine().door(), session().activities()), "strengthProbe");
    surface->body()->addWidget(m_reset);
    surface->body()->addWidget(m_probe);
    surface->body()->addStretch(1);
    surface->body()->addWidget(makeQuestionLine("robustnessQuestion"));
    surface->body()->addWidget(makeSave("saveSpoiled"));
    return surface;
}

void RobustnessTab::addRow(QWidget& grid, Corruption kind, int at) {
    const CorruptionScale scale = scaleOf(kind);
    const double step = scale.most - scale.least <= 20 ? 0.1 : 1;
    auto* places = static_cast<QGridLayout*>(grid.layout());
    auto* slider = named(new QSlider(Qt::Horizontal), QByteArray("corrupt-") + nameOf(kind), titleOf(kind));
    slider->setRange(static_cast<int>(std::lround(scale.least / step)),
                     static_cast<int>(std::lround(scale.most / step)));
    keepArrowKeys(slider);
    auto* value = named(new QLabel(wordsOf(kind, 0)), QByteArray("corruptValue-") + nameOf(kind));
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setMinimumWidth(
        value->fontMetrics().horizontalAdvance(strengthText(Corruption::Jpeg, scaleOf(Corruption::Jpeg).most)));
    auto* label = new QLabel(titleOf(kind));
    label->setBuddy(slider);
    places->addWidget(label, at, 0);
    places->addWidget(slider, at, 1);
    places->addWidget(value, at, 2);
    m_rows.push_back({kind, slider, value, step});
    connect(slider, &QSlider::valueChanged, this, [this, value, kind, slider, step, at] {
        m_current = static_cast<std::size_t>(at);
        value->setText(wordsOf(kind, slider->value() * step));
        followSliders();
    });
}

bool RobustnessTab::isUnchanged() const {
    return std::all_of(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.slider->value() == 0; });
}

void RobustnessTab::reset() {
    for (const Row& row : m_rows) {
        const QSignalBlocker quiet(row.slider);
        row.slider->setValue(0);
        row.value->setText(wordsOf(row.kind, 0));
    }
}

void RobustnessTab::forget() {
    reset();
    follow();
}

/// The sliders stay as they are for the next image: how does it bear the same?
void RobustnessTab::follow() {
    forgetChange();
    showQuestionLine();
    showUnchanged();
    followSliders();
}

void RobustnessTab::followSliders() {
    m_reset->setEnabled(!isUnchanged());
    showProbe();
    if (isUnchanged()) {
        forgetChange();
        return showUnchanged();
    }
    changed();
}

void RobustnessTab::showProbe() {
    const Row& current = m_rows[m_current];
    StrengthProbe::Changes others;
    for (const Row& row : m_rows)
        if (&row != &current && row.slider->value() != 0)
            others.emplace_back(row.kind, row.strength());
    m_probe->setImage(answer(), current.kind, std::move(others));
    m_probe->setStrength(current.strength());
}

void RobustnessTab::ask() {
    std::vector<std::pair<Corruption, double>> applied;
    for (const Row& row : m_rows)
        if (row.slider->value() != 0)
            applied.emplace_back(row.kind, row.strength());
    const auto seen = std::make_shared<Image>(), spoiled = std::make_shared<Image>();
    asker().ask(
        answer()->source, {},
        [of = answer(), question = questionAbout({}), applied, seen, spoiled](const std::stop_token&) {
            // At the size the network reads images: a pixel of blur is the same as in the curves over a split.
            Image image = fitted(*of->decoded, of->run->experiment.data);
            for (const auto& [kind, strength] : applied)
                image = corrupted(image, kind, strength);
            *seen = withChannels(image, image.channels == 1 ? 1 : 3);
            *spoiled = image;
            HeatMapQuestion asked = question;
            asked.image = std::move(image);
            return asked;
        },
        [this, seen, spoiled, question = questionAbout({})](Result<HeatMap> said) mutable {
            if (!said)
                return sayFailed(QString::fromStdString(said.error().message));
            question.image = std::move(*spoiled);
            showChanged(std::move(*said), std::move(*seen), std::move(question));
        });
}

std::vector<std::pair<QString, QString>> RobustnessTab::notes() const {
    QStringList words;
    for (const Row& row : m_rows)
        if (row.slider->value() != 0)
            words << QStringLiteral("%1 %2").arg(titleOf(row.kind), wordsOf(row.kind, row.strength()));
    return {{QStringLiteral("Changes"), words.join(QStringLiteral(", "))}};
}

} // namespace sightline::ui
