#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported networks against our own: onnx's checker, onnxruntime and (where Python has torch) TorchScript.

    python3 -m venv venv && venv/bin/pip install onnx onnxruntime numpy
    venv/bin/python tests/parity/onnx_parity.py --cli build/bin/sightline-cli [NAME ...]

Trains every network of the zoo for one epoch on a handful of toys, exports it (plain and with batch-norm folded) and
compares the logits of `model forward` at batches of 1 and 3. Exit 1 where one differs by 1e-4 of the largest logit or more.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

try:
    import torch
except ImportError:
    torch = None

TOLERANCE = 1e-4


def run(cli, home, *arguments):
    done = subprocess.run([cli, "--home", home, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def difference(ours, theirs):
    return float(np.abs(ours - theirs).max() / np.abs(ours).max())


def onnx_logits(file, images):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    assert [entry.version for entry in model.opset_import if entry.domain == ""][0] >= 13
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert len(json.loads(metadata["labels"])) == 5 and json.loads(metadata["preprocessing"])["layout"] == "NCHW"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return [session.run(["logits"], {"input": images[:count]})[0] for count in (1, 3)]


def torch_logits(file, images, weights):
    module = torch.jit.load(file)
    names = set(module.state_dict())
    assert names == weights, sorted(names ^ weights)[:5]
    with torch.no_grad():
        return [module(torch.from_numpy(images[:count])).numpy() for count in (1, 3)]


def compare(cli, folder, entry, size):
    name = entry["name"]
    home = str(folder / "home")
    height, width, channels = size
    experiment = {"version": 1, "name": name, "data": {"path": str(folder / "toys"), "image_size": [height, width], "color_mode": "rgb" if channels == 3 else "grayscale"},
                  "model": {"name": name}, "training": {"epochs": 1, "batch_size": 5, "precision": "fp32", "optimizer": {"learning_rate": 1e-4}}}
    (folder / "experiment.json").write_text(json.dumps(experiment))
    ended = json.loads(run(cli, home, "train", folder / "experiment.json", "--json"))
    files = [str(folder / f"{name}.{ending}") for ending in ("onnx", "folded.onnx", "safetensors", "pt")]
    run(cli, home, "export", ended["run"], "--onnx", files[0], "--weights", files[2], "--torchscript", files[3])
    run(cli, home, "export", ended["run"], "--onnx", files[1], "--fold-batch-norm")
    graph = Path(ended["folder"]) / "graph.json"
    spec = json.loads(graph.read_text())
    network = spec["input"]
    images = np.random.default_rng(3).uniform(0, 1, (3, *network)).astype(np.float32)
    ours = []
    for image in images:
        np.save(folder / "x.npy", image)
        run(cli, home, "model", "forward", graph, "--weights", files[2], "--input", folder / "x.npy", "--out", folder / "y.npy")
        ours.append(np.load(folder / "y.npy"))
    ours = np.stack(ours)
    batch = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    found = {}
    for key, file in (("onnx", files[0]), ("folded", files[1])):
        one, three = onnx_logits(file, batch)
        found[key] = max(difference(ours[:1], one), difference(ours, three))
    folded = onnx.load(files[1], load_external_data=False)
    found["batch_norms_left"] = sum(node.op_type == "BatchNormalization" for node in folded.graph.node)
    if torch:
        header = Path(files[2]).read_bytes()
        length = int.from_bytes(header[:8], "little")
        weights = {key for key in json.loads(header[8:8 + length]) if key != "__metadata__"}
        one, three = torch_logits(files[3], batch, weights)
        found["torchscript"] = max(difference(ours[:1], one), difference(ours, three))
    return network, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", default="build/bin/sightline-cli")
    parser.add_argument("--largest", type=int, default=160, help="networks made for larger images are compared at this size")
    parser.add_argument("names", nargs="*")
    settings = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        entries = json.loads(run(settings.cli, str(folder / "home"), "model", "list", "--json"))
        run(settings.cli, str(folder / "home"), "dataset", "make", "toys", "--to", folder / "toys", "--train", 2, "--val", 1, "--test", 1, "--size", 64)
        for entry in entries:
            if settings.names and entry["name"] not in settings.names:
                continue
            height, width, channels = entry["input"]
            size = (min(height, settings.largest), min(width, settings.largest), channels)
            oblong = (size[0] + 16, size[1], channels) # what a random crop is at inference depends on the proportions
            for tried in [size, oblong] if entry["name"] == "minception" else [size]:
                network, found = compare(settings.cli, folder, entry, tried)
                print(f"{entry['name']:24} {network[0]}x{network[1]}x{network[2]}  " + "  ".join(f"{key} {value:.1e}" if isinstance(value, float) else f"{key} {value}" for key, value in found.items()), flush=True)
                worst = max([worst] + [value for value in found.values() if isinstance(value, float)])
                for file in folder.glob(entry["name"] + ".*"):
                    file.unlink()
    print(f"largest difference {worst:.1e} of the largest logit; {TOLERANCE:.0e} is allowed" + ("" if torch else "; TorchScript was not compared, Python has no torch"))
    return 0 if worst < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
