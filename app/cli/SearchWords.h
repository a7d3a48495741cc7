// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "search/SearchRunner.h"

namespace sightline::cli {

/// A line for a person on stderr, where the event is worth one; `quiet` leaves out the progress of batches.
void sayEvent(const SearchEvent& event, const SearchPlan& plan, bool quiet);

/// The best trial and its settings, on stdout.
void printBest(const SearchView& view, int best);

/// Everything about a search, on stdout.
void printSearch(const SearchView& view);

} // namespace sightline::cli
