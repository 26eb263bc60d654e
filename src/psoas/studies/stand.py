"""Standing: relaxed, leaning back from the hips, swayback, hollow and flat, on heels, on one leg."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.case.change import Change
from psoas.case.posture import Posture, Sided
from psoas.errors import InputError
from psoas.studies.situations import (
    Computed,
    Situation,
    compression,
    compute,
    contacts_table,
    levels_table,
    loads_table,
    more_or_less,
    on_change,
    ratio,
    results_of,
    situations,
    sources_of,
)
from psoas.studies.study import Study

LEANING, HEELS = "leaning back from the hips", "heels of 5 cm"
WILKE_N = (430.0, 830.0)  # from 0.50 MPa in one volunteer's disc, as claim P02 has it
LEAN_DEG, HEELS_DEG = (0.0, 20.0), (-15.0, 15.0)


def stand(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    lean_deg: float = 10.0,
    heels_deg: float = -1.0,
) -> Study:
    """Stand in seven ways: relaxed, leaning back, swayback, hollow, flat, on heels, on one leg.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        hands_kg: Load in both hands together.
        lean_deg: How far the hips are extended when one leans back from them, degrees.
        heels_deg: How far heels tilt the pelvis, degrees; forward is positive, and measured is a degree back.

    """
    for flag, value, (low, high) in (("--lean", lean_deg, LEAN_DEG), ("--heels", heels_deg, HEELS_DEG)):
        if not low <= value <= high:
            raise InputError(f"{flag} is {value:g}; allowed is {low:g} to {high:g} degrees.")
    chosen = [_with(s, lean_deg, heels_deg) for s in situations("stand")]
    found = compute(chosen, subject, change, hands_kg)
    note = (
        "Feet flat, centre of mass over mid-foot; heels are told by what they do to the pelvis, the floor stays level."
    )
    tables = (
        loads_table("Ways of standing", found, note),
        levels_table("Compression at every level", found),
        contacts_table("What bears", found),
    )
    return Study(
        f"Standing: {person(subject)}",
        results_of(found),
        findings=(*on_change(found, change), *_findings(found)),
        tables=tables,
        sources=sources_of(found, "wilke1999", "heino1990", "russell2010", "juker1998"),
    )


def _with(s: Situation, lean_deg: float, heels_deg: float) -> Situation:
    if s.name == LEANING:
        return replace(s, posture=Posture(hip_flexion_deg=Sided(left=-lean_deg, right=-lean_deg)))
    if s.name == HEELS:
        return replace(s, posture=Posture(pelvis_tilt_deg=heels_deg))
    return s


def _against(value: float, low: float, high: float) -> str:
    return "less" if value < low else "more" if value > high else "within it"


def _findings(found: list[Computed]) -> list[str]:
    relaxed, leaning = found[0], next(x for x in found if x.situation.name == LEANING)
    psoas = [float(x.result.group("psoas_major").force_n[0]) for x in (relaxed, leaning)]
    length = [1e3 * float(x.result.group("psoas_major").length_m[0]) for x in (relaxed, leaning)]
    hip = [float(x.result.demand_nm["hip_r"]["flexion"][0]) for x in (relaxed, leaning)]
    said = [
        f"Relaxed standing presses L4/L5 with {compression(relaxed):.0f} N; one volunteer's disc pressure, at 70 kg, "
        f"means {WILKE_N[0]:.0f} to {WILKE_N[1]:.0f} N (Wilke 1999), and this is "
        f"{_against(compression(relaxed), *WILKE_N)}.",
        f"Leaning back from the hips presses L4/L5 {more_or_less(ratio(found, LEANING))}; the psoas is "
        f"{abs(length[1] - length[0]):.0f} mm {'longer' if length[1] > length[0] else 'shorter'} and pulls "
        f"{psoas[1]:.0f} N instead of {psoas[0]:.0f} N; muscles and ligaments must give {hip[1]:.0f} N m of flexion at "
        f"each hip instead of {hip[0]:.0f} N m.",
    ]
    others = [x for x in found[1:] if x is not leaning]
    said.append(
        "Against relaxed standing, L4/L5 carries: "
        + "; ".join(f"{x.situation.name} {more_or_less(ratio(found, x.situation.name))}" for x in others)
        + "."
    )
    side = np.abs(found[-1].result.loads["right_shear_n"][:, 0]).max()
    said.append(f"On one leg the largest shear to the side is {side:.0f} N.")
    said.append(
        "No pressure was measured in swayback, leaning back, on heels or on one leg: these rows are the model's alone. "
        "Heels are found to tilt the pelvis back a little, or not at all (Russell 2010), and how tight the hip flexors "
        "are says nothing of how hollow a back is (Heino 1990)."
    )
    return said
