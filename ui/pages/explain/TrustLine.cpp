// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/TrustLine.h"

#include <QHBoxLayout>
#include <QLabel>

#include "look/Icons.h"
#include "look/Words.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {
constexpr int kMoment = 350; ///< milliseconds: who walks through images does not wait for each
}

TrustLine::TrustLine(EngineDoor door, Activities& activities, const QString& name, QWidget* parent)
    : QWidget(parent), m_asker(std::move(door), activities) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    m_icon = new QLabel;
    m_icon->setObjectName(name + QStringLiteral("Icon"));
    m_icon->setFixedSize(16, 16);
    m_words = new QLabel;
    m_words->setObjectName(name + QStringLiteral("Words"));
    m_words->setAccessibleName(tr("Whether the map can be believed"));
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_words, 1);
    m_moment.setSingleShot(true);
    m_moment.setInterval(kMoment);
    connect(&m_moment, &QTimer::timeout, this, &TrustLine::ask);
    connect(&m_asker, &Asker::stopped, this, [this] {
        if (m_subject)
            say(QStringLiteral("games-hint"), Role::Muted, tr("Not checked whether this map can be believed."));
    });
}

void TrustLine::setAnswer(const std::shared_ptr<const HeatMapAnswer>& answer) {
    setSubject(answer ? std::make_shared<const Subject>(Subject{answer->source, answer->questionAbout(*answer->decoded),
                                                                answer->explanation.saturated})
                      : nullptr);
}

void TrustLine::setSubject(std::shared_ptr<const Subject> subject) {
    m_trust.reset();
    m_subject = nullptr; // so that nothing is said of a check that is cancelled here
    m_asker.cancel();
    m_moment.stop();
    m_subject = std::move(subject);
    setToolTip({});
    if (!m_subject)
        return say({}, Role::Muted, {});
    if (m_subject->saturated)
        return say(QStringLiteral("games-hint"), Role::Muted, tr("An empty map says nothing."));
    say(QStringLiteral("games-hint"), Role::Muted, tr("Checking whether this map can be believed…"));
    m_moment.start();
}

void TrustLine::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_subject && !m_subject->saturated && !m_trust && !m_asker.isBusy())
        m_moment.start();
}

void TrustLine::ask() {
    if (!isVisible())
        return;
    m_asker.ask(
        m_subject->source, tr("Checking the heat map"),
        [of = m_subject](const std::stop_token&) { return TrustQuestion{of->question}; },
        [this](Result<Trust> found) {
            if (!found)
                return say(QStringLiteral("dialog-warning"), Role::Muted,
                           QString::fromStdString(found.error().message));
            m_trust = std::make_shared<const Trust>(std::move(*found));
            const TrustVerdict verdict = verdictOf(*m_trust);
            const bool shows = verdict == TrustVerdict::Shows, unclear = verdict == TrustVerdict::Unclear;
            say(shows     ? QStringLiteral("dialog-ok-apply")
                : unclear ? QStringLiteral("games-hint")
                          : QStringLiteral("dialog-warning"),
                shows     ? Role::Good
                : unclear ? Role::Warning
                          : Role::Bad,
                QString::fromStdString(sentenceOn(*m_trust)));
            const auto correlation = [](const std::optional<double>& value) {
                return value ? fixed(*value, 2) : QStringLiteral("–");
            };
            setToolTip(
                tr("Area under the deletion curve %1, under the insertion curve %2. Rank correlation with the map "
                   "of random weights: classifier %3, all layers %4.")
                    .arg(fixed(m_trust->deletionAuc, 3), fixed(m_trust->insertionAuc, 3),
                         correlation(m_trust->randomisedLast), correlation(m_trust->randomisedAll)));
        });
}

void TrustLine::say(const QString& icon, Role role, const QString& words) {
    m_icon->setPixmap(icon.isEmpty() ? QPixmap() : theme::icon(icon, role).pixmap(16));
    m_words->setText(words);
    setTone(*m_words, role);
    setAccessibleName(words);
}

} // namespace sightline::ui
