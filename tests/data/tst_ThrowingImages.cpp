// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "Test.h"
#include "ThrowingSource.h"
#include "data/ContentDigest.h"
#include "data/PerceptualHash.h"
#include "data/Survey.h"

using namespace sightline;

namespace {

constexpr std::uint32_t kBroken = 7, kImages = 20;

Dataset imagesWith(Fault fault) {
    return datasetOf(std::make_shared<ThrowingSource>(fault, kBroken), kImages);
}

/// Each member gives its bytes, but one throws.
class ThrowingArchive : public ThrowingSource {
public:
    using ThrowingSource::ThrowingSource;
    Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const override {
        throwAt(sample, "the archive broke");
        return std::vector<std::uint8_t>{1, 2, static_cast<std::uint8_t>(sample.record)};
    }
};

constexpr std::uint32_t kBrokenMember = 150, kMembers = 200;

ContentDigests digestsWith(Fault fault) {
    const Dataset dataset = datasetOf(std::make_shared<ThrowingArchive>(fault, kBrokenMember), kMembers);
    return digestsOf(dataset, dataset.indices(Subset::Train), 4);
}

} // namespace

/// What a decoder or a listener throws on a worker ends neither the program nor, where it is one image's, the work.
class ThrowingImagesTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void aMemberOnWhichAnArchiveThrowsHasNoDigest() {
        const ContentDigests digests = digestsWith(Fault::Broken);
        QVERIFY(!digests[kBrokenMember]);
        QCOMPARE(std::count_if(digests.begin(), digests.end(), [](const auto& digest) { return digest.has_value(); }),
                 std::ptrdiff_t(kMembers - 1));
    }

    void withoutMemoryTheAskerForDigestsHearsOfIt() {
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(digestsWith(Fault::Memory)), std::bad_alloc);
    }

    void anImageOnWhichADecoderThrowsIsUnreadable() {
        const Dataset dataset = imagesWith(Fault::Broken);
        const Survey seen = survey(dataset, 4);
        QVERIFY(seen.complete);
        QCOMPARE(seen.images, std::size_t(19));
        QCOMPARE(seen.unreadable.size(), std::size_t(1));
        QCOMPARE(seen.unreadable[0].path, std::string("7.png"));
        QVERIFY(seen.unreadable[0].message.find("the decoder broke") != std::string::npos);
    }

    void withoutMemoryTheCallerHearsOfIt() {
        const Dataset dataset = imagesWith(Fault::Memory);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(survey(dataset, 4)), std::bad_alloc);
    }

    void aListenerOfNearImagesMayThrow() {
        const std::vector<std::array<std::uint64_t, 4>> alike(50, {1, 2, 3, 4});
        QVERIFY_EXCEPTION_THROWN(
            findNear(alike, 4, {},
                     [](std::size_t, std::uint32_t, std::uint32_t) { throw std::runtime_error("no more room"); }),
            std::runtime_error);
    }
};

QTEST_GUILESS_MAIN(ThrowingImagesTest)
#include "tst_ThrowingImages.moc"
