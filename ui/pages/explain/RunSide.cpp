// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/RunSide.h"

#include <QLabel>
#include <QVBoxLayout>

#include "bridge/Session.h"
#include "look/Words.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

RunSide::RunSide(Session& session, const QString& prefix, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    const auto label = [&](const QString& part) {
        auto* made = new QLabel;
        made->setObjectName(prefix + part);
        made->setWordWrap(true);
        made->setTextFormat(Qt::PlainText);
        column->addWidget(made);
        return made;
    };
    m_name = label(QStringLiteral("Name"));
    m_name->setProperty("muted", true);
    m_verdict = label(QStringLiteral("Verdict"));
    m_verdict->setFont(theme::font(theme::Size::Base, true));
    m_detail = label(QStringLiteral("Detail"));
    m_detail->setProperty("muted", true);
    m_detail->setFont(theme::font(theme::Size::Small));
    m_trust = new TrustLine(session.engine().door(), session.activities(), prefix + QStringLiteral("Trust"));
    m_trust->setObjectName(prefix + QStringLiteral("TrustLine"));
    column->addWidget(m_trust);
    column->addStretch(1); // the other side may be taller
}

void RunSide::setName(const QString& name) {
    m_name->setText(name);
}

QString RunSide::name() const {
    return m_name->text();
}

void RunSide::setMap(const HeatMap* map, int truth) {
    if (!map) {
        m_verdict->clear();
        return m_detail->clear();
    }
    const QString predicted = QString::fromStdString(map->classes[static_cast<std::size_t>(map->predicted)]);
    const QString sure = percent(map->confidence);
    m_verdict->setText(truth < 0                 ? tr("Predicted %1 (%2)").arg(predicted, sure)
                       : truth == map->predicted ? tr("Correct: %1 (%2)").arg(predicted, sure)
                                                 : tr("Wrong: predicted %1 (%2)").arg(predicted, sure));
    setTone(*m_verdict, truth < 0 ? Role::Text : truth == map->predicted ? Role::Good : Role::Bad);
    m_detail->setText(
        tr("Evidence for %1, layer %2").arg(QString::fromStdString(map->target), QString::fromStdString(map->layer)));
}

} // namespace sightline::ui
