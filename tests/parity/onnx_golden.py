#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/onnx: small networks as other programs spell them, and onnxruntime's scores.

    VENV/bin/pip install torch==2.13.0 onnx onnxruntime onnxscript numpy
    VENV/bin/python tests/parity/onnx_golden.py

torch-13 and torch-17 are PyTorch's exporter with GELU and layer normalisation spelled out and not; keras is what tf2onnx
makes of a Keras network: channels last, Pad, MatMul and Add, a softmax at the end.
"""
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "onnx"


class Block(nn.Module):
    """ConvNeXt's, with a gate as squeeze and excitation has it."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.wide = nn.Linear(channels, 2 * channels)
        self.narrow = nn.Linear(2 * channels, channels)
        self.gamma = nn.Parameter(torch.rand(channels, 1, 1))
        self.gate = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.narrow(nn.functional.gelu(self.wide(y))).permute(0, 3, 1, 2) * self.gamma
        return x + y * torch.sigmoid(self.gate(y.mean((2, 3), keepdim=True)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.SiLU(),
                                  nn.MaxPool2d(3, 2, ceil_mode=True))
        self.block = Block(6)
        self.side = nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Hardswish(), nn.Conv2d(6, 4, 3, dilation=2, padding=2))
        self.head = nn.Sequential(nn.Linear(10, 8), nn.ReLU6(), nn.Dropout(), nn.Linear(8, 4))

    def forward(self, x):
        x = self.block(self.stem(x))
        x = torch.cat([x, self.side(x)], 1)
        return self.head(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))


def keras():
    random = np.random.default_rng(1)
    values = {"kernel": random.normal(0, 0.4, (5, 3, 3, 3)), "bias": random.normal(0, 0.2, 5),
              "scale": random.uniform(0.5, 1.5, 5), "beta": random.normal(0, 0.2, 5),
              "mean": random.normal(0, 0.2, 5), "var": random.uniform(0.5, 1.5, 5),
              "dense": random.normal(0, 0.2, (45, 4)), "dense_bias": random.normal(0, 0.2, 4),
              "factor": np.array(1 / 127.5), "minus": np.array(-1.0), "low": np.array(0.0), "high": np.array(6.0)}
    weights = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()]
    weights += [numpy_helper.from_array(np.array([0, 0, 1, 1, 0, 0, 2, 2]), "pads"),
                numpy_helper.from_array(np.array([-1, 45]), "shape")]
    nodes = [helper.make_node("Mul", ["image", "factor"], ["scaled"]),
             helper.make_node("Add", ["scaled", "minus"], ["moved"]),
             helper.make_node("Transpose", ["moved"], ["first"], perm=[0, 3, 1, 2]),
             helper.make_node("Pad", ["first", "pads"], ["padded"]),
             helper.make_node("Conv", ["padded", "kernel", "bias"], ["conv"], strides=[2, 2], name="conv2d/Conv"),
             helper.make_node("BatchNormalization", ["conv", "scale", "beta", "mean", "var"], ["bn"], epsilon=1e-3),
             helper.make_node("Clip", ["bn", "low", "high"], ["relu6"]),
             helper.make_node("MaxPool", ["relu6"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2],
                              auto_pad="SAME_UPPER"),
             helper.make_node("Transpose", ["pooled"], ["last"], perm=[0, 2, 3, 1]),
             helper.make_node("Reshape", ["last", "shape"], ["flat"]),
             helper.make_node("MatMul", ["flat", "dense"], ["product"], name="dense/MatMul"),
             helper.make_node("Add", ["product", "dense_bias"], ["logits"]),
             helper.make_node("Softmax", ["logits"], ["probabilities"])]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 9, 9, 3])
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 4]) for name in ("probabilities", "logits")]
    graph = helper.make_graph(nodes, "keras", [image], outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(1)
    network = Network()
    for name, value in network.stem[1].named_buffers():
        if name in ("running_mean", "running_var"):
            nn.init.uniform_(value, 0.3, 1.2)
    network.eval()
    for opset in (13, 17):
        torch.onnx.export(network, torch.randn(1, 3, 21, 17), str(FOLDER / f"torch-{opset}.onnx"), dynamo=False,
                          opset_version=opset, input_names=["image"], output_names=["logits"],
                          dynamic_axes={"image": {0: "batch"}})
    onnx.save(keras(), FOLDER / "keras.onnx")
    golden = {}
    for file in sorted(FOLDER.glob("*.onnx")):
        session = onnxruntime.InferenceSession(file)
        last = file.stem == "keras"
        image = np.random.default_rng(2).normal(0, 1, (21, 17, 3) if not last else (9, 9, 3)).astype(np.float32)
        image = np.round(image * 100 if last else image, 3)
        given = image[None] if last else image.transpose(2, 0, 1)[None]
        scores = session.run(["logits"], {"image": given})[0][0]
        golden[file.stem] = {"shape": list(image.shape), "image": [round(float(v), 3) for v in image.ravel()],
                             "scores": [float(v) for v in scores]}
    (FOLDER / "scores.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
