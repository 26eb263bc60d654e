"""Every study as a command: its flags are its signature, its help is its docstring."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Annotated, Any

from cyclopts import Parameter

from psoas.case.quantities import parse_fraction, parse_height, parse_mass, parse_whole
from psoas.commands import given
from psoas.commands.answering import give
from psoas.commands.options import Changes, Hands, Output, Person
from psoas.commands.outputs import ready

RAISES = re.compile(r"\s*Raises \w+Error\b[^.]*\.")  # what a Python caller must know, and nobody else
SHARED = {"subject": Person, "change": Changes, "hands_kg": Hands}
# How a number is read by the unit that ends its name; the flag is the name without it.
UNITS: dict[str, Callable[..., float] | None] = {
    # Each study says itself how much of it makes sense.
    "_fraction": partial(parse_fraction, largest=1.0),
    "_kg": parse_mass,
    "_m": parse_height,
    "_m_per_s": None,
    "_deg": None,
    "_s": None,
    "_n": None,
    "_nm": None,
}
WORDS = {
    "_fraction": "20%",
    "_kg": "kg",
    "_m": "m",
    "_m_per_s": "m/s",
    "_deg": "degrees",
    "_s": "s",
    "_n": "N",
    "_nm": "N m",
}


def __getattr__(name: str) -> Callable[..., int]:
    """Return the command of the study of that name."""
    if name.startswith("_"):
        raise AttributeError(name)
    return command_of(getattr(import_module(f"psoas.studies.{name}"), name))


def command_of(study: Callable[..., Any]) -> Callable[..., int]:
    """Return the command that reads a study's arguments from flags, asks it, and gives its answer."""
    signature, hints = inspect.signature(study), typing.get_type_hints(study)
    described = _arguments(study.__doc__ or "")
    parameters, readers = [], {}
    for name, parameter in signature.parameters.items():
        if name in SHARED:
            continue
        annotation, readers[name] = _flag(name, hints[name], parameter.default, described.get(name, ""))
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    groups = [kind for name, kind in SHARED.items() if name in signature.parameters] + [Output]
    for kind in groups:
        parameters.append(
            inspect.Parameter(kind.__name__, inspect.Parameter.KEYWORD_ONLY, default=kind(), annotation=kind)
        )

    def command(**flags: Any) -> int:
        shared = {kind: flags.pop(kind.__name__, None) or kind() for kind in groups}
        own = {name: readers[name](value) for name, value in flags.items() if value is not None}
        if Person in shared:
            own["subject"] = given.subject(shared[Person])
        if Changes in shared:
            own["change"] = given.change(shared[Changes])
        if Hands in shared and shared[Hands].load is not None:
            own["hands_kg"] = given.load(shared[Hands])
        ready(shared[Output])
        return give(study(**own), shared[Output])

    command.__name__ = study.__name__
    told = re.split(r"\n\s*(?:Args|Raises|Returns):", study.__doc__ or "")[0].strip()
    command.__doc__ = RAISES.sub("", told)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _flag(name: str, hint: Any, default: Any, text: str) -> tuple[Any, Callable[[Any], Any]]:
    """Return the annotation of one flag and how its value is read."""
    unit = next((u for u in sorted(UNITS, key=len, reverse=True) if name.endswith(u)), "")
    flag = "--" + name.removesuffix(unit).replace("_", "-")
    plain = _without_none(hint)
    parse = UNITS.get(unit) if plain is float else parse_whole if plain is int else None
    told = text + (f" In {WORDS[unit]}." if unit and WORDS[unit] not in text and unit != "_fraction" else "")
    if default is not None and default is not inspect.Parameter.empty and plain is not bool:
        shown = f"{100 * default:g}%" if unit == "_fraction" else f"{default:g}" if plain is float else str(default)
        told += f" [default: {shown}]"
    if plain is bool:
        # Flags that are off by default are switched on; the others off.
        return Annotated[bool | None, Parameter(name=flag, help=told, negative="" if not default else None)], _same
    if parse is None:
        return Annotated[plain | None, Parameter(name=flag, help=told)], _same
    return Annotated[str | None, Parameter(name=flag, help=told)], lambda value: parse(value, flag=flag)


def _same(value: Any) -> Any:
    return value


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        kept = [a for a in typing.get_args(hint) if a is not type(None)]
        return kept[0] if len(kept) == 1 else typing.Union[tuple(kept)]  # noqa: UP007
    return hint


def _arguments(docstring: str) -> dict[str, str]:
    """Return the text of each argument of the section Args."""
    _, _, section = inspect.cleandoc(docstring).partition("Args:")
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        head = re.match(r"    (\w+): (.*)", line)
        if head:
            name = head[1]
            found[name] = head[2].strip()
        elif name and line.startswith("     "):
            found[name] += " " + line.strip()
        elif line.strip():
            break
    return {key: text[:1].upper() + text[1:] for key, text in found.items()}
