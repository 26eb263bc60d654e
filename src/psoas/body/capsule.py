"""The hip's capsule and ligaments: a passive moment that stops extension, by a law of the angle alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.sources.table import Parameters

MEASURED_MOMENT = 5.0  # N m, the moment at which the angle of `hip_capsule_angle` was measured (vanarkel2015)


@dataclass(frozen=True)
class CapsuleLaw:
    """Slack, then stiffening over a toe, then linear in x = slack_angle - q: how far the hip is extended beyond slack.

    moment = k x^2 / (2 w) for 0 < x < w, and k (x - w / 2) beyond; k stiffness [N m/rad], w toe [rad].
    slack_angle [rad]: hip flexion (extension negative) at which the capsule begins to pull.
    """

    slack_angle: float
    stiffness: float
    toe: float

    def moment(self, flexion: np.ndarray) -> np.ndarray:
        """Return the moment toward flexion [N m] at hip flexion (..) [rad]; 0 where the capsule is slack."""
        toe, linear = self._parts(flexion)
        return self.stiffness * (toe**2 / (2.0 * self.toe) + linear)

    def slope(self, flexion: np.ndarray) -> np.ndarray:
        """Return -d moment / d flexion [N m/rad], 0 or more: the rotational stiffness at hip flexion (..) [rad]."""
        return self.stiffness * self._parts(flexion)[0] / self.toe

    def energy(self, flexion: np.ndarray) -> np.ndarray:
        """Return the energy stored [J] at hip flexion (..) [rad], the integral of `moment`."""
        toe, linear = self._parts(flexion)
        return self.stiffness * (toe**3 / (6.0 * self.toe) + self.toe * linear / 2.0 + linear**2 / 2.0)

    def _parts(self, flexion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        beyond = self.slack_angle - np.asarray(flexion, float)
        return np.clip(beyond, 0.0, self.toe), np.maximum(beyond - self.toe, 0.0)


def capsule_law(parameters: Parameters) -> CapsuleLaw:
    """Return the law that passes through 5 N m at `hip_capsule_angle` with `hip_capsule_stiffness` there.

    From k (s - a - w / 2) = 5 N m: s = a + 5 N m / k + w / 2; a angle, k stiffness, w `hip_capsule_toe`.
    """
    angle, stiffness, toe = (parameters[f"hip_capsule_{n}"] for n in ("angle", "stiffness", "toe"))
    return CapsuleLaw(angle + MEASURED_MOMENT / stiffness + toe / 2.0, stiffness, toe)


def capsule_forces(body: Body, positions: np.ndarray) -> np.ndarray:
    """Return the generalised forces (F, V) [N m] of both hips' capsules at positions (F, V) of all coordinates."""
    forces = np.zeros_like(positions)
    if body.anatomy is not None:
        rows = body.rows(("hip_flexion_r", "hip_flexion_l"))
        forces[:, rows] = capsule_law(body.anatomy.parameters).moment(positions[:, rows])
    return forces
