"""The app at work: it reads the controls, asks the session, and shows picture, numbers and curves."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psoas.app import told
from psoas.app.clock import Clock
from psoas.app.computing import Computing
from psoas.app.controls import Controls
from psoas.app.keep import made
from psoas.app.session import Session
from psoas.app.setting import Setting
from psoas.app.stage import Stage
from psoas.app.told import Pair
from psoas.errors import PsoasError
from psoas.result import Result
from psoas.saved import Answer
from psoas.scene import Scene

PERIOD_S = 0.05  # between pictures while it plays
TEXT_S = 0.15  # between texts and curves while it plays
IDLE_S = 0.5
REST_S = (
    0.2  # that sliders must rest before the whole movement is begun: it would slow the answers of one that is drawn
)


@dataclass(frozen=True, eq=False)
class Take:
    """One movement that can be shown: its result, its pictures, its name."""

    label: str
    result: Result
    scene: Scene


class Panel:
    """One server's page. `run` is to be called in the main thread; the controls only leave word what they want."""

    def __init__(self, server: Any, takes: Sequence[Take], answer: Answer, session: Session | None = None) -> None:
        """Show `takes`, the first beside the others as normal; with a session the one take can be changed."""
        self._server, self._takes, self._answer, self._session = server, tuple(takes), answer, session
        self._news, self._wanted = threading.Condition(), {"take", "setting", "look"}
        self._computing = None if session is None else Computing(session, lambda: self.tell("whole"))
        self._setting: Setting | None = None if session is None else session.given
        self.controls = Controls(
            server,
            self.tell,
            self._file,
            labels=[take.label for take in takes],
            times=takes[0].result.time_s[takes[0].scene.frames],
            phases=self._phase_times() if len({take.result.frames for take in takes}) == 1 else [],
            given=self._setting,
            measured=session is not None and session.measured,
        )
        self._take, self._pair = self._takes[0], Pair(self._takes[0].result, 0)
        self._drawn: tuple[Any, ...] = ()
        self._texts_at, self._ask_at = 0.0, 0.0

    def tell(self, *what: str) -> None:
        """Leave word of something that changed: "take", "setting", "time", "look", "view", "load", "whole"."""
        with self._news:
            self._wanted |= set(what)
            self._news.notify_all()

    def run(self) -> None:
        """Show what is asked for, for ever."""
        while True:
            with self._news:
                wait = PERIOD_S if self.controls.clock.playing or self._ask_at else IDLE_S
                self._news.wait_for(lambda: bool(self._wanted), timeout=wait)
                wanted, self._wanted = self._wanted, set()
            if wanted or self.controls.clock.playing:
                self.step(wanted)
            if self._ask_at and time.monotonic() >= self._ask_at:
                self.ask()

    def stop(self) -> None:
        """End what computes."""
        if self._computing is not None:
            self._computing.stop()

    def step(self, wanted: set[str]) -> None:
        """Bring the page up to date with what changed."""
        now = time.monotonic()
        if "take" in wanted:
            self._choose(now)
        if "setting" in wanted and self._computing is not None:
            self._setting = self.controls.setting()
            self._computing.drop()
        picture = self.controls.clock.picture(now)
        frame = int(self._take.scene.frames[picture])
        problem = ""
        try:
            self._pair = self._compared(frame)
        except PsoasError as error:
            problem = str(error)
        self._draw(picture, wanted)
        if wanted & {"take", "view"}:
            self.stage.look(self.controls.view(), picture)
        self.controls.follow(now)
        if wanted - {"time"} or not self.controls.clock.playing or now - self._texts_at > TEXT_S:
            self._texts_at = now
            self._write(frame, problem, curves=bool(wanted & {"take", "setting", "whole", "load"}))
        if "setting" in wanted:
            self._ask_at = now + REST_S if self._changed and not problem else 0.0

    def ask(self) -> None:
        """Begin with the whole movement as the sliders stand."""
        self._ask_at = 0.0
        if self._computing is not None:
            self._computing.ask(self._asked)

    @property
    def _asked(self) -> Setting:
        assert self._setting is not None
        return self._setting

    @property
    def _changed(self) -> bool:
        return self._session is not None and self._setting != self._session.plain

    def _choose(self, now: float) -> None:
        self._take = self._takes[self.controls.take()]
        tops = [float(t.result.muscles.force_n[:, t.scene.frames].max(initial=1.0)) for t in self._takes]
        self._server.scene.reset()
        self.stage = Stage(self._server, self._take.scene, self._take.result.muscles.groups, max(tops))
        self.controls.open(Clock(self._take.result.time_s[self._take.scene.frames]), max(tops), now)
        self._drawn = ()

    def _compared(self, frame: int) -> Pair:
        result = self._take.result
        if self._session is None:
            first = self._takes[0].result
            same = first is not result and first.frames == result.frames
            return Pair(result, frame, first if same else None, frame)
        whole = self._whole()
        if whole is not None:
            return Pair(whole, frame, result, frame)
        return Pair(self._session.at(self._asked, frame), 0, result, frame)

    def _whole(self) -> Result | None:
        """Return the result of the whole movement as the controls stand, None while it is being computed."""
        if self._computing is None or not self._changed:
            return self._take.result
        return self._computing.result

    def _draw(self, picture: int, wanted: set[str]) -> None:
        if "look" in wanted or "take" in wanted:
            self.stage.show(*self.controls.look())
            self._drawn = ()
        drawn = (picture, self._pair.now, self._pair.frame)
        if drawn != self._drawn:
            self.stage.draw(picture, self._pair.now.muscles.force_n[:, self._pair.frame])
            self._drawn = drawn

    def _write(self, frame: int, problem: str, *, curves: bool) -> None:
        whole, computing = self._whole(), self._computing
        pending = ""
        if computing is not None and computing.problem:
            problem = problem or computing.problem
        elif whole is None and not problem:
            done = 0.0 if computing is None else computing.done
            pending = f"the whole movement is being computed: {done:.0%}"
        time_s = float(self._take.result.time_s[frame])
        status = "ok" if whole is None else whole.status[frame]
        self.controls.write(
            self._pair,
            told.state(time_s if self._take.result.frames > 1 else None, status, pending, told.doubts_of(whole)),
            problem,
            time_s,
        )
        if curves and whole is not None:
            normal = self._pair.normal
            self.controls.curves(whole, normal)

    def _file(self, label: str) -> tuple[str, bytes]:
        """Return the name and content of a file behind a button; raises PsoasError while there is none."""
        whole = self._whole()
        if whole is None:
            raise PsoasError("The whole movement is still being computed; try again when it is done.")
        answer = self._answer
        if self._session is not None:
            results = (self._take.result, whole) if self._changed else (whole,)
            answer = Answer(results, self._answer.title, self._answer.phases, scenes=tuple(r.scene for r in results))
        return made(label, answer, whole, self._answer.title)

    def _phase_times(self) -> list[tuple[str, float]]:
        return [(name, float(self._takes[0].result.time_s[frame])) for name, frame in self._answer.phases]
