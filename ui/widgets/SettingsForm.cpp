// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/SettingsForm.h"

#include <QCheckBox>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpressionValidator>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "experiment/RunEdit.h"
#include "widgets/NumberField.h"
#include "widgets/Surface.h"
#include "widgets/UndoKeys.h"

namespace sightline::ui {

namespace {
constexpr int kLabelWidth = 128, kUnitWidth = 40, kToggleHeight = 28, kArrowSide = 10;

bool names(const QString& field, const std::string& problem) {
    const QString path = QString::fromStdString(problem);
    return path == field || path.startsWith(field + QLatin1Char('.')) || path.startsWith(field + QLatin1Char('['));
}

void paint(QLabel* note, const QString& text, bool bad) {
    note->setText(text);
    note->setVisible(!text.isEmpty());
    note->setProperty("muted", !bad);
    setLook(*note, "bad", bad);
}
} // namespace

SettingsForm::SettingsForm(QWidget* parent) : QWidget(parent) {
    m_sections = new QVBoxLayout(this);
    m_sections->setContentsMargins(0, 0, 0, 0);
    m_sections->setSpacing(theme::kGrid);
}

void SettingsForm::section(const QString& title, bool folded) {
    auto* body = new QWidget(this);
    m_grid = new QGridLayout(body);
    m_grid->setContentsMargins(0, 0, 0, theme::kGrid);
    m_grid->setHorizontalSpacing(theme::kGrid);
    m_grid->setVerticalSpacing(2);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(2, kUnitWidth);
    m_head = nullptr;
    if (!title.isEmpty()) {
        auto* head = new QToolButton(this);
        head->setObjectName(QStringLiteral("section ") + title);
        head->setText(title);
        head->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        head->setProperty("section", true);
        head->setCheckable(true);
        head->setChecked(!folded);
        head->setIconSize({kArrowSide, kArrowSide});
        const auto unfold = [head, body](bool open) {
            head->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
            body->setVisible(open);
        };
        unfold(!folded);
        connect(head, &QToolButton::toggled, body, unfold);
        m_sections->addWidget(head);
        m_head = head;
    }
    m_sections->addWidget(body);
}

void SettingsForm::unfold(const QString& title) {
    if (auto* head = findChild<QToolButton*>(QStringLiteral("section ") + title))
        head->setChecked(true);
}

QWidget* SettingsForm::unfoldTo(const QString& path) {
    const auto within = [&](const Row& row) {
        return row.field.path == path ||
               (row.field.path.startsWith(path) && QStringLiteral(" .[").contains(row.field.path[path.size()]));
    };
    auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.field.path == path; });
    if (found == m_rows.end())
        found = std::find_if(m_rows.begin(), m_rows.end(), within);
    if (found == m_rows.end())
        return nullptr;
    if (found->head)
        found->head->setChecked(true);
    auto* target = findChild<QWidget*>(found->field.path);
    return target ? target : found->control;
}

void SettingsForm::add(const Field& field, QWidget* control, std::function<void(const Experiment&)> show,
                       QWidget* named) {
    if (!m_grid)
        section({});
    QWidget* target = named ? named : control;
    target->setObjectName(field.path);
    target->setAccessibleName(field.label);
    QList<QWidget*> parts = control->findChildren<QWidget*>();
    parts.append(control);
    for (QWidget* part : std::as_const(parts)) {
        shareUndoKeys(part);
        part->installEventFilter(this);
        if (!qobject_cast<QAbstractSpinBox*>(part) && !qobject_cast<QComboBox*>(part) && !qobject_cast<QSlider*>(part))
            continue;
        part->setFocusPolicy(Qt::StrongFocus);
    }
    auto* label = new QLabel(field.label, this);
    label->setBuddy(target);
    label->setWordWrap(true);
    label->installEventFilter(this);
    label->setFixedWidth(kLabelWidth); // each section is a grid of its own: controls stand in one line all the same
    auto* note = mutedLabel({}, this);
    note->setObjectName(field.path + QStringLiteral(" note"));
    const int row = m_grid->rowCount();
    m_grid->addWidget(label, row, 0, Qt::AlignLeft | Qt::AlignVCenter);
    const bool words = qobject_cast<QComboBox*>(control) || qobject_cast<QLineEdit*>(control); // they need the room
    m_grid->addWidget(control, row, 1, 1, words && field.unit.isEmpty() ? 2 : 1);
    QLabel* unit = nullptr;
    if (!field.unit.isEmpty()) {
        unit = mutedLabel(field.unit, this);
        unit->setWordWrap(false);
        m_grid->addWidget(unit, row, 2);
    }
    m_grid->addWidget(note, row + 1, 1, 1, 2);
    m_rows.push_back({field, label, control, note, unit, m_head, std::move(show), {}});
}

void SettingsForm::edit(const QString& path, const std::function<void(Experiment&)>& change) {
    if (m_refreshing)
        return;
    Experiment experiment = m_experiment;
    change(experiment);
    Q_EMIT edited(experiment, path);
}

void SettingsForm::number(const Field& field, Get<double> get, Set<double> set) {
    auto* box = new NumberField;
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [=, this](double value) { edit(field.path, [&](Experiment& e) { set(e, value); }); });
    add(field, box, [=](const Experiment& e) {
        if (box->value() != get(e))
            box->setValue(get(e));
    });
}

void SettingsForm::whole(const Field& field, Get<int> get, Set<int> set) {
    auto* box = new QSpinBox;
    box->setRange(-1, 10'000'000);
    box->setKeyboardTracking(false);
    box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    connect(box, &QSpinBox::valueChanged, this,
            [=, this](int value) { edit(field.path, [&](Experiment& e) { set(e, value); }); });
    add(field, box, [=](const Experiment& e) { box->setValue(get(e)); });
}

void SettingsForm::slider(const Field& field, double low, double high, double step, Get<double> get, Set<double> set) {
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    auto* slide = new QSlider(Qt::Horizontal);
    slide->setRange(0, static_cast<int>(std::lround((high - low) / step)));
    slide->setAccessibleName(field.label);
    slide->setMinimumWidth(60);
    auto* box = new NumberField;
    box->setStepType(QAbstractSpinBox::DefaultStepType);
    box->setSingleStep(step);
    box->setFixedWidth(72);
    row->addWidget(slide, 1);
    row->addWidget(box);
    connect(slide, &QSlider::valueChanged, this, [=, this](int at) {
        edit(field.path, [&](Experiment& e) { set(e, std::round((low + at * step) * 1e6) / 1e6); });
    });
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [=, this](double value) { edit(field.path, [&](Experiment& e) { set(e, value); }); });
    add(
        field, both,
        [=](const Experiment& e) {
            box->setValue(get(e));
            slide->setValue(static_cast<int>(std::lround((get(e) - low) / step)));
        },
        box);
    slide->setObjectName(field.path + QStringLiteral(" slider"));
}

void SettingsForm::range(const Field& field, double low, double high, double step, Get<Range> get, Set<Range> set) {
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    std::array<NumberField*, 2> boxes{new NumberField, new NumberField};
    for (auto* box : boxes) {
        box->setStepType(QAbstractSpinBox::DefaultStepType);
        box->setSingleStep(step);
        box->setRange(low, high);
        row->addWidget(box, 1);
        connect(box, &QDoubleSpinBox::valueChanged, this, [=, this] {
            edit(field.path, [&](Experiment& e) { set(e, Range{boxes[0]->value(), boxes[1]->value()}); });
        });
    }
    row->insertWidget(1, new QLabel(QStringLiteral("–")));
    boxes[1]->setObjectName(field.path + QStringLiteral(" high"));
    boxes[1]->setAccessibleName(tr("%1, maximum").arg(field.label));
    add(
        field, both,
        [=](const Experiment& e) {
            boxes[0]->setValue(get(e).low);
            boxes[1]->setValue(get(e).high);
        },
        boxes[0]);
}

void SettingsForm::choice(const Field& field, const QStringList& choices, Get<int> get, Set<int> set) {
    auto* box = new QComboBox;
    box->addItems(choices);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    connect(box, &QComboBox::currentIndexChanged, this,
            [=, this](int at) { edit(field.path, [&](Experiment& e) { set(e, at); }); });
    add(field, box, [=](const Experiment& e) { box->setCurrentIndex(get(e)); });
    m_rows.back().choose = set;
    m_rows.back().choices = static_cast<int>(choices.size());
}

void SettingsForm::pick(const Field& field, std::function<Items(const Experiment&)> items, Get<QString> get,
                        Set<QString> set) {
    auto* box = new QComboBox;
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    connect(box, &QComboBox::currentIndexChanged, this, [=, this](int at) {
        if (at >= 0)
            edit(field.path, [&](Experiment& e) { set(e, box->itemData(at).toString()); });
    });
    add(field, box, [=](const Experiment& e) {
        Items wanted = items(e);
        const QString value = get(e);
        if (std::none_of(wanted.begin(), wanted.end(), [&](const auto& item) { return item.second == value; }))
            wanted.emplace_back(value, value);
        bool same = box->count() == static_cast<int>(wanted.size());
        for (int i = 0; same && i < box->count(); ++i)
            same = box->itemData(i).toString() == wanted[static_cast<std::size_t>(i)].second;
        if (!same) {
            box->clear();
            for (const auto& [words, behind] : wanted)
                box->addItem(words, behind);
        }
        box->setCurrentIndex(box->findData(value));
    });
}

void SettingsForm::toggle(const Field& field, Get<bool> get, Set<bool> set) {
    auto* box = new QCheckBox;
    box->setMinimumHeight(kToggleHeight);
    connect(box, &QCheckBox::toggled, this,
            [=, this](bool on) { edit(field.path, [&](Experiment& e) { set(e, on); }); });
    add(field, box, [=](const Experiment& e) { box->setChecked(get(e)); });
}

void SettingsForm::text(const Field& field, Get<QString> get, Set<QString> set) {
    auto* line = new QLineEdit;
    connect(line, &QLineEdit::editingFinished, this,
            [=, this] { edit(field.path, [&](Experiment& e) { set(e, line->text()); }); });
    add(field, line, [=](const Experiment& e) {
        if (line->text() != get(e))
            line->setText(get(e));
    });
}

void SettingsForm::seed(const Field& field, Get<std::uint64_t> get, Set<std::uint64_t> set) {
    auto* line = new QLineEdit;
    line->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("\\d{1,20}")), line));
    connect(line, &QLineEdit::editingFinished, this, [=, this] {
        bool read = false;
        const std::uint64_t value = line->text().toULongLong(&read);
        if (read)
            edit(field.path, [&](Experiment& e) { set(e, value); });
        else
            showAgain(); // above 2^64
    });
    add(field, line, [=](const Experiment& e) { line->setText(QString::number(get(e))); });
}

void SettingsForm::showExperiment(const Experiment& experiment, const std::vector<Problem>& problems) {
    m_experiment = experiment;
    m_problems = problems;
    showAgain();
}

void SettingsForm::showAgain() {
    m_refreshing = true;
    const Experiment experiment = m_experiment;
    auto left = m_problems;
    for (Row& row : m_rows) {
        const bool shown = !row.field.shown || row.field.shown(experiment);
        if (shown)
            row.show(experiment);
        row.label->setVisible(shown);
        row.control->setVisible(shown);
        if (row.unit)
            row.unit->setVisible(shown);
        QString problem;
        std::erase_if(left, [&](const Problem& candidate) {
            if (!shown || !names(row.field.path, candidate.path))
                return false;
            problem = QString::fromStdString(candidate.message);
            return true;
        });
        paint(row.note, problem.isEmpty() ? row.field.help : problem, !problem.isEmpty());
        row.note->setVisible(shown && !row.note->text().isEmpty());
    }
    m_others = std::move(left);
    m_refreshing = false;
    Q_EMIT problemsShown();
}

void SettingsForm::setEditable(const std::function<bool(const QString& path)>& editable, const QString& why) {
    for (Row& row : m_rows) {
        const bool may = editable(row.field.path);
        row.control->setEnabled(may);
        row.control->setToolTip(may ? QString() : why);
    }
}

/// The wheel scrolls the page, not the field under the pointer, unless that field has the focus.
bool SettingsForm::eventFilter(QObject* watched, QEvent* event) {
    const bool turns = qobject_cast<QAbstractSpinBox*>(watched) || qobject_cast<QComboBox*>(watched) ||
                       qobject_cast<QSlider*>(watched);
    if (event->type() == QEvent::Wheel && turns && !static_cast<QWidget*>(watched)->hasFocus()) {
        event->ignore();
        return true;
    }
    if (event->type() == QEvent::ContextMenu && openMenu(watched, static_cast<QContextMenuEvent*>(event)->globalPos()))
        return true;
    return QWidget::eventFilter(watched, event);
}

/// The field's own menu, with ours at its end.
bool SettingsForm::openMenu(const QObject* watched, const QPoint& place) {
    const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& one) {
        return watched == one.label || watched == one.control ||
               one.control->findChildren<QObject*>().contains(watched);
    });
    if (m_searchWords.isEmpty() || row == m_rows.end())
        return false;
    auto* line = qobject_cast<QLineEdit*>(const_cast<QObject*>(watched));
    if (const auto* box = qobject_cast<const QAbstractSpinBox*>(watched))
        line = box->findChild<QLineEdit*>();
    QMenu* menu = line ? line->createStandardContextMenu() : new QMenu(this);
    menu->setObjectName(QStringLiteral("fieldMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!menu->isEmpty())
        menu->addSeparator();
    QAction* search = menu->addAction(m_searchWords);
    search->setObjectName(QStringLiteral("searchThis"));
    connect(search, &QAction::triggered, this,
            [this, path = row->field.path, choices = choicesOf(*row)] { Q_EMIT searchAsked(path, choices); });
    menu->popup(place);
    return true;
}

/// What the choices of a field write where the field's path says.
std::vector<Json> SettingsForm::choicesOf(const Row& row) const {
    std::vector<Json> values;
    for (int choice = 0; choice < row.choices; ++choice) {
        Experiment chosen = m_experiment;
        row.choose(chosen, choice);
        Json value = settingIn(toJson(chosen), row.field.path.toStdString());
        if (!value.is_null() && std::find(values.begin(), values.end(), value) == values.end())
            values.push_back(std::move(value));
    }
    return values;
}

} // namespace sightline::ui
