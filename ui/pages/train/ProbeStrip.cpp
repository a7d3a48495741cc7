// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/ProbeStrip.h"

#include "engine/ProbeImages.h"
#include "widgets/ProbeView.h"

namespace sightline::ui {

ProbeStrip::ProbeStrip(Session& session, QWidget* parent) : Surface({}, parent), m_session(session) {
    setObjectName(QStringLiteral("probeStrip"));
    m_view = named(new ProbeView, "probeView", tr("Heat maps of the pinned images, epoch by epoch"));
    body()->setContentsMargins(2 * theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    const auto showLook = [this] { m_view->setLook(m_session.mapLook().values()); };
    connect(&session.mapLook(), &MapLook::changed, m_view, showLook);
    showLook();
    m_note = named(mutedLabel({}), "probeNote");
    body()->addWidget(m_view);
    body()->addWidget(m_note);
    hide();
    const auto showEpoch = [this, &desk = session.checkpoints()] {
        m_view->setEpoch(desk.isChosen() ? desk.epoch() : 0);
    };
    connect(&session.checkpoints(), &CheckpointDesk::moved, m_view, showEpoch);
    connect(&session.checkpoints(), &CheckpointDesk::keptChanged, m_view, showEpoch);
    connect(&session.runs(), &RunDesk::probesDrawn, this, &ProbeStrip::read);
    connect(&session.data(), &DataDesk::opened, this, &ProbeStrip::read); // the pictures
    connect(m_view, &ProbeView::activated, this, &ProbeStrip::explain);
}

void ProbeStrip::showRun() {
    m_lane.cancel();
    m_reading = m_again = false;
    setTable({});
    read();
}

void ProbeStrip::read() {
    const auto run = m_session.runs().run();
    if (!run)
        return;
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    m_lane.submit(
        this,
        [run, before = m_view->table(), dataset = m_session.data().dataset()](const std::stop_token& stop) {
            return readProbeTable(before, run->folder, dataset.get(), run->experiment.data, stop);
        },
        [this](Result<ProbeTable> read) {
            m_reading = false;
            if (read)
                setTable(std::move(*read));
            else
                Q_EMIT said(QString::fromStdString(read.error().message), false);
            if (std::exchange(m_again, false))
                this->read();
        });
}

void ProbeStrip::setTable(ProbeTable table) {
    QStringList problems;
    for (const std::string& problem : table.problems)
        problems << QString::fromStdString(problem);
    m_note->setText(problems.value(0) +
                    (problems.size() > 1 ? tr(" And %1 more.").arg(problems.size() - 1) : QString()));
    m_note->setToolTip(problems.join(QLatin1Char('\n')));
    m_note->setVisible(!problems.isEmpty());
    m_view->setVisible(!table.empty());
    setVisible(!table.empty() || !problems.isEmpty());
    m_view->setTable(std::move(table));
}

void ProbeStrip::explain(const QString& path) {
    const auto opened = m_session.data().dataset();
    const auto sample = opened ? probeSamples({path.toStdString()}, *opened).front() : std::nullopt;
    if (!sample) {
        Q_EMIT said(tr("%1 is not among the open images.").arg(path), false);
        return;
    }
    m_session.questions().explain({*sample, {}});
    Q_EMIT pageRequested(QStringLiteral("explain"));
}

} // namespace sightline::ui
