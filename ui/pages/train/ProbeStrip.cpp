// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/ProbeStrip.h"

#include <algorithm>

#include "bridge/Asking.h"
#include "engine/ProbeImages.h"
#include "pages/explain/TrustLine.h"
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
    m_trust = named(new TrustLine(session.engine().door(), session.activities(), QStringLiteral("probeTrust")),
                    "probeTrustLine");
    m_trust->setFont(theme::font(theme::Size::Small));
    m_unkept = named(mutedLabel({}), "probeUnkept");
    body()->addWidget(m_note);
    body()->addWidget(m_trust);
    body()->addWidget(m_unkept);
    forgetMap();
    hide();
    const auto showEpoch = [this, &desk = session.checkpoints()] {
        m_view->setEpoch(desk.isChosen() ? desk.epoch() : 0);
    };
    connect(&session.checkpoints(), &CheckpointDesk::moved, m_view, showEpoch);
    connect(&session.checkpoints(), &CheckpointDesk::keptChanged, m_view, showEpoch);
    connect(&session.runs(), &RunDesk::probesDrawn, this, &ProbeStrip::read);
    connect(&session.data(), &DataDesk::opened, this, &ProbeStrip::read); // the pictures
    connect(&session.runs(), &RunDesk::stateChanged, this, &ProbeStrip::checkAgain);
    connect(&session.checkpoints(), &CheckpointDesk::keptChanged, this, &ProbeStrip::checkAgain);
    connect(m_view, &ProbeView::activated, this, &ProbeStrip::explain);
    connect(m_view, &ProbeView::currentMoved, this, [this](int row, int column) {
        const bool isTheSame = row == m_row && column == m_column;
        if (!isTheSame || (!m_trust->trust() && !m_trust->isChecking())) // else that goes on, or came to its end
            checkMap(row, column);
    });
}

void ProbeStrip::showRun() {
    m_lane.cancel();
    m_reading = m_again = false;
    m_column = -1;
    forgetMap();
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

void ProbeStrip::forgetMap() {
    m_imageLane.cancel();
    m_trust->setSubject(nullptr);
    m_trust->hide();
    m_unkept->hide();
}

void ProbeStrip::checkAgain() {
    checkMap(m_row, m_column);
}

void ProbeStrip::say(const QString& why) {
    m_unkept->setText(why);
    m_unkept->show();
}

/// Asked of the weights that drew it, where they are kept.
void ProbeStrip::checkMap(int row, int column) {
    forgetMap();
    m_row = row;
    m_column = column;
    const auto run = m_session.runs().run();
    const auto opened = m_session.data().dataset();
    const ProbeTable& table = m_view->table();
    const bool isMap = column >= 0 && column < m_view->columnCount() && row < m_view->rowCount() &&
                       table.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
    if (!isMap || !run || !opened)
        return;
    if (!m_session.runs().isIdle())
        return say(tr("Whether this map can be believed is checked once the run has ended."));
    const auto sample = probeSamples({table.rows[static_cast<std::size_t>(row)].path}, *opened).front();
    if (!sample)
        return;
    const int epoch = table.epochs[static_cast<std::size_t>(column)]->epoch;
    const auto& kept = m_session.checkpoints().kept();
    const auto at = std::find_if(kept.begin(), kept.end(),
                                 [&](const KeptEpoch& one) { return one.epoch == epoch && one.batch == 0; });
    if (at == kept.end())
        return say(
            tr("The weights of epoch %1 are not kept: whether this map can be believed cannot be checked.").arg(epoch));
    m_trust->show();
    m_imageLane.submit(
        this,
        [run, opened, sample = *sample](const std::stop_token&) {
            return decodedFor(*run, Subject{sample, {}}, opened.get());
        },
        [this, source = ofRun(run->folder, at->at)](Result<Image> image) {
            if (!image)
                return Q_EMIT said(QString::fromStdString(image.error().message), false);
            HeatMapQuestion question; // as the trainer asks it
            question.image = std::move(*image);
            m_trust->setSubject(
                std::make_shared<const TrustLine::Subject>(TrustLine::Subject{source, std::move(question), false}));
        });
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
