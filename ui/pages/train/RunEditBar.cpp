// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunEditBar.h"

#include <QLabel>
#include <QPushButton>

#include <algorithm>

#include "bridge/RunUndo.h"
#include "bridge/Session.h"
#include "experiment/EditSettings.h"
#include "pages/explain/SettingsDifference.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {

constexpr std::size_t kLines = 5;

/// "Learning rate 0.001 → 0.0003", a line for each.
QStringList differences(const Experiment& before, const Experiment& after) {
    QStringList lines;
    const std::vector<SettingDifference> found = settingsDifferences(before, after);
    for (std::size_t i = 0; i < found.size() && i < kLines; ++i)
        lines << QStringLiteral("%1 %2 → %3").arg(found[i].name, found[i].first, found[i].second);
    if (found.size() > kLines)
        lines << RunEditBar::tr("and %1 more").arg(found.size() - kLines);
    return lines;
}

QLabel* line(const QString& name) {
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

RunEditBar::RunEditBar(Session& session, const QString& page, QWidget* parent) : QWidget(parent), m_session(session) {
    setObjectName(page + QStringLiteral("EditBar"));
    const auto press = [&](const QString& text, const QString& icon, const char* name, const QString& tip, auto slot) {
        auto* made = button(text, icon, name, tip);
        made->setObjectName(page + QLatin1String(name));
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    m_changes = line(page + QStringLiteral("EditChanges"));
    m_refusal = line(page + QStringLiteral("EditRefusal"));
    setTone(*m_refusal, Role::Bad);
    m_applied = line(page + QStringLiteral("EditApplied"));
    setTone(*m_applied, Role::Muted);
    m_apply = press(tr("Apply at the next batch"), {}, "ApplyEdit", tr("The run continues with these settings"),
                    &RunEditBar::apply);
    m_discard = press(tr("Discard"), {}, "DiscardEdit", tr("Show the settings of the run again"), &RunEditBar::discard);
    m_undo = press(tr("Undo"), QStringLiteral("edit-undo"), "UndoEdit",
                   tr("The run continues with the settings it had before"), &RunEditBar::undo);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addWidget(m_apply, 1);
    buttons->addWidget(m_discard);
    auto* last = new QHBoxLayout;
    last->setSpacing(theme::kGrid);
    last->addWidget(m_applied, 1);
    last->addWidget(m_undo, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(m_changes);
    column->addWidget(m_refusal);
    column->addLayout(buttons);
    column->addLayout(last);
    RunDesk& runs = session.runs();
    connect(&session.document(), &ExperimentDocument::changed, this, &RunEditBar::showEdits);
    connect(&runs, &RunDesk::stateChanged, this, &RunEditBar::showEdits);
    connect(&runs, &RunDesk::runChanged, this, &RunEditBar::forget);
    connect(&runs, &RunDesk::edited, this, &RunEditBar::showEdits);
    connect(&runs, &RunDesk::editAnswered, this, [this](const QString& asker, const QString& refusal) {
        if (asker == objectName()) // not what another page's bar asked, nor a pin
            showAnswer(refusal);
    });
    forget();
}

std::optional<RecordedEdit> RunEditBar::toUndo() const {
    const RunProgress& progress = m_session.runs().progress();
    const auto told = static_cast<std::ptrdiff_t>(std::min(m_told, progress.edits.size()));
    return editToUndo({progress.edits.begin() + told, progress.edits.end()}, progress.experiment);
}

void RunEditBar::apply() {
    m_isAsked = true;
    m_refusal->clear();
    showEdits();
    m_session.runs().edit(changesBetween(m_session.runs().progress().experiment, wantedOfRun(m_session)), objectName());
}

void RunEditBar::discard() {
    m_refusal->clear();
    ExperimentDocument& document = m_session.document();
    Experiment discarded = changedTo(m_session.runs().progress().experiment, document.experiment());
    discarded.training.probes = document.experiment().training.probes;
    document.setExperiment(std::move(discarded));
    showEdits();
}

void RunEditBar::undo() {
    const std::optional<RecordedEdit> edit = toUndo();
    if (!edit)
        return;
    m_isAsked = true;
    takeBack(m_session, *edit, objectName());
    showEdits();
}

void RunEditBar::showAnswer(const QString& refusal) {
    m_isAsked = false;
    m_refused = wantedOfRun(m_session);
    m_refusal->setText(refusal);
    showEdits();
}

void RunEditBar::forget() {
    m_told = m_session.runs().progress().edits.size();
    m_isAsked = false;
    m_refusal->clear();
    showEdits();
}

void RunEditBar::showEdits() {
    if (!isSteerable(m_session)) {
        m_isAsked = false;
        setVisible(false);
        return;
    }
    const RunProgress& progress = m_session.runs().progress();
    const Experiment wish = wantedOfRun(m_session);
    const QStringList changes = differences(progress.experiment, wish);
    if (!(wish == m_refused))
        m_refusal->clear();
    m_changes->setText(changes.join(QLatin1Char('\n')));
    m_apply->setText(m_isAsked ? tr("Applying…") : tr("Apply at the next batch"));
    for (auto* control : {m_apply, m_discard, m_undo})
        control->setEnabled(!m_isAsked);
    const std::optional<RecordedEdit> applied = toUndo();
    if (applied) {
        const Result<EditedExperiment> before = edited(progress.experiment, reverseOf(applied->changes));
        const QStringList last = before ? differences(before->experiment, progress.experiment) : QStringList();
        const RunPlace place = applied->place;
        m_applied->setText(
            (last + QStringList(tr("Applied after batch %1 of epoch %2.").arg(place.batch).arg(place.epoch)))
                .join(QLatin1Char('\n')));
    }
    for (QWidget* part : std::initializer_list<QWidget*>{m_changes, m_apply, m_discard})
        part->setVisible(!changes.isEmpty());
    m_refusal->setVisible(!m_refusal->text().isEmpty());
    for (QWidget* part : std::initializer_list<QWidget*>{m_applied, m_undo})
        part->setVisible(applied.has_value());
    setVisible(!changes.isEmpty() || applied.has_value() || m_refusal->isVisibleTo(this));
}

} // namespace sightline::ui
