// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/AskedModel.h"
#include "engine/explain/Asked.h"

namespace sightline::engine {

/// How far an answer is, and whether it is still wanted.
struct Asking {
    std::stop_token stop = {};
    Progress progress = {};

    bool isStopped() const { return stop.stop_requested(); }
    void tell(std::size_t done, std::size_t total) const {
        if (progress)
            progress(done, total);
    }
};

// One file for each kind of question; see engine/questions/ for what is asked. They may throw what libraries throw.
Result<HeatMap> answer(const Asked& asked, const HeatMapQuestion& question, const Asking& asking);
Result<MapsReport> answer(const Asked& asked, const MapsReportQuestion& question, const Asking& asking);
Result<OccludedHeatMap> answer(const Asked& asked, const OcclusionQuestion& question, const Asking& asking);
Result<HeatMapsOfSplit> answer(const Asked& asked, const HeatMapsQuestion& question, const Asking& asking);
Result<Predictions> answer(const Asked& asked, const PredictionsQuestion& question, const Asking& asking);
Result<Evaluation> answer(const Asked& asked, const EvaluationQuestion& question, const Asking& asking);
Result<Features> answer(const Asked& asked, const FeaturesQuestion& question, const Asking& asking);
Result<Robustness> answer(const Asked& asked, const RobustnessQuestion& question, const Asking& asking);
Result<Trust> answer(const Asked& asked, const TrustQuestion& question, const Asking& asking);
Result<Activations> answer(const Asked& asked, const ActivationsQuestion& question, const Asking& asking);
Result<FilterPictures> answer(const Asked& asked, const FilterPicturesQuestion& question, const Asking& asking);
Result<Kernels> answer(const Asked& asked, const KernelsQuestion& question, const Asking& asking);
Result<Examples> answer(const Asked& asked, const ExamplesQuestion& question, const Asking& asking);
Result<UnknownRule> answer(const Asked& asked, const UnknownRuleQuestion& question, const Asking& asking);
Result<Suspects> answer(const Asked& asked, const SuspectsQuestion& question, const Asking& asking);

} // namespace sightline::engine
