#!/usr/bin/env python3
"""Runs the jobs of `job.py` with dash-eval and with its peers, in turns, and prints one table.

    cargo build --release -p dash-benches --example evaluation
    pip install -r benches/peers/evaluation/requirements.txt
    python3 benches/peers/evaluation/run.py [--rounds N] [--only NAME,...]

One thread; CPU seconds, the median of all rounds. Fails when both do not find the same.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]:
    os.environ[threads] = "1"

import numpy as np
import scipy.sparse
import scipy.stats
import sklearn
from sklearn.metrics import average_precision_score, roc_auc_score

import job

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Ours:
    def __init__(self, data: pathlib.Path):
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        program = target / "release" / "examples" / "evaluation"
        self.process = subprocess.Popen([program, data], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, name: str):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{name}: dash-eval has stopped")
        return json.loads(line)


def timed(work):
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


class Peers:
    def __init__(self, data: pathlib.Path):
        self.data = data
        self.scores = np.fromfile(data / "scores.f64")
        self.signed = np.fromfile(data / "signed.f64")
        self.sets = [np.array(s) for s in json.loads((data / "sets.json").read_text())]
        starts = np.cumsum([0] + [len(s) for s in self.sets])
        shape = (len(self.sets), job.GENES)
        self.membership = scipy.sparse.csr_matrix((np.ones(starts[-1]), np.concatenate(self.sets), starts), shape)

    def ranking(self, name):
        labels = np.fromfile(self.data / f"{name}.y", np.uint8)
        scores = np.fromfile(self.data / f"{name}.s", np.float32)
        return timed(lambda: [average_precision_score(labels, scores), roc_auc_score(labels, scores)])

    def permutations(self):
        def work():
            rng = np.random.default_rng(1)
            observed = self.membership @ self.scores
            count = np.zeros(len(self.sets))
            for _ in range(1000):
                count += self.membership @ rng.permutation(self.scores) >= observed
            return list((count + 1) / 1001)

        return timed(work)

    def pearson(self):
        def work():
            a, n = self.scores, len(self.scores)
            k = np.array([len(s) for s in self.sets])
            x = self.membership @ a
            d = a - a.mean()
            m2, m3 = (d**2).mean(), (d**3).mean()
            variance = k * (n - k) / (n - 1) * m2
            third = k * (n - k) * (n - 2 * k) / ((n - 1) * (n - 2)) * m3
            z, g = (x - k * a.mean()) / np.sqrt(variance), third / variance**1.5
            alpha = 4 / g**2
            p = scipy.special.gammaincc(alpha, np.maximum(alpha + 2 * z / g, 0))
            return list(zip(z, p))

        return timed(work)

    def ora(self):
        query = np.zeros(job.GENES, bool)
        query[:500] = True

        def work():
            k = np.array([len(s) for s in self.sets])
            x = np.array([query[s].sum() for s in self.sets])
            return list(scipy.stats.hypergeom.sf(x - 1, job.GENES, k, 500))

        return timed(work)

    def gsea(self):
        import gseapy
        import pandas

        genes = [f"G{gene}" for gene in range(job.GENES)]
        ranking = pandas.Series(self.signed, index=genes)
        sets = {f"S{i}": [genes[g] for g in s] for i, s in enumerate(self.sets)}

        def work():
            found = gseapy.prerank(
                ranking, sets, min_size=1, max_size=1000, permutation_num=1000, threads=1, outdir=None, no_plot=True
            )
            table = found.res2d.set_index("Term")
            return [[float(table.ES[f"S{i}"]), float(table.NES[f"S{i}"])] for i in range(len(sets))]

        return timed(work)


def agrees(name, ours, peer) -> bool:
    ours, peer = np.array(ours, float), np.array(peer, float)
    if name == "permutations":
        # Two samples of 1000 permutations.
        error = np.sqrt(2 * np.maximum(ours * (1 - ours), 1e-3) / 1000)
        return bool(np.all(np.abs(ours - peer) < 6 * error))
    if name == "gsea":
        both = ~np.isnan(ours[:, 1])
        return bool(np.allclose(ours[:, 0], peer[:, 0], atol=1e-6)) and np.corrcoef(ours[both, 1], peer[both, 1])[0, 1] > 0.99
    return bool(np.allclose(ours, peer, rtol=1e-5 if name.startswith("ranking") else 1e-7, atol=1e-12))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="parts of names")
    arguments = parser.parse_args()
    data = ROOT / "target" / "peers" / "evaluation"
    job.write(data)
    peers, ours = Peers(data), Ours(data)
    rankings = {f"ranking {n} {k}": (lambda n=n, k=k: peers.ranking(f"{n} {k}")) for n in job.EDGES for k in ["dense", "zeros"]}
    rows = [(name, "scikit-learn " + sklearn.__version__, work) for name, work in rankings.items()] + [
        ("permutations", "NumPy + SciPy CSR", peers.permutations),
        ("pearson", "NumPy + SciPy", peers.pearson),
        ("exact", None, None),
        ("saddlepoint", None, None),
        ("ora", "SciPy", peers.ora),
        ("gsea", "gseapy", peers.gsea),
    ]
    wanted = [part for part in arguments.only.split(",") if part]
    wrong = 0
    print("| job | ours, CPU s | peer | CPU s | ratio | our peak MB |\n|---|---|---|---|---|---|")
    for name, peer, work in rows:
        if wanted and not any(part in name for part in wanted):
            continue
        mine, theirs = [], []
        # A peer of a minute and more is run once.
        for _ in range(arguments.rounds):
            answer = ours(name)
            mine.append(answer["seconds"])
            if work and (not theirs or theirs[0] < 20):
                seconds, found = work()
                theirs.append(seconds)
        if work and not agrees(name, answer["found"], found):
            wrong += 1
            print(f"{name}: dash-eval and {peer} disagree", file=sys.stderr)
        a = statistics.median(mine)
        b = f"{statistics.median(theirs):.4f} | {statistics.median(theirs) / a:.1f}" if theirs else "– | –"
        print(f"| {name} | {a:.5f} | {peer or '–'} | {b} | {answer['peak_mb']:.0f} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
