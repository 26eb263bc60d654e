"""The figures a report shows of a result: the largest over a movement, at a phase, the change in per cent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from psoas.result import Result

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w|\.\d)")  # one that stands by itself, not the 5 of a name such as L5


def steady_frames(result: Result) -> np.ndarray:
    """Return which frames count, (F,) bool: those with status "ok", or all where there is none."""
    ok = np.array([status == "ok" for status in result.status])
    return ok if ok.any() else np.ones(result.frames, dtype=bool)


def largest(result: Result, load: str) -> np.ndarray:
    """Return each level's load of largest size over the frames that count, with its sign, (6,)."""
    values = np.asarray(result.loads[load])[:, steady_frames(result)]
    size = np.where(np.isfinite(values), np.abs(values), -1.0)
    return np.take_along_axis(values, size.argmax(axis=1)[:, None], axis=1)[:, 0]


def peak_frame(result: Result, row: int, load: str = "compression_n") -> int:
    """Return the frame, among those that count, in which a level's load is largest in size."""
    values = np.asarray(result.loads[load])[row]
    return int(np.argmax(np.where(steady_frames(result) & np.isfinite(values), np.abs(values), -1.0)))


def at_phase(result: Result, load: str, phases: Sequence[tuple[str, int]]) -> np.ndarray:
    """Return each level's load at each phase's frame, (6, phases)."""
    return np.asarray(result.loads[load])[:, [frame for _, frame in phases]]


def percent_change(before: float, after: float) -> str:
    """Return 100 (after - before) / |before| as "+4.2 %", or "-" where a share of `before` says nothing.

    That is where `before` is nothing to divide by, or the two have opposite signs: pressed once, pulled the other time.
    """
    if not (np.isfinite(before) and np.isfinite(after)) or abs(before) < 1e-9 or before * after < 0:
        return "-"
    change = 100 * (after - before) / abs(before)
    return f"{change:+.1f} %" if abs(change) >= 0.05 else "0.0 %"


def alike(notes: Iterable[str]) -> list[str]:
    """Return the notes once each, in order; those that differ in one number alone become one, with its range.

    "up to 0.7 kPa" and "up to 1.5 kPa" become "up to 0.7-1.5 kPa".
    """
    kinds: dict[str, list[str]] = {}
    for note in dict.fromkeys(notes):
        kinds.setdefault(NUMBER.sub("#", note), []).append(note)
    found = []
    for same in kinds.values():
        columns = list(zip(*(NUMBER.findall(note) for note in same), strict=True))
        differing = [i for i, values in enumerate(columns) if len(set(values)) > 1]
        if len(differing) != 1:
            found += same
            continue
        values = sorted(columns[differing[0]], key=float)
        start = list(NUMBER.finditer(same[0]))[differing[0]]
        found.append(f"{same[0][: start.start()]}{values[0]}-{values[-1]}{same[0][start.end() :]}")
    return found
