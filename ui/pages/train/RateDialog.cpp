// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RateDialog.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/Words.h"
#include "widgets/ProgressBar.h"
#include "widgets/RatePlot.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {

constexpr int kParts = 100; ///< of progress

} // namespace

RateDialog::RateDialog(Session& session, Trials& trials, QWidget* parent)
    : QDialog(parent), m_session(session), m_trials(trials),
      m_plot(named(new RatePlot, "ratePlot", tr("Loss over learning rate"))) {
    setObjectName(QStringLiteral("rateDialog"));
    setWindowTitle(tr("Find a learning rate"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(720, 520);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(
        mutedLabel(tr("A copy of the network trains while its learning rate rises batch by batch; no run is created. "
                      "Good rates lie where the loss falls, well before it explodes.")));
    m_progress = new ProgressBar("rateProgress", tr("Progress of the trial"));
    column->addWidget(m_progress);
    column->addWidget(m_plot, 1);
    auto* suggestions = new QHBoxLayout;
    suggestions->setSpacing(theme::kGrid);
    m_valley =
        suggestion(tr("Valley"), "rateValley", tr("Two thirds into the longest fall of the loss: a good first choice"));
    m_steep = suggestion(tr("Steepest"), "rateSteep", tr("Where the loss falls fastest"));
    m_minimumTenth = suggestion(tr("Lowest / 10"), "rateMinimumTenth", tr("A tenth of the rate with the lowest loss"));
    for (QPushButton* one : {m_valley, m_steep, m_minimumTenth})
        suggestions->addWidget(one, 1);
    column->addLayout(suggestions);
    m_words = named(new QLabel, "rateWords");
    m_words->setWordWrap(true);
    column->addWidget(m_words);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    m_again = button(tr("Cancel"), {}, "rateAgain");
    auto* close = button(tr("Close"), {}, "rateClose");
    m_use = button(tr("Use this rate"), {}, "rateUse",
                   tr("Put the rate at the line into the settings; undo takes it back"), true);
    buttons->addWidget(m_again);
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_use);
    column->addLayout(buttons);
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (!m_trials.isBusy())
            return begin();
        m_trials.cancel();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, &RateDialog::take);
    connect(m_plot, &RatePlot::rateChanged, this, &RateDialog::showState);
    connect(&trials, &Trials::progressed, this,
            [this](double share) { m_progress->setProgress(static_cast<qulonglong>(share * kParts), kParts); });
    connect(&trials, &Trials::busyChanged, this, &RateDialog::showState);
    connect(&trials, &Trials::rateFound, this, &RateDialog::showCurve);
    connect(&trials, &Trials::canceled, this, [this] {
        m_plot->clear(tr("Canceled."));
        say({});
    });
    connect(&trials, &Trials::failed, this, [this](const QString& message) {
        m_plot->clear({});
        say(message, true);
    });
    connect(&session.document(), &ExperimentDocument::changed, this, &RateDialog::showState);
    connect(&session.document(), &ExperimentDocument::problemsChanged, this, &RateDialog::showState);
    connect(&session.runs(), &RunDesk::stateChanged, this, &RateDialog::showState);
    connect(&session.runs(), &RunDesk::forkChanged, this, &RateDialog::showState);
    connect(&session.data(), &DataDesk::opened, this, &RateDialog::showState);
    begin();
}

QPushButton* RateDialog::suggestion(const QString& text, const char* name, const QString& why) {
    QPushButton* made = button(text, {}, name, why);
    made->setProperty("what", text);
    made->setProperty("why", why);
    return made;
}

void RateDialog::begin() {
    m_suggestion = {};
    m_progress->setProgress(0, kParts);
    m_plot->clear(tr("Trying learning rates…"));
    say({});
    m_trials.findRate();
}

void RateDialog::showCurve(const RateCurve& curve) {
    m_suggestion = curve.suggestion;
    if (curve.rates.size() < 2) {
        m_plot->clear(
            tr("The loss is not a number from the first batch on. Look at the weights and the normalization."));
    } else {
        m_plot->setCurve(curve.rates, curve.losses);
        if (m_suggestion.valley) {
            m_plot->setRate(*m_suggestion.valley);
        } else {
            m_plot->setRate(m_session.document().experiment().training.optimizer.learningRate);
            say(tr("No suggestion: the loss hardly falls. Check the labels and the frozen layers."), true);
        }
    }
    for (const auto& [one, rate] : {std::pair(m_valley, m_suggestion.valley), std::pair(m_steep, m_suggestion.steep),
                                    std::pair(m_minimumTenth, m_suggestion.minimumTenth)}) {
        disconnect(one, &QPushButton::clicked, nullptr, nullptr);
        if (rate)
            connect(one, &QPushButton::clicked, m_plot, [this, at = *rate] { m_plot->setRate(at); });
    }
    showState();
}

void RateDialog::say(const QString& words, bool bad) {
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
    setTone(*m_words, bad ? Role::Bad : Role::Text);
    showState();
}

void RateDialog::showState() {
    const bool busy = m_trials.isBusy(), idle = m_session.runs().isIdle(), outdated = !busy && m_trials.isOutdated();
    const QString hindrance = m_trials.hindrance();
    m_progress->setVisible(busy);
    setWords(*m_again, busy ? tr("Cancel") : tr("Try again"));
    m_again->setEnabled(busy || hindrance.isEmpty());
    m_again->setToolTip(busy ? QString() : hindrance);
    for (const auto& [one, rate] : {std::pair(m_valley, m_suggestion.valley), std::pair(m_steep, m_suggestion.steep),
                                    std::pair(m_minimumTenth, m_suggestion.minimumTenth)}) {
        const QString what = one->property("what").toString();
        setWords(*one, rate ? tr("%1: %2").arg(what, rateText(*rate)) : what);
        one->setEnabled(rate.has_value());
        one->setToolTip(rate ? one->property("why").toString() : tr("No suggestion from this curve."));
    }
    const double now = m_session.document().experiment().training.optimizer.learningRate;
    setWords(*m_use, m_plot->rate() > 0 ? tr("Use %1").arg(rateText(m_plot->rate())) : tr("Use this rate"));
    const bool forks = m_session.runs().fork().has_value();
    m_use->setEnabled(m_plot->rate() > 0 && idle && !forks && m_plot->rate() != now);
    m_use->setToolTip(!idle                   ? tr("A run is in progress.")
                      : forks                 ? tr("This rate is for new weights; a fork continues with its parent's.")
                      : m_plot->rate() == now ? tr("The settings have this rate.")
                                              : tr("Put the rate at the line into the settings; undo takes it back"));
    if (m_plot->rate() > 0 && m_suggestion.valley) {
        m_words->setText(outdated ? tr("The settings have changed since; try again.")
                                  : tr("Current setting: %1. Drag the line, or take a suggestion.").arg(rateText(now)));
        m_words->show();
    }
}

void RateDialog::take() {
    Experiment next = m_session.document().experiment();
    next.training.optimizer.learningRate = m_plot->rate();
    m_session.document().setExperiment(std::move(next));
    accept();
}

void RateDialog::done(int result) {
    m_trials.cancel();
    QDialog::done(result);
}

} // namespace sightline::ui
