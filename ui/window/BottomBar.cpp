// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/BottomBar.h"

#include <QFile>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <unistd.h>

#include "look/Words.h"
#include "support/Files.h"
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

BottomBar::BottomBar(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
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
    m_progress = named(new QProgressBar, "activityProgress", tr("Progress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_cancel = named(new QToolButton, "cancelActivity", tr("Cancel"));
    m_cancel->setText(tr("Cancel"));
    m_speed = label("speed");
    m_memory = label("memory");
    m_device = label("device");
    m_device->setText(session.engineDescription().isEmpty() ? tr("Loading LibTorch…") : session.engineDescription());
    row->addWidget(m_activity);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    row->addStretch(1);
    row->addWidget(m_speed);
    row->addWidget(m_memory);
    row->addWidget(m_device);
    connect(m_cancel, &QToolButton::clicked, &session, &Session::cancelOpening);
    connect(&session, &Session::engineReady, m_device, &QLabel::setText);
    connect(&session, &Session::engineFailed, m_device, &QLabel::setText);
    connect(&session, &Session::activityChanged, this, &BottomBar::showActivity);
    connect(&session, &Session::dataProgress, this, [this](qulonglong done, qulonglong total) {
        m_progress->setRange(0, static_cast<int>(total));
        m_progress->setValue(static_cast<int>(done));
    });
    connect(&session, &Session::batchFinished, this, [this](const BatchFinished& batch) {
        m_speed->setText(tr("%1 images/s").arg(significant(batch.imagesPerSecond)));
    });
    connect(&session, &Session::runEnded, m_speed, &QLabel::clear);
    connect(&m_timer, &QTimer::timeout, this, &BottomBar::showMemory);
    m_timer.start(kMemoryMs);
    showMemory();
    showActivity({});
}

void BottomBar::showMemory() {
    m_memory->setText(tr("%1 GB used, %2 GB free")
                          .arg(residentGigabytes(), 0, 'f', 1)
                          .arg(static_cast<double>(availableMemoryBytes()) / 1e9, 0, 'f', 1));
}

void BottomBar::showActivity(const QString& what) {
    m_activity->setText(what.isEmpty() ? tr("Ready") : what);
    const bool opening = m_session.isOpeningData();
    m_progress->setVisible(opening);
    m_progress->setRange(0, 0);
    m_cancel->setVisible(opening);
}

} // namespace sightline::ui
