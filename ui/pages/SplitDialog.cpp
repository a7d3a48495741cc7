// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SplitDialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QPainter>
#include <QScrollArea>
#include <QSignalBlocker>

#include <algorithm>

#include "data/SplitWords.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "pages/SplitValues.h"
#include "widgets/ElidedLabel.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kSide = 48; ///< pixels of an image
constexpr std::size_t kExamples = 4, kMostRows = 100;

/// Images in a row, each in a square of its own.
QImage inARow(const Dataset& dataset, const std::vector<std::string>& paths, double ratio) {
    const int side = static_cast<int>(kSide * ratio), gap = static_cast<int>(theme::kGrid / 2 * ratio);
    QImage row(static_cast<int>(kExamples) * (side + gap), side, QImage::Format_ARGB32_Premultiplied);
    row.fill(Qt::transparent);
    QPainter painter(&row);
    int x = 0;
    for (const std::string& path : paths) {
        const auto image = shownImage(dataset, Sample{.path = path});
        if (image) {
            const QImage small = toQImage(*image).scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            painter.drawImage(x + (side - small.width()) / 2, (side - small.height()) / 2, small);
        }
        x += side + gap;
    }
    painter.end();
    row.setDevicePixelRatio(ratio);
    return row;
}
} // namespace

SplitDialog::SplitDialog(Session& session, QWidget* parent)
    : GuessDialog(session, tr("Folders of the splits"), tr("What are the images of each folder for?"), parent) {
    setObjectName(QStringLiteral("splitDialog"));
    resize(720, 480);
    m_classes = named(new QCheckBox(tr("These folders are classes, not splits")), "foldersAreClasses",
                      tr("These folders are classes, not splits"));
    m_classes->setEnabled(false);
    m_list = new QWidget;
    auto* column = new QVBoxLayout(m_list);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(2 * theme::kGrid);
    m_grid->setVerticalSpacing(theme::kGrid);
    m_grid->setColumnStretch(0, 1);
    column->addLayout(m_grid);
    column->addStretch(1);
    auto* scroll = named(new QScrollArea, "splitFolders", tr("Folders"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_list);
    body()->addWidget(m_classes);
    body()->addSpacing(theme::kGrid);
    body()->addWidget(scroll, 1);
    connect(m_classes, &QCheckBox::toggled, this, &SplitDialog::choose);
    m_lane.submit(
        this,
        [opened = dataset(), words = before().splitWords](const std::stop_token& stop) {
            return splitFolders(*opened, words, kExamples, stop);
        },
        [this](const Result<SplitFolders>& folders) { showFolders(folders); });
}

void SplitDialog::showFolders(const Result<SplitFolders>& folders) {
    if (!folders)
        return refuse(QString::fromStdString(folders.error().message));
    m_folders = *folders;
    if (m_folders.areClasses) { // what their names say, in case they are splits after all
        std::vector<std::string> names;
        for (const SplitFolder& folder : m_folders.folders)
            names.push_back(folder.name);
        const auto meanings = subsetsOf(names);
        for (std::size_t i = 0; i < names.size(); ++i)
            m_folders.folders[i].subset = meanings[i];
    }
    for (std::size_t i = 0; i < std::min(kMostRows, m_folders.folders.size()); ++i)
        addRow(m_folders.folders[i]);
    if (m_folders.folders.size() > kMostRows)
        m_grid->addWidget(mutedLabel(tr("%1 more folders stay as they are.")
                                         .arg(grouped(static_cast<qlonglong>(m_folders.folders.size() - kMostRows)))),
                          m_grid->rowCount(), 0, 1, 4);
    {
        const QSignalBlocker blocker(m_classes);
        m_classes->setChecked(m_folders.areClasses);
        m_classes->setEnabled(true);
    }
    if (!m_rows.empty())
        m_rows.front().subset->setFocus();
    showImages();
    choose();
}

void SplitDialog::addRow(const SplitFolder& folder) {
    const QString name = QString::fromStdString(folder.name);
    auto* title = new ElidedLabel(name);
    title->setToolTip(m_folders.insideClasses ? tr("%1, in each class").arg(name) : name);
    title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* count = mutedLabel(counted(static_cast<qlonglong>(folder.images), tr("%1 image"), tr("%1 images")));
    count->setWordWrap(false);
    auto* subset = subsetBox(name, folder.subset);
    auto* images = new QLabel;
    images->setAccessibleName(tr("Some images of %1").arg(name));
    images->setFixedSize(static_cast<int>(kExamples) * (kSide + theme::kGrid / 2), kSide);
    const int row = m_grid->rowCount();
    m_grid->addWidget(title, row, 0);
    m_grid->addWidget(count, row, 1, Qt::AlignRight | Qt::AlignVCenter);
    m_grid->addWidget(subset, row, 2);
    m_grid->addWidget(images, row, 3);
    m_rows.push_back({subset, images});
    connect(subset, &QComboBox::currentIndexChanged, this, &SplitDialog::choose);
}

void SplitDialog::showImages() {
    m_lane.submit(
        this,
        [this, opened = dataset(), folders = m_folders.folders, rows = m_rows.size(),
         ratio = devicePixelRatioF()](const std::stop_token& stop, const Courier& courier) {
            for (std::size_t i = 0; i < rows && !stop.stop_requested(); ++i)
                courier.post([this, i, row = inARow(*opened, folders[i].examples, ratio)] {
                    m_rows[i].images->setPixmap(QPixmap::fromImage(row));
                });
            return Result<void>();
        },
        [](const Result<void>&) {});
}

void SplitDialog::choose() {
    m_folders.areClasses = m_classes->isChecked();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_folders.folders[i].subset = subsetOf(*m_rows[i].subset);
        m_rows[i].subset->setEnabled(!m_folders.areClasses);
    }
    const Result<SplitWords> words = wordsFor(m_folders);
    if (!words)
        return refuse(QString::fromStdString(words.error().message));
    DataSettings wanted = before();
    wanted.splitWords = *words;
    tryOut(wanted);
}

QString SplitDialog::objection(const Dataset& tried) const {
    if (m_folders.areClasses)
        return {};
    for (const SplitFolder& folder : m_folders.folders)
        if (folder.subset && std::find(tried.ignoredFolders.begin(), tried.ignoredFolders.end(), folder.name) !=
                                 tried.ignoredFolders.end())
            return tr("“%1” has no folders of classes inside, so it cannot be a split.")
                .arg(QString::fromStdString(folder.name));
    return {};
}

QString SplitDialog::remark(const Dataset& tried) const {
    const auto strangers = std::count_if(tried.problems.begin(), tried.problems.end(),
                                         [](const DataProblem& problem) { return problem.kind == "unknown_class"; });
    return strangers == 0 ? QString()
                          : counted(strangers, tr("%1 folder of a class that training lacks cannot be evaluated."),
                                    tr("%1 folders of classes that training lacks cannot be evaluated."));
}

} // namespace sightline::ui
