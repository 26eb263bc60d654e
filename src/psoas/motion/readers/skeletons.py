"""Which joint of an animation's skeleton is which joint of a person, by the names of common programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psoas.errors import FileError
from psoas.motion.readers.joint_centres import spelled

# Names without side, prefix and separators (`joint_centres.spelled`); the first that a skeleton has is taken.
# Mixamo and MotionBuilder; BVH of bvhacker, Xsens and others; Carnegie Mellon; Biped; Unreal; SMPL and generic.
SIDED = {
    "hip": ("upleg", "hip", "femur", "thigh", "upperleg"),
    "knee": ("knee", "leg", "lowleg", "tibia", "shin", "calf", "lowerleg"),
    "ankle": ("ankle", "foot"),
    "shoulder": ("arm", "upperarm", "uparm", "humerus", "shoulder", "shldr"),
    "elbow": ("forearm", "elbow", "lowarm", "lowerarm", "radius"),
    "wrist": ("wrist", "hand"),
}
NECK = ("neck", "neck1", "neck01", "lowerneck")
HEAD = ("head", "upperneck", "neck")
# Where there is no neck, the head's joint stands for it.
NEEDED = tuple(f"{joint}_{side}" for joint in ("hip", "knee", "ankle") for side in "rl")
WORDS = {"hip": "hip", "knee": "knee", "ankle": "ankle"}


@dataclass(frozen=True)
class Roles:
    """Indices of a skeleton's joints by what they are: hip_r .. wrist_l, neck, head_end, pelvis, thorax.

    A segment is named by the joint it begins with. notes: sentences on what was used and left out.
    """

    joints: dict[str, int]
    notes: tuple[str, ...]


def _side_and_stem(name: str) -> tuple[str, str]:
    stem, side = spelled(name)
    if not side and stem[:1] in "lr" and stem[1:] in _STEMS:
        return stem[1:], stem[0]
    return stem, side


_STEMS = {stem for stems in SIDED.values() for stem in stems}


def _way(parents: Sequence[int], joint: int) -> list[int]:
    way = [joint]
    while parents[way[-1]] >= 0:
        way.append(parents[way[-1]])
    return way


def roles_of(path: Path, names: Sequence[str], parents: Sequence[int]) -> Roles:
    """Return the roles of J joints, parents before children.

    The pelvis is the segment from which both thighs spring, the thorax the one from which neck and both arms do
    (without arms: the neck's parent).

    Raises:
        FileError: legs or neck cannot be found; what is missing and what there is are named.

    """
    split = [_side_and_stem(name) for name in names]
    joints: dict[str, int] = {}
    for role, stems in SIDED.items():
        for side in "rl":
            hits = [names_i for stem in stems for names_i, pair in enumerate(split) if pair == (stem, side)]
            if hits:
                joints[f"{role}_{side}"] = hits[0]
    for role, stems in (("neck", NECK), ("head", HEAD)):
        hits = [i for stem in stems for i, pair in enumerate(split) if pair == (stem, "")]
        if hits:
            joints[role] = hits[0]
    if "neck" not in joints and "head" in joints:
        joints["neck"] = joints["head"]
    for side in "rl":  # a collar that is called a shoulder
        elbow = joints.get(f"elbow_{side}")
        if elbow is None or joints.get(f"shoulder_{side}") not in _way(parents, elbow)[1:]:
            joints.pop(f"shoulder_{side}", None)
            if elbow is not None and parents[elbow] >= 0:
                joints[f"shoulder_{side}"] = parents[elbow]
    lacking = [_said(role) for role in (*NEEDED, "neck") if role not in joints]
    if lacking:
        shown = ", ".join(name[:30] for name in names[:10] if not name.endswith("/end"))
        raise FileError(
            f"{path}: the skeleton has no joint that is known as the {', '.join(lacking)}. Its joints are {shown} ...; "
            "known are names such as LeftUpLeg, LeftHip or lfemur. Rename them in the file."
        )
    for side in "rl":
        hip, knee, ankle = (joints[f"{j}_{side}"] for j in ("hip", "knee", "ankle"))
        if hip not in _way(parents, knee)[1:] or knee not in _way(parents, ankle)[1:]:
            raise FileError(f"{path}: hip, knee and ankle ({names[hip]}, {names[knee]}, {names[ankle]}) are no chain.")
    hips = [set(_way(parents, joints[f"hip_{s}"])[1:]) for s in "rl"]
    both = hips[0] & hips[1]
    arms = [set(_way(parents, joints[f"shoulder_{s}"])[1:]) for s in "rl" if f"shoulder_{s}" in joints]
    above = set(_way(parents, joints["neck"])[1:]).intersection(*arms)
    if not both or not above:
        raise FileError(f"{path}: legs, arms and neck do not spring from a common trunk; is this one person?")
    joints["pelvis"], joints["thorax"] = max(both), max(above)
    end = next(
        (i for i, n in enumerate(names) if n.endswith("/end") and joints.get("head", -1) in _way(parents, i)), None
    )
    if end is not None and joints.get("head") != joints["neck"]:
        joints["head_end"] = end
    used = {i for role, i in joints.items()}
    left = [name for i, name in enumerate(names) if i not in used and not name.endswith("/end")]
    notes = [f"{len(used)} of {len(names)} joints of the skeleton were used as joints of the person."]
    if left:
        more = f" and {len(left) - 10} more" if len(left) > 10 else ""
        notes.append(f"Not used, having no counterpart in this model: {', '.join(n[:30] for n in left[:10])}{more}.")
    if joints["thorax"] == joints["pelvis"]:
        notes.append("The skeleton's trunk is one piece: its lumbar spine does not bend by itself.")
    return Roles(joints, tuple(notes))


def _said(role: str) -> str:
    joint, _, side = role.partition("_")
    return f"{'right ' if side == 'r' else 'left ' if side == 'l' else ''}{joint}"
