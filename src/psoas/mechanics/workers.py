"""Processes beside this one, among which independent pieces of work are shared out."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from psoas.errors import InputError

MOST = 60  # Windows waits for no more than some sixty at once
WAIT_S = 0.1  # between looks at whether the user wants to stop: on some systems a longer wait is deaf to it

_ENDED = (
    "A process beside this one could not be started, or ended before it had answered. There may be too little memory "
    "for so many; or a script calls psoas outside of `if __name__ == '__main__':`, which each of them runs anew. With "
    "workers=1 there are none."
)

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Workers:
    """`count` processes, this one among them, for the length of a `with`.

    The others are new interpreters (the only kind that every system has), started when the first work comes; tasks and
    answers go between them pickled. Raises InputError if count is not 1 to 60.
    """

    def __init__(self, count: int):
        if not isinstance(count, int) or not 1 <= count <= MOST:
            raise InputError(f"workers is {count!r}; a whole number from 1 to {MOST} is needed.", "workers")
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        """Return this; nothing is started yet."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """End the other processes: at once where an error, or the user, interrupts the work."""
        if self._pool is None:
            return
        self._pool.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            # The pool's own thread may be the one that learns of an end, a moment after us.
            while others := set(active_children()) - self._strangers:
                for process in others:
                    process.terminate()
                    process.join(WAIT_S)

    def answers(self, work: Callable[[Task], Answer], tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        """Yield (place, work(task)) of each task as they come.

        The other processes take tasks from the front, this one from the end. Where tasks fail, those before the first
        failing one are still answered, then its error is raised: the one that would be met one after another.
        """
        if self._pool is None and self.count > 1:
            self._strangers = set(active_children())
            kind = get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count - 1, mp_context=kind, initializer=_live_and_end_with_us)
        pool = self._pool
        left = deque(enumerate(tasks))
        back: SimpleQueue[tuple[int, Future[Answer]]] = SimpleQueue()
        failed, failure = len(tasks), None

        def send() -> None:
            taken = _taken(left.popleft)
            if taken is not None and taken[0] < failed and pool is not None:
                place, task = taken
                try:
                    future = pool.submit(work, task)
                except (OSError, RuntimeError) as error:
                    # Told by way of `back`: raised in a callback, it would be lost, and its task waited for.
                    future = Future()
                    future.set_exception(BrokenProcessPool(str(error)))
                future.add_done_callback(partial(returned, place))

        def returned(place: int, future: Future[Answer]) -> None:
            back.put((place, future))
            if not future.cancelled() and future.exception() is None:
                send()

        for _ in range(self.count - 1):
            send()
        missing = set(range(len(tasks)))
        while any(place < failed for place in missing):
            own = _taken(left.pop) if back.empty() else None
            answered: Callable[[], Answer]
            if own is not None:
                place, answered = own[0], partial(work, own[1])
            else:
                try:
                    place, future = back.get(timeout=WAIT_S)
                except Empty:
                    continue
                answered = future.result
            missing.discard(place)
            if place > failed:
                continue
            try:
                answer = answered()
            except BrokenProcessPool as cause:
                raise InputError(_ENDED, "workers") from cause
            except Exception as error:
                failed, failure = place, error
                continue
            yield place, answer
        if failure is not None:
            raise failure

    def all(
        self,
        work: Callable[[Task], Answer],
        tasks: Sequence[Task],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Answer]:
        """Return work(task) of every task, in their order; progress is called with those done and all."""
        found: dict[int, Any] = {}
        for place, answer in self.answers(work, tasks):
            found[place] = answer
            if progress is not None:
                progress(len(found), len(tasks))
        return [found[place] for place in range(len(tasks))]


def _taken(take: Callable[[], tuple[int, Task]]) -> tuple[int, Task] | None:
    """Return the next of what is left, None where another thread has just taken the last."""
    try:
        return take()
    except IndexError:
        return None


def _live_and_end_with_us() -> None:
    """Ctrl-C reaches every process of a terminal, and ours ends the others itself; where it is killed, they end too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_after_us, daemon=True).start()


def _end_after_us() -> None:
    # A process that waits for work would wait for ever: it holds both ends of the pipe that its work comes through.
    ours = parent_process()
    if ours is not None:
        ours.join()
        os._exit(1)
