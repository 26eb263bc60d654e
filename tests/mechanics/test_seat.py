"""A chair and its person: the geometry of seat, backrest and lumbar support, what touches and what is in the air."""

import math

import numpy as np
import pytest

from psoas.body.contacts import contact_points
from psoas.body.rucksack import with_rucksack
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.pose import on_the_floor, pose
from psoas.mechanics.surfaces import arm_rests, net_load, touching


def posed_on(body, posture, around):
    found = pose(body, posture, around)
    return found, on_the_floor(body, found.positions, found.bearing)


def skin_heights(body, q, contact, on, normal):
    kin = kinetics(body, q[None])
    points = [np.array(p.position) for p in body.anatomy.skin if p.contact == contact and p.body == on]
    return [float(world_points(body, kin, on, x)[0] @ normal) for x in points]


@pytest.mark.parametrize("height", [0.25, 0.37, 0.5])
def test_the_seat_is_as_high_as_asked_and_the_feet_are_on_the_floor(default_body, height):
    found, q = posed_on(default_body, Posture(preset="sitting"), Surroundings(seat_height_m=height))
    # The tilt adapts to the slope and the slope to the tilt: two rounds leave some millimetres.
    bones = min(skin_heights(default_body, q, "seat", "pelvis", np.array([0.0, 1.0, 0.0])))
    assert bones == pytest.approx(height, abs=0.005)
    for side in "rl":
        soles = skin_heights(default_body, q, "feet", f"foot_{side}", np.array([0.0, 1.0, 0.0]))
        assert soles == pytest.approx([0.0] * len(soles), abs=1e-6)
    assert "seat" in found.contacts


@pytest.mark.parametrize("angle", [90.0, 105.0, 120.0])
def test_sacrum_and_thorax_touch_the_backrest(default_body, angle):
    _, q = posed_on(default_body, Posture(preset="sitting"), Surroundings(backrest_deg=angle))
    recline = math.radians(angle - 90.0)
    normal = np.array([math.cos(recline), math.sin(recline), 0.0])
    sacrum = min(skin_heights(default_body, q, "backrest", "pelvis", normal))
    thorax = min(skin_heights(default_body, q, "backrest", "thorax", normal))
    assert sacrum == pytest.approx(thorax, abs=1e-4)


def test_a_lumbar_support_straightens_the_curve_or_says_that_it_does_not_reach(default_body):
    def curve(support):
        found, q = posed_on(
            default_body, Posture(preset="sitting"), Surroundings(backrest_deg=105, lumbar_support_m=support)
        )
        flexion = sum(q[default_body.dof[f"{level}_flexion"]] for level in default_body.levels)
        return found, math.degrees(flexion)

    flat, flat_curve = curve(0.0)
    assert any("carries nothing" in note for note in flat.notes) and "lumbar_support" not in flat.contacts
    assert flat_curve == pytest.approx(22.6, abs=0.01)
    supported, with_support = curve(0.03)
    assert "lumbar_support" in supported.contacts
    assert with_support < flat_curve - 2.0


def test_what_is_in_the_air_does_not_bear(default_body):
    found, q = posed_on(default_body, Posture(preset="constructive_rest"), Surroundings())
    points = contact_points(default_body.anatomy, found.contacts, found.backrest_deg)
    bearing = {c.name for c in touching(default_body, q, points)}
    assert {"calf_r", "thigh_r", "knee_back_r"}.isdisjoint(bearing)
    assert {"sacrum_r", "ribs_l", "sole_l", "back_L3_r"} <= bearing
    low, on = posed_on(default_body, Posture(preset="sitting"), Surroundings(seat_height_m=0.25))
    points = contact_points(default_body.anatomy, low.contacts)
    names = {c.name for c in touching(default_body, on, points)}
    assert "ischium_back_r" in names and "thigh_lower_r" not in names


def test_a_prop_pushes_along_the_arm(default_body):
    around = Surroundings(elbows_on_thighs=True)
    found, q = posed_on(default_body, Posture(preset="sitting", pelvis_tilt_deg=20, trunk_flexion_deg=40), around)
    points = touching(default_body, q, contact_points(default_body.anatomy, found.contacts))
    kin = kinetics(default_body, q[None])
    props = [c for c in points if c.contact.startswith("elbow_on_thigh")]
    assert len(props) == 2
    for c in props:
        way = (
            kin.position[0, default_body.bodies[f"upper_arm_{c.body[-1]}"]]
            - world_points(default_body, kin, c.body, c.position)[0]
        )
        assert c.friction == 0.0 and c.normal == pytest.approx(way / np.linalg.norm(way))
        assert c.partner == f"thigh_{c.body[-1]}"


@pytest.mark.parametrize("rest", ["desk", "armrests"])
def test_a_rest_takes_the_shoulders_moment_and_no_more_than_the_arm(default_body, rest):
    found, q = posed_on(default_body, Posture(preset="sitting"), Surroundings(**{rest: True}))
    rests = arm_rests(default_body, q, found.contacts)
    assert [r.name for r in rests] == [f"{rest.removesuffix('s')}_{s}" for s in "rl"]
    parts = ("upper_arm_r", "forearm_r", "hand_r")
    weight = 9.81 * sum(default_body.model.body_mass[default_body.bodies[p]] for p in parts)
    push = rests[0].force.force[0, 1]
    assert 0.0 < push <= weight + 1e-9
    free = net_load(default_body, q, "upper_arm_r", parts)
    held = net_load(default_body, q, "upper_arm_r", parts, (rests[0].force,))
    assert free.force == pytest.approx([0.0, weight, 0.0], abs=1e-9)
    assert held.force[1] == pytest.approx(weight - push)
    if rest == "desk":
        # The hands are a little outside the shoulders' plane: the moment vanishes in the arm's own plane.
        assert held.moment[2] == pytest.approx(0.0, abs=0.01) and abs(free.moment[2]) > 2.0


def test_a_rucksack_adds_its_mass_behind_the_back(default_anatomy):
    carried = with_rucksack(default_anatomy, 10.0)
    before, after = default_anatomy.segment("thorax"), carried.segment("thorax")
    assert after.mass == pytest.approx(before.mass + 10.0)
    assert after.centre[0] < before.centre[0] - 0.05
    # Moments about the origin add up: the pack's own place comes out behind the skin of the back.
    place = (after.mass * after.centre[0] - before.mass * before.centre[0]) / 10.0
    skin = min(p.position[0] for p in default_anatomy.skin if p.contact == "backrest" and p.body == "thorax")
    assert place == pytest.approx(skin - 0.12 * 1.68 / 1.70, abs=1e-6)
    assert with_rucksack(default_anatomy, 0.0) is default_anatomy
