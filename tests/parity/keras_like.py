# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts' Keras networks written out in torch, with TensorFlow's padding, independently of the C++ side. A tensor is
named as the C++ network names its node."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def tf_padding(x, kernel, stride, value=0.0):
    sides = []
    for extent, k in ((x.shape[3], kernel[1]), (x.shape[2], kernel[0])):
        total = max((math.ceil(extent / stride) - 1) * stride + k - extent, 0)
        sides += [total // 2, total - total // 2]
    return F.pad(x, sides, value=value)


def max_pool_same(x, kernel, stride):
    return F.max_pool2d(tf_padding(x, (kernel, kernel), stride, -math.inf), kernel, stride)


def avg_pool_same(x, kernel, stride):
    ones = tf_padding(torch.ones_like(x), (kernel, kernel), stride)
    return F.avg_pool2d(tf_padding(x, (kernel, kernel), stride), kernel, stride) / F.avg_pool2d(ones, kernel, stride)


class Net(nn.Module):
    """Layers are made while a first image runs through, so that nobody writes input sizes by hand."""

    def __init__(self, classes, height, width):
        super().__init__()
        self.classes = classes
        self.held = {}
        with torch.no_grad():
            self.forward(torch.zeros(1, self.channels, height, width))

    channels = 3

    def layer(self, name, make):
        if name not in self.held:
            self.held[name] = make()
        return self.held[name]

    def state_dict(self):
        return {f"{name}.{key}": value for name, layer in self.held.items() for key, value in layer.state_dict().items()}

    def eval(self):
        for layer in self.held.values():
            layer.eval()
        return super().eval()

    def conv(self, name, x, filters, kernel, stride=1, same=True):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        layer = self.layer(name, lambda: nn.Conv2d(x.shape[1], filters, kernel, stride))
        return layer(tf_padding(x, kernel, stride) if same else x)

    def dense(self, name, x, units):
        return self.layer(name, lambda: nn.Linear(x.shape[1], units))(x)

    def norm(self, name, x):
        layer = self.layer(name, lambda: nn.BatchNorm2d(x.shape[1], eps=1e-3))
        layer.training = False
        return layer(x)


def toy(filters, kernels, dense):
    class Toy(Net):
        def forward(self, x):
            for i, (f, k) in enumerate(zip(filters, kernels)):
                x = F.max_pool2d(F.relu(self.conv("conv2d" + (f"_{i}" if i else ""), x, f, k)), 2)
            x = x.flatten(1)
            for i, units in enumerate(dense):
                x = F.relu(self.dense("dense" + (f"_{i}" if i else ""), x, units))
            return self.dense("dense" + (f"_{len(dense)}" if dense else ""), x, self.classes)
    return Toy


class Mnist(Net):
    channels = 1

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv("conv2d", x, 32, 3, same=False)), 2)
        x = F.max_pool2d(F.relu(self.conv("conv2d_1", x, 64, 3, same=False)), 2)
        x = F.relu(self.conv("conv2d_2", x, 64, 3, same=False)).flatten(1)
        return self.dense("dense_1", F.relu(self.dense("dense", x, 64)), self.classes)


class CatsDogs(Net):
    def forward(self, x):
        for i, filters in enumerate((32, 64, 128, 128)):
            x = F.max_pool2d(F.relu(self.conv("conv2d" + (f"_{i}" if i else ""), x, filters, 3, same=False)), 2)
        return self.dense("dense_1", F.relu(self.dense("dense", x.flatten(1), 512)), self.classes)


def inception_v1(book):
    class InceptionV1(Net):
        def unit(self, name, x, filters, kernel):
            return F.relu(self.conv(name, x, filters, kernel))

        def block(self, name, x, f):
            one = self.unit(name + ".conv1x1", x, f[0], 1)
            three = self.unit(name + ".conv3x3", self.unit(name + ".conv3x3_reduce", x, f[1], 1), f[2], 3)
            five = self.unit(name + ".conv5x5", self.unit(name + ".conv5x5_reduce", x, f[3], 1), f[4], 5)
            pool = self.unit(name + ".pool_proj", max_pool_same(x, 3, 1), f[5], 1)
            return torch.cat([one, three, five, pool], 1)

        def aux(self, name, x):
            x = self.unit(name + ".conv", F.avg_pool2d(x, 5, 3), 128, 1).flatten(1)
            return self.dense(name, F.relu(self.dense(name + ".dense", x, 1024)), self.classes)

        def lrn(self, x):
            # tf.nn.local_response_normalization: x / (1 + sum of squares over 5 channels either side) ** 0.5
            squares = F.pad((x * x).permute(0, 2, 3, 1), (5, 5)).unfold(3, 11, 1).sum(-1).permute(0, 3, 1, 2)
            return x / (1 + squares) ** 0.5

        def forward(self, x):
            x = max_pool_same(self.unit("conv1", x, 64, 7), 3, 2)
            if book:
                x = self.conv("conv2_reduce", self.lrn(x), 64, 1)
                x = max_pool_same(self.lrn(self.unit("conv2", x, 192, 3)), 3, 1)
            else:
                x = self.unit("conv2", self.unit("conv2_reduce", x, 64, 1), 192, 3)
                x = max_pool_same(x, 3, 2)
            x = self.block("inception_3a", x, (64, 96, 128, 16, 32, 32))
            x = self.block("inception_3b", x, (128, 128, 192, 32, 96, 64))
            x = self.block("inception_4a", max_pool_same(x, 3, 2), (192, 96, 208, 16, 48, 64))
            self.aux("aux1", x)
            x = self.block("inception_4b", x, (160, 112, 224, 24, 64, 64))
            x = self.block("inception_4c", x, (128, 128, 256, 24, 64, 64))
            x = self.block("inception_4d", x, (112, 144, 288, 32, 64, 64))
            self.aux("aux2", x)
            x = self.block("inception_4e", x, (256, 160, 320, 32, 128, 128))
            x = self.block("inception_5a", max_pool_same(x, 3, 2), (256, 160, 320, 32, 128, 128))
            x = self.block("inception_5b", x, (384, 192, 384, 48, 128, 128))
            x = F.avg_pool2d(x, 7, 7) if book else avg_pool_same(x, 7, 7)
            return self.dense("final" if book else "main_out", x.flatten(1), self.classes)
    return InceptionV1


class Minception(Net):
    def cb(self, name, x, filters, kernel, stride=1):
        return self.norm(name + ".bn", self.conv(name, x, filters, kernel, stride))

    def cbr(self, *arguments):
        return F.relu(self.cb(*arguments))

    def block_a(self, name, x):
        one = self.cbr(name + ".branch1", x, 32, 1)
        two = self.cbr(name + ".branch2_2", self.cbr(name + ".branch2_1", x, 32, 1), 32, 1)
        three = self.cbr(name + ".branch3_2", self.cbr(name + ".branch3_1", x, 32, 1), 48, 3)
        three = self.cbr(name + ".branch3_4", self.cbr(name + ".branch3_3", three, 64, 3), 384, 1)
        return F.relu(self.cb(name + ".linear", torch.cat([one, two, three], 1), 384, 1) + 0.1 * x)

    def block_b(self, name, x):
        one = self.cbr(name + ".branch1", x, 192, 1)
        two = F.relu(self.norm(name + ".branch2_1.bn", F.relu(self.conv(name + ".branch2_1", x, 128, 1))))
        two = self.cbr(name + ".branch2_3", self.cbr(name + ".branch2_2", two, 160, (1, 7)), 192, (7, 1))
        return F.relu(self.cb(name + ".linear", torch.cat([one, two], 1), 1152, 1) + 0.1 * x)

    def forward(self, x):
        if x.shape[2] > 56 or x.shape[3] > 56:
            x = F.interpolate(x, (56, 56), mode="bilinear", align_corners=False)
        x = self.cbr("stem.conv1_2", self.cbr("stem.conv1_1", x, 32, 3, 2), 32, 3)
        x = self.cbr("stem.conv1_3", x, 64, 3)
        x = torch.cat([max_pool_same(x, 3, 2), self.cbr("stem.conv2", x, 96, 3, 2)], 1)
        left = self.cbr("stem.conv3_2", self.cbr("stem.conv3_1", x, 64, 1), 96, 3)
        right = self.cb("stem.conv4_2", self.cbr("stem.conv4_1", x, 64, 1), 64, (7, 1))
        right = self.cbr("stem.conv4_4", self.cbr("stem.conv4_3", right, 64, (1, 7)), 96, 3)
        x = torch.cat([left, right], 1)
        x = torch.cat([max_pool_same(x, 3, 2), self.cbr("stem.conv5", x, 192, 3, 2)], 1)
        x = self.block_a("block_a", x)
        one = self.cbr("reduction.branch1_2", self.cbr("reduction.branch1_1", x, 256, 3, 2), 256, 3)
        one = self.cbr("reduction.branch1_3", one, 384, 3)
        x = torch.cat([one, self.cbr("reduction.branch2", x, 384, 3, 2), max_pool_same(x, 3, 2)], 1)
        x = self.block_b("block_b2", self.block_b("block_b1", x))
        return self.dense("final", F.avg_pool2d(x, 4, 1).flatten(1), self.classes)


def cases():
    """Title, our name, options, class, sizes. What is returned as a class is made with (classes, height, width)."""
    yield "toy_cnn", "toy_cnn", {}, toy((32, 32), (3, 3), (32,)), [(128, 128), (97, 131)]
    yield "toy_cnn, 5 x 5 last", "toy_cnn", {"filters": [32, 64, 64], "kernels": [3, 3, 5]}, toy((32, 64, 64), (3, 3, 5), (32,)), [(128, 128)]
    yield "toy_cnn, tuner optimum", "toy_cnn", {"filters": [96, 64, 64], "dense": [160]}, toy((96, 64, 64), (3, 3, 3), (160,)), [(128, 128)]
    yield "mnist_convnet", "mnist_convnet", {}, Mnist, [(28, 28), (33, 41)]
    yield "cats_dogs_cnn", "cats_dogs_cnn", {}, CatsDogs, [(150, 150), (97, 131)]
    yield "inception_v1 book", "inception_v1", {"variant": "book"}, inception_v1(True), [(56, 56), (64, 64), (97, 131)]
    yield "inception_v1 notebook", "inception_v1", {"variant": "notebook"}, inception_v1(False), [(56, 56), (64, 64), (97, 131)]
    yield "minception", "minception", {}, Minception, [(64, 64), (56, 56)]
