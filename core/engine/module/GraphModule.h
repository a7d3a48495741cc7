// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/module/Fusions.h"
#include "engine/module/SyncBatchNorm.h"
#include "experiment/Experiment.h"
#include "network/GraphSpec.h"
#include "support/Result.h"

namespace sightline::engine {

/// A GraphSpec with weights, computed by LibTorch.
///
/// All parameters are views into one flat float32 buffer, the running statistics into another: the optimiser is one
/// pass, a snapshot one copy. So are the gradients of small tensors; those of large ones stay where the backward pass
/// made them, which saves clearing and adding up as many values. Convolution weights lie channels-last.
///
/// What is const may run on several threads at once; all else belongs to one.
class GraphModule {
public:
    /// Fresh weights, a pure function of (spec, seed). Errors: a fault of the graph, named by its node.
    static Result<std::shared_ptr<GraphModule>> make(const GraphSpec& spec, std::uint64_t seed);
    /// All weights zero: for those of a file.
    static Result<std::shared_ptr<GraphModule>> blank(const GraphSpec& spec);
    /// With the flat buffers of another module of the same spec, which are shared, not copied. Error also: other sizes.
    static Result<std::shared_ptr<GraphModule>> over(const GraphSpec& spec, const torch::Tensor& parameters,
                                                     const torch::Tensor& statistics);

    /// `images` [N, C, H, W], best channels-last. Gives every output [N, classes] in the spec's order, main first.
    /// `tapped` is filled with the outputs of the nodes named in it.
    std::vector<torch::Tensor> forward(const torch::Tensor& images, bool training,
                                       std::map<std::string, torch::Tensor>* tapped = nullptr);
    /// The same in eval mode.
    std::vector<torch::Tensor> infer(const torch::Tensor& images,
                                     std::map<std::string, torch::Tensor>* tapped = nullptr) const;
    /// What is drawn from now on (dropout, random layers) depends on this only, whatever else draws in this program.
    void seedDraws(std::uint64_t seed);

    /// What the frozen part makes of images: the outputs of featureNodes(), the same in every epoch. No gradients.
    std::vector<torch::Tensor> features(const torch::Tensor& images) const;
    /// The rest of forward() from there.
    std::vector<torch::Tensor> forwardFromFeatures(const std::vector<torch::Tensor>& features, bool training);
    const std::vector<std::size_t>& featureNodes() const { return m_featureNodes; } ///< indices into spec().nodes
    bool isFixed(std::size_t node) const {
        return m_fixedNode[node];
    } ///< frozen, or after frozen ones without weights or chance

    /// Eval mode: everything up to `node` without gradients; `cut` becomes its output, a leaf that requires them; the
    /// main output [N, classes] then depends on `cut`, so autograd::grad(score, {cut}) looks inside without hooks.
    torch::Tensor forwardFromCut(const torch::Tensor& images, const std::string& node, torch::Tensor& cut) const;

    const GraphSpec& spec() const { return m_spec; }
    const GraphCost& cost() const { return m_cost; }
    const torch::Tensor& parameters() const { return m_parameters; } ///< flat [P]
    const torch::Tensor& statistics() const { return m_statistics; } ///< flat [S]

    /// Parameters become leaves with gradients; those of the first `frozen` nodes (network/Freezing.h) keep their
    /// weights, their batch-norms stay in inference mode. May be called again during a run. `rates` gives blocks rates
    /// of their own.
    void enableTraining(std::size_t frozen = 0, const std::optional<FineTuneSettings>& rates = {});
    /// A trainable stretch of parameters(), the factor of the learning rate there, and its gradients in the same order.
    struct Stretch {
        std::int64_t offset = 0, count = 0;
        double rate = 1;
        float* gradients = nullptr; ///< of the last backward pass; valid until zeroGradients()
    };
    std::vector<Stretch> trainableStretches();
    void zeroGradients();
    /// From now on batch-norms that learn see what all processes see; null: their own batch. `sums` outlives it.
    void syncBatchNorms(const BatchNormSums* sums) { m_batchNormSums = sums; }
    bool isFinite() const; ///< whether every parameter and running statistic is a number
    /// Of every dropout layer, from the next batch on: a rate, or { NODE: rate } for each its own; false where there is
    /// none.
    bool setDropout(const Json& rate);
    /// For weights of a family that trained with another one (WeightNaming).
    void setBatchNormEpsilon(double epsilon);
    std::optional<double>
    batchNormEpsilon() const; ///< the one of all batch-norms; nothing where they differ or there are none

    /// One tensor of the network: its name in files, its C-order shape, and where it lives.
    struct Entry {
        TensorSpec spec;
        torch::Tensor view;      ///< of the flat buffer, shape as in files (strides may differ)
        std::int64_t offset = 0; ///< in parameters() or statistics()
        std::size_t node = 0;    ///< index into spec().nodes
        bool frozen = false;
        double rate = 1; ///< factor of the learning rate
        std::int64_t gradientOffset =
            -1; ///< of a trainable tensor in the gradients' buffer; below 0: it has a tensor of its own
    };
    const std::vector<Entry>& entries() const { return m_entries; }

private:
    GraphModule();
    static Result<std::shared_ptr<GraphModule>> assembled(const GraphSpec& spec, torch::Tensor parameters,
                                                          torch::Tensor statistics);
    void initialise(std::uint64_t seed);
    /// Fills `values` from the nodes before; `skipped` nodes are left as they are.
    void run(std::vector<torch::Tensor>& values, bool training, const std::vector<bool>& skipped,
             std::map<std::string, torch::Tensor>* tapped) const;
    /// The fusion in one pass, or node by node where its values are not of the kind that one pass takes.
    torch::Tensor computeFused(const NormFusion& fusion, std::vector<torch::Tensor>& values) const;
    BatchNormTensors batchNorm(std::size_t node) const;
    std::vector<torch::Tensor> outputsOf(const std::vector<torch::Tensor>& values) const;
    torch::Tensor compute(std::size_t node, const std::vector<torch::Tensor>& inputs, bool training,
                          bool mayReuse) const;
    const torch::Tensor& tensor(std::size_t node, const char* suffix) const;

    GraphSpec m_spec;
    GraphCost m_cost;
    torch::Tensor m_parameters, m_gradients, m_statistics;
    std::vector<Entry> m_entries;
    std::vector<std::unordered_map<std::string, std::size_t>> m_tensorsOfNode; ///< per node: suffix -> entry
    std::vector<std::vector<std::size_t>> m_inputsOf;
    std::vector<std::size_t> m_uses; ///< how many nodes and outputs read a node
    Fusions m_fusions;
    std::vector<bool> m_frozenNode;
    std::vector<bool> m_fixedNode; ///< need no gradient and draw nothing
    std::vector<std::size_t> m_featureNodes;
    torch::Generator m_draws;
    const BatchNormSums* m_batchNormSums = nullptr;
};

} // namespace sightline::engine
