// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Fixtures.h"
#include "Test.h"

using namespace sightline;
using namespace sightline::fixtures;

using Names = std::vector<std::string>;
using Counts = std::vector<std::size_t>;

namespace {

/// Three images: cats, cats and a dog, nothing.
const Bytes kCoco = R"({"info": {"id": 7}, "images": [
  {"id": 1, "file_name": "1.png", "width": 5}, {"id": 2, "file_name": "2.png"}, {"id": 3, "file_name": "3.png"}],
 "annotations": [
  {"id": 1, "image_id": 1, "category_id": 18, "segmentation": [[1, 2, 3]], "bbox": [0, 0, 1, 1]},
  {"id": 2, "image_id": 2, "category_id": 18}, {"id": 3, "image_id": 2, "category_id": 17},
  {"id": 4, "image_id": 2, "category_id": 17, "attributes": {"category_id": 18, "image_id": 1}}],
 "categories": [{"id": 17, "name": "cat", "supercategory": "animal"}, {"id": 18, "name": "dog"},
  {"id": 19, "name": "cow"}]})";

Bytes annotation(const Bytes& image, const Names& objects) {
    Bytes text = "<?xml version=\"1.0\"?>\n<annotation><folder>x</folder><filename>" + image + "</filename>";
    for (const std::string& name : objects)
        text += "<object><name>" + name + "</name><part><name>head</name></part></object>";
    return text + "</annotation>";
}

std::string messageOf(const Dataset& dataset, const std::string& kind) {
    for (const DataProblem& problem : dataset.problems)
        if (problem.kind == kind)
            return problem.path + ": " + problem.message;
    return {};
}

std::string classOf(const Dataset& dataset, const std::string& path) {
    for (const Sample& sample : dataset.samples)
        if (sample.path == path)
            return dataset.classes[static_cast<std::size_t>(sample.label)];
    return {};
}

} // namespace

/// Sets made for detectors, read image by image.
class ObjectSetsTest : public FreshFolderTest {
    Q_OBJECT

    void images(const Names& names) const {
        for (const std::string& name : names)
            write(root() / name, png(3));
    }
    /// Opens what mutation made of `good`.
    void survives(const fs::path& file, const Bytes& good, std::uint64_t seed) const {
        CounterRandom random(seed, RandomPurpose::Test);
        int read = 0;
        for (int round = 0; round < 400; ++round) {
            write(file, mutated(good, random));
            const auto dataset = opened(root());
            read += dataset ? 1 : 0;
            if (!dataset)
                QVERIFY(!dataset.error().message.empty());
        }
        QVERIFY(read > 0);
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        qputenv("SIGHTLINE_HOME", (root() / ".home").c_str());
    }

    void cocoTakesTheMostFrequentCategory() {
        images({"train2017/1.png", "train2017/2.png", "train2017/3.png", "val2017/1.png", "val2017/2.png"});
        write(root() / "annotations" / "instances_train2017.json", kCoco);
        write(root() / "annotations" / "instances_val2017.json", kCoco);
        write(root() / "annotations" / "captions_val2017.json", R"({"images": [], "annotations": []})");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(fixtures::messageOf(dataset)));
        QCOMPARE(dataset->format, std::string("coco"));
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QCOMPARE(classOf(*dataset, "train2017/1.png"), std::string("dog"));
        QCOMPARE(classOf(*dataset, "train2017/2.png"), std::string("cat"));
        QCOMPARE(dataset->countsPerClass(Subset::Validation), (Counts{1, 1}));
        QVERIFY(dataset->hasValidation);
        QCOMPARE(messageOf(*dataset, "several_categories"),
                 std::string("train2017/2.png: and 1 other image with objects of several classes; each counts as the "
                             "class that most of its objects have"));
        QCOMPARE(messageOf(*dataset, "no_label"),
                 std::string("train2017/3.png: is the one image without an object, skipped"));
        QCOMPARE(messageOf(*dataset, "missing"), std::string("3.png: is the one image listed but not there"));
        QCOMPARE(messageOf(*dataset, "empty_class"),
                 std::string("cow: is listed but no image is of this class; it is skipped"));
    }

    void cocoBesideTheImagesOfEachSplit() {
        for (const char* split : {"train", "valid", "test"}) {
            images({std::string(split) + "/1.png", std::string(split) + "/2.png"});
            write(root() / split / "_annotations.coco.json", kCoco);
        }
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(fixtures::messageOf(dataset)));
        QCOMPARE(dataset->format, std::string("coco"));
        QCOMPARE(dataset->countsPerClass(Subset::Test), (Counts{1, 1}));
        QVERIFY(decodedAt(*dataset, 0).ok());
    }

    void anotherJsonIsNoCoco() {
        images({"a/1.png", "b/1.png"});
        write(root() / "annotations.json", R"({"images": [], "annotations": 5})");
        QCOMPARE(opened(root())->format, std::string("folders"));
        QVERIFY(fixtures::messageOf(opened(root(), "coco")).contains("categories"));
        write(root() / "annotations.json", "{");
        QVERIFY(fixtures::messageOf(opened(root(), "coco")).contains("not valid JSON"));
    }

    void deepJsonIsASentence() {
        images({"1.png"});
        write(root() / "annotations.json", Bytes(1 << 20, '['));
        QVERIFY(fixtures::messageOf(opened(root(), "coco")).contains("not valid JSON"));
    }

    void pascalVocWithItsLists() {
        for (const char* name : {"1", "2", "3", "4", "5"})
            images({std::string("VOC2012/JPEGImages/") + name + ".jpg"});
        const fs::path set = root() / "VOC2012";
        write(set / "Annotations" / "1.xml", annotation("1.jpg", {"cat"}));
        write(set / "Annotations" / "2.xml", annotation("2.jpg", {"dog", "cat", "dog"}));
        write(set / "Annotations" / "3.xml", annotation("3.jpg", {"dog", "cat"}));
        write(set / "Annotations" / "4.xml", annotation("4.jpg", {"cat"}));
        write(set / "Annotations" / "5.xml", annotation("5.jpg", {"cat"}));
        write(set / "ImageSets" / "Main" / "train.txt", "1\n2\n");
        write(set / "ImageSets" / "Main" / "val.txt", "3\n4\n");
        write(set / "ImageSets" / "Main" / "trainval.txt", "1\n2\n3\n4\n");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(fixtures::messageOf(dataset)));
        QCOMPARE(dataset->format, std::string("voc"));
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QCOMPARE(classOf(*dataset, "JPEGImages/2.jpg"), std::string("dog"));
        QCOMPARE(classOf(*dataset, "JPEGImages/3.jpg"), std::string("dog")); // the first of equals
        QCOMPARE(dataset->count(Subset::Train), std::size_t{2});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{2});
        QVERIFY(hasProblem(*dataset, "unlisted"));
        QVERIFY(hasProblem(*dataset, "several_categories"));
        QCOMPARE(dataset->guesses.front().what, std::string("root"));
    }

    void pascalVocWithoutLists() {
        images({"images/a.png", "images/b.png"});
        write(root() / "annotations" / "a.xml", annotation("a.png", {"with mask"}));
        write(root() / "annotations" / "b.xml", annotation("b.png", {"without mask"}));
        const auto dataset = opened(root());
        QCOMPARE(dataset->format, std::string("voc"));
        QCOMPARE(dataset->classes, (Names{"with mask", "without mask"}));
    }

    void xmlThatExpandsStaysSmall() {
        images({"images/a.png"});
        Bytes bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"cccccccccc\">";
        for (char letter = 'b'; letter < 'k'; ++letter)
            bomb += Bytes("<!ENTITY ") + letter + " \"" + [&] {
                Bytes ten;
                for (int i = 0; i < 10; ++i)
                    ten += Bytes("&") + static_cast<char>(letter - 1) + ";";
                return ten;
            }() + "\">";
        write(root() / "annotations" / "a.xml", bomb + "]><annotation><object><name>&j;</name></object></annotation>");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(fixtures::messageOf(dataset)));
        QCOMPARE(dataset->classes, Names{"&j;"});
    }

    void damagedCocoIsReadOrRefused() {
        images({"1.png", "2.png", "a/3.png", "b/3.png"});
        survives(root() / "annotations.json", kCoco, 21);
    }

    void damagedXmlIsReadOrRefused() {
        images({"images/a.png", "images/b.png"});
        write(root() / "annotations" / "b.xml", annotation("b.png", {"dog"}));
        survives(root() / "annotations" / "a.xml", annotation("a.png", {"cat", "dog"}), 22);
    }

    void damagedTextIsReadOrRefused() {
        images({"images/a.png", "images/b.png"});
        Bytes wide("\xFF\xFE", 2);
        for (const char letter : std::string("path,label,x,y\na,cat,1,0\nb,dog,0,1\n"))
            wide += Bytes{letter, 0};
        survives(root() / "t.csv", wide, 23);
        survives(root() / "t.csv", "path,A,B\na,1,0\nb,0,1\n", 24);
    }
};

QTEST_GUILESS_MAIN(ObjectSetsTest)
#include "tst_ObjectSets.moc"
