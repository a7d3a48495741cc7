#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training steps of the zoo's networks, ours and a tuned PyTorch script's in turn.

python3 -m venv V && V/bin/pip install torch==2.13.0 torchvision==0.28.0 timm safetensors numpy
V/bin/python tests/bench/torch_train.py --cli build/bin/sightline-cli [NAME ...]
The script has what tuning gives on a CPU: channels-last, fused Adam, tcmalloc, and bfloat16 autocast or float32, whichever
is faster. Prints images per second (medians of the rounds), the precision each took, and the ratio. Same network, input and batch.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TCMALLOC = "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4"
# name, image size, batch
SETTINGS = {
    "toy_cnn": (128, 32), "cats_dogs_cnn": (150, 20), "inception_v1": (64, 64), "vgg16": (64, 16), "mobilenet_v2": (128, 32), "resnet18": (64, 64),
    "resnet50": (128, 16), "inception_resnet_v2": (160, 8), "efficientnet_lite0": (128, 32), "efficientnet_b0": (128, 32), "mobilenet_v3_small": (128, 32),
    "convnext_tiny": (128, 16), "densenet121": (128, 16), "squeezenet1_1": (128, 32),
}


def peer(name, seconds, precision):
    """In a process of its own: images per second of PyTorch's training step."""
    import torch
    sys.path.insert(0, str(HERE.parent / "parity"))
    import parity
    size, batch = SETTINGS[name]
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(1)
    make = next(case[3] for case in parity.cases() if case[1] == name and case[2] in ({}, {"variant": "book"}))
    model = make(5, size, size) if isinstance(make, type) else make(5)
    if isinstance(make, type):  # written out; its layers are held by name. The side classifiers' losses are left out, in its favour
        model.layers = torch.nn.ModuleList(model.held.values())
    model = model.train().to(memory_format=torch.channels_last)
    images = torch.rand(batch, 3, size, size).to(memory_format=torch.channels_last)
    labels = torch.randint(5, (batch,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)

    def step():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            scores = model(images)
            outputs = scores if isinstance(scores, (tuple, list)) else [scores]
            loss = sum(torch.nn.functional.cross_entropy(output.float(), labels) for output in outputs)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    steps, start = 0, time.perf_counter()
    while steps < 3 or time.perf_counter() - start < seconds:
        step()
        steps += 1
    return steps * batch / (time.perf_counter() - start)


def peer_rate(name, seconds, precision):
    environment = dict(os.environ, LD_PRELOAD=TCMALLOC)
    done = subprocess.run([sys.executable, __file__, "--peer", name, "--precision", precision, "--seconds", str(seconds)], env=environment, capture_output=True, text=True)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else 0.0


def our_rate(cli, name, precision):
    size, batch = SETTINGS[name]
    command = [cli, "bench", "train", "--model", name, "--input", f"{size}x{size}x3", "--classes", "5", "--batch", str(batch), "--json"]
    if precision:
        command += ["--precision", precision]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["images_per_second"], answer["precision"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--cli")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=3)
    arguments.add_argument("--peer", choices=SETTINGS)
    arguments.add_argument("--precision", default="")
    options = arguments.parse_args()
    if options.peer:
        print(peer(options.peer, options.seconds, options.precision))
        return
    for name in options.names or SETTINGS:
        theirs, ours, took = {"fp32": [], "bf16": []}, [], ""
        for _ in range(options.rounds):
            for precision in theirs:
                theirs[precision].append(peer_rate(name, options.seconds, precision))
            rate, took = our_rate(options.cli, name, options.precision)
            ours.append(rate)
        best = max(theirs, key=lambda precision: statistics.median(theirs[precision]))
        rate, other = statistics.median(ours), statistics.median(theirs[best])
        size, batch = SETTINGS[name]
        print(f"{name:22} {size:4} b{batch:<4} ours {rate:7.1f} ({took})  PyTorch {other:7.1f} ({best})  {rate / other if other else 0:5.2f}", flush=True)


if __name__ == "__main__":
    main()
