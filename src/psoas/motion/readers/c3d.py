"""Read markers and force plates from C3D, the binary format of motion laboratories."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.axes import METRES_PER, force_up, marker_up, metres, spelling, told_up, turn_note, turned
from psoas.motion.readers.c3d_file import C3dFile, read_c3d_file
from psoas.motion.readers.checks import LARGEST_CELL, check_names, time_notes
from psoas.motion.readers.gaps import FARTHEST_M, gap_notes
from psoas.motion.recording import LOADED_N, ForceRecording, MarkerRecording, PlateForce

SCREENS = {f"{sign}{axis.upper()}": f"{minus}{axis}" for sign, minus in (("+", ""), ("-", "-")) for axis in "xyz"}


def read_c3d(path: Path, units: str | None = None, up: str | None = None) -> MarkerRecording:
    """Read a C3D file's markers into metres with Y up.

    A point whose fourth word is negative, or exactly at (0, 0, 0), counts as missing. A marker without any sample, or
    without a name, is dropped. Where the markers do not show which axis is up, the file's Y_SCREEN says it.

    Args:
        path: the file.
        units: "mm", "cm" or "m" where POINT:UNITS is not to be believed.
        up: "x", "y" or "z", also with "-", where the upward axis is not to be guessed.

    Raises:
        FileError: for everything that is wrong with the file. InputError: units or up that are not known.

    """
    file = read_c3d_file(path)
    points = file.points[..., :3].copy()
    with np.errstate(invalid="ignore"):
        wild = ~(np.abs(points) <= LARGEST_CELL) & ~(file.points[..., 3:] < 0) & ~np.isnan(points)
    if wild.any():
        frame, marker, _ = (int(i) for i in np.argwhere(wild)[0])
        raise FileError(f"{path}, frame {frame + 1}: point {marker + 1} is {points[frame, marker]}; not plausible.")
    with np.errstate(invalid="ignore"):
        lost = (file.points[..., 3] < 0) | np.isnan(points).any(axis=2) | (points == 0).all(axis=2)
    points[lost] = np.nan
    labels = file.texts("POINT:LABELS")
    if len(labels) < points.shape[1]:
        raise FileError(f"{path} names {len(labels)} of its {points.shape[1]} points; give each a label in the export.")
    kept = [i for i in range(points.shape[1]) if labels[i] and not lost[:, i].all()]
    names = tuple(labels[i][:80] for i in kept)
    dropped = [labels[i] or "a point without a name" for i in range(points.shape[1]) if i not in kept]
    if not names:
        raise FileError(f"{path}: no marker with a name has a single sample.")
    check_names(path, names, "marker")
    points = points[:, kept]
    notes: tuple[str, ...] = (f"Dropped, having no sample or no name: {', '.join(dropped[:8])}.",) if dropped else ()
    header = (file.texts("POINT:UNITS") or [""])[0]
    factor, unit_note = metres(path, header, points, units)
    points = points * factor
    if (np.abs(points) > FARTHEST_M).any():
        raise FileError(f"{path}: markers lie farther than {FARTHEST_M:g} m out. Say the unit with --units mm|cm|m.")
    axis, up_note = _up(file, names, points, up)
    time_s = np.arange(len(points)) / file.rate_hz
    plates = int((file.numbers("FORCE_PLATFORM:USED").tolist() or [0])[0])
    if plates > 0 and file.analog.size:
        notes = (*notes, f"The file holds {plates} force plates; name it with --forces too and they are used.")
    notes = (unit_note, up_note, *notes, *time_notes(time_s), *gap_notes(names, time_s, points))
    return MarkerRecording(names, time_s, turned(points, axis), notes)


def _up(file: C3dFile, names: tuple[str, ...], points: np.ndarray, given: str | None) -> tuple[str, str]:
    try:
        return marker_up(file.path, names, points, given)
    except FileError:
        screen = SCREENS.get("".join(file.texts("POINT:Y_SCREEN")[:1]).upper())
        if screen is None:
            raise
        return screen, f"Up is {screen}, by the file's Y_SCREEN; the markers do not show it.{turn_note(screen)}"


def read_c3d_forces(path: Path, units: str | None = None, up: str | None = None) -> ForceRecording:
    """Read the force plates of type 2 and 4 of a C3D file: forces of the ground on the person, Y up.

    The channels are F and M [N, N m] of what presses on the plate, in its own axes, about the transducer, from which O
    leads to the surface's centre; the corners
    give its place and turn R (x toward corners 1 and 4, y toward 1 and 2). On the person act f = -R F and, about
    the plate's surface centre, m = -R (M - O x F); the centre of pressure lies in the plate's surface.

    Args:
        path: the file.
        units: unit of the corners, instead of POINT:UNITS.
        up: the upward axis, instead of the one that the forces have.

    Raises:
        FileError: no plates, plates of another type, channels that are not there.

    """
    file = read_c3d_file(path)
    used = int((file.numbers("FORCE_PLATFORM:USED").tolist() or [0])[0])
    kinds = file.numbers("FORCE_PLATFORM:TYPE")[:used]
    if used < 1 or not file.analog.size:
        raise FileError(f"{path} holds no force plates.")
    if not 1 <= used <= 20 or len(kinds) < used or not set(kinds.tolist()) <= {2.0, 4.0}:
        raise FileError(f"{path}: its {used} force plates are of types {kinds.tolist()[:5]}; types 2 and 4 are read.")
    volts = _analog(file)
    unit = units or spelling((file.texts("POINT:UNITS") or [""])[0])
    if unit not in METRES_PER:
        raise FileError(f"{path} names no unit of length for the plates' corners; say it with --units mm|cm|m.")
    corners = file.numbers("FORCE_PLATFORM:CORNERS")
    origins = file.numbers("FORCE_PLATFORM:ORIGIN")
    channels = file.numbers("FORCE_PLATFORM:CHANNEL")
    per = len(channels) // used
    if len(corners) < 12 * used or len(origins) < 3 * used or per < 6:
        raise FileError(f"{path} is incomplete: corners, origin or channels of its force plates are missing.")
    if not (np.isfinite(corners).all() and np.isfinite(origins).all()):
        raise FileError(f"{path}: corners or origins of its force plates are no numbers.")
    matrices = file.numbers("FORCE_PLATFORM:CAL_MATRIX")
    plates = []
    for i in range(used):
        index = channels[i * per : i * per + 6].astype(int) - 1
        if index.min() < 0 or index.max() >= volts.shape[1]:
            raise FileError(f"{path}: plate {i + 1} names channels that the file does not have.")
        load = volts[:, index]
        if kinds[i] == 4.0:
            if len(matrices) < 36 * (i + 1):
                raise FileError(f"{path}: plate {i + 1} is of type 4 and lacks its calibration matrix.")
            load = load @ matrices[36 * i : 36 * (i + 1)].reshape(6, 6)  # stored by columns: this is its transpose
        moment_unit = (file.texts("ANALOG:UNITS") + [""] * volts.shape[1])[index[3]].lower()
        if "mm" in moment_unit or (not moment_unit and unit == "mm"):
            load = load * np.array([1.0] * 3 + [1e-3] * 3)
        place = corners[12 * i : 12 * (i + 1)].reshape(4, 3) * METRES_PER[unit]
        plates.append(_plate(path, i, load, place, origins[3 * i : 3 * i + 3] * METRES_PER[unit]))
    total = np.sum([force for force, _, _ in plates], axis=0)
    loaded = np.linalg.norm(total, axis=1) > LOADED_N
    if not loaded.any():
        raise FileError(f"{path}: no plate is ever loaded by more than {LOADED_N:g} N.")
    mean = total[loaded].mean(axis=0)
    if up is not None:
        axis, note = told_up(up)
        note += turn_note(axis)
    else:
        axis, note = force_up(path, mean, None)
    made = tuple(
        PlateForce(f"plate {i + 1}", *(turned(part, axis) for part in plate)) for i, plate in enumerate(plates)
    )
    time_s = np.arange(len(volts)) / (file.rate_hz * len(volts) / len(file.points))
    return ForceRecording(made, time_s, (f"Corners of the force plates are in {unit}.", note))


def _analog(file: C3dFile) -> np.ndarray:
    """Return the analog channels (N, A) in their units: (raw - offset) scale general scale."""
    count = file.analog.shape[1]
    scale, offset = file.numbers("ANALOG:SCALE"), file.numbers("ANALOG:OFFSET")
    general = (file.numbers("ANALOG:GEN_SCALE").tolist() or [1.0])[0]
    if len(scale) < count or len(offset) < count:
        raise FileError(f"{file.path} is incomplete: its {count} analog channels lack scales or offsets.")
    if "UNSIGNED" in [text.upper() for text in file.texts("ANALOG:FORMAT")]:
        offset = offset % 65536
        raw = np.where(file.analog < 0, file.analog % 65536, file.analog)
    else:
        raw = file.analog
    with np.errstate(over="ignore", invalid="ignore"):
        values = (raw - offset[:count]) * scale[:count] * general
    if not (np.abs(values) <= LARGEST_CELL).all():
        raise FileError(f"{file.path}: an analog channel holds values that no force plate measures.")
    return np.asarray(values)


def _plate(
    path: Path, i: int, load: np.ndarray, corners: np.ndarray, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return force, point and free moment (N, 3) each of one plate on the person, axes of the file."""
    x, y = corners[0] - corners[1], corners[0] - corners[3]
    normal = np.cross(x, y)
    if min(np.linalg.norm(x), np.linalg.norm(y)) < 0.05 or np.linalg.norm(normal) < 1e-3:
        raise FileError(f"{path}: the corners of force plate {i + 1} span no plate.")
    x, z = x / np.linalg.norm(x), normal / np.linalg.norm(normal)
    turn = np.stack([x, np.cross(z, x), z], axis=1)
    pressed = load[:, :3]
    # From the surface's centre to the transducer, which lies below (Z down); its sign is written either way.
    below = np.array([-origin[0], -origin[1], abs(origin[2])])
    about = load[:, 3:] + np.cross(np.broadcast_to(below, pressed.shape), pressed)
    down = np.abs(pressed[:, 2]) > LOADED_N
    divisor = np.where(down, pressed[:, 2], 1.0)
    local = np.stack([-about[:, 1] / divisor, about[:, 0] / divisor, np.zeros(len(load))], axis=1) * down[:, None]
    free = about - np.cross(local, pressed)
    middle = corners.mean(axis=0)
    return -pressed @ turn.T, middle + local @ turn.T, -free @ turn.T
