// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "store/HistoryCsv.h"

using namespace sightline;

class TestHistoryCsv : public Test {
    Q_OBJECT

private Q_SLOTS:
    void numbersAreWrittenAsPythonWritesThem_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << "0.0";
        QTest::newRow("minus zero") << -0.0 << "-0.0";
        QTest::newRow("one") << 1.0 << "1.0";
        QTest::newRow("tenth") << 0.1 << "0.1";
        QTest::newRow("float32 of 0.001") << static_cast<double>(0.001f) << "0.0010000000474974513";
        QTest::newRow("SPEC 5.4") << static_cast<double>(0.047355555f) << "0.04735555499792099";
        QTest::newRow("last plain small") << 0.0001 << "0.0001";
        QTest::newRow("first with exponent") << 0.00001 << "1e-05";
        QTest::newRow("digits with exponent") << 1.25e-7 << "1.25e-07";
        QTest::newRow("last plain large") << 1234567890123456.0 << "1234567890123456.0";
        QTest::newRow("large with exponent") << 1e16 << "1e+16";
        QTest::newRow("three digits") << 1e300 << "1e+300";
        QTest::newRow("negative") << -12.5 << "-12.5";
        QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN() << "nan";
        QTest::newRow("infinite") << -std::numeric_limits<double>::infinity() << "-inf";
    }

    void numbersAreWrittenAsPythonWritesThem() {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(pythonRepr(value)), text);
    }

    void columnsAreSortedAndTheEpochCountsFromZero() {
        EpochMetrics epoch;
        epoch.epoch = 1;
        epoch.loss = 1.5;
        epoch.accuracy = 0.25;
        epoch.valLoss = 2.0;
        epoch.valAccuracy = 0.5;
        epoch.learningRate = 0.001;
        QCOMPARE(historyCsv({epoch}), std::string("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n"
                                                  "0,0.25,0.0010000000474974513,1.5,0.5,2.0\r\n"));
    }

    void withoutValidationThereAreNoValidationColumns() {
        EpochMetrics epoch;
        epoch.epoch = 1;
        epoch.loss = 0.5;
        epoch.accuracy = 1;
        epoch.learningRate = 0.5;
        QCOMPARE(historyCsv({epoch}), std::string("epoch,accuracy,learning_rate,loss\r\n0,1.0,0.5,0.5\r\n"));
    }

    void aValueALaterEpochMissesIsNotAvailable() {
        EpochMetrics first, second;
        first.epoch = 1;
        first.valLoss = 1;
        second.epoch = 2;
        const std::string text = historyCsv({first, second});
        QVERIFY(text.find("\r\n1,0.0,0.0,0.0,NA\r\n") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestHistoryCsv)
#include "tst_HistoryCsv.moc"
