// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// Doubting a network on the command line: its heat maps tested and summed up, its images made worse.
class TrustCommandLineTest : public FolderTest {
    Q_OBJECT
    QString m_id;

    CliAnswer run(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    QString image() const { return path("toys/test/car/car_0001.png"); }

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("toys"), "--train", "8", "--val", "2", "--test", "6",
                      "--size", "32"})
                     .code,
                 0);
        write("experiment.json", QByteArray("{ 'version': 1, 'name': 'net', 'data': { 'path': '@', 'image_size': [32, "
                                            "32] }, 'model': { 'name': 'toy_cnn', 'options': { 'filters': [4, 8] } },"
                                            "'training': { 'epochs': 2, 'batch_size': 8, 'precision': 'fp32' } }")
                                     .replace('\'', '"')
                                     .replace("@", path("toys").toUtf8()));
        const CliAnswer answer = run({"train", path("experiment.json"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        m_id = answer.json()["run"].toString();
    }

    void aMapIsTestedBesideIt() {
        const CliAnswer answer = run({"explain", m_id, image(), "--trust", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject trust = answer.json()["trust"].toObject();
        for (const char* key : {"drop", "random_drop", "deletion_auc", "insertion_auc"})
            QVERIFY2(trust[QLatin1String(key)].isDouble(), key);
        for (const char* key : {"last", "all"}) { // null where random weights give an empty map
            const QJsonValue correlation = trust["randomised"].toObject()[QLatin1String(key)];
            QVERIFY2(correlation.isDouble() || correlation.isNull(), key);
        }
        QCOMPARE(trust["deletion"].toArray().size(), 31);
        QVERIFY(std::abs(trust["deletion"].toArray()[0].toDouble() - answer.json()["confidence"].toDouble()) < 1e-5);
        const CliAnswer again = run({"explain", m_id, image(), "--trust", "--json"});
        QCOMPARE(again.json()["trust"], answer.json()["trust"]);
        const CliAnswer text = run({"explain", m_id, image(), "--trust"});
        QVERIFY2(text.out.contains(trust["sentence"].toString().toUtf8()), text.out.constData());
        QVERIFY(!run({"explain", m_id, image(), "--json"}).json().contains("trust"));
    }

    void curvesBeginWithTheEvaluation() {
        const CliAnswer answer = run({"evaluate", m_id, "--robustness", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject curves = answer.json()["robustness"].toObject();
        for (const char* kind :
             {"rotation", "brightness", "contrast", "blur", "noise", "jpeg", "occlusion", "shift", "zoom"}) {
            const QJsonArray points = curves[QLatin1String(kind)].toArray();
            QVERIFY2(points.size() > 3, kind);
            QCOMPARE(points[0].toObject()["strength"].toDouble(), 0.0);
            QCOMPARE(points[0].toObject()["accuracy"].toDouble(), answer.json()["accuracy"].toDouble());
            QCOMPARE(points[0].toObject()["per_class"].toObject().size(), 5);
        }
        QVERIFY(run({"evaluate", m_id, "--robustness"}).out.contains("rotation"));
    }

    void eachClassGetsItsMeanMap() {
        const CliAnswer answer = run({"evaluate", m_id, "--maps", path("maps"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["split"].toString(), QStringLiteral("test"));
        QVERIFY(answer.json()["hints"].isArray());
        QCOMPARE(answer.json()["maps_method"].toString(), QStringLiteral("hirescam"));
        const QJsonArray maps = answer.json()["maps"].toArray();
        QCOMPARE(maps.size(), 5);
        for (const QJsonValue& value : maps) {
            const QJsonObject map = value.toObject();
            QVERIFY(map["images"].toInt() <= 6);
            if (map["images"].toInt() == 0)
                continue;
            QCOMPARE(QImage(map["file"].toString()).size(), QSize(32, 32));
            QVERIFY(map["in_box"].toDouble(-1) >= 0 && map["in_box"].toDouble() <= 1);
            QVERIFY(map["border"].toDouble(-1) >= 0);
            QCOMPARE(map["corners"].toArray().size(), 4);
        }
        const QByteArray said = run({"evaluate", m_id, "--maps", path("maps")}).out;
        QVERIFY(said.contains("boat") && said.contains("mean heat maps by hirescam"));
    }

    void withoutBoxesInBoxIsNull() {
        QVERIFY(QFile::rename(path("toys/boxes.csv"), path("toys/kept")));
        const CliAnswer answer = run({"evaluate", m_id, "--maps", path("maps"), "--json"});
        QVERIFY(QFile::rename(path("toys/kept"), path("toys/boxes.csv")));
        QVERIFY2(answer.code == 0, answer.err.constData());
        for (const QJsonValue& map : answer.json()["maps"].toArray())
            QVERIFY(map.toObject()["in_box"].isNull());
    }

    void boxesThatCannotBeMeantAreSaid() {
        QVERIFY(QFile::rename(path("toys/boxes.csv"), path("toys/kept")));
        write("toys/boxes.csv", "path,class,x,y,height\ntest/car/car_0001.png,car,1,1,5\n");
        QDir predictions(path("home/runs/") + m_id + "/predictions");
        predictions.removeRecursively();
        const CliAnswer missing = run({"evaluate", m_id, "--maps", path("maps"), "--json"});
        const bool worked = predictions.exists();
        write("toys/boxes.csv", "path,class,x,y,width,height\ntest/car/car_0001.png,car,400,1,5,5\n");
        const CliAnswer outside = run({"evaluate", m_id, "--maps", path("maps"), "--json"});
        QFile::remove(path("toys/boxes.csv"));
        QVERIFY(QFile::rename(path("toys/kept"), path("toys/boxes.csv")));
        QCOMPARE(missing.code, 2);
        QVERIFY2(missing.err.contains("no column width"), missing.err.constData());
        QVERIFY(!worked); // it is said before the evaluation
        QCOMPARE(outside.code, 0);
        QVERIFY2(outside.err.contains("car_0001.png"), outside.err.constData());
    }

    void questionsAreMeasured() {
        verifyRefusal(run({"bench", "questions", m_id}), 2, "one image");
        const CliAnswer answer = run({"bench", "questions", m_id, image(), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY(answer.json()["brush_milliseconds"].toDouble() > 0);
        const QJsonObject stops = answer.json()["stop_milliseconds"].toObject();
        for (const char* kind : {"scorecam", "occlusion", "integrated-gradients", "smoothgrad", "trust", "filters",
                                 "evaluation", "explain --split", "robustness"})
            QVERIFY2(stops.contains(QLatin1String(kind)), kind); // null where it was done before
        const QJsonObject whole = answer.json()["explain_split"].toObject();
        QCOMPARE(whole["images"].toInt(), 30);
        const double passes = whole["passes_seconds"].toDouble();
        QVERIFY(passes > 0);
        QVERIFY(std::abs(whole["ratio"].toDouble() * passes - whole["seconds"].toDouble()) < 1e-9);
        const CliAnswer text = run({"bench", "questions", m_id, image()});
        QVERIFY2(text.out.contains("as forward and back alone"), text.out.constData());
    }

    void aFolderThatCannotBeMadeIsSaidBeforeTheWork() {
        write("a file", "in the way");
        verifyRefusal(run({"evaluate", m_id, "--maps", path("a file")}), 1, "a file");
    }
};

QTEST_GUILESS_MAIN(TrustCommandLineTest)
#include "tst_TrustCommandLine.moc"
