"""Read OpenSim's storage format (.mot and .sto): joint angles here, ground forces by `plates`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from psoas.errors import FileError, InputError, unknown
from psoas.motion.opensim_names import OPENSIM_COORDINATES, is_translation, known_name
from psoas.motion.readers.axes import METRES_PER
from psoas.motion.readers.checks import check_names
from psoas.motion.readers.plates import forces_from_table, plate_prefixes
from psoas.motion.readers.storage_table import StorageTable, read_table
from psoas.motion.recording import AngleRecording, ForceRecording

_STATE = re.compile(r"^(?:.*/)?([^/]+)/value$")
# Joints turn less than this; the pelvis may turn many times over.
LARGEST_JOINT_DEG, LARGEST_PELVIS_DEG, FARTHEST_M = 200.0, 7200.0, 50.0


def recognises(start: bytes) -> bool:
    """Say whether a file that begins with `start` is in storage format, whole or not."""
    text = start.replace(b"\0", b"").lower()
    return b"endheader" in text or bool(re.search(rb"(?m)^\s*(nrows|ncolumns|indegrees)\s*=", text))


def read_storage(path: Path, units: str | None = None, up: str | None = None) -> AngleRecording | ForceRecording:
    """Read a storage file: ground forces if it has columns <prefix>vx vy vz and px py pz, else joint angles.

    Args:
        path: the file.
        units: "mm", "cm" or "m" of its lengths, where they are not metres.
        up: "x", "y" or "z", for forces; joint angles have no axis but Y up.

    Raises:
        FileError: for everything that is wrong with the file. InputError: units or up that are not known.

    """
    table = _table(path, units)
    if plate_prefixes(table.names):
        return forces_from_table(table, units, up)
    if up not in (None, "y"):
        raise InputError(f"{path} holds joint angles of a model with Y up; --up {up} does not apply. Leave it out.")
    return _angles(table, units)


def read_storage_forces(path: Path, units: str | None = None, up: str | None = None) -> ForceRecording:
    """Read the ground forces of a storage file, as `read_storage`; FileError where it has no columns of them."""
    table = _table(path, units)
    if not plate_prefixes(table.names):
        raise no_forces(path, f"its columns are {', '.join(table.names[:6])}")
    return forces_from_table(table, units, up)


def no_forces(path: Path, why: str) -> FileError:
    """Return the error for a file that was given as ground forces and holds none: which files do, and `why` not."""
    return FileError(
        f"{path} holds no ground forces: {why}. They are read from an OpenSim .mot or .sto file with columns such as "
        "ground_force_vx and ground_force_px, or from the force plates of a .c3d file."
    )


def _table(path: Path, units: str | None) -> StorageTable:
    if units is not None and units not in METRES_PER:
        raise unknown("unit for --units", str(units), METRES_PER)
    return read_table(path)


def _angles(table: StorageTable, units: str | None) -> AngleRecording:
    path, notes = table.path, table.notes
    states = {name: match.group(1) for name in table.names if (match := _STATE.match(name))}
    names = [states.get(name, name) for name in table.names]
    if states:
        kept = [i for i, name in enumerate(table.names) if name in states]
        names, values = [names[i] for i in kept], table.values[:, kept]
        notes += (f"Of {len(table.names)} states, the {len(kept)} coordinate values were read.",)
        check_names(path, names, "coordinate")
    else:
        values = np.array(table.values)
    used = [known_name(name) is not None for name in names]
    if not any(used):
        near = next((m[0] for n in names if (m := get_close_matches(n, OPENSIM_COORDINATES, n=1))), None)
        hint = f" Did you mean '{near}'?" if near else ""
        raise FileError(
            f"{path} holds neither ground forces (columns like ground_force_vx, ground_force_px) nor joint "
            "coordinates known here (like pelvis_tilt, hip_flexion_r): its columns are "
            f"{', '.join(names[:6])}.{hint}"
        )
    for column, name in enumerate(names):
        lost = np.isnan(values[:, column])
        if lost.all():
            raise FileError(f"{path}: column '{name}' holds no number at all; delete it or export it again.")
        if lost.any():
            row = int(np.flatnonzero(lost)[0])
            raise FileError(f"{path}, {table.place(row)}: column '{name}' is empty; fill the gap or cut the file.")

    turns = np.array([not is_translation(name) for name in names])
    in_degrees, note = _in_degrees(table, values[:, turns & np.array(used)])
    notes = (note, *notes)
    values[:, turns] = np.radians(values[:, turns]) if in_degrees else values[:, turns]
    values[:, ~turns] *= METRES_PER[units or "m"]
    if units:
        notes += (f"Lengths are {units}, as told.",)
    for column, name in enumerate(names):
        if not used[column]:
            continue
        row = int(np.argmax(np.abs(values[:, column])))
        value = float(values[row, column])
        if not turns[column]:
            if abs(value) > FARTHEST_M:
                raise FileError(
                    f"{path}, {table.place(row)}: '{name}' is {value:.4g} m, farther than {FARTHEST_M:g} m. "
                    "If the "
                    "file holds another unit, say so with --units mm|cm|m."
                )
            continue
        limit = LARGEST_PELVIS_DEG if name.lower().startswith("pelvis") else LARGEST_JOINT_DEG
        if abs(np.degrees(value)) > limit:
            raise FileError(
                f"{path}, {table.place(row)}: '{name}' is {np.degrees(value):.4g} degrees, beyond {limit:g}. "
                "Correct the cell, or the header's inDegrees."
            )
    return AngleRecording(tuple(names), table.time_s, values, in_degrees, notes)


def _in_degrees(table: StorageTable, turns: np.ndarray) -> tuple[bool, str]:
    """Decide between degrees and radians: by the header's inDegrees, checked against the angles' size."""
    says = table.header.get("inDegrees", "").lower()
    largest = float(np.abs(turns).max()) if turns.size else 0.0
    if says in ("yes", "true", "1"):
        return True, "Angles are in degrees, by the header."
    # One turn and a bit: no joint goes past it, in radians.
    if says in ("no", "false", "0"):
        if largest > 7.0 and turns.size and float(np.median(np.abs(turns).max(axis=0))) > 7.0:
            raise FileError(
                f"{table.path}: the header says inDegrees=no, but angles reach {largest:.4g}, which no "
                "joint does in "
                "radians. Write inDegrees=yes if they are degrees."
            )
        return False, "Angles are in radians, by the header."
    if says:
        raise FileError(f"{table.path}: the header says inDegrees={says[:20]}; it must be yes or no.")
    if largest > 7.0:
        return True, f"Angles were taken as degrees: the header does not say, and they reach {largest:.4g}."
    raise FileError(
        f"{table.path}: the header does not say whether angles are in degrees, and they reach only "
        f"{largest:.4g}. "
        "Add the line inDegrees=yes or inDegrees=no above endheader."
    )
