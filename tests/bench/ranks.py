#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes of one thread against one process of two threads, on the same two cores and images.

    python3 tests/bench/ranks.py --cli build/bin/sightline-cli --work DIR [--model resnet18] [--size 64] [--batch 64] [--rounds 3]

Trains on generated toys, the two ways in turn, and takes the images per second of each run's epochs after the first (which decodes).
Prints both medians, their ratio, and what two processes exchange in a step: the loopback's bytes over the steps (Linux, /sys).
"""
import argparse
import json
import os
import socket
import statistics
import subprocess
from pathlib import Path


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def loopback_bytes():
    return int(Path("/sys/class/net/lo/statistics/tx_bytes").read_text())


def train(cli, experiment, events, ranks, threads):
    """Images per second of the epochs after the first; bytes over the loopback; batches trained."""
    port, before = str(free_port()), loopback_bytes()
    started = []
    for rank in range(ranks):
        env = dict(os.environ)
        if ranks > 1:
            env.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(ranks), MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
        arguments = [cli, "train", experiment, "--threads", str(threads), "--json"]
        arguments += ["--events", events] if rank == 0 else []
        started.append(subprocess.Popen(arguments, env=env, stdout=subprocess.DEVNULL))
    if any([process.wait() for process in started]):
        raise SystemExit("a process failed")
    lines = [json.loads(line) for line in Path(events).read_text().splitlines()]
    speeds = [line["images_per_second"] for line in lines if line["type"] == "epoch"][1:]
    batches = sum(line["type"] == "batch" for line in lines)
    return statistics.median(speeds), loopback_bytes() - before, batches


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    os.environ["SIGHTLINE_HOME"] = str(work / "home")
    if not (work / "toys").exists():
        subprocess.run([options.cli, "dataset", "make", "toys", "--to", work / "toys", "--seed", "1", "--train", "128", "--val", "2",
                        "--test", "2", "--size", str(options.size)], check=True, stdout=subprocess.DEVNULL)
    experiment = work / "experiment.json"
    experiment.write_text(json.dumps({
        "version": 1, "data": {"path": str(work / "toys"), "image_size": [options.size, options.size]},
        "model": {"name": options.model}, "training": {"epochs": 3, "batch_size": options.batch}}))
    one, two, sent = [], [], []
    for _ in range(options.rounds):
        one.append(train(options.cli, experiment, work / "one.jsonl", 1, 2)[0])
        speed, moved, batches = train(options.cli, experiment, work / "two.jsonl", 2, 1)
        two.append(speed)
        sent.append(moved / batches)
    alone, together = statistics.median(one), statistics.median(two)
    print(f"{options.model} at {options.size}, batches of {options.batch}: one process of two threads {alone:.0f} images/s, "
          f"two of one thread {together:.0f}, ratio {together / alone:.2f}; {statistics.median(sent) / 1e6:.2f} MB on the wire a step")


if __name__ == "__main__":
    main()
