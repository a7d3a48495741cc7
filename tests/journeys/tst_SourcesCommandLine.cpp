// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>

#include <csignal>

#include "CliProcess.h"
#include "FewToys.h"
#include "HttpServer.h"
#include "Test.h"
#include "data/Fixtures.h"

using namespace sightline;
using namespace sightline::fixtures;

/// Every kind of source on the command line: described, split, trained on, measured; and public sets fetched.
class SourcesCommandLine : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const {
        return runCli(path(QStringLiteral("home")), arguments, {{"no_proxy", "127.0.0.1"}});
    }

    fs::path file(const char* name) const { return path(QString::fromLatin1(name)).toStdString(); }

    /// The toy set's files with their names, as an archive takes them.
    Files toys() const {
        Files files;
        for (const auto& item : fs::recursive_directory_iterator(file("toys")))
            if (item.is_regular_file())
                files.emplace_back("toys/" + fs::relative(item.path(), file("toys")).string(), *readFile(item.path()));
        std::sort(files.begin(), files.end());
        return files;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(file("toys"), 6, 2, 32));
        QVERIFY(writeZip(file("toys.zip"), toys()));
        QVERIFY(writeTar(file("toys.tar.gz"), toys(), Packing::Gzip));
        for (const auto& [name, bytes] : digits())
            fixtures::write(file("digits") / name, bytes);
    }

    void anArchiveIsDescribedLikeItsFolder() {
        const QJsonObject folder = run({"dataset", "info", path("toys"), "--json"}).json();
        for (const char* name : {"toys.zip", "toys.tar.gz"}) {
            const CliAnswer answer = run({"dataset", "info", path(name), "--json"});
            QVERIFY2(answer.code == 0, answer.err.constData());
            for (const char* key : {"format", "classes", "splits", "sizes"})
                QCOMPARE(answer.json()[key], folder[key]);
            QCOMPARE(answer.json()["root"].toString(), path(name));
        }
        QVERIFY(QFile::exists(path("home/cache/archives")));
    }

    void anArchiveAndATableAndIdxAreTrainedOn() {
        QFile table(path("labels.csv"));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("where;what\r\n");
        for (const char* name : {"car", "train"})
            for (int i = 0; i < 4; ++i)
                table.write(("t" + std::to_string(i) + name + ".png;" + name + "\r\n").c_str());
        table.close();
        for (const char* name : {"car", "train"})
            for (int i = 0; i < 4; ++i)
                fixtures::write(file(("t" + std::to_string(i) + name + ".png").c_str()),
                                png(static_cast<std::uint8_t>(i * 20 + (*name == 'c' ? 0 : 120)), 16, 16));
        for (const QString& source : {path("toys.zip"), path("labels.csv"), path("digits")}) {
            QFile experiment(path("e.json"));
            QVERIFY(experiment.open(QIODevice::WriteOnly));
            experiment.write(
                R"({"version":1,"name":"source","data":{"image_size":[32,32],"validation_split":0.25},"model":{"name":"toy_cnn"},"training":{"epochs":1,"batch_size":8,"precision":"fp32"}})");
            experiment.close();
            const CliAnswer answer = run({"train", path("e.json"), "--set", "data.path=" + source, "--json"});
            QVERIFY2(answer.code == 0, answer.err.constData());
            QCOMPARE(answer.json()["outcome"].toString(), QStringLiteral("completed"));
            if (source.endsWith(QStringLiteral(".csv")))
                continue; // its images are files
            // its images are asked by the names that evaluate gives them
            const QString id = answer.json()["run"].toString();
            const QString split = run({"evaluate", id, "--json"}).json()["split"].toString();
            const auto said = readFile(path("home/runs/" + id + "/predictions/" + split + "-best.csv").toStdString());
            QVERIFY(said.ok());
            const QString name = QString::fromStdString(*said).split('\n')[1].split(',')[0];
            QVERIFY2(!QFile::exists(name), qPrintable(name));
            const CliAnswer map = run({"explain", id, name, "--target", "true", "--out", path("map.png"), "--json"});
            QVERIFY2(map.code == 0, map.err.constData());
            QVERIFY(QFile::remove(path("map.png")));
            verifyRefusal(run({"explain", id, "nowhere.png", "--out", path("map.png")}), 2, "nowhere.png");
            const CliAnswer one = run({"predict", id, name, "--json"});
            QVERIFY2(one.code == 0, one.err.constData());
            QCOMPARE(one.list()[0].toObject()["path"].toString(), name);
            verifyRefusal(run({"predict", id, name, "--sort-into", path("sorted")}), 2, "is none: it lies in");
            verifyRefusal(run({"predict", id, "nowhere.png"}), 2, "nowhere.png");
            if (!source.endsWith(QStringLiteral(".zip"))) { // also where the run has no list of them
                QVERIFY(QFile::remove(path("home/runs/" + id + "/samples.csv")));
                const CliAnswer told = run({"explain", id, name, "--set", "data.path=" + source, "--json"});
                QVERIFY2(told.code == 0, told.err.constData());
                continue;
            }
            const QString beside = path("toys/" + name.mid(name.indexOf("test/"))); // the same image as a file
            const QJsonArray two = run({"predict", id, beside, name, "--json"}).list();
            QCOMPARE(two.size(), 2);
            QCOMPARE(two[1].toObject()["predicted"], two[0].toObject()["predicted"]);
            QVERIFY(qAbs(two[1].toObject()["confidence"].toDouble() - two[0].toObject()["confidence"].toDouble()) <
                    1e-6);
        }
        const CliAnswer evaluation = run({"dataset", "info", path("labels.csv"), "--label-column", "which", "--json"});
        QCOMPARE(evaluation.code, 2);
        QVERIFY2(evaluation.err.contains("no column 'which'; it has: where, what"), evaluation.err.constData());
        QCOMPARE(evaluation.err.count('\n'), 1);
    }

    void anArchiveIsMeasured() {
        QFile config(path("aug.json"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("{\"rotation_range\": 20}");
        config.close();
        const QStringList bench{"bench",          "augment", "--data", path("toys.zip"), "--config",
                                path("aug.json"), "--size",  "32x32",  "--json"};
        for (const QStringList& more :
             {QStringList{}, QStringList{"--decode", "--threads", "2"}, QStringList{"--decode", "--scaled"},
              QStringList{"--cached", "--cache-memory-mb", "0"}}) {
            const CliAnswer answer = run(bench + more);
            QVERIFY2(answer.code == 0, answer.err.constData());
            QVERIFY(answer.json()["images_per_second"].toDouble() > 0);
        }
        const CliAnswer scan = run({"bench", "scan", path("toys.zip"), "--json"});
        QVERIFY2(scan.code == 0, scan.err.constData());
        QVERIFY(scan.json()["images"].toInt() > 0 && scan.json()["seconds"].toDouble() > 0);
        QCOMPARE(scan.json()["classes"].toInt(), 5);
        verifyRefusal(run({"bench", "scan", path("nowhere")}), 2, "does not exist");
        verifyRefusal(run(bench + QStringList{"--decode", "--cached"}), 2, "excludes");
    }

    void groupsAreKeptTogether() {
        for (int p = 0; p < 12; ++p)
            for (int i = 0; i < 3; ++i)
                fixtures::write(file("patients") / (p % 2 ? "ill" : "well") /
                                    ("p" + std::to_string(10 + p) + "_" + std::to_string(i) + ".png"),
                                png(3));
        const CliAnswer answer = run({"dataset", "info", path("patients"), "--validation-split", "0.2",
                                      "--group-pattern", "(p\\d+)_", "--files", path("files.csv"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QFile files(path("files.csv"));
        QVERIFY(files.open(QIODevice::ReadOnly));
        QMap<QByteArray, QByteArray> subsetOf;
        int validation = 0;
        for (const QByteArray& line : files.readAll().split('\n').mid(1)) {
            const auto cells = line.split(',');
            if (cells.size() != 3)
                continue;
            const QByteArray patient = cells[0].mid(cells[0].indexOf('/') + 1, 3);
            QVERIFY(!subsetOf.contains(patient) || subsetOf[patient] == cells[2]);
            subsetOf[patient] = cells[2];
            validation += cells[2] == "val";
        }
        QCOMPARE(subsetOf.size(), 12);
        QCOMPARE(validation, 6);
        const CliAnswer wrong =
            run({"dataset", "info", path("patients"), "--validation-split", "0.2", "--group-pattern", "(p"});
        QCOMPARE(wrong.code, 2);
        QVERIFY(wrong.err.contains("not a valid regular expression"));
    }

    void fetchingSaysWhatIsWrong() {
        const CliAnswer unknown = run({"dataset", "fetch", "imagenet"});
        QCOMPARE(unknown.code, 2);
        QVERIFY(unknown.err.contains("available: mnist, fashion-mnist, cifar10, tiny-imagenet"));
        HttpServer server([](const HttpAsked& asked) {
            asked.path.starts_with("/lies/") ? asked.serve("too short") : asked.status("404 Not Found");
        });
        const CliAnswer missing = run({"dataset", "fetch", "mnist", "--mirror",
                                       QString::fromStdString(server.url("/mnist")), "--to", path("mnist")});
        QCOMPARE(missing.code, 1);
        QVERIFY2(missing.err.contains("/mnist/train-images-idx3-ubyte.gz was not found (HTTP 404)"),
                 missing.err.constData());
        QCOMPARE(missing.err.count('\n'), 1);
        const CliAnswer wrong = run({"dataset", "fetch", "cifar10", "--mirror",
                                     QString::fromStdString(server.url("/lies")), "--to", path("cifar")});
        QCOMPARE(wrong.code, 1);
        QVERIFY2(wrong.err.contains("sent 9 bytes where 170052171 were expected"), wrong.err.constData());
        QVERIFY(!QFile::exists(path("cifar")));
    }

    void interruptingADownloadKeepsItsPart() {
        HttpServer server([](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 9912422\r\n\r\n" + std::string(5000, 'x'));
            asked.stall();
        });
        QProcess process;
        process.start(
            QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
            {"dataset", "fetch", "mnist", "--mirror", QString::fromStdString(server.url()), "--to", path("cut")});
        QTRY_COMPARE_WITH_TIMEOUT(QFile(path("cut/train-images-idx3-ubyte.gz.part")).size(), qint64(5000), 60000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 130);
        QCOMPARE(QFile(path("cut/train-images-idx3-ubyte.gz.part")).size(), qint64(5000));
    }
};

QTEST_GUILESS_MAIN(SourcesCommandLine)
#include "tst_SourcesCommandLine.moc"
