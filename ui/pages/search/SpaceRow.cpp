// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SpaceRow.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <cmath>

#include "look/Icons.h"
#include "pages/search/RangeText.h"
#include "pages/search/SettingTitles.h"
#include "widgets/NumberField.h"
#include "widgets/Surface.h"
#include "widgets/UndoKeys.h"

namespace sightline::ui {

namespace {
constexpr double kMost = 1e12;
constexpr int kEndWidth = 86;

QString nameOf(const std::string& path, const char* part) {
    return QStringLiteral("space %1 %2").arg(QString::fromStdString(path), QLatin1String(part));
}
} // namespace

SpaceRow::SpaceRow(const SearchDraft::Row& row, QWidget* parent) : QWidget(parent), m_path(row.path) {
    setObjectName(nameOf(m_path, "row"));
    const QString title = searchedTitle(m_path);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, theme::kGrid);
    column->setSpacing(4);
    auto* head = new QHBoxLayout;
    auto* label = new QLabel(title);
    label->setToolTip(QString::fromStdString(m_path));
    label->setFont(theme::font(theme::Size::Base, true));
    head->addWidget(label, 1);
    m_kind = new QComboBox;
    m_kind->setObjectName(nameOf(m_path, "kind"));
    m_kind->setAccessibleName(tr("%1: kind of range").arg(title));
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_kind->addItems({tr("Numbers"), tr("Whole numbers"), tr("Choices"), tr("On or off"), tr("List")});
    m_kind->setFocusPolicy(Qt::StrongFocus);
    head->addWidget(m_kind);
    auto* remove = new QToolButton;
    remove->setObjectName(nameOf(m_path, "remove"));
    remove->setAccessibleName(tr("Do not search %1").arg(title));
    remove->setToolTip(remove->accessibleName());
    remove->setIcon(theme::icon(QStringLiteral("window-close")));
    head->addWidget(remove);
    column->addLayout(head);
    m_lengths = addEnds(tr("How many"), "length", false);
    m_values = addEnds(tr("Each"), "range", true);
    column->addWidget(m_lengths.line);
    column->addWidget(m_values.line);
    m_log = new QCheckBox(tr("On a logarithmic scale"));
    m_log->setObjectName(nameOf(m_path, "log"));
    m_log->setToolTip(tr("As many values between 0.001 and 0.01 as between 0.01 and 0.1"));
    column->addWidget(m_log);
    m_choices = new QLineEdit;
    m_choices->setObjectName(nameOf(m_path, "choices"));
    m_choices->setAccessibleName(tr("%1: choices").arg(title));
    m_choices->setPlaceholderText(tr("Values with commas between them"));
    shareUndoKeys(m_choices);
    column->addWidget(m_choices);
    m_switch = mutedLabel(tr("Tried on and off."));
    column->addWidget(m_switch);
    m_note = mutedLabel({});
    m_note->setObjectName(nameOf(m_path, "note"));
    m_note->setProperty("muted", false);
    setLook(*m_note, "bad", true);
    m_note->hide();
    column->addWidget(m_note);
    connect(m_kind, &QComboBox::activated, this,
            [this](int kind) { Q_EMIT edited(m_path, asKind(m_range, static_cast<RangeKind>(kind))); });
    connect(remove, &QToolButton::clicked, this, [this] { Q_EMIT removed(m_path); });
    connect(m_log, &QCheckBox::toggled, this, &SpaceRow::edit);
    connect(m_choices, &QLineEdit::editingFinished, this, &SpaceRow::edit);
    setRange(row.range);
}

SpaceRow::Ends SpaceRow::addEnds(const QString& words, const char* name, bool hasStep) {
    Ends ends;
    ends.line = new QWidget(this);
    auto* line = new QHBoxLayout(ends.line);
    line->setContentsMargins({});
    line->setSpacing(4);
    auto* label = mutedLabel(words);
    label->setObjectName(nameOf(m_path, name) + QStringLiteral(" words"));
    label->setWordWrap(false);
    line->addWidget(label);
    const auto field = [&](const char* part, const QString& accessible) {
        auto* made = new NumberField;
        made->setRange(-kMost, kMost);
        made->setFixedWidth(kEndWidth);
        made->setObjectName(nameOf(m_path, name) + QLatin1Char(' ') + QLatin1String(part));
        made->setAccessibleName(QStringLiteral("%1, %2: %3").arg(searchedTitle(m_path), words, accessible));
        made->setFocusPolicy(Qt::StrongFocus);
        connect(made, &QDoubleSpinBox::valueChanged, this, &SpaceRow::edit);
        line->addWidget(made);
        return made;
    };
    ends.low = field("low", tr("lowest"));
    line->addWidget(new QLabel(QStringLiteral("–")));
    ends.high = field("high", tr("highest"));
    if (hasStep) {
        auto* step = mutedLabel(tr("step"));
        step->setWordWrap(false);
        line->addWidget(step);
        ends.step = field("step", tr("step"));
        ends.step->setMinimum(0);
        ends.step->setSpecialValueText(tr("any"));
        step->setBuddy(ends.step);
    }
    line->addStretch(1);
    return ends;
}

void SpaceRow::setProblem(const QString& problem) {
    m_note->setText(problem);
    m_note->setVisible(!problem.isEmpty());
}

void SpaceRow::setRange(const Json& range) {
    m_range = range;
    m_refreshing = true;
    const RangeKind kind = kindOf(range);
    m_kind->setCurrentIndex(static_cast<int>(kind));
    showKind();
    if (kind == RangeKind::List) {
        showEnds(m_lengths, range.value("repeat", Json::object()));
        showEnds(m_values, range.value("of", Json::object()));
    } else {
        showEnds(m_values, range);
    }
    const Json log = range.value("log", Json());
    m_log->setChecked(log.is_boolean() && log.get<bool>());
    if (!m_choices->hasFocus() || choicesFrom(m_path, m_choices->text()) != range.value("choice", Json()))
        m_choices->setText(choicesText(m_path, range.value("choice", Json::array())));
    m_refreshing = false;
}

void SpaceRow::showKind() {
    const RangeKind kind = kindOf(m_range);
    const bool isRange = kind == RangeKind::Numbers || kind == RangeKind::Whole;
    m_lengths.line->setVisible(kind == RangeKind::List);
    m_values.line->setVisible(isRange || kind == RangeKind::List);
    m_values.line->findChild<QLabel*>(nameOf(m_path, "range") + QStringLiteral(" words"))
        ->setVisible(kind == RangeKind::List);
    m_log->setVisible(isRange);
    m_choices->setVisible(kind == RangeKind::Choices);
    m_switch->setVisible(kind == RangeKind::Switch);
}

void SpaceRow::showEnds(const Ends& ends, const Json& range) {
    const bool isWhole = range.contains("int");
    const Json bounds = range.value(isWhole ? "int" : "float", Json());
    for (NumberField* field : {ends.low, ends.high, ends.step})
        if (field)
            field->setDecimals(isWhole ? 0 : 10);
    if (bounds.is_array() && bounds.size() == 2 && bounds[0].is_number() && bounds[1].is_number()) {
        ends.low->setValue(bounds[0].get<double>());
        ends.high->setValue(bounds[1].get<double>());
    }
    if (ends.step) {
        const Json step = range.value("step", Json());
        ends.step->setValue(step.is_number() ? step.get<double>() : 0);
    }
}

Json SpaceRow::rangeOf(const Ends& ends, bool isWhole) const {
    const auto number = [isWhole](double value) {
        return isWhole ? Json(static_cast<std::int64_t>(std::llround(value))) : Json(value);
    };
    Json range{{isWhole ? "int" : "float", {number(ends.low->value()), number(ends.high->value())}}};
    if (ends.step && ends.step->value() > 0)
        range["step"] = number(ends.step->value());
    return range;
}

void SpaceRow::edit() {
    if (m_refreshing)
        return;
    Json range;
    switch (kindOf(m_range)) {
    case RangeKind::Numbers:
    case RangeKind::Whole:
        range = rangeOf(m_values, kindOf(m_range) == RangeKind::Whole);
        if (m_log->isChecked())
            range["log"] = true;
        break;
    case RangeKind::List:
        range = {{"repeat", rangeOf(m_lengths, true)},
                 {"of", rangeOf(m_values, !m_range.value("of", Json::object()).contains("float"))}};
        break;
    case RangeKind::Choices:
        range = {{"choice", choicesFrom(m_path, m_choices->text())}};
        break;
    case RangeKind::Switch:
        return;
    }
    if (range != m_range)
        Q_EMIT edited(m_path, range);
}

} // namespace sightline::ui
