// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Fixtures.h"
#include "Test.h"
#include "data/FileIndex.h"
#include "data/TablePreview.h"
#include "support/Csv.h"

using namespace sightline;
using namespace sightline::fixtures;

using Names = std::vector<std::string>;
using Counts = std::vector<std::size_t>;

namespace {

Guess guessOf(const Dataset& dataset, const std::string& what) {
    for (const Guess& guess : dataset.guesses)
        if (guess.what == what)
            return guess;
    return {};
}

DataProblem problemOf(const Dataset& dataset, const std::string& kind) {
    for (const DataProblem& problem : dataset.problems)
        if (problem.kind == kind)
            return problem;
    return {};
}

std::string numbered(int i) {
    return std::to_string(10000 + i).substr(1);
}

} // namespace

/// Tables as people have them.
class TablesTest : public FreshFolderTest {
    Q_OBJECT

    void images(int count, const std::string& folder = "images", const std::string& ending = ".jpg") const {
        for (int i = 0; i < count; ++i)
            write(root() / folder / (numbered(i) + ending), "");
    }
    Result<Dataset> openTable(const Bytes& text, const std::string& name = "t.csv") const {
        write(root() / name, text);
        return opened(root() / name);
    }

private Q_SLOTS:
    void columnsAreChosenByWhatTheyHold() { // HAM10000's, sorted by its label
        images(30, "part_1");
        for (int i = 30; i < 60; ++i)
            write(root() / "part_2" / (numbered(i) + ".jpg"), "");
        Bytes text = "lesion_id,image_id,dx,dx_type,age,sex\n";
        for (int i = 0; i < 60; ++i)
            text += "L" + std::to_string(i / 2 * 7) + "x" + std::to_string(i) + "," + numbered(i) + "," +
                    (i < 50 ? "nv" : "mel") + "," + (i % 2 ? "histo" : "follow_up") + "," + std::to_string(i % 9) +
                    ".0," + (i % 3 ? "male" : "female") + "\n";
        const auto dataset = openTable(text);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"mel", "nv"}));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (Counts{10, 50}));
        QCOMPARE(guessOf(*dataset, "label_column"), (Guess{"label_column", "dx", "2 distinct values in 60 rows"}));
        QCOMPARE(guessOf(*dataset, "path_column"),
                 (Guess{"path_column", "image_id", "its cells name 60 of the 60 images next to the table"}));
    }

    void aLabelThatComesLateIsFound() {
        images(600);
        Bytes text = "name,constant,kind\n";
        for (int i = 0; i < 600; ++i)
            text += numbered(i) + ".jpg,x," + (i < 400 ? "a" : i < 599 ? "b" : "c") + "\n";
        QCOMPARE(openTable(text)->classes, (Names{"a", "b", "c"}));
    }

    void aHeadingGivesWayToEvidence() {
        images(20);
        Bytes text = "path,label,what,photo\n";
        for (int i = 0; i < 20; ++i)
            text += "elsewhere" + numbered(i) + ",note " + std::to_string(i) + "," + (i % 2 ? "a" : "b") + "," +
                    numbered(i) + "\n";
        const auto dataset = openTable(text);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(guessOf(*dataset, "path_column").value, std::string("photo"));
        QCOMPARE(dataset->classes, (Names{"a", "b"}));
    }

    void plainHeadingsAreNoGuess() {
        images(4);
        QVERIFY(openTable("path,label,split\n0000,a,train\n0001,a,train\n0002,b,val\n0003,b,train\n")->guesses.empty());
    }

    void oneHotColumnsAreClasses() {
        images(40);
        Bytes text = "image,MEL,NV,BCC,UNK\n";
        for (int i = 0; i < 38; ++i)
            text += numbered(i) + (i % 3 == 0   ? ",1.0,0.0,0.0,0.0\n"
                                   : i % 3 == 1 ? ",0.0,1.0,0.0,0.0\n"
                                                : ",0.0,0.0,1.0,0.0\n");
        text += "0038,0.0,0.0,0.0,0.0\n0039,1.0,1.0,0.0,0.0\n";
        const auto dataset = openTable(text);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"BCC", "MEL", "NV", "UNK"}));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (Counts{12, 13, 13, 0}));
        QCOMPARE(problemOf(*dataset, "no_label").path, std::string("images/0038.jpg"));
        QCOMPARE(problemOf(*dataset, "several_labels").path, std::string("images/0039.jpg"));
        QCOMPARE(guessOf(*dataset, "label_column").value, std::string("MEL, NV, BCC, UNK"));
        QCOMPARE(guessOf(*dataset, "label_column").why,
                 std::string("exactly one of these 4 columns is 1 in 38 of 40 rows"));
    }

    void severalLabelsOfAnImageAreNoClasses() {
        images(12);
        Bytes text = "id,smiling,male,young\n";
        for (int i = 0; i < 12; ++i)
            text += numbered(i) + "," + std::to_string(i % 2) + "," + std::to_string(i / 2 % 2) + "," +
                    std::to_string(i / 4 % 2) + "\n";
        QCOMPARE(problemOf(*openTable(text), "not_classes").message,
                 std::string("columns smiling, male, young hold 0 and 1, and 5 of 12 rows have more than one 1: these "
                             "are several labels of an image, not classes of which it has one; column 'smiling' alone "
                             "is taken as the label, and data.table.label_column can name another"));
    }

    void fractionsAreNoClasses() {
        images(10);
        Bytes text = "image_id,Melanoma,Nevus\n", grades = "image_id,label\n";
        for (int i = 0; i < 10; ++i) {
            text += numbered(i) + ",0.3" + std::to_string(i) + ",0.6" + std::to_string(9 - i) + "\n";
            grades += numbered(i) + (i % 2 ? ",0.0\n" : ",0.5\n");
        }
        QVERIFY(
            problemOf(*openTable(text), "not_classes").message.starts_with("columns Melanoma, Nevus hold fractions"));
        const auto few = openTable(grades);
        QCOMPARE(few->classes, (Names{"0.0", "0.5"}));
        QVERIFY(!hasProblem(*few, "not_classes"));
    }

    void missingLabelsAreNoClasses() {
        images(8);
        const auto dataset = openTable("path,label\n0000,a\n0001,b\n0002,NaN\n0003,nan\n0004,?\n0005,N/A\n0006,b\n"
                                       "0007,none\n");
        QCOMPARE(dataset->classes, (Names{"a", "b", "none"}));
        QCOMPARE(dataset->samples.size(), std::size_t{4});
        QCOMPARE(problemOf(*dataset, "no_label").path, std::string("images/0002.jpg"));
        QCOMPARE(problemOf(*dataset, "no_label").message,
                 std::string("has no label: 'NaN' means none (row 4); it is skipped"));
        QVERIFY(!hasProblem(*dataset, "alike_classes"));
    }

    void oneHotBesideAnotherFlag() {
        images(30);
        Bytes text = "image,hair,a,b,c\n";
        for (int i = 0; i < 30; ++i)
            text += numbered(i) + (i % 2 ? ",1" : ",0") +
                    (i % 3 == 0   ? ",1,0,0\n"
                     : i % 3 == 1 ? ",0,1,0\n"
                                  : ",0,0,1\n");
        QCOMPARE(openTable(text)->classes, (Names{"a", "b", "c"}));
    }

    void splitColumns_data() {
        QTest::addColumn<QString>("heading");
        QTest::addColumn<QStringList>("words"); // train, val, test
        QTest::newRow("celeba") << "partition" << QStringList{"0", "1", "2"};
        QTest::newRow("from 1") << "split" << QStringList{"1", "2", "3"};
        QTest::newRow("fer") << "Usage" << QStringList{"Training", "PublicTest", "PrivateTest"};
        QTest::newRow("eval") << "what" << QStringList{"train", "eval", "test"};
        QTest::newRow("holdout") << "set" << QStringList{"train", "valid", "holdout"};
    }

    void splitColumns() {
        QFETCH(const QString, heading);
        QFETCH(const QStringList, words);
        images(60);
        Bytes text = "image," + heading.toStdString() + ",class\n";
        for (int i = 0; i < 60; ++i)
            text += numbered(i) + "," +
                    words[i < 30   ? 0
                          : i < 50 ? 1
                                   : 2]
                        .toStdString() +
                    "," + (i % 2 ? "a" : "b") + "\n";
        const auto dataset = openTable(text);
        QCOMPARE(dataset->count(Subset::Train), std::size_t{30});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{20});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{10});
        QCOMPARE(guessOf(*dataset, "split_column").value, heading.toStdString());
    }

    void aSplitColumnThatIsNotUnderstoodIsSaid() {
        images(20);
        const auto text = [](const char* first, const char* second) {
            Bytes rows = "path,label,split\n";
            for (int i = 0; i < 20; ++i)
                rows += numbered(i) + (i % 2 ? ",a," : ",b,") + (i < 10 ? first : second) + "\n";
            return rows;
        };
        QCOMPARE(problemOf(*openTable(text("A", "B")), "unknown_split").message,
                 std::string("column 'split' is not understood: its values are A and B; data.split_words can say which "
                             "of them is train, val and test"));
        const auto numbers = openTable(text("1", "2"));
        QVERIFY2(numbers.ok(), qPrintable(messageOf(numbers)));
        QCOMPARE(numbers->count(Subset::Train), std::size_t{20});
        QVERIFY(hasProblem(*numbers, "unknown_split"));
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.table.splitColumn = "split";
        const QString message = messageOf(openDataset(settings, 1));
        QVERIFY2(message.endsWith("t.csv has no row for training: none of the values of its column for the split (1, "
                                  "2) means train; data.split_words can say which does."),
                 qPrintable(message));
    }

    void aPersonsWordsChooseTheSplitColumn() {
        images(20);
        Bytes text = "path,target,fold\n";
        for (int i = 0; i < 20; ++i)
            text += numbered(i) + "," + (i % 2 ? "a" : "b") + "," + std::to_string(i % 5) + "\n";
        write(root() / "t.csv", text);
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.splitWords = {.train = {"0", "1"}, .validation = {"2"}, .test = {"3", "nosuch"}};
        const auto dataset = openDataset(settings, 1);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->count(Subset::Train), std::size_t{8});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{4});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{4});
        QCOMPARE(problemOf(*dataset, "unknown_split").path, std::string("4"));
        QCOMPARE(problemOf(*dataset, "unknown_word").message,
                 std::string("no folder or value is called 'nosuch', which data.split_words names"));
    }

    void numbersAreNoSplitsUnderAnotherHeading() {
        images(30);
        Bytes text = "image,level\n";
        for (int i = 0; i < 30; ++i)
            text += numbered(i) + "," + std::to_string(i % 3) + "\n";
        QCOMPARE(openTable(text)->classes, (Names{"0", "1", "2"}));
    }

    void aWordThatIsNoSplitIsSaidAndSkipped() {
        images(4);
        const auto dataset = openTable("image,split,label\n0000,train,a\n0001,train,b\n0002,extra,b\n0003,,b\n");
        QCOMPARE(dataset->samples.size(), std::size_t{3});
        QCOMPARE(problemOf(*dataset, "unknown_split").path, std::string("extra"));
        QVERIFY(hasProblem(*dataset, "no_split"));
    }

    void blanksGoAndAlikeLabelsAreSaid() {
        images(6);
        const Bytes text = "path, label\n0000, cat\n0001,cat \n0002, \"cat\"\n0003,Cat\n0004,dog\n0005, dog\n";
        auto dataset = openTable(text);
        QCOMPARE(dataset->classes, (Names{"Cat", "cat", "dog"}));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (Counts{1, 3, 2}));
        QCOMPARE(problemOf(*dataset, "alike_classes").message,
                 std::string("(1 image) differs only in case from 'cat' (3); data.table.merge_alike_labels makes them "
                             "one class"));
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.table.mergeAlikeLabels = true;
        dataset = openDataset(settings, 1);
        QCOMPARE(dataset->classes, (Names{"cat", "dog"}));
        QVERIFY(!hasProblem(*dataset, "alike_classes"));
    }

    void formsOfALetterAreOne() {
        write(root() / "images" / "caf\x65\xCC\x81 1.jpg", "");
        write(root() / "images" / "café 2.jpg", "");
        const auto dataset = openTable("path,label\ncafé 1.jpg,thé\ncaf\x65\xCC\x81 2.jpg,th\x65\xCC\x81\n");
        QCOMPARE(dataset->classes, Names{"thé"});
        QCOMPARE(dataset->samples.size(), std::size_t{2});
        QVERIFY(fs::exists(dataset->source->file(dataset->samples[0])));
    }

    void formsOfALetterAreOneInArchives() {
        QVERIFY(writeZip(
            root() / "x.zip",
            {{"caf\x65\xCC\x81.png", png(1)}, {"b.png", png(2)}, {"t.csv", "path,label\ncafé.png,a\nb.png,b\n"}}));
        const auto dataset = opened(root() / "x.zip");
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->samples.size(), std::size_t{2});
        QVERIFY(decodedAt(*dataset, 0).ok());
    }

    void namesThatDifferInCaseAreFoundAndSaid() {
        images(3, "images", ".JPG");
        const auto dataset = openTable("path,label\nImages/0000.jpg,a\nImages/0001.jpg,a\nImages/0002.jpg,b\n");
        QCOMPARE(dataset->samples.size(), std::size_t{3});
        QVERIFY(QString::fromStdString(problemOf(*dataset, "name_case").message).startsWith("3 names"));
    }

    void encodings_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("isSaid");
        const QString text = "path,label\n0000,café\n0001,té\n0002,té\n";
        const auto wide = [&](bool big) {
            QByteArray bytes = big ? "\xFE\xFF" : "\xFF\xFE";
            for (const QChar letter : text) {
                const char low = static_cast<char>(letter.cell()), high = static_cast<char>(letter.row());
                bytes += big ? high : low;
                bytes += big ? low : high;
            }
            return bytes;
        };
        QTest::newRow("UTF-8") << text.toUtf8() << false;
        QTest::newRow("UTF-16LE") << wide(false) << false;
        QTest::newRow("UTF-16BE") << wide(true) << false;
        QTest::newRow("UTF-16LE without a mark") << wide(false).mid(2) << false;
        QTest::newRow("UTF-16BE without a mark") << wide(true).mid(2) << false;
        QTest::newRow("Windows-1252") << text.toLatin1() << true;
    }

    void encodings() {
        QFETCH(const QByteArray, bytes);
        QFETCH(const bool, isSaid);
        images(3);
        const auto dataset = openTable(bytes.toStdString());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->classes, (Names{"café", "té"}));
        QCOMPARE(hasProblem(*dataset, "encoding"), isSaid);
    }

    void aQuoteThatIsNeverClosedCostsItsRowOnly() {
        images(6);
        const Bytes rows = "0000,a\n0001,b\n0002,\"a, small\n0003,b\n0004,a\n";
        for (const Bytes& last : {Bytes("0005,b\n"), Bytes("0005,\"b\"\n"), Bytes("0005,\"b")}) {
            const auto dataset = openTable("path,label\n" + rows + last);
            QCOMPARE(dataset->classes, (Names{"a", "b"}));
            QCOMPARE(dataset->samples.size(), std::size_t{last.ends_with('b') ? 4u : 5u});
            QCOMPARE(problemOf(*dataset, "unclosed_quote").message,
                     std::string("a quote opened in row 4 of t.csv is never closed, so this row is skipped"));
        }
    }

    void aTextOfQuotesIsReadInTime() {
        std::string text;
        for (int i = 0; i < 100'000; ++i)
            text += "\"\"\"x\n";
        CsvReader reader(text);
        std::size_t rows = 0;
        for (std::vector<std::string> row; reader.next(row);)
            ++rows;
        QCOMPARE(rows, std::size_t{100'000});
    }

    void aLineBreakInALabelIsSaid() {
        images(3);
        const auto dataset = openTable("path,label\n0000,\"a\nb\"\n0001,c\n0002,c\n");
        QCOMPARE(dataset->classes, (Names{"a\nb", "c"}));
        QCOMPARE(problemOf(*dataset, "line_break").message,
                 std::string("has a line break in its label, 'a?b' (row 2)"));
    }

    void rowsThatNameAnImageTwiceAreSaid() {
        images(2);
        const auto dataset = openTable("path,label\n0000,a\n0000,a\n0000,b\n0001,b\n");
        QCOMPARE(problemOf(*dataset, "repeated_image").message,
                 std::string("2 rows name an image that another row names, 1 of them with another label"));
    }

    void oneRowIsSpokenOfAsOne() {
        images(3);
        const auto dataset =
            openTable("path,label,split\nImages/0000.jpg,a,train\n0001,b,train\n0001,c,train\n0002,b,odd\n");
        QCOMPARE(problemOf(*dataset, "name_case").message,
                 std::string("1 name in the table differs from that of its file in case"));
        QCOMPARE(problemOf(*dataset, "repeated_image").message,
                 std::string("1 row names an image that another row names, with another label"));
        QVERIFY(problemOf(*dataset, "unknown_split").message.starts_with("stands for the split in 1 row but"));
    }

    void ofSeveralTablesTheOneOfTheImagesIsRead() {
        images(4);
        write(root() / "pixels.csv", "a,b\n1,2\n3,4\n");
        write(root() / "zoo.csv", "name,kind\n0000,a\n0001,b\n0002,a\n0003,b\n");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->format, std::string("csv"));
        QCOMPARE(problemOf(*dataset, "ignored_table").path, std::string("pixels.csv"));
    }

    void aTestTableWithoutTrainsLabelHasNone() {
        images(4, "train_images");
        images(2, "test_images");
        write(root() / "train_labels.csv", "id,species\n0000,a\n0001,b\n0002,a\n0003,b\n");
        write(root() / "test_data.csv", "id,width\n0000,3\n0001,3\n");
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->count(Subset::Train), std::size_t{4});
        QVERIFY(dataset->samples.front().path.starts_with("train_images/"));
        QCOMPARE(problemOf(*dataset, "no_label").path, std::string("test_data.csv"));
        QVERIFY(!hasProblem(*dataset, "ambiguous_file"));
    }

    void aTableThatCannotBeUsedSaysWhy_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("split for label")
            << "l.csv"
            << "path,test\nimg/0000.jpg,0\nimg/0001.jpg,1\n"
            << "is a table, but has no column of labels (label, class, category, target ...); it has: "
               "path, test. Column 'test' is taken as the split; data.table.label_column can say that it is the label";
        QTest::newRow("other images") << "l.csv"
                                      << "path,label\nimg/x.jpg,a\nimg/y.jpg,b\n"
                                      << "is a table, but none of the images that its column 'path' names "
                                         "is here";
        QTest::newRow("list") << "labels.txt"
                              << "img/0000.jpg 0\nimg/0001.jpg 1\n"
                              << "lists images, but is not used: write it as a table (.csv) with headings, path and "
                                 "label, and a comma between them";
    }

    void aTableThatCannotBeUsedSaysWhy() {
        QFETCH(const QString, name);
        QFETCH(const QString, text);
        QFETCH(const QString, why);
        images(2, "img");
        write(root() / name.toStdString(), text.toStdString());
        const auto dataset = opened(root());
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(problemOf(*dataset, "unused_table").path, name.toStdString());
        QCOMPARE(QString::fromStdString(problemOf(*dataset, "unused_table").message), why);
    }

    void notesBesideClassFoldersAreNoFault() {
        images(2, "cat");
        images(2, "dog");
        write(root() / "notes.csv", "day,weather\nMonday,fair\n");
        write(root() / "README.txt", "Cats, dogs");
        QVERIFY(!hasProblem(*opened(root()), "unused_table"));
    }

    void barsPartCellsAndAddressesNameFiles() {
        images(4, "img");
        write(root() / "l.csv", "url|label\nhttps://x.org/data/0000.jpg?dl=1|a\nhttps://x.org/data/0001.jpg#x|b\n"
                                "https://x.org/0002.jpg|a\nimg/0003.jpg|b\n");
        const auto dataset = opened(root());
        QCOMPARE(dataset->format, std::string("csv"));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (Counts{2, 2}));
    }

    void aListOfAFewImagesIsNoTableOfClassFolders() {
        images(10, "cat");
        images(10, "dog");
        write(root() / "errata.csv", "file,problem\ncat/0001.jpg,blurred\ndog/0002.jpg,dark\n");
        QCOMPARE(opened(root())->format, std::string("folders"));
    }

    void aTableIsPreviewedAndOtherColumnsTaken() {
        images(20);
        Bytes text = "image,label,what,set\n";
        for (int i = 0; i < 20; ++i)
            text += numbered(i) + ".jpg," + (i % 2 ? "a" : "b") + "," + (i % 3 ? "x" : "y") +
                    (i < 8 ? ",train\n" : ",test\n");
        const auto dataset = openTable(text);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        const auto preview = previewTable(*dataset, settings, 10);
        QCOMPARE(*preview, (TablePreview{.table = "t.csv",
                                         .hasHeader = true,
                                         .heads = {"image", "label", "what", "set"},
                                         .rows = preview->rows,
                                         .rowCount = 20,
                                         .path = 0,
                                         .label = 1,
                                         .split = 3,
                                         .oneHot = {},
                                         .values = {{}, {"a", "b"}, {"x", "y"}, {"test", "train"}}}));
        QCOMPARE(preview->rows.size(), std::size_t{10});
        QCOMPARE(preview->rows.front(), (Names{"0000.jpg", "b", "y", "train"}));
        settings.table = takingColumns(*preview, settings.table, 0, 2, -1);
        QCOMPARE(settings.table.splitColumn, std::string("none"));
        const auto other = openDataset(settings, 1);
        QCOMPARE(other->classes, (Names{"x", "y"}));
        QCOMPARE(other->count(Subset::Train), std::size_t{20});
        QVERIFY(other->guesses.empty());
    }

    void valuesOfAColumnAreGivenOtherSplits() {
        images(12);
        Bytes text = "path,label,day\n";
        for (int i = 0; i < 12; ++i)
            text += numbered(i) + ".jpg," + (i % 2 ? "a" : "b") + (i < 6 ? ",Monday\n" : i < 9 ? ",Test\n" : ",\n");
        const auto dataset = openTable(text);
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        const auto preview = previewTable(*dataset, settings, 1);
        SplitFolders days{.folders = splitValues(*preview, 2, {})};
        QCOMPARE(days.folders,
                 (std::vector<SplitFolder>{{"Monday", std::nullopt, 0, {}}, {"Test", Subset::Test, 0, {}}}));
        QVERIFY(splitValues(*preview, 0, {}).size() == 12);
        days.folders[0].subset = Subset::Validation;
        days.folders[1].subset = Subset::Train;
        settings.table = takingColumns(*preview, settings.table, 0, 1, 2);
        settings.splitWords = *wordsFor(days);
        const auto other = openDataset(settings, 1);
        QCOMPARE(other->count(Subset::Validation), std::size_t{6});
        QCOMPARE(other->count(Subset::Train), std::size_t{6}); // an empty cell is train
        QCOMPARE(splitValues(*preview, 2, settings.splitWords), days.folders);
    }

    void columnsWithoutHeadingsAreTakenByNumber() {
        images(6);
        Bytes text; // its first cells would do as headings of others
        for (int i = 0; i < 6; ++i)
            text += numbered(i) + ".jpg," + (i % 2 ? "3" : "1") + "," + (i < 3 ? "2" : "1") + "\n";
        const auto dataset = openTable(text);
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        const auto preview = previewTable(*dataset, settings, 10);
        QVERIFY(!preview->hasHeader);
        QCOMPARE(preview->rowCount, std::size_t{6});
        QCOMPARE(preview->rows.size(), std::size_t{6});
        settings.table = takingColumns(*preview, settings.table, 0, 2, -1);
        const auto other = openDataset(settings, 1);
        QCOMPARE(other->classes, (Names{"1", "2"}));
        QCOMPARE(other->samples.size(), std::size_t{6});
        settings.table = takingColumns(*preview, settings.table, 0, 1, -1);
        QCOMPARE(openDataset(settings, 1)->classes, (Names{"1", "3"}));
    }

    void aColumnNamedNoneIsAColumn() {
        images(4);
        write(root() / "t.csv", "image,label,none\n0000,a,train\n0001,b,train\n0002,a,test\n0003,b,test\n");
        DataSettings settings;
        settings.path = (root() / "t.csv").string();
        settings.table.splitColumn = "none";
        QCOMPARE(openDataset(settings, 1)->count(Subset::Test), std::size_t{2});
    }

    void oneNameInManyFoldersIsFoundByItsFolder() {
        Bytes text = "path,label\n";
        for (int i = 0; i < 300; ++i) {
            write(root() / ("p" + numbered(i)) / "img.png", "");
            text += "/home/me/data/p" + numbered(i) + "/img.png," + (i % 2 ? "a\n" : "b\n");
        }
        const auto dataset = openTable(text);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->countsPerClass(Subset::Train), (Counts{150, 150}));
        QCOMPARE(dataset->samples.front().path, std::string("p0001/img.png"));
        QVERIFY(!hasProblem(*dataset, "ambiguous_file"));
    }

    void oneNameAndFolderManyTimesIsFoundByItsPath() {
        for (int i = 0; i < 300; ++i)
            write(root() / numbered(i) / "left" / "img.png", "");
        const FileIndex index(makeDiskTree(root()));
        const auto match = index.find("/data/0123/left/img.png");
        QVERIFY(match);
        QCOMPARE(index.path(match->file), std::string("0123/left/img.png"));
        QVERIFY(!index.find("/data/0300/left/img.png"));
    }

    void filesAreFoundByPathTailAndStem() {
        for (const char* name : {"a/1.png", "b/1.png", "images/x.JPG", "c/d/y.png"})
            write(root() / name, "");
        const FileIndex index(makeDiskTree(root()));
        const auto found = [&](const std::string& name, const std::string& preferred = {}) {
            const auto match = index.find(name, preferred);
            return match ? index.path(match->file) : std::string();
        };
        QCOMPARE(found("a/1.png"), std::string("a/1.png"));
        QCOMPARE(found("./b//1.png"), std::string("b/1.png"));
        QCOMPARE(found("b\\1.png"), std::string("b/1.png"));
        QCOMPARE(found("/home/me/data/b/1.png"), std::string("b/1.png"));
        QCOMPARE(found("d/y"), std::string("c/d/y.png"));
        QCOMPARE(found("x"), std::string("images/x.JPG"));
        QCOMPARE(found("X.jpg"), std::string("images/x.JPG"));
        QCOMPARE(found("1.png", "b"), std::string("b/1.png"));
        QCOMPARE(found("1.PNG", "b"), std::string("b/1.png"));
        QCOMPARE(found("y.png", "b"), std::string()); // there are images in b, and it is not among them
        QCOMPARE(found("y.png", "gone"), std::string("c/d/y.png"));
        QVERIFY(index.find("1.png")->isAmbiguous);
        QVERIFY(!index.find("b/1.png")->isAmbiguous);
        for (const char* name : {"", "z.png", "e/y.png", "1.jpg", "..", "/"})
            QCOMPARE(found(name), std::string());
        QCOMPARE(found(std::string("a/1.png\0", 8)), std::string());
    }
};

QTEST_GUILESS_MAIN(TablesTest)
#include "tst_Tables.moc"
