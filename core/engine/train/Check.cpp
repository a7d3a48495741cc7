// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Check.h"

namespace sightline::engine {

Result<TrainCheck> check(const TrainCheckRequest&, std::stop_token, const std::function<void(double)>&) {
    return cancelled();
}

} // namespace sightline::engine
