// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/FileTree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestImageFile = std::uintmax_t{1} << 30;

class DiskTree : public FileTree {
public:
    explicit DiskTree(fs::path root) : m_root(std::move(root)) {}

    /// Asks the disk about links only: a folder of 100,000 names costs one pass.
    std::vector<Entry> entries(const std::string& folder) const override {
        std::vector<Entry> found;
        DIR* directory = ::opendir(onDisk(folder).c_str());
        if (!directory)
            return found;
        while (const dirent* item = ::readdir(directory)) {
            if (isHiddenName(item->d_name))
                continue;
            bool isFolder = item->d_type == DT_DIR;
            if (item->d_type == DT_LNK || item->d_type == DT_UNKNOWN) {
                struct stat status {};
                if (::stat((onDisk(folder) / item->d_name).c_str(), &status) != 0)
                    continue;
                isFolder = S_ISDIR(status.st_mode);
            }
            found.push_back({item->d_name, isFolder});
        }
        ::closedir(directory);
        std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return found;
    }
    std::string listingError(const std::string& folder) const override {
        DIR* directory = ::opendir(onDisk(folder).c_str());
        if (!directory)
            return std::generic_category().message(errno);
        ::closedir(directory);
        return {};
    }
    bool isFile(const std::string& path) const override {
        std::error_code code;
        return fs::is_regular_file(onDisk(path), code);
    }
    bool isFolder(const std::string& path) const override {
        std::error_code code;
        return fs::is_directory(onDisk(path), code);
    }
    Result<std::string> read(const std::string& path, std::uintmax_t maximumBytes) const override {
        return readFile(onDisk(path), maximumBytes);
    }
    fs::path onDisk(const std::string& path) const override { return path.empty() ? m_root : m_root / path; }
    std::string shown(const std::string& path) const override { return onDisk(path).string(); }
    std::pair<std::uint64_t, std::uint64_t> identity(const std::string& folder) const override {
        struct stat status {};
        return ::stat(onDisk(folder).c_str(), &status) == 0
                   ? std::pair<std::uint64_t, std::uint64_t>(status.st_dev, status.st_ino)
                   : std::pair<std::uint64_t, std::uint64_t>();
    }

private:
    fs::path m_root;
};

class TreeSource : public ImageSource {
public:
    explicit TreeSource(FileTreePtr tree) : m_tree(std::move(tree)) {}

    Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const override {
        const Result<std::string> text = m_tree->read(sample.path, kLargestImageFile);
        if (!text)
            return text.error();
        return std::vector<std::uint8_t>(text->begin(), text->end());
    }
    fs::path file(const Sample& sample) const override { return m_tree->onDisk(sample.path); }
    const FileTree* files() const override { return m_tree.get(); }

private:
    FileTreePtr m_tree;
};

} // namespace

FileTreePtr makeDiskTree(fs::path root) {
    return std::make_shared<DiskTree>(std::move(root));
}
std::shared_ptr<const ImageSource> makeTreeSource(FileTreePtr tree) {
    return std::make_shared<TreeSource>(std::move(tree));
}

std::string joinedPath(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : name.empty() ? folder : folder + "/" + name;
}

std::string fileName(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

bool isHiddenName(std::string_view name) {
    return name.starts_with('.') || name == "__MACOSX";
}

std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::size_t last = end;
        while (last > begin && (text[last - 1] == '\r' || text[last - 1] == ' ' || text[last - 1] == '\t'))
            --last;
        if (last > begin)
            lines.push_back(text.substr(begin, last - begin));
        begin = end + 1;
    }
    return lines;
}

} // namespace sightline
