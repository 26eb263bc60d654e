"""OpenSim's joint coordinates in this model's names and signs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from psoas.errors import FileError
from psoas.motion.motion import Motion
from psoas.motion.recording import AngleRecording

# OpenSim: gait2392 (Delp 1990), Rajagopal 2016, OpenCap, full-body lumbar (LFB, Bruno/Allaire). Their
# rotations about Z are + for extension (pelvis: + for posterior tilt), here flexion and anterior tilt are +.
# Bending about X and turning about Y agree: + right, + left. The orders of rotation (Z, X, Y, body-fixed)
# agree too.
_PELVIS_AND_TRUNK = {
    "pelvis_tilt": ("pelvis_tilt", -1.0),
    "pelvis_list": ("pelvis_list", 1.0),
    "pelvis_rotation": ("pelvis_rotation", 1.0),
    "pelvis_tx": ("pelvis_tx", 1.0),
    "pelvis_ty": ("pelvis_ty", 1.0),
    "pelvis_tz": ("pelvis_tz", 1.0),
    "lumbar_extension": ("trunk_flexion", -1.0),
    "lumbar_flexion": ("trunk_flexion", 1.0),
    "lumbar_bending": ("trunk_bend", 1.0),
    "lumbar_rotation": ("trunk_twist", 1.0),
    "neck_flexion": ("neck_flexion", -1.0),
    "neck_extension": ("neck_flexion", -1.0),
    "neck_bending": ("neck_bend", 1.0),
    "neck_rotation": ("neck_twist", 1.0),
}
_LIMBS = {
    "hip_flexion": ("hip_flexion", 1.0),
    "hip_adduction": ("hip_adduction", 1.0),
    "hip_rotation": ("hip_rotation", 1.0),
    "knee_angle": ("knee_flexion", 1.0),
    "ankle_angle": ("ankle_flexion", 1.0),
    "subtalar_angle": ("ankle_inversion", 1.0),
    "arm_flex": ("shoulder_flexion", 1.0),
    "arm_add": ("shoulder_adduction", 1.0),
    "arm_rot": ("shoulder_rotation", 1.0),
    "elbow_flex": ("elbow_flexion", 1.0),
    "elbow_flexion": ("elbow_flexion", 1.0),
}
_LEVELS = {
    "L1_T12": "T12/L1",
    "T12_L1": "T12/L1",
    "L1_L2": "L1/L2",
    "L2_L3": "L2/L3",
    "L3_L4": "L3/L4",
    "L4_L5": "L4/L5",
    "L5_S1": "L5/S1",
}
_LEVEL_TURNS = {
    "Flex_Ext": ("flexion", -1.0),
    "FE": ("flexion", -1.0),
    "Lat_Bending": ("bend", 1.0),
    "LB": ("bend", 1.0),
    "axial_rotation": ("twist", 1.0),
    "AR": ("twist", 1.0),
}

# OpenSim name -> (our coordinate, sign by which its value is multiplied); the knee's sign is decided per
# file.
OPENSIM_COORDINATES: dict[str, tuple[str, float]] = {
    **_PELVIS_AND_TRUNK,
    **{f"{name}_{s}": (f"{ours}_{s}", sign) for name, (ours, sign) in _LIMBS.items() for s in "rl"},
    **{
        f"{level}_{turn}": (f"{ours}_{axis}", sign)
        for level, ours in _LEVELS.items()
        for turn, (axis, sign) in _LEVEL_TURNS.items()
    },
}
_BY_LOWER = {name.lower(): name for name in OPENSIM_COORDINATES}


def known_name(name: str) -> str | None:
    """Return the OpenSim name that is meant, whatever its capitals, or None where this model has no counterpart."""
    return name if name in OPENSIM_COORDINATES else _BY_LOWER.get(name.lower())


def is_translation(name: str) -> bool:
    """Say whether an OpenSim coordinate is a length: pelvis_tx and the like, never converted from degrees."""
    return name.lower().endswith(("_tx", "_ty", "_tz"))


@dataclass(frozen=True)
class _Knee:
    sign: float
    note: str


def _knee(recording: AngleRecording) -> _Knee | None:
    """Decide the sign of the file's knee flexion: a knee flexes far and hardly extends past straight."""
    columns = [i for i, name in enumerate(recording.names) if known_name(name) in ("knee_angle_r", "knee_angle_l")]
    if not columns:
        return None
    values = recording.values[:, columns]
    high, low = float(np.degrees(values.max())), float(np.degrees(values.min()))
    reach = f"it runs from {low:.0f} to {high:.0f} deg"
    if abs(low) > abs(high):
        return _Knee(-1.0, f"Knee: flexion is negative in the file (as in gait2392), for {reach}.")
    return _Knee(1.0, f"Knee: flexion is positive in the file (as in Rajagopal and OpenCap), for {reach}.")


def _listed(names: list[str]) -> str:
    """Return names, at most 40, each with the nearest that is known where one is near enough to be a misspelling."""
    shown = []
    for name in names[:40]:
        near = get_close_matches(name.lower(), _BY_LOWER, n=1, cutoff=0.85)
        shown.append(name[:60] + (f" (nearest known: {_BY_LOWER[near[0]]})" if near else ""))
    return ", ".join(shown) + (f" and {len(names) - 40} more" if len(names) > 40 else "")


def motion_from_angles(recording: AngleRecording) -> Motion:
    """Return the motion in our names and signs: positions = sign * values, for each coordinate known here.

    The lumbar angles of models with one back joint become the pseudo-coordinates trunk_flexion, trunk_bend
    and trunk_twist, shared over the levels later. Columns that have no counterpart are named in the notes.
    OpenSim's zero is its model's drawn posture, ours the subject's standing: an offset of some degrees in
    tilt and trunk is left.

    Raises:
        FileError: no column has a counterpart, or two mean the same coordinate.

    """
    knee = _knee(recording)
    ours: list[str] = []
    columns: list[np.ndarray] = []
    unused: list[str] = []
    renamed: dict[str, list[str]] = {}
    for index, name in enumerate(recording.names):
        meant = known_name(name)
        if meant is None:
            unused.append(name)
            continue
        coordinate, sign = OPENSIM_COORDINATES[meant]
        if meant.startswith("knee_angle") and knee is not None:
            sign = knee.sign
        if coordinate in ours:
            raise FileError(f"Two columns mean '{coordinate}', one of them '{name}'; delete one of the two.")
        if coordinate != name or sign < 0:
            stem, side = (name[:-2], name[-1]) if name[-2:].lower() in ("_r", "_l") else (name, "")
            text = f"{'-' if sign < 0 else ''}{coordinate[:-2] if side else coordinate}"
            renamed.setdefault(f"{stem} = {text}", []).append(side)
        ours.append(coordinate)
        columns.append(sign * recording.values[:, index])
    if not ours:
        raise FileError(
            f"None of the columns ({', '.join(recording.names[:8])}) is a joint coordinate known here, "
            "such as pelvis_tilt or hip_flexion_r."
        )
    notes = recording.notes
    if knee is not None:
        notes = (*notes, knee.note)
    if renamed:
        pairs = [f"{pair} ({', '.join(sides)})" if sides[0] else pair for pair, sides in renamed.items()]
        notes = (*notes, f"Read under our names and signs: {'; '.join(pairs)}.")
    if unused:
        notes = (*notes, f"Not used, having no counterpart in this model: {_listed(unused)}.")
    return Motion(recording.time_s, tuple(ours), np.stack(columns, axis=1), notes=notes)
