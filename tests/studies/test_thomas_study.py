"""The Thomas test told: untight beside the published range, and every five per cent of tightness."""

from itertools import pairwise

import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.sources.table import read_parameters
from psoas.studies.thomas import riener_moment, thomas


@pytest.fixture(scope="module")
def study():
    return thomas()


def rows(study, start):
    return next(t for t in study.tables if t.title.startswith(start)).rows


def test_a_row_for_every_five_per_cent_and_length(study):
    table = rows(study, "Rest of the hanging thigh")
    assert [r[2] for r in table[:5]] == pytest.approx([0, 5, 10, 15, 20])
    assert len(table) == 2 * 2 * 5
    psoas = [r[4] for r in table[:5]]
    assert all(b > a for a, b in pairwise(psoas))


def test_longer_fibres_in_standing_rest_higher(study):
    table = rows(study, "Rest of the hanging thigh")
    short = {r[2]: r[4] for r in table if r[0] == "psoas" and r[1] == 1.0}
    long = {r[2]: r[4] for r in table if r[0] == "psoas" and r[1] == 1.15}
    assert len(short) == 5
    assert all(long[dose] > short[dose] for dose in short)


def test_the_verdict_is_that_of_the_numbers(study):
    checked = 0
    published = read_parameters("studies/data/thomas.csv")
    for note, _, spread, ours, verdict in rows(study, "The untight thigh"):
        if verdict in ("inside", "outside"):
            low, high = (float(x) for x in spread.split(" to "))
            assert verdict == ("inside" if low <= ours <= high else "outside"), note
            checked += 1
    assert checked == 2
    assert {"harvey1998", "beneck2018", "roach2015", "delitto2012"} == published.sources


def test_the_untight_thigh_hangs_below_the_bench_as_people_do(study):
    # Mean of 117 athletes 11.9 degrees below, mean of 55 women 15.5 with a standard deviation of 6.0: 21.5 to 9.5.
    thigh = rows(study, "Rest of the hanging thigh")[0][4]
    assert -21.5 <= thigh <= -9.5


def test_the_loads_are_not_taken_for_those_of_the_hanging_leg(study):
    assert [r.name for r in study.results] == ["both legs on the bed", "both legs on the bed, psoas 20 % tight"]
    assert any("not of the leg that hangs" in sentence for sentence in study.findings)


def test_measured_moments_by_the_formula():
    # By hand: e^1.4655 - e^1.3403 + 8.072 = 4.330 - 3.820 + 8.072.
    assert riener_moment(0.0, 0.0) == pytest.approx(8.582, abs=2e-3)


def test_a_person_who_is_tight_already_never_rests_lower(study):
    tight = rows(thomas(change=Change(tight={"psoas_major": 0.1})), "Rest of the hanging thigh")
    plain = rows(study, "Rest of the hanging thigh")
    # Doses up to what the person has change nothing; above it they count as given.
    assert tight[0][4] == pytest.approx(plain[2][4]) == pytest.approx(tight[2][4])
    assert tight[4][4] == pytest.approx(plain[4][4])


@pytest.mark.parametrize(
    ("keywords", "named"),
    [({"to_fraction": 0.0}, "--to"), ({"to_fraction": 5.0}, "--to"), ({"knee_deg": 200.0}, "--knee")],
)
def test_what_cannot_be_used_is_named(keywords, named):
    with pytest.raises(InputError, match=named):
        thomas(**keywords)
