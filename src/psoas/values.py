"""Values that check themselves: frozen models whose errors name the key, the value and what is allowed."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from psoas.errors import InputError

_TYPES = {
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "path_type": "a path",
    "finite_number": "a finite number",
}


class Value(BaseModel):
    """A frozen value of the input; a mistake raises InputError. `table` is the scenario's table of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    table: ClassVar[str] = ""
    inner_keys: ClassVar[dict[str, list[str]]] = {}  # the keys of the tables inside a key, by that key

    def __init__(self, **data: Any):
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise _sentence(type(self), error) from None


def within(low: float, high: float, unit: str = "") -> AfterValidator:
    """Return the check low <= value <= high, whose error states the range in `unit`."""

    def check(value: float) -> float:
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"is {value:g}; allowed is {low:g} to {high:g} {unit}".rstrip())
        return value

    return AfterValidator(check)


def nearest_key(key: str, table: str, known: dict[str, list[str]]) -> InputError:
    """Return the error of an unknown key of `table`, naming the nearest known key and its table.

    `known` maps each table's name to its keys. A key that another table has is sent there.
    """
    place = table or "the top of the file"
    for other, keys in known.items():
        if key in keys and other != table:
            return InputError(f"Unknown key '{key}' in {place}. It belongs to {other or 'the top'}.", key)
    near = get_close_matches(key, known.get(table, []), n=1, cutoff=0.5)
    if near:
        return InputError(f"Unknown key '{key}' in {place}. Did you mean '{near[0]}'?", key)
    for other, keys in known.items():
        near = get_close_matches(key, keys, n=1, cutoff=0.7)
        if near:
            meant = f"Did you mean '{near[0]}' of {other or 'the top'}?"
            return InputError(f"Unknown key '{key}' in {place}. {meant}", key)
    listed = ", ".join(known.get(table, []))
    return InputError(f"Unknown key '{key}' in {place}. Known keys: {listed}.", key)


def _sentence(model: type[Value], error: ValidationError) -> InputError:
    # An unknown key first: a slip of spelling also shows as a missing key, and that is the worse advice.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    kind, value = first["type"], first["input"]
    path = [str(part) for part in first["loc"]]
    key = next((part for part in path if part in model.model_fields), path[-1] if path else "")
    if kind == "extra_forbidden":
        fields = list(model.model_fields) if len(path) == 1 else model.inner_keys.get(key, ["left", "right"])
        place = model.table if len(path) == 1 else f"{model.table} {'.'.join(path[:-1])}".strip()
        return nearest_key(path[-1], place, {place: fields})
    name = " ".join(part for part in (model.table, ".".join(path)) if part)
    if kind == "missing":
        return InputError(f"{name} is missing.", key)
    if kind == "value_error":
        return InputError(f"{name} {first['msg'].removeprefix('Value error, ')}.", key)
    if kind == "literal_error":
        options = [option.strip().strip("'") for option in _alternatives(first["ctx"]["expected"])]
        near = get_close_matches(str(value), options, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return InputError(f"{name} is {value!r}; allowed is {', '.join(options)}.{hint}", key)
    if kind in _TYPES:
        return InputError(f"{name} is {_shown(value)}, but must be {_TYPES[kind]}.", key)
    return InputError(f"{name} is {_shown(value)}: {first['msg']}.", key)


def _alternatives(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
