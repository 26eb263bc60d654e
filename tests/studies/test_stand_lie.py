"""Standing and lying: the findings follow the numbers, and every situation is a scenario that a user can write."""

import pytest

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.scenario import case_from_scenario
from psoas.errors import InputError
from psoas.studies.lie import lie
from psoas.studies.situations import situations
from psoas.studies.stand import stand


@pytest.fixture(scope="module")
def standing():
    return stand(change=Change(tight={"psoas_major": 0.1}))


def test_ways_of_standing(standing):
    names = [r.name for r in standing.results]
    assert names[0] == "relaxed" and "leaning back from the hips" in names and names[7] == "relaxed, changed"
    assert all(r.status == ("ok",) for r in standing.results)
    loads = {r.name: float(r.level("L4/L5")["compression_n"][0]) for r in standing.results}
    assert 430 <= loads["relaxed"] <= 830
    assert loads["relaxed, changed"] > loads["relaxed"]
    # The feet carry the person, whichever way they stand.
    for result in standing.results:
        assert result.contacts.force_n[:, 0, 1].sum() == pytest.approx(
            70 * 9.81, abs=0.1
        )  # N, what the root may leave over


def test_the_sentence_on_leaning_back_is_the_numbers(standing):
    relaxed, leaning = standing.results[:2]
    ratio = float(leaning.level("L4/L5")["compression_n"][0] / relaxed.level("L4/L5")["compression_n"][0])
    said = next(s for s in standing.findings if s.startswith("Leaning back"))
    assert (f"{100 * abs(ratio - 1):.0f} % " in said) or "as much" in said
    assert f"pulls {leaning.group('psoas_major').force_n[0]:.0f} N instead of" in said
    assert any("Wilke 1999" in s for s in standing.findings)


def test_what_is_changed_is_named_and_told_of_every_way(standing):
    said = standing.findings[0]
    assert said.startswith("Changed (psoas 10 % tight), L4/L5 carries more (+) or less (-)")
    for plain, changed in zip(standing.results[:7], standing.results[7:], strict=True):
        more = float((changed.level("L4/L5")["compression_n"] - plain.level("L4/L5")["compression_n"])[0])
        assert f"{plain.name} {round(more):+d} N" in said
    assert not any(s.startswith("Changed") for s in lie().findings)


def test_a_heavy_person_is_not_said_to_agree_with_a_volunteer_of_70_kg():
    said = [stand(Subject(mass_kg=mass, height_m=1.9)).findings[0] for mass in (75, 120)]
    assert "and this is within it" in said[0] and "and this is more" in said[1]


def test_a_lean_that_nobody_takes():
    with pytest.raises(InputError, match="--lean is 40; allowed is 0 to 20 degrees"):
        stand(lean_deg=40)


def test_ways_of_lying():
    study = lie()
    loads = {r.name: float(r.level("L4/L5")["compression_n"][0]) for r in study.results}
    # One man's prone pressure was 0.2 of standing; P03's band.
    assert 0.1 <= loads["prone"] / loads["standing"] <= 0.4
    assert loads["supine"] < 0.4 * loads["standing"]
    assert len(study.tables[0].rows) == len(study.results) == 7
    assert any("0.50 MPa standing" in s for s in study.findings)


def test_every_situation_is_a_scenario():
    seen = 0
    for study in ("stand", "sit", "lie", "activities"):
        for s in situations(study):
            case = Case(posture=s.posture, surroundings=s.surroundings, name=s.name)
            assert case_from_scenario(case.to_dict()) == case
            seen += 1
    assert seen >= 30
