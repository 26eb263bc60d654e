"""Lines of pull as moment arms in factors: what a newton does across each joint, and the axes that it turns about."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from psoas.mechanics.batch import Lines


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


# Fancy indices leave arrays in an order that depends on the number of frames, and with it which of NumPy's products is
# used and how it rounds; `take` does not.


@dataclass(frozen=True)
class Pulls:
    """Arms R = -dL/dq (F, V, T) [m, or 1 for slides] of T lines about V coordinates in F frames, in factors.

    One newton along a line with direction u through p is the wrench (u, p x u) about the world's origin; on the far
    side of a joint that it crosses it does  screw . wrench,  screw = (a x c, -a) for a hinge about a through c, (-a, 0)
    for a slide along a.  screws (F, V, 6); across (F, 6, N): the wrench of every straight line across every joint that
    it crosses; wrapped (F, V, W): arms of the lines that MuJoCo works out.
    """

    lines: Lines
    screws: np.ndarray
    across: np.ndarray
    wrapped: np.ndarray

    def frames(self, chosen: slice | np.ndarray) -> Pulls:
        """Return some of the frames."""
        return Pulls(self.lines, *(getattr(self, f.name)[chosen] for f in fields(self)[1:]))

    def arms(self) -> np.ndarray:
        """Return R (F, V, T), of which three quarters are 0."""
        return self.rows(np.arange(self.screws.shape[1]), np.arange(self.lines.count))[0]

    def generalised(self, tension: np.ndarray) -> np.ndarray:
        """Return the generalised force R t (F, V) [N m, N] of tensions t (F, T) [N]."""
        lines = self.lines
        pull = np.take(tension, lines.line, axis=1)
        total = np.matmul(self.wrapped, tension[:, lines.wrapped, None])[..., 0]
        for joints in lines.joints:
            wrench = np.matmul(joints.of(self.across), joints.of(pull)[..., None])
            total[:, joints.dofs] += np.matmul(np.take(self.screws, joints.dofs, axis=1), wrench)[..., 0]
        return total

    def stretching(self, velocities: np.ndarray) -> np.ndarray:
        """Return how fast the lines lengthen, -R' qd (F, T) [m/s], at velocities qd (F, V)."""
        lines = self.lines
        crossing = np.empty((len(velocities), len(lines.line) + 1))
        crossing[:, -1] = 0.0
        for joints in lines.joints:
            moving, screws = (np.take(x, joints.dofs, axis=1) for x in (velocities, self.screws))
            twist = np.matmul(moving[:, :, None], screws)
            joints.of(crossing)[:] = np.matmul(twist, joints.of(self.across))[:, :, 0]
        speed = -np.take(crossing, lines.by_line, axis=1).sum(axis=1)
        speed[:, lines.wrapped] = -np.matmul(velocities[:, None], self.wrapped)[:, 0]
        return speed

    def rows(self, rows: np.ndarray, *sets: np.ndarray, weights: np.ndarray | None = None) -> list[np.ndarray]:
        """Return R (F, K, n) of some coordinates (K,) about each set of lines (n,); line -1 is one without arms.

        None of the coordinates may come twice. rows (K, J) with weights (F, K, J): the weighted sums of the arms of J
        coordinates of one body.
        """
        rows = rows.reshape(len(rows), -1)
        reading = self.lines.reading(rows[:, 0], sets)
        if weights is None:
            screws, bent = (np.take(x, rows[:, 0], axis=1) for x in (self.screws, self.wrapped))
        else:
            taken = (np.take(x, rows, axis=1) for x in (self.screws, self.wrapped))
            screws, bent = (np.matmul(weights[:, :, None], x)[:, :, 0] for x in taken)
        frames = len(screws)
        listed = np.empty((frames, reading.bent.stop + 1))
        listed[:, -1] = 0.0
        listed[:, reading.bent] = bent.reshape(frames, reading.bent.stop - reading.bent.start)
        for joints, which, places in reading.joints:
            here = listed[:, places].reshape(frames, *which.shape, joints.most)
            np.matmul(np.take(screws, which, axis=1), joints.of(self.across), out=here)
        shape = frames, len(rows)
        return [np.take(listed, x, axis=1, mode="clip").reshape(*shape, x.size // len(rows)) for x in reading.wanted]


def read(lines: Lines, rows: np.ndarray, sets: tuple[np.ndarray, ...]) -> Reading:
    """Return where the arms of coordinates (K,) about sets of lines come from."""
    place_of = {int(row): k for k, row in enumerate(rows)}
    found, begin = [], 0
    entries = np.full((len(rows), lines.count), -1)
    for joints in lines.joints:
        owned = [[place_of[int(dof)] for dof in dofs if int(dof) in place_of] for dofs in joints.dofs]
        most = max(len(x) for x in owned)
        if not most:
            continue
        line = lines.line[joints.columns].reshape(len(owned), -1)
        width = joints.most
        for i, own in enumerate(owned):
            there = np.flatnonzero(line[i] >= 0)
            for j, k in enumerate(own):
                entries[k, line[i, there]] = begin + (i * most + j) * width + there
        end = begin + len(owned) * most * width
        which = np.array([own + [0] * (most - len(own)) for own in owned])
        found.append((joints, which, slice(begin, end)))
        begin = end
    bent = slice(begin, begin + len(rows) * len(lines.wrapped))
    entries[:, lines.wrapped] = np.arange(bent.start, bent.stop).reshape(len(rows), -1)
    entries[entries < 0] = bent.stop
    nothing = np.full((len(rows), 1), bent.stop)
    every = np.concatenate([entries, nothing], axis=1)
    return Reading(tuple(found), bent, tuple(every[:, chosen].ravel() for chosen in sets))
