#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains what `dataset suggest` suggests and, beside it, a tuned PyTorch recipe, on the same images and cores for the same minutes.

    python3 -m venv V && V/bin/pip install torch torchvision scikit-learn elpv-dataset pillow numpy
    V/bin/python tests/bench/suggest.py --cli build/bin/sightline-cli --work DIR [--minutes 3] [--seeds 1,2,3] [--sets digits,solar-cells,toys,toys-biased,textures]

Sets: scikit-learn's digits (8 x 8), the solar cells of elpv-dataset (2,624 in two classes), our toys plain and with a sticker that gives
the class away in training, and generated textures (four kinds of waves and cells in any direction). A fifth of the images is for testing, drawn by the seed.
The recipe: torchvision's ResNet-18 without weights, random resized crop, flip, colour jitter, AdamW, label smoothing 0.1, cosine rate with
warm-up to the end of the minutes, channels-last, bfloat16 where it is quicker; its learning rate is the better of two on the validation
images, tried first in a tenth of the minutes each. Both judge the epoch that was best on their validation images. Median of the seeds.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import time

import numpy
from PIL import Image


def save(folder, subset, label, number, array):
    path = os.path.join(folder, subset, label)
    os.makedirs(path, exist_ok=True)
    Image.fromarray(array).save(os.path.join(path, f"{number:05}.png"))


def save_all(folder, images, labels, seed):
    random = numpy.random.default_rng(seed)
    for label in sorted(set(labels)):
        mine = [i for i, own in enumerate(labels) if own == label]
        random.shuffle(mine)
        for place, i in enumerate(mine):
            save(folder, "test" if place < len(mine) // 5 else "train", str(label), i, images[i])


def digits(folder, seed, _):
    from sklearn.datasets import load_digits
    found = load_digits()
    save_all(folder, [(image * 15.9).astype(numpy.uint8) for image in found.images], [f"digit {n}" for n in found.target], seed)


def solar_cells(folder, seed, _):
    from elpv_dataset.utils import load_dataset
    images, likelihood, _ = load_dataset()
    save_all(folder, list(images), ["defective" if p >= 0.5 else "sound" for p in likelihood], seed)


def textures(folder, seed, _):
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:96, 0:96] / 96.0

    def wave(angle, frequency, phase):
        return numpy.sin(2 * math.pi * frequency * (x * math.cos(angle) + y * math.sin(angle)) + phase)

    def draw(kind):
        a, f, p = random.uniform(0, math.pi), random.uniform(6, 10), random.uniform(0, 6.28)
        if kind == "stripes":
            value = wave(a, f, p)
        elif kind == "checks":
            value = wave(a, f, p) * wave(a + math.pi / 2, f, p)
        elif kind == "rings":
            value = numpy.sin(2 * math.pi * f * numpy.hypot(x - random.uniform(0, 1), y - random.uniform(0, 1)) + p)
        else:
            value = sum(wave(random.uniform(0, math.pi), f, random.uniform(0, 6.28)) for _ in range(5)) / 2
        value = 128 + random.uniform(25, 60) * value + random.normal(0, 45, value.shape)
        return numpy.clip(value, 0, 255).astype(numpy.uint8)

    kinds = [kind for kind in ("stripes", "checks", "rings", "cells") for _ in range(120)]
    save_all(folder, [draw(kind) for kind in kinds], kinds, seed)


def toys(folder, seed, cli, biased=0.0):
    subprocess.run([cli, "dataset", "make", "toys", "--to", folder, "--seed", str(seed), "--biased", str(biased)], check=True,
                   capture_output=True)


SETS = {"digits": digits, "solar-cells": solar_cells, "textures": textures, "toys": toys,
        "toys-biased": lambda folder, seed, cli: toys(folder, seed, cli, 0.95)}


def ours(arguments, data, seed, home):
    def cli(*words):
        return subprocess.run([arguments.cli, "--home", home, *words], check=True, capture_output=True, text=True).stdout

    begin = time.time()
    suggestion = json.loads(cli("dataset", "suggest", data, "--minutes", str(arguments.minutes), "--json"))
    experiment = suggestion["experiment"]
    experiment["seed"] = seed
    file = os.path.join(home, "experiment.json")
    with open(file, "w") as out:
        json.dump(experiment, out)
    run = json.loads(cli("train", file, "--json"))
    judged = json.loads(cli("evaluate", run["run"], "--split", "test", "--json"))
    return judged["accuracy"], time.time() - begin, experiment["model"]["name"]


def recipe(arguments, data, seed):
    import torch
    import torchvision
    from torchvision import transforms as t

    torch.manual_seed(seed)
    first = Image.open(next(os.path.join(root, names[0]) for root, _, names in os.walk(data) if names and names[0].endswith("png")))
    side = 64 if min(first.size) <= 96 else 128
    usual = t.Compose([t.RandomResizedCrop(side, scale=(0.35, 1)), t.RandomHorizontalFlip(), t.ColorJitter(0.3, 0.3, 0.3), t.ToTensor(),
                       t.Normalize([0.5] * 3, [0.5] * 3)])
    plain = t.Compose([t.Resize((side, side)), t.ToTensor(), t.Normalize([0.5] * 3, [0.5] * 3)])
    has_validation = os.path.isdir(os.path.join(data, "val"))
    rgb = lambda path: Image.open(path).convert("RGB")
    folder = lambda name, how: torchvision.datasets.ImageFolder(os.path.join(data, name), how, loader=rgb)
    train, judged = folder("train", usual), folder("val" if has_validation else "train", plain)
    if not has_validation:
        order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed)).tolist()
        cut = len(order) // 5
        train, judged = torch.utils.data.Subset(train, order[cut:]), torch.utils.data.Subset(judged, order[:cut])
    classes = len(folder("train", plain).classes)
    loader = lambda images, shuffle: torch.utils.data.DataLoader(images, 32, shuffle=shuffle, drop_last=shuffle and len(images) > 32)

    def accuracy(network, images):
        network.eval()
        right = total = 0
        with torch.no_grad():
            for pixels, labels in loader(images, False):
                right += (network(pixels.contiguous(memory_format=torch.channels_last)).argmax(1) == labels).sum().item()
                total += len(labels)
        return right / total

    def trained(seconds, rate):
        network = torchvision.models.resnet18(num_classes=classes).to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.05, fused=True)
        loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
        begin, best, kept, epochs = time.time(), -1.0, None, 0
        while time.time() - begin < seconds:
            network.train()
            for pixels, labels in loader(train, True):
                done = min((time.time() - begin) / seconds, 1)
                for group in optimizer.param_groups:
                    group["lr"] = rate * min(done / 0.05, 0.5 * (1 + math.cos(math.pi * done)) if done > 0.05 else 1)
                optimizer.zero_grad()
                with torch.autocast("cpu", torch.bfloat16, enabled=arguments.bf16):
                    value = loss(network(pixels.contiguous(memory_format=torch.channels_last)), labels)
                value.backward()
                optimizer.step()
                if done >= 1:
                    break
            epochs += 1
            if (now := accuracy(network, judged)) >= best:
                best, kept = now, {name: tensor.clone() for name, tensor in network.state_dict().items()}
        network.load_state_dict(kept)
        return best, network, epochs

    seconds = arguments.minutes * 60
    rate = max((3e-4, 1e-3), key=lambda one: trained(seconds / 10, one)[0])
    _, network, epochs = trained(seconds, rate)
    return accuracy(network, folder("test", plain)), epochs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--bf16", action="store_true", help="the recipe trains in bfloat16")
    arguments = parser.parse_args()
    print("| images | suggested | recipe | difference | network |\n|---|---|---|---|---|", flush=True)
    for name in arguments.sets.split(","):
        rows = []
        for seed in map(int, arguments.seeds.split(",")):
            data, home = os.path.join(arguments.work, f"{name}-{seed}"), os.path.join(arguments.work, "home")
            shutil.rmtree(data, ignore_errors=True)
            os.makedirs(home, exist_ok=True)
            SETS[name](data, seed, arguments.cli)
            rows.append((*ours(arguments, data, seed, home), recipe(arguments, data, seed)[0]))
        mine, theirs = (statistics.median(row[i] for row in rows) for i in (0, 3))
        print(f"| {name} | {mine:.3f} | {theirs:.3f} | {mine - theirs:+.3f} | {rows[0][2]} |", flush=True)


if __name__ == "__main__":
    main()
