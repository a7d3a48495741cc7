// SPDX-License-Identifier: GPL-3.0-or-later
#include "suggest/Suggest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "network/TrainingMemory.h"
#include "support/Download.h"
#include "support/Words.h"
#include "zoo/Hub.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

/// Public weights, those first whose features carry over best to other images (top-1 of ImageNet, Kornblith et al.
/// 2019).
constexpr std::array kBestWeights{"convnext_tiny.fb_in1k",
                                  "resnet50.a1_in1k",
                                  "efficientnet_b0.ra_in1k",
                                  "densenet121.ra_in1k",
                                  "resnet50.tv_in1k",
                                  "efficientnet_lite0.ra_in1k",
                                  "tf_efficientnet_lite0.in1k",
                                  "densenet121.tv_in1k",
                                  "mobilenetv2_100.ra_in1k",
                                  "resnet18.a1_in1k",
                                  "resnet18.tv_in1k",
                                  "inception_resnet_v2.tf_in1k",
                                  "vgg16.tv_in1k",
                                  "mobilenetv3_small_100.lamb_in1k"};

constexpr double kLongest = 2; ///< times the other side: images longer than that are not stretched

constexpr int kSmallSide = 48; ///< pixels; below it weights for photographs and their deep networks have nothing to see

int rounded(double value, int step) {
    return std::max(step, static_cast<int>(std::lround(value / step)) * step);
}

std::string percent(double share) {
    return std::to_string(std::lround(share * 100)) + " %";
}

/// "4 min", "35 s", "less than a second".
std::string duration(double seconds) {
    return seconds >= 90    ? std::to_string(std::lround(seconds / 60)) + " min"
           : seconds >= 0.5 ? std::to_string(std::lround(std::max(1.0, seconds))) + " s"
                            : "less than a second";
}

/// Builds the suggestion step by step, each with its reasons.
class Adviser {
public:
    explicit Adviser(const SuggestRequest& request) : m_request(request), m_look(request.look) {
        m_suggestion.experiment.data = request.data;
    }

    Result<Suggestion> advise() {
        chooseSplit();
        choosePixels();
        if (const Result<void> chosen = chooseNetwork(); !chosen)
            return chosen.error();
        fillReasons();
        return std::move(m_suggestion);
    }

private:
    Experiment& experiment() { return m_suggestion.experiment; }
    void because(const std::string& path, const std::string& why) { m_whys.emplace_back(path, why); }

    bool isSmall() const { return std::min(m_look.height, m_look.width) <= kSmallSide; }
    bool mayMirrorLeftRight() const { return m_look.mayFlip(m_look.leftRight); }
    bool mayMirrorUpsideDown() const { return m_look.mayFlip(m_look.upsideDown); }
    bool isStrokes() const { return m_look.strokes >= 0.5; }

    void chooseSplit();
    void choosePixels();
    /// Of an epoch. What watches validation is left out: the images as they are open may have none.
    Result<double> secondsOf(Experiment candidate) const;
    Result<void> chooseNetwork();
    struct Candidate {
        Experiment experiment;
        const HubWeights* weights;
        double secondsPerEpoch = 0;
        bool isEnough = false; ///< the minutes allow epochs enough to learn
    };
    Result<void> measure(Candidate& candidate) const;
    Experiment fromWeights(const HubWeights& weights, int side) const;
    Experiment fromScratch(int side, bool plain = false) const;
    void setSize(DataSettings& data, int side) const;
    void setTraining(Experiment& candidate, bool pretrained) const;
    AugmentationSettings augmentation(bool pretrained) const;
    int batch(const Experiment& candidate) const;
    int fewestEpochs() const { return std::clamp(static_cast<int>(30'000 / images()), 8, 60); }
    int mostEpochs() const { return std::clamp(static_cast<int>(120'000 / images()), 20, 150); }
    std::size_t images() const { return std::max<std::size_t>(m_look.training, 1); }
    void explainNetwork(const HubWeights* weights, bool enough);
    void explainAugmentation();
    void explainTraining();
    void fillReasons();

    const SuggestRequest& m_request;
    const Look& m_look;
    Suggestion m_suggestion;
    std::vector<std::pair<std::string, std::string>> m_whys; ///< path, why; the values are read from the experiment
};

void Adviser::chooseSplit() {
    DataSettings& data = experiment().data;
    if (m_request.ownValidation) {
        data.validationSplit = 0;
        return;
    }
    data.validationSplit = images() < 200 ? 0.25 : images() > 20'000 ? 0.1 : 0.2;
    data.split = SplitRule::Shuffled;
    because("data.validation_split",
            "There are no validation images of their own; " + percent(data.validationSplit) +
                " of the training images tell whether the network learns what holds for others.");
    because(
        "data.split",
        "Drawn from each class by the seed: the first files by name are often of one day, one place or one camera.");
    if (m_request.groups && data.group.empty()) {
        data.group.pattern = m_request.groups->pattern;
        because("data.group.pattern",
                "File names suggest groups (" + m_request.groups->example +
                    " ...); pictures of one object on both sides would make validation look too good.");
    }
}

/// What would be lost: drawings on a transparent ground, channels beyond the third, the shape of long images.
void Adviser::choosePixels() {
    DataSettings& data = experiment().data;
    const bool chosen = data.pixels.channels.kind == ChannelSettings::Kind::Chosen;
    if (!chosen && m_look.channels > 0) {
        std::vector<int> all(static_cast<std::size_t>(m_look.channels));
        std::iota(all.begin(), all.end(), 0);
        data.pixels.channels = ChannelSettings::of(std::move(all));
        because("data.channels", "Each image has " + std::to_string(m_look.channels) +
                                     " channels; as colors or gray, some would be dropped.");
    } else if (!chosen)
        data.pixels.channels = m_look.grey ? ChannelSettings::grey() : ChannelSettings::rgb();
    if (m_look.background && data.pixels.background.drop) {
        data.pixels.background = {false, *m_look.background};
        because("data.background", "Without their transparency these drawings are a single color.");
    }
    const double aspect = static_cast<double>(m_look.width) / static_cast<double>(m_look.height);
    if (data.fit == Fit::Stretch && (aspect > kLongest || aspect < 1 / kLongest)) {
        data.fit = Fit::Pad;
        because("data.fit", "The images are long; stretched, they would lose their shape.");
    }
}

Result<double> Adviser::secondsOf(Experiment candidate) const {
    candidate.training.earlyStopping.reset();
    return m_request.epochSeconds(candidate);
}

/// The aspect of the images, in about side x side pixels; multiples of 8.
void Adviser::setSize(DataSettings& data, int side) const {
    const double aspect =
        std::clamp(static_cast<double>(m_look.width) / static_cast<double>(m_look.height), 1 / kLongest, kLongest);
    if (isSmall()) { // as they are, or so much larger that something is left after the pools
        const int factor =
            std::max(1, (24 + std::min(m_look.height, m_look.width) - 1) / std::min(m_look.height, m_look.width));
        data.imageHeight = std::min(factor * m_look.height, 128);
        data.imageWidth = std::min(factor * m_look.width, 128);
    } else if (aspect > 1.2 || aspect < 1 / 1.2) {
        data.imageHeight = rounded(side / std::sqrt(aspect), 8);
        data.imageWidth = rounded(side * std::sqrt(aspect), 8);
    } else
        data.imageHeight = data.imageWidth = side;
}

Experiment Adviser::fromWeights(const HubWeights& weights, int side) const {
    Experiment candidate = m_suggestion.experiment;
    setSize(candidate.data, side);
    candidate.model.name = weights.network;
    candidate.model.weights = weights.name;
    candidate.model.freeze = "base";
    candidate.model.head = HeadSettings{};
    candidate.model.head->dropout = 0.2;
    candidate.normalization.preset = presetOf(weights);
    candidate.training.fineTune.emplace();
    candidate.training.fineTune->atEpoch = 3;
    setTraining(candidate, true);
    return candidate;
}

Experiment Adviser::fromScratch(int side, bool plain) const {
    Experiment candidate = m_suggestion.experiment;
    setSize(candidate.data, side);
    if (isSmall() || plain) {
        candidate.model.name = "toy_cnn";
        candidate.model.options = {{"filters", {32, 64, 128}},
                                   {"dense", {128}},
                                   {"dropout", 0.3},
                                   {"batch_norm", true},
                                   {"global_pool", true}};
    } else
        candidate.model.name = "resnet18";
    candidate.normalization.preset = NormalizationSettings::Preset::Half;
    setTraining(candidate, false);
    return candidate;
}

AugmentationSettings Adviser::augmentation(bool pretrained) const {
    AugmentationSettings settings;
    const auto shift = [](double share) { return ShiftRange{ShiftRange::Form::Float, {share}}; };
    settings.fillMode = FillMode::Reflect;
    settings.horizontalFlip = mayMirrorLeftRight();
    settings.verticalFlip = mayMirrorUpsideDown();
    const bool anyWay = settings.horizontalFlip && settings.verticalFlip;
    if (isStrokes() && !anyWay) {
        settings.fillMode = FillMode::Nearest;
        settings.rotationRange = 10;
        settings.widthShiftRange = settings.heightShiftRange = shift(0.08);
        settings.zoomRange = {0.9, 1.1};
        settings.shearRange = 5;
        return settings;
    }
    settings.rotationRange = anyWay ? 10 : settings.horizontalFlip ? 15 : 10;
    settings.widthShiftRange = settings.heightShiftRange = shift(anyWay ? 0.05 : 0.1);
    settings.zoomRange = anyWay ? Range{0.9, 1.1} : Range{0.8, 1.2};
    settings.brightnessRange = Range{0.8, 1.2};
    settings.randomContrast = 0.2;
    if (pretrained && settings.horizontalFlip && !anyWay && images() > 3000) {
        settings.randomResizedCrop = ResizedCropSettings{{0.5, 1.0}, {3.0 / 4.0, 4.0 / 3.0}};
        settings.zoomRange = {1.0, 1.0};
        settings.widthShiftRange = settings.heightShiftRange = ShiftRange{};
    }
    return settings;
}

int Adviser::batch(const Experiment& candidate) const {
    int wanted = images() < 500 ? 16 : images() > 20'000 ? 64 : 32;
    const auto graph = buildFromZoo(candidate.model.name,
                                    {candidate.data.imageHeight, candidate.data.imageWidth, candidate.data.channels(),
                                     static_cast<int>(m_look.classes), candidate.model.options});
    if (!graph || m_request.freeBytes == 0)
        return wanted;
    const auto cost = shapes(*graph);
    if (!cost)
        return wanted;
    const int largest = largestBatch(*graph, *cost, {}, static_cast<std::int64_t>(m_request.freeBytes / 4 * 3));
    while (wanted > 1 && wanted > largest)
        wanted /= 2;
    return wanted;
}

void Adviser::setTraining(Experiment& candidate, bool pretrained) const {
    candidate.augmentation = augmentation(pretrained);
    TrainingSettings& training = candidate.training;
    training.batchSize = batch(candidate);
    training.optimizer.name = OptimizerSettings::Name::AdamW;
    training.optimizer.learningRate = 0.001;
    training.optimizer.weightDecay = pretrained ? 0.01 : 0.05;
    training.schedule.name = ScheduleSettings::Name::Cosine;
    training.loss.labelSmoothing = m_look.classes > 2 ? 0.1 : 0.05;
    training.balanced = m_look.imbalance() >= 10;
    training.loss.balancedClassWeight = m_look.imbalance() >= 3 && !training.balanced;
}

/// Measures an epoch and sets the epochs that the minutes allow.
Result<void> Adviser::measure(Candidate& candidate) const {
    const Result<double> seconds = secondsOf(candidate.experiment);
    if (!seconds)
        return seconds.error();
    candidate.secondsPerEpoch = *seconds;
    const double epochs = m_request.minutes * 60 / std::max(*seconds, 1e-3);
    candidate.isEnough = epochs >= fewestEpochs();
    TrainingSettings& training = candidate.experiment.training;
    training.epochs = std::clamp(static_cast<int>(epochs), std::min(5, fewestEpochs()), mostEpochs());
    training.schedule.warmupEpochs = training.epochs >= 10 ? std::max(1, training.epochs / 20) : 0;
    if (training.fineTune)
        training.fineTune->atEpoch = std::clamp(training.epochs / 8, 2, 5);
    training.earlyStopping.emplace();
    training.earlyStopping->patience = std::max(5, training.epochs / 3);
    return {};
}

/// The best start whose epochs fit the minutes; where none does, the quickest.
Result<void> Adviser::chooseNetwork() {
    std::vector<Candidate> candidates;
    const int side = std::min(m_look.height, m_look.width);
    std::error_code code;
    if (!isSmall())
        for (const char* name : kBestWeights)
            if (const HubWeights* weights = findInHub(name);
                weights && std::filesystem::exists(hubFile(m_request.home, name), code))
                for (const int size : {224, 160, 128})
                    if (size <= std::max(side * 3 / 2, 128))
                        candidates.push_back({fromWeights(*weights, size), weights});
    if (candidates.empty() && !isSmall())
        for (const int size : {128, 96, 64})
            if (size <= std::max(side * 5 / 4, 64))
                candidates.push_back({fromScratch(size), nullptr});
    if (candidates.empty() || !candidates.front().weights)
        candidates.push_back({fromScratch(64, true), nullptr});
    const Candidate* chosen = nullptr;
    for (Candidate& candidate : candidates) {
        if (const Result<void> measured = measure(candidate); !measured)
            return measured;
        chosen = &candidate;
        if (candidate.isEnough)
            break;
    }
    m_suggestion.secondsPerEpoch = chosen->secondsPerEpoch;
    m_suggestion.experiment = chosen->experiment;
    explainNetwork(chosen->weights, chosen->isEnough);
    explainAugmentation();
    explainTraining();
    return {};
}

void Adviser::explainNetwork(const HubWeights* weights, bool enough) {
    const std::string size = std::to_string(m_look.width) + " x " + std::to_string(m_look.height);
    because("data.image_size", isSmall() ? "The images are small (typically " + size +
                                               "); they are used as they are, or enlarged by a whole factor."
                               : enough ? "The images are typically " + size +
                                              "; this is the largest size whose epochs fit " +
                                              duration(m_request.minutes * 60) + "."
                                        : "The images are typically " + size + "; even at this small size, " +
                                              duration(m_request.minutes * 60) + " is little.");
    if (experiment().data.pixels.channels.kind == ChannelSettings::Kind::Grey)
        because("data.color_mode", "None of the " + counted(m_look.looked, "image") + " looked at has colors.");
    if (weights) {
        because("model.name", "Its public weights are in your data home, and begin with what " +
                                  findInZoo(weights->network)->title + " has learned from 1.3 million photographs.");
        because("model.weights",
                weights->name + " (" + bytesText(weights->bytes) + ", " + weights->licence + ") is already here.");
        because("model.freeze",
                "First only the new classifier learns, so that its first random steps do not spoil the weights.");
        because("model.head", "The classifier is for the classes of this data set.");
        because("training.fine_tune", "Then the whole network learns on, at a tenth of the rate.");
        because("normalization.preset", "The pixel values these weights were trained with.");
        return;
    }
    if (isSmall())
        because("model.name",
                "Images of this size need few layers; three convolutions with batch normalization learn them fast.");
    else if (experiment().model.name == "toy_cnn")
        because("model.name", "Three convolutions with batch normalization: larger networks would see the images too "
                              "few times in " +
                                  duration(m_request.minutes * 60) + ".");
    else {
        because("model.name",
                "A sound first choice for " + counted(images(), "image") +
                    ": residual connections and batch normalization train well without weights to start from.");
        const HubWeights* better = findInHub("resnet18.a1_in1k");
        because("model.weights", "No public weights are in your data home. With " + better->name + " (" +
                                     bytesText(better->bytes) + ", " + better->licence +
                                     ") it would begin with features of photographs: sightline-cli weights fetch " +
                                     better->name + ".");
    }
    because("normalization.preset", "Values from -1 to 1, around 0, suit networks that start from random weights.");
}

void Adviser::explainAugmentation() {
    const AugmentationSettings& chosen = experiment().augmentation;
    const auto told = [&](double share) {
        return m_look.namesAreCharacters
                   ? std::string("The classes are single characters, and a mirrored character is another one or none.")
                   : "Mirrored pictures are told from real ones in " + percent(share) + " of " +
                         counted(m_look.looked, "image") + " (chance: 50 %): ";
    };
    const std::string harmless = "they could as well be real.", harmful = "the set has no such pictures.";
    const auto flip = [&](const char* path, bool on, double share) {
        because(path, told(share) + (m_look.namesAreCharacters ? "" : on ? harmless : harmful));
    };
    flip("augmentation.horizontal_flip", chosen.horizontalFlip, m_look.leftRight);
    flip("augmentation.vertical_flip", chosen.verticalFlip, m_look.upsideDown);
    if (isStrokes() && !(chosen.horizontalFlip && chosen.verticalFlip))
        because("augmentation.rotation_range",
                "Strokes on an even ground: small turns, shifts and slants are how writing and drawing vary.");
    else {
        because("augmentation.rotation_range", "A camera is never held quite the same.");
        because("augmentation.brightness_range", "Light and exposure change from picture to picture.");
    }
    if (chosen.randomResizedCrop)
        because("augmentation.random_resized_crop", "Another part at another scale each time: the usual way to train "
                                                    "on photographs, and there are enough of them.");
    else if (chosen.zoomRange != Range{1.0, 1.0})
        because("augmentation.zoom_range", "Things are nearer or farther, in the center or beside it.");
}

void Adviser::explainTraining() {
    const TrainingSettings& training = experiment().training;
    const double total = m_suggestion.secondsPerEpoch * training.epochs;
    const std::string epochs = counted(static_cast<std::size_t>(training.epochs), "epoch");
    because("training.epochs",
            "An epoch takes about " + duration(m_suggestion.secondsPerEpoch) + " here; " +
                (training.epochs == mostEpochs() ? "more than " + epochs + " add little."
                 : total <= m_request.minutes * 60
                     ? epochs + " fit " + duration(m_request.minutes * 60) + "."
                     : epochs + " are the fewest that teach it anything, and take " + duration(total) + "."));
    because("training.batch_size",
            training.batchSize < 32
                ? "Small batches: few images, or little memory."
                : "Large enough to keep the cores busy, small enough for many steps and for the memory.");
    because("training.optimizer.name", "Adam with decoupled weight decay needs the least tuning.");
    because("training.optimizer.learning_rate", "The usual rate for it.");
    because("training.optimizer.weight_decay",
            experiment().model.weights.empty()
                ? "Keeps a network that starts from scratch from learning images by heart."
                : "Little: the weights are good already.");
    because("training.schedule.name",
            training.schedule.warmupEpochs > 0
                ? "The rate falls along a cosine to the end, after a short warm-up: the last epochs settle."
                : "The rate falls along a cosine to the end: the last epochs settle.");
    because("training.early_stopping",
            "Stops where validation has not improved for a third of the epochs, and keeps the best weights.");
    because("training.loss.label_smoothing", "Keeps the network from being surer than the labels deserve.");
    const std::string imbalance = "The largest class has " + std::to_string(std::lround(m_look.imbalance())) +
                                  " times the images of the smallest; ";
    if (training.loss.balancedClassWeight)
        because("training.loss.class_weight", imbalance + "without weights the rare ones would be given up.");
    if (training.balanced)
        because("training.balanced", imbalance + "each class is drawn equally often, so that rare ones count.");
}

/// Values as the experiment's JSON has them; a setting that is not in it was left out.
void Adviser::fillReasons() {
    const Json json = toJson(m_suggestion.experiment);
    for (const auto& [path, why] : m_whys) {
        const Json* at = &json;
        for (std::size_t begin = 0; at && begin <= path.size();) {
            const std::size_t end = std::min(path.find('.', begin), path.size());
            const auto found = at->is_object() ? at->find(path.substr(begin, end - begin)) : at->end();
            at = at->is_object() && found != at->end() ? &*found : nullptr;
            begin = end + 1;
        }
        m_suggestion.reasons.push_back({path, at ? *at : path.ends_with("_flip") ? Json(false) : Json(), why});
    }
}

} // namespace

Result<Suggestion> suggest(const SuggestRequest& request) {
    if (request.look.classes < 2)
        return badInput("The data set has only one class; a classifier needs at least two.");
    return Adviser(request).advise();
}

} // namespace sightline
