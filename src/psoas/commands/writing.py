"""What is written for others: the body as a model, and the page of claims."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from psoas.commands import given
from psoas.commands.inputs import read_input
from psoas.commands.options import Changes, Hands, Person
from psoas.commands.streams import console, print_json, progress, say

Debug = Annotated[bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.")]


def export(
    kind: Annotated[str, Parameter(help="page (a what-if page, .html), mjcf (MuJoCo, .xml) or osim (OpenSim, .osim).")],
    path: Annotated[str, Parameter(help="The file to write; one that is there is replaced.")],
    scenario: Annotated[str | None, Parameter(help="A scenario or recording; none is a person who stands.")] = None,
    /,
    *,
    person: Person = Person(),
    changes: Changes = Changes(),
    hands: Hands = Hands(),
    debug: Debug = False,
) -> int:
    """Write the what-if page of a person, or the body in the scenario's posture as a model for MuJoCo or OpenSim.

    The page is one file that opens in any browser, without network or installation, and computes as this program does.
    A model: of a movement the first frame is the posture. Not written: ligaments (to OpenSim), discs, hip capsules,
    passive muscle force, tone, abdominal pressure and contacts; an OpenSim muscle is a path actuator that pulls what
    the fascicle can pull in that posture.
    """
    from psoas.case.case import Case

    case = Case() if scenario is None else read_input(scenario)
    case = given.over(case, person, changes, hands)
    from psoas.export.write import export as write

    with progress("presets") as told:
        done = write(kind, path, case, told)
    print(done)
    return 0


def validate(
    *,
    write: Annotated[
        str | None, Parameter(help="Folder for validation.md and .json; default: docs/ of a checkout.")
    ] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", show_default=False, help="Print JSON only.")
    ] = False,
    debug: Debug = False,
) -> int:
    """Hold every published claim against the model; 1 if a physics, sign or exact claim fails."""
    from pathlib import Path

    from psoas.validation import page, suite
    from psoas.validation.bench import Bench

    folder = page.docs_folder() if write is None else page.existing(Path(write))
    bench = Bench()
    with progress("claims") as told:
        outcomes = suite.validate(bench, progress=told)
    if as_json:
        print_json([page.to_json(outcomes)], alone=True)
    else:
        from psoas.report.claims import show_claims

        entries = [x.to_dict() | {"quantity": x.claim.quantity} for x in outcomes]
        show_claims(console(), entries, suite.counts(outcomes))
    if folder is not None:
        page.write(folder, outcomes, bench)
        say([f"wrote {folder / 'validation.md'} and validation.json"])
    return suite.exit_code(outcomes)
