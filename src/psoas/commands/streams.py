"""What the command line prints with: a console, JSON, notes and progress, each on the stream it belongs to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def print_json(texts: Sequence[str], *, alone: bool) -> None:
    """Print JSON objects on standard output: one by itself, or several as a list."""
    sys.stdout.write(texts[0] if alone else "[" + ",\n".join(texts) + "]")
    sys.stdout.write("\n")


def console() -> Console:
    """Return the console of standard output."""
    from rich.console import Console

    # Piped output has no width of its own; 120 columns hold two persons side by side, and most tables.
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=120)


def say(notes: Iterable[str]) -> None:
    """Tell on standard error what stands behind numbers whose JSON has no place for it."""
    for note in dict.fromkeys(notes):
        print(f"psoas: {note}", file=sys.stderr)


@contextmanager
def progress(what: str = "frames") -> Iterator[Callable[[int, int], None] | None]:
    """Show how many are done on standard error, where a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
