// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "Test.h"
#include "metrics/LearningHistory.h"
#include "metrics/LearningOrder.h"
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
        QVERIFY(facts.known());
        QTEST(facts.forgotten, "forgotten");
        QTEST(facts.learned.value_or(0), "learned");
        QTEST(facts.right > 0, "ever");
        QVERIFY(!LearningHistory().facts("a.png").known());
    }

    void epochsAreCountedAndTheirLossAveraged() {
        LearningHistory history;
        history.record("a.png", 1, {false, 4});
        history.record("a.png", 3, {true, 1});
        history.record("a.png", 4, {true, 0.5f});
        const LearningFacts facts = history.facts("a.png");
        QCOMPARE(facts.epochs, 3);
        QCOMPARE(facts.right, 2);
        QCOMPARE(facts.meanLoss, 5.5 / 3);
    }

    void ordersPutFirstWhatTheirNamesSay_data() {
        QTest::addColumn<LearningOrder>("order");
        QTest::addColumn<QString>("expected"); // epochs, the first image's first
        QTest::newRow("forgotten most") << LearningOrder::ForgottenMost << "10101 0110- 00000 00011 11111 -----";
        QTest::newRow("learned last") << LearningOrder::LearnedLast << "10101 00011 11111 0110- 00000 -----";
        QTest::newRow("never learned") << LearningOrder::NeverLearned << "00000 00011 0110- 10101 11111 -----";
    }
    void ordersPutFirstWhatTheirNamesSay() {
        QFETCH(LearningOrder, order);
        QFETCH(QString, expected);
        // Losses fall along this list, so that ties keep its order.
        const QStringList images{"0110-", "00000", "10101", "00011", "-----", "11111"};
        std::vector<std::pair<QString, LearningFacts>> known;
        for (const QString& epochs : images) {
            known.emplace_back(epochs, of("a.png", epochs.toStdString()).facts("a.png"));
            known.back().second.meanLoss = 9.0 - static_cast<double>(known.size());
        }
        std::stable_sort(known.begin(), known.end(),
                         [&](const auto& a, const auto& b) { return comesBefore(order, a.second, b.second); });
        QStringList sorted;
        for (const auto& image : known)
            sorted << image.first;
        QCOMPARE(sorted.join(' '), expected);
    }

    void ofEqualImagesTheOneOfHigherLossComesFirst() {
        LearningFacts light, heavy;
        light.epochs = heavy.epochs = 2;
        light.meanLoss = 1;
        heavy.meanLoss = 2;
        for (const auto order :
             {LearningOrder::ForgottenMost, LearningOrder::LearnedLast, LearningOrder::NeverLearned}) {
            QVERIFY(comesBefore(order, heavy, light));
            QVERIFY(!comesBefore(order, light, heavy));
            QVERIFY(!comesBefore(order, light, light));
        }
    }

    void aStripHasACellAnEpochAsLongAsThereIsRoom() {
        LearningHistory history = of("a.png", "01-1101");
        const std::vector<LearningCell> each = learningStrip(history, "a.png", 10);
        QCOMPARE(each.size(), std::size_t(7));
        QCOMPARE(each[0], (LearningCell{1, 0, 0.5}));
        QCOMPARE(each[1], (LearningCell{1, 1, 0.5}));
        QCOMPARE(each[2], LearningCell());
        const std::vector<LearningCell> shared = learningStrip(history, "a.png", 3); // 01- 11 01
        QCOMPARE(shared, (std::vector<LearningCell>{{2, 1, 0.5}, {2, 2, 0.5}, {2, 1, 0.5}}));
        QCOMPARE(learningStrip(history, "b.png", 3), std::vector<LearningCell>(3));
        QVERIFY(learningStrip(history, "a.png", 0).empty() && learningStrip({}, "a.png", 3).empty());
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

    void anEpochIsKeptBesideTheFile() {
        LearningHistory history = of("a, \"quoted\".png", "10");
        QVERIFY(writeLearning(run(), history));
        history.record("a, \"quoted\".png", 3, {true, 0.25f});
        history.record("b.png", 3, {false, 2});
        QVERIFY(appendLearning(run(), history, 3));
        history.record("b.png", 4, {true, 1});
        QVERIFY(appendLearning(run(), history, 4));
        std::ofstream(run() / kNewLearningFile, std::ios::app) << "b.png,5,1"; // killed
        const auto read = readLearning(run());
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->epochs(), 4);
        QCOMPARE(read->facts("a, \"quoted\".png").epochs, 3);
        QVERIFY(!read->at("b.png", 3)->right && read->at("b.png", 4)->right);
        QVERIFY(appendLearning(run(), history, 4)); // after half a line, too
        QVERIFY(readLearning(run())->at("b.png", 4));
        QVERIFY(writeLearning(run(), *read));
        QVERIFY(!std::filesystem::exists(run() / kNewLearningFile));
        QCOMPARE(readLearning(run())->epochs(), 4);
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
