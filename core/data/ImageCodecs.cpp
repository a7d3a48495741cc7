// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ImageCodecs.h"

#include "support/Library.h"

namespace sightline {

Result<const ImageCodecs*> imageCodecs() {
    static const Result<const ImageCodecs*> loaded = []() -> Result<const ImageCodecs*> {
        const Result<void*> library = loadLibraryBeside("libsightline_codecs.so");
        if (!library)
            return Error{"The image reader cannot be loaded: " + library.error().message +
                         ". Reinstall the program or run ./dev build."};
        using Give = const ImageCodecs* (*)();
        const auto give = reinterpret_cast<Give>(functionOf(*library, "sightlineImageCodecs"));
        if (!give)
            return Error{"The image reader is from another version; reinstall the program."};
        return give();
    }();
    return loaded;
}

} // namespace sightline
