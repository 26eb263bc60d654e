"""The figures a report shows of a result: the largest over a movement, at a phase, the change in per cent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psoas.result import Result


def steady_frames(result: Result) -> np.ndarray:
    """Return which frames count, (F,) bool: those with status "ok", or all where there is none."""
    ok = np.array([status == "ok" for status in result.status])
    return ok if ok.any() else np.ones(result.frames, dtype=bool)


def largest(result: Result, load: str) -> np.ndarray:
    """Return each level's load of largest size over the frames that count, with its sign, (6,)."""
    values = np.asarray(result.loads[load])[:, steady_frames(result)]
    size = np.where(np.isfinite(values), np.abs(values), -1.0)
    return np.take_along_axis(values, size.argmax(axis=1)[:, None], axis=1)[:, 0]


def at_phase(result: Result, load: str, phases: Sequence[tuple[str, int]]) -> np.ndarray:
    """Return each level's load at each phase's frame, (6, phases)."""
    return np.asarray(result.loads[load])[:, [frame for _, frame in phases]]


def percent_change(before: float, after: float) -> str:
    """Return 100 (after - before) / |before| as "+4.2 %", or "-" where `before` is nothing to divide by."""
    if not (np.isfinite(before) and np.isfinite(after)) or abs(before) < 1e-9:
        return "-"
    change = 100 * (after - before) / abs(before)
    return f"{change:+.1f} %" if abs(change) >= 0.05 else "0.0 %"
