"""What a run of the bench measures, one quantity after another: CPU seconds, peak memory, growth."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from psoas.bench.motion import first
from psoas.chain import loads_of
from psoas.frames import Frames
from psoas.mechanics.along import Again

# A process of its own runs on one core and as the core install does, whatever is installed beside it.
_ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PSOAS_FAST": "0"}
_CHILD = """
import json, resource, sys, time
from pathlib import Path
from psoas.bench.motion import moving_frames
from psoas.chain import loads_of
frames = moving_frames(int(sys.argv[1]))
begun, used = time.perf_counter(), time.process_time()
loads_of(frames)
seconds, wall = time.process_time() - used, time.perf_counter() - begun
# The system's own figure, where there is one: getrusage's may still be that of the process this one came from.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
print(json.dumps([seconds, (peak or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0], wall]))
"""

_SHARED = """
import json, sys, time
from psoas.bench.motion import first, moving_frames
from psoas.chain import loads_of
from psoas.mechanics.workers import Workers
frames = moving_frames(int(sys.argv[1]))
loads_of(first(frames, 256))
for count in map(int, sys.argv[2:]):
    begun = time.perf_counter()
    with Workers(count) as workers:
        loads_of(frames, workers=workers)
    print(time.perf_counter() - begun)
"""


def cpu(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least CPU seconds of some repeats: what disturbs a machine only ever adds."""
    best = float("inf")
    for _ in range(repeats):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def chain_seconds(frames: Frames, criterion: str, repeats: int, *, fast: bool = False) -> float:
    """Return CPU seconds a frame of the whole chain, from coordinates to loads; fast: with `psoas[fast]`, loaded."""
    some = replace(frames, effort=replace(frames.effort, criterion=criterion))
    with _told("1" if fast else "0"):
        if fast:
            loads_of(first(some, 1))
        return cpu(lambda: loads_of(some), repeats) / len(frames.time_s)


@contextmanager
def _told(fast: str) -> Iterator[None]:
    before = os.environ.get("PSOAS_FAST")
    os.environ["PSOAS_FAST"] = fast
    try:
        yield
    finally:
        os.environ.pop("PSOAS_FAST")
        if before is not None:
            os.environ["PSOAS_FAST"] = before


def growth(counts: tuple[int, ...]) -> tuple[list[tuple[int, float, float]], float]:
    """Return frames, seconds a frame and peak MiB of processes of their own, and the exponent of seconds on frames.

    The exponent is the slope of log seconds over log frames, of the counts from 1,000 on (all, where none is).
    """
    rows = []
    for count in counts:
        seconds, peak, _ = json.loads(_child(["-c", _CHILD, str(count)]))
        rows.append((count, seconds / count, peak / 1024.0))
    large = [(n, s * n) for n, s, _ in rows if n >= 1000]
    if len(large) < 2:
        large = [(n, s * n) for n, s, _ in rows]
    logs = np.log(np.array(large))
    return rows, float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0]) if len(large) > 1 else float("nan")


def start_up() -> list[tuple[str, float, float]]:
    """Return the commands that say what this is, CPU seconds and wall seconds each."""
    rows = []
    for words in (["--help"], []):
        cpu_best, wall_best = float("inf"), float("inf")
        for _ in range(3):
            begun, used = time.perf_counter(), _children()
            _child(["-c", "from psoas.cli import main; main()", *words])
            cpu_best, wall_best = min(cpu_best, _children() - used), min(wall_best, time.perf_counter() - begun)
        rows.append((" ".join(["psoas", *words]), cpu_best, wall_best))
    return rows


def shared_out(frames: int, counts: tuple[int, ...]) -> list[float]:
    """Return wall seconds of one motion's chain with so many processes, what it takes to start them among them."""
    return [float(line) for line in _child(["-c", _SHARED, str(frames), *map(str, counts)]).split()]


def opensim() -> dict[str, float] | None:
    """Return CPU seconds a frame of OpenSim's tools, and of loading; None without `opensim` or outside a checkout."""
    script = Path(__file__).parents[3] / "benchmarks" / "opensim_time.py"
    if importlib.util.find_spec("opensim") is None or not script.exists():
        return None
    # OpenSim may talk before the figures come.
    figures: dict[str, float] = json.loads(_child([str(script)]).splitlines()[-1])
    return figures


def interactive(frames: Frames, repeats: int = 30) -> list[tuple[str, float]]:
    """Return median wall milliseconds of one frame recomputed after one thing changed, the model as it is."""
    one = first(frames, 1)
    rng = np.random.default_rng(0)
    kept = Again()

    def compute(f: Frames) -> None:
        speeds = {"velocities": f.velocities, "accelerations": f.accelerations}
        kept.balanced(f.body, f.positions, f.effort, f.contacts, f.applied, root_carried=not f.measured, **speeds)

    compute(one)
    part = np.array([name.startswith("multifidus") for name in one.body.fibres.names])

    def weaker() -> Frames:
        return replace(one, effort=replace(one.effort, weak=one.effort.weak + 0.3 * rng.random() * part))

    def tighter() -> Frames:
        return replace(one, effort=replace(one.effort, tight=one.effort.tight + 0.06 * rng.random() * part))

    def bent() -> Frames:
        moved = one.positions.copy()
        moved[0, one.body.dof["L4/L5_flexion"]] += 0.02 * rng.random()
        return replace(one, positions=moved)

    def heavier() -> Frames:
        more = tuple(replace(a, force=a.force * (1.0 + 0.1 * rng.random())) for a in one.applied)
        return replace(one, applied=more)

    rows = []
    for name, change in {"strength": weaker, "length": tighter, "an angle": bent, "a load": heavier}.items():
        times = []
        for _ in range(repeats):
            begun = time.perf_counter()
            compute(change())
            times.append(1e3 * (time.perf_counter() - begun))
        rows.append((name, statistics.median(times)))
    return rows


def _start(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, env=os.environ | _ONE_CORE)


def _child(words: list[str]) -> str:
    running = _start(words)
    out, _ = running.communicate()
    if running.returncode:
        raise RuntimeError(f"A measured process ended with {running.returncode}: python {' '.join(words[:2])}")
    return out


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system
