"""From a case or a saved answer to an open page, until somebody stops it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec

from psoas.app.serve import HOST, listening, opened, quiet
from psoas.app.session import Session
from psoas.case.case import Case
from psoas.errors import FileError, InputError
from psoas.report.terminal import labels
from psoas.saved import Answer

MISSING = 'psoas app needs the package viser: pip install "psoas[app]"'


def installed() -> None:
    """Raise InputError where the viewer is not installed."""
    if find_spec("viser") is None:
        raise InputError(MISSING)


def show(
    source: Case | Answer, name: str, port: int | None = None, progress: Callable[[int, int], None] | None = None
) -> int:
    """Open the page of a case, whose sliders can be moved, or of a saved answer; return 0 once Ctrl-C stopped it.

    port: None for the usual or a free one. Raises InputError for a port that cannot be had, FileError for an answer
    without a picture, and what computing the case raises.
    """
    from psoas.app.panel import Panel, Take

    with listening(port) as listener:
        session = None
        if isinstance(source, Case):
            session = Session(source, progress)
            takes = [Take("normal", session.baseline, session.scene)]
            answer = Answer((session.baseline,), name, session.phases)
        else:
            answer = source
            names = labels(answer.results)
            if len(set(names)) < len(names):
                names = [f"{i}. {label}" for i, label in enumerate(names, 1)]
            drawn = zip(names, answer.results, answer.scenes, strict=True)
            takes = [Take(label, result, scene) for label, result, scene in drawn if scene is not None]
            if not takes:
                raise FileError(f"'{name}' holds no picture; its numbers are shown by: psoas report.")
        server, panel = opened(listener, name), None
        try:
            panel = Panel(server, takes, answer, session)
            print(f"http://{HOST}:{server.get_port()}   Ctrl-C stops.", flush=True)
            panel.run()
        except KeyboardInterrupt:
            print("\nStopped." if sys.stdout.isatty() else "Stopped.", flush=True)
        finally:
            if panel is not None:
                panel.stop()
            with quiet():
                server.stop()
    return 0
