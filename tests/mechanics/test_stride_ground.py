"""A stride on a body: feet that stay where they are, ground forces near the measured, loads within bounds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import frames_of
from psoas.mechanics.bearing import on_the_ground
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.stride import stride_motion
from psoas.motion.stride import gait

WALK = Path(__file__).parents[2].parent / "shared" / "motions" / "walking"
SUBJECT = Subject(mass_kg=72.6, height_m=1.80)
WEIGHT = 72.6 * 9.81


@pytest.fixture(scope="module")
def step():
    case = Case(subject=SUBJECT, motion=Movement(pattern="step"))
    frames = frames_of(case)
    return frames, result_of(case, frames)


def test_velocities_are_the_derivatives_of_positions():
    moved = stride_motion(build(scale(SUBJECT)), gait(1.80))
    dt = moved.time_s[1] - moved.time_s[0]
    central = (moved.positions[2:] - moved.positions[:-2]) / (2 * dt)
    # Six harmonics of 1.24 s sampled every 26 ms: central differences are off by up to (6 w dt)^2 / 6 = 10 %.
    scale_of = np.abs(moved.velocities).max()
    assert np.abs(central - moved.velocities[1:-1]).max() < 0.1 * scale_of
    assert moved.velocities[:, 0].mean() == pytest.approx(gait(1.80).speed, rel=0.05)


def test_a_bearing_sole_point_stays_where_it_is(step):
    frames, _ = step
    kin = kinetics(frames.body, frames.positions)
    seen = 0
    for k, point in enumerate(frames.contacts):
        place = world_points(frames.body, kin, point.body, point.position)
        speed = np.linalg.norm(np.gradient(place, frames.time_s, axis=0)[:, [0, 2]], axis=1)
        down = frames.available[:, k]
        seen += int(down.sum())
        assert speed[down].max() < 0.9  # m/s; the rule is 0.5 where any point is at rest, and swing is 3 m/s and more
    assert seen > 100


def test_each_foot_bears_about_three_fifths_of_a_stride(step):
    _, result = step
    inside = np.array([s != "edge" for s in result.status])
    for foot in ("foot_r", "foot_l"):
        vertical = result.contacts.force_n[result.contacts.names.index(foot)][inside, 1]
        assert 0.5 < np.mean(vertical > 20.0) < 0.75
        assert 0.9 * WEIGHT < vertical.max() < 1.5 * WEIGHT


def test_over_a_stride_the_ground_carries_the_weight_and_nothing_along(step):
    _, result = step
    inside = np.array([s != "edge" for s in result.status])
    mean = result.contacts.force_n.sum(axis=0)[inside].mean(axis=0)
    # A periodic stride at constant speed: mean force = weight; what the feet cannot carry is at most 2 % of it.
    assert mean == pytest.approx([0.0, WEIGHT, 0.0], abs=0.02 * WEIGHT)


def test_two_steps_are_one_another_s_mirror(step):
    frames, result = step
    at = dict(frames.phases)
    half = at["left heel strike"] - at["right heel strike"]
    compression = result.level("L4/L5")["compression_n"]
    first = compression[at["right heel strike"] : at["left heel strike"]]
    second = compression[at["left heel strike"] : at["left heel strike"] + half]
    assert first == pytest.approx(second, rel=0.02)


def test_loads_are_those_of_walking(step):
    _, result = step
    inside = np.array([s != "edge" for s in result.status])
    load = result.level("L3/L4")["compression_n"][inside] / WEIGHT
    assert 0.9 <= load.max() <= 2.5  # Cappozzo 1984
    assert not any(s.startswith("flagged") for s in result.status)


def test_faster_loads_more_and_leaning_inclines(step):
    fast = Case(subject=SUBJECT, motion=Movement(pattern="step", speed_m_per_s=1.5))
    lean = Case(subject=SUBJECT, motion=Movement(pattern="step", lean_deg=8))
    plain = step[1].level("L4/L5")["compression_n"].max()
    assert result_of(fast, frames_of(fast)).level("L4/L5")["compression_n"].max() > plain
    frames = frames_of(lean)
    rows = frames.body.rows(("pelvis_tilt", *(f"{level}_flexion" for level in frames.body.levels)))
    more = frames.positions[:, rows].sum(axis=1) - step[0].positions[:, rows].sum(axis=1)
    assert np.degrees(more) == pytest.approx(8.0, abs=1e-6)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"pattern": "step", "duration_s": 1.0}, "duration_s' belongs to other patterns; 'step' has speed_m_per_s"),
        ({"pattern": "bend", "speed_m_per_s": 1.2}, "belongs to the pattern 'step', not to 'bend'"),
        ({"file": "a.trc", "lean_deg": 5}, "belongs to a 'pattern'"),
    ],
)
def test_keys_that_do_not_belong(keys, words):
    with pytest.raises(InputError, match=words):
        Movement(**keys)


@pytest.mark.skipif(not WALK.exists(), reason="the recording lies in ../shared, which is not here")
def test_predicted_ground_forces_beside_the_measured():
    forces = WALK / "subject01_walk1_grf.mot"
    measured = frames_of(Case(subject=SUBJECT, motion=Movement(file=WALK / "subject01_walk1.trc", forces=forces)))
    case = Case(subject=SUBJECT, motion=Movement(file=WALK / "subject01_walk1.trc"))
    alone = frames_of(case)
    belt = -1.144  # m/s, of the treadmill (stride.csv)
    down = on_the_ground(alone.body, alone.positions, alone.velocities, alone.contacts, belt)
    result = result_of(case, replace(alone, available=down))
    inside = np.array([s != "edge" for s in result.status])
    off = []
    for a in measured.applied:
        predicted = result.contacts.force_n[result.contacts.names.index(a.body)]
        off.append((predicted - a.force)[inside] / WEIGHT)
    foot = np.sqrt(np.mean(np.concatenate(off) ** 2, axis=0))
    both = np.sqrt(np.mean((off[0] + off[1]) ** 2, axis=0))
    # Forward, up, right; per foot it is the share of the two feet in double stance that is not known.
    assert (foot < [0.04, 0.08, 0.02]).all(), foot
    assert (both < [0.025, 0.015, 0.025]).all(), both


def test_an_arm_that_carries_swings_less():
    anatomy = scale(SUBJECT)
    swings = []
    for load in (0.0, 5.0):
        body = build(anatomy, (load, 0.0))
        moved = stride_motion(body, gait(1.80))
        swings.append([np.ptp(moved.positions[:, body.dof[f"shoulder_flexion_{s}"]]) for s in "rl"])
    arm = sum(anatomy.segment(f"{part}_r").mass for part in ("upper_arm", "forearm", "hand"))
    assert swings[1][0] / swings[0][0] == pytest.approx(arm / (arm + 5.0))
    assert swings[1][1] == pytest.approx(swings[0][1])
