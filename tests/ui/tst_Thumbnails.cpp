// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <stdexcept>

#include "Test.h"
#include "models/Thumbnails.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
/// Decodes its images but for the second, at which a library throws.
class Treacherous : public ImageSource {
public:
    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override { return std::vector<std::uint8_t>{}; }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        if (sample.record == 1)
            throw std::runtime_error("the decoder gives up");
        return Image(8, 8, 3);
    }
    std::filesystem::path file(const Sample&) const override { return {}; }
};
} // namespace

class ThumbnailsTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    /// An exception in a thread of the pool ended the program.
    void anImageAtWhichTheDecoderThrowsIsUnreadableAndTheRestGoesOn() {
        auto dataset = std::make_shared<Dataset>();
        dataset->source = std::make_shared<Treacherous>();
        dataset->samples.resize(3);
        for (std::uint32_t i = 0; i < 3; ++i)
            dataset->samples[i].record = i;
        Thumbnails thumbnails;
        thumbnails.setDataset(dataset);
        QSignalSpy ready(&thumbnails, &Thumbnails::thumbnailReady);
        for (std::uint32_t i = 0; i < 3; ++i)
            QVERIFY(thumbnails.picture(i).isNull());
        QTRY_COMPARE(ready.size(), 3);
        QVERIFY(thumbnails.isUnreadable(1));
        QCOMPARE(thumbnails.picture(0).size(), QSize(8, 8));
        QCOMPARE(thumbnails.picture(2).size(), QSize(8, 8));
    }
};

QTEST_MAIN(ThumbnailsTest)
#include "tst_Thumbnails.moc"
