// SPDX-License-Identifier: GPL-3.0-or-later
#include <mutex>

#include "engine/Engine.h"
#include "support/Library.h"

namespace sightline {

Result<Engine*> loadEngine() {
    static std::mutex mutex;
    static Engine* engine = nullptr;
    std::lock_guard lock(mutex);
    if (engine)
        return engine;
    const Result<void*> library = loadLibraryBeside("libsightline_engine.so");
    if (!library)
        return Error{"The training engine cannot be loaded: " + library.error().message +
                     ". Reinstall the program or run ./dev build."};
    using Create = Engine* (*)();
    const auto create = reinterpret_cast<Create>(functionOf(*library, "sightlineCreateEngine"));
    if (!create)
        return Error{"The training engine is from another version; reinstall the program."};
    engine = create();
    return engine;
}

} // namespace sightline
