// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Ending.h"

#include <exception>
#include <new>

namespace sightline::engine {

Ending failed(const Error& error) {
    return {RunEnded::Outcome::Failed, error.message, error.kind};
}

Ending stopped(const std::string& where) {
    return {RunEnded::Outcome::Stopped, "Stopped " + where + ".", ErrorKind::Failed};
}

Ending unready(const Error& error, const std::string& where) {
    return error.kind == ErrorKind::Cancelled ? stopped(where) : failed(error);
}

Ending guarded(const std::function<Ending()>& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failed({"There was not enough memory; choose a smaller batch or image size."});
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return failed({"Training stopped because of an error: " + reason.substr(0, reason.find('\n'))});
    } catch (...) {
        return failed({"Training stopped because of an unknown error."});
    }
}

} // namespace sightline::engine
