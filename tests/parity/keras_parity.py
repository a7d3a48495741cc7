#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares `sightline-cli augment --apply` with the real Keras releases and with Pillow, over random cases.

    python3 -m venv v && v/bin/pip install numpy scipy pillow tensorflow-cpu keras keras-preprocessing==1.1.2
    v/bin/python tests/parity/keras_parity.py build/dev/bin/sightline-cli --cases 300

Not part of the quick tests: it needs PyPI. Prints the largest difference of each kind on the 0...255 scale; exit 1 above 0.02.
"""
import argparse, json, os, random, subprocess, sys, tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import numpy as np
from PIL import Image, ImageEnhance, ImageOps
from scipy import ndimage

TOLERANCE = 0.02
SIZES = [(1, 1), (1, 9), (9, 1), (2, 2), (7, 13), (32, 32), (33, 20), (48, 80), (64, 64)]
FILLS = ["nearest", "reflect", "wrap", "constant"]


def keras_generator(semantics, config):
    if semantics == "keras<=2.8":
        from keras_preprocessing.image import ImageDataGenerator
    else:
        from keras.src.legacy.preprocessing.image import ImageDataGenerator
    return ImageDataGenerator(fill_mode=config["fill_mode"], cval=config["cval"])


def picture(rng, height, width, grey):
    kind = rng.randrange(3)
    noise = np.random.default_rng(rng.randrange(1 << 30))
    if kind == 0:
        pixels = noise.integers(0, 256, (height, width, 3))
    elif kind == 1:
        y, x = np.mgrid[0:height, 0:width]
        pixels = np.stack([(x * 255) // max(1, width - 1), (y * 255) // max(1, height - 1), (x + y) % 256], -1)
    else:
        pixels = noise.integers(90, 140, (height, width, 3))
    pixels = pixels.astype(np.uint8)
    if grey:
        pixels[..., 1] = pixels[..., 2] = pixels[..., 0]
    return pixels


def drawn_parameters(rng, height, width):
    p = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0, "flip_horizontal": rng.random() < 0.5,
         "flip_vertical": rng.random() < 0.5, "channel_shift_intensity": None, "brightness": None}
    if rng.random() < 0.6:
        p["theta"] = rng.choice([rng.uniform(-180, 180), rng.uniform(-30, 30), rng.choice([90, -90, 180, 45])])
    if rng.random() < 0.6:
        p["tx"] = rng.choice([rng.uniform(-0.5, 0.5) * height, float(rng.randint(-3, 3))])
        p["ty"] = rng.choice([rng.uniform(-0.5, 0.5) * width, float(rng.randint(-3, 3))])
    if rng.random() < 0.5:
        p["shear"] = rng.uniform(-60, 60)
    if rng.random() < 0.5:
        p["zx"], p["zy"] = rng.uniform(0.3, 3), rng.choice([rng.uniform(0.3, 3), 1.0])
    if rng.random() < 0.4:
        p["channel_shift_intensity"] = rng.uniform(-150, 150)
    if rng.random() < 0.5:
        p["brightness"] = rng.choice([rng.uniform(0, 3), 1.0, 0.0])
    return p


def with_dims(params):
    """Keras applies only what is in the dictionary."""
    return {k: v for k, v in params.items() if v is not None}


def run_sightline(cli, folder, pixels, config, params, name="image"):
    image, conf, par, out = (os.path.join(folder, name + end) for end in (".png", ".config.json", ".params.json", ".npy"))
    Image.fromarray(pixels).save(image)
    json.dump(config, open(conf, "w"))
    json.dump(params, open(par, "w"))
    done = subprocess.run([cli, "augment", image, "--config", conf, "--apply", par, "--out", out], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return np.load(out)


def against_keras(cli, folder, rng, cases, semantics):
    worst, bad = 0.0, []
    for case in range(cases):
        height, width = rng.choice(SIZES)
        pixels = picture(rng, height, width, rng.random() < 0.3)
        config = {"fill_mode": rng.choice(FILLS), "cval": rng.choice([0.0, 127.5, -40.0, 300.0, 255.0]), "semantics": semantics}
        params = drawn_parameters(rng, height, width)
        if semantics == "documented":
            height = width = max(height, 2)
            pixels = picture(rng, height, width, False)
        expected = keras_generator(semantics, config).apply_transform(pixels.astype("float32"), with_dims(params))
        got = run_sightline(cli, folder, pixels, config, params)
        difference = float(np.abs(got - expected).max()) if got.shape == expected.shape else float("inf")
        worst = max(worst, difference)
        if difference > TOLERANCE:
            bad.append((difference, pixels.shape, config, params, int((np.abs(got - expected) > TOLERANCE).any(-1).sum())))
    return worst, bad


def pillow_operation(image, name, strength):
    enhancers = {"brightness": ImageEnhance.Brightness, "color": ImageEnhance.Color, "contrast": ImageEnhance.Contrast, "sharpness": ImageEnhance.Sharpness}
    if name in enhancers:
        return enhancers[name](image).enhance(strength)
    return {"posterize": lambda: ImageOps.posterize(image, int(strength)), "solarize": lambda: ImageOps.solarize(image, strength),
            "auto-contrast": lambda: ImageOps.autocontrast(image), "equalize": lambda: ImageOps.equalize(image)}[name]()


def against_pillow(cli, folder, rng, cases):
    strengths = {"brightness": lambda: rng.uniform(0, 2), "color": lambda: rng.uniform(0, 2), "contrast": lambda: rng.uniform(0, 2), "sharpness": lambda: rng.uniform(0, 2),
                 "posterize": lambda: rng.randint(1, 8), "solarize": lambda: rng.uniform(0, 255), "auto-contrast": lambda: 0, "equalize": lambda: 0}
    worst, bad = 0.0, []
    for case in range(cases):
        height, width = rng.choice(SIZES)
        pixels = picture(rng, height, width, rng.random() < 0.2)
        name = rng.choice(list(strengths))
        strength = strengths[name]()
        expected = np.asarray(pillow_operation(Image.fromarray(pixels), name, strength)).astype("float32")
        got = run_sightline(cli, folder, pixels, {}, {"policy": [[name, strength]]})
        difference = float(np.abs(got - expected).max())
        worst = max(worst, difference)
        if difference > 0:
            bad.append((difference, pixels.shape, name, strength))
    return worst, bad


def against_scipy_blur(cli, folder, rng, cases):
    worst, bad = 0.0, []
    for case in range(cases):
        height, width = rng.choice(SIZES)
        pixels = picture(rng, height, width, False)
        sigma = rng.uniform(0.2, 6)
        expected = np.stack([ndimage.gaussian_filter(pixels[..., c].astype("float64"), sigma, mode="reflect") for c in range(3)], -1)
        got = run_sightline(cli, folder, pixels, {}, {"blur": sigma})
        difference = float(np.abs(got - expected).max())
        worst = max(worst, difference)
        if difference > TOLERANCE:
            bad.append((difference, pixels.shape, sigma))
    return worst, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        kinds = [(s, lambda rng, s=s: against_keras(options.cli, folder, rng, options.cases, s)) for s in ("keras>=2.9", "keras<=2.8", "documented")]
        kinds += [("Pillow's operations", lambda rng: against_pillow(options.cli, folder, rng, options.cases)), ("scipy's blur", lambda rng: against_scipy_blur(options.cli, folder, rng, options.cases // 4))]
        for name, compare in kinds:
            worst, bad = compare(random.Random(options.seed))
            print(f"{name}: largest difference {worst:.6f} of 255, {len(bad)} cases apart")
            for case in bad[:5]:
                print("   ", case)
            failed |= bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
