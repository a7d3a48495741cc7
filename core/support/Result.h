// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sightline {

/// What kind of failure it is; the command line turns it into its exit code.
enum class ErrorKind {
    Failed,   ///< the work failed: exit 1
    BadInput, ///< the command line or an input file is wrong: exit 2
    Cancelled ///< a person stopped it: exit 130
};

/// An expected failure: one sentence that names the thing (file, JSON path, node) and the way out.
struct Error {
    std::string message;
    ErrorKind kind = ErrorKind::Failed;

    bool operator==(const Error&) const = default;
};

inline Error badInput(std::string message) {
    return {std::move(message), ErrorKind::BadInput};
}
inline Error cancelled() {
    return {"Stopped.", ErrorKind::Cancelled};
}

/// A value or the Error that explains why there is none. Asking a failed result for its value is a broken precondition.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        assert(ok());
        return std::get<0>(m_state);
    }
    const T& value() const& {
        assert(ok());
        return std::get<0>(m_state);
    }
    T&& value() && {
        assert(ok());
        return std::get<0>(std::move(m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        assert(!ok());
        return std::get<1>(m_state);
    }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error& error() const {
        assert(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

/// One thing wrong with a setting or a file, at its JSON path (`training.optimizer.learning_rate`) or file path.
struct Problem {
    std::string path;
    std::string message;

    bool operator==(const Problem&) const = default;
};

/// A foreign name as it may stand in a sentence: on one line, control characters as '?', cut after `most` bytes.
std::string shown(std::string_view name, std::size_t most = 80);

/// All problems on one line, "path: message; path: message", as the command line prints them.
std::string joined(const std::vector<Problem>& problems);

} // namespace sightline
