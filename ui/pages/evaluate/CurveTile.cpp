// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/CurveTile.h"

#include "look/CorruptionWords.h"
#include "look/Words.h"
#include "widgets/ElidedLabel.h"
#include "widgets/StrengthCurve.h"
#include "widgets/Surface.h"

namespace sightline::ui {

CurveTile::CurveTile(Corruption kind, QWidget* parent) : QWidget(parent), m_kind(kind) {
    setObjectName(QStringLiteral("robustness-%1").arg(QLatin1String(nameOf(kind))));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(2);
    auto* title = new ElidedLabel(titleOf(kind));
    title->setFont(theme::font(theme::Size::Small, true));
    m_fall = named(mutedLabel({}), "robustnessFall");
    m_fall->setWordWrap(false);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kGrid);
    head->addWidget(title, 1);
    head->addWidget(m_fall);
    m_curve = named(new StrengthCurve, "robustnessCurve", tr("Accuracy under %1").arg(titleOf(kind)));
    m_add = button(tr("Add to augmentation"), {}, "addToAugmentation");
    m_add->setProperty("link", true);
    m_add->setFont(theme::font(theme::Size::Small));
    m_there = named(mutedLabel(tr("In the augmentation")), "inAugmentation");
    m_there->setWordWrap(false);
    column->addLayout(head);
    column->addWidget(m_curve, 1);
    column->addWidget(m_add, 0, Qt::AlignLeft);
    column->addWidget(m_there);
    for (QWidget* widget : {static_cast<QWidget*>(m_add), static_cast<QWidget*>(m_there)}) {
        QSizePolicy policy = widget->sizePolicy();
        policy.setRetainSizeWhenHidden(widget == m_add); // the figures stand in line
        widget->setSizePolicy(policy);
    }
    connect(m_add, &QPushButton::clicked, this, &CurveTile::remedyAsked);
    setRemedy(Remedy::NotNeeded, 0);
}

void CurveTile::setCurve(const Robustness& robustness, const Robustness::Curve& curve, int ofClass) {
    std::vector<StrengthCurve::Point> points;
    for (const auto& point : curve.points) {
        const auto of = static_cast<std::size_t>(ofClass);
        points.push_back({point.strength, strengthText(m_kind, point.strength), point.accuracy,
                          ofClass >= 0 && of < point.perClass.size() ? point.perClass[of] : std::nullopt});
    }
    if (points.empty())
        return;
    const auto shown = [&](const StrengthCurve::Point& point) { return point.ofClass.value_or(point.accuracy); };
    m_fall->setText(QStringLiteral("%1 → %2 %")
                        .arg(100 * shown(points.front()), 0, 'f', 0)
                        .arg(100 * shown(points.back()), 0, 'f', 0));
    m_curve->setPoints(std::move(points),
                       ofClass < 0 ? QString()
                                   : QString::fromStdString(robustness.classes[static_cast<std::size_t>(ofClass)]));
}

void CurveTile::setRemedy(Remedy remedy, double strength) {
    m_add->setVisible(remedy == Remedy::Offered);
    m_there->setVisible(remedy == Remedy::There);
    const QString words = tr("Train on images as bad as this: %1 up to %2. It can be undone.")
                              .arg(titleOf(m_kind), strengthText(m_kind, strength));
    m_add->setToolTip(words);
    m_add->setAccessibleName(tr("Add to augmentation: %1").arg(titleOf(m_kind)));
}

} // namespace sightline::ui
