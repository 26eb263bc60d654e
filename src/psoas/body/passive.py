"""Passive tissue: the laws of ligaments and discs, arrays in, forces out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Ligament
from psoas.sources.table import Parameters

DISC_SHARE_AT_LEAST = 0.3  # disc share of segment stiffness where ligaments are explicit (schmidt1998 as used)
# Nonlinear part of the disc alone, per degree (han2010): flexion -0.0141 x^2 + 0.0020 x^3, bend 0.0087 x|x| at least,
# twist 0.0061 x^3 [N m]; extension takes the cubic of flexion (assumed).
FLEXION_SQUARE, FLEXION_CUBE, BEND_SQUARE, TWIST_CUBE = -0.0141, 0.0020, 0.0087, 0.0061
SEGMENT_MOMENT = 10.0  # N m, over which the stiffness of whole segments is a secant


@dataclass(frozen=True)
class LigamentLaw:
    """Tension against the strain e = L / L_ref - 1: nothing to s, a toe of width w = t - s, a line from t on.

    With e1 = min(e - s, w) and e2 = e - t, where positive, the toe is a parabola where b = 0, else an exponential:
    T = K (e1^2 / (2 w) + e2), or T = K ((exp(b e1) - 1) / b + exp(b w) e2).
    K stiffness [N per unit strain] (of the line, or at the foot of the exponential), s slack, t transition strain,
    b stiffening [per unit strain].
    """

    stiffness: np.ndarray
    slack: np.ndarray
    transition: np.ndarray
    stiffening: np.ndarray

    @classmethod
    def of(cls, ligaments: Sequence[Ligament]) -> LigamentLaw:
        """Return the law of an anatomy's ligaments, in their order."""
        names = ("stiffness", "slack_strain", "transition_strain", "stiffening")
        return cls(*(np.array([getattr(x, name) for x in ligaments], float) for name in names))

    def tension(self, length: np.ndarray, reference: np.ndarray) -> np.ndarray:
        """Return T (.., L) [N] at lengths (.., L), reference (L,) [m]."""
        toe, line, width, b = self._parts(length, reference)
        parabola = toe**2 / (2.0 * width) + line
        exponential = np.expm1(b * toe) / b + np.exp(b * width) * line
        return self.stiffness * np.where(self.stiffening > 0.0, exponential, parabola)

    def energy(self, length: np.ndarray, reference: np.ndarray) -> np.ndarray:
        """Return the energy (.., L) [J] stored, the integral of `tension` over the length."""
        toe, line, width, b = self._parts(length, reference)
        parabola = toe**3 / (6.0 * width) + line * width / 2.0 + line**2 / 2.0
        foot = (np.expm1(b * toe) / b - toe) / b
        exponential = foot + np.expm1(b * width) / b * line + np.exp(b * width) * line**2 / 2.0
        return self.stiffness * reference * np.where(self.stiffening > 0.0, exponential, parabola)

    def _parts(
        self, length: np.ndarray, reference: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return e1, e2 (.., L), w (L,) and a stiffening (L,) that may be divided by."""
        strain = length / reference - 1.0
        width = self.transition - self.slack
        b = np.where(self.stiffening > 0.0, self.stiffening, 1.0)
        return np.clip(strain - self.slack, 0.0, width), np.maximum(strain - self.transition, 0.0), width, b


@dataclass(frozen=True)
class DiscLaw:
    """Linear rotational stiffness of each disc without ligaments (K, 4): flexion, extension, bend, twist [N m/rad].

    gain, force: preload stiffening 1 + gain (1 - exp(-C / force)), C the compression [N].
    neutral (K,): flexion from neutral standing at which the tissue is free [rad].
    bend_square (K,): the part of bending that grows with the square of the angle [N m/deg^2].
    """

    stiffness: np.ndarray
    gain: float
    force: float
    neutral: np.ndarray
    bend_square: np.ndarray | float = BEND_SQUARE

    def moment(self, angles: np.ndarray, compression: np.ndarray) -> np.ndarray:
        """Return the restoring moment on the upper vertebra (.., K, 3) [N m] against flexion, bend, twist.

        angles (.., K, 3) rad from neutral standing (flexion, bend to the right, turn to the left);
        compression (.., K) N. Negative against a positive angle: a generalised force on the hinges.
        """
        curve = self._curve(angles)
        return -curve * self.stiffening(compression)[..., None]

    def stiffening(self, compression: np.ndarray) -> np.ndarray:
        """1 + gain (1 - exp(-max(C, 0) / force)) (gardnermorse2004)."""
        return 1.0 + self.gain * (1.0 - np.exp(-np.maximum(compression, 0.0) / self.force))

    def _curve(self, angles: np.ndarray) -> np.ndarray:
        flexion = angles[..., 0] - self.neutral
        bend, twist = angles[..., 1], angles[..., 2]
        degree = 180.0 / math.pi
        k = self.stiffness
        f = np.maximum(flexion, 0.0)
        e = np.maximum(-flexion, 0.0)
        fd, ed, bd, td = f * degree, e * degree, bend * degree, twist * degree
        flexing = k[:, 0] * f + FLEXION_SQUARE * fd**2 + FLEXION_CUBE * fd**3
        extending = k[:, 1] * e + FLEXION_CUBE * ed**3
        bending = k[:, 2] * bend + self.bend_square * bd * np.abs(bd)
        twisting = k[:, 3] * twist + TWIST_CUBE * td**3
        return np.stack([flexing - extending, bending, twisting], axis=-1)


def segment_angles(parameters: Parameters) -> np.ndarray:
    """Return the angles (3,) [rad] at which a whole segment resists 10 N m of extension, bend, twist."""
    return SEGMENT_MOMENT / np.array([parameters[f"segment_{n}_stiffness"] for n in ("extension", "bend", "twist")])


def disc_law(parameters: Parameters, ligament_moments: np.ndarray, neutral: np.ndarray) -> DiscLaw:
    """Return the law of discs with facets that, with the ligaments, are as stiff as whole segments were measured.

    Flexion and bend start as the disc alone (`disc_flexion_stiffness`, `disc_bend_stiffness`: han2010). In flexion the
    ligaments' figures make up the rest; in bend a square does: k x + c x^2 + M_ligaments = 10 N m at the segment's
    angle x. Extension and twist take the remainder to the segment's secant, at least 0.3 of it.
    ligament_moments (K, 3) [N m]: what the ligaments resist at `segment_angles`.
    """
    angles = segment_angles(parameters)
    segment = SEGMENT_MOMENT / angles
    remainder = np.maximum(segment - ligament_moments / angles, DISC_SHARE_AT_LEAST * segment)
    flexion, bend = (parameters[f"disc_{n}_stiffness"] for n in ("flexion", "bend"))
    one = np.ones(len(remainder))
    degrees = math.degrees(angles[1])
    left = SEGMENT_MOMENT - ligament_moments[:, 1] - bend * angles[1]
    return DiscLaw(
        np.stack([flexion * one, remainder[:, 0], bend * one, remainder[:, 2]], axis=1),
        parameters["preload_gain"],
        parameters["preload_force"],
        neutral,
        np.maximum(left / degrees**2, BEND_SQUARE),
    )
