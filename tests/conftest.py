"""What tests share: helpers in tests/ can be imported from the folders below it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

# Small solves wait for the threads of BLAS more than they gain by them; set before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

sys.path.insert(0, str(Path(__file__).parent))


MOST_SPLIT = 200  # frames; arms of all tendons take some 0.2 MB a frame


@pytest.fixture(scope="session", autouse=True)
def _every_result_is_split_by_its_causes():
    """Split each result that a test computes: `Result` refuses causes that miss a load by 1e-9. It stays as it was."""
    from psoas import chain
    from psoas.mechanics.kinetics import kinetics

    made = chain._result

    def split(case, frames, kin, found, moment_arms):
        result = made(case, frames, kin, found, moment_arms)
        if len(frames.positions) <= MOST_SPLIT:
            whole = kinetics(frames.body, kin.positions, frames.velocities, frames.accelerations)
            replace(result, causes=chain._causes(case, frames, whole, found))
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "_result", split)
        yield


@pytest.fixture(scope="session")
def default_anatomy():
    """The anatomy of the default person."""
    from psoas.anatomy.scale import scale
    from psoas.anatomy.subject import Subject

    return scale(Subject())


@pytest.fixture(scope="session")
def default_body(default_anatomy):
    """The compiled body of the default person, with empty hands."""
    from psoas.body.build import build

    return build(default_anatomy)
