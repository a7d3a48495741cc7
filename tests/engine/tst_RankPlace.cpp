// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>

#include "Test.h"
#include "augment/BatchPart.h"
#include "engine/RankPlace.h"

using namespace sightline;

/// Where a process stands among those that train together, and its part of each batch.
class RankPlaceTest : public Test {
    Q_OBJECT

    using Variables = std::map<std::string, std::string>;

    static Result<std::optional<RankPlace>> placeIn(const Variables& variables) {
        return rankPlace([&](const char* name) -> const char* {
            const auto found = variables.find(name);
            return found == variables.end() ? nullptr : found->second.c_str();
        });
    }
    static Variables torchrun() {
        return {
            {"RANK", "1"}, {"WORLD_SIZE", "4"}, {"LOCAL_RANK", "1"}, {"MASTER_ADDR", "n7"}, {"MASTER_PORT", "29500"}};
    }
    static Variables srun() {
        return {{"SLURM_STEP_ID", "0"},      {"SLURM_JOB_ID", "4711"}, {"SLURM_PROCID", "2"},
                {"SLURM_NTASKS", "3"},       {"SLURM_LOCALID", "0"},   {"SLURM_STEP_NODELIST", "gpu[07-09],m1"},
                {"SLURM_JOB_NUM_NODES", "3"}};
    }
    static void refuses(Variables variables, const char* name, const char* value) {
        if (value)
            variables[name] = value;
        else
            variables.erase(name);
        const auto place = placeIn(variables);
        QVERIFY2(!place.ok(), name);
        QCOMPARE(place.error().kind, ErrorKind::BadInput);
        QVERIFY2(place.error().message.find(name) != std::string::npos, place.error().message.c_str());
    }

private Q_SLOTS:
    void withoutALauncherAProcessTrainsAlone() {
        QVERIFY(!placeIn({}).value());
        QVERIFY(!placeIn({{"MASTER_ADDR", "n7"}, {"LOCAL_RANK", "0"}}).value());
    }

    void torchrunSaysThePlace() {
        QVERIFY(placeIn(torchrun()).value() == (RankPlace{1, 4, "n7", 29500}));
        Variables all = torchrun();
        all.merge(srun()); // torchrun inside srun
        QVERIFY(placeIn(all).value() == (RankPlace{1, 4, "n7", 29500}));
    }

    void oneOfOneTrainsAlone() {
        QVERIFY(!placeIn({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).value());
        Variables one = srun();
        one["SLURM_NTASKS"] = "1";
        one["SLURM_PROCID"] = "0";
        QVERIFY(!placeIn(one).value());
    }

    void aPortThatTheLauncherKeepsIsLeftToIt() {
        Variables agent = torchrun();
        agent["TORCHELASTIC_USE_AGENT_STORE"] = "True";
        agent["TORCHELASTIC_RUN_ID"] = "none";
        const int port = placeIn(agent).value()->port;
        QVERIFY(port != 29500 && port >= 20000 && port < 32768);
        agent["RANK"] = "3";
        QCOMPARE(placeIn(agent).value()->port, port); // all ranks find the same
        agent["TORCHELASTIC_RESTART_COUNT"] = "1";
        QVERIFY(placeIn(agent).value()->port != port);
    }

    void slurmSaysThePlaceInsideSrunOnly() {
        const auto place = placeIn(srun()).value();
        QVERIFY(place.has_value());
        QCOMPARE(place->rank, 2);
        QCOMPARE(place->size, 3);
        QCOMPARE(place->address, std::string("gpu07"));
        QVERIFY(place->port >= 20000 && place->port < 32768);
        Variables other = srun();
        other["SLURM_JOB_ID"] = "4712";
        QVERIFY(placeIn(other).value()->port != place->port);
        other = srun();
        other["MASTER_ADDR"] = "login";
        other["MASTER_PORT"] = "4000";
        QVERIFY(placeIn(other).value() == (RankPlace{2, 3, "login", 4000}));
        other = srun();
        other.erase("SLURM_STEP_ID"); // the batch script itself
        QVERIFY(!placeIn(other).value());
    }

    void whatMakesNoSenseIsRefusedByName() {
        for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"})
            refuses(torchrun(), name, nullptr);
        for (const char* value : {"4", "-1", "one", "1 ", "99999999999"})
            refuses(torchrun(), "RANK", value);
        refuses(torchrun(), "WORLD_SIZE", "0");
        refuses(torchrun(), "MASTER_PORT", "65536");
        refuses(srun(), "SLURM_PROCID", "3");
        refuses(srun(), "SLURM_NTASKS", nullptr);
    }

    void theFirstHostOfAListIsFound() {
        const std::map<std::string, std::string> lists = {{"n1", "n1"},
                                                          {"n1,n2", "n1"},
                                                          {"n[03-07,9],m1", "n03"},
                                                          {"n[5]", "n5"},
                                                          {"r[1-2]n[08-09]", "r1n08"},
                                                          {"a[2,4]-ib", "a2-ib"},
                                                          {"", ""},
                                                          {"broken[", "broken"}};
        for (const auto& [list, host] : lists)
            QCOMPARE(firstHost(list), host);
    }

    void batchesAreCutIntoPartsAsEqualAsCanBe() {
        QVERIFY((BatchPart{0, 2}.among(13) == BatchPart::Range{0, 7}));
        QVERIFY((BatchPart{1, 2}.among(13) == BatchPart::Range{7, 13}));
        QVERIFY((BatchPart{2, 3}.among(2) == BatchPart::Range{2, 2}));
        for (std::size_t of = 1; of <= 9; ++of)
            for (std::size_t count = 0; count <= 40; ++count) {
                std::size_t next = 0, least = count;
                for (std::size_t rank = 0; rank < of; ++rank) {
                    const BatchPart::Range part = BatchPart{rank, of}.among(count);
                    QCOMPARE(part.begin, next);
                    next = part.end;
                    least = std::min(least, part.end - part.begin);
                }
                QCOMPARE(next, count);
                QVERIFY(BatchPart({0, of}).most(count) - least <= 1);
                QCOMPARE(BatchPart({0, of}).most(count), BatchPart({0, of}).among(count).end);
            }
    }
};

QTEST_APPLESS_MAIN(RankPlaceTest)
#include "tst_RankPlace.moc"
