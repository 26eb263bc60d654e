"""What could be done, side by side: lengthen, strengthen, disinhibit, lower the tone, tilt the pelvis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.groups import parse_side, resolve
from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture, Preset, Sided
from psoas.case.quantities import show_fraction
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import Frames, frames_of
from psoas.motion.postures import preset as preset_of
from psoas.result import LEVELS, Result
from psoas.studies.positions import with_change_of
from psoas.studies.study import Study
from psoas.tables import Cell, Table

LEVEL = "L4/L5"
DEFAULT_CHANGE = Change(tight={"psoas_major": 0.1})
LARGEST_SIZE, LARGEST_TILT_DEG = 0.5, 15.0
NOTHING_N = 0.5  # a change of load below it is told as none
NO_EFFORT = 1e-6  # of the effort; the search for the least effort ends closer
FREED = "extensors disinhibited"


@dataclass(frozen=True)
class Measure:
    """One thing done to the case: its size in words, its result, and the sum of activation^2 x volume [m3]."""

    what: str
    size: str
    result: Result
    effort: float

    def load(self, level: str = LEVEL, key: str = "compression_n") -> float:
        """Return one load of one level."""
        return float(self.result.level(level)[key][0])


def interventions(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    preset: Preset = "standing",
    size_fraction: float = 0.1,
    tilt_deg: float = 5.0,
) -> Study:
    """Return the loads of one posture as it is and with each of six measures, with the effort each leaves.

    All measures but the tilts hold the posture and change the muscles by the same fraction: the psoas is lengthened
    (so much less tight), the extensors are made stronger (by so much of their strength) or less inhibited, the tone of
    all muscles is lowered (by so much of it). The tilts turn the pelvis forward and back and leave the thorax as
    upright as it was; a person lying has none. Effort is the sum over all fascicles of activation^2 x volume.
    Raises InputError for a size out of range.

    Args:
        subject: The person.
        change: What is wrong to begin with; a psoas 10 % tight if not given.
        hands_kg: Load in both hands together.
        preset: The posture.
        size_fraction: Size of every measure on muscles.
        tilt_deg: Size of the pelvic tilts.

    """
    if not 0.0 < size_fraction <= LARGEST_SIZE:
        raise InputError(f"--size is {size_fraction:.0%}; allowed is above 0 to {LARGEST_SIZE:.0%}.", "size")
    if not 0.0 < tilt_deg <= LARGEST_TILT_DEG:
        raise InputError(f"--tilt is {tilt_deg:g}; allowed is above 0 to {LARGEST_TILT_DEG:g} degrees.", "tilt")
    given = change is not None and (not change.is_empty or change.tone is not None)
    wrong = change if change is not None and given else DEFAULT_CHANGE
    plain = Case(
        subject=subject or Subject(),
        posture=Posture(preset=preset),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="untouched",
    )
    base = plain.with_changes(change=wrong, name="as it is")
    frames = frames_of(base)
    without = _measure("untouched", "none", plain, with_change_of(frames, plain))
    measures = [_measure("as it is", "none", base, frames)]
    measures += _on_muscles(base, frames, size_fraction)
    measures += _tilts(base, preset, tilt_deg)
    start = "Nothing was given as wrong, so the psoas is taken to be 10 % tight." if not given else ""
    return Study(
        f"What could be done, {preset.replace('_', ' ')}: {person(plain.subject)}",
        tuple(m.result for m in (without, *measures)),
        findings=(*((start,) if start else ()), *_findings(without, measures, size_fraction)),
        tables=(
            _table("Compression, N", "compression_n", [without, *measures]),
            _table("Forward shear, N", "anterior_shear_n", [without, *measures]),
        ),
    )


def _measure(what: str, size: str, case: Case, frames: Frames, note: str = "") -> Measure:
    result = result_of(case, frames)
    if note:
        result = replace(result, notes=(*result.notes, note))
    effort = float(frames.body.fibres.volume @ np.square(result.muscles.activation[:, 0]))
    return Measure(what, size, result, effort)


def _on_muscles(base: Case, frames: Frames, size: float) -> list[Measure]:
    fibres = frames.body.fibres

    def rows(name: str) -> Sequence[int]:
        return resolve(name, fibres.names, fibres.groups)

    def done(what: str, how: str, change: Change) -> Measure:
        case = base.with_changes(change=change, name=what)
        return _measure(what, how, case, with_change_of(frames, case))

    force = fibres.max_force.copy()
    force[rows("extensors")] *= 1.0 + size
    stronger = replace(frames, body=replace(frames.body, fibres=replace(fibres, max_force=force)))
    tone = float(frames.effort.floor.max())
    now = base.change
    longer = eased(now.tight, "psoas_major", size, rows)
    freer = eased(now.inhibited, "extensors", size, rows)
    return [
        done(
            "psoas lengthened",
            f"{show_fraction(size, 0)} less tight",
            Change(tone=now.tone, tight=longer, weak=now.weak, inhibited=now.inhibited),
        ),
        _measure(
            "extensors strengthened",
            f"{show_fraction(size, 0)} more force",
            base.with_changes(name="extensors strengthened"),
            stronger,
            f"the extensors are {show_fraction(size, 0)} stronger than the case says; a scenario can only weaken them",
        ),
        done(
            FREED,
            f"{show_fraction(size, 0)} less inhibited",
            Change(tone=now.tone, tight=now.tight, weak=now.weak, inhibited=freer),
        ),
        done(
            "tone lowered",
            f"by {show_fraction(size, 0)} of it, to {show_fraction(tone * (1 - size), 2)}",
            Change(tone=tone * (1.0 - size), tight=now.tight, weak=now.weak, inhibited=now.inhibited),
        ),
    ]


def eased(
    wanted: Mapping[str, float], muscle: str, size: float, rows: Callable[[str], Sequence[int]]
) -> dict[str, float]:
    """Return fractions by muscle with those of `muscle` less by `size`, at least 0; other muscles stay.

    rows(name): the fascicles a name stands for. A name wider than the muscle stays, and the muscle, which is narrower
    and so counts, is given beside it.
    """
    own, result = set(rows(muscle)), dict(wanted)
    for name, fraction in wanted.items():
        less = max(0.0, fraction - size)
        if set(rows(name)) <= own:
            result[name] = less
        elif set(rows(name)) & own:
            side = parse_side(name)[1]
            result.setdefault(f"{muscle}_{side}" if side else muscle, less)
    return result


def _tilts(base: Case, name: str, tilt_deg: float) -> list[Measure]:
    """Return the measures that tilt the pelvis forward and back, the lumbar spine making up for it."""
    start = preset_of(name)
    if start.feet == "free":  # lying: the bed holds the pelvis
        return []
    tilt, trunk = np.degrees(start.pelvis_tilt), np.degrees(start.trunk_flexion)
    measures = []
    for what, turn in (("pelvis tilted forward", tilt_deg), ("pelvis tilted back", -tilt_deg)):
        posture = Posture(
            preset=start.name,  # type: ignore[arg-type]
            pelvis_tilt_deg=float(tilt + turn),
            trunk_flexion_deg=float(trunk - turn),
        )
        case = base.with_changes(posture=posture, name=what)
        measures.append(_measure(what, f"{tilt_deg:g} degrees", case, frames_of(case)))
    return measures


def _table(title: str, key: str, measures: list[Measure]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for m in measures:
        rows.append((m.what, m.size, *(m.load(level, key) for level in LEVELS), 1e6 * m.effort))
    columns = ("what", "size", *LEVELS, "effort, cm3")
    return Table(
        title, columns, tuple(rows), (0, 0, *(0 for _ in LEVELS), 3), "effort: sum of activation^2 x muscle volume"
    )


def _findings(without: Measure, measures: list[Measure], size: float) -> list[str]:
    base, done = measures[0], measures[1:]
    found = [
        f"As it is, {LEVEL} carries {base.load():.0f} N and the muscles' effort is {1e6 * base.effort:.3f} cm3 "
        f"(activation^2 x volume); untouched {without.load():.0f} N and {1e6 * without.effort:.3f} cm3."
    ]
    for m in done:
        change, effort = m.load() - base.load(), (m.effort - base.effort) / base.effort
        told = f"changes {LEVEL} by {change:+.0f} N" if abs(change) >= NOTHING_N else f"leaves {LEVEL} as it is"
        found.append(f"{m.what[0].upper()}{m.what[1:]} ({m.size}): {told}; the effort by {100 * effort:+.1f} %.")
    for m in (without, *measures):
        if m.result.status != ("ok",):
            found.append(f"{m.what[0].upper()}{m.what[1:]} is {m.result.status[0]}.")
    if not any(base.result.case["change"].get("inhibited", {}).values()):
        found.append("No muscle is inhibited here, so there is nothing to disinhibit.")
    elif all(abs(m.effort - base.effort) < NO_EFFORT * base.effort for m in done if m.what == FREED):
        found.append("No extensor would work up to what its inhibition allows, so disinhibiting changes nothing here.")
    if not any(base.result.case["change"].get("tight", {}).values()):
        found.append("No muscle is tight here, so there is nothing to lengthen.")
    found.append("Tone is a share of a muscle's strength, so stronger muscles also pull more at rest.")
    on_muscles = [m for m in done if not m.what.startswith("pelvis")]
    best = min(on_muscles, key=Measure.load)
    if base.load() - best.load() >= NOTHING_N:
        found.append(
            f"Of the measures on muscles, each of {show_fraction(size, 0)}, '{best.what}' takes most off {LEVEL}."
        )
    else:
        found.append(f"None of the measures on muscles, each of {show_fraction(size, 0)}, takes anything off {LEVEL}.")
    if len(on_muscles) < len(done):
        found.append(
            "A tilt is another posture and has no size in per cent; it stands beside the others, not among them."
        )
    else:
        found.append("A lying person's pelvis is held by the bed, so no tilt is shown.")
    found.append("Equal size is not equal ease: how hard each is to reach is not asked here.")
    return found
