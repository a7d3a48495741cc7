// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "engine/Classify.h"
#include "store/Safetensors.h"
#include "store/UnknownRuleFile.h"

using namespace sightline;
namespace fs = std::filesystem;

/// What tells images of none of the classes: fitted once, kept with the run, used for each image.
class UnknownTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    std::string m_run;

    Result<UnknownRule> rule(int* told = nullptr) const {
        return ask(m_runs.engine(), ofRun(m_run), UnknownRuleQuestion{}, {}, [told](std::size_t, std::size_t) {
            if (told)
                ++*told;
        });
    }
    std::vector<fs::path> testImages() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::recursive_directory_iterator(m_runs.path("toys") + "/test"))
            if (entry.path().extension() == ".png")
                files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        return files;
    }
    Result<Classification> classified(const std::string& run, std::vector<fs::path> files, double share = 0.05) const {
        return classify(m_runs.engine(), {run, "best", std::move(files), 0, share}, {}, {});
    }
    RunEnded trained(const char* home, const std::string& images, int epochs = 1) const {
        TrainRequest request = m_runs.request(home, epochs);
        request.experiment.data.path = images;
        TrainControl control;
        return m_runs.engine().train(request, {}, control, {});
    }
    /// Why no image of the run is judged; each must still be classified.
    std::string whyUnjudged(const RunEnded& ended) const {
        const auto found = classified(ended.folder, testImages());
        if (!found || found->images.front().probabilities.empty())
            return "not classified: " + (found ? std::string() : found.error().message);
        for (const ClassifiedImage& image : found->images)
            if (image.isUnknown())
                return "judged";
        return found->unjudged;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(12, 6, 32));
        const RunEnded ended = trained("home", m_runs.path("toys"), 3);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        m_run = ended.folder;
    }

    void theRuleIsOfTheTrainingAndTheValidationImages() {
        const auto found = rule();
        QVERIFY2(found.ok(), found ? "" : found.error().message.c_str());
        QCOMPARE(found->layer, std::string("activation_2"));
        constexpr std::size_t kStages = 2 * (32 + 32), kColumns = kStages + 32;
        QCOMPARE(found->clouds.means.shape, (std::vector<std::int64_t>{5, kStages}));
        const auto train = ask(m_runs.engine(), ofRun(m_run), FeaturesQuestion{"train", {}});
        const auto validation = ask(m_runs.engine(), ofRun(m_run), FeaturesQuestion{"val", {}});
        QVERIFY(train.ok() && validation.ok());
        QCOMPARE(found->known.size(), std::size_t{30});
        const auto stagesOf = [](const FloatArray& values, std::size_t image) {
            return std::span(values.values).subspan(kColumns * image, kStages);
        };
        FloatArray stages{{static_cast<std::int64_t>(train->truth.size()), kStages}, {}};
        for (std::size_t i = 0; i < train->truth.size(); ++i)
            stages.values.insert(stages.values.end(), stagesOf(train->values, i).begin(),
                                 stagesOf(train->values, i).end());
        const auto clouds = classClouds(stages, train->truth, 5);
        QVERIFY(clouds.ok());
        const NearestClass nearest(*clouds);
        for (std::size_t i = 0; i < 30; ++i) {
            QVERIFY(std::abs(found->known[i].energy -
                             energyOf(std::span(validation->logits.values).subspan(5 * i, 5))) < 1e-4f);
            const double distance = nearest.distance(stagesOf(validation->values, i));
            QVERIFY(std::abs(static_cast<double>(found->known[i].distance) - distance) < 1e-3 * (1 + distance));
        }
    }

    void itIsKeptAndReadAgain() {
        const auto first = rule();
        QVERIFY(first.ok() && fs::exists(unknownRuleFile(m_run, "best")));
        const fs::path images = m_runs.path("toys"), away = m_runs.path("away");
        fs::rename(images, away);
        int told = 0;
        const auto again = rule(&told); // no image is needed, none is read
        fs::rename(away, images);
        QVERIFY(again && *again == *first);
        QCOMPARE(told, 0);
    }

    void damagedItIsFittedAgain() {
        const auto first = rule();
        const fs::path file = unknownRuleFile(m_run, "best");
        const std::string whole = *readFile(file);
        for (const std::string& bytes : {std::string(), whole.substr(0, whole.size() / 2), std::string("not this")}) {
            QVERIFY(writeFileAtomically(file, bytes).ok());
            int told = 0;
            const auto again = rule(&told);
            QVERIFY(again && *again == *first && told > 0);
            QVERIFY(*readFile(file) == whole);
        }
        fs::remove(file);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = ask(m_runs.engine(), ofRun(m_run), UnknownRuleQuestion{}, stop.get_token());
        QVERIFY(!stopped && stopped.error().kind == ErrorKind::Cancelled && !fs::exists(file));
    }

    void everyImageIsJudgedByIt() {
        const auto judge = UnknownJudge::by(*rule(), 0.1);
        QVERIFY(judge.ok());
        const std::vector<fs::path> files = testImages();
        const auto found = classified(m_run, files, 0.1);
        QVERIFY(found && found->unjudged.empty());
        const auto model = m_runs.engine().open(ofRun(m_run), 1);
        for (const std::size_t i : {std::size_t{0}, std::size_t{7}, files.size() - 1}) {
            auto image = std::make_shared<const Image>(*readImage(files[i]));
            const auto features = (*model)->ask(FeaturesQuestion{{}, {}, image});
            QVERIFY(features.ok());
            QVERIFY(features->values.values.size() > judge->width());
            const auto score =
                judge->score(std::span(features->values.values).first(judge->width()), features->logits.values);
            QVERIFY(std::abs(*score - *found->images[i].unknownScore) < 1e-3 * (1 + std::abs(*score)));
            QCOMPARE(*found->images[i].isUnknown(), *found->images[i].unknownScore > 0);
        }
        const auto unasked = classified(m_run, files, 0);
        QVERIFY(unasked && unasked->unjudged.empty() && !unasked->images.front().isUnknown());
        QVERIFY(!classified(m_run, files, 1).ok());
        QVERIFY(!classified(m_run, files, std::nan("")).ok());
    }

    void anImageOfOneColorHasAScore() {
        for (const int gray : {0, 128, 255}) {
            Image plain(40, 30, 3);
            std::fill(plain.pixels.begin(), plain.pixels.end(), static_cast<std::uint8_t>(gray));
            const fs::path file = m_runs.path("plain.png");
            QVERIFY(writePng(file, plain).ok());
            const auto found = classified(m_run, {file});
            QVERIFY(found && found->images.front().unknownScore);
            QVERIFY(std::isfinite(*found->images.front().unknownScore));
        }
    }

    void whereNothingCanTellOneSentenceSaysWhy() {
        QVERIFY(drawFewToys(m_runs.path("no-val"), 6, 0, 32));
        const RunEnded without = trained("home-no-val", m_runs.path("no-val"));
        QVERIFY2(without.outcome == RunEnded::Outcome::Completed, without.reason.c_str());
        QVERIFY2(whyUnjudged(without).find("has no val images") != std::string::npos, whyUnjudged(without).c_str());

        QVERIFY(drawFewToys(m_runs.path("few"), 6, 1, 32)); // one validation image of each class
        const RunEnded few = trained("home-few", m_runs.path("few"));
        QVERIFY2(whyUnjudged(few).find("by 5 validation images") != std::string::npos, whyUnjudged(few).c_str());

        ModelSource source;
        source.model = "toy_cnn";
        source.height = source.width = 32;
        source.classes = 5;
        source.weights = fs::path(m_run) / "checkpoints" / "best.safetensors";
        const auto noRun = ask(m_runs.engine(), source, UnknownRuleQuestion{});
        QVERIFY(!noRun && noRun.error().message.find("Without a run") != std::string::npos);
    }

    void weightsThatAreNoNumbersGiveNoLimit() {
        const RunEnded ended = trained("home-nan", m_runs.path("toys"));
        const fs::path file = fs::path(ended.folder) / "checkpoints" / "best.safetensors";
        const auto opened = SafetensorsFile::open(file);
        QVERIFY(opened.ok());
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        values.reserve(opened->tensors().size());
        for (const TensorView& tensor : opened->tensors()) {
            auto floats = asFloats(tensor);
            if (!floats)
                continue;
            if (tensor.name == "dense.weight" || tensor.name == "dense_1.weight")
                floats->assign(floats->size(), std::numeric_limits<float>::quiet_NaN());
            values.push_back(std::move(*floats));
            tensors.push_back({tensor.name, tensor.shape, values.back()});
        }
        QVERIFY(writeSafetensors(file, tensors, opened->metadata()).ok());
        const auto judged = ask(m_runs.engine(), ofRun(ended.folder), EvaluationQuestion{"test"});
        QVERIFY(!judged.ok() && judged.error().message.find("no numbers") != std::string::npos);
        QVERIFY(!ask(m_runs.engine(), ofRun(ended.folder), SuspectsQuestion{}).ok());
        const auto said = classified(ended.folder, {fs::path(m_runs.path("toys")) / "test/car/car_0001.png"});
        QVERIFY(!said.ok() && said.error().message.find("no numbers") != std::string::npos);
        QVERIFY(!fs::exists(unknownRuleFile(ended.folder, "best")));
    }
};

QTEST_GUILESS_MAIN(UnknownTest)
#include "tst_Unknown.moc"
