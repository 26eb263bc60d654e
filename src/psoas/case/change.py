"""What is changed in the muscles (tight, weak, inhibited, tone) and how the load is shared between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from psoas.case.quantities import show_fraction
from psoas.errors import InputError
from psoas.values import Value, within

LARGEST_FRACTION = 0.95
LARGEST_TONE = 0.5
KINDS = ("tight", "weak", "inhibited")


class Change(Value):
    """Fractions by muscle. Names are groups, muscles or fascicles; "_r" or "_l" at the end means one side.

    tight t: optimal fibre length * (1 - t); weak w: strength * (1 - w); inhibited i: activation <= 1 - i;
    all 0 to 0.95. `tone` is the activation floor; None: 0.02 where the trunk holds itself up and 0.007 where
    it is supported.
    """

    table: ClassVar[str] = "[change]"

    tone: Annotated[float, within(0, LARGEST_TONE)] | None = None
    tight: dict[str, float] = Field(default_factory=dict)
    weak: dict[str, float] = Field(default_factory=dict)
    inhibited: dict[str, float] = Field(default_factory=dict)

    @field_validator(*KINDS)
    @classmethod
    def _fractions(cls, value: dict[str, float]) -> dict[str, float]:
        for muscle, fraction in value.items():
            if not 0 <= fraction <= LARGEST_FRACTION:
                meant = f" For {fraction:g} % write {fraction / 100:g}." if 1 <= fraction <= 95 else ""
                allowed = f"allowed is a fraction of 0 to {LARGEST_FRACTION:g}"
                raise InputError(f"[change] '{muscle}' is {fraction:g}; {allowed}.{meant}", muscle)
        return value

    @property
    def is_empty(self) -> bool:
        """Return whether no muscle is changed (the tone may be)."""
        return not (self.tight or self.weak or self.inhibited)


class Solve(Value):
    """How the load is shared: sum w_i a_i^2 (squared), a_i^3 (cubed) or the smallest largest a_i (minmax)."""

    table: ClassVar[str] = "[solve]"

    criterion: Literal["squared", "cubed", "minmax"] = "squared"
    weights: Literal["volume", "equal"] = "volume"


def told_of(change: Change) -> str:
    """Return a change in words: "psoas 6 % tight, right multifidus 30 % weak, tone 1 %"."""
    parts = []
    for kind in KINDS:
        for muscle, fraction in getattr(change, kind).items():
            side = {"_r": "right ", "_l": "left "}.get(muscle[-2:], "")
            name = (muscle[:-2] if side else muscle).removesuffix("_major").replace("_", " ")
            parts.append(f"{side}{name} {show_fraction(fraction)} {kind}")
    if change.tone is not None:
        parts.append(f"tone {show_fraction(change.tone)}")
    return ", ".join(parts)


def per_fascicle(wanted: Mapping[str, float], resolve: Callable[[str], Sequence[int]], count: int) -> np.ndarray:
    """Return the fraction of every fascicle, (count,) float64, zero where `wanted` names none.

    `resolve(name)` gives the indices of the fascicles that a group, muscle or fascicle stands for and raises
    InputError for a name it does not know. Where two names hold the same fascicle, the narrower name counts.
    """
    indices = {name: list(resolve(name)) for name in wanted}
    fractions = np.zeros(count)
    for name in sorted(wanted, key=lambda name: -len(indices[name])):
        fractions[indices[name]] = wanted[name]
    return fractions
