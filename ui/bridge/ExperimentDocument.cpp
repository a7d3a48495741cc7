// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ExperimentDocument.h"

#include "engine/Engine.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kUndoDepth = 200;

/// The part whose settings a problem's path names.
ExperimentDocument::Parts partOf(const std::string& path) {
    const std::string block = path.substr(0, path.find_first_of(".["));
    return block == "data"            ? ExperimentDocument::Data
           : block == "augmentation"  ? ExperimentDocument::Augmentation
           : block == "normalization" ? ExperimentDocument::Normalization
           : block == "model"         ? ExperimentDocument::Network
           : block == "training"      ? ExperimentDocument::Training
           : block == "seed"          ? ExperimentDocument::Seed
                                      : ExperimentDocument::Name;
}
} // namespace

namespace {

/// Color and gray are the network's choice; the pictures shown are the same.
bool choosesChannels(const PixelSettings& pixels) {
    return pixels.channels.kind == ChannelSettings::Kind::Chosen;
}

bool readsAlike(PixelSettings a, const PixelSettings& b) {
    if (!choosesChannels(a) && !choosesChannels(b))
        a.channels = b.channels;
    return a == b;
}

} // namespace

bool opensSameImages(const DataSettings& a, const DataSettings& b) {
    return a.path == b.path && a.format == b.format && a.validationSplit == b.validationSplit && a.split == b.split &&
           a.table == b.table && a.splitWords == b.splitWords && a.pattern == b.pattern && a.group == b.group &&
           readsAlike(a.pixels, b.pixels);
}

DataSettings withImagesOf(DataSettings settings, const DataSettings& images) {
    settings.path = images.path;
    settings.format = images.format;
    settings.validationSplit = images.validationSplit;
    settings.split = images.split;
    settings.table = images.table;
    settings.splitWords = images.splitWords;
    settings.pattern = images.pattern;
    settings.group = images.group;
    const ChannelSettings own = settings.pixels.channels;
    const bool keepsOwn = !choosesChannels(settings.pixels) && !choosesChannels(images.pixels);
    settings.pixels = images.pixels;
    if (keepsOwn)
        settings.pixels.channels = own;
    return settings;
}

ExperimentDocument::ExperimentDocument(QObject* parent) : QObject(parent) {
    m_experiment.name = kUnnamedExperiment;
}

ExperimentDocument::Parts ExperimentDocument::difference(const Experiment& a, const Experiment& b) {
    Parts parts;
    parts.setFlag(Name, a.name != b.name);
    parts.setFlag(Data, !(a.data == b.data));
    parts.setFlag(Augmentation, !(a.augmentation == b.augmentation));
    parts.setFlag(Normalization, !(a.normalization == b.normalization));
    parts.setFlag(Network, !(a.model == b.model));
    parts.setFlag(Training, !(a.training == b.training));
    parts.setFlag(Seed, a.seed != b.seed);
    return parts;
}

bool ExperimentDocument::mayBecome(const Experiment& next) {
    if (!m_fixed || opensSameImages(next.data, *m_fixed) || opensSameImages(next.data, m_experiment.data))
        return true;
    Q_EMIT refused(tr("A run is in progress; stop it before opening other images."));
    return false;
}

void ExperimentDocument::pushUndo(Step step) {
    m_undo.push_back(std::move(step));
    if (m_undo.size() > kUndoDepth)
        m_undo.erase(m_undo.begin());
    m_redo.clear();
}

void ExperimentDocument::tell(const Experiment& before) {
    m_problems.reset();
    Q_EMIT changed(difference(before, m_experiment));
    Q_EMIT problemsChanged();
}

bool ExperimentDocument::setExperiment(Experiment experiment, const QString& edit) {
    if (experiment == m_experiment) {
        if (edit.isEmpty()) // said from elsewhere, such as by a run that has taken it over: what comes next is new
            m_lastEdit.clear();
        return true;
    }
    if (!mayBecome(experiment))
        return false;
    const bool merges = !edit.isEmpty() && edit == m_lastEdit && !m_undo.empty() && m_redo.empty();
    m_lastEdit = edit;
    const Experiment before = std::exchange(m_experiment, std::move(experiment));
    if (!merges)
        pushUndo({before, {}});
    Q_EMIT stepsChanged();
    tell(before);
    return true;
}

std::optional<Experiment> ExperimentDocument::undone() const {
    return m_undo.empty() || !m_undo.back().edit.empty() ? std::nullopt : std::optional(m_undo.back().experiment);
}

void ExperimentDocument::undo() {
    moveStep(m_undo, m_redo);
}
void ExperimentDocument::redo() {
    moveStep(m_redo, m_undo);
}

void ExperimentDocument::moveStep(std::vector<Step>& from, std::vector<Step>& to) {
    m_lastEdit.clear();
    if (from.empty() || (from.back().edit.empty() && !mayBecome(from.back().experiment)))
        return;
    Step step = std::move(from.back());
    from.pop_back();
    if (!step.edit.empty()) {
        to.push_back({{}, m_applyOverlay(step.edit)});
        Q_EMIT stepsChanged();
        return;
    }
    const Experiment before = std::exchange(m_experiment, std::move(step.experiment));
    to.push_back({before, {}});
    Q_EMIT stepsChanged();
    tell(before);
}

void ExperimentDocument::editOverlay(const OverlayEdit& edit) {
    m_lastEdit.clear();
    pushUndo({{}, m_applyOverlay(edit)});
    Q_EMIT stepsChanged();
}

void ExperimentDocument::forgetOverlaySteps() {
    const auto lays = [](const Step& step) { return !step.edit.empty(); };
    std::erase_if(m_undo, lays);
    std::erase_if(m_redo, lays);
    Q_EMIT stepsChanged();
}

void ExperimentDocument::fixImages(std::optional<DataSettings> images) {
    m_fixed = std::move(images);
}

void ExperimentDocument::setDataset(std::shared_ptr<const Dataset> dataset) {
    m_dataset = std::move(dataset);
    m_problems.reset();
    Q_EMIT problemsChanged();
}

const std::vector<Problem>& ExperimentDocument::problems() const {
    if (!m_problems) {
        m_problems = sightline::problems(m_experiment);
        if (m_problems->empty() && m_dataset)
            m_problems = sightline::problems(m_experiment, *m_dataset);
    }
    return *m_problems;
}

std::vector<Problem> ExperimentDocument::problemsOf(Parts parts) const {
    auto found = sightline::problems(m_experiment);
    std::erase_if(found, [parts](const Problem& problem) { return !(parts & partOf(problem.path)); });
    return found;
}

} // namespace sightline::ui
