// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/EvaluateHead.h"

#include <QComboBox>

#include "look/Icons.h"
#include "pages/evaluate/EvaluateFigures.h"
#include "store/RunImport.h"
#include "widgets/ProgressBar.h"

namespace sightline::ui {

EvaluateHead::EvaluateHead(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    auto* surface = new Surface;
    column->addWidget(surface);
    surface->body()->addLayout(makeLine());
    m_figures = named(mutedLabel({}), "evaluationFigures");
    m_figures->setToolTip(tr("Balanced accuracy: mean recall of the classes. Macro F1: every class counts the same; in "
                             "brackets the 95 % interval by bootstrap. Kappa and MCC (Matthews): agreement beyond "
                             "chance, 1 is perfect, 0 is chance. Brier score: squared error of the probabilities, 0 is "
                             "perfect."));
    surface->body()->addWidget(m_figures);
    m_progress = new ProgressBar("evaluationProgress", tr("Progress of the evaluation"));
    surface->body()->addWidget(m_progress);
    connect(m_evaluate, &QPushButton::clicked, this, &EvaluateHead::evaluate);
    connect(m_classify, &QPushButton::clicked, this, &EvaluateHead::classifyAsked);
    connect(m_split, &QComboBox::currentIndexChanged, this, &EvaluateHead::showState);
    const Questions& questions = session.questions();
    connect(&questions, &Questions::evaluationChanged, this, &EvaluateHead::showState);
    connect(&questions, &Questions::evaluationFailed, m_detail, &QLabel::setText);
    connect(&questions, &Questions::evaluationProgress, this,
            [this](qulonglong done, qulonglong total) { m_progress->setProgress(done, total); });
    const RunDesk& runs = session.runs();
    connect(&runs, &RunDesk::ended, this, &EvaluateHead::showState);
    connect(&runs, &RunDesk::stateChanged, this, &EvaluateHead::showState);
    connect(&runs, &RunDesk::epochFinished, this, &EvaluateHead::showState);
    connect(&session.checkpoints(), &CheckpointDesk::keptChanged, this, &EvaluateHead::showState);
    connect(&session.data(), &DataDesk::opened, this, [this] {
        chooseSplit();
        showState();
    });
    chooseSplit();
    showState();
}

QLayout* EvaluateHead::makeLine() {
    auto* line = new QHBoxLayout;
    line->setSpacing(2 * theme::kGrid);
    m_score = named(new QLabel, "evaluationScore");
    m_score->setFont(theme::font(theme::Size::Hero, true));
    m_interval = named(new QLabel, "evaluationInterval");
    m_interval->setFont(theme::font(theme::Size::Title));
    m_interval->setProperty("muted", true);
    m_interval->setToolTip(tr("95 % interval (Wilson): how far chance in the choice of images may have moved it"));
    m_detail = named(new QLabel, "evaluationDetail");
    m_detail->setProperty("muted", true);
    m_detail->setWordWrap(true);
    m_split = named(new QComboBox, "evaluateSplit", tr("Images to evaluate on"));
    m_split->addItem(tr("Test images"), QStringLiteral("test"));
    m_split->addItem(tr("Validation images"), QStringLiteral("val"));
    m_split->addItem(tr("Training images"), QStringLiteral("train"));
    m_evaluate = button(tr("Evaluate"), QStringLiteral("view-refresh"), "evaluateButton");
    m_classify = button(tr("Classify images…"), QStringLiteral("folder-open"), "classifyButton");
    line->addWidget(m_score);
    line->addWidget(m_interval);
    line->addWidget(m_detail, 1);
    line->addWidget(m_split);
    line->addWidget(m_evaluate);
    line->addWidget(m_classify);
    return line;
}

void EvaluateHead::evaluate() {
    if (m_session.questions().isEvaluating())
        return m_session.questions().cancelEvaluation();
    m_progress->setProgress(0, 0);
    m_session.questions().evaluate(m_split->currentData().toString());
}

/// Test images are what a network is judged by, where there are any, then validation images.
void EvaluateHead::chooseSplit() {
    if (const auto opened = m_session.data().dataset())
        m_split->setCurrentIndex(opened->count(Subset::Test) > 0 ? 0 : opened->count(Subset::Validation) > 0 ? 1 : 2);
}

/// Whether the images that are chosen are those it was trained on; of an imported network nobody knows.
bool EvaluateHead::isOfItsTraining() const {
    const auto run = m_session.runs().run();
    return run && m_split->currentData() == QStringLiteral("train") && !isImported(run->folder);
}

/// Which weights the figures are of, in a sentence, where those that are looked at are others.
QString EvaluateHead::whoseWeights() const {
    const CheckpointDesk& desk = m_session.checkpoints();
    const AskedWeights by = m_session.questions().evaluatedBy(), now = desk.weights();
    if (by.epoch == 0 || now.epoch == 0)
        return {};
    if (by.at != now.at && by.epoch != now.epoch)
        return tr("Of epoch %1, not of epoch %2.").arg(by.epoch).arg(now.epoch);
    const bool live = m_session.runs().liveWeights() && !desk.isChosen();
    return by.epoch == now.epoch && live ? tr("By the weights of epoch %1, the best until now.").arg(by.epoch)
                                         : replacedSentence(by, now);
}

/// What is shown stays while the next evaluation is under way.
void EvaluateHead::showState() {
    const bool busy = m_session.questions().isEvaluating();
    const bool trained = m_session.runs().run() &&
                         (!m_session.runs().progress().history.empty() || !m_session.checkpoints().kept().empty());
    showButtons(busy, trained);
    const auto& evaluation = m_session.questions().evaluation();
    m_interval->setText(evaluation ? intervalText(*evaluation) : QString());
    m_interval->setVisible(!m_interval->text().isEmpty());
    m_figures->setText(evaluation ? figuresText(*evaluation) : QString());
    m_figures->setVisible(evaluation != nullptr);
    m_score->setVisible(evaluation != nullptr);
    if (evaluation) {
        m_score->setText(accuracyText(*evaluation));
        const QString whose = whoseWeights();
        m_detail->setText(basisText(*evaluation) + (whose.isEmpty() ? whose : QStringLiteral(". ") + whose));
        return;
    }
    m_detail->setText(busy ? tr("Evaluating…")
                      : trained && isOfItsTraining()
                          ? tr("The network is ready. It was trained on these images: how well it does on others they "
                               "cannot tell.")
                      : trained ? tr("The network is ready: evaluate it on images it has not seen.")
                                : tr("Nothing to evaluate yet: train a network for an epoch, or open a run."));
}

void EvaluateHead::showButtons(bool busy, bool trained) {
    const bool next = trained && !busy && !m_session.questions().evaluation(); // it is what a person would do now
    const QString first = tr("Train a network for an epoch, or open a run, first.");
    m_progress->setVisible(busy);
    m_evaluate->setText(busy ? tr("Cancel") : tr("Evaluate"));
    m_evaluate->setAccessibleName(m_evaluate->text());
    m_evaluate->setEnabled(trained || busy);
    m_evaluate->setToolTip(busy      ? tr("Cancel the evaluation")
                           : trained ? tr("Run the network on every image of this split")
                                     : first);
    setLook(*m_evaluate, "primary", next);
    theme::setIcon(*m_evaluate, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-refresh"),
                   next ? Role::AccentText : Role::Text);
    m_classify->setEnabled(trained);
    m_classify->setToolTip(trained ? tr("What does this network say about a folder of images?") : first);
}

} // namespace sightline::ui
