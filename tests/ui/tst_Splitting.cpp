// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

#include "FakeEngine.h"
#include "FewToys.h"
#include "Test.h"
#include "bridge/Session.h"

using namespace sightline;
using namespace sightline::ui;

/// How images without a validation split of their own are split when they are opened in the window.
class SplittingTest : public FolderTest {
    Q_OBJECT
    FakeEngine m_engine;

    std::vector<std::string> validation(Session& session) const {
        std::vector<std::string> paths;
        const Dataset& dataset = *session.data().dataset();
        for (const std::uint32_t sample : dataset.indices(Subset::Validation))
            paths.push_back(dataset.samples[sample].path);
        return paths;
    }
    /// The first two of the ten of each class by name, Keras' fifth.
    bool isKerasFifth(const std::vector<std::string>& paths) const {
        return paths.size() == 10 && std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
                   return path.ends_with("0000.png") || path.ends_with("0001.png") || path.ends_with("0002.png");
               });
    }
    void open(Session& session) const {
        QSignalSpy opened(&session.data(), &DataDesk::opened);
        session.data().open(path(QStringLiteral("toys/train")));
        QVERIFY(opened.wait(20000));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")).toStdString(), 10, 2, 24)); }

    void newImagesAreSplitByTheSeed() {
        Session session(path(QStringLiteral("home")).toStdString(), m_engine.door());
        open(session);
        const DataSettings& data = session.document().experiment().data;
        QVERIFY(data.split == SplitRule::Shuffled);
        QCOMPARE(data.validationSplit, 0.2);
        const auto first = validation(session);
        QVERIFY(first.size() == 10 && !isKerasFifth(first));
        for (const std::size_t count : session.data().dataset()->countsPerClass(Subset::Validation))
            QCOMPARE(count, std::size_t(2)); // of each class

        Experiment next = session.document().experiment();
        next.seed = 7;
        QSignalSpy opened(&session.data(), &DataDesk::opened);
        session.document().setExperiment(next);
        QVERIFY(opened.wait(20000));
        QVERIFY(validation(session) != first);
        session.document().undo();
        QVERIFY(opened.wait(20000));
        QCOMPARE(validation(session), first);
    }

    void aPublishedExperimentKeepsItsRule() {
        Session session(path(QStringLiteral("home")).toStdString(), m_engine.door());
        Experiment published = session.document().experiment();
        published.data.path = path(QStringLiteral("toys/train")).toStdString();
        session.document().setExperiment(published);
        open(session);
        QVERIFY(session.document().experiment().data.split == SplitRule::PerClassFirst);
        QVERIFY(isKerasFifth(validation(session)));
    }
};

QTEST_MAIN(SplittingTest)
#include "tst_Splitting.moc"
