"""What every reader asks of a file before it believes a number: size, text, whole rows, rising time."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.filtering import SHORTEST_STEP_S, rate_of

# Of text: read, it takes twenty times as much memory at worst, and seconds.
LARGEST_BYTES = 40_000_000
MOST_LINES, MOST_CELLS, LONGEST_NAME = 1_000_000, 6_000_000, 200
HEAD_BYTES = 65_536
SLOWEST_HZ, FASTEST_HZ = 1.0, 20_000.0
# Beyond this a cell is a broken number or a code for "missing" in whatever unit the file has.
LARGEST_CELL = 1e6
_MISSING = {"", "nan", "-nan", "+nan", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "n/a", "na", "null"}


def head(path: Path) -> bytes:
    """Return the first 64 KiB of a file that exists, is a file, is not empty and is not too large to be read.

    Raises:
        FileError: each of these by its own sentence.

    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError(f"{path} is a directory; give one recording in it.")
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{path} is not an ordinary file; save the recording to a file first.")
        if status.st_size == 0:
            raise FileError(f"{path} is empty (0 bytes); export the recording again.")
        with path.open("rb") as stream:
            start = stream.read(HEAD_BYTES)
    except FileNotFoundError:
        raise FileError(f"{path} does not exist; check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise FileError(f"{path} cannot be opened: {error}.") from None
    if start.count(0) == len(start):
        raise FileError(f"{path} holds nothing but zero bytes; the copy or the export failed, so make it again.")
    if status.st_size > LARGEST_BYTES:
        raise FileError(
            f"{path} has {status.st_size / 1e6:.0f} MB; at most {LARGEST_BYTES / 1e6:.0f} MB are read. "
            "Cut the recording to the movement of interest."
        )
    return start


def read_text(path: Path) -> str:
    """Return the whole text of a file: UTF-8 or UTF-16 by its mark, else Windows Latin.

    Raises:
        FileError: as `head`, and for bytes that are no text.

    """
    start = head(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error}.") from None
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        if wide:
            text = data.decode("utf-16")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\0"
    sample = text[:HEAD_BYTES]
    control = sum(1 for c in sample if c < " " and c not in "\t\r\n\f\v")
    if "\0" in text or control > 0.01 * len(sample):
        raise FileError(f"{path} is not a text file (it holds binary bytes); export it as .trc or .mot text.")
    if text.count("\n") > MOST_LINES:
        raise FileError(f"{path} has more than {MOST_LINES} lines; cut the recording to the movement of interest.")
    if not text.strip():
        raise FileError(f"{path} holds only blank lines; export the recording again.")
    return text


def _cell(path: Path, cell: str, place: str, column: str) -> float:
    cell = cell.strip()
    if cell.lower() in _MISSING:
        return float("nan")
    try:
        if "_" in cell:
            raise ValueError
        return float(cell)
    except ValueError:
        comma = " Write decimals with a point, not a comma." if "," in cell else ""
        shown = cell if len(cell) <= 40 else cell[:37] + "..."
        raise FileError(f"{path}, {place}, column '{column}': '{shown}' is not a number.{comma}") from None


def numeric_table(
    path: Path,
    lines: Sequence[tuple[int, str]],
    columns: Sequence[str],
    *,
    tabbed: bool,
    promised: int | None,
    promise: str,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the numbers of the data rows, (rows, columns) with NaN for empty cells, and notes.

    Args:
        path: for the errors.
        lines: (line number, text) of each data row.
        columns: the columns' names.
        tabbed: cells are parted by tabs (so that a cell can be empty), else by any blanks.
        promised: how many rows the header promises, where it does.
        promise: the header key that promises them.

    Raises:
        FileError: no row, too few or too many cells, fewer rows than promised, a cell that is no number or
            infinite.

    """
    width = len(columns)
    if width * len(lines) > MOST_CELLS:
        raise FileError(
            f"{path} has {len(lines)} rows of {width} columns, more than {MOST_CELLS} numbers. Cut it to the "
            "movement of interest."
        )
    rows: list[np.ndarray] = []
    for index, (number, line) in enumerate(lines):
        cells = line.split("\t") if tabbed else line.split()
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        place = f"row {index + 1} (line {number})"
        if len(cells) < width and index == len(lines) - 1:
            of = f" of {promised}" if promised else ""
            raise FileError(
                f"{path} is cut in the middle: its last row, {index + 1}{of} (line {number}), has "
                f"{len(cells)} of "
                f"{width} values. Export or copy it again, or delete that row and set {promise} to {index}."
            )
        if len(cells) != width:
            raise FileError(
                f"{path}, {place}: {len(cells)} values where the header names {width} columns. "
                "Export the recording again; every row needs one cell per column."
            )
        try:
            if "_" in line:
                raise ValueError
            rows.append(np.array([float(cell) for cell in cells]))
        except ValueError:
            rows.append(np.array([_cell(path, c, place, column) for c, column in zip(cells, columns, strict=True)]))
    if not rows:
        raise FileError(f"{path} has a header but no row of data; export the recording again.")
    notes: tuple[str, ...] = ()
    if promised is not None and len(rows) < promised:
        raise FileError(
            f"{path} is cut: its header promises {promise} = {promised} rows, it holds {len(rows)}. "
            f"Export or copy it again, or set {promise} to {len(rows)} if the rest is not wanted."
        )
    if promised is not None and len(rows) > promised:
        notes = (f"The header promises {promise} = {promised} rows; the file holds {len(rows)}, and all were read.",)
    table = np.array(rows, dtype=float)
    wild = np.argwhere(np.abs(table) > LARGEST_CELL)
    for row, column in wild:
        name, value = columns[column], table[row, column]
        if np.isinf(value) or name.lower() not in ("frame#", "time"):
            raise FileError(
                f"{path}, row {row + 1} (line {lines[row][0]}), column '{name}': {value:g} is no plausible "
                "value. "
                "Leave the cell empty if nothing was measured."
            )
    return table, notes


def check_names(path: Path, names: Sequence[str], what: str) -> None:
    """Refuse a header that names nothing, one thing twice, or something endless."""
    if not names:
        raise FileError(f"{path} names no {what} in its header; export the recording again.")
    seen: set[str] = set()
    for name in names:
        if len(name) > LONGEST_NAME:
            raise FileError(
                f"{path}: the name of a {what} has {len(name)} characters, at most {LONGEST_NAME} are read; it begins "
                f"'{name[:40]}'. The header is damaged; export the recording again."
            )
        if name in seen:
            raise FileError(f"{path} names the {what} '{name}' twice; rename or delete one of the two.")
        seen.add(name)


def check_time(path: Path, time_s: np.ndarray, lines: Sequence[tuple[int, str]]) -> None:
    """Refuse times (F,) [s] that are missing, do not increase, or imply an absurd rate; the row is named.

    Raises:
        FileError: see above; rates from 1 Hz to 20 kHz pass.

    """
    lost = np.flatnonzero(~np.isfinite(time_s))
    if len(lost):
        row = int(lost[0])
        raise FileError(f"{path}, row {row + 1} (line {lines[row][0]}): the time is missing.")
    back = np.flatnonzero(np.diff(time_s) < SHORTEST_STEP_S)
    if len(back):
        row = int(back[0]) + 1
        raise FileError(
            f"{path}: time does not increase at row {row + 1} (line {lines[row][0]}): {time_s[row]:g} s "
            "after "
            f"{time_s[row - 1]:g} s. Sort the rows and delete doubled ones."
        )
    if len(time_s) > 1 and not SLOWEST_HZ <= rate_of(time_s) <= FASTEST_HZ:
        raise FileError(
            f"{path}: its times imply {rate_of(time_s):.4g} frames per second, outside {SLOWEST_HZ:g} to "
            f"{FASTEST_HZ:g} Hz. The time column must be in seconds."
        )


def time_notes(time_s: np.ndarray) -> tuple[str, ...]:
    """Return a note where there is one frame only, or where the clock jumps by more than five steps."""
    if len(time_s) == 1:
        return ("The file holds a single frame: it is a posture held still, without velocity.",)
    steps = np.diff(time_s)
    jumps = np.flatnonzero(steps > 5 * np.median(steps))
    if len(jumps):
        i = int(jumps[0])
        return (f"The clock jumps {len(jumps)} times, first from {time_s[i]:g} to {time_s[i + 1]:g} s.",)
    return ()


def count(path: Path, key: str, text: str) -> int:
    """Return a count from a header; what is not a whole number of 0 or more is a FileError naming the key."""
    try:
        value = float(text)
        if not (value.is_integer() and 0 <= value <= 1e9):
            raise ValueError
    except ValueError:
        raise FileError(f"{path}: the header's {key} is '{text[:40]}'; it must be a whole number.") from None
    return int(value)
