// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SearchForm.h"

#include <QComboBox>
#include <QGridLayout>
#include <QMenu>
#include <QScrollArea>
#include <QSpinBox>

#include <algorithm>

#include "pages/search/SettingTitles.h"
#include "pages/search/SpaceRow.h"
#include "search/SearchPresets.h"

namespace sightline::ui {

namespace {
constexpr int kWidth = 372, kLabelWidth = 128, kMost = 1000000;

/// "space.training.epochs.int" is about the setting training.epochs.
bool isAbout(const Problem& problem, const std::string& path) {
    const std::string where = "space." + path;
    return problem.path == where || problem.path.starts_with(where + ".");
}

/// A sentence, for beneath the row that is meant.
QString sentence(const Problem& problem, const std::string& path) {
    const QString message = QString::fromStdString(problem.message);
    if (problem.path.ends_with(".step"))
        return SearchForm::tr("The step %1.").arg(message);
    return problem.path == "space." + path ? SearchForm::tr("%1 %2.").arg(searchedTitle(path), message)
                                           : SearchForm::tr("The range %1.").arg(message);
}

/// Where in the menu a setting stands.
QString groupOf(const std::string& path) {
    if (path.starts_with("augmentation."))
        return SearchForm::tr("Augmentation");
    if (path.starts_with("model."))
        return SearchForm::tr("Network");
    return path.starts_with("training.") ? SearchForm::tr("Training") : SearchForm::tr("Images");
}
} // namespace

SearchForm::SearchForm(Session& session, QWidget* parent) : Surface(tr("What to search"), parent), m_session(session) {
    setFixedWidth(kWidth);
    addMenus();
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    column->setSpacing(theme::kGrid);
    m_empty = named(mutedLabel(tr("Add the settings that are to be tried, or right-click a setting on another page and "
                                  "choose “Search this setting”. All others stay as they are there.")),
                    "searchEmpty");
    column->addWidget(m_empty);
    m_rowsColumn = new QVBoxLayout;
    m_rowsColumn->setSpacing(theme::kGrid);
    column->addLayout(m_rowsColumn);
    column->addWidget(addOptions());
    column->addStretch(1);
    auto* scroll = named(new QScrollArea, "searchScroll");
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(room);
    body()->addWidget(scroll, 1);
    m_why = named(mutedLabel({}), "searchWhy");
    body()->addWidget(m_why);
    m_start = button(tr("Start search"), QStringLiteral("media-playback-start"), "startSearch", {}, true);
    body()->addWidget(m_start);
    SearchDesk& searches = session.searches();
    connect(m_start, &QPushButton::clicked, &searches, &SearchDesk::start);
    connect(&searches, &SearchDesk::draftChanged, this, &SearchForm::showDraft);
    connect(&searches, &SearchDesk::changed, this, &SearchForm::showState);
    connect(&session.document(), &ExperimentDocument::changed, this, &SearchForm::showProblems);
    connect(&session.data(), &DataDesk::opened, this, &SearchForm::showState);
    connect(&session.runs(), &RunDesk::stateChanged, this, &SearchForm::showState);
    showDraft();
}

void SearchForm::addMenus() {
    auto* presets = button(tr("Presets"), {}, "searchPresets", tr("Searches that come with Sightline"));
    auto* known = new QMenu(presets);
    known->setObjectName(QStringLiteral("searchPresetMenu"));
    known->setToolTipsVisible(true);
    for (const SearchPreset& preset : searchPresets()) {
        const auto json = parseJson(preset.json, preset.name);
        const QString title = QString::fromStdString(json ? json->value("name", preset.name) : preset.name);
        QAction* action = known->addAction(title);
        action->setObjectName(QStringLiteral("searchPreset ") + QString::fromStdString(preset.name));
        action->setToolTip(QString::fromStdString(preset.about));
        connect(action, &QAction::triggered, this,
                [this, name = preset.name] { m_session.searches().usePreset(name); });
    }
    presets->setMenu(known);
    head()->addWidget(presets);
    auto* add = button(tr("Add setting"), {}, "addSearchSetting", tr("A setting that is to be tried"));
    auto* settings = new QMenu(add);
    settings->setObjectName(QStringLiteral("searchSettingMenu"));
    settings->setToolTipsVisible(true);
    connect(settings, &QMenu::aboutToShow, this, [this, settings] { fillSettings(*settings); });
    add->setMenu(settings);
    head()->addWidget(add);
}

void SearchForm::fillSettings(QMenu& menu) {
    menu.clear();
    QHash<QString, QMenu*> groups;
    for (const std::string& path : searchableSettings(m_session.document().experiment())) {
        QMenu*& group = groups[groupOf(path)];
        if (!group) {
            group = menu.addMenu(groupOf(path));
            group->setToolTipsVisible(true);
        }
        QAction* action = group->addAction(searchedTitle(path));
        action->setObjectName(QStringLiteral("search ") + QString::fromStdString(path));
        action->setToolTip(QString::fromStdString(path));
        const auto& rows = m_session.searches().draft().rows;
        action->setEnabled(std::none_of(rows.begin(), rows.end(), [&](const auto& row) { return row.path == path; }));
        connect(action, &QAction::triggered, this, [this, path] { m_session.searches().searchFor(path); });
    }
}

template <typename Field>
Field* SearchForm::addOption(QGridLayout& grid, const QString& label, const char* path, Field* field) {
    field->setObjectName(QStringLiteral("search ") + QLatin1String(path));
    field->setAccessibleName(label);
    field->setFocusPolicy(Qt::StrongFocus);
    auto* words = new QLabel(label);
    words->setBuddy(field);
    words->setFixedWidth(kLabelWidth);
    const int row = grid.rowCount();
    grid.addWidget(words, row, 0, Qt::AlignVCenter);
    grid.addWidget(field, row, 1);
    auto* note = mutedLabel({});
    note->setObjectName(QStringLiteral("search %1 note").arg(QLatin1String(path)));
    note->setProperty("muted", false);
    setLook(*note, "bad", true);
    note->hide();
    grid.addWidget(note, row + 1, 1);
    m_notes[QLatin1String(path)] = note;
    return field;
}

QWidget* SearchForm::addOptions() {
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins({});
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    const auto choice = [&](const QString& label, const char* path, const QStringList& words, auto change) {
        auto* field = addOption(*grid, label, path, new QComboBox);
        field->addItems(words);
        field->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        field->setMinimumContentsLength(6);
        connect(field, &QComboBox::activated, this,
                [this, change](int at) { edit([&](SearchDraft& draft) { change(draft, at); }); });
        return field;
    };
    const auto number = [&](const QString& label, const char* path, const QString& help, auto change) {
        auto* field = addOption(*grid, label, path, new QSpinBox);
        field->setRange(0, kMost);
        field->setKeyboardTracking(false);
        field->setToolTip(help);
        connect(field, &QSpinBox::valueChanged, this,
                [this, change](int value) { edit([&](SearchDraft& draft) { change(draft, value); }); });
        return field;
    };
    m_objective =
        choice(tr("Objective"), "objective",
               {QStringLiteral("val_accuracy"), QStringLiteral("val_loss"), QStringLiteral("accuracy"),
                QStringLiteral("loss")},
               [this](SearchDraft& draft, int at) { draft.objective = m_objective->itemText(at).toStdString(); });
    m_sampler =
        choice(tr("Sampler"), "sampler", {tr("Random"), tr("Grid: every combination"), tr("TPE: near the best trials")},
               [](SearchDraft& draft, int at) { draft.sampler = static_cast<SearchPlan::Sampler>(at); });
    m_pruner =
        choice(tr("Pruner"), "pruner", {tr("None"), tr("Median: worse than half"), tr("ASHA: best quarter continues")},
               [](SearchDraft& draft, int at) { draft.pruner = static_cast<SearchPlan::Pruner>(at); });
    m_trials = number(tr("Trials"), "trials", tr("Combinations that are tried"),
                      [](SearchDraft& draft, int value) { draft.trials = value; });
    m_executions = number(tr("Executions"), "executions_per_trial",
                          tr("How often each is trained, with other seeds; their mean counts"),
                          [](SearchDraft& draft, int value) { draft.executions = value; });
    m_keepBest =
        number(tr("Keep the best"), "keep_best", tr("So many trials keep their checkpoints; the others' are removed"),
               [](SearchDraft& draft, int value) { draft.keepBest = value; });
    m_keepBest->setSuffix(tr(" trials"));
    m_minutes = number(tr("At most"), "stop.minutes", tr("After so many minutes no trial begins"),
                       [](SearchDraft& draft, int value) { draft.minutes = value; });
    m_minutes->setSuffix(tr(" minutes"));
    m_minutes->setSpecialValueText(tr("no limit"));
    return box;
}

void SearchForm::edit(const std::function<void(SearchDraft&)>& change) {
    if (m_refreshing)
        return;
    SearchDraft next = m_session.searches().draft();
    change(next);
    m_session.searches().setDraft(std::move(next));
}

SpaceRow* SearchForm::makeRow(const SearchDraft::Row& row) {
    auto* made = new SpaceRow(row);
    connect(made, &SpaceRow::edited, this, [this](const std::string& path, const Json& range) {
        edit([&](SearchDraft& next) {
            for (SearchDraft::Row& each : next.rows)
                if (each.path == path)
                    each.range = range;
        });
    });
    connect(made, &SpaceRow::removed, this, [this](const std::string& path) {
        edit([&](SearchDraft& next) { std::erase_if(next.rows, [&](const auto& each) { return each.path == path; }); });
    });
    return made;
}

/// Those that stay keep their focus.
void SearchForm::showRows(const std::vector<SearchDraft::Row>& rows) {
    std::vector<SpaceRow*> before = std::exchange(m_rows, {});
    for (const SearchDraft::Row& row : rows) {
        const auto kept =
            std::find_if(before.begin(), before.end(), [&](const SpaceRow* one) { return one->path() == row.path; });
        if (kept != before.end()) {
            m_rows.push_back(*kept);
            before.erase(kept);
            continue;
        }
        m_rows.push_back(makeRow(row));
        m_rowsColumn->insertWidget(static_cast<int>(m_rows.size()) - 1, m_rows.back());
        m_rows.back()->show(); // at once, not with the next event
    }
    for (SpaceRow* gone : before) {
        gone->setParent(nullptr);
        gone->deleteLater(); // it may be what tells
    }
}

void SearchForm::showDraft() {
    const SearchDraft& draft = m_session.searches().draft();
    m_refreshing = true;
    showRows(draft.rows);
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setRange(draft.rows[i].range);
    m_empty->setVisible(m_rows.empty());
    m_objective->setCurrentText(QString::fromStdString(draft.objective));
    m_sampler->setCurrentIndex(static_cast<int>(draft.sampler));
    m_pruner->setCurrentIndex(static_cast<int>(draft.pruner));
    m_trials->setValue(draft.trials);
    m_executions->setValue(draft.executions);
    m_keepBest->setValue(draft.keepBest);
    m_minutes->setValue(static_cast<int>(draft.minutes));
    m_refreshing = false;
    showProblems();
}

void SearchForm::showProblems() {
    std::vector<Problem> left = m_session.searches().problems();
    const auto takeOut = [&](auto isIt) {
        std::optional<Problem> first;
        std::erase_if(left, [&](const Problem& problem) {
            if (!isIt(problem))
                return false;
            if (!first)
                first = problem;
            return true;
        });
        return first;
    };
    for (SpaceRow* row : m_rows) {
        const auto problem = takeOut([&](const Problem& one) { return isAbout(one, row->path()); });
        row->setProblem(problem ? sentence(*problem, row->path()) : QString());
    }
    for (auto note = m_notes.begin(); note != m_notes.end(); ++note) {
        const auto problem =
            takeOut([&](const Problem& one) { return QString::fromStdString(one.path) == note.key(); });
        note.value()->setText(problem ? QString::fromStdString(problem->message) : QString());
        note.value()->setVisible(problem.has_value());
    }
    const bool isBare = m_rows.empty(); // the page says what to do
    m_other =
        left.empty() || isBare ? QString() : QString::fromStdString(left.front().path + " " + left.front().message);
    showState();
}

void SearchForm::showState() {
    const bool isWrong = !m_session.searches().problems().empty();
    const QString why = m_session.searches().isUnderWay() ? tr("A search is in progress; stop it first.")
                        : m_session.runs().trainsHere()   ? tr("A run is in progress; stop it first.")
                        : !m_session.data().dataset()     ? tr("Open images first.")
                        : m_rows.empty()                  ? tr("Add a setting that is to be tried.")
                        : !m_other.isEmpty()              ? m_other
                        : isWrong                         ? tr("Correct what is marked above.")
                                                          : QString();
    m_start->setEnabled(why.isEmpty());
    m_start->setToolTip(why.isEmpty() ? tr("Train one trial after the other on the open images") : why);
    m_why->setText(why);
    m_why->setVisible(!why.isEmpty());
}

} // namespace sightline::ui
