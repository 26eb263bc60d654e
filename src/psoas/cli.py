"""The command line: it registers the commands, and turns every mistake into a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, UnusedCliTokensError

from psoas.commands.options import Output
from psoas.errors import PsoasError, unknown

# Command -> what it answers, by group; a study is one file in studies/ and one line here. Loaded when asked for.
STUDIES = {
    "Situations": {
        "sit": "Sit down on a chair, phase by phase; seats and backrests.",
        "stand": "Stand relaxed, leaning, swayed, on one leg, on heels.",
        "bend": "Bend to the end of the range and come back.",
        "lift": "Lift: stoop, squat, near, far, one hand; limits beside the loads.",
        "walk": "Walk a stride; trunk lean and stride length varied.",
        "desk": "Work at a desk: screen, keyboard, arms, and what to move.",
        "lie": "Lie prone, supine, on the side, in constructive rest.",
        "activities": "Everyday activities in one table.",
    },
    "The psoas": {
        "tighten": "Tightness from nothing to 20 %: dose and response at every level.",
        "causes": "Who loads what: weight, load, each muscle, pressure, ligaments.",
        "limits": "Joint or muscle: which is nearer its limit, at which level.",
        "interventions": "What helps most: lengthen, strengthen, disinhibit, calm, tilt.",
        "thomas": "Where a relaxed thigh comes to rest in the Thomas test.",
        "settle": "Where pelvis and spine come to rest when nobody corrects them.",
        "stability": "Does the column stand unsteered, and what each muscle adds.",
        "reflex": "Reflexes in time: reciprocal inhibition intact, impaired, absent.",
    },
}
OTHERS = {
    "run": ("running:run", "Compute a scenario or a recording of your own."),
    "app": ("app:app", "Play a movement in the browser, with what-if sliders."),
    "compare": ("running:compare", "Put scenarios, recordings or saved answers side by side."),
    "report": ("running:report", "Write the report of a saved answer."),
    "export": ("writing:export", "Write a what-if page for the browser, or the body for MuJoCo or OpenSim."),
    "bench": ("measuring:bench", "How fast it is here, beside other solvers."),
    "validate": ("writing:validate", "Hold every published claim against the model."),
}

COMMANDS = (*(name for studies in STUDIES.values() for name in studies), *OTHERS)


def registered(asked: str) -> App:
    """Return the command line. The command asked for is told by its own docstring, the others by a line each."""
    app = App(
        name="psoas",
        help="What the psoas, the spinal extensors and the trunk do to each lumbar joint. No medical advice.",
        version_flags=["--version"],
        version=lambda: _version(),
        result_action="return_value",
        print_error=False,
        exit_on_error=False,
    )
    app.default(answer)
    places = {name: f"studies:{name}" for studies in STUDIES.values() for name in studies}
    lines = {name: line for studies in STUDIES.values() for name, line in studies.items()}
    groups = {name: group for group, studies in STUDIES.items() for name in studies}
    for name, (place, line) in OTHERS.items():
        places[name], lines[name], groups[name] = place, line, "Files"
    for name, place in places.items():
        told = {} if name == asked else {"help": lines[name]}
        app.command(f"psoas.commands.{place}", name=name, group=groups[name], **told)
    return app


def answer(*, output: Output = Output()) -> int:
    """Show one answer for a default person, and what to try next."""
    from psoas.commands.running import answer as first

    return first(output)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 2 a mistake of the input, 1 a fault of the program."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    # Small solves wait for the threads of BLAS more than they gain by them; NumPy is not imported yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    debug = "--debug" in tokens
    try:
        code = registered(tokens[0] if tokens else "")(tokens)
        sys.stdout.flush()
    except PsoasError as error:
        code = _fail(str(error), 2, debug)
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


def _version() -> str:
    from importlib.metadata import version

    return version("psoas")


if __name__ == "__main__":
    main()
