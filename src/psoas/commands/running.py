"""What a person meets first, a file of their own, files side by side, and a saved answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psoas.anatomy.subject import person as person_of
from psoas.case.quantities import parse_whole
from psoas.case.whatif import named
from psoas.commands import given
from psoas.commands.inputs import SAVED, existing, read_input
from psoas.commands.options import Changes, Detail, Hands, Output, Person
from psoas.commands.outputs import ready
from psoas.commands.streams import console, progress
from psoas.errors import InputError


def answer(output: Output) -> int:
    """Show one answer for a default person, and what to try next."""
    from psoas.case.case import Case
    from psoas.case.whatif import tighten
    from psoas.chain import run as compute
    from psoas.commands.answering import give, titled

    ready(output)
    standing = named("normal")(Case())
    tight = tighten("psoas_major", 0.06)(standing)
    tight = named(given.describe(tight.change))(tight)
    screen = console()
    title = "What each lumbar joint carries: a man of 70 kg and 1.68 m, standing, and with a tight psoas"
    give(titled(compute([standing, tight]), title), output)
    if output.as_json:
        return 0
    screen.print("\nNext:")
    screen.print("  psoas sit --tight 6%        sitting down on a chair, phase by phase", highlight=False)
    screen.print("  psoas run FILE              your own scenario (.toml) or recording (.trc)", highlight=False)
    screen.print("  psoas --help                every question it answers", highlight=False)
    return 0


def run(
    file: Annotated[str, Parameter(help="A scenario (.toml .json) or a recording (.trc .mot .sto ...).")],
    /,
    *,
    forces: Annotated[str | None, Parameter(help="Measured ground forces of the recording.")] = None,
    markers: Annotated[
        str | None, Parameter(help="A file that says which of our markers, or which place, yours are.")
    ] = None,
    units: Annotated[str | None, Parameter(help="Length unit of the recording: m, cm, mm.")] = None,
    up: Annotated[str | None, Parameter(help="Upward axis of the recording: x, y, z, -x ...")] = None,
    workers: Annotated[
        str, Parameter(help="Processes to use, at most one a core; more than 1 helps from 1,024 frames on.")
    ] = "1",
    person: Person = Person(),
    changes: Changes = Changes(),
    hands: Hands = Hands(),
    detail: Detail = Detail(),
    output: Output = Output(),
) -> int:
    """Compute a scenario or a recording; flags go before what the file says.

    Where a muscle is changed, the untouched person is shown beside; --json prints the changed one only.
    """
    from psoas.commands.answering import give, titled

    ready(output)
    processes = parse_whole(workers, flag="--workers")
    case = read_input(file, forces=forces, markers=markers, units=units, up=up)
    case = given.over(case, person, changes, hands)
    cases = [named(case.name or "answer")(case)]
    if not case.change.is_empty and not output.as_json:
        cases = [given.untouched(case), named(given.describe(case.change))(case)]
    from psoas.chain import run as compute

    with progress() as told:
        results = compute(
            cases,
            moment_arms=detail.arms,
            interval=detail.interval,
            causes=detail.causes,
            workers=processes,
            progress=told,
        )
    return give(titled(results, f"{case.name or Path(file).stem}: {person_of(case.subject)}"), output)


def compare(
    *files: Annotated[str, Parameter(help="Two or more scenarios, recordings or saved answers.")],
    person: Person = Person(),
    changes: Changes = Changes(),
    hands: Hands = Hands(),
    detail: Detail = Detail(),
    output: Output = Output(),
) -> int:
    """Put any two or more situations side by side; the first is what the others are compared with."""
    from psoas.commands.answering import give, titled
    from psoas.commands.persons import differing
    from psoas.report.terminal import labels

    if len(files) < 2:
        raise InputError("compare needs two files or more: psoas compare standing.toml sitting.toml")
    ready(output)
    results = []
    for file in files:
        results += _results(existing(file).as_posix(), person, changes, hands, detail)
    told = differing(results, labels(results))
    return give(titled(results, "Side by side", (told,) if told else ()), output)


def _results(file: str, person: Person, changes: Changes, hands: Hands, detail: Detail) -> list:
    if file.lower().endswith(SAVED):
        if (person, changes, hands, detail) != (Person(), Changes(), Hands(), Detail()):
            raise InputError(f"'{file}' is a saved answer, which flags cannot change; compute its scenario anew.")
        from psoas.saved import load

        return list(load(file).results)
    from psoas.chain import run as compute

    case = given.over(read_input(file), person, changes, hands)
    with progress() as told:
        return compute(
            [named(case.name or Path(file).stem)(case)],
            moment_arms=detail.arms,
            interval=detail.interval,
            causes=detail.causes,
            progress=told,
        )


def report(
    saved: Annotated[str, Parameter(help="An answer that --save wrote (.npz).")],
    to: Annotated[str | None, Parameter(help="The page to write; default: beside the saved answer.")] = None,
    /,
    *,
    debug: Annotated[bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.")] = False,
) -> int:
    """Write the report of a saved answer without computing anything."""
    from psoas.report.page import write_report
    from psoas.saved import load

    print(write_report(to or Path(saved).with_suffix(".html"), load(saved)))
    return 0
