// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/NoteList.h"

#include <QListWidget>
#include <QScrollBar>
#include <QToolButton>

#include "look/Words.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kLines = 8; ///< of the list, before it scrolls

bool beginsWithRowsOf(const QStringList& notes, const QListWidget& list) {
    if (list.count() > notes.size())
        return false;
    for (int row = 0; row < list.count(); ++row)
        if (list.item(row)->text() != notes[row])
            return false;
    return true;
}
} // namespace

NoteList::NoteList(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    m_newest = named(mutedLabel({}), "runNotes", tr("Newest note of the run"));
    m_newest->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_all = named(new QToolButton, "allNotes", tr("All notes of the run"));
    m_all->setCheckable(true);
    m_all->setProperty("inline", true);
    m_all->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_all->setArrowType(Qt::RightArrow);
    m_all->setToolTip(tr("Show all notes of the run"));
    m_list = named(new QListWidget, "noteList", tr("All notes of the run"));
    m_list->setWordWrap(true);
    m_list->setFont(theme::font(theme::Size::Small));
    m_list->setResizeMode(QListView::Adjust);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFixedHeight(kLines * m_list->fontMetrics().lineSpacing());
    m_list->hide();
    connect(m_all, &QToolButton::toggled, this, [this](bool on) {
        m_all->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
        m_list->setVisible(on);
        m_list->scrollToBottom();
    });
    auto* line = new QHBoxLayout;
    line->addWidget(m_newest, 1);
    line->addWidget(m_all, 0, Qt::AlignTop);
    column->addLayout(line);
    column->addWidget(m_list);
    hide();
}

void NoteList::setNotes(const QStringList& notes) {
    if (!beginsWithRowsOf(notes, *m_list))
        m_list->clear();
    const QScrollBar& bar = *m_list->verticalScrollBar();
    const bool atEnd = bar.value() == bar.maximum(); // who reads further up is left there
    m_list->addItems(notes.mid(m_list->count()));
    if (atEnd)
        m_list->scrollToBottom();
    m_newest->setText(notes.isEmpty() ? QString() : notes.last());
    m_all->setText(counted(notes.size(), tr("%1 note"), tr("%1 notes")));
    m_all->setVisible(notes.size() > 1);
    if (notes.size() < 2)
        m_all->setChecked(false);
    setVisible(!notes.isEmpty());
}

} // namespace sightline::ui
