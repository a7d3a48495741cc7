// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include <filesystem>
#include <mutex>

#include "engine/Engine.h"

namespace sightline {

namespace {

/// The engine lies beside this library, in the build folder and when installed.
std::filesystem::path engineFile() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(&engineFile), &info) != 0 && info.dli_fname)
        return std::filesystem::path(info.dli_fname).parent_path() / SIGHTLINE_ENGINE_FILE;
    return SIGHTLINE_ENGINE_FILE;
}

} // namespace

Result<Engine*> loadEngine() {
    static std::mutex mutex;
    static Engine* engine = nullptr;
    std::lock_guard lock(mutex);
    if (engine)
        return engine;
    void* library = ::dlopen(engineFile().c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        return Error{std::string("The training engine cannot be loaded: ") + ::dlerror() + ". Install it again, or run ./dev build."};
    using Create = Engine* (*)();
    const auto create = reinterpret_cast<Create>(::dlsym(library, "sightlineCreateEngine"));
    if (!create)
        return Error{"The training engine " + engineFile().string() + " is of another version; install both again."};
    engine = create();
    return engine;
}

} // namespace sightline
