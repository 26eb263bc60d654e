"""Ten set-ups that cannot be, and more: each gets a sentence that names what is wrong, by how much, and the way out."""

import pytest

from psoas.case.scenario import case_from_scenario
from psoas.chain import run
from psoas.errors import PsoasError

SIT = {"preset": "sitting"}
WRONG = {
    "a chair that is not under the person": (
        {"posture": {"preset": "standing"}, "surroundings": {"seat": True}},
        r"The chair is not under the person: 'seat' is given, but in 'standing' a person stands\. Write preset",
    ),
    "a desk out of reach": (
        {"posture": SIT | {"hands_forward_m": 0.9, "hands_height_m": 0.7}, "surroundings": {"desk": True}},
        r"Out of reach: \d+ cm are missing between the right hand and its place, 0\.90 m in front of the hips",
    ),
    "300 kg in the hands": (
        {"surroundings": {"hands_kg": 300}},
        r"300 kg in the hands is 4\.3 times this person's mass of 70 kg, .* up to 210 kg",
    ),
    "a backrest that leans forward": (
        {"posture": SIT, "surroundings": {"backrest_deg": 80}},
        r"backrest_deg is 80: such a backrest leans forward over the seat .* 90 is upright",
    ),
    "no chair at all": (
        {"posture": SIT, "surroundings": {"seat": False}},
        r"the weight falls \d+ cm behind what bears it \(foot_r, foot_l\), which cannot carry 687 N so\. Give it a",
    ),
    "leaning back without a backrest": (
        {"posture": SIT | {"pelvis_tilt_deg": -60}},
        r"the weight falls \d+ cm behind what bears it .* a backrest",
    ),
    "a bed that stands upright": (
        {"posture": {"preset": "standing"}, "surroundings": {"bed": True}},
        r"The bed is not under the person: .* Write preset = \"lying_supine\"",
    ),
    "a stool too high": (
        {"posture": SIT, "surroundings": {"seat_height_m": 0.8}},
        r"The seat is 15 cm too high: .* do not reach the floor\. Lower seat_height_m to 0\.65 m or less",
    ),
    "elbows that hang in the air": (
        {"posture": SIT, "surroundings": {"elbows_on_thighs": True}},
        r"The elbows do not reach the thighs: \d+ cm are missing\. Flex the trunk",
    ),
    "a desk in bed": (
        {"posture": {"preset": "lying_supine"}, "surroundings": {"desk": True}},
        r"'desk' is for a person who sits or stands; the preset 'lying_supine' lies",
    ),
    "a lumbar support without a backrest": (
        {"posture": SIT, "surroundings": {"lumbar_support_m": 0.03}},
        r"give backrest_deg beside lumbar_support_m",
    ),
    "a lumbar support like a fist": (
        {"posture": SIT, "surroundings": {"backrest_deg": 105, "lumbar_support_m": 0.08}},
        r"No lumbar curve follows a support of 8 cm",
    ),
    "a seat on the floor": (
        {"subject": {"height_m": 2.1, "mass_kg": 95}, "posture": SIT, "surroundings": {"seat_height_m": 0.15}},
        r"The seat is \d+ cm too low to sit on",
    ),
    "a rope that lifts the person": (
        {"surroundings": {"forces": [{"segment": "thorax", "force_n": [0, 900, 0]}]}},
        r"The given forces lift the person off the floor",
    ),
    "hands folded into the chest": (
        {"posture": {"hands_forward_m": 0.0, "hands_height_m": 1.35}},
        r"Too near: the right hand's place is \d+ cm closer to the shoulder than a folded arm allows",
    ),
    "a desk in a movement": (
        {"motion": {"pattern": "bend"}, "surroundings": {"desk": True}},
        r"desk belongs to a posture; a movement takes hands_kg and forces only",
    ),
    "a push that no feet stand against": (
        {"surroundings": {"forces": [{"segment": "right_hand", "force_n": [-900, 0, 0]}]}},
        r"No lean of the legs up to 40 degrees|No contact can balance this posture",
    ),
    "a rucksack of 200 kg": ({"surroundings": {"rucksack_kg": 200}}, r"rucksack_kg is 200; allowed is 0 to 80 kg"),
}


@pytest.mark.parametrize(("scenario", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_set_up_gets_its_sentence(scenario, sentence):
    with pytest.raises(PsoasError, match=sentence) as told:
        run(case_from_scenario(scenario))
    assert len(str(told.value)) < 400 and "\n" not in str(told.value)
