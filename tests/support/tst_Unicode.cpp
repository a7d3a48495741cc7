// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "support/Unicode.h"

using namespace sightline;

class UnicodeTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void composedAndDecomposedAreOne() {
        QCOMPARE(composed("caf\x65\xCC\x81"), std::string("café"));
        QCOMPARE(composed("café"), std::string("café"));
        QCOMPARE(composed("plain"), std::string("plain"));
        QCOMPARE(composed("caf\xE9"), std::string("café")); // Windows-1252
        QVERIFY(composed("Café") != composed("café"));
    }

    void caseGoesInEveryScript() {
        QCOMPARE(caseFolded("ÄRGER Straße"), caseFolded("ärger STRASSE"));
        QCOMPARE(caseFolded("ABC"), std::string("abc"));
    }

    void blanksAroundGo() {
        QCOMPARE(std::string(trimmed(" \t cat\xC2\xA0 ")), std::string("cat"));
        QCOMPARE(std::string(trimmed("\xEF\xBB\xBF"
                                     "a b\xE3\x80\x80")),
                 std::string("a b"));
        QCOMPARE(std::string(trimmed("   ")), std::string());
        QCOMPARE(std::string(trimmed("à")), std::string("à")); // ends with the byte A0 of no blank
    }

    void looksIgnoreCaseBlanksAndForms() {
        QCOMPARE(lookOf("Polar  bear "), lookOf("polar bear"));
        QCOMPARE(lookOf("ＣＡＴ"), lookOf("cat"));
        QVERIFY(lookOf("cat") != lookOf("cats"));
    }

    void textIsDecodedByItsMark() {
        const std::string wide("\xFF\xFE"
                               "a\0\xE9\0\n\0",
                               8),
            big("\xFE\xFF\0a\0\xE9", 6);
        QCOMPARE(decodedText(wide).text, std::string("aé\n"));
        QCOMPARE(decodedText(big).text, std::string("aé"));
        QVERIFY(decodedText(big).from == DecodedText::From::Utf16);
        QCOMPARE(decodedText("\xEF\xBB\xBFé").text, std::string("é"));
        QVERIFY(decodedText("é").from == DecodedText::From::Utf8);
        QCOMPARE(decodedText("\x93"
                             "caf\xE9\x94")
                     .text,
                 std::string("“café”"));
        QVERIFY(decodedText("caf\xE9").from == DecodedText::From::Windows1252);
    }

    void brokenTextIsNoUtf8() {
        for (const char* text : {"\xC3", "\xC3(", "\xE2\x82", "\xF8\x88\x80\x80\x80", "\xED\xA0\x80", "\xC0\x80"})
            QVERIFY(!isUtf8(text));
        QVERIFY(isUtf8("日本語 é 😀"));
    }
};

QTEST_APPLESS_MAIN(UnicodeTest)
#include "tst_Unicode.moc"
