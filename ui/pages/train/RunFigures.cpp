// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunFigures.h"

#include <QVBoxLayout>

#include <cmath>
#include <utility>

#include "experiment/MonitorWords.h"
#include "look/Words.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
// Apart, so that the line does not come and go.
constexpr double kWaitsMuch = 0.05, kWaitsLittle = 0.03;
constexpr double kSpread = 0.1; ///< of the time left, that is worth saying

/// "12 min 30 s left (10 min 00 s to 15 min 10 s)": the ends where they say something.
QString leftWords(const BatchFinished& batch) {
    const double left = batch.secondsLeft, low = batch.secondsLeftLow, high = batch.secondsLeftHigh;
    const bool wide = low > 0 && high > 0 && (low < (1 - kSpread) * left || high > (1 + kSpread) * left);
    return wide ? RunFigures::tr("%1 left (%2 to %3)").arg(duration(left), duration(low), duration(high))
                : RunFigures::tr("%1 left").arg(duration(left));
}
} // namespace

RunFigures::RunFigures(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    for (const auto& [label, name] : {std::pair{&m_line, "runFigures"}, std::pair{&m_waiting, "waitingFigure"}}) {
        *label = named(mutedLabel({}), name);
        (*label)->setFont(theme::font(theme::Size::Base));
        column->addWidget(*label);
    }
    m_waiting->setToolTip(tr("Reading and augmenting images takes longer than training on them. More loader threads, "
                             "smaller images or less augmentation help."));
    clear();
}

void RunFigures::clear() {
    m_patience.clear();
    m_batch.reset();
    m_line->clear();
    m_waiting->hide();
    hide();
}

void RunFigures::setPatience(int used, int patience, const std::string& monitor) {
    m_patience =
        patience > 0
            ? tr("patience %1 of %2 (%3)").arg(used).arg(patience).arg(QString::fromStdString(spokenMonitor(monitor)))
            : QString();
    showLine();
}

void RunFigures::setBatch(const BatchFinished& batch) {
    m_batch = batch;
    showLine();
    const auto share = std::lround(100 * batch.waitShare);
    const QString threads = batch.loaderThreads > 0 ? counted(batch.loaderThreads, tr("%1 loader thread reads them"),
                                                              tr("%1 loader threads read them"))
                                                    : QString(); // features are kept
    m_line->setToolTip(threads.isEmpty()
                           ? QString()
                           : tr("The network waits for images %1 % of the time; %2.").arg(share).arg(threads));
    const bool waits = batch.waitShare >= (m_waiting->isHidden() ? kWaitsMuch : kWaitsLittle);
    m_waiting->setVisible(waits);
    if (waits)
        m_waiting->setText(threads.isEmpty() ? tr("The network waits for images %1 % of the time.").arg(share)
                                             : m_line->toolTip());
    show();
}

void RunFigures::showLine() {
    if (!m_batch)
        return;
    const BatchFinished& batch = *m_batch;
    QStringList words{tr("batch %1 of %2").arg(batch.batch).arg(batch.batches),
                      tr("loss %1").arg(significant(batch.runningLoss)),
                      tr("accuracy %1").arg(percent(batch.runningAccuracy)),
                      tr("%1 images/s").arg(significant(batch.imagesPerSecond))};
    if (batch.secondsLeft > 0)
        words << leftWords(batch);
    if (!m_patience.isEmpty())
        words << m_patience;
    m_line->setText(words.join(QStringLiteral(" · ")));
}

} // namespace sightline::ui
