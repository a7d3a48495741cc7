// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

#include <cstring>

#include "Fixtures.h"
#include "Test.h"
#include "data/Raster.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::fixtures;

namespace {

constexpr int kImageRounds = 1500, kSetRounds = 400;

/// A picture with edges and colours, in any format OpenCV writes.
Bytes encoded(const char* ending, int height = 19, int width = 23) {
    cv::Mat mat(height, width, CV_8UC3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            mat.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<std::uint8_t>(x * 11), static_cast<std::uint8_t>(y * 13),
                                                static_cast<std::uint8_t>((x ^ y) * 7));
    if (std::strcmp(ending, ".pgm") == 0)
        cv::extractChannel(mat, mat, 0);
    std::vector<std::uint8_t> bytes;
    cv::imencode(ending, mat, bytes);
    return Bytes(bytes.begin(), bytes.end());
}

/// An image of its ending, or a file beside the tests.
Bytes whole(const QString& source, int height = 19, int width = 23) {
    return source.startsWith('.') ? encoded(source.toLatin1().constData(), height, width)
                                  : *readFile(SIGHTLINE_SOURCE_DIR "/tests/data/images/" + source.toStdString());
}

Result<Image> decoded(const Bytes& bytes) {
    return decodeImage(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), "it");
}

Bytes bigEndian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

Bytes gzipped(const Bytes& bytes) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
    Bytes packed(deflateBound(&stream, bytes.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

/// A PNG whose header promises any size; the pixels do not matter.
Bytes pngOfSize(std::uint32_t width, std::uint32_t height) {
    Bytes bytes = png(1);
    const Bytes header = "IHDR" + bigEndian(width) + bigEndian(height) + bytes.substr(24, 5);
    bytes.replace(12, header.size(), header);
    bytes.replace(29, 4,
                  bigEndian(static_cast<std::uint32_t>(
                      ::crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size())))));
    return bytes;
}

} // namespace

/// Thousands of damaged files: each is read, or refused with a sentence; none crashes or hangs. AddressSanitizer
/// watches.
class MutationsTest : public FreshFolderTest {
    Q_OBJECT

    /// Opens what mutation made of `good` and decodes the first and the last image.
    void survives(const fs::path& opens, const fs::path& file, const Bytes& good, int rounds,
                  std::uint64_t seed) const {
        CounterRandom random(seed, RandomPurpose::Test);
        int refused = 0;
        for (int round = 0; round < rounds; ++round) {
            write(file, mutated(good, random));
            const auto dataset = opened(opens);
            if (!dataset) {
                ++refused;
                QVERIFY(!dataset.error().message.empty());
                continue;
            }
            for (const std::size_t index : {std::size_t{0}, dataset->samples.size() - 1})
                if (const auto image = decodedAt(*dataset, index); image)
                    QVERIFY(!image->empty());
        }
        QVERIFY(refused < rounds); // else the file was never good
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        qputenv("SIGHTLINE_HOME", (root() / "home").c_str());
    }

    void images_data() {
        QTest::addColumn<QString>("ending");
        for (const char* ending : {".jpg", ".png", ".bmp", ".tif", ".webp", ".ppm", ".pgm"})
            QTest::newRow(ending + 1) << QString::fromLatin1(ending);
        for (const char* file :
             {"pages.tif", "tiles.tif", "palette.tif", "bilevel.tif", "big.tif", "float.tif", "two.tif", "moving.gif",
              "still.gif", "moving.webp", "turned.webp", "turned.png", "drawing.png", "half.heic", "half.avif"})
            QTest::newRow(file) << QString::fromLatin1(file);
    }

    void images() {
        QFETCH(const QString, ending);
        const Bytes good = whole(ending);
        QVERIFY(decoded(good).ok());
        CounterRandom random(11, RandomPurpose::Test);
        for (int round = 0; round < kImageRounds; ++round) {
            const Bytes bytes = mutated(good, random);
            const auto image = decoded(bytes);
            const auto header = imageHeader(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), "it");
            QVERIFY(!image || header.ok());
            if (image)
                QVERIFY(!image->empty() &&
                        image->pixels.size() == image->rowBytes() * static_cast<std::size_t>(image->height));
            else
                QVERIFY(!image.error().message.empty());
        }
    }

    void imagesCutAnywhere_data() { images_data(); }

    void imagesCutAnywhere() {
        QFETCH(const QString, ending);
        const Bytes good = whole(ending, 7, 9);
        const std::size_t step = 1 + good.size() / 500;
        for (std::size_t size = 1; size < good.size(); size += step)
            static_cast<void>(decoded(good.substr(0, size)));
    }

    void sizesThatCannotBeAreSentences() {
        for (const auto& [width, height] :
             {std::pair(50'000u, 50'000u), std::pair(0x7fffffffu, 0x7fffffffu), std::pair(0x80000000u, 1u),
              std::pair(0u, 0u), std::pair(1u, 0x7fffffffu)}) {
            const auto image = decoded(pngOfSize(width, height));
            QVERIFY(!image.ok());
            QVERIFY(!image.error().message.empty());
        }
        QVERIFY(QString::fromStdString(decoded(pngOfSize(50'000, 50'000)).error().message).contains("more pixels"));
        for (const Bytes& header : {Bytes("P6\n50000 50000\n255\n"), Bytes("P6\n2147483647 2147483647\n255\n"),
                                    Bytes("P5\n-1 4\n255\n"), Bytes("P6\n99999999999999 2\n255\n")})
            QVERIFY(!decoded(header + Bytes(64, 'x')).ok());
        Bytes bmp = encoded(".bmp");
        for (const std::uint32_t side : {0x7fffffffu, 0x80000000u, 50'000u}) {
            for (std::size_t i = 0; i < 4; ++i)
                bmp[18 + i] = bmp[22 + i] = static_cast<char>(side >> 8 * i);
            QVERIFY(!decoded(bmp).ok());
        }
    }

    void idx() {
        const Bytes images = bigEndian(0x803) + bigEndian(20) + bigEndian(3) + bigEndian(2) + Bytes(120, 'x');
        Bytes labels = bigEndian(0x801) + bigEndian(20);
        for (int i = 0; i < 20; ++i)
            labels += static_cast<char>(i % 4);
        write(root() / "labels" / "train-images-idx3-ubyte", images);
        survives(root() / "labels", root() / "labels" / "train-labels-idx1-ubyte", labels, kSetRounds, 1);
        write(root() / "images" / "train-labels-idx1-ubyte", labels);
        survives(root() / "images", root() / "images" / "train-images-idx3-ubyte", images, kSetRounds, 2);
        write(root() / "zipped" / "train-labels-idx1-ubyte", labels);
        survives(root() / "zipped", root() / "zipped" / "train-images-idx3-ubyte.gz", gzipped(images), kSetRounds, 3);
    }

    void idxThatPromisesTooMuchIsASentence() {
        const fs::path images = root() / "train-images-idx3-ubyte";
        write(root() / "train-labels-idx1-ubyte", bigEndian(0x801) + bigEndian(1) + Bytes(1, 0));
        for (const Bytes& shape : {bigEndian(0xffffffff) + bigEndian(28) + bigEndian(28),
                                   bigEndian(1) + bigEndian(0x80000000) + bigEndian(2),
                                   bigEndian(0x80000000) + bigEndian(0x80000000) + bigEndian(0x80000000),
                                   bigEndian(1) + bigEndian(0) + bigEndian(0)}) {
            write(images, bigEndian(0x803) + shape + Bytes(784, 'x'));
            QVERIFY(messageOf(opened(root())).contains("train-images"));
        }
    }

    void cifar() {
        const Bytes good = Bytes(1, 3) + Bytes(3072, 9) + Bytes(1, 0) + Bytes(3072, 7);
        survives(root() / "c", root() / "c" / "data_batch_1.bin", good, 100, 4);
        write(root() / "h" / "fine_label_names.txt", "apple\n");
        survives(root() / "h", root() / "h" / "train.bin", Bytes{1, 42} + Bytes(3072, 9), 100, 5);
    }

    void tables() {
        for (const char* name : {"x1.png", "x2.png"})
            write(root() / name, png(1));
        survives(root(), root() / "t.csv", "path,label,split\nx1.png,\"a\"\"b\",train\nx2.png,b,train\n", kSetRounds,
                 6);
    }

    void tablesOfNonsenseAreSentences() {
        write(root() / "x1.png", png(1));
        const fs::path table = root() / "t.csv";
        for (const Bytes& text :
             {Bytes(1 << 20, ','), Bytes(1 << 20, '\0'), Bytes(1 << 20, '"'),
              "path,label\n" + Bytes(1 << 20, 'a') + ",b\n", "path,label\nx\0y.png,b\n" + Bytes(5, '\0'),
              Bytes(1 << 20, '\n'), "path,label\n" + Bytes(1 << 20, '/')}) {
            write(table, text);
            QVERIFY(!messageOf(opened(table)).isEmpty());
        }
        write(table, "path,label\nx1.png," + Bytes(1 << 20, 'z') + "\n" + Bytes(1 << 18, ',') + "\n");
        QVERIFY(opened(table).ok()); // a long name is a name
    }

    void zips() {
        QVERIFY(writeZip(root() / "good.zip", toyFiles()));
        const Bytes good = *readFile(root() / "good.zip");
        survives(root() / "bad.zip", root() / "bad.zip", good, kSetRounds, 7);
        // The directory at the end is what is believed: damage it more often than chance would.
        CounterRandom random(8, RandomPurpose::Test);
        for (int round = 0; round < kSetRounds; ++round) {
            Bytes bytes = good;
            for (int change = 0; change < 3; ++change)
                bytes[bytes.size() - 1 - random.below(std::min<std::size_t>(bytes.size(), 700))] =
                    static_cast<char>(random.below(256));
            write(root() / "bad.zip", bytes);
            if (const auto dataset = opened(root() / "bad.zip"))
                for (std::size_t i = 0; i < dataset->samples.size(); ++i)
                    static_cast<void>(decodedAt(*dataset, i));
        }
    }

    void tars() {
        QVERIFY(writeTar(root() / "good.tar", toyFiles()));
        survives(root() / "bad.tar", root() / "bad.tar", *readFile(root() / "good.tar"), kSetRounds, 9);
        QVERIFY(writeTar(root() / "good.tar.gz", toyFiles(), Packing::Gzip));
        survives(root() / "bad.tar.gz", root() / "bad.tar.gz", *readFile(root() / "good.tar.gz"), kSetRounds / 2, 10);
    }
};

QTEST_GUILESS_MAIN(MutationsTest)
#include "tst_Mutations.moc"
