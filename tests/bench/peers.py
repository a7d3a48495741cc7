#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what Sightline's augmentation is compared with: albumentations and Keras' ImageDataGenerator.

    python3 -m venv VENV && VENV/bin/pip install albumentations==2.0.8 opencv-python-headless keras==3.15.0 tensorflow-cpu scipy pillow
    VENV/bin/python tests/bench/peers.py --cli build/bin/sightline-cli [--seconds 3] [--repeats 3] [memory|decode|all]

One thread everywhere (OpenCV and TensorFlow are told so). The recipe: rotation 30, shifts .2, shear 5, zoom .2, brightness .5-1.5,
horizontal flip, fill reflect. All programs see the same random pictures and hand on float32 images times 1/255; albumentations is
also measured without that last step (uint8). Ours and the peers take turns, so that what else the machine does falls on all; the
median of each is printed, and the ratio of medians. With one thread each, images are counted per second of processor time (--wall: of
the clock), which other programs on the machine change less. One JSON object at the end.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", CUDA_VISIBLE_DEVICES="",
                  NO_ALBUMENTATIONS_UPDATE="1")
import numpy as np  # noqa: E402

RECIPE = {"rotation_range": 30, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 5, "zoom_range": 0.2,
          "brightness_range": [0.5, 1.5], "horizontal_flip": True, "fill_mode": "reflect"}


def photographs(count, height, width, seed):
    """Pictures with the statistics of photographs: noise at several scales over a gradient."""
    import cv2
    random = np.random.default_rng(seed)
    for _ in range(count):
        image = np.zeros((height, width, 3), np.float32)
        for scale in (4, 16, 64):
            small = random.normal(0, 30, (max(2, height // scale), max(2, width // scale), 3)).astype(np.float32)
            image += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        image += random.uniform(60, 190, 3).astype(np.float32) + random.normal(0, 3, image.shape).astype(np.float32)
        yield np.clip(image, 0, 255).astype(np.uint8)


def rate(step, seconds, wall):
    """Calls `step` (which says how many images it made) for a while; images a second of processor time, or of the clock."""
    clock = time.perf_counter if wall else time.process_time
    step()
    done, start, wall_start = 0, clock(), time.perf_counter()
    while time.perf_counter() - wall_start < seconds:
        done += step()
    return done / (clock() - start)


def albumentations_step(images, as_float):
    import albumentations as A
    import cv2
    cv2.setNumThreads(1)
    steps = [A.Affine(rotate=(-30, 30), translate_percent=(-0.2, 0.2), shear=(-5, 5), scale=(0.8, 1.2), keep_ratio=False, border_mode=cv2.BORDER_REFLECT,
                      interpolation=cv2.INTER_LINEAR, p=1),
             A.HorizontalFlip(p=0.5),
             A.MultiplicativeNoise(multiplier=(0.5, 1.5), per_channel=False, elementwise=False, p=1)]
    if as_float:
        steps.append(A.Normalize(mean=(0, 0, 0), std=(1, 1, 1), max_pixel_value=255.0, p=1))
    compose = A.Compose(steps)
    state = {"i": 0}

    def step():
        for _ in range(16):
            compose(image=images[state["i"] % len(images)])
            state["i"] += 1
        return 16
    return step


def keras_generator():
    from keras.src.legacy.preprocessing.image import ImageDataGenerator
    return ImageDataGenerator(rescale=1 / 255, **RECIPE)


def keras_step(images):
    flow = keras_generator().flow(np.stack(images).astype(np.float32), batch_size=32, shuffle=True)

    def step():
        return len(next(flow))
    return step


def keras_folder_step(folder, size):
    flow = keras_generator().flow_from_directory(folder, target_size=(size, size), batch_size=32, interpolation="bilinear")

    def step():
        return len(next(flow)[0])
    return step


class Ours:
    def __init__(self, cli, recipe, wall):
        self.cli, self.recipe, self.key = cli, recipe, "images_per_second" if wall else "images_per_cpu_second"

    def __call__(self, folder, size, *more, key=None):
        command = [self.cli, "bench", "augment", "--data", str(folder), "--config", str(self.recipe), "--size", f"{size}x{size}", "--json", *more]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[key or self.key]


def write_tree(folder, height, width, count, quality=90):
    import cv2
    for i, image in enumerate(photographs(count, height, width, 7)):
        path = pathlib.Path(folder) / "train" / ("a" if i % 2 else "b") / f"{i:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def compare(name, ours, peers, repeats):
    """Takes turns; returns medians and the ratios of ours to each peer."""
    runs = {key: [] for key in ["ours", *peers]}
    for _ in range(repeats):
        runs["ours"].append(ours())
        for key, peer in peers.items():
            runs[key].append(peer())
    medians = {key: statistics.median(values) for key, values in runs.items()}
    result = {"name": name, **{key: round(value, 1) for key, value in medians.items()},
              "ratios": {key: round(medians["ours"] / medians[key], 2) for key in peers}, "load": os.getloadavg()[0]}
    print(json.dumps(result), flush=True)
    return result


def memory(cli, args, temporary):
    results = []
    for size in (64, 224):
        folder = temporary / f"memory{size}"
        write_tree(folder, size, size, 256)
        images = list(photographs(256, size, size, 7))
        peers = {"albumentations": albumentations_step(images, True), "albumentations_uint8": albumentations_step(images, False), "keras": keras_step(images)}
        results.append(compare(f"in memory, {size}x{size}", lambda: cli(folder, size, "--threads", "1"),
                               {key: (lambda step=step: rate(step, args.seconds, args.wall)) for key, step in peers.items()}, args.repeats))
        results.append(compare(f"the trainer's loader from its second epoch, {size}x{size}, to memory alone", lambda: cli(folder, size, "--threads", "1", "--cached"),
                               {"memory": lambda: cli(folder, size, "--threads", "1")}, args.repeats))
        results.append(compare(f"the same from the cache's file, {size}x{size}", lambda: cli(folder, size, "--threads", "1", "--cached", "--cache-memory-mb", "0"),
                               {"memory": lambda: cli(folder, size, "--threads", "1")}, args.repeats))
    return results


def decode(cli, args, temporary):
    results = []
    for height, width, size, count in ((375, 500, 224, 192), (64, 64, 64, 512)):
        folder = temporary / f"files{width}"
        write_tree(folder, height, width, count)
        step = keras_folder_step(str(folder / "train"), size)
        for more in ([], ["--scaled"]) if width > size else ([],):
            results.append(compare(f"files {width}x{height} to {size}{' scaled' if more else ''}", lambda: cli(folder, size, "--decode", "--threads", "1", *more),
                                   {"keras": lambda: rate(step, args.seconds, args.wall)}, args.repeats))
        one_two = compare(f"files {width}x{height} to {size}, two threads to one", lambda: cli(folder, size, "--decode", "--threads", "2", key="images_per_second"),
                          {"one": lambda: cli(folder, size, "--decode", "--threads", "1", key="images_per_second")}, args.repeats)
        results.append(one_two)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["memory", "decode", "all"])
    parser.add_argument("--cli", required=True)
    parser.add_argument("--wall", action="store_true")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        temporary = pathlib.Path(name)
        recipe = temporary / "recipe.json"
        recipe.write_text(json.dumps(RECIPE))
        cli = Ours(args.cli, recipe, args.wall)
        results = []
        if args.what in ("memory", "all"):
            results += memory(cli, args, temporary)
        if args.what in ("decode", "all"):
            results += decode(cli, args, temporary)
        print(json.dumps({"results": results}))


if __name__ == "__main__":
    main()
