// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/train/SkippedImages.h"

using namespace sightline;
using namespace sightline::engine;

/// Of images that cannot be read everything is said, and once, also where a run reads them through another feed.
class SkippedImagesTest : public Test {
    Q_OBJECT

    using Notes = std::vector<std::string>;
    static Dataset pairs() {
        Dataset dataset;
        dataset.classes = {"cat", "dog"};
        for (const int label : {0, 0, 1, 1}) {
            Sample sample;
            sample.label = label;
            dataset.samples.push_back(sample);
        }
        return dataset;
    }
    const Dataset m_dataset = pairs();
    const std::vector<std::uint32_t> m_all{0, 1, 2, 3};

private Q_SLOTS:
    void eachIsNamedOnceAndAClassWhenNoneIsLeft() {
        SkippedImages told("training");
        QCOMPARE(told.news({{0, "a"}}, m_all, m_dataset), Notes{"Skipped: a"});
        QCOMPARE(told.news({{0, "a"}}, m_all, m_dataset), Notes{});
        QCOMPARE(told.news({{0, "a"}, {1, "b"}}, m_all, m_dataset),
                 (Notes{"Skipped: b", "None of the 2 training images of the class cat can be read."}));
    }

    /// As many as before, but others: a feed that was opened again begins its list anew.
    void anotherFeedHasNewsOfItsOwn() {
        SkippedImages told("validation");
        QCOMPARE(told.news({{0, "a"}, {2, "c"}}, m_all, m_dataset), (Notes{"Skipped: a", "Skipped: c"}));
        told.feedOpened();
        QCOMPARE(told.news({{0, "a"}, {1, "b"}}, m_all, m_dataset),
                 (Notes{"Skipped: b", "None of the 2 validation images of the class cat can be read."}));
        told.feedOpened();
        QCOMPARE(told.news({{0, "a"}, {1, "b"}}, m_all, m_dataset), Notes{}); // all of it was said
    }
};

QTEST_APPLESS_MAIN(SkippedImagesTest)
#include "tst_SkippedImages.moc"
