// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "metrics/LearningHistory.h"
#include "store/LearningFile.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

class LearningHistoryTest : public Test {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::filesystem::path run() const { return m_folder.path().toStdString(); }

    /// One digit an epoch: 1 right, 0 wrong, - not judged.
    static LearningHistory of(const std::string& path, const std::string& epochs) {
        LearningHistory history;
        for (std::size_t i = 0; i < epochs.size(); ++i)
            if (epochs[i] != '-')
                history.record(path, static_cast<int>(i) + 1, {epochs[i] == '1', 0.5f});
        return history;
    }

private Q_SLOTS:
    void factsAreWhatTheEpochsSay_data() {
        QTest::addColumn<QString>("epochs");
        QTest::addColumn<int>("forgotten");
        QTest::addColumn<int>("learned"); // 0: not at the end
        QTest::addColumn<bool>("ever");
        QTest::newRow("at once") << "1111" << 0 << 1 << true;
        QTest::newRow("late") << "0001" << 0 << 4 << true;
        QTest::newRow("never") << "0000" << 0 << 0 << false;
        QTest::newRow("forgotten twice") << "10101" << 2 << 5 << true;
        QTest::newRow("forgotten for good") << "0110" << 1 << 0 << true;
        QTest::newRow("with gaps") << "-0-11-1" << 0 << 4 << true;
    }
    void factsAreWhatTheEpochsSay() {
        QFETCH(QString, epochs);
        const LearningFacts facts = of("a.png", epochs.toStdString()).facts("a.png");
        QVERIFY(facts.known);
        QTEST(facts.forgotten, "forgotten");
        QTEST(facts.learned.value_or(0), "learned");
        QTEST(facts.everRight, "ever");
        QVERIFY(!LearningHistory().facts("a.png").known);
    }

    void whatIsWrittenIsRead() {
        LearningHistory history = of("a, \"quoted\".png", "1-0");
        history.record("b.png", 2, {true, 12.3456f});
        history.record("b.png", 3, {false, std::numeric_limits<float>::infinity()});
        QVERIFY(writeLearning(run(), history));
        const auto read = readLearning(run());
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->paths(), history.paths());
        QCOMPARE(read->epochs(), 3);
        QVERIFY(read->at("a, \"quoted\".png", 1)->right && !read->at("a, \"quoted\".png", 2));
        QVERIFY(std::abs(read->at("b.png", 2)->loss / 12.3456f - 1) < 0.01f);
        QVERIFY(std::isfinite(read->at("b.png", 3)->loss));
        history.forgetAfter(1);
        QCOMPARE(history.epochs(), 1);
        QCOMPARE(history.paths(), std::vector<std::string>{"a, \"quoted\".png"});
    }

    void moreEpochsThanAreKeptDoNoHarm() {
        LearningHistory history;
        for (const int epoch : {1, kMostLearningEpochs, kMostLearningEpochs + 1, 1 << 30})
            history.record("a.png", epoch, {true, 1});
        QVERIFY(writeLearning(run(), history));
        const auto read = readLearning(run());
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->epochs(), kMostLearningEpochs);
    }

    void damagedFilesAreSaidAndNeverCrash() {
        QVERIFY(writeLearning(run(), of("a.png", "1010101")));
        const std::string good = *readFile(run() / kLearningFile);
        CounterRandom random(1, RandomPurpose::Test);
        int refused = 0;
        for (int round = 0; round < 200; ++round) {
            std::string bad = good;
            if (round % 2)
                bad.resize(random.below(bad.size()));
            else
                bad[random.below(bad.size())] = static_cast<char>(random.below(256));
            QVERIFY(writeFileAtomically(run() / kLearningFile, bad));
            const auto read = readLearning(run());
            refused += read ? 0 : 1;
            if (!read)
                QVERIFY(read.error().message.find("learning.csv.gz is damaged") != std::string::npos);
        }
        QVERIFY(refused > 100);
        QVERIFY(readLearning(run() / "nowhere")->empty());
    }
};

QTEST_GUILESS_MAIN(LearningHistoryTest)
#include "tst_LearningHistory.moc"
