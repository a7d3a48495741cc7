// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/GuessDialog.h"

#include <QDialogButtonBox>

#include "look/Words.h"
#include "widgets/Surface.h"

namespace sightline::ui {

GuessDialog::GuessDialog(Session& session, const QString& title, const QString& words, QWidget* parent)
    : QDialog(parent), m_session(session), m_dataset(session.data().dataset()),
      m_before(session.document().experiment().data), m_wanted(m_before) {
    setWindowTitle(title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * theme::kGrid, 2 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    auto* head = named(new QLabel(words), "guessHead");
    head->setWordWrap(true);
    m_body = new QVBoxLayout;
    m_body->setSpacing(theme::kGrid);
    m_summary = named(new QLabel, "guessSummary", tr("What comes of this choice"));
    m_summary->setWordWrap(true);
    m_problem = named(new QLabel, "guessProblem", tr("Why this choice is not possible"));
    m_problem->setWordWrap(true);
    m_problem->setProperty("bad", true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    m_ok = named(buttons->button(QDialogButtonBox::Ok), "guessOk", tr("Use this choice"));
    m_ok->setProperty("primary", true);
    m_ok->setDefault(true);
    named(buttons->button(QDialogButtonBox::Cancel), "guessCancel", tr("Change nothing"));
    column->addWidget(head);
    column->addLayout(m_body, 1);
    column->addWidget(m_summary);
    column->addWidget(m_problem);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    wait();
}

void GuessDialog::wait() {
    m_ok->setEnabled(false);
    m_summary->setText(tr("Reading…"));
    m_summary->show();
    m_problem->hide();
}

void GuessDialog::refuse(const QString& why) {
    m_lane.cancel();
    m_ok->setEnabled(false);
    m_summary->hide();
    m_problem->setText(why);
    m_problem->show();
}

void GuessDialog::offer(const DataSettings& wanted, const QString& summary) {
    if (const auto& fixed = m_session.document().fixedImages(); fixed && !opensSameImages(wanted, *fixed))
        return refuse(tr("A run is in progress; stop it before reading the images differently."));
    Experiment next = m_session.document().experiment();
    next.data = withImagesOf(next.data, wanted);
    for (const Problem& problem : problems(next))
        if (problem.path.starts_with("data."))
            return refuse(QString::fromStdString(problem.path + " " + problem.message + "."));
    m_wanted = wanted;
    m_summary->setText(summary);
    m_summary->show();
    m_problem->hide();
    m_ok->setEnabled(true);
}

void GuessDialog::tryOut(const Result<DataSettings>& wanted) {
    if (!wanted)
        return refuse(QString::fromStdString(wanted.error().message));
    wait();
    m_lane.submit(
        this,
        [settings = *wanted,
         seed = m_session.document().experiment().seed](const std::stop_token& stop) mutable -> Result<Tried> {
            auto opened = openWithValidation(settings, seed, stop);
            if (!opened)
                return opened.error();
            return Tried{std::make_shared<const Dataset>(std::move(*opened)), settings};
        },
        [this](const Result<Tried>& tried) { showTried(tried); });
}

void GuessDialog::showTried(const Result<Tried>& tried) {
    if (!tried)
        return refuse(QString::fromStdString(tried.error().message));
    if (const QString why = objection(*tried->dataset); !why.isEmpty())
        return refuse(why);
    const QString more = remark(*tried->dataset);
    offer(tried->settings, summaryOf(*tried->dataset) + (more.isEmpty() ? QString() : QLatin1Char(' ') + more));
}

QString GuessDialog::summaryOf(const Dataset& dataset) {
    const auto count = [&](Subset subset) { return grouped(static_cast<qlonglong>(dataset.count(subset))); };
    return tr("This gives %1 and %2: %3 training, %4 validation, %5 test.")
        .arg(counted(static_cast<qlonglong>(dataset.classes.size()), tr("%1 class"), tr("%1 classes")),
             counted(static_cast<qlonglong>(dataset.samples.size()), tr("%1 image"), tr("%1 images")),
             count(Subset::Train), count(Subset::Validation), count(Subset::Test));
}

void GuessDialog::accept() {
    Experiment next = m_session.document().experiment();
    next.data = withImagesOf(next.data, m_wanted);
    QDialog::accept();
    m_session.document().setExperiment(std::move(next));
}

} // namespace sightline::ui
