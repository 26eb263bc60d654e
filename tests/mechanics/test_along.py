"""A motion balanced frame after frame: the same loads as each frame alone, to the bit whatever is done together."""

import numpy as np
import pytest

import psoas.mechanics.along as along
from psoas.bench.motion import first, moving_frames
from psoas.case.case import Case
from psoas.frames import frames_of
from psoas.mechanics.along import Again, balanced, order
from psoas.mechanics.equilibrium import PRELOAD_TOLERANCE


@pytest.fixture(scope="module")
def motion():
    return moving_frames(270)


def run(frames, **keywords):
    return balanced(
        frames.body,
        frames.positions,
        frames.velocities,
        frames.accelerations,
        frames.effort,
        frames.contacts,
        frames.applied,
        root_carried=not frames.measured,
        **keywords,
    )


@pytest.mark.parametrize("count", [1, 63, 64, 65, 255, 256, 257, 320, 10_001])
def test_every_frame_is_solved_once_and_after_the_one_it_follows(count):
    seen = np.zeros(count, bool)
    before = np.zeros(0, int)
    for chosen, follows in order(count):
        assert len(chosen) <= 64 and not seen[chosen].any()
        if follows:
            assert np.array_equal(before[: len(chosen)] + 1, chosen)
        else:
            assert count <= 3 * 64 or not (chosen % 64).any()
        seen[chosen] = True
        before = chosen
    assert seen.all()


def test_digits_do_not_depend_on_what_is_done_together(motion, monkeypatch):
    kin, together = run(motion)
    monkeypatch.setattr(along, "CHUNK", 2)
    other_kin, apart = run(motion)
    for name in ("activation", "active", "passive", "unmet", "generalised", "disc_moment", "objective"):
        assert np.array_equal(getattr(together, name), getattr(apart, name)), name
    assert np.array_equal(together.loads.compression, apart.loads.compression)
    assert np.array_equal(kin.length, other_kin.length)
    assert together.converged.all() and kin.arms.size == 0


def test_followed_frames_are_those_solved_from_nothing(motion, monkeypatch):
    _, followed = run(motion)
    monkeypatch.setattr(along, "FEWEST", 1000)
    _, alone = run(motion)
    # Two preloads within the tolerance of the fixed point leave loads that differ by less than it.
    assert np.abs(followed.loads.compression - alone.loads.compression).max() <= PRELOAD_TOLERANCE
    assert np.abs(followed.activation - alone.activation).max() <= 2e-3
    assert np.abs(followed.loads.compression - alone.loads.compression).max() > 0.0


def test_long_motions_are_kept_in_single_precision_that_shows_nowhere(motion, monkeypatch):
    _, double = run(motion)
    monkeypatch.setattr(along, "LONG", 100)
    _, single = run(motion)
    assert single.activation.dtype == np.float32 and single.loads.compression.dtype == np.float32
    assert np.abs(single.activation - double.activation).max() <= 1e-6
    assert np.abs(single.loads.compression / double.loads.compression - 1).max() <= 1e-6


def test_a_changed_frame_is_computed_again_from_its_last_answer(motion):
    standing = frames_of(Case())
    checked = 0
    for frames in (first(motion, 1), standing):
        again, rng = Again(), np.random.default_rng(0)
        for _ in range(4):
            moved = frames.positions.copy()
            moved[0, frames.body.dof["L3/L4_flexion"]] += 0.03 * rng.random()
            speeds = {"velocities": frames.velocities, "accelerations": frames.accelerations}
            asked = (frames.contacts, frames.applied)
            root = not frames.measured
            _, warm = again.balanced(frames.body, moved, frames.effort, *asked, root_carried=root, **speeds)
            _, cold = Again().balanced(frames.body, moved, frames.effort, *asked, root_carried=root, **speeds)
            assert np.abs(warm.loads.compression - cold.loads.compression).max() <= PRELOAD_TOLERANCE
            assert warm.converged.all()
            checked += 1
    assert checked == 8
