"""The bench that claims are tried on: one anatomy, its body, and cases run through the chain with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.body import Body
from psoas.body.build import build
from psoas.body.contacts import ContactPoint
from psoas.case.case import Case
from psoas.chain import result_of
from psoas.frames import Frames, frames_of
from psoas.mechanics.equilibrium import Effort, Equilibrium, at_rest, equilibrium
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.result import Result


@dataclass(frozen=True)
class Solved:
    """Frames of a case with what balances them, as arrays."""

    body: Body
    kin: Kinetics
    effort: Effort
    contacts: tuple[ContactPoint, ...]
    found: Equilibrium


class Bench:
    """The default person, or one whose anatomy is changed; every case is run once and remembered.

    change: from Anatomy to Anatomy, to see which claims notice a mistake in the body. Postures are those of the
    unchanged person, so that only what the change does to the forces is seen.
    """

    def __init__(self, change: Callable[[Anatomy], Anatomy] | None = None, posed: dict[str, Frames] | None = None):
        self._change = change
        self._posed: dict[str, Frames] = {} if posed is None else posed
        self._results: dict[str, Result] = {}

    @property
    def posed(self) -> dict[str, Frames]:
        """Return the postures found so far, which another bench may take over."""
        return self._posed

    @cached_property
    def anatomy(self) -> Anatomy:
        """Return the anatomy of the default person, changed."""
        return self._changed(scale(Subject()))

    @cached_property
    def body(self) -> Body:
        """Return the body of the default person with empty hands."""
        return build(self.anatomy)

    @cached_property
    def neutral(self) -> Kinetics:
        """Return one frame of neutral standing, all coordinates 0."""
        return kinetics(self.body, np.zeros((1, self.body.model.nq)))

    def frames(self, case: Case) -> Frames:
        """Return the frames of a case on this bench's body."""
        key = json.dumps(case.to_dict(), sort_keys=True)
        if key not in self._posed:
            self._posed[key] = frames_of(case)
        frames = self._posed[key]
        if self._change is None:
            return frames
        return replace(frames, body=build(self._changed(scale(case.subject)), frames.body.loads_kg))

    def run(self, case: Case) -> Result:
        """Return the result of a case, as `psoas run` gives it."""
        key = json.dumps(case.to_dict(), sort_keys=True)
        if key not in self._results:
            self._results[key] = result_of(case, self.frames(case))
        return self._results[key]

    @property
    def flagged(self) -> list[str]:
        """Return the cases run so far, as JSON, that hold a flagged frame: no claim should rest on them."""
        return [key for key, result in self._results.items() if any(s.startswith("flagged") for s in result.status)]

    def solve(self, case: Case, body: Body | None = None) -> Solved:
        """Return the arrays behind a case without changed muscles; body: another one in the same posture."""
        frames = self.frames(case)
        body = body or frames.body
        effort = at_rest(body, float(frames.effort.floor[0]))
        kin = kinetics(body, frames.positions)
        found = equilibrium(body, kin, effort, frames.contacts)
        return Solved(body, kin, effort, frames.contacts, found)

    def _changed(self, anatomy: Anatomy) -> Anatomy:
        return anatomy if self._change is None else self._change(anatomy)
