"""Sitting down: what the issue asks to be seen, on the real chain."""

import numpy as np
import pytest

from psoas.case.change import Change
from psoas.studies.sit import sit


@pytest.fixture(scope="module")
def study():
    return sit(change=Change(tight={"psoas_major": 0.06}), seats=False)


def trace(study, label):
    return next(t.values for t in study.traces if t.label == label)


def test_two_persons_and_the_phases(study):
    assert [r.name for r in study.results] == ["normal", "psoas 6 % tight"]
    assert [name for name, _ in study.phases] == ["standing", "seat contact", "seated"]
    assert all(r.status == ("ok",) * r.frames for r in study.results)


def test_it_begins_as_standing_and_ends_at_rest(study):
    normal = study.results[0]
    # The first and last frames are still: the same loads as their neighbours, to the tolerance of the discs' passes.
    for a, b in ((0, 1), (-1, -2)):
        assert normal.loads["compression_n"][:, a] == pytest.approx(normal.loads["compression_n"][:, b], abs=1.0)
    # Standing of the posture preset, to the same tolerance.
    assert 430 <= normal.level("L4/L5")["compression_n"][0] <= 830


def test_the_lower_end_travels_back_and_the_psoas_shortens(study):
    lower = trace(study, "psoas lower end, forward")[0]
    length = trace(study, "psoas length (mean)")[0]
    assert lower[-1] < lower[0] - 5.0  # cm
    assert length[-1] < length[0] - 10.0  # mm
    assert trace(study, "lumbar flexion")[0][-1] == pytest.approx(22.6, abs=0.1)


def test_the_feet_carry_until_the_seat_does(study):
    normal = study.results[0]
    seat = normal.contacts.force_n[normal.contacts.names.index("seat"), :, 1]
    contact = dict(study.phases)["seat contact"]
    assert np.all(seat[:contact] == 0.0)
    assert seat[-1] > 400


def test_a_tight_psoas_pulls_more_standing_than_seated(study):
    force = trace(study, "psoas force")
    gain = force[1] - force[0]
    assert gain[0] > 10
    assert abs(gain[-1]) < gain[0]


def test_findings_say_what_happens(study):
    said = " ".join(study.findings)
    assert "lower end moves" in said and "back" in said
    assert "With psoas 6 % tight the psoas pulls" in said
    assert "cause" not in said and "pain" not in said


def test_the_way_up_is_the_way_down_read_backwards():
    up = sit(way="up", seats=False)
    assert up.title.startswith("Standing up") and [name for name, _ in up.phases][-1] == "standing"
    length = trace(up, "psoas length (mean)")[0]
    assert length[-1] > length[0] + 10.0  # mm
    assert up.findings[0].startswith("From seated to standing the psoas's lower end")
    assert all(status == "ok" for status in up.results[0].status)
