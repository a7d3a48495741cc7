// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SuggestPanel.h"

#include <QMouseEvent>
#include <QProgressBar>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "look/ChoiceWords.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/FieldPlaces.h"

namespace sightline::ui {

namespace {
constexpr int kMinutes = 10, kMostMinutes = 10'000;

QString numberText(double value) {
    return value == std::floor(value) ? grouped(static_cast<qlonglong>(value)) : QString::number(value, 'g', 4);
}

/// "on", "0.001", "128 × 96", "base"; what is made of parts is just there.
QString valueText(const Reason& reason) {
    const Json& value = reason.value;
    if (value.is_null())
        return SuggestRow::tr("none");
    if (value.is_boolean())
        return value.get<bool>() ? SuggestRow::tr("on") : SuggestRow::tr("off");
    if (value.is_number())
        return numberText(value.get<double>());
    if (value.is_string())
        return choiceTitle(reason.path, value.get<std::string>());
    if (!value.is_array())
        return SuggestRow::tr("on");
    QStringList parts;
    for (const Json& part : value)
        parts << (part.is_number() ? numberText(part.get<double>()) : QString::fromStdString(part.dump()));
    if (reason.path == "data.image_size" && parts.size() == 2)
        return SuggestRow::tr("%1 × %2 pixels").arg(parts[1], parts[0]);
    return parts.join(QStringLiteral(" – "));
}
} // namespace

SuggestRow::SuggestRow(const Reason& reason, QWidget* parent) : QWidget(parent) {
    const QString path = QString::fromStdString(reason.path), title = titleOfField(reason.path);
    setObjectName(QStringLiteral("suggested ") + path);
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("Show this setting"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 0, 2);
    row->setSpacing(theme::kGrid);
    m_check = new QCheckBox;
    m_check->setObjectName(QStringLiteral("take ") + path);
    m_check->setAccessibleName(tr("Use %1: %2").arg(title, valueText(reason)));
    m_check->setAccessibleDescription(QString::fromStdString(reason.why));
    m_check->setToolTip(tr("Use this setting"));
    m_check->setChecked(true);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    auto* head =
        new QLabel(QStringLiteral("%1: <b>%2</b>").arg(title.toHtmlEscaped(), valueText(reason).toHtmlEscaped()));
    head->setTextFormat(Qt::RichText);
    head->setWordWrap(true);
    words->addWidget(head);
    words->addWidget(mutedLabel(QString::fromStdString(reason.why)));
    auto* go = new QToolButton;
    go->setObjectName(QStringLiteral("go ") + path);
    go->setAccessibleName(tr("Show the field of %1").arg(title));
    go->setToolTip(tr("Show this setting"));
    go->setArrowType(Qt::RightArrow);
    go->setAutoRaise(true);
    row->addWidget(m_check, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(go, 0, Qt::AlignTop);
    connect(m_check, &QCheckBox::toggled, this, &SuggestRow::toggled);
    connect(go, &QToolButton::clicked, this, &SuggestRow::fieldAsked);
}

void SuggestRow::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT fieldAsked();
}

SuggestPanel::SuggestPanel(Session& session, QWidget* parent)
    : Surface(tr("Suggested settings"), parent), m_session(session) {
    setObjectName(QStringLiteral("suggestPanel"));
    m_minutes = named(new QSpinBox, "suggestMinutes", tr("Minutes the training may take"));
    m_minutes->setRange(1, kMostMinutes);
    m_minutes->setValue(kMinutes);
    m_minutes->setSuffix(tr(" min"));
    m_minutes->setToolTip(tr("Minutes the training may take"));
    m_again = button(tr("Suggest"), QStringLiteral("view-refresh"), "suggestAgain");
    auto* close = named(new QToolButton, "suggestClose", tr("Back to the images"));
    close->setIcon(theme::icon(QStringLiteral("window-close")));
    close->setToolTip(tr("Back to the images"));
    head()->addWidget(m_minutes);
    head()->addWidget(m_again);
    head()->addWidget(close);
    m_step = named(mutedLabel({}), "suggestStep");
    m_progress = named(new QProgressBar, "suggestProgress", tr("Looking for settings"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_cancel = button(tr("Cancel"), {}, "suggestCancel");
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    m_list = new QVBoxLayout;
    m_list->setSpacing(theme::kGrid);
    column->addLayout(m_list);
    column->addStretch(1);
    auto* scroll = named(new QScrollArea, "suggestList", tr("Suggested settings"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(room);
    body()->addWidget(m_step);
    body()->addWidget(m_progress);
    body()->addWidget(m_cancel, 0, Qt::AlignLeft);
    body()->addWidget(scroll, 1);
    body()->addLayout(makeEnd());
    connect(m_again, &QPushButton::clicked, this, &SuggestPanel::look);
    connect(m_cancel, &QPushButton::clicked, &session.suggestions(), &SuggestDesk::cancel);
    connect(close, &QToolButton::clicked, this, &SuggestPanel::closed);
    connect(&session.suggestions(), &SuggestDesk::changed, this, &SuggestPanel::showSuggestion);
    connect(&session.runs(), &RunDesk::stateChanged, this, [this] {
        if (!m_session.runs().isIdle())
            m_session.suggestions().cancel(); // it would measure beside the run
        showSuggestion();
    });
    showSuggestion();
}

QLayout* SuggestPanel::makeEnd() {
    auto* end = new QHBoxLayout;
    end->setSpacing(theme::kGrid);
    m_summary = named(mutedLabel({}), "suggestSummary");
    m_some = button(tr("Use the checked ones"), {}, "useChecked", tr("Undo takes them back in one step"));
    m_all = button(tr("Use all"), QStringLiteral("dialog-ok-apply"), "useAll", tr("Undo takes them back in one step"),
                   true);
    end->addWidget(m_summary, 1);
    end->addWidget(m_some);
    end->addWidget(m_all);
    connect(m_some, &QPushButton::clicked, this, [this] { m_session.suggestions().take(checked()); });
    connect(m_all, &QPushButton::clicked, this,
            [this] { m_session.suggestions().take(std::vector<bool>(m_rows.size(), true)); });
    return end;
}

void SuggestPanel::look() {
    m_session.suggestions().look(m_minutes->value());
}

void SuggestPanel::showSuggestion() {
    const SuggestDesk& desk = m_session.suggestions();
    const bool looking = desk.isLooking(), idle = m_session.runs().isIdle();
    m_step->setText(looking             ? desk.step() + QStringLiteral(" …")
                    : !idle             ? tr("A run is in progress and keeps its settings.")
                    : desk.suggestion() ? QString()
                                        : tr("Suggest looks at the images and measures how fast networks train here."));
    m_step->setVisible(!m_step->text().isEmpty());
    m_progress->setVisible(looking);
    m_cancel->setVisible(looking);
    m_again->setEnabled(!looking && idle);
    if (m_shown != desk.suggestion().has_value())
        showRows();
    showEnd();
}

void SuggestPanel::showRows() {
    for (SuggestRow* row : std::exchange(m_rows, {})) {
        row->hide();
        row->deleteLater();
    }
    const auto& suggestion = m_session.suggestions().suggestion();
    m_shown = suggestion.has_value();
    if (!suggestion)
        return;
    for (const Reason& reason : suggestion->reasons) {
        auto* row = new SuggestRow(reason);
        connect(row, &SuggestRow::toggled, this, &SuggestPanel::showEnd);
        connect(row, &SuggestRow::fieldAsked, this,
                [this, path = QString::fromStdString(reason.path)] { Q_EMIT fieldAsked(path); });
        m_list->addWidget(row);
        m_rows.push_back(row);
    }
    m_summary->setText(tr("About %1 per epoch, %2 in all")
                           .arg(duration(suggestion->secondsPerEpoch),
                                duration(suggestion->secondsPerEpoch * suggestion->experiment.training.epochs)));
}

void SuggestPanel::showEnd() {
    const bool idle = m_session.runs().isIdle();
    const std::vector<bool> taken = checked();
    m_summary->setVisible(m_shown);
    m_some->setVisible(m_shown);
    m_all->setVisible(m_shown);
    m_all->setEnabled(idle);
    m_some->setEnabled(idle && std::find(taken.begin(), taken.end(), true) != taken.end());
}

std::vector<bool> SuggestPanel::checked() const {
    std::vector<bool> taken;
    for (const SuggestRow* row : m_rows)
        taken.push_back(row->isChecked());
    return taken;
}

} // namespace sightline::ui
