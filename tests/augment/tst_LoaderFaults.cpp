// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <new>
#include <stdexcept>
#include <type_traits>

#include "Test.h"
#include "augment/BatchLoader.h"

using namespace sightline;

namespace {

/// Grey images in memory; asking for those of one label throws.
class ThrowingSource : public ImageSource {
public:
    explicit ThrowingSource(bool memory) : m_memory(memory) {}
    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override { return Error{"There are no bytes."}; }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        if (sample.label == 1 && m_memory)
            throw std::bad_alloc();
        if (sample.label == 1)
            throw std::runtime_error("the decoder broke");
        return Image(8, 8, 3);
    }
    std::filesystem::path file(const Sample&) const override { return {}; }

private:
    bool m_memory;
};

Dataset datasetOf(bool memory, int images) {
    Dataset dataset;
    dataset.classes = {"fine", "throws"};
    dataset.source = std::make_shared<ThrowingSource>(memory);
    for (int i = 0; i < images; ++i) {
        Sample sample;
        sample.path = "image" + std::to_string(i) + ".png";
        sample.label = i == 5 ? 1 : 0;
        dataset.samples.push_back(sample);
    }
    return dataset;
}

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
        const Dataset dataset = datasetOf(false, 12);
        LoaderSettings reading = settings(threads);
        if (mixes)
            reading.augmentation.mixup = 0.2;
        BatchLoader loader(dataset, dataset.indices(Subset::Train), reading);
        loader.startEpoch(0);
        int images = 0;
        while (const Batch* batch = loader.next()) {
            images += batch->size;
            for (const std::uint32_t sample : batch->samples)
                QVERIFY(sample != 5);
        }
        QCOMPARE(images, 11);
        const auto skipped = loader.skipped();
        const auto broken = std::find_if(skipped.begin(), skipped.end(), [](const auto& s) { return s.sample == 5; });
        QVERIFY(broken != skipped.end());
        QCOMPARE(broken->reason, std::string("image5.png cannot be prepared: the decoder broke"));
    }

    /// Each thread adds to the list of what was skipped.
    void eachOfManyBrokenImagesIsSaidOnceByWhicheverThread() {
        Dataset dataset = datasetOf(false, 400);
        for (std::size_t i = 0; i < dataset.samples.size(); ++i)
            dataset.samples[i].label = i % 8 == 0 ? 0 : 1;
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
        const Dataset dataset = datasetOf(true, 40);
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

    void asManyThreadsAsTheCpusCanFeed() {
        for (const auto& [cpus, threads] :
             std::vector<std::pair<int, int>>{{1, 1}, {2, 1}, {3, 1}, {4, 2}, {8, 4}, {16, 8}, {128, 8}})
            QCOMPARE(loaderThreads(cpus), threads);
    }
};

QTEST_GUILESS_MAIN(LoaderFaultsTest)
#include "tst_LoaderFaults.moc"
