"""A desk: where screen, keyboard, seat and arm supports are, and what back, neck and shoulders bear for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject, person
from psoas.body.body import Body
from psoas.body.build import build
from psoas.case.change import Change
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.errors import InputError, PoseError
from psoas.limits.rula import Rula, WorkPosture, rula
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.pose import on_the_floor, pose
from psoas.mechanics.reach import Gaze, OutOfReach, look
from psoas.mechanics.surfaces import net_load
from psoas.motion.postures import posing, preset
from psoas.studies.situations import (
    Computed,
    Situation,
    angles,
    compression,
    computed,
    contacts_table,
    levels_table,
    on_change,
    results_of,
    signed,
)
from psoas.studies.study import Study
from psoas.tables import Cell, Table

Support = Literal["none", "desk", "armrests"]
ARM = ("upper_arm", "forearm", "hand")
LEAN_STEP_DEG, MOST_LEAN_DEG = 2.0, 50.0
NEARER_M = 0.1
RECLINED_DEG = 110.0
OUTWARDS_DEG = 20.0  # an upper arm further from the trunk is abducted (assumed)
RANGES = {
    "--screen-height": (0.2, 2.5),
    "--screen-distance": (0.2, 3.0),
    "--keyboard-height": (0.3, 1.5),
    "--keyboard-forward": (0.05, 1.2),
}


@dataclass(frozen=True)
class Workplace:
    """Where things are (m, degrees): screen's middle, hands on the keyboard in front of the hips, seat and supports."""

    screen_height: float
    screen_distance: float
    keyboard_height: float
    keyboard_forward: float
    arm_support: Support
    seat_height: float | None
    backrest_deg: float | None
    lumbar_support: float | None


def desk(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    screen_height_m: float | None = None,
    screen_distance_m: float = 0.65,
    keyboard_height_m: float | None = None,
    keyboard_forward_m: float = 0.35,
    arm_support: Support = "none",
    seat_height_m: float | None = None,
    backrest_deg: float = 100.0,
    lumbar_support_m: float | None = None,
) -> Study:
    """Sit at a desk: the posture that reaching and looking ask for, and what to move.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        screen_height_m: Middle of the screen above the floor; none is 15 degrees below the eyes.
        screen_distance_m: Screen in front of the eyes.
        keyboard_height_m: Hands above the floor; none is elbow height.
        keyboard_forward_m: Hands in front of the hip joints.
        arm_support: What the forearms lie on: none, desk or armrests.
        seat_height_m: Seat bones above the floor; none fits the legs.
        backrest_deg: Angle of the backrest to the seat; 0 is no backrest.
        lumbar_support_m: How far the backrest bulges at L3.

    """
    values = (screen_height_m, screen_distance_m, keyboard_height_m, keyboard_forward_m)
    for flag, value in zip(RANGES, values, strict=True):
        low, high = RANGES[flag]
        if value is not None and not low <= value <= high:
            raise InputError(f"{flag} is {value:g}; allowed is {low:g} to {high:g} m.")
    who = subject or Subject()
    body = build(scale(who))
    chair = (seat_height_m, backrest_deg or None, lumbar_support_m if backrest_deg else None)
    elbow, eye = _elbow_and_eye(body, *chair)
    place = Workplace(
        eye - math.tan(posing()["gaze_rest"]) * screen_distance_m if screen_height_m is None else screen_height_m,
        screen_distance_m,
        elbow if keyboard_height_m is None else keyboard_height_m,
        keyboard_forward_m,
        arm_support,
        *chair,
    )
    found = [computed(_sat(body, "as it is", place), who, change)]
    for name, moved in _moves(place, elbow, eye):
        try:
            sat = _sat(body, name, moved)
        except PoseError:
            continue  # a move that this person cannot make is no advice
        if (sat.posture, sat.surroundings) != (found[0].situation.posture, found[0].situation.surroundings):
            found.append(computed(sat, who, None))
    scores = [_score(x) for x in found]
    tables = (
        _table(found, scores),
        levels_table("Compression at every level", found),
        scores[0].table(),
        contacts_table("What bears", found),
    )
    screen = f"screen {100 * place.screen_height:.0f} cm high and {100 * place.screen_distance:.0f} cm away"
    title = f"At a desk: {screen}, hands {100 * place.keyboard_height:.0f} cm high; {person(subject)}"
    sources = (
        "endo2012",
        "sun2022",
        "burgesslimerick1998",
        "winter2009",
        "rula1993",
        "wilke1999",
        "li2022",
        "psoas_assumed",
    )
    return Study(
        title,
        results_of(found),
        findings=(*on_change(found[:1], change), *_findings(found, scores)),
        tables=tables,
        sources=sources,
    )


def _around(place: Workplace, *, backrest: bool) -> Surroundings:
    return Surroundings(
        seat_height_m=place.seat_height,
        backrest_deg=place.backrest_deg if backrest else None,
        lumbar_support_m=place.lumbar_support if backrest else None,
        desk=place.arm_support == "desk",
        armrests=place.arm_support == "armrests",
    )


def _elbow_and_eye(
    body: Body, seat: float | None, backrest: float | None, support: float | None
) -> tuple[float, float]:
    """Return the height (m) of the elbows of hanging arms and of the eyes above the floor, seated so."""
    around = Surroundings(seat_height_m=seat, backrest_deg=backrest, lumbar_support_m=support)
    q = on_the_floor(body, pose(body, Posture(preset="sitting"), around).positions)
    elbow = float(kinetics(body, q[None]).position[0, body.bodies["forearm_r"], 1])
    return elbow, math.tan(look(body, q.copy(), Gaze(1.0, 0.0)))


def _sat(body: Body, name: str, place: Workplace) -> Situation:
    """Return the posture that reaches and looks: on the backrest if the hands arrive so, else leaning forward.

    The lean is of the pelvis, away from the backrest, in steps of LEAN_STEP_DEG from erect sitting until they arrive.
    """
    aims = {
        "hands_forward_m": Sided(left=place.keyboard_forward, right=place.keyboard_forward),
        "hands_height_m": Sided(left=place.keyboard_height, right=place.keyboard_height),
        "gaze_distance_m": place.screen_distance,
        "gaze_height_m": place.screen_height,
    }
    posture = Posture(preset="sitting", **aims)  # type: ignore[arg-type]
    around = _around(place, backrest=True)
    try:
        pose(body, posture, around)
        return Situation(name, posture, around, "assumed", ("psoas_assumed",), "")
    except OutOfReach as error:
        missing = error.missing_m
    around = _around(place, backrest=False)
    erect = math.degrees(preset("sitting").pelvis_tilt)
    for lean in np.arange(0.0, MOST_LEAN_DEG + LEAN_STEP_DEG, LEAN_STEP_DEG):
        posture = Posture(preset="sitting", pelvis_tilt_deg=erect + float(lean), **aims)  # type: ignore[arg-type]
        try:
            pose(body, posture, around)
            note = f"{100 * missing:.0f} cm are missing from the backrest: leant forward"
            return Situation(name, posture, around, "assumed", ("psoas_assumed",), note)
        except OutOfReach as error:
            missing_last = error.missing_m
    raise PoseError(
        f"The keyboard is out of reach: {100 * missing_last:.0f} cm are missing even leaning forward by "
        f"{MOST_LEAN_DEG:.0f} degrees. Bring --keyboard-forward below {place.keyboard_forward - missing_last:.2f} m."
    )


def _moves(place: Workplace, elbow: float, eye: float) -> list[tuple[str, Workplace]]:
    """Return what can be moved, one thing at a time."""
    moves = []
    if place.arm_support == "none":
        moves.append(("forearms on the desk", replace(place, arm_support="desk")))
    moves.append(
        ("keyboard 10 cm nearer", replace(place, keyboard_forward=max(place.keyboard_forward - NEARER_M, 0.15)))
    )
    if abs(place.keyboard_height - elbow) > 0.03:
        moves.append(("keyboard at elbow height", replace(place, keyboard_height=elbow)))
    rest = eye - math.tan(posing()["gaze_rest"]) * place.screen_distance
    if abs(place.screen_height - rest) > 0.05:
        moves.append(("screen 15 degrees below the eyes", replace(place, screen_height=rest)))
    if place.backrest_deg is None or place.backrest_deg < RECLINED_DEG:
        moves.append(("backrest of 110 degrees", replace(place, backrest_deg=RECLINED_DEG)))
    return moves


def _shoulder(x: Computed) -> float:
    """Return the size of the moment (N m) that the right shoulder gives, what rests on a support taken off."""
    body, q = x.frames.body, x.frames.positions[0]
    rests = tuple(r.force for r in x.frames.rests)
    parts = tuple(f"{part}_r" for part in ARM)
    return float(np.linalg.norm(net_load(body, q, "upper_arm_r", parts, rests).moment))


def _neck(x: Computed) -> tuple[float, float]:
    """Return the net force (N) and extension moment (N m) that C7/T1 needs for the head; no neck muscle is counted."""
    net = net_load(x.frames.body, x.frames.positions[0], "head", ("head",))
    return float(np.linalg.norm(net.force)), round(float(net.moment[2]), 2) + 0.0  # + 0.0: no -0.0


def _score(x: Computed) -> Rula:
    body, q = x.frames.body, np.degrees(x.frames.positions[0])
    at: Callable[[str], float] = lambda name: float(q[body.dof[name]])  # noqa: E731
    tilt, _, inclination = angles(x)
    thigh = at("hip_flexion_r") - tilt
    supported = "backrest" in x.result.contacts.names and 180.0 - thigh - inclination >= 90.0 - 0.5
    return rula(
        WorkPosture(
            upper_arm_deg=at("shoulder_flexion_r"),
            arm_abducted=at("shoulder_adduction_r") < -OUTWARDS_DEG,
            arm_supported=bool(x.frames.rests),
            lower_arm_deg=at("elbow_flexion_r"),
            neck_deg=at("neck_flexion"),
            trunk_deg=max(inclination, 0.0),
            trunk_supported=supported,
            held_or_repeated=True,
        )
    )


def _table(found: list[Computed], scores: list[Rula]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for x, score in zip(found, scores, strict=True):
        force, moment = _neck(x)
        q, body = np.degrees(x.frames.positions[0]), x.frames.body
        _, lumbar, inclination = angles(x)
        rows.append(
            (
                *(x.situation.name, inclination, lumbar, float(q[body.dof["neck_flexion"]])),
                *(float(q[body.dof["shoulder_flexion_r"]]), float(q[body.dof["elbow_flexion_r"]])),
                *(compression(x), compression(x, "L5/S1"), force, moment, _shoulder(x)),
                *(float(score.grand), float(score.action_level)),
            )
        )
    columns = (
        "workplace",
        "trunk, deg",
        "lumbar, deg",
        "neck, deg",
        "arm, deg",
        "elbow, deg",
        "L4/L5, N",
        "L5/S1, N",
        "C7/T1, N",
        "C7/T1, N m",
        "shoulder, N m",
        "RULA",
        "action",
    )
    note = (
        "Trunk: inclination of the thorax; lumbar, neck, upper arm and elbow: flexion. C7/T1 and one shoulder: net "
        "force and moment of what hangs beyond the joint; the model has no muscles of neck and shoulder, which press "
        "these joints by far more. RULA: held longer than a minute, wrists straight."
    )
    return Table("Workplaces", columns, tuple(rows), (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0), note)


def _findings(found: list[Computed], scores: list[Rula]) -> list[str]:
    first, score = found[0], scores[0]
    force, moment = _neck(first)
    note = f" ({first.situation.note})" if first.situation.note else ""
    sums = ("table", "score", "grand")
    steps = sorted((row for row in score.rows if not row.step.startswith(sums)), key=lambda row: -row.score)
    trunk = round(angles(first)[2])
    size = "1 degree" if abs(trunk) == 1 else f"{abs(trunk)} degrees"
    leant = f"is inclined {size}" if trunk > 0 else f"leans back {size}" if trunk else "is upright"
    said = [
        f"As it is the trunk {leant}{note} and L4/L5 carries "
        f"{compression(first):.0f} N; C7/T1 needs {force:.0f} N and {moment:.1f} N m for the head, one shoulder "
        f"{_shoulder(first):.1f} N m.",
        f"RULA gives {score.grand} (action level {score.action_level}); the rows that gave most: "
        + "; ".join(f"{row.step} {row.score} ({row.rule})" for row in steps[:3])
        + ".",
    ]
    for x, other in zip(found[1:], scores[1:], strict=True):
        said.append(
            f"{x.situation.name.capitalize()}: L4/L5 {compression(x) - compression(first):+.0f} N, one shoulder "
            f"{signed(_shoulder(x) - _shoulder(first))} N m, C7/T1 {signed(_neck(x)[1] - moment)} N m, "
            f"RULA {other.grand}."
        )
    said.append(
        "Disc pressure was not measured at a desk with and without arm support; seated against standing, measurements "
        "do not agree (Wilke 1999, Li 2022), and RULA is a rule of thumb for arms and neck, not a load."
    )
    return said
