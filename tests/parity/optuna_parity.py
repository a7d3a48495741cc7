#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does Optuna read our journal? A small search is run, and its trials, values, states and best are asked of Optuna's own
JournalStorage, which then adds a note to the study; ours still reads it.

    python3 -m venv VENV && VENV/bin/pip install "optuna>=4"
    VENV/bin/python tests/parity/optuna_parity.py build/bin/sightline-cli
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

STATES = {"complete": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL", "running": "RUNNING"}


def search(data):
    return {
        "version": 1,
        "name": "parity",
        "base": {
            "version": 1,
            "name": "tiny",
            "data": {"path": str(data), "image_size": [24, 24]},
            "training": {"epochs": 4, "batch_size": 16},
        },
        "space": {
            "model.options.filters": {"repeat": {"int": [1, 2]}, "of": {"choice": [4, 8]}},
            "model.options.dense": {"choice": [[], [8], [8, 8]]},
            "model.options.dropout": {"float": [0, 0.5], "step": 0.25},
            "training.optimizer.name": {"choice": ["adam", "rmsprop"]},
            "training.optimizer.learning_rate": {"float": [1e-4, 1e-1], "log": True},
            "training.balanced": {"bool": True},
        },
        "sampler": "tpe",
        "pruner": "asha",
        "trials": 14,
    }


def flattened(params):
    for path, value in params.items():
        if path == "model.options.dense":
            yield path, json.dumps(value, separators=(",", ":"))
        elif isinstance(value, list):
            yield path + ".length", len(value)
            for place, element in enumerate(value):
                yield f"{path}.{place}", element
        else:
            yield path, value


def compare(ours, theirs, direction):
    assert len(ours["trials"]) == len(theirs.trials)
    assert theirs.direction.name.lower().startswith(direction)
    for mine, trial in zip(ours["trials"], theirs.trials):
        assert mine["number"] == trial.number
        assert STATES[mine["state"]] == trial.state.name, (mine, trial)
        assert mine["value"] == trial.value, (mine["value"], trial.value)
        assert dict(flattened(mine["params"])) == trial.params, (mine["params"], trial.params)
        assert {int(epoch): value for epoch, value in mine["epochs"].items()} == trial.intermediate_values
        assert trial.user_attrs["runs"] == mine["runs"]
        assert trial.datetime_complete >= trial.datetime_start
    assert ours["best"] == theirs.best_trial.number


def main():
    cli = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        data, home = root / "toys", root / "home"

        def run(*arguments):
            done = subprocess.run([cli, "--home", str(home), *arguments], check=True, capture_output=True, text=True)
            return done.stdout

        run("dataset", "make", "toys", "--to", str(data), "--train", "6", "--val", "4", "--test", "1", "--size", "24")
        (root / "search.json").write_text(json.dumps(search(data)))
        ours = json.loads(run("search", str(root / "search.json"), "--json"))
        storage = JournalStorage(JournalFileBackend(str(home / "searches" / ours["id"] / "journal.log")))
        study = optuna.load_study(study_name="parity", storage=storage)
        compare(ours, study, "max")
        frame = [(trial.number, trial.state.name, trial.value) for trial in study.get_trials()]
        print(*frame, sep="\n")
        print("importance by Optuna:", optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()))
        study.set_user_attr("dashboard:note", "seen")
        again = json.loads(run("search", "show", ours["id"], "--json"))
        assert again == ours
    print(f"Optuna {optuna.__version__} reads what we write.")


if __name__ == "__main__":
    main()
