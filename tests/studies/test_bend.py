"""Bending to the end and back: the table, the silence, the sentences that follow from the numbers."""

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import run
from psoas.errors import InputError, PoseError
from psoas.motion.patterns import duration_of
from psoas.studies.bend import SILENT, _silence, bend


@pytest.fixture(scope="module")
def study():
    return bend()


def trace(study, label):
    return next(t.values[0] for t in study.traces if t.label == label)


def test_it_goes_down_and_comes_back(study):
    inclination = trace(study, "trunk inclination")
    assert inclination[0] == pytest.approx(0.0, abs=1e-6) and inclination[-1] == pytest.approx(0.0, abs=1e-6)
    assert inclination.max() == pytest.approx(100.0, abs=0.5)
    ways = [row[0] for row in study.tables[0].rows]
    assert ways.count("down") == ways.count("up") == 8
    assert set(study.results[0].status) == {"ok"}


def test_the_muscles_work_most_midway_and_least_at_the_end(study):
    active = trace(study, "erector spinae activity")
    peak = dict(study.phases)["peak"]
    assert active[: peak + 1].max() > 2.0 * active[peak]
    assert 0.3 * 100 < trace(study, "trunk inclination")[int(np.argmax(active))] < 0.9 * 100


def test_the_sentence_on_silence_is_the_numbers(study):
    active = study.results[0].group("erector_spinae").activation
    peak = dict(study.phases)["peak"]
    said = " ".join(study.findings)
    if active[peak] < SILENT:
        assert "falls silent (under 5%) at" in said
    else:
        assert f"never falls under 5%; least near the end {active[peak]:.1%}" in said


def test_silence_is_the_last_spell_before_the_peak():
    angle = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    part = np.arange(5)
    assert _silence(np.array([0.01, 0.2, 0.2, 0.04, 0.03]), angle, part) == 30.0
    assert _silence(np.array([0.2, 0.2, 0.2, 0.2, 0.06]), angle, part) is None
    assert _silence(np.full(5, 0.01), angle, part) == 0.0


def test_it_is_the_scenario_of_the_same_pattern_and_takes_the_time_that_the_table_cites(study):
    motion = study.results[0].case["motion"]
    assert motion == {"pattern": "bend", "peak_inclination_deg": 100.0}
    same = run(Case(motion=Movement(pattern="bend", peak_inclination_deg=100.0)))[0]
    assert np.array_equal(same.loads["compression_n"], study.results[0].loads["compression_n"])
    # Of its 3.19 s 1.04 go down and 1.15 up (motion/data/durations.csv), told to a tenth.
    assert study.results[0].time_s[-5] - study.results[0].time_s[4] == pytest.approx(duration_of("bend"))
    assert study.findings[0].startswith("Down in 1.0 s, held for 1.0 s, up in 1.1 s;")


def test_a_bend_too_quick_for_the_feet_asks_for_more_time():
    with pytest.raises(PoseError, match=r"balance this movement: foot_l, foot_r cannot .* Give the movement more time"):
        bend(duration_s=2.0)


def test_a_bend_that_nobody_makes():
    with pytest.raises(InputError, match="--peak is 150; allowed is 20 to 120 degrees"):
        bend(peak_deg=150)
    with pytest.raises(InputError, match=r"--duration is 0\.1; allowed is 2 to 60 s"):
        bend(duration_s=0.1)
