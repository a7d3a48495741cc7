// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/BestTrial.h"

#include <algorithm>

#include "look/Series.h"
#include "look/Words.h"
#include "pages/search/SettingTitles.h"
#include "widgets/BarList.h"

namespace sightline::ui {

namespace {
constexpr int kImportanceWidth = 240;
constexpr std::size_t kMostBars = 5;
} // namespace

BestTrial::BestTrial(Session& session, QWidget* parent) : Surface({}, parent), m_session(session) {
    auto* row = new QHBoxLayout;
    row->setSpacing(3 * theme::kGrid);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    m_caption = named(mutedLabel({}), "bestCaption");
    m_figure = named(new QLabel, "bestFigure");
    m_figure->setFont(theme::font(theme::Size::Hero, true));
    m_settings = named(new QLabel, "bestSettings");
    m_settings->setWordWrap(true);
    m_settings->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel* label : {m_caption, m_figure, m_settings})
        column->addWidget(label);
    column->addStretch(1);
    auto* buttons = new QHBoxLayout;
    m_use = button(tr("Use the best"), QStringLiteral("dialog-ok-apply"), "useBest");
    m_open = button(tr("Open"), QStringLiteral("document-open"), "openTrial");
    m_back = button(tr("Show the best"), {}, "showBest");
    for (QPushButton* each : {m_use, m_open, m_back})
        buttons->addWidget(each);
    buttons->addStretch(1);
    column->addLayout(buttons);
    row->addLayout(column, 1);
    row->addWidget(makeImportance());
    body()->addLayout(row);
    connect(m_use, &QPushButton::clicked, this, [this] { Q_EMIT useRequested(*number()); });
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(*number()); });
    connect(m_back, &QPushButton::clicked, this, [this] { setTrial({}); });
    connect(&session.searches(), &SearchDesk::shownChanged, this, &BestTrial::show);
    connect(&session.runs(), &RunDesk::stateChanged, this, &BestTrial::showState);
    show();
}

QWidget* BestTrial::makeImportance() {
    auto* box = new QWidget;
    box->setFixedWidth(kImportanceWidth);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins({});
    column->setSpacing(4);
    auto* title = new QLabel(tr("What matters"));
    title->setFont(theme::font(theme::Size::Base, true));
    column->addWidget(title);
    m_importance = named(new BarList, "searchImportance", tr("How much each setting matters"));
    column->addWidget(m_importance);
    m_how = named(mutedLabel({}), "importanceWords");
    column->addWidget(m_how);
    column->addStretch(1);
    return box;
}

void BestTrial::setTrial(std::optional<int> trial) {
    m_chosen = trial;
    show();
}

std::optional<int> BestTrial::number() const {
    const auto& shown = m_session.searches().shown();
    if (!shown)
        return {};
    const bool isThere = m_chosen && *m_chosen < static_cast<int>(shown->view.study.trials.size());
    return isThere ? m_chosen : shown->best;
}

void BestTrial::show() {
    const auto& shown = m_session.searches().shown();
    const std::optional<int> which = number();
    m_figure->setVisible(which.has_value());
    m_settings->setVisible(which.has_value());
    if (which) {
        const SearchPlan& plan = shown->view.plan;
        const SearchTrial& trial = shown->view.study.trials[static_cast<std::size_t>(*which)];
        const QString objective = objectiveTitle(plan.objective);
        m_caption->setText(shown->best == which
                               ? tr("%1 of trial %2, the best of %3")
                                     .arg(objective)
                                     .arg(*which)
                                     .arg(counted(endedTrials(shown->view.study), tr("%1 trial"), tr("%1 trials")))
                               : tr("%1 of trial %2").arg(objective).arg(*which));
        m_figure->setText(trial.value ? objectiveWords(plan.objective, *trial.value) : QStringLiteral("–"));
        QStringList settings;
        const Json values = settingsOf(plan.space, trial.point);
        for (const auto& [path, value] : values.items())
            settings
                << tr("%1 <b>%2</b>").arg(searchedTitle(path).toHtmlEscaped(), valueWords(path, value).toHtmlEscaped());
        if (!trial.error.empty())
            settings << QString::fromStdString(trial.error).toHtmlEscaped();
        m_settings->setText(settings.join(QStringLiteral(" · ")));
    } else {
        m_caption->setText(shown ? tr("The first trial is not finished yet.") : QString());
    }
    showImportance();
    showState();
}

void BestTrial::showImportance() {
    const auto& shown = m_session.searches().shown();
    std::vector<std::pair<std::string, double>> shares;
    if (shown)
        shares.assign(shown->importance.begin(), shown->importance.end());
    std::sort(shares.begin(), shares.end(),
              [](const auto& one, const auto& other) { return one.second > other.second; });
    const std::size_t all = shares.size();
    shares.resize(std::min(all, kMostBars));
    std::vector<BarList::Bar> bars;
    for (const auto& [path, share] : shares)
        bars.push_back({searchedTitle(path), percent(share), share, theme::color(Role::Training)});
    m_importance->setBars(std::move(bars));
    m_how->setText(
        shares.empty()
            ? tr("Shown once two complete trials differ.")
            : (all > kMostBars ? tr("The first %1 of %2. ").arg(kMostBars).arg(all) : QString()) +
                  tr("Mean decrease in variance in a random forest of 64 trees, grown on the complete trials."));
}

void BestTrial::showState() {
    const auto& shown = m_session.searches().shown();
    const std::optional<int> which = number();
    const bool trains = m_session.runs().trainsHere();
    const bool hasRun = which && !shown->view.study.trials[static_cast<std::size_t>(*which)].runs.empty();
    setWords(*m_use, which && shown->best == which ? tr("Use the best") : tr("Use these settings"));
    m_use->setVisible(which.has_value());
    m_use->setEnabled(!trains);
    m_use->setToolTip(trains ? tr("The settings are fixed while a run is in progress.")
                             : tr("Use these settings on all pages; undo brings yours back"));
    m_open->setVisible(which.has_value());
    m_open->setEnabled(hasRun && !trains);
    m_open->setToolTip(trains   ? tr("A run is in progress; stop it before opening another one.")
                       : hasRun ? tr("Open its run: curves, evaluation, heat maps")
                                : tr("It has no run."));
    m_back->setVisible(which && shown->best && shown->best != which);
}

} // namespace sightline::ui
