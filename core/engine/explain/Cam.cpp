// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Cam.h"

#include <ATen/ATen.h>

namespace sightline {

namespace {

/// Projection on the first right singular vector of [places, channels], column means taken off. Found from the smaller
/// Gram matrix, in double; the sign is free, so the larger side is made positive (SPEC 4.2).
at::Tensor eigenMap(const at::Tensor& activation) {
    const std::int64_t channels = activation.size(0);
    at::Tensor rows = activation.reshape({channels, -1}).t().to(at::kDouble);
    rows = rows - rows.mean(0, true);
    at::Tensor projection;
    if (rows.size(0) <= channels) {
        const auto [values, vectors] = at::linalg_eigh(at::matmul(rows, rows.t()));
        projection = vectors.select(1, -1) * values.select(0, -1).clamp_min(0).sqrt();
    } else {
        const auto vectors = std::get<1>(at::linalg_eigh(at::matmul(rows.t(), rows)));
        projection = at::matmul(rows, vectors.select(1, -1));
    }
    if (projection.min().abs().item<double>() > projection.max().abs().item<double>())
        projection = -projection;
    return projection.to(at::kFloat).reshape({activation.size(1), activation.size(2)});
}

at::Tensor weighted(const at::Tensor& weights, const at::Tensor& activation) {
    return (weights.reshape({-1, 1, 1}) * activation).sum(0);
}

} // namespace

bool needsGradient(HeatMapMethod method) {
    return method != HeatMapMethod::EigenCam;
}

at::Tensor camMap(HeatMapMethod method, const at::Tensor& activation, const at::Tensor& gradient) {
    switch (method) {
    case HeatMapMethod::GradCam:
        return weighted(gradient.mean({1, 2}), activation).relu();
    case HeatMapMethod::HiResCam:
        return (gradient * activation).sum(0).relu();
    case HeatMapMethod::LayerCam:
        return (gradient.relu() * activation).sum(0).relu();
    case HeatMapMethod::XGradCam:
        return weighted((gradient * activation).sum({1, 2}) / (activation.sum({1, 2}) + 1e-7), activation).relu();
    case HeatMapMethod::GradCamPlusPlus: {
        const at::Tensor square = gradient * gradient;
        const at::Tensor sums = activation.sum({1, 2}, true);
        at::Tensor alpha = square / (2 * square + sums * square * gradient + 1e-6);
        alpha = at::where(gradient != 0, alpha, at::zeros_like(alpha));
        return weighted((alpha * gradient.relu()).sum({1, 2}), activation).relu();
    }
    case HeatMapMethod::EigenCam:
        return eigenMap(activation).relu();
    default:
        break;
    }
    return {};
}

} // namespace sightline
