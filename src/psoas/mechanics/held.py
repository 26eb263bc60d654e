"""Standing with both legs held: the pelvis tilts about the line through the hips, the lumbar joints turn freely."""

from __future__ import annotations

import numpy as np

from psoas.body.body import Body
from psoas.body.coordinates import HIPS, LUMBAR, ROOT
from psoas.errors import PoseError

UPRIGHT = 1e-6  # rad, of list and rotation


class LegsHeld:
    """The N = 19 coordinates left free: pelvis tilt, then LUMBAR; slides, arms, neck and legs stay as they are.

    Two fixed femoral heads leave the pelvis one turn. Positions (V,) follow from u (.., N) [rad]: tilt and both hip
    flexions go by u_0, the pelvis' origin on its circle about the hips, lumbar hinges by the rest, so that
    dq/dt = A(u)' du/dt and d2q/dt2 = A' d2u/dt2 + drift. Raises PoseError where the pelvis is listed or rotated.
    """

    def __init__(self, body: Body, start: np.ndarray):
        assert body.anatomy is not None
        turned = np.abs(start[body.rows(ROOT[4:])]).max()
        if turned > UPRIGHT:
            raise PoseError(
                "The legs can be held where the pelvis is level and faces forward; "
                f"here it is listed or rotated by up to {np.degrees(turned):.1f} degrees."
            )
        self._start = start.copy()
        self._hip = np.array(body.anatomy.segment("thigh_r").joint)[:2]
        self._tilt = body.dof["pelvis_tilt"]
        self._origin = body.rows(("pelvis_tx", "pelvis_ty"))
        self._with_tilt = body.rows(("pelvis_tilt", *(n for n in HIPS if n.startswith("hip_flexion"))))
        self.lumbar = body.rows(LUMBAR)
        self.start: np.ndarray = np.concatenate([start[[self._tilt]], start[self.lumbar]])

    def moving(self) -> list[tuple[int, int]]:
        """Return (free coordinate, coordinate of the body) of every pair that moves together."""
        with_tilt = [(0, int(d)) for d in (*self._with_tilt, *self._origin)]
        return with_tilt + [(i + 1, int(d)) for i, d in enumerate(self.lumbar)]

    def _arm(self, tilt: np.ndarray) -> np.ndarray:
        """Return the hips seen from the pelvis' origin, in the world (.., 2): Rz(-tilt) h."""
        c, s = np.cos(tilt), np.sin(tilt)
        x, y = self._hip
        return np.stack([c * x + s * y, c * y - s * x], axis=-1)

    def positions(self, u: np.ndarray) -> np.ndarray:
        """Return positions (W, V) of u (W, N)."""
        q = np.tile(self._start, (len(u), 1))
        q[:, self._with_tilt] += (u[:, 0] - self.start[0])[:, None]
        q[:, self._origin] += self._arm(self.start[0]) - self._arm(u[:, 0])
        q[:, self.lumbar] = u[:, 1:]
        return q

    def map(self, u: np.ndarray) -> np.ndarray:
        """Return A(u) (W, N, V): generalised forces (W, V) do the work A f on the free coordinates."""
        a = np.zeros((len(u), len(self.start), len(self._start)))
        arm = self._arm(u[:, 0])
        a[:, 0, self._with_tilt] = 1.0
        a[:, 0, self._origin] = np.stack([-arm[:, 1], arm[:, 0]], axis=-1)
        a[:, np.arange(1, len(self.start)), self.lumbar] = 1.0
        return a

    def drift(self, u: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Return the accelerations (W, V) that come of the pelvis' circle alone: dA'/dt rate."""
        a = np.zeros((len(u), len(self._start)))
        a[:, self._origin] = self._arm(u[:, 0]) * rate[:, :1] ** 2
        return a
