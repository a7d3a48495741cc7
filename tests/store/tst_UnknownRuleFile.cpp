// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "store/RunExport.h"
#include "store/UnknownRuleFile.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

/// What was fitted is kept beside the predictions, and read again as long as nothing it follows from has changed.
class UnknownRuleFileTest : public FreshFolderTest {
    Q_OBJECT

    fs::path file() const { return unknownRuleFile(root(), "best"); }
    static UnknownRule rule() {
        return {"pool", {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{1, 3}, {0, 1, 0}}, {2, 0.5f}}, {{-1, 3}, {-2, 4}, {-0.5f, 9}}};
    }
    std::string key(const std::string& weights = "w", const Experiment& experiment = {}) const {
        return *unknownRuleKey(root(), weights, experiment);
    }

private Q_SLOTS:
    void whatIsKeptIsFoundAgain() {
        QCOMPARE(QString::fromStdString(file().filename().string()), QStringLiteral("unknown-best.safetensors"));
        QVERIFY(!keptUnknownRule(file(), key()));
        QVERIFY(keepUnknownRule(file(), key(), rule()).ok());
        QVERIFY(keptUnknownRule(file(), key()) == rule());
    }

    void otherWeightsSettingsOrImagesAreNotFound() {
        QVERIFY(writeFileAtomically(root() / "samples.csv", "a.png").ok());
        QVERIFY(keepUnknownRule(file(), key(), rule()).ok());
        Experiment larger, elsewhere;
        larger.data.imageHeight += 1;
        elsewhere.data.path = "/elsewhere";
        QVERIFY(!keptUnknownRule(file(), key("w2")) && !keptUnknownRule(file(), key("w", larger)));
        QVERIFY(
            keptUnknownRule(file(), key("w", elsewhere)).has_value()); // it counts what they are, not where they lie
        QVERIFY(writeFileAtomically(root() / "samples.csv", "b.png").ok());
        QVERIFY(!keptUnknownRule(file(), key()));
    }

    void aDamagedOrTornFileIsNotRead() {
        QVERIFY(keepUnknownRule(file(), key(), rule()).ok());
        const std::string whole = *readFile(file());
        for (std::size_t length = 0; length < whole.size(); length += 7) {
            QVERIFY(writeFileAtomically(file(), whole.substr(0, length)).ok());
            QVERIFY(!keptUnknownRule(file(), key()));
        }
        for (std::size_t at = whole.size() - 60; at < whole.size(); ++at) {
            std::string altered = whole;
            altered[at] = static_cast<char>(altered[at] ^ 0x40);
            QVERIFY(writeFileAtomically(file(), altered).ok());
            QVERIFY(!keptUnknownRule(file(), key()));
        }
        QVERIFY(writeFileAtomically(file(), whole).ok());
        QVERIFY(keptUnknownRule(file(), key()).has_value());
    }

    void theMetadataOfAnExportHasTheLimitOfTheEnergy() {
        UnknownRule of = rule();
        of.known.clear();
        for (int i = 1; i <= 39; ++i)
            of.known.push_back({static_cast<float>(i % 7 == 0 ? -i : i), 1});
        const auto metadata = unknownMetadata(of, 0.05);
        QVERIFY(metadata.ok());
        const Json json = *parseJson(metadata->at("unknown"), "unknown");
        QCOMPARE(json["threshold"].get<double>(), 38.0); // the second largest of 39: 2 of 40 may lie beyond
        QCOMPARE(json["refuse_share"].get<double>(), 0.05);
        QCOMPARE(json["images"].get<int>(), 39);
        QCOMPARE(json["score"].get<std::string>(), std::string("energy"));
        QVERIFY(json["note"].get<std::string>().starts_with("Energy alone"));
        QVERIFY(!unknownMetadata(rule(), 0.05).ok());
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        QVERIFY(writeFileAtomically(root() / "predictions", "a file").ok());
        const auto kept = keepUnknownRule(file(), key(), rule());
        QVERIFY(!kept && kept.error().message.find("predictions") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(UnknownRuleFileTest)
#include "tst_UnknownRuleFile.moc"
