// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <QTest>

#include "Test.h"
#include "engine/module/ComputeThreads.h"
#include "engine/train/Compute.h"
#include "zoo/Zoo.h"

using namespace sightline;

/// Can every network learn 32 images by heart? A wrong initialiser, gradient or batch-norm constant shows here.
class OverfitTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void thirtyTwoImagesAreLearntByHeart_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("rate");
        QTest::addColumn<QString>("options");
        const auto row = [](const char* network, int size, double rate, const char* options = "{}") {
            QTest::newRow(network) << size << rate << QString::fromLatin1(options);
        };
        row("toy_cnn", 32, 3e-3);
        row("mnist_convnet", 28, 3e-3);
        row("cats_dogs_cnn", 64, 1e-3);
        row("inception_v1", 56, 4e-4, R"({"dropout":0,"auxiliary_dropout":0})");
        row("minception", 56, 1e-3, R"({"random_contrast":0})");
        row("resnet18", 32, 1e-3);
        row("resnet50", 32, 1e-3);
        row("mobilenet_v2", 64, 3e-3, R"({"dropout":0})");
        row("mobilenet_v3_small", 64, 3e-3, R"({"dropout":0})");
        row("efficientnet_b0", 64, 3e-3, R"({"dropout":0})");
        row("efficientnet_lite0", 64, 3e-3, R"({"dropout":0})");
        row("tf_efficientnet_lite0", 64, 3e-3, R"({"dropout":0})");
        row("vgg16", 32, 3e-4, R"({"dense":[128],"dropout":0})");
        row("inception_resnet_v2", 75, 1e-3);
        row("densenet121", 32, 1e-3);
        row("convnext_tiny", 32, 1e-3);
        row("squeezenet1_1", 48, 6e-4, R"({"dropout":0})");
    }

    void thirtyTwoImagesAreLearntByHeart() {
        QFETCH(int, size);
        QFETCH(double, rate);
        QFETCH(QString, options);
        constexpr int kImages = 32, kClasses = 7, kSteps = 60;
        const std::string network = QTest::currentDataTag();
        const int channels = findInZoo(network)->defaultChannels;
        const Result<GraphSpec> spec =
            buildFromZoo(network, {size, size, channels, kClasses, Json::parse(options.toStdString())});
        QVERIFY2(spec.ok(), spec ? "" : spec.error().message.c_str());
        const auto module = *engine::GraphModule::make(*spec, 1);
        module->enableTraining();
        const engine::ComputeThreads threads(0);
        torch::manual_seed(6);
        engine::Moments moments = engine::Moments::zeros(module->parameters());
        engine::StepSettings settings;
        // Fields of colour with nothing in common within a class: only memory helps.
        const torch::Tensor images =
            torch::upsample_bilinear2d(torch::randn({kImages, channels, 4, 4}), {size, size}, false)
                .permute({0, 2, 3, 1})
                .contiguous();
        const torch::Tensor labels = torch::arange(kImages, torch::kLong).remainder(kClasses);
        std::int64_t right = 0;
        int step = 0;
        for (; step < kSteps && right < kImages; ++step)
            right = trainStep(*module, moments, settings, {images}, {labels}, rate, step + 1).right;
        QVERIFY2(right == kImages,
                 qPrintable(QStringLiteral("%1 of %2 right after %3 steps").arg(right).arg(kImages).arg(step)));
    }
};

QTEST_APPLESS_MAIN(OverfitTest)
#include "tst_Overfit.moc"
