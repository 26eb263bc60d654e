"""OpenSim's storage format as a table of numbers: the header and the rows, checked, nothing converted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.checks import check_names, check_time, count, numeric_table, read_text, time_notes

HEADER_KEYS = ("nRows", "nColumns", "inDegrees", "version", "name", "DataType", "datacolumns", "datarows")
_KEY = re.compile(r"^\s*([A-Za-z]+)\s*=\s*(\S.*)?$")
_OLD_KEY = re.compile(r"^\s*(datacolumns|datarows)\s+(\S+)\s*$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class StorageTable:
    """A storage file as numbers.

    Attributes:
        path: the file.
        header: its `key=value` lines by the key's usual spelling.
        names: the C columns beside time.
        time_s: (F,) [s].
        values: (F, C), unit of the file, NaN = empty cell.
        lines: (line number, text) of each row.
        notes: what was noticed.

    """

    path: Path
    header: dict[str, str]
    names: tuple[str, ...]
    time_s: np.ndarray
    values: np.ndarray
    lines: list[tuple[int, str]]
    notes: tuple[str, ...]

    def place(self, row: int) -> str:
        """Return how an error names a row (from 0)."""
        return f"row {row + 1} (line {self.lines[row][0]})"


def _header(path: Path, lines: list[str]) -> dict[str, str]:
    known = {key.lower(): key for key in HEADER_KEYS}
    found: dict[str, str] = {}
    for line in lines:
        match = _KEY.match(line) or _OLD_KEY.match(line)
        if not match:
            continue
        key, value = match.group(1), (match.group(2) or "").strip()
        if key.lower() not in known:
            near = get_close_matches(key.lower(), known, n=1, cutoff=0.8)
            if near:
                raise FileError(f"{path}: unknown header key '{key}'. Did you mean '{known[near[0]]}'?")
            continue
        spelled = {"datacolumns": "nColumns", "datarows": "nRows"}.get(key.lower(), known[key.lower()])
        if spelled in found and found[spelled] != value and spelled != "name":
            raise FileError(f"{path}: the header gives {spelled} twice, as {found[spelled][:20]} and {value[:20]}.")
        found[spelled] = value
    return found


def read_table(path: Path) -> StorageTable:
    """Read the header and the numbers of a storage file and check them; nothing is converted.

    Raises:
        FileError: for everything that is wrong with it, with the row or column.

    """
    lines = read_text(path).splitlines()
    end = next((i for i, line in enumerate(lines) if line.strip().lower() == "endheader"), None)
    if end is None:
        raise FileError(
            f"{path} has no line 'endheader': it is cut in its header, or not an OpenSim .mot or .sto file. "
            "Export it again."
        )
    header = _header(path, lines[:end])
    rest = [(i + 1, line) for i, line in enumerate(lines) if i > end and line.strip()]
    if not rest:
        raise FileError(f"{path} ends after its header; it has no columns and no rows. Export it again.")
    tabbed = "\t" in rest[0][1]
    labels = [c.strip() for c in (rest[0][1].split("\t") if tabbed else rest[0][1].split())]
    while labels and not labels[-1]:
        labels.pop()
    if labels[:1] != [] and labels[0].lower() != "time":
        raise FileError(f"{path}: the first column must be 'time', not '{labels[0][:40]}'.")
    if "" in labels:
        raise FileError(f"{path}: column {labels.index('') + 1} has no name; name it or delete it.")
    check_names(path, labels[1:], "column")
    if header.get("nColumns"):
        promised = count(path, "nColumns", header["nColumns"])
        if promised != len(labels):
            raise FileError(
                f"{path}: the header says nColumns = {promised}, but names {len(labels)} columns; correct "
                "whichever is wrong."
            )
    rows = count(path, "nRows", header["nRows"]) if header.get("nRows") else None
    table, notes = numeric_table(path, rest[1:], labels, tabbed=tabbed, promised=rows, promise="nRows")
    check_time(path, table[:, 0], rest[1:])
    notes += time_notes(table[:, 0])
    return StorageTable(path, header, tuple(labels[1:]), table[:, 0], table[:, 1:], rest[1:], notes)
