"""The prolapse index: both bending and pressing are needed, repetition lowers what is borne."""

import math

import pytest

from limited_results import made
from psoas.errors import InputError
from psoas.limits import prolapse
from psoas.result import LEVELS
from psoas.sources.cite import references
from psoas.sources.table import read_table


def test_the_index_is_one_where_both_reach_the_published_values():
    at = prolapse.prolapse(made(compression=5400.0, moment=prolapse.disc_bending_limit()))
    assert [x.level for x in at] == list(LEVELS)
    assert [x.index for x in at] == pytest.approx([1.0] * 6)
    assert prolapse.disc_bending_limit() == pytest.approx(0.29 * 73)


@pytest.mark.parametrize(("compression", "moment"), [(6000.0, 0.0), (6000.0, -20.0), (0.0, 30.0), (-100.0, 30.0)])
def test_either_alone_gives_nothing(compression, moment):
    assert {x.index for x in prolapse.prolapse(made(compression=compression, moment=moment))} == {0.0}


def test_repetition_counts_as_the_fit_says():
    """C^2 N^0.2 is what counts, so 1024 loadings weigh as one of 1024^0.1 = 2 times the compression."""
    once, often = (prolapse.prolapse(made(compression=1000.0, moment=30.0), n)[0] for n in (1, 1024))
    assert often.pressing == pytest.approx(2.0 * once.pressing)
    assert often.bending == once.bending


def test_bends_are_held_against_those_of_pig_discs():
    low, high = (prolapse.prolapse(made(compression=c, moment=5.0), 2200)[0] for c in (1000.0, 1500.0))
    assert low.repeated == pytest.approx(2200 / 22000)
    assert high.repeated == pytest.approx(2200 / 5000)
    assert prolapse.prolapse(made(moment=-5.0), 2200)[0].repeated == 0.0


def test_the_table_shows_every_level_and_what_is_not_known():
    table = prolapse.table(made(), 10)
    assert len(table.rows) == 6
    assert "not known" in table.note
    assert "no count of loadings" in " ".join(str(cell) for row in prolapse.evidence().rows for cell in row)


@pytest.mark.parametrize(
    ("load", "loadings", "shares"),
    [
        (0.45, 1000, (0.60, 0.60)),
        (0.45, 200, (0.25, 0.45)),
        (0.25, 5000, (0.10, 0.10)),
        (0.65, 5, (0.0, 0.10)),
        (0.70, 5000, (1.0, 1.0)),
        (0.20, 100, (0.0, 0.0)),
    ],
)
def test_fatigue_of_cadaver_segments(load, loadings, shares):
    assert prolapse.fatigue_share(load, loadings) == shares


@pytest.mark.parametrize(("load", "loadings"), [(0.19, 100), (0.71, 100), (0.45, 5001), (0.45, 0), (math.nan, 10)])
def test_beyond_the_table_of_fatigue_there_is_no_number(load, loadings):
    assert prolapse.fatigue_share(load, loadings) is None


@pytest.mark.parametrize("loadings", [0, 0.5, -3, math.inf, math.nan])
def test_loadings_that_cannot_be_are_refused(loadings):
    with pytest.raises(InputError, match="loadings"):
        prolapse.prolapse(made(), loadings)


def test_every_row_of_the_evidence_has_a_known_source():
    for name in (prolapse.DATA, prolapse.EVIDENCE, prolapse.FATIGUE):
        assert references(sorted(read_table(name).sources))
