// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <csignal>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// A search on a Slurm of one node, which tests/journeys/slurm/slurm.sh starts.
class SlurmCommandLineTest : public FolderTest {
    Q_OBJECT

    static constexpr int kPatience = 240000;
    static constexpr const char* kScript = SIGHTLINE_SOURCE_DIR "/tests/journeys/slurm/slurm.sh";

    QByteArray slurm(const QStringList& command) const {
        QProcess process;
        process.setProcessEnvironment(m_environment);
        process.start(command.first(), command.mid(1));
        process.waitForFinished(kPatience);
        return process.readAllStandardOutput() + process.readAllStandardError();
    }
    CliAnswer run(const QStringList& arguments) const {
        return runCli(path(QStringLiteral("home")), arguments, {{"SLURM_CONF", path("slurm/slurm.conf")}});
    }
    QString search(const QString& name, int trials, int epochs) const {
        QByteArray text = "{ 'version': 1, 'name': '" + name.toUtf8() +
                          "', 'base': { 'version': 1, 'name': 'tiny', 'seed': 7, 'data': { 'path': '" +
                          path(QStringLiteral("toys")).toUtf8() +
                          "', 'image_size': [24, 24] }, 'model': { 'name': 'toy_cnn', 'options': { 'filters': [4] } },"
                          "'training': { 'epochs': " +
                          QByteArray::number(epochs) +
                          ", 'batch_size': 16, 'precision': 'fp32', 'threads': 1 } },"
                          "'space': { 'training.optimizer.learning_rate': { 'float': [0.0001, 0.01], 'log': true } },"
                          "'trials': " +
                          QByteArray::number(trials) +
                          ", 'parallel': 2, 'backend': { 'slurm': { 'partition': 'test', 'time': '00:30:00' } } }";
        write(name + ".json", text.replace('\'', '"'));
        return path(name + ".json");
    }
    void start(QProcess& process, const QStringList& arguments) {
        m_said.clear();
        process.setProcessEnvironment(m_environment);
        process.setReadChannel(QProcess::StandardError);
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"), arguments);
    }
    /// Waits until the program that was started last has said on stderr what `words` matches; its first capture.
    QString said(QProcess& process, const char* words) {
        for (const QRegularExpression expression(words);;) {
            if (const auto match = expression.match(m_said); match.hasMatch())
                return match.captured(1);
            if (!process.waitForReadyRead(kPatience))
                return {};
            m_said += process.readAllStandardError();
        }
    }
    /// A journal that has so many reports of its trials.
    bool hasReports(const QString& search, int count) const {
        QFile journal(path("home/searches/" + search + "/journal.log"));
        return journal.open(QIODevice::ReadOnly) && journal.readAll().count("intermediate_value\":") >= count;
    }
    QString log(const QString& search, const QString& job) const {
        QString all;
        const QDir folder(path("home/searches/" + search));
        for (const QString& name : folder.entryList({"slurm-" + job + "_*.log"})) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                all += QString::fromUtf8(file.readAll());
        }
        return all;
    }
    /// Each trial complete, each run with each epoch once.
    void verifyWhole(const QJsonObject& found, int trials, int epochs) const {
        QCOMPARE(found["state"].toString(), QStringLiteral("completed"));
        QCOMPARE(found["trials"].toArray().size(), trials);
        for (const auto& each : found["trials"].toArray()) {
            const QJsonObject trial = each.toObject();
            QCOMPARE(trial["state"].toString(), QStringLiteral("complete"));
            QCOMPARE(trial["epochs"].toObject().size(), epochs);
            QFile history(path("home/runs/" + trial["runs"].toArray()[0].toString() + "/history.csv"));
            QVERIFY(history.open(QIODevice::ReadOnly));
            QCOMPARE(history.readAll().trimmed().count('\n'), epochs);
        }
    }

    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
    QByteArray m_said;

private Q_SLOTS:
    void initTestCase() {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(kScript, {"start", path("slurm")});
        QVERIFY(process.waitForFinished(kPatience));
        const QByteArray words = process.readAll().trimmed();
        if (process.exitCode() == 77)
            QSKIP(words.constData());
        QVERIFY2(process.exitCode() == 0, words.constData());
        m_environment.insert(QStringLiteral("SLURM_CONF"), path("slurm/slurm.conf"));
        m_environment.insert(QStringLiteral("SIGHTLINE_HOME"), path("home"));
        const CliAnswer made = run({"dataset", "make", "toys", "--to", path("toys"), "--seed", "5", "--train", "6",
                                    "--val", "2", "--test", "2", "--size", "24"});
        QVERIFY2(made.code == 0, made.err.constData());
    }
    void cleanupTestCase() {
        QProcess process;
        process.start(kScript, {"stop", path("slurm")});
        process.waitForFinished(kPatience);
    }

    void trialsAreTasksOfAJob() {
        const CliAnswer searched = run({"search", search("tasks", 3, 2), "--json"});
        QVERIFY2(searched.code == 0, searched.err.constData());
        const QJsonObject found = searched.json();
        verifyWhole(found, 3, 2);
        for (const auto& trial : found["trials"].toArray())
            QVERIFY(QRegularExpression("^\\d+_\\d$").match(trial.toObject()["task"].toString()).hasMatch());
        QCOMPARE(run({"search", "show", "tasks", "--json"}).json(), found);
        verifyRefusal(run({"search", "task", "tasks"}), 2, "search resume");
    }

    void aTaskWhoseTimeIsAlmostOverSavesAndComesAgain() {
        constexpr int kEpochs = 300;
        QProcess process;
        start(process, {"search", search("requeued", 2, kEpochs), "--json"});
        const QString id = said(process, "Search (\\S+):");
        const QString job = said(process, "Slurm job (\\d+):");
        QVERIFY(!id.isEmpty() && !job.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(hasReports(id, 6), kPatience);
        slurm({"scancel", "--signal=USR1", "--batch", job + "_0"});
        slurm({"scancel", "--signal=USR1", "--batch", job + "_1"});
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 0);
        const QString words = log(id, job);
        QVERIFY2(words.contains("is saved and continues later"), qPrintable(words));
        QVERIFY2(words.contains("continues:"), qPrintable(words));
        verifyWhole(run({"search", "show", id, "--json"}).json(), 2, kEpochs);
    }

    void ctrlCCancelsTheJobAndResumeContinues() {
        constexpr int kEpochs = 300;
        QProcess process;
        start(process, {"search", search("stopped", 3, kEpochs)});
        const QString id = said(process, "Search (\\S+):");
        const QString job = said(process, "Slurm job (\\d+):");
        QTRY_VERIFY_WITH_TIMEOUT(hasReports(id, 6), kPatience);
        QCOMPARE(run({"search", "show", id, "--json"}).json()["state"].toString(), QStringLiteral("running"));
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 130);
        QCOMPARE(slurm({"squeue", "--noheader", "--states=all", "--format=%T"}).count("RUNNING"), 0);
        QCOMPARE(run({"search", "show", id, "--json"}).json()["state"].toString(), QStringLiteral("stopped"));
        const CliAnswer resumed = run({"search", "resume", id, "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        verifyWhole(resumed.json(), 3, kEpochs);
    }

    void aPausedSearchHoldsItsTasks() {
        constexpr int kEpochs = 300;
        QProcess process;
        start(process, {"search", search("paused", 3, kEpochs), "--json"});
        const QString id = said(process, "Search (\\S+):");
        QTRY_VERIFY_WITH_TIMEOUT(hasReports(id, 4), kPatience);
        const CliAnswer paused = run({"search", "pause", id});
        QVERIFY2(paused.code == 0, paused.err.constData());
        QCOMPARE(run({"search", "show", id, "--json"}).json()["state"].toString(), QStringLiteral("paused"));
        QTRY_COMPARE_WITH_TIMEOUT(slurm({"squeue", "--noheader", "--format=%T"}).count("RUNNING"), 0, kPatience);
        QCOMPARE(run({"search", "resume", id}).code, 0);
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 0);
        verifyWhole(run({"search", "show", id, "--json"}).json(), 3, kEpochs);
    }

    void whoeverWatchesMayGoAndComeBack() {
        constexpr int kEpochs = 300;
        QProcess process;
        start(process, {"search", search("left", 2, kEpochs)});
        const QString id = said(process, "Search (\\S+):");
        const QString job = said(process, "Slurm job (\\d+):");
        QTRY_VERIFY_WITH_TIMEOUT(hasReports(id, 2), kPatience);
        process.kill();
        QVERIFY(process.waitForFinished(kPatience));
        const CliAnswer resumed = run({"search", "resume", id, "--json"});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QVERIFY2(!resumed.err.contains("Slurm job"), resumed.err.constData()); // the same job, no other
        verifyWhole(resumed.json(), 2, kEpochs);
    }

    void aRefusedJobIsSaidInSlurmsWords() {
        const QString file = search("nowhere", 2, 1);
        QFile json(file);
        QVERIFY(json.open(QIODevice::ReadWrite));
        const QByteArray text = json.readAll().replace("\"test\"", "\"no_such_partition\"");
        json.resize(0);
        json.seek(0);
        json.write(text);
        json.close();
        const CliAnswer answer = run({"search", file});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.toLower().contains("invalid partition"), answer.err.constData());
    }
};

QTEST_GUILESS_MAIN(SlurmCommandLineTest)
#include "tst_SlurmCommandLine.moc"
