// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <random>

#include "FewToys.h"
#include "Test.h"
#include "data/Overlay.h"

using namespace sightline;

/// Labels and exclusions by hand: what holds, where it is kept, and that nothing is lost.
class OverlayTest : public Test {
    Q_OBJECT

    std::filesystem::path path(const std::string& name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    DataSettings settings() const {
        DataSettings data;
        data.path = path("toys").string();
        return data;
    }
    static const Sample& find(const Dataset& dataset, const std::string& name) {
        for (const Sample& sample : dataset.samples)
            if (sample.path == name)
                return sample;
        qFatal("there is no %s", name.c_str());
    }

    void text(const std::filesystem::path& name, const QByteArray& bytes) const {
        std::filesystem::create_directories(name.parent_path());
        QFile file(QString::fromStdString(name.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    static QByteArray bytesOf(const std::filesystem::path& name) {
        QFile file(QString::fromStdString(name.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
    std::filesystem::path m_home;

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path("toys"), 4, 2, 32)); }

    void init() {
        Test::init();
        static int home = 0;
        m_home = path("home" + std::to_string(home++));
    }

    void openingHonoursARelabelAndAnExclude() {
        Overlay overlay;
        applyEdit({{"train/duck/duck_0001.png", {"car", false}},
                   {"test/robot/robot_0001.png", {"", true}},
                   {"gone.png", {"car", true}}},
                  overlay);
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys")), overlay, path("toys")).ok());
        const auto plain = openDataset(settings(), 1), changed = openWithOverlay(m_home, settings(), 1, true);
        QVERIFY(changed.ok());
        QCOMPARE(changed->samples.size(), plain->samples.size()); // indices hold
        QCOMPARE(changed->classes[static_cast<std::size_t>(find(*changed, "train/duck/duck_0001.png").label)],
                 std::string("car"));
        QVERIFY(find(*changed, "train/duck/duck_0001.png").sourceLabel ==
                find(*plain, "train/duck/duck_0001.png").label);
        QVERIFY(find(*changed, "test/robot/robot_0001.png").excluded);
        QCOMPARE(changed->count(Subset::Test), plain->count(Subset::Test) - 1);
        QCOMPARE(changed->indices(Subset::Test).size(), plain->count(Subset::Test) - 1);
        QCOMPARE(changed->count(Subset::Train), plain->count(Subset::Train));
        const auto counts = changed->countsPerClass(Subset::Train);
        QCOMPARE(counts, (std::vector<std::size_t>{4, 5, 3, 4, 4}));
        QCOMPARE(overlayCounts(*changed).relabelled, std::size_t{1});
        QCOMPARE(overlayCounts(*changed).excluded, std::size_t{1});
        QVERIFY(overlayOf(*changed).of("train/duck/duck_0001.png") == (OverlayEntry{"car", false}));
    }

    void theSplitIsThatOfTheSource() {
        DataSettings shuffled = settings();
        shuffled.path = path("toys/train").string();
        shuffled.validationSplit = 0.5;
        shuffled.split = SplitRule::Shuffled;
        const auto plain = openDataset(shuffled, 3);
        Overlay overlay;
        for (const Sample& sample : plain->samples)
            if (sample.path.starts_with("boat"))
                overlay.entries[sample.path] = {"car", sample.path == "boat/boat_0002.png"};
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys/train")), overlay, path("toys/train")).ok());
        const auto changed = openWithOverlay(m_home, shuffled, 3, true);
        for (std::size_t i = 0; i < plain->samples.size(); ++i) {
            QCOMPARE(changed->samples[i].path, plain->samples[i].path);
            QVERIFY(changed->samples[i].subset == plain->samples[i].subset);
        }
    }

    void anEditIsTakenBackByItsInverse() {
        Overlay overlay;
        applyEdit({{"a", {"x", false}}, {"b", {"", true}}}, overlay);
        const Overlay before = overlay;
        const OverlayEdit back =
            applyEdit({{"a", {"y", false}}, {"a", {"z", true}}, {"b", {}}, {"c", {"", true}}}, overlay);
        QVERIFY(overlay.of("a") == (OverlayEntry{"z", true}));
        QVERIFY(!overlay.entries.contains("b"));
        applyEdit(back, overlay);
        QVERIFY(overlay == before);
        Dataset dataset = *openDataset(settings(), 1);
        const auto samples = dataset.samples;
        Overlay laid;
        applyEdit({{"train/duck/duck_0001.png", {"car", true}}}, laid);
        lay(laid, dataset);
        lay(Overlay{}, dataset);
        for (std::size_t i = 0; i < samples.size(); ++i)
            QVERIFY(dataset.samples[i].label == samples[i].label && !dataset.samples[i].excluded &&
                    !dataset.samples[i].sourceLabel);
    }

    void theSourcesFilesAreNeverWritten() {
        const auto before = QDir(QString::fromStdString(path("toys").string()))
                                .entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot);
        Overlay overlay;
        applyEdit({{"train/duck/duck_0001.png", {"car", true}}}, overlay);
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys")), overlay, path("toys")).ok());
        QCOMPARE(QDir(QString::fromStdString(path("toys").string()))
                     .entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot),
                 before);
        QVERIFY(overlayFile(m_home, path("toys")).string().starts_with(m_home.string()));
        QVERIFY(overlayFile(m_home, path("toys")) == overlayFile(m_home, path("toys/../toys")));
        QVERIFY(overlayFile(m_home, path("toys")) != overlayFile(m_home, path("other/toys")));
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys")), {}, path("toys")).ok());
        QVERIFY(!std::filesystem::exists(overlayFile(m_home, path("toys"))));
    }

    void aBrokenFileIsOneSentenceAndIsKept() {
        const auto file = overlayFile(m_home, path("toys"));
        for (const char* bad :
             {"{", "[]", "{\"version\": 2}", "{\"version\": 1, \"relabelled\": []}",
              "{\"version\": 1, \"excluded\": [3]}", "{\"version\": 1, \"relabelled\": {\"a\": 3}}", ""}) {
            text(file, bad);
            const auto read = readOverlay(file);
            QVERIFY2(!read.ok(), bad);
            QVERIFY(read.error().message.find(file.string()) != std::string::npos &&
                    read.error().kind == ErrorKind::BadInput);
            QVERIFY(!openWithOverlay(m_home, settings(), 1, true).ok());
            const auto lenient = openWithOverlay(m_home, settings(), 1, false);
            QVERIFY(lenient.ok() && lenient->problems.back().kind == "overlay_unreadable");
            QCOMPARE(bytesOf(file), QByteArray(bad)); // reading never touches it
        }
        text(file, "{ precious");
        Overlay overlay;
        applyEdit({{"train/duck/duck_0001.png", {"", true}}}, overlay);
        QVERIFY(writeOverlay(file, overlay, path("toys")).ok());
        QCOMPARE(bytesOf(file.string() + ".unreadable"), QByteArray("{ precious"));
        QVERIFY(*readOverlay(file) == overlay);
    }

    void mutatedFilesAreReadOrRefused() {
        const auto file = overlayFile(m_home, path("toys"));
        Overlay overlay;
        applyEdit({{"train/duck/duck_0001.png", {"car", true}},
                   {"train/duck/duck_0002.png", {"", true}},
                   {"ü \" \\ \n", {"boat", false}}},
                  overlay);
        QVERIFY(writeOverlay(file, overlay, path("toys")).ok());
        QVERIFY(*readOverlay(file) == overlay);
        const QByteArray good = bytesOf(file);
        std::mt19937 random(7);
        int refused = 0;
        for (int i = 0; i < 1000; ++i) {
            QByteArray mutated = good;
            for (unsigned change = 0; change <= random() % 4; ++change)
                mutated[static_cast<int>(random() % static_cast<unsigned>(good.size()))] = static_cast<char>(random());
            text(file, mutated);
            refused += !readOverlay(file).ok();
        }
        QVERIFY(refused > 100);
    }

    void whatIsImpossibleIsSaid() {
        Overlay overlay;
        const Dataset plain = *openDataset(settings(), 1);
        for (const Sample& sample : plain.samples)
            if (sample.subset == Subset::Train)
                overlay.entries[sample.path].excluded = true;
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys")), overlay, path("toys")).ok());
        const auto none = openWithOverlay(m_home, settings(), 1, false);
        QVERIFY(!none.ok() && none.error().message.find("excluded") != std::string::npos);
        overlay = {};
        overlay.entries["train/duck/duck_0001.png"].className = "aeroplane";
        QVERIFY(writeOverlay(overlayFile(m_home, path("toys")), overlay, path("toys")).ok());
        const auto gone = openWithOverlay(m_home, settings(), 1, true);
        QVERIFY(gone.ok());
        QCOMPARE(gone->problems.back().kind, std::string("overlay_class"));
        QCOMPARE(gone->classes[static_cast<std::size_t>(find(*gone, "train/duck/duck_0001.png").label)],
                 std::string("duck"));
    }
};

QTEST_GUILESS_MAIN(OverlayTest)
#include "tst_Overlay.moc"
