// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>

#include "Test.h"
#include "ThrowingSource.h"
#include "augment/BatchLoader.h"

using namespace sightline;

namespace {

constexpr std::uint32_t kBroken = 5;

/// A disk that does not answer until it is told to.
class SilentSource : public ThrowingSource {
public:
    explicit SilentSource(std::stop_token end) : ThrowingSource(Fault::Broken, 1000), m_end(std::move(end)) {}
    Result<Image> decoded(const Sample& sample, const PixelSettings& pixels) const override {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait(lock, m_end, [] { return false; });
        return ThrowingSource::decoded(sample, pixels);
    }

private:
    std::stop_token m_end;
};

LoaderSettings settings(int threads) {
    LoaderSettings settings;
    settings.data.imageHeight = settings.data.imageWidth = 8;
    settings.batchSize = 4;
    settings.threads = threads;
    return settings;
}

} // namespace

// It looks at the caller's data set, which may hold a million samples, and keeps no copy.
static_assert(!std::is_constructible_v<BatchLoader, Dataset, std::vector<std::uint32_t>, LoaderSettings>);

/// Nothing that a decoder throws on a loader thread ends the program.
class LoaderFaultsTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void anImageOnWhichADecoderThrowsIsSkipped_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<bool>("mixes");
        QTest::newRow("one thread") << 1 << false;
        QTest::newRow("four threads") << 4 << false;
        QTest::newRow("mixed") << 2 << true;
    }

    void anImageOnWhichADecoderThrowsIsSkipped() {
        QFETCH(int, threads);
        QFETCH(bool, mixes);
        const Dataset dataset = datasetOf(std::make_shared<ThrowingSource>(Fault::Broken, kBroken), 12);
        LoaderSettings reading = settings(threads);
        if (mixes)
            reading.augmentation.mixup = 0.2;
        BatchLoader loader(dataset, dataset.indices(Subset::Train), reading);
        loader.startEpoch(0);
        int images = 0;
        while (const Batch* batch = loader.next()) {
            images += batch->size;
            for (const std::uint32_t sample : batch->samples)
                QVERIFY(sample != kBroken);
        }
        QCOMPARE(images, 11);
        const auto skipped = loader.skipped();
        const auto broken =
            std::find_if(skipped.begin(), skipped.end(), [](const auto& s) { return s.sample == kBroken; });
        QVERIFY(broken != skipped.end());
        QCOMPARE(broken->reason, std::string("5.png cannot be prepared: the decoder broke"));
    }

    /// Each thread adds to the list of what was skipped.
    void eachOfManyBrokenImagesIsSaidOnceByWhicheverThread() {
        Dataset dataset = datasetOf(std::make_shared<ThrowingSource>(Fault::Broken, kBroken), 400);
        for (std::size_t i = 0; i < dataset.samples.size(); ++i)
            dataset.samples[i].record = i % 8 == 0 ? 0 : kBroken;
        BatchLoader loader(dataset, dataset.indices(Subset::Train), settings(4));
        for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
            loader.startEpoch(epoch);
            int images = 0;
            while (const Batch* batch = loader.next())
                images += batch->size;
            QCOMPARE(images, 50);
            QCOMPARE(loader.skipped().size(), std::size_t{350});
        }
    }

    void withoutMemoryTheConsumerHearsOfItAtEachCall() {
        const Dataset dataset = datasetOf(std::make_shared<ThrowingSource>(Fault::Memory, kBroken), 40);
        BatchLoader loader(dataset, dataset.indices(Subset::Train), settings(3));
        for (int epoch = 0; epoch < 2; ++epoch) {
            loader.startEpoch(static_cast<std::uint64_t>(epoch));
            const auto readAll = [&] {
                while (loader.next()) {
                }
            };
            QVERIFY_EXCEPTION_THROWN(readAll(), std::bad_alloc);
            QVERIFY_EXCEPTION_THROWN(static_cast<void>(loader.next()), std::bad_alloc);
        }
    } // and its threads still end

    void whoeverWaitsForABatchHearsOfAStop() {
        std::stop_source disk, person;
        const Dataset dataset = datasetOf(std::make_shared<SilentSource>(disk.get_token()), 12);
        BatchLoader loader(dataset, dataset.indices(Subset::Train), settings(2));
        loader.startEpoch(0);
        std::jthread asker([&person] { person.request_stop(); });
        QVERIFY(!loader.next(person.get_token())); // no image has come yet
        disk.request_stop();                       // and now it answers
        QVERIFY(!loader.next(person.get_token()));
        QVERIFY(loader.next());
    }

    void asManyThreadsAsTheCpusCanFeed() {
        for (const auto& [cpus, threads] :
             std::vector<std::pair<int, int>>{{1, 1}, {2, 1}, {3, 1}, {4, 2}, {8, 4}, {16, 8}, {128, 8}})
            QCOMPARE(loaderThreads(cpus), threads);
    }
};

QTEST_GUILESS_MAIN(LoaderFaultsTest)
#include "tst_LoaderFaults.moc"
