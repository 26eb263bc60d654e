"""What could be done: every measure is the case it names, and its effort is what it says."""

import numpy as np
import pytest

from psoas.anatomy.groups import resolve
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.whatif import tighten
from psoas.chain import run
from psoas.errors import InputError
from psoas.result import LEVELS
from psoas.studies.interventions import eased, interventions

NAMES = [
    "untouched",
    "as it is",
    "psoas lengthened",
    "extensors strengthened",
    "extensors disinhibited",
    "tone lowered",
    "pelvis tilted forward",
    "pelvis tilted back",
]


@pytest.fixture(scope="module")
def study():
    return interventions()


@pytest.fixture(scope="module")
def weakened():
    change = Change(
        tone=0.03,
        tight={"iliopsoas": 0.15},
        weak={"extensors": 0.5},
        inhibited={"erector_spinae": 0.85, "iliacus": 0.3},
    )
    return interventions(change=change, hands_kg=10.0, tilt_deg=8.0)


def load(study, name):
    return next(r for r in study.results if r.name == name).level("L4/L5")["compression_n"][0]


def test_side_by_side_at_each_level(study):
    assert [r.name for r in study.results] == NAMES
    table = study.tables[0]
    assert [row[0] for row in table.rows] == NAMES
    assert table.columns[2:8] == LEVELS
    for row, result in zip(table.rows, study.results, strict=True):
        assert row[2:8] == pytest.approx(result.loads["compression_n"][:, 0])


def test_without_a_change_the_psoas_is_ten_per_cent_tight_and_it_is_said(study):
    assert study.results[1].case["change"] == {"tight": {"psoas_major": 0.1}}
    assert "the psoas is taken to be 10 % tight" in study.findings[0]
    assert load(study, "as it is") > load(study, "untouched") + 10.0
    # Ten per cent less of ten per cent is nothing left: the untouched person again, exactly.
    assert load(study, "psoas lengthened") == pytest.approx(load(study, "untouched"), abs=1e-9)
    assert "nothing to disinhibit" in " ".join(study.findings)


def test_a_measure_is_the_plain_case_of_its_name(study):
    tight = run(tighten("psoas_major", 0.1)(Case()))[0]
    assert load(study, "as it is") == pytest.approx(tight.level("L4/L5")["compression_n"][0], abs=1e-6)
    again = run(Case(change=Change(tone=0.018, tight={"psoas_major": 0.1})))[0]
    assert load(study, "tone lowered") == pytest.approx(again.level("L4/L5")["compression_n"][0], abs=1e-6)


def test_effort_is_activation_squared_times_volume(study, default_body):
    for row, result in zip(study.tables[0].rows, study.results, strict=True):
        by_hand = sum(default_body.fibres.volume * result.muscles.activation[:, 0] ** 2)
        assert row[-1] == pytest.approx(1e6 * by_hand, rel=1e-9)
    efforts = {row[0]: row[-1] for row in study.tables[0].rows}
    assert efforts["extensors strengthened"] < efforts["as it is"]
    assert efforts["tone lowered"] < efforts["as it is"]


def test_the_thorax_stays_upright_when_the_pelvis_tilts(study):
    forward, back = study.results[-2].case["posture"], study.results[-1].case["posture"]
    assert (forward["pelvis_tilt_deg"], forward["trunk_flexion_deg"]) == (5.0, -5.0)
    assert (back["pelvis_tilt_deg"], back["trunk_flexion_deg"]) == (-5.0, 5.0)


def test_each_measure_changes_what_it_names(weakened):
    cases = {r.name: r.case["change"] for r in weakened.results}
    assert cases["psoas lengthened"]["tight"] == {"iliopsoas": 0.15, "psoas_major": pytest.approx(0.05)}
    assert cases["extensors disinhibited"]["inhibited"] == {"erector_spinae": pytest.approx(0.75), "iliacus": 0.3}
    assert cases["tone lowered"]["tone"] == pytest.approx(0.027)
    assert cases["extensors strengthened"] == cases["as it is"]
    assert any("10 % stronger" in note for note in weakened.results[3].notes)
    efforts = {row[0]: row[-1] for row in weakened.tables[0].rows}
    flagged = [r.name for r in weakened.results if r.status != ("ok",)]
    assert flagged == ["pelvis tilted back"]  # weak extensors cannot hold that posture, and it is said
    assert any(f.startswith("Pelvis tilted back is flagged: ") for f in weakened.findings)
    # Where all demand is met, a cap that is lifted is a wider choice of the least effort: never more.
    assert efforts["extensors disinhibited"] <= efforts["as it is"] * (1.0 + 1e-6)
    assert "nothing to disinhibit" not in " ".join(weakened.findings)


def test_an_inhibition_that_holds_nobody_back_is_said():
    mild = interventions(change=Change(inhibited={"extensors": 0.3}))
    assert load(mild, "extensors disinhibited") == pytest.approx(load(mild, "as it is"), abs=1e-6)
    assert any(f.startswith("No extensor would work up to what its inhibition allows") for f in mild.findings)


def test_lying_has_no_tilt():
    lying = interventions(preset="lying_supine", size_fraction=0.2)
    assert [r.name for r in lying.results] == NAMES[:-2]
    assert "no tilt" in " ".join(lying.findings)


def test_easing_keeps_sides_and_strangers(default_body):
    names, groups = default_body.fibres.names, default_body.fibres.groups

    def rows(name):
        return resolve(name, names, groups)

    wanted = {"hip_flexors_r": 0.3, "psoas_L1_VB_l": 0.05, "multifidus": 0.2}
    found = eased(wanted, "psoas_major", 0.1, rows)
    assert found == {**wanted, "psoas_major_r": pytest.approx(0.2), "psoas_L1_VB_l": 0.0}
    assert np.all([name in found for name in wanted])


@pytest.mark.parametrize(
    ("keywords", "named"),
    [
        ({"size_fraction": 0.0}, "--size"),
        ({"size_fraction": float("nan")}, "--size"),
        ({"tilt_deg": 40.0}, "--tilt"),
        ({"preset": "handstand"}, "handstand"),
    ],
)
def test_what_cannot_be_used_is_named(keywords, named):
    with pytest.raises(InputError, match=named):
        interventions(**keywords)
