"""The validation suite, run once for all tests of it."""

from functools import cache

from psoas.validation.bench import Bench
from psoas.validation.claim import Outcome
from psoas.validation.suite import validate


@cache
def ran() -> tuple[Bench, list[Outcome]]:
    """Return the bench of the default person, with every posture found so far, and the outcome of every claim."""
    bench = Bench()
    return bench, validate(bench)
