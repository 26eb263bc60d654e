"""Where an answer goes, looked at before anything is computed."""

from __future__ import annotations

from pathlib import Path

from psoas.commands.options import Output
from psoas.errors import FileError


def ready(output: Output) -> None:
    """Raise InputError or FileError where --report or --save names what cannot be written; no long run is then lost."""
    if output.report is not None:
        from psoas.report.page import report_file

        _in_its_place(output.report, report_file(output.report))
    if output.save is not None:
        from psoas.saved import answer_file

        _in_its_place(output.save, answer_file(output.save))


def _in_its_place(path: str, file: Path) -> None:
    if not file.parent.is_dir():
        raise FileError(f"'{path}' cannot be written: there is no folder '{file.parent}'. Choose another place.")
    if file.is_dir():
        raise FileError(f"'{path}' cannot be written: it is a folder. Choose another place.")
