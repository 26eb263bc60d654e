"""Read marker paths from TRC, the tab-separated text format of Motion Analysis and OpenSim."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.filtering import rate_of
from psoas.motion.readers.axes import marker_up, metres, turned
from psoas.motion.readers.checks import check_names, check_time, count, numeric_table, read_text, time_notes
from psoas.motion.readers.gaps import FARTHEST_M, gap_notes
from psoas.motion.recording import MarkerRecording

HEADER_KEYS = (
    "DataRate",
    "CameraRate",
    "NumFrames",
    "NumMarkers",
    "Units",
    "OrigDataRate",
    "OrigDataStartFrame",
    "OrigNumFrames",
)


def recognises(start: bytes) -> bool:
    """Say whether a file that begins with `start` is a TRC file, whole or not."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return text.startswith(b"pathfiletype") or (b"frame#" in text and b"nummarkers" in text)


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in (line.split("\t") if "\t" in line else line.split())]


def _header(path: Path, lines: list[str]) -> dict[str, str]:
    """Return the header's values by key; a key that is nearly a known one is an error."""
    for number, line in enumerate(lines[:-1]):
        keys = _split(line)
        if not any(key.lower() in ("datarate", "numframes", "nummarkers") for key in keys):
            continue
        known = {key.lower(): key for key in HEADER_KEYS}
        for key in keys:
            near = get_close_matches(key.lower(), known, n=1, cutoff=0.8)
            if key and key.lower() not in known and near:
                raise FileError(f"{path}: unknown header key '{key}'. Did you mean '{known[near[0]]}'?")
        values = _split(lines[number + 1])
        pairs = zip(keys, values, strict=False)
        return {known[key.lower()]: value for key, value in pairs if key.lower() in known}
    raise FileError(
        f"{path}: the header has no line of keys (DataRate, NumFrames, NumMarkers, Units ...) above the "
        "markers' "
        "names; export the recording again."
    )


def read_trc(path: Path, units: str | None = None, up: str | None = None) -> MarkerRecording:
    """Read a TRC file into metres with Y up.

    A sample with an empty cell, or exactly at (0, 0, 0), counts as missing. A marker without any sample is
    dropped.

    Args:
        path: the file.
        units: "mm", "cm" or "m" where the header is not to be believed.
        up: "x", "y" or "z" where the upward axis is not to be guessed.

    Raises:
        FileError: for everything that is wrong with the file, with the row or column.
        InputError: units or up that are not known.

    """
    lines = read_text(path).splitlines()
    at = next((i for i, line in enumerate(lines[:50]) if line.strip().lower().startswith("frame#")), None)
    if at is None:
        raise FileError(
            f"{path} begins as a TRC file but has no line 'Frame# Time <markers>': it is cut in its header, "
            "or not "
            "a TRC file. Export it again."
        )
    header = _header(path, lines[: at + 1])
    top = _split(lines[at])
    if len(top) < 2 or top[1].lower() != "time":
        raise FileError(f"{path}: the second column must be 'Time', not '{(top[1:2] or [''])[0][:40]}'.")
    names = tuple(cell for cell in top[2:] if cell)
    check_names(path, names, "marker")
    columns = ["Frame#", "Time", *(f"{name} {axis}" for name in names for axis in "XYZ")]

    rest = [(i + 1, line) for i, line in enumerate(lines) if i > at and line.strip()]
    if rest and _split(rest[0][1].strip())[0][:1].upper() == "X":
        labels = [cell for cell in _split(rest[0][1]) if cell]
        if len(labels) != 3 * len(names) or any(label[0].upper() != "XYZ"[i % 3] for i, label in enumerate(labels)):
            raise FileError(
                f"{path}: line {rest[0][0]} labels {len(labels)} columns ({labels[0][:12]} to "
                f"{labels[-1][:12]}) where "
                f"{len(names)} markers need {3 * len(names)}, each X Y Z; header and columns contradict "
                "each other."
            )
        rest = rest[1:]
    if header.get("NumMarkers"):
        promised = count(path, "NumMarkers", header["NumMarkers"])
        if promised != len(names):
            raise FileError(
                f"{path}: the header says NumMarkers = {promised}, but names {len(names)} markers; correct "
                "whichever "
                "is wrong."
            )
    frames = count(path, "NumFrames", header["NumFrames"]) if header.get("NumFrames") else None
    tabbed = "\t" in lines[at] or any("\t" in line for _, line in rest[:1])
    table, notes = numeric_table(path, rest, columns, tabbed=tabbed, promised=frames, promise="NumFrames")
    time_s = table[:, 1]
    check_time(path, time_s, rest)
    notes += time_notes(time_s) + _rate_note(path, header.get("DataRate", ""), time_s)

    positions = table[:, 2:].reshape(len(table), len(names), 3)
    # Several programs write (0, 0, 0) for a marker that was not seen.
    lost = np.isnan(positions).any(axis=2) | (positions == 0).all(axis=2)
    positions[lost] = np.nan
    seen = ~lost.all(axis=0)
    if not seen.any():
        raise FileError(f"{path}: no marker has a single sample; every cell is empty or zero.")
    if not seen.all():
        dropped = [name for name, ok in zip(names, seen, strict=True) if not ok]
        more = f" and {len(dropped) - 40} more" if len(dropped) > 40 else ""
        notes += (f"Dropped, having no sample at all: {', '.join(dropped[:40])}{more}.",)
        names = tuple(name for name, ok in zip(names, seen, strict=True) if ok)
        positions = positions[:, seen]

    factor, unit_note = metres(path, header.get("Units"), positions, units)
    positions = positions * factor
    far = np.argwhere(np.abs(positions) > FARTHEST_M)
    if len(far):
        row, marker, axis = (int(i) for i in far[0])
        raise FileError(
            f"{path}, row {row + 1} (line {rest[row][0]}): marker '{names[marker]}' lies "
            f"{positions[row, marker, axis]:.4g} m along {'xyz'[axis]}, farther than {FARTHEST_M:g} m. "
            "Empty the cell, "
            "or say the unit with --units mm|cm|m."
        )
    axis_up, up_note = marker_up(path, names, positions, up)
    notes = (unit_note, up_note, *notes, *gap_notes(names, time_s, positions))
    return MarkerRecording(names, time_s, turned(positions, axis_up), notes)


def _rate_note(path: Path, text: str, time_s: np.ndarray) -> tuple[str, ...]:
    """Return a note where the header's DataRate and the times disagree; far apart is an error."""
    if not text:
        return ()
    try:
        rate = float(text)
    except ValueError:
        rate = float("nan")
    if not 0 < rate <= 1e5:
        raise FileError(f"{path}: the header's DataRate is '{text[:40]}'; it must be frames per second, above 0.")
    if len(time_s) < 2 or abs(rate_of(time_s) / rate - 1) <= 0.05:
        return ()
    ratio = rate_of(time_s) / rate
    if not 0.02 < ratio < 50:
        raise FileError(
            f"{path}: the header says DataRate = {rate:g} Hz but the times imply {rate_of(time_s):.4g} Hz; "
            "the time "
            "column must be in seconds."
        )
    return (f"The header says {rate:g} Hz, the times say {rate_of(time_s):.4g} Hz; the times were believed.",)
