// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Callbacks.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sightline {

namespace {

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

std::optional<double> optionalNumber(const Json& json) {
    return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

} // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingSettings& settings)
    : m_settings(settings), m_maximum(monitorsMaximum(settings.mode, settings.monitor)) {
    m_settings.minDelta = std::abs(settings.minDelta);
}

bool EarlyStopping::better(double value, double reference) const {
    return m_maximum ? value - m_settings.minDelta > reference : value + m_settings.minDelta < reference;
}

EarlyStopping::Verdict EarlyStopping::epochEnded(int epoch, std::optional<double> value) {
    Verdict verdict;
    if (!value || epoch < m_settings.startFromEpoch)
        return verdict;
    ++m_wait;
    if (!std::isnan(*value) && (!m_best || better(*value, *m_best))) {
        m_best = *value;
        verdict.improved = true;
        if (!m_settings.baseline || better(*value, *m_settings.baseline))
            m_wait = 0;
        return verdict;
    }
    verdict.stop = m_wait >= m_settings.patience && epoch > 0;
    return verdict;
}

Json EarlyStopping::state() const {
    return {{"best", orNull(m_best)}, {"wait", m_wait}};
}

void EarlyStopping::restore(const Json& state) {
    m_best = optionalNumber(state.value("best", Json()));
    m_wait = state.value("wait", 0);
}

ReduceLrOnPlateau::ReduceLrOnPlateau(const ReduceLrSettings& settings)
    : m_settings(settings), m_maximum(monitorsMaximum(settings.mode, settings.monitor)) {}

std::optional<double> ReduceLrOnPlateau::epochEnded(std::optional<double> value, double learningRate) {
    if (!value)
        return {};
    if (m_cooldown > 0) {
        --m_cooldown;
        m_wait = 0;
    }
    const bool improved =
        !std::isnan(*value) &&
        (!m_best || (m_maximum ? *value > *m_best + m_settings.minDelta : *value < *m_best - m_settings.minDelta));
    if (improved) {
        m_best = *value;
        m_wait = 0;
        return {};
    }
    if (m_cooldown > 0)
        return {};
    ++m_wait;
    const auto rate = static_cast<double>(static_cast<float>(learningRate));
    if (m_wait < m_settings.patience || rate <= static_cast<double>(static_cast<float>(m_settings.minLr)))
        return {};
    m_cooldown = m_settings.cooldown;
    m_wait = 0;
    return static_cast<double>(static_cast<float>(std::max(rate * m_settings.factor, m_settings.minLr)));
}

Json ReduceLrOnPlateau::state() const {
    return {{"best", orNull(m_best)}, {"wait", m_wait}, {"cooldown", m_cooldown}};
}

void ReduceLrOnPlateau::restore(const Json& state) {
    m_best = optionalNumber(state.value("best", Json()));
    m_wait = state.value("wait", 0);
    m_cooldown = state.value("cooldown", 0);
}

bool BestEpoch::epochEnded(int epoch, std::optional<double> value) {
    if (!value || std::isnan(*value) || (m_best && !(m_maximum ? *value > *m_best : *value < *m_best)))
        return false;
    m_best = *value;
    m_epoch = epoch;
    return true;
}

Json BestEpoch::state() const {
    return {{"best", orNull(m_best)}, {"epoch", m_epoch}};
}

void BestEpoch::restore(const Json& state) {
    m_best = optionalNumber(state.value("best", Json()));
    m_epoch = state.value("epoch", 0);
}

double scheduledRate(const ScheduleSettings& schedule, double base, int epochs, std::int64_t stepsPerEpoch,
                     std::int64_t step) {
    const std::int64_t total = std::max<std::int64_t>(1, epochs * stepsPerEpoch);
    const std::int64_t warmup = schedule.warmupEpochs * stepsPerEpoch;
    if (step < warmup)
        return base * static_cast<double>(step + 1) / static_cast<double>(warmup);
    const double progress =
        total > warmup ? static_cast<double>(step - warmup) / static_cast<double>(total - warmup) : 1.0;
    switch (schedule.name) {
    case ScheduleSettings::Name::Cosine:
        return schedule.minLr +
               (base - schedule.minLr) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, progress)));
    case ScheduleSettings::Name::OneCycle: { // Smith and Topin 2017: up over 30 %, down by cosine to base / 10,000
        constexpr double kRise = 0.3;
        const auto between = [](double from, double to, double share) {
            return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * share));
        };
        return progress < kRise ? between(base / 25, base, progress / kRise)
                                : between(base, base / 10000, std::min(1.0, (progress - kRise) / (1 - kRise)));
    }
    case ScheduleSettings::Name::Step:
        return base * std::pow(schedule.gamma, static_cast<double>(step / std::max<std::int64_t>(1, stepsPerEpoch) /
                                                                   schedule.stepEpochs));
    case ScheduleSettings::Name::Constant:
        break;
    }
    return base;
}

} // namespace sightline
