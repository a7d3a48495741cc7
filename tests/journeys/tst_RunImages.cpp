// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// A run knows its images, on the command line: what is new, gone, moved or renamed since it began is said, and nothing
/// is judged or trained on by mistake.
class RunImagesTest : public Test {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    QTemporaryDir m_toys;

    QString path(const QString& name) const { return m_folder->filePath(name); }
    CliAnswer run(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    void refuses(const QStringList& arguments, const QByteArray& mention) const {
        verifyRefusal(run(arguments), 2, mention);
    }
    QByteArray bytesOf(const QString& name) const {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// Copies the first `count` pictures of each class into `to`, under names that begin with `prefix`.
    void addImages(const QString& to, const QStringList& classes, int count, const QString& prefix) const {
        for (const QString& name : classes) {
            QVERIFY(QDir().mkpath(to + "/" + name));
            const QDir from(m_toys.filePath("toys/train/" + name));
            const QStringList files = from.entryList(QDir::Files, QDir::Name);
            const int first = prefix == "b" ? 0 : 12; // other pictures for what comes later
            for (int i = 0; i < count; ++i)
                QVERIFY(QFile::copy(from.filePath(files[first + i]), to + "/" + name + "/" + prefix + files[i]));
        }
    }
    /// Trains on path("images") and gives the run's id.
    QString trained(int epochs, const QStringList& more = {}) const {
        QByteArray text = "{ 'version': 1, 'name': 'net', 'data': { 'path': '@', 'image_size': [32, 32], "
                          "'validation_split': 0.25 }, 'model': { 'name': 'toy_cnn' },"
                          "'training': { 'batch_size': 8, 'precision': 'fp32' } }";
        QFile file(path("experiment.json"));
        static_cast<void>(file.open(QIODevice::WriteOnly));
        file.write(text.replace('\'', '"').replace("@", path("images").toUtf8()));
        file.close();
        const CliAnswer answer = run(QStringList{"train", path("experiment.json"), "--set",
                                                 "training.epochs=" + QString::number(epochs), "--json"} +
                                     more);
        if (answer.code != 0)
            qWarning("%s", answer.err.constData());
        return answer.json()["run"].toString();
    }
    QString folderOf(const QString& id) const { return path("home/runs/" + id); }

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(runCli(m_toys.path(), {"dataset", "make", "toys", "--to", m_toys.filePath("toys"), "--train", "24",
                                        "--val", "1", "--test", "1", "--size", "32"})
                     .code,
                 0);
    }
    void init() {
        Test::init();
        m_folder = std::make_unique<QTemporaryDir>();
        addImages(path("images"), {"boat", "car"}, 8, "b");
    }

    void whatItIsTrainedOnIsWrittenDown() {
        QDir::setCurrent(m_folder->path());
        const QString id = trained(1, {"--set", "data.path=images"});
        const QByteArray samples = bytesOf(folderOf(id) + "/samples.csv");
        QVERIFY(samples.startsWith("path,class,subset,bytes,digest\n"));
        QCOMPARE(samples.count('\n'), 1 + 16);
        QCOMPARE(samples.count(",val,"), 4);
        const QJsonObject data = QJsonDocument::fromJson(bytesOf(folderOf(id) + "/data.json")).object();
        QCOMPARE(QDir(data["root"].toString()).canonicalPath(), QDir(path("images")).canonicalPath());
        QVERIFY(QDir::isAbsolutePath(data["root"].toString()));
        QDir::setCurrent(QDir::rootPath());
        QCOMPARE(run({"evaluate", id, "--split", "val", "--json"}).json()["images"].toInt(), 4);
    }

    void newImagesAreSaidAndJudgedApart() {
        const QString id = trained(2);
        const CliAnswer none = run({"evaluate", id, "--split", "val", "--new"});
        QVERIFY2(none.out.contains("\nNo images are new.\n") && !none.out.contains("new: "), none.out.constData());
        addImages(path("images"), {"boat", "car"}, 10, "a"); // names that come first
        const CliAnswer judged = run({"evaluate", id, "--split", "val", "--json"});
        QVERIFY2(judged.code == 0, judged.err.constData());
        QCOMPARE(judged.json()["images"].toInt(), 4);
        QCOMPARE(judged.json()["new"].toInt(), 20);
        QCOMPARE(judged.json()["missing"].toInt(), 0);
        QVERIFY(!judged.json().contains("new_images"));
        QVERIFY2(judged.err.contains("20 images are new since; --new judges them too, as a group of their own."),
                 judged.err.constData());
        const CliAnswer both = run({"evaluate", id, "--split", "val", "--new", "--out", path("out"), "--json"});
        QCOMPARE(both.json()["images"].toInt(), 4);
        QCOMPARE(both.json()["accuracy"], judged.json()["accuracy"]);
        QCOMPARE(both.json()["new_images"].toObject()["images"].toInt(), 20);
        QVERIFY(both.json()["new_images"].toObject()["accuracy"].isDouble());
        QCOMPARE(bytesOf(path("out/predictions-new.csv")).count('\n'), 1 + 20);
    }

    void aResumedRunKeepsToItsOwnImages() {
        const QString whole = trained(3), parts = trained(1, {"--events", path("e.jsonl")});
        const QByteArray before = bytesOf(path("e.jsonl"));
        addImages(path("images"), {"boat", "car"}, 10, "a");
        const CliAnswer resumed =
            run({"train", "--resume", parts, "--set", "training.epochs=3", "--events", path("e.jsonl"), "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QVERIFY2(resumed.err.contains("20 images are new since the run began"), resumed.err.constData());
        QVERIFY(!before.isEmpty() && bytesOf(path("e.jsonl")).startsWith(before)); // it adds to it
        const QByteArray events = bytesOf(path("e.jsonl")).mid(before.size());
        QVERIFY(events.contains("\"train_images\":12") && events.contains("\"validation_images\":4"));
        QVERIFY2(events.contains("{\"type\":\"edit\",\"epoch\":2,\"batch\":0,\"changes\":{\"training.epochs\":[1,3]},"),
                 events.constData());
        QVERIFY(events.contains("{\"type\":\"resumed\",\"epoch\":1,\"batch\":0,"));
        const QByteArray last = bytesOf(folderOf(parts) + "/checkpoints/last.safetensors");
        QVERIFY(!last.isEmpty() && last == bytesOf(folderOf(whole) + "/checkpoints/last.safetensors"));
        QCOMPARE(run({"runs", "show", parts, "--json"}).json()["planned_epochs"].toInt(), 3);
    }

    void whatMayNotChangeBesideResumeIsNamedAndChangesNothing() {
        const QString id = trained(1);
        const QByteArray events = bytesOf(folderOf(id) + "/events.jsonl");
        refuses({"train", "--resume", id, "--set", "training.epochs=3", "--set", "training.batch_size=4"},
                "training.batch_size");
        refuses({"train", "--resume", id, "--set", "training.epochs=many"}, "training.epochs");
        refuses({"train", "--resume", id, "--set", "training.epochs=1"}, "finished");
        refuses({"train", "--resume", id, "--seed", "7"}, "--seed");
        refuses({"train", "--resume", id, "--set", "augmentation.random_crop=[16, 16]", "--set", "training.epochs=3"},
                "augmentation");
        refuses({"train", "--resume", id}, "finished all its epochs");
        refuses({"evaluate", id, "--set", "training.epochs=3"}, "training.epochs");
        QCOMPARE(bytesOf(folderOf(id) + "/events.jsonl"), events);
        QVERIFY(!QFile::exists(folderOf(id) + "/running.json"));
        const CliAnswer changed = run({"train", "--resume", id, "--set", "training.epochs=2", "--set",
                                       "training.optimizer.learning_rate=0.0625", "--json"});
        QVERIFY2(changed.code == 0, changed.err.constData());
        QVERIFY(bytesOf(folderOf(id) + "/history.csv").contains("0.0625"));
    }

    void renamedClassesAreRefusedWithBothLists() {
        const QString id = trained(1);
        QVERIFY(QDir().rename(path("images/car"), path("images/Auto")));
        for (const QStringList& command :
             {QStringList{"evaluate", id}, QStringList{"train", "--resume", id, "--set", "training.epochs=2"}}) {
            refuses(command, "the classes Auto, boat");
            refuses(command, "was trained on boat, car");
        }
    }

    void missingAndRenamedImagesAreTold() {
        const QString id = trained(1);
        const QDir boats(path("images/boat"));
        const QStringList files = boats.entryList(QDir::Files, QDir::Name);
        QVERIFY(QFile::remove(boats.filePath(files[0])));                           // validation
        QVERIFY(QFile::rename(boats.filePath(files[1]), boats.filePath("zz.png"))); // validation, another name
        const CliAnswer judged = run({"evaluate", id, "--split", "val", "--json"});
        QVERIFY2(judged.code == 0, judged.err.constData());
        QCOMPARE(judged.json()["images"].toInt(), 3);
        QCOMPARE(judged.json()["missing"].toInt(), 1);
        QCOMPARE(judged.json()["new"].toInt(), 0);
        QVERIFY2(judged.err.contains("1 image of the run is missing: boat/" + files[0].toUtf8()),
                 judged.err.constData());
    }

    void imagesThatMovedAreFoundAgain() {
        const QString id = trained(1);
        QVERIFY(QDir().rename(path("images"), path("elsewhere")));
        const QString image = "boat/" + QDir(path("elsewhere/boat")).entryList(QDir::Files)[0];
        for (const QStringList& command :
             {QStringList{"evaluate", id}, QStringList{"explain", id, image}, QStringList{"predict", id, image},
              QStringList{"predict", id, "boat"}, QStringList{"train", "--resume", id, "--set", "training.epochs=2"}}) {
            refuses(command, path("images").toUtf8());
            refuses(command, "--set data.path=DIR");
        }
        const QString place = "data.path=" + path("elsewhere");
        QCOMPARE(run({"evaluate", id, "--split", "val", "--set", place, "--json"}).json()["images"].toInt(), 4);
        refuses({"evaluate", id}, "data.path"); // asking remembers nothing
        const CliAnswer map = run({"explain", id, image, "--set", place, "--target", "true", "--json"});
        QVERIFY2(map.code == 0, map.err.constData());
        QCOMPARE(map.json()["target"].toString(), QStringLiteral("boat"));
        QCOMPARE(run({"predict", id, image, "--set", place, "--json"}).code, 0);
        const CliAnswer resumed =
            run({"train", "--resume", id, "--set", "training.epochs=2", "--set", place, "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QCOMPARE(run({"evaluate", id, "--split", "val", "--json"}).json()["images"].toInt(), 4);
        QCOMPARE(run({"runs", "show", id, "--json"}).json()["data"].toString(), path("elsewhere"));
        addImages(path("others"), {"boat", "car"}, 8, "a");
        refuses({"evaluate", id, "--set", "data.path=" + path("others")}, "None of the 16 images");
    }

    void aNameOfSeveralRunsIsRefused() {
        const QString first = trained(1), second = trained(1);
        for (const QStringList& command :
             {QStringList{"runs", "delete", "net"}, QStringList{"runs", "rename", "net", "other"},
              QStringList{"evaluate", "net"}, QStringList{"train", "--resume", "net"}}) {
            refuses(command, first.toUtf8());
            refuses(command, second.toUtf8());
        }
        QVERIFY(QDir(folderOf(first)).exists() && QDir(folderOf(second)).exists());
    }

    void aRunInProgressElsewhereIsLeftAlone() {
        const QString id = trained(1);
        QFile mark(folderOf(id) + "/running.json");
        QVERIFY(mark.open(QIODevice::WriteOnly));
        mark.write(R"({"process":"x","number":1,"host":"node-7","machine":"m"})");
        mark.close();
        refuses({"runs", "delete", id}, "in progress on the host node-7");
        refuses({"train", "--resume", id, "--set", "training.epochs=2"}, "in progress on the host node-7");
        QVERIFY(mark.exists());
    }

    void aTornCheckpointGivesWayToTheOneBefore() {
        const QString whole = trained(3), id = trained(2, {"--set", "training.checkpoint.keep=all"});
        QFile last(folderOf(id) + "/checkpoints/last.safetensors");
        QVERIFY(last.resize(last.size() / 2));
        const CliAnswer judged = run({"evaluate", id, "--checkpoint", "last", "--json"});
        QVERIFY2(judged.code == 0, judged.err.constData());
        QVERIFY2(judged.err.contains("last.safetensors is damaged"), judged.err.constData());
        const CliAnswer resumed = run({"train", "--resume", id, "--set", "training.epochs=3", "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QVERIFY2(resumed.err.contains("is damaged; the run resumes from"), resumed.err.constData());
        QCOMPARE(bytesOf(folderOf(id) + "/checkpoints/last.safetensors"),
                 bytesOf(folderOf(whole) + "/checkpoints/last.safetensors"));
    }

    void aClassWithoutValidationIsSaidAtOnce() {
        addImages(path("images"), {"duck"}, 3, "b");
        const QString id = trained(1, {"--events", path("e.jsonl")});
        QVERIFY(!id.isEmpty());
        const QByteArray note = "No validation image of the class duck";
        QVERIFY2(bytesOf(folderOf(id) + "/events.jsonl").contains(note), bytesOf(path("e.jsonl")).constData());
    }

    void anOlderRunIsJudgedWithASentence() {
        const QString id = trained(1);
        QVERIFY(QFile::remove(folderOf(id) + "/samples.csv") && QFile::remove(folderOf(id) + "/data.json"));
        const CliAnswer judged = run({"evaluate", id, "--split", "val", "--json"});
        QVERIFY2(judged.code == 0, judged.err.constData());
        QCOMPARE(judged.json()["images"].toInt(), 4);
        QVERIFY(judged.json().contains("new") && judged.json()["new"].isNull());
        QVERIFY2(judged.err.contains("is unknown"), judged.err.constData());
    }
};

QTEST_GUILESS_MAIN(RunImagesTest)
#include "tst_RunImages.moc"
