"""The case: everything that decides an answer, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psoas.anatomy.subject import Subject
from psoas.case.change import Change, Solve
from psoas.case.movement import Movement
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.errors import InputError
from psoas.values import Value

if TYPE_CHECKING:
    from psoas.motion.motion import Motion


@dataclass(frozen=True)
class Case:
    """One person in one posture or movement, with what is around and what is changed.

    Exactly one of `posture` and `motion` counts; with neither the person stands. `motion` is a Movement as
    written in a scenario or a Motion already read or computed. Raises InputError if both are given.
    """

    subject: Subject = field(default_factory=Subject)
    posture: Posture | None = None
    motion: Movement | Motion | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)
    change: Change = field(default_factory=Change)
    solve: Solve = field(default_factory=Solve)
    name: str = ""

    def __post_init__(self):
        if self.posture is not None and self.motion is not None:
            raise InputError("A case has a posture or a motion, not both; drop [posture] or [motion].", "motion")
        if self.posture is None and self.motion is None:
            object.__setattr__(self, "posture", Posture())

    def to_dict(self) -> dict[str, Any]:
        """Return the case as the result's JSON carries it: a scenario's tables, without what is not set."""
        written: dict[str, Any] = {"name": self.name} if self.name else {}
        written["subject"] = as_written(self.subject)
        if self.posture is not None:
            written["posture"] = as_written(self.posture)
        elif isinstance(self.motion, Movement):
            written["motion"] = as_written(self.motion)
        else:
            written["motion"] = {"name": str(getattr(self.motion, "name", "") or "computed")}
        for key, value in (
            ("surroundings", self.surroundings),
            ("change", self.change),
            ("solve", self.solve),
        ):
            written[key] = as_written(value)
        return written

    def with_changes(self, **changes: Any) -> Case:
        """Return a copy with these fields replaced; giving one of posture and motion drops the other."""
        if changes.get("posture") is not None:
            changes.setdefault("motion", None)
        if changes.get("motion") is not None:
            changes.setdefault("posture", None)
        return replace(self, **changes)


def as_written(value: Value) -> dict[str, Any]:
    """Return a value as the table of a scenario: keys that are None or empty left out, equal sides folded."""
    table: dict[str, Any] = {}
    for key in type(value).model_fields:
        entry = getattr(value, key)
        if key == "hands_kg":
            entry = _hands(entry)
        elif isinstance(entry, Sided):
            entry = entry.written()
        elif key == "forces" and isinstance(entry, tuple):
            entry = [{"segment": force.segment, "force_n": list(force.force_n)} for force in entry]
        elif hasattr(entry, "__fspath__"):
            entry = str(entry)
        elif isinstance(entry, dict):
            entry = dict(entry)
        if entry is not None and entry not in ({}, []):
            table[key] = entry
    return table


def _hands(hands: Sided) -> float | dict[str, float] | None:
    left, right = hands.left or 0.0, hands.right or 0.0
    return left + right if left == right else {"left": left, "right": right}
