// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <bit>
#include <mutex>
#include <random>
#include <set>

#include "Test.h"
#include "data/HealthCheck.h"
#include "data/Overlay.h"
#include "data/SurveyCache.h"
#include "data/Toys.h"

using namespace sightline;

/// Survey and health check on drawn toys with everything wrong that people's folders have.
class HealthCheckTest : public Test {
    Q_OBJECT

    std::filesystem::path path(const std::string& name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    cv::Mat read(const std::string& name) const { return cv::imread(path(name).string()); }
    void write(const std::string& name, const cv::Mat& image, int quality = 95) const {
        std::filesystem::create_directories(path(name).parent_path());
        QVERIFY(cv::imwrite(path(name).string(), image, {cv::IMWRITE_JPEG_QUALITY, quality}));
    }

    void text(const std::string& name, const QByteArray& bytes) const {
        std::filesystem::create_directories(path(name).parent_path());
        QFile file(QString::fromStdString(path(name).string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    void toys(const std::string& name, int train = 12, int others = 5, int size = 96, std::uint64_t seed = 7) const {
        ToySettings settings;
        settings.train = train;
        settings.validation = settings.test = others;
        settings.size = size;
        settings.seed = seed;
        QVERIFY(makeToys(path(name), settings).ok());
    }
    Dataset open(const std::string& name) const {
        DataSettings settings;
        settings.path = path(name).string();
        return *openDataset(settings, 1);
    }
    static std::vector<Finding> check(const Dataset& dataset) { return healthCheck(dataset, survey(dataset, 2), 2); }
    static QStringList kinds(const std::vector<Finding>& findings) {
        QStringList names;
        for (const Finding& finding : findings)
            names << QString::fromStdString(finding.kind);
        return names;
    }
    static std::set<std::string> pathsOf(const Dataset& dataset, const Finding& finding) {
        std::set<std::string> paths;
        for (const std::uint32_t i : finding.samples)
            paths.insert(dataset.samples[i].path);
        return paths;
    }
    /// The only finding of the kind.
    static Finding only(const std::vector<Finding>& findings, const std::string& kind) {
        Finding found;
        int count = 0;
        for (const Finding& finding : findings)
            if (finding.kind == kind) {
                found = finding;
                ++count;
            }
        if (count != 1)
            qWarning("%d findings of the kind %s", count, kind.c_str());
        return found;
    }
    static std::array<std::uint64_t, 4> randomHash(std::mt19937_64& random) {
        return {random(), random(), random(), random()};
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void nothingIsOddAboutTheToySet() {
        toys("clean", 60, 20, 64);
        const auto findings = check(open("clean"));
        QVERIFY2(findings.empty(), qPrintable(kinds(findings).join(QLatin1Char(' '))));
    }

    void everyKindIsFoundOnceAndNamesItsImages() {
        toys("odd");
        const cv::Mat first = read("odd/train/duck/duck_0001.png"), second = read("odd/train/boat/boat_0002.png");
        write("odd/train/duck/copy.bmp", first); // another file type, the same pixels
        write("odd/test/boat/leak.png", second);
        write("odd/train/car/boat.png", read("odd/train/boat/boat_0004.png"));
        text("odd/train/car/text.png", "no image");
        text("odd/train/car/nothing.jpg", {});
        write("odd/train/car/black.png", cv::Mat(96, 96, CV_8UC3, cv::Scalar(0, 0, 0)));
        write("odd/train/boat/tiny.png", cv::Mat(12, 12, CV_8UC3, cv::Scalar(9, 99, 200)) +
                                             read("odd/train/boat/boat_0005.png")(cv::Rect(40, 40, 12, 12)) / 2);
        cv::Mat small;
        cv::resize(read("odd/train/robot/robot_0003.png"), small, {}, 0.6, 0.6, cv::INTER_AREA);
        write("odd/train/robot/small.jpg", small, 70);
        std::filesystem::create_directories(path("odd/train/zebra"));
        write("odd/train/yak/one.png", 255 - read("odd/train/train/train_0003.png"));
        const Dataset dataset = open("odd");
        const auto findings = check(dataset);
        QCOMPARE(pathsOf(dataset, only(findings, "duplicate")),
                 (std::set<std::string>{"train/duck/duck_0001.png", "train/duck/copy.bmp"}));
        QCOMPARE(pathsOf(dataset, only(findings, "leak")),
                 (std::set<std::string>{"train/boat/boat_0002.png", "test/boat/leak.png"}));
        QCOMPARE(pathsOf(dataset, only(findings, "label_conflict")),
                 (std::set<std::string>{"train/boat/boat_0004.png", "train/car/boat.png"}));
        QCOMPARE(pathsOf(dataset, only(findings, "near_duplicate")),
                 (std::set<std::string>{"train/robot/robot_0003.png", "train/robot/small.jpg"}));
        QCOMPARE(only(findings, "unreadable").path, std::string("train/car/text.png"));
        QCOMPARE(only(findings, "zero_byte").path, std::string("train/car/nothing.jpg"));
        QCOMPARE(only(findings, "constant").path, std::string("train/car/black.png"));
        QCOMPARE(only(findings, "odd_size").path, std::string("train/boat/tiny.png"));
        QCOMPARE(only(findings, "tiny_class").path, std::string("yak"));
        QCOMPARE(only(findings, "empty_class").path, std::string("train/zebra"));
        QCOMPARE(findings.size(), std::size_t{10});
        QVERIFY(only(findings, "leak").message.find("train and test") != std::string::npos);
        QVERIFY(only(findings, "label_conflict").message.find("boat and car") != std::string::npos);
        std::size_t total = 0;
        for (const auto& [kind, count] : countsOf(findings))
            total += count;
        QCOMPARE(total, findings.size());
    }

    void anExcludedCopyMendsTheFinding() {
        toys("mended", 6, 2, 64);
        write("mended/test/boat/leak.png", read("mended/train/boat/boat_0002.png"));
        Dataset dataset = open("mended");
        QCOMPARE(kinds(check(dataset)), QStringList{QStringLiteral("leak")});
        Overlay overlay;
        overlay.entries["test/boat/leak.png"].excluded = true;
        lay(overlay, dataset);
        QCOMPARE(kinds(check(dataset)), QStringList{});
    }

    void changedCopiesAreRecognised_data() {
        QTest::addColumn<QString>("change");
        for (const char* change : {"same", "jpeg 90", "jpeg 40", "half size", "larger", "wider", "brighter", "darker",
                                   "mirror", "upside down", "turned", "grey noise"})
            QTest::newRow(change) << change;
    }

    void changedCopiesAreRecognised() {
        QFETCH(QString, change);
        toys("known", 8, 0, 128, 21);
        int recognised = 0, mistaken = 0, asked = 0;
        std::vector<Glance> before, after;
        const Dataset dataset = open("known");
        for (const Sample& sample : dataset.samples) {
            const cv::Mat image = read("known/" + sample.path);
            cv::Mat changed = image.clone();
            std::vector<std::uint8_t> bytes;
            if (change.startsWith(QLatin1String("jpeg"))) {
                cv::imencode(".jpg", image, bytes, {cv::IMWRITE_JPEG_QUALITY, change.mid(5).toInt()});
                changed = cv::imdecode(bytes, cv::IMREAD_COLOR);
            } else if (change == QLatin1String("half size"))
                cv::resize(image, changed, {64, 64}, 0, 0, cv::INTER_LINEAR);
            else if (change == QLatin1String("larger"))
                cv::resize(image, changed, {300, 300}, 0, 0, cv::INTER_CUBIC);
            else if (change == QLatin1String("wider"))
                cv::resize(image, changed, {200, 128}, 0, 0, cv::INTER_LINEAR);
            else if (change == QLatin1String("brighter"))
                image.convertTo(changed, -1, 1.08, 5);
            else if (change == QLatin1String("darker"))
                image.convertTo(changed, -1, 0.88, 0);
            else if (change == QLatin1String("mirror"))
                cv::flip(image, changed, 1);
            else if (change == QLatin1String("upside down"))
                cv::flip(image, changed, 0);
            else if (change == QLatin1String("turned"))
                cv::flip(image, changed, -1);
            else if (change == QLatin1String("grey noise")) {
                cv::Mat noise(image.size(), CV_8UC3);
                cv::theRNG().state = 5;
                cv::randu(noise, 0, 8);
                changed = image + noise;
            }
            const auto glance = [](const cv::Mat& bgr) {
                Image rgb(bgr.rows, bgr.cols, 3);
                cv::Mat view(bgr.rows, bgr.cols, CV_8UC3, rgb.pixels.data());
                cv::cvtColor(bgr, view, cv::COLOR_BGR2RGB);
                return glanceOf(rgb);
            };
            before.push_back(glance(image));
            after.push_back(glance(changed));
        }
        for (std::size_t i = 0; i < before.size(); ++i) {
            recognised += looksAlike(before[i], after[i]);
            for (std::size_t j = 0; j < before.size(); ++j)
                if (i != j) {
                    mistaken += looksAlike(before[i], after[j]);
                    ++asked;
                }
        }
        QVERIFY2(recognised >= static_cast<int>(before.size()) * 95 / 100,
                 qPrintable(QStringLiteral("%1 of %2").arg(recognised).arg(before.size())));
        QVERIFY2(mistaken == 0, qPrintable(QStringLiteral("%1 of %2").arg(mistaken).arg(asked)));
    }

    void nearHashesAreThoseOfAllPairsCompared() {
        std::mt19937_64 random(3);
        std::vector<std::array<std::uint64_t, 4>> hashes;
        for (int i = 0; i < 600; ++i)
            hashes.push_back(randomHash(random));
        for (std::size_t i = 0; i < 300; ++i) { // neighbours at every distance from 0 to 14, in every mirror
            auto near = randomHash(random);
            near[i % 4] = hashes[i][0];
            for (std::size_t bit = 0; bit < i % 15; ++bit)
                near[i % 4] ^= std::uint64_t{1} << random() % 64;
            hashes.push_back(near);
        }
        std::set<std::pair<std::uint32_t, std::uint32_t>> expected, found;
        for (std::uint32_t i = 0; i < hashes.size(); ++i)
            for (std::uint32_t j = 0; j < i; ++j)
                for (const std::uint64_t mirror : hashes[i])
                    if (std::popcount(mirror ^ hashes[j][0]) <= kNearBits)
                        expected.insert({i, j});
        std::mutex mutex;
        std::size_t told = 0;
        findNear(hashes, 3, {}, [&](std::size_t, std::uint32_t i, std::uint32_t j) {
            const std::scoped_lock lock(mutex);
            found.insert({i, j});
            ++told;
        });
        QVERIFY(expected.size() > 150);
        QVERIFY(found == expected);
        QCOMPARE(told, expected.size());
    }

    void theFindingsDoNotDependOnThreads() {
        toys("threads", 8, 3, 48);
        write("threads/test/boat/leak.png", read("threads/train/boat/boat_0002.png"));
        const Dataset dataset = open("threads");
        const Survey one = survey(dataset, 1), five = survey(dataset, 5);
        QVERIFY(one.facts == five.facts);
        QVERIFY(one.mean == five.mean);
        QVERIFY(healthCheck(dataset, one, 1) == healthCheck(dataset, five, 7));
    }

    void aSecondSurveyDecodesOnlyWhatHasChanged() {
        toys("cached", 5, 2, 48);
        const Dataset dataset = open("cached");
        const Survey first = survey(dataset, 2, {}, {}, path("cache"));
        QCOMPARE(first.decoded, dataset.samples.size());
        const Survey second = survey(dataset, 2, {}, {}, path("cache"));
        QCOMPARE(second.decoded, std::size_t{0});
        QVERIFY(second.facts == first.facts);
        QVERIFY(second.complete && second.sizes == first.sizes && second.mean == first.mean);
        write("cached/train/boat/boat_0002.png", cv::Mat(10, 20, CV_8UC3, cv::Scalar(30, 20, 10)));
        const Survey third = survey(dataset, 2, {}, {}, path("cache"));
        QCOMPARE(third.decoded, std::size_t{1});
        QVERIFY(third.facts != first.facts);
    }

    /// Two folders of pictures of one size swapped, with the same names and dates: what is known goes by content.
    void aSurveyKnowsImagesByWhatIsInThem() {
        write("swap/a/one.bmp", cv::Mat(10, 20, CV_8UC3, cv::Scalar(30, 20, 10)));
        write("swap/b/one.bmp", cv::Mat(10, 20, CV_8UC3, cv::Scalar(90, 80, 70)));
        const std::filesystem::path a = path("swap/a/one.bmp"), b = path("swap/b/one.bmp"), aside = path("swap/aside");
        std::filesystem::last_write_time(b, std::filesystem::last_write_time(a));
        const Dataset dataset = open("swap");
        const Survey first = survey(dataset, 1, {}, {}, path("cache4"));
        std::filesystem::rename(a, aside);
        std::filesystem::rename(b, a);
        std::filesystem::rename(aside, b);
        std::filesystem::last_write_time(b, std::filesystem::last_write_time(a));
        const Survey swapped = survey(dataset, 1, {}, {}, path("cache4"));
        QCOMPARE(swapped.decoded, std::size_t{0});
        QVERIFY(swapped.facts[0] == first.facts[1] && swapped.facts[1] == first.facts[0]);
    }

    void aDamagedCacheIsNoCache() {
        toys("damaged", 2, 1, 32);
        const Dataset dataset = open("damaged");
        const Survey good = survey(dataset, 2, {}, {}, path("cache2"));
        const auto file = path("cache2") / nameOfRoot(dataset.root);
        QFile stored(QString::fromStdString(file.string()));
        QVERIFY(stored.open(QIODevice::ReadOnly));
        const QByteArray bytes = stored.readAll();
        stored.close();
        std::mt19937 random(11);
        for (int i = 0; i < 300; ++i) {
            QByteArray mutated = bytes;
            if (i % 3 == 0)
                mutated.truncate(static_cast<int>(random() % static_cast<unsigned>(bytes.size())));
            else
                mutated[static_cast<int>(random() % static_cast<unsigned>(bytes.size()))] ^=
                    static_cast<char>(1 + random() % 255);
            QVERIFY(stored.open(QIODevice::WriteOnly));
            stored.write(mutated);
            stored.close();
            QCOMPARE(SurveyCache::read(path("cache2"), dataset.root).size(), std::size_t{0});
        }
        const Survey again = survey(dataset, 2, {}, {}, path("cache2"));
        QCOMPARE(again.decoded, dataset.samples.size());
        QVERIFY(again.facts == good.facts);
        QVERIFY(std::filesystem::exists(file));
    }

    void aSurveyCanBeStopped() {
        toys("stopped", 30, 2, 48);
        const Dataset dataset = open("stopped");
        std::stop_source stop;
        const Survey part = survey(
            dataset, 1, stop.get_token(), [&](std::size_t, std::size_t) { stop.request_stop(); }, path("cache3"));
        QVERIFY(!part.complete);
        QCOMPARE(part.images, std::size_t{64});
        QCOMPARE(survey(dataset, 1, {}, {}, path("cache3")).decoded,
                 dataset.samples.size() - 64); // what was read is kept
    }

    void channelsAndSizesAreCounted() {
        write("plain/a/one.png", cv::Mat(10, 20, CV_8UC3, cv::Scalar(30, 20, 10)));
        write("plain/a/two.png", cv::Mat(10, 20, CV_8UC3, cv::Scalar(50, 20, 10)));
        write("plain/b/three.ppm", cv::Mat(30, 20, CV_8UC3, cv::Scalar(40, 20, 10)));
        const Survey found = survey(open("plain"), 2);
        QCOMPARE(found.images, std::size_t{3});
        QCOMPARE(found.sizes, (std::map<std::pair<int, int>, std::size_t>{{{10, 20}, 2}, {{30, 20}, 1}}));
        QCOMPARE(found.types, (std::map<std::string, std::size_t>{{"PNG", 2}, {"PPM", 1}}));
        QCOMPARE(found.mean, (std::array<double, 3>{10, 20, 40}));      // (200 * 30 + 200 * 50 + 600 * 40) / 1000
        QVERIFY(std::abs(found.deviation[2] - std::sqrt(40.0)) < 1e-9); // (200 * 100 + 200 * 100) / 1000
        QVERIFY(!found.grey);
        QCOMPARE(imbalance({4, 0, 2}), 2.0);
        QCOMPARE(imbalance({}), 1.0);
    }

    void aHundredThousandHashesAreComparedInSeconds() {
        if (!qEnvironmentVariableIsSet("SIGHTLINE_MEASURE"))
            QSKIP("a measurement, made with SIGHTLINE_MEASURE=1");
        std::mt19937_64 random(5);
        std::vector<std::array<std::uint64_t, 4>> hashes(100000);
        for (auto& hash : hashes)
            hash = randomHash(random);
        std::atomic<std::size_t> pairs{0};
        QElapsedTimer clock;
        for (const int threads : {1, 2}) {
            clock.start();
            findNear(hashes, threads, {}, [&](std::size_t, std::uint32_t, std::uint32_t) { ++pairs; });
            qInfo("100,000 random hashes, %d threads: %.2f s, %zu pairs", threads,
                  static_cast<double>(clock.elapsed()) / 1000, pairs.load());
        }
    }

    void deepImagesThatAreShownBlackAreTold() {
        toys("toys-for-depth");
        cv::Mat deep;
        read("toys-for-depth/train/car/car_0002.png").convertTo(deep, CV_16UC3, 4095.0 / 255); // 12 bits in 16
        write("deep/train/car/deep.png", deep);
        write("deep/train/car/usual.png", read("toys-for-depth/train/car/car_0002.png"));
        DataSettings settings;
        settings.path = path("deep").string();
        settings.pixels.depth = DepthSettings::full();
        const auto findings = check(*openDataset(settings, 1));
        QCOMPARE(only(findings, "nearly_black").path, std::string("train/car/deep.png"));
        QVERIFY(only(findings, "nearly_black").message.find(" 16 of 255") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(HealthCheckTest)
#include "tst_HealthCheck.moc"
