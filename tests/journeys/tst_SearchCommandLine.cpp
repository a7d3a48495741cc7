// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>

#include <cmath>
#include <csignal>
#include <filesystem>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// A search on the command line, with real training of a tiny network.
class SearchCommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(path(QStringLiteral("home")), arguments); }

    QString search(const QString& name, QByteArray more, const QByteArray& epochs = "2") const {
        QByteArray text = "{ 'version': 1, 'name': '" + name.toUtf8() +
                          "', 'base': { 'version': 1, 'name': 'tiny', 'seed': 7, 'data': { 'path': '" +
                          path(QStringLiteral("toys")).toUtf8() +
                          "', 'image_size': [24, 24] }, 'model': { 'name': 'toy_cnn', 'options': { 'filters': [4] } },"
                          "'training': { 'epochs': " +
                          epochs + ", 'batch_size': 16, 'precision': 'fp32' } }, " + more + " }";
        write(name + ".json", text.replace('\'', '"'));
        return path(name + ".json");
    }
    static QByteArray space() {
        return "'space': { 'model.options.filters': { 'repeat': { 'int': [1, 2] }, 'of': { 'int': [4, 8], 'step': 4 } "
               "},"
               "'training.optimizer.learning_rate': { 'float': [0.0001, 0.01], 'log': true } }";
    }
    static QJsonArray paramsOf(const QJsonObject& shown) {
        QJsonArray all;
        for (const auto& trial : shown["trials"].toArray())
            all.append(QJsonArray{trial.toObject()["params"], trial.toObject()["values"]});
        return all;
    }

    /// Starts a search and waits until its second trial begins.
    void begin(QProcess& process, const QString& file) const {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SIGHTLINE_HOME"), path("home"));
        process.setProcessEnvironment(environment);
        process.setReadChannel(QProcess::StandardError);
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"), {"search", file});
        QByteArray said;
        while (!said.contains("trial 1 begins")) {
            QVERIFY2(process.waitForReadyRead(60000), said.constData());
            said += process.readAllStandardError();
        }
    }

private Q_SLOTS:
    void initTestCase() {
        const CliAnswer made = run({"dataset", "make", "toys", "--to", path("toys"), "--seed", "5", "--train", "6",
                                    "--val", "2", "--test", "2", "--size", "24"});
        QVERIFY2(made.code == 0, made.err.constData());
    }

    void aSearchFindsItsBestAndCanBeShown() {
        const QString file = search("random", space() + ", 'trials': 3, 'executions_per_trial': 2, 'keep_best': 1");
        const CliAnswer searched = run({"search", file, "--json"});
        QVERIFY2(searched.code == 0, searched.err.constData());
        const QJsonObject found = searched.json();
        QCOMPARE(found["state"].toString(), QStringLiteral("completed"));
        const QJsonArray trials = found["trials"].toArray();
        QCOMPARE(trials.size(), 3);
        double best = -1;
        for (const auto& each : trials) {
            const QJsonObject trial = each.toObject();
            QCOMPARE(trial["state"].toString(), QStringLiteral("complete"));
            const QJsonArray values = trial["values"].toArray();
            QCOMPARE(values.size(), 2);
            const double mean = (values[0].toDouble() + values[1].toDouble()) / 2;
            QVERIFY(std::abs(trial["value"].toDouble() - mean) < 1e-12);
            best = std::max(best, mean);
            for (const auto& id : trial["runs"].toArray()) {
                const QJsonObject shown = run({"runs", "show", id.toString(), "--json"}).json();
                QCOMPARE(shown["group"].toObject()["id"], found["id"]);
                QCOMPARE(shown["state"].toString(), QStringLiteral("completed"));
                QCOMPARE(shown["experiment"]["model"]["options"]["filters"],
                         trial["params"].toObject()["model.options.filters"]);
            }
        }
        const QJsonObject winner = trials[found["best"].toInt()].toObject();
        QCOMPARE(winner["value"].toDouble(), best);
        const QString kept = winner["runs"].toArray()[0].toString();
        QVERIFY(run({"evaluate", kept, "--split", "val", "--json"}).code == 0);
        QVERIFY(searched.err.contains("removed"));
        const CliAnswer shown = run({"search", "show", found["id"].toString(), "--json"});
        QVERIFY2(shown.code == 0, shown.err.constData());
        QCOMPARE(shown.json(), found);
        QCOMPARE(run({"search", "list", "--json"}).list()[0].toObject()["id"], found["id"]);
        QVERIFY(run({"search", "show", "random"}).out.contains("Best of 3 trials"));
        for (const QString& group : {found["id"].toString(), QStringLiteral("random")}) {
            const CliAnswer table =
                run({"export", group, "--table", path("t.csv"), "--report", path("t.html"), "--json"});
            QVERIFY2(table.code == 0, table.err.constData());
        }
        QCOMPARE(run({"search", "resume", "random", "--json"}).json(), found);       // nothing is left to do
        QCOMPARE(paramsOf(run({"search", file, "--json"}).json()), paramsOf(found)); // the same seed
    }

    /// A Slurm of scripts, whose tasks wait until they are canceled.
    void aSearchOnSlurmUnderNohupOutlivesItsTerminal() {
        const QString tools = path(QStringLiteral("tools"));
        const auto tool = [&](const char* name, const QByteArray& script) {
            write(QStringLiteral("tools/") + name, "#!/bin/sh\n" + script + "\n");
            QFile::setPermissions(tools + '/' + name, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        };
        const QByteArray canceled = path(QStringLiteral("canceled")).toUtf8();
        tool("sbatch", "echo 1");
        tool("scancel", "touch '" + canceled + "'");
        const QString asked = path(QStringLiteral("asked"));
        tool("squeue",
             "echo >> '" + asked.toUtf8() + "'; test -e '" + canceled + "' && state=CANCELLED || state=PENDING\n" +
                 R"(echo '{"jobs": [{"array_job_id": 1, "job_state": "'$state'", "state_reason": "None"}]}')");
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SIGHTLINE_HOME"), path("home"));
        environment.insert(QStringLiteral("PATH"), tools + ':' + environment.value(QStringLiteral("PATH")));
        process.setProcessEnvironment(environment);
        process.setReadChannel(QProcess::StandardError);
        process.setChildProcessModifier([] { ::signal(SIGHUP, SIG_IGN); });
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                      {"search", search("waits", space() + ", 'trials': 2, 'backend': { 'slurm': {} }")});
        QByteArray said;
        while (!said.contains("Slurm job 1:")) {
            QVERIFY2(process.waitForReadyRead(60000), said.constData());
            said += process.readAllStandardError();
        }
        for (const int signal : {SIGHUP, SIGINT})
            ::kill(static_cast<pid_t>(process.processId()), signal);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        const QJsonObject stopped = run({"search", "show", "waits", "--json"}).json();
        write("home/searches/" + stopped["id"].toString() + "/slurm.json", "{\"job\": \"1\"}"); // nobody saw its end
        const QByteArray paths = qgetenv("PATH");
        qputenv("PATH", tools.toUtf8() + ':' + paths);
        const CliAnswer shown = run({"search", "show", "waits", "--json"});
        const std::filesystem::path folder(stopped["folder"].toString().toStdString());
        std::filesystem::copy(folder, folder.parent_path() / "waits-too", std::filesystem::copy_options::recursive);
        QFile::remove(asked);
        const QJsonArray both = run({"search", "list", "--json"}).list();
        qputenv("PATH", paths);
        std::filesystem::remove_all(folder.parent_path() / "waits-too");
        QCOMPARE(both[0].toObject()["state"].toString() + both[1].toObject()["state"].toString(),
                 QStringLiteral("stoppedstopped"));
        QCOMPARE(QFileInfo(asked).size(), 1); // one answer tells of all jobs
        QCOMPARE(shown.json()["state"].toString(), QStringLiteral("stopped"));
    }

    void aKilledSearchGoesOnUnderItsNumbers() {
        const QByteArray more = space() + ", 'trials': 3, 'sampler': 'tpe'";
        const CliAnswer whole = run({"search", search("whole", more, "6"), "--json"});
        QVERIFY2(whole.code == 0, whole.err.constData());
        QProcess process;
        begin(process, search("killed", more, "6"));
        process.kill();
        QVERIFY(process.waitForFinished(60000));
        const QJsonObject left = run({"search", "show", "killed", "--json"}).json();
        QCOMPARE(left["state"].toString(), QStringLiteral("stopped"));
        const CliAnswer resumed = run({"search", "resume", "killed", "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QCOMPARE(paramsOf(resumed.json()), paramsOf(whole.json()));
        QCOMPARE(resumed.json()["state"].toString(), QStringLiteral("completed"));
    }

    void aSearchWhoseImagesMovedIsToldWhereTheyAre() {
        QVERIFY(
            run({"search", search("moved", space() + ", 'trials': 2, 'stop': { 'minutes': 0.000001 }", "1")}).code ==
            0);
        QVERIFY(QDir().rename(path("toys"), path("elsewhere")));
        verifyRefusal(run({"search", "resume", "moved"}), 2, "--set data.path=DIR");
        verifyRefusal(run({"search", "resume", "moved", "--set", "training.epochs=2"}), 2, "training.epochs");
        const QString file = run({"search", "show", "moved", "--json"}).json()["folder"].toString() + "/search.json";
        QVERIFY(QFile::copy(file, path("before.json")));
        QFile plan(file);
        QVERIFY(plan.open(QIODevice::ReadWrite));
        const QByteArray impossible = plan.readAll().replace("\"filters\"", "\"of_an_older_version\": 1, \"filters\"");
        QVERIFY(plan.resize(0) && plan.seek(0));
        plan.write(impossible);
        plan.close();
        const CliAnswer found = run({"search", "resume", "moved", "--set", "data.path=" + path("elsewhere")});
        verifyRefusal(found, 2, "of_an_older_version");
        QVERIFY2(!found.err.contains("--set data.path"), found.err.constData()); // they are there now
        QVERIFY(QFile::remove(file) && QFile::rename(path("before.json"), file));
        const CliAnswer resumed =
            run({"search", "resume", "moved", "--json", "--set", "data.path=" + path("elsewhere")});
        QVERIFY(QDir().rename(path("elsewhere"), path("toys")));
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QCOMPARE(resumed.json()["folder"].toString().isEmpty(), false);
    }

    void anotherProcessIsPausedResumedAndStopped() {
        QProcess process;
        begin(process, search("steered", space() + ", 'trials': 1000"));
        const auto state = [this] { return run({"search", "show", "steered", "--json"}).json()["state"].toString(); };
        QCOMPARE(run({"search", "pause", "steered"}).code, 0);
        QTRY_COMPARE(state(), QStringLiteral("paused"));
        QCOMPARE(run({"search", "resume", "steered"}).code, 0);
        QTRY_COMPARE(state(), QStringLiteral("running"));
        QCOMPARE(run({"search", "stop", "steered"}).code, 0);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(state(), QStringLiteral("stopped"));
        const CliAnswer again = run({"search", "stop", "steered"});
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains("is not running"), again.err.constData());
    }

    void badSearchesAreRefusedWithOneSentence() {
        const auto refuses = [this](const QByteArray& more, const QByteArray& mention) {
            verifyRefusal(run({"search", search("bad", more)}), 2, mention);
        };
        refuses("'space': { 'training.epoch': { 'int': [1, 2] } }", "training.epoch");
        refuses("'space': { 'training.epochs': { 'int': [3, 2] } }", "space.training.epochs.int");
        refuses("'space': { 'training.optimizer.learning_rate': { 'float': [0.001, 0.1] } }, 'sampler': 'grid'",
                "sampler");
        refuses(space() + ", 'trial': 3", "trial");
        refuses(space() + ", 'objective': 'f1'", "objective");
        verifyRefusal(run({"search", path("nowhere.json")}), 2, "nowhere.json");
        verifyRefusal(run({"search"}), 2, "SEARCH.json");
        verifyRefusal(run({"search", "show", "nothing"}), 2, "nothing");
        verifyRefusal(run({"search", "--preset", "none"}), 2, "toys-small");
    }

    void anImpossibleNetworkIsAFailedTrial() {
        const CliAnswer searched =
            run({"search",
                 search("deep", "'space': { 'model.options.filters': { 'choice': [[4], [4, 4, 4, 4, 4, 4, 4, 4]] } },"
                                "'sampler': 'grid'"),
                 "--json"});
        QVERIFY2(searched.code == 0, searched.err.constData());
        const QJsonArray trials = searched.json()["trials"].toArray();
        QCOMPARE(trials[0].toObject()["state"].toString(), QStringLiteral("complete"));
        QCOMPARE(trials[1].toObject()["state"].toString(), QStringLiteral("failed"));
        QVERIFY(!trials[1].toObject()["error"].toString().isEmpty());
        QCOMPARE(searched.json()["best"].toInt(), 0);
    }
};

QTEST_GUILESS_MAIN(SearchCommandLineTest)
#include "tst_SearchCommandLine.moc"
