"""The claims of the validation suite as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

COLOURS = {"inside": "green", "outside": "red", "not_tested": "yellow"}


def show_claims(console: Console, claims: Sequence[Mapping[str, Any]], counts: Mapping[str, Mapping[str, int]]) -> None:
    """Print the entries of the JSON contract with their `quantity`, the reasons of those outside, counts by kind."""
    table = Table(title="What is published, and what psoas says", title_justify="left")
    for name in ("", "quantity", "published", "ours", "unit", "verdict", "kind"):
        table.add_column(name, justify="right" if name in ("published", "ours") else "left")
    for c in claims:
        colour, verdict = COLOURS[c["verdict"]], c["verdict"].replace("_", " ")
        kind = c["kind"] if c["decides"] else f"{c['kind']}, recalled"
        unit = "" if c["unit"] == "1" else c["unit"]
        row = (c["id"], c["quantity"], _band(c), _number(c["ours"]), unit, f"[{colour}]{verdict}[/]", kind)
        table.add_row(*row)
    console.print(table)
    for c in claims:
        if c["verdict"] == "outside":
            console.print(f"{c['id']} is outside: {c['why']}.", markup=False)
    for kind, n in counts.items():
        told = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in n.items())
        console.print(f"{kind}: {told}", markup=False)


def _band(c: Mapping[str, Any]) -> str:
    if c["lower"] is None and c["upper"] is None:
        return _number(c["target"])
    return f"{_number(c['lower'])} .. {_number(c['upper'])}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
