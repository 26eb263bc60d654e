"""What an answer shows beside the loads: tables of cells and figures of curves, free of any way to draw them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Cell = str | float | None


@dataclass(frozen=True)
class Table:
    """A table: `columns` are heads with their units, each row has as many cells; a missing number is None.

    decimals: per column, how many of a number's decimals are shown. note: a sentence under the table.
    Raises ValueError where rows and columns do not fit each other.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    decimals: tuple[int, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"Table '{self.title}': a row has {len(row)} cells for {len(self.columns)} columns.")
        if self.decimals and len(self.decimals) != len(self.columns):
            raise ValueError(f"Table '{self.title}': {len(self.decimals)} decimals for {len(self.columns)} columns.")

    def shown(self) -> list[list[str]]:
        """Return the cells as text: numbers rounded to their column's decimals, None as a dash."""
        decimals = self.decimals or (0,) * len(self.columns)
        return [[_text(cell, d) for cell, d in zip(row, decimals, strict=True)] for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """Return the table for JSON; numbers that are not finite become null."""
        rows = [[_plain(cell) for cell in row] for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows, "note": self.note}


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of a figure: y (N,) over x (N,), low and high (N,) its interval where there is one."""

    label: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None

    def __post_init__(self) -> None:
        shapes = {np.shape(a) for a in (self.x, self.y, self.low, self.high) if a is not None}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            raise ValueError(f"Curve '{self.label}' has shapes {sorted(shapes)}; all must be one (N,).")


@dataclass(frozen=True, eq=False)
class Figure:
    """Curves over one axis; x_label and y_label carry the unit. limits: horizontal lines (label, y)."""

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    limits: tuple[tuple[str, float], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the figure for JSON."""
        return {
            "title": self.title,
            "x_label": self.x_label,
            "y_label": self.y_label,
            "curves": [
                {"label": c.label}
                | {
                    key: [_plain(float(v)) for v in values]
                    for key, values in (("x", c.x), ("y", c.y), ("low", c.low), ("high", c.high))
                    if values is not None
                }
                for c in self.curves
            ],
            "limits": [[label, value] for label, value in self.limits],
        }


@dataclass(frozen=True, eq=False)
class Trace:
    """One quantity over a movement, for each result beside each other: values (F,) per result, in `unit`."""

    label: str
    unit: str
    values: tuple[np.ndarray, ...]
    decimals: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the trace for JSON, values per result and frame; numbers that are not finite become null."""
        values = [[_plain(float(v)) for v in row] for row in self.values]
        return {"label": self.label, "unit": self.unit, "values": values}


def _text(cell: Cell, decimals: int) -> str:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return "-"
    if isinstance(cell, str):
        return cell
    text = f"{cell:.{decimals}f}"
    return text[1:] if float(text) == 0.0 and text.startswith("-") else text  # no -0


def _plain(cell: Cell) -> Cell:
    if cell is None or isinstance(cell, str):
        return cell
    return float(f"{cell:.6g}") if math.isfinite(cell) else None
