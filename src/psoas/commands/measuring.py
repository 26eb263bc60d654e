"""How fast it is on this machine, beside others that do the same work."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import Parameter

from psoas.case.quantities import parse_whole
from psoas.commands.streams import console, print_json


def bench(
    *,
    frames: Annotated[str, Parameter(help="Frames of the motion that the chain is timed on.")] = "10000",
    quick: Annotated[bool, Parameter(negative="", show_default=False, help="Leave out what takes minutes.")] = False,
    save: Annotated[str | None, Parameter(help="Write the figures to this file as JSON.")] = None,
    compare: Annotated[str | None, Parameter(help="Put the figures of a saved run beside these.")] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", show_default=False, help="Print JSON only.")
    ] = False,
    debug: Annotated[bool, Parameter(negative="", show_default=False, help="Show the traceback of an error.")] = False,
) -> int:
    """Measure the chain and its parts beside MuJoCo with DAQP and other solvers, as ratios in one run.

    The rivals must be installed: pip install "psoas[test]".
    """
    from psoas.bench.run import bench as measured

    found = measured(frames=parse_whole(frames, flag="--frames"), quick=quick, save=save, compare=compare)
    if as_json:
        print_json([json.dumps(found.to_dict(), allow_nan=False)], alone=True)
        return 0
    from psoas.report.terminal import show_tables

    show_tables(console(), found.title, found.tables)
    return 0
