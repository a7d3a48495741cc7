#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/metrics.json: what scikit-learn, SciPy and NumPy say of given probabilities. tst_Statistics reads it.

    python3 -m venv VENV && VENV/bin/pip install scikit-learn scipy numpy
    VENV/bin/python tests/parity/metrics_golden.py tests/golden/metrics.json

Probabilities are whole-numbered weights over their sum, rounded to float32, so that both sides have the same to the last bit.
"""
import json
import sys
import warnings

import numpy as np
from scipy import optimize, stats
from sklearn import metrics

BINS = 15


def probabilities(weights):
    weights = np.asarray(weights, dtype=np.float64)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32).astype(np.float64)


def formula(images, classes):
    """Weights and truths without a table of them: for many classes."""
    i, j = np.mgrid[0:images, 0:classes]
    weights = (i * 7919 + j * 104729 + i * j % 97 * 31) % 251 + 1
    truth = np.arange(images) * 37 % classes
    boosted = np.arange(images) % 3 != 0
    weights[np.arange(images)[boosted], truth[boosted]] += 400
    return weights, truth


def drawn(seed, images, classes, levels, skill, among=None):
    random = np.random.default_rng(seed)
    truth = random.choice(among if among is not None else classes, images)
    weights = random.integers(1, levels + 1, (images, classes))
    weights[np.arange(images), truth] += random.integers(0, skill + 1, images)
    return weights, truth


def number(value):
    return None if value is None or not np.isfinite(value) else float(value)


def calibration(p, truth, predicted):
    confidence = p.max(axis=1)
    bins, ece = [], 0.0
    for k in range(BINS):
        lower, upper = k / BINS, (k + 1) / BINS
        inside = (confidence > lower) & (confidence <= upper)
        if not inside.any():
            bins.append({"images": 0, "confidence": None, "accuracy": None})
            continue
        accuracy, mean = (predicted == truth)[inside].mean(), confidence[inside].mean()
        ece += inside.mean() * abs(accuracy - mean)
        bins.append({"images": int(inside.sum()), "confidence": float(mean), "accuracy": float(accuracy)})
    return bins, float(ece)


def tempered(p, sharpness):
    logits = sharpness * np.log(p)
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def temperature(p, truth):
    logs = np.log(p)

    def slope(sharpness):
        return ((tempered(p, sharpness) * logs).sum(axis=1) - logs[np.arange(len(truth)), truth]).mean()

    if not slope(0.01) < 0 < slope(100):
        return None
    return 1 / optimize.brentq(slope, 0.01, 100, xtol=1e-15, rtol=1e-14)


def bootstrap(truth, predicted, draws=4000):
    random = np.random.default_rng(1)
    values = []
    for _ in range(draws):
        chosen = random.integers(0, len(truth), len(truth))
        values.append(metrics.f1_score(truth[chosen], predicted[chosen], average="macro", zero_division=0))
    return [float(v) for v in np.percentile(values, [2.5, 97.5])]


def expected(p, truth):
    images, classes = p.shape
    labels = np.arange(classes)
    predicted = p.argmax(axis=1)
    order = np.argsort(-p, axis=1, kind="stable")
    top = [float((order[:, :k] == truth[:, None]).any(axis=1).mean()) for k in range(1, min(10, classes) + 1)]
    averages = {}
    for kind in ("macro", "weighted"):
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)
        averages[kind] = {"precision": precision, "recall": recall, "f1": f1}
    one_sided = len(set(truth)) == 1 or len(set(predicted)) == 1
    per_class = []
    for k in labels:
        own = truth == k
        per_class.append({"roc_auc": number(metrics.roc_auc_score(own, p[:, k])) if 0 < own.sum() < images else None,
                          "average_precision": number(metrics.average_precision_score(own, p[:, k])) if own.any() else None,
                          "mean_confidence": number(p.max(axis=1)[own].mean()) if own.any() else None})
    bins, ece = calibration(p, truth, predicted)
    t = temperature(p, truth)
    wilson = stats.binomtest(int((truth == predicted).sum()), images).proportion_ci(0.95, "wilson")
    return {
        "accuracy": float((truth == predicted).mean()), "top_k_accuracy": top,
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted), **averages,
        "cohen_kappa": number(metrics.cohen_kappa_score(truth, predicted)) if len(set(truth) | set(predicted)) > 1 else None,
        "mcc": None if one_sided else metrics.matthews_corrcoef(truth, predicted),
        "brier": metrics.brier_score_loss(truth, p, labels=labels, scale_by_half=False) if classes > 1 else 0.0,
        "nll": metrics.log_loss(truth, p, labels=labels) if classes > 1 else 0.0,
        "interval": {"accuracy": [wilson.low, wilson.high], "macro_f1": bootstrap(truth, predicted)},
        "per_class": per_class,
        "calibration": {"ece": ece, "bins": bins, "temperature": t,
                        "ece_after": None if t is None else calibration(tempered(p, 1 / t), truth, predicted)[1]},
    }


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, (weights, truth) in {
        "no ties": drawn(1, 60, 4, 10**6, 10**6),
        "many ties": drawn(2, 80, 3, 4, 3),
        "two classes": drawn(3, 50, 2, 9, 6),
        "classes without images": drawn(4, 50, 5, 50, 60, among=[0, 2, 4]),
        "images of one class": drawn(5, 20, 3, 20, 20, among=[1]),
        "one class there is": (np.ones((6, 1), dtype=int), np.zeros(6, dtype=int)),
        "every image predicted as one class": (np.tile([7, 2, 1], (12, 1)), np.arange(12) % 3),
        "every image right": drawn(6, 30, 3, 5, 0),
    }.items():
        if name == "every image right":
            weights[np.arange(len(truth)), truth] += 10
        cases.append({"name": name, "truth": truth.tolist(), "weights": np.asarray(weights).tolist(),
                      "expected": expected(probabilities(weights), truth)})
    weights, truth = formula(600, 200)
    cases.append({"name": "two hundred classes", "images": 600, "classes": 200, "expected": expected(probabilities(weights), truth)})
    mcnemar = [{"first": b, "second": c, "p": stats.binomtest(b, b + c).pvalue if b + c else 1.0}
               for b, c in [(0, 0), (1, 0), (0, 6), (3, 12), (5, 5), (40, 70), (1200, 1100), (0, 3000), (20000, 20150)]]
    with open(sys.argv[1], "w") as file:
        json.dump({"cases": cases, "mcnemar": mcnemar}, file, separators=(",", ":"))
        file.write("\n")


main()
