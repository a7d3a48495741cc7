// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <fstream>

#include "Test.h"
#include "store/ProbeFile.h"
#include "support/Files.h"
#include "support/Json.h"
#include "support/Random.h"

using namespace sightline;

/// What a run keeps of its pinned images, and what is read of files that anybody may have written.
class ProbeFileTest : public FreshFolderTest {
    Q_OBJECT

    static ProbeMaps probes(int epoch) {
        ProbeMap known{"train/duck/a \"b\".png", "duck", 0.75, "boat", 0.125, 2, 3, {0, 17, 255, 1, 2, 3}};
        ProbeMap unknown{"strange.png", "boat", 1, "", 0, 1, 1, {9}};
        return {epoch, {known, unknown}};
    }
    void write(const std::string& text) const {
        QVERIFY(makeFolder(root() / kProbesFolder));
        std::ofstream(root() / probeFile(3), std::ios::binary) << text; // nothing to flush: the test reads it back
    }

private Q_SLOTS:
    void whatIsWrittenIsRead() {
        QVERIFY(writeProbes(root(), probes(3)));
        QCOMPARE(probeFile(3), std::string("probes/epoch-0003.json"));
        const auto read = readProbes(root(), 3);
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QVERIFY(*read == probes(3));
        QVERIFY(!read->maps[0].isRight());
    }

    void theEpochsAreThoseOfTheFolder() {
        QVERIFY(probeEpochs(root()).empty());
        for (const int epoch : {10, 2, 12345, 1})
            QVERIFY(writeProbes(root(), probes(epoch)));
        for (const char* name : {"epoch-.json", "epoch-0.json", "epoch--4.json", "epoch-7x.json", "epoch-0008.json.tmp",
                                 "epoch-99999999999.json", "notes.txt"})
            QVERIFY(writeFileAtomically(root() / kProbesFolder / name, "{}"));
        QCOMPARE(probeEpochs(root()), (std::vector<int>{1, 2, 10, 12345}));
        forgetProbesAfter(root(), 2);
        QCOMPARE(probeEpochs(root()), (std::vector<int>{1, 2}));
        QVERIFY(std::filesystem::exists(root() / kProbesFolder / "notes.txt"));
    }

    void whatDoesNotFitIsRefused() {
        const std::string good = R"({"epoch":3,"probes":[{"path":"a","predicted":"b","probability":0.5,)"
                                 R"("size":[1,2],"map":[1,2]}]})";
        write(good);
        QVERIFY(readProbes(root(), 3).ok());
        const auto with = [&](const std::string& from, const std::string& to) {
            std::string bad = good;
            bad.replace(bad.find(from), from.size(), to);
            return bad;
        };
        std::string many = R"({"epoch":3,"probes":[)";
        for (int i = 0; i < 17; ++i)
            many += std::string(i ? "," : "") + R"({"path":"a","predicted":"b","size":[1,2],"map":[1,2]})";
        for (const std::string& bad : {std::string("[]"),
                                       std::string("null"),
                                       std::string(R"({"epoch":3,"probes":{}})"),
                                       std::string(R"({"epoch":3,"probes":[1, null]})"),
                                       many + "]}",
                                       with("\"epoch\":3", "\"epoch\":4"),
                                       with("0.5", "1.5"),
                                       with("0.5", "-1"),
                                       with("0.5", "\"much\""),
                                       with("[1,2]", "[1,2,3]"),
                                       with("[1,2]", "[1,3]"),
                                       with("[1,2]", "[-1,-2]"),
                                       with("[1,2]", "[1,2000000000]"),
                                       with("[1,2]", "[0,0]"),
                                       with("\"map\":[1,2]", "\"map\":[1,256]"),
                                       with("\"map\":[1,2]", "\"map\":[1,-1]"),
                                       with("\"map\":[1,2]", "\"map\":[1,0.5]"),
                                       with("\"map\":[1,2]", "\"map\":\"AQI=\""),
                                       with("\"map\":[1,2]", "\"map\":[]"),
                                       with("\"path\":\"a\"", "\"path\":7"),
                                       with("\"path\":\"a\"", "\"path\":\"\""),
                                       with("\"path\"", "\"place\"")}) {
            write(bad);
            const auto read = readProbes(root(), 3);
            QVERIFY2(!read.ok(), bad.c_str());
            QVERIFY2(read.error().message.find("probes/epoch-0003.json is damaged") != std::string::npos,
                     read.error().message.c_str());
        }
        QVERIFY(!readProbes(root(), 9).ok()); // there is none
    }

    void anyBytesAreReadOrRefused() {
        QVERIFY(writeProbes(root(), probes(3)));
        const std::string good = *readFile(root() / probeFile(3));
        CounterRandom random(1, RandomPurpose::Test);
        int refused = 0;
        for (int round = 0; round < 2000; ++round) {
            std::string bad = good;
            for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes)
                bad[random.below(bad.size())] = static_cast<char>(random.below(256));
            if (round % 3 == 0)
                bad.resize(random.below(bad.size()));
            if (round % 5 == 0)
                bad.insert(random.below(bad.size() + 1), good.substr(random.below(good.size())));
            write(bad);
            const auto read = readProbes(root(), 3);
            refused += read ? 0 : 1;
            if (!read)
                continue;
            for (const ProbeMap& map : read->maps) {
                QVERIFY(map.height <= kLongestProbeSide && map.width <= kLongestProbeSide);
                QCOMPARE(map.values.size(), static_cast<std::size_t>(map.height * map.width));
                QVERIFY(map.probability >= 0 && map.probability <= 1);
            }
        }
        QVERIFY(refused > 500);
    }
};

QTEST_GUILESS_MAIN(ProbeFileTest)
#include "tst_ProbeFile.moc"
