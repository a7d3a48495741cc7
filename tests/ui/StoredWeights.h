// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include <string>

#include "engine/TrainEvents.h"
#include "experiment/RunEdit.h"
#include "store/RunFolder.h"
#include "store/RunState.h"
#include "store/Safetensors.h"

namespace sightline::ui {

/// A checkpoint without any weights: as far as the window reads it.
inline void saveWeights(const RunFolder& run, const char* name, int epoch) {
    const Json state{{"epoch", epoch}, {"batch", 0}, {"settings", changeableSettings(*run.experiment())}};
    QVERIFY(writeSafetensors(run.path() / "checkpoints" / (std::string(name) + ".safetensors"), {},
                             {{kRunState, toText(state, -1)}}));
}

/// As a run that goes on says it, once they are written.
inline CheckpointSaved bestOf(int epoch) {
    return {epoch, "checkpoints/best.safetensors", true};
}

} // namespace sightline::ui
