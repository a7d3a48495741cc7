// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Fixtures.h"
#include "Test.h"
#include "data/ObjectBoxes.h"

using namespace sightline;
using namespace sightline::fixtures;

namespace {

using Boxes = std::vector<Box>;

Bytes vocObject(const Bytes& name, const Bytes& numbers) {
    return "<object><name>" + name + "</name><bndbox>" + numbers + "</bndbox></object>";
}

} // namespace

/// Where the objects are, as data sets for detectors and a plain table say it.
class ObjectBoxesTest : public FreshFolderTest {
    Q_OBJECT

    void folders() const {
        for (const char* name : {"train/cat/1.png", "train/dog/2.png"})
            write(root() / name, png(3));
    }
    std::string refusal() const {
        const auto boxes = objectBoxes(*opened(root()));
        return boxes ? std::string() : boxes.error().message;
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        qputenv("SIGHTLINE_HOME", (root() / ".home").c_str());
    }

    void aTableNamesItsColumns() {
        folders();
        write(root() / "boxes.csv", "width,height,note,path,x,y\n3,2,a,train/cat/1.png,0,1\n1,1,,train/cat/1.png,-1,4\n"
                                    "x,1,,train/dog/2.png,0,0\n2.6,2,,train/dog/2.png,0,0\n");
        const auto boxes = objectBoxes(*opened(root()));
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.at("train/cat/1.png"), (Boxes{{0, 1, 3, 2}, {-1, 4, 1, 1}}));
        QCOMPARE(boxes->boxes.at("train/dog/2.png"), (Boxes{{0, 0, 3, 2}})); // the row without a number is none
        QCOMPARE(boxes->notes, (std::vector<std::string>{"boxes.csv: 1 row of 4 without four numbers is not used."}));
    }

    void aTablesPathsAreReadAsPeopleWriteThem() {
        folders();
        write(root() / "boxes.csv", "path,x,y,width,height\n./train/cat/1.png,0,1,3,2\n.\\train\\dog\\2.png,0,0,2,2\n"
                                    "images/train/cat/1.png,5,5,1,1\ntrain/cat/1.png,12abc,0,1,1\n");
        const auto boxes = objectBoxes(*opened(root()));
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.at("train/cat/1.png"), (Boxes{{0, 1, 3, 2}}));
        QCOMPARE(boxes->boxes.at("train/dog/2.png"), (Boxes{{0, 0, 2, 2}}));
        QCOMPARE(boxes->boxes.size(), std::size_t{2});
        QCOMPARE(boxes->notes.size(), std::size_t{2});
        QCOMPARE(boxes->notes[1], std::string("boxes.csv: 1 path fits no image of the set: images/train/cat/1.png."));
    }

    void aNumberBeyondEveryImageIsANumber() {
        folders();
        write(root() / "boxes.csv", "path,x,y,width,height\ntrain/cat/1.png,1e9,0,3,2\ntrain/dog/2.png,0,0,inf,2\n");
        const auto boxes = objectBoxes(*opened(root()));
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.at("train/cat/1.png"), (Boxes{{1 << 20, 0, 3, 2}}));
        QCOMPARE(boxes->notes, (std::vector<std::string>{"boxes.csv: 1 row of 2 without four numbers is not used."}));
    }

    void sharesOfTheImageAreNotTakenForPixels() {
        folders();
        write(root() / "boxes.csv",
              "path,x,y,width,height\ntrain/cat/1.png,0.2,0.2,0.5,0.5\ntrain/dog/2.png,0,0,1,1\n");
        QVERIFY(refusal().find("shares of the image (0 to 1) where pixels are needed") != std::string::npos);
    }

    void aTableWithoutAColumnIsRefusedByName() {
        folders();
        write(root() / "boxes.csv", "path,class,x,y,height\ntrain/cat/1.png,cat,0,1,3\n");
        QVERIFY(refusal().find("boxes.csv has no column width") != std::string::npos);
        write(root() / "boxes.csv", "");
        QVERIFY(refusal().find("path, x, y, width and height") != std::string::npos);
    }

    void withoutATableThereAreNone() {
        folders();
        const auto boxes = objectBoxes(*opened(root()));
        QVERIFY(boxes.ok() && boxes->boxes.empty());
    }

    void pascalVocsBoxesCountFromOne() {
        for (const char* name : {"a", "b"})
            write(root() / "JPEGImages" / (std::string(name) + ".png"), png(3));
        const auto annotated = [&](const char* name, const Bytes& objects) {
            write(root() / "Annotations" / (std::string(name) + ".xml"),
                  "<annotation><filename>" + Bytes(name) + ".png</filename>" + objects + "</annotation>");
        };
        annotated("a", vocObject("cat", "<xmin>1</xmin><ymin>2</ymin><xmax>3.0</xmax><ymax>2</ymax>") +
                           vocObject("dog", "<xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>4</ymax>") +
                           vocObject("cat", "<xmin>2</xmin><ymin>1</ymin><xmax>2</xmax><ymax>4</ymax>"));
        annotated("b", vocObject("dog", "<xmin>1</xmin><ymin>1</ymin>"));
        const auto boxes = objectBoxes(*opened(root()));
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.size(), std::size_t{1}); // one without four numbers is none
        QCOMPARE(boxes->boxes.at("JPEGImages/a.png"), (Boxes{{0, 1, 3, 1}, {1, 0, 1, 4}}));
    }

    /// As labeling tools leave them in a folder set.
    void annotationsBesideTheImagesOfFoldersAreRead() {
        folders();
        write(root() / "train/cat/1.xml",
              "<annotation>" + vocObject("cat", "<xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>2</ymax>") +
                  vocObject("dog", "<xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>4</ymax>") + "</annotation>");
        write(root() / "train/dog/2.xml", "<annotation><object>");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("folders"));
        const auto boxes = objectBoxes(*dataset);
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.size(), std::size_t{1});
        QCOMPARE(boxes->boxes.at("train/cat/1.png"), (Boxes{{0, 1, 3, 1}}));
    }

    /// One folder of annotations for several folders of images: names decide only where they are nobody else's.
    void annotationsOfANameThatSeveralImagesHaveAreLeftOut() {
        for (const char* name : {"train/cat/1.png", "train/dog/1.png", "train/dog/2.png"})
            write(root() / name, png(3));
        for (const char* name : {"1", "2"})
            write(root() / "Annotations" / (std::string(name) + ".xml"),
                  "<annotation>" + vocObject("cat", "<xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>2</ymax>") +
                      vocObject("animal", "<xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>4</ymax>") +
                      "</annotation>");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset->format, std::string("folders"));
        QCOMPARE(dataset->classes, (std::vector<std::string>{"cat", "dog"}));
        const auto boxes = objectBoxes(*dataset);
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.size(), std::size_t{1});
        QCOMPARE(boxes->boxes.at("train/dog/2.png"), (Boxes{{0, 0, 5, 4}})); // the cat is no dog
        QCOMPARE(boxes->notes.size(), std::size_t{1});
        QVERIFY(boxes->notes[0].find("train/cat/1.png") != std::string::npos);
    }

    void cocosAnnotationsBesideTheImagesOfFoldersAreRead() {
        folders();
        write(root() / "val/cat/2.png", png(3)); // of the same name as one of train
        write(root() / "train/cat/2.png", png(3));
        write(root() / "settings.json", "{ no JSON");
        write(
            root() / "objects.json",
            R"({"images": [{"id": 1, "file_name": "1.png"}, {"id": 2, "file_name": "dog/2.png"}, {"id": 3, "file_name": "2.png"}],
 "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 1, 2, 3]}, {"id": 2, "image_id": 2, "category_id": 7, "bbox": [1, 1, 1, 1]},
  {"id": 3, "image_id": 3, "category_id": 7, "bbox": [2, 2, 1, 1]}], "categories": [{"id": 7, "name": "cat"}]})");
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        QCOMPARE(dataset->format, std::string("folders"));
        const auto boxes = objectBoxes(*dataset);
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.size(), std::size_t{2}); // which 2.png the third is nobody can tell
        QCOMPARE(boxes->notes.size(), std::size_t{1});
        QVERIFY(boxes->notes[0].find("2.png") != std::string::npos);
        QCOMPARE(boxes->boxes.at("train/cat/1.png"), (Boxes{{0, 1, 2, 3}}));
        QCOMPARE(boxes->boxes.at("train/dog/2.png"), (Boxes{{1, 1, 1, 1}}));
    }

    void cocosBoxesAreOfTheImagesClass() {
        const auto lists = [](const char* box) {
            return R"({"images": [{"id": 1, "file_name": "1.png"}], "annotations": [
  {"id": 1, "image_id": 1, "category_id": 7, "segmentation": [[9, 9, 9]], "bbox": )" +
                   Bytes(box) + R"(}, {"id": 2, "image_id": 1, "category_id": 8, "bbox": [0, 0, 1, 1]},
  {"id": 3, "image_id": 1, "category_id": 7, "bbox": [1, 2]}],
 "categories": [{"id": 7, "name": "cat"}, {"id": 8, "name": "dog"}]})";
        };
        for (const char* split : {"train2017", "val2017"})
            write(root() / split / "1.png", png(3));
        write(root() / "annotations" / "instances_train2017.json", lists("[0.4, 1, 2, 3]"));
        write(root() / "annotations" / "instances_val2017.json", lists("[2, 1, 2, 3]"));
        const auto dataset = opened(root());
        QVERIFY(dataset.ok());
        const auto boxes = objectBoxes(*dataset);
        QVERIFY2(boxes.ok(), boxes ? "" : boxes.error().message.c_str());
        QCOMPARE(boxes->boxes.at("train2017/1.png"), (Boxes{{0, 1, 2, 3}}));
        QCOMPARE(boxes->boxes.at("val2017/1.png"), (Boxes{{2, 1, 2, 3}}));
    }
};

QTEST_GUILESS_MAIN(ObjectBoxesTest)
#include "tst_ObjectBoxes.moc"
