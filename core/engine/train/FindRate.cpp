// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/FindRate.h"

namespace sightline::engine {

Result<RateCurve> findRate(const RateFindRequest&, std::stop_token, const std::function<void(double)>&) {
    return cancelled();
}

} // namespace sightline::engine
