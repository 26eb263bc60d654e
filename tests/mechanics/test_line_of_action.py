"""Lines of action against the load by cause, the brim against the bones it presses, stiffness against energy."""

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.chain import result_of
from psoas.frames import frames_of
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.level_stiffness import DISC, level_stiffness
from psoas.mechanics.line_of_action import LinesOfAction, lines_of_action, turned_on


@pytest.fixture(scope="module")
def standing():
    frames = frames_of(Case())
    return frames, result_of(Case(), frames, causes=True)


def psoas_of(result, side=""):
    names = zip(result.muscles.names, result.muscles.groups, strict=True)
    return np.array([i for i, (n, g) in enumerate(names) if g == "psoas_major" and n.endswith(side)])


def test_fascicles_sum_to_the_psoas_share_of_each_load(standing):
    frames, result = standing
    chosen = psoas_of(result)
    assert len(chosen) == 22
    lines = lines_of_action(frames.body, frames.positions[0], chosen)
    force = result.muscles.force_n[chosen, 0]
    told = (lines.compression, lines.anterior_shear, lines.right_shear, lines.arm)
    for load, per_newton in zip(result.causes, told, strict=True):
        whole = sum(result.causes[load][f"psoas_major {kind}"] for kind in ("active", "passive"))[:, 0]
        # No fascicle raises the pressure but those of the abdominal wall, so both ways say the same.
        assert np.abs(force @ per_newton - whole).max() <= 1e-9, load


def test_a_fascicle_pulls_from_its_attachment_and_loads_what_it_crosses(standing):
    frames, result = standing
    body, chosen = frames.body, psoas_of(result, "_r")
    lines = lines_of_action(body, frames.positions[0], chosen)
    kin = kinetics(body, frames.positions)
    upper = {"L1": 1, "L2": 2, "L3": 3, "L4": 4, "L5": 5}  # the first level below each vertebra
    for i, fascicle in enumerate(chosen):
        on, place = body.anatomy.fascicles[fascicle].path[0]
        assert np.abs(lines.start[i] - world_points(body, kin, on, np.array(place))[0]).max() <= 1e-12
        assert lines.crosses[i].tolist() == [k >= upper[on] for k in range(6)]
        assert np.linalg.norm(lines.direction[i]) == pytest.approx(1.0)
        assert lines.direction[i, 1] < -0.8 and lines.direction[i, 0] > 0  # down and forward, to the brim
        first = upper[on]
        # Straight from the vertebra: the tension is all the load the first level below it gets.
        size = np.sqrt(lines.compression**2 + lines.anterior_shear**2 + lines.right_shear**2)[i, first]
        assert size == pytest.approx(1.0, abs=1e-9)


def test_where_a_fascicle_turns_from_extensor_to_flexor():
    arms = np.array([[0.0, -1.0, -1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 1.0, 1.0, 1.0], [-1.0] * 6])
    crosses = np.array([[False, *[True] * 5], [False, False, *[True] * 4], [True] * 6])
    empty = np.zeros((3, 6))
    lines = LinesOfAction(("a", "b", "c"), empty[:, :3], empty[:, :3], crosses, empty, empty, empty, arms)
    assert lines.turning() == (2, None, None)


def test_what_presses_the_brim_is_what_the_pelvis_lacks(standing):
    """A tension's forces on all bones sum to nothing, so the pelvis bears what spine and femur are pulled by."""
    frames, result = standing
    body, chosen = frames.body, psoas_of(result, "_r")
    kin = kinetics(body, frames.positions)
    turned = turned_on(body, frames.positions[0], chosen)
    lines = lines_of_action(body, frames.positions[0], chosen)
    hip = body.rows(("hip_flexion_r", "hip_adduction_r", "hip_rotation_r"))
    for i, fascicle in enumerate(chosen):
        # |u_in + u_out| = 2 sin(turn / 2)
        assert np.linalg.norm(turned.pressed[i]) == pytest.approx(2 * np.sin(turned.turn[i] / 2), abs=1e-12)
        assert 0.0 < turned.on_cylinder[i] < turned.turn[i] < np.pi / 2
        # The pull to the femur, pressed - u_to_spine, turns the hip by its moment about each axis.
        to_end = turned.pressed[i] + lines.direction[i]
        last = next(x for on, x in body.anatomy.fascicles[fascicle].path if on == "thigh_r")
        place = world_points(body, kin, "thigh_r", np.array(last))[0]
        moments = np.cross(place - kin.anchor[0, hip], -to_end)
        assert np.abs((moments * kin.axis[0, hip]).sum(axis=1) - kin.arms[0][hip, fascicle]).max() <= 1e-9
    pressed = result.muscles.force_n[chosen, 0] @ turned.pressed
    assert pressed[0] < 0 < pressed[1]  # standing, the brim is pressed back and up


def test_a_bent_hip_turns_the_psoas_less(standing):
    frames, result = standing
    chosen = psoas_of(result, "_r")
    seated = frames_of(Case(posture=Posture(preset="sitting")))
    bent, straight = (turned_on(f.body, f.positions[0], chosen).turn for f in (seated, frames))
    assert bent.max() < 0.5 * straight.min()


def test_a_fascicle_that_does_not_pass_the_bone_is_refused(standing):
    frames, _ = standing
    multifidus = frames.body.fibres.groups.index("multifidus")
    with pytest.raises(ValueError, match="does not pass over pelvis"):
        turned_on(frames.body, frames.positions[0], np.array([multifidus]))


def test_stiffness_is_the_curvature_of_the_lines(standing):
    """With a gain q each fascicle adds F (q R^2 / L + d2L/dq2), L its length: from lengths alone, without its arms."""
    frames, result = standing
    body, q, h = frames.body, 7.0, 2e-3
    activation, compression = result.muscles.activation[:, 0], result.loads["compression_n"][:, 0]
    with_gain = level_stiffness(body, frames.positions[0], frames.effort, activation, compression, q)
    groups = np.array(body.fibres.groups)
    active, passive = result.muscles.active_n[:, 0], result.muscles.passive_n[:, 0]
    assert (passive[groups == "multifidus"] < 1e-3).all()  # the formula is that of active force
    compared = 0
    for k, level in enumerate(body.levels):
        positions = np.repeat(frames.positions, 3, axis=0)
        positions[0, body.dof[f"{level}_flexion"]] -= h
        positions[2, body.dof[f"{level}_flexion"]] += h
        length = kinetics(body, positions).length[:, : body.muscle_count]
        slope, bend = (length[2] - length[0]) / (2 * h), (length[2] - 2 * length[1] + length[0]) / h**2
        own = active * (q * slope**2 / length[1] + bend)
        chosen = groups == "multifidus"
        # Differences over 2 mrad: their error is that of the fourth derivative, under 1e-4 of the sum.
        assert with_gain["multifidus"][k, 0] == pytest.approx(own[chosen].sum(), rel=1e-3, abs=1e-4)
        compared += 1
    assert compared == 6


def test_the_disc_is_as_stiff_as_its_law(standing):
    frames, result = standing
    body, compression = frames.body, result.loads["compression_n"][:, 0]
    found = level_stiffness(body, frames.positions[0], frames.effort, result.muscles.activation[:, 0], compression)
    # Bend starts from nothing: k (1 + gain (1 - exp(-C / force))), the square adds under 1 % over a step.
    wanted = body.discs.stiffness[:, 2] * body.discs.stiffening(compression)
    assert found[DISC][:, 1] == pytest.approx(wanted, rel=1e-2)
    assert (found["gluteus_maximus"] == 0).all()
