"""Forces -> joint loads: what disc and facets carry at each lumbar level, in the axes of the disc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.body import Body
from psoas.body.coordinates import CHILD_OF_LEVEL
from psoas.mechanics.kinetics import Kinetics


@dataclass(frozen=True)
class JointLoads:
    """Loads per frame and level (F, K) in disc axes.

    compression + = pressed together; anterior_shear, right_shear: what presses the upper vertebra forward, to the
    right, on the lower [N]; flexion_moment: what the disc resists, + = the part above is bent into flexion [N m].
    """

    compression: np.ndarray
    anterior_shear: np.ndarray
    right_shear: np.ndarray
    flexion_moment: np.ndarray


def disc_axes(body: Body, kin: Kinetics) -> np.ndarray:
    """Return the axes (F, K, 3, 3) of the discs in the world, columns forward, up, right.

    The mid-plane of the two facing endplates: half the turn from the lower to the upper endplate,
    R = R_l (R_l' R_u)^(1/2).
    """
    anatomy = body.anatomy
    if anatomy is None:
        raise ValueError("A body without anatomy has no discs.")
    discs = [anatomy.disc(level) for level in body.levels]
    lower = kin.orientation[:, [body.bodies[d.lower] for d in discs]]
    upper = kin.orientation[:, [body.bodies[d.upper] for d in discs]]
    lower = lower @ np.array([_about_z(d.lower_endplate_tilt) for d in discs])
    upper = upper @ np.array([_about_z(d.upper_endplate_tilt) for d in discs])
    return lower @ _half(np.swapaxes(lower, -1, -2) @ upper)


def _about_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _half(turn: np.ndarray) -> np.ndarray:
    """Return the rotation about the same axis by half the angle, H = (I + R) S^-1 (any angle a below 180 degrees).

    I + R = H S with S = H + H', which about the axis n is 2 n n' + 2 c (I - n n'), c = cos(a / 2); with
    (R + R') / 2 = cos a I + (1 - cos a) n n', S^-1 = I / (2 c) - ((R + R') / 2 - cos a I) / (4 c (1 + c)).
    """
    one = np.eye(3)
    cosine = (np.trace(turn, axis1=-2, axis2=-1)[..., None, None] - 1.0) / 2.0
    c = np.sqrt((1.0 + cosine) / 2.0)
    even = 0.5 * (turn + np.swapaxes(turn, -1, -2)) - cosine * one
    return (one + turn) @ (one / (2.0 * c) - even / (4.0 * c * (1.0 + c)))


def joint_forces(body: Body, kin: Kinetics, generalised: np.ndarray) -> np.ndarray:
    """Return the force (F, K, 3) [N, world] with which the lower body pushes the upper at each disc.

    generalised (F, V): what is left on each row once everything but the joint has acted,
    tau - R f - J' f_contact. The three slides of a level are orthogonal, so f = sum_k g_k axis_k.
    """
    rows = slide_rows(body)
    return np.einsum("fka,fkax->fkx", np.take(generalised, rows, axis=1), np.take(kin.axis, rows, axis=1))


def slide_rows(body: Body) -> np.ndarray:
    """Return the slides (K, 3) of all levels."""
    return body.rows(tuple(f"{level}_{axis}" for level in body.levels for axis in "xyz")).reshape(-1, 3)


def joint_loads(
    body: Body, kin: Kinetics, generalised: np.ndarray, disc_flexion: np.ndarray, axes: np.ndarray | None = None
) -> JointLoads:
    """Resolve joint forces into disc axes; disc_flexion (F, K) N m is the disc's own moment on the upper body.

    axes: those of the discs, where they are known already.
    """
    axes = disc_axes(body, kin) if axes is None else axes
    in_disc = np.einsum("fkxa,fkx->fka", axes, joint_forces(body, kin, generalised))
    return JointLoads(in_disc[..., 1], -in_disc[..., 0], -in_disc[..., 2], -disc_flexion)


def pressure(anatomy: Anatomy, compression: np.ndarray) -> np.ndarray:
    """P = C / (A k) [Pa], (.., K) from compression (.., K) [N] (D7)."""
    area = np.array([anatomy.disc(level).area for level in CHILD_OF_LEVEL])
    return compression / (area * anatomy.parameters["pressure_factor"])
