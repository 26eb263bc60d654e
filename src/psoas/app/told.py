"""What the app says in words and tables: HTML made from results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from psoas.app.shapes import colours
from psoas.errors import InputError
from psoas.report.by_cause import plain
from psoas.report.measures import percent_change
from psoas.report.terminal import GROUPS
from psoas.report.words import doubts
from psoas.result import Result

MINUS = "\N{MINUS SIGN}"
STYLE = (
    "font-size:0.85em;line-height:1.5;padding:0 0.75em 0.5em;font-variant-numeric:tabular-nums;",
    "width:100%;border-collapse:collapse;",
    "text-align:right;padding:1px 0 1px 0.6em;white-space:nowrap;",
)


@dataclass(frozen=True, eq=False)
class Pair:
    """One moment to compare: results, each with the frame that is meant; `normal` is None where none belongs to it."""

    now: Result
    frame: int
    normal: Result | None = None
    normal_frame: int = 0


def level_table(pair: Pair, load: str, title: str, decimals: int) -> str:
    """Return the table of one load at every level: now, normal, and the change in per cent."""
    now = np.asarray(pair.now.loads[load])[:, pair.frame]
    before = None if pair.normal is None else np.asarray(pair.normal.loads[load])[:, pair.normal_frame]
    rows = [
        (level, float(now[i]), None if before is None else float(before[i])) for i, level in enumerate(pair.now.levels)
    ]
    return _table(title, rows, decimals)


def muscle_table(pair: Pair) -> str:
    """Return the table of the force [N] of the main groups, right and left together."""
    rows = []
    for group, label in GROUPS:
        try:
            now = float(pair.now.group(group).force_n[pair.frame])
            before = None if pair.normal is None else float(pair.normal.group(group).force_n[pair.normal_frame])
        except InputError:  # a saved answer of a body that has no such muscle
            continue
        rows.append((label, now, before))
    return _table("Muscle force, right and left, N", rows, 0)


def headline(pair: Pair, load: str, title: str, decimals: int) -> str:
    """Return the most loaded level of this moment in a sentence, set large."""
    values = np.asarray(pair.now.loads[load])[:, pair.frame]
    row = int(np.nanargmax(np.abs(values)))
    name, _, unit = title.rpartition(", ")
    said = f"{_number(float(values[row]), decimals)} {unit}"
    change = ""
    if pair.normal is not None:
        before = float(np.asarray(pair.normal.loads[load])[row, pair.normal_frame])
        change = f"normal {_number(before, decimals)} {unit}, {_signed(percent_change(before, float(values[row])))}"
    return (
        f'<div style="{STYLE[0]}" role="status">'
        f"<div>{escape(_capital(name))} at {escape(pair.now.levels[row])}</div>"
        f'<div style="font-size:1.9em;line-height:1.2" data-psoas="headline">{said}</div>'
        f"<div>{change}&nbsp;</div></div>"
    )


def state(time_s: float | None, status: str, pending: str, notes: Sequence[str]) -> str:
    """Return where in time we are (None: there is one moment), what is doubtful about it, what is going on, remarks."""
    words = {"ok": "", "edge": "an end of the recording: read with care"}.get(status, plain(status))
    when = "" if time_s is None else f"{time_s:.2f} s"
    lines = [", ".join(part for part in (when, words) if part), pending, *notes]
    shown = "".join(f"<div>{escape(line)}</div>" for line in lines if line)
    return f'<div style="{STYLE[0]}" data-psoas="state">{shown}</div>'


def doubts_of(result: Result | None) -> list[str]:
    """Return what is doubtful about the whole movement, and when: "flagged: 0.40 to 0.55 s"."""
    if result is None:
        return []
    flagged = np.array([status.startswith("flagged") for status in result.status])
    return [
        *doubts([result]),
        *(["Flagged: " + ", ".join(_spans(result.time_s, flagged)) + "."] if flagged.any() else []),
    ]


def legend(top_n: float) -> str:
    """Return the ramp of colours with the forces [N] at its ends and middle."""
    shades = ["#" + "".join(f"{round(255 * v):02x}" for v in colour) for colour in colours()]
    cells = "".join(f'<div style="flex:1;height:0.8em;background:{shade}"></div>' for shade in shades)
    ends = "".join(f"<span>{top_n * share**2:.0f}{' N' if share == 1 else ''}</span>" for share in (0.0, 0.5, 1.0))
    return (
        f'<div style="{STYLE[0]}"><div>Force of one line of muscle</div><div style="display:flex">{cells}</div>'
        f'<div style="display:flex;justify-content:space-between">{ends}</div></div>'
    )


def problem(sentence: str) -> str:
    """Return a sentence that something could not be computed, "" for none."""
    if not sentence:
        return ""
    return (
        f'<div style="{STYLE[0]}"><div role="alert" data-psoas="problem" style="border-left:3px solid #b98a1d;'
        f'padding-left:0.6em">{escape(sentence)}</div></div>'
    )


def _table(title: str, rows: Sequence[tuple[str, float, float | None]], decimals: int) -> str:
    compared = any(before is not None for _, _, before in rows)
    heads = ["now", *(["normal", "change"] if compared else [])]
    head = "".join(f'<th scope="col" style="{STYLE[2]}font-weight:500;opacity:0.75">{text}</th>' for text in heads)
    body = []
    for name, now, before in rows:
        cells = [f'<td style="{STYLE[2]}font-weight:600" data-psoas="{escape(name)}">{_number(now, decimals)}</td>']
        if before is not None:
            cells.append(f'<td style="{STYLE[2]}">{_number(before, decimals)}</td>')
            cells.append(f'<td style="{STYLE[2]}">{_signed(percent_change(before, now))}</td>')
        body.append(
            f'<tr><th scope="row" style="text-align:left;font-weight:400">{escape(name)}</th>{"".join(cells)}</tr>'
        )
    return (
        f'<div style="{STYLE[0]}"><table style="{STYLE[1]}"><thead><tr>'
        f'<th scope="col" style="text-align:left;font-weight:600">{escape(title)}</th>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _number(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "-"
    text = f"{value:.{decimals}f}"
    return f"{MINUS}{text[1:]}" if text.startswith("-") and float(text) else text.removeprefix("-")


def _signed(text: str) -> str:
    return f"{MINUS}{text[1:]}" if text.startswith("-") and len(text) > 1 else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spans(time_s: np.ndarray, chosen: np.ndarray) -> list[str]:
    """Return the stretches of time in which frames are chosen, at most five of them in words."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(int)))
    pairs = [(float(time_s[a]), float(time_s[b - 1])) for a, b in edges.reshape(-1, 2)]
    told = [f"{a:.2f} s" if a == b else f"{a:.2f} to {b:.2f} s" for a, b in pairs]
    return told if len(told) <= 5 else [*told[:5], f"{len(told) - 5} more stretches"]
