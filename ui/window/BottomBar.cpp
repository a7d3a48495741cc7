// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/BottomBar.h"

#include <QFile>
#include <QLabel>
#include <QToolButton>

#include <unistd.h>

#include "look/Words.h"
#include "support/Files.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kMemoryMs = 2000;

double residentGigabytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() > 1 ? fields[1].toDouble() * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e9 : 0;
}
} // namespace

BottomBar::BottomBar(Session& session, QWidget* parent) : QWidget(parent), m_activities(session.activities()) {
    setObjectName(QStringLiteral("bottomBar"));
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(30);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 0, 2 * theme::kGrid, 0);
    row->setSpacing(3 * theme::kGrid);
    const auto label = [&](const char* name) {
        auto* made = named(mutedLabel({}), name);
        made->setWordWrap(false);
        return made;
    };
    m_activity = label("activity");
    m_progress = new ProgressBar("activityProgress", tr("Progress"));
    m_progress->setFixedWidth(160);
    m_cancel = named(new QToolButton, "cancelActivity", tr("Cancel"));
    m_cancel->setText(tr("Cancel"));
    m_speed = label("speed");
    m_memory = label("memory");
    m_device = label("device");
    m_device->setText(session.engine().description().isEmpty() ? tr("Loading LibTorch…")
                                                               : session.engine().description());
    row->addWidget(m_activity);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    row->addStretch(1);
    row->addWidget(m_speed);
    row->addWidget(m_memory);
    row->addWidget(m_device);
    connect(m_cancel, &QToolButton::clicked, this, &BottomBar::cancelNewest);
    connect(&session.engine(), &EngineDesk::ready, m_device, &QLabel::setText);
    connect(&session.engine(), &EngineDesk::failed, m_device, &QLabel::setText);
    connect(&m_activities, &Activities::changed, this, &BottomBar::showActivities);
    connect(&session.runs(), &RunDesk::batchFinished, this, [this](const BatchFinished& batch) {
        m_speed->setText(tr("%1 images/s").arg(significant(batch.imagesPerSecond)));
    });
    connect(&session.runs(), &RunDesk::ended, m_speed, &QLabel::clear);
    connect(&m_timer, &QTimer::timeout, this, &BottomBar::showMemory);
    m_timer.start(kMemoryMs);
    showMemory();
    showActivities();
}

void BottomBar::showMemory() {
    m_memory->setText(tr("%1 GB used, %2 GB free")
                          .arg(fixed(residentGigabytes(), 1))
                          .arg(fixed(static_cast<double>(availableMemoryBytes()) / 1e9, 1)));
}

/// The newest work, and how many more there are. Ready where there is none.
void BottomBar::showActivities() {
    const auto& works = m_activities.works();
    const bool busy = !works.empty();
    m_progress->setVisible(busy && works.back().measured);
    m_cancel->setVisible(busy && works.back().cancel);
    if (!busy) {
        m_activity->setText(tr("Ready"));
        m_activity->setToolTip({});
        return;
    }
    const Activities::Work& newest = works.back();
    QStringList all;
    for (const Activities::Work& work : works)
        all.prepend(work.text);
    m_activity->setText(works.size() > 1 ? tr("%1 (and %2 more)").arg(newest.text).arg(works.size() - 1) : newest.text);
    m_activity->setToolTip(works.size() > 1 ? all.join(QLatin1Char('\n')) : QString());
    m_progress->setProgress(newest.done, newest.total);
}

void BottomBar::cancelNewest() {
    if (m_activities.works().empty())
        return;
    if (const auto cancel = m_activities.works().back().cancel) // a copy: it takes the work off the list
        cancel();
}

} // namespace sightline::ui
