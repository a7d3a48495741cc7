// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <semaphore>

#include "WindowDriver.h"
#include "bridge/EventQueue.h"
#include "bridge/Lane.h"

using namespace sightline;
using namespace sightline::ui;

/// What lies between the window and its workers.
class BridgeTest : public QObject {
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
        std::atomic<int> cancelled{0}, done{0};
        std::binary_semaphore started{0};
        {
            Lane lane;
            lane.submit([&](std::stop_token stop) {
                started.release();
                while (!stop.stop_requested())
                    std::this_thread::yield();
                ++cancelled;
            });
            started.acquire();
            lane.submit([&](std::stop_token) { done += 1; }); // replaced before its turn, or cancelled
            lane.submit([&](std::stop_token) { done += 10; });
            QTRY_VERIFY(done >= 10);
        }
        QCOMPARE(cancelled.load(), 1);
    }

    void settingsUndoAndRedo() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QSignalSpy changed(&session, &Session::experimentChanged);
        const Experiment first = session.experiment();
        for (int epochs = 1; epochs <= 3; ++epochs) { // a drag: three values, one undo
            Experiment next = session.experiment();
            next.training.epochs = epochs;
            session.setExperiment(next, QStringLiteral("training.epochs"));
        }
        Experiment other = session.experiment();
        other.training.batchSize = 7;
        session.setExperiment(other, QStringLiteral("training.batch_size"));
        QCOMPARE(changed.count(), 4);
        session.setExperiment(other);
        QCOMPARE(changed.count(), 4); // nothing differs
        session.undo();
        QCOMPARE(session.experiment().training.epochs, 3);
        QCOMPARE(session.experiment().training.batchSize, first.training.batchSize);
        session.undo();
        QVERIFY(session.experiment() == first);
        QVERIFY(!session.canUndo());
        session.redo();
        session.redo();
        QVERIFY(session.experiment() == other);
        QVERIFY(!session.canRedo());
    }

    void anotherValidationShareSplitsAnew() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QVERIFY(QDir().rename(m_folder.filePath(QStringLiteral("toys/val")), m_folder.filePath(QStringLiteral("val"))));
        QSignalSpy opened(&session, &Session::dataOpened);
        session.openData(m_folder.filePath(QStringLiteral("toys")));
        QVERIFY(opened.wait());
        QCOMPARE(session.experiment().data.validationSplit, 0.2);
        const auto validation = session.dataset()->count(Subset::Validation);
        Experiment next = session.experiment();
        next.data.validationSplit = 0.5;
        session.setExperiment(next);
        QVERIFY(opened.wait());
        QVERIFY(session.dataset()->count(Subset::Validation) > validation);
        session.undo();
        QVERIFY(opened.wait());
        QCOMPARE(session.dataset()->count(Subset::Validation), validation);
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
        QSignalSpy failed(&session, &Session::dataFailed);
        session.openData(m_folder.filePath(made.isEmpty() ? QStringLiteral("nowhere") : made));
        QVERIFY(failed.wait());
        QVERIFY(!failed.first().first().toString().isEmpty());
        QVERIFY(!session.dataset());
        QVERIFY(!session.isOpeningData());
    }

    void anUnwritableHomeIsSaid() {
        QFile blocker(m_folder.filePath(QStringLiteral("blocker")));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        Session session(m_folder.filePath(QStringLiteral("blocker/home")).toStdString());
        QSignalSpy failed(&session, &Session::runsFailed);
        session.listRuns();
        QVERIFY(failed.wait());
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("blocker")));
    }

    void withoutARunThereIsNobodyToAsk() {
        Session session(m_folder.filePath(QStringLiteral("home")).toStdString());
        QSignalSpy unexplained(&session, &Session::explanationFailed),
            unevaluated(&session, &Session::evaluationFailed);
        session.explain({std::nullopt, QStringLiteral("x.png")});
        session.evaluate();
        QCOMPARE(unexplained.count(), 1);
        QCOMPARE(unevaluated.count(), 1);
    }
};

QTEST_MAIN(BridgeTest)
#include "tst_Bridge.moc"
