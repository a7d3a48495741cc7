// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "Command.h"
#include "engine/ModelSource.h"

namespace sightline::cli {

/// The network that a command asks: a run's, or one with its weights.
struct NetworkOptions {
    std::string run;                 ///< with --model the first image, where the command takes images
    std::vector<std::string> images; ///< the others then
    std::string model, weights, normalization = "rescale", input, options = "{}", checkpoint = "best";
    int classes = 1000;
    std::vector<std::string> changes; ///< --set

    std::vector<std::string> allImages() const;
};

/// Adds RUN, --model and what belongs to it, and --checkpoint.
void addNetwork(CLI::App& command, NetworkOptions& options);
/// Beside them IMAGE and --set; `images` says what becomes of the images.
void addNetworkWithImages(CLI::App& command, NetworkOptions& options, const std::string& images);

/// Says on stderr where a checkpoint is damaged. Errors: no such run, or what --model needs is missing or wrong.
Result<ModelSource> sourceOf(const NetworkOptions& options, Context& context);

/// How the network's images are read: as its run read them, else by the number of its channels.
Result<PixelSettings> pixelsOf(const ModelSource& source);

/// Where what is made of an image goes: the name itself for one image, into the folder it names for several.
std::filesystem::path placeOf(const std::string& given, const std::string& image, bool several, const char* extension);

/// Whether a file can be written in the folder, which is made where it is not there: before the work, not after it.
Result<void> makeWritable(const std::filesystem::path& folder);
/// The same for a single file: its folder has to be there.
Result<void> canWrite(const std::filesystem::path& file);

} // namespace sightline::cli
