// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/FolderLayout.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "data/ImageNames.h"
#include "data/SplitWords.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kDeepest = 8;

std::vector<std::string> foldersIn(const FileTree& tree, const std::string& folder) {
    std::vector<std::string> names;
    for (FileTree::Entry& entry : tree.entries(folder))
        if (entry.isFolder)
            names.push_back(std::move(entry.name));
    return names;
}

bool hasImages(const FileTree& tree, const std::string& folder) {
    const auto entries = tree.entries(folder);
    return std::any_of(entries.begin(), entries.end(),
                       [](const FileTree::Entry& entry) { return !entry.isFolder && namesImage(entry.name); });
}

/// seg_train/seg_train, train/images: the folder below that only repeats or says nothing.
std::string withoutRepetition(const FileTree& tree, std::string folder, const SplitWords& words) {
    for (std::size_t depth = 0; depth < kDeepest; ++depth) {
        const std::vector<std::string> below = foldersIn(tree, folder);
        if (below.size() != 1 || hasImages(tree, folder))
            return folder;
        const std::string& name = below.front();
        const std::string inner = joinedPath(folder, name);
        if ((name != fileName(folder) && !isFillerName(name) && !subsetNamed(name, words)) ||
            foldersIn(tree, inner).empty())
            return folder;
        folder = inner;
    }
    return folder;
}

/// A folder at the top whose name is a split's.
struct Candidate {
    std::string name, inner; ///< inner: where its class folders are
    Subset subset = Subset::Train;
    std::vector<std::string> classes;
};

std::string listOf(const std::vector<std::string>& names) {
    return listed(names, 4);
}

class LayoutReader {
public:
    LayoutReader(const FileTree& tree, const SplitWords& words) : m_tree(tree), m_words(words) {}

    FolderLayout read() {
        const std::vector<std::string> names = foldersIn(m_tree, "");
        const auto subsets = subsetsOf(names, m_words);
        std::vector<Candidate> splits;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!subsets[i])
                continue;
            std::string inner = withoutRepetition(m_tree, names[i], m_words);
            std::vector<std::string> classes = foldersIn(m_tree, inner);
            if (!classes.empty()) // a folder named train that holds images is a class (the toy set has one)
                splits.push_back({names[i], std::move(inner), *subsets[i], std::move(classes)});
        }
        const bool hasTrain = std::any_of(splits.begin(), splits.end(),
                                          [](const Candidate& split) { return split.subset == Subset::Train; });
        const bool isAlone = splits.size() == 1 && m_words.train.empty() && imageFoldersBeside(names, splits) > 1;
        if (hasTrain && isAlone)
            takeTrainAsClass(names, splits.front().name);
        else if (hasTrain)
            takeSplits(names, subsets, splits);
        else if (!takeSplitsInClasses(names)) {
            takeClasses(names, splits);
            noteSplitsWithoutClasses(names, subsets);
        }
        std::stable_sort(m_layout.folders.begin(), m_layout.folders.end(),
                         [](const ClassFolder& a, const ClassFolder& b) {
                             return std::tie(a.subset, a.name) < std::tie(b.subset, b.name);
                         });
        return std::move(m_layout);
    }

private:
    void add(const std::string& folder, const std::string& name, Subset subset) {
        const std::string path = joinedPath(folder, name);
        const auto identity = m_tree.identity(path);
        if (identity == m_tree.identity("") || identity == m_tree.identity(folder))
            m_layout.problems.push_back(
                {"link_upward", path, "leads back to a folder that it lies in, and is skipped"});
        else
            m_layout.folders.push_back({path, composed(name), subset});
    }

    void takeSplits(const std::vector<std::string>& names, const std::vector<std::optional<Subset>>& subsets,
                    const std::vector<Candidate>& splits) {
        std::set<std::string> taken;
        bool isPlain = true; // train, val and test, as documented
        std::string value;
        for (const Candidate& split : splits) {
            taken.insert(split.name);
            m_layout.splitFolders.push_back(split.inner);
            for (const std::string& name : split.classes)
                add(split.inner, name, split.subset);
            isPlain = isPlain && split.inner == split.name && isUsual(split.name, split.subset);
            value += (value.empty() ? "" : ", ") + shown(split.inner) + " as " + nameOf(split.subset);
        }
        for (std::size_t i = 0; i < names.size(); ++i)
            if (!taken.contains(names[i]))
                ignore(names[i], subsets[i]);
        if (!isPlain || !m_layout.ignored.empty())
            m_layout.guesses.push_back({"split_folders", value,
                                        "their names say so, and " +
                                            std::string(splits.size() == 1 ? "it holds" : "they hold") +
                                            " folders of classes (" + listOf(splits.front().classes) + ")"});
    }

    static bool isUsual(const std::string& name, Subset subset) {
        const std::string known = lowerCase(name);
        return known == nameOf(subset) ||
               (subset == Subset::Validation && (known == "valid" || known == "validation")) ||
               (subset == Subset::Train && known == "training") || (subset == Subset::Test && known == "testing");
    }

    void ignore(const std::string& name, std::optional<Subset> subset) {
        const auto entries = m_tree.entries(name);
        if (subset && entries.empty() && m_tree.listingError(name).empty())
            return m_layout.problems.push_back(
                {"empty_split", name, std::string("is empty and does not count as ") + nameOf(*subset)});
        m_layout.ignored.push_back(name);
        m_layout.problems.push_back({"ignored_folder", name,
                                     subset ? std::string("is named like the ") + nameOf(*subset) +
                                                  " images but has no class folders, and is skipped"
                                            : "lies beside the folders for train, val and test but is none of them by "
                                              "its name, and is skipped; data.split_words can say what it is"});
    }

    /// cats/train, cats/test, dogs/train, dogs/test.
    bool takeSplitsInClasses(const std::vector<std::string>& names) {
        std::vector<std::vector<Candidate>> perClass;
        std::set<std::string> words;
        bool hasTrain = false, hasOther = false;
        for (const std::string& name : names) {
            const std::vector<std::string> inside = foldersIn(m_tree, name);
            const auto subsets = subsetsOf(inside, m_words);
            std::vector<Candidate> splits;
            for (std::size_t i = 0; i < inside.size(); ++i)
                if (subsets[i]) {
                    splits.push_back({inside[i], joinedPath(name, inside[i]), *subsets[i], {}});
                    words.insert(inside[i]);
                    (subsets[i] == Subset::Train ? hasTrain : hasOther) = true;
                }
            if (splits.empty())
                return false; // the first class without them ends the search: 110,000 folders are not listed twice
            perClass.push_back(std::move(splits));
        }
        if (names.size() < 2 || !hasTrain || !hasOther)
            return false;
        for (std::size_t i = 0; i < names.size(); ++i) {
            m_layout.splitFolders.push_back(names[i]);
            for (const Candidate& split : perClass[i])
                m_layout.folders.push_back({split.inner, composed(names[i]), split.subset});
            for (const std::string& other : foldersIn(m_tree, names[i]))
                if (!words.contains(other))
                    ignore(joinedPath(names[i], other), std::nullopt);
        }
        const std::vector<std::string> list(words.begin(), words.end());
        const std::string evidence =
            "each of the " + std::to_string(names.size()) + " folders for classes holds folders named " + listOf(list);
        m_layout.guesses.push_back({"split_folders", listOf(list) + " inside each class", evidence});
        m_layout.problems.push_back(
            {"split_in_class", {}, evidence + "; they are read as splits below their class, not as more images of it"});
        return true;
    }

    std::size_t imageFoldersBeside(const std::vector<std::string>& names, const std::vector<Candidate>& splits) const {
        return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [&](const std::string& name) {
            return name != splits.front().name && hasImages(m_tree, name);
        }));
    }

    /// A toy train among cars and ships, all with folders of their own below.
    void takeTrainAsClass(const std::vector<std::string>& names, const std::string& train) {
        takeClasses(names, {});
        m_layout.problems.push_back(
            {"train_is_a_class", train,
             "counts as a class, because several folders of images lie beside it and none is "
             "named like validation or test; data.split_words can say that it is for training"});
    }

    void takeClasses(const std::vector<std::string>& names, const std::vector<Candidate>& splits) {
        m_layout.splitFolders.push_back("");
        for (const std::string& name : names)
            add("", name, Subset::Train);
        for (const Candidate& split : splits)
            m_layout.problems.push_back({"no_train_folder", split.name,
                                         std::string("is named like the ") + nameOf(split.subset) +
                                             " images, but no folder is named like the training images, so it counts "
                                             "as a class; data.split_words can say which folder is for training"});
    }

    /// train/*.png and test/*.png: a network would learn to tell the splits apart. A toy train among ships is none.
    void noteSplitsWithoutClasses(const std::vector<std::string>& names,
                                  const std::vector<std::optional<Subset>>& subsets) {
        std::vector<std::string> bare;
        bool hasTrain = false, hasOther = false;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!subsets[i] || !foldersIn(m_tree, names[i]).empty() || !hasImages(m_tree, names[i]))
                continue;
            bare.push_back(names[i]);
            (*subsets[i] == Subset::Train ? hasTrain : hasOther) = true;
            if (isWord(names[i], m_words))
                m_layout.withoutClasses.push_back(names[i]);
        }
        if (hasTrain && hasOther)
            m_layout.problems.push_back({"split_without_classes",
                                         {},
                                         listOf(bare) +
                                             " hold images and no class folders, so each of them counts as "
                                             "a class; " +
                                             kWaysToClasses});
    }

    const FileTree& m_tree;
    const SplitWords& m_words;
    FolderLayout m_layout;
};

} // namespace

FolderLayout folderLayout(const FileTree& tree, const SplitWords& words) {
    return LayoutReader(tree, words).read();
}

bool isClassLevel(const FileTree& tree, const SplitWords& words) {
    const std::vector<std::string> names = foldersIn(tree, "");
    return names.size() > 1 || (names.size() == 1 && subsetNamed(names.front(), words));
}

std::string onlyFolder(const FileTree& tree, const SplitWords& words) {
    const std::vector<std::string> names = foldersIn(tree, "");
    if (names.size() != 1 || hasImages(tree, "") || hasImages(tree, names.front()) ||
        foldersIn(tree, names.front()).empty())
        return {};
    return subsetNamed(names.front(), words) ? std::string() : names.front();
}

} // namespace sightline
