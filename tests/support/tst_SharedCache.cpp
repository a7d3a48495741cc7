// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <future>
#include <stdexcept>

#include "Test.h"
#include "support/SharedCache.h"

using namespace sightline;

namespace {

struct Block {
    std::uint64_t size = 0;
    std::uint64_t bytes() const { return size; }
};
using Blocks = SharedCache<Block>;

} // namespace

class SharedCacheTest : public Test {
    Q_OBJECT

    /// Whether asking for `key` loads it.
    static bool loads(Blocks& cache, const std::string& key, std::uint64_t size) {
        bool loaded = false;
        const auto block = cache.get(key, [&]() -> Result<Blocks::Pointer> {
            loaded = true;
            return std::make_shared<const Block>(Block{size});
        });
        return block.ok() && (*block)->size == size && loaded;
    }

private Q_SLOTS:
    void theLeastUsedGoesWhenTheBytesAreFull() {
        Blocks cache(100);
        QVERIFY(loads(cache, "a", 40));
        QVERIFY(loads(cache, "b", 40));
        QVERIFY(!loads(cache, "a", 40)); // now b is the least used
        QVERIFY(loads(cache, "c", 40));
        QVERIFY(!loads(cache, "a", 40));
        QVERIFY(!loads(cache, "c", 40));
        QVERIFY(loads(cache, "b", 40));
    }

    void manySmallOnesStay() {
        Blocks cache(100);
        for (int i = 0; i < 50; ++i)
            QVERIFY(loads(cache, std::to_string(i), 2));
        for (int i = 0; i < 50; ++i)
            QVERIFY(!loads(cache, std::to_string(i), 2));
    }

    void theNewestStaysHoweverLarge() {
        Blocks cache(100);
        QVERIFY(loads(cache, "small", 10));
        QVERIFY(loads(cache, "huge", 1000));
        QVERIFY(!loads(cache, "huge", 1000));
        QVERIFY(loads(cache, "small", 10));
    }

    void aSecondAskerWaitsForTheFirstAndOthersDoNot() {
        Blocks cache(100);
        std::promise<void> begun, mayEnd;
        std::atomic<int> loaded{0};
        const auto slow = [&]() -> Result<Blocks::Pointer> {
            ++loaded;
            begun.set_value();
            mayEnd.get_future().wait();
            return std::make_shared<const Block>(Block{7});
        };
        auto first = std::async(std::launch::async, [&] { return cache.get("slow", slow); });
        begun.get_future().wait();
        auto second = std::async(std::launch::async, [&] { return cache.get("slow", slow); });
        QVERIFY(loads(cache, "other", 5)); // the first still loads
        mayEnd.set_value();
        const auto a = first.get(), b = second.get();
        QVERIFY(a.ok() && b.ok());
        QCOMPARE(a->get(), b->get());
        QCOMPARE(loaded.load(), 1);
    }

    void aFailureIsToldAndNotKept() {
        Blocks cache(100);
        const auto failed = cache.get("a", []() -> Result<Blocks::Pointer> { return badInput("torn"); });
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().message, std::string("torn"));
        QVERIFY_EXCEPTION_THROWN(
            static_cast<void>(cache.get("a", []() -> Result<Blocks::Pointer> { throw std::runtime_error("broken"); })),
            std::runtime_error);
        QVERIFY(loads(cache, "a", 3));
    }
};

QTEST_GUILESS_MAIN(SharedCacheTest)
#include "tst_SharedCache.moc"
