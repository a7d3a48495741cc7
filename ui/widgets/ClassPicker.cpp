// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ClassPicker.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QWidgetAction>

#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kKeys = 9; ///< classes that a digit chooses
}

ClassPicker::ClassPicker(QWidget* parent) : QMenu(parent) {
    setObjectName(QStringLiteral("classPicker"));
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    m_search = named(new QLineEdit, "classSearch", tr("Search classes"));
    m_search->setPlaceholderText(tr("Search classes"));
    m_list = named(new QListWidget, "classList", tr("Classes"));
    m_list->setFixedSize(240, 300);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_search);
    column->addWidget(m_list);
    auto* action = new QWidgetAction(this);
    action->setDefaultWidget(inside);
    addAction(action);
    m_search->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, &ClassPicker::search);
    connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) { accept(m_list->row(item)); });
}

void ClassPicker::setClasses(const QStringList& titles) {
    m_list->clear();
    for (int i = 0; i < titles.size(); ++i)
        m_list->addItem(i < kKeys ? QStringLiteral("%1   %2").arg(i + 1).arg(titles[i])
                                  : QStringLiteral("     %1").arg(titles[i]));
}

void ClassPicker::showEvent(QShowEvent* event) {
    m_search->clear();
    search({});
    QMenu::showEvent(event);
    m_search->setFocus();
}

bool ClassPicker::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            accept(m_list->currentRow());
            return true;
        }
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int by = key == Qt::Key_Down ? 1 : -1;
            for (int row = m_list->currentRow() + by; row >= 0 && row < m_list->count(); row += by)
                if (!m_list->isRowHidden(row)) {
                    m_list->setCurrentRow(row);
                    break;
                }
            return true;
        }
    }
    return QMenu::eventFilter(watched, event);
}

void ClassPicker::search(const QString& words) {
    int first = -1;
    for (int row = 0; row < m_list->count(); ++row) {
        const bool fits = m_list->item(row)->text().contains(words, Qt::CaseInsensitive);
        m_list->setRowHidden(row, !fits);
        if (fits && first < 0)
            first = row;
    }
    m_list->setCurrentRow(first);
}

void ClassPicker::accept(int row) {
    if (row < 0)
        return;
    close();
    Q_EMIT chosen(row);
}

} // namespace sightline::ui
