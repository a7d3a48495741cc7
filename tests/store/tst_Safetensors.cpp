// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "Test.h"
#include "store/WeightsDigest.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace {

std::string fileBytes(const std::string& header, std::size_t dataBytes) {
    const std::uint64_t size = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &size, 8);
    return bytes + header + std::string(dataBytes, '\0');
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

} // namespace

class TestSafetensors : public Test {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::filesystem::path file() const {
        return std::filesystem::path(m_folder.path().toStdString()) / "x.safetensors";
    }

private Q_SLOTS:
    void whatIsWrittenIsReadBack() {
        const std::vector<float> weights = {1, -2, 3.5f, 0, 5, 6}, scalar = {7};
        QVERIFY(writeSafetensors(file(), {{"b.weight", {2, 3}, weights}, {"a", {}, scalar}, {"empty", {0, 4}, {}}},
                                 {{"epoch", "3"}})
                    .ok());
        const auto read = SafetensorsFile::open(file());
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->tensors().size(), std::size_t(3));
        QCOMPARE(read->metadata().at("epoch"), std::string("3"));
        QCOMPARE(read->find("b.weight")->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(asFloats(*read->find("b.weight")).value(), weights);
        QCOMPARE(asFloats(*read->find("a")).value(), scalar);
        QVERIFY(read->find("a")->shape.empty());
        QVERIFY(asFloats(*read->find("empty")).value().empty());
        QVERIFY(read->find("c") == nullptr);
    }

    void whatWasDamagedAfterItWasWrittenIsToldByItsDigest() {
        const std::vector<float> weights(64, 1.5f), more = {7};
        QVERIFY(writeSafetensors(file(), {{"b", {64}, weights}, {"a", {1}, more}}, {{"epoch", "3"}}).ok());
        QVERIFY(openAsWritten(file()).ok()); // says nothing of itself
        QVERIFY(
            writeSafetensors(file(), {{"b", {64}, weights}, {"a", {1}, more}}, {{"epoch", "3"}, {kWeightsDigest, ""}})
                .ok());
        const std::string whole = readFile(file()).value();
        QVERIFY(openAsWritten(file()).ok());
        std::string half = whole, bit = whole, said = whole;
        std::fill(half.end() - 128, half.end(), '\0');
        bit[bit.size() - 1] = static_cast<char>(bit.back() ^ 1);
        said.replace(said.find(R"("3")"), 3, R"("4")");
        for (const std::string& damaged : {half, bit, said}) {
            write(file(), damaged);
            QVERIFY(SafetensorsFile::open(file()).ok());
            const auto opened = openAsWritten(file());
            QVERIFY(!opened.ok());
            QVERIFY2(opened.error().message.find("is damaged") != std::string::npos, opened.error().message.c_str());
        }
    }

    void theHeaderIsPaddedToEightBytes() {
        QVERIFY(writeSafetensors(file(), {{"x", {1}, std::vector<float>{1}}}).ok());
        std::ifstream stream(file(), std::ios::binary);
        std::uint64_t size = 1;
        stream.read(reinterpret_cast<char*>(&size), 8);
        QCOMPARE(size % 8, std::uint64_t(0));
    }

    void halfTypesBecomeFloats() {
        std::string bytes = fileBytes(
            "{\"h\":" + tensor("F16", "[4]", "[0,8]") + ",\"b\":" + tensor("BF16", "[1]", "[8,10]") +
                ",\"d\":" + tensor("F64", "[1]", "[10,18]") + ",\"i\":" + tensor("I64", "[1]", "[18,26]") + "}",
            26);
        char* data = bytes.data() + bytes.size() - 26;
        const std::uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x7c00}, brain = 0x4049;
        const double wide = 0.1;
        std::memcpy(data, halves, 8);
        std::memcpy(data + 8, &brain, 2);
        std::memcpy(data + 10, &wide, 8);
        write(file(), bytes);
        const auto read = SafetensorsFile::open(file());
        QVERIFY(read.ok());
        QCOMPARE(asFloats(*read->find("h")).value(),
                 (std::vector<float>{1, -2, 0x1p-24f, std::numeric_limits<float>::infinity()}));
        QCOMPARE(asFloats(*read->find("b")).value(), (std::vector<float>{3.140625f}));
        QCOMPARE(asFloats(*read->find("d")).value(), (std::vector<float>{0.1f}));
        const auto refused = asFloats(*read->find("i"));
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message.find("I64") != std::string::npos);
    }

    void eachRuleIsEnforced_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("sound");
        const auto row = [](const char* name, const std::string& bytes, bool sound = false) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << sound;
        };
        const std::string x = "\"x\":" + tensor("F32", "[2]", "[0,8]");
        row("sound", fileBytes("{" + x + "}", 8), true);
        row("no tensors", fileBytes("{}", 0), true);
        row("white space around", fileBytes(" {" + x + "} \n", 8), true);
        row("neighbours", fileBytes("{\"y\":" + tensor("U8", "[3]", "[8,11]") + "," + x + "}", 11), true);
        row("empty file", "");
        row("seven bytes", "1234567");
        row("header beyond the file", std::string("\xff\x00\x00\x00\x00\x00\x00\x00{}", 10));
        row("header beyond all numbers", std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10));
        row("not JSON", fileBytes("{" + x, 8));
        row("a list", fileBytes("[]", 0));
        row("byte order mark", fileBytes("\xef\xbb\xbf{}", 0));
        row("bad UTF-8", fileBytes("{\"\xff\":" + tensor("F32", "[2]", "[0,8]") + "}", 8));
        row("garbage after", fileBytes("{" + x + "}x", 8));
        row("NUL after", fileBytes("{" + x + "}" + std::string(1, '\0') + "x", 8));
        row("nested", fileBytes("{\"x\":{\"dtype\":{\"a\":1},\"shape\":[2],\"data_offsets\":[0,8]}}", 8));
        row("deep", fileBytes("{\"x\":" + std::string(100000, '['), 8));
        row("same name twice", fileBytes("{" + x + "," + x + "}", 8));
        row("same field twice",
            fileBytes("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8));
        row("unknown field",
            fileBytes("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"strides\":[1]}}", 8));
        row("missing field", fileBytes("{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8));
        row("metadata of numbers", fileBytes("{\"__metadata__\":{\"a\":1}}", 0));
        row("metadata of text", fileBytes("{\"__metadata__\":{\"a\":\"1\"}}", 0), true);
        std::string many;
        for (int i = 0; i <= 10'000; ++i)
            many += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"\"";
        row("more metadata than anybody keeps", fileBytes("{\"__metadata__\":{" + many + "}}", 0));
        row("a name of several lines",
            fileBytes("{\"a\\nb\\u0007" + std::string(3000, 'c') + "\":" + tensor("F33", "[2]", "[0,8]") + "}", 8));
        row("metadata as text", fileBytes("{\"__metadata__\":\"a\"}", 0));
        row("negative", fileBytes("{\"x\":" + tensor("F32", "[-2]", "[0,8]") + "}", 8));
        row("fraction", fileBytes("{\"x\":" + tensor("F32", "[2.0]", "[0,8]") + "}", 8));
        row("huge number", fileBytes("{\"x\":" + tensor("F32", "[99999999999999999999999]", "[0,8]") + "}", 8));
        row("unknown type", fileBytes("{\"x\":" + tensor("F33", "[2]", "[0,8]") + "}", 8));
        row("rank nine", fileBytes("{\"x\":" + tensor("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]") + "}", 8));
        row("rank eight", fileBytes("{\"x\":" + tensor("F32", "[1,1,1,1,1,1,1,2]", "[0,8]") + "}", 8), true);
        row("product overflows", fileBytes("{\"x\":" + tensor("F32", "[4294967296,4294967296]", "[0,0]") + "}", 0));
        row("half a byte", fileBytes("{\"x\":" + tensor("F4", "[1]", "[0,1]") + "}", 1));
        row("two halves of a byte", fileBytes("{\"x\":" + tensor("F4", "[2]", "[0,1]") + "}", 1), true);
        row("starts late", fileBytes("{\"x\":" + tensor("F32", "[2]", "[4,12]") + "}", 12));
        row("hole", fileBytes("{" + x + ",\"y\":" + tensor("U8", "[1]", "[9,10]") + "}", 10));
        row("overlap", fileBytes("{" + x + ",\"y\":" + tensor("U8", "[4]", "[4,8]") + "}", 8));
        row("ends before it begins", fileBytes("{\"x\":" + tensor("F32", "[2]", "[8,0]") + "}", 8));
        row("size and shape differ", fileBytes("{\"x\":" + tensor("F32", "[3]", "[0,8]") + "}", 8));
        row("three offsets", fileBytes("{\"x\":" + tensor("F32", "[2]", "[0,8,8]") + "}", 8));
        row("trailing bytes", fileBytes("{" + x + "}", 9));
        row("cut short", fileBytes("{" + x + "}", 7));
    }

    void eachRuleIsEnforced() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, sound);
        write(file(), bytes.toStdString());
        const auto read = SafetensorsFile::open(file());
        QCOMPARE(read.ok(), sound);
        if (!sound) {
            QCOMPARE(read.error().kind, ErrorKind::BadInput);
            QVERIFY(read.error().message.find("x.safetensors") != std::string::npos);
            QVERIFY(read.error().message.size() < 600 && read.error().message.find('\n') == std::string::npos);
        }
    }

    void mutatedFilesAreReadOrRefused() {
        QVERIFY(writeSafetensors(file(),
                                 {{"layer.weight", {2, 2}, std::vector<float>{1, 2, 3, 4}},
                                  {"layer.bias", {2}, std::vector<float>{5, 6}}},
                                 {{"a", "b"}})
                    .ok());
        std::ifstream stream(file(), std::ios::binary);
        const std::string sound((std::istreambuf_iterator<char>(stream)), {});
        int refused = 0;
        for (std::uint64_t round = 0; round < 3000; ++round) {
            CounterRandom random(1, RandomPurpose::Test, 0, round);
            std::string bytes = sound;
            for (std::uint64_t change = random.below(4) + 1; change > 0; --change) {
                const auto place = static_cast<std::size_t>(random.below(bytes.size()));
                switch (random.below(3)) {
                case 0:
                    bytes[place] = static_cast<char>(random.next32());
                    break;
                case 1:
                    bytes.erase(place, 1);
                    break;
                default:
                    bytes.insert(place, 1, "{}[]\",:0123456789"[random.below(17)]);
                    break;
                }
            }
            write(file(), bytes);
            const auto read = SafetensorsFile::open(file());
            if (!read) {
                ++refused;
                continue;
            }
            for (const TensorView& view : read->tensors())
                QVERIFY(view.data.size() <= bytes.size());
        }
        QVERIFY(refused > 1000);
    }

    void whatIsNoWeightsFileIsCalledByItsName() {
        const auto why = [this](const std::string& bytes) {
            write(file(), bytes);
            const auto opened = SafetensorsFile::open(file());
            return opened ? QString() : QString::fromStdString(opened.error().message);
        };
        QVERIFY(
            why("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n").contains("run git lfs pull"));
        QVERIFY(why(std::string("\x80\x02}q\x00q\x01X", 8)).contains("convert it in Python with safetensors.torch"));
        QVERIFY(why("PK\x03\x04" + std::string(30, 'x') + "archive/data.pkl").contains("torch.save"));
        QVERIFY(why("\x89HDF\r\n\x1a\n" + std::string(64, 'x')).contains("HDF5 file (.h5), not .safetensors"));
        QVERIFY(why("<!DOCTYPE html><html><body>404</body></html>").contains("HTML page"));
    }

    void folderAndMissingFileAreRefused() {
        QVERIFY(!SafetensorsFile::open(m_folder.path().toStdString()).ok());
        QVERIFY(!SafetensorsFile::open(file().string() + "-not-there").ok());
    }

    void valuesThatDoNotFitTheirShapeAreNotWritten() {
        QVERIFY(!writeSafetensors(file(), {{"x", {3}, std::vector<float>{1}}}).ok());
        const std::vector<float> one = {1};
        QVERIFY(!writeSafetensors(file(), {{"x", {1}, one}, {"x", {1}, one}}).ok());
    }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_Safetensors.moc"
