// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "support/Result.h"

namespace sightline {

/// The place of a process among those that train one network together, and where they find each other.
struct RankPlace {
    int rank = 0, size = 1;
    std::string address; ///< of the machine of rank 0
    int port = 0;        ///< rank 0 listens there until the training ends

    bool operator==(const RankPlace&) const = default;
};

/// The value of an environment variable, null where it is not set: std::getenv.
using Environment = std::function<const char*(const char*)>;

/// As torchrun's variables say (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT), else, inside srun only, Slurm's
/// (SLURM_PROCID, SLURM_NTASKS, with address and port from the job unless MASTER_ADDR and MASTER_PORT name others).
/// Nothing where this process trains alone. LOCAL_RANK and SLURM_LOCALID choose among a machine's devices, of which
/// there is one kind here, the CPU. Errors: a variable is missing or makes no sense.
///
/// A port that the launcher keeps for its own store (TORCHELASTIC_USE_AGENT_STORE) is not ours to listen on: another
/// one is made of it, from 20000 to 32767.
Result<std::optional<RankPlace>> rankPlace(const Environment& variable);

/// The first host of a list as Slurm writes it: "n[03-07,9],m1" begins with n03.
std::string firstHost(const std::string& list);

} // namespace sightline
