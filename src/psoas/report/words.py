"""What a report says of its results: the answer in a sentence; levels, muscles, contacts and moments in tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from psoas.errors import InputError
from psoas.report.by_cause import plain
from psoas.report.measures import at_phase, largest, peak_frame, percent_change, steady_frames
from psoas.report.terminal import GROUPS, UNMET_SHOWN_NM, labels
from psoas.result import MOMENTS, Result
from psoas.tables import Cell, Table, Trace

GRAVITY = 9.81  # m/s2
SIDE_BY_SIDE = 3  # results beside each other in columns; more become rows


def answer_sentence(results: Sequence[Result]) -> str:
    """Return what the results say, in one or two sentences: the most loaded level, and what changes."""
    if len(results) > 2:
        return _among_many(results)
    first, names = results[0], labels(results)
    tops = [largest(r, "compression_n") for r in results]
    row = int(np.nanargmax(np.abs(tops[0])))
    level, value = first.levels[row], float(tops[0][row])
    when = f" at {first.time_s[peak_frame(first, row)]:.2f} s" if first.frames > 1 else ""
    who = f"{_capital(names[0])}: " if first.name and len(results) > 1 else ""
    sentence = f"{who}{level} carries the most of the six levels, {value:.0f} N of compression{when}"
    weight = _weight(first)
    if weight:
        sentence += f", {value / weight:.1f} times body weight"
    if first.interval is not None:
        span = first.interval["compression_n"]
        frame = peak_frame(first, row)
        low, high = float(span["low"][row][frame]), float(span["high"][row][frame])
        sentence += f" (between {low:.0f} and {high:.0f} N over the published ranges of the inputs)"
    if len(results) == 2:
        other = float(tops[1][row])
        sentence += f". With {names[1]} it is {other:.0f} N there ({percent_change(value, other)})"
    return sentence + "."


def _among_many(results: Sequence[Result]) -> str:
    names = labels(results)
    tops = np.array([largest(r, "compression_n") for r in results])
    row = most_loaded(results)
    at = tops[:, row]
    most, least = int(np.nanargmax(np.abs(at))), int(np.nanargmin(np.abs(at)))
    weight = _weight(results[most])
    times = f", {at[most] / weight:.1f} times body weight" if weight else ""
    first = f"; \u201c{names[0]}\u201d has {at[0]:.0f} N" if least and most else ""
    return (
        f"Of the {len(results)} compared, {results[0].levels[row]} carries most with \u201c{names[most]}\u201d: "
        f"{at[most]:.0f} N of compression{times}. "
        f"Least there is {at[least]:.0f} N, with \u201c{names[least]}\u201d{first}."
    )


def _kind(why: str) -> str:
    """Return the kind of a reason, without its numbers, so that alike ones are counted together."""
    if " unmet at " in why:
        return f"unmet moment at {plain(why.partition(' unmet at ')[2])}"
    return " ".join(why.split()[:2]) if why.startswith("residual ") else why or "no reason given"


def most_loaded(results: Sequence[Result]) -> int:
    """Return the row of the level that carries the largest compression of all results."""
    tops = np.array([largest(r, "compression_n") for r in results])
    return int(np.nanargmax(np.nanmax(np.abs(tops), axis=0)))


def doubts(results: Sequence[Result]) -> list[str]:
    """Return a sentence for every result whose frames are flagged or at an edge of a recording."""
    found = []
    # Persons who make the same movement are told of its ends once.
    shared = len({(r.status.count("edge"), r.frames) for r in results}) == 1
    for index, (name, r) in enumerate(zip(labels(results), results, strict=True)):
        told = [status.partition(":")[2].strip() for status in r.status if status.startswith("flagged")]
        reasons = Counter(map(_kind, told))
        count, who = len(told), f"{_capital(name)}: " if len(results) > 1 else ""
        if count and r.frames == 1:
            which = _capital(name) if len(results) > 1 else "This answer"
            found.append(f"{which} is flagged: {told[0]}. Read it with care.")
        elif count:
            most = ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common(3))
            found.append(f"{who}{count} of {r.frames} frames are flagged and left out of the largest: {most}.")
        edges = r.status.count("edge")
        if edges and not (shared and index):
            frames = f"{edges} frames at the ends of the movement are" if edges > 1 else "1 frame at an end is"
            found.append(f"{'' if shared else who}{frames} left out.")
    return found


def level_table(results: Sequence[Result]) -> Table:
    """Return the answer's table: of one result all loads, of two or three their compression, of more a row each."""
    names, levels = labels(results), results[0].levels
    when = ", largest over the movement" if any(r.frames > 1 for r in results) else ""
    tops = [largest(r, "compression_n") for r in results]
    if len(results) > SIDE_BY_SIDE:
        listed: list[tuple[Cell, ...]] = [
            (name, *(float(v) for v in top)) for name, top in zip(names, tops, strict=True)
        ]
        return Table(f"Compression, N{when}", ("", *levels), tuple(listed), (0,) * (1 + len(levels)))
    columns, decimals = ["level"], [0]
    cells: list[list[Cell]] = [[level] for level in levels]

    def column(head: str, values: Sequence[Cell], places: int = 0) -> None:
        columns.append(head)
        decimals.append(places)
        for row, value in zip(cells, values, strict=True):
            row.append(value)

    for i, (name, r) in enumerate(zip(names, results, strict=True)):
        column("compression, N" if len(results) == 1 else f"{name}, N", [float(v) for v in tops[i]])
        if r.interval is not None:
            span = r.interval["compression_n"]
            frames = [peak_frame(r, k) for k in range(len(levels))]
            column(
                "low to high", [f"{span['low'][k][f]:.0f} to {span['high'][k][f]:.0f}" for k, f in enumerate(frames)]
            )
        if i:
            column("change", [percent_change(float(a), float(b)) for a, b in zip(tops[0], tops[i], strict=True)])
    if len(results) == 1:
        for key, head, places in OTHERS:
            column(head, [float(v) for v in largest(results[0], key)], places)
    return Table(f"What each level carries{when}", tuple(columns), tuple(map(tuple, cells)), tuple(decimals))


OTHERS = (
    ("anterior_shear_n", "forward shear, N", 0),
    ("flexion_moment_nm", "disc moment, N m", 1),
    ("pressure_mpa", "pressure, MPa", 2),
)


def second_table(results: Sequence[Result]) -> Table | None:
    """Return shear, disc moment and pressure of two or three results; None where the answer's table has them."""
    if len(results) == 1:
        return None
    names = labels(results)
    if len(results) > SIDE_BY_SIDE:
        columns = ("", *(f"{head}, {level}" for _, head, _ in OTHERS for level in ("L4/L5", "L5/S1")))
        rows: list[tuple[Cell, ...]] = []
        for name, r in zip(names, results, strict=True):
            rows.append(
                (name, *(float(largest(r, key)[r.levels.index(x)]) for key, _, _ in OTHERS for x in ("L4/L5", "L5/S1")))
            )
        return Table("Also at the lowest levels", columns, tuple(rows), (0, 0, 0, 1, 1, 2, 2))
    columns = ("level", *(f"{head}: {name}" for _, head, _ in OTHERS for name in names))
    values = [largest(r, key) for key, _, _ in OTHERS for r in results]
    decimals = (0, *(places for _, _, places in OTHERS for _ in results))
    found: tuple[tuple[Cell, ...], ...] = tuple(
        (level, *(float(v[k]) for v in values)) for k, level in enumerate(results[0].levels)
    )
    return Table("Also at each level", columns, found, decimals)


def muscle_table(results: Sequence[Result]) -> Table:
    """Return activation and force of each group, both sides summed, at the frame of its largest force."""
    names = labels(results)
    heads = [
        f"{name}: {head}" if len(results) > 1 else head
        for name in names
        for head in ("active, %", "force, N", "of it passive, N")
    ]
    rows: list[tuple[Cell, ...]] = []
    for key, label in GROUPS:
        cells: list[Cell] = [label]
        for r in results:
            try:
                g = r.group(key)
            except InputError:  # a small anatomy may lack the group
                break
            frame = int(np.argmax(np.where(steady_frames(r), g.force_n, -np.inf)))
            cells += [100 * float(g.activation[frame]), float(g.force_n[frame]), float(g.passive_n[frame])]
        else:
            rows.append(tuple(cells))
    return Table(
        "Muscles by group, both sides together", ("group", *heads), tuple(rows), (0, *(1, 0, 0) * len(results))
    )


def phase_table(results: Sequence[Result], phases: Sequence[tuple[str, int]], traces: Sequence[Trace]) -> Table:
    """Return traces and every level's compression at each phase of a movement."""
    heads = [f"{name}, {results[0].time_s[frame]:.2f} s" for name, frame in phases]
    rows: list[tuple[Cell, ...]] = []
    for trace in traces:
        same = all(np.array_equal(v, trace.values[0]) for v in trace.values[1:])
        for name, values in zip(labels(results), trace.values[:1] if same else trace.values, strict=False):
            cells = [f"{float(values[frame]):.{trace.decimals}f}" for _, frame in phases]
            rows.append((f"{trace.label}, {trace.unit}", "all" if same and len(results) > 1 else name, *cells))
    for k, level in enumerate(results[0].levels):
        for name, r in zip(labels(results), results, strict=True):
            cells = [f"{v:.0f}" for v in at_phase(r, "compression_n", phases)[k]]
            rows.append((f"compression {level}, N", name, *cells))
    if len(results) == 1:
        return Table("Through the movement", ("", *heads), tuple((row[0], *row[2:]) for row in rows))
    return Table("Through the movement", ("", "who", *heads), tuple(rows))


def contact_table(results: Sequence[Result]) -> Table | None:
    """Return the largest force of each contact and what part of it points up; None where nothing bears."""
    names = list(dict.fromkeys(name for r in results for name in r.contacts.names))
    if not names:
        return None
    rows: list[tuple[Cell, ...]] = []
    for contact in names:
        cells: list[Cell] = [plain(contact)]
        for r in results:
            if contact not in r.contacts.names:
                cells += [None, None]
                continue
            force = np.asarray(r.contacts.force_n)[r.contacts.names.index(contact)]
            size = np.where(steady_frames(r), np.linalg.norm(force, axis=1), -1.0)
            cells += [float(size.max()), float(force[int(size.argmax()), 1])]
        rows.append(tuple(cells))
    who = labels(results) if len(results) > 1 else [""]
    heads = [f"{name}: {head}" if name else head for name in who for head in ("largest, N", "of it upward, N")]
    return Table("Contacts", ("contact", *heads), tuple(rows), (0,) * (1 + 2 * len(results)))


def unmet_table(results: Sequence[Result]) -> Table | None:
    """Return the unmet moments that would show, with the demand of their frame; None where everything was met."""
    rows: list[tuple[Cell, ...]] = []
    for name, r in zip(labels(results), results, strict=True):
        found = []
        for joint, axes in r.unmet_nm.items():
            for axis in MOMENTS:
                frame = int(np.argmax(np.abs(axes[axis])))
                size = float(axes[axis][frame])
                if abs(size) >= UNMET_SHOWN_NM:
                    found.append((abs(size), joint, axis, frame))
        for size, joint, axis, frame in sorted(found, reverse=True)[:6]:
            asked = float(r.demand_nm[joint][axis][frame])
            rows.append(
                (
                    name,
                    plain(joint),
                    axis,
                    size,
                    abs(asked),
                    float(r.time_s[frame]),
                )
            )
    if not rows:
        return None
    columns = ("who", "joint", "about", "unmet, N m", "of, N m", "at, s")
    return Table("Moments that no muscle could give", columns, tuple(rows), (0, 0, 0, 1, 1, 2))


def residual_sentence(results: Sequence[Result]) -> str:
    """Return what the pelvis' free residual reaches, "" where the contacts carry everything."""
    force = max(float(np.max(r.residual["force_n"], initial=0.0)) for r in results)
    moment = max(float(np.max(r.residual["moment_nm"], initial=0.0)) for r in results)
    if force < 1.0 and moment < 1.0:
        return ""
    return (
        f"Measured ground forces and the movement leave up to {force:.0f} N and {moment:.0f} N m at the pelvis that "
        "nothing carries; it says how well recording and model agree."
    )


def _weight(result: Result) -> float | None:
    subject: Any = result.case.get("subject", {})
    mass = subject.get("mass_kg") if isinstance(subject, dict) else None
    return float(mass) * GRAVITY if isinstance(mass, (int, float)) and mass > 0 else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
