// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/CheckpointBar.h"

#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>

#include "look/Icons.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {

constexpr int kHeight = 36, kWordsWidth = 170, kMostTicks = 60;

QToolButton* tool(const char* name, const QString& icon, const QString& words) {
    auto* made = named(new QToolButton, name, words);
    made->setIcon(theme::icon(icon));
    made->setToolTip(words);
    return made;
}

QString wordsOf(const KeptEpoch& kept) {
    const QString epoch = kept.batch > 0 ? CheckpointBar::tr("Epoch %1, batch %2").arg(kept.epoch + 1).arg(kept.batch)
                                         : CheckpointBar::tr("Epoch %1").arg(kept.epoch);
    const QString flag = kept.isBest && kept.isLast       ? CheckpointBar::tr("best and last")
                         : kept.isBest && kept.isRestored ? CheckpointBar::tr("best, restored")
                         : kept.isBest                    ? CheckpointBar::tr("best")
                         : kept.isLast                    ? CheckpointBar::tr("last")
                         : kept.isRestored                ? CheckpointBar::tr("restored")
                                                          : QString();
    return flag.isEmpty() ? epoch : CheckpointBar::tr("%1 (%2)").arg(epoch, flag);
}

} // namespace

CheckpointBar::CheckpointBar(Session& session, QWidget* parent)
    : QWidget(parent), m_desk(session.checkpoints()), m_runs(session.runs()) {
    setObjectName(QStringLiteral("checkpointBar"));
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 0, 2 * theme::kGrid, 0);
    row->setSpacing(theme::kGrid);
    auto* title = new QLabel(tr("Checkpoint"));
    title->setProperty("muted", true);
    m_before = tool("checkpointBefore", QStringLiteral("go-previous"), tr("The checkpoint before (Alt+Left)"));
    m_after = tool("checkpointAfter", QStringLiteral("go-next"), tr("The next checkpoint (Alt+Right)"));
    m_slider = named(new QSlider(Qt::Horizontal), "checkpointSlider", tr("Checkpoint that is looked at"));
    m_slider->setPageStep(1);
    m_words = named(new QLabel, "checkpointWords");
    m_words->setFixedWidth(kWordsWidth);
    m_release = tool("checkpointRelease", QStringLiteral("edit-undo"), {});
    for (QWidget* part : std::initializer_list<QWidget*>{title, m_before})
        row->addWidget(part);
    row->addWidget(m_slider, 1);
    for (QWidget* part : std::initializer_list<QWidget*>{m_after, m_words, m_release})
        row->addWidget(part);
    connect(m_before, &QToolButton::clicked, this, [this] { m_desk.step(-1); });
    connect(m_after, &QToolButton::clicked, this, [this] { m_desk.step(1); });
    connect(m_release, &QToolButton::clicked, &m_desk, &CheckpointDesk::release);
    connect(m_slider, &QSlider::valueChanged, &m_desk, &CheckpointDesk::choose);
    connect(&m_desk, &CheckpointDesk::keptChanged, this, &CheckpointBar::showKept);
    connect(&m_desk, &CheckpointDesk::moved, this, &CheckpointBar::showPlace);
    connect(&m_runs, &RunDesk::stateChanged, this, &CheckpointBar::showPlace);
    showKept();
}

void CheckpointBar::setWanted(bool wanted) {
    m_wanted = wanted;
    setVisible(m_wanted && m_desk.kept().size() > 1);
}

void CheckpointBar::showKept() {
    const int count = static_cast<int>(m_desk.kept().size());
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, std::max(0, count - 1));
    m_slider->setTickPosition(count <= kMostTicks ? QSlider::TicksBelow : QSlider::NoTicks);
    setWanted(m_wanted);
    showPlace();
}

void CheckpointBar::showPlace() {
    const int place = m_desk.current(), last = static_cast<int>(m_desk.kept().size()) - 1;
    const bool live = m_runs.liveWeights() != nullptr && !m_desk.isChosen();
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(live ? last : place);
    m_words->setText(place < 0 ? QString()
                     : live    ? tr("As it is now")
                               : wordsOf(m_desk.kept()[static_cast<std::size_t>(place)]));
    m_before->setEnabled(place > 0);
    m_after->setEnabled(place < last);
    m_release->setEnabled(m_desk.isChosen());
    m_release->setToolTip(m_runs.liveWeights() ? tr("Back to the network as it is now") : tr("Back to the best one"));
    m_release->setAccessibleName(m_release->toolTip());
}

} // namespace sightline::ui
