// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "store/Safetensors.h"

using namespace sightline;

/// Which images excite a channel, found once and kept with the run.
class ExamplesTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    std::string m_run;
    std::shared_ptr<const AskedModel> m_model;

    Result<Examples> found(ExamplesQuestion question, int* told = nullptr) const {
        return m_model->ask(std::move(question), {}, [&](std::size_t, std::size_t) {
            if (told)
                ++*told;
        });
    }
    std::filesystem::path image(const std::string& path) const {
        return std::filesystem::path(m_runs.path("toys")) / path;
    }
    /// The paths of the split's images, in its order.
    std::vector<std::string> pathsOf(const char* split) const {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(image(split)))
            if (entry.is_regular_file())
                paths.push_back(std::filesystem::relative(entry.path(), m_runs.path("toys")).generic_string());
        std::sort(paths.begin(), paths.end());
        return paths;
    }
    std::filesystem::path keptFile() const {
        return std::filesystem::path(m_run) / "examples" / "val-best-activation_1.safetensors";
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(6, 4, 16));
        TrainRequest request = m_runs.request("home", 1);
        request.experiment.normalization.preset = NormalizationSettings::Preset::Keras; // the widest of all ways
        request.experiment.normalization.rescale = 1 / 255.0;
        request.experiment.normalization.featurewiseCenter = request.experiment.normalization.zcaWhitening = true;
        TrainControl control;
        const RunEnded ended = m_runs.engine().train(request, {}, control, {});
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        m_run = ended.folder;
        const auto model = m_runs.engine().open(ofRun(m_run), 1);
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        m_model = *model;
        QVERIFY2(m_model->graph().find("activation_1"), "the toy network has another name for its second activation");
    }

    void theExamplesAreThoseOfLookingAtEveryImage() {
        const auto examples = found({"activation_1"});
        QVERIFY2(examples.ok(), examples ? "" : examples.error().message.c_str());
        const std::vector<std::string> paths = pathsOf("val");
        QCOMPARE(examples->images, paths.size());
        std::vector<std::vector<Example>> expected(examples->channels.size());
        std::vector<std::vector<double>> means(examples->classes.size(), std::vector<double>(expected.size(), 0));
        std::vector<double> highest(expected.size(), -1e300);
        for (const std::string& path : paths) {
            const auto seen = m_model->ask(ActivationsQuestion{*readImage(image(path)), "activation_1"});
            QVERIFY(seen.ok());
            const auto places = static_cast<std::size_t>(seen->values.shape[1] * seen->values.shape[2]);
            QCOMPARE(std::int64_t(examples->height), seen->values.shape[1]);
            const std::string name = std::filesystem::path(path).parent_path().filename().string();
            const auto label = static_cast<std::size_t>(
                std::find(examples->classes.begin(), examples->classes.end(), name) - examples->classes.begin());
            for (std::size_t c = 0; c < expected.size(); ++c) {
                const float* own = seen->values.values.data() + c * places;
                const auto spot = static_cast<int>(std::max_element(own, own + places) - own);
                expected[c].push_back({path, 0, own[spot], spot / examples->width, spot % examples->width});
                const double mean = std::accumulate(own, own + places, 0.0) / static_cast<double>(places);
                means[label][c] += mean / 4;
                highest[c] = std::max(highest[c], mean);
            }
        }
        for (std::size_t c = 0; c < expected.size(); ++c) {
            std::stable_sort(expected[c].begin(), expected[c].end(),
                             [](const Example& a, const Example& b) { return a.value > b.value; });
            const std::vector<Example>& own = examples->channels[c];
            QCOMPARE(own.size(), std::size_t(9));
            for (std::size_t i = 0; i < own.size(); ++i) {
                QVERIFY(std::abs(own[i].value - expected[c][i].value) < 1e-4f * std::max(1.0f, own[i].value));
                if (i > 0)
                    QVERIFY(own[i - 1].value >= own[i].value);
                const auto same = std::find_if(expected[c].begin(), expected[c].end(),
                                               [&](const Example& other) { return other.path == own[i].path; });
                QVERIFY(same != expected[c].end());
                QVERIFY(std::abs(same->value - own[i].value) < 1e-4f * std::max(1.0f, own[i].value));
                if (own[i].value > 0)
                    QCOMPARE((std::pair{own[i].row, own[i].column}), (std::pair{same->row, same->column}));
            }
            QVERIFY(std::abs(static_cast<double>(examples->highestMeans[c]) - highest[c]) < 1e-4);
            for (std::size_t label = 0; label < means.size(); ++label)
                QVERIFY(std::abs(static_cast<double>(examples->classMeans[label][c]) - means[label][c]) < 1e-4);
        }
    }

    void theSecondTimeNothingIsComputed() {
        const auto first = found({"activation_1"});
        QVERIFY(std::filesystem::exists(keptFile()));
        int told = 0;
        const auto second = found({"activation_1"}, &told);
        QCOMPARE(told, 0);
        QVERIFY(*first == *second);
        ExamplesQuestion few{"activation_1"};
        few.top = 2;
        const auto two = found(few, &told);
        QCOMPARE(told, 0);
        QCOMPARE(two->channels[0], (std::vector<Example>{first->channels[0][0], first->channels[0][1]}));
        few.top = 1000; // more than there are: all
        QCOMPARE(found(few, &told)->channels[0].size(), first->images);
        QCOMPARE(told, 0);
    }

    void aDamagedFileIsComputedAgain_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("torn") << 0;
        QTest::newRow("one byte altered") << 1;
        QTest::newRow("another layer's") << 2;
    }

    void aDamagedFileIsComputedAgain() {
        QFETCH(int, damage);
        const auto before = found({"activation_1"});
        std::string bytes = *readFile(keptFile());
        if (damage == 0)
            bytes.resize(bytes.size() / 2);
        else if (damage == 1)
            bytes[bytes.size() - 9] = static_cast<char>(bytes[bytes.size() - 9] ^ 4);
        else {
            QVERIFY(found({"conv2d_1"}).ok());
            bytes = *readFile(keptFile().parent_path() / "val-best-conv2d_1.safetensors");
        }
        QVERIFY(writeFileAtomically(keptFile(), bytes).ok());
        int told = 0;
        QVERIFY(*found({"activation_1"}, &told) == *before);
        QVERIFY(told > 0);
        told = 0;
        QVERIFY(*found({"activation_1"}, &told) == *before);
        QCOMPARE(told, 0);
    }

    void anotherImageIsSeen() {
        const auto before = found({"activation_1"});
        const std::filesystem::path victim = image(before->channels[0][0].path);
        const std::string bytes = *readFile(victim);
        QVERIFY(writePng(victim, Image(16, 16, 3)).ok());
        int told = 0;
        const auto after = found({"activation_1"}, &told);
        QVERIFY(told > 0);
        QVERIFY(after->channels != before->channels);
        QVERIFY(writeFileAtomically(victim, bytes).ok());
        QVERIFY(found({"activation_1"})->channels == before->channels);
    }

    void anImageThatCannotBeReadIsSkippedAndSaid() {
        const std::string path = pathsOf("test").front(), bytes = *readFile(image(path));
        ExamplesQuestion question{"activation_1"};
        question.split = "test";
        QVERIFY(writeFileAtomically(image(path), "no image").ok());
        for (int time = 0; time < 2; ++time) { // kept with its reason
            int told = 0;
            const auto examples = found(question, &told);
            QVERIFY2(examples.ok(), examples ? "" : examples.error().message.c_str());
            QCOMPARE(told > 0, time == 0);
            QCOMPARE(examples->images, std::size_t(19));
            QCOMPARE(examples->skipped.size(), std::size_t(1));
            QVERIFY2(examples->skipped[0].find(path) != std::string::npos, examples->skipped[0].c_str());
        }
        QVERIFY(writeFileAtomically(image(path), bytes).ok());
        QCOMPARE(found(question)->images, std::size_t(20));
    }

    void aDenseLayerHasNoPlaces() {
        const std::string dense = m_model->graph().outputs[0].node;
        const auto examples = found({dense});
        QVERIFY2(examples.ok(), examples ? "" : examples.error().message.c_str());
        QCOMPARE(examples->channels.size(), examples->classes.size());
        QCOMPARE(examples->height, 0);
        QCOMPARE(examples->channels[0][0].row, 0);
    }

    void theClimbedPictureIsSeenAsTheRunSeesImages() {
        FilterPicturesQuestion question{"activation_1", {0, 1}};
        const auto found = m_model->ask(question);
        QVERIFY2(found.ok(), found ? "" : found.error().message.c_str());
        for (const FilterPicture& picture : found->pictures) {
            const auto seen = m_model->ask(ActivationsQuestion{picture.picture, "activation_1"});
            const std::size_t places = seen->values.values.size() / static_cast<std::size_t>(seen->channels());
            const auto own = seen->values.values.begin() + static_cast<std::ptrdiff_t>(places) * picture.channel;
            const double mean =
                std::accumulate(own, own + static_cast<std::ptrdiff_t>(places), 0.0) / static_cast<double>(places);
            QVERIFY2(std::abs(mean - picture.end) < 1e-3 * std::max(1.0, std::abs(mean)),
                     qPrintable(QStringLiteral("%1, %2").arg(mean).arg(picture.end)));
            QVERIFY(picture.end > picture.start);
        }
    }

    void thePicturesExciteMostChannelsMoreThanAnyImage() {
        const auto examples = found({"activation_1"});
        const auto pictures = m_model->ask(FilterPicturesQuestion{"activation_1"});
        QVERIFY2(pictures.ok(), pictures ? "" : pictures.error().message.c_str());
        const auto higher =
            std::count_if(pictures->pictures.begin(), pictures->pictures.end(), [&](const FilterPicture& picture) {
                return picture.end >
                       static_cast<double>(examples->highestMeans[static_cast<std::size_t>(picture.channel)]);
            });
        QVERIFY2(higher * 10 >= std::ssize(pictures->pictures) * 9,
                 qPrintable(QStringLiteral("%1 of %2").arg(higher).arg(pictures->pictures.size())));
    }

    void onlyTheDamagedChannelIsRefused() {
        const std::filesystem::path run = std::filesystem::path(m_run).parent_path() / "damaged";
        std::filesystem::copy(m_run, run, std::filesystem::copy_options::recursive);
        std::filesystem::remove_all(run / "examples");
        const auto weights = run / "checkpoints" / "best.safetensors";
        const std::string tensor = "conv2d_1.bias";
        std::string bytes = *readFile(weights);
        {
            const auto opened = SafetensorsFile::open(weights);
            QVERIFY(opened.ok() && opened->find(tensor));
            const std::vector<float> before = *asFloats(*opened->find(tensor));
            std::vector<float> after = before;
            after[3] = std::numeric_limits<float>::quiet_NaN();
            const std::string_view old(reinterpret_cast<const char*>(before.data()), before.size() * sizeof(float));
            const std::size_t at = bytes.find(old);
            QVERIFY(at != std::string::npos);
            bytes.replace(at, old.size(), reinterpret_cast<const char*>(after.data()), old.size());
            bytes.replace(bytes.find("sightline.digest"), 16, "sightline.before"); // not damaged: trained so
        }
        QVERIFY(writeFileAtomically(weights, bytes).ok());
        const auto model = m_runs.engine().open(ofRun(run.string()), 1);
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        const auto others = (*model)->ask(ExamplesQuestion{"conv2d_1", 2}), whole = found({"conv2d_1"});
        QVERIFY2(others.ok(), others ? "" : others.error().message.c_str());
        QCOMPARE(others->channels[2], whole->channels[2]);
        QVERIFY(others->channels[3].empty());
        for (const auto& means : others->classMeans)
            QVERIFY(std::isfinite(means[3]));
        const auto refused = (*model)->ask(ExamplesQuestion{"conv2d_1", 3});
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().message.find("Channel 3") != std::string::npos, refused.error().message.c_str());
        const auto all = (*model)->ask(ExamplesQuestion{m_model->graph().outputs[0].node});
        QVERIFY(!all.ok()); // behind the damage nothing is a number
    }

    void whatIsNotThereIsRefusedByName() {
        const auto refusal = [&](const ExamplesQuestion& question) {
            const auto answer = found(question);
            return answer || answer.error().kind != ErrorKind::BadInput ? std::string() : answer.error().message;
        };
        const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
        QVERIFY(has(refusal({"nowhere"}), "'nowhere'"));
        QVERIFY(has(refusal({"activation_1", 4000}), "no channel 4000"));
        QVERIFY(has(refusal({"activation_1", -1, "elsewhere"}), "elsewhere"));
        ExamplesQuestion none{"activation_1"};
        none.top = 0;
        QVERIFY(has(refusal(none), "examples"));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = m_model->ask(ExamplesQuestion{"conv2d"}, stop.get_token());
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(ExamplesTest)
#include "tst_Examples.moc"
