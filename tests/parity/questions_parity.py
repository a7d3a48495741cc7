#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Heat maps of `sightline-cli explain` against Captum's and pytorch-grad-cam's, on a small network of our own, toy_cnn and
resnet18 with random weights.

    python3 -m venv VENV && VENV/bin/pip install torch==2.13.0 torchvision==0.28.0 captum grad-cam safetensors numpy pillow
    VENV/bin/python tests/parity/questions_parity.py build/bin/sightline-cli
    VENV/bin/python tests/parity/questions_parity.py --golden tests/golden/heatmaps.json

Integrated gradients, occlusion and guided backpropagation: the largest difference of the maps, each divided by its largest
absolute value; 1e-4 is allowed. Integrated gradients against Captum in float64, and beside it how far Captum in float32 lies from
that: a gradient jumps where a ReLU or a maximum changes sides, and at 50 points of a large network rounding decides some of them.
SmoothGrad: the correlation with a mean of 200 draws; .95 at least, and beside it what 25 other draws of Captum's reach. Of the others the correlation; .999 at least; two maps
without any heat agree. --golden writes the small network with its image and what the libraries say of it.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
from collections import OrderedDict

import numpy
import torch
from captum.attr import GuidedBackprop, IntegratedGradients, NoiseTunnel, Occlusion, Saliency
from PIL import Image
from pytorch_grad_cam import LayerCAM, ScoreCAM
from pytorch_grad_cam.finer_cam import FinerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from safetensors.torch import save_file

from parity import import_torchvision, shaken

EXACT = {"integrated-gradients", "occlusion", "guided-backprop"}
METHODS = ["layercam-fused", "finercam", "scorecam", "occlusion", "integrated-gradients", "smoothgrad", "guided-backprop"]
SMALL = {"name": "small", "input": [16, 16, 3], "outputs": [{"name": "main", "node": "fc"}], "nodes": [
    {"id": "input", "op": "input"},
    {"id": "conv1", "op": "conv2d", "inputs": ["input"], "attributes": {"filters": 4, "kernel": 3, "padding": 1}},
    {"id": "relu1", "op": "activation", "inputs": ["conv1"], "attributes": {"kind": "relu"}},
    {"id": "pool1", "op": "max_pool", "inputs": ["relu1"], "attributes": {"kernel": 2, "stride": 2}},
    {"id": "conv2", "op": "conv2d", "inputs": ["pool1"], "attributes": {"filters": 6, "kernel": 3, "padding": 1}},
    {"id": "relu2", "op": "activation", "inputs": ["conv2"], "attributes": {"kind": "relu"}},
    {"id": "pool2", "op": "max_pool", "inputs": ["relu2"], "attributes": {"kernel": 2, "stride": 2}},
    {"id": "conv3", "op": "conv2d", "inputs": ["pool2"], "attributes": {"filters": 8, "kernel": 3, "padding": 1}},
    {"id": "relu3", "op": "activation", "inputs": ["conv3"], "attributes": {"kind": "relu"}},
    {"id": "pool3", "op": "global_avg_pool", "inputs": ["relu3"]},
    {"id": "fc", "op": "dense", "inputs": ["pool3"], "attributes": {"units": 5}}]}


class GlobalPool(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def sequence(*layers):
    return torch.nn.Sequential(OrderedDict(layers))


def small():
    nn = torch.nn
    conv = lambda i, o: nn.Conv2d(i, o, 3, padding=1)
    return sequence(("conv1", conv(3, 4)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2)), ("conv2", conv(4, 6)), ("relu2", nn.ReLU()),
                    ("pool2", nn.MaxPool2d(2)), ("conv3", conv(6, 8)), ("relu3", nn.ReLU()), ("pool3", GlobalPool()), ("fc", nn.Linear(8, 5)))


def toy_cnn(summary):
    """As `model summary` tells it."""
    nn, layers, channels = torch.nn, [], 3
    for node in summary["nodes"][1:]:
        op, shape = node["op"], node["output"]
        if op == "conv2d":
            layers.append(nn.Conv2d(channels, shape[0], 3, padding=1))
            channels = shape[0]
        elif op == "activation":
            layers.append(nn.ReLU())
        elif op == "max_pool":
            layers.append(nn.MaxPool2d(2))
        elif op == "flatten":
            layers.append(nn.Flatten())
            channels = shape[0]
        elif op == "global_avg_pool":
            layers.append(GlobalPool())
        elif op == "dense":
            layers.append(nn.Linear(channels, shape[0]))
            channels = shape[0]
        elif op == "dropout":
            layers.append(nn.Dropout())
        else:
            raise ValueError(op)
        layers[-1] = (node["id"].replace(".", "_"), layers[-1])
    return sequence(*layers)


def out_of_place(model):
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False
    return model


def fused(model, layers, x, target):
    maps = []
    for layer in layers:
        cam = LayerCAM(model, [layer])
        logits = cam.activations_and_grads(x)
        model.zero_grad()
        logits[0, target].backward()
        map = cam.get_cam_image(x, layer, None, cam.activations_and_grads.activations[0].numpy(),
                                cam.activations_and_grads.gradients[0].numpy(), False)
        cam.activations_and_grads.release()
        map = numpy.maximum(map, 0)
        map = torch.from_numpy(numpy.tanh(2 * map / map.max()))[None]
        maps.append(torch.nn.functional.interpolate(map, size=x.shape[-2:], mode="bilinear", align_corners=False)[0, 0].numpy())
    map = numpy.maximum.reduce(maps)
    return map / map.max()


def reference(method, model, layers, x, target, draws=200, seed=1):
    """`layers`: the last activations of the last three resolutions, the very last first."""
    height, width = x.shape[-2:]
    if method == "layercam-fused":
        return fused(model, layers, x, target)
    if method == "finercam":
        with FinerCAM(model, [layers[0]]) as cam:
            return cam(x, target_idx=target)[0]
    if method == "scorecam":
        with ScoreCAM(model, [layers[0]]) as cam:
            return cam(x, [ClassifierOutputTarget(target)])[0]
    if method == "occlusion":
        patch = (x.shape[1], -(-height // 8), -(-width // 8))
        map = Occlusion(model).attribute(x, sliding_window_shapes=patch, strides=patch, baselines=0, target=target, perturbations_per_eval=8)
        map = map[:, :1]  # the same in every channel
    elif method == "integrated-gradients":
        map = IntegratedGradients(model).attribute(x, target=target, n_steps=50, method="gausslegendre", internal_batch_size=10)
    elif method == "smoothgrad":
        torch.manual_seed(seed)
        map = NoiseTunnel(Saliency(model)).attribute(x, nt_type="smoothgrad", nt_samples=draws, nt_samples_batch_size=20,
                                                     stdevs=0.15 * float(x.max() - x.min()), target=target, abs=False)
    else:
        map = GuidedBackprop(model).attribute(x, target=target)
    map = map.detach().sum(1)[0].numpy()
    return map / numpy.abs(map).max()


def picture(side, seed):
    """Blobs of colour: neither noise nor flat."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand((1, 3, 5, 5), generator=generator)
    image = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=False).clamp(0, 1)
    image = (image + 0.08 * torch.randn(image.shape, generator=generator)).clamp(0, 1)
    return (image[0].permute(1, 2, 0).numpy() * 255).round().astype(numpy.uint8)


def as_input(pixels, normalization):
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    if normalization == "imagenet":
        x = (x - torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)) / torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    return x


def run(cli, *arguments):
    done = subprocess.run([str(part) for part in (cli, *arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def spread(model, layer, side):
    """Scores about as far apart as a trained network's: with a softmax that is no constant, and none that underflows."""
    with torch.no_grad():
        scores = model(as_input(picture(side, 7), "rescale"))
        layer.weight *= 6 / float(scores.max() - scores.min())
    return out_of_place(model)


def cases(cli, folder):
    (folder / "small.json").write_text(json.dumps(SMALL))
    model = shaken(small(), 3)
    yield "small", folder / "small.json", spread(model, model.fc, 16), [model.relu3, model.relu2, model.relu1], 16, 5, "rescale"
    summary = json.loads(run(cli, "model", "summary", "toy_cnn", "--classes", "5", "--input", "64x64x3", "--json"))
    model = shaken(toy_cnn(summary), 4)
    conv = [module for name, module in model.named_children() if isinstance(module, torch.nn.ReLU)]
    spatial = [node["id"] for node in summary["nodes"] if node["op"] == "activation" and len(node["output"]) == 3]
    yield "toy_cnn", "toy_cnn", spread(model, list(model.children())[-1], 64), conv[:len(spatial)][::-1][:3], 64, 5, "rescale"
    model = shaken(import_torchvision().models.resnet18(num_classes=10), 5)
    yield "resnet18", "resnet18", spread(model, model.fc, 64), [model.layer4[1], model.layer3[1], model.layer2[1]], 64, 10, "imagenet"


def compare(cli):
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, graph, model, layers, side, classes, normalization in cases(cli, folder):
            weights = {key: value.contiguous() for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")}
            save_file(weights, folder / "w.safetensors", metadata={"format": "pt"})
            pixels = picture(side, 7)
            Image.fromarray(pixels).save(folder / "x.png")
            x = as_input(pixels, normalization)
            for target in (int(model(x).argmax()), int(model(x).argmin())):
                for method in METHODS:
                    run(cli, "explain", "--model", graph, "--weights", folder / "w.safetensors", "--normalization", normalization,
                        "--input", f"{side}x{side}x3", "--classes", classes, folder / "x.png", "--method", method, "--target", target,
                        "--map", folder / "map.npy")
                    ours, theirs = numpy.load(folder / "map.npy"), reference(method, model, layers, x.clone(), target)
                    note = ""
                    if method == "integrated-gradients":
                        double = reference(method, copy.deepcopy(model).double(), layers, x.double(), target)
                        note = f"  (Captum in float32: {float(numpy.abs(theirs - double).max()):.3g})"
                        theirs = double
                    if method == "smoothgrad":
                        few, many = (reference(method, model, layers, x.clone(), target, draws, 2) for draws in (25, 200))
                        note = "  (Captum with other 25 and 200 draws: " + ", ".join(
                            f"{numpy.corrcoef(other.ravel(), theirs.ravel())[0, 1]:.3f}" for other in (few, many)) + ")"
                    if method in EXACT:
                        value = float(numpy.abs(ours - theirs).max())
                        bad, what = not value < 1e-4, "difference"
                    elif not ours.any() and not theirs.any():
                        value, bad, what, note = 1.0, False, "correlation", "  (both without heat)"
                    else:
                        value = float(numpy.corrcoef(ours.ravel(), theirs.ravel())[0, 1])
                        bad, what = not value > (0.95 if method == "smoothgrad" else 0.999), "correlation"
                    failed |= bad
                    print(f"{title:9} class {target}  {method:21} {what} {value:.3g}" if what == "difference" else
                          f"{title:9} class {target}  {method:21} {what} {value:.6f}", note, "  <-- differs" if bad else "", flush=True)
    return 1 if failed else 0


def rounded(array, digits=6):
    return [round(float(value), digits) for value in numpy.asarray(array).ravel()]


def golden(file):
    model = shaken(small(), 3)
    spread(model, model.fc, 16)
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.copy_(torch.tensor(rounded(tensor)).view(tensor.shape))
    pixels = picture(16, 7)
    x = as_input(pixels, "rescale")
    target = int(model(x).argmax())
    layers = [model.relu3, model.relu2, model.relu1]
    vectors = {"made_by": "tests/parity/questions_parity.py --golden", "graph": SMALL, "target": target, "image": pixels.ravel().tolist(),
               "weights": {key: {"shape": list(value.shape), "values": rounded(value)} for key, value in model.state_dict().items()},
               "maps": {method: rounded(reference(method, model, layers, x.clone(), target)) for method in METHODS}}
    pathlib.Path(file).write_text(json.dumps(vectors, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(golden(sys.argv[2]) if sys.argv[1] == "--golden" else compare(sys.argv[1]))
