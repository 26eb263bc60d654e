"""What carries a person in a movement: which points of the skin bear, and in which frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.body import Body
from psoas.body.contacts import ContactPoint, contact_points
from psoas.mechanics.kinetics import kinetics, point_jacobian, world_points

ON_THE_FLOOR = {  # what lies on the floor together, by the names of the points
    "head": ("head", "shoulder_blade", "upper_arm"),
    "back": ("ribs", "back_L1", "back_L2", "back_L3", "back_L4", "back_L5"),
    "pelvis": ("buttock", "sacrum", "ischium_back", "ischium_front"),
}
RISEN_M = 0.02  # a point of the back leaves the floor once it is this much higher than it lay (soft tissue, assumed)
ROLLING_M = 0.03  # the pelvis bears on its points within this height of its lowest one (soft tissue, assumed)
GROUND_M = 0.04  # a sole point this close above the lowest one may bear
SLIDING_M_PER_S = 0.5  # but not one that moves over the ground faster than this (assumed)


def points_of(anatomy: Anatomy, groups: tuple[str, ...]) -> tuple[tuple[ContactPoint, ...], tuple[str, ...]]:
    """Return the points that may bear and the group of each.

    groups: feet, seat, backrest and so on as `contact_points` names them; head, back, pelvis: of a person on the
    floor; held: feet on the floor that something holds down.
    """
    points: list[ContactPoint] = []
    owners: list[str] = []
    for group in groups:
        for p in _points(anatomy, group):
            points.append(p)
            owners.append(group)
    return tuple(points), tuple(owners)


def _points(anatomy: Anatomy, group: str) -> tuple[ContactPoint, ...]:
    if group == "held":
        return tuple(h for side in "rl" for h in _held(contact_points(anatomy, ("feet",), bearing=side)))
    if group not in ON_THE_FLOOR:
        return contact_points(anatomy, (group,))
    names = ON_THE_FLOOR[group]
    on = (p for p in contact_points(anatomy, ("bed_supine", "seat")) if p.name.rsplit("_", 1)[0] in names)
    # Without friction: the sharing would else stretch the trunk between pelvis and ribs to spare the abdominals.
    return tuple(replace(p, contact="floor", friction=p.friction if group == "pelvis" else 0.0) for p in on)


def _held(sole: tuple[ContactPoint, ...]) -> tuple[ContactPoint, ContactPoint]:
    """Return a foot held down: pushed down or borne at mid-sole, without friction.

    Knees and ankles are driven freely here, so that a clamped sole could twist or drag the thigh at no cost.
    """
    middle = np.mean([p.position for p in sole], axis=0)
    up = replace(sole[0], contact=f"held_{sole[0].contact}", name="mid_sole", position=middle, friction=0.0)
    return up, replace(up, normal=-up.normal)


def bears(
    body: Body,
    positions: np.ndarray,
    points: tuple[ContactPoint, ...],
    owners: tuple[str, ...],
    bearing: list[tuple[str, ...]],
) -> np.ndarray:
    """Return which points C bear in which frames (F, C) of positions (F, V).

    bearing: the groups that bear in each frame. Of the back only the points that have risen less than RISEN_M from
    the first frame bear; of the pelvis, which rolls, only those within ROLLING_M of its lowest.
    """
    available = np.array([[owner in groups for owner in owners] for groups in bearing])
    back, pelvis = np.array([o == "back" for o in owners]), np.array([o == "pelvis" for o in owners])
    if not (back.any() or pelvis.any()):
        return available
    kin = kinetics(body, positions)
    height = np.stack([world_points(body, kin, p.body, p.position)[:, 1] for p in points], axis=1)
    available[:, back] &= height[:, back] - height[:1, back] < RISEN_M
    available[:, pelvis] &= height[:, pelvis] - height[:, pelvis].min(axis=1, keepdims=True) < ROLLING_M
    return available


def on_the_ground(
    body: Body, positions: np.ndarray, velocities: np.ndarray, soles: tuple[ContactPoint, ...], belt: float = 0.0
) -> np.ndarray:
    """Return which sole points C may bear in which frames (F, C) of a movement over a level floor.

    A point may bear within GROUND_M of the lowest of its frame if it moves over the ground at less than
    SLIDING_M_PER_S; where none does, all that are as low. positions, velocities (F, V); belt: velocity [m/s] of the
    ground along X (a treadmill's is negative).
    """
    kin = kinetics(body, positions)
    points = [world_points(body, kin, p.body, p.position) for p in soles]
    height = np.stack([x[:, 1] for x in points], axis=1)
    moving = [
        np.einsum("fxv,fv->fx", point_jacobian(body, kin, p.body, x), velocities)
        for p, x in zip(soles, points, strict=True)
    ]
    slide = np.stack([np.hypot(v[:, 0] - belt, v[:, 2]) for v in moving], axis=1)
    low = height - height.min(axis=1, keepdims=True) < GROUND_M
    resting = low & (slide < SLIDING_M_PER_S)
    return np.where(resting.any(axis=1, keepdims=True), resting, low)
