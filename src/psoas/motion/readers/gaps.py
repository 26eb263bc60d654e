"""What marker files of every kind share: how far out a marker may lie, and what is told of gaps."""

from __future__ import annotations

import numpy as np

from psoas.motion.filtering import LONGEST_BRIDGED_GAP_S, rate_of, runs

FARTHEST_M = 50.0


def gap_notes(names: tuple[str, ...], time_s: np.ndarray, positions: np.ndarray) -> tuple[str, ...]:
    """Return a note on markers that are missing for longer than is bridged."""
    step = 1.0 / rate_of(time_s) if len(time_s) > 1 else 0.0
    long = []
    for marker, name in enumerate(names):
        lost = runs(np.isnan(positions[:, marker]).any(axis=1))
        longest = max((stop - start for start, stop in lost), default=0)
        if longest * step > LONGEST_BRIDGED_GAP_S or (longest and len(time_s) == 1):
            long.append(f"{name} ({longest} frames)")
    if not long:
        return ()
    shown = ", ".join(long[:8]) + (f" and {len(long) - 8} more" if len(long) > 8 else "")
    return (f"Missing for longer than {LONGEST_BRIDGED_GAP_S:g} s, and left missing there: {shown}.",)
