"""The files a command is given: a scenario, a recording or a saved answer, told apart by what they are."""

from __future__ import annotations

import json
from pathlib import Path

from psoas.case.case import Case
from psoas.case.movement import RECORDINGS, Movement
from psoas.case.scenario import LARGEST_BYTES, TABLES, read_case
from psoas.errors import FileError, InputError

SCENARIOS = (".toml", ".json")
SAVED = ".npz"


def existing(file: str) -> Path:
    """Return the path of a file that is there."""
    path = Path(file)
    if not path.exists():
        raise FileError(f"There is no file '{file}'.")
    if path.is_dir():
        raise FileError(f"'{file}' is a directory; name a scenario or a recording in it.")
    return path


def read_input(
    file: str,
    *,
    forces: str | None = None,
    markers: str | None = None,
    units: str | None = None,
    up: str | None = None,
) -> Case:
    """Return the case of a scenario or a recording, told apart by suffix and, for .json, by content."""
    given = {"forces": forces, "markers": markers, "units": units, "up": up}
    given = {key: value for key, value in given.items() if value is not None}
    if Path(file).is_dir() and any(Path(file).glob("*.json")):  # keypoints, one frame a file
        return Case(motion=Movement(file=Path(file), **given), name=Path(file).name)  # type: ignore[arg-type]
    path = existing(file)
    suffix = path.suffix.lower()
    if suffix == ".toml" or (suffix == ".json" and _is_scenario(path)):
        case = read_case(path)
        if not given:
            return case
        if not isinstance(case.motion, Movement) or case.motion.file is None:
            flags = " and ".join(f"--{key}" for key in given)
            raise InputError(f"{flags} belongs to a recording, but {path.name} names none in [motion].")
        return case.with_changes(motion=Movement(**case.motion.model_dump() | given))
    if suffix not in RECORDINGS:
        known = ", ".join(dict.fromkeys((*SCENARIOS, *RECORDINGS)))
        saved = " A saved answer is shown by: psoas report." if suffix == SAVED else ""
        raise FileError(f"'{path.name}' has no suffix that psoas reads; known: {known}.{saved}")
    return Case(motion=Movement(file=path, **given), name=path.stem)  # type: ignore[arg-type]


def _is_scenario(path: Path) -> bool:
    # A scenario and a file of keypoints share the suffix; only a scenario's tables bear these names.
    if path.stat().st_size > LARGEST_BYTES:
        return False
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return True  # broken JSON: the scenario reader says where
    return not found or (isinstance(found, dict) and any(key in TABLES for key in found))
