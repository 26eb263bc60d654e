"""Solve 100,000 random sharing problems, a third of them out of reach, and count those left unsolved.

`python benchmarks/random_problems.py [problems [first [fast]]]`; quadratic and cubic, with and without contacts, cold
and followed. `first` is the number of the first problem, so that a long run can be made in pieces; fast asks for
`psoas[fast]`.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "muscle"))

from sharing_problems import trunk

from psoas.muscle.fast import follower_of
from psoas.muscle.sharing import share

BATCH = 250
wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
before = int(sys.argv[2]) // BATCH if len(sys.argv) > 2 else 0
begun, solved, unsolved, over, worst = time.process_time(), 0, 0, 0, 0.0
while solved < wanted:
    seed = before + solved // BATCH
    beyond = np.where(np.arange(BATCH) % 3 == 0, np.linspace(1.0, 6.0, BATCH), 1.0)
    problem = trunk(seed, BATCH, points=8 * (seed % 2), power=2.0 + seed // 2 % 2, beyond=beyond)
    start = None
    if seed % 4 >= 2:  # half of them from the solution of a problem nearby, counted too
        moved = replace(problem, demand=problem.demand * (1 + 0.002 * np.sin(np.arange(problem.demand.shape[1]))))
        start = share(moved)
    found = share(problem, start, follower=follower_of(problem, compiled="fast" in sys.argv))
    solved += BATCH
    unsolved += int(np.count_nonzero(~found.converged))
    over += int(np.count_nonzero(found.unmet.any(-1)))
    worst = max(worst, float(found.kkt_residual.max()))
print(
    f"{solved} problems from number {before * BATCH} on, {over} with unmet rows, {unsolved} unsolved, "
    f"largest residual {worst:.1e}, {time.process_time() - begun:.0f} s of CPU"
)
