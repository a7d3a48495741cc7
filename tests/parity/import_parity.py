#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that PyTorch exports, imported here: scores against onnxruntime's; and hub folders of ours, loaded by timm.

    python3 -m venv VENV
    VENV/bin/pip install torch==2.13.0 torchvision==0.28.0 timm onnx onnxruntime onnxscript safetensors numpy
    VENV/bin/python tests/parity/import_parity.py --cli build/bin/sightline-cli [NAME ...]

Random weights, batch-norms with statistics that are not the defaults, both of PyTorch's exporters. Exit 1 where scores
differ by more than 1e-4 of the largest (or of 1).
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import timm
import torch
from torchvision import models

LIMIT = 1e-4
CLASSES = 7
TORCHVISION = {"resnet18": 64, "mobilenet_v2": 64, "mobilenet_v3_small": 64, "vgg16": 224, "vgg16_bn": 224,
               "densenet121": 64, "efficientnet_b0": 64, "convnext_tiny": 64, "squeezenet1_1": 64, "inception_v3": 96,
               "googlenet": 64, "regnet_y_400mf": 64}
TIMM_ONNX = {"tf_efficientnet_lite0": 64}  # pads are computed, as TensorFlow's
TIMM = {"resnet18": "resnet18", "resnet50": "resnet50", "mobilenet_v2": "mobilenetv2_100",
        "mobilenet_v3_small": "mobilenetv3_small_100", "efficientnet_b0": "efficientnet_b0",
        "efficientnet_lite0": "efficientnet_lite0", "tf_efficientnet_lite0": "tf_efficientnet_lite0", "vgg16": "vgg16",
        "inception_resnet_v2": "inception_resnet_v2", "densenet121": "densenet121", "convnext_tiny": "convnext_tiny"}


def cli(arguments, *more):
    done = subprocess.run([arguments.cli, "--home", str(arguments.home), *map(str, more)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def lively(network):
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.2, 0.2)
    return network.eval()


def built(name):
    if name in TIMM_ONNX:
        return lively(timm.create_model(TIMM[name], num_classes=CLASSES))
    more = {"init_weights": False, "aux_logits": False} if name in ("inception_v3", "googlenet") else {}
    return lively(getattr(models, name)(num_classes=CLASSES, **more))


def exported(network, images, file, exporter):
    if exporter == "old":
        torch.onnx.export(network, images, file, dynamo=False, dynamic_axes={"input": {0: "batch"}},
                          input_names=["input"], output_names=["logits"])
    else:
        torch.onnx.export(network, (images,), file, dynamo=True, verbose=False,
                          dynamic_shapes=({0: torch.export.Dim("batch")},))


def ours(arguments, run, image):
    """Scores of the run for [C, H, W], already normalized."""
    np.save(arguments.home / "x.npy", np.ascontiguousarray(image.transpose(1, 2, 0), dtype=np.float32))
    cli(arguments, "model", "forward", Path(run["folder"]) / "graph.json", "--weights",
        Path(run["folder"]) / "checkpoints" / "last.safetensors", "--input", arguments.home / "x.npy", "--out",
        arguments.home / "y.npy")
    return np.load(arguments.home / "y.npy")


def judge(what, expected, got):
    difference = float(np.abs(expected - got).max()) / max(1.0, float(np.abs(expected).max()))
    print(f"{what:40} {difference:.1e}{'' if difference <= LIMIT else '  DIFFERS'}", flush=True)
    return difference <= LIMIT


def check_import(arguments, name, exporter):
    size = {**TORCHVISION, **TIMM_ONNX}[name]
    file = arguments.home / f"{name}-{exporter}.onnx"
    images = torch.randn(2, 3, size, size)
    try:
        exported(built(name), images, file, exporter)
    except Exception as error:  # PyTorch's own limits are not ours
        print(f"{name} {exporter}: PyTorch cannot export it ({str(error).splitlines()[0][:80]})")
        return True
    session = onnxruntime.InferenceSession(file)
    expected = session.run(None, {session.get_inputs()[0].name: images.numpy()})[0]
    run = json.loads(cli(arguments, "import", file, "--json"))
    got = np.stack([ours(arguments, run, image) for image in images.numpy()])
    return judge(f"import {name} ({exporter} exporter)", expected, got)


def check_hub(arguments, name):
    """timm's network into our home as a hub folder, and out again as one that timm loads."""
    size = 299 if name == "inception_resnet_v2" else 224
    theirs = lively(timm.create_model(TIMM[name], num_classes=CLASSES))
    first, second = arguments.home / f"{name}-in", arguments.home / f"{name}-out"
    timm.models.save_for_hf(theirs, first, safe_serialization=True)
    run = json.loads(cli(arguments, "import", first, "--json"))
    image = torch.randn(3, size, size)
    with torch.no_grad():
        expected = theirs(image[None])[0].numpy()
    fine = judge(f"hub folder of timm, {name}", expected, ours(arguments, run, image.numpy()))
    cli(arguments, "export", run["run"], "--hub", second, "--refuse-share", "0")
    again = timm.create_model(f"local-dir:{second}", pretrained=True).eval()
    with torch.no_grad():
        return judge(f"hub folder for timm, {name}", expected, again(image[None])[0].numpy()) and fine


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="build/bin/sightline-cli")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    fine = True
    for name in [*TORCHVISION, *(name for name in TIMM if name not in TORCHVISION)]:
        if arguments.names and name not in arguments.names:
            continue
        checks = [lambda e=e: check_import(arguments, name, e) for e in ("old", "new") if name in {**TORCHVISION, **TIMM_ONNX}]
        checks += [lambda: check_hub(arguments, name)] if name in TIMM else []
        for check in checks:
            with tempfile.TemporaryDirectory() as folder:
                arguments.home = Path(folder)
                try:
                    fine = check() and fine
                except RuntimeError as error:
                    print(f"{name}: {error}", flush=True)
                    fine = False
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
