"""Scenario files: TOML or JSON into a Case, with every mistake told by its key."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change, Solve
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.errors import FileError, InputError
from psoas.values import Value, nearest_key

TABLES: dict[str, type[Value]] = {
    "subject": Subject,
    "posture": Posture,
    "surroundings": Surroundings,
    "change": Change,
    "solve": Solve,
    "motion": Movement,
}
LARGEST_BYTES = 1_000_000  # a scenario is written by hand; beyond this it is some other file


def read_case(path: str | Path) -> Case:
    """Read a scenario file (.toml or .json) into a Case; paths inside are relative to the file.

    Raises FileError for a file that is not text of its kind and InputError for what it says.
    """
    path = Path(path)
    return case_from_scenario(_parsed(path), folder=path.parent, name=path.stem)


def case_from_scenario(scenario: Mapping[str, Any], *, folder: Path | None = None, name: str = "") -> Case:
    """Return the Case that a scenario's tables describe. Unknown keys raise InputError naming the nearest."""
    known = {f"[{table}]": list(model.model_fields) for table, model in TABLES.items()} | {"": [*TABLES]}
    values: dict[str, Any] = {}
    for key in scenario:
        if key not in TABLES and key != "name":
            raise nearest_key(key, "", known)
    for table, model in TABLES.items():
        if table not in scenario:
            continue
        written = scenario[table]
        if not isinstance(written, Mapping):
            raise InputError(f"'{table}' must be a table; write [{table}] and its keys below it.", table)
        for key in written:
            if key not in model.model_fields:
                raise nearest_key(key, f"[{table}]", known)
        values[table] = model(**_plain_numbers(dict(written)))
    if "posture" in values and "motion" in values:
        raise InputError("The scenario has both [posture] and [motion]; keep the one that is meant.", "motion")
    if "motion" in values and folder is not None:
        values["motion"] = values["motion"].below(folder)
    title = scenario.get("name", name)
    if not isinstance(title, str):
        raise InputError(f"name is {title!r}, but must be text.", "name")
    return Case(name=title, **values)


def _parsed(path: Path) -> Mapping[str, Any]:
    text = _text(path)
    try:
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        cause = f"{error.msg} in line {error.lineno}, column {error.colno}"
        raise FileError(f"{path.name} is not JSON that can be read: {cause}.") from None
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{path.name} is not TOML that can be read: {error}.") from None
    except RecursionError:
        raise FileError(f"{path.name} is nested too deeply to be a scenario.") from None
    if not isinstance(found, Mapping):
        raise FileError(f"{path.name} holds {type(found).__name__}, not the tables of a scenario.")
    return found


def _text(path: Path) -> str:
    if not path.exists():
        raise FileError(f"There is no file '{path}'.")
    if path.is_dir():
        raise FileError(f"'{path}' is a directory; name the scenario file in it.")
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise FileError(f"{path.name} has {size / 1e6:.0f} MB; a scenario is text of at most 1 MB.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name} is not UTF-8 text ({error.reason} at byte {error.start}).") from None
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {error.strerror}.") from None
    if not text.strip("\0 \t\r\n"):
        raise FileError(f"{path.name} is empty; a scenario has at least one table, such as [posture].")
    return text


def _plain_numbers(value: Any) -> Any:
    # Whole numbers of any length can be written in TOML and JSON, but not every one is a float.
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > 10**15:
            raise InputError(f"A number of {len(str(abs(value)))} digits is too large to be meant.")
        return float(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(entry) for entry in value]
    return value
