"""The errors a user may meet: each names the thing, its value, what was allowed and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class PsoasError(Exception):
    """Base of every error that is the input's and not the program's; the command line exits with code 2."""


class InputError(PsoasError):
    """A value, key or flag that cannot be used as given; `key` is the scenario key at fault, if any."""

    def __init__(self, message: str, key: str | None = None):
        super().__init__(message)
        self.key = key


class FileError(PsoasError):
    """A file that cannot be read as what it claims to be."""


class PoseError(PsoasError):
    """A posture that the body cannot take or that no contact can balance."""


class TableError(PsoasError):
    """A row of a shipped table that breaks the table's own rules (unit, basis, source)."""


def unknown(kind: str, name: str, known: Iterable[str], *, listed: int = 12) -> InputError:
    """Return the error for a name that is not known, naming the nearest known one, or some of the known."""
    names = list(dict.fromkeys(known))
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        hint = f"Did you mean '{near[0]}'?"
    else:
        shown = ", ".join(names[:listed]) + (", ..." if len(names) > listed else "")
        hint = f"Known: {shown}."
    return InputError(f"Unknown {kind} '{name}'. {hint}")
