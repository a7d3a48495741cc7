// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <exception>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "support/Result.h"

namespace sightline {

/// Large values that several threads share, by key; the least used go when more than `budget` bytes are kept, the
/// newest stays however large it is. Who asks for a value that another thread is loading waits for it; who asks for
/// another value does not.
template <typename Value>
class SharedCache {
public:
    using Pointer = std::shared_ptr<const Value>;

    explicit SharedCache(std::uint64_t budget) : m_budget(budget) {}

    /// The value of `key`, from `load() -> Result<Pointer>` where it is not there yet. `Value::bytes()` is what it
    /// counts for. Failures are not kept.
    template <typename Load>
    Result<Pointer> get(const std::string& key, Load load) {
        std::promise<Result<Pointer>> promise;
        {
            std::unique_lock lock(m_mutex);
            for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry) {
                if (entry->key != key)
                    continue;
                m_entries.splice(m_entries.begin(), m_entries, entry); // newest use first
                const std::shared_future<Result<Pointer>> value = entry->value;
                lock.unlock();
                return value.get();
            }
            m_entries.push_front({key, promise.get_future().share(), 0});
        }
        try {
            Result<Pointer> loaded = load();
            settle(key, loaded ? (*loaded)->bytes() : 0, loaded.ok());
            promise.set_value(loaded);
            return loaded;
        } catch (...) {
            settle(key, 0, false);
            promise.set_exception(std::current_exception());
            throw;
        }
    }

private:
    struct Entry {
        std::string key;
        std::shared_future<Result<Pointer>> value;
        std::uint64_t bytes = 0; ///< 0 while it loads
    };

    void settle(const std::string& key, std::uint64_t bytes, bool keep) {
        const std::lock_guard lock(m_mutex);
        std::uint64_t total = 0;
        for (auto entry = m_entries.begin(); entry != m_entries.end();) {
            if (entry->key == key)
                entry->bytes = bytes;
            total += entry->bytes;
            const bool goes = entry->key == key ? !keep : entry->bytes > 0 && total > m_budget;
            if (goes)
                total -= entry->bytes;
            entry = goes ? m_entries.erase(entry) : std::next(entry);
        }
    }

    std::uint64_t m_budget;
    std::mutex m_mutex;
    std::list<Entry> m_entries; ///< newest use first
};

} // namespace sightline
