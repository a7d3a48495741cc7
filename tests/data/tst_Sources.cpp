// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

#include <fstream>

#include "data/Dataset.h"
#include "support/Csv.h"
#include "support/Files.h"
#include "support/Random.h"

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
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
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
Bytes cifarRecord(const Bytes& labels, char red) { return labels + Bytes(1024, red) + Bytes(1024, 1) + Bytes(1024, 2); }

Result<Dataset> opened(const fs::path& path, const std::string& format = "auto") {
    DataSettings settings;
    settings.path = path.string();
    settings.format = format;
    return openDataset(settings, 1);
}

Result<Image> decodedAt(const Dataset& dataset, std::size_t index, ColorMode mode = ColorMode::Rgb) {
    return dataset.source->decoded(dataset.samples[index], mode, Orientation::Apply);
}

void picture(const fs::path& file, std::uint8_t value) {
    fs::create_directories(file.parent_path());
    Image image(4, 5, 3);
    std::fill(image.pixels.begin(), image.pixels.end(), value);
    QVERIFY(writePng(file, image).ok());
}

/// Opens what mutation made of `good`, and decodes the first and the last image: never a crash, always a sentence.
void survivesMutation(const fs::path& root, const fs::path& file, const Bytes& good, int rounds) {
    CounterRandom random(5, RandomPurpose::Test);
    for (int round = 0; round < rounds; ++round) {
        Bytes bytes = good;
        for (std::uint64_t change = 1 + random.below(4); change > 0; --change)
            bytes[random.below(std::min<std::size_t>(bytes.size(), random.below(2) ? 40 : bytes.size()))] = static_cast<char>(random.below(256));
        if (random.below(3) == 0)
            bytes.resize(random.below(bytes.size()));
        write(file, bytes);
        const auto dataset = opened(root);
        if (!dataset) {
            QVERIFY(!dataset.error().message.empty());
            continue;
        }
        for (const std::size_t index : {std::size_t{0}, dataset->samples.size() - 1})
            if (const auto image = decodedAt(*dataset, index); image)
                QVERIFY(!image->empty());
    }
}

} // namespace

/// Readers of what is no folder of classes.
class SourcesTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path root() const { return m_folder->path().toStdString(); }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void idxFilesPlainAndGzipped() {
        for (const bool zipped : {false, true}) {
            init();
            const auto put = [&](const char* name, const Bytes& bytes) { zipped ? writeGz(root() / (std::string(name) + ".gz"), bytes) : write(root() / name, bytes); };
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
            // Samples are sorted by class; record 4 is the second of class 0, and its pixels go on where record 3 ended.
            QCOMPARE(dataset->samples[1].path, std::string("train/00004"));
            const auto grey = decodedAt(*dataset, 1, ColorMode::Grayscale);
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
        write(root() / "labels.csv", "\xEF\xBB\xBF" "Image,Class,split\r\nimages/a b.png,\"dog, small\",train\r\nü.png,cat,train\nc,cat,test\nnot-there.png,cat,train\nd.png,,train\n");
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

    void mutatedFilesAreSentencesNotCrashes() {
        write(root() / "i" / "train-labels-idx1-ubyte", idxLabels(20, 4));
        survivesMutation(root() / "i", root() / "i" / "train-images-idx3-ubyte", idxImages(20, 3, 2), 150);
        write(root() / "i" / "train-images-idx3-ubyte", idxImages(20, 3, 2));
        survivesMutation(root() / "i", root() / "i" / "train-labels-idx1-ubyte", idxLabels(20, 4), 150);
        fs::remove(root() / "i" / "train-labels-idx1-ubyte");
        writeGz(root() / "labels.gz", idxLabels(20, 4));
        survivesMutation(root() / "i", root() / "i" / "train-labels-idx1-ubyte.gz", *readFile(root() / "labels.gz"), 150);
        survivesMutation(root() / "c", root() / "c" / "data_batch_1.bin", cifarRecord(Bytes(1, 3), 9) + cifarRecord(Bytes(1, 0), 7), 80);
        picture(root() / "t" / "x1.png", 1);
        picture(root() / "t" / "x2.png", 1);
        survivesMutation(root() / "t", root() / "t" / "t.csv", "path,label\nx1.png,\"a\"\"b\"\nx2.png,b\n", 150);
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
