"""Read ground forces out of a storage table: which columns are one plate's force, point and free moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.axes import METRES_PER, force_up, turned
from psoas.motion.readers.storage_table import StorageTable
from psoas.motion.recording import LOADED_N, ForceRecording, PlateForce

LARGEST_FORCE_N = 50_000.0
# Lengths of a laboratory in metres stay below this, and free moments in newton metres likewise; in
# millimetres both are a thousand times as large.
_FARTHEST_M, _LARGEST_MOMENT_NM = 20.0, 1000.0


def plate_prefixes(names: Sequence[str]) -> tuple[str, ...]:
    """Return the prefixes P of the plates: those for which any column Pvx, Pvy or Pvz is there.

    A prefix must speak of a force or plate ("ground_force_", "1_ground_force_", "FP1_"), or have points
    beside it.
    """
    found: list[str] = []
    known = set(names)
    for name in names:
        prefix, tail = name[:-2], name[-2:].lower()
        if tail not in ("vx", "vy", "vz") or prefix in found:
            continue
        if "force" in prefix.lower() or "grf" in prefix.lower() or any(f"{prefix}p{a}" in known for a in "xyz"):
            found.append(prefix)
    return tuple(found)


def _moment_base(name: str) -> str:
    """Return the force prefix that a moment column belongs to, e.g. 1_ground_torque_x -> 1_ground_force_."""
    base = name[:-1]
    if base.endswith(("_m", "_t")):
        base = base[:-1]
    return base.replace("torque", "force").replace("moment", "force")


def _columns(table: StorageTable, prefix: str, kind: str) -> list[int]:
    wanted = [f"{prefix}{kind}{axis}" for axis in "xyz"]
    missing = [name for name in wanted if name not in table.names]
    if missing:
        what = "force" if kind == "v" else "centre of pressure"
        raise FileError(
            f"{table.path}: the {what} of '{prefix}' needs the columns {', '.join(wanted)}; "
            f"{', '.join(missing)} "
            "is not there."
        )
    return [table.names.index(name) for name in wanted]


def _moment_columns(table: StorageTable, prefix: str) -> list[int] | None:
    plain = [f"{prefix}m{axis}" for axis in "xyz"]
    if all(name in table.names for name in plain):
        return [table.names.index(name) for name in plain]
    found: dict[str, int] = {}
    for index, name in enumerate(table.names):
        is_moment = "torque" in name.lower() or "moment" in name.lower()
        if is_moment and name[-1:] in "xyz" and _moment_base(name) == prefix:
            found[name[-1]] = index
    if not found:
        return None
    if len(found) < 3:
        lost = ", ".join(axis for axis in "xyz" if axis not in found)
        raise FileError(f"{table.path}: the free moment of '{prefix}' lacks its {lost} column.")
    return [found[axis] for axis in "xyz"]


def _complete(table: StorageTable, columns: Sequence[int], unloaded: np.ndarray | None) -> np.ndarray:
    """Return the columns (F, 3); NaN passes only where the plate is unloaded, and repeats the last."""
    values = np.array(table.values[:, columns])
    for i, column in enumerate(columns):
        lost = np.isnan(values[:, i])
        name = table.names[column]
        if lost.all():
            raise FileError(f"{table.path}: column '{name}' holds no number at all; export the forces again.")
        bad = np.flatnonzero(lost if unloaded is None else lost & ~unloaded)
        if len(bad):
            raise FileError(f"{table.path}, {table.place(int(bad[0]))}: column '{name}' is empty while the foot loads.")
        if lost.any():
            there = np.flatnonzero(~lost)
            values[lost, i] = values[there[np.clip(np.searchsorted(there, np.flatnonzero(lost)) - 1, 0, None)], i]
    return values


def forces_from_table(table: StorageTable, units: str | None, up: str | None) -> ForceRecording:
    """Return the plates' forces [N], points [m] and free moments [N m] with Y up.

    Points count as metres unless they exceed 20 while loaded (then millimetres, and moments newton
    millimetres if they exceed 1000), or as told by `units`. The upward axis is that along which the mean
    force is largest.

    Raises:
        FileError: columns missing, forces that are all zero, absurd, or point down, units or axis undecided.

    """
    if len(table.time_s) < 2:
        raise FileError(f"{table.path} holds forces of a single instant; two or more are needed to match a movement.")
    raw: list[tuple[str, np.ndarray, np.ndarray, np.ndarray]] = []
    notes: tuple[str, ...] = ()
    used: set[int] = set()
    for prefix in plate_prefixes(table.names):
        at = _columns(table, prefix, "v")
        force = _complete(table, at, None)
        wild = np.argwhere(np.abs(force) > LARGEST_FORCE_N)
        if len(wild):
            row, axis = int(wild[0][0]), int(wild[0][1])
            raise FileError(
                f"{table.path}, {table.place(row)}: column '{table.names[at[axis]]}' is "
                f"{force[row, axis]:.4g} N; no "
                f"plate carries more than {LARGEST_FORCE_N:g} N. Forces must be in newtons."
            )
        unloaded = np.linalg.norm(force, axis=1) < LOADED_N
        points_at = _columns(table, prefix, "p")
        point = _complete(table, points_at, unloaded)
        moment_at = _moment_columns(table, prefix)
        name = prefix.strip("_ ") or prefix
        used.update(at, points_at, moment_at or ())
        if moment_at is None:
            notes += (f"Plate '{name}' has no free moment; it was taken as zero.",)
            moment = np.zeros_like(force)
        else:
            moment = _complete(table, moment_at, unloaded)
        raw.append((name, force, point, moment))

    total = np.sum([force for _, force, _, _ in raw], axis=0)
    loaded = np.linalg.norm(total, axis=1) > LOADED_N
    if not loaded.any():
        raise FileError(f"{table.path}: no plate ever carries {LOADED_N:g} N; these are no ground forces of a person.")
    length, moment_scale, unit_note = _units(table, raw, units)
    upward, up_note = force_up(table.path, total[loaded].mean(axis=0), up)
    plates = tuple(
        PlateForce(n, turned(f, upward), turned(p * length, upward), turned(m * moment_scale, upward))
        for n, f, p, m in raw
    )
    ignored = [name for i, name in enumerate(table.names) if i not in used]
    if ignored:
        notes += (f"Not used, being no plate's force, point or moment: {', '.join(ignored)}.",)
    return ForceRecording(plates, table.time_s, (unit_note, up_note, *notes, *table.notes))


def _units(
    table: StorageTable, raw: list[tuple[str, np.ndarray, np.ndarray, np.ndarray]], given: str | None
) -> tuple[float, float, str]:
    """Return metres per unit of the points, newton metres per unit of the moments, and the note on both."""
    pressed = [(p[on], m[on]) for _, f, p, m in raw if (on := np.linalg.norm(f, axis=1) > 5 * LOADED_N).any()]
    far = max((float(np.abs(p).max()) for p, _ in pressed), default=0.0)
    strong = max((float(np.abs(m).max()) for _, m in pressed), default=0.0)
    unit = given or ("mm" if far > _FARTHEST_M else "m")
    factor = METRES_PER[unit]
    if far * factor > 5 * _FARTHEST_M:
        raise FileError(
            f"{table.path}: a centre of pressure lies {far * factor:.4g} m away in {unit}, so the unit of "
            "length "
            "cannot be decided. Say it with --units mm|cm|m."
        )
    scale = factor if strong > _LARGEST_MOMENT_NM else 1.0
    if strong * scale > _LARGEST_MOMENT_NM:
        raise FileError(
            f"{table.path}: a free moment reaches {strong * scale:.4g} N m, more than "
            f"{_LARGEST_MOMENT_NM:g}. Moments "
            "must be in newton metres, or in newton millimetres with --units mm."
        )
    how = "as told" if given else f"points reach {far:.3g} in the file while a foot loads the plate"
    moments = f"N {unit}" if scale != 1.0 else "N m"
    return factor, scale, f"Forces are N, points {unit} ({how}), free moments {moments}."
