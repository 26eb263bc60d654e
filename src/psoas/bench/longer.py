"""The part of a bench that runs in processes of its own and takes minutes: OpenSim, growth, workers, start-up."""

from __future__ import annotations

import os
from collections.abc import Iterator

from psoas.bench import measure
from psoas.tables import Table

PROCESSES = (1, 2)
SHARED_OUT_FRAMES = 100_000

Made = tuple[Table, dict[str, float]]


def made(chain: dict[str, float]) -> Iterator[Made]:
    """Yield each table with its figures; chain: those of the chain, by name."""
    yield opensim(chain)
    yield growth()
    yield processes()
    yield start()


def opensim(chain: dict[str, float]) -> Made:
    """Return what OpenSim's tools need of the exported body, beside the chain's own figures."""
    title = "OpenSim on the exported body"
    columns: tuple[str, ...] = ("what", "us a frame", "times our chain")
    found = measure.opensim()
    if found is None:
        return Table(title, columns, (), (0, 0, 0), "opensim is not installed, or this is not a checkout."), {}
    frame, loading = 1e6 * found["seconds"], 1e6 * found["loading"]
    ours = {"chain_opensim_ratio": chain["chain_us"]}
    if "chain_fast_us" in chain:
        columns += ("times psoas[fast]",)
        ours["chain_fast_opensim_ratio"] = chain["chain_fast_us"]
    rows: tuple[tuple[str | float | None, ...], ...] = (
        ("StaticOptimization and JointReaction", frame, *(frame / us for us in ours.values())),
        ("loading the model, not counted", loading, *(loading / us for us in ours.values())),
    )
    note = f"Median of {found['rows']:.0f} frames of the same motion, each in a run of its own."
    figures = {name: frame / us for name, us in ours.items()}
    return Table(title, columns, rows, (0,) * len(columns), note), figures


def growth() -> Made:
    """Return time and memory of motions of 10 to 100,000 frames."""
    rows, exponent = measure.growth((10, 100, 1000, 10_000, 100_000))
    shown = tuple((float(n), 1e6 * s, mib) for n, s, mib in rows)
    note = f"Exponent {exponent:.3f} from 1000 frames on."
    figures = {"frames_exponent": exponent, "memory_mib_100000_frames": rows[-1][2]}
    return Table("Growth with frames", ("frames", "us a frame", "peak MiB"), shown, (0, 0, 0), note), figures


def processes() -> Made:
    """Return what one more process takes off a long motion."""
    seconds = measure.shared_out(SHARED_OUT_FRAMES, PROCESSES)
    rows = tuple(
        (float(count), 1e6 * s / SHARED_OUT_FRAMES, seconds[0] / s) for count, s in zip(PROCESSES, seconds, strict=True)
    )
    note = f"{SHARED_OUT_FRAMES} frames, wall time, what it takes to start them among it; {os.cpu_count()} cores here."
    columns = ("processes", "us a frame", "times one")
    return Table("Shared out (--workers)", columns, rows, (0, 0, 2), note), {"two_cores_ratio": rows[1][2]}


def start() -> Made:
    """Return what the commands that say what this is take."""
    rows = measure.start_up()
    figures = {f"start_{'help' if 'help' in name else 'answer'}_s": seconds for name, seconds, _ in rows}
    return Table("Start-up", ("command", "CPU s", "wall s"), tuple(rows), (0, 2, 2)), figures
