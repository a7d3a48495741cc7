#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `sightline-cli activations` writes against the outputs that PyTorch's hooks see, for every layer of torchvision's
resnet18, vgg16 and mobilenet_v2 with random weights; and the `end` of `sightline-cli filters` against the mean activation
of the picture it wrote, by torchvision's resnet18.

    python3 -m venv VENV && VENV/bin/pip install torch==2.13.0 torchvision==0.28.0 safetensors numpy pillow
    VENV/bin/python tests/parity/activations_parity.py build/bin/sightline-cli
    VENV/bin/python tests/parity/activations_parity.py --golden tests/golden/activations.json

The largest difference in a layer may be 1e-4 of its largest absolute value. --golden writes a small network with its image
and what every layer gives in PyTorch.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
from collections import OrderedDict

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file

from parity import import_torchvision, shaken

TOLERANCE = 1e-4
MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
# network, height, width, our layers: theirs, and the how many-th call of it
NETWORKS = [
    ("resnet18", 96, 128, {"conv1": ("conv1", 0), "bn1": ("bn1", 0), "relu": ("relu", 0), "maxpool": ("maxpool", 0),
                           "layer1.0.conv2": ("layer1.0.conv2", 0), "layer1.0.bn2": ("layer1.0.bn2", 0),
                           "layer1.0.relu1": ("layer1.0.relu", 0), "layer1.0.relu": ("layer1.0.relu", 1),
                           "layer2.0.downsample.1": ("layer2.0.downsample.1", 0), "layer3.1.bn1": ("layer3.1.bn1", 0),
                           "layer4.1.relu": ("layer4.1.relu", 1), "fc": ("fc", 0)}),
    ("vgg16", 64, 64, {"features.0": ("features.0", 0), "features.1": ("features.1", 0), "features.28": ("features.28", 0),
                       "features.30": ("features.30", 0), "classifier.0": ("classifier.0", 0), "classifier.6": ("classifier.6", 0)}),
    ("mobilenet_v2", 64, 96, {"features.0.0": ("features.0.0", 0), "features.0.2": ("features.0.2", 0),
                              "features.2.conv.1.0": ("features.2.conv.1.0", 0), "features.18.1": ("features.18.1", 0),
                              "features.18.2": ("features.18.2", 0)}),
]


def normalized(image):
    return ((torch.from_numpy(numpy.array(image)).float() / 255 - MEAN) / DEVIATION).permute(2, 0, 1)[None]


def hooked(model, x):
    """Every call's output of every module, copied before a later module can overwrite it."""
    seen = {}
    hooks = [module.register_forward_hook(lambda _, __, out, name=name: seen.setdefault(name, []).append(out.detach().clone()))
             for name, module in model.named_modules()]
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return seen


def cli_of(cli, arguments):
    done = subprocess.run([str(part) for part in [cli, *arguments]], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def compare(cli):
    torchvision = import_torchvision()
    worst, ends = 0.0, 0.0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for name, height, width, layers in NETWORKS:
            with torch.no_grad():
                model = shaken(getattr(torchvision.models, name)(num_classes=7))
            save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "w.safetensors", metadata={"format": "pt"})
            image = Image.fromarray(numpy.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=numpy.uint8))
            image.save(folder / "x.png")
            bare = ["--model", name, "--weights", folder / "w.safetensors", "--normalization", "imagenet", "--input", f"{height}x{width}x3", "--classes", "7"]
            seen = hooked(model, normalized(image))
            for ours, (theirs, call) in layers.items():
                cli_of(cli, ["activations", *bare, folder / "x.png", "--layer", ours, "--out", folder / "a.npy"])
                got, wanted = torch.from_numpy(numpy.load(folder / "a.npy")), seen[theirs][call][0]
                assert got.dtype == torch.float32 and got.shape == wanted.shape, (name, ours, got.shape, wanted.shape)
                share = float((got - wanted).abs().max() / wanted.abs().max())
                worst = max(worst, share)
                print(f"{name:14} {ours:24} {str(list(got.shape)):18} {share:.1e}{'' if share <= TOLERANCE else '  DIFFERS'}", flush=True)
            if name != "resnet18":
                continue
            for ours, (theirs, call) in [("layer1.0.relu", ("layer1.0.relu", 1)), ("layer2.0.bn1", ("layer2.0.bn1", 0))]:
                listed = json.loads(cli_of(cli, ["filters", *bare, "--layer", ours, "--channel", "0", "--channel", "5", "--out", folder / "f", "--json"]))
                for one in listed:
                    end = float(hooked(model, normalized(Image.open(one["file"])))[theirs][call][0, one["channel"]].mean())
                    share = abs(end - one["end"]) / max(abs(end), 1e-12)
                    ends = max(ends, share)
                    print(f"{name:14} {ours:24} channel {one['channel']}: {one['start']:.4g} to {one['end']:.4g}, PyTorch {end:.4g}, {share:.1e}")
    print(f"worst {worst:.1e}, ends {ends:.1e}")
    return 0 if max(worst, ends) <= TOLERANCE else 1


def golden(file):
    """In-place operations, groups and a sum: where a layer's own output could be lost."""
    torch.manual_seed(5)
    layers = OrderedDict(conv=torch.nn.Conv2d(3, 4, 3, stride=2, padding=1), bn=torch.nn.BatchNorm2d(4), relu=torch.nn.ReLU(inplace=True),
                         deep=torch.nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False), act=torch.nn.ReLU6(inplace=True))
    with torch.no_grad():
        shaken(torch.nn.Sequential(layers))
        fc = shaken(torch.nn.Sequential(OrderedDict(fc=torch.nn.Linear(4, 3)))).fc
        pixels = numpy.random.default_rng(2).integers(0, 256, (8, 6, 3), dtype=numpy.uint8)
        x = torch.from_numpy(pixels).float().permute(2, 0, 1)[None] / 255
        values = {"input": x}
        values["conv"] = layers["conv"](x)
        values["bn"] = layers["bn"](values["conv"])
        values["relu"] = torch.relu(values["bn"])
        values["deep"] = layers["deep"](values["relu"])
        values["sum"] = values["deep"] + values["relu"]
        values["act"] = torch.nn.functional.relu6(values["sum"])
        values["pool"] = values["act"].mean((2, 3))
        values["fc"] = fc(values["pool"])
    node = lambda name, op, inputs, **attributes: {"id": name, "op": op, "inputs": inputs, "attributes": attributes}
    graph = {"name": "golden", "input": [8, 6, 3], "outputs": [{"name": "main", "node": "fc"}], "nodes": [
        {"id": "input", "op": "input"}, node("conv", "conv2d", ["input"], filters=4, kernel=3, stride=2, padding=1),
        node("bn", "batch_norm", ["conv"]), node("relu", "activation", ["bn"], kind="relu"),
        node("deep", "conv2d", ["relu"], filters=4, kernel=3, padding=1, groups=4, bias=False), node("sum", "add", ["deep", "relu"]),
        node("act", "activation", ["sum"], kind="relu6"), node("pool", "global_avg_pool", ["act"]), node("fc", "dense", ["pool"], units=3)]}
    tensors = {key: value for key, value in torch.nn.Sequential(OrderedDict(**layers, fc=fc)).state_dict().items() if not key.endswith("num_batches_tracked")}
    array = lambda tensor: {"shape": list(tensor.shape), "values": [float(f"{value:.9g}") for value in tensor.flatten().tolist()]}
    file.write_text(json.dumps({"graph": graph, "weights": {key: array(value) for key, value in tensors.items()},
                                "image": pixels.flatten().tolist(), "layers": {key: array(value[0]) for key, value in values.items()}},
                               separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "--golden":
        golden(pathlib.Path(sys.argv[2]))
        sys.exit(0)
    sys.exit(compare(pathlib.Path(sys.argv[1])))
