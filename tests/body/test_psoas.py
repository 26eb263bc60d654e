"""The psoas as one muscle: what it crosses, how it turns the spine and the hip, and its size."""

import numpy as np
import pytest

from psoas.anatomy.anatomy import LEVELS
from psoas.body.coordinates import CHILD_OF_LEVEL
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.curves import capability

FASCICLES = 11  # a side
# PCSA by fascicle [mm2], Bogduk et al. 1992 as the lumbar set has them, in the anatomical order of levels.
AREAS = {
    "L1_VB": 211,
    "L1_TP": 61,
    "L1_L2_IVD": 211,
    "L2_TP": 101,
    "L2_L3_IVD": 161,
    "L3_TP": 173,
    "L3_L4_IVD": 191,
    "L4_TP": 120,
    "L4_L5_IVD": 119,
    "L5_TP": 36,
    "L5_VB": 79,
}


def psoas(body, side):
    chosen = [i for i, n in enumerate(body.fibres.names) if n.startswith("psoas_") and n.endswith("_" + side)]
    assert len(chosen) == FASCICLES
    return chosen


def at(body, **degrees):
    q = np.zeros((1, body.model.nv))
    for name, value in degrees.items():
        q[0, body.dof[name]] = np.radians(value)
    return kinetics(body, q)


@pytest.fixture(scope="module")
def standing(default_body):
    return at(default_body)


def test_every_fascicle_crosses_what_is_below_its_origin_and_nothing_above(default_body, standing):
    crossed, spared = 0, 0
    for side in "rl":
        for i in psoas(default_body, side):
            origin = default_body.anatomy.fascicles[i].path[0][0]
            assert origin == "L" + default_body.fibres.names[i][7]  # the vertebra it is named after
            below = list(CHILD_OF_LEVEL.values()).index(origin)
            for k, level in enumerate(LEVELS):
                rows = default_body.rows(tuple(f"{level}_{axis}" for axis in ("flexion", "bend", "twist")))
                arm = np.linalg.norm(standing.arms[0, rows, i])
                if k >= below:
                    assert arm > 5e-3  # m: it runs beside the spine, centimetres from each disc centre
                    crossed += 1
                else:
                    assert arm < 1e-12  # m: rounding
                    spared += 1
            hip = default_body.dof[f"hip_flexion_{side}"], default_body.dof[f"hip_flexion_{'rl'[side == 'r']}"]
            assert standing.arms[0, hip[0], i] > 5e-3 and abs(standing.arms[0, hip[1], i]) < 1e-12
    # Two fascicles (three from L1) begin at each vertebra: L1 crosses 5 levels, L5 one.
    assert crossed == 2 * (3 * 5 + 2 * 4 + 2 * 3 + 2 * 2 + 2 * 1)
    assert crossed + spared == 2 * FASCICLES * len(LEVELS)


def test_both_sides_at_full_extend_the_upper_levels_and_flex_the_lowest(default_body, standing):
    body = default_body
    m, f = body.muscle_count, body.fibres
    can = capability(
        standing.length[:, :m], 0 * standing.length[:, :m], f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation
    )
    both = psoas(body, "r") + psoas(body, "l")
    pull = can.active_n[0, both]
    moment = {level: float(standing.arms[0, body.dof[f"{level}_flexion"], both] @ pull) for level in LEVELS}
    print("flexion moment of both psoas at full [N m]:", {k: round(v, 1) for k, v in moment.items()})
    assert pull.sum() > 1500  # N: it is the muscle at full, not a shadow of it
    assert moment["T12/L1"] == pytest.approx(0.0, abs=1e-9)
    # Bogduk et al. 1992: extends the upper lumbar levels, flexes the lower; under 2 N m counts as near zero.
    for level in ("L1/L2", "L2/L3", "L3/L4"):
        assert moment[level] < 2.0
    assert moment["L5/S1"] > 10.0


def test_hip_flexion_arm(default_body):
    chosen = psoas(default_body, "r")
    arm = {}
    for angle in (0, 60, 75, 90):
        kin = at(default_body, hip_flexion_r=angle)
        arm[angle] = kin.arms[0, default_body.dof["hip_flexion_r"], chosen]
    print("hip flexion arms [mm]:", {k: (v * 1e3).round(1).tolist() for k, v in arm.items()})
    assert (arm[0] >= 0.010).all() and (arm[0] <= 0.028).all()
    for angle in (60, 75, 90):
        assert (arm[angle] > arm[0]).all()


def test_extending_the_hip_lengthens_every_fascicle(default_body):
    for side in "rl":
        chosen = psoas(default_body, side)
        lengths = [at(default_body, **{f"hip_flexion_{side}": -a}).length[0, chosen] for a in range(0, 21, 2)]
        assert len(lengths) == 11
        assert (np.diff(lengths, axis=0) > 1e-4).all()  # m per 2 degrees; an arm of 10 mm gives 3.5e-4


def test_size_and_order(default_anatomy):
    p = default_anatomy.parameters
    assert default_anatomy.subject.mass_kg == p["reference_mass"]  # areas are unscaled at this mass
    found = {f.name: f.area * 1e6 for f in default_anatomy.fascicles if f.group == "psoas_major"}
    assert len(found) == 2 * FASCICLES
    for side in "rl":
        assert [n[6:-2] for n in found if n.endswith(side)] == list(AREAS)
        for name, area in AREAS.items():
            assert found[f"psoas_{name}_{side}"] == pytest.approx(area, rel=1e-9)
        assert sum(v for n, v in found.items() if n.endswith(side)) == pytest.approx(1463.0, rel=1e-9)
    fibre = [f.optimal_fibre for f in default_anatomy.fascicles if f.group == "psoas_major"]
    assert fibre == pytest.approx([0.138 * 1.68 / 1.70] * 2 * FASCICLES)  # m, Kumazaki 2022, at this stature
