"""The study of walking: a stride, its sweeps, its sentences, and what it refuses."""

import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.case.change import Change
from psoas.errors import InputError
from psoas.studies.walk import walk


@pytest.fixture(scope="module")
def study():
    return walk(change=Change(weak={"psoas_major": 0.5}))


def test_a_stride_begins_and_ends_with_the_right_foot(study):
    names = [name for name, _ in study.phases]
    assert names == ["right heel strike", "left toe-off", "left heel strike", "right toe-off"]
    first = study.results[0]
    assert not any(status.startswith("flagged") for status in first.status)


def test_load_and_force_belong_to_both_persons(study):
    normal, weak = study.results
    assert (normal.name, weak.name) == ("normal", "psoas 50 % weak") == study.tables[0].columns[1:]
    assert normal.time_s.tolist() == weak.time_s.tolist()
    pull = [r.group("psoas_major").active_n.max() for r in (normal, weak)]
    assert pull[1] < pull[0]


def test_tables_tell_what_the_results_hold(study):
    stride, leaning, striding = study.tables
    rows = {row[0]: row[1:] for row in stride.rows}
    inside = np.array([status != "edge" for status in study.results[0].status])
    peak = study.results[0].level("L4/L5")["compression_n"][inside].max()
    assert rows["L4/L5 largest compression, N"][0] == pytest.approx(peak)
    assert len(rows["right psoas, largest force, N"]) == 2
    middle = dict(zip(leaning.columns, next(row for row in leaning.rows if row[0] == "+0 deg"), strict=True))
    assert middle["L4/L5, N"] == pytest.approx(peak, rel=1e-6)
    lean = leaning.columns.index("trunk inclination, deg")
    assert np.diff([row[lean] for row in leaning.rows]) == pytest.approx([5.0, 5.0, 5.0], abs=0.01)
    extension = striding.columns.index("hip extension, deg")
    assert (np.diff([row[extension] for row in striding.rows]) > 0).all()  # a longer stride extends the hip more


def test_findings_are_made_from_the_numbers(study):
    inside = np.array([status != "edge" for status in study.results[0].status])
    peak = study.results[0].level("L4/L5")["compression_n"][inside].max()
    assert f"{peak:.0f} N" in study.findings[0]
    assert any("1.71" in sentence for sentence in study.findings)  # what was measured stands beside it
    assert any("not computed" in sentence for sentence in study.findings)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"speed_m_per_s": 3.0}, "walking speed of 3 m/s"),
        ({"stride_m": 3.0}, r"stride of 3\.00 m is outside"),
        ({"lean_deg": 40.0}, "--lean is 40"),
    ],
)
def test_what_it_refuses(keys, words):
    with pytest.raises(InputError, match=words):
        walk(Subject(), **keys)
