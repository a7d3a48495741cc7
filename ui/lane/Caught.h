// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "support/Result.h"

namespace sightline::ui {

template <typename Value>
struct AsResult {
    using Type = Result<Value>;
};
template <typename Value>
struct AsResult<Result<Value>> {
    using Type = Result<Value>;
};

/// The value of `work`, or as an Error what it threw. The one place where an exception ends before it would leave a
/// thread. Work may return a value, a Result or nothing.
template <typename Work>
auto caught(Work&& work) -> typename AsResult<std::invoke_result_t<Work>>::Type {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
            std::forward<Work>(work)();
            return {};
        } else {
            return std::forward<Work>(work)();
        }
    } catch (const std::bad_alloc&) {
        return Error{"There is not enough memory for this."};
    } catch (const std::exception& exception) {
        return Error{"Something unexpected went wrong: " + std::string(exception.what())};
    } catch (...) {
        return Error{"Something unexpected went wrong."};
    }
}

} // namespace sightline::ui
