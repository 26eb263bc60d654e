"""How levels share a recorded trunk's flexion between the postures that were settled."""

import numpy as np
import pytest

from psoas.mechanics.rhythm import curves


def test_the_levels_always_make_up_the_whole():
    rng = np.random.default_rng(5)
    sums = np.array([0.3, 0.5, 0.7, 0.9])
    shares = rng.uniform(0.5, 1.5, (4, 6))
    settled = sums[:, None] * shares / shares.sum(axis=1, keepdims=True)
    a, b = curves(sums, settled)
    # Exact but for rounding: the least squares of the sum is the sum of the least squares.
    assert a.sum() == pytest.approx(1.0, abs=1e-12) and b.sum() == pytest.approx(0.0, abs=1e-12)
    between = 0.62
    assert (a * between + b * between**2).sum() == pytest.approx(between, abs=1e-12)


def test_shares_that_grow_with_flexion_come_back():
    sums, a, b = np.array([0.2, 0.6, 1.0]), np.array([0.6, 0.4]), np.array([0.1, -0.1])
    found = curves(sums, np.outer(sums, a) + np.outer(sums**2, b))
    assert np.allclose(found[0], a, atol=1e-12) and np.allclose(found[1], b, atol=1e-12)
