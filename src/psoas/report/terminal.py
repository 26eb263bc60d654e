"""Results in the terminal: levels with bars and units, muscles, phases, what was assumed and is unmet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from psoas.errors import InputError
from psoas.report.by_cause import cause_tables
from psoas.report.fitted import fits, fitted, holds, longest_word
from psoas.report.measures import alike, at_phase, largest, percent_change, steady_frames
from psoas.result import Result
from psoas.sources.cite import references
from psoas.tables import Figure, Trace
from psoas.tables import Table as Shown

GROUPS = (
    ("psoas_major", "psoas major"),
    ("iliacus", "iliacus"),
    ("multifidus", "multifidus"),
    ("erector_spinae", "erector spinae"),
    ("quadratus_lumborum", "quadratus lumborum"),
    ("abdominals", "abdominals"),
    ("gluteus_maximus", "gluteus maximus"),
    ("hamstrings", "hamstrings"),
)
SECOND = (
    ("anterior_shear_n", "shear, N", 0),
    ("flexion_moment_nm", "moment, N m", 1),
    ("pressure_mpa", "pressure, MPa", 2),
)
WIDEST = 3  # results side by side
SHORT_BAR = 6  # cells of the longest bar where results with long bars do not fit side by side
COLOURS = ("cyan", "yellow", "magenta", "green")
UNMET_SHOWN_NM = 0.05  # below this an unmet moment would print as 0.0


def show(
    console: Console,
    results: Sequence[Result],
    *,
    title: str = "",
    phases: Sequence[tuple[str, int]] = (),
    traces: Iterable[Trace] = (),
    findings: Sequence[str] = (),
    tables: Sequence[Shown] = (),
    figures: Sequence[Figure] = (),
    sources: Sequence[str] = (),
) -> None:
    """Print results side by side, the phases, the tables of the question, and last what stands behind the numbers.

    More than WIDEST results do not fit side by side with bars: then only their compressions are told, and a
    question's own tables say the rest.
    """
    if title:
        console.print(Text(title, style="bold"))
        console.print()
    moving = any(result.frames > 1 for result in results)
    when = ", the largest over the movement" if moving else ""
    plain = "utf" not in (console.encoding or "").lower()
    if len(results) <= WIDEST:
        levels = level_table(results, ascii_only=plain)
        if not fits(console, levels):
            levels = level_table(results, ascii_only=plain, bar_width=SHORT_BAR)
        _print(console, f"Compression carried by disc and facets, N{when}", levels)
        second = [second_table(results)]
        if not holds(console, second[0]):
            second = [second_table(results, [quantity]) for quantity in SECOND]
        _print(console, f"Also at each level{when}", *second)
        muscles = [muscle_table(results)]
        if not holds(console, muscles[0]):
            muscles = [muscle_table(results, names=[name]) for name in labels(results)]
        _print(console, f"Muscles, both sides together{when}", *muscles)
    else:
        _print(console, f"Compression carried by disc and facets, N{when}", narrow_table(results))
    if phases:
        _print(console, "Through the movement", phase_table(results, phases, traces))
    if not tables:  # a question about causes tells them in tables of its own
        for name, result in zip(labels(results), results, strict=True):
            show_tables(console, "", cause_tables(result, name if len(results) > 1 else ""))
    show_tables(console, "", tables)
    for sentence in findings:
        console.print(Text(sentence))
    if figures:
        console.print(Text(f"--report out.html also draws: {'; '.join(f.title for f in figures)}."))
    for line in behind_the_numbers(results, sources):
        console.print(line)


def show_tables(console: Console, title: str, tables: Sequence[Shown]) -> None:
    """Print tables under a title, each with its note."""
    if title:
        console.print(Text(title, style="bold"))
        console.print()
    for table in tables:
        _print(console, table.title, *fitted(console, table))
        if table.note:
            console.print(Text(table.note, style="dim"))
            console.print()


def narrow_table(results: Sequence[Result]) -> Table:
    """Return the compression of each level, a line per result."""
    table = Table(box=None)
    table.add_column("", style="bold")
    for level in results[0].levels:
        table.add_column(level, justify="right", no_wrap=True)
    for name, result in zip(labels(results), results, strict=True):
        table.add_row(Text(name), *(_number(value) for value in largest(result, "compression_n")))
    return table


def level_table(results: Sequence[Result], *, ascii_only: bool = False, bar_width: int = 14) -> Table:
    """Return the compression of each level, one column of numbers and bars per result, and the change."""
    table = Table(box=None)
    table.add_column("level", style="bold", no_wrap=True)
    tops = [largest(result, "compression_n") for result in results]
    ceiling = max((float(np.nanmax(np.abs(top), initial=0.0)) for top in tops), default=0.0)
    for index, name in enumerate(labels(results)):
        table.add_column(name, justify="right", min_width=longest_word(name))
        table.add_column("", style=COLOURS[index % len(COLOURS)], no_wrap=True)
        if results[index].interval is not None:
            table.add_column("low to high", justify="right", no_wrap=True)
        if index:
            table.add_column("change", justify="right", no_wrap=True)
    for row, level in enumerate(results[0].levels):
        cells = [level]
        for index, top in enumerate(tops):
            cells += [_number(top[row]), bar(top[row], ceiling, bar_width, ascii_only=ascii_only)]
            if (between := results[index].interval) is not None:
                span = between["compression_n"]
                cells.append(f"{_number(span['low'][row].max())} to {_number(span['high'][row].max())}")
            if index:
                cells.append(percent_change(tops[0][row], top[row]))
        table.add_row(*cells)
    return table


def second_table(results: Sequence[Result], quantities: Sequence[tuple[str, str, int]] = SECOND) -> Table:
    """Return anterior shear, the disc's flexion moment and pressure of each level, per result."""
    table = Table(box=None)
    table.add_column("level", style="bold", no_wrap=True)
    columns = []
    for key, label, decimals in quantities:
        for index, result in enumerate(results):
            head = f"{label if index == 0 else ''}\n{labels(results)[index]}"
            table.add_column(head, justify="right", min_width=longest_word(head))
            columns.append((largest(result, key), decimals))
    for row, level in enumerate(results[0].levels):
        table.add_row(level, *(_number(values[row], decimals) for values, decimals in columns))
    return table


def muscle_table(results: Sequence[Result], *, names: Sequence[str] = ()) -> Table:
    """Return activation and force of the muscle groups, both sides summed, per result; of all, or of those named."""
    table = Table(box=None)
    table.add_column("group", style="bold", no_wrap=True)
    chosen = [(name, r) for name, r in zip(labels(results), results, strict=True) if not names or name in names]
    for name, _ in chosen:
        table.add_column(f"{name}\n% active", justify="right", min_width=longest_word(name))
        table.add_column("\nN", justify="right", no_wrap=True)
        table.add_column("\npassive", justify="right", no_wrap=True)
    for key, label in GROUPS:
        cells = []
        for _, result in chosen:
            try:
                group = result.group(key)
            except InputError:  # a small anatomy may lack the group
                break
            frame = int(np.argmax(np.where(steady_frames(result), group.force_n, -np.inf)))
            cells.append(_number(100 * group.activation[frame], 1))
            cells += [_number(group.force_n[frame]), _number(group.passive_n[frame])]
        else:
            table.add_row(label, *cells)
    return table


def phase_table(results: Sequence[Result], phases: Sequence[tuple[str, int]], traces: Iterable[Trace] = ()) -> Table:
    """Return the traces, then every level's compression, at each phase of a movement, a line per result."""
    table = Table(box=None)
    table.add_column("", style="bold")
    table.add_column("", no_wrap=True)
    for name, frame in phases:
        table.add_column(f"{name}\n{results[0].time_s[frame]:.2f} s", justify="right")
    for trace in traces:
        # What the persons share, the movement itself, is told once.
        same = len(trace.values) > 1 and all(np.array_equal(v, trace.values[0]) for v in trace.values[1:])
        if same:
            cells = [_number(trace.values[0][frame], trace.decimals) for _, frame in phases]
            table.add_row(f"{trace.label}, {trace.unit}", "both" if len(trace.values) == 2 else "all", *cells)
            continue
        for index, values in enumerate(trace.values):
            label = f"{trace.label}, {trace.unit}" if index == 0 else ""
            cells = [_number(values[frame], trace.decimals) for _, frame in phases]
            table.add_row(label, labels(results)[index], *cells, style=None if index == 0 else "dim")
    for row, level in enumerate(results[0].levels):
        for index, result in enumerate(results):
            values = at_phase(result, "compression_n", phases)[row]
            label = f"compression {level}, N" if index == 0 else ""
            cells = [_number(value) for value in values]
            table.add_row(label, labels(results)[index], *cells, style=None if index == 0 else "dim")
    return table


def behind_the_numbers(results: Sequence[Result], more_sources: Sequence[str] = ()) -> list[Text]:
    """Return the lines on frames that do not hold, unmet moments, assumptions and sources."""
    lines: list[Text] = []
    met: list[str] = []
    for name, result in zip(labels(results), results, strict=True):
        flagged = [status for status in result.status if status.startswith("flagged")]
        if flagged:
            reason = flagged[0].partition(":")[2].strip() or "no reason given"
            share = f"{len(flagged)} of {result.frames} frames flagged" if result.frames > 1 else "flagged"
            lines.append(Text(f"{name}: {share} ({reason}).", style="red"))
        joint, axis, size = result.largest_unmet()
        if size >= UNMET_SHOWN_NM:
            lines.append(Text(f"{name}: unmet {size:.1f} N m of {axis} at {joint}; no muscle could give it."))
        else:
            met.append(name)
    if len(met) > WIDEST:
        told = f"In all {len(met)}" if len(met) == len(results) else f"In the other {len(met)}"
        lines.append(Text(f"{told}: nothing unmet."))
    else:
        lines += [Text(f"{name}: nothing unmet.") for name in met]
    if any(result.interval is not None for result in results):
        span = next(result.interval for result in results if result.interval is not None)
        named = ", ".join(str(name).replace("_", " ") for name in span["from"])
        lines.append(Text(f"Low to high: least and greatest of 24 draws over the ranges of {named}."))
    lines += [Text(f"- {note}") for note in alike(note for result in results for note in result.notes)]
    keys = dict.fromkeys([*(key for result in results for key in result.sources), *more_sources])
    if keys:
        lines.append(Text("Sources: " + "; ".join(reference.short for reference in references(keys)) + "."))
    lines.append(Text("A calculation on a model, no medical advice.", style="dim"))
    return lines


def labels(results: Sequence[Result]) -> list[str]:
    """Return a short name for each result: its own, or its number."""
    return [result.name or (f"case {i}" if len(results) > 1 else "now") for i, result in enumerate(results, 1)]


def bar(value: float, ceiling: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a bar of at most `width` cells, whose length is value / ceiling, in eighths of a cell."""
    if not (np.isfinite(value) and ceiling > 0 and value > 0):
        return ""
    eighths = round(8 * width * min(value / ceiling, 1.0))
    if ascii_only:
        return "#" * round(eighths / 8)
    return "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")


def _print(console: Console, title: str, *tables: Table) -> None:
    console.print(Text(title, style="bold"))
    for table in tables:
        console.print(table)
        console.print()


def _number(value: float, decimals: int = 0) -> str:
    if not np.isfinite(value):
        return "-"
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text
