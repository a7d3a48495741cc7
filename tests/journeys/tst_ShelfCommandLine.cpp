// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>

#include <cmath>
#include <set>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// Many runs on the command line: folds, comparison, tags, order, reports and TensorBoard's files.
class ShelfCommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(m_home, arguments); }
    void refuses(const QStringList& arguments, int code, const QByteArray& mention) const {
        verifyRefusal(run(arguments), code, mention);
    }
    static QStringList idsOf(const CliAnswer& list) {
        QStringList ids;
        for (const auto& listed : QJsonDocument::fromJson(list.out).array())
            ids << listed.toObject()["id"].toString();
        return ids;
    }
    QByteArray read(const QString& file) const {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }

    QString m_home;
    QJsonObject m_folds;
    QStringList m_runs;

private Q_SLOTS:
    void initTestCase() {
        m_home = path(QStringLiteral("home"));
        const CliAnswer made = run({"dataset", "make", "toys", "--to", path("toys"), "--seed", "5", "--train", "9",
                                    "--val", "3", "--test", "3", "--size", "48"});
        QVERIFY2(made.code == 0, made.err.constData());
        QByteArray text = "{ 'version': 1, 'name': 'shelf', 'seed': 7, 'data': { 'path': '@', 'image_size': [32, 32] },"
                          "'model': { 'name': 'toy_cnn' },"
                          "'training': { 'epochs': 2, 'batch_size': 16, 'precision': 'fp32', 'threads': 1 } }";
        write("experiment.json", text.replace('\'', '"').replace("@", path("toys").toUtf8()));
        const CliAnswer trained = run({"train", path("experiment.json"), "--folds", "3", "--json"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        m_folds = trained.json();
        for (const auto& fold : m_folds["folds"].toArray())
            m_runs << fold.toString();
    }

    void foldsAreAGroupWithMeanSpreadAndOutOfFoldPredictions() {
        QCOMPARE(m_runs.size(), 3);
        const QJsonObject accuracy = m_folds["val_accuracy"].toObject();
        const QJsonArray values = accuracy["values"].toArray();
        QCOMPARE(values.size(), 3);
        double mean = 0, squares = 0;
        for (const auto& value : values)
            mean += value.toDouble() / 3;
        for (const auto& value : values)
            squares += std::pow(value.toDouble() - mean, 2) / 3;
        QVERIFY(std::abs(accuracy["mean"].toDouble() - mean) < 1e-12);
        QVERIFY(std::abs(accuracy["std"].toDouble() - std::sqrt(squares)) < 1e-12);
        const QString table = m_folds["out_of_fold"].toString();
        QVERIFY(QDir::isAbsolutePath(table));
        const QList<QByteArray> lines = read(table).trimmed().split('\n');
        QVERIFY(lines.front().startsWith("path,true,predicted,correct,confidence,loss,"));
        QCOMPARE(lines.size(), 1 + 5 * 12); // each image that is not for testing, once
        std::set<QByteArray> paths;
        for (const QByteArray& line : lines)
            paths.insert(line.left(line.indexOf(',')));
        QCOMPARE(paths.size(), std::size_t(lines.size()));
        for (const auto& listed : QJsonDocument::fromJson(run({"runs", "list", "--json"}).out).array())
            QCOMPARE(listed.toObject()["group"].toObject()["id"], m_folds["group"]);
    }

    void foldsAreEvaluatedByWhatNoneOfThemKnew() {
        const QString group = m_folds["group"].toString();
        const CliAnswer answer = run({"evaluate", group, "--out", path("folds"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        const QJsonObject figures = answer.json();
        QCOMPARE(figures["split"].toString(), QStringLiteral("out_of_fold"));
        QCOMPARE(figures["images"].toInt(), 5 * 12);
        QVERIFY(figures["calibration"].toObject()["bins"].toArray().size() == 15);
        QCOMPARE(read(path("folds/predictions.csv")), read(m_folds["out_of_fold"].toString()));
        const CliAnswer suspects = run({"dataset", "suspects", group, "--json"});
        QVERIFY2(suspects.code == 0, suspects.err.constData());
        QCOMPARE(suspects.list().size(), 5 * 15); // test images, too
        const QString table = m_folds["out_of_fold"].toString();
        QVERIFY(QFile::rename(table, table + ".away")); // as before the last fold is trained
        for (const QStringList& asked : {QStringList{"evaluate", group}, QStringList{"dataset", "suspects", group}})
            refuses(asked, 2, "not all trained");
        QVERIFY(QFile::rename(table + ".away", table));
        refuses({"evaluate", group, "--maps", path("maps")}, 2, "--maps");
        refuses({"dataset", "suspects", group, "--checkpoint", "2"}, 2, "--checkpoint");
        refuses({"evaluate", group.left(2)}, 2, "matches 3 runs"); // a part of an id is a run's
    }

    void aFoldCutOffBeforeItsEndComesToIt() {
        const QString events = m_home + QStringLiteral("/runs/") + m_runs.back() + QStringLiteral("/events.jsonl");
        QVERIFY(QFile::resize(events, read(events).lastIndexOf("{\"type\":\"run_ended\"")));
        const CliAnswer answer = run({"train", "--resume", m_folds["group"].toString(), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["val_accuracy"], m_folds["val_accuracy"]);
    }

    void moreFoldsThanImagesAreRefusedAndLeaveNothing() {
        const auto before = QDir(m_home + "/groups").entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        refuses({"train", path("experiment.json"), "--folds", "13"}, 2, "12 images");
        refuses({"train", path("experiment.json"), "--folds", "1"}, 2, "--folds");
        refuses({"train", path("experiment.json"), "--group-by", "(a)"}, 2, "--folds");
        QCOMPARE(QDir(m_home + "/groups").entryList(QDir::Dirs | QDir::NoDotAndDotDot), before);
        QCOMPARE(idsOf(run({"runs", "list", "--json"})).size(), 3);
    }

    void foldsThatAreResumedAreDoneAlready() {
        const CliAnswer again = run({"train", "--resume", m_folds["group"].toString(), "--json"});
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(again.json()["folds"], m_folds["folds"]);
        QCOMPARE(again.json()["val_accuracy"], m_folds["val_accuracy"]);
    }

    void twoRunsAreComparedBySettingsFiguresAndImages() {
        const CliAnswer compared = run({"runs", "compare", m_runs[0], m_runs[1], "--json"});
        QVERIFY2(compared.code == 0, compared.err.constData());
        const QJsonObject json = compared.json();
        const QJsonArray settings = json["settings"].toArray();
        QCOMPARE(settings.size(), 1);
        QCOMPARE(settings[0].toObject()["path"].toString(), QStringLiteral("data.fold.index"));
        QCOMPARE(settings[0].toObject()["values"].toArray(), (QJsonArray{1, 2}));
        QCOMPARE(json["metrics"].toArray()[1].toObject()["run"].toString(), m_runs[1]);
        QVERIFY(json["metrics"].toArray()[0].toObject()["last"].toObject().contains("val_accuracy"));
        const QJsonObject images = json["images"].toObject();
        const QJsonArray only = images["only"].toArray();
        QCOMPARE(images["both_right"].toInt() + images["both_wrong"].toInt() + only[0].toArray().size() +
                     only[1].toArray().size(),
                 15);
        for (const auto& list : only)
            for (const auto& image : list.toArray())
                QVERIFY(QFile::exists(path("toys") + '/' + image.toString()));
        QVERIFY(json["mcnemar_p"].toDouble() > 0 && json["mcnemar_p"].toDouble() <= 1);
        QVERIFY(!run({"runs", "compare", m_runs[0], m_runs[1], m_runs[2], "--json"}).json().contains("images"));
        refuses({"runs", "compare", m_runs[0]}, 2, "two runs");
        refuses({"runs", "compare", m_runs[0], m_runs[0]}, 2, "twice");
        refuses({"runs", "compare", m_runs[0], "nobody"}, 2, "nobody");
    }

    void tagsStarsAndArchivesFindRunsAndOutliveTheIndex() {
        QCOMPARE(run({"runs", "tag", m_runs[0], "paper", "best"}).code, 0);
        QCOMPARE(run({"runs", "tag", m_runs[0], "paper"}).code, 0); // it has it already
        QCOMPARE(run({"runs", "star", m_runs[1]}).code, 0);
        QCOMPARE(run({"runs", "archive", m_runs[2]}).code, 0);
        for (const char* file : {"/runs.db", "/runs.db-wal", "/runs.db-shm"})
            QFile::remove(m_home + QLatin1String(file));
        QCOMPARE(idsOf(run({"runs", "list", "--tag", "paper", "--json"})), QStringList{m_runs[0]});
        QCOMPARE(idsOf(run({"runs", "list", "--json"})).size(), 2);
        QCOMPARE(idsOf(run({"runs", "list", "--archived", "--json"})).size(), 3);
        QCOMPARE(idsOf(run({"runs", "list", "--sort", "starred", "--json"})).front(), m_runs[1]);
        const QJsonObject tagged =
            QJsonDocument::fromJson(run({"runs", "list", "--tag", "best", "--json"}).out).array()[0].toObject();
        QCOMPARE(tagged["tags"].toArray(), (QJsonArray{"paper", "best"}));
        QCOMPARE(run({"runs", "tag", m_runs[0], "paper", "--off"}).code, 0);
        QVERIFY(idsOf(run({"runs", "list", "--tag", "paper", "--json"})).isEmpty());
        QCOMPARE(run({"runs", "archive", m_runs[2], "--off"}).code, 0);
        refuses({"runs", "tag", m_runs[0], "two words"}, 2, "one word");
        refuses({"runs", "star", "nobody"}, 2, "nobody");
    }

    void theBestComeFirstAndFiltersCompare() {
        const QStringList best = idsOf(run({"runs", "list", "--sort", "val_accuracy", "--json"}));
        const QJsonArray values = m_folds["val_accuracy"].toObject()["values"].toArray();
        for (int i = 1; i < best.size(); ++i)
            QVERIFY(values[m_runs.indexOf(best[i - 1])].toDouble() >= values[m_runs.indexOf(best[i])].toDouble());
        QCOMPARE(idsOf(run({"runs", "list", "--filter", "epochs = 2 fold", "--json"})).size(), 3);
        QVERIFY(idsOf(run({"runs", "list", "--filter", "val_accuracy > 1", "--json"})).isEmpty());
        refuses({"runs", "list", "--filter", "acuracy > .5"}, 2, "acuracy");
        refuses({"runs", "list", "--sort", "beauty"}, 2, "beauty");
        refuses({"train", path("experiment.json"), "--set", "name=a/b"}, 2, "must not contain a slash");
        refuses({"train", path("experiment.json"), "--set", "name=a/b", "--folds", "2"}, 2, "must not contain a slash");
    }

    void aReportIsOneFileThatFetchesNothing() {
        const QString file = path("report.html");
        const CliAnswer made = run({"export", m_runs[0], "--report", file, "--json"});
        QVERIFY2(made.code == 0, made.err.constData());
        QCOMPARE(made.json()["run"].toString(), m_runs[0]);
        const QByteArray html = read(file);
        QVERIFY(!html.contains("http://") && !html.contains("https://"));
        for (const char* part :
             {"Methods", "Confusion", "Calibration", "data:image/png;base64,", "shelf, fold 1 of 3", "CPU, 1 thread)"})
            QVERIFY2(html.contains(part), part);
        QCOMPARE(run({"export", m_folds["group"].toString(), "--report", path("group.html")}).code, 0);
        QVERIFY(html.contains("<img alt=\"boat, "));
        const QByteArray folds = read(path("group.html"));
        for (const char* part : {"fold 3 of 3", "Methods", "that was not trained on it", "--folds 3"})
            QVERIFY2(folds.contains(part), part);
        QCOMPARE(run({"export", "shelf", "--table", path("folds.csv")}).code, 0); // by the experiment's name
        refuses({"export", m_runs[0], "--report", path("nowhere") + "/report.html"}, 1, "nowhere");
        refuses({"export", "nobody", "--report", file}, 2, "nobody");
    }

    void aReportWithoutItsImagesSaysSo() {
        QVERIFY(QDir().rename(path("toys"), path("moved")));
        const CliAnswer made = run({"export", m_runs[1], "--report", path("gone.html")});
        QVERIFY(QDir().rename(path("moved"), path("toys")));
        QVERIFY2(made.code == 0, made.err.constData());
        const QByteArray html = read(path("gone.html"));
        QVERIFY(html.contains("Not all could be asked of the network") && html.contains("Methods"));
    }

    void everyRunHasItsEventFile() {
        const CliAnswer made = run({"export", "--all", "--tensorboard", path("board"), "--json"});
        QVERIFY2(made.code == 0, made.err.constData());
        QCOMPARE(made.json()["files"].toArray().size(), 3);
        for (const QString& id : m_runs)
            QCOMPARE(QDir(path("board") + '/' + id).entryList({"*tfevents*"}).size(), 1);
        refuses({"export", "--tensorboard", path("board")}, 2, "--all");
    }

    void aFoldOfWhichNothingIsLeftIsTrainedAgain() { // last: it changes the runs
        QCOMPARE(run({"runs", "delete", m_runs[1]}).code, 0);
        QVERIFY(QDir(m_home + "/runs/" + m_runs[2] + "/checkpoints").removeRecursively()); // killed before the first
        QVERIFY(QFile::remove(m_home + "/runs/" + m_runs[2] + "/events.jsonl"));
        const CliAnswer again = run({"train", "--resume", m_folds["group"].toString(), "--json"});
        QVERIFY2(again.code == 0, again.err.constData());
        const QJsonArray folds = again.json()["folds"].toArray();
        QCOMPARE(folds.size(), 3);
        QCOMPARE(folds[0].toString(), m_runs[0]);
        QVERIFY(folds[1].toString() != m_runs[1] && folds[2].toString() != m_runs[2]);
        QVERIFY(!QDir(m_home + "/runs/" + m_runs[2]).exists());
        QCOMPARE(idsOf(run({"runs", "list", "--json"})).size(), 3);
        QCOMPARE(again.json()["val_accuracy"], m_folds["val_accuracy"]); // the seed is the same
        QCOMPARE(read(m_folds["out_of_fold"].toString()).trimmed().count('\n'), 5 * 12);
    }
};

QTEST_GUILESS_MAIN(ShelfCommandLineTest)
#include "tst_ShelfCommandLine.moc"
