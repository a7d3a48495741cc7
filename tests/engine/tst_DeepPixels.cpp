// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

#include "Test.h"
#include "engine/AskedModel.h"
#include "store/RunExport.h"
#include "store/RunStore.h"
#include "support/Files.h"

using namespace sightline;

/// Runs on images of more than 8 bits and other than three channels: all who ask later read them as the run did.
class DeepPixelsTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::optional<Result<Engine*>> m_engine;

    std::string path(const char* name) const { return m_folder.filePath(QLatin1String(name)).toStdString(); }

    /// Class folders a and b with copies of two files of tests/data/images.
    void makeSet(const char* name, const char* ofA, const char* ofB) const {
        for (const auto& [label, file] : {std::pair("a", ofA), std::pair("b", ofB)}) {
            const QString folder =
                QStringLiteral("%1/%2").arg(QString::fromStdString(path(name)), QLatin1String(label));
            QDir().mkpath(folder);
            for (int i = 0; i < 4; ++i)
                QVERIFY(QFile::copy(QStringLiteral(SIGHTLINE_SOURCE_DIR "/tests/data/images/") + QLatin1String(file),
                                    QStringLiteral("%1/%2-%3").arg(folder).arg(i).arg(QLatin1String(file))));
        }
    }
    RunEnded train(const char* set, const PixelSettings& pixels) const {
        TrainRequest request;
        request.home = path("home");
        DataSettings& data = request.experiment.data;
        data.path = path(set);
        data.imageHeight = data.imageWidth = 16;
        data.validationSplit = 0.5;
        data.pixels = pixels;
        data.fit = Fit::Pad;
        request.experiment.augmentation.rotationRange = 20;
        request.experiment.augmentation.brightnessRange = Range{0.8, 1.2};
        request.experiment.model.options = Json{{"filters", {4, 8}}};
        request.experiment.training.epochs = 2;
        request.experiment.training.batchSize = 4;
        request.experiment.training.balanced = true;
        request.experiment.training.loaderThreads = 2;
        request.experiment.training.precision = Precision::Fp32;
        TrainControl control;
        return (**m_engine)->train(request, {}, control, {});
    }

private Q_SLOTS:
    void initTestCase() {
        m_engine = loadEngine();
        QVERIFY2(m_engine->ok(), *m_engine ? "" : m_engine->error().message.c_str());
    }

    void anyNumberOfChannelsTrainsAndIsExplained() {
        makeSet("four", "four.tif", "five-planes.tif");
        PixelSettings pixels;
        pixels.channels = ChannelSettings::of({0, 1, 2, 3});
        const RunEnded ended = train("four", pixels);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const RunFolder run(ended.folder);
        QCOMPARE(run.graph()->at("input")[2].get<int>(), 4);
        const Json preprocessing = *parseJson(exportMetadata(run)->at("preprocessing"), "preprocessing");
        QCOMPARE(preprocessing.at("channels"), Json({0, 1, 2, 3}));
        QCOMPARE(preprocessing.at("fit"), Json("pad"));
        QCOMPARE(preprocessing.at("scale").size(), std::size_t(4));
        HeatMapQuestion question;
        question.image = *readImage(path("four") + "/a/0-four.tif", pixels);
        const auto explanation = ask(***m_engine, ofRun(ended.folder), question);
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        QCOMPARE(explanation->input.channels, 3);
    }

    void aRunsRangeIsUsedByAllWhoAskLater() {
        makeSet("deep", "twelve.png", "twelve.png");
        const RunEnded ended = train("deep", {});
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const RunFolder run(ended.folder);
        QCOMPARE(readJsonFile(ended.folder + "/data.json")->at("depth"), Json({0.0, 4092.0}));
        QCOMPARE(run.experimentAtStart()->data.pixels.depth, DepthSettings());
        QCOMPARE(run.experiment()->data.pixels.depth, DepthSettings::range(0, 4092));
        QCOMPARE(parseJson(exportMetadata(run)->at("preprocessing"), "it")->at("depth"), Json({0.0, 4092.0}));
        const auto judged = ask(***m_engine, ofRun(ended.folder), EvaluationQuestion{"val"});
        QVERIFY2(judged.ok(), judged ? "" : judged.error().message.c_str());
        const PredictionsQuestion question{{path("deep") + "/" + judged->predictions.front().path}};
        const auto predicted = ask(***m_engine, ofRun(ended.folder), question);
        QVERIFY2(predicted.ok() && predicted->images.front().error.empty(), "predict");
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY(std::abs(predicted->images.front().probabilities[i] -
                             judged->predictions.front().probabilities[i]) < 1e-5f);
    }
};

QTEST_GUILESS_MAIN(DeepPixelsTest)
#include "tst_DeepPixels.moc"
