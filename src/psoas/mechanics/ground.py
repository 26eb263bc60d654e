"""Measured ground forces put under the feet: which plate carried which foot, and when."""

from __future__ import annotations

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.errors import InputError
from psoas.mechanics.skeleton import GROUPS, Skeleton
from psoas.motion.filtering import interpolate, runs
from psoas.motion.motion import ExternalForce, Motion
from psoas.motion.recording import LOADED_N, ForceRecording, MarkerRecording, PlateForce, overlap

FEET = ("foot_r", "foot_l")
SHORTEST_CONTACT_S = 0.05  # a shorter spell of load is no step
FAR = 0.12  # m from the nearest sole, beyond which it is told
TOO_FAR = 0.6  # m, beyond which forces and movement do not belong together


def with_ground_forces(
    motion: Motion,
    anatomy: Anatomy,
    forces: ForceRecording,
    turn: np.ndarray | None = None,
    cutoff_hz: float | None = 6.0,
) -> Motion:
    """Return the motion, cut to the time shared with the forces, with those forces on foot_r and foot_l.

    Each contact (a spell of more than 20 N on one plate) goes to the foot whose sole is nearest to its centre of
    pressure, averaged over the contact; the plate's small readings in between go with the contact nearest in time.
    Several plates under one foot add up: F = sum F_i, M = sum (p_i x F_i + m_i) about the origin, and the point
    is their mean weighted by F_y. Then forces are filtered as `ForceRecording.resampled` does.

    Args:
        motion: coordinates of the model in metres and radians, root included; filtered or not.
        anatomy: the person, for the soles.
        forces: the plates, Y up.
        turn: (3, 3) by which the markers were turned (`FittedMotion.turn`); the forces turn with them.
        cutoff_hz: of the forces; the same as that of the motion.

    Raises:
        FileError: no shared time.
        InputError: forces far from both feet, or none on any foot.

    """
    grid = motion.time_s
    start, end = overlap(MarkerRecording((), grid, np.zeros((len(grid), 0, 3))), forces)
    motion = motion.between(start, end)
    if turn is not None:
        forces = _turned(forces, turn)
    soles = {foot: sole_line(motion, anatomy, foot) for foot in FEET}
    notes: list[str] = []
    if motion.frames < len(grid):
        notes.append(f"Only {start:g} to {end:g} s were used, for which there are ground forces.")
    owners = [_owner(plate, forces.time_s, motion.time_s, soles, notes) for plate in forces.plates]
    if all((owner < 0).all() for owner in owners):
        raise InputError(
            f"No plate carries {LOADED_N:g} N between {start:g} and {end:g} s, the time of the movement; leave "
            "--forces out, or give those of this trial."
        )
    under = [_under(foot, i, forces, owners) for i, foot in enumerate(FEET)]
    felt = ForceRecording(tuple(under), forces.time_s).resampled(motion.time_s, cutoff_hz)
    if cutoff_hz is not None:
        notes.append(f"Ground forces and their moments were low-passed at {cutoff_hz:g} Hz, as the motion is.")
    applied = tuple(ExternalForce(plate.name, plate.force, plate.point, plate.moment) for plate in felt.plates)
    result = motion.with_forces((*motion.forces, *applied))
    return Motion(
        result.time_s,
        result.coordinates,
        result.positions,
        result.velocities,
        result.accelerations,
        result.forces,
        (*result.notes, *forces.notes, *notes),
    )


def sole_line(motion: Motion, anatomy: Anatomy, foot: str) -> np.ndarray:
    """Return the rear and front end (F, 2, 3) [m] of a sole in the world, through the middle of its points."""
    skeleton = Skeleton(anatomy)
    q = np.zeros((motion.frames, len(skeleton.coordinates)))
    for i, name in enumerate(skeleton.coordinates):
        if name in motion.coordinates:
            q[:, i] = motion.column(name)
    points = np.array([p.position for p in anatomy.skin if p.contact == "feet" and p.body == foot])
    middle = points.mean(axis=0)
    ends = np.array([middle, middle])
    ends[:, 0] = points[:, 0].min(), points[:, 0].max()
    body = np.full(2, skeleton.bodies.index(foot))
    return skeleton.reach(q, np.ones(len(GROUPS)), body, ends, np.zeros((2, 3))).points


def _turned(forces: ForceRecording, turn: np.ndarray) -> ForceRecording:
    plates = tuple(PlateForce(p.name, p.force @ turn.T, p.point @ turn.T, p.moment @ turn.T) for p in forces.plates)
    return ForceRecording(plates, forces.time_s, forces.notes)


def _distance(point: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Horizontal distance (N,) [m] of points (N, 3) from segments (N, 2, 3)."""
    a, b = line[:, 0][:, [0, 2]], line[:, 1][:, [0, 2]]
    along = b - a
    p = point[:, [0, 2]] - a
    share = np.einsum("nx,nx->n", p, along) / np.maximum(np.einsum("nx,nx->n", along, along), 1e-12)
    return np.asarray(np.linalg.norm(p - np.clip(share, 0.0, 1.0)[:, None] * along, axis=1))


def _owner(
    plate: PlateForce, time_s: np.ndarray, grid: np.ndarray, soles: dict[str, np.ndarray], notes: list[str]
) -> np.ndarray:
    """Return the index in FEET of the foot that each sample (F,) of a plate belongs to, -1 where it has no load."""
    owner = np.full(len(time_s), -1)
    if len(time_s) < 2:
        return owner
    loaded = np.linalg.norm(plate.force, axis=1) > LOADED_N
    step = (time_s[-1] - time_s[0]) / (len(time_s) - 1)
    inside = (time_s >= grid[0] - step) & (time_s <= grid[-1] + step)
    spells = [(a, b) for a, b in runs(loaded) if (b - a) * step >= SHORTEST_CONTACT_S and inside[a:b].any()]
    told: dict[str, int] = {}
    middles, feet = [], []
    for a, b in spells:
        part = np.arange(a, b)[inside[a:b]]
        # The force's own weight: the first and last samples of a contact have a wandering centre of pressure.
        weight = np.maximum(plate.force[part, 1], 0.0) + 1e-9
        away = [
            float(np.average(_distance(plate.point[part], interpolate(grid, soles[f], time_s[part])), weights=weight))
            for f in FEET
        ]
        foot = int(np.argmin(away))
        if away[foot] > TOO_FAR:
            raise InputError(
                f"The centre of pressure of plate '{plate.name}' from {time_s[a]:g} s on lies {away[foot]:.2f} m from "
                "the nearest foot. Movement and forces need the same laboratory axes, units and clock; see --units "
                "and --up."
            )
        if away[foot] > FAR:
            notes.append(
                f"Plate '{plate.name}' from {time_s[a]:g} s on: its centre of pressure lies {away[foot]:.2f} m beside "
                f"the sole of {FEET[foot]}; do both feet stand on it?"
            )
        told[FEET[foot]] = told.get(FEET[foot], 0) + 1
        middles.append(0.5 * (time_s[a] + time_s[b - 1]))
        feet.append(foot)
        owner[a:b] = foot
    if not spells:
        notes.append(f"Plate '{plate.name}' carries nothing while the movement lasts and was left out.")
        return owner
    idle = np.flatnonzero(owner < 0)
    owner[idle] = np.array(feet)[np.abs(time_s[idle, None] - np.array(middles)[None]).argmin(axis=1)]
    text = " and ".join(f"{foot} ({count} contact{'s' if count > 1 else ''})" for foot, count in told.items())
    notes.append(f"Plate '{plate.name}' was taken to be under {text}.")
    return owner


def _under(foot: str, index: int, forces: ForceRecording, owners: list[np.ndarray]) -> PlateForce:
    force = np.zeros((len(forces.time_s), 3))
    about = np.zeros_like(force)
    weighted, weight = np.zeros_like(force), np.zeros((len(force), 1))
    for plate, owner in zip(forces.plates, owners, strict=True):
        mine = (owner == index)[:, None]
        force += mine * plate.force
        about += mine * plate.moment_about_origin()
        share = mine * np.maximum(plate.force[:, 1:2], 1e-6)
        weighted += share * plate.point
        weight += share
    point = weighted / np.maximum(weight, 1e-12)
    return PlateForce(foot, force, point, about - np.cross(point, force))
