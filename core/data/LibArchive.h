// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>

namespace sightline {

struct CloseArchive {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using ArchiveReader = std::unique_ptr<archive, CloseArchive>;

/// What libarchive decompresses by itself; the rest would start other programs.
inline void supportCompressions(archive* reader) {
    archive_read_support_filter_gzip(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_lzma(reader);
    archive_read_support_filter_zstd(reader);
}

inline std::string reasonOf(archive* reader) {
    const char* text = archive_error_string(reader);
    return text ? text : "it is damaged";
}

} // namespace sightline
