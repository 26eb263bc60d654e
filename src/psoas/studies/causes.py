"""Who loads what: each level's load by cause, and what the psoas does to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from psoas.anatomy.groups import leaf_groups
from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture, Preset, Sided
from psoas.case.surroundings import Surroundings
from psoas.case.whatif import named
from psoas.chain import result_of
from psoas.frames import Frames, frames_of
from psoas.mechanics import causes as parts
from psoas.mechanics.spine_view import spine_view
from psoas.result import Result
from psoas.studies.positions import with_change_of
from psoas.studies.psoas_pull import changed_findings, pull_findings, pull_tables
from psoas.studies.study import Study
from psoas.tables import Cell, Curve, Figure, Table
from psoas.views import SpineView

WEIGHT, LOAD, EXTENSORS, PSOAS = "body weight", "load", "extensors", "psoas"
OTHERS, PRESSURE, LIGAMENTS, CONTACTS, UNMET = "other muscles", "pressure", "ligaments", "contacts", "unmet"
SHARES = (WEIGHT, LOAD, EXTENSORS, PSOAS, OTHERS, PRESSURE, LIGAMENTS, CONTACTS, UNMET)
NAMED = {
    parts.BODY_WEIGHT: WEIGHT,
    parts.INERTIA: WEIGHT,
    parts.PRESSURE: PRESSURE,
    parts.LIGAMENTS: LIGAMENTS,
    parts.UNMET: UNMET,
}
QUANTITIES = (
    ("compression_n", "Compression by cause, N", 0, "A negative number unloads the level."),
    (
        "anterior_shear_n",
        "Shear by cause, N",
        0,
        "Positive: the cause presses the upper vertebra forward on the lower.",
    ),
)
LEAST = 0.05  # N, N m: what would be written as nothing in every row has no column
APART = (  # load, table, decimals, and the least a cause must make at some level to have a row of its own
    ("compression_n", "Compression by every cause, N", 0, 0.5),
    ("anterior_shear_n", "Shear by every cause, N", 0, 0.5),
    ("flexion_moment_nm", "Disc moment by every cause, N m", 1, 0.05),
)


def causes(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    preset: Preset = "standing",
    trunk_flexion_deg: float | None = None,
    trunk_bend_deg: float | None = None,
    pelvis_tilt_deg: float | None = None,
    hip_flexion_deg: float | None = None,
) -> Study:
    """Show who loads each level in a posture: weight, load, muscles, pressure, ligaments; and the psoas's own pull.

    Where something is changed, the untouched person stands first, in the same posture.

    Args:
        subject: The person; a man of 70 kg and 1.68 m where none is given.
        change: What is tight, weak, inhibited or more toned.
        hands_kg: Held in both hands together.
        preset: The posture to begin with.
        trunk_flexion_deg: Thorax to pelvis, flexion positive; replaces the preset's.
        trunk_bend_deg: Thorax to pelvis, bent to the right positive.
        pelvis_tilt_deg: Of the pelvis from its neutral standing, forward positive.
        hip_flexion_deg: Of both hips.

    """
    posture = Posture.model_validate(
        {
            "preset": preset,
            "trunk_flexion_deg": trunk_flexion_deg,
            "trunk_bend_deg": trunk_bend_deg,
            "pelvis_tilt_deg": pelvis_tilt_deg,
            "hip_flexion_deg": hip_flexion_deg,
        }
    )
    normal = Case(
        subject=subject or Subject(),
        posture=posture,
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="normal",
    )
    cases, frames = [normal], [frames_of(normal)]
    if change is not None and (not change.is_empty or change.tone is not None):
        cases.append(named("changed")(normal.with_changes(change=change)))
        frames.append(with_change_of(frames[0], cases[1]))
    results = [result_of(case, f, causes=True) for case, f in zip(cases, frames, strict=True)]
    tables: list[Table] = []
    for result, f in zip(results, frames, strict=True):
        of = f": {result.name}" if len(results) > 1 else ""
        tables += [*_load_tables(result, of), _moment_table(result, of)]
        tables += [*pull_tables(f, result, of), *_every_cause(result, of)]
    found = [*_findings(results), *pull_findings(frames[0], results[0])]
    if len(results) > 1:
        found += changed_findings((frames[0], frames[1]), (results[0], results[1]))
    return Study(
        f"Who loads the lumbar spine, {preset.replace('_', ' ')}: {person(normal.subject)}",
        tuple(results),
        findings=tuple(found),
        tables=tuple(tables),
        figures=(_figure(results[0]),),
        views=tuple(side_view(f, r, r.name) for f, r in zip(frames, results, strict=True)),
    )


def side_view(frames: Frames, result: Result, title: str = "", frame: int = 0) -> SpineView:
    """Return the spine seen from the right in one frame of a result that has its causes: bones, psoas, loads."""
    fibres = frames.body.fibres
    chosen = [
        i
        for i, (name, group) in enumerate(zip(fibres.names, fibres.groups, strict=True))
        if group == "psoas_major" and name.endswith("_r")
    ]
    shares = {name: values[:, frame] for name, values in shares_of(result, "compression_n").items()}
    return spine_view(
        frames.body,
        frames.positions[frame],
        chosen,
        result.muscles.force_n[chosen, frame],
        result.loads["compression_n"][:, frame],
        result.loads["anterior_shear_n"][:, frame],
        {name: values for name, values in shares.items() if np.abs(values).max() > LEAST},
        title,
    )


def shares_of(result: Result, load: str) -> dict[str, np.ndarray]:
    """Return SHARES -> (6, F) of one load of a result that has its causes: the causes put together, the sum kept.

    Raises ValueError where the result was made without its causes.
    """
    if result.causes is None:
        raise ValueError("The result has no causes; make it with causes=True.")
    return grouped(result.causes[load])


def grouped(causes_of: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the causes of one load put together under SHARES."""
    found: dict[str, np.ndarray] = {}
    for name, values in causes_of.items():
        share = _share(name)
        found[share] = found[share] + values if share in found else values
    return {share: found[share] for share in SHARES if share in found}


def _share(cause: str) -> str:
    if cause in NAMED:
        return NAMED[cause]
    if cause.startswith(parts.CONTACT):
        return CONTACTS
    for kind in (parts.ACTIVE, parts.PASSIVE):
        if cause.endswith(kind):
            group = cause.removesuffix(kind)
            if group == "psoas_major":
                return PSOAS
            return EXTENSORS if group in leaf_groups("extensors") else OTHERS
    return LOAD  # masses held, given and measured forces


def _load_tables(result: Result, of: str) -> list[Table]:
    tables = []
    for load, title, decimals, note in QUANTITIES:
        shares = {n: v[:, 0] for n, v in shares_of(result, load).items() if np.abs(v[:, 0]).max() >= LEAST}
        rows: list[tuple[Cell, ...]] = [
            (level, float(result.loads[load][k, 0]), *(float(v[k]) for v in shares.values()))
            for k, level in enumerate(result.levels)
        ]
        columns = ("level", "whole", *shares)
        tables.append(Table(title + of, columns, tuple(rows), (0,) + (decimals,) * (len(columns) - 1), note))
    return tables


def _moment_table(result: Result, of: str) -> Table:
    shares = {n: v[:, 0] for n, v in shares_of(result, "flexion_moment_nm").items() if np.abs(v[:, 0]).max() >= LEAST}
    disc = -result.loads["flexion_moment_nm"][:, 0]
    rows: list[tuple[Cell, ...]] = [
        (level, *(float(v[k]) for v in shares.values()), float(disc[k])) for k, level in enumerate(result.levels)
    ]
    columns = ("level", *shares, "disc")
    note = "Positive bends forward, negative backward; over a row they sum to nothing. Unmet: what nobody supplies."
    return Table("Who supplies the moment, N m" + of, columns, tuple(rows), (0,) + (1,) * (len(columns) - 1), note)


def _every_cause(result: Result, of: str) -> list[Table]:
    """Return each load by all its causes, muscle groups one by one, active and passive force apart."""
    assert result.causes is not None
    tables = []
    for load, title, decimals, least in APART:
        told = {name: values[:, 0] for name, values in result.causes[load].items()}
        small = [name for name, values in told.items() if np.abs(values).max() < least]
        lines = [(name.replace("_", " "), values) for name, values in told.items() if name not in small]
        lines.append(("all others", np.sum([told[name] for name in small], axis=0) + np.zeros(len(result.levels))))
        lines.append(("whole", result.loads[load][:, 0]))
        rows: list[tuple[Cell, ...]] = [(name, *(float(v) for v in values)) for name, values in lines]
        note = "A muscle group's active and passive force stand apart. A column sums to its whole."
        columns = ("cause", *result.levels)
        tables.append(Table(title + of, columns, tuple(rows), (0,) + (decimals,) * len(result.levels), note))
    return tables


def _figure(result: Result) -> Figure:
    at = np.arange(1.0, len(result.levels) + 1)
    shares = shares_of(result, "compression_n")
    curves = [Curve("whole", at, result.loads["compression_n"][:, 0])]
    curves += [Curve(n, at, v[:, 0]) for n, v in shares.items() if np.abs(v[:, 0]).max() >= LEAST]
    return Figure("Compression by cause", "level, 1 = T12/L1 to 6 = L5/S1", "N", tuple(curves))


def _findings(results: list[Result]) -> list[str]:
    found = []
    for level in ("L4/L5", "L5/S1"):
        k = results[0].levels.index(level)
        shares = {n: float(v[k, 0]) for n, v in shares_of(results[0], "compression_n").items()}
        whole = float(results[0].loads["compression_n"][k, 0])
        told = [
            f"{_the(n)} {shares[n]:.0f} N"
            for n in (WEIGHT, LOAD, EXTENSORS, OTHERS, LIGAMENTS, CONTACTS)
            if shares.get(n, 0.0) >= 0.5
        ]
        off = [
            f"{_the(n)} {'takes' if n != CONTACTS else 'take'} off {-v:.0f} N" for n, v in shares.items() if v <= -0.5
        ]
        found.append(
            f"At {level} the psoas gives {shares[PSOAS]:.0f} N of {whole:.0f} N of compression; "
            f"{', '.join(told)}" + (f"; {', '.join(off)}." if off else ".")
        )
    k = results[0].levels.index("L5/S1")
    shear = {n: float(v[k, 0]) for n, v in shares_of(results[0], "anterior_shear_n").items()}
    whole = float(results[0].loads["anterior_shear_n"][k, 0])
    found.append(
        f"Of the shear at L5/S1, {abs(whole):.0f} N {_way(whole)}, the psoas makes {abs(shear[PSOAS]):.0f} N "
        f"{_way(shear[PSOAS])}."
    )
    if len(results) > 1:
        for level in ("L4/L5", "L5/S1"):
            before, after = (_at(r, level) for r in results)
            found.append(
                f"With the change the compression at {level} goes from {before[0]:.0f} to {after[0]:.0f} N: the psoas "
                f"from {before[1]:.0f} to {after[1]:.0f} N, the extensors from {before[2]:.0f} to {after[2]:.0f} N."
            )
    return found


def _at(result: Result, level: str) -> tuple[float, float, float]:
    k = result.levels.index(level)
    shares = shares_of(result, "compression_n")
    return float(result.loads["compression_n"][k, 0]), float(shares[PSOAS][k, 0]), float(shares[EXTENSORS][k, 0])


def _the(share: str) -> str:
    return {LOAD: "what is held or pushes"}.get(share, share if share in (WEIGHT, PRESSURE) else f"the {share}")


def _way(shear: float) -> str:
    return "forward" if shear >= 0 else "backward"
