"""The report's blocks of charts: loads of every level, muscles, causes, contacts, what a study traces."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from psoas.errors import InputError
from psoas.limits.tolerance import tolerances
from psoas.report import by_cause, plots, words
from psoas.report.bars import bar_chart, bar_legend
from psoas.report.measures import largest
from psoas.report.terminal import GROUPS, labels
from psoas.result import Result
from psoas.saved import Answer
from psoas.tables import Curve, Figure, Trace

MOST_DRAWN = plots.STYLES  # results in one plot: as many as there are line styles
LIMIT_SEEN = 0.5  # a limit is drawn where the loads reach this share of it; else it would flatten every curve
QUANTITIES = (
    ("compression_n", "Compression", "compression, N", 0),
    ("anterior_shear_n", "Forward shear", "forward shear, N", 0),
    ("flexion_moment_nm", "Flexion moment of the disc", "disc moment, N m", 1),
    ("pressure_mpa", "Disc pressure", "pressure, MPa", 2),
)


@dataclass(frozen=True)
class Section:
    """One block of charts for the template: SVG texts, a legend, and a sentence under them."""

    title: str
    charts: tuple[str, ...]
    legend: str = ""
    note: str = ""
    folded: bool = False


def _limits(results: Sequence[Result], key: str) -> list[tuple[str, float, str]]:
    """Return label, value and note of the published limits of a load for the first result's person."""
    subject = results[0].case.get("subject", {})
    try:
        pressed, sheared = tolerances(str(subject.get("sex", "male")), float(subject.get("age_years", 45.0)))
    except (InputError, TypeError, ValueError, AttributeError):
        return []
    limit = {"compression_n": pressed, "anterior_shear_n": sheared}.get(key)
    if limit is None:
        return []
    status = limit.read_status.lower()
    note = f"{limit.name}: {limit.value_n:.0f} N ({limit.note}; {status}), for groups of people at work."
    return [(f"limit {limit.value_n:.0f}", limit.value_n, note)]


def _lines(results: Sequence[Result], key: str) -> tuple[list[tuple[str, float]], str]:
    """Return the limits that a plot of a load shows, and the sentence about those and the others."""
    reached = max(float(np.nanmax(np.abs(largest(r, key)), initial=0.0)) for r in results)
    limits = _limits(results, key)
    lines = [(text, value) for text, value, _ in limits if reached >= LIMIT_SEEN * value]
    told = [told if reached >= LIMIT_SEEN * value else f"Above the plot: {told}" for _, value, told in limits]
    return lines, " ".join(told)


def letters(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return the letter under which each phase stands in the charts, with its name and time."""
    return [
        (chr(ord("a") + i), f"{name}, {results[0].time_s[frame]:.2f} s") for i, (name, frame) in enumerate(phases[:26])
    ]


def _frame(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> plots.Frame:
    first = results[0]
    marked = tuple((chr(ord("a") + i), float(first.time_s[frame])) for i, (_, frame) in enumerate(phases[:26]))
    return plots.Frame(marked, left_out(first), timed=True)


def left_out(result: Result) -> tuple[tuple[float, float], ...]:
    """Return the stretches of time that do not count: flagged, or at an edge of a recording."""
    bad = np.array([s != "ok" for s in result.status])
    if not bad.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bad.astype(int), [0]])))
    time = result.time_s
    return tuple((float(time[a]), float(time[min(b, len(time)) - 1])) for a, b in edges.reshape(-1, 2))


def load_sections(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> list[Section]:
    """Return a section for each load: bars of a posture, six curves of a movement."""
    drawn = results[:MOST_DRAWN]
    return [_load_section(drawn, phases, *q) for q in QUANTITIES]


def _load_section(
    results: Sequence[Result], phases: Sequence[tuple[str, int]], key: str, title: str, label: str, decimals: int
) -> Section:
    names = labels(results)
    moving = any(r.frames > 1 for r in results)
    tops = [largest(r, key) for r in results]
    reached = max(float(np.nanmax(np.abs(top), initial=0.0)) for top in tops)
    limits = _limits(results, key)
    lines = [(text, value) for text, value, _ in limits if reached >= LIMIT_SEEN * value]
    note = " ".join(told if reached >= LIMIT_SEEN * value else f"Above the plot: {told}" for _, value, told in limits)
    if not moving:
        return _bars(results, key, title, label, decimals, lines, note)
    charts = []
    for row, level in enumerate(results[0].levels):
        curves = []
        for name, r in zip(names, results, strict=True):
            pair = None if r.interval is None or key not in r.interval else r.interval[key]
            low, high = (None, None) if pair is None else (np.asarray(pair[e])[row] for e in ("low", "high"))
            curves.append(Curve(name, r.time_s, np.asarray(r.loads[key])[row], low, high))
        figure = Figure(level, "time, s", label, tuple(curves), tuple(lines))
        charts.append(_titled(level, plots.curve_chart(figure, width=340, height=210, frame=_frame(results, phases))))
    return Section(title, tuple(charts), plots.legend(names), note, folded=key != "compression_n")


def overview(results: Sequence[Result]) -> Section:
    """Return the bars beside the answer: every level, or of many results the most loaded level of each."""
    when = ", largest over the movement" if any(r.frames > 1 for r in results) else ""
    lines, _ = _lines(results, "compression_n")
    if len(results) <= words.SIDE_BY_SIDE:
        return _bars(results, "compression_n", f"Compression, N{when}", "compression, N", 0, lines, "")
    row = words.most_loaded(results)
    title = f"Compression of {results[0].levels[row]}, N{when}"
    values = np.array([largest(r, "compression_n")[row] for r in results])
    chart = bar_chart(title, labels(results), [("compression", values)], unit="N", limits=lines)
    return Section(title, (_titled(title, chart),))


def _bars(
    results: Sequence[Result],
    key: str,
    title: str,
    label: str,
    decimals: int,
    lines: Sequence[tuple[str, float]],
    note: str,
) -> Section:
    names = labels(results)
    chart = bar_chart(
        title,
        results[0].levels,
        [(name, largest(r, key)) for name, r in zip(names, results, strict=True)],
        unit=label.split(", ")[1],
        decimals=decimals,
        intervals=[_between(r, key) for r in results],
        limits=lines,
    )
    return Section(title, (chart,), bar_legend(names), note, folded=True)


def _titled(title: str, chart: str) -> str:
    return f'<figure class="panel"><figcaption>{html.escape(title)}</figcaption>{chart}</figure>'


def _between(result: Result, key: str) -> tuple[np.ndarray, np.ndarray] | None:
    if result.interval is None or key not in result.interval or result.frames > 1:
        return None
    return np.asarray(result.interval[key]["low"])[:, 0], np.asarray(result.interval[key]["high"])[:, 0]


def muscle_section(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> Section:
    """Return the force of each group, both sides: bars of a posture, curves of a movement."""
    drawn = results[:MOST_DRAWN]
    names = labels(drawn)
    sums = {}
    for key, label in GROUPS:
        try:
            sums[label] = [r.group(key) for r in drawn]
        except InputError:
            continue
    if all(r.frames == 1 for r in drawn):
        series = [(name, np.array([s[i].force_n[0] for s in sums.values()])) for i, name in enumerate(names)]
        chart = bar_chart("Force by group, both sides", list(sums), series, unit="N")
        return Section("", (chart,), bar_legend(names))
    charts = []
    for label, groups in sums.items():
        curves = tuple(Curve(n, r.time_s, g.force_n) for n, r, g in zip(names, drawn, groups, strict=True))
        figure = Figure(label, "time, s", "force, N", curves)
        charts.append(_titled(label, plots.curve_chart(figure, width=340, height=190, frame=_frame(drawn, phases))))
    return Section("", tuple(charts), plots.legend(names))


def contact_section(result: Result, phases: Sequence[tuple[str, int]]) -> Section | None:
    """Return the upward force of each contact over a movement, None for a posture."""
    if result.frames == 1 or not result.contacts.names:
        return None
    named = list(zip(result.contacts.names, np.asarray(result.contacts.force_n), strict=True))[:MOST_DRAWN]
    names = [by_cause.plain(name) for name, _ in named]
    curves = tuple(Curve(name, result.time_s, f[:, 1]) for name, (_, f) in zip(names, named, strict=True))
    figure = Figure("Upward force of each contact", "time, s", "force, N", curves)
    chart = plots.curve_chart(figure, frame=_frame([result], phases))
    return Section("", (_titled(figure.title, chart),), plots.legend(names))


def cause_parts(result: Result, name: str) -> dict[str, Any] | None:
    """Return chart and tables of who loads what, None where the result was not asked for causes."""
    if not result.causes:
        return None
    row, frame, parts = by_cause.cause_rows(result, "compression_n")
    level = result.levels[row]
    values = np.array([v[row] for _, v in parts])
    order = np.argsort(-values)
    when = f" at {result.time_s[frame]:.2f} s" if result.frames > 1 else ""
    told = f"Compression of {level}{when} by cause"
    chart = bar_chart(told, [parts[i][0] for i in order], [(name, values[order])], unit="N", width=560)
    return {"chart": _titled(told, chart), "tables": by_cause.cause_tables(result), "name": name}


def trace_section(results: Sequence[Result], answer: Answer) -> Section | None:
    """Return what a study traces over its movement, None where it traces nothing."""
    if not answer.traces or results[0].frames == 1:
        return None
    drawn = results[:MOST_DRAWN]
    names, charts = labels(drawn), []
    traces: Sequence[Trace] = answer.traces
    for trace in traces:
        same = all(np.array_equal(v, trace.values[0]) for v in trace.values[1:])
        shown = list(zip(names, drawn, trace.values, strict=False))[: 1 if same else None]
        curves = tuple(Curve("all" if same else n, r.time_s, np.asarray(v, float)) for n, r, v in shown)
        figure = Figure(trace.label, "time, s", trace.unit, curves)
        drawing = plots.curve_chart(figure, width=340, height=190, frame=_frame(drawn, answer.phases))
        charts.append(_titled(f"{trace.label}, {trace.unit}", drawing))
    return Section("", tuple(charts), plots.legend(names))


def figure_section(figure: Figure) -> Section:
    """Return a study's own figure."""
    chart = plots.curve_chart(figure, width=560, height=320)
    return Section(figure.title, (chart,), plots.legend([c.label for c in figure.curves]))
