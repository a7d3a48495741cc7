// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgcodecs.hpp>
#include <zlib.h>

#include <fstream>

#include "Test.h"
#include "data/Dataset.h"
#include "support/Csv.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

using Bytes = std::string;

void write(const fs::path& file, const Bytes& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void writeGz(const fs::path& file, const Bytes& bytes) {
    const gzFile out = ::gzopen(file.c_str(), "wb");
    ::gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    ::gzclose(out);
}

Bytes bigEndian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

Bytes idxImages(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
    Bytes bytes = bigEndian(0x803) + bigEndian(count) + bigEndian(height) + bigEndian(width);
    for (std::uint32_t i = 0; i < count * height * width; ++i)
        bytes += static_cast<char>(i % 251);
    return bytes;
}

Bytes idxLabels(std::uint32_t count, int classes) {
    Bytes bytes = bigEndian(0x801) + bigEndian(count);
    for (std::uint32_t i = 0; i < count; ++i)
        bytes += static_cast<char>(static_cast<int>(i) % classes);
    return bytes;
}

/// One record of CIFAR: labels, then a red plane of `red`, green of 1, blue of 2.
Bytes cifarRecord(const Bytes& labels, char red) {
    return labels + Bytes(1024, red) + Bytes(1024, 1) + Bytes(1024, 2);
}

Result<Dataset> opened(const fs::path& path, const std::string& format = "auto") {
    DataSettings settings;
    settings.path = path.string();
    settings.format = format;
    return openDataset(settings, 1);
}

Result<Image> decodedAt(const Dataset& dataset, std::size_t index, const PixelSettings& pixels = {}) {
    return dataset.source->decoded(dataset.samples[index], pixels);
}

void picture(const fs::path& file, std::uint8_t value) {
    fs::create_directories(file.parent_path());
    Image image(4, 5, 3);
    std::fill(image.pixels.begin(), image.pixels.end(), value);
    QVERIFY(writePng(file, image).ok());
}

} // namespace

/// Readers of what is no folder of classes.
class SourcesTest : public FreshFolderTest {
    Q_OBJECT

private Q_SLOTS:
    void idxFilesPlainAndGzipped() {
        for (const bool zipped : {false, true}) {
            init();
            const auto put = [&](const char* name, const Bytes& bytes) {
                zipped ? writeGz(root() / (std::string(name) + ".gz"), bytes) : write(root() / name, bytes);
            };
            put("train-images-idx3-ubyte", idxImages(20, 3, 2));
            put("train-labels-idx1-ubyte", idxLabels(20, 4));
            put("t10k-images-idx3-ubyte", idxImages(6, 3, 2));
            put("t10k-labels-idx1-ubyte", idxLabels(6, 4));
            const auto dataset = opened(root());
            QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
            QCOMPARE(dataset->format, std::string("idx"));
            QCOMPARE(dataset->classes, (std::vector<std::string>{"0", "1", "2", "3"}));
            QCOMPARE(dataset->count(Subset::Train), std::size_t(20));
            QCOMPARE(dataset->count(Subset::Test), std::size_t(6));
            // Samples are sorted by class; record 4 is the second of class 0, and its pixels go on where record 3
            // ended.
            QCOMPARE(dataset->samples[1].path, std::string("train/00004"));
            PixelSettings pixels;
            pixels.channels = ChannelSettings::grey();
            const auto grey = decodedAt(*dataset, 1, pixels);
            QVERIFY(grey.ok());
            QCOMPARE(grey->height, 3);
            QCOMPARE(grey->width, 2);
            QCOMPARE(int(grey->pixels[0]), 4 * 6);
            QCOMPARE(decodedAt(*dataset, 1)->pixels.size(), std::size_t(18));
        }
    }

    void idxLiesAreRefused() {
        write(root() / "train-images-idx3-ubyte", idxImages(20, 3, 2));
        QVERIFY(!opened(root()).ok()); // no labels
        write(root() / "train-labels-idx1-ubyte", idxLabels(19, 4));
        QVERIFY(QString::fromStdString(opened(root()).error().message).contains("19"));
        write(root() / "train-labels-idx1-ubyte", idxLabels(20, 4));
        QVERIFY(opened(root()).ok());
        Bytes liar = idxImages(20, 3, 2);
        liar.replace(4, 4, bigEndian(0xfffffff0));
        write(root() / "train-images-idx3-ubyte", liar);
        QVERIFY(!opened(root()).ok());
        Bytes huge = idxImages(20, 3, 2);
        huge.replace(8, 8, bigEndian(0xffffffff) + bigEndian(0xffffffff));
        write(root() / "train-images-idx3-ubyte", huge);
        QVERIFY(!opened(root()).ok());
    }

    void cifarTenKeepsItsPlanesAndNames() {
        write(root() / "data_batch_1.bin", cifarRecord(Bytes(1, 3), 9) + cifarRecord(Bytes(1, 0), 7));
        write(root() / "test_batch.bin", cifarRecord(Bytes(1, 3), 5) + "torn");
        write(root() / "batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("cifar10"));
        QCOMPARE(dataset->classes[3], std::string("cat"));
        QCOMPARE(dataset->samples.size(), std::size_t(3));
        QCOMPARE(dataset->samples[0].label, 0);
        const auto image = decodedAt(*dataset, 1);
        QCOMPARE(image->width, 32);
        QCOMPARE(int(image->pixels[0]), 9);
        QCOMPARE(int(image->pixels[1]), 1);
        QCOMPARE(int(image->pixels[2]), 2);
        QVERIFY(dataset->samples[2].subset == Subset::Test);
        QCOMPARE(dataset->problems.front().kind, std::string("truncated"));
    }

    void cifarHundredTakesTheFineLabel() {
        write(root() / "train.bin", cifarRecord(Bytes{1, 42}, 9));
        write(root() / "test.bin", cifarRecord(Bytes{1, 99}, 9) + cifarRecord(Bytes{1, 120}, 9));
        write(root() / "fine_label_names.txt", "apple\n");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("cifar100"));
        QCOMPARE(dataset->classes.size(), std::size_t(100));
        QCOMPARE(dataset->samples[0].label, 42);
        QCOMPARE(dataset->samples.size(), std::size_t(2)); // label 120 is none
    }

    void tablesWithHeadingsAndWithout() {
        for (const char* name : {"a b.png", "ü.png", "c.png", "d.png"})
            picture(root() / "images" / name, 10);
        write(root() / "labels.csv",
              "\xEF\xBB\xBF"
              "Image,Class,split\r\nimages/a b.png,\"dog, "
              "small\",train\r\nü.png,cat,train\nc,cat,test\nnot-there.png,cat,train\nd.png,,train\n");
        auto dataset = opened(root());
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->format, std::string("csv"));
        QCOMPARE(dataset->classes, (std::vector<std::string>{"cat", "dog, small"}));
        QCOMPARE(dataset->count(Subset::Train), std::size_t(2));
        QCOMPARE(dataset->count(Subset::Test), std::size_t(1));
        QCOMPARE(dataset->problems.size(), std::size_t(2)); // a missing file, a missing label
        QVERIFY(decodedAt(*dataset, 0).ok());

        init();
        picture(root() / "x1.png", 1);
        picture(root() / "x2.png", 2);
        write(root() / "list.tsv", "0\tx1.png\n1\tx2.png\n");
        dataset = opened(root() / "list.tsv"); // the table itself
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->classes, (std::vector<std::string>{"0", "1"}));
        QCOMPARE(dataset->samples[1].path, std::string("x2.png"));
    }

    void tablesWithoutTheirColumnsAreRefused() {
        write(root() / "t.csv", "a,b\n1,2\n3,4\n");
        const auto dataset = opened(root() / "t.csv");
        QVERIFY(!dataset.ok());
        QVERIFY(QString::fromStdString(dataset.error().message).contains("path"));
        write(root() / "empty.csv", "");
        QVERIFY(!opened(root() / "empty.csv").ok());
        write(root() / "file.bin", "x");
        QVERIFY(!opened(root() / "file.bin").ok());
    }

    void namesThatBeginWithTheirClass() {
        for (const char* name : {"cat.0.png", "cat.1.png", "dog_12.png", "dog_13.png", "readme.png"})
            picture(root() / name, 3);
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->format, std::string("flat"));
        QVERIFY(std::find(dataset->classes.begin(), dataset->classes.end(), "dog") != dataset->classes.end());
        QCOMPARE(dataset->problems.front().path, std::string("readme.png"));
    }

    void foldersOfClassesStayFolders() {
        picture(root() / "a" / "img_1.png", 1);
        picture(root() / "b" / "img_2.png", 1);
        write(root() / "notes.csv", "who,what\nme,nothing\n");
        QCOMPARE(opened(root())->format, std::string("folders"));
    }

    void tablesByChosenColumns() {
        for (const char* name : {"1.png", "2.png", "3.png", "4.png"})
            picture(root() / "pics" / name, 10);
        const fs::path table = root() / "data.csv";
        write(table, "nr;where;kind;color;part\r\n1;pics/1.png;a;red;train\r\n2;pics\\2.png;b;blue;train\r\n3;./pics/"
                     "3.png;a;blue;valid\r\n4;pics/4.png;b;red;test\r\n");
        DataSettings settings;
        settings.path = table.string();
        settings.table.labelColumn = "color";
        settings.table.splitColumn = "part";
        auto dataset = openDataset(settings, 1);
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->classes, (std::vector<std::string>{"blue", "red"}));
        QCOMPARE(dataset->count(Subset::Train), std::size_t(2));
        QCOMPARE(dataset->count(Subset::Validation), std::size_t(1));
        QCOMPARE(dataset->count(Subset::Test), std::size_t(1));
        settings.table.labelColumn = "3"; // by number
        QCOMPARE(openDataset(settings, 1)->classes, (std::vector<std::string>{"a", "b"}));
        for (const auto& [column, name] : {std::pair(&settings.table.labelColumn, "label_column"),
                                           std::pair(&settings.table.pathColumn, "path_column")}) {
            *column = "shape";
            const auto refused = openDataset(settings, 1);
            QVERIFY(!refused.ok());
            QCOMPARE(QString::fromStdString(refused.error().message),
                     QStringLiteral("data.table.%1: %2 has no column 'shape'; it has: nr, where, kind, color, part.")
                         .arg(QLatin1String(name), QString::fromStdString(table.string())));
            *column = {};
        }
    }

    void tablesWithoutHeadingsByNumber() {
        picture(root() / "1.png", 1);
        picture(root() / "2.png", 1);
        picture(root() / "3.png", 1);
        write(root() / "t.csv", "label,1.png\ncat,2.png\ncat,3.png\n");
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.table.header = TableSettings::Header::No;
        settings.table.pathColumn = "2";
        const auto dataset = openDataset(settings, 1);
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->classes, (std::vector<std::string>{"cat", "label"}));
        QCOMPARE(dataset->count(Subset::Train), std::size_t(3));
    }

    void rowsOfATableKeepTheirOrder() {
        for (const char* name : {"c.png", "a.png", "b.png", "d.png"})
            picture(root() / name, 1);
        write(root() / "t.csv", "path,label\nc.png,x\na.png,x\nd.png,x\nb.png,x\n");
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.validationSplit = 0.5;
        const auto dataset = openDataset(settings, 1);
        QVERIFY(dataset.ok());
        std::vector<std::string> paths;
        for (const Sample& sample : dataset->samples)
            paths.push_back(sample.path);
        QCOMPARE(paths, (std::vector<std::string>{"d.png", "b.png", "c.png",
                                                  "a.png"})); // validation is the first half, and comes last
    }

    void trainAndTestTablesBesideEachOther() {
        for (const char* name : {"1.png", "2.png", "3.png"})
            picture(root() / name, 1);
        write(root() / "train.csv", "id,label\n1,a\n2,b\n");
        write(root() / "test.csv", "id\n3\n");
        write(root() / "sample_submission.csv", "id,label\n3,a\n");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->format, std::string("csv"));
        QCOMPARE(dataset->count(Subset::Train), std::size_t(2));
        QCOMPARE(dataset->problems.front().path, std::string("test.csv"));
    }

    void aTableWhoseImagesAreGoneSaysSo() {
        write(root() / "t.csv", "path,label\ngone/1.png,a\ngone/2.png,b\n");
        const auto dataset = opened(root() / "t.csv");
        QVERIFY(!dataset.ok());
        QVERIFY(QString::fromStdString(dataset.error().message)
                    .contains("names 2 images, but none of them exists; the first is gone/1.png"));
    }

    void aPatternTellsTheClass() {
        for (const char* name : {"day1/X-red-1.png", "day1/X-blue-1.png", "day2/X-red-2.png", "day2/odd.png"})
            picture(root() / name, 3);
        DataSettings settings;
        settings.path = root().string();
        for (const char* pattern : {"-(?P<class>[a-z]+)-", "(?<class>red|blue)", "X-([a-z]+)"}) {
            settings.pattern = pattern;
            const auto dataset = openDataset(settings, 1);
            QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
            QCOMPARE(dataset->format, std::string("flat"));
            QCOMPARE(dataset->classes, (std::vector<std::string>{"blue", "red"}));
            QCOMPARE(dataset->problems.front().path, std::string("day2/odd.png"));
        }
        settings.pattern = "nothing like it";
        QVERIFY(QString::fromStdString(openDataset(settings, 1).error().message).contains("matches data.pattern"));
        settings.pattern = "(";
        QVERIFY(QString::fromStdString(openDataset(settings, 1).error().message)
                    .contains("data.pattern is not a valid regular expression"));
        settings.pattern = "(a*)*b(a|aa)+$"; // what makes other engines hang
        QVERIFY(!openDataset(settings, 1).ok());
    }

    void flatFoldersMayHaveSplits() {
        for (const char* name : {"train/cat.0.png", "train/cat.1.png", "train/dog.0.png", "train/dog.1.png",
                                 "val/dog.7.png", "test/17.png"})
            picture(root() / name, 3);
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->format, std::string("flat"));
        QCOMPARE(dataset->classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(dataset->count(Subset::Validation), std::size_t(1));
        QCOMPARE(dataset->count(Subset::Test), std::size_t(0));
    }

    void oneFileStandsForItsFolder() {
        write(root() / "train-images-idx3-ubyte", idxImages(20, 3, 2));
        write(root() / "train-labels-idx1-ubyte", idxLabels(20, 4));
        QCOMPARE(opened(root() / "train-labels-idx1-ubyte")->format, std::string("idx"));
        write(root() / "c" / "data_batch_1.bin", cifarRecord(Bytes(1, 3), 9));
        QCOMPARE(opened(root() / "c" / "data_batch_1.bin")->format, std::string("cifar10"));
    }

    void everyImageKindInEveryFolder() {
        const std::vector<std::string> endings{".png",  ".jpg",  ".JPEG", ".bmp", ".tif",
                                               ".tiff", ".webp", ".ppm",  ".pgm"};
        for (const char* name : {"a", "b"})
            for (const std::string& ending : endings) {
                std::vector<std::uint8_t> bytes;
                QVERIFY(cv::imencode(
                    ending, cv::Mat(6, 7, ending == ".pgm" ? CV_8UC1 : CV_8UC3, cv::Scalar(10, 20, 200)), bytes));
                write(root() / name / ("x" + ending), Bytes(bytes.begin(), bytes.end()));
            }
        const auto dataset = opened(root());
        QCOMPARE(dataset->samples.size(), 2 * endings.size());
        for (std::size_t i = 0; i < dataset->samples.size(); ++i) {
            const auto decoded = decodedAt(*dataset, i);
            QVERIFY2(decoded.ok(), decoded ? "" : decoded.error().message.c_str());
            QCOMPARE(decoded->width, 7);
            if (!dataset->samples[i].path.ends_with(".pgm"))
                QVERIFY(decoded->pixels[0] > 180 && decoded->pixels[2] < 30);
        }
    }

    void csvQuotingGoesBothWays() {
        for (const std::string text : {"plain", "a,b", "say \"so\"", "two\nlines", ""}) {
            const auto rows = csvRows(csvCell(text) + ",end\n");
            QCOMPARE(rows.size(), std::size_t(1));
            QCOMPARE(rows[0][0], text);
            QCOMPARE(rows[0][1], std::string("end"));
        }
        QCOMPARE(csvSeparator("a;b;c\n1,2"), ';');
    }
};

QTEST_GUILESS_MAIN(SourcesTest)
#include "tst_Sources.moc"
