"""Lying: prone, supine, with a roll under the knees, constructive rest, on the side."""

from __future__ import annotations

from psoas.anatomy.subject import Subject, person
from psoas.case.change import Change
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.studies.situations import (
    Situation,
    compression,
    compute,
    computed,
    contacts_table,
    levels_table,
    loads_table,
    on_change,
    results_of,
    situations,
    sources_of,
)
from psoas.studies.study import Study

MEASURED = "0.10 MPa prone and supine and 0.12 MPa on the side against 0.50 MPa standing"


def lie(subject: Subject | None = None, *, change: Change | None = None) -> Study:
    """Lie prone, supine, with bent knees and on the side, beside standing.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.

    """
    standing = Situation("standing", Posture(), Surroundings(), "assumed", ("psoas_assumed",), "")
    first = computed(standing, subject, change)
    found = [first, *compute(situations("lie"), subject, change, 0.0)]
    note = (
        "The bed gives way by 15 cm, carries every part that lies on it, the small of the back and the belly too, and "
        "muscles keep a tone of 0.7 %."
    )
    tables = (
        loads_table("Ways of lying", found, note),
        levels_table("Compression at every level", found),
        contacts_table("What bears", found),
    )
    said = [
        "Against standing, L4/L5 carries: "
        + "; ".join(f"{x.situation.name} {compression(x) / compression(first):.2f}" for x in found[1:])
        + ".",
        f"Pressure was measured in one man: {MEASURED} (Wilke 1999), ratios of 0.20 and 0.24; Nachemson found 50 to "
        "80 % less lying than standing. " + _judged(compression(found[-2]) / compression(first)),
    ]
    straight, bent = (next(x for x in found if x.situation.name == n) for n in ("supine", "constructive rest"))
    pulls = [float(x.result.group("psoas_major").force_n[0]) for x in (straight, bent)]
    change_n = compression(bent) - compression(straight)
    said.append(
        f"Bending the knees takes the psoas from {pulls[0]:.0f} to {pulls[1]:.0f} N and L4/L5 from "
        f"{compression(straight):.0f} to {compression(bent):.0f} N ({change_n:+.0f} N); in a disc the two "
        "were not measured beside each other."
    )
    return Study(
        f"Lying: {person(subject)}",
        results_of(found),
        findings=(*on_change(found, change), *said),
        tables=tables,
        sources=sources_of(found, "wilke1999", "nachemson1981"),
    )


def _judged(side: float) -> str:
    if side < 0.1:
        return f"On the side the model gives {side:.2f}, less than was measured."
    if side <= 0.35:
        return f"On the side the model gives {side:.2f}, which agrees."
    return (
        f"On the side the model gives {side:.2f}, more than was measured: its rigid thorax and flat bed let the waist "
        "sag sideways, and muscles hold it."
    )
