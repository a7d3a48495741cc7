// SPDX-License-Identifier: GPL-3.0-or-later
// Files of tests/data/images, made by other programs' encoders (make.py there). Pixel n of 3 x 4 has a value that n
// gives.
#include <QFile>
#include <QTemporaryDir>

#include "Test.h"
#include "data/Dataset.h"
#include "data/FileKind.h"
#include "data/Raster.h"
#include "store/SampleManifest.h"
#include "support/Files.h"

using namespace sightline;

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr int kCount = 12;

Bytes bytesOf(const std::string& name) {
    const auto text = readFile(std::string(SIGHTLINE_SOURCE_DIR "/tests/data/images/") + name);
    return {text->begin(), text->end()};
}

Result<Image> decoded(const std::string& name, const PixelSettings& pixels = {}) {
    const Bytes bytes = bytesOf(name);
    return decodeImage(bytes.data(), bytes.size(), name, pixels);
}

PixelSettings with(ChannelSettings channels, DepthSettings depth = {}) {
    PixelSettings pixels;
    pixels.channels = std::move(channels);
    pixels.depth = depth;
    return pixels;
}

PixelSettings grey(DepthSettings depth = {}) {
    return with(ChannelSettings::grey(), depth);
}

/// The value that `of` gives for each pixel.
template <typename Of>
Bytes pattern(Of of, int channels = 1) {
    Bytes bytes;
    for (int n = 0; n < kCount; ++n)
        for (int c = 0; c < channels; ++c)
            bytes.push_back(static_cast<std::uint8_t>(of(n, c)));
    return bytes;
}

int rounded(double value) {
    return static_cast<int>(std::nearbyint(value));
}

/// Class folders a and b with copies of a file.
void makeSet(const QString& root, const std::string& name, int copies = 3) {
    for (const char* label : {"a", "b"}) {
        QDir(root).mkpath(label);
        for (int i = 0; i < copies; ++i)
            QFile::copy(QStringLiteral(SIGHTLINE_SOURCE_DIR "/tests/data/images/") + QString::fromStdString(name),
                        QStringLiteral("%1/%2/%3-%4").arg(root, label).arg(i).arg(QString::fromStdString(name)));
    }
}

Result<Dataset> openedSet(const QString& root, const PixelSettings& pixels = {}) {
    DataSettings settings;
    settings.path = root.toStdString();
    settings.pixels = pixels;
    return openDataset(settings, 1);
}

const Guess* guessOf(const Dataset& dataset, const std::string& what) {
    for (const Guess& guess : dataset.guesses)
        if (guess.what == what)
            return &guess;
    return nullptr;
}

const DataProblem* problemOf(const Dataset& dataset, const std::string& kind) {
    for (const DataProblem& problem : dataset.problems)
        if (problem.kind == kind)
            return &problem;
    return nullptr;
}

} // namespace

class PixelsTest : public sightline::Test {
    Q_OBJECT

    /// What is said of a file whose directory has another value under a tag.
    static QString faultOf(const char* file, std::uint16_t tag, std::uint16_t value) {
        Bytes bytes = bytesOf(file);
        const std::array<std::uint8_t, 8> entry{
            static_cast<std::uint8_t>(tag & 255), static_cast<std::uint8_t>(tag >> 8), 3, 0, 1, 0, 0, 0};
        const auto found = std::search(bytes.begin(), bytes.end(), entry.begin(), entry.end());
        if (found == bytes.end())
            return {};
        found[8] = static_cast<std::uint8_t>(value & 255);
        found[9] = static_cast<std::uint8_t>(value >> 8);
        const auto image = decodeImage(bytes.data(), bytes.size(), file);
        return image ? QString() : QString::fromStdString(image.error().message);
    }

private Q_SLOTS:
    void whatATiffUsesThatIsNotReadIsSaid() {
        QCOMPARE(faultOf("signed.tif", 259, 34712),
                 QStringLiteral("signed.tif uses the compression 34712 (JPEG 2000), which is not read; save it without "
                                "compression, or with LZW or Deflate."));
        QVERIFY(faultOf("signed.tif", 259, 4711).contains("uses the compression 4711, which is not read"));
        QVERIFY2(faultOf("signed.tif", 262, 32803).contains("holds a camera's raw pixels of 16 bits, which are not"),
                 qPrintable(faultOf("signed.tif", 262, 32803)));
    }

    void aPageIsChosen() {
        for (const int page : {0, 3}) {
            PixelSettings pixels = grey();
            pixels.page = page;
            const auto image = decoded("pages.tif", pixels);
            QVERIFY2(image.ok(), image ? "" : image.error().message.c_str());
            QCOMPARE(image->pixels, pattern([&](int n, int) { return n + 20 * page; }));
        }
        PixelSettings beyond;
        beyond.page = 5;
        QCOMPARE(QString::fromStdString(decoded("pages.tif", beyond).error().message),
                 QStringLiteral("pages.tif has 5 pages, so there is no page 5 (the first is 0)."));
        QVERIFY(!decoded("twelve.png", beyond).ok());
    }

    void anyChannelsAreChosen() {
        QCOMPARE(decoded("four.tif")->pixels, pattern([](int n, int c) { return 10 * n + c; }, 3));
        const auto turned = decoded("four.tif", with(ChannelSettings::of({3, 0})));
        QCOMPARE(turned->channels, 2);
        QCOMPARE(turned->pixels, pattern([](int n, int c) { return 10 * n + (c == 0 ? 3 : 0); }, 2));
        const auto all = decoded("five-planes.tif", with(ChannelSettings::of({0, 1, 2, 3, 4})));
        QCOMPARE(all->pixels, pattern([](int n, int c) { return 10 * n + c; }, 5));
        QVERIFY(QString::fromStdString(decoded("four.tif", with(ChannelSettings::of({4}))).error().message)
                    .contains("has 4 channels, so data.channels cannot take 4"));
        QCOMPARE(decoded("two.png", grey())->pixels, pattern([](int n, int) { return 10 * n; }));
        QCOMPARE(decoded("two.png", with(ChannelSettings::of({1})))->pixels,
                 pattern([](int n, int) { return 255 - n; }));
    }

    void valuesOfMoreThanEightBitsAreBroughtToBytes() {
        const auto twelve = [](DepthSettings depth) { return decoded("twelve.png", grey(depth))->pixels; };
        QCOMPARE(twelve(DepthSettings::full()), pattern([](int n, int) { return rounded(n * 372 / 257.0); }));
        QCOMPARE(twelve(DepthSettings::range(0, 4092)), pattern([](int n, int) { return rounded(n * 255 / 11.0); }));
        QCOMPARE(twelve(DepthSettings::range(372, 744)), pattern([](int n, int) { return n < 2 ? 0 : 255; }));
        QCOMPARE(decoded("two.tif", with(ChannelSettings::of({1}), DepthSettings::range(0, 55000)))->pixels,
                 pattern([](int n, int) { return rounded(n * 255 / 11.0); }));
        QCOMPARE(decoded("float.tif", grey())->pixels, pattern([](int n, int) {
                     return n <= 2 ? 0 : n == 3 ? 128 : 255;
                 }));
        QCOMPARE(decoded("float.tif", grey(DepthSettings::range(-1, 4.5)))->pixels,
                 pattern([](int n, int) { return rounded(n * 255 / 11.0); }));
        QCOMPARE(decoded("signed.tif", grey(DepthSettings::range(-500, 600)))->pixels,
                 pattern([](int n, int) { return rounded(n * 255 / 11.0); }));
        QCOMPARE(decoded("endian.tif", grey())->pixels, pattern([](int n, int) { return rounded(n * 5000 / 257.0); }));
        // Eight bits stay as they are, whatever the range.
        QCOMPARE(decoded("big.tif", with(ChannelSettings::rgb(), DepthSettings::range(0, 50)))->pixels,
                 pattern([](int n, int c) { return 10 * n + c; }, 3));
    }

    void tiffsOfEveryLayoutAreRead() {
        const auto tiles = decoded("tiles.tif", grey());
        QVERIFY2(tiles.ok(), tiles ? "" : tiles.error().message.c_str());
        QCOMPARE(tiles->height, 20);
        for (int i = 0; i < 800; ++i)
            QCOMPARE(int(tiles->pixels[static_cast<std::size_t>(i)]), rounded(i * 80 / 257.0));
        QCOMPARE(decoded("palette.tif")->pixels, pattern([](int n, int c) { return 10 * n + c; }, 3));
        QCOMPARE(decoded("bilevel.tif", grey())->pixels, pattern([](int n, int) { return n % 2 * 255; }));
        QCOMPARE(decoded("big.tif")->pixels, pattern([](int n, int c) { return 10 * n + c; }, 3));
    }

    void orientationCountsWhateverTheFormat() {
        for (const char* name : {"turned.png", "turned.webp", "turned.tif"}) {
            const auto upright = decoded(name);
            QVERIFY2(upright.ok(), name);
            QCOMPARE(upright->height, 4);
            QCOMPARE(upright->width, 3);
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 3; ++x)
                    QCOMPARE(int(upright->row(y)[3 * x]), 10 * ((2 - x) * 4 + y));
            PixelSettings ignored;
            ignored.orientation = Orientation::Ignore;
            QCOMPARE(decoded(name, ignored)->pixels, pattern([](int n, int c) { return 10 * n + c; }, 3));
        }
    }

    void movingImagesHavePages() {
        for (const char* name : {"moving.gif", "moving.webp"}) {
            PixelSettings pixels;
            const auto first = decoded(name);
            QVERIFY2(first.ok(), first ? "" : first.error().message.c_str());
            QCOMPARE(Bytes(first->pixels.begin(), first->pixels.begin() + 3), (Bytes{200, 10, 20}));
            pixels.page = 2;
            const auto last = decoded(name, pixels);
            QCOMPARE(Bytes(last->pixels.end() - 3, last->pixels.end()), (Bytes{10, 20, 200}));
            pixels.page = 3;
            QVERIFY(QString::fromStdString(decoded(name, pixels).error().message).contains("has 3 pages"));
            const Bytes bytes = bytesOf(name);
            QCOMPARE(imageHeader(bytes.data(), bytes.size(), name)->pages, 3);
        }
    }

    void transparencyIsDroppedOrLaidOnAColour() {
        const auto dropped = decoded("drawing.png", grey());
        QVERIFY(std::all_of(dropped->pixels.begin(), dropped->pixels.end(), [](int value) { return value == 0; }));
        PixelSettings white;
        white.background = {false, {255, 250, 200}};
        const auto laid = decoded("drawing.png", white);
        QCOMPARE(Bytes(laid->pixels.begin() + 3, laid->pixels.begin() + 6), (Bytes{255, 250, 200}));
        QCOMPARE(Bytes(laid->pixels.begin(), laid->pixels.begin() + 3), (Bytes{127, 125, 100}));
        QCOMPARE(int(laid->row(3)[3 * 3]), 0);
        const auto gif = decoded("still.gif", white);
        QVERIFY2(gif.ok(), gif ? "" : gif.error().message.c_str());
        QCOMPARE(Bytes(gif->row(2) + 3, gif->row(2) + 6), (Bytes{250, 100, 50}));
        QCOMPARE(Bytes(gif->row(0), gif->row(0) + 3), (Bytes{255, 250, 200}));
    }

    void phonesImagesAreRead() {
        for (const char* name : {"half.heic", "half.avif"}) {
            const auto image = decoded(name);
            QVERIFY2(image.ok(), image ? name : image.error().message.c_str());
            QCOMPARE(image->height, 64);
            QCOMPARE(image->width, 64);
            QVERIFY(image->row(30)[3 * 8] > 190 && image->row(30)[3 * 8 + 2] < 60);
            QVERIFY(image->row(30)[3 * 56] < 60 && image->row(30)[3 * 56 + 2] > 190);
        }
    }

    /// Sides of a million pixels cost a sentence, not memory.
    void everyDecoderRefusesWhatIsTooLarge() {
        Bytes tiff = bytesOf("big.tif"); // BigTIFF: entries of 20 bytes from byte 16 + 8 on
        int patched = 0;
        for (std::size_t at = 24; at + 20 <= tiff.size() && patched < 2; at += 20)
            if ((tiff[at] == 0 || tiff[at] == 1) && tiff[at + 1] == 1) { // ImageWidth, ImageLength
                tiff[at + 2] = 4;                                        // a long number
                const std::uint32_t side = 32000;
                std::memcpy(tiff.data() + at + 12, &side, 4);
                ++patched;
            }
        QCOMPARE(patched, 2);
        Bytes gif = bytesOf("still.gif");
        gif[6] = gif[7] = gif[8] = gif[9] = 0xFF;
        const std::string pgm = "P5 40000 40000 255\n";
        for (const Bytes& bytes : {tiff, gif, Bytes(pgm.begin(), pgm.end())}) {
            const auto image = decodeImage(bytes.data(), bytes.size(), "it");
            QVERIFY(!image.ok());
            QVERIFY2(QString::fromStdString(image.error().message).contains("more pixels than can be handled"),
                     image.error().message.c_str());
        }
    }

    void whatIsNoImageIsCalledByItsName() {
        const auto why = [](const std::string& bytes) {
            const auto image = decodeImage(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), "a.jpg");
            return image ? QString() : QString::fromStdString(image.error().message);
        };
        QCOMPARE(why("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"),
                 QStringLiteral("a.jpg is a Git LFS pointer, not the file itself; run git lfs pull."));
        QVERIFY(why("\n<!DOCTYPE HTML><html>").contains("is an HTML page"));
        QVERIFY(why("\x89HDF\r\n\x1a\n....").contains("an HDF5 file (.h5), not an image"));
        QVERIFY(why(std::string("\x80\x02}q\x00", 5)).contains("Python pickle"));
        QVERIFY(why("<svg xmlns=\"http://www.w3.org/2000/svg\">").contains("export it as PNG"));
        QVERIFY(why(std::string("\x01\x02\x03\x04", 4)).contains("not an image"));
        QVERIFY(why("").contains("empty"));
    }

    void theRangeOfADataSetIsLookedUpOnceAndSaid() {
        QTemporaryDir folder;
        makeSet(folder.path(), "twelve.png");
        const auto dataset = openedSet(folder.path());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->depth, DepthSettings::range(0, 4092));
        const Guess* guess = guessOf(*dataset, "depth");
        QVERIFY(guess);
        QCOMPARE(guess->value, std::string("[0, 4092]"));
        QVERIFY(QString::fromStdString(guess->why).contains("0 to 65535"));
        DataSettings settings;
        settings.imageHeight = 3;
        settings.imageWidth = 4;
        settings.pixels = grey();
        const auto bright = [&] { return *loadSample(*dataset, dataset->samples[0], settings); };
        QCOMPARE(int(bright().pixels.back()), 255);
        QCOMPARE(int(shownImage(*dataset, dataset->samples[0])->pixels.back()), 255);
        // Kept in the run, in the words of the contract.
        const Json kept = manifestOf(*dataset, settings, {}).decoding;
        QCOMPARE(kept.at("depth"), Json::array({0.0, 4092.0}));
        QCOMPARE(kept.at("channels"), Json("grey"));
        settings.pixels.depth = DepthSettings::full();
        QCOMPARE(int(bright().pixels.back()), 16);
        // What is told is not guessed.
        const auto told = openedSet(folder.path(), grey(DepthSettings::full()));
        QVERIFY(!guessOf(*told, "depth"));
    }

    void imagesForTestingDoNotTellTheRange() {
        QTemporaryDir folder;
        makeSet(folder.path() + QStringLiteral("/train"), "twelve.png");
        makeSet(folder.path() + QStringLiteral("/test"), "endian.tif"); // up to 55,000
        const auto dataset = openedSet(folder.path());
        QCOMPARE(dataset->count(Subset::Test), std::size_t(6));
        QCOMPARE(dataset->depth, DepthSettings::range(0, 4092));
    }

    void aSetThatUsesItsFullRangeKeepsIt() {
        QTemporaryDir folder;
        makeSet(folder.path(), "endian.tif"); // up to 55,000
        const auto dataset = openedSet(folder.path());
        QCOMPARE(dataset->depth, DepthSettings::full());
        QVERIFY(!guessOf(*dataset, "depth"));
    }

    // Two channels that nobody sees use all 16 bits, the three that are seen only 12.
    void onlyChannelsThatAreUsedTellTheRange() {
        QTemporaryDir folder;
        makeSet(folder.path(), "five-deep.tif");
        QCOMPARE(openedSet(folder.path())->depth, DepthSettings::range(0, 4000));
        QCOMPARE(openedSet(folder.path(), with(ChannelSettings::of({0, 4})))->depth, DepthSettings::full());
    }

    void pagesAndDroppedChannelsAreSaid() {
        QTemporaryDir pages, channels;
        makeSet(pages.path(), "pages.tif");
        const auto paged = openedSet(pages.path());
        const Guess* guess = guessOf(*paged, "page");
        QVERIFY(guess);
        QCOMPARE(guess->value, std::string("0"));
        QVERIFY2(QString::fromStdString(guess->why).contains("has 5 pages, like 6 of 6 images"), guess->why.c_str());
        makeSet(channels.path(), "four.tif");
        const auto wide = openedSet(channels.path());
        const DataProblem* problem = problemOf(*wide, "dropped_channels");
        QVERIFY(problem);
        QVERIFY2(QString::fromStdString(problem->message).contains("4 channels, of which 3 are used, like 6 of 6"),
                 problem->message.c_str());
        QVERIFY(!problemOf(*openedSet(channels.path(), with(ChannelSettings::of({0, 1, 2, 3}))), "dropped_channels"));
    }

    void aDrawingThatIsLostWithItsTransparencyIsSaid() {
        QTemporaryDir folder;
        makeSet(folder.path(), "drawing.png");
        const auto dataset = openedSet(folder.path());
        const DataProblem* problem = problemOf(*dataset, "transparent");
        QVERIFY(problem);
        QVERIFY2(QString::fromStdString(problem->message).contains("[255, 255, 255]"), problem->message.c_str());
        PixelSettings white;
        white.background = {false, {255, 255, 255}};
        QVERIFY(!problemOf(*openedSet(folder.path(), white), "transparent"));
    }

    void paddingIsPillows() {
        const auto cases = readJsonFile(SIGHTLINE_SOURCE_DIR "/tests/golden/pad.json");
        QVERIFY(cases.ok());
        for (const Json& one : *cases) {
            Image image(one["shape"][0], one["shape"][1], one["shape"][2]);
            image.pixels = one["source"].get<Bytes>();
            DataSettings settings;
            settings.fit = Fit::Pad;
            settings.imageHeight = one["size"][0];
            settings.imageWidth = one["size"][1];
            settings.pad.colour = image.channels == 3 ? Colour{10, 20, 30} : Colour{90, 90, 90};
            QCOMPARE(fitted(image, settings).pixels, one["out"].get<Bytes>());
        }
    }

    void aMirroredFrameGoesOnWithTheImage() {
        Image image(1, 3, 1);
        image.pixels = {10, 20, 30};
        DataSettings settings;
        settings.fit = Fit::Pad;
        settings.pad.mirror = true;
        settings.imageHeight = 3;
        settings.imageWidth = 3;
        QCOMPARE(fitted(image, settings).pixels, (Bytes{10, 20, 30, 10, 20, 30, 10, 20, 30}));
        settings.imageWidth = 7;
        settings.imageHeight = 1;
        QCOMPARE(fitted(image, settings).pixels, (Bytes{30, 20, 10, 20, 30, 20, 10}));
    }
};

QTEST_GUILESS_MAIN(PixelsTest)
#include "tst_Pixels.moc"
