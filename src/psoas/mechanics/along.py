"""A whole motion, evaluated and balanced a few frames at a time, each from the frame before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.equilibrium import CHUNK, Effort, Equilibrium, Started, equilibrium
from psoas.mechanics.joints import JointLoads
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.mechanics.pulls import Pulls
from psoas.muscle.follow import compiled_for

BLOCK = 64  # frames after which a motion is solved from nothing again, so that an answer knows few frames before it
FEWEST = 4  # blocks from which they are solved side by side, frame after frame
LONG = 10_000  # frames beyond which answers are kept in single precision; they are worked out in double
_SLIM = ("tau", "velocity", "anchor", "position", "orientation")  # of kinetics, not kept for a result
_PULLS = ("screws", "across", "wrapped")
_APART = ("loads", "status", "start")


def balanced(
    body: Body,
    positions: np.ndarray,
    velocities: np.ndarray | None,
    accelerations: np.ndarray | None,
    effort: Effort,
    contacts: tuple[ContactPoint, ...] = (),
    applied: tuple[AppliedForce, ...] = (),
    *,
    root_carried: bool = True,
    available: np.ndarray | None = None,
    whole: bool = False,
    start: Started | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Kinetics, Equilibrium]:
    """Return `kinetics` and `equilibrium` of frames (F, V) [rad, m; per s; per s2].

    Without `whole` the kinetics has positions, length, axis and centre only, the rest (F, 0): moment arms alone are
    177 kB a frame, which a long recording has no room for. start: of an equilibrium of the same frames, up to 64,
    where something else was changed. progress: called with the frames done and all frames.
    """
    count = len(positions)
    kept: dict[str, np.ndarray] = {}
    pulls: dict[str, np.ndarray] = {}
    loads: dict[str, np.ndarray] = {}
    answers: dict[str, np.ndarray] = {}
    status = [""] * count
    precision = np.float64 if count <= LONG else np.float32
    done, before, last = 0, start, start

    def put(into: dict[str, np.ndarray], name: str, chosen: np.ndarray, value: np.ndarray) -> None:
        if name not in into:
            into[name] = np.empty((count, *value.shape[1:]), bool if value.dtype == bool else precision)
        into[name][chosen] = value

    for chosen, follows in order(count):
        v, a = (None if x is None else x[chosen] for x in (velocities, accelerations))
        kin = kinetics(body, positions[chosen], v, a)
        if follows:
            assert last is not None
            before = last.first(len(chosen))
        found = equilibrium(
            body,
            kin,
            effort,
            contacts,
            tuple(force.frames(chosen) for force in applied),
            root_carried=root_carried,
            available=None if available is None else available[chosen],
            start=before if follows or start is not None else None,
            compiled=compiled_for(count),
        )
        last = found.start
        if not whole:
            left_out = {name: getattr(kin, name).reshape(len(kin), -1)[:, :0] for name in _SLIM}
            kin = replace(kin, pulls=kin.pulls.frames(slice(0)), **left_out)
        if len(chosen) == count:
            if progress is not None:
                progress(count, count)
            return kin, found
        for f in fields(Kinetics):
            if f.name != "pulls":
                put(kept, f.name, chosen, getattr(kin, f.name))
        for name in _PULLS if whole else ():
            put(pulls, name, chosen, getattr(kin.pulls, name))
        for f in fields(JointLoads):
            put(loads, f.name, chosen, getattr(found.loads, f.name))
        for f in fields(Equilibrium):
            if f.name not in _APART:
                put(answers, f.name, chosen, getattr(found, f.name))
        for place, text in zip(chosen, found.status, strict=True):
            status[place] = text
        done += len(chosen)
        if progress is not None:
            progress(done, count)
    kin = Kinetics(**kept, pulls=Pulls(kin.pulls.lines, **pulls) if whole else kin.pulls)
    return kin, Equilibrium(**answers, loads=JointLoads(**loads), status=tuple(status), start=None)


def order(frames: int) -> list[tuple[np.ndarray, bool]]:
    """Return which frames are solved together, and whether each follows on from the one before it in the list.

    A motion of some length is cut into blocks of BLOCK frames; the first frames of many blocks are solved together,
    then, from their solutions, the second, and so on. What is together depends on the number of frames alone, and
    what follows what on the frame's place alone.
    """
    starts = np.arange(0, frames, BLOCK)
    if len(starts) < FEWEST:
        return [(np.arange(i, min(i + CHUNK, frames)), False) for i in range(0, frames, CHUNK)]
    listed = []
    for group in np.array_split(starts, -(-len(starts) // CHUNK)):
        for step in range(BLOCK):
            # Only the last block can be short, so those that go on stay in front.
            chosen = group[group + step < frames] + step
            if len(chosen):
                listed.append((chosen, step > 0))
    return listed


class Again:
    """Frames of one body recomputed after something changed (strength, length, load, angle), from the last answer.

    A call is `balanced`; where what bears changed, or nothing was computed yet, it starts from nothing.
    """

    def __init__(self) -> None:
        self._start: Started | None = None
        self._like: tuple[int, ...] = ()

    def balanced(
        self,
        body: Body,
        positions: np.ndarray,
        effort: Effort,
        contacts: tuple[ContactPoint, ...] = (),
        applied: tuple[AppliedForce, ...] = (),
        *,
        velocities: np.ndarray | None = None,
        accelerations: np.ndarray | None = None,
        root_carried: bool = True,
        available: np.ndarray | None = None,
    ) -> tuple[Kinetics, Equilibrium]:
        """Return kinetics and equilibrium of up to 64 frames (F, V)."""
        like = (len(positions), body.muscle_count, len(contacts), int(root_carried))
        start = self._start if like == self._like else None
        kin, found = balanced(
            body,
            positions,
            velocities,
            accelerations,
            effort,
            contacts,
            applied,
            root_carried=root_carried,
            available=available,
            start=start,
        )
        self._start = None if found.start is None else found.start.again()
        self._like = like
        return kin, found
