// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// Sample-weighted running mean, in double.
class RunningMean {
public:
    void add(double value, double weight = 1.0) {
        m_sum += value * weight;
        m_weight += weight;
    }
    double mean() const { return m_weight > 0 ? m_sum / m_weight : 0.0; }
    double weight() const { return m_weight; }

private:
    double m_sum = 0, m_weight = 0;
};

/// What one epoch ended with; one row of history.csv.
struct EpochMetrics {
    int epoch = 0; ///< 1-based
    double loss = 0, accuracy = 0;
    std::optional<double> valLoss, valAccuracy;
    double learningRate = 0; ///< the rate of this epoch, before any reduction at its end
    double seconds = 0, imagesPerSecond = 0;
    double waitShare = 0; ///< share of the epoch the trainer waited for data, 0...1
    int skippedImages = 0;

    bool operator==(const EpochMetrics&) const = default;
    /// "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"; nothing where absent.
    std::optional<double> value(const std::string& name) const;
};

/// Rows true, columns predicted.
class ConfusionMatrix {
public:
    explicit ConfusionMatrix(int classes = 0);
    void add(int truth, int predicted);
    int classes() const { return m_classes; }
    std::int64_t at(int truth, int predicted) const;
    std::int64_t total() const;

private:
    int m_classes = 0;
    std::vector<std::int64_t> m_counts;
};

struct ClassReport {
    std::string name;
    std::int64_t support = 0;
    double precision = 0, recall = 0, f1 = 0; ///< 0 where undefined, as scikit-learn
    double meanConfidence = 0;
};

/// One image of an evaluation.
struct Prediction {
    std::string path;         ///< relative to the data root
    std::uint32_t sample = 0; ///< index into the data set
    int truth = -1, predicted = 0;
    double confidence = 0, loss = 0;
    std::vector<float> probabilities;
};

/// Evaluation::split of the images that came since a run began.
inline constexpr const char* kNewImages = "new";

/// What `evaluate` finds.
struct Evaluation {
    std::string split; ///< train, val, test
    std::vector<std::string> classes;
    double loss = 0, accuracy = 0, top5Accuracy = 0;
    std::vector<ClassReport> perClass;
    ConfusionMatrix confusion;
    std::vector<Prediction> predictions;
    std::vector<std::string> skipped; ///< unreadable images, and images of classes the run does not know
    // Against what the run was trained on; absent for runs of older versions, which kept no list of their images.
    std::optional<std::size_t> missing, fresh;   ///< of all splits: gone since, and new since
    std::vector<std::string> notes;              ///< for the person: damaged checkpoints, missing images ...
    std::shared_ptr<const Evaluation> newImages; ///< where they were asked for; split "new"
};

/// Fills loss, accuracies, perClass and confusion from predictions and classes.
void summarize(Evaluation& evaluation);
/// CLI.md's document for `evaluate --json`.
Json toJson(const Evaluation& evaluation);
/// predictions.csv of `evaluate --out` (CLI.md), RFC 4180 quoting.
std::string predictionsCsv(const Evaluation& evaluation);

} // namespace sightline
