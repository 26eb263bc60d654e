"""What the app shows: frames that are posed or fitted once, and their balance again for every place of the sliders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from psoas.app.setting import Setting, name_of, setting_of, untouched, with_setting
from psoas.body.body import Body
from psoas.body.build import build
from psoas.case.case import Case
from psoas.chain import result_of
from psoas.frames import Frames, effort_of, frames_of
from psoas.mechanics.scene import MOST_FRAMES, scene_of
from psoas.result import Result
from psoas.scene import Scene

MOST_DRAWN = 1200  # pictures that are kept; of a longer movement evenly spaced frames are drawn
BODIES_KEPT = 8  # of different strength or load


class Stale(Exception):
    """What was being computed is no longer asked for."""


class Session:
    """A case whose sliders can be moved. Kinematics, contacts and measured forces stay those of the first run.

    case: as given; baseline: the result of the same person with no muscle changed; given: where the sliders start;
    scene: every drawn frame; phases: name and frame; measured: whether ground forces were.
    """

    def __init__(self, case: Case, progress: Callable[[int, int], None] | None = None) -> None:
        plain = untouched(case)
        self.case = case
        self._frames = frames_of(plain)
        self.baseline = result_of(plain.with_changes(name="normal"), self._frames, progress=progress)
        self.given = setting_of(case, float(self._frames.effort.floor.max(initial=0.0)))
        self.scene = _drawn(self._frames)
        self.phases = self._frames.phases
        self.measured = self._frames.measured
        self._body = lru_cache(BODIES_KEPT)(self._built)

    @property
    def plain(self) -> Setting:
        """Return where the sliders stand for the baseline."""
        return replace(self.given, psoas_tight=0.0, extensors_weak=0.0, extensors_inhibited=0.0)

    def at(self, setting: Setting, frame: int) -> Result:
        """Return the result of one frame with the sliders at `setting`.

        Its status says nothing: whether a frame is at an end of a recording is known of the whole only. Raises
        InputError or PoseError for what cannot be computed.
        """
        case, frames = self._changed(setting)
        return result_of(case, some(frames, slice(frame, frame + 1)))

    def whole(
        self,
        setting: Setting,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Result:
        """Return the result of every frame; raises Stale as soon as `stop` says that it is not asked for any more."""

        def told(done: int, total: int) -> None:
            if stop():
                raise Stale
            if progress is not None:
                progress(done, total)

        case, frames = self._changed(setting)
        return result_of(case, frames, progress=told)

    def _changed(self, setting: Setting) -> tuple[Case, Frames]:
        case = with_setting(self.case, self.given, setting)
        hands = case.surroundings.hands_kg
        body = self._body((hands.right or 0.0, hands.left or 0.0), case.subject.specific_tension_n_cm2)
        effort = effort_of(case, body, supported=False)
        if case.change.tone is None:  # then the posture decides: less where the trunk is supported
            effort = replace(effort, floor=self._frames.effort.floor)
        named = case.with_changes(name=name_of(setting, self.plain))
        return named, replace(self._frames, body=body, effort=effort)

    def _built(self, loads_kg: tuple[float, float], specific_tension_n_cm2: float) -> Body:
        first = self._frames.body
        assert first.anatomy is not None
        if (loads_kg, specific_tension_n_cm2) == (first.loads_kg, self.case.subject.specific_tension_n_cm2):
            return first
        return build(replace(first.anatomy, specific_tension=1e4 * specific_tension_n_cm2), loads_kg)


def some(frames: Frames, chosen: slice) -> Frames:
    """Return a part of the frames."""

    def part(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[chosen]

    return replace(
        frames,
        time_s=frames.time_s[chosen],
        positions=frames.positions[chosen],
        velocities=part(frames.velocities),
        accelerations=part(frames.accelerations),
        available=part(frames.available),
        applied=tuple(force.frames(chosen) for force in frames.applied),
        rests=tuple(replace(rest, force=rest.force.frames(chosen)) for rest in frames.rests),
    )


def _drawn(frames: Frames) -> Scene:
    """Return the scene of every frame, or of MOST_DRAWN evenly spaced ones."""
    count = len(frames.time_s)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_DRAWN)).round().astype(int))
    here = (frames.body, frames.positions, frames.contacts, frames.available)
    whole = scene_of(*here)
    if len(chosen) == len(whole.frames):
        return whole
    parts = []
    for start in range(0, len(chosen), MOST_FRAMES):
        now = chosen[start : start + MOST_FRAMES]
        parts.append(scene_of(frames.body, frames.positions[now]))
    # Plates and floor stand where the whole movement puts them; which bear is told of the frame drawn nearest.
    near = np.abs(whole.frames[:, None] - chosen).argmin(axis=0)
    return replace(
        whole,
        frames=chosen,
        position_m=np.concatenate([p.position_m for p in parts]),
        turn=np.concatenate([p.turn for p in parts]),
        wrap_m=np.concatenate([p.wrap_m for p in parts]),
        supports=tuple(replace(s, bears=s.bears[near]) for s in whole.supports),
    )
