// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "FewToys.h"
#include "Test.h"
#include "augment/BatchLoader.h"

using namespace sightline;

/// The order and the bytes of batches depend on (seed, epoch) only.
class BatchLoaderTest : public Test {
    Q_OBJECT

    struct Epoch {
        std::vector<float> images;
        std::vector<std::uint32_t> samples;
        bool operator==(const Epoch&) const = default;
    };

    LoaderSettings settings(int threads) const {
        LoaderSettings loader;
        loader.data.path = m_folder.path().toStdString();
        loader.data.imageHeight = loader.data.imageWidth = 24;
        loader.augmentation.rotationRange = 20;
        loader.augmentation.horizontalFlip = true;
        loader.augmentation.brightnessRange = Range{0.5, 1.5};
        loader.batchSize = 4;
        loader.threads = threads;
        return loader;
    }

    static Epoch read(BatchLoader& loader, std::uint64_t epoch, std::size_t first = 0) {
        Epoch result;
        loader.startEpoch(epoch, first);
        while (const Batch* batch = loader.next()) {
            result.images.insert(result.images.end(), batch->images.begin(), batch->images.end());
            result.samples.insert(result.samples.end(), batch->samples.begin(), batch->samples.end());
        }
        return result;
    }

    Dataset open() const { return *openDataset(settings(1).data, 1); }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(m_folder.path().toStdString(), 5, 0, 32)); }

    void partsOfABatchMakeTheWhole() {
        const Dataset dataset = open();
        const std::vector<std::uint32_t> all = dataset.indices(Subset::Train);
        BatchLoader whole(dataset, all, settings(1));
        std::vector<std::unique_ptr<BatchLoader>> parts;
        for (std::size_t rank = 0; rank < 3; ++rank) {
            LoaderSettings part = settings(2);
            part.part = {rank, 3};
            parts.push_back(std::make_unique<BatchLoader>(dataset, all, part));
            parts.back()->startEpoch(3);
        }
        whole.startEpoch(3);
        while (const Batch* batch = whole.next()) {
            Epoch joined;
            for (const auto& loader : parts) {
                const Batch* part = loader->next();
                QVERIFY(part);
                QCOMPARE(part->number, batch->number);
                QCOMPARE(part->whole, batch->size);
                joined.images.insert(joined.images.end(), part->images.begin(), part->images.end());
                joined.samples.insert(joined.samples.end(), part->samples.begin(), part->samples.end());
            }
            QVERIFY((joined == Epoch{{batch->images.begin(), batch->images.end()},
                                     {batch->samples.begin(), batch->samples.end()}}));
        }
        for (const auto& loader : parts) // the last batch has one image: two of its parts are empty
            QVERIFY(!loader->next());
    }

    void anyNumberOfThreadsGivesTheSameBatches() {
        const Dataset dataset = open();
        BatchLoader one(dataset, dataset.indices(Subset::Train), settings(1));
        const Epoch expected = read(one, 3);
        QCOMPARE(expected.samples.size(), std::size_t(25));
        for (const int threads : {2, 7}) {
            BatchLoader many(dataset, dataset.indices(Subset::Train), settings(threads));
            QVERIFY(read(many, 3) == expected);
        }
        QVERIFY(!(read(one, 4) == expected));
    }

    void theNumberOfThreadsMayChangeInTheMiddleOfAnEpoch() {
        const Dataset dataset = open();
        BatchLoader one(dataset, dataset.indices(Subset::Train), settings(1));
        const Epoch expected = read(one, 3);
        for (const int begin : {1, 5, 0}) {
            BatchLoader changing(dataset, dataset.indices(Subset::Train), settings(begin));
            QCOMPARE(changing.threads(), std::max(1, begin));
            const std::vector<int> numbers{2, 5, 1, 0, 3};
            Epoch result;
            std::size_t next = 0;
            changing.startEpoch(3);
            while (const Batch* batch = changing.next()) {
                result.images.insert(result.images.end(), batch->images.begin(), batch->images.end());
                result.samples.insert(result.samples.end(), batch->samples.begin(), batch->samples.end());
                if (next == numbers.size())
                    continue;
                changing.setThreads(numbers[next]);
                QVERIFY(changing.threads() == numbers[next] || numbers[next] == 0);
                ++next;
            }
            QVERIFY(result == expected);
            QCOMPARE(next, numbers.size());
        }
    }

    void balancedEpochsDrawEachClassEquallyOften() {
        const Dataset dataset = open();
        std::vector<std::uint32_t> indices; // five of the first class, one and two of the next
        const std::vector<int> keep{5, 1, 2, 0, 0};
        std::vector<int> taken(5, 0);
        for (const std::uint32_t index : dataset.indices(Subset::Train)) {
            const auto label = static_cast<std::size_t>(dataset.samples[index].label);
            if (taken[label] < keep[label]) {
                ++taken[label];
                indices.push_back(index);
            }
        }
        LoaderSettings balanced = settings(1);
        balanced.balanced = true;
        BatchLoader one(dataset, indices, balanced);
        const Epoch epoch = read(one, 2);
        QCOMPARE(epoch.samples.size(), indices.size());
        std::map<int, int> drawn;
        std::map<std::uint32_t, std::vector<std::size_t>> places;
        for (std::size_t i = 0; i < epoch.samples.size(); ++i) {
            ++drawn[dataset.samples[epoch.samples[i]].label];
            places[epoch.samples[i]].push_back(i);
        }
        QCOMPARE(drawn.size(), std::size_t(3));
        for (const auto& [label, count] : drawn)
            QVERIFY(count == 2 || count == 3);
        // A repeated image is augmented anew each time.
        constexpr std::size_t kImage = 24 * 24 * 3;
        bool repeated = false;
        for (const auto& [sample, at] : places)
            if (at.size() > 1) {
                repeated = true;
                const auto image = [&](std::size_t place) {
                    return epoch.images.begin() + static_cast<std::ptrdiff_t>(place * kImage);
                };
                QVERIFY(!std::equal(image(at[0]), image(at[0] + 1), image(at[1])));
            }
        QVERIFY(repeated);
        balanced.threads = 3;
        BatchLoader many(dataset, indices, balanced);
        QVERIFY(read(many, 2) == epoch);
        QVERIFY(!(read(many, 3) == epoch));
        const Epoch rest = read(many, 2, 1);
        QVERIFY(std::equal(rest.samples.begin(), rest.samples.end(), epoch.samples.begin() + 4));
    }

    void anEpochCanBeTakenUpInItsMiddle() {
        const Dataset dataset = open();
        BatchLoader loader(dataset, dataset.indices(Subset::Train), settings(2));
        const Epoch whole = read(loader, 1);
        const Epoch rest = read(loader, 1, 3);
        QCOMPARE(rest.samples.size(), whole.samples.size() - 12);
        QVERIFY(std::equal(rest.images.begin(), rest.images.end(), whole.images.begin() + 12 * 24 * 24 * 3));
    }

    void cachesAndResumingChangeNoByteWhateverTheThreads() {
        const Dataset dataset = open();
        const std::vector<std::uint32_t> indices = dataset.indices(Subset::Train);
        LoaderSettings plain = settings(1);
        plain.cache = {0, {}, 0};
        BatchLoader reference(dataset, indices, plain);
        const Epoch first = read(reference, 0), second = read(reference, 1);
        constexpr std::size_t kImage = 24 * 24 * 3;
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        // All in memory; some there and the others in the file; all in the file; some in neither; no folder to be had.
        for (const CacheLimits& limits :
             {CacheLimits{1 << 20, {}, 0}, CacheLimits{10 * kImage, path, 1 << 20},
              CacheLimits{0, path / "new", 1 << 20}, CacheLimits{3 * kImage, path, 5 * kImage},
              CacheLimits{0, "/dev/null/cache", 1 << 20}}) {
            for (const int threads : {1, 2, 7}) {
                LoaderSettings cached = settings(threads);
                cached.cache = limits;
                BatchLoader loader(dataset, indices, cached);
                QVERIFY(read(loader, 0) == first);
                QVERIFY(read(loader, 1) == second);
                const Epoch rest = read(loader, 1, 3);
                QVERIFY(std::equal(rest.images.begin(), rest.images.end(),
                                   second.images.begin() + static_cast<std::ptrdiff_t>(12 * kImage),
                                   second.images.end()));
                QCOMPARE(loader.cacheNote().empty(), limits.folder != "/dev/null/cache");
            }
        }
    }

    void thePreviewsBytesAreTheLoaders() {
        const Dataset dataset = open();
        const LoaderSettings loader = settings(1);
        BatchLoader batches(dataset, dataset.indices(Subset::Train), loader);
        batches.startEpoch(2);
        const Batch* batch = batches.next();
        const std::uint32_t sample = batch->samples[0];
        const Result<Image> image = loadSample(dataset, dataset.samples[sample], loader.data);
        std::vector<float> preview(24 * 24 * 3);
        prepareSample(*image, loader.augmentation, true, loader.seed, 2, sample, Normalizer(loader.normalization, 3),
                      preview.data());
        QVERIFY(std::equal(preview.begin(), preview.end(), batch->images.begin()));
    }

    void anUnreadableImageIsLeftOutAndListed() {
        const QString broken = m_folder.path() + QStringLiteral("/train/car/broken.png");
        QFile file(broken);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is no picture");
        file.close();
        const Dataset dataset = open();
        BatchLoader loader(dataset, dataset.indices(Subset::Train), settings(2));
        QCOMPARE(read(loader, 0).samples.size(), std::size_t(25));
        QCOMPARE(loader.skipped().size(), std::size_t(1));
        QVERIFY(loader.skipped()[0].reason.find("broken.png") != std::string::npos);
        QVERIFY(QFile::remove(broken));
    }

    void validationIsNotAugmentedUnlessAsked() {
        const Dataset dataset = open();
        LoaderSettings plain = settings(1);
        plain.training = plain.shuffle = false;
        BatchLoader loader(dataset, dataset.indices(Subset::Train), plain);
        QVERIFY(read(loader, 0) == read(loader, 1));
        plain.augmentation.augmentValidation = true;
        BatchLoader asked(dataset, dataset.indices(Subset::Train), plain);
        QVERIFY(!(read(asked, 0) == read(asked, 1)));
    }
};

QTEST_APPLESS_MAIN(BatchLoaderTest)
#include "tst_BatchLoader.moc"
