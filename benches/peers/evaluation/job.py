"""The jobs, made from their seeds."""

import json
import pathlib

import numpy as np

GENES = 11_165
EDGES = {"350x350": (122_500, 550 / 122_500), "3551x105": (3551 * 105, 0.02), "11165x300": (11_165 * 300, 0.0676)}


def write(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (n, prevalence) in EDGES.items():
        for kind in ["dense", "zeros"]:
            labels, scores = edges(n, prevalence, kind == "zeros")
            labels.astype(np.uint8).tofile(folder / f"{name} {kind}.y")
            scores.tofile(folder / f"{name} {kind}.s")
    np.random.default_rng(7).lognormal(0, 1, GENES).tofile(folder / "scores.f64")
    np.random.default_rng(5).standard_normal(GENES).tofile(folder / "signed.f64")
    (folder / "sets.json").write_text(json.dumps([list(map(int, s)) for s in sets()]))


def edges(n: int, prevalence: float, zeros: bool):
    rng = np.random.default_rng(2024)
    labels = rng.random(n) < prevalence
    scores = (np.abs(rng.standard_normal(n)) + 0.5 * labels).astype(np.float32)
    if zeros:
        scores[rng.random(n) >= np.where(labels, 0.2, 0.043)] = 0
    return labels, scores


def sets():
    rng = np.random.default_rng(11)
    weights = rng.pareto(1.5, GENES) + 0.2
    weights /= weights.sum()
    sizes = np.clip(np.round(rng.lognormal(3.2, 1, 1600)), 5, 500).astype(int)
    return [rng.choice(GENES, size, replace=False, p=weights) for size in sizes]
