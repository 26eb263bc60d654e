"""Lifting: stoop, squat or in between, from where the load lies, beside the lifting equation and published limits."""

from __future__ import annotations

import math
from typing import Literal

from psoas.anatomy.subject import Subject, person
from psoas.case.change import Change
from psoas.case.posture import Posture
from psoas.case.surroundings import HANDS_KG
from psoas.errors import InputError
from psoas.limits import niosh, tolerance
from psoas.limits.verdict import group_uses
from psoas.studies.load_places import CLOSELY, FAR_OUT, Place, held_upright, reached_lifts, with_load
from psoas.studies.situations import (
    Computed,
    compression,
    compute,
    contacts_table,
    levels_table,
    loads_table,
    on_change,
    results_of,
    sources_of,
)
from psoas.studies.study import Study
from psoas.tables import Cell, Table

Technique = Literal["stoop", "semi", "squat", "all"]
RANGES = {"--horizontal": (0.1, 0.8), "--from-height": (0.0, 1.6), "--to-height": (0.0, 2.0), "--twist": (0.0, 90.0)}


def lift(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 10.0,
    technique: Technique = "all",
    horizontal_m: float = 0.4,
    from_height_m: float = 0.3,
    to_height_m: float = 0.75,
    one_hand: bool = False,
    twist_deg: float = 0.0,
    lifts_per_min: float = 0.2,
    hours: float = 1.0,
) -> Study:
    """Lift a load by stoop, squat or in between, beside the lifting equation and published limits.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        hands_kg: Mass of the load.
        technique: stoop (straight knees), squat (bent knees), semi (in between) or all.
        horizontal_m: Hands in front of the middle of the ankles.
        from_height_m: Hands above the floor where the load is taken.
        to_height_m: Hands above the floor where it is put; only the lifting equation uses it.
        one_hand: The right hand lifts alone.
        twist_deg: How far to the right of straight ahead the load lies.
        lifts_per_min: How often it is lifted.
        hours: For how long, without rest.

    """
    for flag, value in zip(RANGES, (horizontal_m, from_height_m, to_height_m, twist_deg), strict=True):
        low, high = RANGES[flag]
        if not low <= value <= high:
            raise InputError(f"{flag} is {value:g}; allowed is {low:g} to {high:g}.")
    most_hours = niosh.DURATIONS_H[-1]
    if not 0.0 < hours <= most_hours:
        raise InputError(f"--hours is {hours:g}; the lifting equation asks for more than 0 and up to {most_hours:g}.")
    if not 0.0 <= lifts_per_min < math.inf:
        raise InputError(f"--lifts-per-min is {lifts_per_min:g}; allowed is 0 or more.")
    if not HANDS_KG[0] < hands_kg <= HANDS_KG[1]:
        raise InputError(f"--load is {hands_kg:g} kg; a lift needs a load of more than 0 and up to {HANDS_KG[1]:g} kg.")
    who = subject or Subject()
    place = Place(horizontal_m, from_height_m, twist_deg, one_hand)
    names: tuple[str, ...] = ("stoop", "semi", "squat") if technique == "all" else (technique,)
    chosen = [with_load("standing, nothing held", Posture(), 0.0, False, ("psoas_assumed",))]
    reached, told = reached_lifts(who, names, place, hands_kg)
    names = tuple(s.name for s in reached)
    chosen += reached
    chosen += held_upright(who, hands_kg)
    found = compute(chosen, who, change, 0.0)
    per_day = lifts_per_min * 60.0 * hours
    equation = niosh.lifting(
        niosh.Lift(hands_kg, horizontal_m, from_height_m, to_height_m, twist_deg, lifts_per_min, hours)
    )
    tables = (
        loads_table(
            f"{hands_kg:g} kg taken {100 * horizontal_m:.0f} cm in front and {100 * from_height_m:.0f} cm high", found
        ),
        _limits_table(found, who, per_day),
        niosh.table(equation),
        _published_table(found, who),
        levels_table("Compression at every level", found),
        contacts_table("What bears", found),
    )
    findings = (
        *on_change(found, change),
        *_findings(found, names),
        *told,
        *_on_limits(found, who, per_day),
        *_on_equation(equation, place),
    )
    sources = sources_of(found, "wilke1999", "rohlmann2014", "nioshtic", "white1990")
    return Study(
        f"Lifting {hands_kg:g} kg: {person(subject)}",
        results_of(found),
        findings=findings,
        tables=tables,
        sources=sources,
    )


def _limits_table(found: list[Computed], who: Subject, per_day: float) -> Table:
    pressed, sheared = tolerance.tolerances(who.sex, who.age_years, per_day)
    rows: list[tuple[Cell, ...]] = []
    for x in found:
        c = max(tolerance.uses(x.result, pressed), key=lambda u: u.share)
        s = max(tolerance.uses(x.result, sheared), key=lambda u: u.share)
        muscle = group_uses(x.result)[0]
        rows.append(
            (
                *(x.situation.name, c.level, c.load_n, 100 * c.share, s.level, s.load_n, 100 * s.share),
                *(muscle.label, 100 * muscle.share),
            )
        )
    heads = ("posture", "pressed most", "N", "of the limit, %", "sheared most", "N", "of the limit, %")
    columns = (*heads, "muscle nearest its strength", "of its strength, %")
    note = (
        f"Limits for work at this sex and age: compression {pressed.value_n:.0f} N ({pressed.name}, "
        f"{pressed.read_status}), shear {sheared.value_n:.0f} N ({sheared.name}, {sheared.read_status}). Held still: "
        "quick lifts load more."
    )
    return Table("Joint and muscle against their limits", columns, tuple(rows), note=note)


def _published_table(found: list[Computed], who: Subject) -> Table:
    """Return every published figure beside the largest load of all postures, and the posture that has it."""
    tables = [tolerance.limits_table(x.result, who.sex, who.age_years) for x in found]
    column = tables[0].columns.index("largest load, N")
    rows: list[tuple[Cell, ...]] = []
    for i in range(len(tables[0].rows)):
        x, row = max(
            ((x, table.rows[i]) for x, table in zip(found, tables, strict=True)),
            key=lambda pair: float(pair[1][column] or 0),
        )
        rows.append((*row[:column], x.situation.name, *row[column:]))
    columns = (*tables[0].columns[:column], "posture", *tables[0].columns[column:])
    decimals = (*tables[0].decimals[:column], 0, *tables[0].decimals[column:])
    return Table(tables[0].title, columns, tuple(rows), decimals, tables[0].note)


def _findings(found: list[Computed], names: tuple[str, ...]) -> list[str]:
    by_name = {x.situation.name: x for x in found}
    lifts = [by_name[n] for n in names]
    said = [
        "Taken from there, L4/L5 is pressed with "
        + ", ".join(f"{compression(x):.0f} N by {x.situation.name}" for x in lifts)
        + f"; standing with empty hands with {compression(found[0]):.0f} N."
    ]
    if len(lifts) == 3:
        ratio = compression(lifts[0]) / compression(lifts[2])
        said.append(
            f"Stoop over squat is {ratio:.2f} here, the hands at one place. With implants in four people it was 1.02 "
            "to 1.04 for a load on the floor, with a pressure gauge in one man 1.35 for 20 kg (2.3 and 1.7 MPa): the "
            "measurements do not agree with each other. A squat that lets the load come nearer, between the knees, is "
            "another --horizontal."
        )
    if CLOSELY in by_name and FAR_OUT in by_name:
        close, far = by_name[CLOSELY], by_name[FAR_OUT]
        said.append(
            f"Held upright {_forward_cm(far):.0f} instead of {_forward_cm(close):.0f} cm in front of the ankles it "
            f"presses L4/L5 with {compression(far):.0f} N instead of {compression(close):.0f} N; of a load held "
            "close one man's disc pressure was measured (1.0 to 1.1 MPa with 20 kg, Wilke 1999), of one held far none."
        )
    unmet = [x for x in found if any(s.startswith("flagged") for s in x.result.status)]
    for x in unmet:
        why = x.result.status[0].removeprefix("flagged: ")
        said.append(f"{x.situation.name}: the muscles of this model cannot hold it ({why}).")
    return said


def _forward_cm(x: Computed) -> float:
    hands = x.situation.posture.hands_forward_m
    return 100.0 * ((hands.right if hands is not None else None) or 0.0)


def _on_limits(found: list[Computed], who: Subject, per_day: float) -> list[str]:
    pressed, sheared = tolerance.tolerances(who.sex, who.age_years, per_day)
    said = []
    for limit in (pressed, sheared):
        over = [x.situation.name for x in found if max(u.share for u in tolerance.uses(x.result, limit)) >= 1.0]
        which = f"{limit.quantity} of {limit.value_n:.0f} N"
        said.append(
            f"Above the limit for {which}: {', '.join(over)}." if over else f"Nothing passes the limit for {which}."
        )
    worst = max(found, key=compression)
    strain = group_uses(worst.result)[0]
    said.append(
        f"In {worst.situation.name} the muscle group nearest its strength is the {strain.label}: {strain.share:.0%}."
    )
    return said


def _on_equation(equation: niosh.Lifting, place: Place) -> list[str]:
    if place.one_hand:
        return ["The lifting equation does not cover lifting with one hand; its table is for two hands at that place."]
    return [equation.words]
