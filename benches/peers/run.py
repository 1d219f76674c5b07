#!/usr/bin/env python3
"""Runs the job of `job.py` with dash and with its peers, in turns, and prints one table.

    python3 benches/peers/run.py [--rounds N] [--only NAME,...]

Makes a Python environment of its own in `target/peers` (about 7 GB: PyTorch from PyPI comes with CUDA; set PIP_INDEX_URL
to an index of CPU builds to avoid that). Everything runs on one thread of one core.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CASES = [(4, "1e-5"), (4, "1e-3"), (560, "1e-5"), (560, "1e-3")]
OURS = "dash-ode"
# Loss and gradient norm of the first batch must agree this well, relative to ours.
AGREEMENT = {"1e-5": 1e-3, "1e-3": 1e-2}
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    # Memory stays with a program that has it, for all alike.
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="parts of names; ours always runs")
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    python = environment(target / "peers")
    data = target / "peers" / "data.bin"
    call([python, HERE / "job.py", data])
    programs = peers(target, python, data)
    wanted = [part for part in arguments.only.split(",") if part]
    if wanted:
        programs = {
            name: program
            for name, program in programs.items()
            if name == OURS or any(part in name for part in wanted)
        }
    results = measure(programs, arguments.rounds)
    print(table(results, arguments.rounds))
    wrong = disagreements(results)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def environment(folder: pathlib.Path) -> pathlib.Path:
    """The Python of a virtual environment that has what `requirements.txt` names."""
    requirements = HERE / "requirements.txt"
    python, stamp = folder / "venv/bin/python", folder / "installed.txt"
    if stamp.is_file() and stamp.read_text() == requirements.read_text():
        return python
    call([sys.executable, "-m", "venv", folder / "venv"])
    call([python, "-m", "pip", "install", "--quiet", "--requirement", requirements])
    stamp.write_text(requirements.read_text())
    return python


def peers(target: pathlib.Path, python: pathlib.Path, data: pathlib.Path) -> dict:
    """For every name, a function from a case to a command."""
    cargo = os.environ.get("CARGO", "cargo")
    build = [cargo, "build", "--release", "--quiet"]
    call([*build, "--package", "dash-benches", "--example", "peers", "--target-dir", target], cwd=ROOT)
    call([*build, "--target-dir", target / "peers/diffsol"], cwd=HERE / "diffsol")
    ours, diffsol = target / "release/examples/peers", target / "peers/diffsol/release/peer-diffsol"
    return {
        OURS: lambda batch, rtol: [ours, data, batch, rtol],
        "diffsol": lambda batch, rtol: [diffsol, data, batch, rtol],
        "diffrax, checkpointed": lambda batch, rtol: [python, HERE / "with_diffrax.py", batch, rtol, "checkpointed"],
        "diffrax, backsolve": lambda batch, rtol: [python, HERE / "with_diffrax.py", batch, rtol, "backsolve"],
        "torchdiffeq": lambda batch, rtol: [python, HERE / "with_torchdiffeq.py", batch, rtol],
    }


def measure(programs: dict, rounds: int) -> dict:
    """All results by name and case; in every round every program runs once for every case, ours beside each peer."""
    core = str(max(os.sched_getaffinity(0)))
    results = {name: {case: [] for case in CASES} for name in programs}
    for number in range(rounds):
        for case in CASES:
            for name, command in programs.items():
                print(f"round {number + 1} of {rounds}, {case}: {name}", file=sys.stderr)
                line = call(["taskset", "--cpu-list", core, *command(*case)], capture=True)
                results[name][case].append(json.loads(line))
    return results


def table(results: dict, rounds: int) -> str:
    """Median CPU seconds per epoch, and how much longer than ours in the same round (median)."""
    heads = [f"batch {batch}, {rtol}" for batch, rtol in CASES]
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(CASES)]
    for name, cases in results.items():
        cells = []
        for case, runs in cases.items():
            seconds = [run["cpu_seconds"] for run in runs]
            ratios = [theirs / ours["cpu_seconds"] for theirs, ours in zip(seconds, results[OURS][case])]
            longer = "" if name == OURS else f" ({statistics.median(ratios):.1f}×)"
            cells.append(f"{statistics.median(seconds):.3f}{longer}")
        version = cases[CASES[0]][0]["version"]
        lines.append(f"| {name} ({version}) | " + " | ".join(cells) + " |")
    for what in ("loss", "gradient_norm"):
        lines += ["", f"{what} of the first batch:", ""]
        for name, cases in results.items():
            values = ", ".join(f"{runs[0][what]:.6f}" for runs in cases.values())
            lines.append(f"- {name}: {values}")
    caption = f"CPU seconds per epoch on one thread, median of {rounds} rounds (× ours, same round)"
    return "\n".join([caption, "", *lines])


def disagreements(results: dict) -> list:
    lines = []
    for name, cases in results.items():
        for case, runs in cases.items():
            for what in ("loss", "gradient_norm"):
                ours, theirs = results[OURS][case][0][what], runs[0][what]
                if abs(theirs - ours) > AGREEMENT[case[1]] * abs(ours):
                    lines.append(f"{name}, {case}: {what} is {theirs}, ours {ours}")
    return lines


def call(command: list, capture: bool = False, cwd: pathlib.Path | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd=cwd,
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.PIPE if capture else sys.stderr,
        text=True,
    )
    return done.stdout.strip() if capture else ""


if __name__ == "__main__":
    sys.exit(main())
