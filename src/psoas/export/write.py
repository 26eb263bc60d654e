"""Write a case for another program, or as a page to be opened anywhere, and say what was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psoas.case.case import Case
from psoas.errors import FileError, InputError, unknown

# What may be written, how its file ends (so that a scenario is never written over), and what such a file is.
KINDS = {
    "mjcf": ((".xml", ".mjcf"), "a model of MuJoCo"),
    "osim": ((".osim",), "a model of OpenSim"),
    "page": ((".html", ".htm"), "a page"),
}


def export(kind: str, path: str, case: Case, progress: Callable[[int, int], None] | None = None) -> str:
    """Write a case as `kind` to path; return what was written.

    "mjcf", "osim": the body in its posture, as a model; "page": the what-if page of its person.

    A file that is there is replaced, and the sentence says so. progress is called with the parts of a page that are
    computed and all of them. Raises InputError for another kind or suffix, FileError
    where nothing can be written; what the case itself raises passes through, before anything is written.
    """
    file = target(kind, path)
    text, told = _page(case, progress) if kind == "page" else _model(kind, case)
    there = file.exists()
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"'{path}' cannot be written: {error.strerror}. Choose another place.") from error
    return f"{'Replaced' if there else 'Wrote'} {file}: {told}"


def _model(kind: str, case: Case) -> tuple[str, str]:
    from psoas.export.mjcf import mjcf
    from psoas.export.osim import NOT_EXPORTED, osim
    from psoas.export.scene import scene

    made = scene(case)
    count, segments = made.body.muscle_count, len(made.anatomy.segments)
    told = f"{segments} segments and {count} fascicles, in {made.note}."
    if kind == "osim":
        return osim(made), f"{told} {NOT_EXPORTED}"
    return mjcf(made), f"{told} Tendons carry no force law and passive tissue is not in the file."


def _page(case: Case, progress: Callable[[int, int], None] | None) -> tuple[str, str]:
    from psoas.export.page import page

    text = page(case, progress)
    return text, f"{len(text.encode()) / 1e6:.1f} MB. Open it in a browser; it needs no network and sends nothing."


def target(kind: str, path: str) -> Path:
    """Return the file to write; raises before any computing where the kind, the suffix or the folder is wrong."""
    if kind not in KINDS:
        raise unknown("export", kind, KINDS)
    suffixes, what = KINDS[kind]
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise InputError(
            f"'{path}' does not end in {' or '.join(suffixes)}, as {what} does. "
            f"Write: psoas export {kind} {'what-if' if kind == 'page' else 'body'}{suffixes[0]} [SCENARIO]"
        )
    if file.is_dir():
        raise FileError(f"'{path}' is a directory; name a file in it.")
    if not file.parent.is_dir():
        raise FileError(f"There is no folder '{file.parent}' to write '{file.name}' into; make it first.")
    return file
