// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "Fixtures.h"
#include "HttpServer.h"
#include "Test.h"
#include "data/Fetch.h"
#include "support/Hash.h"

using namespace sightline;
using namespace sightline::fixtures;

/// Public data sets, fetched from a server on loopback.
class FetchTest : public FreshFolderTest {
    Q_OBJECT

    /// A packed set of toys, and the bytes its server has.
    PublicDataset packed(Bytes& bytes) const {
        const fs::path file = root() / "made.tar.gz";
        Files files = toyFiles("toys/");
        if (!writeTar(file, files, Packing::Gzip))
            qFatal("no archive");
        bytes = *readFile(file);
        return {"toys",
                "http://nowhere.invalid/",
                {{"toys.tar.gz", bytes.size(), "sha256:" + *fileDigest(file, "sha256")}},
                true,
                1 << 20};
    }
    static DownloadSettings hasty() {
        return {.connectSeconds = 5, .stallSeconds = 2, .tries = 2, .pauseMs = 1, .maximumBytes = 1 << 20};
    }
    Result<void> fetch(const PublicDataset& dataset, const HttpServer& server, std::stop_token stop = {}) const {
        return fetchDataset(dataset, root() / "to", server.url("/below"), stop, {}, hasty());
    }

private Q_SLOTS:
    void everyPublicSetHasAnAddressASizeAndADigest() {
        std::vector<std::string> names;
        for (const PublicDataset& dataset : publicDatasets()) {
            names.push_back(dataset.name);
            QVERIFY(dataset.address.ends_with('/') && dataset.address.starts_with("http"));
            QCOMPARE(dataset.files.size(), dataset.packed ? std::size_t{1} : std::size_t{4});
            for (const RemoteFile& file : dataset.files)
                QVERIFY(file.bytes > 4000 && file.digest.size() == 36 && file.digest.starts_with("md5:"));
        }
        QCOMPARE(names, (std::vector<std::string>{"mnist", "fashion-mnist", "cifar10", "tiny-imagenet"}));
    }

    void anArchiveIsUnpackedIntoItsFolder() {
        Bytes bytes;
        const PublicDataset toys = packed(bytes);
        HttpServer server([&](const HttpAsked& asked) {
            asked.path == "/below/toys.tar.gz" ? asked.serve(bytes) : asked.status("404 Not Found");
        });
        const auto fetched = fetch(toys, server);
        QVERIFY2(fetched.ok(), fetched ? "" : fetched.error().message.c_str());
        QCOMPARE(opened(root() / "to")->count(Subset::Train), std::size_t{6});
        QVERIFY(!fs::exists(root() / "toys.tar.gz"));
        QVERIFY(fetch(toys, server).ok());
        QCOMPARE(server.requests().size(), std::size_t{1}); // it is there already
    }

    void singleFilesAreKeptAsTheyAre() {
        write(root() / "one", "one");
        write(root() / "two", "two!");
        PublicDataset set{"two",
                          "http://nowhere.invalid",
                          {{"one", 3, "md5:" + *fileDigest(root() / "one", "md5")}, {"two", 0, {}}},
                          false,
                          0};
        HttpServer server([&](const HttpAsked& asked) { asked.serve(asked.path == "/below/one" ? "one" : "two!"); });
        QVERIFY(fetch(set, server).ok());
        QCOMPARE(*readFile(root() / "to" / "one"), std::string("one"));
        QCOMPARE(*readFile(root() / "to" / "two"), std::string("two!"));
    }

    void anotherFileThanTheOneExpectedIsRefused() {
        Bytes bytes;
        const PublicDataset toys = packed(bytes);
        bytes[100] ^= 4;
        HttpServer server([&](const HttpAsked& asked) { asked.serve(bytes); });
        const auto fetched = fetch(toys, server);
        QVERIFY(!fetched.ok() && fetched.error().message.find("a different file") != std::string::npos);
        QVERIFY(!fs::exists(root() / "to"));
        QVERIFY(!fs::exists(root() / "toys.tar.gz.part"));
    }

    void aFolderWithSomethingElseIsLeftAlone() {
        Bytes bytes;
        const PublicDataset toys = packed(bytes);
        write(root() / "to" / "mine.txt", "mine");
        HttpServer server([&](const HttpAsked& asked) { asked.serve(bytes); });
        const auto fetched = fetch(toys, server);
        QVERIFY(!fetched.ok() && fetched.error().kind == ErrorKind::BadInput &&
                fetched.error().message.find("not empty") != std::string::npos);
        QCOMPARE(server.requests().size(), std::size_t{0});
        QCOMPARE(*readFile(root() / "to" / "mine.txt"), std::string("mine"));
    }

    void anArchiveThatLeadsOutIsNotUnpacked() {
        Files files = toyFiles("toys/");
        files.emplace_back("../evil", "x");
        QVERIFY(writeTar(root() / "evil.tar.gz", files, Packing::Gzip));
        const Bytes bytes = *readFile(root() / "evil.tar.gz");
        const PublicDataset evil{"evil", "http://nowhere.invalid/", {{"e.tar.gz", 0, {}}}, true, 1 << 20};
        HttpServer server([&](const HttpAsked& asked) { asked.serve(bytes); });
        QVERIFY(!fetch(evil, server).ok());
        QVERIFY(!fs::exists(root() / "evil"));
        QVERIFY(!fs::exists(root() / "to"));
        QVERIFY(!fs::exists(root() / "to.unpacking"));
    }

    void anUnwritableFolderIsASentence() {
        Bytes bytes;
        const PublicDataset toys = packed(bytes);
        write(root() / "file", "in the way");
        HttpServer server([&](const HttpAsked& asked) { asked.serve(bytes); });
        const auto fetched = fetchDataset(toys, root() / "file" / "to", server.url(), {}, {}, hasty());
        QVERIFY(!fetched.ok() && fetched.error().message.find("cannot be created") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(FetchTest)
#include "tst_Fetch.moc"
