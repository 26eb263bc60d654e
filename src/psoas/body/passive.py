"""Passive tissue: the laws of ligaments and discs, arrays in, forces out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Ligament
from psoas.sources.table import Parameters

DISC_SHARE_AT_LEAST = 0.3  # disc share of segment stiffness where ligaments are explicit (schmidt1998 as used)
# Nonlinear part of the disc alone, per degree (han2010): flexion -0.0141 x^2 + 0.0020 x^3, bend 0.0087 x|x| at least,
# twist 0.0061 x^3 at least [N m]; extension takes the cubic of flexion (assumed).
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
    """Moment of each disc with its facets, without ligaments: M = s(C) k x + what grows faster than x.

    stiffness k (K, 4): flexion, extension, bend, twist [N m/rad], near neutral and without load.
    gain, force, limit: preload stiffening s(C) = 1 + gain (1 - exp(-min(C, limit) / force)), C the compression [N]. It
    was measured over 1 to 1.5 degrees, where the curves also became straighter; so the rest is left as it is.
    neutral (K,): flexion from neutral standing at which the tissue is free [rad].
    bend_square (K,): the part of bending that grows with the square of the angle [N m/deg^2].
    twist_cube (K,): the part of twisting that grows with its cube [N m/deg^3], up to twist_end (K,) [deg]; from there
    on the slope stays.
    """

    stiffness: np.ndarray
    gain: float
    force: float
    neutral: np.ndarray
    limit: float = np.inf
    bend_square: np.ndarray | float = BEND_SQUARE
    twist_cube: np.ndarray | float = TWIST_CUBE
    twist_end: np.ndarray | float = np.inf

    def moment(self, angles: np.ndarray, compression: np.ndarray) -> np.ndarray:
        """Return the restoring moment on the upper vertebra (.., K, 3) [N m] against flexion, bend, twist.

        angles (.., K, 3) rad from neutral standing (flexion, bend to the right, turn to the left);
        compression (.., K) N. Negative against a positive angle: a generalised force on the hinges.
        """
        x = self._from_rest(angles)
        return -(self.stiffening(compression)[..., None] * self._straight(x) * x + self._curved(np.degrees(x)))

    def energy(self, angles: np.ndarray, compression: np.ndarray) -> np.ndarray:
        """Return the work (.., K) [J] against each disc from where it is free, its preload held: of `moment`."""
        x = self._from_rest(angles)
        half = 0.5 * self.stiffening(compression) * (self._straight(x) * x**2).sum(axis=-1)
        f, b, t = np.moveaxis(np.degrees(x), -1, 0)
        cubed = np.minimum(np.abs(t), self.twist_end)
        beyond = np.abs(t) - cubed
        flexed = np.where(f > 0.0, FLEXION_SQUARE * f**3 / 3.0, 0.0) + FLEXION_CUBE * f**4 / 4.0
        bent = self.bend_square * np.abs(b) ** 3 / 3.0
        twisted = self.twist_cube * (cubed**4 / 4.0 + cubed**3 * beyond + 1.5 * cubed**2 * beyond**2)
        return half + np.radians(flexed + bent + twisted)  # N m times degrees

    def stiffening(self, compression: np.ndarray) -> np.ndarray:
        """1 + gain (1 - exp(-min(max(C, 0), limit) / force)) (gardnermorse2004)."""
        return 1.0 + self.gain * (1.0 - np.exp(-np.clip(compression, 0.0, self.limit) / self.force))

    def _from_rest(self, angles: np.ndarray) -> np.ndarray:
        return np.concatenate([angles[..., :1] - np.asarray(self.neutral)[:, None], angles[..., 1:]], axis=-1)

    def _straight(self, x: np.ndarray) -> np.ndarray:
        """Return the stiffness (.., K, 3) [N m/rad] that acts at x [rad]: bent back, a disc has another."""
        k = np.broadcast_to(self.stiffness[:, [0, 2, 3]], x.shape).copy()
        k[..., 0] = np.where(x[..., 0] > 0.0, k[..., 0], self.stiffness[:, 1])
        return k

    def _curved(self, degrees: np.ndarray) -> np.ndarray:
        f, b, t = np.moveaxis(degrees, -1, 0)
        flexing = np.where(f > 0.0, FLEXION_SQUARE * f**2, 0.0) + FLEXION_CUBE * f**3
        cubed = np.clip(t, -np.asarray(self.twist_end), self.twist_end)
        twisting = self.twist_cube * (cubed**3 + 3.0 * cubed**2 * (t - cubed))
        return np.stack([flexing, self.bend_square * b * np.abs(b), twisting], axis=-1)


def segment_angles(parameters: Parameters) -> np.ndarray:
    """Return the angles (3,) [rad] at which a whole segment resists 10 N m of extension, bend, twist."""
    return SEGMENT_MOMENT / np.array([parameters[f"segment_{n}_stiffness"] for n in ("extension", "bend", "twist")])


def disc_law(parameters: Parameters, ligament_moments: np.ndarray, neutral: np.ndarray) -> DiscLaw:
    """Return the law of discs with facets that, with the ligaments, are as stiff as whole segments were measured.

    Flexion, bend and twist start as the disc alone (`disc_flexion_stiffness` and so on: han2010). In flexion the
    ligaments' figures make up the rest; in bend a square does, in twist, where the facets meet, a cube:
    k x + c x^n + M_ligaments = 10 N m at the segment's angle x. A cube's slope stops where the whole is as stiff as
    segments are at most, `segment_end_stiffness`: x_end = sqrt((k_end - k) / (3 c)). Extension takes the remainder to
    the segment's secant, at least 0.3 of it.
    ligament_moments (K, 3) [N m]: what the ligaments resist at `segment_angles`.
    """
    angles = segment_angles(parameters)
    segment = SEGMENT_MOMENT / angles
    extension = np.maximum((segment - ligament_moments / angles)[:, 0], DISC_SHARE_AT_LEAST * segment[0])
    flexion, bend, twist = (parameters[f"disc_{n}_stiffness"] for n in ("flexion", "bend", "twist"))
    one = np.ones(len(ligament_moments))
    left = SEGMENT_MOMENT - ligament_moments[:, 1:] - np.array([bend, twist]) * angles[1:]
    square, cube = (left / np.degrees(angles[1:]) ** np.array([2.0, 3.0])).T
    cube = np.maximum(cube, TWIST_CUBE)
    return DiscLaw(
        np.stack([flexion * one, extension, bend * one, twist * one], axis=1),
        parameters["preload_gain"],
        parameters["preload_force"],
        neutral,
        parameters["preload_limit"],
        np.maximum(square, BEND_SQUARE),
        cube,
        np.sqrt(np.radians(parameters["segment_end_stiffness"] - twist) / (3.0 * cube)),
    )
