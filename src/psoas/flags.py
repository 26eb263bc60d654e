"""The command line's flags made into values: a person, a change, a load, a case from a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import KINDS, Change
from psoas.case.movement import RECORDINGS, Movement
from psoas.case.quantities import parse_changes, parse_height, parse_mass
from psoas.case.scenario import LARGEST_BYTES, TABLES, read_case
from psoas.case.surroundings import HANDS_KG, Surroundings
from psoas.case.whatif import named, together, with_surroundings
from psoas.errors import FileError, InputError

SCENARIOS = (".toml", ".json")


def subject(
    known: Subject,
    *,
    mass: str | None = None,
    height: str | None = None,
    sex: str | None = None,
    age: float | None = None,
) -> Subject:
    """Return `known` with what the flags give in its place."""
    given = {
        "mass_kg": None if mass is None else parse_mass(mass, flag="--mass"),
        "height_m": None if height is None else parse_height(height, flag="--height"),
        "sex": sex,
        "age_years": age,
    }
    return Subject(**known.model_dump() | {key: value for key, value in given.items() if value is not None})


def change(
    known: Change | None = None,
    *,
    tight: Sequence[str] | None = None,
    weak: Sequence[str] | None = None,
    inhibited: Sequence[str] | None = None,
) -> Change:
    """Return `known` with the muscles that the flags name changed; --tight 6% alone is the whole psoas."""
    known = known or Change()
    given = {
        "tight": parse_changes(tight or (), flag="--tight", default="psoas_major"),
        "weak": parse_changes(weak or (), flag="--weak"),
        "inhibited": parse_changes(inhibited or (), flag="--inhibited"),
    }
    merged = {kind: {**getattr(known, kind), **given[kind]} for kind in KINDS}
    return Change(tone=known.tone, **merged)  # type: ignore[arg-type]


def load(text: str | None) -> float:
    """Return the mass in both hands, kg; nothing given is nothing held."""
    mass_kg = 0.0 if text is None else parse_mass(text, flag="--load")
    low, high = HANDS_KG
    if not low <= mass_kg <= high:
        raise InputError(f"--load is '{text}'; allowed is {low:g} to {high:g} kg.")
    return mass_kg


def surroundings(known: Surroundings, text: str | None) -> Surroundings:
    """Return the surroundings with --load in the hands, where it is given."""
    if text is None:
        return known
    return with_surroundings(hands_kg=load(text))(Case(surroundings=known)).surroundings


def read_input(
    file: str,
    *,
    forces: str | None = None,
    markers: str | None = None,
    units: str | None = None,
    up: str | None = None,
) -> Case:
    """Return the case of a scenario or a recording, told apart by suffix and, for .json, by content."""
    path = Path(file)
    if not path.exists():
        raise FileError(f"There is no file '{file}'.")
    if path.is_dir():
        raise FileError(f"'{file}' is a directory; name a scenario or a recording in it.")
    suffix = path.suffix.lower()
    given = {"forces": forces, "markers": markers, "units": units, "up": up}
    given = {key: value for key, value in given.items() if value is not None}
    if suffix == ".toml" or (suffix == ".json" and _is_scenario(path)):
        case = read_case(path)
        if not given:
            return case
        if not isinstance(case.motion, Movement) or case.motion.file is None:
            flags = " and ".join(f"--{key}" for key in given)
            raise InputError(f"{flags} belongs to a recording, but {path.name} names none in [motion].")
        return case.with_changes(motion=Movement(**case.motion.model_dump() | given))
    if suffix not in RECORDINGS:
        known = ", ".join(dict.fromkeys((*SCENARIOS, *RECORDINGS)))
        raise FileError(f"'{path.name}' has no suffix that psoas reads; known: {known}.")
    return Case(motion=Movement(file=path, **given), name=path.stem)  # type: ignore[arg-type]


def over(
    case: Case,
    *,
    mass: str | None,
    height: str | None,
    sex: str | None,
    age: float | None,
    tight: Sequence[str] | None,
    weak: Sequence[str] | None,
    inhibited: Sequence[str] | None,
    load: str | None,
) -> Case:
    """Return the case with what the flags say put over its person, changes and load."""
    return case.with_changes(
        subject=subject(case.subject, mass=mass, height=height, sex=sex, age=age),
        change=change(case.change, tight=tight, weak=weak, inhibited=inhibited),
        surroundings=surroundings(case.surroundings, load),
    )


def untouched(case: Case) -> Case:
    """Return the same case with no muscle changed, named "normal"; the tone stays."""
    plain = case.with_changes(change=Change(tone=case.change.tone))
    return together(named("normal"))(plain)


def describe(change: Change) -> str:
    """Return a short name of a change, as the head of a column: "psoas_major 6 % tight"."""
    parts = [
        f"{muscle} {100 * fraction:g} % {kind}" for kind in KINDS for muscle, fraction in getattr(change, kind).items()
    ]
    return parts[0] if len(parts) == 1 else "changed"


def _is_scenario(path: Path) -> bool:
    # A scenario and a file of keypoints share the suffix; only a scenario's tables bear these names.
    if path.stat().st_size > LARGEST_BYTES:
        return False
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return True  # broken JSON: the scenario reader says where
    return not isinstance(found, dict) or not found or any(key in TABLES for key in found)
