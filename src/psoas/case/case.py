"""The case: everything that decides an answer, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def cases_of(given: Iterable[Case] | Case) -> list[Case]:
    """Return one case, or several, as a list. Raises InputError for whatever else, which says how a case is made."""
    if isinstance(given, Case):
        return [given]
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes, Mapping)):
        raise _no_case(given, "")
    listed = list(given)
    for place, entry in enumerate(listed):
        if not isinstance(entry, Case):
            raise _no_case(entry, f" in place {place} of the list")
    return listed


def _no_case(given: object, where: str) -> InputError:
    shown = f"a {type(given).__name__}" if isinstance(given, Mapping) else repr(given)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return InputError(
        f"run takes a Case or a list of them, but was given {shown}{where}. A scenario file becomes a case by "
        "read_case, its tables by case_from_scenario, both of psoas.case.scenario; a recording by "
        "Case(motion=Movement(file=...)), of psoas.case.movement."
    )


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
