#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does TensorBoard read our event files? A run and its fork are trained, exported all at once, and read by TensorBoard's own
reader, which checks each record's checksum: its scalars must be the columns of history.csv at the epochs of its rows.

    python3 -m venv VENV && VENV/bin/pip install tensorboard
    VENV/bin/python tests/parity/tensorboard_parity.py build/bin/sightline-cli
"""
import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

EXPERIMENT = {
    "version": 1,
    "name": "Größe, ß",
    "data": {"image_size": [24, 24]},
    "model": {"options": {"filters": [4, 8]}},
    "training": {"epochs": 3, "batch_size": 16},
}


def scalars(folder):
    reader = EventAccumulator(str(folder))
    reader.Reload()
    found = {}
    for tag in reader.Tags()["scalars"]:
        found[tag] = {event.step: event.value for event in reader.Scalars(tag)}
    return found


def compare(run, folder):
    with open(pathlib.Path(run) / "history.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    read = scalars(folder)
    columns = [name for name in rows[0] if name != "epoch"]
    assert set(columns) == set(read), (columns, sorted(read))
    values = 0
    for row in rows:
        for name in columns:
            if row[name] == "":
                assert int(row["epoch"]) not in read[name]
                continue
            ours, theirs = float(row[name]), read[name][int(row["epoch"])]
            assert math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-30), (name, row["epoch"], ours, theirs)
            values += 1
    return values


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)

        def call(*words):
            command = [program, "--home", str(place / "home"), *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 0, (words, done.stderr)
            return done.stdout

        call("dataset", "make", "toys", "--to", place / "toys", "--train", 10, "--val", 4, "--test", 1, "--size", 24)
        experiment = {**EXPERIMENT, "data": {**EXPERIMENT["data"], "path": str(place / "toys")}}
        (place / "experiment.json").write_text(json.dumps(experiment), encoding="utf-8")
        call("train", place / "experiment.json")
        first = json.loads(call("runs", "list", "--json"))[0]
        call("train", "--fork", first["id"], "--at", "1", "--set", "training.epochs=4")
        call("export", "--all", "--tensorboard", place / "boards")
        runs = json.loads(call("runs", "list", "--json"))
        assert len(runs) == 2
        for run in runs:
            values = compare(run["folder"], place / "boards" / run["id"])
            print(f"{run['id']}: {values} values as in history.csv")


main()
