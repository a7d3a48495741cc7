// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ClassifyWindow.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>

#include "bridge/PlainWords.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/ClassifyPicture.h"
#include "pages/RefuseShareField.h"
#include "widgets/ProgressBar.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
const QString kPassedOver = QStringLiteral("passed over");

QStringList localFiles(const QMimeData& data) {
    QStringList files;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile())
            files << url.toLocalFile();
    return files;
}
} // namespace

ClassifyWindow::ClassifyWindow(Session& session, QWidget* parent)
    : QDialog(parent), m_session(session), m_desk(session.classifying()) {
    setObjectName(QStringLiteral("classifyWindow"));
    setWindowTitle(tr("Classify images"));
    setAcceptDrops(true);
    resize(960, 640);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addLayout(makeHead());
    column->addLayout(makeProgress());
    auto* splitter = new QSplitter;
    splitter->setHandleWidth(2 * theme::kGrid);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeTables());
    m_picture = new ClassifyPicture;
    connect(m_picture, &ClassifyPicture::explainAsked, this, [this] {
        if (const ClassifiedImage* image = selected())
            Q_EMIT explainAsked(QString::fromStdString(image->file.string()));
    });
    splitter->addWidget(m_picture);
    splitter->setStretchFactor(0, 1);
    column->addWidget(splitter, 1);
    column->addLayout(makeEnd());
    connect(&m_desk, &ClassifyDesk::changed, this, &ClassifyWindow::follow);
    connect(&m_desk, &ClassifyDesk::progressed, this,
            [this](qulonglong done, qulonglong total) { m_progress->setProgress(done, total); });
    connect(&m_desk, &ClassifyDesk::failed, this, [this](const QString& message) { say(message, true); });
    connect(&m_desk, &ClassifyDesk::written, this, [this](const QString& message) { say(message); });
    connect(&session.runs(), &RunDesk::runChanged, this, &ClassifyWindow::showPicture);
    follow();
}

QLayout* ClassifyWindow::makeHead() {
    auto* head = new QVBoxLayout;
    head->setSpacing(theme::kGrid);
    m_title = named(new QLabel, "classifyTitle");
    m_title->setFont(theme::font(theme::Size::Title, true));
    m_title->setTextFormat(Qt::PlainText);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_folder = button(tr("Choose a folder…"), QStringLiteral("folder-open"), "classifyFolder",
                      tr("All images in it and in the folders below"));
    m_files = button(tr("Choose images…"), QStringLiteral("document-open"), "classifyFiles");
    connect(m_folder, &QPushButton::clicked, this, &ClassifyWindow::chooseFolder);
    connect(m_files, &QPushButton::clicked, this, &ClassifyWindow::chooseFiles);
    m_where = named(mutedLabel({}), "classifyWhere");
    m_where->setTextFormat(Qt::PlainText);
    m_filter = named(new QComboBox, "classifyFilter", tr("Which images the table shows"));
    m_filter->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_filter, &QComboBox::currentIndexChanged, this, &ClassifyWindow::showFilter);
    line->addWidget(m_folder);
    line->addWidget(m_files);
    line->addWidget(m_where, 1);
    m_refuse = new RefuseShareField(m_session, tr("Wrongly refused"), "refuseShare");
    line->addWidget(m_refuse);
    line->addWidget(m_filter);
    head->addWidget(m_title);
    head->addLayout(line);
    return head;
}

QLayout* ClassifyWindow::makeProgress() {
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_progress = new ProgressBar("classifyProgress", tr("Progress"));
    m_cancel = button(tr("Cancel"), QStringLiteral("media-playback-stop"), "classifyCancel");
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        const bool classifying = !m_desk.found();
        m_desk.cancel();
        say(classifying ? tr("Canceled.") : tr("Canceled; the copies that were made are kept."));
    });
    line->addWidget(m_progress, 1);
    line->addWidget(m_cancel);
    return line;
}

QWidget* ClassifyWindow::makeTables() {
    m_table = new Table({tr("File"), tr("Predicted as"), tr("Confidence|Probability of the predicted class")}, this);
    m_images = tableView(m_table, "classifiedTable", tr("Images with their predictions"), true);
    auto* filtered = static_cast<QSortFilterProxyModel*>(m_images->model());
    filtered->setFilterKeyColumn(1);
    filtered->setFilterRole(Table::SortKey);
    connect(m_images->selectionModel(), &QItemSelectionModel::currentChanged, this, &ClassifyWindow::showPicture);
    m_passedTable = new Table({tr("File"), tr("Why it was passed over")}, this);
    m_passed = tableView(m_passedTable, "passedOverTable", tr("Files that were passed over"), true);
    m_empty = named(mutedLabel({}), "classifyEmpty");
    m_empty->setFont(theme::font(theme::Size::Base));
    m_empty->setAlignment(Qt::AlignCenter);
    m_stack = new QStackedWidget;
    for (QWidget* part : std::initializer_list<QWidget*>{m_empty, m_images, m_passed})
        m_stack->addWidget(part);
    auto* surface = new Surface;
    surface->body()->addWidget(m_stack, 1);
    return surface;
}

QLayout* ClassifyWindow::makeEnd() {
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_status = named(new QLabel, "classifyStatus");
    m_status->setWordWrap(true);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sort = button(tr("Sort copies into folders…"), QStringLiteral("edit-copy"), "sortCopies",
                    tr("Copies each image into a folder named like its predicted class; nothing is overwritten"));
    m_save = button(tr("Save table…"), QStringLiteral("document-save"), "saveClassified",
                    tr("A CSV file: path, predicted class, confidence, whether it is of none of the classes, and the "
                       "probability of each class"));
    connect(m_sort, &QPushButton::clicked, this, &ClassifyWindow::sortCopies);
    connect(m_save, &QPushButton::clicked, this, &ClassifyWindow::saveTable);
    line->addWidget(m_status, 1);
    line->addWidget(m_sort);
    line->addWidget(m_save);
    return line;
}

QString ClassifyWindow::folder() const {
    const QStringList& paths = m_desk.paths();
    return paths.size() == 1 && QFileInfo(paths.front()).isDir() ? paths.front() : QString();
}

void ClassifyWindow::chooseFolder() {
    const QString chosen = prompts().openFolder(this, tr("Classify a folder of images"), folder());
    if (!chosen.isEmpty())
        m_desk.classify({chosen});
}

void ClassifyWindow::chooseFiles() {
    const QStringList chosen = prompts().openFiles(this, tr("Classify images"), folder(), imageFileFilter());
    if (!chosen.isEmpty())
        m_desk.classify(chosen);
}

void ClassifyWindow::saveTable() {
    const QString beside = folder().isEmpty()
                               ? QFileInfo(m_desk.paths().value(0)).path() + QStringLiteral("/classified")
                               : folder() + tr(", classified");
    const QString file =
        prompts().saveFile(this, tr("Save the table"), beside + QStringLiteral(".csv"), tr("Tables (*.csv)"));
    if (!file.isEmpty())
        m_desk.saveTable(file);
}

void ClassifyWindow::sortCopies() {
    const QString into = prompts().openFolder(this, tr("Sort copies into folders in"), {});
    if (!into.isEmpty())
        m_desk.sortInto(into);
}

void ClassifyWindow::follow() {
    const bool busy = m_desk.isBusy();
    m_title->setText(tr("Classify images with “%1”").arg(m_desk.runName()));
    m_where->setText(m_desk.paths().size() > 1 ? counted(m_desk.paths().size(), tr("%1 image"), tr("%1 images"))
                                               : m_desk.paths().value(0));
    if (busy && !m_progress->isVisible())
        m_progress->setProgress(0, 0);
    m_progress->setVisible(busy);
    m_cancel->setVisible(busy);
    if (busy)
        say({});
    for (QWidget* control : {m_folder, m_files})
        control->setEnabled(!busy);
    if (busy && m_refuse->isEnabled()) // it loses the focus, and gets it back for the next step
        m_refuseFocused = m_refuse->isAncestorOf(focusWidget());
    m_refuse->setEnabled(!busy);
    if (!busy && std::exchange(m_refuseFocused, false))
        m_refuse->setFocus();
    setLook(*m_folder, "primary", !m_desk.found());
    theme::setIcon(*m_folder, QStringLiteral("folder-open"), m_desk.found() ? Role::Text : Role::AccentText);
    const bool hasImages = m_desk.found() && !m_rows.imageOfRow.empty();
    m_empty->setText(m_desk.isLearning() ? tr("Learning to recognize unknown images, once for this run…")
                     : busy              ? tr("Classifying…")
                                         : tr("Choose a folder of images, or drop one here."));
    m_save->setEnabled(hasImages && !busy);
    m_sort->setEnabled(hasImages && !busy);
    if (m_shown == m_desk.found())
        return;
    m_shown = m_desk.found();
    if (!m_shown) {
        m_rowLane.cancel();
        return showRows({});
    }
    m_rowLane.submit(
        this, [found = m_shown, in = folder()](const std::stop_token&) { return rowsOf(*found, in); },
        [this](Result<ClassifiedRows> rows) {
            if (rows)
                showRows(std::move(*rows));
        });
}

void ClassifyWindow::showRows(ClassifiedRows rows) {
    m_table->setRows(std::exchange(rows.images, {}));
    m_passedTable->setRows(std::exchange(rows.passedOver, {}));
    m_rows = std::move(rows);
    const QSignalBlocker quiet(m_filter);
    m_filter->clear();
    const auto entry = [this](const QString& words, std::size_t count, const QString& key) {
        m_filter->addItem(tr("%1 (%2)").arg(words, grouped(static_cast<qlonglong>(count))), key);
    };
    const std::size_t passed = m_rows.notImages + m_rows.unreadable + m_rows.others;
    if (m_shown) {
        entry(tr("All images"), m_rows.imageOfRow.size(), {});
        for (std::size_t label = 0; label < m_rows.perClass.size(); ++label)
            if (m_rows.perClass[label] > 0)
                entry(QString::fromStdString(m_shown->classification.classes[label]), m_rows.perClass[label],
                      classKey(label));
        if (m_rows.unknown > 0)
            entry(tr("None of these"), m_rows.unknown, unknownKey());
        if (passed > 0)
            entry(tr("Passed over"), passed, kPassedOver);
        QStringList words{counted(static_cast<qlonglong>(m_rows.imageOfRow.size()), tr("%1 image classified"),
                                  tr("%1 images classified"))};
        if (m_rows.unknown > 0)
            words << counted(static_cast<qlonglong>(m_rows.unknown), tr("%1 probably of none of these classes"),
                             tr("%1 probably of none of these classes"));
        if (m_rows.notImages > 0)
            words << counted(static_cast<qlonglong>(m_rows.notImages), tr("%1 file is not named like an image"),
                             tr("%1 files are not named like an image"));
        if (m_rows.unreadable > 0)
            words << counted(static_cast<qlonglong>(m_rows.unreadable), tr("%1 image could not be read"),
                             tr("%1 images could not be read"));
        if (m_rows.others > 0)
            words << counted(static_cast<qlonglong>(m_rows.others), tr("%1 folder was passed over"),
                             tr("%1 folders were passed over"));
        if (!m_shown->classification.unjudged.empty())
            words << tr("unknown images are not told apart");
        say(words.join(QStringLiteral(" · ")));
        m_status->setToolTip(plainWords({m_shown->classification.unjudged}));
    }
    m_filter->setVisible(m_shown != nullptr);
    showFilter();
    m_images->setCurrentIndex(m_images->model()->index(0, 0));
    follow();
}

/// The table shows all images, those of a class, or gives way to what was passed over.
void ClassifyWindow::showFilter() {
    const QString key = m_filter->currentData().toString();
    m_stack->setCurrentIndex(!m_shown ? 0 : key == kPassedOver ? 2 : 1);
    if (key != kPassedOver)
        static_cast<QSortFilterProxyModel*>(m_images->model())->setFilterFixedString(key);
    showPicture();
}

const ClassifiedImage* ClassifyWindow::selected() const {
    const int row = sourceRow(m_images, m_images->currentIndex());
    if (!m_shown || row < 0 || static_cast<std::size_t>(row) >= m_rows.imageOfRow.size())
        return nullptr;
    return &m_shown->classification.images[m_rows.imageOfRow[static_cast<std::size_t>(row)]];
}

void ClassifyWindow::showPicture() {
    const auto& run = m_session.runs().run();
    if (const ClassifiedImage* image = m_stack->currentIndex() == 1 ? selected() : nullptr)
        m_picture->show(*image, m_shown->classification.classes, m_desk.run(), run && run->folder == m_desk.run());
    else
        m_picture->hide();
}

void ClassifyWindow::say(const QString& message, bool bad) {
    setLook(*m_status, "bad", bad);
    m_status->setToolTip({});
    m_status->setText(message);
}

void ClassifyWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!m_desk.isBusy() && !localFiles(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void ClassifyWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    m_desk.classify(localFiles(*event->mimeData()));
}

void ClassifyWindow::hideEvent(QHideEvent* event) {
    m_desk.cancel();
    QDialog::hideEvent(event);
}

} // namespace sightline::ui
