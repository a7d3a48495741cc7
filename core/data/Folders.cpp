// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "data/ClassNames.h"
#include "data/FolderLayout.h"
#include "data/ImageNames.h"
#include "data/ImageWalk.h"
#include "data/Readers.h"
#include "data/SplitWords.h"
#include "support/Words.h"

namespace sightline {

namespace {

/// images/ beside labels/ full of .txt, at the top or in train: boxes for a detector, of which class folders know
/// nothing.
bool holdsDetectionLabels(const FileTree& tree, const std::vector<ClassFolder>& folders) {
    const auto named = [&](const char* name) {
        return std::find_if(folders.begin(), folders.end(),
                            [&](const ClassFolder& folder) { return lowerCase(folder.name) == name; });
    };
    const auto images = named("images"), labels = named("labels");
    if (images == folders.end() || labels == folders.end())
        return false;
    std::string folder = labels->folder;
    for (int depth = 0; depth < 3; ++depth) {
        const auto entries = tree.entries(folder);
        if (entries.empty())
            return false;
        if (!entries.front().isFolder)
            return std::all_of(entries.begin(), entries.end(), [](const FileTree::Entry& entry) {
                return !entry.isFolder && lowerCase(entry.name).ends_with(".txt");
            });
        folder = joinedPath(folder, entries.front().name);
    }
    return false;
}

/// Fills a data set from class folders.
class FolderReader {
public:
    FolderReader(const ReadRequest& request, FolderLayout layout)
        : m_request(request), m_layout(std::move(layout)), m_walk(*request.tree, m_dataset.problems, request.stop) {
        m_dataset.format = "folders";
        m_dataset.source = makeTreeSource(request.tree);
        m_dataset.guesses = std::move(m_layout.guesses);
        m_dataset.ignoredFolders = std::move(m_layout.ignored);
        m_dataset.problems = std::move(m_layout.problems);
    }

    Result<Dataset> read() {
        for (const std::string& split : m_layout.splitFolders)
            reportLooseFiles(split);
        if (!m_layout.splitFolders.empty() && !m_layout.splitFolders.front().empty())
            reportLooseFiles("");
        for (const ClassFolder& folder : m_layout.folders) {
            take(folder);
            if (m_request.stop.stop_requested())
                return cancelled();
            if (m_request.progress)
                m_request.progress(m_dataset.samples.size(), 0);
        }
        number();
        reportEmptySplits();
        reportSplitsInSome();
        return std::move(m_dataset);
    }

private:
    void reportLooseFiles(const std::string& folder) {
        for (const FileTree::Entry& entry : m_request.tree->entries(folder))
            if (!entry.isFolder && (m_layout.splitFolders.front() == folder || namesImage(entry.name)))
                m_dataset.problems.push_back({namesImage(entry.name) ? "outside_class" : "not_an_image",
                                              joinedPath(folder, entry.name),
                                              "is outside the class folders and is skipped"});
    }

    void take(const ClassFolder& folder) {
        const auto identity = m_request.tree->identity(folder.folder);
        const auto [first, isNew] = m_identities.emplace(std::pair(folder.subset, identity), folder.folder);
        if (!isNew)
            m_dataset.problems.push_back(
                {"same_folder", folder.folder,
                 "is a link to the same folder as " + shown(first->second) + ", so its images are in two classes"});
        std::vector<std::string> images = m_walk.images(folder.folder);
        noteSplitsInside(folder);
        const std::size_t count = images.size();
        for (std::string& image : images) {
            m_dataset.samples.push_back({std::move(image), -1, folder.subset, 0});
            m_names.push_back(folder.name);
        }
        m_taken.push_back({&folder, count, m_walk.wasComplete()});
    }

    void noteSplitsInside(const ClassFolder& folder) {
        const auto subsets = subsetsOf(m_walk.foldersBelow(), m_request.settings.splitWords);
        const auto has = [&](bool train) {
            return std::any_of(subsets.begin(), subsets.end(), [&](const std::optional<Subset>& subset) {
                return subset && (*subset == Subset::Train) == train;
            });
        };
        if (has(true) && has(false))
            m_withSplitsInside.push_back(folder.folder);
    }

    /// Classes are train's folders; a class folder that only val or test has is a problem of its own.
    void number() {
        std::vector<std::string> train;
        for (const ClassFolder& folder : m_layout.folders)
            if (folder.subset == Subset::Train)
                train.push_back(folder.name);
        const auto unknown = numberClasses(m_dataset, m_names, train, m_request.settings.table.mergeAlikeLabels);
        std::set<std::string> strangers;
        for (const std::size_t index : unknown)
            strangers.insert(m_names[index]);
        for (const Taken& taken : m_taken) {
            if (strangers.contains(taken.folder->name))
                m_dataset.problems.push_back({"unknown_class", taken.folder->folder,
                                              "is a class that is not in train; its " + counted(taken.images, "image") +
                                                  " in " + nameOf(taken.folder->subset) + " cannot be evaluated"});
            const bool isKnown = taken.folder->subset == Subset::Train || !strangers.contains(taken.folder->name);
            if (taken.images == 0 && isKnown && taken.isComplete)
                m_emptyClasses.emplace(taken.folder->subset, taken.folder->folder);
        }
        const auto place = [](const Sample& sample) {
            return std::pair(sample.subset, sample.label < 0 ? std::numeric_limits<int>::max() : sample.label);
        };
        std::stable_sort(m_dataset.samples.begin(), m_dataset.samples.end(),
                         [&](const Sample& a, const Sample& b) { return place(a) < place(b); });
    }

    /// A val folder without a single image is none: a share of train takes its place.
    void reportEmptySplits() {
        for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test}) {
            const auto [begin, end] = m_emptyClasses.equal_range(subset);
            const bool isThere = std::any_of(m_layout.folders.begin(), m_layout.folders.end(),
                                             [&](const ClassFolder& folder) { return folder.subset == subset; });
            if (subset != Subset::Train && isThere && m_dataset.count(subset) == 0)
                m_dataset.problems.push_back(
                    {"empty_split", firstOf(subset),
                     std::string("has no images, so there is no ") + nameOf(subset) + " folder"});
            else
                for (auto folder = begin; folder != end; ++folder)
                    m_dataset.problems.push_back({"empty_class", folder->second, "has no images"});
        }
        m_dataset.hasValidation = m_dataset.count(Subset::Validation) > 0;
    }

    std::string firstOf(Subset subset) const {
        const auto first = std::find_if(m_layout.folders.begin(), m_layout.folders.end(),
                                        [&](const ClassFolder& folder) { return folder.subset == subset; });
        const auto slash = first->folder.rfind('/');
        return slash == std::string::npos ? first->folder : first->folder.substr(0, slash);
    }

    void reportSplitsInSome() {
        if (m_withSplitsInside.empty())
            return;
        m_dataset.problems.push_back(
            {"split_in_class",
             {},
             listed(m_withSplitsInside) + (m_withSplitsInside.size() == 1 ? " holds" : " hold") +
                 " folders named like train and test, but not every class does; all images in them count as " +
                 (m_layout.splitFolders.front().empty() ? "training images" : "images of their class")});
    }

    struct Taken {
        const ClassFolder* folder;
        std::size_t images;
        bool isComplete;
    };

    const ReadRequest& m_request;
    FolderLayout m_layout;
    Dataset m_dataset;
    ImageWalk m_walk;
    std::vector<std::string> m_names; ///< of each sample's class
    std::vector<Taken> m_taken;
    std::multimap<Subset, std::string> m_emptyClasses;
    std::vector<std::string> m_withSplitsInside;
    std::map<std::pair<Subset, std::pair<std::uint64_t, std::uint64_t>>, std::string> m_identities;
};

} // namespace

Result<Dataset> readFolders(const ReadRequest& request) {
    const FileTree& tree = *request.tree;
    if (const std::string why = tree.listingError(""); !why.empty())
        return badInput(tree.shown("") + " cannot be listed: " + why + ".");
    FolderLayout layout = folderLayout(tree, request.settings.splitWords);
    if (!layout.withoutClasses.empty())
        return badInput(tree.shown("") + ": data.split_words names " + listed(layout.withoutClasses) + ", but " +
                        (layout.withoutClasses.size() == 1 ? "it holds" : "they hold") +
                        " images and no class folders; " + kWaysToClasses + ".");
    if (holdsDetectionLabels(tree, layout.folders))
        return badInput(tree.shown("") + " has images beside labels as a detector needs them (YOLO); to classify whole "
                                         "images, put the images of each class into their own folder.");
    return FolderReader(request, std::move(layout)).read();
}

} // namespace sightline
