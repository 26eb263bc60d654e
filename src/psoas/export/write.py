"""Write a case's body to a file of another program, and say what was written."""

from __future__ import annotations

from pathlib import Path

from psoas.case.case import Case
from psoas.errors import FileError, InputError, unknown
from psoas.export.mjcf import mjcf
from psoas.export.osim import NOT_EXPORTED, osim
from psoas.export.scene import scene

# What may be written, how its file ends (so that a scenario is never written over), and whose model it is.
KINDS = {"mjcf": ((".xml", ".mjcf"), "MuJoCo"), "osim": ((".osim",), "OpenSim")}


def export(kind: str, path: str, case: Case) -> str:
    """Write the body of a case, in its posture, as `kind` ("mjcf" or "osim") to path; return what was written.

    A file that is there is replaced, and the sentence says so. Raises InputError for another kind or suffix, FileError
    where nothing can be written; what the case itself raises passes through, before anything is written.
    """
    file = target(kind, path)
    made = scene(case)
    text = mjcf(made) if kind == "mjcf" else osim(made)
    there = file.exists()
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"'{path}' cannot be written: {error.strerror}. Choose another place.") from error
    count, segments = made.body.muscle_count, len(made.anatomy.segments)
    told = f"{'Replaced' if there else 'Wrote'} {file}: {segments} segments and {count} fascicles, in {made.note}."
    ends = "Tendons carry no force law and passive tissue is not in the file." if kind == "mjcf" else NOT_EXPORTED
    return f"{told} {ends}"


def target(kind: str, path: str) -> Path:
    """Return the file to write; raises before any computing where the kind, the suffix or the folder is wrong."""
    if kind not in KINDS:
        raise unknown("export", kind, KINDS)
    suffixes, program = KINDS[kind]
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise InputError(
            f"'{path}' does not end in {' or '.join(suffixes)}, as a model of {program} does. "
            f"Write: psoas export {kind} body{suffixes[0]} [SCENARIO]"
        )
    if file.is_dir():
        raise FileError(f"'{path}' is a directory; name a file in it.")
    if not file.parent.is_dir():
        raise FileError(f"There is no folder '{file.parent}' to write '{file.name}' into; make it first.")
    return file
