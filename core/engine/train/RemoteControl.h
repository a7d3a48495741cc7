// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <thread>

#include "engine/TrainControl.h"

namespace sightline::engine {

/// Hands a run's control to other processes while this lives: looks for their commands a few times a second.
class RemoteControl {
public:
    /// Both outlive this.
    RemoteControl(const std::filesystem::path& runFolder, TrainControl& control);
    ~RemoteControl();
    RemoteControl(const RemoteControl&) = delete;
    RemoteControl& operator=(const RemoteControl&) = delete;

private:
    void look(TrainControl& control);

    std::filesystem::path m_folder;
    std::jthread m_thread;
};

} // namespace sightline::engine
