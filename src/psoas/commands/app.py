"""The local app: a recording, a scenario or a saved answer in the browser of this machine."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from psoas.case.movement import Movement
from psoas.commands import given
from psoas.commands.inputs import SAVED, existing, read_input
from psoas.commands.options import Changes, Hands, Person
from psoas.commands.streams import progress
from psoas.errors import InputError


def app(
    file: Annotated[
        str | None, Parameter(help="A recording, a scenario or a saved answer (.npz); none is sitting down.")
    ] = None,
    /,
    *,
    forces: Annotated[str | None, Parameter(help="Measured ground forces of the recording.")] = None,
    markers: Annotated[
        str | None, Parameter(help="A file that says which of our markers, or which place, yours are.")
    ] = None,
    units: Annotated[str | None, Parameter(help="Length unit of the recording: m, cm, mm.")] = None,
    up: Annotated[str | None, Parameter(help="Upward axis of the recording: x, y, z, -x ...")] = None,
    port: Annotated[int | None, Parameter(help="Port of this machine; default 8467, or a free one.")] = None,
    person: Person = Person(),
    changes: Changes = Changes(),
    hands: Hands = Hands(),
    debug: Annotated[bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.")] = False,
) -> int:
    """Open a movement in the browser: play it, and move tightness, weakness, tone and load while you look.

    The page is served to this machine alone. Ctrl-C stops it.
    """
    from psoas.app.show import installed, show

    installed()
    if file is not None and file.lower().endswith(SAVED):
        if (person, changes, hands) != (Person(), Changes(), Hands()) or forces or markers or units or up:
            raise InputError(f"'{file}' is a saved answer, which flags cannot change; open its scenario.")
        from psoas.saved import load

        path = existing(file)
        return show(load(path), path.stem, port, None)
    if file is None:
        if forces or markers or units or up:
            raise InputError("--forces, --markers, --units and --up belong to a recording; name its file.")
        from psoas.case.case import Case

        case = Case(motion=Movement(pattern="sit"), name="sitting down")
    else:
        case = read_input(file, forces=forces, markers=markers, units=units, up=up)
    case = given.over(case, person, changes, hands)
    with progress() as told:
        return show(case, case.name or "psoas", port, told)
