// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/BatchSheet.h"
#include "engine/GivenBatchBytes.h"

using namespace sightline;

/// A batch in pictures, as a table and on its way to another program.
class BatchSheetTest : public Test {
    Q_OBJECT

    static GivenImage image(std::vector<float> target, double loss, int predicted, std::uint8_t level) {
        return {
            "train/a,b/1.png", std::move(target), loss, predicted, 0.5, std::vector<std::uint8_t>(2 * 4 * 3, level)};
    }
    static GivenBatch batch() {
        return {1, 1, 2, 4, {image({1, 0}, 0.25, 0, 10), image({0.4f, 0.6f}, 2, 0, 20), image({0, 1}, 1, 1, 30)}};
    }
    /// Whether a row of words has a pixel that is far more of one color than of the other.
    static bool hasInk(const Image& sheet, int left, int top, bool isRed) {
        for (int y = top; y < top + 20; ++y)
            for (int x = left; x < left + 128; ++x) {
                const std::uint8_t* pixel = sheet.row(y) + 3 * x;
                if ((isRed ? pixel[0] - pixel[1] : pixel[1] - pixel[0]) > 60)
                    return true;
            }
        return false;
    }

private Q_SLOTS:
    void aMixedImageHasTwoLabels() {
        const GivenBatch given = batch();
        QCOMPARE(labelOf(given.images[0], {"boat", "car"}), std::string("boat"));
        QCOMPARE(labelOf(given.images[1], {"boat", "car"}), std::string("60 % car, 40 % boat"));
        QCOMPARE(labelOf(given.images[2], {"boat"}), std::string("1"));
        QVERIFY(isRight(given.images[0]) && !isRight(given.images[1]) && isRight(given.images[2]));
    }

    void theTableHasTheBatchInItsOrder() {
        GivenBatch given = batch();
        sortByLoss(given);
        QCOMPARE(batchTable(given, {"boat", "K\u00e4se"}),
                 std::string("path,label,loss,predicted,probability\n"
                             "\"train/a,b/1.png\",\"60 % K\u00e4se, 40 % boat\",2,boat,0.5\n"
                             "\"train/a,b/1.png\",K\u00e4se,1,K\u00e4se,0.5\n"
                             "\"train/a,b/1.png\",boat,0.25,boat,0.5\n"));
    }

    void thePictureHasEveryImageInItsPlace() {
        const Image sheet = batchSheet(batch(), {"boat", "car"});
        QCOMPARE(sheet.width, 12 + 2 * 140);
        QCOMPARE(sheet.height, 12 + 2 * 189);
        const auto at = [&](int x, int y) { return static_cast<int>(sheet.row(y)[3 * x]); };
        QCOMPARE(at(12 + 64, 12 + 64), 10); // enlarged to 128 x 64, in the middle of its square
        QCOMPARE(at(12 + 64, 12 + 20), 255);
        QCOMPARE(at(152 + 64, 12 + 64), 20);
        QCOMPARE(at(12 + 64, 201 + 64), 30);
        QCOMPARE(at(152 + 64, 201 + 64), 255); // there is no fourth one
        QVERIFY(hasInk(sheet, 12, 172, false) && !hasInk(sheet, 12, 172, true));
        QVERIFY(hasInk(sheet, 152, 172, true) && !hasInk(sheet, 152, 172, false));
    }

    void wordsStayBelowTheirImage() {
        const std::string longName(300, 'W');
        const Image sheet = batchSheet(batch(), {longName, "car"});
        for (int y = 0; y < sheet.height; ++y)
            for (const int x : {3, 12 + 134, 152 + 134})
                QCOMPARE(static_cast<int>(sheet.row(y)[3 * x]), 255);
        QVERIFY(batchSheet(batch(), {"\u732b", "car"}) == batchSheet(batch(), {"class 0", "car"}));
    }

    void itReachesAnotherProgramAsItIs() {
        const GivenBatch given = batch();
        const std::string bytes = toBytes(given);
        const Result<GivenBatch> back = givenBatchFrom(bytes);
        QVERIFY(back.ok());
        QCOMPARE(back->batch, 1);
        QVERIFY(batchSheet(*back, {"boat", "car"}) == batchSheet(given, {"boat", "car"}));
        QCOMPARE(batchTable(*back, {"boat", "car"}), batchTable(given, {"boat", "car"}));
        QVERIFY(!givenBatchFrom(bytes.substr(0, bytes.size() - 5)).ok());
        QVERIFY(!givenBatchFrom("").ok() && !givenBatchFrom("{}").ok());
        GivenBatch small = given;
        small.images[1].pixels.pop_back(); // whoever draws it would read beyond
        QVERIFY(!givenBatchFrom(toBytes(small)).ok());
        GivenBatch odd = given;
        odd.images[0].predicted = 2;
        QVERIFY(!givenBatchFrom(toBytes(odd)).ok());
    }

    void aLargeBatchIsCutAndAnEmptyOneIsNoPicture() {
        QVERIFY(batchSheet({}, {}).empty());
        GivenBatch large{1, 1, 2, 4, std::vector<GivenImage>(300, image({1, 0}, 1, 0, 0))};
        QCOMPARE(batchSheet(large, {}).width, 12 + 16 * 140);
    }
};

QTEST_APPLESS_MAIN(BatchSheetTest)
#include "tst_BatchSheet.moc"
