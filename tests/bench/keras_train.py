#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training steps of toy_cnn, ours and Keras' in turn.

python -m venv V && V/bin/pip install keras==3.15.0 tensorflow-cpu
V/bin/python tests/bench/keras_train.py --cli build/bin/sightline-cli
Prints images per second of `sightline-cli bench train` and of Keras' train_on_batch on the same network, batch and optimizer,
median of the rounds, and their ratio.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def keras_rate(seconds, batch):
    import keras
    import numpy as np
    from keras import layers

    network = keras.Sequential([
        layers.Input((128, 128, 3)),
        layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(5, activation="softmax")])
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    images = np.random.default_rng(1).random((batch, 128, 128, 3), dtype=np.float32)
    labels = np.arange(batch) % 5
    for _ in range(10):
        network.train_on_batch(images, labels)
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        network.train_on_batch(images, labels)
        steps += 1
    return steps * batch / (time.perf_counter() - start)


def our_rate(cli, batch, precision):
    command = [cli, "bench", "train", "--model", "toy_cnn", "--input", "128x128x3", "--classes", "5", "--batch", str(batch), "--json"]
    if precision:
        command += ["--precision", precision]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["images_per_second"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cli", required=True)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--batch", type=int, default=32)
    options = arguments.parse_args()
    rates = {"keras": [], "ours": [], "ours fp32": []}
    for _ in range(options.rounds):
        rates["keras"].append(keras_rate(options.seconds, options.batch))
        rates["ours"].append(our_rate(options.cli, options.batch, ""))
        rates["ours fp32"].append(our_rate(options.cli, options.batch, "fp32"))
    peer = statistics.median(rates["keras"])
    for name, values in rates.items():
        print(f"{name:10} {statistics.median(values):7.0f} images/s  {statistics.median(values) / peer:5.2f}")


if __name__ == "__main__":
    main()
