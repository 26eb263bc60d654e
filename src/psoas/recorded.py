"""A recording -> frames of a body: markers fitted or angles mapped, filtered, with the ground that bears it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.anatomy.scale import scale
from psoas.body.body import Body
from psoas.body.build import build
from psoas.body.contacts import ContactPoint, contact_points
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.errors import FileError
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.expansion import expand, motion_of_angles
from psoas.mechanics.fit import filtered, fit_markers
from psoas.mechanics.ground import with_ground_forces
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.motion.markers import read_mapping
from psoas.motion.motion import Motion
from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.kind import read, read_forces
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording, overlap

CUTOFF_HZ = 6.0
GROUND_M = 0.04  # a sole point this close above the lowest one bears, where forces were not measured
FLIGHT_M = 0.15  # the lowest sole point this high above the floor of the trial: nothing bears


@dataclass(frozen=True)
class Recorded:
    """A recording on a body: positions and derivatives (F, V) and what bears it.

    applied: measured ground forces, or none; then contacts (C,) and available (F, C) say which sole points are down.
    """

    body: Body
    time_s: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray
    applied: tuple[AppliedForce, ...]
    contacts: tuple[ContactPoint, ...]
    available: np.ndarray
    notes: tuple[str, ...]


def recorded(case: Case, loads_kg: tuple[float, float]) -> Recorded:
    """Read, fit or map, filter at 6 Hz and place a case's recording on the body of its subject.

    Raises FileError or InputError for files that cannot be read, markers or coordinates that are not known, forces
    whose time does not overlap.
    """
    motion = case.motion
    if isinstance(motion, Motion):
        anatomy, notes = scale(case.subject), motion.notes
        if motion.velocities is None:
            motion = motion.differentiated(CUTOFF_HZ)
    else:
        assert isinstance(motion, Movement)
        assert motion.file is not None
        motion, anatomy, notes = _read(case, motion)
    body = build(anatomy, loads_kg)
    motion, told = _lumbar_part_of_twist(motion, anatomy.parameters["lumbar_share_of_twist"])
    notes = (*notes, *told)
    motion = motion_of_angles(body, motion)
    model = expand(body, motion)
    applied = tuple(AppliedForce(f.segment, f.force, f.point, f.moment) for f in motion.forces)
    contacts, available = ((), np.zeros((motion.frames, 0), bool)) if applied else _soles(body, model.positions)
    if not applied:
        notes = (*notes, "ground forces were not measured: each sole point within 4 cm of the lowest may bear")
    return Recorded(
        body, motion.time_s, model.positions, model.velocities, model.accelerations, applied, contacts, available, notes
    )


def _lumbar_part_of_twist(motion: Motion, share: float) -> tuple[Motion, tuple[str, ...]]:
    """Return the motion with the lumbar share of the twist between pelvis and shoulders.

    Most of that twist happens between the thoracic vertebrae, which the rigid thorax does not have; forced into the
    lumbar discs it would ask for moments that nobody makes in walking.
    """
    if "trunk_twist" not in motion.coordinates:
        return motion, ()
    scaled = np.where(np.array(motion.coordinates) == "trunk_twist", share, 1.0)
    turned = replace(
        motion,
        positions=motion.positions * scaled,
        velocities=None if motion.velocities is None else motion.velocities * scaled,
        accelerations=None if motion.accelerations is None else motion.accelerations * scaled,
    )
    return turned, (f"{share:.0%} of the twist between pelvis and shoulders is lumbar, the rest thoracic",)


def _read(case: Case, movement: Movement) -> tuple[Motion, Anatomy, tuple[str, ...]]:
    assert movement.file is not None
    recording = read(movement.file, movement.units, movement.up, height_m=case.subject.height_m)
    anatomy = scale(case.subject)
    forces = None if movement.forces is None else read_forces(movement.forces, movement.units, movement.up)
    if isinstance(recording, ForceRecording):
        raise FileError(
            f"'{movement.file.name}' holds ground forces, not a movement. Give the movement's file first and this "
            "one with --forces."
        )
    if forces is not None:
        overlap(recording, forces)
    if isinstance(recording, AngleRecording):
        motion = motion_from_angles(recording).differentiated(CUTOFF_HZ)
        turn = None
        notes: tuple[str, ...] = motion.notes
    else:
        motion, anatomy, turn, notes = _fitted(recording, anatomy, movement)
    if forces is not None:
        motion = with_ground_forces(motion, anatomy, forces, turn, CUTOFF_HZ)
        notes = (*notes, *(n for n in motion.notes if n not in notes))
    return motion, anatomy, notes


def _fitted(
    recording: MarkerRecording, anatomy: Anatomy, movement: Movement
) -> tuple[Motion, Anatomy, np.ndarray, tuple[str, ...]]:
    bodies = [s.name for s in anatomy.segments]
    mapping = None if movement.markers is None else read_mapping(movement.markers, bodies)
    fitted = filtered(fit_markers(recording, anatomy, mapping), CUTOFF_HZ)
    worst = np.argsort(-np.nan_to_num(fitted.residual_m))[:3]
    far = ", ".join(f"{fitted.markers[i]} {fitted.residual_m[i] * 1e3:.0f} mm" for i in worst)
    note = f"markers fitted to {fitted.rms_m * 1e3:.1f} mm RMS; farthest: {far}"
    return fitted.motion, fitted.anatomy, fitted.turn, (note, *fitted.notes)


def _soles(body: Body, positions: np.ndarray) -> tuple[tuple[ContactPoint, ...], np.ndarray]:
    """Return the sole points and in which frames (F, C) each bears.

    A point bears within GROUND_M of the lowest sole point of its frame (feet of another size than the model's seem to
    sink or rise), unless that one is FLIGHT_M above the lowest of the trial.
    """
    assert body.anatomy is not None
    contacts = contact_points(body.anatomy, ("feet",))
    kin = kinetics(body, positions)
    heights = np.stack([world_points(body, kin, c.body, c.position)[:, 1] for c in contacts], axis=1)
    lowest = heights.min(axis=1)
    standing = lowest - float(np.percentile(lowest, 5)) < FLIGHT_M
    return contacts, (heights - lowest[:, None] < GROUND_M) & standing[:, None]
