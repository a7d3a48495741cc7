// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/SuspectsTab.h"

#include <QComboBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QTableView>

#include <algorithm>

#include "bridge/PlainWords.h"
#include "bridge/Session.h"
#include "look/Words.h"
#include "pages/LabelKeys.h"
#include "store/FoldGroup.h"
#include "store/RunImport.h"
#include "widgets/ClassPicker.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {

constexpr int kAll = 1; ///< place among the choices

QString imageCount(std::size_t images) {
    return counted(static_cast<qlonglong>(images), SuspectsTab::tr("%1 image"), SuspectsTab::tr("%1 images"));
}

} // namespace

SuspectsTab::SuspectsTab(Session& session, QWidget* parent)
    : EvaluateTab(parent), m_session(session),
      m_table(new Table({tr("Image"), tr("Label"), tr("Looks like"),
                         tr("Own label|Probability that the network gives to the image's own label")},
                        this)),
      m_asker(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_note = named(mutedLabel({}), "suspectNote");
    m_view = tableView(m_table, "suspectTable", tr("Images whose labels are in doubt"), true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    for (const int names : {1, 2}) // share what room there is with the file's
        m_view->horizontalHeader()->setSectionResizeMode(names, QHeaderView::Stretch);
    column->addWidget(makeChoice());
    column->addWidget(m_note);
    column->addWidget(m_view, 1);
    m_actions = makeActions();
    column->addWidget(m_actions);
    column->addStretch(0);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SuspectsTab::follow);
    connect(&session.data(), &DataDesk::edited, this, [this] {
        const QSignalBlocker quiet(this); // the image that is looked at meanwhile stays in view
        showRows();
    });
    connect(&m_asker, &CheckpointAsker::replaced, this, &SuspectsTab::showNote);
    connect(&m_asker, &Asker::stopped, this, [this] { showFound({}, tr("Canceled: no label was judged.")); });
    follow();
}

QWidget* SuspectsTab::makeChoice() {
    auto* bar = new QWidget;
    auto* line = new QHBoxLayout(bar);
    line->setContentsMargins({});
    line->setSpacing(theme::kGrid);
    m_images = named(new QComboBox, "suspectImages", tr("Images whose labels are judged"));
    m_images->addItem({});
    m_images->addItem(tr("All that can be judged"));
    m_images->setItemData(kAll,
                          tr("Validation and test images; of a run of folds the training images, too, each judged by "
                             "the fold that was not trained on it"),
                          Qt::ToolTipRole);
    line->addWidget(mutedLabel(tr("Judged")));
    line->addWidget(m_images);
    line->addStretch(1);
    connect(m_images, &QComboBox::currentIndexChanged, this, &SuspectsTab::find);
    return bar;
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
    m_labels = new LabelKeys(m_session.data(), *m_view, [this] { return selectedSamples(); });
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
    const QString split = QString::fromStdString(m_evaluation ? m_evaluation->split : std::string());
    m_images->setItemText(0, split == QStringLiteral("train") ? tr("Training images")
                             : split == QStringLiteral("val") ? tr("Validation images")
                                                              : tr("Test images"));
    m_asker.cancel();
    m_lane.cancel();
    m_found = m_filtering = false;
    m_suspects.clear(); // their classes and places are those of the evaluation before
    m_table->setRows({});
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
    m_filtering = false;
    m_asker.forget();
    m_lane.cancel();
    const auto run = m_session.runs().run();
    if (m_evaluation && run && m_images->currentIndex() == kAll)
        findAll();
    else if (m_evaluation && run && m_evaluation->split != "test" && outOfFoldFileOf(run->folder))
        findByFolds(run->folder);
    else
        findBySplit();
}

/// As the command line does; what the network said before is read again.
void SuspectsTab::findAll() {
    showFound({}, tr("Judging the images…"));
    m_asker.ask(
        tr("Looking for suspect labels"), [](const std::stop_token&) { return SuspectsQuestion(); },
        [this, evaluation = m_evaluation](Result<Suspects> judged) {
            if (!judged)
                return showFound({}, plainWords(judged.error()));
            std::vector<SuspectImage> found = suspectsOf(*judged, *evaluation);
            const QString note = noteOn(*judged, found.size());
            showFound(std::move(found), note);
        });
}

void SuspectsTab::findByFolds(const std::filesystem::path& run) {
    showFound({}, tr("Reading what the folds said of the images…"));
    m_lane.submit(
        this, [evaluation = m_evaluation, run](const std::stop_token&) { return suspectsByFolds(*evaluation, run); },
        [this](Result<std::vector<SuspectImage>> found) {
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
    const auto run = m_session.runs().run();
    const bool wasTrainedHere = !run || !isImported(run->folder);
    if (!m_evaluation || (m_evaluation->split == "train" && wasTrainedHere))
        return showFound({}, problem + tr("The network may know its training images by heart, with their wrong labels: "
                                          "evaluate it on validation or test images to find suspect labels."));
    std::vector<SuspectImage> found = suspectsIn(*m_evaluation);
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

void SuspectsTab::showFound(std::vector<SuspectImage> found, const QString& note) {
    const QSignalBlocker quiet(this);
    m_suspects = std::move(found);
    m_words = note;
    showNote();
    if (const auto opened = m_session.data().dataset()) {
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

void SuspectsTab::showNote() {
    m_note->setText(m_asker.sayingWhose(m_words));
}

/// With what has been done about them.
void SuspectsTab::showRows() {
    if (!m_evaluation)
        return;
    const auto opened = m_session.data().dataset();
    const auto name = [&](int label) {
        return QString::fromStdString(m_evaluation->classes[static_cast<std::size_t>(label)]);
    };
    std::vector<std::vector<Table::Cell>> rows;
    for (const SuspectImage& suspect : m_suspects) {
        const QString path = QString::fromStdString(suspect.image.path);
        Table::Cell labelled{name(suspect.image.truth)};
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
        for (const SuspectImage& suspect : m_suspects)
            if (suspect.place)
                filter.images.push_back(*suspect.place);
        Q_EMIT filtered(filter);
    }
    const QModelIndex current = m_view->selectionModel()->isRowSelected(m_view->currentIndex().row(), {})
                                    ? m_view->currentIndex()
                                    : rows.first();
    const SuspectImage& suspect = m_suspects[static_cast<std::size_t>(sourceRow(m_view, current))];
    if (suspect.place)
        Q_EMIT imageChosen(*suspect.place);
    else
        showBeside(suspect);
}

/// Its map is shown, though the gallery has only the images evaluated.
void SuspectsTab::showBeside(const SuspectImage& suspect) {
    if (const auto sample = sampleOf(suspect))
        m_session.questions().explain({*sample, {}});
    else
        Q_EMIT said(tr("The image %1 is not in the open data set.").arg(QString::fromStdString(suspect.image.path)),
                    false);
}

std::vector<std::uint32_t> SuspectsTab::selectedSamples() const {
    std::vector<std::uint32_t> samples;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        if (const auto sample = sampleOf(m_suspects[static_cast<std::size_t>(sourceRow(m_view, index))]))
            samples.push_back(*sample);
    return samples;
}

std::optional<std::uint32_t> SuspectsTab::sampleOf(const SuspectImage& suspect) const {
    const auto opened = m_session.data().dataset();
    if (!opened)
        return std::nullopt;
    const Prediction& prediction = suspect.image;
    const auto& samples = opened->samples;
    if (prediction.sample < samples.size() && samples[prediction.sample].path == prediction.path)
        return prediction.sample;
    const auto found = std::find_if(samples.begin(), samples.end(),
                                    [&](const Sample& sample) { return sample.path == prediction.path; });
    return found == samples.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - samples.begin()));
}

} // namespace sightline::ui
