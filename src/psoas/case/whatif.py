"""What-ifs: pure functions from Case to Case, `tighten("psoas_major", 0.06)(case)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture
from psoas.values import Value

WhatIf = Callable[[Case], Case]
V = TypeVar("V", bound=Value)


def tighten(muscle: str, fraction: float) -> WhatIf:
    """Return the what-if that shortens the optimal fibre length: l_opt * (1 - fraction), up to 0.95."""
    return _muscle("tight", muscle, fraction)


def weaken(muscle: str, fraction: float) -> WhatIf:
    """Return the what-if that lowers the strength: F_max * (1 - fraction), fraction 0 to 0.95."""
    return _muscle("weak", muscle, fraction)


def inhibit(muscle: str, fraction: float) -> WhatIf:
    """Return the what-if that caps the activation: a <= 1 - fraction, fraction 0 to 0.95."""
    return _muscle("inhibited", muscle, fraction)


def set_tone(tone: float) -> WhatIf:
    """Return the what-if that sets the activation floor of every muscle: a >= tone, 0 to 0.5."""
    return lambda case: case.with_changes(change=_with(case.change, tone=tone))


def add_load(mass_kg: float, *, hand: str = "both") -> WhatIf:
    """Return the what-if that adds mass_kg to hand "left", "right" or "both" (half each)."""
    if hand not in ("left", "right", "both"):
        raise ValueError(f"hand is {hand!r}; allowed is left, right or both.")

    def changed(case: Case) -> Case:
        held = case.surroundings.hands_kg
        left = (held.left or 0.0) + {"left": mass_kg, "both": mass_kg / 2}.get(hand, 0.0)
        right = (held.right or 0.0) + {"right": mass_kg, "both": mass_kg / 2}.get(hand, 0.0)
        # One number where both hold alike, so that a mistake is told of the mass that was written.
        hands = left + right if left == right else {"left": left, "right": right}
        return case.with_changes(surroundings=_with(case.surroundings, hands_kg=hands))

    return changed


def with_posture(preset: str | None = None, **angles: Any) -> WhatIf:
    """Return the what-if of another posture: a new preset, or the case's own with these angles replaced."""

    def changed(case: Case) -> Case:
        if preset is not None:
            return case.with_changes(posture=Posture(preset=preset, **angles))  # type: ignore[arg-type]
        return case.with_changes(posture=_with(case.posture or Posture(), **angles))

    return changed


def with_surroundings(**keys: Any) -> WhatIf:
    """Return the what-if that replaces these keys of the surroundings."""
    return lambda case: case.with_changes(surroundings=_with(case.surroundings, **keys))


def with_subject(**keys: Any) -> WhatIf:
    """Return the what-if of another person: these figures of the subject replaced."""
    return lambda case: case.with_changes(subject=_with(case.subject, **keys))


def with_solve(**keys: Any) -> WhatIf:
    """Return the what-if of another way to share the load: criterion, weights."""
    return lambda case: case.with_changes(solve=_with(case.solve, **keys))


def named(name: str) -> WhatIf:
    """Return the what-if that only names the case, as the column of a table."""
    return lambda case: case.with_changes(name=name)


def together(*changes: WhatIf) -> WhatIf:
    """Return the what-if that makes these changes one after the other."""

    def changed(case: Case) -> Case:
        for change in changes:
            case = change(case)
        return case

    return changed


def _muscle(kind: str, muscle: str, fraction: float) -> WhatIf:
    # A wrong fraction is told here, where it is written, and not when the case is made.
    Change(**{kind: {muscle: float(fraction)}})  # type: ignore[arg-type]
    return lambda case: case.with_changes(
        change=_with(case.change, **{kind: {**getattr(case.change, kind), muscle: float(fraction)}})
    )


def _with(value: V, **keys: Any) -> V:
    # Made anew, not copied: only construction checks the values.
    return type(value)(**{name: getattr(value, name) for name in type(value).model_fields} | keys)
