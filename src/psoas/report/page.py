"""The report: one offline HTML file with the answer, plots, muscles, contacts, a 3-D view, doubts and sources."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import FileError, InputError, TableError
from psoas.limits.tolerance import tolerances
from psoas.report import plots, words
from psoas.report.measures import largest
from psoas.report.player import FAMILIES, MOST_TAKES, player_data
from psoas.report.scenario_text import scenario_text
from psoas.report.terminal import GROUPS, TraceLike, labels
from psoas.result import Result
from psoas.saved import Answer, answer_of
from psoas.scene import Scene
from psoas.sources.cite import Reference, references
from psoas.tables import Curve, Figure, Table

LARGEST_BYTES = 1_500_000
MOST_DRAWN = plots.STYLES  # results in one plot: as many as there are line styles
LIMIT_SEEN = 0.5  # a limit is drawn where the loads reach this share of it; else it would flatten every curve
QUANTITIES = (
    ("compression_n", "Compression", "compression, N", 0),
    ("anterior_shear_n", "Forward shear", "forward shear, N", 0),
    ("flexion_moment_nm", "Flexion moment of the disc", "disc moment, N m", 1),
    ("pressure_mpa", "Disc pressure", "pressure, MPa", 2),
)
SIDED = re.compile(r"[a-z][a-z0-9_]*_[rl]")  # a name such as foot_r


@dataclass(frozen=True)
class Section:
    """One block of charts for the template: SVG texts, a legend, and a sentence under them."""

    title: str
    charts: tuple[str, ...]
    legend: str = ""
    note: str = ""
    folded: bool = False


def write_report(path: str | Path, found: Any, *, title: str = "", scenes: Sequence[Scene | None] = ()) -> Path:
    """Write the report of a Result, results, a study or a saved Answer to an .html file and return its path.

    title: replaces the answer's own. scenes: one per result for the 3-D view, where the results carry none. Raises
    InputError for another suffix, FileError where it cannot be written.
    """
    file = Path(path)
    if file.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"'{path}' does not end in .html, as a report does.")
    text = report(found, title=title, scenes=scenes)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"'{path}' cannot be written: {error.strerror}. Choose another place.") from error
    return file


def report(found: Any, *, title: str = "", scenes: Sequence[Scene | None] = ()) -> str:
    """Return the report as HTML of at most LARGEST_BYTES; the same answer gives the same text.

    Where it would be larger, the 3-D view holds fewer results, and says so.
    """
    answer = answer_of(found, scenes)
    takes = min(len(answer.results), MOST_TAKES)
    while True:
        text = _rendered(answer, title or answer.title or _title(answer.results), takes)
        if len(text.encode()) <= LARGEST_BYTES or takes == 0:
            return text
        takes = takes // 2 if takes > 1 else 0


def _rendered(answer: Answer, title: str, takes: int) -> str:
    # Jinja takes longer to load than most commands to run.
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("psoas.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["numeric"] = lambda table, i: i > 0 and all(row[i][1] for row in _shown(table))
    results = answer.results
    names = labels(results)
    data = player_data(results[:takes], answer.scenes[:takes], names[:takes])
    folder = resources.files("psoas.report").joinpath("templates")
    first = results[0]
    keys = list(dict.fromkeys([*answer.sources, *(key for r in results for key in r.sources)]))
    cited = _references(keys)
    held = [i for i, s in enumerate(answer.scenes[:takes]) if s is not None]
    context = {
        "title": title,
        "sentence": words.answer_sentence(results),
        "doubts": words.doubts(results),
        "findings": answer.findings,
        "answer_table": words.level_table(results),
        "second": words.second_table(results),
        "overview": _overview(results),
        "sections": _load_sections(results, answer.phases),
        "muscles": words.muscle_table(results),
        "muscle_section": _muscle_section(results, answer.phases),
        "causes": _cause_parts(first, names[0]),
        "contacts": words.contact_table(results),
        "contact_section": _contact_section(first, answer.phases),
        "phases": words.phase_table(results, answer.phases, answer.traces) if answer.phases else None,
        "phase_names": _letters(results, answer.phases),
        "traces": _trace_section(results, answer),
        "tables": answer.tables,
        "figures": [_figure_section(f) for f in answer.figures],
        "unmet": words.unmet_table(results),
        "residual": words.residual_sentence(results),
        "notes": list(dict.fromkeys(note for r in results for note in r.notes)),
        "inputs": _varied(results),
        "cited": [c.text if isinstance(c, Reference) else c for c in cited],
        "bibtex": "\n\n".join(c.bibtex for c in cited if isinstance(c, Reference)),
        "scenarios": [(name, scenario_text(r.case)) for name, r in zip(names, results, strict=True)],
        "version": first.version,
        "model_hash": first.model_hash,
        "left_out": first.frames > 1 and bool(_spans(first)),
        "moving": any(r.frames > 1 for r in results),
        "player": Markup(data.replace("<", "\\u003c")) if data else "",
        "player_names": [names[i] for i in held],
        "player_frames": max((len(s.frames) for s in answer.scenes if s is not None), default=1),
        "player_top": _top_force(answer),
        "player_left_out": len([s for s in answer.scenes if s is not None]) - len(held),
        "families": [name for name, _ in FAMILIES],
        "style": Markup(folder.joinpath("report.css").read_text(encoding="utf-8")),
        "script": Markup(folder.joinpath("player.js").read_text(encoding="utf-8")) if data else "",
    }
    return environment.get_template("report.html.j2").render(**context)


def _title(results: Sequence[Result]) -> str:
    return results[0].name.capitalize() if len(results) == 1 and results[0].name else "What each lumbar joint carries"


def _shown(table: Table) -> list[list[tuple[str, bool]]]:
    """Return cells as (text, whether a number): a true minus, and names of the model with a side in words."""
    return [[_cell(text) for text in row] for row in table.shown()]


def _cell(text: str) -> tuple[str, bool]:
    if _is_number(text):
        return (f"\N{MINUS SIGN}{text[1:]}" if text[0] == "-" and len(text) > 1 else text), True
    return (words.plain(text) if SIDED.fullmatch(text) else text), False


def _is_number(text: str) -> bool:
    return text == "-" or text.lstrip("+-").replace(" %", "").replace(" to ", "").replace(".", "").isdigit()


def _references(keys: Sequence[str]) -> list[Reference | str]:
    found: list[Reference | str] = []
    for key in keys:
        try:
            found += references([key])
        except TableError:  # a result saved by another version may rest on a source that this one does not list
            found.append(key)
    return found


def _varied(results: Sequence[Result]) -> list[str]:
    told = next((r.interval for r in results if r.interval is not None), None)
    return [] if told is None else [str(name).replace("_", " ") for name in told["from"]]


def _top_force(answer: Answer) -> list[str]:
    """Return the labels of the colour ramp: the forces at even places of a square root scale."""
    top = max((float(np.nanmax(r.muscles.force_n, initial=1.0)) for r in answer.results), default=1.0)
    return [f"{top * share**2:.0f}" for share in (0.0, 0.25, 0.5, 0.75, 1.0)]


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


def _letters(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    return [
        (chr(ord("a") + i), f"{name}, {results[0].time_s[frame]:.2f} s") for i, (name, frame) in enumerate(phases[:26])
    ]


def _frame(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> plots.Frame:
    first = results[0]
    marked = tuple((chr(ord("a") + i), float(first.time_s[frame])) for i, (_, frame) in enumerate(phases[:26]))
    return plots.Frame(marked, _spans(first), timed=True)


def _spans(result: Result) -> tuple[tuple[float, float], ...]:
    """Return the stretches of time that do not count: flagged, or at an edge of a recording."""
    bad = np.array([s != "ok" for s in result.status])
    if not bad.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bad.astype(int), [0]])))
    time = result.time_s
    return tuple((float(time[a]), float(time[min(b, len(time)) - 1])) for a, b in edges.reshape(-1, 2))


def _load_sections(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> list[Section]:
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


def _overview(results: Sequence[Result]) -> Section:
    """Return the bars beside the answer: the largest compression of each level."""
    when = ", largest over the movement" if any(r.frames > 1 for r in results) else ""
    return _bars(results[:MOST_DRAWN], "compression_n", f"Compression, N{when}", "compression, N", 0, (), "")


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
    chart = plots.bar_chart(
        title,
        results[0].levels,
        [(name, largest(r, key)) for name, r in zip(names, results, strict=True)],
        unit=label.split(", ")[1],
        decimals=decimals,
        intervals=[_between(r, key) for r in results],
        limits=lines,
    )
    return Section(title, (chart,), plots.bar_legend(names), note, folded=True)


def _titled(title: str, chart: str) -> str:
    return f'<figure class="panel"><figcaption>{html.escape(title)}</figcaption>{chart}</figure>'


def _between(result: Result, key: str) -> tuple[np.ndarray, np.ndarray] | None:
    if result.interval is None or key not in result.interval or result.frames > 1:
        return None
    return np.asarray(result.interval[key]["low"])[:, 0], np.asarray(result.interval[key]["high"])[:, 0]


def _muscle_section(results: Sequence[Result], phases: Sequence[tuple[str, int]]) -> Section:
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
        chart = plots.bar_chart("Force by group, both sides", list(sums), series, unit="N")
        return Section("", (chart,), plots.bar_legend(names))
    charts = []
    for label, groups in sums.items():
        curves = tuple(Curve(n, r.time_s, g.force_n) for n, r, g in zip(names, drawn, groups, strict=True))
        figure = Figure(label, "time, s", "force, N", curves)
        charts.append(_titled(label, plots.curve_chart(figure, width=340, height=190, frame=_frame(drawn, phases))))
    return Section("", tuple(charts), plots.legend(names))


def _contact_section(result: Result, phases: Sequence[tuple[str, int]]) -> Section | None:
    if result.frames == 1 or not result.contacts.names:
        return None
    named = list(zip(result.contacts.names, np.asarray(result.contacts.force_n), strict=True))[:MOST_DRAWN]
    names = [words.plain(name) for name, _ in named]
    curves = tuple(Curve(name, result.time_s, f[:, 1]) for name, (_, f) in zip(names, named, strict=True))
    figure = Figure("Upward force of each contact", "time, s", "force, N", curves)
    chart = plots.curve_chart(figure, frame=_frame([result], phases))
    return Section("", (_titled(figure.title, chart),), plots.legend(names))


def _cause_parts(result: Result, name: str) -> dict[str, Any] | None:
    if not result.causes:
        return None
    row = int(np.nanargmax(np.abs(largest(result, "compression_n"))))
    level = result.levels[row]
    frame, parts = words.cause_rows(result, "compression_n")
    values = np.array([v[row] for _, v in parts])
    order = np.argsort(-values)
    when = f" at {result.time_s[frame]:.2f} s" if result.frames > 1 else ""
    told = f"Compression of {level}{when} by cause"
    chart = plots.bar_chart(told, [parts[i][0] for i in order], [(name, values[order])], unit="N", width=560)
    tables = [words.cause_table(result, "compression_n", "Compression, N, by cause")]
    if "anterior_shear_n" in result.causes:
        tables.append(words.cause_table(result, "anterior_shear_n", "Forward shear, N, by cause"))
    return {"chart": _titled(told, chart), "tables": tables, "name": name}


def _trace_section(results: Sequence[Result], answer: Answer) -> Section | None:
    if not answer.traces or results[0].frames == 1:
        return None
    drawn = results[:MOST_DRAWN]
    names, charts = labels(drawn), []
    traces: Sequence[TraceLike] = answer.traces
    for trace in traces:
        same = all(np.array_equal(v, trace.values[0]) for v in trace.values[1:])
        shown = list(zip(names, drawn, trace.values, strict=False))[: 1 if same else None]
        curves = tuple(Curve("all" if same else n, r.time_s, np.asarray(v, float)) for n, r, v in shown)
        figure = Figure(trace.label, "time, s", trace.unit, curves)
        drawing = plots.curve_chart(figure, width=340, height=190, frame=_frame(drawn, answer.phases))
        charts.append(_titled(f"{trace.label}, {trace.unit}", drawing))
    return Section("", tuple(charts), plots.legend(names))


def _figure_section(figure: Figure) -> Section:
    chart = plots.curve_chart(figure, width=560, height=320)
    return Section(figure.title, (chart,), plots.legend([c.label for c in figure.curves]))
