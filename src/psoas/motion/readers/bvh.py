"""Read a skeleton's movement from BVH: any nesting and order of turns; its joints become points of the body."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers import joint_centres as centres
from psoas.motion.readers.axes import marker_up, turned
from psoas.motion.readers.bvh_file import parse_frames, parse_skeleton, pose
from psoas.motion.readers.checks import read_text, time_notes
from psoas.motion.readers.skeletons import Roles, roles_of
from psoas.motion.recording import MarkerRecording

FARTHEST_M = 50.0
# A rest pose whose thighs, shanks and trunk leave the vertical farther than this (cosine) stands for nobody.
UPRIGHT = 0.75
# In a frame that shows the person standing, legs are this near to the vertical (cosine), hips to neck lean this far.
STANDING_LEGS, STANDING_LEAN = np.cos(np.radians(20.0)), np.radians(10.0)
ODD_TRUNK = 0.1  # by which hips to neck may be out of proportion: people vary less, drawn skeletons more (assumed)
ODD_REST = np.radians(6.0)  # pitch of a segment in standing beyond which the rest pose is not this person's standing


def recognises(start: bytes) -> bool:
    """Say whether a file that begins with `start` is a BVH file, whole or not."""
    return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper().startswith(b"HIERARCHY")


def _upright(rest: np.ndarray, roles: Roles) -> tuple[np.ndarray, np.ndarray] | None:
    """Return up and forward (3,) of the person in a pose (J, 3), or None where it does not stand."""
    at = {role: rest[i] for role, i in roles.joints.items()}
    hips = (at["hip_r"] + at["hip_l"]) / 2
    up = centres.unit(hips - (at["ankle_r"] + at["ankle_l"]) / 2)
    bones = [at[f"hip_{s}"] - at[f"knee_{s}"] for s in "rl"] + [at[f"knee_{s}"] - at[f"ankle_{s}"] for s in "rl"]
    bones.append(at["neck"] - hips)
    if min(float(centres.unit(bone) @ up) for bone in bones) < UPRIGHT:
        return None
    # The axis of the file nearest to the legs: a stance with one foot ahead must not tilt the person.
    axis = np.zeros(3)
    axis[int(np.argmax(np.abs(up)))] = np.sign(up[int(np.argmax(np.abs(up)))])
    right = centres.across(at["hip_r"] - at["hip_l"], axis)
    return axis, np.cross(axis, right)


def read_bvh(path: Path, units: str | None = None, up: str | None = None, height_m: float = 1.70) -> MarkerRecording:
    """Read a BVH file as joint centres and points that show how pelvis, thorax, thighs and feet are turned.

    The pose with every turn at zero (else the first frame) is taken as this person's standing; where the movement
    shows the person standing otherwise, the pitch of pelvis, thorax and feet counts from there. Joints are found by
    the names of common programs (`skeletons`); the rest is named in the notes.

    Args:
        path: the file.
        units: "mm", "cm" or "m"; else guessed from the skeleton's height, or scaled to `height_m`.
        up: "x", "y" or "z"; else guessed from head and feet.
        height_m: stature of the subject, for skeletons whose unit cannot be guessed.

    Raises:
        FileError: for everything that is wrong with the file, by the line. InputError: units or up not known.

    """
    centres.known_unit(units)
    lines = [(i + 1, line.strip()) for i, line in enumerate(read_text(path).splitlines()) if line.strip()]
    cut = next((i for i, (_, line) in enumerate(lines) if line.upper() == "MOTION"), None)
    if cut is None:
        raise FileError(f"{path} has a skeleton but no line MOTION: it is cut, or holds no movement. Export it again.")
    skeleton = parse_skeleton(path, lines[1:cut])
    roles = roles_of(path, skeleton.names, skeleton.parents)
    table, step, notes = parse_frames(path, lines[cut + 1 :], skeleton)
    places, turns = pose(skeleton, table)
    rest, stance = skeleton.rest, "The skeleton's rest pose"
    axes = _upright(rest, roles)
    home = np.repeat(np.eye(3)[None], len(rest), axis=0)
    if axes is None:
        rest, home, stance = places[:, 0], turns[:, 0], "The first frame (the rest pose does not stand)"
        axes = _upright(rest, roles)
    if axes is None:
        raise FileError(
            f"{path}: neither the skeleton's rest pose nor the first frame stands upright, so what its turns mean for "
            "pelvis and trunk cannot be told. Export it with a standing pose (a T-pose) in the first frame."
        )
    notes = (f"{stance} was taken as this person's standing: the angles of pelvis and trunk count from it.", *notes)
    if (stretch := _stretch(rest, roles)) != 1.0:
        notes = (
            *notes,
            f"The skeleton's neck is drawn {'too near to' if stretch > 1 else 'too far from'} its hips for a person "
            f"with such legs; neck, head and arms were moved along the trunk, to {stretch:.2f} times the distance.",
        )
    factor, unit_note = _metres(path, rest, roles, units, height_m)
    names, points = _points(roles, rest, home, places, turns, axes)
    points = points * factor
    if not (np.abs(points - points[:1, :1]) <= FARTHEST_M).all():
        raise FileError(f"{path}: joints move farther than {FARTHEST_M:g} m. Say the unit with --units mm|cm|m.")
    axis_up, up_note = marker_up(path, names, points, up)
    vertical = turned(np.eye(3), axis_up)[:, 1]
    home, told = _as_standing(roles, home, places, turns, axes, vertical)
    if told:
        points = _points(roles, rest, home, places, turns, axes)[1] * factor
        notes = (*notes, *told)
    time_s = step * np.arange(len(table))
    notes = (unit_note, up_note, *notes, *roles.notes, *time_notes(time_s))
    return MarkerRecording(names, time_s, turned(points, axis_up), notes)


def _as_standing(
    roles: Roles,
    home: np.ndarray,
    places: np.ndarray,
    turns: np.ndarray,
    axes: tuple[np.ndarray, np.ndarray],
    vertical: np.ndarray,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the turns at standing (J, 3, 3), and a note where the movement shows that they are not the rest pose's.

    Pitch of a segment = atan2(u . forward, u . vertical), u its upward axis of the rest pose, forward the pelvis's
    heading; the median over the frames in which the person stands is taken off pelvis, thorax and feet.
    """
    up, forward = axes
    at = {role: places[i] for role, i in roles.joints.items()}
    right = centres.across(at["hip_r"] - at["hip_l"], np.broadcast_to(vertical, at["hip_r"].shape))
    heading = np.cross(vertical, right)
    bones = [at[f"{a}_{s}"] - at[f"{b}_{s}"] for a, b in (("hip", "knee"), ("knee", "ankle")) for s in "rl"]
    trunk = at["neck"] - (at["hip_r"] + at["hip_l"]) / 2
    lean = np.arctan2((trunk * heading).sum(axis=1), trunk @ vertical)
    stands = (np.abs(lean) < STANDING_LEAN) & np.all(
        [centres.unit(b) @ vertical > STANDING_LEGS for b in bones], axis=0
    )
    if not stands.any():
        return home, ()
    home, pitches = home.copy(), {}
    for segment in ("pelvis", "thorax", "ankle_r", "ankle_l"):
        j = roles.joints[segment]
        upward = turns[j][stands] @ (home[j].T @ up)
        pitch = float(np.median(np.arctan2((upward * heading[stands]).sum(axis=1), upward @ vertical)))
        if abs(pitch) > ODD_REST:
            pitches[segment.replace("ankle", "foot")] = pitch
            basis = np.stack([forward, up, np.cross(forward, up)], axis=1)
            c, s = np.cos(pitch), np.sin(pitch)
            home[j] = basis @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]) @ basis.T @ home[j]
    if not pitches:
        return home, ()
    listed = ", ".join(f"{name} {np.degrees(pitch):+.0f}" for name, pitch in pitches.items())
    return home, (
        f"In {int(stands.sum())} frames the person stands, yet leans from that pose by (degrees, forward +): {listed}; "
        "these were taken off, so that standing is zero.",
    )


def _lengths(rest: np.ndarray, roles: Roles) -> tuple[float, float]:
    at = {role: rest[i] for role, i in roles.joints.items()}
    bones = [at[f"{a}_{s}"] - at[f"{b}_{s}"] for a, b in (("hip", "knee"), ("knee", "ankle")) for s in "rl"]
    leg = sum(float(np.linalg.norm(bone)) for bone in bones) / 2
    return leg, float(np.linalg.norm(at["neck"] - (at["hip_r"] + at["hip_l"]) / 2))


def _stretch(rest: np.ndarray, roles: Roles) -> float:
    """Return by how much hips to neck must grow to be in proportion with the legs; 1 where it is so within a tenth."""
    leg, trunk = _lengths(rest, roles)
    stretch = leg / trunk * centres.HIPS_TO_NECK / centres.LEG
    return stretch if abs(stretch - 1.0) > ODD_TRUNK else 1.0


def _metres(path: Path, rest: np.ndarray, roles: Roles, given: str | None, height_m: float) -> tuple[float, str]:
    """Return metres per unit of the skeleton and the note that says why."""
    leg, trunk = _lengths(rest, roles)
    height = centres.standing_height(leg, trunk)
    if not (leg > 1e-6 and trunk > 1e-6 and 0.6 < leg / trunk < 3.0):
        raise FileError(
            f"{path}: the skeleton's legs measure {leg:.4g} and its trunk {trunk:.4g}; no person has such proportions."
        )
    return centres.metres_of_person(path, height, given, height_m)


def _points(
    roles: Roles,
    rest: np.ndarray,
    home: np.ndarray,
    places: np.ndarray,
    turns: np.ndarray,
    axes: tuple[np.ndarray, np.ndarray],
) -> tuple[tuple[str, ...], np.ndarray]:
    """Return marker names and points (F, M, 3), unit of the file.

    A point beside a joint p of the segment j, at rest d away from it, is x_p + R_j R_j,rest^T d.
    """
    up, forward = axes
    joints = roles.joints
    reach = centres.ARM * _lengths(rest, roles)[0] / centres.LEG
    found: dict[str, np.ndarray] = {}

    def beside(joint: str, segment: str, direction: np.ndarray) -> np.ndarray:
        j = joints[segment]
        away = home[j].T @ (reach * direction)
        return places[joints[joint]] + turns[j] @ away

    def forward_of(upper: str, lower: str) -> np.ndarray:
        long = centres.unit(rest[joints[upper]] - rest[joints[lower]])
        return centres.across(forward, long)

    pelvis = joints["pelvis"]
    middle = (places[joints["hip_r"]] + places[joints["hip_l"]]) / 2
    for name, direction in (("pelvis_front", forward), ("pelvis_top", up)):
        found[name] = middle + turns[pelvis] @ (home[pelvis].T @ (reach * direction))
    found["neck_centre"] = places[joints["neck"]]
    found["thorax_front"] = beside("neck", "thorax", forward)
    for s in "rl":
        found[f"{s}_hip_socket"] = places[joints[f"hip_{s}"]]
        found[f"{s}_knee_centre"] = places[joints[f"knee_{s}"]]
        found[f"{s}_thigh_forward"] = beside(f"knee_{s}", f"hip_{s}", forward_of(f"hip_{s}", f"knee_{s}"))
        found[f"{s}_ankle_centre"] = places[joints[f"ankle_{s}"]]
        found[f"{s}_foot_forward"] = beside(f"ankle_{s}", f"ankle_{s}", forward)
        outward = np.cross(forward, up) * (1.0 if s == "r" else -1.0)
        found[f"{s}_foot_side"] = beside(f"ankle_{s}", f"ankle_{s}", outward)
        for joint in ("shoulder", "elbow", "wrist"):
            if f"{joint}_{s}" in joints:
                found[f"{s}_{joint}_centre"] = places[joints[f"{joint}_{s}"]]
    if "head_end" in joints:
        found["head_top"] = places[joints["head_end"]]
    stretch = _stretch(rest, roles)
    for name in found:
        if name.endswith(
            ("neck_centre", "thorax_front", "head_top", "shoulder_centre", "elbow_centre", "wrist_centre")
        ):
            found[name] = found[name] + (stretch - 1.0) * (places[joints["neck"]] - middle)
    return tuple(found), np.stack(list(found.values()), axis=1)
