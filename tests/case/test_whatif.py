import numpy as np
import pytest

from psoas.app.setting import Setting, name_of
from psoas.case.case import Case
from psoas.case.change import Change, per_fascicle, told_of
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.case.whatif import (
    add_load,
    inhibit,
    named,
    set_tone,
    tighten,
    together,
    weaken,
    with_posture,
    with_solve,
    with_subject,
    with_surroundings,
)
from psoas.commands.given import describe
from psoas.errors import InputError, unknown


def test_what_ifs_are_pure_and_add_up():
    case = Case()
    changed = together(
        tighten("psoas_major", 0.06),
        weaken("multifidus_r", 0.3),
        weaken("multifidus_l", 0.2),
        inhibit("gluteus_maximus", 0.5),
        set_tone(0.03),
        add_load(10),
        add_load(5, hand="left"),
        with_subject(mass_kg=80),
        with_surroundings(desk=True),
        with_solve(criterion="minmax"),
        named("changed"),
    )(case)
    assert case == Case()
    assert changed.change.tight == {"psoas_major": 0.06}
    assert changed.change.weak == {"multifidus_r": 0.3, "multifidus_l": 0.2}
    assert changed.change.inhibited == {"gluteus_maximus": 0.5} and changed.change.tone == 0.03
    assert (changed.surroundings.hands_kg.left, changed.surroundings.hands_kg.right) == (10.0, 5.0)
    assert changed.subject.mass_kg == 80 and changed.surroundings.desk and changed.solve.criterion == "minmax"
    assert changed.name == "changed"


def test_posture_replaces_a_movement_and_the_other_way():
    moving = Case(motion=Movement(pattern="bend"))
    assert moving.posture is None
    still = with_posture("sitting", trunk_flexion_deg=10.0)(moving)
    assert still.motion is None and still.posture == Posture(preset="sitting", trunk_flexion_deg=10.0)
    further = with_posture(trunk_flexion_deg=20.0)(still)
    assert further.posture == Posture(preset="sitting", trunk_flexion_deg=20.0)
    assert further.with_changes(motion=Movement(pattern="lift")).posture is None
    with pytest.raises(InputError, match="a posture or a motion, not both"):
        Case(posture=Posture(), motion=Movement(pattern="bend"))


def test_a_wrong_value_is_told_when_the_what_if_is_written():
    with pytest.raises(InputError, match=r"'psoas_major' is 6; .*For 6 % write 0\.06"):
        tighten("psoas_major", 6)
    with pytest.raises(InputError, match=r"tone is 2; allowed is 0 to 0\.5"):
        set_tone(2.0)(Case())
    with pytest.raises(ValueError, match="hand is 'middle'; allowed is left, right or both"):
        add_load(5, hand="middle")
    with pytest.raises(InputError, match=r"hands_kg is -5; allowed is 0 to 400 kg in both hands together"):
        add_load(-5)(Case())
    with pytest.raises(InputError, match=r"hands_kg is -5 in the left hand; allowed is 0 to 200 kg"):
        add_load(-5, hand="left")(Case())


NAMES = {"psoas_major": [0, 1, 2, 3], "psoas_major_r": [0, 1], "psoas_L1_r": [0]}


def resolve(name):
    if name not in NAMES:
        raise unknown("muscle", name, NAMES)
    return NAMES[name]


def test_the_narrower_name_counts():
    found = per_fascicle({"psoas_L1_r": 0.3, "psoas_major": 0.1, "psoas_major_r": 0.2}, resolve, 5)
    np.testing.assert_array_equal(found, [0.3, 0.2, 0.1, 0.1, 0.0])
    np.testing.assert_array_equal(per_fascicle({}, resolve, 2), [0.0, 0.0])
    with pytest.raises(InputError, match=r"Unknown muscle 'psoas_mjor'\. Did you mean 'psoas_major'\?"):
        per_fascicle({"psoas_mjor": 0.1}, resolve, 5)


def test_a_change_is_told_one_way():
    change = Change(tight={"psoas_major": 0.06}, weak={"multifidus_r": 0.3, "psoas_L1_VB_l": 0.07}, tone=0.015)
    assert told_of(change) == "psoas 6 % tight, right multifidus 30 % weak, left psoas L1 VB 7 % weak, tone 1.5 %"
    assert told_of(Change()) == ""
    # The head of a column of `psoas run` and the app's are the same words.
    assert describe(Change(tight={"psoas_major": 0.06}, tone=0.03)) == "psoas 6 % tight"
    assert describe(Change(tight={"psoas_major": 0.06}, weak={"iliacus": 0.1})) == "changed"
    assert name_of(Setting(psoas_tight=0.06), Setting()) == "psoas 6 % tight"
