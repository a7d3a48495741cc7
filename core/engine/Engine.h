// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "engine/TrainControl.h"
#include "engine/TrainEvents.h"
#include "experiment/Experiment.h"
#include "experiment/RunEdit.h"
#include "metrics/Metrics.h"
#include "network/GraphSpec.h"
#include "support/Npy.h"

namespace sightline {

struct TrainRequest {
    Experiment experiment;
    std::filesystem::path home; ///< data home with the run store
    std::string resume;         ///< a run to continue; `experiment` is then read from its folder
    bool background = false;    ///< gives way to a window on the same machine: lower priority
    // Beside `resume`:
    std::vector<Setting> settings = {}; ///< what changes from here on (mayChange()); recorded in the run
    std::string dataPath = {};       ///< where the run's images are now; remembered by the run. Empty: where they were
    std::optional<int> threads = {}; ///< compute threads of this process
};

struct EvaluateRequest {
    std::filesystem::path runFolder;
    std::string split; ///< train | val | test; empty: test, else val
    std::string checkpoint = "best";
    int batchSize = 32;
    int threads = 0;
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
    bool judgeNew = false;     ///< images that came since the run began, too, as a group of their own
};

/// Where the weights of an explanation or a prediction come from: a run's checkpoint, a snapshot, or a bare file.
struct ModelSource {
    std::filesystem::path runFolder; ///< a run ...
    std::string checkpoint = "best";
    std::shared_ptr<const WeightSnapshot> snapshot; ///< ... or its weights while it trains ...
    // ... or no run at all:
    std::string model; ///< zoo name or a GraphSpec file
    Json options = Json::object();
    std::filesystem::path weights;
    NormalizationSettings normalization;
    int height = 0, width = 0, channels = 3, classes = 1000;
};

enum class CamMethod { GradCam, HiResCam, GradCamPlusPlus, XGradCam, LayerCam, EigenCam };
std::optional<CamMethod> camMethodFromName(const std::string& name);
const char* nameOf(CamMethod method);

struct ExplainRequest {
    ModelSource source;
    Image image;    ///< as decoded, any size; resized as the run's data settings say
    int truth = -1; ///< true class, for target "true"
    CamMethod method = CamMethod::GradCam;
    std::string target = "predicted"; ///< predicted | true | a class's name or number | A-B
    std::string layer;                ///< empty: automatic
    bool logSoftmax = false;
    int threads = 0;
};

struct Explanation {
    std::vector<std::string> classes; ///< empty without a run
    std::vector<float> probabilities;
    int predicted = 0;
    double confidence = 0;
    std::string target; ///< a class's name, or number without a run, or A-B
    std::string method, layer;
    int mapHeight = 0, mapWidth = 0; ///< before resizing
    FloatArray map;                  ///< [H, W] of the network's input, 0...1
    FloatArray rawMap;               ///< [mapHeight, mapWidth], after ReLU, not normalised
    double maximum = 0;
    bool saturated = false; ///< all zero: nothing speaks for the target
    Image input;            ///< what the network saw, before normalisation
    double milliseconds = 0;
};

struct ImagePrediction {
    std::string path;
    std::string error; ///< not empty: could not be read
    std::vector<float> probabilities;
};

struct PredictRequest {
    ModelSource source;
    std::vector<std::filesystem::path> images;
    int threads = 0;
};

struct ForwardRequest {
    std::string model; ///< zoo name or GraphSpec file
    Json options = Json::object();
    std::filesystem::path weights;
    FloatArray input; ///< [H, W, C], normalised
    int classes = 1000;
    int threads = 0;
};

/// A trained network as a TorchScript module: input [N, C, H, W] as the network takes it, output [N, classes], logits.
struct TorchScriptRequest {
    ModelSource source;
    std::filesystem::path file;
    std::map<std::string, std::string> metadata; ///< extra files of the archive, "labels" and so on
};

/// How long an epoch of an experiment takes on this machine, from a short measurement with the real images.
struct EpochTimeRequest {
    Experiment experiment;
    std::shared_ptr<const Dataset> dataset;
    double seconds = 2; ///< measured time, after warming up
};
struct EpochTime {
    double secondsPerEpoch = 0; ///< training and validation
    double secondsOnce = 0;     ///< before the first epoch, where features are cached
    double imagesPerSecond = 0; ///< training alone
};

struct TrainBenchRequest {
    std::string model;
    Json options = Json::object();
    int height = 128, width = 128, channels = 3, classes = 5, batch = 32, threads = 0;
    Precision precision = Precision::Auto;
    double seconds = 5; ///< measured time
};
struct TrainBench {
    double imagesPerSecond = 0;
    std::uint64_t peakRssBytes = 0;
    std::string precision;
};

struct ExplainBenchRequest {
    std::string model;
    Json options = Json::object();
    int height = 224, width = 224, channels = 3, classes = 1000, threads = 0;
    CamMethod method = CamMethod::GradCam;
};
struct ExplainBench {
    double milliseconds = 0, forwardMilliseconds = 0;
};

/// The one door to torch. All calls are synchronous and may run on different threads at once; `train` and `explain` do
/// not disturb each other. Nothing throws.
class Engine {
public:
    virtual ~Engine() = default;

    /// Trains to the end. The sink gets every event; the returned RunEnded is the last one. Batch order, draws and
    /// weights depend on the experiment, device and thread count only.
    virtual RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control,
                           const EventSink& sink) = 0;
    virtual Result<Evaluation> evaluate(const EvaluateRequest& request, std::stop_token stop,
                                        const Progress& progress) = 0;
    virtual Result<std::vector<ImagePrediction>> predict(const PredictRequest& request, std::stop_token stop,
                                                         const Progress& progress) = 0;
    virtual Result<Explanation> explain(const ExplainRequest& request, std::stop_token stop) = 0;
    /// Logits [classes] of the main output, float32, eval mode.
    virtual Result<FloatArray> forward(const ForwardRequest& request) = 0;
    virtual Result<void> exportTorchScript(const TorchScriptRequest& request) = 0;
    /// Trains a copy that is thrown away; no run is made. Error: the experiment's problems, or Cancelled.
    virtual Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) = 0;
    virtual Result<TrainBench> benchTrain(const TrainBenchRequest& request) = 0;
    virtual Result<ExplainBench> benchExplain(const ExplainBenchRequest& request) = 0;
    /// "LibTorch 1.13.1, CPU, 2 threads".
    virtual std::string description() const = 0;
};

/// Loads libsightline_engine.so (and with it LibTorch, about 0.7 s) on first call; later calls are free. Thread-safe.
/// In this way a window paints before torch is loaded and `--version` needs none.
Result<Engine*> loadEngine();

/// Problems that need the data set and the network: a network too deep for the input, a monitor without validation,
/// an unknown architecture, one class only, a batch larger than the training set.
std::vector<Problem> problems(const Experiment& experiment, const Dataset& dataset);

/// The network an experiment asks for, for a number of classes (ModelSettings::name or graph), with the input of `data`
/// after any random crop.
Result<GraphSpec> graphFor(const Experiment& experiment, int classes);

enum class ColorMap { Turbo, Jet, Inferno, Viridis, Grey };
/// A map of values from 0 to 1 in colours, scaled to height x width; empty where it is no map.
Image colored(const FloatArray& map, int height, int width, ColorMap colors);
/// `over`, of the image's size and RGB, laid over the image; opacity 0...1. Where it is empty: the image as RGB.
Image blended(const Image& image, const Image& over, double opacity);
/// Both at once: what Grad-CAM pictures look like.
Image overlay(const Image& image, const FloatArray& map, double opacity = 0.5, ColorMap colors = ColorMap::Turbo);

} // namespace sightline

/// The symbol loadEngine() looks up.
extern "C" sightline::Engine* sightlineCreateEngine();
