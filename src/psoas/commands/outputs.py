"""Where an answer goes, looked at before anything is computed."""

from __future__ import annotations

from pathlib import Path

from psoas.commands.options import Output
from psoas.errors import FileError, InputError


def ready(output: Output) -> None:
    """Raise InputError or FileError where --report or --save names what cannot be written; no long run is then lost."""
    for path, suffixes, kind in (
        (output.report, (".html", ".htm"), "a report"),
        (output.save, (".npz",), "a saved answer"),
    ):
        if path is None:
            continue
        file = Path(path)
        if file.suffix.lower() not in suffixes:
            raise InputError(f"'{path}' does not end in {suffixes[0]}, as {kind} does.")
        if not file.parent.is_dir():
            raise FileError(f"'{path}' cannot be written: there is no folder '{file.parent}'. Choose another place.")
        if file.is_dir():
            raise FileError(f"'{path}' cannot be written: it is a folder. Choose another place.")
