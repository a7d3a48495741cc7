// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "HttpServer.h"
#include "Test.h"
#include "support/Download.h"
#include "support/Files.h"
#include "support/Hash.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

/// 300,000 bytes that differ everywhere.
std::string body() {
    std::string bytes;
    for (int i = 0; bytes.size() < 300'000; ++i)
        bytes += std::to_string(i * 7919) + ",";
    bytes.resize(300'000);
    return bytes;
}

DownloadSettings hasty() {
    return {.connectSeconds = 5, .stallSeconds = 1, .tries = 3, .pauseMs = 1, .maximumBytes = 1'000'000};
}

QString messageOf(const Result<void>& result) {
    return result ? QString() : QString::fromStdString(result.error().message);
}

} // namespace

class TestDownload : public FreshFolderTest {
    Q_OBJECT
    const std::string m_body = body();

    fs::path file() const { return root() / "below" / "it.bin"; }
    fs::path part() const { return file().string() + ".part"; }
    std::string kept(const fs::path& path) const {
        const auto bytes = readFile(path);
        return bytes ? *bytes : std::string();
    }

    void keep(const std::string& bytes) const {
        fs::create_directories(file().parent_path());
        std::ofstream(part(), std::ios::binary) << bytes;
    }
    std::string digest() const {
        const fs::path copy = root() / "copy";
        std::ofstream(copy, std::ios::binary) << m_body;
        return "sha256:" + *fileDigest(copy, "sha256");
    }
    Result<void> fetch(const HttpServer& server, std::uint64_t bytes = 0, const std::string& wantedDigest = {},
                       std::stop_token stop = {}, const DownloadProgress& progress = {}) const {
        return download({server.url("/it.bin"), file(), bytes, wantedDigest}, stop, progress, hasty());
    }

private Q_SLOTS:
    void digestsAreThePublishedOnes() {
        const fs::path abc = root() / "abc";
        std::ofstream(abc) << "abc"; // FIPS 180-2, appendix B.1, and RFC 1321, appendix A.5
        QCOMPARE(*fileDigest(abc, "sha256"),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(*fileDigest(abc, "md5"), std::string("900150983cd24fb0d6963f7d28e17f72"));
        QVERIFY(checkDigest(abc, "md5:900150983cd24fb0d6963f7d28e17f72").ok());
        QVERIFY(!checkDigest(abc, "md5:900150983cd24fb0d6963f7d28e17f73").ok());
        QVERIFY(!checkDigest(abc, "md6:00").ok());
    }

    void aFileArrivesWholeAndIsFetchedOnce() {
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        std::uint64_t seen = 0, total = 0;
        const auto fetched = fetch(server, m_body.size(), digest(), {},
                                   [&](std::uint64_t done, std::uint64_t of) { seen = done, total = of; });
        QVERIFY2(fetched.ok(), qPrintable(messageOf(fetched)));
        QVERIFY(kept(file()) == m_body);
        QCOMPARE(seen, m_body.size());
        QCOMPARE(total, m_body.size());
        QVERIFY(!fs::exists(part()));
        QVERIFY(fetch(server, m_body.size(), digest()).ok());
        QCOMPARE(server.requests().size(), std::size_t{1});
    }

    void aCutConnectionGoesOnWhereItEnded() {
        std::atomic<int> count{0};
        HttpServer server([&](const HttpAsked& asked) {
            if (count++ == 0) // promises all, sends a third
                asked.send("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 300000\r\n\r\n" +
                           m_body.substr(0, 100'000));
            else
                asked.serve(m_body, "ETag: \"v1\"\r\n");
        });
        const auto fetched = fetch(server);
        QVERIFY2(fetched.ok(), qPrintable(messageOf(fetched)));
        QVERIFY(kept(file()) == m_body);
        QCOMPARE(server.requests().size(), std::size_t{2});
        QVERIFY(server.requests()[1].find("Range: bytes=100000-") != std::string::npos);
        QVERIFY(server.requests()[1].find("If-Range: \"v1\"") != std::string::npos);
    }

    void aServerThatAlwaysCutsLeavesThePartBehind() {
        HttpServer server([this](const HttpAsked& asked) {
            if (asked.rangeBegin < 0)
                asked.send("HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 300000\r\n\r\n" +
                           m_body.substr(0, 50'000));
        });
        const auto fetched = fetch(server);
        QVERIFY(messageOf(fetched).contains("50.0 kB are kept"));
        QCOMPARE(kept(part()).size(), std::size_t{50'000});
        QVERIFY(!fs::exists(file()));
        QCOMPARE(server.requests().size(), std::size_t{3}); // the first, and two that bring nothing
    }

    void anEarlierAttemptIsContinued() {
        keep(m_body.substr(0, 120'000));
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        QVERIFY(fetch(server, m_body.size(), digest()).ok());
        QVERIFY(kept(file()) == m_body);
        QVERIFY(server.requests()[0].find("Range: bytes=120000-") != std::string::npos);
    }

    void aPartThatNothingVouchesForIsNotTrusted() {
        keep("something else entirely");
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        QVERIFY(fetch(server).ok()); // neither version nor digest known
        QVERIFY(kept(file()) == m_body);
        QVERIFY(server.requests()[0].find("Range:") == std::string::npos);
    }

    void aCutAnswerWithoutAVersionIsFetchedAnew() {
        const std::string older(100'000, 'o');
        std::atomic<int> count{0};
        HttpServer server([&](const HttpAsked& asked) {
            if (count++ == 0) // the file is replaced while it is fetched, and no ETag tells
                asked.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + older);
            else
                asked.serve(m_body);
        });
        const auto fetched = fetch(server);
        QVERIFY2(fetched.ok(), qPrintable(messageOf(fetched)));
        QVERIFY(kept(file()) == m_body);
    }

    void aServerThatIgnoresRangesSendsItAnew() {
        keep(m_body.substr(0, 120'000));
        HttpServer server([this](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n" + m_body);
        });
        QVERIFY(fetch(server, 0, digest()).ok());
        QVERIFY(kept(file()) == m_body);
    }

    void aServerThatSendsAnotherRangeIsAskedAnew() {
        keep(m_body.substr(0, 120'000));
        HttpServer server([this](const HttpAsked& asked) {
            if (asked.rangeBegin > 0)
                asked.send("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-299999/300000\r\nContent-Length: "
                           "299995\r\nConnection: close\r\n\r\n" +
                           m_body.substr(5));
            else
                asked.serve(m_body);
        });
        QVERIFY(fetch(server, 0, digest()).ok());
        QVERIFY(kept(file()) == m_body);
    }

    void a416MeansBeginAnew() {
        keep(m_body + "longer than the file has ever been");
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        QVERIFY(fetch(server, 0, digest()).ok());
        QVERIFY(kept(file()) == m_body);
        QCOMPARE(server.requests().size(), std::size_t{2});
    }

    void a416ForEverIsAnError() {
        keep("x");
        HttpServer server([](const HttpAsked& asked) { asked.status("416 Range Not Satisfiable"); });
        QVERIFY(messageOf(fetch(server, 0, digest())).contains("416"));
    }

    void a404IsNamedAtOnce() {
        HttpServer server([](const HttpAsked& asked) { asked.status("404 Not Found"); });
        const auto fetched = fetch(server);
        QVERIFY(messageOf(fetched).contains("/it.bin was not found (HTTP 404)"));
        QCOMPARE(server.requests().size(), std::size_t{1});
        QCOMPARE(fetched.error().kind, ErrorKind::Failed);
    }

    void a503IsTriedAgain() {
        std::atomic<int> count{0};
        HttpServer server([&](const HttpAsked& asked) {
            count++ == 0 ? asked.status("503 Service Unavailable") : asked.serve(m_body);
        });
        QVERIFY(fetch(server).ok());
    }

    void redirectsAreFollowedButNotForEver() {
        HttpServer server([&](const HttpAsked& asked) {
            if (asked.path == "/it.bin")
                asked.status("302 Found", "Location: /there\r\n");
            else if (asked.path == "/there")
                asked.serve(m_body);
            else
                asked.status("302 Found", "Location: /round\r\n");
        });
        QVERIFY(fetch(server).ok());
        QVERIFY(kept(file()) == m_body);
        QVERIFY(messageOf(download({server.url("/round"), file().string() + "2"}, {}, {}, hasty()))
                    .contains("redirects too many times"));
        QVERIFY(messageOf(download({"file:///etc/passwd", file().string() + "3"}, {}, {}, hasty())).contains("http"));
    }

    void liesAboutLengthAreFound() {
        // Content-Length shorter than the file: what is there fails the size check.
        HttpServer shorter([this](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + m_body);
        });
        QVERIFY(messageOf(fetch(shorter, m_body.size())).contains("1000 bytes where 300000 were expected"));
        QVERIFY(!fs::exists(part()));
        // Longer than expected, with and without saying so.
        HttpServer longer(
            [this](const HttpAsked& asked) { asked.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + m_body); });
        QVERIFY(messageOf(fetch(longer, 1000)).contains("more than the 1000 bytes"));
        QVERIFY(!fs::exists(part()));
        QVERIFY(!fs::exists(file()));
    }

    void anEndlessAnswerIsCutOff() {
        HttpServer server([this](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while (asked.send(m_body)) {
            }
        });
        QVERIFY(messageOf(fetch(server)).contains("more than the 1000000 bytes"));
    }

    void wrongBytesAreDeleted() {
        std::string wrong = m_body;
        wrong[1234] ^= 1;
        HttpServer server([&](const HttpAsked& asked) { asked.serve(wrong); });
        const auto fetched = fetch(server, m_body.size(), digest());
        QVERIFY(messageOf(fetched).contains("a different file"));
        QVERIFY(messageOf(fetched).contains("sha256"));
        QVERIFY(!fs::exists(part()));
        QVERIFY(!fs::exists(file()));
    }

    void aStalledConnectionTimesOut() {
        HttpServer server([this](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 300000\r\n\r\n" +
                       (asked.rangeBegin < 0 ? m_body.substr(0, 10) : std::string()));
            asked.stall();
        });
        DownloadSettings once = hasty();
        once.tries = 1;
        const auto fetched = download({server.url("/it.bin"), file()}, {}, {}, once);
        QVERIFY2(messageOf(fetched).contains("no longer answers; 10 bytes are kept"), qPrintable(messageOf(fetched)));
        QCOMPARE(kept(part()), m_body.substr(0, 10));
    }

    void stoppingKeepsThePart() {
        std::stop_source stop;
        HttpServer server([this](const HttpAsked& asked) {
            asked.send("HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 300000\r\n\r\n" + m_body.substr(0, 70'000));
            asked.stall();
        });
        const auto fetched = fetch(server, 0, {}, stop.get_token(), [&](std::uint64_t done, std::uint64_t) {
            if (done == 70'000)
                stop.request_stop();
        });
        QVERIFY(!fetched.ok());
        QCOMPARE(fetched.error().kind, ErrorKind::Cancelled);
        QCOMPARE(kept(part()), m_body.substr(0, 70'000));
    }

    void aServerThatIsNotThereIsASentence() {
        std::string url;
        {
            HttpServer gone([](const HttpAsked&) {});
            url = gone.url("/it.bin");
        }
        QVERIFY(messageOf(download({url, file()}, {}, {}, hasty())).contains("cannot be reached"));
    }

    void aFullDiskIsASentenceAndKeepsThePart() {
        // A limit on file size stands for the full disk: write() fails in the middle, too.
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit little{150'000, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &little);
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        const auto fetched = fetch(server);
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_DFL);
        QVERIFY2(messageOf(fetched).contains("it.bin.part failed: File too large"), qPrintable(messageOf(fetched)));
        QCOMPARE(kept(part()).size(), std::size_t{150'000});
    }

    void aFolderThatCannotBeMadeIsASentence() {
        HttpServer server([this](const HttpAsked& asked) { asked.serve(m_body); });
        std::ofstream(root() / "below") << "a file in the way";
        QVERIFY(messageOf(fetch(server)).contains("cannot be created"));
        QCOMPARE(server.requests().size(), std::size_t{0});
    }

    void twoAtATimeAreRefused() {
        HttpServer server([&](const HttpAsked& asked) {
            if (asked.path == "/it.bin") {
                const auto second = download({"http://127.0.0.1:1/x", file()}, {}, {}, hasty());
                QVERIFY(messageOf(second).contains("by another program"));
            }
            asked.serve(m_body);
        });
        QVERIFY(fetch(server).ok());
    }
};

QTEST_GUILESS_MAIN(TestDownload)
#include "tst_Download.moc"
