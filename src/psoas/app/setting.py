"""What the sliders say, and the case it stands for."""

from __future__ import annotations

from dataclasses import dataclass, fields

from psoas.case.case import Case
from psoas.case.change import Change, told_of
from psoas.case.whatif import inhibit, set_tone, tighten, together, weaken, with_subject, with_surroundings

PSOAS, EXTENSORS = "psoas_major", "extensors"


@dataclass(frozen=True)
class Setting:
    """Where the sliders stand: fractions of 1, kg in both hands together, specific tension in N/cm2.

    psoas_tight: optimal fibre length * (1 - t). extensors_weak: strength * (1 - w). extensors_inhibited:
    activation <= 1 - i. tone: least activation of every muscle.
    """

    psoas_tight: float = 0.0
    extensors_weak: float = 0.0
    extensors_inhibited: float = 0.0
    tone: float = 0.0
    hands_kg: float = 0.0
    specific_tension_n_cm2: float = 0.0


def setting_of(case: Case, tone: float) -> Setting:
    """Return where the sliders of a case stand; `tone` is what the body has where the case names none."""
    hands = case.surroundings.hands_kg
    return Setting(
        case.change.tight.get(PSOAS, 0.0),
        case.change.weak.get(EXTENSORS, 0.0),
        case.change.inhibited.get(EXTENSORS, 0.0),
        tone if case.change.tone is None else case.change.tone,
        (hands.left or 0.0) + (hands.right or 0.0),
        case.subject.specific_tension_n_cm2,
    )


def with_setting(case: Case, given: Setting, setting: Setting) -> Case:
    """Return the case with every slider that left its place in `given` put where `setting` has it.

    What no slider stands for stays as the case has it, and so does a load that is not the same in both hands while its
    slider has not been moved. Raises InputError for a value that a case refuses.
    """
    moves = {
        "psoas_tight": lambda value: tighten(PSOAS, value),
        "extensors_weak": lambda value: weaken(EXTENSORS, value),
        "extensors_inhibited": lambda value: inhibit(EXTENSORS, value),
        "tone": set_tone,
        "hands_kg": lambda value: with_surroundings(hands_kg=value),
        "specific_tension_n_cm2": lambda value: with_subject(specific_tension_n_cm2=value),
    }
    moved = [f.name for f in fields(Setting) if getattr(setting, f.name) != getattr(given, f.name)]
    return together(*(moves[name](getattr(setting, name)) for name in moved))(case)


def untouched(case: Case) -> Case:
    """Return the same case with no muscle changed; the tone, the load and the person stay."""
    return case.with_changes(change=Change(tone=case.change.tone))


def name_of(setting: Setting, plain: Setting) -> str:
    """Return what tells a setting from the baseline's, as the head of a column: "psoas 6 % tight"."""
    told = {
        "psoas_tight": told_of(Change(tight={PSOAS: setting.psoas_tight})),
        "extensors_weak": told_of(Change(weak={EXTENSORS: setting.extensors_weak})),
        "extensors_inhibited": told_of(Change(inhibited={EXTENSORS: setting.extensors_inhibited})),
        "tone": told_of(Change(tone=setting.tone)),
        "hands_kg": f"{setting.hands_kg:g} kg in the hands",
        "specific_tension_n_cm2": f"{setting.specific_tension_n_cm2:g} N/cm2",
    }
    moved = [name for name in told if getattr(setting, name) != getattr(plain, name)]
    return told[moved[0]] if len(moved) == 1 else "changed" if moved else "as given"
