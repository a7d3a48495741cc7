// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/GuessStrip.h"

#include <QLabel>
#include <QToolButton>

#include <algorithm>

#include "look/Icons.h"
#include "widgets/ElidedLabel.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kLines = 2; ///< at once
constexpr int kLineHeight = 28;

QPushButton* link(const GuessLine& line) {
    auto* made = new QPushButton(line.action);
    made->setObjectName(QStringLiteral("guessAction ") + line.id);
    made->setAccessibleName(QStringLiteral("%1 %2").arg(line.action, line.text));
    made->setProperty("link", true);
    made->setCursor(Qt::PointingHandCursor);
    return made;
}
} // namespace

GuessStrip::GuessStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("guessStrip"));
    setAccessibleName(tr("What was assumed about these images"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    auto* icon = new QLabel;
    icon->setPixmap(theme::icon(QStringLiteral("games-hint"), Role::Accent).pixmap(16));
    icon->setFixedHeight(kLineHeight);
    m_list = new QVBoxLayout;
    m_list->setSpacing(2);
    m_more = named(new QToolButton, "moreGuesses", tr("Show all assumptions"));
    m_more->setCheckable(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_close = named(new QToolButton, "closeGuesses", tr("Hide these assumptions"));
    m_close->setIcon(theme::icon(QStringLiteral("window-close")));
    m_close->setToolTip(tr("Hide until something else is assumed"));
    row->addWidget(icon, 0, Qt::AlignTop);
    row->addLayout(m_list, 1);
    row->addWidget(m_more, 0, Qt::AlignTop);
    row->addWidget(m_close, 0, Qt::AlignTop);
    connect(m_more, &QToolButton::toggled, this, &GuessStrip::showLines);
    connect(m_close, &QToolButton::clicked, this, &GuessStrip::closed);
}

void GuessStrip::setLines(std::vector<GuessLine> lines) {
    if (lines == m_lines)
        return;
    m_lines = std::move(lines);
    for (QWidget* row : std::exchange(m_rows, {})) {
        row->setParent(nullptr); // hidden, and out of the order of tabs
        row->deleteLater();
    }
    for (const GuessLine& line : m_lines)
        addLine(line);
    orderTabs();
    m_more->setChecked(false);
    showLines();
}

void GuessStrip::addLine(const GuessLine& line) {
    auto* room = new QWidget(this);
    auto* row = new QHBoxLayout(room);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    auto* words = new ElidedLabel(line.text);
    words->setObjectName(QStringLiteral("guess ") + line.id);
    words->setAccessibleName(line.text);
    words->setAccessibleDescription(line.why);
    words->setToolTip(QStringLiteral("<p>%1</p><p>%2</p>").arg(line.text.toHtmlEscaped(), line.why.toHtmlEscaped()));
    row->addWidget(words);
    if (!line.action.isEmpty()) {
        QPushButton* action = link(line);
        row->addWidget(action);
        connect(action, &QPushButton::clicked, this, [this, id = line.id] { Q_EMIT actionAsked(id); });
    }
    row->addStretch(1);
    room->setMinimumHeight(kLineHeight);
    m_list->addWidget(room);
    m_rows.push_back(room);
}

/// From link to link, then what stands at the right.
void GuessStrip::orderTabs() {
    QWidget* before = nullptr;
    const auto then = [&](QWidget* next) {
        if (before)
            setTabOrder(before, next);
        before = next;
    };
    for (const QWidget* row : m_rows)
        if (auto* action = row->findChild<QPushButton*>())
            then(action);
    then(m_more);
    then(m_close);
}

void GuessStrip::showLines() {
    const bool all = m_more->isChecked();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setVisible(all || i < kLines);
    m_more->setVisible(m_rows.size() > kLines);
    m_more->setText(all ? tr("Fewer") : tr("%1 more").arg(m_rows.size() - std::min(kLines, m_rows.size())));
    m_more->setArrowType(all ? Qt::DownArrow : Qt::RightArrow);
}

} // namespace sightline::ui
