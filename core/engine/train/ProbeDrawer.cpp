// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/ProbeDrawer.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/ProbeImages.h"
#include "engine/explain/HeatMapScore.h"
#include "engine/explain/Heats.h"

namespace sightline::engine {

namespace {

constexpr const char* kNotDrawn = "The heat maps of the pinned images are not drawn: ";

/// What a question would be asked of: the weights as they are, shared, in a module of its own.
Result<LoadedModel> modelOf(const TrainSetup& setup) {
    auto module = GraphModule::over(setup.module->spec(), setup.module->parameters(), setup.module->statistics());
    if (!module)
        return module.error();
    LoadedModel model{*module,
                      setup.dataset.classes,
                      setup.experiment.data,
                      setup.experiment.normalization,
                      setup.experiment.augmentation,
                      setup.fitted};
    model.data.pixels = setup.dataset.resolved(setup.experiment.data.pixels);
    return model;
}

/// A map as it is kept: no side longer than kLongestProbeSide, its largest value 255.
void keepMap(const FloatArray& raw, ProbeMap& map) {
    torch::NoGradGuard noGradients;
    torch::Tensor values =
        torch::from_blob(const_cast<float*>(raw.values.data()), {1, raw.shape[0], raw.shape[1]}, torch::kFloat);
    const auto side = [](std::int64_t length) { return std::min<std::int64_t>(length, kLongestProbeSide); };
    if (raw.shape[0] > kLongestProbeSide || raw.shape[1] > kLongestProbeSide)
        values = torch::adaptive_avg_pool2d(values, {side(raw.shape[0]), side(raw.shape[1])});
    const double most = values.max().item<double>();
    const torch::Tensor bytes =
        (values * (most > 0 ? 255 / most : 0)).round().clamp(0, 255).to(torch::kUInt8).contiguous();
    map.height = static_cast<int>(bytes.size(1));
    map.width = static_cast<int>(bytes.size(2));
    map.values.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
}

ProbeMap probeMapOf(const HeatMap& map, const std::string& path, int label) {
    ProbeMap probe;
    probe.path = path;
    probe.predicted = map.classes[static_cast<std::size_t>(map.predicted)];
    probe.probability = map.confidence;
    if (label >= 0 && static_cast<std::size_t>(label) < map.classes.size()) {
        probe.truth = map.classes[static_cast<std::size_t>(label)];
        probe.truthProbability = static_cast<double>(map.probabilities[static_cast<std::size_t>(label)]);
    }
    keepMap(map.rawMap, probe);
    return probe;
}

} // namespace

void ProbeDrawer::begin(const std::filesystem::path& run, int lastEpoch) {
    m_run = run;
    forgetProbesAfter(run, lastEpoch);
}

/// The images that are pinned now, read once.
void ProbeDrawer::prepare(const TrainSetup& setup, const LoadedModel& model, std::vector<std::string>& notes) {
    const std::vector<std::string>& probes = setup.experiment.training.probes;
    const auto samples = probeSamples(probes, setup.dataset);
    std::vector<Prepared> images;
    for (std::size_t i = 0; i < probes.size(); ++i) {
        const auto known = std::find_if(m_images.begin(), m_images.end(),
                                        [&](const Prepared& image) { return image.path == probes[i]; });
        if (known != m_images.end()) {
            images.push_back(std::move(*known));
            continue;
        }
        if (!samples[i]) {
            notes.push_back("The pinned image " + shown(probes[i]) + " is not among the images of this run.");
            continue;
        }
        const Sample& sample = setup.dataset.samples[*samples[i]];
        const Result<Image> image = setup.dataset.source->decoded(sample, model.data.pixels);
        if (image)
            images.push_back({probes[i], sample.label, preparedImage(model, *image)});
        else
            notes.push_back("A pinned image cannot be read: " + image.error().message);
    }
    m_images = std::move(images);
    m_probes = probes;
}

Result<void> ProbeDrawer::draw(const LoadedModel& model, std::span<const Prepared> images, const std::stop_token& stop,
                               std::vector<ProbeMap>& maps) const {
    const auto layer = heatMapLayer(*model.module, HeatMapMethod::GradCam, {});
    if (!layer)
        return layer.error();
    const HeatsAsked what{*model.module, model.classes, HeatMapMethod::GradCam, "predicted", *layer};
    std::vector<torch::Tensor> inputs;
    std::vector<int> truths;
    for (const Prepared& image : images) {
        inputs.push_back(preparedInput(model, image.image));
        truths.push_back(image.label);
    }
    const auto heats = heatsOf(what, torch::cat(inputs), truths, {stop, {}});
    if (!heats)
        return heats.error();
    const auto drawn = heatMapsFrom(what, *heats, model.height(), model.width());
    if (!drawn)
        return drawn.error();
    for (std::size_t i = 0; i < drawn->size(); ++i)
        maps.push_back(probeMapOf((*drawn)[i], images[i].path, images[i].label));
    return {};
}

Result<void> ProbeDrawer::drawAll(const TrainSetup& setup, int epoch, const std::stop_token& stop, Drawn& drawn) {
    const auto model = modelOf(setup);
    if (!model)
        return model.error();
    if (m_probes != setup.experiment.training.probes)
        prepare(setup, *model, drawn.notes);
    if (m_images.empty())
        return {};
    ProbeMaps probes{epoch, {}};
    const auto atOnce = static_cast<std::size_t>(imagesInAPass(*model->module));
    for (std::size_t begin = 0; begin < m_images.size(); begin += atOnce) {
        const std::size_t count = std::min(atOnce, m_images.size() - begin);
        if (const auto done = draw(*model, std::span(m_images).subspan(begin, count), stop, probes.maps); !done)
            return done;
    }
    if (const Result<void> written = writeProbes(m_run, probes); !written)
        return written;
    drawn.event = ProbesDrawn{epoch, probeFile(epoch)};
    return {};
}

ProbeDrawer::Drawn ProbeDrawer::epochEnded(const TrainSetup& setup, int epoch, double seconds, bool isLast,
                                           const std::stop_token& stop) {
    Drawn drawn;
    const std::vector<std::string>& probes = setup.experiment.training.probes;
    m_trainedSince += seconds;
    const bool isDue = isLast || !m_drew || probes != m_probes || isProbeDrawingDue(m_lastDrawing, m_trainedSince);
    if (probes.empty() || !isDue)
        return drawn;
    const auto begin = std::chrono::steady_clock::now();
    Result<void> done;
    try {
        done = drawAll(setup, epoch, stop, drawn);
    } catch (const std::exception& exception) {
        const std::string reason = exception.what();
        done = Error{reason.substr(0, reason.find('\n'))};
    }
    m_lastDrawing = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    m_trainedSince = 0;
    m_drew = true;
    if (!done && done.error().kind != ErrorKind::Cancelled)
        drawn.notes.push_back(kNotDrawn + done.error().message);
    std::erase_if(drawn.notes, [this](const std::string& note) { return !m_told.insert(note).second; });
    return drawn;
}

} // namespace sightline::engine
