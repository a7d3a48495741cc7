// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <sys/resource.h>
#include <sys/utsname.h>

#include <map>

#include "HttpServer.h"
#include "Test.h"

namespace {

/// As python3 and the names of wheels call this machine.
QString machine() {
    utsname name{};
    ::uname(&name);
    return QString::fromLatin1(name.machine);
}

QString tag(const QString& project, const QString& version) {
    return project + '-' + version + "-cp311-cp311-manylinux_2_28_" + machine() + ".whl";
}

struct Answer {
    int code = -1;
    QString folder, said;
};

/// A package index on loopback: what it lists, and the files themselves.
struct Index {
    std::map<std::string, QJsonArray> projects{};
    std::map<std::string, std::string> files{};
    int cutAfter = 0; ///< the first connection for a file ends after so many bytes; 0 = none does

    void list(const std::string& project, const QString& file, const std::string& bytes, QJsonObject more = {}) {
        files["/files/" + file.toStdString()] = bytes;
        more["filename"] = file;
        more["url"] = "/files/" + file;
        if (!more.contains("size"))
            more["size"] = static_cast<qint64>(bytes.size());
        const QByteArray digest =
            QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256).toHex();
        if (!more.contains("hashes"))
            more["hashes"] = QJsonObject{{"sha256", QString::fromLatin1(digest)}};
        projects[project].append(more);
    }

    void answer(const HttpAsked& asked) const {
        if (const auto file = files.find(asked.path); file != files.end()) {
            if (cutAfter > 0 && asked.rangeBegin < 0)
                asked.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(file->second.size()) + "\r\n\r\n" +
                           file->second.substr(0, static_cast<std::size_t>(cutAfter)));
            else
                asked.serve(file->second);
            return;
        }
        for (const auto& [project, list] : projects) {
            if (asked.path == "/simple/" + project + "/") {
                asked.serve(QJsonDocument(QJsonObject{{"files", list}}).toJson().toStdString(),
                            "Content-Type: application/vnd.pypi.simple.v1+json\r\n");
                return;
            }
        }
        asked.status("404 Not Found");
    }
};

} // namespace

/// ./dev run --torch newest against an index on loopback.
class NewestTorchTest : public sightline::Test {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    QString path(const QString& below) const { return m_folder->filePath(below); }
    QString fetched(const QString& version) const {
        return path("cache/sightline/torch/" + version + '-' + machine() + "/torch");
    }

    void run(const QString& program, const QStringList& arguments) const {
        QProcess process;
        process.setWorkingDirectory(path("wheel"));
        process.start(program, arguments);
        QVERIFY2(process.waitForFinished(60000) && process.exitCode() == 0, process.readAllStandardError());
    }
    void write(const QString& file, const QByteArray& bytes) const {
        QVERIFY(QDir().mkpath(QFileInfo(path("wheel/" + file)).path()));
        QFile opened(path("wheel/" + file));
        QVERIFY(opened.open(QIODevice::WriteOnly));
        opened.write(bytes);
    }
    static QByteArray read(const QString& file) {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    /// Zips what was written.
    std::string wheel() const {
        run("python3", QStringList{"-m", "zipfile", "-c", "../made.whl"} +
                           QDir(path("wheel")).entryList(QDir::Dirs | QDir::NoDotAndDotDot));
        const std::string bytes = read(path("made.whl")).toStdString();
        QDir(path("wheel")).removeRecursively();
        QDir().mkpath(path("wheel"));
        return bytes;
    }
    std::string cpuWheel() const {
        write("torch/lib/libtorch_cpu.so", "computes");
        write("torch/lib/libtorch_python.so", "Python's");
        write("torch/include/torch/torch.h", "// declares");
        write("torch/share/cmake/Torch/TorchConfig.cmake", "# torch's own");
        write("torch/nn/modules.py", "pass");
        return wheel();
    }

    Answer fetch(const QString& index, const std::function<void()>& modifier = {}) const {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PIP_INDEX_URL", index);
        environment.insert("XDG_CACHE_HOME", path("cache"));
        environment.insert("SIGHTLINE_PAUSE", "0.001");
        environment.insert("no_proxy", "127.0.0.1");
        process.setProcessEnvironment(environment);
        if (modifier)
            process.setChildProcessModifier(modifier);
        process.start(QStringLiteral(SIGHTLINE_SOURCE_DIR "/dev.d/torch"), {"newest"});
        Answer answer;
        if (process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit)
            answer.code = process.exitCode();
        answer.folder = QString::fromUtf8(process.readAllStandardOutput()).trimmed();
        answer.said = QString::fromUtf8(process.readAllStandardError());
        return answer;
    }
    Answer fetch(const HttpServer& server, const std::function<void()>& modifier = {}) const {
        return fetch(QString::fromStdString(server.url("/simple")), modifier);
    }
    static HttpServer::Handler serving(const Index& index) {
        return [&index](const HttpAsked& asked) { index.answer(asked); };
    }
    /// A failure says one sentence as its last line and no folder.
    static void verifyRefusal(const Answer& answer, const QString& mention) {
        QCOMPARE(answer.code, 1);
        QCOMPARE(answer.folder, QString());
        const QString last = answer.said.trimmed().section('\n', -1);
        QVERIFY2(last.startsWith("dev: ") && last.contains(mention), qPrintable(answer.said));
        QVERIFY2(!answer.said.contains("Traceback"), qPrintable(answer.said));
    }

private Q_SLOTS:
    void init() {
        Test::init();
        m_folder = std::make_unique<QTemporaryDir>();
        QDir().mkpath(path("wheel"));
    }

    void takesTheNewestReleaseForThisMachine() {
        Index index;
        const std::string right = cpuWheel();
        index.list("torch", tag("torch", "2.9.1"), "older");
        index.list("torch", tag("torch", "2.10.0"), right);
        index.list("torch", tag("torch", "2.11.0"), "withdrawn", {{"yanked", "broken"}});
        index.list("torch", tag("torch", "2.12.0rc1"), "unfinished");
        index.list("torch", "torch-2.13.0-cp311-cp311-manylinux_2_28_vax.whl", "for another machine");
        index.list("torch", "torch-2.13.0-cp311-cp311-manylinux_9_99_" + machine() + ".whl", "for another libc");
        index.list("torch", "torch-2.13.0-cp311-cp311-win_amd64.whl", "for another system");
        const HttpServer server(serving(index));
        const Answer answer = fetch(server);
        QVERIFY2(answer.code == 0, qPrintable(answer.said));
        QCOMPARE(answer.folder, fetched("2.10.0"));
        QVERIFY2(answer.said.contains("fetching " + tag("torch", "2.10.0") + " from 127.0.0.1 (0 MB)"),
                 qPrintable(answer.said));
        QCOMPARE(read(answer.folder + "/lib/libtorch_cpu.so"), QByteArray("computes"));
        QCOMPARE(read(answer.folder + "/share/cmake/Torch/TorchConfig.cmake"), QByteArray("# torch's own"));
        QVERIFY(QFile::exists(answer.folder + "/include/torch/torch.h"));
        QVERIFY(!QFile::exists(answer.folder + "/lib/libtorch_python.so"));
        QVERIFY(!QFile::exists(answer.folder + "/nn"));

        QCOMPARE(fetch(server).folder, answer.folder); // it is here already
        QCOMPARE(server.requests().size(), std::size_t{3});
    }

    void aCudaBuildGivesItsHalfForTheCpu() {
        write("torch/share/cmake/Torch/TorchConfig.cmake", "# asks for CUDA");
        write("torch/lib/libtorch_cuda.so", "for a GPU");
        write("torch/lib/libtorch.so", "binds both");
        write("nvidia/cu13/lib/source.cpp", "");
        const QStringList shared{"-shared", "nvidia/cu13/lib/source.cpp", "-Wl,--no-as-needed"};
        run(SIGHTLINE_COMPILER,
            shared + QStringList{"-Wl,-soname,libcudart.so.13", "-o", "nvidia/cu13/lib/libcudart.so.13"});
        run(SIGHTLINE_COMPILER, shared + QStringList{"-Lnvidia/cu13/lib", "-l:libcudart.so.13", "-Wl,-rpath,$ORIGIN",
                                                     "-o", "torch/lib/libtorch_cpu.so"});
        const std::string both = wheel();
        Index index;
        index.list("torch", tag("torch", "2.15.0"), both);
        index.list("nvidia-cuda-runtime", tag("nvidia_cuda_runtime", "14.0.1"), "of another major version");
        index.list("nvidia-cuda-runtime", tag("nvidia_cuda_runtime", "13.5.1"), both);
        const HttpServer server(serving(index));
        const Answer answer = fetch(server);
        QVERIFY2(answer.code == 0, qPrintable(answer.said));
        QVERIFY(QFile::exists(answer.folder + "/lib/libcudart.so.13"));
        QVERIFY(!QFile::exists(answer.folder + "/lib/libtorch_cuda.so"));
        QVERIFY(!QFile::exists(answer.folder + "/lib/libtorch.so"));
        const QByteArray configuration = read(answer.folder + "/share/cmake/Torch/TorchConfig.cmake");
        QVERIFY(configuration.contains("lib/libtorch_cpu.so"));
        QVERIFY(!configuration.contains("asks for CUDA"));
    }

    void goesOnWhereTheConnectionBroke() {
        Index index;
        const std::string right = cpuWheel();
        index.list("torch", tag("torch", "2.10.0"), right);
        index.cutAfter = 100;
        const HttpServer server(serving(index));
        const Answer answer = fetch(server);
        QVERIFY2(answer.code == 0, qPrintable(answer.said));
        QCOMPARE(server.requests().size(), std::size_t{3});
        QVERIFY(server.requests()[2].find("Range: bytes=100-\r\n") != std::string::npos);
    }

    void goesOnWithWhatAnEarlierCallLeft() {
        Index index;
        const std::string right = cpuWheel();
        index.list("torch", tag("torch", "2.10.0"), right);
        QDir().mkpath(path("cache/sightline/torch"));
        QFile part(path("cache/sightline/torch/" + tag("torch", "2.10.0") + ".part"));
        QVERIFY(part.open(QIODevice::WriteOnly));
        part.write(right.data(), 60);
        part.close();
        const HttpServer server(serving(index));
        const Answer answer = fetch(server);
        QVERIFY2(answer.code == 0, qPrintable(answer.said));
        QVERIFY(answer.said.contains("of it are here"));
        QVERIFY(server.requests()[1].find("Range: bytes=60-\r\n") != std::string::npos);
    }

    void aFileThatDiffersFromTheIndexIsDeleted() {
        Index index;
        index.list("torch", tag("torch", "2.10.0"), cpuWheel(),
                   {{"hashes", QJsonObject{{"sha256", QString(64, QLatin1Char('0'))}}}});
        const HttpServer server(serving(index));
        verifyRefusal(fetch(server), "sha256");
        QVERIFY(QDir(path("cache/sightline/torch")).entryList({"*.whl*"}).isEmpty());
        QVERIFY(!QFile::exists(fetched("2.10.0")));
    }

    void tooLittleSpaceIsSaidBeforehand() {
        Index index;
        index.list("torch", tag("torch", "2.10.0"), "never sent", {{"size", 9e17}});
        const HttpServer server(serving(index));
        verifyRefusal(fetch(server), "are needed");
        QCOMPARE(server.requests().size(), std::size_t{1});
    }

    void aDiskThatRefusesToWriteIsSaid() {
        Index index;
        index.list("torch", tag("torch", "2.10.0"), std::string(300'000, 'x'));
        const HttpServer server(serving(index));
        verifyRefusal(fetch(server,
                            [] {
                                const rlimit limit{100'000, 100'000};
                                ::setrlimit(RLIMIT_FSIZE, &limit);
                            }),
                      "File too large");
    }

    void withoutNetworkWhatIsHereIsUsed() {
        Index index;
        index.list("torch", tag("torch", "2.10.0"), cpuWheel());
        QString address;
        {
            const HttpServer server(serving(index));
            address = QString::fromStdString(server.url("/simple"));
            QCOMPARE(fetch(server).code, 0);
        }
        const Answer answer = fetch(address);
        QCOMPARE(answer.code, 0);
        QCOMPARE(answer.folder, fetched("2.10.0"));
        QVERIFY2(answer.said.contains("LibTorch 2.10.0, fetched earlier, is used"), qPrintable(answer.said));
        QDir(path("cache")).removeRecursively();
        verifyRefusal(fetch(address), "cannot be reached");
    }

    void anIndexThatIsNoneIsSaid() {
        const HttpServer server([](const HttpAsked& asked) { asked.serve("<html>"); });
        verifyRefusal(fetch(server), "PEP 691");
        const Index empty;
        const HttpServer other(serving(empty));
        verifyRefusal(fetch(other), "404");
    }

    void aMachineWithoutAWheelIsSaid() {
        Index index;
        index.list("torch", "torch-2.13.0-cp311-cp311-win_amd64.whl", "for another system");
        const HttpServer server(serving(index));
        verifyRefusal(fetch(server), "no wheel of torch for this machine");
    }
};

QTEST_GUILESS_MAIN(NewestTorchTest)
#include "tst_NewestTorch.moc"
