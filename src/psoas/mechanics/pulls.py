"""Lines of pull as moment arms in factors: what a newton does across each joint, and the axes that it turns about."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from psoas.mechanics.batch import Lines

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
