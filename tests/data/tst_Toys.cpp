// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <string>

#include "Test.h"
#include "data/Toys.h"
#include "support/Files.h"

using namespace sightline;

namespace {

Image toy(const ToySettings& settings, int toyClass, int index, Subset subset = Subset::Train) {
    ToyBox box;
    return drawToy(settings, toyClass, subset, index, box);
}

ToySettings small() {
    ToySettings settings;
    settings.size = 48;
    settings.train = 2;
    settings.validation = 1;
    settings.test = 1;
    return settings;
}

} // namespace

class ToysTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void sameSeedGivesTheSameBytes();
    void differentSeedsSubsetsAndIndicesDiffer();
    void boxesLieInsideTheImage();
    void theStickerChangesOnlyTrainingImagesAndOnlyACorner();
    void writesAnImageAndABoxRowForEachToy();
    void writingTwiceOnTwoThreadsGivesTheSameFiles();
    void aSmallerSetLeavesNothingOfALargerOne();
    void nearestCentroidOnPixelsStaysBelowSixtyPercent();
    void anUnwritableFolderIsNamed();
    void aStopIsReportedAsCancelled();
};

void ToysTest::sameSeedGivesTheSameBytes() {
    for (int toyClass = 0; toyClass < 5; ++toyClass)
        QVERIFY(toy({}, toyClass, 3) == toy({}, toyClass, 3));
}

void ToysTest::differentSeedsSubsetsAndIndicesDiffer() {
    ToySettings other;
    other.seed = 2;
    QVERIFY(toy({}, 1, 3) != toy(other, 1, 3));
    QVERIFY(toy({}, 1, 3) != toy({}, 1, 4));
    QVERIFY(toy({}, 1, 3) != toy({}, 1, 3, Subset::Test));
}

void ToysTest::boxesLieInsideTheImage() {
    const ToySettings settings;
    for (int toyClass = 0; toyClass < 5; ++toyClass) {
        for (int index = 0; index < 12; ++index) {
            ToyBox box;
            drawToy(settings, toyClass, Subset::Test, index, box);
            QVERIFY(box.x >= 0 && box.y >= 0);
            QVERIFY(box.x + box.width <= settings.size && box.y + box.height <= settings.size);
            QVERIFY2(box.width >= 16 && box.height >= 12,
                     qPrintable(QString("class %1 index %2").arg(toyClass).arg(index)));
        }
    }
}

void ToysTest::theStickerChangesOnlyTrainingImagesAndOnlyACorner() {
    ToySettings biased;
    biased.biased = 1;
    QVERIFY(toy(biased, 2, 0, Subset::Test) == toy({}, 2, 0, Subset::Test));
    QVERIFY(toy(biased, 2, 0, Subset::Validation) == toy({}, 2, 0, Subset::Validation));
    const Image plain = toy({}, 2, 0);
    const Image marked = toy(biased, 2, 0);
    int changed = 0;
    for (int y = 0; y < plain.height; ++y) {
        for (int x = 0; x < plain.width; ++x) {
            const auto at = static_cast<std::ptrdiff_t>(x) * 3;
            if (std::equal(plain.row(y) + at, plain.row(y) + at + 3, marked.row(y) + at))
                continue;
            ++changed;
            QVERIFY(std::min(x, plain.width - 1 - x) < plain.width / 4);
            QVERIFY(std::min(y, plain.height - 1 - y) < plain.height / 4);
        }
    }
    QVERIFY(changed > 100);
}

void ToysTest::writesAnImageAndABoxRowForEachToy() {
    QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    QVERIFY(makeToys(root, small()).ok());
    std::ifstream file(root / "boxes.csv");
    std::string line;
    QVERIFY(std::getline(file, line));
    QCOMPARE(line, std::string("path,class,x,y,width,height"));
    int rows = 0;
    for (; std::getline(file, line); ++rows)
        QVERIFY2(std::filesystem::exists(root / line.substr(0, line.find(','))), line.c_str());
    QCOMPARE(rows, 5 * 4);
    const auto image = readImage(root / "train/car/car_0001.png");
    QVERIFY(image.ok());
    QVERIFY(*image == toy(small(), 1, 0));
}

void ToysTest::writingTwiceOnTwoThreadsGivesTheSameFiles() {
    QTemporaryDir first;
    QTemporaryDir second;
    QVERIFY(makeToys(first.path().toStdString(), small()).ok());
    QVERIFY(makeToys(second.path().toStdString(), small()).ok());
    for (const char* name : {"boxes.csv", "train/robot/robot_0002.png", "test/train/train_0001.png"}) {
        const auto a = readFile(std::filesystem::path(first.path().toStdString()) / name);
        const auto b = readFile(std::filesystem::path(second.path().toStdString()) / name);
        QVERIFY(a.ok() && b.ok());
        QVERIFY(*a == *b);
    }
}

void ToysTest::aSmallerSetLeavesNothingOfALargerOne() {
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    QVERIFY(makeToys(root, small()));
    QVERIFY(writeFileAtomically(root / "train/car/mine.png", "not a toy"));
    ToySettings smaller = small();
    smaller.train = 1;
    smaller.test = 0;
    QVERIFY(makeToys(root, smaller));
    QVERIFY(std::filesystem::exists(root / "train/car/car_0001.png"));
    QVERIFY(!std::filesystem::exists(root / "train/car/car_0002.png"));
    QVERIFY(!std::filesystem::exists(root / "test/car/car_0001.png"));
    QVERIFY(std::filesystem::exists(root / "train/car/mine.png"));
}

void ToysTest::nearestCentroidOnPixelsStaysBelowSixtyPercent() {
    ToySettings settings;
    settings.size = 32;
    std::vector<std::vector<double>> centroids(5, std::vector<double>(32 * 32 * 3));
    for (int toyClass = 0; toyClass < 5; ++toyClass) {
        for (int index = 0; index < 60; ++index) {
            const Image image = toy(settings, toyClass, index);
            for (std::size_t i = 0; i < image.pixels.size(); ++i)
                centroids[static_cast<std::size_t>(toyClass)][i] += image.pixels[i] / 60.0;
        }
    }
    int right = 0;
    for (int toyClass = 0; toyClass < 5; ++toyClass) {
        for (int index = 0; index < 30; ++index) {
            const Image image = toy(settings, toyClass, index, Subset::Test);
            std::vector<double> distances;
            for (const auto& centroid : centroids) {
                double sum = 0;
                for (std::size_t i = 0; i < centroid.size(); ++i)
                    sum += (centroid[i] - image.pixels[i]) * (centroid[i] - image.pixels[i]);
                distances.push_back(sum);
            }
            right += std::min_element(distances.begin(), distances.end()) - distances.begin() == toyClass ? 1 : 0;
        }
    }
    QVERIFY2(right < 90, qPrintable(QString("%1 of 150 right").arg(right)));
}

void ToysTest::anUnwritableFolderIsNamed() {
    QTemporaryDir folder;
    const std::filesystem::path file = std::filesystem::path(folder.path().toStdString()) / "taken";
    QVERIFY(writeFileAtomically(file, "a file, not a folder").ok());
    const auto made = makeToys(file, small());
    QVERIFY(!made.ok());
    QVERIFY2(made.error().message.find(file.string()) != std::string::npos, made.error().message.c_str());
}

void ToysTest::aStopIsReportedAsCancelled() {
    QTemporaryDir folder;
    std::stop_source stop;
    stop.request_stop();
    const auto made = makeToys(folder.path().toStdString(), small(), stop.get_token());
    QVERIFY(!made.ok());
    QCOMPARE(made.error().kind, ErrorKind::Cancelled);
    QVERIFY(!std::filesystem::exists(std::filesystem::path(folder.path().toStdString()) / "boxes.csv"));
}

QTEST_APPLESS_MAIN(ToysTest)
#include "tst_Toys.moc"
