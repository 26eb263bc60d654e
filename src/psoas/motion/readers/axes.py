"""Which unit and which upward axis a recording has: by its header, by the size of a person, or as told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from psoas.errors import FileError, unknown

METRES_PER = {"mm": 1e-3, "cm": 1e-2, "m": 1.0}
_SPELLING = {
    **{s: "mm" for s in ("mm", "millimeter", "millimeters", "millimetre", "millimetres")},
    **{s: "cm" for s in ("cm", "centimeter", "centimeters", "centimetre", "centimetres")},
    **{s: "m" for s in ("m", "meter", "meters", "metre", "metres")},
}
# Longest extent of the markers on one person [m]: as a guess, and as what a header may claim.
# The guess spans less than a factor of ten, so that no two units can both fit.
_LIKELY, _POSSIBLE = (0.4, 2.6), (0.25, 4.0)
_AXES = ("x", "y", "z")
_SIGNED = (*_AXES, "-x", "-y", "-z")
_HEAD = re.compile(
    r"head|temple|vertex|nose|neck|(^|[^a-z])e(ar|ye)|acrom|shoulder|[lr]sho$|stern|clav|(^|[^a-z])c7|"
    r"[lr][fb]hd$"
)
_FOOT = re.compile(r"heel|[lr]hee$|toe|foot|ankle|[lr]ank$|malleol|calc|metatars|(^|[^a-z])[lr]?mt[h1-5p]")
_NEITHER = re.compile(r"fib|fem|tib|hum|rad|uln|med.?head|lat.?head")
_WAY_OUT = "Say which axis points up with --up x|y|z."


def spelling(unit: str | None) -> str | None:
    """Return "mm", "cm" or "m" for a unit as files spell it, or None where it is none of these."""
    return None if unit is None else _SPELLING.get(unit.strip().lower())


def _sampled(positions: np.ndarray) -> np.ndarray:
    """Return at most 400 frames in which at least half of the markers are seen, (f, M, 3)."""
    seen = ~np.isnan(positions).any(axis=2)
    good = np.flatnonzero(seen.sum(axis=1) * 2 >= min(seen.sum(axis=1).max(), seen.shape[1]))
    return positions[good[:: max(len(good) // 400, 1)]]


def extents(positions: np.ndarray) -> np.ndarray:
    """Return the median over frames of the marker cloud's size along each axis, (3,), unit of `positions`."""
    frames = _sampled(positions)
    return np.median(np.nanmax(frames, axis=1) - np.nanmin(frames, axis=1), axis=0)


def metres(path: Path, header: str | None, positions: np.ndarray, given: str | None) -> tuple[float, str]:
    """Return metres per unit of a marker file, and the note that says how the unit was decided.

    `given` (from --units) rules; then the header, unless the marker cloud's longest extent would lie outside
    0.25 to 4 m with it; then the one unit with which the cloud measures 0.4 to 2.6 m.

    Args:
        path: for the errors.
        header: what the header says, or None.
        positions: (F, M, 3), unit of the file, NaN = missing.
        given: "mm", "cm", "m" or None.

    Raises:
        InputError: a unit that is not known. FileError: the unit cannot be decided; names --units.

    """
    if given is not None:
        if given not in METRES_PER:
            raise unknown("unit for --units", str(given), METRES_PER)
        return METRES_PER[given], f"Units are {given}, as told."
    size = float(extents(positions).max())
    unit = spelling(header)
    if unit is not None and positions.shape[1] < 3:
        return METRES_PER[unit], f"Units are {unit}, by the header."
    if unit is not None and _POSSIBLE[0] <= size * METRES_PER[unit] <= _POSSIBLE[1]:
        return METRES_PER[unit], f"Units are {unit}, by the header; the markers span {size * METRES_PER[unit]:.2f} m."
    says = "names no unit" if not (header or "").strip() else f"says '{(header or '').strip()[:20]}'"
    fitting = [u for u, factor in METRES_PER.items() if _LIKELY[0] <= size * factor <= _LIKELY[1]]
    if positions.shape[1] < 3 or len(fitting) != 1:
        raise FileError(
            f"{path}: the unit of length cannot be decided. The header {says} and the markers span "
            f"{size:.4g} units, "
            "which fits no person. Say the unit with --units mm|cm|m."
        )
    guess = fitting[0]
    return METRES_PER[guess], (
        f"Units were taken as {guess}: the header {says}, and the markers span {size:.4g} units, "
        f"a person of {size * METRES_PER[guess]:.2f} m in {guess}."
    )


def turned(vectors: np.ndarray, up: str) -> np.ndarray:
    """Return vectors (..., 3) turned so that the axis `up` becomes Y, right-handed.

    y: (x, y, z); z: (x, z, -y); x: (y, x, -z); -y: (x, -y, -z); -z: (x, -z, y); -x: (y, -x, z).
    """
    if up == "y":
        return vectors
    x, y, z = (vectors[..., i] for i in range(3))
    turns = {"z": [x, z, -y], "x": [y, x, -z], "-y": [x, -y, -z], "-z": [x, -z, y], "-x": [y, -x, z]}
    return np.stack(turns[up], axis=-1)


def told_up(given: str) -> tuple[str, str]:
    """Return the axis that --up names and the note: InputError where it is none."""
    if given not in _SIGNED:
        raise unknown("axis for --up", str(given), _SIGNED)
    return given, f"Up is {given}, as told."


def turn_note(up: str) -> str:
    """Return what the turning to Y up did, as the tail of a note."""
    return {
        "y": "",
        "z": " Turned to Y up: (x, y, z) became (x, z, -y).",
        "x": " Turned to Y up: (y, x, -z).",
        "-y": " Turned to Y up: (x, -y, -z).",
        "-z": " Turned to Y up: (x, -z, y).",
        "-x": " Turned to Y up: (y, -x, z).",
    }[up]


def _above(names: Sequence[str], frames: np.ndarray) -> np.ndarray | None:
    """Return the median vector from the foot to the head and shoulder markers, (3,) [m], where named."""
    lower = [name.lower() for name in names]
    foot = [bool(_FOOT.search(name)) for name in lower]
    upper = [
        bool(_HEAD.search(name)) and not f and not _NEITHER.search(name) for name, f in zip(lower, foot, strict=True)
    ]
    if not any(foot) or not any(upper):
        return None
    pairs = frames[:, upper], frames[:, foot]
    if any(np.isnan(p).any(axis=2).all(axis=1).all() for p in pairs):
        return None
    both = np.logical_and(*(~np.isnan(p).any(axis=2).all(axis=1) for p in pairs))
    if not both.any():
        return None
    return np.median(np.nanmean(pairs[0][both], axis=1) - np.nanmean(pairs[1][both], axis=1), axis=0)


def marker_up(path: Path, names: Sequence[str], positions: np.ndarray, given: str | None) -> tuple[str, str]:
    """Return the upward axis of a marker file, "x", "y" or "z", and the note that says how it was decided.

    `given` (from --up) rules. Else, where head or shoulder and foot markers are named, the axis along which
    the former lie above the latter, if it exceeds the others by half; else the longest extent, if it exceeds
    the others by a fifth. No laboratory has X up, so an X that wins is someone lying down, and undecided;
    likewise a Z along which the lowest marker is not near the floor (-0.3 to 0.8 m).

    Args:
        path: for the errors.
        names: M marker names.
        positions: (F, M, 3) [m], axes of the file.
        given: "x", "y", "z", the same with "-", or None.

    Raises:
        InputError: an axis that is not known. FileError: undecided, or the head lies below the feet.

    """
    if given is not None:
        return told_up(given)
    frames = _sampled(positions)
    vector = _above(names, frames)
    how = ""
    axis = -1
    if vector is not None:
        order = np.argsort(-np.abs(vector))
        if abs(vector[order[0]]) > 1.5 * abs(vector[order[1]]) and abs(vector[order[0]]) > 0.3:
            axis = int(order[0])
            how = f"the head and shoulder markers lie {vector[axis]:.2f} m above the foot markers along it"
            if vector[axis] < 0 and axis != 0:
                raise FileError(
                    f"{path}: the head markers lie {-vector[axis]:.2f} m below the foot markers along "
                    f"{_AXES[axis]}. Export with an axis that points up; or, if a person is upside down or "
                    "the names "
                    f"are swapped, say which axis points up with --up x|y|z."
                )
    size = extents(positions)
    if axis < 0:
        order = np.argsort(-size)
        if size[order[0]] > 1.2 * size[order[1]] and size[order[0]] > 0.5:
            axis = int(order[0])
            how = f"the markers span most along it, {size[axis]:.2f} m"
    listed = ", ".join(f"{s:.2f} m along {a}" for a, s in zip(_AXES, size, strict=True))
    if axis < 0:
        raise FileError(f"{path}: the upward axis cannot be decided; the markers span {listed}. {_WAY_OUT}")
    lowest = float(np.median(np.nanmin(frames[..., axis], axis=1)))
    if axis == 0 or (axis == 2 and not -0.3 <= lowest <= 0.8):
        raise FileError(
            f"{path}: the upward axis cannot be decided; the body lies along {_AXES[axis]} (markers span "
            f"{listed}), "
            f"so the person may be lying down. {_WAY_OUT}"
        )
    return _AXES[axis], f"Up is {_AXES[axis]}: {how}.{turn_note(_AXES[axis])}"


def force_up(path: Path, total: np.ndarray, given: str | None) -> tuple[str, str]:
    """Return the upward axis of ground forces, along which they carry the body's weight, and its note.

    Args:
        path: for the errors.
        total: (3,) [N], mean of the summed plate forces over the loaded frames.
        given: "x", "y", "z", the same with "-", or None.

    Raises:
        InputError: an axis that is not known. FileError: undecided, or the forces point down.

    """
    if given is not None:
        axis, note = told_up(given)
        note += turn_note(axis)
    else:
        order = np.argsort(-np.abs(total))
        if abs(total[order[0]]) < 2 * abs(total[order[1]]):
            listed = ", ".join(f"{f:.0f} N along {a}" for a, f in zip(_AXES, total, strict=True))
            raise FileError(f"{path}: the upward axis cannot be decided; mean force is {listed}. {_WAY_OUT}")
        axis = _AXES[order[0]]
        carried = abs(total[order[0]])
        note = f"Up is {axis}: the ground carries {carried:.0f} N along it on average.{turn_note(axis)}"
    vertical = turned(total, axis)[1]
    if vertical < 0:
        raise FileError(
            f"{path}: the mean force along {axis} is {vertical:.0f} N, downwards. Forces must be those of "
            "the ground "
            "on the person, upwards positive; change their sign in the export."
        )
    return axis, note
