"""The whole chain on postures: published bands, presets, what-ifs, the JSON contract, postures that cannot be."""

import json

import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Force, Surroundings
from psoas.case.whatif import add_load, inhibit, tighten, weaken, with_solve
from psoas.chain import model_hash, run
from psoas.errors import InputError, PoseError
from psoas.mechanics import equilibrium
from psoas.motion.postures import presets

LEVEL = "L4/L5"
CLOSE = Case(posture=Posture(elbow_flexion_deg=90), surroundings=Surroundings(hands_kg=20))
ROUND = Case(
    posture=Posture(pelvis_tilt_deg=20, trunk_flexion_deg=65, knee_flexion_deg=25),
    surroundings=Surroundings(hands_kg=20),
)


def compression(case: Case, level: str = LEVEL) -> float:
    return float(run(case)[0].level(level)["compression_n"][0])


@pytest.fixture(scope="module")
def standing():
    return run(Case())[0]


def test_relaxed_standing_is_in_the_published_band(standing):
    # Wilke 1999, Dreischarf 2013: 430-830 N at L4/L5 of a man of 70 kg, 1.68 m.
    assert 430 <= standing.level(LEVEL)["compression_n"][0] <= 830
    assert standing.status == ("ok",) and standing.largest_unmet()[2] == 0.0


@pytest.mark.parametrize(
    ("case", "low", "high"),
    [
        (Case(posture=Posture(preset="lying_prone")), 0.1, 0.4),
        (CLOSE, 1.6, 2.9),
        (ROUND, 3.4, 6.0),
    ],
    ids=["prone", "20 kg close", "20 kg round back"],
)
def test_ratios_to_standing_are_in_the_published_bands(standing, case, low, high):
    result = run(case)[0]
    ratio = result.level(LEVEL)["compression_n"][0] / standing.level(LEVEL)["compression_n"][0]
    assert low <= ratio <= high
    assert result.status == ("ok",), "unmet moments must stay under the flag"


def test_every_preset_is_balanced_by_its_contacts():
    results = run([Case(posture=Posture(preset=name)) for name in presets()])
    assert len(results) == 9
    for name, result in zip(presets(), results, strict=True):
        assert result.status == ("ok",), name
        weight = result.contacts.force_n[:, 0].sum(axis=0)
        # What bears the person carries the weight, and nothing else pushes: 70 kg at 9.81 m/s2, to 0.1 N.
        assert weight == pytest.approx([0.0, 686.7, 0.0], abs=0.1), name


def test_the_contacts_of_the_presets_are_those_of_the_rules():
    bearing = {
        name: set(run(Case(posture=Posture(preset=name)))[0].contacts.names)
        for name in ("standing", "sitting", "slouched", "lying_supine", "constructive_rest")
    }
    feet = {"foot_r", "foot_l"}
    assert bearing["standing"] == feet
    assert bearing["sitting"] == feet | {"seat"}
    assert bearing["slouched"] == feet | {"seat", "backrest"}
    assert bearing["lying_supine"] == bearing["constructive_rest"] == {"bed"}


def test_one_hip_alone_leaves_the_other_foot_bearing():
    result = run(Case(posture=Posture.model_validate({"hip_flexion_deg": {"left": -15}})))[0]
    assert result.contacts.names == ("foot_r",)
    assert result.contacts.force_n[0, 0, 1] == pytest.approx(686.7, abs=0.1)


def test_hips_without_tilt_tilt_the_pelvis_by_balance():
    from psoas.frames import frames_of

    frames = frames_of(Case(posture=Posture.model_validate({"hip_flexion_deg": 30})))
    q = dict(zip(frames.body.dof, np.degrees(frames.positions[0]), strict=True))
    assert q["hip_flexion_r"] == q["hip_flexion_l"] == pytest.approx(30)
    # The trunk leans forward by what the legs do not lean back: thigh inclination = hip flexion - tilt.
    assert 10 < q["pelvis_tilt"] < 30


def test_hips_and_tilt_together_are_taken_as_they_are():
    from psoas.frames import frames_of

    both = Posture.model_validate({"hip_flexion_deg": 5, "pelvis_tilt_deg": 5})
    frames = frames_of(Case(posture=both))
    assert np.degrees(frames.positions[0, frames.body.dof["pelvis_tilt"]]) == pytest.approx(5)
    assert np.degrees(frames.positions[0, frames.body.dof["hip_flexion_r"]]) == pytest.approx(5)


def test_contacts_only_push():
    result = run(Case(posture=Posture(preset="sitting")))[0]
    assert (result.contacts.force_n[:, 0, 1] > -1e-9).all()


def test_a_backrest_unloads_the_spine():
    sitting = compression(Case(posture=Posture(preset="sitting")))
    leaning = Surroundings(backrest_deg=110)
    back = compression(Case(posture=Posture(preset="sitting", pelvis_tilt_deg=-30), surroundings=leaning))
    assert back < sitting


def test_levels_given_replace_that_levels_share_only():
    flexed = Posture.model_validate({"trunk_flexion_deg": 30, "levels_deg": {"L4/L5": 0.0}})
    from psoas.frames import frames_of

    frames = frames_of(Case(posture=flexed))
    rows = frames.body.rows(tuple(f"{level}_flexion" for level in frames.body.levels))
    angle = dict(zip(frames.body.levels, np.degrees(frames.positions[0, rows]), strict=True))
    assert angle["L4/L5"] == pytest.approx(0.0)
    # The others keep their own shares, 74 % of the whole, however they settle among themselves.
    assert sum(angle.values()) == pytest.approx(30 * 0.74, abs=1e-6)


def test_all_levels_given_stay_as_given():
    from psoas.frames import frames_of

    given = {"T12/L1": 2.0, "L1/L2": 2.0, "L2/L3": 2.0, "L3/L4": 10.0, "L4/L5": 2.0, "L5/S1": 2.0}
    frames = frames_of(Case(posture=Posture(levels_deg=given)))
    rows = frames.body.rows(tuple(f"{level}_flexion" for level in given))
    np.testing.assert_allclose(np.degrees(frames.positions[0, rows]), list(given.values()), atol=1e-9)


def test_what_is_tight_weak_or_inhibited_shows():
    flexed = Case(posture=Posture(trunk_flexion_deg=20))
    plain = run(flexed)[0]
    tight = run(tighten("psoas_major", 0.15)(Case()))[0]
    assert tight.group("psoas_major").passive_n[0] > run(Case())[0].group("psoas_major").passive_n[0] + 50
    weak = run(weaken("multifidus", 0.5)(flexed))[0]
    assert weak.group("multifidus").active_n[0] < plain.group("multifidus").active_n[0]
    capped = run(inhibit("multifidus", 0.95)(flexed))[0]
    assert capped.muscles.activation[[g == "multifidus" for g in capped.muscles.groups]].max() <= 0.05 + 1e-9
    one_side = run(tighten("psoas_major_r", 0.2)(Case()))[0]
    assert one_side.group("psoas_major_r").passive_n[0] > 5 * one_side.group("psoas_major_l").passive_n[0]


def test_every_criterion_balances_the_same_demand(standing):
    for keys in ({"criterion": "cubed"}, {"criterion": "minmax"}, {"weights": "equal"}):
        other = run(with_solve(**keys)(Case()))[0]
        assert other.status == ("ok",), keys
        ratio = other.level(LEVEL)["compression_n"][0] / standing.level(LEVEL)["compression_n"][0]
        assert 0.7 < ratio < 1.3, keys


def test_load_in_one_hand_bends_the_trunk_to_its_side():
    right, left = run([add_load(10, hand="right")(Case()), add_load(10, hand="left")(Case())])
    assert right.demand_nm["L4/L5"]["bend"][0] > 5
    assert right.demand_nm["L4/L5"]["bend"][0] == pytest.approx(-left.demand_nm["L4/L5"]["bend"][0], abs=1e-6)
    assert right.level("L4/L5")["compression_n"][0] == pytest.approx(left.level("L4/L5")["compression_n"][0], rel=1e-6)


def test_a_given_force_is_borne():
    push = Surroundings(forces=(Force(segment="thorax", force_n=(0, -100, 0)),))
    result = run(Case(surroundings=push))[0]
    assert result.contacts.force_n[:, 0, 1].sum() == pytest.approx(786.7, abs=0.1)


def test_a_heavier_and_a_female_person_are_scaled_and_told():
    heavy = run(Case(subject=Subject(mass_kg=90, height_m=1.8)))[0]
    assert heavy.level(LEVEL)["compression_n"][0] > compression(Case())
    female = run(Case(subject=Subject(sex="female", mass_kg=60, height_m=1.63)))[0]
    assert any("extrapolated" in note and "female" in note for note in female.notes)


def test_the_json_is_the_contract(standing):
    said = json.loads(standing.to_json())
    assert list(said) == [
        "psoas", "case", "time_s", "levels", "loads", "muscles", "contacts", "demand_nm", "unmet_nm", "residual",
        "status", "sources",
    ]  # fmt: skip
    assert said["psoas"]["model_hash"] == model_hash()
    assert said["levels"] == ["T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"]
    assert np.shape(said["loads"]["compression_n"]) == (6, 1)
    assert set(said["muscles"][0]) == {"name", "group", "side", "activation", "active_n", "passive_n", "length_m"}
    assert set(said["demand_nm"]) == set(said["unmet_nm"]) == {*said["levels"], "hip_r", "hip_l"}
    assert "bogduk1992" in said["sources"]


def test_moment_arms_on_request():
    arms = run(Case(), moment_arms=True)[0].muscles
    assert arms.moment_arm_mm is not None
    row = arms.names.index("psoas_L1_VB_r")
    assert arms.moment_arm_mm["hip"][row, 0] == pytest.approx(23.5, abs=1.0)
    assert arms.moment_arm_mm["L5/S1"][row, 0] > 15  # flexes


def test_nothing_is_written_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Arms straight ahead in a trunk bent forward: two axes of the shoulder align and the mass matrix is singular.
    run(Case(posture=Posture(trunk_bend_deg=20, shoulder_flexion_deg=90)))
    run(Case(posture=Posture(preset="lying_side")))
    assert list(tmp_path.iterdir()) == []


def test_a_result_does_not_depend_on_its_company(standing):
    alone = standing.loads["compression_n"]
    many = run([ROUND, Case(), CLOSE])[1].loads["compression_n"]
    np.testing.assert_array_equal(alone, many)


def test_what_was_not_solved_is_flagged(standing, monkeypatch):
    monkeypatch.setattr(equilibrium, "PRELOAD_PASSES", 1)
    result = run(Case())[0]
    assert standing.status == ("ok",) and result.status == ("flagged: not solved",)


def test_contacts_that_could_stand_in_for_each_other_are_settled():
    # Many of a sitter's contacts carry next to nothing; which of them do was left open, and the answer flagged for it.
    slouched = Case(posture=Posture(preset="slouched"), surroundings=Surroundings(hands_kg=Sided(left=1.1, right=1.1)))
    assert run(inhibit("psoas_major_r", 0.74)(slouched))[0].status == ("ok",)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Case(posture=Posture(preset="sitting"), surroundings=Surroundings(seat=False)), "No contact can balance"),
        (
            Case(posture=Posture(hip_flexion_deg=130, pelvis_tilt_deg=0, trunk_flexion_deg=60, ankle_flexion_deg=0)),
            "No contact can balance",
        ),
        (
            Case(posture=Posture(pelvis_tilt_deg=60, shoulder_flexion_deg=90), surroundings=Surroundings(hands_kg=200)),
            "centre of mass over the feet",
        ),
        (
            Case(posture=Posture.model_validate({"hip_flexion_deg": 60, "pelvis_tilt_deg": 60})),
            "No contact can balance",
        ),
        (Case(surroundings=Surroundings(elbows_on_thighs=True)), "do not reach the thighs: "),
    ],
    ids=[
        "no seat",
        "sitting on air",
        "200 kg at arm's length",
        "straight legs, trunk far forward",
        "elbows out of reach",
    ],
)
def test_postures_that_cannot_be_are_refused_with_a_way_out(case, words):
    with pytest.raises(PoseError) as error:
        run(case)
    assert words in str(error.value)
    assert any(word in str(error.value) for word in ("seat", "trunk", "pelvis"))


def test_an_unknown_muscle_names_the_nearest():
    with pytest.raises(InputError, match=r"psoas_mayor.*Did you mean 'psoas_major'"):
        run(tighten("psoas_mayor", 0.1)(Case()))
    with pytest.raises(InputError, match=r"psaos.*Did you mean 'psoas'"):
        run(tighten("psaos", 0.1)(Case()))


def test_a_muscle_tighter_than_it_can_live_is_told():
    from psoas.case.whatif import tighten

    with pytest.raises(PoseError, match=r"psoas_\S+ is 95 % tight: its fibres would be stretched to .* Make it less"):
        run([tighten("psoas_major", 0.95)(Case())])
