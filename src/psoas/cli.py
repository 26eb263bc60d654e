"""The command line: it registers the commands, reads their flags, and turns every mistake into a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from psoas.errors import PsoasError, unknown
from psoas.streams import console, print_json, progress, say

# The scenario key behind a flag, so that an error names what was typed.
FLAG_OF_KEY = {
    "mass_kg": "--mass",
    "height_m": "--height",
    "age_years": "--age",
    "sex": "--sex",
}

COMMANDS = ("sit", "run", "export", "validate")

Mass = Annotated[str | None, Parameter(help='Body mass: 70 (kg), "154 lb".')]
Height = Annotated[str | None, Parameter(help='Stature: 1.68 (m), "168 cm", "5 ft 6 in".')]
Sex = Annotated[str | None, Parameter(help="male or female.")]
Age = Annotated[float | None, Parameter(help="Age in years.")]
Tight = Annotated[list[str] | None, Parameter(help="Shorter fibres: 6% (the psoas), or multifidus=6%.", negative="")]
Weak = Annotated[list[str] | None, Parameter(help="Less strength: multifidus=30%.", negative="")]
Inhibited = Annotated[list[str] | None, Parameter(help="Capped activation: gluteus_maximus=50%.", negative="")]
Load = Annotated[str | None, Parameter(help='Mass in both hands: 15 (kg), "33 lb".')]
Interval = Annotated[
    bool, Parameter(negative="", show_default=False, help="Low and high over the published ranges of the inputs.")
]
Json = Annotated[bool, Parameter(name="--json", negative="", show_default=False, help="Print JSON only.")]
Debug = Annotated[bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.")]

app = App(
    name="psoas",
    help="What the psoas, the spinal extensors and the trunk do to each lumbar joint. No medical advice.",
    version_flags=["--version"],
    version=lambda: _version(),
    result_action="return_value",
    print_error=False,
    exit_on_error=False,
)


@app.default
def answer(*, debug: Debug = False) -> int:
    """Show one answer for a default person, and what to try next."""
    from psoas.case.case import Case
    from psoas.case.whatif import named, tighten, together
    from psoas.chain import run
    from psoas.report.terminal import show

    standing = named("normal")(Case())
    tight = together(tighten("psoas_major", 0.06), named("psoas 6 % tight"))(standing)
    screen = console()
    title = "What each lumbar joint carries: a man of 70 kg and 1.68 m, standing, and with a tight psoas"
    show(screen, run([standing, tight]), title=title)
    screen.print("\nNext:")
    screen.print("  psoas sit --tight 6%        sitting down on a chair, phase by phase", highlight=False)
    screen.print("  psoas run FILE              your own scenario (.toml) or recording (.trc)", highlight=False)
    screen.print("  psoas sit --help            every flag", highlight=False)
    return 0


@app.command
def sit(
    *,
    mass: Mass = None,
    height: Height = None,
    sex: Sex = None,
    age: Age = None,
    tight: Tight = None,
    weak: Weak = None,
    inhibited: Inhibited = None,
    load: Load = None,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Go from standing onto a chair: what psoas, extensors and joints do through the phases.

    With --tight, --weak or --inhibited the untouched person stands beside. --json prints the result as one
    object, or as a list of two where two persons are compared.
    """
    from psoas import flags
    from psoas.anatomy.subject import Subject

    subject = flags.subject(Subject(), mass=mass, height=height, sex=sex, age=age)
    change = flags.change(tight=tight, weak=weak, inhibited=inhibited)
    hands_kg = flags.load(load)
    # After the flags: MuJoCo takes longer to load than a mistake to be told.
    from psoas.studies.sit import sit as study

    found = study(subject, change=change, hands_kg=hands_kg)
    if as_json:
        print_json([result.to_json() for result in found.results], alone=len(found.results) == 1)
        say(note for result in found.results for note in result.notes)
        return 0
    from psoas.report.terminal import show

    show(
        console(),
        found.results,
        title=found.title,
        phases=found.phases,
        traces=found.traces,
        findings=found.findings,
    )
    return 0


@app.command
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
    mass: Mass = None,
    height: Height = None,
    sex: Sex = None,
    age: Age = None,
    tight: Tight = None,
    weak: Weak = None,
    inhibited: Inhibited = None,
    load: Load = None,
    interval: Interval = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Compute a scenario or a recording; flags go before what the file says.

    Where a muscle is changed, the untouched person is shown beside; --json prints the changed one only.
    """
    from psoas import flags
    from psoas.case.whatif import named

    case = flags.read_input(file, forces=forces, markers=markers, units=units, up=up)
    case = flags.over(
        case, mass=mass, height=height, sex=sex, age=age, tight=tight, weak=weak, inhibited=inhibited, load=load
    )
    from psoas.chain import run as compute

    if as_json:
        with progress() as told:
            results = compute([case], interval=interval, progress=told)
        print_json([result.to_json() for result in results], alone=True)
        say(note for result in results for note in result.notes)
        return 0
    from psoas.report.terminal import show

    cases = [named(case.name or "answer")(case)]
    if not case.change.is_empty:
        cases = [flags.untouched(case), named(flags.describe(case.change))(case)]
    with progress() as told:
        results = compute(cases, interval=interval, progress=told)
    show(console(), results, title=case.name)
    return 0


@app.command
def export(
    kind: Annotated[str, Parameter(help="mjcf (MuJoCo, a file that ends in .xml) or osim (OpenSim, .osim).")],
    path: Annotated[str, Parameter(help="The file to write; one that is there is replaced.")],
    scenario: Annotated[str | None, Parameter(help="A scenario or recording; none is a person who stands.")] = None,
    /,
    *,
    mass: Mass = None,
    height: Height = None,
    sex: Sex = None,
    age: Age = None,
    tight: Tight = None,
    weak: Weak = None,
    inhibited: Inhibited = None,
    load: Load = None,
    debug: Debug = False,
) -> int:
    """Write the body, in the scenario's posture, as a model that MuJoCo or OpenSim loads.

    Of a movement the first frame is the posture. Not written: ligaments (to OpenSim), discs, passive muscle force,
    tone, abdominal pressure and contacts; an OpenSim muscle is a path actuator that pulls what the fascicle can pull in
    that posture.
    """
    from psoas import flags
    from psoas.case.case import Case

    case = Case() if scenario is None else flags.read_input(scenario)
    case = flags.over(
        case, mass=mass, height=height, sex=sex, age=age, tight=tight, weak=weak, inhibited=inhibited, load=load
    )
    from psoas.export.write import export as write

    print(write(kind, path, case))
    return 0


@app.command
def validate(
    *,
    write: Annotated[
        str | None, Parameter(help="Folder for validation.md and .json; default: docs/ of a checkout.")
    ] = None,
    as_json: Json = False,
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 2 a mistake of the input, 1 a fault of the program."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    # Small solves wait for the threads of BLAS more than they gain by them; NumPy is not imported yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    debug = "--debug" in tokens
    try:
        code = app(tokens)
        sys.stdout.flush()
    except PsoasError as error:
        code = _fail(_as_typed(error, tokens), 2, debug)
    except UnusedCliTokensError as error:
        code = _fail(_stray(error.unused_tokens or [""], tokens), 2, debug)
    except CycloptsError as error:
        code = _fail(" ".join(str(error).split()), 2, debug)
    except KeyboardInterrupt:
        code = _fail("Stopped.", 130, False)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has enough; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        code = _fail(f"A fault of psoas, not of the input: {cause}. --debug shows where.", 1, debug)
    sys.exit(code or 0)


def _fail(sentence: str, code: int, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    print(f"psoas: {sentence}", file=sys.stderr)
    return code


def _stray(unused: Sequence[str], tokens: Sequence[str]) -> str:
    if unused[0] != tokens[0]:
        return f"'{unused[0]}' is one word too many. A value with spaces needs quotes; --help lists the flags."
    if os.path.exists(unused[0]):
        return f"'{unused[0]}' is a file; to compute it write: psoas run {unused[0]}"
    return str(unknown("command", unused[0], COMMANDS))


def _as_typed(error: PsoasError, tokens: Sequence[str]) -> str:
    sentence, key = str(error), getattr(error, "key", None)
    flag = FLAG_OF_KEY.get(key or "")
    if flag and any(token.split("=")[0] == flag for token in tokens):
        for table in ("[subject] ", "[surroundings] "):
            sentence = sentence.replace(f"{table}{key}", flag)
    return sentence


def _version() -> str:
    from importlib.metadata import version

    return version("psoas")


if __name__ == "__main__":
    main()
