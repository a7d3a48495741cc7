// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/SuspectsTab.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QTableView>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "bridge/DataDesk.h"
#include "bridge/RunDesk.h"
#include "look/Words.h"
#include "pages/LabelKeys.h"
#include "store/FoldGroup.h"
#include "store/OutOfFold.h"
#include "store/RunImport.h"
#include "widgets/ClassPicker.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {

std::vector<SuspectLabel> suspectsAmong(const std::vector<Prediction>& predictions, std::size_t classes) {
    std::vector<SuspectLabel> found;
    for (const SuspectLabel& label : suspectLabels(predictions, classes))
        if (label.isSuspect)
            found.push_back(label);
    return found;
}

/// Of an evaluation's images those that the folds judged; places are the evaluation's.
Result<std::vector<SuspectLabel>> suspectsByFolds(const Evaluation& evaluation, const std::filesystem::path& run) {
    const auto table = outOfFoldPredictions(run, evaluation.classes);
    if (!table)
        return table.error();
    std::unordered_map<std::string_view, const Prediction*> folds;
    if (*table)
        for (const Prediction& one : **table)
            folds.emplace(one.path, &one);
    std::vector<Prediction> judged;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < evaluation.predictions.size(); ++i)
        if (const auto found = folds.find(evaluation.predictions[i].path); found != folds.end()) {
            judged.push_back(*found->second);
            judged.back().truth = evaluation.predictions[i].truth;
            places.push_back(i);
        }
    std::vector<SuspectLabel> found = suspectsAmong(judged, evaluation.classes.size());
    for (SuspectLabel& label : found)
        label.prediction = places[label.prediction];
    return found;
}

QString imageCount(std::size_t images) {
    return counted(static_cast<qlonglong>(images), SuspectsTab::tr("%1 image"), SuspectsTab::tr("%1 images"));
}

} // namespace

SuspectsTab::SuspectsTab(DataDesk& desk, const RunDesk& runs, QWidget* parent)
    : EvaluateTab(parent), m_desk(desk), m_runs(runs),
      m_table(new Table({tr("Image"), tr("Label"), tr("Looks like"),
                         tr("Own label|Probability that the network gives to the image's own label")},
                        this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_note = named(mutedLabel({}), "suspectNote");
    m_view = tableView(m_table, "suspectTable", tr("Images whose labels are in doubt"), true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    for (const int names : {1, 2}) // share what room there is with the file's
        m_view->horizontalHeader()->setSectionResizeMode(names, QHeaderView::Stretch);
    column->addWidget(m_note);
    column->addWidget(m_view, 1);
    m_actions = makeActions();
    column->addWidget(m_actions);
    column->addStretch(0);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SuspectsTab::follow);
    connect(&desk, &DataDesk::edited, this, &SuspectsTab::showRows);
    follow();
}

QWidget* SuspectsTab::makeActions() {
    auto* bar = new QWidget;
    auto* actions = new QHBoxLayout(bar);
    actions->setContentsMargins({});
    actions->setSpacing(theme::kGrid);
    m_relabel = button(tr("Relabel"), QStringLiteral("tag"), "relabelSuspect",
                       tr("Change the class of the selected images (1–9, or choose)"));
    m_exclude = button(tr("Exclude"), QStringLiteral("view-hidden"), "excludeSuspect",
                       tr("Leave the selected images out of training, or take them back (X)"));
    m_picker = new ClassPicker(this);
    m_labels = new LabelKeys(m_desk, *m_view, [this] { return selectedSamples(); });
    actions->addWidget(m_relabel);
    actions->addWidget(m_exclude);
    actions->addWidget(mutedLabel(tr("1–9 relabel, X excludes, Ctrl+Z undoes; your files are not changed.")), 1);
    connect(m_relabel, &QPushButton::clicked, this, [this] { m_picker->popup(m_relabel->mapToGlobal(QPoint(0, 0))); });
    connect(m_exclude, &QPushButton::clicked, m_labels, &LabelKeys::toggleExcluded);
    connect(m_picker, &ClassPicker::chosen, m_labels, &LabelKeys::relabel);
    return bar;
}

void SuspectsTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    m_evaluation = std::move(evaluation);
    m_lane.cancel();
    m_found = m_filtering = false;
    if (isVisible())
        find();
}

void SuspectsTab::showEvent(QShowEvent* event) {
    EvaluateTab::showEvent(event);
    if (!m_found)
        find();
}

/// Only once somebody looks: it goes over every probability.
void SuspectsTab::find() {
    m_found = true;
    m_lane.cancel();
    const auto run = m_runs.run();
    if (m_evaluation && run && m_evaluation->split != "test" && outOfFoldFileOf(run->folder))
        findByFolds(run->folder);
    else
        findBySplit();
}

void SuspectsTab::findByFolds(const std::filesystem::path& run) {
    showFound({}, tr("Reading what the folds said of the images…"));
    m_lane.submit(
        this, [evaluation = m_evaluation, run](const std::stop_token&) { return suspectsByFolds(*evaluation, run); },
        [this](Result<std::vector<SuspectLabel>> found) {
            if (!found)
                return findBySplit(QString::fromStdString(found.error().message) + QLatin1Char(' '));
            const QString note =
                found->empty() ? tr("No label is in doubt.")
                               : tr("%1: the networks of the folds that were not trained on them are more sure of "
                                    "another class than they usually are.")
                                     .arg(imageCount(found->size()));
            showFound(std::move(*found), note);
        });
}

void SuspectsTab::findBySplit(const QString& problem) {
    if (!m_evaluation || m_evaluation->split == "train")
        return showFound({}, problem + tr("The network may know its training images by heart, with their wrong labels: "
                                          "evaluate it on validation or test images to find suspect labels."));
    std::vector<SuspectLabel> found = suspectsAmong(m_evaluation->predictions, m_evaluation->classes.size());
    const auto run = m_runs.run();
    const bool isNew = run && knowsItsImages(run->folder);
    const QString note =
        found.empty() ? tr("No label is in doubt.")
        : isNew
            ? tr("%1: the network, which has not seen them, is more sure of another class than it usually is.")
                  .arg(imageCount(found.size()))
            : tr("%1: the network is more sure of another class than it usually is. Whether it was trained on these "
                 "images is unknown.")
                  .arg(imageCount(found.size()));
    showFound(std::move(found), problem + note);
}

void SuspectsTab::showFound(std::vector<SuspectLabel> found, const QString& note) {
    const QSignalBlocker quiet(this);
    m_suspects = std::move(found);
    m_note->setText(note);
    if (const auto opened = m_desk.dataset()) {
        QStringList titles;
        for (const std::string& name : opened->classes)
            titles << QString::fromStdString(name);
        m_picker->setClasses(titles);
    }
    m_view->setVisible(!m_suspects.empty());
    m_actions->setVisible(!m_suspects.empty());
    m_table->setRows({});
    showRows();
}

/// With what has been done about them.
void SuspectsTab::showRows() {
    if (!m_evaluation)
        return;
    const auto opened = m_desk.dataset();
    const auto name = [&](int label) {
        return QString::fromStdString(m_evaluation->classes[static_cast<std::size_t>(label)]);
    };
    std::vector<std::vector<Table::Cell>> rows;
    for (const SuspectLabel& suspect : m_suspects) {
        const Prediction& prediction = m_evaluation->predictions[suspect.prediction];
        const QString path = QString::fromStdString(prediction.path);
        Table::Cell labelled{name(prediction.truth)};
        if (const auto at = sampleOf(suspect); at && opened->samples[*at].excluded)
            labelled = {tr("excluded"), {}, -1, {}, static_cast<int>(Role::Bad)};
        else if (at && opened->samples[*at].sourceLabel)
            labelled = {QString::fromStdString(opened->classes[static_cast<std::size_t>(opened->samples[*at].label)]),
                        {},
                        -1,
                        tr("Changed by hand"),
                        static_cast<int>(Role::Accent)};
        rows.push_back({{path.section(QLatin1Char('/'), -1), {}, -1, path},
                        std::move(labelled),
                        {name(suspect.suggested)},
                        {percent(suspect.selfConfidence), suspect.selfConfidence, suspect.selfConfidence}});
    }
    m_table->updateRows(std::move(rows));
    follow();
}

void SuspectsTab::clearChoice() {
    const QSignalBlocker quiet(this);
    m_filtering = false;
    m_view->clearSelection();
}

/// The gallery shows all suspects, the answer the one that is chosen.
void SuspectsTab::follow() {
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    m_relabel->setEnabled(!rows.isEmpty());
    m_exclude->setEnabled(!rows.isEmpty());
    if (rows.isEmpty() || signalsBlocked())
        return;
    if (!std::exchange(m_filtering, true)) {
        GalleryFilter filter;
        filter.caption = tr("suspect labels");
        for (const SuspectLabel& suspect : m_suspects)
            filter.images.push_back(static_cast<std::uint32_t>(suspect.prediction));
        Q_EMIT filtered(filter);
    }
    const QModelIndex current = m_view->selectionModel()->isRowSelected(m_view->currentIndex().row(), {})
                                    ? m_view->currentIndex()
                                    : rows.first();
    Q_EMIT imageChosen(
        static_cast<std::uint32_t>(m_suspects[static_cast<std::size_t>(sourceRow(m_view, current))].prediction));
}

std::vector<std::uint32_t> SuspectsTab::selectedSamples() const {
    std::vector<std::uint32_t> samples;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        if (const auto sample = sampleOf(m_suspects[static_cast<std::size_t>(sourceRow(m_view, index))]))
            samples.push_back(*sample);
    return samples;
}

std::optional<std::uint32_t> SuspectsTab::sampleOf(const SuspectLabel& suspect) const {
    const auto opened = m_desk.dataset();
    if (!opened)
        return std::nullopt;
    const Prediction& prediction = m_evaluation->predictions[suspect.prediction];
    const auto& samples = opened->samples;
    if (prediction.sample < samples.size() && samples[prediction.sample].path == prediction.path)
        return prediction.sample;
    const auto found = std::find_if(samples.begin(), samples.end(),
                                    [&](const Sample& sample) { return sample.path == prediction.path; });
    return found == samples.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - samples.begin()));
}

} // namespace sightline::ui
