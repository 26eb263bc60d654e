"""How near its limit: joints and muscles of a posture or a held load against published limits, level by level."""

from __future__ import annotations

from dataclasses import replace

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture, Preset, Sided
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import Frames, frames_of
from psoas.limits import prolapse, tolerance
from psoas.limits.roots import roots
from psoas.limits.verdict import joint_or_muscle
from psoas.result import Result
from psoas.studies.study import Study
from psoas.tables import Table

STRENGTH = "mean strength by age"
SOURCES = (
    "nioshtic",
    "jager2018",
    "jager1991",
    "gallagher2012",
    "freylaw2010",
    "freylaw2012",
    "adams1982",
    "adams1991",
    "adams1980bending",
    "coenen2012",
    "callaghan2001",
    "brinckmann1988",
    "harrison19",
    "waxman2013",
    "elearnrad",
    "psoas_assumed",
)


def limits(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    preset: Preset = "standing",
    trunk_flexion_deg: float | None = None,
    loadings: int = 1,
) -> Study:
    """Return how near its limit each joint and each muscle group is in a posture, beside the untouched person.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        hands_kg: Load in both hands together.
        preset: The posture the person is in.
        trunk_flexion_deg: Trunk flexion instead of the preset's, degrees.
        loadings: How often a day the posture is taken under this load; repetition lowers the shear limit.

    """
    if not 1 <= loadings <= 100_000:
        raise InputError(f"--loadings is {loadings}; allowed is 1 to 100000 a day.", "loadings")
    person = subject or Subject()
    base = Case(
        subject=person,
        posture=Posture(preset=preset, trunk_flexion_deg=trunk_flexion_deg),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="untouched",
    )
    cases = [base]
    if change is not None and (not change.is_empty or change.tone is not None):
        cases.append(base.with_changes(change=change, name="changed"))
    results, tables, findings = [], [], []
    for case in cases:
        frames = frames_of(case)
        result = result_of(case, frames, moment_arms=True)
        results.append(result)
        named = f" ({case.name})" if len(cases) > 1 else ""
        shown, said = _map(result, frames, person, loadings)
        tables += [replace(table, title=table.title + named) for table in shown]
        findings += [f"{case.name.capitalize()}: {sentence}" if named else sentence for sentence in said]
    tables += [
        tolerance.limits_table(results[-1], person.sex, person.age_years),
        roots(results[-1]),
        prolapse.evidence(),
    ]
    load = f", {hands_kg:g} kg in the hands" if hands_kg else ""
    title = f"How near the limits: {preset.replace('_', ' ')}{load}; {person.sex}, {person.age_years:g} years"
    return Study(title, tuple(results), findings=tuple(findings), tables=tuple(tables), sources=SOURCES)


def _map(result: Result, frames: Frames, person: Subject, loadings: int) -> tuple[list[Table], list[str]]:
    sex, age = person.sex, person.age_years
    shown, said = joint_or_muscle(result, sex, age, per_day=loadings, caps=frames.effort.cap)
    tables = [*shown, tolerance.utilisation(result, sex, age, loadings), prolapse.table(result, loadings)]
    return tables, [*said, _bent(result, loadings), *_broken(result, sex, age, loadings)]


def _bent(result: Result, loadings: int) -> str:
    worst = max(prolapse.prolapse(result, loadings), key=lambda x: x.index)
    if worst.index <= 0:
        return "No disc is bent forward here, so the index of prolapse-type loading is 0 at every level."
    times = f"{loadings} loadings" if loadings > 1 else "one loading"
    return (
        f"Bending and pressing together come nearest to what made cadaver discs prolapse at {worst.level}: index "
        f"{worst.index:.2f} of 1 for {times} (bending {worst.bending:.0%}, pressing {worst.pressing:.0%})."
    )


def _broken(result: Result, sex: str, age: float, loadings: int) -> list[str]:
    """Return what repetition did to cadaver segments, where it is asked for and within the published table."""
    hardest = max(tolerance.uses(result, tolerance.limit_named(STRENGTH, sex, age)), key=lambda u: u.share)
    between = prolapse.fatigue_share(hardest.share, loadings)
    if between is None or loadings < prolapse.CYCLES[0]:
        return []
    return [
        f"{hardest.level} is pressed with {hardest.share:.0%} of the mean strength at this age; of cadaver segments "
        f"pressed so {loadings} times in a row, {between[0]:.0%} to {between[1]:.0%} broke (figures from memory). "
        "Living bone rests and repairs."
    ]
