#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a run tells images of none of its classes: digits against letters, toys against photographs.

    python3 -m venv VENV && VENV/bin/pip install numpy pillow scikit-learn scikit-image
    VENV/bin/python tests/bench/unknown.py build/release/sightline-cli [--seeds 3] [--networks toy_cnn,resnet18] [--sizes 64,128] [--keep FOLDER]

Draws digits and letters as strokes of a pen, toys with the program itself, and crops photographs and textures out of
scikit-learn's and scikit-image's sample images; noise has the spectrum of nature (1/f). Toys are learned plain and
augmented. Trains with the program, asks `predict --json`, and
prints per case: the area under the ROC curve of unknown_score (and of 1 - confidence, to compare), the share of unknown
images found, and the share of known test images refused, both at --refuse-share 0.05.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage import data as samples
from sklearn.datasets import load_sample_images
from sklearn.metrics import roc_auc_score


def circle(x, y, rx, ry, begin=0.0, end=1.0):
    turns = np.linspace(begin, end, 24) * 2 * np.pi
    return [(x + rx * np.sin(turn), y - ry * np.cos(turn)) for turn in turns]


# Strokes in a box of 0 ... 1; y grows downwards.
DIGITS = {
    "0": [circle(.5, .5, .28, .42)],
    "1": [[(.35, .25), (.52, .08), (.52, .92)]],
    "2": [circle(.5, .3, .26, .22, -.25, .3) + [(.25, .9), (.78, .9)]],
    "3": [circle(.45, .29, .26, .2, -.2, .5) + circle(.45, .7, .3, .22, 0, .7)],
    "4": [[(.62, .92), (.62, .08), (.2, .65), (.82, .65)]],
    "5": [[(.75, .1), (.3, .1), (.28, .45)] + circle(.48, .66, .28, .25, -.1, .7)],
    "6": [[(.65, .08), (.32, .5)] + circle(.5, .68, .24, .22, -.25, .75)],
    "7": [[(.22, .1), (.78, .1), (.42, .92)]],
    "8": [circle(.5, .29, .2, .19), circle(.5, .7, .26, .22)],
    "9": [circle(.5, .32, .24, .22), [(.74, .32), (.68, .92)]],
}
LETTERS = {
    "A": [[(.15, .92), (.5, .08), (.85, .92)], [(.3, .6), (.7, .6)]],
    "E": [[(.75, .08), (.25, .08), (.25, .92), (.75, .92)], [(.25, .5), (.65, .5)]],
    "F": [[(.75, .08), (.25, .08), (.25, .92)], [(.25, .5), (.65, .5)]],
    "H": [[(.2, .08), (.2, .92)], [(.8, .08), (.8, .92)], [(.2, .5), (.8, .5)]],
    "K": [[(.25, .08), (.25, .92)], [(.8, .08), (.25, .55), (.8, .92)]],
    "M": [[(.12, .92), (.2, .08), (.5, .6), (.8, .08), (.88, .92)]],
    "N": [[(.2, .92), (.2, .08), (.8, .92), (.8, .08)]],
    "R": [[(.25, .92), (.25, .08)] + circle(.3, .28, .4, .2, 0, .5) + [(.8, .92)]],
    "T": [[(.12, .1), (.88, .1)], [(.5, .1), (.5, .92)]],
    "U": [[(.2, .08)] + circle(.5, .62, .3, .3, .75, .25) + [(.8, .08)]],
    "W": [[(.08, .08), (.3, .92), (.5, .35), (.7, .92), (.92, .08)]],
    "X": [[(.2, .08), (.8, .92)], [(.8, .08), (.2, .92)]],
}


def drawn(strokes, random, size=32):
    """A pen's strokes: slanted, stretched, shaky, of some width; drawn large and made small."""
    scale = 8
    angle, slant = random.normal(0, .12), random.normal(0, .15)
    stretch, shift = random.uniform(.7, .95, 2), random.normal(0, .03, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.array([[1, slant], [0, 1]])
    picture = Image.new("L", (size * scale, size * scale), int(random.integers(0, 30)))
    pen, ink = int(random.uniform(1.6, 3.4) * scale), int(random.integers(190, 256))
    for stroke in strokes:
        points = np.array(stroke) - .5 + random.normal(0, .018, (len(stroke), 2))
        points = ((points * stretch) @ turn.T + .5 + shift) * size * scale
        line = [tuple(point) for point in points]
        ImageDraw.Draw(picture).line(line, fill=ink, width=pen, joint="curve")
    small = picture.filter(ImageFilter.GaussianBlur(scale / 2)).resize((size, size), Image.Resampling.BOX)
    return Image.fromarray(np.clip(np.asarray(small) + random.normal(0, 6, (size, size)), 0, 255).astype(np.uint8))


def natural_noise(random, size):
    """Colors whose spectrum falls like that of photographs."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
    frequency[0, 0] = 1
    planes = [np.fft.ifft2(np.fft.fft2(random.normal(size=(size, size))) / frequency ** 1.1).real for _ in range(3)]
    mixed = np.tensordot(np.array([[1, .25, .1], [1, 0, -.1], [1, -.25, .1]]), np.stack(planes), 1)
    return Image.fromarray(np.clip(127 + 55 * mixed / mixed.std(), 0, 255).astype(np.uint8).transpose(1, 2, 0))


def crop(photographs, random, size):
    photograph = photographs[random.integers(len(photographs))]
    side = int(random.uniform(96, min(400, *photograph.shape[:2])))
    top, left = (int(random.integers(length - side + 1)) for length in photograph.shape[:2])
    return Image.fromarray(photograph[top:top + side, left:left + side]).convert("RGB").resize((size, size), Image.Resampling.BILINEAR)


def save(picture, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file)


class Program:
    def __init__(self, cli, home):
        self.cli, self.home = cli, home

    def __call__(self, *arguments):
        done = subprocess.run([self.cli, "--home", str(self.home), *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def trained(self, folder, size, channels, seed, network="toy_cnn", augmentation=None, epochs=15):
        experiment = {"version": 1, "name": folder.name, "seed": seed,
                      "data": {"path": str(folder), "image_size": [size, size], "color_mode": channels},
                      "normalization": {"preset": "rescale"}, "model": {"name": network},
                      "training": {"epochs": epochs, "batch_size": 32}}
        if augmentation:
            experiment["augmentation"] = augmentation
        file = folder.parent / (folder.name + ".json")
        file.write_text(json.dumps(experiment))
        return json.loads(self("train", file, "--json"))["run"]

    def asked(self, run, folder):
        return json.loads(self("predict", run, folder, "--json"))


def figures(known, unknown):
    truth = [0] * len(known) + [1] * len(unknown)
    both = known + unknown
    return {"known": len(known), "unknown": len(unknown),
            "auroc": roc_auc_score(truth, [one["unknown_score"] for one in both]),
            "auroc_of_confidence": roc_auc_score(truth, [1 - one["confidence"] for one in both]),
            "found": float(np.mean([one["unknown"] for one in unknown])),
            "refused": float(np.mean([one["unknown"] for one in known]))}


def digits(program, folder, seed):
    random = np.random.default_rng(seed)
    data = folder / f"digits-{seed}"
    for split, count in (("train", 120), ("val", 40), ("test", 60)):
        for name, strokes in DIGITS.items():
            for i in range(count):
                save(drawn(strokes, random), data / split / name / f"{i}.png")
    aliens = folder / f"letters-{seed}"
    for name, strokes in LETTERS.items():
        for i in range(50):
            save(drawn(strokes, random), aliens / f"{name}{i}.png")
    run = program.trained(data, 32, "grayscale", seed)
    return {"letters": figures(program.asked(run, data / "test"), program.asked(run, aliens))}


AUGMENTATION = {"rotation_range": 30, "width_shift_range": .2, "height_shift_range": .2, "shear_range": 5, "zoom_range": .2,
                "brightness_range": [.5, 1.5], "horizontal_flip": True, "fill_mode": "reflect"}


def toys(program, folder, seed, network, size, augmented):
    random = np.random.default_rng(seed)
    data = folder / f"toys-{size}-{seed}"
    if not data.exists():
        program("dataset", "make", "toys", "--to", data, "--seed", seed, "--train", 120, "--val", 60, "--test", 60, "--size", size)
    photographs = [*load_sample_images().images, samples.astronaut(), samples.chelsea(), samples.coffee(), samples.rocket(),
                   samples.stereo_motorcycle()[0]]
    textures = [samples.grass(), samples.gravel(), samples.brick()]
    kinds = {"photographs": lambda: crop(photographs, random, size), "textures": lambda: crop(textures, random, size),
             "noise": lambda: natural_noise(random, size)}
    for kind, draw in kinds.items():
        for i in range(300):
            save(draw(), folder / f"{kind}-{size}-{seed}" / f"{i}.png")
    run = program.trained(data, size, "rgb", seed, network, AUGMENTATION if augmented else None)
    known = program.asked(run, data / "test")
    return {kind: figures(known, program.asked(run, folder / f"{kind}-{size}-{seed}")) for kind in kinds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--networks", default="toy_cnn")
    parser.add_argument("--sizes", default="64")
    parser.add_argument("--keep", help="a folder for images and runs; else they are gone afterwards")
    options = parser.parse_args()

    def say(**words):
        print(json.dumps(words), flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        program = Program(options.cli, folder / "home")
        for seed in range(1, options.seeds + 1):
            for against, numbers in digits(program, folder, seed).items():
                say(known="digits", against=against, seed=seed, **numbers)
            for network in options.networks.split(","):
                for size in map(int, options.sizes.split(",")):
                    for augmented in (False, True):
                        for against, numbers in toys(program, folder, seed, network, size, augmented).items():
                            say(known="toys", network=network, size=size, augmented=augmented, against=against, seed=seed, **numbers)


if __name__ == "__main__":
    main()
