"""A case -> frames of a body: a posture posed, a pattern played or a recording fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.anatomy.scale import scale
from psoas.body.body import Body
from psoas.body.build import build
from psoas.body.contacts import ContactPoint, contact_points
from psoas.body.rucksack import with_rucksack
from psoas.case.case import Case
from psoas.case.change import per_fascicle
from psoas.case.movement import Movement
from psoas.errors import InputError
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.equilibrium import Effort
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.pattern import pattern_motion
from psoas.mechanics.pose import on_the_floor, pose
from psoas.mechanics.rhythm import curves, settle
from psoas.mechanics.stride import stride_motion
from psoas.mechanics.surfaces import RESTS, Rest, arm_rests, refuse_falling, touching
from psoas.motion.patterns import NOTES, SCALABLE, duration_of, keyframes, pattern_sources
from psoas.motion.stride import SCALING_SOURCES, gait, stride

GIVES_WAY = np.radians(30.0)  # of trunk flexion in a recording, half the range; below it the rhythm stands
SETTLED_AT = (0.4, 0.6, 0.8, 0.9, 1.0)  # of the largest trunk flexion
PATTERN_RATE_HZ = 20.0
FURNITURE = (
    *("seat", "seat_height_m", "backrest_deg", "lumbar_support_m", "armrests", "desk", "bed"),
    *("elbows_on_thighs", "hands_lean", "rucksack_kg"),
)


@dataclass(frozen=True)
class Frames:
    """What a case asks to be balanced: F frames of a body with its contacts and known forces."""

    body: Body
    time_s: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray | None
    accelerations: np.ndarray | None
    contacts: tuple[ContactPoint, ...]
    available: np.ndarray | None
    applied: tuple[AppliedForce, ...]
    effort: Effort
    measured: bool = False  # ground forces were measured: the root carries a residual
    recorded: bool = False
    phases: tuple[tuple[str, int], ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rests: tuple[Rest, ...] = ()  # relaxed arms on desk or armrests; their forces are among `applied`
    settled: np.ndarray | None = None  # (F,) whether the levels found how they share flexion; None: all did


def frames_of(case: Case) -> Frames:
    """Return what a case asks to be balanced: a posture posed, a pattern played or a recording fitted."""
    if case.posture is not None:
        return _posture_frames(case)
    _refuse_furniture(case)
    if isinstance(case.motion, Movement) and case.motion.pattern is not None:
        return _pattern_frames(case, case.motion)
    return _recorded_frames(case)


def _refuse_furniture(case: Case) -> None:
    """Raise InputError where a movement is given what only a posture can use: it would be left out without a word."""
    given = [key for key in FURNITURE if getattr(case.surroundings, key)]
    if given:
        raise InputError(
            f"[surroundings] {given[0]} belongs to a posture; a movement takes hands_kg and forces only. Write "
            "[posture] instead of [motion], or leave it out.",
            given[0],
        )


def _posture_frames(case: Case) -> Frames:
    assert case.posture is not None
    anatomy = with_rucksack(scale(case.subject), case.surroundings.rucksack_kg)
    body = build(anatomy, _loads(case))
    posed = pose(body, case.posture, case.surroundings)
    effort = effort_of(case, body, supported=posed.supported)
    bearing = tuple(name for name in posed.contacts if name not in RESTS)
    points = contact_points(anatomy, bearing, posed.backrest_deg, posed.bearing)
    free = tuple(x for x in body.levels if x not in case.posture.levels_deg)
    before = on_the_floor(body, posed.positions, posed.bearing)
    contacts = touching(body, before, points)
    rests = arm_rests(body, before, posed.contacts)
    applied = (*_given_forces(case, body, before[None]), *(r.force for r in rests))
    refuse_falling(body, before, contacts, applied)
    shared = settle(body, before, effort, contacts, applied, free)
    positions = shared.positions
    notes = list(posed.notes)
    if not np.allclose(positions, before, atol=1e-6):
        notes.append("the lumbar levels share trunk flexion with the least effort near the rhythm")
        contacts = touching(body, positions, points)
        rests = arm_rests(body, positions, posed.contacts)
    notes += [f"{r.name} carries {r.force.force[0, 1]:.0f} N of the relaxed arm" for r in rests]
    return Frames(
        body,
        np.zeros(1),
        positions[None],
        None,
        None,
        contacts,
        None,
        (*_given_forces(case, body, positions[None]), *(r.force for r in rests)),
        effort,
        sources=posed.sources,
        notes=tuple(notes),
        rests=rests,
        settled=np.array([shared.settled]),
    )


def _pattern_frames(case: Case, movement: Movement) -> Frames:
    pattern = movement.pattern or ""
    if pattern == "step":
        return _stride_frames(case, movement)
    keys = keyframes(pattern)
    body = build(with_rucksack(scale(case.subject), case.surroundings.rucksack_kg), _loads(case))
    effort = effort_of(case, body, supported=False)
    duration = movement.duration_s or duration_of(pattern)
    ratio = 1.0
    if movement.peak_inclination_deg is not None:
        if pattern not in SCALABLE:
            raise InputError(
                f"[motion] 'peak_inclination_deg' has no meaning for '{pattern}'; it belongs to {', '.join(SCALABLE)}.",
                "peak_inclination_deg",
            )
        peak = np.degrees(max(k.pelvis_tilt + k.trunk_flexion for k in keys))
        ratio = movement.peak_inclination_deg / float(peak)
    count = max(round(duration * PATTERN_RATE_HZ) + 1, 21)
    moved = pattern_motion(body, pattern, effort, duration, count, ratio)
    return Frames(
        body,
        moved.time_s,
        moved.positions,
        moved.velocities,
        moved.accelerations,
        moved.contacts,
        moved.available,
        (*moved.applied, *_given_forces(case, body, moved.positions)),
        effort,
        phases=moved.phases,
        sources=pattern_sources(pattern),
        notes=("the movement passes between published postures with the least jerk", *NOTES.get(pattern, ())),
        settled=moved.settled,
    )


def _stride_frames(case: Case, movement: Movement) -> Frames:
    walked = gait(case.subject.height_m, movement.speed_m_per_s, movement.stride_m)
    body = build(with_rucksack(scale(case.subject), case.surroundings.rucksack_kg), _loads(case))
    moved = stride_motion(body, walked, np.radians(movement.lean_deg or 0.0))
    return Frames(
        body,
        moved.time_s,
        moved.positions,
        moved.velocities,
        moved.accelerations,
        moved.contacts,
        moved.available,
        _given_forces(case, body, moved.positions),
        effort_of(case, body, supported=False),
        recorded=True,  # one man's: his stride leaves a residual on another's feet, which is told and not refused
        phases=moved.phases,
        sources=(*stride().sources, *SCALING_SOURCES),
        notes=(
            f"one man's stride, left and right averaged: {walked.speed:.2f} m/s, {walked.length:.2f} m, "
            f"{walked.duration:.2f} s, his angles times {walked.amplitude:.2f}; the ends of 0.15 s repeat it",
            "ground forces are predicted: each sole point that is down and does not slide may bear",
        ),
    )


def _recorded_frames(case: Case) -> Frames:
    # Reading and fitting are many modules that a posture does not need.
    from psoas.recorded import recorded

    r = recorded(case, _loads(case))
    applied = (*r.applied, *_given_forces(case, r.body, r.positions))
    effort = effort_of(case, r.body, supported=False)
    motion = (r.positions, r.velocities, r.accelerations)
    shared, hidden = "the lumbar levels share the trunk's angles by the rhythm", "; a recording does not show them"
    measured, settled = bool(r.applied), True
    if r.positions[:, _flexion_rows(r.body)].sum(axis=1).max() > GIVES_WAY:
        motion, settled = _given_way(r.body, motion, effort, r.contacts, r.available, applied, measured)
        shared = "the lumbar levels share trunk flexion with the least effort near the rhythm"
    return Frames(
        r.body,
        r.time_s,
        *motion,
        r.contacts,
        r.available,
        applied,
        effort,
        measured=measured,
        recorded=True,
        notes=(*r.notes, shared + hidden),
        settled=np.full(len(r.time_s), settled),
    )


def _flexion_rows(body: Body) -> np.ndarray:
    return body.rows(tuple(f"{level}_flexion" for level in body.levels))


def _given_way(
    body: Body,
    motion: tuple[np.ndarray, np.ndarray, np.ndarray],
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    available: np.ndarray,
    applied: tuple[AppliedForce, ...],
    measured: bool,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], bool]:
    """Share trunk flexion anew: positions, velocities, accelerations (F, V) of the levels from those of their sum s.

    A few frames are settled; through them theta_k = a_k s + b_k s^2, hence d theta_k = (a_k + 2 b_k s) ds. Told with
    it: whether all of them settled, for each has its part in the curve on which every frame lies.
    """
    positions, velocities, accelerations = (x.copy() for x in motion)
    rows = _flexion_rows(body)
    s, ds, dds = (x[:, rows].sum(axis=1) for x in motion)
    chosen = sorted({int(np.argmin(np.abs(s - part * s.max()))) for part in SETTLED_AT})
    found = []
    for i in chosen:
        bearing = tuple(c for c, bears in zip(contacts, available[i], strict=True) if bears)
        here = tuple(force.frames(slice(i, i + 1)) for force in applied)
        found.append(settle(body, motion[0][i], effort, bearing, here, root_carried=not measured))
    a, b = curves(s[chosen], np.array([x.positions[rows] for x in found]))
    slope = a + 2.0 * np.outer(s, b)
    positions[:, rows] = np.outer(s, a) + np.outer(s**2, b)
    velocities[:, rows] = slope * ds[:, None]
    accelerations[:, rows] = slope * dds[:, None] + 2.0 * np.outer(ds**2, b)
    return (positions, velocities, accelerations), all(x.settled for x in found)


def _loads(case: Case) -> tuple[float, float]:
    hands = case.surroundings.hands_kg
    return hands.right or 0.0, hands.left or 0.0


def _given_forces(case: Case, body: Body, positions: np.ndarray) -> tuple[AppliedForce, ...]:
    """Return the scenario's constant forces on the mass centres of their segments over frames (F, V)."""
    if not case.surroundings.forces:
        return ()
    assert body.anatomy is not None
    kin = kinetics(body, positions)
    applied = []
    # A rucksack moves the mass centre of the thorax; a force meant for the thorax still acts on the thorax.
    anatomy = scale(case.subject) if case.surroundings.rucksack_kg else body.anatomy
    for given in case.surroundings.forces:
        centre = np.array(anatomy.segment(given.body).centre)
        points = world_points(body, kin, given.body, centre)
        applied.append(AppliedForce(given.body, np.tile(given.force_n, (len(kin), 1)), points))
    return tuple(applied)


def effort_of(case: Case, body: Body, *, supported: bool) -> Effort:
    """Return floors, caps, tight and weak of every fascicle from a case's [change] and [solve]."""
    assert body.anatomy is not None
    names, groups = body.fibres.names, body.fibres.groups

    def known(name: str) -> Sequence[int]:
        return resolve(name, names, groups)

    def of(wanted: dict[str, float]) -> np.ndarray:
        return per_fascicle(wanted, known, len(names))

    tone = case.change.tone
    if tone is None:
        tone = body.anatomy.parameters["tone_supported" if supported else "tone_upright"]
    return Effort(
        np.full(len(names), tone),
        1.0 - of(case.change.inhibited),
        of(case.change.tight),
        of(case.change.weak),
        case.solve.criterion,
        case.solve.weights,
    )
