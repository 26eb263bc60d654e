"""Dose and response: what a tight muscle adds to every lumbar level, in six positions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.groups import parse_side, resolve
from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import LARGEST_FRACTION, Change
from psoas.case.posture import Sided
from psoas.case.quantities import show_fraction
from psoas.case.surroundings import Surroundings
from psoas.case.whatif import named, together
from psoas.case.whatif import tighten as tightened
from psoas.chain import loads_of, result_of
from psoas.errors import InputError
from psoas.frames import Frames, frames_of
from psoas.result import LEVELS, Result
from psoas.studies.positions import POSITIONS, with_change_of, with_neutral_fibre
from psoas.studies.study import Study
from psoas.tables import Curve, Figure, Table

LEVEL = "L4/L5"
MOST_STEPS = 41
# Fibre length of the psoas in standing over its optimum: the default, and 3.11 over 2.7 um (ward2009, recalled; in
# zwambag2014 its sarcomeres are the longest of the lumbar muscles and longer than optimal).
NEUTRAL_LENGTHS = (1.0, 1.075, 1.15)
NEUTRAL_DOSES = (0.1, 0.2)
LEAST_N, USED_MORE_N = 0.5, 10.0  # N, passive force worth a word; gain of active force worth one
AT_TONE = 1e-3  # activation; a muscle within it of its floor does nothing but its tone


@dataclass(frozen=True)
class Response:
    """One position: its case and frames as at first, and one result per dose."""

    position: str
    case: Case
    frames: Frames
    results: tuple[Result, ...]
    at_tone: tuple[bool, ...]  # per dose: no fibre of the muscle is more active than its tone

    def loads(self, key: str = "compression_n", level: str = LEVEL) -> np.ndarray:
        """Return one load of one level over the doses (D,)."""
        return np.array([float(r.level(level)[key][0]) for r in self.results])


def tighten(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    from_fraction: float = 0.0,
    to_fraction: float = 0.2,
    steps: int = 9,
    muscle: str = "psoas_major",
) -> Study:
    """Return what a muscle's tightness adds to the load of every lumbar level, in six positions.

    Each posture is found once and held, so that the difference is the muscle's alone: standing; one hip extended by 15
    degrees with the other foot bearing; sitting erect; sitting deep (hips 100 degrees flexed); lying with straight
    legs; constructive rest. Raises InputError for a range, number of steps or muscle that cannot be used.

    Args:
        subject: The person.
        change: What else is tight, weak or inhibited, and the tone.
        hands_kg: Load in both hands together.
        from_fraction: Tightness to begin with.
        to_fraction: Tightness to end with.
        steps: How many tightnesses are computed.
        muscle: Which muscle is tight: a group, muscle or fascicle, both sides unless it ends in _r or _l.

    """
    if not 0.0 <= from_fraction < to_fraction <= LARGEST_FRACTION:
        raise InputError(
            f"--from is {from_fraction:.0%} and --to is {to_fraction:.0%}; --to must be the larger, and both within 0 "
            f"to {LARGEST_FRACTION:.0%}.",
            "from",
        )
    if not 2 <= steps <= MOST_STEPS:
        raise InputError(f"--steps is {steps}; allowed is 2 to {MOST_STEPS}.", "steps")
    doses = np.linspace(from_fraction, to_fraction, steps)
    base = Case(
        subject=subject or Subject(),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        change=change or Change(),
    )
    responses = [_response(base.with_changes(posture=p), name, muscle, doses) for name, p in POSITIONS.items()]
    findings = [*_findings(responses, doses, muscle)]
    tables = [_table(r, doses, muscle) for r in responses]
    sources: tuple[str, ...] = ()
    if _is_psoas(responses[0].frames, muscle):
        neutral, sentence = _neutral_lengths(responses, muscle)
        tables.append(neutral)
        findings.append(sentence)
        sources = ("ward2009", "zwambag2014")
    return Study(
        f"A tight {_plain(muscle)} in {len(responses)} positions: {person(base.subject)}",
        tuple(r.results[i] for r in responses[:2] for i in (0, -1)),
        findings=tuple(findings),
        tables=tuple(tables),
        figures=tuple(_figure(r, doses, muscle) for r in responses),
        sources=sources,
    )


def _response(case: Case, position: str, muscle: str, doses: np.ndarray) -> Response:
    frames = frames_of(case)
    assert frames.body.anatomy is not None
    rows = resolve(muscle, frames.body.fibres.names, frames.body.fibres.groups)
    floor = frames.effort.floor[rows]
    results, at_tone = [], []
    for dose in doses:
        name = f"{position}, {show_fraction(dose, 1)} tight"
        dosed = together(tightened(muscle, float(dose)), named(name))(case)
        result = result_of(dosed, with_change_of(frames, dosed))
        results.append(result)
        at_tone.append(bool(np.all(result.muscles.activation[rows, 0] <= floor + AT_TONE)))
    return Response(position, case, frames, tuple(results), tuple(at_tone))


def _is_psoas(frames: Frames, muscle: str) -> bool:
    groups = frames.body.fibres.groups
    return {groups[i] for i in resolve(muscle, frames.body.fibres.names, groups)} == {"psoas_major"}


def _plain(muscle: str) -> str:
    return muscle.removesuffix("_major").replace("_", " ")


def _table(response: Response, doses: np.ndarray, muscle: str) -> Table:
    rows = []
    for i, (dose, result) in enumerate(zip(doses, response.results, strict=True)):
        level, group = result.level(LEVEL), result.group(muscle)
        rows.append(
            (
                100.0 * float(dose),
                float(level["compression_n"][0]),
                float(response.loads()[i] - response.loads()[0]),
                float(level["anterior_shear_n"][0]),
                100.0 * float(group.activation[0]),
                float(group.active_n[0]),
                float(group.passive_n[0]),
            )
        )
    columns = (
        "tight, %",
        f"{LEVEL} compression, N",
        "more than at first, N",
        f"{LEVEL} forward shear, N",
        "activation, %",
        "active force, N",
        "passive force, N",
    )
    return Table(
        f"Tight {_plain(muscle)}: {response.position}",
        columns,
        tuple(rows),
        (1, 0, 0, 0, 1, 0, 0),
        "forces: both sides",
    )


def _figure(response: Response, doses: np.ndarray, muscle: str) -> Figure:
    percent = 100.0 * doses
    return Figure(
        f"Tight {_plain(muscle)}: {response.position}",
        f"{_plain(muscle)} tight, %",
        "compression, N",
        tuple(Curve(level, percent, response.loads(level=level)) for level in LEVELS),
    )


def _findings(responses: list[Response], doses: np.ndarray, muscle: str) -> list[str]:
    first, last = float(doses[0]), float(doses[-1])
    found = [
        "Every posture is held while the muscle is shortened; whether a person would settle elsewhere is not asked."
    ]
    for r in responses:
        load = r.loads()
        each = [r.loads(level=level) for level in LEVELS]
        most = int(np.argmax([abs(x[-1] - x[0]) for x in each]))
        found.append(
            f"{_capital(r.position)}: from {show_fraction(first, 0)} to {show_fraction(last, 0)} tight {LEVEL} "
            f"compression goes from {load[0]:.0f} to {load[-1]:.0f} N ({100 * (load[-1] - load[0]) / load[0]:+.1f} %); "
            f"most at {LEVELS[most]}, {each[most][-1] - each[most][0]:+.0f} N. {_handover(r, doses, muscle)}"
        )
    for r in responses:
        flagged = [i for i, result in enumerate(r.results) if result.status != ("ok",)]
        if flagged:
            found.append(
                f"{_capital(r.position)}: {len(flagged)} of {len(doses)} are flagged, the first at "
                f"{show_fraction(doses[flagged[0]], 1)} tight: "
                f"{r.results[flagged[0]].status[0].removeprefix('flagged: ')}."
            )
    gains = {r.position: float(r.loads()[-1] - r.loads()[0]) for r in responses}
    standing, extended = gains["standing"], gains["hip extended"]
    found.append(
        f"With one hip extended by 15 degrees the same tightness adds {extended:.0f} N at {LEVEL}, "
        f"{abs(extended - standing):.0f} N {'more' if extended > standing else 'less'} than in plain standing."
    )
    return found


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _handover(r: Response, doses: np.ndarray, muscle: str) -> str:
    """Return, in a sentence or two, where passive pull takes the place of active effort."""
    groups = [result.group(muscle) for result in r.results]
    passive = np.array([float(g.passive_n[0]) for g in groups])
    active = np.array([float(g.active_n[0]) for g in groups])
    name = _plain(muscle)
    if passive[-1] < LEAST_N:
        said = f"The {name} is not stretched enough to pull passively."
        if active[-1] - active[0] > USED_MORE_N:
            said += (
                f" Shortened, its fibres come nearer to their optimum and it is used more: its active force goes from "
                f"{active[0]:.0f} to {active[-1]:.0f} N."
            )
        return said
    if r.at_tone[0]:
        said = (
            f"The {name} does no more than its tone from the start, so its passive pull replaces no effort of its own "
            "and adds."
        )
    elif any(r.at_tone):
        first = show_fraction(doses[r.at_tone.index(True)], 1)
        said = f"From {first} on it does no more than its tone: passive pull has taken over."
    else:
        said = f"It stays more active than its tone up to {show_fraction(doses[-1], 0)}."
    said += _relieved(r, doses, muscle)
    asked = float(active[0] + passive[0])
    over = np.flatnonzero(passive >= asked)
    if len(over) == 0:
        return f"{said} Its passive pull stays below the {asked:.0f} N that it gave at first."
    if over[0] == 0:
        return f"{said} It pulls passively from the start."
    at = np.interp(asked, passive[over[0] - 1 : over[0] + 1], doses[over[0] - 1 : over[0] + 1])
    told = f"Its passive pull alone exceeds the {asked:.0f} N that it gave at first from {show_fraction(at, 1)} on."
    return f"{said} {told}"


def _relieved(r: Response, doses: np.ndarray, muscle: str) -> str:
    """Return whether the other hip flexors of its side work less for a hip flexor's passive pull, and from where."""
    fibres, side = r.frames.body.fibres, parse_side(muscle)[1]
    flexors = set(resolve(f"hip_flexors_{side}" if side else "hip_flexors", fibres.names, fibres.groups))
    own = set(resolve(muscle, fibres.names, fibres.groups))
    others = sorted(flexors - own)
    if not others or not own <= flexors:
        return ""
    effort = np.array([float(result.muscles.active_n[others, 0].sum()) for result in r.results])
    less = np.flatnonzero(effort[0] - effort >= LEAST_N)
    if len(less) == 0:
        return " The other hip flexors work no less for it."
    return (
        f" It relieves the other hip flexors from {show_fraction(doses[less[0]], 1)} on: they pull actively with "
        f"{effort[0]:.0f} N at first, {effort[-1]:.0f} N at {show_fraction(doses[-1], 0)}."
    )


def _neutral_lengths(responses: list[Response], muscle: str) -> tuple[Table, str]:
    """Return the table of what tightness adds for each neutral fibre length, and what it says of standing."""
    row = LEVELS.index(LEVEL)
    rows: list[tuple[str, float, float, float, float]] = []
    # One person, one load in the hands: all positions share the body of a length.
    bodies = [with_neutral_fibre(responses[0].frames.body, muscle, length) for length in NEUTRAL_LENGTHS]
    for r in responses:
        for length, body in zip(NEUTRAL_LENGTHS, bodies, strict=True):
            held = replace(r.frames, body=body)
            dosed = [with_change_of(held, tightened(muscle, dose)(r.case)) for dose in (0.0, *NEUTRAL_DOSES)]
            loads = [float(loads_of(frames)["compression_n"][row, 0]) for frames in dosed]
            rows.append((r.position, length, loads[0], loads[1] - loads[0], loads[2] - loads[0]))
    columns = (
        "position",
        "neutral fibre length over optimal",
        f"{LEVEL} compression untight, N",
        *(f"{show_fraction(dose, 0)} tight adds, N" for dose in NEUTRAL_DOSES),
    )
    note = (
        "The length of the fibres in neutral standing over their optimum is assumed (1.0). 1.15 is a sarcomere of "
        "3.11 over one of 2.7 um (Ward 2009, recalled); Zwambag 2014 found the psoas's sarcomeres the longest of the "
        "lumbar muscles, longer than optimal."
    )
    table = Table(f"What the neutral fibre length decides, {LEVEL}", columns, tuple(rows), (0, 3, 0, 0, 0), note)
    standing = [row for row in rows if row[0] == "standing"]
    low, high = standing[0][-1], standing[-1][-1]
    sentence = (
        f"All this hangs on an assumed number, the length of the psoas's fibres in standing: at its optimum "
        f"{show_fraction(NEUTRAL_DOSES[-1], 0)} adds {low:.0f} N in standing, at {NEUTRAL_LENGTHS[-1]:g} of it "
        f"{high:.0f} N."
    )
    return table, sentence
