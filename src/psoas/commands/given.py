"""The shared flags made into values: a person, a change, a load, a case with the flags put over it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import KINDS, LARGEST_TONE, Change, told_of
from psoas.case.quantities import parse_changes, parse_fraction, parse_height, parse_mass
from psoas.case.surroundings import HANDS_KG
from psoas.case.whatif import named, together, with_surroundings
from psoas.commands.options import Changes, Hands, Person
from psoas.errors import InputError

FLAGS = {"mass_kg": "--mass", "height_m": "--height", "sex": "--sex", "age_years": "--age"}  # by key of [subject]


def subject(person: Person, known: Subject | None = None) -> Subject:
    """Return `known` with what the flags give in its place; a mistake is told by flag, with what was typed."""
    values = {
        "mass_kg": None if person.mass is None else parse_mass(person.mass, flag="--mass"),
        "height_m": None if person.height is None else parse_height(person.height, flag="--height"),
        "sex": person.sex,
        "age_years": person.age,
    }
    whole = (known or Subject()).model_dump() | {key: value for key, value in values.items() if value is not None}
    try:
        return Subject(**whole)
    except InputError as error:
        typed = {"mass_kg": person.mass, "height_m": person.height}
        raise InputError(_by_flag(str(error), whole, typed), error.key) from None


def _by_flag(sentence: str, whole: Mapping[str, object], typed: Mapping[str, str | None]) -> str:
    """Return a sentence on [subject] with each key as its flag, and a value that was typed as it was typed."""
    for key, flag in FLAGS.items():
        value = f"{whole[key]:g}" if isinstance(whole[key], float) else repr(whole[key])
        told = value if typed.get(key) is None else f"'{typed[key]}'"
        found = re.search(rf"(?:\[subject\] )?\b{key}( is)? {re.escape(value)}", sentence)
        if found is not None:
            sentence = sentence.replace(found[0], f"{flag}{found[1] or ''} {told}")
    return sentence


def change(changes: Changes, known: Change | None = None) -> Change:
    """Return `known` with the muscles that the flags name changed; --tight 6% alone is the whole psoas."""
    known = known or Change()
    given = {
        "tight": parse_changes(changes.tight or (), flag="--tight", default="psoas_major"),
        "weak": parse_changes(changes.weak or (), flag="--weak"),
        "inhibited": parse_changes(changes.inhibited or (), flag="--inhibited"),
    }
    merged = {kind: {**getattr(known, kind), **given[kind]} for kind in KINDS}
    tone = known.tone if changes.tone is None else parse_fraction(changes.tone, flag="--tone", largest=LARGEST_TONE)
    return Change(tone=tone, **merged)  # type: ignore[arg-type]


def load(hands: Hands) -> float:
    """Return the mass in both hands, kg; nothing given is nothing held."""
    mass_kg = 0.0 if hands.load is None else parse_mass(hands.load, flag="--load")
    low, high = HANDS_KG
    if not low <= mass_kg <= high:
        raise InputError(f"--load is '{hands.load}'; allowed is {low:g} to {high:g} kg.")
    return mass_kg


def over(case: Case, person: Person, changes: Changes, hands: Hands) -> Case:
    """Return the case with what the flags say put over its person, changes and load."""
    changed = case.with_changes(subject=subject(person, case.subject), change=change(changes, case.change))
    return changed if hands.load is None else with_surroundings(hands_kg=load(hands))(changed)


def untouched(case: Case) -> Case:
    """Return the same case with no muscle changed, named "normal"; the tone stays."""
    plain = case.with_changes(change=Change(tone=case.change.tone))
    return together(named("normal"))(plain)


def describe(changed: Change) -> str:
    """Return a short name of a change, as the head of a column: "psoas 6 % tight"; of several "changed"."""
    alone = sum(len(getattr(changed, kind)) for kind in KINDS) == 1
    return told_of(changed.model_copy(update={"tone": None})) if alone else "changed"
