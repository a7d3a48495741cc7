// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <latch>

#include "Test.h"
#include "WindowDriver.h"
#include "bridge/EventQueue.h"
#include "lane/Lane.h"

using namespace sightline;
using namespace sightline::ui;

/// What lies between the window and its workers.
class BridgeTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(m_folder.filePath(QStringLiteral("toys")), 4, 2, 24)); }

    void onlyBatchesGiveWayToNewerOnes() {
        EventQueue queue;
        QVERIFY(queue.push(BatchFinished{.epoch = 1, .batch = 1}));
        QVERIFY(!queue.push(BatchFinished{.epoch = 1, .batch = 2})); // a drain is under way already
        queue.push(EpochFinished{});
        queue.push(EpochFinished{});
        queue.push(BatchFinished{.epoch = 2, .batch = 1});
        queue.push(BatchFinished{.epoch = 2, .batch = 2});
        const auto events = queue.take();
        QCOMPARE(events.size(), std::size_t{4});
        QCOMPARE(std::get<BatchFinished>(events[0]).batch, 2);
        QVERIFY(std::holds_alternative<EpochFinished>(events[1]) && std::holds_alternative<EpochFinished>(events[2]));
        QCOMPARE(std::get<BatchFinished>(events[3]).batch, 2);
        QVERIFY(queue.push(BatchFinished{}));
    }

    void theNewestJobWins() {
        QObject context;
        const auto ignored = [](const Result<void>&) {};
        std::latch started{1}, allSubmitted{1};
        std::atomic<bool> firstCancelled{false}, replacedRan{false}, newestRan{false}, newestCancelled{false};
        {
            Lane lane;
            lane.submit(
                &context,
                [&](std::stop_token stop) {
                    started.count_down();
                    allSubmitted.wait(); // the lane is busy while two more come
                    firstCancelled = stop.stop_requested();
                },
                ignored);
            started.wait();
            lane.submit(
                &context, [&](std::stop_token) { replacedRan = true; }, ignored);
            lane.submit(
                &context,
                [&](std::stop_token stop) {
                    newestCancelled = stop.stop_requested();
                    newestRan = true;
                },
                ignored);
            allSubmitted.count_down();
            QTRY_VERIFY(newestRan);
            QVERIFY(!newestCancelled);
        }
        QVERIFY(firstCancelled);
        QVERIFY(!replacedRan);
    }

    void settingsUndoAndRedo() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QSignalSpy changed(&session.document(), &ExperimentDocument::changed);
        const Experiment first = session.document().experiment();
        for (int epochs = 1; epochs <= 3; ++epochs) { // a drag: three values, one undo
            Experiment next = session.document().experiment();
            next.training.epochs = epochs;
            session.document().setExperiment(next, QStringLiteral("training.epochs"));
        }
        Experiment other = session.document().experiment();
        other.training.batchSize = 7;
        session.document().setExperiment(other, QStringLiteral("training.batch_size"));
        QCOMPARE(changed.count(), 4);
        session.document().setExperiment(other);
        QCOMPARE(changed.count(), 4); // nothing differs
        session.document().undo();
        QCOMPARE(session.document().experiment().training.epochs, 3);
        QCOMPARE(session.document().experiment().training.batchSize, first.training.batchSize);
        session.document().undo();
        QVERIFY(session.document().experiment() == first);
        QVERIFY(!session.document().canUndo());
        session.document().redo();
        session.document().redo();
        QVERIFY(session.document().experiment() == other);
        QVERIFY(!session.document().canRedo());
    }

    void anotherValidationShareSplitsAnew() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QVERIFY(QDir().rename(m_folder.filePath(QStringLiteral("toys/val")), m_folder.filePath(QStringLiteral("val"))));
        QSignalSpy opened(&session.data(), &DataDesk::opened);
        session.data().open(m_folder.filePath(QStringLiteral("toys")));
        QVERIFY(opened.wait());
        QCOMPARE(session.document().experiment().data.validationSplit, 0.2);
        const auto validation = session.data().dataset()->count(Subset::Validation);
        Experiment next = session.document().experiment();
        next.data.validationSplit = 0.5;
        session.document().setExperiment(next);
        QVERIFY(opened.wait());
        QVERIFY(session.data().dataset()->count(Subset::Validation) > validation);
        session.document().undo();
        QVERIFY(opened.wait());
        QCOMPARE(session.data().dataset()->count(Subset::Validation), validation);
        QVERIFY(QDir().rename(m_folder.filePath(QStringLiteral("val")), m_folder.filePath(QStringLiteral("toys/val"))));
    }

    void failuresAreOneSentence_data() {
        QTest::addColumn<QString>("made");
        QTest::newRow("no such folder") << QString();
        QTest::newRow("no images") << QStringLiteral("empty");
        QTest::newRow("a file") << QStringLiteral("file.txt");
    }

    void failuresAreOneSentence() {
        QFETCH(QString, made);
        if (made == QLatin1String("empty"))
            QVERIFY(QDir().mkpath(m_folder.filePath(made)));
        else if (!made.isEmpty())
            QVERIFY(QFile(m_folder.filePath(made)).open(QIODevice::WriteOnly));
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QSignalSpy failed(&session.data(), &DataDesk::failed);
        session.data().open(m_folder.filePath(made.isEmpty() ? QStringLiteral("nowhere") : made));
        QVERIFY(failed.wait());
        QVERIFY(!failed.first().first().toString().isEmpty());
        QVERIFY(!session.data().dataset());
        QVERIFY(!session.data().isOpening());
    }

    void anUnwritableHomeIsSaid() {
        QFile blocker(m_folder.filePath(QStringLiteral("blocker")));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        Session session(m_folder.filePath(QStringLiteral("blocker/home")).toStdString());
        QSignalSpy failed(&session.runs().list(), &RunList::failed);
        session.runs().list().refresh();
        QVERIFY(failed.wait());
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("blocker")));
    }

    void withoutARunThereIsNobodyToAsk() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QSignalSpy unexplained(&session.questions(), &Questions::explanationFailed),
            unevaluated(&session.questions(), &Questions::evaluationFailed);
        session.questions().explain({std::nullopt, QStringLiteral("x.png")});
        session.questions().evaluate();
        QCOMPARE(unexplained.count(), 1);
        QCOMPARE(unevaluated.count(), 1);
    }
};

QTEST_MAIN(BridgeTest)
#include "tst_Bridge.moc"
