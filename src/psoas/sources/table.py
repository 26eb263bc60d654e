"""Cited CSV tables read into SI arrays: a row without unit, basis and source does not load."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import numpy as np

from psoas.errors import TableError, unknown
from psoas.sources.units import PARAMETER_UNITS, unit_factor

BASES = ("measured", "regressed", "assumed")
SOURCE_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Table:
    """A cited table: text as written, numeric columns in SI.

    `name` is where it came from, `columns` its header, `rows` one dict of cells per row, `lines` the row's
    line number in the file, `_si` the numeric columns (rows,) float64 in SI with NaN where the cell is empty.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    lines: tuple[int, ...]
    _si: dict[str, np.ndarray] = field(repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Iterate over the rows as dicts of text."""
        return iter(self.rows)

    def __contains__(self, column: object) -> bool:
        """Return whether the table has this column."""
        return column in self.columns

    def si(self, column: str, *, missing: float | None = None) -> np.ndarray:
        """Return a numeric column (rows,) float64 in SI: value * factor of the column's suffix.

        An empty cell becomes `missing`; without `missing` it raises TableError with its row.
        """
        self._known(column)
        if column not in self._si:
            raise TableError(f"{self.name}: column '{column}' has no unit suffix, so it is text; use text().")
        values = self._si[column].copy()
        empty = np.isnan(values)
        if empty.any():
            if missing is None:
                line = self.lines[int(np.flatnonzero(empty)[0])]
                raise TableError(
                    f"{self.name}, row {line}: column '{column}' is empty; fill it or read it with missing=."
                )
            values[empty] = missing
        return values

    def text(self, column: str) -> list[str]:
        """Return a column as the text of its cells."""
        self._known(column)
        return [row[column] for row in self.rows]

    def where(self, column: str, *values: str) -> Table:
        """Return the table of the rows whose cell in `column` is one of `values` (none may match)."""
        self._known(column)
        return self.take([i for i, row in enumerate(self.rows) if row[column] in values])

    def take(self, indices: Sequence[int]) -> Table:
        """Return the table of these rows, in this order."""
        picked = [int(i) for i in indices]
        return Table(
            self.name,
            self.columns,
            [self.rows[i] for i in picked],
            tuple(self.lines[i] for i in picked),
            {column: values[picked] for column, values in self._si.items()},
        )

    @property
    def sources(self) -> set[str]:
        """Return the bibliography keys that the rows cite."""
        return {key for row in self.rows for key in source_keys(row["source"])}

    def _known(self, column: str) -> None:
        if column not in self.columns:
            raise TableError(f"{self.name}: {unknown('column', column, self.columns)}")


@dataclass(frozen=True)
class Parameters:
    """Named single figures, each with unit, spread, basis and source; values in SI."""

    name: str
    _values: dict[str, float]
    _spreads: dict[str, tuple[float, float] | None]
    _rows: dict[str, dict[str, str]]

    def __getitem__(self, parameter: str) -> float:
        """Return the parameter's value in SI."""
        self._known(parameter)
        return self._values[parameter]

    def __contains__(self, parameter: object) -> bool:
        """Return whether a parameter of this name is stored."""
        return parameter in self._values

    def __iter__(self) -> Iterator[str]:
        """Iterate over the parameters' names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of parameters."""
        return len(self._values)

    def spread(self, parameter: str) -> tuple[float, float] | None:
        """Return (low, high) in SI: the written range `low..high`, or value -+ one number; None for words."""
        self._known(parameter)
        return self._spreads[parameter]

    def replaced(self, values: Mapping[str, float]) -> Parameters:
        """Return the same parameters with some values (SI) changed; an unknown name raises InputError."""
        for parameter in values:
            self._known(parameter)
        return replace(self, _values={**self._values, **values})

    def source(self, parameter: str) -> tuple[str, ...]:
        """Return the bibliography keys of the parameter."""
        self._known(parameter)
        return source_keys(self._rows[parameter]["source"])

    def basis(self, parameter: str) -> str:
        """Return whether the figure was measured, regressed or assumed."""
        self._known(parameter)
        return self._rows[parameter]["basis"]

    def note(self, parameter: str) -> str:
        """Return the note that stands beside the figure."""
        self._known(parameter)
        return self._rows[parameter].get("note", "")

    @property
    def sources(self) -> set[str]:
        """Return the bibliography keys that all parameters cite."""
        return {key for name in self._values for key in self.source(name)}

    def _known(self, parameter: str) -> None:
        if parameter not in self._values:
            raise unknown(f"parameter of {self.name}", parameter, self._values)


def source_keys(cell: str) -> tuple[str, ...]:
    """Return the bibliography keys of a `source` cell, which separates them by ';'."""
    return tuple(key.strip() for key in cell.split(";") if key.strip())


def read_table(name_or_path: str | Path) -> Table:
    """Read a cited table: a Path (or absolute path) is a file, a str is package data below `psoas/`.

    UTF-8 CSV with a header; lines that start with '#' are comments. Columns `basis` (measured, regressed,
    assumed) and `source` (bibliography keys separated by ';') are required, `spread` and `note` optional. A
    column whose name ends in a unit of COLUMN_UNITS is numeric and converted to SI; every other is text.
    Raises TableError naming the file, the row (its line) and the cause.
    """
    name, text = _text_of(name_or_path)
    numbered = [(i, line) for i, line in enumerate(text.splitlines(), start=1)]
    numbered = [(i, line) for i, line in numbered if line.strip() and not line.lstrip().startswith("#")]
    if not numbered:
        raise TableError(f"{name}: the table is empty; it needs a header line and rows.")
    columns = _header(name, numbered[0][1])
    numeric = {column: factor for column in columns if (factor := unit_factor(column)) is not None}
    rows: list[dict[str, str]] = []
    si: dict[str, list[float]] = {column: [] for column in numeric}
    for line_number, line in numbered[1:]:
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        where = f"{name}, row {line_number}"
        if len(cells) != len(columns):
            raise TableError(f"{where}: {len(cells)} cells, but the header names {len(columns)} columns.")
        row = dict(zip(columns, cells, strict=True))
        _check_provenance(where, row)
        for column, factor in numeric.items():
            si[column].append(_number(where, column, row[column]) * factor)
        rows.append(row)
    lines = tuple(line_number for line_number, _ in numbered[1:])
    return Table(name, columns, rows, lines, {column: np.array(v, float) for column, v in si.items()})


def read_parameters(name_or_path: str | Path) -> Parameters:
    """Read a parameter table (name, value, unit, spread, basis, source, note) into SI by its `unit` column.

    `spread` is empty, one number (a standard deviation, in the row's unit), a range `low..high`, or words.
    Raises TableError for an unknown unit, a repeated name or a value that is not a finite number.
    """
    table = read_table(name_or_path)
    for column in ("name", "value", "unit"):
        if column not in table.columns:
            raise TableError(f"{table.name}: a parameter table needs the column '{column}'.")
    values: dict[str, float] = {}
    spreads: dict[str, tuple[float, float] | None] = {}
    rows: dict[str, dict[str, str]] = {}
    for line_number, row in zip(table.lines, table.rows, strict=True):
        where, parameter = f"{table.name}, row {line_number}", row["name"]
        if not parameter or parameter in values:
            raise TableError(f"{where}: the name '{parameter}' is empty or stands there twice.")
        if row["unit"] not in PARAMETER_UNITS:
            raise TableError(f"{where}: {unknown('unit', row['unit'], PARAMETER_UNITS)}")
        factor = PARAMETER_UNITS[row["unit"]]
        value = _number(where, "value", row["value"])
        if math.isnan(value):
            raise TableError(f"{where}: '{parameter}' has no value.")
        values[parameter] = value * factor
        spreads[parameter] = _spread(row.get("spread", ""), value, factor)
        rows[parameter] = row
    return Parameters(table.name, values, spreads, rows)


def _text_of(name_or_path: str | Path) -> tuple[str, str]:
    if isinstance(name_or_path, Path) or Path(name_or_path).is_absolute():
        path = Path(name_or_path)
        name = path.name
    else:
        name, path = name_or_path, resources.files("psoas").joinpath(name_or_path)  # type: ignore[assignment]
    try:
        return name, path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{name}: not UTF-8 text ({error.reason} at byte {error.start}).") from error
    except OSError as error:
        raise TableError(f"{name}: the table cannot be read ({error.strerror or error}).") from error


def _header(name: str, line: str) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in next(csv.reader([line])))
    for column in columns:
        if not column or columns.count(column) > 1:
            raise TableError(f"{name}: the header's column '{column}' is unnamed or stands there twice.")
    for column in ("basis", "source"):
        if column not in columns:
            raise TableError(f"{name}: the column '{column}' is missing; every row must state it.")
    return columns


def _check_provenance(where: str, row: dict[str, str]) -> None:
    if row["basis"] not in BASES:
        raise TableError(f"{where}: basis '{row['basis']}' is not one of {', '.join(BASES)}.")
    keys = source_keys(row["source"])
    if not keys:
        raise TableError(f"{where}: no source; a row without a source does not load.")
    for key in keys:
        if not SOURCE_KEY.match(key):
            raise TableError(f"{where}: source '{key}' is no bibliography key such as bogduk1992.")


def _number(where: str, column: str, cell: str) -> float:
    if not cell:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        raise TableError(f"{where}: column '{column}' holds '{cell}', which is no number.") from None
    if not math.isfinite(value):
        raise TableError(f"{where}: column '{column}' holds '{cell}', which is not finite.")
    return value


def _spread(cell: str, value: float, factor: float) -> tuple[float, float] | None:
    try:
        if ".." in cell:
            low, high = (float(part) for part in cell.split("..", 1))
            return low * factor, high * factor
        return (value - abs(float(cell))) * factor, (value + abs(float(cell))) * factor
    except ValueError:
        return None
