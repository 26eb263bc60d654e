"""The angles on the way to a pose, and the coordinates that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.mechanics.arms import hang
from psoas.mechanics.reach import Gaze, Reach, look, reach_hands

Push = tuple[str, tuple[float, float, float]]  # a given force on a body's mass centre, N, world axes


@dataclass
class Angles:
    """World and joint angles on the way to a pose (rad); None where a rule decides.

    thigh: inclination of the thighs to the vertical before the legs lean; lean: of the legs about the ankles.
    """

    tilt: float
    trunk: tuple[float, float, float]
    levels: dict[str, float]
    thigh: dict[str, float]
    hip: dict[str, float | None]
    knee: dict[str, float]
    ankle: dict[str, float | None]
    shoulder: dict[str, float | None]
    elbow: dict[str, float]
    neck: float
    lean: float = 0.0
    side_lean: float = 0.0
    reach: Reach | None = None
    gaze: Gaze | None = None
    pushes: tuple[Push, ...] = ()


def symmetric_angles(tilt: float, trunk: float, thigh: float, knee: float) -> Angles:
    """Return the angles of an upright, symmetric posture on its feet, arms hanging."""
    free: dict[str, float | None] = {"r": None, "l": None}
    return Angles(
        tilt,
        (trunk, 0.0, 0.0),
        {},
        {"r": thigh, "l": thigh},
        dict(free),
        {"r": knee, "l": knee},
        dict(free),
        dict(free),
        {"r": 0.0, "l": 0.0},
        0.0,
    )


def trunk_of(body: Body, a: Angles) -> np.ndarray:
    """Return positions (V,) of pelvis and lumbar levels alone: the rhythm shares the trunk, given levels stay."""
    anatomy = body.anatomy
    assert anatomy is not None
    q = np.zeros(body.model.nq)
    dof = body.dof
    q[dof["pelvis_tilt"]] = a.tilt
    for disc in anatomy.discs:
        shares = (disc.flexion_share, disc.bend_share, disc.twist_share)
        for axis, share, total in zip(("flexion", "bend", "twist"), shares, a.trunk, strict=True):
            q[dof[f"{disc.level}_{axis}"]] = share * total
        if disc.level in a.levels:
            q[dof[f"{disc.level}_flexion"]] = a.levels[disc.level]
    return q


def positions_of(body: Body, a: Angles, *, lying: bool = False, roll: float = 0.0) -> np.ndarray:
    """Return positions (V,) of these angles: the rhythm shares the trunk, feet are level unless lying, arms hang."""
    q = trunk_of(body, a)
    dof = body.dof
    q[dof["pelvis_rotation"]] = roll
    for s in "rl":
        given = a.hip[s]
        thigh = a.thigh[s] + a.lean
        if lying:
            hip = a.thigh[s] if given is None else given
        else:
            hip = thigh + a.tilt if given is None else given
            thigh = hip - a.tilt
        q[dof[f"hip_flexion_{s}"]] = hip
        q[dof[f"knee_flexion_{s}"]] = a.knee[s]
        ankle = a.ankle[s]
        if ankle is None:
            ankle = 0.0 if lying else a.knee[s] - thigh
        q[dof[f"ankle_flexion_{s}"]] = ankle
        sign = 1.0 if s == "r" else -1.0
        q[dof[f"hip_adduction_{s}"]] = sign * a.side_lean
        q[dof[f"ankle_inversion_{s}"]] = -sign * a.side_lean
        q[dof[f"elbow_flexion_{s}"]] = a.elbow[s]
    q[dof["neck_flexion"]] = a.neck
    hang(body, q, a.shoulder)
    if a.reach is not None:
        reach_hands(body, q, a.reach)
    if a.gaze is not None:
        look(body, q, a.gaze)
    return q
