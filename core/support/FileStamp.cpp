// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FileStamp.h"

#include <sys/stat.h>

namespace sightline {

std::string fileStamp(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return {};
    return std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) + ":" +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

} // namespace sightline
