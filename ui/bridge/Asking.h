// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "bridge/Questions.h"

namespace sightline::ui {

/// Everything a question needs once it has left the window's thread.
struct Asked {
    std::shared_ptr<const OpenedRun> run;
    HeatMapSettings settings;
    Subject subject;
    std::shared_ptr<const Dataset> dataset; ///< that of subject.sample
    std::shared_ptr<TrainControl> live;     ///< of the run in progress; null: the checkpoint answers
    std::string checkpoint = "best";
};

/// The image of a subject as a run reads it. Reads files: not for the window's thread.
Result<Image> decodedFor(const OpenedRun& run, const Subject& subject, const Dataset* dataset);
/// The part of it that the run's network sees, for the screen.
Image seenPart(const Image& decoded, const OpenedRun& run);
/// Whether a map by this method takes many passes through the network: a person waits for it, and may not want to.
bool takesLong(HeatMapMethod method);
/// The name under which the subject is shown.
QString titleOf(const Asked& asked);
/// Decodes the image, asks the engine and makes pictures of what it says. On a worker.
Result<std::shared_ptr<const HeatMapAnswer>> answerTo(const Asked& asked, const EngineDoor& door,
                                                      const std::stop_token& stop, const Progress& progress = {});

} // namespace sightline::ui
