// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ImageCodecs.h"

#include "support/Library.h"

namespace sightline {

Result<const ImageCodecs*> imageCodecs() {
    static const Result<const ImageCodecs*> loaded = []() -> Result<const ImageCodecs*> {
        const Result<void*> library = loadLibraryBeside("libsightline_codecs.so");
        if (!library)
            return Error{"The reader of image files cannot be loaded: " + library.error().message +
                         ". Install the program again, or run ./dev build."};
        using Give = const ImageCodecs* (*)();
        const auto give = reinterpret_cast<Give>(functionOf(*library, "sightlineImageCodecs"));
        if (!give)
            return Error{"The reader of image files is of another version; install the program again."};
        return give();
    }();
    return loaded;
}

} // namespace sightline
