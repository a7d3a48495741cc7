// SPDX-License-Identifier: GPL-3.0-or-later
#include <sstream>

#include "data/Readers.h"
#include "data/Records.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr RecordShape kShape{32, 32, 3, true};
constexpr std::uintmax_t kMaximumFile = std::uintmax_t{1} << 30;

struct Layout {
    fs::path folder;
    bool hundred = false;             ///< CIFAR-100: a coarse label before the fine one
    const char* names() const { return hundred ? "fine_label_names.txt" : "batches.meta.txt"; }
};

std::optional<Layout> layoutOf(const fs::path& root) {
    std::error_code code;
    for (const char* below : {"", "cifar-10-batches-bin", "cifar-100-binary"}) {
        const fs::path folder = *below ? root / below : root;
        if (fs::is_regular_file(folder / "data_batch_1.bin", code))
            return Layout{folder, false};
        if (fs::is_regular_file(folder / "train.bin", code) && fs::is_regular_file(folder / "fine_label_names.txt", code))
            return Layout{folder, true};
    }
    return std::nullopt;
}

std::vector<std::string> namesIn(const fs::path& file) {
    std::vector<std::string> names;
    if (const auto text = readFile(file, 1u << 20)) {
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
                line.pop_back();
            if (!line.empty())
                names.push_back(line);
        }
    }
    return names;
}

} // namespace

bool looksLikeCifar(const fs::path& root) { return layoutOf(root).has_value(); }

Result<Dataset> readCifar(const fs::path& root, std::stop_token stop, const Progress& progress) {
    const auto layout = layoutOf(root);
    if (!layout)
        return badInput("The folder " + root.string() + " has neither data_batch_1.bin nor train.bin of CIFAR's binary version.");
    Dataset dataset;
    dataset.root = root;
    dataset.format = layout->hundred ? "cifar100" : "cifar10";
    dataset.classes = namesIn(layout->folder / layout->names());
    const std::size_t expected = layout->hundred ? 100 : 10;
    for (std::size_t i = dataset.classes.size(); i < expected; ++i)
        dataset.classes.push_back(std::to_string(i)); // the names' file is missing or short
    dataset.classes.resize(expected);

    std::vector<std::string> files = layout->hundred ? std::vector<std::string>{"train", "test"} : std::vector<std::string>{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"};
    const std::size_t labels = layout->hundred ? 2 : 1, stride = labels + kShape.size();
    std::vector<std::vector<std::uint8_t>> blocks;
    std::vector<RecordPlace> places;
    for (const std::string& name : files) {
        if (stop.stop_requested())
            return cancelled();
        const fs::path file = layout->folder / (name + ".bin");
        std::error_code code;
        if (!fs::is_regular_file(file, code))
            continue;
        const auto text = readFile(file, kMaximumFile);
        if (!text)
            return text.error();
        if (text->size() % stride != 0)
            dataset.problems.push_back({"truncated", name + ".bin", "ends in the middle of a record; what comes before is used"});
        for (std::size_t i = 0; (i + 1) * stride <= text->size(); ++i) {
            const auto label = static_cast<std::uint8_t>((*text)[i * stride + labels - 1]);
            if (label >= expected) {
                dataset.problems.push_back({"unknown_class", name + "/" + std::to_string(i), "has the label " + std::to_string(label) + ", which is none of the " + std::to_string(expected) + " classes"});
                continue;
            }
            std::string number = std::to_string(i);
            number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
            dataset.samples.push_back({name + "/" + number, label, name.starts_with("test") ? Subset::Test : Subset::Train, static_cast<std::uint32_t>(places.size())});
            places.push_back({static_cast<std::uint32_t>(blocks.size()), i * stride + labels});
        }
        blocks.emplace_back(text->begin(), text->end());
        if (progress)
            progress(dataset.samples.size(), 0);
    }
    dataset.source = makeRecordSource(kShape, std::move(blocks), std::move(places));
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
