// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/DataDesk.h"

#include <algorithm>

#include "data/Split.h"
#include "data/Toys.h"
#include "engine/ProbeImages.h"
#include "experiment/Presets.h"
#include "store/RunData.h"
#include "support/Files.h"
#include "support/Json.h"
#include "support/Words.h"

namespace sightline::ui {

namespace {
constexpr double kDefaultValidationSplit = 0.2;

/// A source without a validation split of its own gets a share of train, since no curve is worth much without; where
/// names suggest groups, each stays on one side.
template <typename Open>
Result<Dataset> withValidation(DataSettings& settings, Open open) {
    Result<Dataset> opened = open(settings);
    if (!opened || opened->hasValidation || settings.validationSplit > 0)
        return opened;
    settings.validationSplit = kDefaultValidationSplit;
    const bool mayGroup = settings.split == SplitRule::Shuffled && settings.group.empty();
    const auto groups = mayGroup ? suggestGroups(*opened) : std::nullopt;
    if (groups)
        settings.group.pattern = groups->pattern;
    opened = open(settings);
    if (opened && groups)
        opened->guesses.push_back(
            {kGroupsGuess, groups->example, "many images share the beginning of their name, or a folder"});
    return opened;
}

Result<Dataset> openImages(const std::filesystem::path& home, DataSettings& settings, std::uint64_t seed,
                           bool addsValidation, const std::stop_token& stop, const Progress& progress) {
    const auto open = [&](const DataSettings& wanted) {
        return openWithOverlay(home, wanted, seed, false, stop, progress);
    };
    return addsValidation ? withValidation(settings, open) : open(settings);
}

/// Leaves out the images that came since the run began. Those it knows stand in the order of their subsets; those
/// excluded by hand stay.
void leaveOutNew(RunData& data) {
    std::vector<bool> isFresh(data.dataset.samples.size(), false);
    for (const std::uint32_t sample : data.match.fresh)
        isFresh[sample] = true;
    std::vector<Sample> kept;
    for (std::size_t i = 0; i < isFresh.size(); ++i)
        if (!isFresh[i])
            kept.push_back(std::move(data.dataset.samples[i]));
    std::stable_sort(kept.begin(), kept.end(), [](const Sample& a, const Sample& b) { return a.subset < b.subset; });
    data.dataset.samples = std::move(kept);
}

/// What a person should know of images that have changed since the run began.
void noteChanges(const RunData& data, Dataset& dataset) {
    const SampleMatch& match = data.match;
    std::string changes;
    if (!match.fresh.empty())
        changes = "New since the run began, and not shown: " + counted(match.fresh.size(), "image") + ".";
    if (!match.missing.empty())
        changes += (changes.empty() ? "" : " ") + std::string("Missing since the run began: ") +
                   counted(match.missing.size(), "image") + ".";
    if (!changes.empty())
        dataset.problems.push_back({"since_run", {}, changes});
}

/// The images as the run knows them, with the labels and exclusions of today; as the settings say where that cannot be.
Result<Dataset> openImagesOf(const std::filesystem::path& run, const std::filesystem::path& home,
                             const Experiment& experiment, const std::stop_token& stop, const Progress& progress) {
    const RunDataRequest request{.path = {}, .compare = Compare::Paths, .threads = availableCpus()};
    auto data = openRunData(RunFolder(run), experiment, request, stop, progress);
    if (!data) {
        auto opened = openWithOverlay(home, experiment.data, experiment.seed, false, stop, progress);
        if (opened)
            opened->problems.push_back({"since_run", {}, data.error().message});
        return opened;
    }
    leaveOutNew(*data);
    Dataset dataset = std::move(data->dataset);
    noteChanges(*data, dataset);
    if (const auto overlay = readOverlay(overlayFile(home, dataset.root)))
        lay(*overlay, dataset);
    else
        dataset.problems.push_back(
            {"overlay_unreadable", overlayFile(home, dataset.root).string(), overlay.error().message});
    return dataset;
}

Result<void> drawToys(const std::filesystem::path& folder, const std::stop_token& stop, const Progress& progress) {
    if (std::filesystem::exists(folder / "boxes.csv"))
        return {};
    const auto made = makeToys(folder, ToySettings{}, stop, progress);
    return made ? Result<void>() : made.error();
}
} // namespace

Result<Dataset> openWithValidation(DataSettings& settings, std::uint64_t seed, std::stop_token stop) {
    return withValidation(settings, [&](const DataSettings& wanted) { return openDataset(wanted, seed, stop); });
}

DataDesk::DataDesk(const std::filesystem::path& home, ExperimentDocument& document, Activities& activities)
    : m_home(home), m_document(document), m_activities(activities),
      m_writer([this](const QString& message) { Q_EMIT overlayFailed(message); }) {
    document.setOverlayWork([this](const OverlayEdit& edit) { return apply(edit); });
    connect(&document, &ExperimentDocument::changed, this, &DataDesk::followDocument);
}

void DataDesk::open(const QString& path) {
    DataSettings settings = m_document.experiment().data;
    settings.format = "auto";
    if (settings.path != path.toStdString()) {
        DataSettings fresh;
        fresh.path = path.toStdString();
        fresh.split = SplitRule::Shuffled; // the first by name are often of one day or one camera
        settings = withImagesOf(settings, fresh);
    }
    begin(settings, {.addsValidation = true});
}

void DataDesk::openToys() {
    Experiment experiment = m_document.experiment();
    if (const Preset* preset = findPreset("toys-quick")) {
        if (const auto json = parseJson(preset->json, preset->name)) {
            if (const auto read = experimentFromJson(*json))
                experiment = *read;
        }
    }
    experiment.data.path = (m_home / "cache" / "toys").string();
    begin(experiment.data, {.addsValidation = true, .toys = experiment});
}

void DataDesk::openAsSaid() {
    begin(m_document.experiment().data, {});
}

void DataDesk::openOfRun(const std::filesystem::path& run) {
    begin(m_document.experiment().data, {.run = run});
}

void DataDesk::cancelOpening() {
    if (!isOpening())
        return;
    m_lane.cancel();
    m_wanted.reset();
    m_opening.end();
    Q_EMIT failed(tr("Opening canceled."), {});
}

void DataDesk::begin(DataSettings settings, Way way) {
    if (const auto& fixed = m_document.fixedImages(); fixed && !opensSameImages(settings, *fixed)) {
        Q_EMIT failed(tr("A run is in progress; stop it before opening other images."), {});
        return;
    }
    Q_EMIT openingBegan();
    m_wanted.reset();
    m_opening = m_activities.begin(way.toys ? tr("Drawing the toy set")
                                            : tr("Opening %1").arg(QString::fromStdString(settings.path)),
                                   [this] { cancelOpening(); });
    m_lane.submit(
        this,
        [this, settings, way, experiment = m_document.experiment()](const std::stop_token& stop,
                                                                    const Courier& courier) mutable -> Result<Opened> {
            const Progress progress = [&](std::size_t done, std::size_t total) {
                courier.post([this, done, total] { m_opening.setProgress(done, total); });
            };
            static_cast<void>(m_writer.flush({}, stop)); // what was changed a moment ago is read again
            if (way.toys) {
                if (const auto drawn = drawToys(settings.path, stop, progress); !drawn)
                    return drawn.error();
            }
            auto opened = way.run.empty()
                              ? openImages(m_home, settings, experiment.seed, way.addsValidation, stop, progress)
                              : openImagesOf(way.run, m_home, experiment, stop, progress);
            if (!opened)
                return opened.error();
            const std::filesystem::path file = overlayFile(m_home, opened->root);
            std::optional<Overlay> changed = m_writer.unwritten(file);
            if (changed)
                lay(*changed, *opened);             // the file is older
            else if (auto read = readOverlay(file)) // where it cannot be read, the data set says so
                changed = std::move(*read);
            return Opened{std::make_shared<const Dataset>(std::move(*opened)), settings, experiment.seed,
                          changed.value_or(Overlay())};
        },
        [this, way, edits = m_edits, path = QString::fromStdString(settings.path)](Result<Opened> opened) {
            m_wanted.reset();
            if (opened)
                adopt(std::move(*opened), way, edits);
            m_opening.end();
            if (opened)
                Q_EMIT this->opened();
            else
                Q_EMIT failed(QString::fromStdString(opened.error().message), path);
        });
}

void DataDesk::adopt(Opened opened, const Way& way, std::uint64_t editsBefore) {
    const bool sameRoot = m_dataset && m_dataset->root == opened.dataset->root;
    if (m_dataset && !sameRoot)
        m_document.forgetOverlaySteps();
    m_dataset = std::move(opened.dataset);
    m_openedWith = opened.settings;
    m_ofRun = way.run;
    m_openedSeed = opened.seed;
    if (sameRoot && m_edits != editsBefore)
        layAnew(); // edited while they were opened
    else
        m_overlay = std::move(opened.overlay);
    Experiment next = way.toys.value_or(m_document.experiment());
    next.data = withImagesOf(next.data, opened.settings);
    const auto pinned = probeSamples(next.training.probes, *m_dataset); // others' images cannot stay pinned
    std::size_t at = 0;
    std::erase_if(next.training.probes, [&](const std::string&) { return !pinned[at++]; });
    if (next.name.empty() || next.name == kUnnamedExperiment)
        next.name = m_dataset->root.filename().string();
    m_document.setDataset(m_dataset);
    m_document.setExperiment(std::move(next));
}

/// Whether the split is drawn, and now from another seed.
bool DataDesk::drawsAnew(const Experiment& now) const {
    return now.data.split == SplitRule::Shuffled && now.data.validationSplit > 0 && !m_dataset->hasValidation &&
           now.seed != m_openedSeed;
}

/// Settings that split or read the images otherwise open them anew; back to what is open, an opening that they had
/// begun is in vain.
void DataDesk::followDocument(ExperimentDocument::Parts parts) {
    const DataSettings& now = m_document.experiment().data;
    if (!m_dataset || !(parts & (ExperimentDocument::Data | ExperimentDocument::Seed)))
        return;
    if (opensSameImages(now, m_openedWith) && !drawsAnew(m_document.experiment())) {
        if (m_wanted) {
            m_lane.cancel();
            m_wanted.reset();
            m_opening.end();
        }
        return;
    }
    if ((m_wanted && opensSameImages(now, *m_wanted) && !parts.testFlag(ExperimentDocument::Seed)) ||
        !m_document.problemsOf(ExperimentDocument::Data).empty())
        return;
    begin(now, {});
    m_wanted = now;
}

void DataDesk::editOverlay(const OverlayEdit& edit) {
    if (m_dataset && !edit.empty())
        m_document.editOverlay(edit);
}

OverlayEdit DataDesk::apply(const OverlayEdit& edit) {
    OverlayEdit back = applyEdit(edit, m_overlay);
    ++m_edits;
    m_writer.write(overlayFile(m_home, m_dataset->root), m_dataset->root, m_overlay);
    layAnew();
    return back;
}

std::function<Result<void>(const std::stop_token&)> DataDesk::finishWriting() {
    if (!m_dataset)
        return [](const std::stop_token&) { return Result<void>(); };
    return [this, file = overlayFile(m_home, m_dataset->root)](const std::stop_token& stop) -> Result<void> {
        const Result<void> written = m_writer.flush(file, stop);
        if (written || written.error().kind == ErrorKind::Cancelled)
            return written;
        return Error{tr("The run would be trained without your newest label edits, which cannot be saved. %1")
                         .arg(QString::fromStdString(written.error().message))
                         .toStdString()};
    };
}

/// Lays the overlay over the data set. The newest holds all that came before it.
void DataDesk::layAnew() {
    m_layLane.submit(
        this,
        [changed = m_overlay, opened = m_dataset](const std::stop_token&) {
            Dataset next = *opened;
            lay(changed, next);
            return std::make_shared<const Dataset>(std::move(next));
        },
        [this, before = m_dataset](Result<std::shared_ptr<const Dataset>> laid) {
            if (m_dataset != before)
                return; // other images are open
            if (!laid) {
                Q_EMIT overlayFailed(QString::fromStdString(laid.error().message));
                return;
            }
            m_dataset = *laid;
            m_document.setDataset(m_dataset);
            Q_EMIT edited();
        });
}

} // namespace sightline::ui
