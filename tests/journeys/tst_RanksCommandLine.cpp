// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <arpa/inet.h>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <memory>
#include <vector>

#include "CliProcess.h"
#include "Test.h"
#include "store/Safetensors.h"

using namespace sightline;

/// Several processes of the program train one network together, as torchrun starts them.
class RanksCommandLineTest : public FolderTest {
    Q_OBJECT

    static constexpr int kPatience = 240000;

    /// A port of the loopback that nobody listens on.
    static int freePort() {
        const int handle = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        int port = 0;
        if (bind(handle, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
            getsockname(handle, reinterpret_cast<sockaddr*>(&address), &length) == 0)
            port = ntohs(address.sin_port);
        ::close(handle);
        return port;
    }

    /// The processes of one training.
    class Ranks {
    public:
        Ranks(const QString& home, int count) : m_home(home), m_port(freePort()) {
            for (int rank = 0; rank < count; ++rank)
                m_processes.push_back(std::make_unique<QProcess>());
        }
        ~Ranks() {
            for (const auto& process : m_processes) {
                process->kill();
                process->waitForFinished();
            }
        }

        void start(int rank, const QStringList& arguments) {
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(QStringLiteral("SIGHTLINE_HOME"), m_home);
            environment.insert(QStringLiteral("RANK"), QString::number(rank));
            environment.insert(QStringLiteral("LOCAL_RANK"), QString::number(rank));
            environment.insert(QStringLiteral("WORLD_SIZE"), QString::number(m_processes.size()));
            environment.insert(QStringLiteral("MASTER_ADDR"), QStringLiteral("127.0.0.1"));
            environment.insert(QStringLiteral("MASTER_PORT"), QString::number(m_port));
            QProcess& process = of(rank);
            process.setProcessEnvironment(environment);
            process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"), arguments);
        }
        void startAll(const QStringList& arguments) {
            for (int rank = 0; rank < size(); ++rank)
                start(rank, arguments);
        }
        CliAnswer answer(int rank) {
            CliAnswer answer;
            QProcess& process = of(rank);
            if (process.waitForFinished(kPatience) && process.exitStatus() == QProcess::NormalExit)
                answer.code = process.exitCode();
            answer.out = process.readAllStandardOutput();
            answer.err = process.readAllStandardError();
            return answer;
        }
        /// Whether it says so on stderr, which is then read.
        bool says(int rank, const QByteArray& words) {
            QByteArray said;
            of(rank).setReadChannel(QProcess::StandardError); // which waitForReadyRead() waits for
            while (!said.contains(words) && of(rank).waitForReadyRead(kPatience))
                said += of(rank).readAllStandardError();
            return said.contains(words);
        }
        void signal(int rank, int number) { ::kill(static_cast<pid_t>(of(rank).processId()), number); }
        QProcess& of(int rank) { return *m_processes[static_cast<std::size_t>(rank)]; }
        int size() const { return static_cast<int>(m_processes.size()); }

    private:
        QString m_home;
        int m_port;
        std::vector<std::unique_ptr<QProcess>> m_processes;
    };

    /// The folder of the run that so many processes trained; empty where one of them failed.
    QString trained(int processes, const QStringList& arguments) {
        CliAnswer first;
        if (processes == 1) {
            first = runCli(m_home, QStringList(arguments) << "--json");
        } else {
            Ranks ranks(m_home, processes);
            ranks.startAll(QStringList(arguments) << "--json");
            for (int rank = processes; rank-- > 0;) {
                first = ranks.answer(rank);
                if (first.code != 0 || (rank > 0 && !(first.out + first.err).isEmpty())) {
                    qWarning("rank %d: exit %d: %s%s", rank, first.code, first.out.constData(), first.err.constData());
                    return {};
                }
            }
        }
        return first.code == 0 ? first.json()["folder"].toString() : QString();
    }

    QStringList experiment(const QByteArray& model, const QByteArray& training) {
        QByteArray text = "{ 'version': 1, 'seed': 7, 'data': { 'path': '@', 'image_size': [32, 32] },"
                          "'augmentation': { 'rotation_range': 20, 'horizontal_flip': true },"
                          "'model': { 'name': 'toy_cnn', 'options': { 'filters': [4, 8], 'dropout': 0" +
                          model +
                          " } },"
                          "'training': { 'epochs': 2, 'batch_size': 13, 'threads': 1, 'precision': 'fp32'" +
                          training + " } }";
        const QString name = QStringLiteral("experiment-%1.json").arg(++m_files);
        write(name, text.replace('\'', '"').replace("@", path("toys").toUtf8()));
        return {"train", path(name)};
    }

    QStringList longTraining() {
        return experiment({}, {}) << "--set"
                                  << "training.epochs=100000";
    }

    /// Of the weights and running statistics of two runs: how many differ by more than `most`, of how many.
    struct Difference {
        std::size_t values = 0, far = 0;
    };
    static Difference between(const QString& one, const QString& other, double most) {
        Difference difference;
        const auto last = [](const QString& run) {
            return SafetensorsFile::open((run + "/checkpoints/last.safetensors").toStdString());
        };
        const auto first = last(one), second = last(other);
        if (!first || !second)
            return {0, 1};
        for (const TensorView& tensor : first->tensors()) {
            const TensorView* const same = second->find(tensor.name);
            if (tensor.name.starts_with("optimizer"))
                continue;
            const auto a = asFloats(tensor);
            const auto b = same ? asFloats(*same) : Result<std::vector<float>>(Error{"missing"});
            if (!a || !b || a->size() != b->size())
                return {0, 1};
            for (std::size_t i = 0; i < a->size(); ++i) {
                ++difference.values;
                difference.far += std::abs((*a)[i] - (*b)[i]) <= most ? 0 : 1;
            }
        }
        return difference;
    }
    static QByteArray read(const QString& file) {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    /// Numbers of history.csv.
    static std::vector<double> history(const QString& run) {
        std::vector<double> numbers;
        const QList<QByteArray> lines = read(run + "/history.csv").split('\n');
        for (const QByteArray& line : lines.mid(1))
            for (const QByteArray& cell : line.trimmed().split(','))
                numbers.push_back(cell.toDouble());
        return numbers;
    }

    QString m_home;
    int m_files = 0;

private Q_SLOTS:
    void initTestCase() {
        m_home = path(QStringLiteral("home"));
        const CliAnswer made = runCli(m_home, {"dataset", "make", "toys", "--to", path("toys"), "--seed", "5",
                                               "--train", "8", "--val", "3", "--test", "0", "--size", "40"});
        QVERIFY2(made.code == 0, made.err.constData());
        const QDir classes(path("toys/train"));
        write("toys/train/" + classes.entryList(QDir::Dirs | QDir::NoDotAndDotDot).first() + "/torn.jpg", "no picture");
    }

    void anyNumberOfProcessesTrainsTheSameNetwork_data() {
        QTest::addColumn<int>("processes");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("training");
        QTest::addColumn<double>("share"); // of weights that may be further off: Adam divides by what is near zero
        const QByteArray sgd = ",'optimizer': { 'name': 'sgd', 'learning_rate': 0.05, 'momentum': 0.9 }";
        QTest::newRow("two, sgd") << 2 << QByteArray() << sgd << 0.0;
        QTest::newRow("three, sgd, clipped")
            << 3 << QByteArray() << QByteArray(sgd).replace("}", ", 'clip_norm': 0.5 }") << 0.0;
        QTest::newRow("two, adam") << 2 << QByteArray() << QByteArray(",'optimizer': { 'name': 'adam' }") << 0.001;
        QTest::newRow("two, one batch-norm")
            << 2 << QByteArray(",'batch_norm': true") << sgd + ",'sync_batch_norm': true" << 0.0;
    }
    void anyNumberOfProcessesTrainsTheSameNetwork() {
        QFETCH(int, processes);
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, training);
        QFETCH(double, share);
        const QStringList arguments = experiment(model, training);
        const QString one = trained(1, arguments), many = trained(processes, arguments);
        QVERIFY(!one.isEmpty() && !many.isEmpty());
        const Difference difference = between(one, many, 1e-4);
        QVERIFY(difference.values > 1000);
        QVERIFY2(static_cast<double>(difference.far) <= share * static_cast<double>(difference.values),
                 qPrintable(QStringLiteral("%1 of %2").arg(difference.far).arg(difference.values)));
        const std::vector<double> a = history(one), b = history(many);
        QCOMPARE(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) < 1e-3, qPrintable(QStringLiteral("%1, %2").arg(a[i]).arg(b[i])));
        const QByteArray events = read(many + "/events.jsonl");
        QCOMPARE(events.count("\"type\":\"epoch\""), 2);
        QVERIFY2(events.contains("torn.jpg"), events.constData());
        QCOMPARE(read(many + "/learning.csv.gz").isEmpty(), read(one + "/learning.csv.gz").isEmpty());
    }

    void aRunGoesOnWithAnotherNumberOfProcesses() {
        const QStringList arguments =
            experiment({}, ",'optimizer': { 'name': 'sgd', 'learning_rate': 0.05, 'momentum': 0.9 }");
        const QString whole = trained(1, arguments);
        const QString begun = trained(2, QStringList(arguments) << "--set"
                                                                << "training.epochs=1");
        QVERIFY(!whole.isEmpty() && !begun.isEmpty());
        const QString on = trained(3, {"train", "--resume", begun, "--set", "training.epochs=2"});
        QCOMPARE(on, begun);
        QCOMPARE(between(whole, on, 1e-4).far, std::size_t(0));
        QCOMPARE(history(whole).size(), history(on).size());
    }

    void aBatchNormThatIsEachProcessesOwnTrainsToo() {
        QVERIFY(!trained(2, experiment(",'batch_norm': true", {})).isEmpty());
    }

    void keptFeaturesAreComputedInParts() {
        QStringList arguments = experiment({}, ",'cache_features': true, 'optimizer': { 'name': 'sgd' }");
        arguments << "--set"
                  << "model.freeze=base"
                  << "--set"
                  << "augmentation={}";
        m_home = path(QStringLiteral("home of one"));
        const QString one = trained(1, arguments);
        m_home = path(QStringLiteral("home of two"));
        const QString two = trained(2, arguments), again = trained(2, arguments);
        m_home = path(QStringLiteral("home"));
        QVERIFY(!one.isEmpty() && !two.isEmpty() && !again.isEmpty());
        QCOMPARE(between(one, two, 1e-4).far, std::size_t(0));
        QCOMPARE(between(one, again, 1e-4).far, std::size_t(0));
        QVERIFY(read(two + "/events.jsonl").contains("were computed and cached"));
        QVERIFY(read(again + "/events.jsonl").contains("came from the cache"));
    }

    void whoeverLosesAnotherRankEnds_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("lost");
        QTest::addColumn<int>("signal");
        QTest::addColumn<QByteArray>("says"); // one of the others; all of them end
        QTest::newRow("rank 0, killed") << 2 << 0 << SIGKILL << QByteArray("Rank 0 has gone");
        QTest::newRow("rank 1, killed") << 2 << 1 << SIGKILL << QByteArray("Rank 1 has gone");
        QTest::newRow("rank 0, stopped") << 2 << 0 << SIGSTOP << QByteArray("Rank 0 does not answer");
        QTest::newRow("rank 1, stopped") << 2 << 1 << SIGSTOP << QByteArray("Rank 1 does not answer");
        QTest::newRow("one of three, killed") << 3 << 1 << SIGKILL << QByteArray("has gone");
        QTest::newRow("one of three, stopped") << 3 << 2 << SIGSTOP << QByteArray("Rank 2 does not answer");
    }
    void whoeverLosesAnotherRankEnds() {
        QFETCH(int, ranks);
        QFETCH(int, lost);
        QFETCH(int, signal);
        QFETCH(QByteArray, says);
        Ranks started(m_home, ranks);
        started.startAll(longTraining());
        QVERIFY(started.says(0, "epoch 1 "));
        started.signal(lost, signal);
        QElapsedTimer timer;
        timer.start();
        for (int rank = 0; rank < ranks; ++rank) {
            if (rank == lost)
                continue;
            const CliAnswer left = started.answer(rank);
            QVERIFY2(timer.elapsed() < 60000, left.err.constData());
            QCOMPARE(left.code, 1);
            QVERIFY2(left.err.contains(says) && left.err.contains("train --resume"), left.err.constData());
        }
    }

    void aPersonStopsAllThroughOneOfThem() {
        Ranks ranks(m_home, 2);
        ranks.startAll(longTraining());
        QVERIFY(ranks.says(0, "epoch 1 "));
        ranks.signal(1, SIGINT);
        QCOMPARE(ranks.answer(1).code, 130);
        const CliAnswer first = ranks.answer(0);
        QCOMPARE(first.code, 0);
        QVERIFY2(first.out.contains("stopped"), first.out.constData());
    }

    void whatIsChangedOnTheWayIsChangedForAll() {
        Ranks ranks(m_home, 2);
        ranks.startAll(longTraining());
        QVERIFY(ranks.says(0, "epoch 1 "));
        const QJsonArray runs = runCli(m_home, {"runs", "list", "--json"}).list();
        const QString run = runs.first().toObject()["id"].toString();
        for (const QStringList& wish : {QStringList{"pause"}, QStringList{"resume"}, QStringList{"save"},
                                        QStringList{"set", "training.optimizer.learning_rate=0.0001",
                                                    "augmentation.rotation_range=5", "model.freeze=base"},
                                        QStringList{"stop"}}) {
            const CliAnswer answer = runCli(m_home, QStringList{"runs", "control", run} + wish);
            QVERIFY2(answer.code == 0, answer.err.constData());
        }
        for (int rank = 0; rank < 2; ++rank)
            QCOMPARE(ranks.answer(rank).code, 0);
        const QJsonObject shown = runCli(m_home, {"runs", "show", run, "--json"}).json();
        QCOMPARE(shown["state"].toString(), QStringLiteral("stopped"));
        QCOMPARE(shown["edits"].toArray().size(), 1);
    }

    void ranksThatDoNotSeeTheSameAreRefused() {
        const QStringList arguments = experiment({}, {});
        Ranks settings(m_home, 2);
        settings.start(0, arguments);
        settings.start(1, QStringList(arguments) << "--set"
                                                 << "training.batch_size=12");
        for (int rank = 0; rank < 2; ++rank) {
            const CliAnswer answer = settings.answer(rank);
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.contains("Rank 1 has other settings than rank 0"), answer.err.constData());
        }
        const CliAnswer made = runCli(m_home, {"dataset", "make", "toys", "--to", path("others"), "--seed", "5",
                                               "--train", "7", "--val", "3", "--test", "0", "--size", "40"});
        QVERIFY2(made.code == 0, made.err.constData());
        Ranks images(m_home, 2);
        images.start(0, arguments);
        images.start(1, QStringList(arguments) << "--set"
                                               << "data.path=" + path("others"));
        for (int rank = 0; rank < 2; ++rank) {
            const CliAnswer answer = images.answer(rank);
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.contains("Rank 1 sees other images than rank 0"), answer.err.constData());
        }
    }

    void aPlaceThatMakesNoSenseIsRefused() {
        const QStringList arguments = experiment({}, {});
        verifyRefusal(runCli(m_home, arguments, {{"RANK", "2"}, {"WORLD_SIZE", "2"}}), 2, "RANK");
        verifyRefusal(runCli(m_home, arguments, {{"RANK", "0"}, {"WORLD_SIZE", "2"}}), 2, "MASTER_ADDR");
        verifyRefusal(runCli(m_home, QStringList(arguments) << "--check",
                             {{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "localhost"}, {"MASTER_PORT", "1"}}),
                      2, "one process");
    }
};

QTEST_GUILESS_MAIN(RanksCommandLineTest)
#include "tst_RanksCommandLine.moc"
