"""A motion's coordinates -> those of the model: trunk angles shared by the levels, what is not given at zero."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from psoas.body.body import Body
from psoas.body.coordinates import LUMBAR, LUMBAR_SLIDES
from psoas.errors import InputError, unknown
from psoas.mechanics.skeleton import TRUNK, rhythm_shares
from psoas.motion.motion import Motion


class ModelMotion(NamedTuple):
    """Positions, velocities, accelerations (F, V) of all coordinates in the model's order [rad, m, s]."""

    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray


def expansion(body: Body, coordinates: tuple[str, ...]) -> np.ndarray:
    """Return E (K, V) with q = x E: which coordinates of the model each coordinate of a motion moves.

    trunk_flexion, trunk_bend and trunk_twist are shared over the lumbar levels by the rhythm, but for a level whose
    angle the motion gives itself. An unknown coordinate is an InputError with the nearest.
    """
    if body.anatomy is None:
        raise InputError("This body has no anatomy, so a trunk angle cannot be shared over its levels.")
    matrix = np.zeros((len(coordinates), body.model.nv))
    shares = rhythm_shares(body.anatomy)
    for i, name in enumerate(coordinates):
        if name in body.dof:
            matrix[i, body.dof[name]] = 1.0
        elif name in TRUNK:
            for level, (follows, share) in shares.items():
                if follows == name and level not in coordinates:
                    matrix[i, body.dof[level]] = share
        else:
            raise unknown("coordinate", name, [*body.dof, *TRUNK])
    return matrix


def expand(body: Body, motion: Motion) -> ModelMotion:
    """Return the motion in the model's coordinates: q = x E, q' = x' E, q'' = x'' E, each (F, V).

    A motion that is not differentiated yet is so first, unfiltered. Its times must be even then, or the frames
    would be resampled; InputError otherwise.
    """
    matrix = expansion(body, motion.coordinates)
    if motion.velocities is None or motion.accelerations is None:
        frames = motion.frames
        motion = motion.differentiated(None)
        if motion.frames != frames:
            raise InputError("The times of this motion are uneven; differentiate it (which resamples it) first.")
    assert motion.velocities is not None and motion.accelerations is not None
    return ModelMotion(motion.positions @ matrix, motion.velocities @ matrix, motion.accelerations @ matrix)


def motion_of_angles(body: Body, motion: Motion) -> Motion:
    """Return a motion of angles with every coordinate of the model, in its order; what was not given is 0, and told.

    For recordings of angles alone: the coordinates come from `motion_from_angles`, sizes from the subject.
    """
    matrix = expansion(body, motion.coordinates)
    given = np.abs(matrix).sum(axis=0) > 0.0
    names = [body.model.joint(i).name for i in range(body.model.nv)]
    missing = [n for n, there in zip(names, given, strict=True) if not there and n not in LUMBAR_SLIDES]
    levels = [n for n in missing if n in LUMBAR]
    others = [n for n in missing if n not in LUMBAR]
    notes = list(motion.notes)
    if any(name in TRUNK for name in motion.coordinates):
        notes.append("The trunk angles were shared over the lumbar levels by the rhythm.")
    if levels:
        others.append("the lumbar levels" if len(levels) == len(LUMBAR) else ", ".join(levels))
    if others:
        notes.append(f"Not in the recording and held at 0: {', '.join(others)}.")
    return Motion(
        motion.time_s,
        tuple(names),
        motion.positions @ matrix,
        None if motion.velocities is None else motion.velocities @ matrix,
        None if motion.accelerations is None else motion.accelerations @ matrix,
        motion.forces,
        tuple(notes),
    )
