// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/EvaluatePage.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>

#include "look/Icons.h"
#include "look/Words.h"
#include "models/GalleryModel.h"
#include "models/Table.h"
#include "models/Thumbnails.h"
#include "pages/EvaluateTables.h"
#include "widgets/ConfusionView.h"
#include "widgets/HeatMapView.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kMatrixClasses = 30; ///< above: the most confused pairs instead of the matrix

/// `content`, or words that say what will be there.
QStackedWidget* withPlaceholder(QWidget* content, const char* name, const QString& words) {
    auto* stack = new QStackedWidget;
    auto* empty = named(mutedLabel(words), name);
    empty->setFont(theme::font(theme::Size::Base));
    empty->setAlignment(Qt::AlignCenter);
    stack->addWidget(empty);
    stack->addWidget(content);
    return stack;
}
} // namespace

EvaluatePage::EvaluatePage(Session& session, Thumbnails& thumbnails, QWidget* parent)
    : Page(session, parent), m_gallery(new GalleryModel(thumbnails, this)) {
    setObjectName(QStringLiteral("evaluatePage"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(makeHead());
    auto* splitter = named(new QSplitter, "evaluateSplitter");
    splitter->setHandleWidth(2 * theme::kGrid);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeMatrix());
    splitter->addWidget(makeGallery());
    splitter->addWidget(makeAnswer());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({560, 400, 280});
    column->addWidget(splitter, 1);
    auto* toggle = new QShortcut(QKeySequence(Qt::Key_H), this);
    toggle->setContext(Qt::WidgetWithChildrenShortcut);
    connect(toggle, &QShortcut::activated, this, [this] { m_answer->setOverlayShown(!m_answer->isOverlayShown()); });
    connect(&session.questions(), &Questions::evaluationChanged, this, &EvaluatePage::followEvaluation);
    connect(&session.questions(), &Questions::evaluationFailed, m_detail, &QLabel::setText);
    connect(&session.questions(), &Questions::evaluationProgress, this,
            [this](qulonglong done, qulonglong total) { m_progress->setProgress(done, total); });
    connect(&session.questions(), &Questions::answerForgotten, this, &EvaluatePage::showAnswer);
    connect(&session.questions(), &Questions::explanationReady, this, &EvaluatePage::showAnswer);
    connect(&session.runs(), &RunDesk::ended, this, &EvaluatePage::showState);
    connect(&session.runs(), &RunDesk::stateChanged, this, &EvaluatePage::showState);
    connect(&session.runs(), &RunDesk::epochFinished, this, &EvaluatePage::showState);
    connect(&session.data(), &DataDesk::opened, this, [this] {
        chooseSplit();
        showEvaluation();
    });
    chooseSplit();
    showEvaluation();
    showAnswer();
}

QWidget* EvaluatePage::makeHead() {
    auto* surface = new Surface;
    auto* line = new QHBoxLayout;
    line->setSpacing(2 * theme::kGrid);
    m_score = named(new QLabel, "evaluationScore");
    m_score->setFont(theme::font(theme::Size::Hero, true));
    m_detail = named(new QLabel, "evaluationDetail");
    m_detail->setProperty("muted", true);
    m_detail->setWordWrap(true);
    m_split = named(new QComboBox, "evaluateSplit", tr("Images to evaluate on"));
    m_split->addItem(tr("Test images"), QStringLiteral("test"));
    m_split->addItem(tr("Validation images"), QStringLiteral("val"));
    m_split->addItem(tr("Training images"), QStringLiteral("train"));
    m_evaluate = button(tr("Evaluate"), QStringLiteral("view-refresh"), "evaluateButton",
                        tr("Run the network on every image of this split"));
    connect(m_evaluate, &QPushButton::clicked, this, &EvaluatePage::evaluate);
    m_classify = button(tr("Classify images…"), QStringLiteral("folder-open"), "classifyButton");
    connect(m_classify, &QPushButton::clicked, this, [this] {
        if (const auto& run = session().runs().run())
            Q_EMIT classifyRequested(QString::fromStdString(run->folder.string()),
                                     QString::fromStdString(run->experiment.name));
    });
    line->addWidget(m_score);
    line->addWidget(m_detail, 1);
    line->addWidget(m_split);
    line->addWidget(m_evaluate);
    line->addWidget(m_classify);
    m_progress = new ProgressBar("evaluationProgress", tr("Progress of the evaluation"));
    surface->body()->addLayout(line);
    surface->body()->addWidget(m_progress);
    return surface;
}

QWidget* EvaluatePage::makeMatrix() {
    auto* surface = new Surface(tr("Confusion matrix"));
    auto* mode = named(new QComboBox, "confusionMode", tr("What the cells show"));
    mode->addItems({tr("Counts"), tr("% of the true class")});
    surface->head()->addWidget(mode);
    m_matrix = named(new ConfusionView, "confusionMatrix", tr("Confusion matrix: click a cell to see its images"));
    connect(mode, &QComboBox::currentIndexChanged, this, [this](int index) { m_matrix->setShares(index == 1); });
    connect(m_matrix, &ConfusionView::selected, this, &EvaluatePage::selectCell);
    m_pairTable = new Table({tr("True"), tr("Predicted as"), tr("Images")}, this);
    m_pairs = tableView(m_pairTable, "confusedPairs", tr("Most confused pairs of classes"), false);
    m_matrixOrPairs = new QStackedWidget;
    m_matrixOrPairs->addWidget(m_matrix);
    m_matrixOrPairs->addWidget(m_pairs);
    connect(m_pairs, &QTableView::clicked, this, [this](const QModelIndex& index) {
        const auto& row = m_pairTable->rows()[static_cast<std::size_t>(sourceRow(m_pairs, index))];
        selectCell(row[0].key.toString().toInt(), row[1].key.toString().toInt());
    });
    m_classTable = new Table({tr("Class"), tr("Images|Images of this class in the split"),
                              tr("Precision|Share of the images predicted as this class that belong to it"),
                              tr("Recall|Share of the images of this class that were predicted as it"),
                              tr("F1|Harmonic mean of precision and recall"),
                              tr("Conf.|Mean confidence of the predictions for images of this class")},
                             this);
    m_classes = tableView(m_classTable, "classReport", tr("Metrics per class"), true);
    connect(m_classes, &QTableView::clicked, this,
            [this](const QModelIndex& index) { selectCell(sourceRow(m_classes, index), -1); });
    auto* both = new QSplitter(Qt::Vertical);
    both->setHandleWidth(theme::kGrid);
    both->setChildrenCollapsible(false);
    both->addWidget(m_matrixOrPairs);
    both->addWidget(m_classes);
    both->setSizes({380, 220});
    m_figures = withPlaceholder(both, "confusionEmpty",
                                tr("The confusion matrix, and precision and recall of each class, appear here."));
    surface->body()->addWidget(m_figures, 1);
    surface->setMinimumWidth(400);
    return surface;
}

QWidget* EvaluatePage::makeGallery() {
    auto* surface = new Surface;
    m_show = new QButtonGroup(this);
    const QStringList words{tr("All"), tr("Correct"), tr("Wrong")};
    const std::array<const char*, 3> names{"showAll", "showRight", "showWrong"};
    for (int i = 0; i < 3; ++i) {
        auto* choice = button(words[i], {}, names[static_cast<std::size_t>(i)]);
        choice->setCheckable(true);
        choice->setProperty("segment", true);
        choice->setChecked(i == 0);
        m_show->addButton(choice, i);
        surface->head()->insertWidget(i, choice);
    }
    connect(m_show, &QButtonGroup::idClicked, this, [this](int id) {
        m_gallery->setShow(static_cast<GalleryModel::Show>(id));
        showFilter();
    });
    m_sort = named(new QComboBox, "gallerySort", tr("Order of the images"));
    m_sort->addItems(
        {tr("Highest loss first"), tr("Lowest loss first"), tr("Most confident first"), tr("Least confident first")});
    connect(m_sort, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_gallery->setSort(static_cast<GalleryModel::Sort>(index)); });
    surface->head()->addWidget(m_sort);
    auto* line = new QHBoxLayout;
    m_filter = named(mutedLabel({}), "galleryFilter");
    m_clear = button(tr("Show all classes"), {}, "clearCell");
    connect(m_clear, &QPushButton::clicked, this, [this] { selectCell(-1, -1); });
    line->addWidget(m_filter, 1);
    line->addWidget(m_clear);
    m_tiles = named(new TileView(2), "gallery", tr("Images with their predictions"));
    m_tiles->setSide(96);
    m_tiles->setModel(m_gallery);
    connect(m_tiles->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid())
            explainRow(current.row());
    });
    connect(m_tiles, &QListView::activated, this, [this](const QModelIndex& index) {
        explainRow(index.row());
        Q_EMIT pageRequested(QStringLiteral("explain"));
    });
    surface->body()->addLayout(line);
    m_pictures = withPlaceholder(m_tiles, "galleryEmpty", tr("Every image with its prediction appears here."));
    surface->body()->addWidget(m_pictures, 1);
    return surface;
}

QWidget* EvaluatePage::makeAnswer() {
    auto* surface = new Surface(tr("Where it looked"));
    auto* more =
        button(tr("Explain…"), QStringLiteral("crosshairs"), "openExplain", tr("Other classes, methods and colors"));
    connect(more, &QPushButton::clicked, this, [this] { Q_EMIT pageRequested(QStringLiteral("explain")); });
    surface->head()->addWidget(more);
    m_answer = named(new HeatMapView(HeatMapView::Layout::Stacked), "galleryAnswer");
    surface->body()->addWidget(m_answer, 1);
    surface->body()->addWidget(mutedLabel(tr("H shows or hides the heat map; the arrow keys move between images.")));
    surface->setMinimumWidth(260);
    return surface;
}

void EvaluatePage::evaluate() {
    if (session().questions().isEvaluating()) {
        session().questions().cancelEvaluation();
        return;
    }
    m_progress->setProgress(0, 0);
    session().questions().evaluate(m_split->currentData().toString());
}

void EvaluatePage::showState() {
    const bool busy = session().questions().isEvaluating();
    const bool trained = session().runs().run() && !session().runs().progress().history.empty();
    const bool next = trained && !busy && !m_shown; // it is what a person would do now
    m_progress->setVisible(busy);
    m_evaluate->setText(busy ? tr("Cancel") : tr("Evaluate"));
    m_evaluate->setAccessibleName(m_evaluate->text());
    m_evaluate->setEnabled(trained || busy);
    m_evaluate->setToolTip(busy      ? tr("Cancel the evaluation")
                           : trained ? tr("Run the network on every image of this split")
                                     : tr("Train a network for an epoch, or open a run, first."));
    m_classify->setEnabled(trained);
    m_classify->setToolTip(trained ? tr("What does this network say about a folder of images?")
                                   : tr("Train a network for an epoch, or open a run, first."));
    setLook(*m_evaluate, "primary", next);
    theme::setIcon(*m_evaluate, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-refresh"),
                   next ? Role::AccentText : Role::Text);
    if (m_shown)
        return;
    m_score->setText(QStringLiteral("–"));
    m_detail->setText(busy      ? tr("Evaluating…")
                      : trained ? tr("The network is ready: evaluate it on images it has not seen.")
                                : tr("Nothing to evaluate yet: train a network for an epoch, or open a run."));
}

/// An evaluation has begun, come or gone. What is shown stays while the next one is under way.
void EvaluatePage::followEvaluation() {
    if (m_shown != session().questions().evaluation())
        showEvaluation();
    else
        showState();
}

/// Test images are what a network is judged by, where there are any.
void EvaluatePage::chooseSplit() {
    if (const auto opened = session().data().dataset())
        m_split->setCurrentIndex(opened->count(Subset::Test) > 0 ? 0 : 1);
}

void EvaluatePage::showAnswer() {
    m_answer->setExplained(session().questions().answer());
}

void EvaluatePage::showEvaluation() {
    const auto evaluation = m_shown = session().questions().evaluation();
    for (auto* stack : {m_figures, m_pictures})
        stack->setCurrentIndex(evaluation ? 1 : 0);
    m_gallery->setEvaluation(evaluation, session().data().dataset().get());
    m_matrix->setEvaluation(evaluation);
    if (evaluation) {
        m_score->setText(percent(evaluation->accuracy));
        const auto total = evaluation->confusion.total();
        QStringList words{
            tr("accuracy on %1 (%2)")
                .arg(counted(total, tr("%1 image"), tr("%1 images")), QString::fromStdString(evaluation->split)),
            tr("loss %1").arg(significant(evaluation->loss))};
        if (evaluation->classes.size() > 5)
            words << tr("top-5 accuracy %1").arg(percent(evaluation->top5Accuracy));
        if (!evaluation->skipped.empty())
            words << tr("%1 skipped: unreadable or of a class the run does not know").arg(evaluation->skipped.size());
        m_detail->setText(words.join(QStringLiteral(" · ")));
    }
    m_matrixOrPairs->setCurrentIndex(evaluation && evaluation->confusion.classes() > kMatrixClasses ? 1 : 0);
    m_classTable->setRows(evaluation ? classRows(*evaluation) : std::vector<std::vector<Table::Cell>>());
    m_pairTable->setRows(evaluation ? pairRows(*evaluation) : std::vector<std::vector<Table::Cell>>());
    showState();
    showFilter();
    setBadge(evaluation ? Badge::Ready : Badge::None, 0);
}

void EvaluatePage::selectCell(int truth, int predicted) {
    m_gallery->setCell(truth, predicted);
    m_matrix->select(truth, predicted);
    if (predicted >= 0 || truth < 0)
        m_classes->clearSelection();
    showFilter();
}

void EvaluatePage::showFilter() {
    const auto evaluation = m_shown;
    const int truth = m_gallery->truth(), predicted = m_gallery->predicted();
    m_clear->setVisible(truth >= 0 || predicted >= 0);
    if (!evaluation) {
        m_filter->setText({});
        return;
    }
    const auto name = [&](int label) {
        return QString::fromStdString(evaluation->classes[static_cast<std::size_t>(label)]);
    };
    const QString count = counted(m_gallery->rowCount(), tr("%1 image"), tr("%1 images"));
    m_filter->setText(truth >= 0 && predicted >= 0
                          ? tr("%1: %2 predicted as %3").arg(count, name(truth), name(predicted))
                      : truth >= 0     ? tr("%1 of %2").arg(count, name(truth))
                      : predicted >= 0 ? tr("%1 predicted as %2").arg(count, name(predicted))
                                       : count);
}

void EvaluatePage::explainRow(int row) {
    if (const auto sample = m_gallery->sample(row))
        session().questions().explain({*sample, {}});
    else
        Q_EMIT said(tr("The image %1 is not in the open data set.")
                        .arg(QString::fromStdString(m_gallery->prediction(row).path)),
                    false);
}

} // namespace sightline::ui
