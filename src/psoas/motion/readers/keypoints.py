"""Keypoints of pose estimators as joint centres of the body: from one side of a video, or in three dimensions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from psoas.errors import FileError, InputError
from psoas.motion.readers import joint_centres as centres
from psoas.motion.readers.axes import METRES_PER, spelling, told_up, turn_note, turned
from psoas.motion.readers.checks import time_notes
from psoas.motion.readers.keypoint_file import Keypoints, keypoints_of
from psoas.motion.recording import MarkerRecording

# Joint centres do not show how pelvis and ribs are tilted. 60 % of a bent trunk's inclination is made in the lumbar
# spine (van Dieen 1997: stoop lifts), and the line from hips to shoulders shows 0.76 of the thorax's inclination (the
# reference person's lengths: 0.12 m on the pelvis, 0.18 lumbar, 0.22 on the thorax).
LUMBAR_SHARE, SHOWN = 0.6, 0.76
MOST_FLEXION, MOST_EXTENSION = np.radians(45.0), np.radians(-15.0)  # of the lumbar spine by that rule (assumed)
# Half widths [m] of the reference person between left and right, by which a side view is given depth.
HALF_WIDTH = {"hip": 0.0835, "knee": 0.0835, "ankle": 0.0835, "heel": 0.0835, "big_toe": 0.0835, "shoulder": 0.1706}
HALF_WIDTH |= {"elbow": 0.161, "wrist": 0.161, "ear": 0.075}
MOST_FRONTAL = 0.5  # distance of the shoulders against hips to shoulders, beyond which a view is not from the side
RARELY = 0.7  # of the frames of the other side; a side that is seen less is taken to do as the other
FARTHEST_M = 50.0


def read_keypoints(
    path: Path,
    units: str | None = None,
    up: str | None = None,
    height_m: float = centres.REFERENCE_HEIGHT,
    rate_hz: float | None = None,
) -> MarkerRecording:
    """Read keypoints as joint centres, with points that show the turns of pelvis, thorax and feet by stated rules.

    In two dimensions the person is seen from the side: pixels are scaled to the subject's stature, left and right get
    the reference person's depth, hips and shoulders are the middle of both sides. What happens across the picture
    cannot be told.

    Args:
        path: a JSON file, or a folder of them (`keypoint_file`).
        units: "mm", "cm" or "m" for three dimensions; else by the file, or guessed from the person's height.
        up: the upward axis for three dimensions; else from shoulders and ankles.
        height_m: stature of the subject.
        rate_hz: frames per second, where the file does not say.

    Raises:
        FileError: no keypoints, or a view that is not from the side. InputError: units or up that do not apply.

    """
    centres.known_unit(units)
    if rate_hz is not None and not 1.0 <= rate_hz <= 20_000.0:
        raise InputError(f"A rate of {rate_hz:g} frames per second is outside 1 to 20000.", "rate_hz")
    found = keypoints_of(path, rate_hz)
    at = {name: found.places[:, i] for i, name in enumerate(found.names)}
    if found.places.shape[2] == 2:
        if units is not None or up is not None:
            raise InputError(f"{path} holds places in a picture; --units and --up do not apply. Leave them out.")
        points, notes = _from_side(path, at, height_m)
    else:
        points, notes = _in_space(path, found, at, units, up, height_m)
    points = _markers(points, height_m, flat=found.places.shape[2] == 2)
    names = tuple(points)
    positions = np.stack(list(points.values()), axis=1)
    far = np.abs(positions - np.nanmedian(positions.reshape(-1, 3), axis=0)) > FARTHEST_M
    if far.any():
        raise FileError(f"{path}: keypoints lie farther than {FARTHEST_M:g} m apart; look for a wrong number.")
    notes += (
        "Keypoints do not show the tilt of pelvis and ribs: 60 % of the trunk's inclination was taken as lumbar "
        "flexion (up to 45 degrees), the rest as tilt of the pelvis.",
    )
    if not any(name.endswith("toe_tip") for name in names):
        notes += ("Toes are not seen: the feet were taken flat on the ground.",)
    return MarkerRecording(names, found.time_s, positions, (*notes, *found.notes, *time_notes(found.time_s)))


def _length(a: np.ndarray, b: np.ndarray, percent: float = 50.0) -> float:
    length = np.linalg.norm(a - b, axis=1)
    length = length[np.isfinite(length)]
    return float(np.percentile(length, percent)) if length.size else float("nan")


def _middle(at: dict[str, np.ndarray], joint: str) -> np.ndarray:
    """Return the middle of both sides, or the one that is seen."""
    sides = [at[f"{s}_{joint}"] for s in "lr" if f"{s}_{joint}" in at]
    if len(sides) == 1:
        return sides[0]
    both = (sides[0] + sides[1]) / 2
    for side in sides:
        both = np.where(np.isnan(both), side, both)
    return both


def _proportions(path: Path, at: dict[str, np.ndarray], trunk: float) -> float:
    """Return the length of a leg [unit of the file], checked against the trunk's."""
    legs = [
        _length(at[f"{s}_hip"], at[f"{s}_knee"]) + _length(at[f"{s}_knee"], at[f"{s}_ankle"])
        for s in "lr"
        if all(f"{s}_{j}" in at for j in ("hip", "knee", "ankle"))
    ]
    leg = float(np.nanmean(legs)) if np.isfinite(legs).any() else float("nan")
    if not (leg > 1e-6 and trunk > 1e-6 and 0.7 < leg / trunk < 3.5):
        raise FileError(
            f"{path}: the keypoints make legs of {leg:.4g} and a trunk of {trunk:.4g}; no person has such proportions. "
            "Look for a view that is not from the side, or for points in another order."
        )
    return leg


def _from_side(path: Path, at: dict[str, np.ndarray], height_m: float) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return keypoints in metres, X forward, Y up, Z right, from a side view in pixels with Y down."""
    at = {name: place * [1.0, -1.0] for name, place in at.items()}
    hips, shoulders = _middle(at, "hip"), _middle(at, "shoulder")
    trunk = _length(hips, shoulders, 90.0)
    leg = _proportions(path, at, trunk)
    if "l_shoulder" in at and "r_shoulder" in at:
        across = np.abs(at["l_shoulder"] - at["r_shoulder"])[:, 0]
        across = float(np.median(across[np.isfinite(across)])) if np.isfinite(across).any() else 0.0
        if across > MOST_FRONTAL * trunk:
            raise FileError(
                f"{path}: the shoulders lie {across / trunk:.1f} trunk lengths apart in the picture, so the person is "
                "seen from the front or from behind. Two dimensions say enough only from the side; film from there."
            )
    if float(np.nanmedian(shoulders[:, 1] - _middle(at, "ankle")[:, 1])) < 0:
        raise FileError(f"{path}: the shoulders lie below the ankles in the picture; turn the video upright.")
    ahead, by = _ahead(at)
    if not np.isfinite(ahead) or abs(ahead) < 0.01 * leg:
        raise FileError(
            f"{path}: neither toes nor nose show which way the person faces; a view from the side is needed."
        )
    facing = 1.0 if ahead > 0 else -1.0
    near, far = ("r", "l") if facing > 0 else ("l", "r")
    scale = height_m / centres.standing_height(leg, trunk, centres.HIPS_TO_SHOULDERS)
    at = {name: place * [facing * scale, scale] for name, place in at.items()}
    at, copied = _both_sides(at, near, far)
    for joint in ("hip", "shoulder", "ear"):
        if f"{near}_{joint}" in at:
            both = _middle(at, joint)
            at |= {f"{s}_{joint}": both for s in "lr"}
    low = np.concatenate([at[f"{s}_{j}"][:, 1] for s in "lr" for j in ("ankle", "heel", "big_toe") if f"{s}_{j}" in at])
    ground = np.array([float(np.nanmedian(at["l_hip"][:, 0])), float(np.nanpercentile(low, 5.0))])
    size = height_m / centres.REFERENCE_HEIGHT
    deep = {}
    for name, place in at.items():
        side, _, joint = name.partition("_")
        depth = HALF_WIDTH[joint] * size * (1.0 if side == "r" else -1.0) if joint in HALF_WIDTH else 0.0
        deep[name] = np.column_stack([place - ground, np.where(np.isnan(place[:, 0]), np.nan, depth)])
    notes = (
        f"Two dimensions, seen from the person's {'right' if facing > 0 else 'left'} (by the {by}): what bends and "
        "turns to the side is not seen and was taken as none; left and right hips and shoulders were put together.",
        f"Pixels were scaled to the stature of {height_m:g} m by legs and trunk: one is {1e3 * scale:.2f} mm.",
    )
    told = (f"Seldom seen, and taken to do as the other side: {', '.join(copied)}.",) if copied else ()
    return deep, (*notes, *told)


def _ahead(at: dict[str, np.ndarray]) -> tuple[float, str]:
    """Return how far toes lie ahead of heels or ankles along the picture (median), else the nose of the ears."""
    for by, front, backs in (
        ("feet", ("l_big_toe", "r_big_toe"), ("heel", "ankle")),
        ("head", ("nose", "nose"), ("ear", "shoulder")),
    ):
        for back in backs:
            gaps = [
                at[f][:, 0] - at[f"{s}_{back}"][:, 0]
                for s, f in zip("lr", front, strict=True)
                if f in at and f"{s}_{back}" in at
            ]
            gap = np.concatenate(gaps) if gaps else np.zeros(0)
            if np.isfinite(gap).any():
                return float(np.nanmedian(gap)), by
    return float("nan"), ""


def _both_sides(at: dict[str, np.ndarray], near: str, far: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the keypoints with a side that is seldom seen replaced by the other, and the names of those."""
    at, copied = dict(at), []
    for limb in (("hip", "knee", "ankle", "heel", "big_toe"), ("shoulder", "elbow", "wrist")):
        seen = {}
        for s in (near, far):
            mine = [np.isfinite(at[f"{s}_{j}"][:, 0]).mean() for j in limb[1:3] if f"{s}_{j}" in at]
            seen[s] = float(min(mine)) if len(mine) == 2 else 0.0
        if not any(seen.values()):
            continue
        good, poor = (near, far) if seen[near] >= seen[far] else (far, near)
        if seen[poor] < RARELY * seen[good]:
            for joint in limb:
                at.pop(f"{poor}_{joint}", None)
                if f"{good}_{joint}" in at:
                    at[f"{poor}_{joint}"] = at[f"{good}_{joint}"]
            copied.append(f"the {'left' if poor == 'l' else 'right'} {'leg' if limb[0] == 'hip' else 'arm'}")
    return at, copied


def _in_space(
    path: Path, found: Keypoints, at: dict[str, np.ndarray], units: str | None, up: str | None, height_m: float
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return keypoints in metres with Y up, from three dimensions."""
    trunk = _length(_middle(at, "hip"), _middle(at, "shoulder"), 75.0)
    height = centres.standing_height(_proportions(path, at, trunk), trunk, centres.HIPS_TO_SHOULDERS)
    stated = spelling(found.unit)
    if units is None and stated is not None:
        tall = height * METRES_PER[stated]
        if not centres.SHORTEST <= tall <= centres.TALLEST:
            raise FileError(f"{path} states the unit {stated}, in which the person is {tall:.3g} m tall; say --units.")
        factor, note = METRES_PER[stated], f"Units are {stated}, by the file; the person is {tall:.2f} m tall."
    else:
        factor, note = centres.metres_of_person(path, height, units, height_m)
    axis, up_note = _up(path, at, up)
    return {name: turned(place * factor, axis) for name, place in at.items()}, (note, up_note)


def _up(path: Path, at: dict[str, np.ndarray], given: str | None) -> tuple[str, str]:
    if given is not None:
        axis, note = told_up(given)
        return axis, note + turn_note(axis)
    vector = np.nanmedian(_middle(at, "shoulder") - _middle(at, "ankle"), axis=0)
    order = np.argsort(-np.abs(vector))
    if not np.isfinite(vector).all() or abs(vector[order[0]]) < 1.5 * abs(vector[order[1]]) or order[0] == 0:
        raise FileError(
            f"{path}: the upward axis cannot be decided; the shoulders lie ({', '.join(f'{v:.2f}' for v in vector)}) "
            "from the ankles. Say which axis points up with --up x|y|z|-x|-y|-z."
        )
    axis = ("-" if vector[order[0]] < 0 else "") + "xyz"[order[0]]
    return axis, f"Up is {axis}: the shoulders lie above the ankles along it.{turn_note(axis)}"


def _markers(at: dict[str, np.ndarray], height_m: float, *, flat: bool) -> dict[str, np.ndarray]:
    """Return marker paths (F, 3) [m] by the marker table's names.

    Pelvis and thorax are turned about the line of the hips and of the shoulders by what the inclination a of the line
    from hips to shoulders says: lumbar flexion f = 0.6 a / 0.76, at most 45 degrees; pelvis a - 0.76 f + ... so that
    thorax - pelvis = f and the line lies between.
    """
    vertical = np.array([0.0, 1.0, 0.0])
    reach = centres.ARM * height_m / centres.REFERENCE_HEIGHT
    hips, shoulders = (at["l_hip"] + at["r_hip"]) / 2, (at["l_shoulder"] + at["r_shoulder"]) / 2
    chord = shoulders - hips
    found: dict[str, np.ndarray] = {}
    right = centres.unit(at["r_hip"] - at["l_hip"])
    heading = centres.across(np.cross(vertical, right), right)
    inclination = np.arctan2((chord * heading).sum(axis=1), (chord * np.cross(right, heading)).sum(axis=1))
    flexion = np.clip(LUMBAR_SHARE / SHOWN * inclination, MOST_EXTENSION, MOST_FLEXION)
    # At the reference lengths the line shows the pelvis's tilt and (0.76 - 0.4) / 0.6 of the flexion above it.
    tilt = inclination - (SHOWN - 1.0 + LUMBAR_SHARE) / LUMBAR_SHARE * flexion
    for s in "rl":
        found[f"{s}_hip_socket"], found[f"{s}_shoulder_centre"] = at[f"{s}_hip"], at[f"{s}_shoulder"]
    front, top = _tilted(right, heading, tilt)
    found["pelvis_front"], found["pelvis_top"] = hips + reach * front, hips + reach * top
    across = centres.unit(at["r_shoulder"] - at["l_shoulder"])
    ahead = centres.across(np.cross(vertical, across), across)
    found["shoulders_front"] = shoulders + reach * _tilted(across, ahead, tilt + flexion)[0]
    for s in "rl":
        for joint in ("knee", "ankle", "elbow", "wrist"):
            if f"{s}_{joint}" in at:
                found[f"{s}_{joint}_centre"] = at[f"{s}_{joint}"]
        ankle = at[f"{s}_ankle"]
        toward = np.where(np.isnan(ankle), np.nan, heading)
        if f"{s}_big_toe" in at:
            found[f"{s}_toe_tip"] = at[f"{s}_big_toe"]
            toward = at[f"{s}_big_toe"] - at.get(f"{s}_heel", ankle)
            if f"{s}_heel" in at:
                found[f"{s}_heel"] = at[f"{s}_heel"]
        else:
            level = centres.across(toward, vertical)
            found[f"{s}_foot_forward"] = ankle + reach * level
        outward = np.cross(centres.across(toward, vertical), vertical) * (1.0 if s == "r" else -1.0)
        found[f"{s}_foot_side"] = ankle + reach * outward
        if flat:
            long = centres.unit(at[f"{s}_hip"] - at[f"{s}_knee"])
            found[f"{s}_thigh_forward"] = at[f"{s}_knee"] + reach * np.cross(long, np.array([0.0, 0.0, 1.0]))
        if f"{s}_ear" in at:
            found[f"{s}_ear"] = at[f"{s}_ear"]
    found |= {name: at[name] for name in ("nose", "head_top") if name in at}
    return found


def _tilted(right: np.ndarray, heading: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return forward and upward axes (F, 3) of a segment tilted forward by angle (F,) about its rightward axis."""
    upward = np.cross(right, heading)
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return c * heading - s * upward, c * upward + s * heading
