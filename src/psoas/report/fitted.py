"""A question's table as wide as the terminal: heads broken, then columns shared out among several tables."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from psoas.tables import Table as Shown

FIRST_COLUMN = 28  # characters of a name that is not broken over lines
FEWEST_COLUMNS = 3  # a table of so few is not shared out


def fitted(console: Console, table: Shown) -> list[Table]:
    """Return a question's table in a form that cuts no number: whole, with broken heads, or in parts.

    Each part begins with the first column, so that every row keeps its name.
    """
    whole = text_table(table)
    if fits(console, whole):
        return [whole]
    narrow = text_table(table, narrow=True)
    count = len(table.columns)
    if holds(console, narrow) or count <= FEWEST_COLUMNS:
        return [narrow]
    middle = (count + 2) // 2
    return [
        *fitted(console, _columns(table, list(range(middle)))),
        *fitted(console, _columns(table, [0, *range(middle, count)])),
    ]


def fits(console: Console, table: Table) -> bool:
    """Return whether a table is drawn without a broken line."""
    return _measured(console, table).maximum <= console.width


def holds(console: Console, table: Table) -> bool:
    """Return whether a table is drawn without a broken word."""
    return _measured(console, table).minimum <= console.width


def longest_word(*texts: str) -> int:
    """Return the characters of the longest word, 1 where there is none."""
    return max((len(word) for text in texts for word in text.split()), default=1)


def text_table(table: Shown, *, narrow: bool = False) -> Table:
    """Return a question's table: words to the left, numbers to the right.

    narrow: heads are broken at their spaces, so that a column of numbers or of single words is as wide as what stands
    in it and is never cut; only columns of several words then give way.
    """
    shown = Table(box=None)
    cells = table.shown()
    for index, head in enumerate(table.columns):
        words = all(isinstance(row[index], str) for row in table.rows)
        texts = [row[index] for row in cells]
        widest = max(map(len, texts), default=0)
        single = not words or not any(" " in text for text in texts)
        least = longest_word(head, *texts)
        if narrow and single:
            head = "\n".join(textwrap.wrap(head, max(widest, least)))
        shown.add_column(
            head,
            justify="left" if words else "right",
            style="bold" if index == 0 else None,
            overflow="fold",
            no_wrap=single if narrow else index == 0 and widest <= FIRST_COLUMN,
            min_width=least if narrow else None,
        )
    for row in cells:
        shown.add_row(*(Text(cell) for cell in row))
    return shown


def _columns(table: Shown, kept: list[int]) -> Shown:
    decimals = tuple(table.decimals[i] for i in kept) if table.decimals else table.decimals
    rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
    return replace(table, columns=tuple(table.columns[i] for i in kept), rows=rows, decimals=decimals)


def _measured(console: Console, table: Table) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=10_000), table)
