// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "store/RunSummary.h"

namespace sightline {

/// What a person typed to find runs, all of which must hold:
///
///     resnet starred            words of the name, note, network, tags, group, state, id or place of the images
///     "solar cells"             several words together
///     val_accuracy > .9         a figure (kRunFigures) against a number, also 90 %: > < >= <= = !=
///     learning_rate <= 1e-3     a setting by its path or the end of it
///     optimizer.name = adam
///     name = "tiny a"           a field (kRunFields); several words in quotes
///     tag != paper              whether it has the tag
///     created >= 2026-11-01     a day or an hour (2026-11-01T14), UTC
class RunFilter {
public:
    /// Errors: a comparison without a value, or of what is neither a figure, a field nor a setting; a number against a
    /// word.
    static Result<RunFilter> parse(const std::string& text);

    bool matches(const RunSummary& run) const;
    bool empty() const { return m_words.empty() && m_comparisons.empty(); }

private:
    enum class Relation { Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual };
    struct Comparison {
        std::string name;
        Relation relation;
        std::string value;
    };
    static bool holds(const Comparison& comparison, const Json& value);

    std::vector<std::string> m_words; ///< case folded
    std::vector<Comparison> m_comparisons;
};

/// A figure of a run by its name (kRunFigures) or one of its settings by its path or the end of it; null where the run
/// has none.
Json valueOf(const RunSummary& run, const std::string& name);

/// val_accuracy and val_loss are the best of all epochs, loss and accuracy the last.
inline constexpr const char* kRunFigures[] = {"val_accuracy", "val_loss",   "accuracy",      "loss",
                                              "epochs",       "best_epoch", "planned_epochs"};
/// "tag" is the same as "tags".
inline constexpr const char* kRunFields[] = {"id", "name", "note", "state", "network", "tags", "created"};

} // namespace sightline
