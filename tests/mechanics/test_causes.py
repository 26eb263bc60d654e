"""The load of every level by cause: parts that sum to the whole in every kind of case, and parts known otherwise."""

from pathlib import Path

import numpy as np
import pytest

import psoas.frames as frames_module
from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change, Solve
from psoas.case.movement import Movement
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Force, Surroundings
from psoas.chain import result_of, run
from psoas.frames import frames_of
from psoas.mechanics import pattern
from psoas.mechanics.causes import inverse_dynamics
from psoas.mechanics.joints import disc_axes
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.rhythm import SharedFlexion
from psoas.motion.postures import presets
from psoas.result import CAUSED

WALK = Path(__file__).parents[3] / "shared" / "motions" / "walking"
SUM = 1e-9  # asked for; of 1 N (1 N m), or of the largest part where that is more
GRAVITY = 9.81

CASES = {name: Case(posture=Posture(preset=name)) for name in presets()}
CASES |= {
    "load in one hand": Case(surroundings=Surroundings(hands_kg=Sided(left=0.0, right=10.0))),
    "load, sitting": Case(posture=Posture(preset="sitting"), surroundings=Surroundings(hands_kg=12.0)),
    "twisted": Case(posture=Posture(trunk_twist_deg=10.0, trunk_bend_deg=5.0)),
    "deep flexion, unmet": Case(posture=Posture(trunk_flexion_deg=60.0, pelvis_tilt_deg=50.0)),
    "tight and weak": Case(change=Change(tight={"psoas_major": 0.2}, weak={"multifidus_r": 0.5}, tone=0.05)),
    "one foot": Case(posture=Posture.model_validate({"hip_flexion_deg": {"left": -15}})),
    "backrest": Case(posture=Posture(preset="slouched"), surroundings=Surroundings(backrest_deg=120.0)),
    "elbows on thighs": Case(
        posture=Posture(preset="sitting", trunk_flexion_deg=40.0, pelvis_tilt_deg=20.0),
        surroundings=Surroundings(elbows_on_thighs=True),
    ),
    "pushed": Case(surroundings=Surroundings(forces=(Force(segment="thorax", force_n=(-40.0, 0.0, 15.0)),))),
    "cubed": Case(posture=Posture(preset="stoop"), solve=Solve(criterion="cubed")),
    "minmax": Case(posture=Posture(preset="stoop"), solve=Solve(criterion="minmax")),
    "woman, equal weights": Case(
        subject=Subject(sex="female", mass_kg=58, height_m=1.62), solve=Solve(weights="equal")
    ),
}
CASES |= {name: Case(motion=Movement(pattern=name)) for name in ("sit", "stand_up")}
CASES["bend with a load"] = Case(
    motion=Movement(pattern="bend", duration_s=2.0), surroundings=Surroundings(hands_kg=8.0)
)


@pytest.fixture(scope="module", autouse=True)
def _levels_keep_to_the_rhythm():
    """Who loads the levels is split exactly wherever they are; letting them settle takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (frames_module, pattern):
            patch.setattr(module, "settle", lambda body, positions, *others, **more: SharedFlexion(positions))
        yield


@pytest.fixture(scope="module")
def results():
    return {name: run(case, causes=True)[0] for name, case in CASES.items()}


def missed(result):
    """By how much the causes miss their load at most, against 1 N (N m) or the largest part."""
    worst = 0.0
    for load in CAUSED:
        parts = np.array(list(result.causes[load].values()))
        scale = np.maximum(np.abs(parts).max(axis=0), 1.0)
        worst = max(worst, float((np.abs(parts.sum(axis=0) - result.loads[load]) / scale).max()))
    return worst


def test_the_parts_sum_to_the_whole(results):
    worst = {name: missed(result) for name, result in results.items()}
    print(f"causes miss their load by at most {max(worst.values()):.1e} over {len(worst)} cases")
    assert len(worst) == len(presets()) + 15
    assert max(worst.values()) <= SUM, max(worst, key=worst.get)


@pytest.mark.skipif(not WALK.exists(), reason="the recordings lie in ../shared, which is not here")
def test_the_parts_sum_to_the_whole_in_a_recorded_walk():
    movement = Movement(file=WALK / "subject01_walk1.trc", forces=WALK / "subject01_walk1_grf.mot")
    result = run(Case(subject=Subject(mass_kg=72.6, height_m=1.80), motion=movement), causes=True)[0]
    assert result.frames > 100 and missed(result) <= SUM
    parts = result.causes["compression_n"]
    # The trunk is shaken by every step: inertia comes to over a tenth of the weight it carries.
    assert np.abs(parts["inertia"][4]).max() > 0.1 * parts["body weight"][4].mean()


def test_every_kind_of_cause_is_told_where_it_acts(results):
    def causes(name):
        return set(results[name].causes["compression_n"])

    assert {"body weight", "psoas_major active", "abdominal pressure", "ligaments", "unmet"} <= causes("standing")
    assert not causes("standing") & {"inertia", "load in the hands", "given forces"}
    assert not any(cause.startswith("contact") for cause in causes("standing"))  # feet carry, but load no level
    assert "contact backrest" in causes("backrest") and "contact seat" not in causes("backrest")
    assert {"contact elbow_on_thigh_r", "contact elbow_on_thigh_l"} <= causes("elbows on thighs")
    assert {"inertia", "inertia of the load", "load in the hands"} <= causes("bend with a load")
    assert "given forces" in causes("pushed")
    assert {"psoas_major passive", "psoas_major active"} <= causes("tight and weak")
    for result in results.values():
        assert all(set(result.causes[load]) == set(result.causes["compression_n"]) for load in CAUSED)


def test_weights_are_those_of_what_a_level_carries():
    """Weight and load above a level, resolved in the axes of its disc and turned about its centre, written out here."""
    load = Surroundings(hands_kg=Sided(left=0.0, right=10.0))
    case = Case(posture=Posture(preset="stoop", trunk_bend_deg=8.0), surroundings=load)
    frames = frames_of(case)
    body, kin = frames.body, kinetics(frames.body, frames.positions)
    result = result_of(case, frames, causes=True)
    axes = disc_axes(body, kin)[0]
    segments = {s.name: s for s in body.anatomy.segments}

    def carried(name, level_child):
        while name:
            if name == level_child:
                return True
            name = segments[name].parent
        return False

    checked = 0
    for k, child in enumerate(("thorax", "L1", "L2", "L3", "L4", "L5")):
        centre = kin.position[0, body.bodies[child]]
        turn = kin.axis[0, body.dof[f"{body.levels[k]}_flexion"]]
        for cause, masses in (
            ("body weight", {name: s.mass for name, s in segments.items()}),
            ("load in the hands", {"hand_r": 10.0}),
        ):
            force, moment = np.zeros(3), np.zeros(3)
            for name, mass in masses.items():
                if carried(name, child):
                    i = body.bodies[name]
                    place = kin.position[0, i] + kin.orientation[0, i] @ np.array(segments[name].centre)
                    weight = np.array([0.0, -mass * GRAVITY, 0.0])
                    force += weight
                    moment += np.cross(place - centre, weight)
            forward, up, right = axes[k].T @ force
            for load, wanted in zip(CAUSED, (-up, forward, right, turn @ moment), strict=True):
                assert result.causes[load][cause][k, 0] == pytest.approx(wanted, abs=1e-9), (load, cause)
                checked += 1
    assert checked == 6 * 2 * 4


def test_a_push_loads_a_level_by_its_own_size():
    plain, pushed = (
        Case(surroundings=Surroundings(forces=(Force(segment="thorax", force_n=force),)))
        for force in ((0.0, -100.0, 0.0), (0.0, -200.0, 0.0))
    )
    once, twice = (run(case, causes=True)[0].causes["compression_n"]["given forces"] for case in (plain, pushed))
    assert once.min() > 80.0 and once.max() <= 100.0  # N: 100 N less the tilt of the discs
    assert np.abs(twice - 2 * once).max() <= 1e-9


def test_newton_and_euler_are_what_the_chain_uses():
    frames = frames_of(Case(motion=Movement(pattern="sit", duration_s=0.5), surroundings=Surroundings(hands_kg=5.0)))
    moving = (frames.positions, frames.velocities, frames.accelerations)
    whole = kinetics(frames.body, *moving).tau
    assert np.abs(inverse_dynamics(frames.body.model, *moving) - whole).max() <= 1e-9 * np.abs(whole).max()


def test_signs_of_the_causes(results):
    """In a stoop weight bends forward and extensors hold; the pressure in the belly unloads and extends."""
    moment, pressed = (results["stoop"].causes[load] for load in ("flexion_moment_nm", "compression_n"))
    assert (moment["body weight"] > 10).all() and (pressed["body weight"] > 0).all()
    assert (moment["longissimus_thoracis_pars_thoracis active"] < -5).all()
    assert (pressed["longissimus_thoracis_pars_thoracis active"] > 100).all()
    assert (moment["abdominal pressure"] < 0).all() and (pressed["abdominal pressure"] < 0).all()
    assert moment["psoas_major active"][-1] > 0  # in front of L5/S1
