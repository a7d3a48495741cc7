// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Dataset.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "data/Archive.h"
#include "data/ArchiveTree.h"
#include "data/FolderLayout.h"
#include "data/Folds.h"
#include "data/ImageNames.h"
#include "data/PixelLook.h"
#include "data/Readers.h"
#include "data/Split.h"
#include "data/SplitWords.h"
#include "data/TableFiles.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

struct Reader {
    const char* name;
    bool (*fits)(const ReadRequest& request);
    Result<Dataset> (*read)(const ReadRequest& request);
};

bool always(const ReadRequest&) {
    return true;
}

/// In the order in which they are tried; folders of classes take everything that nothing else claims.
constexpr std::array kReaders{
    Reader{"tiny-imagenet", looksLikeTinyImagenet, readTinyImagenet},
    Reader{"cifar10", looksLikeCifar10, readCifar10},
    Reader{"cifar100", looksLikeCifar100, readCifar100},
    Reader{"idx", looksLikeIdx, readIdx},
    Reader{"coco", looksLikeCoco, readCoco},
    Reader{"voc", looksLikePascalVoc, readPascalVoc},
    Reader{"csv", looksLikeTable, readTable},
    Reader{"flat", looksFlat, readFlat},
    Reader{"folders", always, readFolders},
};

/// What lies behind a path: the files, and how the data set names itself.
struct Opened {
    FileTreePtr tree;
    fs::path root;
    std::string table;
};

/// Files that stand for the folder they lie in.
bool isRecordFile(const std::string& name) {
    return isIdxName(name) || (name.ends_with(".bin") && (name.starts_with("data_batch_") || name == "test_batch.bin" ||
                                                          name == "train.bin" || name == "test.bin"));
}

Result<Opened> openFile(const fs::path& file, const DataSettings& settings, std::stop_token stop,
                        const Progress& progress) {
    const std::string name = file.filename().string();
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (isTableName(name) || settings.format == "csv")
        return Opened{makeDiskTree(folder), folder, name};
    if (isRecordFile(name))
        return Opened{makeDiskTree(folder), folder, {}};
    if (isArchiveName(name)) {
        const auto tree = openArchive(file, defaultHome() / "cache" / "archives", stop, progress);
        if (!tree)
            return tree.error();
        return Opened{*tree, file, {}};
    }
    if (isForeignArchiveName(name))
        return badInput(file.string() +
                        " is an archive of a kind that cannot be read; unpack it, or repack it as .zip or .tar.");
    return badInput(file.string() + " is not a known kind of data set; choose a folder with one subfolder of images "
                                    "per class, an archive (.zip, .tar, .tar.gz) or a table (.csv).");
}

Result<const Reader*> readerFor(const ReadRequest& request) {
    const DataSettings& settings = request.settings;
    std::string names;
    for (const Reader& reader : kReaders) {
        names += (names.empty() ? "" : ", ") + std::string(reader.name);
        if (settings.format == reader.name)
            return &reader;
    }
    if (settings.format != "auto")
        return badInput("data.format: there is no reader '" + settings.format + "'; use auto, " + names + ".");
    const auto named = [](const char* name) {
        return std::find_if(kReaders.begin(), kReaders.end(),
                            [&](const Reader& reader) { return std::string_view(reader.name) == name; });
    };
    if (!settings.pattern.empty())
        return &*named("flat");
    if (settings.table.namesColumns() || settings.table.header != TableSettings::Header::Auto ||
        !settings.group.column.empty())
        return &*named("csv");
    return &*std::find_if(kReaders.begin(), kReaders.end(), [&](const Reader& reader) { return reader.fits(request); });
}

/// Looks through folders that hold nothing but one folder (a README or so beside it) down to where a reader finds its
/// files or there are several folders. What is opened stays as it is where that leads nowhere.
void lookThrough(Opened& opened, ReadRequest& request, std::vector<Guess>& guesses) {
    constexpr int kDeepest = 8;
    const DataSettings& settings = request.settings;
    const bool choosesReader = !settings.pattern.empty() || settings.table.namesColumns();
    const auto fits = [&](const ReadRequest& here) {
        const auto reader = readerFor(here);
        return reader && (std::string_view((*reader)->name) == "folders" ? isClassLevel(*here.tree, settings.splitWords)
                                                                         : (*reader)->fits(here));
    };
    if (!request.table.empty() || choosesReader || fits(request))
        return;
    ReadRequest deeper = request;
    std::string below;
    for (int depth = 0; depth < kDeepest; ++depth) {
        const std::string name = onlyFolder(*deeper.tree, settings.splitWords);
        if (name.empty())
            return;
        below = joinedPath(below, name);
        deeper.tree = makeSubTree(request.tree, below);
        deeper.known = std::make_shared<KnownOfTree>();
        if (!fits(deeper))
            continue;
        std::vector<std::string> beside;
        for (const FileTree::Entry& entry : request.tree->entries(""))
            if (!entry.isFolder)
                beside.push_back(entry.name);
        guesses.push_back(
            {"root", below,
             (beside.empty() ? std::string("nothing lies beside it")
                             : "only " + listed(beside, 3) + (beside.size() == 1 ? " lies" : " lie") + " beside it") +
                 ", and the classes are inside"});
        request.tree = opened.tree = deeper.tree;
        request.known = deeper.known;
        std::error_code code;
        if (fs::is_directory(opened.root, code))
            opened.root /= below;
        return;
    }
}

/// Whether a data set can be trained on at all.
Result<void> requireImages(const Dataset& dataset, const fs::path& root) {
    if (dataset.count(Subset::Train) > 0)
        return {};
    std::error_code code;
    const std::string name = (fs::is_directory(root, code) ? "The folder " : "") + root.string();
    if (dataset.classes.empty())
        return badInput(name + " has no class folders; put the images of each class into their own folder.");
    return badInput(name + " has no images for training (" + imageEndings() + ").");
}

/// Words for splits that no folder and no list of images has; a table's reader knows its values itself.
void reportUnknownWords(const FileTree& tree, const SplitWords& words, Dataset& dataset) {
    std::vector<std::string> names, folders;
    const auto take = [&](const FileTree::Entry& entry) {
        if (entry.isFolder || lowerCase(entry.name).ends_with(".json"))
            names.push_back(entry.isFolder ? entry.name : entry.name.substr(0, entry.name.rfind('.')));
    };
    if (words.empty() || dataset.format == "csv")
        return;
    for (const FileTree::Entry& entry : tree.entries("")) {
        take(entry);
        if (entry.isFolder)
            folders.push_back(entry.name);
    }
    if (!wordsWithout(names, words).empty()) // cats/train
        for (const std::string& folder : folders)
            for (const FileTree::Entry& entry : tree.entries(folder))
                take(entry);
    for (DataProblem& problem : unknownWords(names, words))
        dataset.problems.push_back(std::move(problem));
}

void takeLook(Dataset& dataset, const PixelSettings& pixels, const std::stop_token& stop) {
    PixelLook look = lookAtPixels(dataset, pixels, stop);
    dataset.pixels = pixels;
    dataset.depth = look.depth;
    std::move(look.guesses.begin(), look.guesses.end(), std::back_inserter(dataset.guesses));
    std::move(look.problems.begin(), look.problems.end(), std::back_inserter(dataset.problems));
}

} // namespace

void sortSamples(Dataset& dataset) {
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) {
        return std::tie(a.subset, a.label, a.path) < std::tie(b.subset, b.label, b.path);
    });
}

const char* nameOf(Subset subset) {
    switch (subset) {
    case Subset::Train:
        return "train";
    case Subset::Validation:
        return "val";
    case Subset::Test:
        break;
    }
    return "test";
}

const FileIndex& indexOf(const ReadRequest& request) {
    if (!request.known->index)
        request.known->index = std::make_unique<FileIndex>(request.tree, request.stop);
    return *request.known->index;
}

std::string recordName(std::size_t number) {
    std::string text = std::to_string(number);
    text.insert(0, text.size() < 5 ? 5 - text.size() : 0, '0');
    return text;
}

std::vector<std::uint32_t> Dataset::indices(Subset subset) const {
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].subset == subset && !samples[i].excluded)
            found.push_back(static_cast<std::uint32_t>(i));
    }
    return found;
}

std::size_t Dataset::count(Subset subset) const {
    return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) {
        return sample.subset == subset && !sample.excluded;
    }));
}

std::vector<std::size_t> Dataset::countsPerClass(Subset subset) const {
    std::vector<std::size_t> counts(classes.size(), 0);
    for (const Sample& sample : samples) {
        if (sample.subset == subset && sample.label >= 0 && !sample.excluded)
            ++counts[static_cast<std::size_t>(sample.label)];
    }
    return counts;
}

bool namesDataset(const std::string& name) {
    return isTableName(name) || isRecordFile(name) || isArchiveName(name) || isForeignArchiveName(name);
}

Result<Dataset> openDataset(const DataSettings& settings, std::uint64_t seed, std::stop_token stop,
                            const Progress& progress) {
    if (settings.path.empty())
        return badInput("data.path: no folder of images has been chosen.");
    fs::path root = settings.path;
    if (!root.has_filename() && root.has_parent_path())
        root = root.parent_path(); // "toys/" means "toys"
    std::error_code code;
    if (!fs::exists(root, code))
        return badInput("The folder " + root.string() + " does not exist.");
    auto opened = fs::is_directory(root, code) ? Result<Opened>(Opened{makeDiskTree(root), root, {}})
                                               : openFile(root, settings, stop, progress);
    if (!opened)
        return opened.error();
    ReadRequest request{
        .tree = opened->tree, .settings = settings, .table = opened->table, .stop = stop, .progress = progress};
    std::vector<Guess> guesses;
    lookThrough(*opened, request, guesses);
    const auto reader = readerFor(request);
    if (!reader)
        return reader.error();
    Result<Dataset> dataset = (*reader)->read(request);
    if (!dataset)
        return dataset;
    dataset->root = opened->root;
    dataset->guesses.insert(dataset->guesses.begin(), guesses.begin(), guesses.end());
    if (dataset->format == "folders" || (dataset->format == "flat" && settings.pattern.empty()))
        for (DataProblem& problem : unusedTables(request))
            dataset->problems.push_back(std::move(problem));
    reportUnknownWords(*opened->tree, settings.splitWords, *dataset);
    for (DataProblem& problem : opened->tree->problems())
        dataset->problems.push_back(std::move(problem));
    if (const Result<void> enough = requireImages(*dataset, root); !enough)
        return enough.error();
    if (dataset->classes.size() == 1)
        dataset->problems.push_back(
            {"one_class", root.string(), "has only one class; a classifier needs at least two"});
    if (const Result<void> grouped = assignGroups(*dataset, settings); !grouped)
        return grouped.error();
    takeLook(*dataset, settings.pixels, stop);
    if (!settings.fold.empty()) {
        if (const Result<void> cut = cutFold(*dataset, settings, seed); !cut)
            return cut.error();
        return dataset;
    }
    if (dataset->hasValidation || settings.validationSplit <= 0)
        return dataset;
    if (const auto suggestion = settings.group.empty() ? suggestGroups(*dataset) : std::nullopt)
        dataset->problems.push_back({"suggested_groups", {}, suggestion->message});
    splitValidation(*dataset, settings, seed);
    return dataset;
}

} // namespace sightline
