"""The map of joints and muscles of a posture: what it holds, and that load and weakness move it as they must."""

import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.result import LEVELS
from psoas.sources.cite import references
from psoas.studies.limits import limits


@pytest.fixture(scope="module")
def lifted():
    """20 kg held stooped, and the same with half the multifidus."""
    return limits(preset="stoop", hands_kg=20, loadings=200, change=Change(weak={"multifidus": 0.5}))


def test_standing_is_mapped_level_by_level_and_group_by_group():
    study = limits()
    assert len(study.results) == 1
    by_title = {table.title: table for table in study.tables}
    assert [row[0] for row in by_title["Joint or muscle, level by level"].rows] == list(LEVELS)
    assert len(by_title["Muscle groups, hardest first"].rows) >= 20
    assert len(by_title["Nerve roots by level"].rows) == 6
    assert all(row[5] == "below" for row in by_title["Joint load against its limit"].rows)
    assert any("prolapse-type" in sentence for sentence in study.findings)
    assert references(study.sources)


def test_the_untouched_comes_first_and_both_are_mapped(lifted):
    assert [result.name for result in lifted.results] == ["untouched", "changed"]
    titles = [table.title for table in lifted.tables]
    for word in ("untouched", "changed"):
        assert f"Joint or muscle, level by level ({word})" in titles
        assert sum(sentence.startswith(word.capitalize()) for sentence in lifted.findings) >= 4


def test_a_load_in_the_hands_uses_more_of_every_joint(lifted):
    empty = limits(preset="stoop")
    columns = ("Joint load against its limit", "Joint load against its limit (untouched)")
    without, with_load = (
        next(t for t in study.tables if t.title == name).rows
        for study, name in zip((empty, lifted), columns, strict=True)
    )
    for before, after in zip(without, with_load, strict=True):
        assert after[4] > before[4] + 10, before[0]  # per cent of the compression limit
    assert len(with_load) == 6


def test_what_a_weak_muscle_leaves_others_take(lifted):
    before, after = (
        {str(row[0]): row for row in next(t for t in lifted.tables if t.title == name).rows}
        for name in ("Muscle groups, hardest first (untouched)", "Muscle groups, hardest first (changed)")
    )
    assert after["multifidus"][4] < before["multifidus"][4]  # force, N
    lumborum = "longissimus thoracis pars lumborum"
    assert after[lumborum][1] > before[lumborum][1]  # per cent of its strength


def test_repetition_counts(lifted):
    assert "700 N (shear limit, 100 to 1000 a day)" in " ".join(lifted.findings)
    assert any("200 times in a row" in sentence and "from memory" in sentence for sentence in lifted.findings)


@pytest.mark.parametrize("loadings", [0, -1, 200_000])
def test_loadings_that_cannot_be_name_the_flag(loadings):
    with pytest.raises(InputError, match="--loadings"):
        limits(loadings=loadings)
