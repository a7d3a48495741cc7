// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/explain/Asked.h"
#include "engine/train/TrainSetup.h"
#include "store/ProbeFile.h"

namespace sightline::engine {

/// Draws the heat maps of a run's pinned images (training.probes) and keeps them in its folder, at most kProbeShare of
/// the time. It changes nothing that is trained, and nothing that goes wrong here ends a run.
class ProbeDrawer {
public:
    /// Of a run whose folder is there and that goes on after `lastEpoch`: what was drawn later is forgotten.
    void begin(const std::filesystem::path& run, int lastEpoch);

    /// What a person is to know of it.
    struct Drawn {
        std::optional<ProbesDrawn> event;
        std::vector<std::string> notes; ///< each is said once
    };
    /// After an epoch that took `seconds`. The first, the last and the one after other images were pinned are always
    /// drawn.
    Drawn epochEnded(const TrainSetup& setup, int epoch, double seconds, bool isLast, const std::stop_token& stop);

private:
    struct Prepared {
        std::string path;
        int label = -1;
        Image image; ///< of the data's size
    };
    void prepare(const TrainSetup& setup, const LoadedModel& model, std::vector<std::string>& notes);
    Result<void> draw(const LoadedModel& model, std::span<const Prepared> images, const std::stop_token& stop,
                      std::vector<ProbeMap>& maps) const;
    Result<void> drawAll(const TrainSetup& setup, int epoch, const std::stop_token& stop, Drawn& drawn);

    std::filesystem::path m_run;
    std::vector<std::string> m_probes; ///< that `m_images` were made of
    std::vector<Prepared> m_images;
    double m_lastDrawing = 0, m_trainedSince = 0; ///< seconds
    bool m_drew = false;
    std::set<std::string> m_told;
};

} // namespace sightline::engine
