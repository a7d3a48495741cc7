// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiment/AugmentationSettings.h"
#include "experiment/DataSettings.h"
#include "support/Json.h"

namespace sightline {

/// A new classifier on a network's base: `model.head`.
struct HeadSettings {
    enum class Pooling { Avg, Max, Flatten };
    Pooling pooling = Pooling::Avg;
    std::vector<int> dense; ///< units of each hidden layer, ReLU after each
    double dropout = 0.0;   ///< after each hidden layer; without one, before the classifier

    bool operator==(const HeadSettings&) const = default;
};

/// The `model` block.
struct ModelSettings {
    std::string name = "toy_cnn";
    Json options = Json::object();    ///< the architecture's own options
    std::string weights;              ///< a .safetensors file or a name of the hub; empty = start anew
    std::string freeze = "none";      ///< none | base | a node id up to which everything is frozen
    std::optional<HeadSettings> head; ///< absent: the network's own
    Json graph;                       ///< a GraphSpec instead of a name; null or an object or a file's path

    bool operator==(const ModelSettings&) const = default;
};

enum class Precision { Auto, Fp32, Bf16 };

struct OptimizerSettings {
    enum class Name { Adam, Sgd, RmsProp, AdamW };
    Name name = Name::Adam;
    double learningRate = 0.001;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-7;    ///< Keras' place and value (SPEC 5.5)
    double momentum = 0.0;    ///< sgd, rmsprop
    bool nesterov = false;    ///< sgd
    double rho = 0.9;         ///< rmsprop
    double weightDecay = 0.0; ///< adamw: decoupled; others: L2
    double clipNorm = 0.0;    ///< global gradient norm; 0 = off

    bool operator==(const OptimizerSettings&) const = default;
};

struct LossSettings {
    double labelSmoothing = 0.0;
    bool balancedClassWeight = false;
    std::map<std::string, double> outputWeights; ///< by output name; others keep the network's own

    bool operator==(const LossSettings&) const = default;
};

enum class MonitorMode { Auto, Min, Max };

/// Keras' EarlyStopping (SPEC 5.1).
struct EarlyStoppingSettings {
    std::string monitor = "val_loss";
    MonitorMode mode = MonitorMode::Auto;
    int patience = 10;
    double minDelta = 0.0;
    std::optional<double> baseline;
    int startFromEpoch = 0;
    bool restoreBestWeights = true;

    bool operator==(const EarlyStoppingSettings&) const = default;
};

/// Keras' ReduceLROnPlateau (SPEC 5.2).
struct ReduceLrSettings {
    std::string monitor = "val_loss";
    MonitorMode mode = MonitorMode::Auto;
    double factor = 0.1;
    int patience = 5;
    double minDelta = 1e-4;
    double minLr = 0.0;
    int cooldown = 0;

    bool operator==(const ReduceLrSettings&) const = default;
};

struct ScheduleSettings {
    enum class Name { Constant, Cosine, OneCycle, Step };
    Name name = Name::Constant;
    int warmupEpochs = 0;
    double minLr = 0.0;  ///< cosine
    int stepEpochs = 10; ///< step
    double gamma = 0.1;  ///< step

    bool operator==(const ScheduleSettings&) const = default;
};

struct CheckpointSettings {
    std::string monitor = "val_accuracy"; ///< empty where there is no validation: `best` means `last`
    MonitorMode mode = MonitorMode::Auto;
    int keepEvery = 0; ///< 0 best and last, 1 all, K every K epochs

    bool operator==(const CheckpointSettings&) const = default;
};

/// What happens to a frozen network later in a run: `training.fine_tune`.
struct FineTuneSettings {
    int atEpoch = 2;                        ///< the first epoch of it, from 1
    std::string unfreeze = "all";           ///< from this node or block on to the end; "all": everything
    double learningRateFactor = 0.1;        ///< times the learning rate from then on
    int gradual = 0;                        ///< 0: at once; K: one block more every K epochs, the last first
    std::map<std::string, double> perBlock; ///< factor of a node's or block's rate, throughout the run

    bool operator==(const FineTuneSettings&) const = default;
};

struct TrainingSettings {
    int epochs = 50;
    int batchSize = 32;
    Precision precision = Precision::Auto;
    std::string device = "auto";
    int threads = 0; ///< compute threads; 0 = the CPUs available
    OptimizerSettings optimizer;
    LossSettings loss;
    std::optional<EarlyStoppingSettings> earlyStopping;
    std::optional<ReduceLrSettings> reduceLrOnPlateau;
    ScheduleSettings schedule;
    int loaderThreads = 0;       ///< that read and augment images; 0: as many as fit the CPUs
    double saveEveryMinutes = 5; ///< a checkpoint in the middle of an epoch; 0: only at the ends of epochs
    bool balanced = false;       ///< each class is drawn equally often; an epoch keeps its number of images
    bool syncBatchNorm = false;  ///< of several processes: batch-norms see the whole batch, not each process's part
    bool cacheFeatures = false;  ///< the frozen base's outputs are computed once and kept on disk
    std::optional<FineTuneSettings> fineTune;
    static constexpr std::size_t kMostProbes = 16;
    std::vector<std::string> probes; ///< images whose heat maps are drawn after each epoch: paths in the data
    std::optional<CheckpointSettings> checkpoint; ///< absent: val_accuracy where there is validation

    bool operator==(const TrainingSettings&) const = default;
};

/// Everything about a run, as a value: the same file for window, command line and cluster (CLI.md, version 1).
/// Immutable once a run starts.
struct Experiment {
    std::string name;
    std::uint64_t seed = 42;
    DataSettings data;
    AugmentationSettings augmentation;
    NormalizationSettings normalization;
    ModelSettings model;
    TrainingSettings training;

    bool operator==(const Experiment&) const = default;
};

/// Reads version 1. All problems (unknown keys, wrong types, impossible values) are reported at once in one Error.
Result<Experiment> experimentFromJson(const Json& json);
/// The same, but keeps what could be read and hands the problems back: what forms show.
Experiment experimentFromJson(const Json& json, std::vector<Problem>& problems);
Result<Experiment> readExperiment(const std::filesystem::path& file);
/// setJsonPath() on an experiment's document: a key that another one says in other words (color_mode and channels,
/// keep_aspect_ratio and fit) takes that one's place.
Result<void> setSetting(Json& experiment, std::string_view path, std::string_view value);
Json toJson(const Experiment& experiment);

/// What is impossible whatever the data and the network, with JSON paths (`training.optimizer.learning_rate`).
std::vector<Problem> problems(const Experiment& experiment);

/// max where the monitored name contains acc, auc or f1, else min (SPEC 8.2).
bool monitorsMaximum(MonitorMode mode, const std::string& monitor);

} // namespace sightline
