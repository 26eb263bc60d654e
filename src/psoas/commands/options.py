"""The flags that many commands share, as groups that cyclopts spreads over a command's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

PERSON, OUTPUT = "Person", "Output"


@Parameter(name="*")
@dataclass(frozen=True)
class Person:
    """Who it is about."""

    mass: Annotated[str | None, Parameter(help='Body mass: 70 (kg), "154 lb".', group=PERSON)] = None
    height: Annotated[str | None, Parameter(help='Stature: 1.68 (m), "168 cm", "5 ft 6 in".', group=PERSON)] = None
    sex: Annotated[str | None, Parameter(help="male or female.", group=PERSON)] = None
    age: Annotated[float | None, Parameter(help="Age in years.", group=PERSON)] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Changes:
    """What is tight, weak or inhibited."""

    tight: Annotated[
        list[str] | None, Parameter(help="Shorter fibres: 6% (the psoas), or multifidus=6%.", negative="", group=PERSON)
    ] = None
    weak: Annotated[list[str] | None, Parameter(help="Less strength: multifidus=30%.", negative="", group=PERSON)] = (
        None
    )
    inhibited: Annotated[
        list[str] | None, Parameter(help="Capped activation: gluteus_maximus=50%.", negative="", group=PERSON)
    ] = None
    tone: Annotated[str | None, Parameter(help="Least activation of every muscle: 2%.", group=PERSON)] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Hands:
    """What is held."""

    load: Annotated[str | None, Parameter(help='Mass in both hands: 15 (kg), "33 lb".', group=PERSON)] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """Where the answer goes."""

    as_json: Annotated[
        bool, Parameter(name="--json", negative="", show_default=False, help="Print JSON only.", group=OUTPUT)
    ] = False
    report: Annotated[str | None, Parameter(help="Write a page to keep: out.html.", group=OUTPUT)] = None
    save: Annotated[str | None, Parameter(help="Write the answer for later: out.npz.", group=OUTPUT)] = None
    debug: Annotated[
        bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.", group=OUTPUT)
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Detail:
    """How much is computed."""

    interval: Annotated[
        bool, Parameter(negative="", show_default=False, help="Low and high over the published ranges of the inputs.")
    ] = False
    arms: Annotated[
        bool, Parameter(negative="", show_default=False, help="Moment arms of every fascicle, in the JSON.")
    ] = False
    causes: Annotated[
        bool, Parameter(negative="", show_default=False, help="Who loads what: every load split by its cause.")
    ] = False
