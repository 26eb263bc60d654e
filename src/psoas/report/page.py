"""The report: one offline HTML file with the answer, plots, muscles, contacts, a 3-D view, doubts and sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import FileError, InputError, TableError
from psoas.report import charts, words
from psoas.report.by_cause import plain
from psoas.report.measures import alike, largest
from psoas.report.player import FAMILIES, MOST_TAKES, player_data
from psoas.report.scenario_text import scenario_text
from psoas.report.spine_figure import spine_figure
from psoas.report.terminal import labels
from psoas.result import Result
from psoas.saved import Answer, answer_of
from psoas.scene import Scene
from psoas.sources.cite import Reference, references
from psoas.tables import Table

LARGEST_BYTES = 1_500_000
NUMBER_CELL = re.compile(r"-|[+-]?\d+(?:\.\d+)?(?: %)?(?: to [+-]?\d+(?:\.\d+)?(?: %)?)?")  # a cell of numbers alone
NEGATIVE = re.compile(r"(?:^|(?<=[\s(\[\u201c=:/]))-(?=\.?\d)")  # the sign of a number, not the hyphen of a range
VERBATIM = re.compile(r"(<(style|script|pre)\b.*?</\2>)", re.DOTALL)  # what no reader reads, or copies as it stands
SPOKEN = re.compile(r'(?<=aria-label=")[^"]*')
TAG = re.compile(r"(<[^>]*>)")
SIDED = re.compile(r"[a-z][a-z0-9_]*_[rl](?=$|,)")  # a name such as foot_r, by itself or before a comma


def report_file(path: str | Path) -> Path:
    """Return the file a report is written to; raises InputError where its name does not end in .html."""
    file = Path(path)
    if file.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"'{path}' does not end in .html, as a report does.")
    return file


def write_report(path: str | Path, found: Any, *, title: str = "", scenes: Sequence[Scene | None] = ()) -> Path:
    """Write the report of a Result, results, a study or a saved Answer to an .html file and return its path.

    title: replaces the answer's own. scenes: one per result for the 3-D view, where the results carry none. Raises
    InputError for another suffix, FileError where it cannot be written.
    """
    file = report_file(path)
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
        "overview": charts.overview(results),
        "sections": charts.load_sections(results, answer.phases),
        "muscles": words.muscle_table(results),
        "muscle_section": charts.muscle_section(results, answer.phases),
        "causes": charts.cause_parts(first, names[0]),
        "contacts": words.contact_table(results),
        "contact_section": charts.contact_section(first, answer.phases),
        "phases": words.phase_table(results, answer.phases, answer.traces) if answer.phases else None,
        "phase_names": charts.letters(results, answer.phases),
        "traces": charts.trace_section(results, answer),
        "views": [Markup(spine_figure(view, f"spine{i}")) for i, view in enumerate(answer.views)],
        "tables": answer.tables,
        "figures": [charts.figure_section(f) for f in answer.figures],
        "unmet": words.unmet_table(results),
        "residual": words.residual_sentence(results),
        "notes": alike(note for r in results for note in r.notes),
        "inputs": _varied(results),
        "cited": [c.text if isinstance(c, Reference) else c for c in cited],
        "bibtex": "\n\n".join(c.bibtex for c in cited if isinstance(c, Reference)),
        "scenarios": [(name, scenario_text(r.case)) for name, r in zip(names, results, strict=True)],
        "version": first.version,
        "model_hash": first.model_hash,
        "left_out": first.frames > 1 and bool(charts.left_out(first)),
        "moving": any(r.frames > 1 for r in results),
        "player": Markup(data.replace("<", "\\u003c")) if data else "",
        "player_names": [names[i] for i in held],
        "player_first": _shown_first(results, held),
        "player_frames": max((len(s.frames) for s in answer.scenes if s is not None), default=1),
        "player_top": _top_force(answer),
        "player_left_out": len([s for s in answer.scenes if s is not None]) - len(held),
        "families": [name for name, _ in FAMILIES],
        "style": Markup(folder.joinpath("report.css").read_text(encoding="utf-8")),
        "script": Markup(folder.joinpath("player.js").read_text(encoding="utf-8")) if data else "",
    }
    return true_minus(environment.get_template("report.html.j2").render(**context))


def _title(results: Sequence[Result]) -> str:
    return results[0].name.capitalize() if len(results) == 1 and results[0].name else "What each lumbar joint carries"


def true_minus(page: str) -> str:
    """Return a page of HTML whose negative numbers all have a minus sign, in text and in what is read aloud.

    What stands in style, script and pre stays, for it is read by programs.
    """
    parts = VERBATIM.split(page)
    # The pattern has two groups: text, whole element, its name, text, ...
    texts = (_signed(text) for text in parts[::3])
    kept = (*parts[1::3], "")
    return "".join(text + element for text, element in zip(texts, kept, strict=True))


def _signed(text: str) -> str:
    pieces = TAG.split(text)
    pieces[::2] = [NEGATIVE.sub("\N{MINUS SIGN}", piece) for piece in pieces[::2]]
    pieces[1::2] = [SPOKEN.sub(lambda m: NEGATIVE.sub("\N{MINUS SIGN}", m[0]), tag) for tag in pieces[1::2]]
    return "".join(pieces)


def _shown(table: Table) -> list[list[tuple[str, bool]]]:
    """Return cells as (text, whether a number), names of the model with a side in words."""
    return [[_cell(text) for text in row] for row in table.shown()]


def _cell(text: str) -> tuple[str, bool]:
    if NUMBER_CELL.fullmatch(text):
        return text, True
    return (plain(text) if SIDED.match(text) else text), False


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


def _shown_first(results: Sequence[Result], held: Sequence[int]) -> int:
    """Return which of those held in the 3-D view is seen first: of many the one that the answer names."""
    if len(held) <= 2:
        return 0
    row = words.most_loaded(results)
    return int(np.nanargmax([abs(largest(results[i], "compression_n")[row]) for i in held]))


def _top_force(answer: Answer) -> list[str]:
    """Return the labels of the colour ramp: the forces at even places of a square root scale."""
    top = max((float(np.nanmax(r.muscles.force_n, initial=1.0)) for r in answer.results), default=1.0)
    return [f"{top * share**2:.0f}" for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
