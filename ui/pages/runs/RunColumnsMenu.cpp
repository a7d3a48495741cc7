// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunColumnsMenu.h"

#include <utility>

#include "pages/runs/FigureColumn.h"
#include "pages/runs/RunColumns.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

RunColumnsMenu::RunColumnsMenu(QStringList columns, QWidget* parent) : QMenu(parent), m_columns(std::move(columns)) {
    setObjectName(QStringLiteral("runColumnsMenu"));
    setAttribute(Qt::WA_DeleteOnClose);
    QStringList offered = defaultRunColumns() + otherRunColumns();
    for (const QString& column : std::as_const(m_columns))
        if (!offered.contains(column))
            offered << column;
    for (const QString& column : std::as_const(offered))
        if (column != QLatin1String("name"))
            addToggle(column);
    addSeparator();
    addEpochs();
    connect(addAction(tr("A setting…")), &QAction::triggered, this, &RunColumnsMenu::askForSetting);
    connect(addAction(tr("As at the beginning")), &QAction::triggered, this,
            [this] { Q_EMIT chosen(defaultRunColumns()); });
}

void RunColumnsMenu::addToggle(const QString& column) {
    QAction* action = addAction(runColumnHeading(column).section(QLatin1Char('|'), 0, 0));
    action->setCheckable(true);
    action->setChecked(m_columns.contains(column));
    connect(action, &QAction::toggled, this, [this, column](bool on) {
        QStringList columns = m_columns;
        columns.removeAll(column);
        if (on)
            columns << column;
        Q_EMIT chosen(columns);
    });
}

void RunColumnsMenu::addEpochs() {
    QMenu* epochs = addMenu(tr("At an epoch"));
    for (const QString& figure : figuresOfEpochs())
        connect(epochs->addAction(figureName(figure) + QStringLiteral("…")), &QAction::triggered, this, [this, figure] {
            if (const auto epoch = prompts().number(parentWidget(), tr("Show a figure"), tr("Of which epoch"), 1))
                addColumn(figure + QLatin1Char('@') + QString::number(*epoch));
        });
}

void RunColumnsMenu::addColumn(const QString& column) {
    if (!m_columns.contains(column))
        Q_EMIT chosen(m_columns + QStringList{column});
}

void RunColumnsMenu::askForSetting() {
    const QString path =
        prompts().line(parentWidget(), tr("Show a setting"), tr("Its name, such as learning_rate"), {}).trimmed();
    if (!path.isEmpty())
        addColumn(path);
}

} // namespace sightline::ui
