"""The job that all solve: one epoch of training at the size of SIM350, on random data.

dy/dt = relu(m) * (Wa [Ws s(y) + bs; exp(Wp ln(1 + s(y)) + bp)] - y), s(y) = (y - 1/2) / (1 + |y - 1/2|).

560 intervals, in batches of 4 or of all; the squared error of the states at their ends, averaged over rows and genes;
Adam, learning rate 1e-3, on all parameters. The relative tolerance is given, the absolute one is a hundredth of it.
"""

import dataclasses
import json
import sys
import time

import numpy as np

GENES, HIDDEN, INTERVALS = 350, 40, 560
RATE = 1e-3


@dataclasses.dataclass
class Data:
    """Arrays in the order in which they are drawn, and the length of every interval."""

    ws: np.ndarray  # HIDDEN x GENES
    wp: np.ndarray  # HIDDEN x GENES
    wa: np.ndarray  # GENES x 2 HIDDEN
    m: np.ndarray  # GENES
    y0: np.ndarray  # INTERVALS x GENES
    targets: np.ndarray  # INTERVALS x GENES
    dt: np.ndarray  # INTERVALS


def draw() -> Data:
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.05, shape) for shape in [(HIDDEN, GENES), (HIDDEN, GENES), (GENES, 2 * HIDDEN)]]
    uniform = [rng.random(shape) for shape in [GENES, (INTERVALS, GENES), (INTERVALS, GENES)]]
    dt = np.tile([2.0, 1.0, 4.0, 2.0], INTERVALS // 4)
    return Data(*(a.astype(np.float32) for a in [*weights, *uniform, dt]))


def write(path) -> None:
    """Writes all arrays one after the other, 32-bit floats, little-endian."""
    data = draw()
    with open(path, "wb") as file:
        for field in dataclasses.fields(data):
            file.write(getattr(data, field.name).astype("<f4").tobytes())


def run(name: str, version: str, build) -> None:
    """Measures for the batch size and tolerance on the command line and prints one line of JSON.

    `build(data, rtol)` returns two functions of (y0, targets, dt): one that returns loss and gradient norm and leaves
    the parameters alone, and one that does an optimiser step and returns when it is done.
    """
    batch, rtol = int(sys.argv[1]), float(sys.argv[2])
    data = draw()
    check, step = build(data, rtol)
    batches = [
        tuple(a[start : start + batch] for a in (data.y0, data.targets, data.dt))
        for start in range(0, INTERVALS, batch)
    ]
    loss, norm = check(*batches[0])
    step(*batches[0])  # compilation, first allocations
    epochs = 3 if batch == INTERVALS else 1
    start = time.process_time()
    for _ in range(epochs):
        for one in batches:
            step(*one)
    seconds = (time.process_time() - start) / epochs
    result = {"name": name, "version": version, "loss": loss, "gradient_norm": norm, "cpu_seconds": seconds}
    print(json.dumps(result))


if __name__ == "__main__":
    write(sys.argv[1])
