// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Library.h"

#include <dlfcn.h>

#include <filesystem>

namespace sightline {

Result<void*> loadLibraryBeside(const std::string& file) {
    std::filesystem::path path = file;
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(&loadLibraryBeside), &info) != 0 && info.dli_fname)
        path = std::filesystem::path(info.dli_fname).parent_path() / file;
    if (void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL))
        return library;
    return Error{::dlerror()};
}

void* functionOf(void* library, const char* name) {
    return ::dlsym(library, name);
}

} // namespace sightline
