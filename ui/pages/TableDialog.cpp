// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/TableDialog.h"

#include <QComboBox>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QTableWidget>

#include <algorithm>

#include "delegates/BarDelegate.h"
#include "look/Words.h"
#include "pages/GuessLines.h"
#include "pages/SplitValues.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kRows = 10;
constexpr int kNone = -1, kWidestColumn = 220;

QString headOf(const TablePreview& preview, int column) {
    const QString head = QString::fromStdString(preview.heads[static_cast<std::size_t>(column)]);
    return preview.hasHeader && !head.isEmpty() ? head : TableDialog::tr("Column %1").arg(column + 1);
}

/// A column to choose; a long name is elided in the middle, its tool tip is whole.
void addColumn(QComboBox& box, const QString& head, int column) {
    box.addItem(shortened(head), column);
    box.setItemData(box.count() - 1, head, Qt::ToolTipRole);
}
} // namespace

TableDialog::TableDialog(Session& session, QWidget* parent)
    : GuessDialog(session, tr("Columns of the table"), tr("Which columns name the file, the label and the split?"),
                  parent) {
    setObjectName(QStringLiteral("tableDialog"));
    resize(760, 570);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(2 * theme::kGrid);
    m_path = addChoice(*choices, "pathColumn", tr("File"));
    m_label = addChoice(*choices, "labelColumn", tr("Label"));
    m_split = addChoice(*choices, "splitColumn", tr("Split"));
    m_values = new SplitValues;
    m_values->hide();
    connect(m_split, &QComboBox::currentIndexChanged, this, &TableDialog::chooseSplit);
    for (const QComboBox* box : {m_path, m_label})
        connect(box, &QComboBox::currentIndexChanged, this, &TableDialog::choose);
    connect(m_values, &SplitValues::changed, this, &TableDialog::choose);
    m_rows = named(new QTableWidget, "tableRows", tr("First rows of the table"));
    m_rows->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_rows->setSelectionMode(QAbstractItemView::NoSelection);
    m_rows->setFocusPolicy(Qt::NoFocus);
    m_rows->setShowGrid(false);
    m_rows->setItemDelegate(new BarDelegate(m_rows)); // its cells stand as those of the other tables
    m_rows->setWordWrap(false);
    m_rows->setTextElideMode(Qt::ElideMiddle);
    m_rows->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_rows->verticalHeader()->hide();
    m_rows->horizontalHeader()->setStretchLastSection(true);
    body()->addLayout(choices);
    body()->addWidget(m_values);
    body()->addWidget(m_rows, 1);
    m_lane.submit(
        this,
        [opened = dataset(), settings = before()](const std::stop_token& stop) {
            return previewTable(*opened, settings, kRows, stop);
        },
        [this](const Result<TablePreview>& preview) { showPreview(preview); });
}

QComboBox* TableDialog::addChoice(QLayout& row, const char* name, const QString& title) {
    auto* column = new QVBoxLayout;
    column->setSpacing(theme::kGrid / 2);
    auto* box = named(new QComboBox, name, tr("Column of the %1").arg(title.toLower()));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
    box->setEnabled(false);
    auto* label = mutedLabel(title);
    label->setBuddy(box);
    column->addWidget(label);
    column->addWidget(box);
    static_cast<QHBoxLayout&>(row).addLayout(column, 1);
    return box;
}

void TableDialog::showPreview(const Result<TablePreview>& preview) {
    if (!preview)
        return refuse(QString::fromStdString(preview.error().message));
    m_preview = *preview;
    setWindowTitle(tr("Columns of %1").arg(QString::fromStdString(m_preview.table)));
    const int columns = static_cast<int>(m_preview.heads.size());
    for (const auto& [box, chosen] : {std::pair(m_path, m_preview.path), std::pair(m_label, m_preview.label),
                                      std::pair(m_split, m_preview.split)}) {
        const QSignalBlocker blocker(box);
        if (box == m_split)
            box->addItem(tr("None"), kNone);
        if (box == m_label && !m_preview.oneHot.empty())
            box->addItem(counted(static_cast<qlonglong>(m_preview.oneHot.size()), tr("%1 column, one a class"),
                                 tr("%1 columns, one a class")),
                         kNone);
        for (int i = 0; i < columns; ++i)
            addColumn(*box, headOf(m_preview, i), i);
        box->setCurrentIndex(box->findData(chosen));
        box->setEnabled(true);
    }
    showRows();
    m_label->setFocus();
    chooseSplit();
}

void TableDialog::showRows() {
    const int columns = static_cast<int>(m_preview.heads.size());
    m_rows->setColumnCount(columns);
    m_rows->setRowCount(static_cast<int>(m_preview.rows.size()));
    for (int r = 0; r < m_rows->rowCount(); ++r) {
        const auto& cells = m_preview.rows[static_cast<std::size_t>(r)];
        for (int c = 0; c < std::min(columns, static_cast<int>(cells.size())); ++c) {
            const QString text = QString::fromStdString(cells[static_cast<std::size_t>(c)]);
            auto* item = new QTableWidgetItem(text);
            item->setToolTip(text);
            m_rows->setItem(r, c, item);
        }
    }
}

/// The chosen columns say in their heading what they are, the others step back.
void TableDialog::markColumns() {
    const int path = columnOf(*m_path), label = columnOf(*m_label), split = columnOf(*m_split);
    for (int c = 0; c < m_rows->columnCount(); ++c) {
        const bool isOneHot =
            label == kNone && std::find(m_preview.oneHot.begin(), m_preview.oneHot.end(), c) != m_preview.oneHot.end();
        const QString part = c == path    ? tr("file")
                             : c == label ? tr("label")
                             : c == split ? tr("split")
                             : isOneHot   ? tr("class")
                                          : QString();
        const QString head = shortened(headOf(m_preview, c));
        auto* item = new QTableWidgetItem(part.isEmpty() ? head : QStringLiteral("%1 · %2").arg(part, head));
        item->setToolTip(headOf(m_preview, c));
        item->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        item->setFont(theme::font(theme::Size::Small, !part.isEmpty()));
        m_rows->setHorizontalHeaderItem(c, item);
        for (int r = 0; r < m_rows->rowCount(); ++r)
            if (QTableWidgetItem* cell = m_rows->item(r, c))
                cell->setForeground(theme::color(part.isEmpty() ? Role::Muted : Role::Text));
    }
    m_rows->resizeColumnsToContents();
    for (int c = 0; c < m_rows->columnCount(); ++c)
        m_rows->setColumnWidth(c, std::min(m_rows->columnWidth(c) + theme::kGrid, kWidestColumn));
}

int TableDialog::columnOf(const QComboBox& box) {
    return box.currentData().toInt();
}

void TableDialog::chooseSplit() {
    const int split = columnOf(*m_split);
    const SplitWords& words = before().splitWords;
    m_values->setValues(split == kNone ? std::vector<SplitFolder>() : splitValues(m_preview, split, words));
    choose();
}

void TableDialog::choose() {
    markColumns();
    tryOut(chosen());
}

Result<DataSettings> TableDialog::chosen() const {
    const int path = columnOf(*m_path), label = columnOf(*m_label), split = columnOf(*m_split);
    if (path == label || (split != kNone && (split == path || split == label)))
        return badInput(tr("Choose different columns for the file, the label and the split.").toStdString());
    DataSettings wanted = before();
    wanted.table = takingColumns(m_preview, wanted.table, path, label, split);
    if (split == kNone)
        return wanted;
    SplitFolders values{.folders = m_values->values()};
    if (values.folders.empty())
        return badInput(
            tr("“%1” has too many different values to be the split.").arg(headOf(m_preview, split)).toStdString());
    if (!m_values->isChanged())
        return wanted;
    const Result<SplitWords> words = wordsFor(values);
    if (!words)
        return words.error();
    wanted.splitWords = *words;
    return wanted;
}

QString TableDialog::objection(const Dataset& tried) const {
    return tried.classes.size() < 2 ? tr("This label has only one value; a classifier needs at least two classes.")
                                    : QString();
}

QString TableDialog::remark(const Dataset& tried) const {
    const auto rows = static_cast<qlonglong>(m_preview.rowCount), images = static_cast<qlonglong>(tried.samples.size());
    return images < rows ? tr("%1 of %2 rows have no file or no label.").arg(grouped(rows - images), grouped(rows))
                         : QString();
}

} // namespace sightline::ui
