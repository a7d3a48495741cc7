// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Readers.h"
#include "data/Records.h"

namespace sightline {

namespace {

constexpr RecordShape kShape{32, 32, 3, true};
constexpr std::uintmax_t kMaximumFile = std::uintmax_t{1} << 30;

/// One of the two layouts of CIFAR's binary version.
struct Layout {
    const char* format;
    const char* folder; ///< what its archive unpacks to
    const char* first;  ///< the file by which it is known
    const char* names;
    std::size_t classes, labelBytes; ///< CIFAR-100 has a coarse label before the fine one
    std::vector<std::string> files;
};

const Layout kTen{"cifar10",
                  "cifar-10-batches-bin",
                  "data_batch_1.bin",
                  "batches.meta.txt",
                  10,
                  1,
                  {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"}};
const Layout kHundred{"cifar100", "cifar-100-binary", "train.bin", "fine_label_names.txt", 100, 2, {"train", "test"}};

/// Where the files lie: in the root or in the folder of its archive.
std::optional<std::string> folderOf(const FileTree& tree, const Layout& layout) {
    for (const char* folder : {"", layout.folder})
        if (tree.isFile(joinedPath(folder, layout.first)) &&
            (layout.classes == 10 || tree.isFile(joinedPath(folder, layout.names))))
            return folder;
    return std::nullopt;
}

std::vector<std::string> classesOf(const FileTree& tree, const std::string& folder, const Layout& layout) {
    std::vector<std::string> names;
    if (const auto text = tree.read(joinedPath(folder, layout.names), 1u << 20))
        names = linesOf(*text);
    for (std::size_t i = names.size(); i < layout.classes; ++i)
        names.push_back(std::to_string(i)); // the names' file is missing or short
    names.resize(layout.classes);
    return names;
}

Result<Dataset> readCifar(const ReadRequest& request, const Layout& layout) {
    const FileTree& tree = *request.tree;
    const auto folder = folderOf(tree, layout);
    if (!folder)
        return badInput(tree.shown("") + " has no " + layout.first +
                        (layout.classes == 100 ? std::string(" with ") + layout.names : "") +
                        " of CIFAR's binary version.");
    Dataset dataset;
    dataset.format = layout.format;
    dataset.classes = classesOf(tree, *folder, layout);

    const std::size_t stride = layout.labelBytes + kShape.size();
    std::vector<std::vector<std::uint8_t>> blocks;
    std::vector<RecordPlace> places;
    for (const std::string& name : layout.files) {
        if (request.stop.stop_requested())
            return cancelled();
        const std::string file = joinedPath(*folder, name + ".bin");
        if (!tree.isFile(file))
            continue;
        const auto text = tree.read(file, kMaximumFile);
        if (!text)
            return text.error();
        if (text->size() % stride != 0)
            dataset.problems.push_back(
                {"truncated", file, "ends in the middle of a record; the records before it are used"});
        for (std::size_t i = 0; (i + 1) * stride <= text->size(); ++i) {
            const auto label = static_cast<std::uint8_t>((*text)[i * stride + layout.labelBytes - 1]);
            const std::string record = name + "/" + recordName(i);
            if (label >= layout.classes) {
                dataset.problems.push_back({"unknown_class", record,
                                            "has the label " + std::to_string(label) + ", which is not one of the " +
                                                std::to_string(layout.classes) + " classes"});
                continue;
            }
            dataset.samples.push_back({record, label, name.starts_with("test") ? Subset::Test : Subset::Train,
                                       static_cast<std::uint32_t>(places.size())});
            places.push_back({static_cast<std::uint32_t>(blocks.size()), i * stride + layout.labelBytes});
        }
        blocks.emplace_back(text->begin(), text->end());
        if (request.progress)
            request.progress(dataset.samples.size(), 0);
    }
    dataset.source = makeRecordSource(kShape, std::move(blocks), std::move(places));
    sortSamples(dataset);
    return dataset;
}

} // namespace

bool looksLikeCifar10(const ReadRequest& request) {
    return folderOf(*request.tree, kTen).has_value();
}
bool looksLikeCifar100(const ReadRequest& request) {
    return folderOf(*request.tree, kHundred).has_value();
}
Result<Dataset> readCifar10(const ReadRequest& request) {
    return readCifar(request, kTen);
}
Result<Dataset> readCifar100(const ReadRequest& request) {
    return readCifar(request, kHundred);
}

} // namespace sightline
