#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training by several processes as the launchers themselves start them: torchrun, and srun inside a Slurm job, or with the Slurm
that tests/journeys/slurm/slurm.sh starts (SLURM_CONF).

    python3 -m venv V && V/bin/pip install torch
    V/bin/python tests/parity/launchers.py --cli build/bin/sightline-cli [--torchrun V/bin/torchrun]

Trains a small network without batch-norm or dropout with one process and with two of each launcher that is there, and compares the
weights. Exit 1 where a weight differs by more than 1e-4 or a launcher fails; a launcher that is not there is said and left out.
"""
import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TOLERANCE = 1e-4


def weights(run):
    """The network's float32 tensors of the last checkpoint, by name."""
    data = (Path(run) / "checkpoints" / "last.safetensors").read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    values = {}
    for name, tensor in header.items():
        if name == "__metadata__" or name.startswith("optimizer") or tensor["dtype"] != "F32":
            continue
        begin, end = (8 + length + offset for offset in tensor["data_offsets"])
        values[name] = struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
    return values


def trained(command):
    """The folder of the run that a command trained."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)["folder"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--torchrun", default=shutil.which("torchrun"))
    options = parser.parse_args()
    cli = str(Path(options.cli).resolve())
    launchers = {
        "torchrun": [options.torchrun, "--nproc-per-node", "2", "--no-python"] if options.torchrun else None,
        "torchrun --standalone": [options.torchrun, "--standalone", "--nproc-per-node", "2", "--no-python"] if options.torchrun else None,
        "srun": ["srun", "-n", "2"] if shutil.which("srun") and ("SLURM_CONF" in os.environ or "SLURM_JOB_ID" in os.environ) else None,
    }
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["SIGHTLINE_HOME"] = str(work / "home")
        subprocess.run([cli, "dataset", "make", "toys", "--to", work / "toys", "--seed", "1", "--train", "12", "--val", "3", "--test", "3",
                        "--size", "48"], check=True, stdout=subprocess.DEVNULL)
        (work / "e.json").write_text(json.dumps({
            "version": 1, "data": {"path": str(work / "toys"), "image_size": [32, 32]},
            "model": {"name": "toy_cnn", "options": {"dropout": 0}},
            "training": {"epochs": 2, "batch_size": 13, "precision": "fp32", "optimizer": {"name": "sgd", "learning_rate": 0.05}}}))
        command = [cli, "train", str(work / "e.json"), "--json"]
        alone, failed = weights(trained(command)), False
        for name, launcher in launchers.items():
            if not launcher:
                print(f"{name}: not here, left out")
                continue
            together = weights(trained(launcher + command))
            worst = max(abs(a - b) for key in alone for a, b in zip(alone[key], together[key], strict=True))
            failed = failed or worst > TOLERANCE or alone.keys() != together.keys()
            print(f"{name}: the largest difference of a weight is {worst:.2g}")
        sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
