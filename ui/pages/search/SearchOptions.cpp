// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SearchOptions.h"

#include <QComboBox>
#include <QGridLayout>
#include <QSpinBox>

#include <algorithm>
#include <array>

#include "pages/search/SettingTitles.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kLabelWidth = 128, kMost = 1000000;
constexpr std::array kObjectives{"val_accuracy", "val_loss", "accuracy", "loss"};

/// "must be 1 to 100": "Must be 1 to 100."
QString sentence(const Problem& problem) {
    QString words = QString::fromStdString(problem.message);
    if (!words.isEmpty())
        words[0] = words[0].toUpper();
    return words + QLatin1Char('.');
}
} // namespace

SearchOptions::SearchOptions(SearchDesk& searches, QWidget* parent) : QWidget(parent), m_searches(searches) {
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins({});
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
    QStringList objectives;
    for (const char* objective : kObjectives)
        objectives << objectiveTitle(objective);
    m_objective = addChoice(tr("Objective"), "objective",
                            tr("What makes a trial better: the highest accuracy, or the lowest loss"), objectives,
                            [](SearchPlan& plan, int at) {
                                plan.objective = kObjectives[static_cast<std::size_t>(at)];
                                plan.maximize = monitorsMaximum(MonitorMode::Auto, plan.objective);
                            });
    m_sampler = addChoice(tr("Search method"), "sampler", tr("How the next combination is chosen"),
                          {tr("Random"), tr("Grid: every combination"), tr("TPE: near the best trials")},
                          [](SearchPlan& plan, int at) { plan.sampler = static_cast<SearchPlan::Sampler>(at); });
    m_pruner = addChoice(tr("Stop weak trials"), "pruner",
                         tr("Trials that are behind the others after an epoch need not be trained to the end"),
                         {tr("Never"), tr("Median: the worse half"), tr("ASHA: all but the best quarter")},
                         [](SearchPlan& plan, int at) { plan.pruner = static_cast<SearchPlan::Pruner>(at); });
    m_trials = addNumber(tr("Trials"), "trials", tr("How many combinations to try"),
                         [](SearchPlan& plan, int value) { plan.trials = value; });
    m_executions = addNumber(tr("Runs per trial"), "executions_per_trial",
                             tr("How often each combination is trained, each time with another seed; the mean counts"),
                             [](SearchPlan& plan, int value) { plan.executionsPerTrial = value; });
    m_keepBest = addNumber(tr("Keep the best"), "keep_best",
                           tr("How many trials keep their checkpoints; those of the others are removed to save room"),
                           [](SearchPlan& plan, int value) { plan.keepBest = value; });
    m_keepBest->setSuffix(tr(" trials"));
    m_minutes = addNumber(tr("Time limit"), "stop.minutes",
                          tr("No trial starts after this time; the one in progress is trained to its end"),
                          [](SearchPlan& plan, int value) { plan.minutes = value; });
    m_minutes->setSuffix(tr(" minutes"));
    m_minutes->setSpecialValueText(tr("none"));
    connect(&searches, &SearchDesk::draftChanged, this, &SearchOptions::showDraft);
    showDraft();
}

template <typename Field>
Field* SearchOptions::addField(const QString& label, const char* path, const QString& help, Field* field) {
    field->setObjectName(QStringLiteral("search ") + QLatin1String(path));
    field->setAccessibleName(label);
    field->setToolTip(help);
    field->setFocusPolicy(Qt::StrongFocus);
    auto* words = new QLabel(label);
    words->setBuddy(field);
    words->setFixedWidth(kLabelWidth);
    words->setToolTip(help);
    const int row = m_grid->rowCount();
    m_grid->addWidget(words, row, 0, Qt::AlignVCenter);
    m_grid->addWidget(field, row, 1);
    auto* note = mutedLabel({});
    note->setObjectName(QStringLiteral("search %1 note").arg(QLatin1String(path)));
    note->setProperty("muted", false);
    setLook(*note, "bad", true);
    note->hide();
    m_grid->addWidget(note, row + 1, 1);
    m_notes[QLatin1String(path)] = note;
    return field;
}

QComboBox* SearchOptions::addChoice(const QString& label, const char* path, const QString& help,
                                    const QStringList& words, const Change& change) {
    auto* field = addField(label, path, help, new QComboBox);
    field->addItems(words);
    field->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    field->setMinimumContentsLength(6);
    connect(field, &QComboBox::activated, this, [this, change](int at) { edit(change, at); });
    return field;
}

QSpinBox* SearchOptions::addNumber(const QString& label, const char* path, const QString& help, const Change& change) {
    auto* field = addField(label, path, help, new QSpinBox);
    field->setRange(0, kMost);
    field->setKeyboardTracking(false);
    connect(field, &QSpinBox::valueChanged, this, [this, change](int value) { edit(change, value); });
    return field;
}

void SearchOptions::edit(const Change& change, int value) {
    if (m_refreshing)
        return;
    SearchDraft next = m_searches.draft();
    change(next.options, value);
    m_searches.setDraft(std::move(next));
}

void SearchOptions::showDraft() {
    const SearchPlan& plan = m_searches.draft().options;
    m_refreshing = true;
    const auto objective = std::find(kObjectives.begin(), kObjectives.end(), plan.objective);
    m_objective->setCurrentIndex(objective == kObjectives.end() ? -1
                                                                : static_cast<int>(objective - kObjectives.begin()));
    m_sampler->setCurrentIndex(static_cast<int>(plan.sampler));
    m_pruner->setCurrentIndex(static_cast<int>(plan.pruner));
    m_trials->setValue(plan.trials);
    m_executions->setValue(plan.executionsPerTrial);
    m_keepBest->setValue(plan.keepBest);
    m_minutes->setValue(static_cast<int>(plan.minutes));
    m_refreshing = false;
}

std::vector<Problem> SearchOptions::showProblems(std::vector<Problem> problems) {
    for (auto note = m_notes.begin(); note != m_notes.end(); ++note) {
        const auto isItsOwn = [&](const Problem& problem) {
            return QString::fromStdString(problem.path) == note.key();
        };
        const auto first = std::find_if(problems.begin(), problems.end(), isItsOwn);
        note.value()->setText(first == problems.end() ? QString() : sentence(*first));
        note.value()->setVisible(first != problems.end());
        std::erase_if(problems, isItsOwn);
    }
    return problems;
}

} // namespace sightline::ui
