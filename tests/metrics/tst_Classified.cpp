// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "metrics/Classified.h"
#include "support/Csv.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

class ClassifiedTest : public FreshFolderTest {
    Q_OBJECT

private Q_SLOTS:
    void theTableHasAColumnForEachClass() {
        const auto rows = csvRows(classifiedCsv(
            {"cat", "dog, small"}, {{"a,b.png", {0.25f, 0.75f}}, {"torn.png", {}, "is torn"}, {"c.png", {1, 0}}}));
        using Row = std::vector<std::string>;
        QCOMPARE(rows[0], (Row{"path", "predicted", "confidence", "unknown", "cat", "dog, small"}));
        QCOMPARE(rows[1], (Row{"a,b.png", "dog, small", "0.75", "", "0.25", "0.75"}));
        QCOMPARE(rows[2], (Row{"c.png", "cat", "1", "", "1", "0"}));
        QCOMPARE(rows.size(), std::size_t{3});
    }

    void copiesOverwriteNothing() {
        for (const char* folder : {"one", "two"}) {
            fs::create_directories(root() / folder);
            QVERIFY(writeFileAtomically(root() / folder / "x.png", folder).ok());
        }
        const fs::path out = root() / "out";
        const std::vector<ClassifiedImage> images{
            {root() / "one/x.png", {1, 0}}, {root() / "two/x.png", {1, 0}}, {root() / "gone.png", {0, 1}}};
        const auto copies = copySorted(out, {"cat", "../dog"}, images);
        QVERIFY(copies.ok());
        QCOMPARE(copies->copied, std::size_t{2});
        QCOMPARE(copies->failed.size(), std::size_t{1});
        QVERIFY(copies->failed.front().find("gone.png") != std::string::npos);
        QCOMPARE(*readFile(out / "cat" / "x.png"), std::string("one"));
        QCOMPARE(*readFile(out / "cat" / "x-2.png"), std::string("two"));
        QVERIFY(fs::is_directory(out / "_.._dog"));
        QVERIFY(!fs::exists(root() / "dog"));
        QCOMPARE(copySorted(out, {"cat", "../dog"}, images)->copied, std::size_t{2});
        QVERIFY(fs::exists(out / "cat" / "x-4.png"));
    }

    void whatCouldNotBeReadIsNotCopied() {
        QVERIFY(writeFileAtomically(root() / "torn.png", "torn").ok());
        const auto copies = copySorted(root() / "out", {"cat"}, {{root() / "torn.png", {}, "is torn"}});
        QVERIFY(copies.ok());
        QCOMPARE(copies->copied, std::size_t{0});
        QVERIFY(copies->failed.empty());
        QVERIFY(!fs::exists(root() / "out"));
    }

    void namesOfClassesAreNamesOfFolders() {
        QCOMPARE(folderNameOf("a/b\\c\n"), std::string("a_b_c_"));
        QCOMPARE(folderNameOf(".."), std::string("_.."));
        QCOMPARE(folderNameOf(""), std::string("_"));
        QCOMPARE(folderNameOf("Ä mit Raum"), std::string("Ä mit Raum"));
        QCOMPARE(folderNameOf(std::string(199, 'x') + "é").size(), std::size_t{199});
    }
};

QTEST_APPLESS_MAIN(ClassifiedTest)
#include "tst_Classified.moc"
