// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/GradientExchange.h"

#include <torch/torch.h>

#include <algorithm>
#include <utility>

namespace sightline::engine {

namespace {

constexpr std::int64_t kStretch = std::int64_t{1} << 21; ///< values, 8 MiB: the way there costs little beside them

} // namespace

GradientExchange::GradientExchange(GraphModule& module, Ranks& ranks) : m_ranks(ranks) {
    std::vector<const GraphModule::Entry*> trained;
    std::int64_t total = 0;
    for (const GraphModule::Entry& entry : module.entries())
        if (entry.spec.trainable && !entry.frozen) {
            trained.push_back(&entry);
            total += entry.view.numel();
        }
    m_host = HostSums::make(ranks, total);
    m_flat = m_host ? torch::from_blob(m_host->mine(), {total}) : torch::zeros({total}, torch::kFloat);
    m_places.resize(trained.size());
    std::int64_t end = total;
    for (std::size_t i = trained.size(); i-- > 0;) {
        const GraphModule::Entry& entry = *trained[i];
        const std::int64_t count = entry.view.numel(), begin = end - count;
        if (m_stretches.empty() || m_stretches.back().count >= kStretch)
            m_stretches.emplace_back();
        Stretch& stretch = m_stretches.back();
        stretch.begin = begin;
        stretch.count += count;
        ++stretch.places;
        Place& place = m_places[i];
        place.weight = entry.view;
        place.gradient = m_flat.narrow(0, begin, count).as_strided(entry.view.sizes(), entry.view.strides());
        place.stretch = m_stretches.size() - 1;
        place.hook =
            place.weight.register_hook([this, &place](const torch::Tensor& gradient) { arrive(place, &gradient); });
        end = begin;
    }
    const std::vector<HostSums::Part> parts =
        m_host ? m_host->parts() : std::vector<HostSums::Part>{{0, total, m_flat.data_ptr<float>()}};
    std::int64_t at = 0;
    for (const GraphModule::Entry* entry : trained) {
        const std::int64_t next = at + entry->view.numel();
        for (const HostSums::Part& part : parts) {
            const std::int64_t from = std::max(at, part.begin), to = std::min(next, part.end);
            if (from < to)
                addSums({entry->offset + (from - at), to - from, entry->rate, part.values + (from - part.begin)});
        }
        at = next;
    }
}

void GradientExchange::addSums(const GraphModule::Stretch& more) {
    if (!m_sums.empty()) {
        GraphModule::Stretch& last = m_sums.back();
        if (last.offset + last.count == more.offset && last.gradients + last.count == more.gradients &&
            last.rate == more.rate) {
            last.count += more.count;
            return;
        }
    }
    m_sums.push_back(more);
}

GradientExchange::~GradientExchange() {
    for (Place& place : m_places)
        place.weight.remove_hook(place.hook);
}

void GradientExchange::begin() {
    for (Place& place : m_places)
        place.arrived = false;
    for (Stretch& stretch : m_stretches)
        stretch.missing = stretch.places;
    m_next = 0;
    m_isClaimed = false;
    if (m_host)
        m_host->begin();
}

/// Null: nothing led to the weight.
void GradientExchange::arrive(Place& place, const torch::Tensor* gradient) {
    const torch::NoGradGuard noGrad;
    if (m_host && !std::exchange(m_isClaimed, true))
        m_host->claim();
    if (gradient)
        place.gradient.copy_(*gradient);
    else
        place.gradient.zero_();
    place.arrived = true;
    if (--m_stretches[place.stretch].missing == 0 && !m_host)
        sumFullOnes();
}

/// In the same order on every rank, whichever is full first.
void GradientExchange::sumFullOnes() {
    for (; m_next < m_stretches.size() && m_stretches[m_next].missing == 0; ++m_next) {
        Stretch& stretch = m_stretches[m_next];
        stretch.sum =
            m_ranks.beginSum({m_flat.data_ptr<float>() + stretch.begin, static_cast<std::size_t>(stretch.count)});
    }
}

std::vector<GraphModule::Stretch> GradientExchange::finish(double factor, bool mayChange) {
    for (Place& place : m_places)
        if (!place.arrived)
            arrive(place, nullptr);
    if (m_host) {
        m_host->sum(factor);
        return mayChange ? copied() : m_sums;
    }
    for (Stretch& stretch : m_stretches)
        if (const auto sum = std::exchange(stretch.sum, nullptr))
            sum->wait();
    if (factor != 1)
        m_flat.mul_(factor);
    return m_sums;
}

/// What others read, too, is not changed.
std::vector<GraphModule::Stretch> GradientExchange::copied() {
    m_own.resize(static_cast<std::size_t>(m_flat.numel()));
    std::vector<GraphModule::Stretch> own = m_sums;
    float* to = m_own.data();
    for (GraphModule::Stretch& stretch : own) {
        std::copy_n(stretch.gradients, stretch.count, to);
        stretch.gradients = to;
        to += stretch.count;
    }
    return own;
}

} // namespace sightline::engine
