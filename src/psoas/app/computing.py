"""The whole movement, computed beside what a person is looking at, and dropped as soon as the sliders move on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from psoas.app.session import Session, Stale
from psoas.app.setting import Setting
from psoas.errors import PsoasError
from psoas.result import Result


class Computing:
    """One worker that computes the setting asked for last.

    result: of that setting, None until it is there; done: the share of frames that are; problem: why it cannot be.
    changed: called from the worker whenever one of them is.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session, self.changed = session, changed
        self.result: Result | None = None
        self.done, self.problem = 0.0, ""
        self._asked: Setting | None = None
        self._turn, self._stopped = 0, False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._work, daemon=True, name="psoas whole movement")
        self._thread.start()

    def drop(self) -> None:
        """Forget what is computed or being computed, until something is asked for again."""
        with self._news:
            self._turn += 1
            self._asked, self.result, self.done, self.problem = None, None, 0.0, ""

    def ask(self, setting: Setting) -> None:
        """Compute this setting instead of the one before."""
        with self._news:
            self._turn += 1
            self._asked, self.result, self.done, self.problem = setting, None, 0.0, ""
            self._news.notify_all()

    def stop(self) -> None:
        """End the worker, at the latest when the frames at hand are done."""
        with self._news:
            self._stopped = True
            self._turn += 1
            self._news.notify_all()
        self._thread.join(timeout=5.0)

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._stopped or self._asked is not None)
                if self._stopped:
                    return
                setting, turn, self._asked = self._asked, self._turn, None
            assert setting is not None
            self._compute(setting, turn)

    def _compute(self, setting: Setting, turn: int) -> None:
        def told(done: int, total: int) -> None:
            self._put(turn, done=done / total)

        try:
            self._put(turn, result=self.session.whole(setting, lambda: turn != self._turn, told), done=1.0)
        except Stale:
            return
        except PsoasError as error:
            self._put(turn, problem=str(error))
        except Exception as error:  # the app stays open, and says what happened
            self._put(turn, problem=f"A fault of psoas, not of the input: {type(error).__name__}: {error}")

    def _put(self, turn: int, **values: object) -> None:
        with self._news:
            if turn != self._turn:
                return
            for name, value in values.items():
                setattr(self, name, value)
        self.changed()
