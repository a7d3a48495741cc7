#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/unknown.json: what scikit-learn, SciPy and NumPy say of given features and logits. tst_UnknownRule reads it.

    python3 -m venv VENV && VENV/bin/pip install scikit-learn scipy numpy
    VENV/bin/python tests/parity/unknown_golden.py tests/golden/unknown.json

All numbers are whole eighths, so that both sides read the same. One set has fewer features than images, one more.
"""
import json
import sys

import numpy as np
from scipy.special import logsumexp
from sklearn.covariance import LedoitWolf


def eighths(values):
    return np.round(np.asarray(values) * 8) / 8


def clouds(seed, images, width, classes):
    random = np.random.default_rng(seed)
    truth = np.arange(images) % classes
    centres = random.normal(0, 4, (classes, width))
    stretch = random.normal(0, 1, (width, width)) / np.sqrt(width)
    features = eighths(centres[truth] + random.normal(0, 1, (images, width)) @ stretch)
    means = np.stack([features[truth == label].mean(axis=0) for label in range(classes)])
    covariance = LedoitWolf(assume_centered=True).fit(features - means[truth])
    asked = eighths(np.concatenate([centres, random.normal(0, 4, (5, width))]))
    distances = [min(covariance.mahalanobis(asked_one[None] - mean[None])[0] for mean in means) for asked_one in asked]
    return {"width": width, "classes": classes, "truth": truth.tolist(), "features": features.ravel().tolist(),
            "shrinkage": float(covariance.shrinkage_), "asked": asked.tolist(), "distances": [float(one) for one in distances]}


def main(target):
    random = np.random.default_rng(5)
    logits = eighths(random.normal(0, 6, (6, 7)))
    known = eighths(random.normal(0, 40, 211))
    limits = [{"share": share, "limit": float(np.quantile(known, np.ceil((1 - share) * (len(known) + 1)) / len(known), method="inverted_cdf"))}
              for share in (0.01, 0.05, 0.1, 0.3)]
    golden = {"clouds": [clouds(1, 60, 6, 3), clouds(2, 16, 24, 2)],
              "logits": logits.tolist(), "energies": (-logsumexp(logits, axis=1)).tolist(),
              "known": known.tolist(), "limits": limits}
    with open(target, "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
