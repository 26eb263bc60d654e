"""The same work done by OpenSim: StaticOptimization and JointReaction on the exported body, beside our answer.

Writes docs/crosscheck.md and exits with 1 where a tolerance is missed. `make crosscheck` installs OpenSim and runs it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import cases
import numpy as np
import opensim
from opensim_side import Motion, accelerations, open_model, paths, share
from our_side import answer
from page import LIMITS, missed, page

from psoas.body.body import Body
from psoas.export.scene import Scene

PAGE = Path(__file__).parents[1] / "docs" / "crosscheck.md"


@dataclass(frozen=True)
class Row:
    """What one frame's comparison gave; see `page` for the units."""

    name: str
    figures: dict[str, float]
    objective: tuple[float, float, float]
    seconds: tuple[float, float]

    @property
    def missed(self) -> tuple[str, ...]:
        """The tolerances that this frame does not meet."""
        return missed(self.figures)


@lru_cache(maxsize=1)
def _walk() -> tuple[Body, Motion, tuple[int, ...]] | None:
    return cases.walk()


def compared(kind: str, number: int) -> Row:
    """Return the comparison of one posture, or of one of the frames of the walk."""
    if kind == "posture":
        name, row = cases.POSTURES[number][0], 2
        body, motion = cases.posture(number)
    else:
        walk = _walk()
        assert walk is not None
        body, motion, rows = walk
        row = rows[number]
        name = f"walk, {motion.time[row]:.2f} s"
    slopes = accelerations(motion)
    begin = time.perf_counter()
    ours = answer(body, motion, slopes, row)
    our_time = time.perf_counter() - begin
    scene = Scene(body, motion.positions[row], ours.capability, np.ones(body.muscle_count), name)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        model, file = open_model(scene, folder)
        lines = paths(model, body, motion.positions[row])
        begin = time.perf_counter()
        theirs = share(file, body, motion, row, folder)
        their_time = time.perf_counter() - begin
    bends = np.array([bool(f.wrap) for f in scene.anatomy.fascicles])
    strongest = body.fibres.max_force
    force = ours.activation * ours.capability
    size = np.linalg.norm(theirs.joint, axis=1)
    figures = {
        "length": 1e3 * np.abs(ours.length - lines.length).max(),
        "slope": 1e3 * np.abs(ours.arms - lines.slope).max(),
        "solver": 1e3 * np.abs((ours.arms - lines.solver)[~bends]).max(),
        "wrapped": 1e3 * np.abs((ours.arms - lines.solver)[bends]).max(),
        "itself": 1e3 * np.abs((lines.slope - lines.solver)[bends]).max(),
        "force": 100 * float(np.sqrt(np.mean(((force - theirs.force) / strongest) ** 2))),
        "joint": 100 * float((np.linalg.norm(ours.joint - theirs.joint, axis=1) / size).max()),
        "worse": 100 * (ours.objective(ours.activation) / ours.objective(theirs.activation) - 1.0),
    }
    own = float((theirs.activation**2).sum() + ((theirs.reserve / 10.0) ** 2).sum())
    objective = (ours.objective(ours.activation), ours.objective(theirs.activation), own)
    return Row(name, {k: float(v) for k, v in figures.items()}, objective, (our_time, their_time))


def main() -> int:
    """Compare every posture and frame, write the page, say what was missed."""
    asked = [("posture", i) for i in range(len(cases.POSTURES))]
    if _walk() is None:
        print(f"The recorded walk is not at {cases.WALK}; its {cases.WALK_FRAMES} frames are left out.")
    else:
        asked += [("walk", i) for i in range(cases.WALK_FRAMES)]
    workers = min(2, os.cpu_count() or 1)
    rows = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for row in pool.map(compared, *zip(*asked, strict=True)):
            rows.append(row)
            told = "  ".join(f"{k} {v:.2g}" for k, v in row.figures.items())
            print(f"{row.name:48s} {told}  {row.seconds[1]:.1f} s", flush=True)
    fascicles = cases.posture(0)[0].muscle_count
    version = opensim.GetVersion().split("-")[0]
    PAGE.write_text(page(rows, fascicles=fascicles, version=version), encoding="utf-8")
    print(f"Written: {PAGE}")
    wrong = [(r.name, k) for r in rows for k in r.missed]
    for name, key in wrong:
        print(f"MISSED: {LIMITS[key][0]}: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
