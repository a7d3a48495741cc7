// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/NormedActivation.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sightline::engine {

const NormLoopsOfTypes& normLoops(InstructionSet set, NormActivation activation) {
    switch (set) {
    case InstructionSet::Avx512:
        return normLoopsAvx512(activation);
    case InstructionSet::Avx2:
        return normLoopsAvx2(activation);
    case InstructionSet::Portable:
        break;
    }
    return normLoopsPortable(activation);
}

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

const NormLoopsOfTypes& bestLoops(NormActivation activation) {
    static const InstructionSet best = instructionSets().back();
    return normLoops(best, activation);
}

bool channelsLieTogether(const torch::Tensor& x) {
    if (!x.device().is_cpu() || x.layout() != torch::kStrided)
        return false;
    return x.dim() == 4 ? x.is_contiguous(at::MemoryFormat::ChannelsLast) : x.dim() == 2 && x.is_contiguous();
}

/// Work for as many even parts of the rows as there are threads, fewer where that is little: the same at every call.
template <typename Work>
void inParts(std::int64_t rows, std::int64_t channels, Work work) {
    constexpr std::int64_t kValuesOfAPart = 1 << 14;
    const std::int64_t threads = std::clamp<std::int64_t>(at::get_num_threads(), 1, rows),
                       parts = std::clamp<std::int64_t>(rows * channels / kValuesOfAPart, 1, threads);
    at::parallel_for(0, parts, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t part = from; part < to; ++part)
            work(part, rows * part / parts, rows * (part + 1) / parts);
    });
}

/// What `work(begin, end, sums, scratch)` adds to two sums a channel, over all rows; in the order of the parts.
template <typename Work>
std::vector<double> summed(std::int64_t rows, std::int64_t channels, Work work) {
    const auto width = static_cast<std::size_t>(2 * channels);
    std::vector<std::vector<double>> sums(static_cast<std::size_t>(std::max(at::get_num_threads(), 1)));
    inParts(rows, channels, [&](std::int64_t part, std::int64_t begin, std::int64_t end) {
        std::vector<double> own(width);
        std::vector<float> scratch(width);
        work(begin, end, own.data(), scratch.data());
        sums[static_cast<std::size_t>(part)] = std::move(own);
    });
    for (std::size_t part = 1; part < sums.size(); ++part)
        for (std::size_t i = 0; i < sums[part].size(); ++i)
            sums[0][i] += sums[part][i];
    return std::move(sums[0]);
}

/// What each channel is multiplied with and moved by. Tensors [C], float32.
struct Channels {
    torch::Tensor scale, offset, mean, inverse;

    static Channels blank(std::int64_t count) {
        const auto make = [&] { return torch::empty({count}, torch::kFloat); };
        return {make(), make(), make(), make()};
    }
    NormRows rows(std::int64_t count) const {
        return {count, scale.numel(), scale.data_ptr<float>(), offset.data_ptr<float>(), mean.data_ptr<float>()};
    }
};

/// The passes over values of one type.
template <typename Stored>
class NormPass {
public:
    NormPass(const NormLoops<Stored>& loops, const torch::Tensor& x)
        : m_loops(loops), m_x(of(x)), m_width(x.size(1)), m_rows(x.numel() / x.size(1)) {}

    /// The batch's mean and deviation; the running statistics learn them.
    Channels learned(const BatchNormTensors& norm) const {
        const std::vector<float> shift = middleOfSome();
        const std::vector<double> sums =
            summed(m_rows, m_width, [&](std::int64_t begin, std::int64_t end, double* sum, float* scratch) {
                m_loops.moments(at(m_x, begin), end - begin, m_width, shift.data(), sum, scratch);
            });
        Channels channels = Channels::blank(m_width);
        float *scale = channels.scale.data_ptr<float>(), *offset = channels.offset.data_ptr<float>(),
              *means = channels.mean.data_ptr<float>(), *inverses = channels.inverse.data_ptr<float>(),
              *runningMean = norm.runningMean.data_ptr<float>(), *runningVar = norm.runningVar.data_ptr<float>();
        const float *weight = norm.weight.data_ptr<float>(), *bias = norm.bias.data_ptr<float>();
        const auto count = static_cast<double>(m_rows);
        for (std::int64_t c = 0; c < m_width; ++c) {
            const auto first = static_cast<std::size_t>(c), second = static_cast<std::size_t>(m_width + c);
            const double distance = sums[first] / count, mean = distance + shift[first];
            const double variance = std::max(sums[second] / count - distance * distance, 0.0);
            const double unbiased = variance * count / (count - 1);
            runningMean[c] = static_cast<float>(runningMean[c] + norm.momentum * (mean - runningMean[c]));
            runningVar[c] = static_cast<float>(runningVar[c] + norm.momentum * (unbiased - runningVar[c]));
            const double inverse = 1 / std::sqrt(variance + norm.epsilon);
            inverses[c] = static_cast<float>(inverse);
            means[c] = static_cast<float>(mean);
            scale[c] = static_cast<float>(weight[c] * inverse);
            offset[c] = static_cast<float>(bias[c] - mean * weight[c] * inverse);
        }
        return channels;
    }

    void forward(const Channels& channels, const torch::Tensor& other, const torch::Tensor& y) const {
        inParts(m_rows, m_width, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
            m_loops.forward(channels.rows(end - begin), at(m_x, begin), at(of(other), begin), at(of(y), begin));
        });
    }

    /// Fills `toX`; where `y` is defined, something was added before it, whose gradient goes to `toOther`. Gives [2,
    /// C]: the gradients of weight and bias.
    torch::Tensor backward(const Channels& channels, const torch::Tensor& y, const torch::Tensor& gradient,
                           const torch::Tensor& toX, const torch::Tensor& toOther) const {
        const std::vector<double> sums =
            summed(m_rows, m_width, [&](std::int64_t begin, std::int64_t end, double* sum, float* scratch) {
                m_loops.sums(channels.rows(end - begin), at(m_x, begin), at(of(y), begin), at(of(gradient), begin),
                             at(of(toOther), begin), sum, scratch);
            });
        torch::Tensor ofBoth = torch::empty({2, m_width}, torch::kFloat);
        float *ofWeight = ofBoth.data_ptr<float>(), *ofBias = ofWeight + m_width;
        const float *scale = channels.scale.data_ptr<float>(), *inverse = channels.inverse.data_ptr<float>();
        std::vector<float> slope(sums.size() / 2), constant(sums.size() / 2);
        const auto count = static_cast<double>(m_rows);
        for (std::int64_t c = 0; c < m_width; ++c) {
            const auto first = static_cast<std::size_t>(c), second = static_cast<std::size_t>(m_width + c);
            ofBias[c] = static_cast<float>(sums[first]);
            ofWeight[c] = static_cast<float>(sums[second] * inverse[c]);
            constant[first] = static_cast<float>(-scale[c] * sums[first] / count);
            slope[first] = static_cast<float>(-scale[c] * inverse[c] * inverse[c] * sums[second] / count);
        }
        inParts(m_rows, m_width, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
            m_loops.backward(channels.rows(end - begin), at(m_x, begin), at(of(gradient), begin),
                             at(of(toOther), begin), slope.data(), constant.data(), at(of(toX), begin));
        });
        return ofBoth;
    }

private:
    static Stored* of(const torch::Tensor& tensor) {
        return tensor.defined() ? static_cast<Stored*>(tensor.data_ptr()) : nullptr;
    }
    template <typename Value>
    Value* at(Value* values, std::int64_t row) const {
        return values ? values + row * m_width : nullptr;
    }
    /// Something near the mean of each channel: distances from it are squared without loss.
    std::vector<float> middleOfSome() const {
        std::vector<float> middle(static_cast<std::size_t>(m_width));
        const std::vector<float> zero(middle.size());
        const std::int64_t some = std::min<std::int64_t>(m_rows, 8);
        std::vector<double> sums(2 * middle.size());
        std::vector<float> scratch(2 * middle.size());
        for (std::int64_t i = 0; i < some; ++i)
            m_loops.moments(at(m_x, m_rows * i / some), 1, m_width, zero.data(), sums.data(), scratch.data());
        for (std::size_t c = 0; c < middle.size(); ++c)
            middle[c] = static_cast<float>(sums[c] / static_cast<double>(some));
        return middle;
    }

    const NormLoops<Stored>& m_loops;
    const Stored* m_x;
    std::int64_t m_width, m_rows;
};

/// `work` with the passes over x of the type that it has.
template <typename Work>
auto withPass(NormActivation activation, const torch::Tensor& x, Work work) {
    const NormLoopsOfTypes& loops = bestLoops(activation);
    return x.scalar_type() == torch::kFloat ? work(NormPass<float>(loops.exact, x))
                                            : work(NormPass<Bf16Bits>(loops.bf16, x));
}

/// One node of autograd's graph.
class NormedActivation : public torch::autograd::Function<NormedActivation> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const c10::optional<Variable>& added,
                            const Variable& weight, const Variable& bias, const BatchNormTensors* norm,
                            std::int64_t activation) {
        const torch::Tensor other = added.value_or(torch::Tensor());
        static_cast<void>(weight), static_cast<void>(bias); // named for autograd; read from `norm`
        const auto kind = static_cast<NormActivation>(activation);
        torch::Tensor y = torch::empty_like(x);
        const Channels channels = withPass(kind, x, [&](const auto& pass) {
            Channels learned = pass.learned(*norm);
            pass.forward(learned, other, y);
            return learned;
        });
        context->saved_data["activation"] = activation;
        context->saved_data["added"] = other.defined();
        const bool byValue =
            other.defined() && kind != NormActivation::None; // else the value says nothing of the gradient
        context->save_for_backward(
            {x, channels.scale, channels.offset, channels.mean, channels.inverse, byValue ? y : torch::Tensor()});
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &y = saved[5];
        const auto kind = static_cast<NormActivation>(context->saved_data["activation"].toInt());
        torch::Tensor gradient = gradients[0];
        if (!channelsLieTogether(gradient) || gradient.scalar_type() != x.scalar_type())
            gradient = torch::empty_like(x).copy_(gradient);
        const torch::Tensor toX = torch::empty_like(x), before = y.defined() ? torch::empty_like(x) : torch::Tensor();
        const torch::Tensor ofBoth = withPass(kind, x, [&](const auto& pass) {
            return pass.backward({saved[1], saved[2], saved[3], saved[4]}, y, gradient, toX, before);
        });
        const torch::Tensor toOther = before.defined() ? before : gradient;
        return {toX,        context->saved_data["added"].toBool() ? toOther : torch::Tensor(),
                ofBoth[0],  ofBoth[1],
                Variable(), Variable()};
    }
};

} // namespace

bool takesNormedActivation(const torch::Tensor& x, const torch::Tensor& other) {
    return (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16) && x.numel() > x.size(1) &&
           channelsLieTogether(x) &&
           (!other.defined() ||
            (other.scalar_type() == x.scalar_type() && other.sizes() == x.sizes() && channelsLieTogether(other)));
}

torch::Tensor normedActivation(const torch::Tensor& x, const torch::Tensor& other, const BatchNormTensors& norm,
                               NormActivation activation) {
    const c10::optional<Variable> added = other.defined() ? c10::make_optional(other) : c10::nullopt;
    return NormedActivation::apply(x, added, norm.weight, norm.bias, &norm, static_cast<std::int64_t>(activation));
}

} // namespace sightline::engine
