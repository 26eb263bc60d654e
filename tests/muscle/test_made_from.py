"""Kept compiled code is not run once anything that it was made from has changed, wherever that stands."""

import math
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from psoas.muscle.made_from import made_from

GAIN, SHIFT = 3.0, 1


def compiled(function, **options):
    """Return what `made_from` reads of a compiled function."""
    return SimpleNamespace(py_func=function, targetoptions=options)


@compiled
def inner(x):
    return np.sqrt(x) * GAIN


def outer_as(x):
    return inner(x) + SHIFT


def again_as(x):
    return inner(x) - SHIFT


def unknown_as(x):
    return math.sqrt(x)


def test_code_constants_and_options_here_and_below_are_all_told(monkeypatch):
    outer = compiled(outer_as, nogil=True)
    first = made_from(outer)
    assert made_from(compiled(outer_as, nogil=True)) == first < 2**63
    others = [made_from(compiled(again_as, nogil=True)), made_from(compiled(outer_as, nogil=False))]
    for name, value in (("GAIN", 4.0), ("SHIFT", 1.0), ("inner", compiled(again_as))):
        with monkeypatch.context() as patch:
            patch.setitem(globals(), name, value)
            others.append(made_from(outer))
    assert len({first, *others}) == 6
    assert made_from(outer) == first


def test_a_global_that_cannot_be_told_is_refused():
    with pytest.raises(TypeError, match="unknown_as uses math, a module"):
        made_from(compiled(unknown_as))


def test_every_constant_of_the_sharing_is_told(monkeypatch):
    pytest.importorskip("numba", reason="psoas[fast] is not installed")
    from psoas.muscle import climb, compiled, compiled_algebra, compiled_steps, follow

    first, tried = made_from(compiled._solve_each), set()
    for module in (compiled, compiled_steps, compiled_algebra):
        for name in {*vars(follow), *vars(climb), "COMPILED_CLIMBED", "ARRIVED"} & set(vars(module)):
            if isinstance(vars(module)[name], int | float):
                with monkeypatch.context() as patch:
                    patch.setattr(module, name, 7)
                    assert made_from(compiled._solve_each) != first
                tried.add(name)
    assert len(tried) == 16
    assert [cell.cell_contents for cell in compiled._solve_all.py_func.__closure__] == [first]


TOY = """
from numba import float64, njit
from figures import GAIN
from psoas.muscle.made_from import made_from

@njit
def inner(x):
    return GAIN * x

def kept(key):
    def outer(x):
        key
        return inner(x)
    return njit(float64(float64), cache=True)(outer)

outer = kept(made_from(inner))
print(outer(2.0), sum(outer.stats.cache_hits.values()))
"""


def test_numba_keeps_code_under_what_it_closes_over(tmp_path):
    pytest.importorskip("numba", reason="psoas[fast] is not installed")
    (tmp_path / "toy.py").write_text(TOY)
    here = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept"), "PYTHONDONTWRITEBYTECODE": "1"}

    def said():
        return subprocess.run([sys.executable, "toy.py"], cwd=tmp_path, env=here, capture_output=True, text=True).stdout

    answers = []
    for gain in (3.0, 3.0, 4.0):
        # The file of the compiled function stays as it is; only a constant that it imports changes.
        (tmp_path / "figures.py").write_text(f"GAIN = {gain}\n")
        answers.append(said().split())
    assert answers == [["6.0", "0"], ["6.0", "1"], ["8.0", "0"]]
