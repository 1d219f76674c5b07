"""Simulates stationary cells with sergio-rs: `with_sergio_rs.py TARGETS MASTERS [CELLS] [RUNS]`; CPU seconds of every run.

The network is that of SERGIO's input files (Hill exponent 2). sergio-rs cannot be given basal rates: they are random, which
leaves the work as it is. Ours on the same job: `cargo run --release -p dash-synth --example single_cells -- TARGETS MASTERS v2`.
"""

import sys
import time

import sergio_rs


def rows(path):
    with open(path) as file:
        for line in file:
            if line.strip():
                yield [float(field) for field in line.split(",")]


def network(targets):
    genes, grn = {}, sergio_rs.GRN()
    gene = lambda number: genes.setdefault(int(number), sergio_rs.Gene(str(int(number)), 0.8))
    for target, count, *rest in rows(targets):
        count = int(count)
        for regulator, strength in zip(rest[:count], rest[count : 2 * count]):
            grn.add_interaction(gene(regulator), gene(target), strength, None, 2)
    grn.set_mrs()
    return grn


def main(targets, masters, cells=300, runs=1):
    types = len(next(rows(masters))) - 1
    for seed in range(int(runs)):
        grn = network(targets)
        profile = sergio_rs.MrProfile.from_random(grn, types, (1.0, 2.5), (3.5, 5.0), seed)
        start = time.process_time()
        simulation = sergio_rs.Sim(grn, int(cells), 0, 15, 0.01, 1.0, seed)
        expression = simulation.simulate(profile)
        print(f"{expression.height} genes, {types} types, {cells} cells: {time.process_time() - start:.4f} CPU s")


main(*sys.argv[1:])
