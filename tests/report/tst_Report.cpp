// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include <cmath>

#include "Test.h"
#include "report/Chart.h"
#include "report/GroupReport.h"
#include "report/Html.h"
#include "report/RunReport.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

Image plain(std::uint8_t value) {
    Image image(6, 8, 3);
    for (int y = 0; y < image.height; ++y)
        std::fill_n(image.row(y), 8 * 3, value);
    return image;
}

RunReport someReport() {
    RunReport report;
    report.run.id = "20260131-142530-ab12";
    report.run.name = "cells <b> & \"co\"";
    report.run.state = "completed";
    report.run.bestEpoch = 2;
    report.run.bestValAccuracy = 0.75;
    report.experiment.name = report.run.name;
    report.experiment.training.optimizer.learningRate = 3e-4;
    report.experiment.augmentation.horizontalFlip = true;
    report.experiment.augmentation.rotationRange = 10;
    report.began = report.experiment;
    report.classes = {"crack", "<script>alert(1)</script>", "\xff odd"};
    report.images = {{{10, 11, 12}, {2, 2, 2}, {3, 1, 0}}};
    report.dataDigest = "abc123";
    report.graph = *buildFromZoo("toy_cnn", {64, 64, 3, 3, Json::object()});
    for (int epoch = 1; epoch <= 3; ++epoch) {
        EpochMetrics metrics;
        metrics.epoch = epoch;
        metrics.loss = 2.0 / epoch;
        metrics.accuracy = 0.3 * epoch;
        metrics.valLoss = epoch == 2 ? std::nan("") : 2.5 / epoch;
        metrics.valAccuracy = 0.25 * epoch;
        report.history.push_back(metrics);
    }
    Evaluation evaluation;
    evaluation.split = "test";
    evaluation.classes = report.classes;
    for (int i = 0; i < 4; ++i) {
        Prediction prediction;
        prediction.path = "test/" + std::to_string(i) + ".png";
        prediction.truth = i % 2;
        prediction.predicted = i < 3 ? i % 2 : 0;
        prediction.confidence = 0.8;
        prediction.probabilities = {i % 2 && i < 3 ? 0.1f : 0.8f, i % 2 && i < 3 ? 0.8f : 0.1f, 0.1f};
        evaluation.predictions.push_back(prediction);
    }
    summarize(evaluation);
    report.evaluation = evaluation;
    report.heatMapMethod = "gradcam";
    report.pictures.push_back(
        {"test/3.png", report.classes[1], "crack", 0.8, plain(100), plain(200), "Hiding it costs 61 points."});
    report.samples.push_back({"crack", "train/crack/1.png", plain(50)});
    report.software = "LibTorch";
    return report;
}

} // namespace

/// Reports are whole HTML files that fetch nothing and say in words what they draw.
class ReportTest : public Test {
    Q_OBJECT

    static QString htmlOf(const RunReport& report) {
        const auto html = reportHtml(report);
        return html ? QString::fromStdString(*html) : QString();
    }

    /// Every tag that opens is closed, in order; void elements aside.
    static QString unclosed(const QString& html) {
        static const QStringList alone{QStringLiteral("meta"), QStringLiteral("img"), QStringLiteral("br")};
        static const QRegularExpression tag(QStringLiteral("<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\"[^\"]*\"|[^\">])*)>"));
        QStringList open;
        QString text = html;
        text.remove(
            QRegularExpression(QStringLiteral("<style>.*</style>"), QRegularExpression::DotMatchesEverythingOption));
        for (auto tags = tag.globalMatch(text); tags.hasNext();) {
            const auto match = tags.next();
            const QString name = match.captured(2);
            if (alone.contains(name) || match.captured(3).endsWith('/'))
                continue;
            if (match.captured(1).isEmpty())
                open << name;
            else if (open.isEmpty() || open.takeLast() != name)
                return name;
        }
        return open.join(' ');
    }

private Q_SLOTS:
    void aReportIsWholeAndFetchesNothing() {
        const QString html = htmlOf(someReport());
        QVERIFY(html.startsWith(QStringLiteral("<!DOCTYPE html>")));
        QCOMPARE(unclosed(html), QString());
        QVERIFY(!html.contains(QStringLiteral("http://")) && !html.contains(QStringLiteral("https://")));
        QVERIFY(!html.contains(QStringLiteral("<script")) && !html.contains(QStringLiteral("<link")));
        QVERIFY(html.contains(QStringLiteral("prefers-color-scheme: dark")) &&
                html.contains(QStringLiteral("@media print")));
    }

    void whatPeopleNamedIsText() {
        const QString html = htmlOf(someReport());
        QVERIFY(html.contains(QStringLiteral("&lt;script&gt;alert(1)&lt;/script&gt;")));
        QVERIFY(html.contains(QStringLiteral("cells &lt;b&gt; &amp; &quot;co&quot;")));
        QVERIFY(!html.contains(QStringLiteral("cells <b>")));
    }

    void everythingDrawnHasWords() {
        const QString html = htmlOf(someReport());
        for (auto images = QRegularExpression(QStringLiteral("<img ([^>]*)>")).globalMatch(html); images.hasNext();)
            QVERIFY(images.next().captured(1).contains(QRegularExpression(QStringLiteral("alt=\"[^\"]+\""))));
        QCOMPARE(html.count(QStringLiteral("role=\"img\"")), html.count(QStringLiteral("<desc>")));
        QVERIFY(html.count(QStringLiteral("<table")) == html.count(QStringLiteral("<caption>")));
        QVERIFY(html.contains(QStringLiteral("Training loss from 2 to 0.667.")));
        QVERIFY(html.contains(QStringLiteral("Hiding it costs 61 points.")));
    }

    void figuresHaveTheirIntervalsAndClassesASample() {
        const QString html = htmlOf(someReport());
        QVERIFY(html.contains(QStringLiteral("0.3006 to 0.9544"))); // Wilson's of 3 in 4
        QVERIFY(html.contains(QStringLiteral("<img alt=\"crack, train/crack/1.png\"")));
    }

    void theMethodsSayWhatWasDone() {
        const std::string text = methodsText(someReport());
        for (const char* part : {"33 for training, 6 for validation, 4 for testing", "128 x 128", "horizontal flip",
                                 "rotation range 10", "3 epochs", "Adam (learning rate 0.0003)", "epoch 2", "75.0 %",
                                 "Of 4 images of the test split", "Wilson interval", "seed 42"})
            QVERIFY2(text.find(part) != std::string::npos, (std::string(part) + " is missing in: " + text).c_str());
    }

    void theMethodsNameWhatAPaperNeeds() {
        RunReport report = someReport();
        report.experiment.data.fit = Fit::Pad;
        report.experiment.data.pixels.channels = ChannelSettings::grey();
        report.experiment.data.validationSplit = .2;
        report.experiment.normalization.preset = NormalizationSettings::Preset::Imagenet;
        TrainingSettings& training = report.experiment.training;
        training.optimizer.name = OptimizerSettings::Name::Sgd;
        training.optimizer.momentum = .9;
        training.optimizer.nesterov = true;
        training.optimizer.weightDecay = 1e-4;
        training.schedule.name = ScheduleSettings::Name::OneCycle;
        training.balanced = true;
        training.precision = Precision::Bf16;
        report.experiment.model.weights = "/home/somebody/sightline/runs/20260101-000000-abcd";
        const std::string text = methodsText(report);
        for (const char* part :
             {"converted to gray and scaled and padded to 128 x 128 pixels", "standard deviation of ImageNet",
              "a share of 0.2 of each class's training images was used, the first ones by file name",
              "Nesterov momentum 0.9, weight decay 0.0001", "one-cycle", "each class drawn equally often", "bfloat16",
              "from the weights of the run 20260101-000000-abcd", "made with Grad-CAM."})
            QVERIFY2(text.find(part) != std::string::npos, (std::string(part) + " is missing in: " + text).c_str());
        QVERIFY(text.find("somebody") == std::string::npos);
        report.experiment.data.split = SplitRule::Shuffled;
        QVERIFY(methodsText(report).find("drawn at random") != std::string::npos);
    }

    void theThreadsAreThoseOfTheRun() {
        RunReport report = someReport();
        report.software = "LibTorch 1.13.1, CPU, 2 threads"; // of this machine
        QVERIFY(methodsText(report).find("(LibTorch 1.13.1, CPU, 2 threads), seed") != std::string::npos);
        report.threads = 1;
        QVERIFY(methodsText(report).find("(LibTorch 1.13.1, CPU, 1 thread), seed") != std::string::npos);
    }

    void ofAnImportedNetworkNothingIsMadeUp() {
        RunReport report = someReport();
        report.isImported = true;
        report.history.clear();
        const std::string text = methodsText(report);
        QVERIFY2(text.find("It was imported; how it was trained is not known here.") != std::string::npos,
                 text.c_str());
        for (const char* part : {"random weights", "trained for", "Adam", "augmented", "seed"})
            QVERIFY2(text.find(part) == std::string::npos, (std::string(part) + " is in: " + text).c_str());
    }

    void theExperimentInItCanBeTrainedAgain() {
        const RunReport report = someReport();
        QString html = htmlOf(report);
        const auto begin = html.indexOf(QStringLiteral("<pre>")) + 5;
        QString text = html.mid(begin, html.indexOf(QStringLiteral("</pre>")) - begin);
        text.replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
        const auto json = parseJson(text.toStdString(), "report");
        QVERIFY(json.ok());
        QVERIFY(experimentFromJson(*json).value() == report.began);
    }

    void whatIsMissingIsNotShown() {
        RunReport report;
        report.run.id = report.run.name = "20260131-142530-ab12";
        const QString html = htmlOf(report);
        QCOMPARE(unclosed(html), QString());
        for (const char* title : {"Confusion", "Calibration", "Where the network looked", "Layers"})
            QVERIFY2(!html.contains(QLatin1String(title)), title);
    }

    void chartsKeepExtremesAndSkipGaps() {
        report::ChartLine line{"noise", {}, {}};
        for (int i = 0; i < 100'000; ++i) {
            line.x.push_back(i);
            line.y.push_back(i == 54'321 ? 9 : i % 7 == 0 ? std::nan("") : std::sin(i * .01));
        }
        const std::string svg = report::chart("Title", "x", {line});
        QVERIFY(svg.size() < 40'000);
        QVERIFY(svg.find("10.0 L") != std::string::npos ||
                svg.find(" 10.0") != std::string::npos); // the peak at the top
        QVERIFY(svg.find("nan") == std::string::npos && svg.find("inf") == std::string::npos);
        QVERIFY(report::chart("Title", "x", {}).empty());
        QVERIFY(report::chart("Title", "x", {{"none", {1, 2}, {std::nan(""), std::nan("")}}}).empty());
        QVERIFY(!report::chart("Title", "x", {{"one", {1}, {5}}}).empty());
    }

    void aGroupStandsSideBySide() {
        GroupReport report;
        report.group = {"20260131-000000-aaaa", RunGroup::Kind::Folds, "toys: 2 folds", {}};
        for (int i = 1; i <= 2; ++i) {
            GroupMember member;
            member.run = someReport().run;
            member.run.group = report.group;
            member.run.group->member = "fold " + std::to_string(i) + " of 2";
            member.run.bestValAccuracy = i == 1 ? .8 : .9;
            member.experiment.data.fold = {2, i};
            member.history = someReport().history;
            report.members.push_back(member);
        }
        report.table =
            GroupTable{report.group, {{"fold 1 of 2", {}, .8, {}, {}, {}}, {"fold 2 of 2", {}, .9, {}, {}, {}}}};
        report.methods = {"fold 1 of 2", "Images of two classes."};
        report.outOfFold = someReport().evaluation;
        report.outOfFold->split = "out_of_fold";
        report.repeated = toJson(someReport().began);
        report.command = "train experiment.json --folds 2";
        const QString html = QString::fromStdString(reportHtml(report));
        QCOMPARE(unclosed(html), QString());
        for (const char* part : {"fold 1 of 2", "fold 2 of 2", "85.0 %", "5.0 points", "data.fold.index",
                                 "of fold 1 of 2:</p>", "Images of two classes.", "that was not trained on it",
                                 "sightline-cli train experiment.json --folds 2", "horizontal_flip"})
            QVERIFY2(html.contains(QLatin1String(part)), part);
        QVERIFY(!html.contains(QStringLiteral("<b>")));
    }

    void aGroupHasTheImagesNetworkAndFiguresOfTheRunThatStandsForAll() {
        GroupReport report;
        report.group = {"20260131-000000-bbbb", RunGroup::Kind::Table, "nine models", {}};
        report.members.push_back({someReport().run, someReport().experiment, someReport().history, {}});
        report.methods = {"model 2 of 9", "Images of three classes.", someReport()};
        report.repeated = toJson(someReport().began);
        report.command = "train experiment.json";
        const QString html = QString::fromStdString(reportHtml(report));
        QCOMPARE(unclosed(html), QString());
        for (const char* part : {"Images of each class", "abc123", "Of model 2 of 9", "Confusion", "Calibration",
                                 "Layers", "sightline-cli train experiment.json</code>; the others", "horizontal_flip"})
            QVERIFY2(html.contains(QLatin1String(part)), part);
        report.commandOfAll = "train --preset-table toys";
        const QString again = QString::fromStdString(reportHtml(report));
        QVERIFY(again.contains(QStringLiteral("<code>sightline-cli train --preset-table toys</code>")));
        QVERIFY(!again.contains(QStringLiteral("the others need")));
    }

    void numbersAreGrouped() {
        QCOMPARE(report::grouped(0), std::string("0"));
        QCOMPARE(report::grouped(-1234), std::string("-1,234"));
        QCOMPARE(report::grouped(-123), std::string("-123"));
        QCOMPARE(report::grouped(1234567), std::string("1,234,567"));
        QCOMPARE(report::percent(std::nan("")), std::string("-"));
    }
};

QTEST_GUILESS_MAIN(ReportTest)
#include "tst_Report.moc"
