#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are our networks the public ones? Random weights of torchvision's and timm's models, and of Keras-like networks written
out in torch, go through `sightline-cli model forward`; the largest difference may be a thousandth of the largest logit.

    python3 -m venv VENV && VENV/bin/pip install torch==2.13.0 torchvision==0.28.0 timm safetensors numpy
    VENV/bin/python tests/parity/parity.py build/bin/sightline-cli [NAME ...]
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from safetensors.torch import save_file

TOLERANCE = 1e-3


def import_torchvision():
    """torchvision's wheel is built for CUDA; beside a CPU torch its own operators are missing, and nobody here needs them."""
    try:
        import torchvision
    except RuntimeError:
        for module in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[module]
        global _library
        _library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            try:
                _library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            except RuntimeError:
                pass
        import torchvision
    return torchvision


def shaken(model, seed=0):
    """Random weights of a size that keeps the signal alive, and running statistics that are not 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if name.endswith("running_mean"):
            tensor.copy_(0.1 * torch.randn(tensor.shape, generator=generator))
        elif name.endswith("running_var"):
            tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
        elif tensor.dtype != torch.float32:
            continue
        elif tensor.dim() <= 1 and name.endswith("weight") or name.endswith("gamma") or name.endswith("layer_scale"):
            tensor.copy_(0.75 + 0.5 * torch.rand(tensor.shape, generator=generator))
        elif tensor.dim() <= 1:
            tensor.copy_(0.1 * torch.randn(tensor.shape, generator=generator))
        else:
            fan = tensor[0].numel()
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * (1.6 / fan) ** 0.5)
    return model.eval()


def ours(cli, name, tensors, x, classes, options, folder):
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "weights.safetensors", metadata={"format": "pt"})
    numpy.save(folder / "x.npy", x.numpy())
    command = [cli, "model", "forward", name, "--weights", folder / "weights.safetensors", "--input", folder / "x.npy", "--out", folder / "y.npy",
               "--classes", str(classes), "--options", json.dumps(options)]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return torch.from_numpy(numpy.load(folder / "y.npy"))


def cases():
    torchvision = import_torchvision()
    import timm
    tv, tm = torchvision.models, timm.create_model
    square, odd = [(224, 224)], [(97, 131), (64, 64)]
    # title, our name, options, model factory of the number of classes, sizes
    yield "vgg16 torchvision", "vgg16", {}, lambda n: tv.vgg16(num_classes=n), square + odd
    yield "vgg16 timm", "vgg16", {}, lambda n: tm("vgg16", num_classes=n), square
    yield "mobilenet_v2 torchvision", "mobilenet_v2", {}, lambda n: tv.mobilenet_v2(num_classes=n), square + odd
    yield "mobilenet_v2 timm", "mobilenet_v2", {}, lambda n: tm("mobilenetv2_100", num_classes=n), square + odd
    yield "resnet18 torchvision", "resnet18", {}, lambda n: tv.resnet18(num_classes=n), square + odd
    yield "resnet18 timm", "resnet18", {}, lambda n: tm("resnet18", num_classes=n), odd
    yield "resnet50 torchvision", "resnet50", {}, lambda n: tv.resnet50(num_classes=n), square + odd
    yield "resnet50 timm", "resnet50", {}, lambda n: tm("resnet50", num_classes=n), odd
    yield "inception_resnet_v2 timm", "inception_resnet_v2", {}, lambda n: tm("inception_resnet_v2", num_classes=n), [(299, 299), (97, 131), (75, 75)]
    yield "efficientnet_lite0 timm", "efficientnet_lite0", {}, lambda n: tm("efficientnet_lite0", num_classes=n), square + odd
    yield "tf_efficientnet_lite0 timm", "tf_efficientnet_lite0", {}, lambda n: tm("tf_efficientnet_lite0", num_classes=n), square + odd
    yield "efficientnet_b0 torchvision", "efficientnet_b0", {}, lambda n: tv.efficientnet_b0(num_classes=n), square + odd
    yield "efficientnet_b0 timm", "efficientnet_b0", {}, lambda n: tm("efficientnet_b0", num_classes=n), square + odd
    yield "mobilenet_v3_small torchvision", "mobilenet_v3_small", {}, lambda n: tv.mobilenet_v3_small(num_classes=n), square + odd
    yield "mobilenet_v3_small timm", "mobilenet_v3_small", {}, lambda n: tm("mobilenetv3_small_100", num_classes=n), square + odd
    yield "convnext_tiny torchvision", "convnext_tiny", {}, lambda n: tv.convnext_tiny(num_classes=n), square + odd
    yield "convnext_tiny timm", "convnext_tiny", {}, lambda n: tm("convnext_tiny", num_classes=n), square + odd
    yield "densenet121 torchvision", "densenet121", {}, lambda n: tv.densenet121(num_classes=n), square + odd
    yield "densenet121 timm", "densenet121", {}, lambda n: tm("densenet121", num_classes=n), odd
    yield "squeezenet1_1 torchvision", "squeezenet1_1", {}, lambda n: tv.squeezenet1_1(num_classes=n), square + odd
    import keras_like
    yield from keras_like.cases()


def main():
    cli, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:]
    worst = 0.0
    with tempfile.TemporaryDirectory() as place, torch.no_grad():
        for title, name, options, make, sizes in cases():
            if wanted and not any(word in title for word in wanted):
                continue
            for index, (height, width) in enumerate(sizes):
                classes = 1000 if index == 0 and max(height, width) > 200 else 7
                torch.manual_seed(1)
                x = torch.randn(height, width, 1 if name == "mnist_convnet" else 3)
                model = make(classes) if not isinstance(make, type) else make(classes, height, width)
                model = shaken(model)
                theirs = model(x.permute(2, 0, 1)[None])[0]
                got = ours(cli, name, model.state_dict(), x, classes, options, pathlib.Path(place))
                share = float((got - theirs).abs().max() / theirs.abs().max())
                worst = max(worst, share)
                print(f"{title:34} {height:4} x {width:<4} {classes:5} classes  {share:.1e}{'' if share <= TOLERANCE else '  DIFFERS'}", flush=True)
    print(f"worst {worst:.1e}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
