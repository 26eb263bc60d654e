"""Postures that take a load where it lies: bent just so far that the hands arrive, or upright with the load held."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.errors import PoseError
from psoas.mechanics.pose import pose
from psoas.mechanics.reach import OutOfReach
from psoas.motion.postures import preset
from psoas.studies.situations import Situation

DEEPEST = 2.4  # times the trunk and knee angles of the published lifts
MOST_LUMBAR_DEG = 60.0  # beyond, the hips alone bend further (assumed; about full lumbar flexion)
STRIDE = 0.2  # of the search for the depth at which the hands arrive
STEPS = 6  # halvings of that search's last stride
CLOSELY, FAR_OUT = "held close, upright", "held far, upright"
HELD_HEIGHT = 0.62  # of stature: about elbow height, where a load is held upright
CLOSE, FAR = 0.15, 0.24  # of stature, in front of the ankles


@dataclass(frozen=True)
class Place:
    """Where the load is taken: metres in front of the ankles and above the floor, degrees to the right, one hand."""

    horizontal: float
    height: float
    twist_deg: float
    one_hand: bool


def reached_lifts(who: Subject, names: tuple[str, ...], place: Place, kg: float) -> tuple[list[Situation], list[str]]:
    """Return the lifts whose hands reach the load, and what is said of those that do not; PoseError if none does."""
    reached, told = [], []
    for name in names:
        try:
            reached.append(taken(who, name, place, kg))
        except PoseError as error:
            told.append(str(error))
    if not reached:
        raise PoseError(told[0])
    return reached, told


def with_load(name: str, posture: Posture, kg: float, one_hand: bool, sources: tuple[str, ...]) -> Situation:
    """Return a situation with `kg` in both hands, half each, or in the right hand alone."""
    hands = Sided(left=0.0, right=kg) if one_hand else Sided(left=kg / 2, right=kg / 2)
    basis = "assumed" if sources == ("psoas_assumed",) else "measured"
    return Situation(name, posture, Surroundings(hands_kg=hands), basis, sources, "")


def held_upright(who: Subject, kg: float) -> list[Situation]:
    """Return the load held upright, close and far; who leans back under it may reach less far, but not by half."""
    height = HELD_HEIGHT * who.height_m
    body = build(scale(who), (kg / 2, kg / 2))

    def at(label: str, share: float) -> Situation:
        forward = share * who.height_m
        posture = Posture(
            hands_forward_m=Sided(left=forward, right=forward), hands_height_m=Sided(left=height, right=height)
        )
        return with_load(label, posture, kg, False, ("psoas_assumed",))

    held = [at(CLOSELY, CLOSE)]
    for share in np.arange(FAR, CLOSE, -0.01):
        far = at(FAR_OUT, float(share))
        try:
            pose(body, far.posture)
        except OutOfReach:
            continue
        return [*held, far]
    return held


def taken(who: Subject, name: str, place: Place, kg: float) -> Situation:
    """Return the posture of a technique bent just so far that the hands arrive at the load.

    Trunk and knees are those of the published lifts times one depth (stoop 52 and 10 degrees, squat 39 and 45, semi the
    mean), 60 % of the trunk's in the lumbar spine; of a twist the lumbar spine does `lumbar_share_of_twist`.
    """
    anatomy = scale(who)
    half = (kg, 0.0) if place.one_hand else (kg / 2, kg / 2)
    body = build(anatomy, half)
    share = anatomy.parameters["lumbar_share_of_twist"]

    def at(depth: float) -> Posture:
        return bent(name, depth, place, share)

    low, high, missing, why = 0.0, 0.0, math.inf, ""
    while True:
        try:
            pose(body, at(high))
            break
        except OutOfReach as error:
            missing = min(missing, error.missing_m)
        except PoseError as error:
            why = f" Deeper than that: {error}"
        if high >= DEEPEST or why:
            raise PoseError(
                f"A {name} lift does not reach the load: {100 * missing:.0f} cm are missing at --horizontal "
                f"{place.horizontal:g} and --from-height {place.height:g}. Bring the load nearer or higher.{why}"
            )
        low, high = high, high + STRIDE
    for _ in range(STEPS if high > 0.0 else 0):
        middle = 0.5 * (low + high)
        try:
            pose(body, at(middle))
        except OutOfReach:
            low = middle
        else:
            high = middle
    sources = ("dreischarf2016", "vandieen1997")
    return with_load(name, at(high), kg, place.one_hand, sources)


def bent(name: str, depth: float, place: Place, twist_share: float) -> Posture:
    """Return the posture of a technique at a depth (1: as published), hands at the place; angles as `taken` says."""
    stoop, squat = preset("stoop"), preset("squat")
    part = {"stoop": 0.0, "semi": 0.5, "squat": 1.0}[name]

    def mixed(key: str) -> float:
        a, b = math.degrees(getattr(stoop, key)), math.degrees(getattr(squat, key))
        return depth * (a + part * (b - a))

    turn = math.radians(place.twist_deg)
    forward, right = place.horizontal * math.cos(turn), place.horizontal * math.sin(turn)
    sides = {"right": 1.0} if place.one_hand else {"left": 1.0, "right": 1.0}
    knee = mixed("knee")
    lumbar = min(mixed("trunk_flexion"), MOST_LUMBAR_DEG)
    return Posture(
        preset="stoop" if name == "stoop" else "squat",
        pelvis_tilt_deg=mixed("pelvis_tilt") + mixed("trunk_flexion") - lumbar,
        trunk_flexion_deg=lumbar,
        trunk_twist_deg=-twist_share * place.twist_deg,
        knee_flexion_deg=Sided(left=knee, right=knee),
        hands_forward_m=Sided(**{s: forward for s in sides}),
        hands_height_m=Sided(**{s: place.height for s in sides}),
        hands_right_m=right,
    )
