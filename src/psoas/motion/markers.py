"""Skin markers: the names of common sets, where each sits on the body, and a mapping file for other names."""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from psoas.errors import FileError, InputError, unknown
from psoas.sources.table import read_table

SIDES = {"r": ("r", "right"), "l": ("l", "left")}
FREE_OFFSET = 0.04  # m, for a marker that a mapping file places
FARTHEST = 1.0  # m from the origin of its body, beyond which no marker sits
# Labels of tracking programs for points that nobody named.
_UNNAMED = re.compile(r"\A(\*\d*|u(nlabell?ed)?\d*|unnamed\d*|uname\d*|c\d{3,}|m?\d+|\$.*)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Marker:
    """A marker on a body of the reference person.

    Attributes:
        name: its name here, such as "r_asis".
        body: name of the body it sits on.
        position: (3,) [m], in the body's frame, at the reference stature.
        offset: standard deviation [m] with which it may sit elsewhere on the body.
        weight: of its squared distance in the fit.

    """

    name: str
    body: str
    position: tuple[float, float, float]
    offset: float
    weight: float = 1.0


@dataclass(frozen=True)
class MarkerPlacement:
    """The markers of a recording that have a place on the body.

    Attributes:
        columns: index of each in the recording.
        markers: the place of each.
        notes: sentences about the names that were left out.
        unplaced: the names that were left out though they look like somebody's marker.

    """

    columns: tuple[int, ...]
    markers: tuple[Marker, ...]
    notes: tuple[str, ...]
    unplaced: tuple[str, ...]

    def only(self, chosen: Iterable[bool]) -> MarkerPlacement:
        """Return the placement of some of its markers."""
        kept = [i for i, ok in enumerate(chosen) if ok]
        columns = tuple(self.columns[i] for i in kept)
        return replace(self, columns=columns, markers=tuple(self.markers[i] for i in kept))


def plain(name: str) -> str:
    """Return a name as it is compared: without a subject's "name:", case, dots, underscores, spaces, "study"."""
    short = re.sub(r"[^a-z0-9*+]", "", name.rsplit(":", 1)[-1].lower())
    return short.removesuffix("study") or short


@lru_cache(maxsize=1)
def known_markers() -> dict[str, Marker]:
    """Return the marker of every alias in the table, by its plain name; right, left and midline.

    Raises TableError where two rows share an alias (InputError names both).
    """
    table = read_table("motion/data/marker_sets.csv")
    x, y, z = (table.si(f"{axis}_m") for axis in "xyz")
    offset, weight = table.si("offset_mm"), table.si("weight_ratio")
    found: dict[str, Marker] = {}
    for i, row in enumerate(table.rows):
        right = Marker(
            row["marker"], row["body"], (float(x[i]), float(y[i]), float(z[i])), float(offset[i]), float(weight[i])
        )
        names = [row["marker"], *filter(None, row["aliases"].split(";"))]
        for side in "rl" if "*" in row["marker"] else " ":
            marker = right if side == " " else _on_side(right, side)
            for name in names:
                for alias in _spellings(plain(name), side):
                    if found.setdefault(alias, marker) is not marker:
                        raise InputError(f"The alias '{alias}' names both {found[alias].name} and {marker.name}.")
    return found


def _on_side(marker: Marker, side: str) -> Marker:
    px, py, pz = marker.position
    return replace(
        marker,
        name=marker.name.replace("*", side),
        body=marker.body.replace("*", side),
        position=(px, py, pz if side == "r" else -pz),
    )


def _spellings(pattern: str, side: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    spelled = [pattern.replace("*", word) for word in SIDES[side]]
    return [*spelled, pattern.replace("*", "") + SIDES[side][1]]


def place_markers(names: Iterable[str], mapping: Mapping[str, Marker | None] | None = None) -> MarkerPlacement:
    """Return where the markers of a recording sit.

    A name in `mapping` (from `read_mapping`) goes first, None there leaves it out; every other is looked up among
    the known sets. Points that nobody named ("*12", "U3") are left out. What is left unknown is named in a note
    with the nearest known name, and in `unplaced`; whether enough is left is for `require_markers` to say.

    Raises:
        InputError: a mapping for a marker that the recording does not have; two columns with one meaning; no
            known name at all.

    """
    names = list(names)
    chosen = {plain(name): marker for name, marker in (mapping or {}).items()}
    for name in mapping or {}:
        if plain(name) not in map(plain, names):
            raise unknown("marker of the recording", name, names)
    columns: list[int] = []
    markers: list[Marker] = []
    unplaced: list[str] = []
    unnamed = ignored = 0
    for column, name in enumerate(names):
        key = plain(name)
        if key in chosen and chosen[key] is None:
            ignored += 1
            continue
        marker = chosen.get(key) or known_markers().get(key)
        if marker is None:
            if _UNNAMED.match(name.strip()):
                unnamed += 1
            else:
                unplaced.append(name)
            continue
        # Two columns may not be one known marker; markers that a file places freely carry their own names.
        if marker.name in [m.name for m in markers]:
            twin = names[columns[[m.name for m in markers].index(marker.name)]]
            raise InputError(
                f"The markers '{twin}' and '{name}' both mean {marker.name}. Leave one out with a mapping file "
                f'(--markers FILE, with a line "{name}," in it).'
            )
        columns.append(column)
        markers.append(marker)
    if not markers:
        raise InputError(
            _unknown_text(unplaced or names) + " None of the recording's markers is known." + _unspoken(names)
        )
    notes = [f"{len(markers)} of {len(names)} markers were recognised by name or by the mapping file."]
    if unnamed:
        notes.append(f"{unnamed} points without a name were left out.")
    if ignored:
        notes.append(f"{ignored} markers were left out as the mapping file says.")
    if unplaced:
        notes.append("Left out: " + _unknown_text(unplaced))
    return MarkerPlacement(tuple(columns), tuple(markers), tuple(notes), tuple(unplaced))


def _unknown_text(names: list[str]) -> str:
    shown = []
    for name in names[:8]:
        near = get_close_matches(plain(name), known_markers(), n=1, cutoff=0.7)
        shown.append(f"'{name}'" + (f" (nearest known: {known_markers()[near[0]].name})" if near else ""))
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return (
        f"unknown markers {', '.join(shown)}{more}; say where they sit with --markers FILE "
        "(lines: name,known marker or name,body,x,y,z in metres)."
    )


# Words by which a name speaks of a part of the body, whether or not the marker is known.
_PARTS = {
    "pelvis": r"asis|psis|pelv|sac|hip|iliac|waist",
    "trunk": r"c7|t\d|stern|clav|thor|trunk|acr|shoulder|spine|chest|torso",
    "thighs": r"thigh|femur|knee",
    "shanks": r"shank|tib|shin|leg|calf|fib|knee",
    "feet": r"foot|ankle|heel|toe|mall|meta|calc",
}


def _unspoken(names: list[str]) -> str:
    """Return a sentence on the parts of the body that no name speaks of, and on sides."""
    plain_names = [name.lower() for name in names]
    parts = [part for part, words in _PARTS.items() if not any(re.search(words, name) for name in plain_names)]
    sided = [s for s in "rl" if any(re.match(rf"{s}[^a-z]|{s.upper()}[A-Z]|(?i:{SIDES[s][1]})", n) for n in names)]
    if not parts:
        return ""
    shown = " and ".join(f"no {part}" for part in parts) + (
        "" if len(sided) == 2 else ", and not both sides of the body"
    )
    return (
        f" By their names they show {shown}; what the lumbar spine carries needs a movement of pelvis, trunk and both "
        "legs."
    )


# What a fit needs at the least: markers on each, and what the segment is called in an error.
REQUIRED = {
    "pelvis": 3,
    "thorax": 3,
    **{f"{part}_{side}": 1 for part in ("thigh", "shank", "foot") for side in "rl"},
}


def require_markers(placement: MarkerPlacement, usable: Iterable[bool]) -> None:
    """Check that each segment keeps enough markers: 3 on pelvis and thorax, 1 on each thigh, shank and foot.

    usable: for each marker of the placement, whether it was seen often enough.

    Raises:
        InputError: the first segment with too few, by name, with the markers it has and the way out.

    """
    seen = list(usable)
    for body, least in REQUIRED.items():
        on_body = [(m, ok) for m, ok in zip(placement.markers, seen, strict=True) if m.body == body]
        kept = [m.name for m, ok in on_body if ok]
        if len(kept) >= least:
            continue
        lost = [m.name for m, ok in on_body if not ok]
        text = f"The segment {body} has {len(kept)} usable markers ({', '.join(kept) or 'none'}); it needs {least}."
        if others := _others_short(placement, seen, body):
            text += f" Too few are also on {', '.join(others)}."
        if lost:
            text += f" Missing most of the time: {', '.join(lost)}."
        if placement.unplaced:
            text += " There are " + _unknown_text(list(placement.unplaced))
        else:
            text += " Record more markers there, or place others with --markers FILE."
        raise InputError(text)


def _others_short(placement: MarkerPlacement, seen: list[bool], but: str) -> list[str]:
    count = {body: 0 for body in REQUIRED}
    for marker, ok in zip(placement.markers, seen, strict=True):
        if ok and marker.body in count:
            count[marker.body] += 1
    return [
        f"{body} ({count[body]} of {least})" for body, least in REQUIRED.items() if count[body] < least and body != but
    ]


def read_mapping(path: str | Path, bodies: Iterable[str]) -> dict[str, Marker | None]:
    """Read a mapping file: where the markers of a recording sit, by their name in the recording.

    CSV: lines `name,known marker` or `name,body,x,y,z` [m, in the body's frame, at the reference stature of
    1.70 m], or `name,` to leave it out; `#` begins a comment. TOML: a table [markers] with
    name = "known marker", name = ["body", x, y, z] or name = "".

    Args:
        path: the file; TOML by its ending .toml, otherwise CSV.
        bodies: names of the bodies that may carry markers.

    Raises:
        FileError: a file that cannot be read, or a line of another form, by its number.
        InputError: unknown markers or bodies, with the nearest.

    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{path} is no text file; a mapping file has lines such as hip1,r_asis.") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from None
    known_bodies = list(bodies)
    entries: list[tuple[str, str, list[str]]] = []
    if path.suffix.lower() == ".toml":
        try:
            table = tomllib.loads(text).get("markers")
        except tomllib.TOMLDecodeError as error:
            raise FileError(f"{path} is not TOML: {error}.") from None
        if not isinstance(table, dict):
            raise FileError(f'{path} needs a table [markers] with lines such as "hip1" = "r_asis".')
        for name, value in table.items():
            cells = [str(v) for v in value] if isinstance(value, list) else [str(value)]
            entries.append((f"{path}, marker '{name}'", name, cells))
    else:
        for number, cells in enumerate(csv.reader(text.splitlines()), start=1):
            cells = [cell.strip() for cell in cells]
            if not any(cells) or cells[0].startswith("#"):
                continue
            entries.append((f"{path}, line {number}", cells[0], cells[1:]))
    if not entries:
        raise FileError(f"{path} maps no marker; write lines such as hip1,r_asis or hip1,pelvis,0.02,0.03,0.13.")
    result: dict[str, Marker | None] = {}
    for where, name, cells in entries:
        if name in result:
            raise FileError(f"{where}: '{name}' is mapped twice.")
        result[name] = _mapped(where, name, cells, known_bodies)
    return result


def _mapped(where: str, name: str, cells: list[str], bodies: list[str]) -> Marker | None:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if not cells:
        return None
    if len(cells) == 1:
        marker = known_markers().get(plain(cells[0]))
        if marker is None:
            raise InputError(f"{where}: {unknown('marker', cells[0], [m.name for m in known_markers().values()])}")
        return marker
    if len(cells) != 4:
        raise FileError(f"{where}: '{name}' needs a known marker, or a body with x, y and z in metres.")
    if cells[0] not in bodies:
        raise InputError(f"{where}: {unknown('body', cells[0], bodies)}")
    try:
        position = [float(cell) for cell in cells[1:]]
    except ValueError:
        raise FileError(f"{where}: the place of '{name}' must be three numbers, not {', '.join(cells[1:])}.") from None
    if not all(math.isfinite(v) for v in position) or math.hypot(*position) > FARTHEST:
        raise InputError(
            f"{where}: '{name}' lies {math.hypot(*position):.3g} m from the origin of {cells[0]}; allowed are "
            f"{FARTHEST:g} m. Places are in metres."
        )
    return Marker(name, cells[0], (position[0], position[1], position[2]), FREE_OFFSET)
