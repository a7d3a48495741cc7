// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cstring>

#include "Test.h"
#include "store/RunStore.h"
#include "store/TensorBoard.h"
#include "support/Files.h"

using namespace sightline;

/// TensorBoard's event files, read back record by record.
class TensorBoardTest : public FreshFolderTest {
    Q_OBJECT

    /// The records' payloads; empty where a length or a checksum does not fit.
    static std::vector<std::string> recordsOf(const std::string& file) {
        const auto number = [&](std::size_t at, auto value) {
            std::memcpy(&value, file.data() + at, sizeof(value));
            return value;
        };
        const auto masked = [](std::string_view bytes) {
            const std::uint32_t crc = crc32c(bytes);
            return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
        };
        std::vector<std::string> records;
        for (std::size_t at = 0; at < file.size();) {
            const auto length = number(at, std::uint64_t{});
            const std::string_view all = file;
            if (at + 16 + length > file.size() || number(at + 8, std::uint32_t{}) != masked(all.substr(at, 8)) ||
                number(at + 12 + length, std::uint32_t{}) != masked(all.substr(at + 12, length)))
                return {};
            records.emplace_back(all.substr(at + 12, length));
            at += 16 + length;
        }
        return records;
    }

private Q_SLOTS:
    void theChecksumIsThePublishedOne() { // RFC 3720, B.4
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8a9136aau);
        QCOMPARE(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
        QCOMPARE(crc32c("123456789"), 0xe3069283u);
    }

    void eachEpochIsAnEventWithTheColumnsOfHistory() {
        RunStore store = RunStore::open(root() / "home").value();
        const RunFolder run = store.create(Experiment{}).value();
        for (int epoch = 1; epoch <= 3; ++epoch)
            QVERIFY(run.appendEvent({{"type", "epoch"},
                                     {"epoch", epoch},
                                     {"loss", 1.0 / epoch},
                                     {"accuracy", 0.5},
                                     {"val_loss", nullptr},
                                     {"val_accuracy", 0.25},
                                     {"learning_rate", 0.001},
                                     {"seconds", 2.5}})
                        .ok());
        const auto file = exportTensorBoard(run, root() / "board");
        QVERIFY(file.ok());
        QCOMPARE(file->parent_path().filename().string(), run.id());
        QVERIFY(file->filename().string().find("tfevents") != std::string::npos);
        const auto records = recordsOf(readFile(*file).value());
        QCOMPARE(records.size(), std::size_t{4});
        QVERIFY(records[0].find("brain.Event:2") != std::string::npos);
        for (std::size_t i = 1; i < records.size(); ++i) {
            for (const char* tag : {"accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"})
                QVERIFY2(records[i].find(tag) != std::string::npos, tag);
            const float loss = 1.0f / static_cast<float>(i);
            QVERIFY(records[i].find(std::string(reinterpret_cast<const char*>(&loss), 4)) != std::string::npos);
        }
        QVERIFY(exportTensorBoard(run, root() / "board").value() == *file); // again, in its own place
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        RunStore store = RunStore::open(root() / "home").value();
        const RunFolder run = store.create(Experiment{}).value();
        QVERIFY(writeFileAtomically(root() / "file", "x").ok());
        QVERIFY(!exportTensorBoard(run, root() / "file").ok());
    }
};

QTEST_GUILESS_MAIN(TensorBoardTest)
#include "tst_TensorBoard.moc"
