#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the way compute threads wait for each other costs: a training step on an idle machine and beside four compilers.

    tests/bench/spin.py --cli build/release/bin/sightline-cli [--rounds 2] [--batch 8] [--models mobilenet_v2,...]

Short: GOMP_SPINCOUNT=1000, which sets libgomp for the whole run (our own choice then rests). Long: 300000, libgomp's default. Measured:
without a setting, so that sightline-cli looks at the machine and chooses (core/support/SpinPolicy.h). All take turns in each round, so
that what else the machine does falls on all; the median of the rounds is printed, as a table for BENCHMARKS.md. Beside compilers long
is left out unless --long: it takes minutes. Two rounds of four networks take about seven minutes on two cores.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

POLICIES = {"short": {"GOMP_SPINCOUNT": "1000"}, "long": {"GOMP_SPINCOUNT": "300000"}, "measured": {}}

# Templates of the standard library: several seconds for the compiler, no files to read meanwhile.
SOURCE = "#include <regex>\n#include <map>\n#include <functional>\n#include <string>\n" + "".join(
    f"std::map<std::string, std::function<int(int)>> table{i}; std::regex expression{i}(\"a+b*{i}\");"
    f" int use{i}(const std::string& s) {{ std::smatch m; return std::regex_search(s, m, expression{i}) ? table{i}[s]({i}) : 0; }}\n"
    for i in range(40))


class Compilers:
    """Four compilers that start again as soon as they have finished."""

    def __init__(self, count):
        self.folder = tempfile.TemporaryDirectory()
        source = os.path.join(self.folder.name, "large.cpp")
        with open(source, "w") as file:
            file.write(SOURCE)
        loop = f"while :; do g++ -std=c++20 -O2 -c {source} -o /dev/null; done"
        self.processes = [subprocess.Popen(["sh", "-c", loop], start_new_session=True) for _ in range(count)]
        if count:
            time.sleep(2)  # until they compile

    def stop(self):
        for process in self.processes:
            os.killpg(process.pid, 15)
            process.wait()
        self.folder.cleanup()


def speed(arguments, model, policy):
    environment = {key: value for key, value in os.environ.items() if key not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    environment.update(POLICIES[policy])
    command = [arguments.cli, "bench", "train", "--model", model, "--input", "128x128x3", "--classes", "5", "--batch",
               str(arguments.batch), "--json"]
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)["images_per_second"]


def measured(arguments, compilers):
    policies = ["short", "measured", "long"] if compilers == 0 or arguments.long else ["short", "measured"]
    figures = {model: {policy: [] for policy in policies} for model in arguments.models.split(",")}
    others = Compilers(compilers)
    try:
        for _ in range(arguments.rounds):
            for model in figures:
                for policy in policies:
                    figures[model][policy].append(speed(arguments, model, policy))
    finally:
        others.stop()
    return {model: {policy: statistics.median(values) for policy, values in row.items()} for model, row in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--models", default="mobilenet_v2,densenet121,resnet50,inception_resnet_v2")
    parser.add_argument("--long", action="store_true", help="long spinning beside compilers, too")
    arguments = parser.parse_args()
    print(f"Images/s of a training step, 128x128x3, batch {arguments.batch}, medians of {arguments.rounds}; in brackets: to short.\n")
    print("| network | machine | short (1,000) | long (300,000) | measured |\n|---|---|---|---|---|")
    for machine, compilers in (("idle", 0), ("beside four compilers", 4)):
        for model, row in measured(arguments, compilers).items():
            cells = [f"{row[policy]:.1f} ({row[policy] / row['short']:.2f})" if policy in row else "" for policy in ("long", "measured")]
            print(f"| {model} | {machine} | {row['short']:.1f} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
