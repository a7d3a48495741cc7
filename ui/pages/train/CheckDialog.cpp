// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/CheckDialog.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "engine/CheckProblems.h"
#include "look/Words.h"
#include "pages/train/BatchView.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {

constexpr int kParts = 100; ///< of progress
constexpr double kKeepsUp = 1.1;

enum Figure { kOverfit, kSpeed, kMemory, kTime, kDisk, kFigures };

double meanLoss(const GivenBatch& batch) {
    double sum = 0;
    for (const GivenImage& image : batch.images)
        sum += image.loss;
    return batch.images.empty() ? 0 : sum / static_cast<double>(batch.images.size());
}

QString overfitMeaning(const TrainCheck& check) {
    if (check.networkImagesPerSecond <= 0)
        return CheckDialog::tr("It was not tried.");
    if (!std::isfinite(check.overfits.loss))
        return CheckDialog::tr("The loss is not a number.");
    if (check.overfits.loss <= kOverfitted)
        return CheckDialog::tr("The network can learn these images.");
    return learns(check.overfits, meanLoss(check.batch))
               ? CheckDialog::tr("Its loss falls.")
               : CheckDialog::tr("A network that learns gets below %1.").arg(significant(kOverfitted, 1));
}

/// Reading and decoding in the first epoch, then decoded images.
QString loaderSpeed(const TrainCheck& check) {
    const QString first = significant(check.loaderImagesPerSecond);
    return check.laterLoaderImagesPerSecond > 0
               ? CheckDialog::tr("%1, then %2").arg(first, significant(check.laterLoaderImagesPerSecond))
               : first;
}

QString speedMeaning(const TrainCheck& check, bool keepsFeatures) {
    if (keepsFeatures)
        return CheckDialog::tr("The images are read once; the network never waits for them.");
    if (check.loaderImagesPerSecond <= 0)
        return {};
    return steadyLoaderSpeed(check) >= kKeepsUp * check.networkImagesPerSecond
               ? CheckDialog::tr("The loader keeps up; the network sets the pace.")
               : CheckDialog::tr("The network waits for images; the loader sets the pace.");
}

} // namespace

CheckDialog::CheckDialog(Session& session, Trials& trials, QWidget* parent)
    : QDialog(parent), m_session(session), m_trials(trials) {
    setObjectName(QStringLiteral("checkDialog"));
    setWindowTitle(tr("Check before training"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(880, 680);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    m_verdict = named(new QLabel, "checkVerdict");
    m_verdict->setFont(theme::font(theme::Size::Title, true));
    m_verdict->setWordWrap(true);
    m_problems = named(new QLabel, "checkProblems");
    m_problems->setWordWrap(true);
    m_progress = new ProgressBar("checkProgress", tr("Progress of the check"));
    m_figures = new QWidget;
    auto* grid = new QGridLayout(m_figures);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(3 * theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid / 2);
    grid->setColumnStretch(2, 1);
    const char* const names[kFigures] = {"checkOverfit", "checkSpeed", "checkMemory", "checkTime", "checkDisk"};
    const QString titles[kFigures] = {tr("One batch"), tr("Speed"), tr("Memory"), tr("Time"), tr("Disk")};
    for (int i = 0; i < kFigures; ++i) {
        grid->addWidget(new QLabel(titles[i]), i, 0);
        m_values.push_back(named(new QLabel, names[i], titles[i]));
        m_meanings.push_back(mutedLabel({}));
        grid->addWidget(m_values.back(), i, 1);
        grid->addWidget(m_meanings.back(), i, 2);
    }
    m_batch = new BatchView("check");
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    m_again = button(tr("Cancel"), {}, "checkAgain");
    auto* close = button(tr("Close"), {}, "checkClose");
    m_train = button(tr("Train"), QStringLiteral("media-playback-start"), "checkTrain", {}, true);
    buttons->addWidget(m_again);
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_train);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_verdict, m_problems, m_progress, m_figures})
        column->addWidget(widget);
    column->addWidget(m_batch, 1);
    column->addLayout(buttons);
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (!m_trials.isBusy())
            return begin();
        m_trials.cancel();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_train, &QPushButton::clicked, this, [this] {
        m_session.runs().start();
        accept();
    });
    connect(&trials, &Trials::progressed, this,
            [this](double share) { m_progress->setProgress(static_cast<qulonglong>(share * kParts), kParts); });
    connect(&trials, &Trials::busyChanged, this, &CheckDialog::showState);
    connect(&trials, &Trials::checked, this, &CheckDialog::showCheck);
    connect(&trials, &Trials::canceled, this, [this] { say(tr("Canceled."), Role::Muted); });
    connect(&trials, &Trials::failed, this, [this](const QString& message) { say(message, Role::Bad); });
    connect(&session.document(), &ExperimentDocument::problemsChanged, this, &CheckDialog::showState);
    connect(&session.runs(), &RunDesk::stateChanged, this, &CheckDialog::showState);
    connect(&session.runs(), &RunDesk::forkChanged, this, &CheckDialog::showState);
    connect(&session.data(), &DataDesk::opened, this, &CheckDialog::showState);
    begin();
}

void CheckDialog::begin() {
    m_checked = m_session.document().experiment();
    m_classes = m_session.data().dataset()->classes;
    m_told = false;
    m_progress->setProgress(0, kParts);
    m_figures->hide();
    m_batch->clear();
    say(tr("Trying one batch, the speeds, memory, time and disk of the run…"), Role::Muted);
    m_trials.check();
}

void CheckDialog::say(const QString& verdict, Role tone, const QStringList& problems) {
    m_verdict->setText(verdict);
    setTone(*m_verdict, tone);
    m_problems->setText(problems.join(QStringLiteral("\n\n")));
    m_problems->setVisible(!problems.isEmpty());
    showState();
}

void CheckDialog::showCheck(const TrainCheck& check) {
    m_told = true;
    showFigures(check);
    if (!check.batch.images.empty())
        m_batch->setBatch(check.batch, m_classes);
    QStringList problems;
    for (const std::string& problem : check.problems)
        problems << QString::fromStdString(problem);
    if (problems.isEmpty())
        say(tr("Go: nothing stands in the way of this run."), Role::Good);
    else
        say(problems.size() == 1 ? tr("One thing to fix first") : tr("%1 things to fix first").arg(problems.size()),
            Role::Warning, problems);
}

void CheckDialog::showFigures(const TrainCheck& check) {
    const TrainingSettings& training = m_checked.training;
    const auto set = [this](Figure figure, const QString& value, const QString& meaning) {
        m_values[figure]->setText(value);
        m_meanings[figure]->setText(meaning);
    };
    const bool tried = check.networkImagesPerSecond > 0; // what does not fit the memory is not
    const QString dash = QStringLiteral("–");
    set(kOverfit,
        tried && std::isfinite(check.overfits.loss)
            ? counted(check.overfits.steps, tr("loss %2 after %1 step"), tr("loss %2 after %1 steps"))
                  .arg(significant(check.overfits.loss, 2))
            : dash,
        overfitMeaning(check));
    set(kSpeed,
        tried ? tr("loads %1, trains %2 images/s").arg(loaderSpeed(check), significant(check.networkImagesPerSecond))
              : dash,
        speedMeaning(check, training.cacheFeatures));
    set(kMemory, bytesText(static_cast<qint64>(check.peakBytes)),
        tr("%1 available.").arg(bytesText(static_cast<qint64>(check.freeBytes))));
    set(kTime, check.secondsTotal > 0 ? tr("about %1").arg(duration(check.secondsTotal)) : dash,
        counted(training.epochs, tr("For %1 epoch."), tr("For all %1 epochs.")));
    set(kDisk, bytesText(static_cast<qint64>(check.diskBytes)), tr("For the run's checkpoints and tables."));
    m_figures->show();
}

void CheckDialog::showState() {
    const bool busy = m_trials.isBusy();
    const QString hindrance = m_trials.hindrance();
    m_progress->setVisible(busy);
    setWords(*m_again, busy ? tr("Cancel") : tr("Check again"));
    m_again->setEnabled(busy || hindrance.isEmpty());
    m_again->setToolTip(busy ? QString() : hindrance);
    m_train->setEnabled(!busy && hindrance.isEmpty());
    m_train->setToolTip(busy ? tr("The check is under way.") : hindrance);
    if (m_told && !busy && m_trials.isOutdated()) {
        m_verdict->setText(tr("The settings have changed since; check again."));
        setTone(*m_verdict, Role::Muted);
    }
}

void CheckDialog::done(int result) {
    m_trials.cancel();
    QDialog::done(result);
}

} // namespace sightline::ui
