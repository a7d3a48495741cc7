// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "store/Safetensors.h"

using namespace sightline;

/// Whole runs asked what they make of worse images, and of images painted over.
class TestRobustness : public Test {
    Q_OBJECT
    ToyRuns m_runs;
    std::string m_run, m_cropping;

    std::string trained(const char* home, bool cropping) {
        TrainRequest request = m_runs.request(home, 2);
        request.experiment.model.options = Json{{"filters", {4, 8}}};
        if (cropping)
            request.experiment.augmentation.randomCrop = std::vector<int>{16, 16};
        TrainControl control;
        return m_runs.engine().train(request, {}, control, {}).folder;
    }
    template <typename Kind>
    auto asked(Kind question, const std::string& run) const {
        return ask(m_runs.engine(), ofRun(run), std::move(question));
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(6, 3, 24));
        m_run = trained("plain", false);
        m_cropping = trained("cropping", true);
        QVERIFY(!m_run.empty() && !m_cropping.empty());
    }

    void theFirstPointIsTheEvaluation_data() {
        QTest::addColumn<QString>("run");
        QTest::newRow("plain") << QString::fromStdString(m_run);
        QTest::newRow("random crop") << QString::fromStdString(m_cropping);
    }
    void theFirstPointIsTheEvaluation() {
        QFETCH(QString, run);
        const auto evaluation = asked(EvaluationQuestion{}, run.toStdString());
        const auto robustness = asked(RobustnessQuestion{}, run.toStdString());
        QVERIFY2(robustness.ok(), robustness ? "" : robustness.error().message.c_str());
        QCOMPARE(robustness->images, evaluation->predictions.size());
        QCOMPARE(robustness->split, evaluation->split);
        QCOMPARE(robustness->curves.size(), corruptions().size());
        for (const auto& curve : robustness->curves) {
            QCOMPARE(curve.points.size(), scaleOf(curve.kind).points.size());
            QCOMPARE(curve.points.front().strength, 0.0);
            QCOMPARE(curve.points.front().accuracy, evaluation->accuracy);
            for (std::size_t i = 0; i < evaluation->classes.size(); ++i)
                QCOMPARE(curve.points.front().perClass[i].value_or(-1), evaluation->perClass[i].recall);
        }
    }

    void aPointIsTheShareRightOfImagesThatBad() {
        const auto evaluation = asked(EvaluationQuestion{}, m_run);
        const auto robustness = asked(RobustnessQuestion{.kinds = {Corruption::Blur, Corruption::Jpeg}}, m_run);
        QVERIFY(evaluation.ok() && robustness.ok());
        PredictionsQuestion question;
        for (const Prediction& image : evaluation->predictions)
            question.images.push_back(m_runs.path("toys") + "/" + image.path);
        for (const Robustness::Curve& curve : robustness->curves)
            for (const Robustness::Point& point : curve.points) {
                question.read = [&](const std::filesystem::path& file) -> Result<Image> {
                    const auto image = readImage(file);
                    if (!image)
                        return image.error();
                    return corrupted(*image, curve.kind, point.strength);
                };
                const auto said = asked(question, m_run);
                QVERIFY(said.ok());
                int right = 0;
                for (std::size_t i = 0; i < said->images.size(); ++i) {
                    const std::vector<float>& shares = said->images[i].probabilities;
                    const auto top = std::max_element(shares.begin(), shares.end()) - shares.begin();
                    right += top == evaluation->predictions[i].truth ? 1 : 0;
                }
                QCOMPARE(point.accuracy, right / static_cast<double>(question.images.size()));
            }
    }

    void askedAgainTheCurvesAreTheSame() {
        RobustnessQuestion question;
        question.kinds = {Corruption::Noise, Corruption::Shift};
        const auto first = asked(question, m_run), second = asked(question, m_run);
        QCOMPARE(toJson(*first), toJson(*second));
        QCOMPARE(first->curves.size(), std::size_t{2});
    }

    void oneUnreadableImageIsSaidAndLeftOut() {
        std::filesystem::path victim;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(m_runs.path("toys") + "/test"))
            if (entry.is_regular_file())
                victim = entry.path();
        const auto bytes = readFile(victim);
        QVERIFY(writeFileAtomically(victim, "no image").ok());
        const auto robustness = asked(RobustnessQuestion{.kinds = {Corruption::Blur}}, m_run);
        QVERIFY(writeFileAtomically(victim, *bytes).ok());
        QVERIFY2(robustness.ok(), robustness ? "" : robustness.error().message.c_str());
        QCOMPARE(robustness->skipped.size(), std::size_t{1});
        QCOMPARE(robustness->images, std::size_t{14});
    }

    void weightsThatAreNoNumbersGiveNoCurve() {
        const std::filesystem::path damaged = m_run + "-damaged";
        std::filesystem::copy(m_run, damaged, std::filesystem::copy_options::recursive);
        for (const char* name : {"best", "last"}) {
            const std::filesystem::path file = damaged / "checkpoints" / (std::string(name) + ".safetensors");
            const auto weights = SafetensorsFile::open(file);
            QVERIFY(weights.ok());
            std::vector<std::vector<float>> values;
            std::vector<TensorToWrite> tensors;
            for (const TensorView& tensor : weights->tensors()) {
                values.push_back(asFloats(tensor).value());
                if (tensor.name == "fc.weight" || tensor.name.ends_with(".bias"))
                    values.back()[0] = std::numeric_limits<float>::quiet_NaN();
                tensors.push_back({tensor.name, tensor.shape, values.back()});
            }
            QVERIFY(writeSafetensors(file, tensors, weights->metadata()).ok());
        }
        const auto robustness = asked(RobustnessQuestion{.kinds = {Corruption::Blur}}, damaged.string());
        QVERIFY(!robustness.ok());
        QVERIFY2(robustness.error().message.find("no numbers") != std::string::npos,
                 robustness.error().message.c_str());
    }

    void aSplitThatIsNoneIsRefused() {
        const auto robustness = asked(RobustnessQuestion{.split = "nowhere"}, m_run);
        QVERIFY(!robustness.ok());
        QVERIFY(robustness.error().message.find("nowhere") != std::string::npos);
    }

    void stopIsHeard() {
        std::stop_source stop;
        stop.request_stop();
        const auto robustness = ask(m_runs.engine(), ofRun(m_run), RobustnessQuestion{}, stop.get_token());
        QVERIFY(!robustness.ok() && robustness.error().kind == ErrorKind::Cancelled);
    }

    void paintingOverKeepsTheTarget_data() { theFirstPointIsTheEvaluation_data(); }
    void paintingOverKeepsTheTarget() {
        QFETCH(QString, run);
        const auto image = readImage(m_runs.path("toys") + "/test/car/car_0001.png");
        QVERIFY(image.ok());
        OcclusionQuestion question;
        question.of.image = *image;
        question.of.truth = 2;
        const auto untouched = asked(question, run.toStdString());
        QVERIFY2(untouched.ok(), untouched ? "" : untouched.error().message.c_str());
        QCOMPARE(untouched->after.probabilities, untouched->before.probabilities);
        question.mask = Image(untouched->before.input.height, untouched->before.input.width, 1);
        std::fill(question.mask.pixels.begin(), question.mask.pixels.end(), std::uint8_t{1});
        for (const Paint paint : {Paint::Gray, Paint::Blur, Paint::Noise, Paint::Mean}) {
            question.paint = paint;
            const auto covered = asked(question, run.toStdString());
            QVERIFY2(covered.ok(), covered ? "" : covered.error().message.c_str());
            QCOMPARE(covered->before.probabilities, untouched->before.probabilities);
            QVERIFY(covered->after.probabilities != covered->before.probabilities);
            QCOMPARE(covered->after.target, covered->before.target);
        }
        question.mask = Image(4, 4, 3);
        QVERIFY(!asked(question, run.toStdString()).ok());
    }
};

QTEST_GUILESS_MAIN(TestRobustness)
#include "tst_Robustness.moc"
