// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "engine/HeatMapMethod.h"
#include "engine/ModelSource.h"
#include "engine/Overlay.h"
#include "engine/RankPlace.h"
#include "engine/RateFinder.h"
#include "engine/TrainCheck.h"
#include "engine/TrainControl.h"
#include "engine/TrainEvents.h"
#include "experiment/Experiment.h"
#include "experiment/RunEdit.h"
#include "metrics/Metrics.h"
#include "network/GraphSpec.h"
#include "store/RunGroup.h"
#include "support/Npy.h"

namespace sightline {

class AskedModel;
class SharedImages;

struct TrainRequest {
    Experiment experiment;
    std::filesystem::path home; ///< data home with the run store
    std::string resume;         ///< a run to continue; `experiment` is then read from its folder
    bool background = false;    ///< gives way to a window on the same machine: lower priority
    bool waitsForRoom = false;  ///< pauses where the run cannot be written (a full disk) until it is resumed or stopped
    std::optional<RunGroup> group = {};        ///< of a new run
    std::shared_ptr<SharedImages> images = {}; ///< of a new run: opened and decoded once for all that have the same
    std::optional<RankPlace> ranks = {};       ///< of several processes that train it together; what rank 0 says goes
    // Beside `resume`:
    std::vector<Setting> settings = {}; ///< what changes from here on (mayChange()); recorded in the run
    std::string dataPath = {};       ///< where the run's images are now; remembered by the run. Empty: where they were
    std::optional<int> threads = {}; ///< compute threads of this process
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
    HeatMapMethod method = HeatMapMethod::GradCam;
};
struct ExplainBench {
    double milliseconds = 0, forwardMilliseconds = 0;
};

/// The one door to torch. All calls are synchronous and may run on different threads at once; training and
/// what is asked do not disturb each other. Nothing throws.
class Engine {
public:
    virtual ~Engine() = default;

    /// Trains to the end. The sink gets every event; the returned RunEnded is the last one. Batch order, draws and
    /// weights depend on the experiment, device and thread count only.
    virtual RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control,
                           const EventSink& sink) = 0;
    /// The network of a source, ready to be asked; `threads` compute its answers (0: all CPUs). Weights of files are
    /// kept while these are the same, up to an eighth of the memory that was free: opening again costs nothing.
    virtual Result<std::shared_ptr<const AskedModel>> open(const ModelSource& source, int threads = 0) = 0;
    /// Logits [classes] of the main output, float32, eval mode.
    virtual Result<FloatArray> forward(const ForwardRequest& request) = 0;
    virtual Result<void> exportTorchScript(const TorchScriptRequest& request) = 0;
    /// Trains a copy that is thrown away; no run is made. Error: the experiment's problems, or Cancelled.
    virtual Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) = 0;
    /// A copy is trained and thrown away; no run is made. `progress` hears the share done, on this thread.
    virtual Result<RateCurve> findRate(const RateFindRequest& request, std::stop_token stop,
                                       const std::function<void(double)>& progress) = 0;
    virtual Result<TrainCheck> check(const TrainCheckRequest& request, std::stop_token stop,
                                     const std::function<void(double)>& progress) = 0;
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

} // namespace sightline

/// The symbol loadEngine() looks up.
extern "C" sightline::Engine* sightlineCreateEngine();
