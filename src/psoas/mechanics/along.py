"""A whole motion, evaluated and balanced a few frames at a time, each from the frame before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.equilibrium import CHUNK, Effort, Equilibrium, Started, equilibrium
from psoas.mechanics.joints import JointLoads
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.mechanics.pulls import Pulls
from psoas.mechanics.workers import Workers
from psoas.muscle.fast import compiled_for

BLOCK = 64  # frames after which a motion is solved from nothing again, so that an answer knows few frames before it
FEWEST = 4  # blocks from which they are solved side by side, frame after frame
WORTH = 1024  # frames from which other processes are worth what it takes to start them
NARROWEST = 16  # blocks of a piece that is shared out, at least
LONG = 10_000  # frames beyond which answers are kept in single precision; they are worked out in double
_SLIM = ("tau", "velocity", "anchor", "position", "orientation")  # of kinetics, not kept for a result
_APART = ("pulls", "lines", "loads", "status", "start")


@dataclass(frozen=True)
class _Motion:
    """Frames (F, V) of a body and what acts on them, as `balanced` takes them, and how their answers are kept."""

    body: Body
    positions: np.ndarray
    velocities: np.ndarray | None
    accelerations: np.ndarray | None
    effort: Effort
    contacts: tuple[ContactPoint, ...]
    applied: tuple[AppliedForce, ...]
    root_carried: bool
    available: np.ndarray | None
    whole: bool
    precision: type
    compiled: bool

    def frames(self, chosen: np.ndarray | slice) -> _Motion:
        """Return some of the frames."""
        some = (self.velocities, self.accelerations, self.available)
        velocities, accelerations, available = (None if x is None else x[chosen] for x in some)
        return replace(
            self,
            positions=self.positions[chosen],
            velocities=velocities,
            accelerations=accelerations,
            available=available,
            applied=tuple(force.frames(chosen) for force in self.applied),
        )


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
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Kinetics, Equilibrium]:
    """Return `kinetics` and `equilibrium` of frames (F, V) [rad, m; per s; per s2].

    Without `whole` the kinetics has positions, length, axis and centre only, the rest without frames: what the lines
    pull is 65 kB a frame, which a long recording has no room for. start: of an equilibrium of the same frames, up to
    64, where something else was changed. workers: share long motions out, with the same digits. progress: called with
    the frames done and all frames.
    """
    count = len(positions)
    precision = np.float64 if count <= LONG else np.float32
    given = (body, positions, velocities, accelerations, effort, contacts, applied, root_carried, available, whole)
    motion = _Motion(*given, precision, compiled_for(count))
    if workers is None or workers.count == 1 or count < WORTH:
        return _followed(motion, order(count), start, progress)
    places = shares(count, workers.count)
    kept, done = _Kept(motion, count), 0
    for i, (kin, found) in workers.answers(_piece, [motion.frames(place) for place in places]):
        kept.put(places[i], kin, found)
        done += len(kin)
        if progress is not None:
            progress(done, count)
    return kept.joined()


def shares(frames: int, workers: int) -> list[slice]:
    """Return the pieces of a motion, whole blocks, to be shared out among so many.

    Equally many for each and as wide as NumPy likes them, the last of each in halves, so that all have done at nearly
    the same time. One takes its pieces from the end and the others from the front: the halves stand where they meet.
    """
    left = -(-frames // BLOCK)
    whole = workers * -(-left // (CHUNK * workers))
    wide = max(NARROWEST, -(-left // whole))
    sizes: list[int] = []
    while left:
        sizes.append(min(left, wide if len(sizes) < whole - workers else max(NARROWEST, -(-wide // 2))))
        left -= sizes[-1]
    front = [size for i, size in enumerate(sizes) if i % workers]
    ends = np.minimum(BLOCK * np.cumsum([0, *front, *sizes[::workers][::-1]]), frames)
    return [slice(*map(int, both)) for both in pairwise(ends)]


def _piece(motion: _Motion) -> tuple[Kinetics, Equilibrium]:
    """Return what `balanced` does of some blocks of a longer motion."""
    return _followed(motion, side_by_side(len(motion.positions)), None, None)


def _followed(
    motion: _Motion,
    listed: list[tuple[np.ndarray, bool]],
    start: Started | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[Kinetics, Equilibrium]:
    """Balance the frames in the order listed."""
    count = len(motion.positions)
    kept = _Kept(motion, count)
    done, before, last = 0, start, start
    for chosen, follows in listed:
        some = motion.frames(chosen)
        kin = kinetics(some.body, some.positions, some.velocities, some.accelerations)
        if follows:
            assert last is not None
            before = last.first(len(chosen))
        found = equilibrium(
            some.body,
            kin,
            some.effort,
            some.contacts,
            some.applied,
            root_carried=some.root_carried,
            available=some.available,
            start=before if follows or start is not None else None,
            compiled=some.compiled,
        )
        last = found.start
        if not motion.whole:
            left_out = {name: getattr(kin, name).reshape(len(kin), -1)[:, :0] for name in _SLIM}
            kin = replace(kin, pulls=kin.pulls.frames(slice(0)), **left_out)
        done += len(chosen)
        if progress is not None:
            progress(done, count)
        if len(chosen) == count:
            return kin, found
        kept.put(chosen, kin, found)
    return kept.joined()


class _Kept:
    """The answers of a motion, put together as they come."""

    def __init__(self, motion: _Motion, count: int):
        self._count, self._precision, self._whole = count, motion.precision, motion.whole
        self._arrays: dict[type, dict[str, np.ndarray]] = {Kinetics: {}, Pulls: {}, JointLoads: {}, Equilibrium: {}}
        self._status = [""] * count

    def put(self, chosen: np.ndarray | slice, kin: Kinetics, found: Equilibrium) -> None:
        """Keep the answers of some frames."""
        self._pulls = kin.pulls
        for part in (kin, kin.pulls, found.loads, found):
            if part is not kin.pulls or self._whole:
                self._put(chosen, part)
        for place, text in zip(np.arange(self._count)[chosen], found.status, strict=True):
            self._status[place] = text

    def _put(self, chosen: np.ndarray | slice, part: Kinetics | Pulls | JointLoads | Equilibrium) -> None:
        into = self._arrays[type(part)]
        for f in fields(part):
            if f.name in _APART:
                continue
            value = getattr(part, f.name)
            if f.name not in into:
                kind = bool if value.dtype == bool else self._precision
                into[f.name] = np.empty((self._count, *value.shape[1:]), kind)
            into[f.name][chosen] = value

    def joined(self) -> tuple[Kinetics, Equilibrium]:
        """Return the answers of all frames."""
        pulls = Pulls(self._pulls.lines, **self._arrays[Pulls]) if self._whole else self._pulls
        loads, answers = JointLoads(**self._arrays[JointLoads]), self._arrays[Equilibrium]
        kin = Kinetics(**self._arrays[Kinetics], pulls=pulls)
        return kin, Equilibrium(**answers, loads=loads, status=tuple(self._status), start=None)


def order(frames: int) -> list[tuple[np.ndarray, bool]]:
    """Return which frames are solved together, and whether each follows on from the one before it in the list.

    A motion of some length is cut into blocks of BLOCK frames; the first frames of many blocks are solved together,
    then, from their solutions, the second, and so on. What is together depends on the number of frames alone, and
    what follows what on the frame's place alone.
    """
    if -(-frames // BLOCK) < FEWEST:
        return [(np.arange(i, min(i + CHUNK, frames)), False) for i in range(0, frames, CHUNK)]
    return side_by_side(frames)


def side_by_side(frames: int) -> list[tuple[np.ndarray, bool]]:
    """Return the order of a motion of blocks, the first frame of each together, then the second, and so on."""
    starts = np.arange(0, frames, BLOCK)
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
