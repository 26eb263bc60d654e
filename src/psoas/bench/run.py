"""One run of the bench: every figure beside what it is measured against, as tables of ratios."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from psoas.bench import longer, measure, solvers
from psoas.bench.motion import first, moving_frames
from psoas.bench.rival import Rival
from psoas.chain import loads_of
from psoas.errors import FileError, InputError
from psoas.frames import Frames
from psoas.mechanics.equilibrium import UNMET_COST
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.accelerated import Precision
from psoas.muscle.fast import fast_is_installed
from psoas.muscle.sharing import SharingProblem
from psoas.tables import Table

FEWEST_FRAMES = 256
PRECISIONS: tuple[Precision, ...] = ("double", "single")
RIVAL_FRAMES = 1000  # at most: what a frame costs the rival does not depend on how many there are
SHARED_FRAMES = 192
KINEMATICS_CHUNK = 50


@dataclass(frozen=True)
class Bench:
    """A run: tables to show and `figures`, the numbers by name that `--save` keeps and `--compare` reads."""

    title: str
    tables: tuple[Table, ...]
    figures: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the run for JSON."""
        return {"title": self.title, "figures": self.figures, "tables": [t.to_dict() for t in self.tables]}


def bench(*, frames: int = 10000, quick: bool = False, save: str | None = None, compare: str | None = None) -> Bench:
    """Measure the chain and its parts beside MuJoCo with DAQP and other solvers, and print ratios.

    Times are CPU seconds of one core, the least of a few repeats, so that other programs disturb them little.

    Args:
        frames: Frames of the motion that the chain is timed on, 256 to 1000000.
        quick: Leave out what takes minutes: JAX, OpenSim, long motions, memory, two cores, start-up.
        save: Write the figures to this file as JSON.
        compare: Put the figures of a saved run beside these.

    Raises:
        InputError: frames is out of range.
        FileError: the file to compare with cannot be read, or the one to write cannot be written.

    """
    if not FEWEST_FRAMES <= frames <= 1_000_000:
        raise InputError(f"--frames is {frames}; {FEWEST_FRAMES} to 1000000 are possible.", "frames")
    earlier = None if compare is None else _read(compare)
    motion = moving_frames(frames)
    repeats = 1 if frames > 5000 else 3
    loads_of(first(motion, FEWEST_FRAMES))  # the first call makes the data of the model
    tables: list[Table] = []
    figures: dict[str, float] = {}
    for make in (_chain, _kinematics, _sharing, _muscles, _interactive):
        table, numbers = make(motion, repeats)
        tables.append(table)
        figures |= numbers
    if not quick:
        for table, numbers in (_jax(motion), *longer.made(figures)):
            tables.append(table)
            figures |= numbers
    if earlier is not None:
        tables.append(_compared(earlier, figures, str(compare)))
    title = f"{frames} frames of trunk and hips, one core of {platform.machine()}, Python {platform.python_version()}"
    result = Bench(title, tuple(tables), {name: float(f"{value:.4g}") for name, value in figures.items()})
    if save is not None:
        _write(save, result)
    return result


Made = tuple[Table, dict[str, float]]


def _chain(motion: Frames, repeats: int) -> Made:
    short = first(motion, min(RIVAL_FRAMES, len(motion.time_s)))
    rival = Rival(short).run()
    other = sum(rival.seconds.values()) / len(short.time_s)
    squared = measure.chain_seconds(motion, "squared", repeats)
    cubed = measure.chain_seconds(motion, "cubed", repeats)
    loads = loads_of(short)["compression_n"].T
    apart = np.abs(loads - rival.compression)[rival.solved].max(initial=0.0)
    one = measure.cpu(lambda: loads_of(first(motion, 1)), 10)
    stages = {name: 1e6 * s / len(short.time_s) for name, s in rival.seconds.items()}
    inner = stages["mj_inverse"] + stages["DAQP"]
    figures = {}
    fast: list[tuple[str, float | None, float | None]] = [("psoas[fast]: not installed", None, None)]
    if fast_is_installed():
        quick, quick_cubed = (measure.chain_seconds(motion, c, repeats, fast=True) for c in ("squared", "cubed"))
        fast = [
            ("psoas[fast], quadratic", 1e6 * quick, quick / squared),
            ("psoas[fast], cubic", 1e6 * quick_cubed, quick_cubed / squared),
        ]
        figures = {
            "chain_fast_us": 1e6 * quick,
            "chain_fast_cubic_us": 1e6 * quick_cubed,
            "chain_fast_rival_ratio": other / quick,
            "chain_fast_cubic_ratio": quick_cubed / quick,
            "chain_fast_cubic_rival_ratio": other / quick_cubed,
        }
    rows = (
        ("psoas, quadratic", 1e6 * squared, 1.0),
        ("psoas, cubic", 1e6 * cubed, cubed / squared),
        *fast,
        ("psoas, a single frame from cold", 1e6 * one, one / squared),
        ("MuJoCo + DAQP, quadratic", 1e6 * other, other / squared),
        ("  of it mj_inverse and DAQP alone", inner, 1e-6 * inner / squared),
        *((f"  of it {name}", us, 1e-6 * us / squared) for name, us in stages.items()),
    )
    note = (
        f"MuJoCo + DAQP: {rival.passes:.2f} passes a frame, {int((~rival.solved).sum())} frames it could not solve; "
        f"largest difference in compression {apart:.2g} N."
    )
    figures |= {
        "chain_us": 1e6 * squared,
        "chain_cubic_us": 1e6 * cubed,
        "chain_rival_us": 1e6 * other,
        "chain_rival_ratio": other / squared,
        "chain_rival_bare_ratio": 1e-6 * inner / squared,
        "chain_cubic_ratio": cubed / squared,
        "chain_single_frame_us": 1e6 * one,
        "chain_difference_n": float(apart),
    }
    return Table(
        "Whole chain, coordinates to loads", ("way", "us a frame", "times ours"), rows, (0, 0, 2), note
    ), figures


def _kinematics(motion: Frames, repeats: int) -> Made:
    some = first(motion, min(500, len(motion.time_s)))
    q, v, a = some.positions, some.velocities, some.accelerations
    count = len(q)
    assert q is not None and v is not None and a is not None
    parts = [slice(i, i + KINEMATICS_CHUNK) for i in range(0, count, KINEMATICS_CHUNK)]
    rival = Rival(some)
    chosen, lines = np.concatenate([rival.rows, rival.slides]), np.arange(some.body.model.ntendon)

    def work() -> None:
        for x in parts:
            kinetics(some.body, q[x], v[x], a[x]).pulls.rows(chosen, lines)

    ours, theirs = measure.cpu(work, 3) / count, rival.kinematics_seconds()
    rows = (("psoas", 1e6 * ours, 1.0), ("mj_inverse and its tendon Jacobian", 1e6 * theirs, theirs / ours))
    note = (
        f"Both give inverse dynamics, lengths, speeds and moment arms of {len(lines)} lines about {len(chosen)} "
        "coordinates, and the places of all bodies."
    )
    figures = {"kinematics_us": 1e6 * ours, "kinematics_rival_ratio": theirs / ours}
    return Table("Kinematics with moment arms", ("way", "us a frame", "times ours"), rows, (0, 0, 2), note), figures


def _problem(motion: Frames) -> SharingProblem:
    """Return the sharing problems of a motion's first frames, as the rival met them."""
    rival = Rival(first(motion, min(SHARED_FRAMES, len(motion.time_s))))
    found = rival.run(keep=len(rival.frames.time_s))
    weight = 0.5 / rival.scale**2
    lower, upper = rival.lower * rival.scale, rival.upper * rival.scale
    return SharingProblem(found.columns, found.demand, lower, upper, weight, np.array(2.0), np.array(UNMET_COST))


def _sharing(motion: Frames, repeats: int) -> Made:
    problem = _problem(motion)
    cold, exact = solvers.ours_cold(problem)
    warm = solvers.ours_warm(problem, exact)
    cubic = replace(problem, power=np.full(problem.columns.shape[2], 3.0))
    cubic_cold, cubic_exact = solvers.ours_cold(cubic)
    cubic_warm = solvers.ours_warm(cubic, cubic_exact)
    rows: list[tuple[str | float | None, ...]] = [
        ("psoas, warm", 1e6 * warm.seconds, 1.0, warm.error),
        ("psoas, cold", 1e6 * cold.seconds, cold.seconds / warm.seconds, 0.0),
        ("psoas, cubic, warm", 1e6 * cubic_warm.seconds, cubic_warm.seconds / warm.seconds, cubic_warm.error),
        ("psoas, cubic, cold", 1e6 * cubic_cold.seconds, cubic_cold.seconds / warm.seconds, 0.0),
    ]
    figures = {}
    if fast_is_installed():
        for name, some, known in (("", problem, exact), ("cubic, ", cubic, cubic_exact)):
            near, (nothing, other) = solvers.ours_warm(some, known, fast=True), solvers.ours_cold(some, fast=True)
            apart = float(np.abs(other.x - known.x).max())
            rows.append((f"psoas[fast], {name}warm", 1e6 * near.seconds, near.seconds / warm.seconds, near.error))
            rows.append((f"psoas[fast], {name}cold", 1e6 * nothing.seconds, nothing.seconds / warm.seconds, apart))
            figures[f"sharing_fast_{name.replace(', ', '_')}warm_us"] = 1e6 * near.seconds
    figures |= {
        "sharing_warm_us": 1e6 * warm.seconds,
        "sharing_cold_us": 1e6 * cold.seconds,
        "sharing_cubic_warm_us": 1e6 * cubic_warm.seconds,
    }
    for name, found in solvers.others(problem, exact).items():
        if found is None:
            rows.append((f"{name}: not installed", None, None, None))
            continue
        rows.append((name, 1e6 * found.seconds, found.seconds / warm.seconds, found.error))
        figures[f"sharing_{name.lower().replace(', ', '_')}_ratio"] = found.seconds / warm.seconds
    columns = ("way", "us a problem", "times ours warm", "largest difference in activation")
    rows_, count = problem.columns.shape[1:]
    note = f"{len(problem.demand)} problems of {rows_} rows and {count} columns, one after another as in the motion."
    return Table("Sharing alone", columns, tuple(rows), (0, 0, 2, 10), note), figures


def _muscles(motion: Frames, repeats: int) -> Made:
    whole = _problem(motion)
    rows, sizes, times = [], [], []
    for parts in (1, 2, 4):
        # Each fascicle as `parts` equal ones: the same answer from as many times the columns.
        cut = replace(
            whole,
            columns=np.concatenate([whole.columns / parts] * parts, axis=2),
            **{name: np.concatenate([getattr(whole, name)] * parts, axis=1) for name in ("lower", "upper")},
            weight=np.concatenate([whole.weight / parts] * parts, axis=1),
            power=np.tile(whole.power, parts),
        )
        _, exact = solvers.ours_cold(cut)
        warm = solvers.ours_warm(cut, exact)
        count = cut.columns.shape[2]
        rows.append((float(count), 1e6 * warm.seconds, 1e6 * warm.seconds / count))
        sizes.append(float(count))
        times.append(warm.seconds)
    slope = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    columns = ("muscle elements", "us a problem, warm", "us an element")
    note = f"Exponent {slope:.2f}."
    return Table("Growth with muscles", columns, tuple(rows), (0, 0, 3), note), {"muscles_exponent": slope}


def _interactive(motion: Frames, repeats: int) -> Made:
    rows = measure.interactive(motion)
    figures = {f"interactive_{name.split()[-1]}_ms": ms for name, ms in rows}
    return Table("One frame after one change, median", ("what changed", "ms"), tuple(rows), (0, 2)), figures


def _jax(motion: Frames) -> Made:
    problem = _problem(motion)
    cold, exact = solvers.ours_cold(problem)
    rows: list[tuple[str | float | None, ...]] = [("psoas, cold", 1e6 * cold.seconds, 1.0, 0.0)]
    figures = {}
    for precision in PRECISIONS:
        found = solvers.through_jax(problem, exact, precision)
        if found is None:
            rows.append(("JAX: not installed", None, None, None))
            break
        rows.append((f"JAX, {precision}, cold", 1e6 * found.seconds, found.seconds / cold.seconds, found.error))
        figures[f"sharing_jax_{precision}_us"] = 1e6 * found.seconds
    columns = ("way", "us a problem", "times ours cold", "largest difference in activation")
    return Table("Sharing through JAX", columns, tuple(rows), (0, 0, 2, 10), "Compiling is not counted."), figures


def _compared(earlier: dict[str, float], now: dict[str, float], name: str) -> Table:
    rows = [
        (figure, earlier[figure], value, value / earlier[figure] if earlier[figure] else None)
        for figure, value in now.items()
        if figure in earlier
    ]
    return Table(f"Beside {name}", ("figure", "then", "now", "now / then"), tuple(rows), (0, 3, 3, 2))


def _read(path: str) -> dict[str, float]:
    try:
        figures = json.loads(Path(path).read_text(encoding="utf-8"))["figures"]
        return {str(name): float(value) for name, value in figures.items()}
    except OSError as cause:
        raise FileError(f"{path} cannot be read: {cause.strerror or cause}.") from cause
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise FileError(f"{path} does not hold a run of psoas bench; write one with --save.") from cause


def _write(path: str, result: Bench) -> None:
    text = json.dumps(result.to_dict() | {"date": time.strftime("%Y-%m-%d")}, indent=1)
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except OSError as cause:
        raise FileError(f"{path} cannot be written: {cause.strerror or cause}.") from cause
