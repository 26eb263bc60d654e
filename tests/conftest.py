"""What tests share: helpers in tests/ can be imported from the folders below it."""

import os
import sys
from pathlib import Path

# Small solves wait for the threads of BLAS more than they gain by them; set before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

sys.path.insert(0, str(Path(__file__).parent))


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
