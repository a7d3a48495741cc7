// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "Command.h"
#include "engine/AskedModel.h"
#include "engine/ModelSource.h"

namespace sightline::cli {

/// The network that a command asks: a run's, or one with its weights.
struct NetworkOptions {
    std::string run;                 ///< with --model the first image, where the command takes images
    std::vector<std::string> images; ///< the others then
    std::string model, weights, normalization, input, options, checkpoint; ///< empty: not given
    int classes = 0;                                                       ///< 0: not given
    std::vector<std::string> changes;                                      ///< --set
    bool takesImages = false;

    std::vector<std::string> allImages() const; ///< each once
};

/// Adds RUN, --model and what belongs to it, and --checkpoint.
void addNetwork(CLI::App& command, NetworkOptions& options);
/// Beside them IMAGE and --set; `images` says what becomes of the images.
void addNetworkWithImages(CLI::App& command, NetworkOptions& options, const std::string& images);

/// Says on stderr where a checkpoint is damaged. Errors: no such run, what --model needs is missing or wrong, or an
/// option of the one beside the other.
Result<ModelSource> sourceOf(const NetworkOptions& options, Context& context);

/// Whether a file can be written in the folder, which is made where it is not there: before the work, not after it.
Result<void> makeWritable(const std::filesystem::path& folder);
/// The same of a single file: its folder has to be there.
Result<void> canWrite(const std::filesystem::path& file);

/// A network that can be asked.
struct OpenedNetwork {
    ModelSource source;
    std::string dataPath; ///< where --set says its images are now; empty: where the run says
    PixelSettings pixels; ///< as its run read images, else by the number of its channels
    std::shared_ptr<const AskedModel> model;
};

/// What comes before the first question of `command`. `places`: where its results go (empty: nowhere), folders where it
/// gives `several`; that they can be written is seen before weights are read.
Result<OpenedNetwork> openNetwork(const NetworkOptions& options, Context& context, const char* command,
                                  const std::vector<std::string>& places, bool several, int threads);

} // namespace sightline::cli
