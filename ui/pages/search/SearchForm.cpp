// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SearchForm.h"

#include <QMenu>
#include <QScrollArea>

#include <algorithm>

#include "pages/search/SearchOptions.h"
#include "pages/search/SettingTitles.h"
#include "pages/search/SpaceRow.h"
#include "search/SearchPresets.h"

namespace sightline::ui {

namespace {
constexpr int kWidth = 372;

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

/// Of what no field here shows: a setting of another page, which the trials begin from.
QString otherSentence(const Problem& problem) {
    const std::string base = "base.";
    return SearchForm::tr("%1 %2.").arg(
        searchedTitle(problem.path.starts_with(base) ? problem.path.substr(base.size()) : problem.path),
        QString::fromStdString(problem.message));
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
    m_empty =
        named(mutedLabel(tr("Add the settings to try, or right-click a setting on another page and choose “Search this "
                            "setting”. All other settings stay as they are.")),
              "searchEmpty");
    column->addWidget(m_empty);
    m_rowsColumn = new QVBoxLayout;
    m_rowsColumn->setSpacing(theme::kGrid);
    column->addLayout(m_rowsColumn);
    m_options = new SearchOptions(session.searches());
    column->addWidget(m_options);
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
    auto* add = button(tr("Add setting"), {}, "addSearchSetting", tr("Add a setting to try"));
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

void SearchForm::edit(const std::function<void(SearchDraft&)>& change) {
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
    showRows(draft.rows);
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setRange(draft.rows[i].range);
    m_empty->setVisible(m_rows.empty());
    showProblems();
}

void SearchForm::showProblems() {
    std::vector<Problem> left = m_session.searches().problems();
    for (SpaceRow* row : m_rows) {
        const auto isItsOwn = [&](const Problem& problem) { return isAbout(problem, row->path()); };
        const auto first = std::find_if(left.begin(), left.end(), isItsOwn);
        row->setProblem(first != left.end() ? sentence(*first, row->path()) : QString());
        std::erase_if(left, isItsOwn);
    }
    left = m_options->showProblems(std::move(left));
    const bool isBare = m_rows.empty(); // the page says what to do
    m_other = left.empty() || isBare ? QString() : otherSentence(left.front());
    showState();
}

void SearchForm::showState() {
    const bool isWrong = !m_session.searches().problems().empty();
    const QString busy = m_session.searches().busyWords();
    const QString why = !busy.isEmpty()                 ? busy
                        : m_session.runs().trainsHere() ? tr("A run is in progress; stop it first.")
                        : !m_session.data().dataset()   ? tr("Open images first.")
                        : m_rows.empty()                ? tr("Add a setting to try.")
                        : !m_other.isEmpty()            ? m_other
                        : isWrong                       ? tr("Correct what is marked above.")
                                                        : QString();
    m_start->setEnabled(why.isEmpty());
    m_start->setToolTip(why.isEmpty() ? tr("Train the trials one after another on the open images") : why);
    m_why->setText(why);
    m_why->setVisible(!why.isEmpty());
}

} // namespace sightline::ui
