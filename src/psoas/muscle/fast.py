"""Whether a motion is shared in compiled code (`psoas[fast]`) or in NumPy."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module

from psoas.muscle.follow import Follower
from psoas.muscle.problem import SharingProblem

MANY = 5000  # problems of a motion from which compiled code is worth the 0.7 s that it takes to load


def compiled_for(count: int) -> bool:
    """Return whether this many problems of a motion are shared in compiled code: from MANY on, with `psoas[fast]`.

    PSOAS_FAST in the environment decides otherwise: 0 never, 1 whatever their number.
    """
    told = os.environ.get("PSOAS_FAST")
    return told != "0" and (told == "1" or count >= MANY) and fast_is_installed()


@cache
def fast_is_installed() -> bool:
    """Return whether Numba, the one thing that `psoas[fast]` adds, is there and goes with this NumPy."""
    try:
        import_module("numba")
    except ImportError:
        return False
    return True


def follower_of(problem: SharingProblem, *, compiled: bool = False) -> Follower:
    """Return what follows a problem: in compiled code, where that is asked for and installed, or in NumPy."""
    if compiled and fast_is_installed():
        from psoas.muscle.compiled import CompiledFollower

        return CompiledFollower(problem)
    return Follower(problem)
