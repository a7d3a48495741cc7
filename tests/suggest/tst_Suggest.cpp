// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <fstream>

#include "Test.h"
#include "suggest/Suggest.h"
#include "suggest/Take.h"
#include "support/Random.h"
#include "zoo/Hub.h"

using namespace sightline;

namespace {

/// Draws image `number` of a class.
using Draw = std::function<Image(int label, int number)>;

class DrawnImages : public ImageSource {
public:
    explicit DrawnImages(Draw draw) : m_draw(std::move(draw)) {}
    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override { return Error{"drawn"}; }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        return m_draw(sample.label, static_cast<int>(sample.record));
    }
    std::filesystem::path file(const Sample&) const override { return {}; }

private:
    Draw m_draw;
};

Dataset drawn(const std::vector<std::string>& classes, int each, const Draw& draw) {
    Dataset dataset;
    dataset.classes = classes;
    dataset.source = std::make_shared<DrawnImages>(draw);
    for (int label = 0; label < static_cast<int>(classes.size()); ++label)
        for (int i = 0; i < each; ++i)
            dataset.samples.push_back({std::to_string(i), label, Subset::Train, static_cast<std::uint32_t>(i)});
    return dataset;
}

void paint(Image& image, int y, int x, int value) {
    if (y >= 0 && x >= 0 && y < image.height && x < image.width)
        std::fill_n(image.row(y) + 3 * x, 3, static_cast<std::uint8_t>(std::clamp(value, 0, 255)));
}

/// Random discs on an even ground; `sky` times the height is added from the top down.
Image discs(int label, int number, double sky, int size = 64) {
    Image image(size, size, 3);
    CounterRandom random(1, RandomPurpose::Test, static_cast<std::uint64_t>(label), static_cast<std::uint64_t>(number));
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x)
            paint(image, y, x, static_cast<int>(120 + sky * (size / 2 - y)));
    for (int disc = 0; disc < 4 + 4 * label; ++disc) {
        const int cy = static_cast<int>(random.uniform() * size), cx = static_cast<int>(random.uniform() * size),
                  radius = 3 + label, shade = static_cast<int>(random.uniform() * 255);
        for (int y = -radius; y <= radius; ++y)
            for (int x = -radius; x <= radius; ++x)
                if (y * y + x * x <= radius * radius)
                    paint(image, cy + y, cx + x, shade);
    }
    return image;
}

/// An F or its like: black strokes on white, moved a little.
Image letter(int label, int number) {
    Image image(28, 28, 3);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{255});
    CounterRandom random(1, RandomPurpose::Test, static_cast<std::uint64_t>(label), static_cast<std::uint64_t>(number));
    const int top = 4 + static_cast<int>(random.uniform() * 4), left = 6 + static_cast<int>(random.uniform() * 4);
    for (int i = 0; i < 16; ++i)
        for (int thick = 0; thick < 3; ++thick)
            paint(image, top + i, left + thick, 0);
    for (int i = 0; i < 10; ++i)
        for (int thick = 0; thick < 3; ++thick) {
            paint(image, top + thick, left + i, 0);
            if (label == 1)
                paint(image, top + 7 + thick, left + i, 0);
        }
    return image;
}

Look seen(const Dataset& dataset) {
    const Result<Look> found = look(dataset, 2);
    return found ? *found : Look{};
}

SuggestRequest requestFor(const Look& look, double secondsPerEpoch = 2) {
    SuggestRequest request;
    request.look = look;
    request.home = "/nowhere";
    request.freeBytes = std::uint64_t{8} << 30;
    request.epochSeconds = [secondsPerEpoch](const Experiment&) { return secondsPerEpoch; };
    return request;
}

Look photographs(std::size_t training = 2000) {
    Look look;
    look.training = training;
    look.classes = 4;
    look.smallestClass = look.largestClass = training / 4;
    look.looked = 400;
    look.height = 300;
    look.width = 400;
    look.upsideDown = 0.9;
    return look;
}

const Reason* reasonFor(const Suggestion& suggestion, const std::string& path) {
    for (const Reason& reason : suggestion.reasons)
        if (reason.path == path)
            return &reason;
    return nullptr;
}

} // namespace

/// What a look at the images tells, and what is made of it.
class SuggestTest : public FolderTest {
    Q_OBJECT

private Q_SLOTS:
    void picturesWithoutUpAndDownMayBeMirroredBothWays() {
        const Look look = seen(drawn({"few", "many"}, 100, [](int l, int n) { return discs(l, n, 0); }));
        QCOMPARE(look.looked, std::size_t{200});
        QVERIFY(look.mayFlip(look.leftRight));
        QVERIFY(look.mayFlip(look.upsideDown));
    }

    void aSkyIsNeverBelow() {
        const Look look = seen(drawn({"few", "many"}, 100, [](int l, int n) { return discs(l, n, 2); }));
        QVERIFY(look.mayFlip(look.leftRight));
        QVERIFY(!look.mayFlip(look.upsideDown));
        QVERIFY(look.upsideDown > 0.95);
    }

    void mirroredLettersAreNone() {
        const Look look = seen(drawn({"gamma", "eff"}, 60, letter));
        QVERIFY(look.leftRight > 0.95);
        QVERIFY(look.upsideDown > 0.95);
        QCOMPARE(look.strokes, 1.0);
        QVERIFY(look.grey);
        QCOMPARE(look.height, 28);
    }

    /// Two classes that are each other's mirror images: all together have no direction.
    void aClassThatBecomesAnotherOneIsSeenClassByClass() {
        const Look look = seen(drawn({"left", "right"}, 60, [](int label, int number) {
            Image image = letter(1, number);
            if (label == 1)
                for (int y = 0; y < image.height; ++y)
                    for (int x = 0; x < image.width / 2; ++x)
                        std::swap_ranges(image.row(y) + 3 * x, image.row(y) + 3 * x + 3,
                                         image.row(y) + 3 * (image.width - 1 - x));
            return image;
        }));
        QVERIFY(!look.mayFlip(look.leftRight));
    }

    void classesNamedByCharactersAreNeverMirrored() {
        const Look look = seen(drawn({"6", "9"}, 30, [](int l, int n) { return discs(l, n, 0); }));
        QVERIFY(look.namesAreCharacters);
        QVERIFY(!look.mayFlip(0.5));
    }

    void nothingReadableIsAnError() {
        const Result<Look> found = look(drawn({"a", "b"}, 3, [](int, int) { return Image(); }), 1);
        QVERIFY(!found);
    }

    void whatTheImagesWouldLoseIsKept() {
        Look look = photographs();
        look.channels = 5;
        look.background = Colour{255, 255, 255};
        look.width = 5 * look.height;
        look.largestClass = 12 * look.smallestClass;
        const Result<Suggestion> found = suggest(requestFor(look));
        QVERIFY(found.ok());
        const Experiment& experiment = found->experiment;
        QCOMPARE(experiment.data.channels(), 5);
        QVERIFY(!experiment.data.pixels.background.drop && experiment.data.fit == Fit::Pad);
        QVERIFY(experiment.training.balanced && !experiment.training.loss.balancedClassWeight);
        for (const char* path : {"data.channels", "data.background", "data.fit", "training.balanced"})
            QVERIFY2(reasonFor(*found, path), path);

        SuggestRequest chosen = requestFor(look);
        chosen.data.pixels.channels = ChannelSettings::of({3, 1}); // a person's choice stays
        QVERIFY(suggest(chosen)->experiment.data.pixels.channels == chosen.data.pixels.channels);
    }

    // Open with a share of validation images that is none of so few.
    void epochsAreMeasuredWithoutWhatWatchesValidation() {
        SuggestRequest request = requestFor(photographs(8));
        bool watched = false;
        request.epochSeconds = [&](const Experiment& experiment) {
            watched = watched || experiment.training.earlyStopping.has_value();
            return 0.1;
        };
        const Result<Suggestion> found = suggest(request);
        QVERIFY(found.ok() && found->experiment.training.earlyStopping && !watched);
    }

    void reasonsAreThoseOfWhatWasChosen() {
        const Result<Suggestion> slow = suggest(requestFor(photographs(), 500));
        QCOMPARE(slow->experiment.model.name, std::string("toy_cnn"));
        QVERIFY(reasonFor(*slow, "model.name")->why.find("residual") == std::string::npos);
        QVERIFY(reasonFor(*slow, "data.image_size")->why.find("largest") == std::string::npos);
        const Result<Suggestion> quick = suggest(requestFor(photographs(), 0.01));
        QVERIFY(reasonFor(*quick, "training.epochs")->why.find("fit") == std::string::npos);
        QVERIFY(reasonFor(*quick, "training.epochs")->why.find("less than a second") != std::string::npos);
    }

    void everySuggestionIsAnExperimentWithoutProblems() {
        for (const std::size_t images : {20u, 300u, 5000u, 100000u})
            for (const double seconds : {0.01, 2.0, 500.0})
                for (const int side : {8, 28, 64, 500, 4000}) {
                    Look look = photographs(images);
                    look.height = side;
                    look.width = side * 3 / 2;
                    look.smallestClass = images / 20;
                    const Result<Suggestion> suggestion = suggest(requestFor(look, seconds));
                    QVERIFY(suggestion.ok());
                    const std::vector<Problem> found = problems(suggestion->experiment);
                    QVERIFY2(found.empty(), found.empty() ? "" : (found[0].path + " " + found[0].message).c_str());
                    QCOMPARE(suggestion->secondsPerEpoch, seconds);
                }
    }

    void mirroringFollowsTheLook() {
        const Result<Suggestion> photographs = suggest(requestFor(::photographs()));
        QVERIFY(photographs.ok());
        QVERIFY(photographs->experiment.augmentation.horizontalFlip);
        QVERIFY(!photographs->experiment.augmentation.verticalFlip);
        QCOMPARE(reasonFor(*photographs, "augmentation.vertical_flip")->value, Json(false));
        QVERIFY(QString::fromStdString(reasonFor(*photographs, "augmentation.vertical_flip")->why).contains("90 %"));
        Look cells = ::photographs();
        cells.upsideDown = 0.5;
        QVERIFY(suggest(requestFor(cells))->experiment.augmentation.verticalFlip);
        cells.leftRight = 0.8;
        QVERIFY(!suggest(requestFor(cells))->experiment.augmentation.horizontalFlip);
    }

    void smallImagesKeepTheirSizeOrGrowByAWholeFactor() {
        Look digits = photographs();
        digits.height = digits.width = 8;
        digits.grey = true;
        Experiment experiment = suggest(requestFor(digits))->experiment;
        QCOMPARE(experiment.data.imageHeight, 24);
        QCOMPARE(experiment.data.pixels.channels, ChannelSettings::grey());
        QCOMPARE(experiment.model.name, std::string("toy_cnn"));
        digits.height = digits.width = 28;
        experiment = suggest(requestFor(digits))->experiment;
        QCOMPARE(experiment.data.imageHeight, 28);
    }

    void theMinutesChooseSizeAndEpochs() {
        SuggestRequest request = requestFor(photographs());
        request.epochSeconds = [](const Experiment& experiment) {
            return experiment.data.imageHeight * experiment.data.imageWidth * 1e-3;
        };
        request.minutes = 30;
        const Suggestion many = *suggest(request);
        request.minutes = 2;
        const Suggestion few = *suggest(request);
        QVERIFY(few.experiment.data.imageHeight < many.experiment.data.imageHeight);
        QVERIFY(few.secondsPerEpoch * few.experiment.training.epochs <= 2 * 60);
        QVERIFY(few.experiment.training.epochs >= 15);
        // 400 x 300: wider than high
        QVERIFY(many.experiment.data.imageWidth > many.experiment.data.imageHeight);
    }

    void weightsOfTheHomeAreOfferedFirst() {
        QVERIFY(suggest(requestFor(photographs()))->experiment.model.weights.empty());
        write(QStringLiteral("weights/mobilenetv2_100.ra_in1k.safetensors"), "x");
        write(QStringLiteral("weights/resnet18.tv_in1k.safetensors"), "x");
        SuggestRequest request = requestFor(photographs());
        request.home = path(QString()).toStdString();
        const Suggestion suggestion = *suggest(request);
        QCOMPARE(suggestion.experiment.model.weights, std::string("mobilenetv2_100.ra_in1k"));
        QCOMPARE(suggestion.experiment.model.name, std::string("mobilenet_v2"));
        QCOMPARE(suggestion.experiment.model.freeze, std::string("base"));
        QCOMPARE(suggestion.experiment.normalization.preset, NormalizationSettings::Preset::Imagenet);
        QVERIFY(suggestion.experiment.training.fineTune.has_value());
        QVERIFY(QString::fromStdString(reasonFor(suggestion, "model.weights")->why).contains("14.2 MB, Apache-2.0"));
    }

    void withoutWeightsItIsSaidHowToGetThem() {
        const Suggestion suggestion = *suggest(requestFor(photographs()));
        QCOMPARE(suggestion.experiment.model.name, std::string("resnet18"));
        QVERIFY(reasonFor(suggestion, "model.weights")->value.is_null());
        QVERIFY(QString::fromStdString(reasonFor(suggestion, "model.weights")->why).contains("weights fetch"));
    }

    void rareClassesWeighMore() {
        Look look = photographs();
        QVERIFY(!suggest(requestFor(look))->experiment.training.loss.balancedClassWeight);
        look.smallestClass = look.largestClass / 5;
        QVERIFY(suggest(requestFor(look))->experiment.training.loss.balancedClassWeight);
    }

    void aValidationOfItsOwnIsKept() {
        SuggestRequest request = requestFor(photographs());
        QCOMPARE(suggest(request)->experiment.data.split, SplitRule::Shuffled);
        QCOMPARE(suggest(request)->experiment.data.validationSplit, 0.2);
        request.groups = GroupSuggestion{"(p[0-9]+)_", "p12", "..."};
        QCOMPARE(suggest(request)->experiment.data.group.pattern, std::string("(p[0-9]+)_"));
        request.ownValidation = true;
        QCOMPARE(suggest(request)->experiment.data.validationSplit, 0.0);
        QVERIFY(!reasonFor(*suggest(request), "data.split"));
    }

    /// Every setting that a suggestion changes is taken with one of its reasons.
    void allReasonsTakenAreTheSuggestion() {
        write(QStringLiteral("weights/resnet18.tv_in1k.safetensors"), "x");
        for (const int side : {8, 28, 64, 500})
            for (const double strokes : {0.0, 1.0})
                for (const double upsideDown : {0.5, 0.9})
                    for (const bool weights : {false, true}) {
                        Look look = photographs(5000);
                        look.height = look.width = side;
                        look.strokes = strokes;
                        look.upsideDown = upsideDown;
                        look.grey = strokes > 0;
                        look.smallestClass = 10;
                        SuggestRequest request = requestFor(look);
                        request.groups = GroupSuggestion{"(p[0-9]+)_", "p12", "..."};
                        if (weights)
                            request.home = path(QString()).toStdString();
                        const Suggestion suggestion = *suggest(request);
                        const Experiment all =
                            taking(Experiment{}, suggestion, std::vector<bool>(suggestion.reasons.size(), true));
                        QCOMPARE(QString::fromStdString(toJson(all).dump()),
                                 QString::fromStdString(toJson(suggestion.experiment).dump()));
                    }
    }

    void onlyTheTakenReasonsChangeSomething() {
        const Suggestion suggestion = *suggest(requestFor(photographs()));
        Experiment present;
        present.name = "mine";
        present.seed = 7;
        present.training.threads = 1;
        present.augmentation.hueRange = 0.1;
        std::vector<bool> taken(suggestion.reasons.size(), false);
        QCOMPARE(taking(present, suggestion, taken), present);
        taken[static_cast<std::size_t>(reasonOf(suggestion, "training.epochs"))] = true;
        Experiment expected = present;
        expected.training.epochs = suggestion.experiment.training.epochs;
        QCOMPARE(taking(present, suggestion, taken), expected);
        // shifts go with turning, a network's options with its name
        QCOMPARE(reasonOf(suggestion, "augmentation.width_shift_range"),
                 reasonOf(suggestion, "augmentation.rotation_range"));
        QCOMPARE(reasonOf(suggestion, "model.options"), reasonOf(suggestion, "model.name"));
        const Experiment all = taking(present, suggestion, std::vector<bool>(suggestion.reasons.size(), true));
        QCOMPARE(all.name, std::string("mine"));
        QCOMPARE(all.seed, std::uint64_t{7});
        QCOMPARE(all.training.threads, 1);
    }

    void failuresOfTheMeasurementAreHandedOn() {
        SuggestRequest request = requestFor(photographs());
        request.epochSeconds = [](const Experiment&) { return Result<double>(Error{"no engine"}); };
        QCOMPARE(suggest(request).error().message, std::string("no engine"));
        request.look.classes = 1;
        QVERIFY(!suggest(request));
    }
};

QTEST_GUILESS_MAIN(SuggestTest)
#include "tst_Suggest.moc"
