"""Where lines of pull cross joints, and where the arms that are asked for come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Joints:
    """B bodies with D coordinates each, and the lines that pull across the joints of each, L at most.

    dofs (B, D); columns: their B L places in `Pulls.across`, body after body; some at a body's end may be empty.
    """

    dofs: np.ndarray
    columns: slice

    def of(self, across: np.ndarray) -> np.ndarray:
        """Return the part (F, B, L) of (F, N) over all crossings that is theirs, or (F, B, 6, L) of (F, 6, N)."""
        part = across[..., self.columns].reshape(*across.shape[:-1], len(self.dofs), self.most)
        return part if part.ndim == 3 else part.swapaxes(1, 2)

    @property
    def most(self) -> int:
        """L."""
        return (self.columns.stop - self.columns.start) // len(self.dofs)


@dataclass(frozen=True)
class Reading:
    """Where the arms of some coordinates about some lines come from, see `Pulls.rows`.

    joints: with each, which of the rows its bodies have (B, D'), and the places of their arms in one list a frame;
    bent: places of the arms of wrapped lines; wanted: for each set of lines, the place of every entry (K n,).
    """

    joints: tuple[tuple[Joints, np.ndarray, slice], ...]
    bent: slice
    wanted: tuple[np.ndarray, ...]


def read(
    crossed: tuple[Joints, ...],
    line_of: np.ndarray,
    wrapped: np.ndarray,
    count: int,
    rows: np.ndarray,
    sets: tuple[np.ndarray, ...],
) -> Reading:
    """Return where the arms of coordinates (K,) about sets of lines come from.

    crossed, line_of (N,), wrapped (W,), count: `joints`, `line`, `wrapped`, `count` of the lines.
    """
    place_of = {int(row): k for k, row in enumerate(rows)}
    found, begin = [], 0
    entries = np.full((len(rows), count), -1)
    for joints in crossed:
        owned = [[place_of[int(dof)] for dof in dofs if int(dof) in place_of] for dofs in joints.dofs]
        most = max(len(x) for x in owned)
        if not most:
            continue
        line = line_of[joints.columns].reshape(len(owned), -1)
        width = joints.most
        for i, own in enumerate(owned):
            there = np.flatnonzero(line[i] >= 0)
            for j, k in enumerate(own):
                entries[k, line[i, there]] = begin + (i * most + j) * width + there
        end = begin + len(owned) * most * width
        which = np.array([own + [0] * (most - len(own)) for own in owned])
        found.append((joints, which, slice(begin, end)))
        begin = end
    bent = slice(begin, begin + len(rows) * len(wrapped))
    entries[:, wrapped] = np.arange(bent.start, bent.stop).reshape(len(rows), -1)
    entries[entries < 0] = bent.stop
    nothing = np.full((len(rows), 1), bent.stop)
    every = np.concatenate([entries, nothing], axis=1)
    return Reading(tuple(found), bent, tuple(every[:, chosen].ravel() for chosen in sets))
