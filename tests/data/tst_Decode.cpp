// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <opencv2/imgcodecs.hpp>

#include "Test.h"
#include "data/Dataset.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes encoded(const char* extension, const cv::Mat& mat) {
    Bytes bytes;
    cv::imencode(extension, mat, bytes);
    return bytes;
}

PixelSettings grey() {
    PixelSettings pixels;
    pixels.channels = ChannelSettings::grey();
    return pixels;
}

PixelSettings asStored() {
    PixelSettings pixels;
    pixels.orientation = Orientation::Ignore;
    return pixels;
}

Result<Image> decoded(const Bytes& bytes, const PixelSettings& pixels = {}) {
    return decodeImage(bytes.data(), bytes.size(), "bild ä.png", pixels);
}

/// Left half black, right half white, so that a turn shows.
cv::Mat halves() {
    cv::Mat mat(16, 32, CV_8UC3, cv::Scalar(0, 0, 0));
    mat.colRange(16, 32).setTo(cv::Scalar(255, 255, 255));
    return mat;
}

/// `jpeg` with an EXIF segment that holds nothing but the orientation.
Bytes withOrientation(Bytes jpeg, std::uint8_t orientation) {
    const Bytes segment{0xFF, 0xE1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M',         0, 42, 0, 0, 0, 8,
                        0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   orientation, 0, 0,  0, 0, 0, 0};
    jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
    return jpeg;
}

/// Adobe's inverted CMYK, one flat colour.
Bytes cmykJpeg(std::array<std::uint8_t, 4> inks) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &memory, &size);
    info.image_width = info.image_height = 8;
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    jpeg_start_compress(&info, TRUE);
    Bytes row;
    for (int x = 0; x < 8; ++x)
        row.insert(row.end(), inks.begin(), inks.end());
    while (info.next_scanline < info.image_height) {
        JSAMPROW rows[1] = {row.data()};
        jpeg_write_scanlines(&info, rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    Bytes bytes(memory, memory + size);
    std::free(memory);
    return bytes;
}

cv::Mat noise() {
    cv::Mat mat(24, 20, CV_8UC3);
    CounterRandom random(3, RandomPurpose::Test);
    for (int i = 0; i < 24 * 20 * 3; ++i)
        mat.data[i] = static_cast<std::uint8_t>(random.below(256));
    return mat;
}

} // namespace

class TestDecode : public Test {
    Q_OBJECT

private Q_SLOTS:
    void alphaIsDroppedWithoutCompositing() {
        const auto image = decoded(encoded(".png", cv::Mat(1, 1, CV_8UC4, cv::Scalar(30, 20, 10, 0))));
        QVERIFY(image.ok());
        QCOMPARE(image->pixels, (Bytes{10, 20, 30}));
    }

    void scaledDecodingHalvesAsLongAsBothSidesSuffice() {
        cv::Mat mat(200, 400, CV_8UC3);
        for (int y = 0; y < mat.rows; ++y) {
            for (int x = 0; x < mat.cols; ++x)
                mat.at<cv::Vec3b>(y, x) =
                    cv::Vec3b(static_cast<std::uint8_t>(x / 2), static_cast<std::uint8_t>(y), 100);
        }
        const Bytes jpeg = encoded(".jpg", mat);
        DataSettings settings;
        settings.decoding = Decoding::Scaled;
        const std::array<std::array<int, 4>, 5> cases{
            {{100, 200, 100, 200}, {101, 10, 200, 400}, {25, 50, 25, 50}, {26, 50, 50, 100}, {1, 1, 25, 50}}};
        for (const auto& [height, width, gotHeight, gotWidth] : cases) {
            settings.imageHeight = height;
            settings.imageWidth = width;
            const auto image = decodeImageScaled(jpeg.data(), jpeg.size(), "a.jpg", settings);
            QVERIFY(image.ok());
            QCOMPARE(image->height, gotHeight);
            QCOMPARE(image->width, gotWidth);
            // Blocks' means: near what an exact decode and a box filter give.
            const Image exact = resized(*decoded(jpeg), gotHeight, gotWidth, Interpolation::Box);
            for (std::size_t i = 0; i < exact.pixels.size(); ++i)
                QVERIFY(std::abs(int(exact.pixels[i]) - int(image->pixels[i])) <= 8);
        }
        // Turned on its side, the sides asked for are those of the upright picture.
        settings.imageHeight = 200;
        settings.imageWidth = 100;
        const Bytes turned = withOrientation(jpeg, 6);
        const auto upright = decodeImageScaled(turned.data(), turned.size(), "a.jpg", settings);
        QVERIFY(upright.ok());
        QVERIFY(upright->height >= 200 && upright->width >= 100);
        // What is no JPEG comes out as it is.
        const Bytes png = encoded(".png", mat);
        QCOMPARE(decodeImageScaled(png.data(), png.size(), "a.png", settings)->height, 200);
    }

    void greyIsExpandedToThreeChannels() {
        const auto image = decoded(encoded(".png", cv::Mat(1, 1, CV_8UC1, cv::Scalar(77))));
        QVERIFY(image.ok());
        QCOMPARE(image->pixels, (Bytes{77, 77, 77}));
    }

    void colourBecomesGreyByPillowsFormula() {
        const auto image = decoded(encoded(".png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(50, 100, 200))), grey());
        QVERIFY(image.ok());
        QCOMPARE(image->channels, 1);
        QCOMPARE(int(image->pixels[0]), (19595 * 200 + 38470 * 100 + 7471 * 50 + 32768) >> 16);
    }

    void sixteenBitsAreScaledToEight() {
        const auto image = decoded(encoded(".png", cv::Mat(1, 1, CV_16UC1, cv::Scalar(100 * 257))), grey());
        QVERIFY(image.ok());
        QCOMPARE(image->pixels, (Bytes{100}));
    }

    void cmykBecomesRgb() {
        const auto image =
            decoded(cmykJpeg({255, 0, 0, 255})); // Adobe's: 255 is no ink, so magenta and yellow are full: red
        QVERIFY(image.ok());
        QCOMPARE(image->channels, 3);
        QVERIFY(image->pixels[0] > 250 && image->pixels[1] < 5 && image->pixels[2] < 5);
    }

    void exifOrientationIsAppliedOrIgnoredAsAsked() {
        const Bytes turned = withOrientation(encoded(".jpg", halves()), 6); // to be turned a quarter clockwise
        const auto upright = decoded(turned);
        QVERIFY(upright.ok());
        QCOMPARE(upright->height, 32);
        QCOMPARE(upright->width, 16);
        QVERIFY(upright->row(0)[0] < 10 && upright->row(31)[0] > 245);
        const auto stored = decoded(turned, asStored());
        QVERIFY(stored.ok());
        QCOMPARE(stored->width, 32);
    }

    void mirroredExifOrientationsAreApplied() {
        const auto mirrored = decoded(withOrientation(encoded(".jpg", halves()), 2));
        QVERIFY(mirrored.ok());
        QVERIFY(mirrored->row(0)[0] > 245);
        const auto transposed = decoded(withOrientation(encoded(".jpg", halves()), 5));
        QVERIFY(transposed.ok());
        QVERIFY(transposed->height == 32 && transposed->row(0)[0] < 10);
        const auto transverse = decoded(withOrientation(encoded(".jpg", halves()), 7));
        QVERIFY(transverse.ok());
        QVERIFY(transverse->height == 32 && transverse->row(0)[0] > 245);
    }

    void jpegPixelsAreThoseOfLibjpeg() {
        const Bytes bytes = encoded(".jpg", noise());
        const cv::Mat expected = cv::imdecode(bytes, cv::IMREAD_COLOR);
        const auto image = decoded(bytes);
        QVERIFY(image.ok());
        for (int i = 0; i < 24 * 20; ++i) {
            for (int c = 0; c < 3; ++c)
                QCOMPARE(image->pixels[static_cast<std::size_t>(3 * i + c)], expected.data[3 * i + 2 - c]);
        }
    }

    void badBytesAreErrorsThatNameTheFile_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto half = [](Bytes bytes) {
            return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size() / 2));
        };
        QTest::newRow("zero bytes") << QByteArray();
        QTest::newRow("text named .png") << QByteArray("this is no picture at all");
        QTest::newRow("truncated JPEG") << half(encoded(".jpg", noise()));
        QTest::newRow("truncated PNG") << half(encoded(".png", noise()));
        Bytes flipped = encoded(".png", noise());
        flipped[flipped.size() / 2] ^= 1;
        QTest::newRow("PNG with a flipped bit")
            << QByteArray(reinterpret_cast<const char*>(flipped.data()), static_cast<int>(flipped.size()));
        QTest::newRow("JPEG start only") << QByteArray("\xFF\xD8\xFF", 3);
        QByteArray bomb = half(encoded(".png", noise()));
        bomb.replace(16, 8, QByteArray("\x00\xFF\xFF\xFF\x00\xFF\xFF\xFF", 8));
        QTest::newRow("PNG that promises 2^48 pixels") << bomb;
    }

    void badBytesAreErrorsThatNameTheFile() {
        QFETCH(QByteArray, bytes);
        const auto image = decoded(Bytes(bytes.begin(), bytes.end()));
        QVERIFY(!image.ok());
        QCOMPARE(image.error().kind, ErrorKind::BadInput);
        QVERIFY(image.error().message.find("bild ä.png") != std::string::npos);
    }

    void writtenPngReadsBackFromAnUnusualName() {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "ein Bild äöü 猫.png";
        Image image(2, 3, 3);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = static_cast<std::uint8_t>(i * 14);
        QVERIFY(writePng(file, image).ok());
        const auto back = readImage(file);
        QVERIFY(back.ok());
        QVERIFY(*back == image);
    }

    void mutatedFilesNeverCrashAndKeepTheirShapeHonest() {
        CounterRandom random(11, RandomPurpose::Test);
        for (const char* extension : {".jpg", ".png", ".bmp"}) {
            const Bytes good = encoded(extension, noise());
            QVERIFY(decoded(good).ok());
            for (int round = 0; round < 150; ++round) {
                Bytes bytes = good;
                for (std::uint64_t change = 1 + random.below(4); change > 0; --change)
                    bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.below(256));
                if (random.below(4) == 0)
                    bytes.resize(random.below(bytes.size()));
                const auto image = decoded(bytes);
                if (image.ok())
                    QCOMPARE(image->pixels.size(),
                             static_cast<std::size_t>(image->height) * static_cast<std::size_t>(image->width) * 3);
                else
                    QVERIFY(!image.error().message.empty());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestDecode)
#include "tst_Decode.moc"
