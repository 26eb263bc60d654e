"""Ground forces under the feet: plates go to the foot that stands there, wrenches stay whole."""

from pathlib import Path

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.body.coordinates import ROOT
from psoas.errors import FileError, InputError
from psoas.mechanics.equilibrium import AppliedForce, applied_generalised
from psoas.mechanics.expansion import expand
from psoas.mechanics.fit import filtered, fit_markers
from psoas.mechanics.ground import FEET, sole_line, with_ground_forces
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.skeleton import Skeleton
from psoas.motion.motion import Motion
from psoas.motion.readers.kind import read
from psoas.motion.recording import ForceRecording, PlateForce

WALKING = Path(__file__).parents[3] / "shared" / "motions" / "walking"
needs_walk = pytest.mark.skipif(
    not WALKING.is_dir(), reason="the recorded walk lies in ../shared/motions, which is not here"
)


@pytest.fixture(scope="module")
def person():
    return scale(Subject(mass_kg=72.6, height_m=1.80))


def standing(person, frames=61):
    """Return a person who stands still for a second, differentiated."""
    skeleton = Skeleton(person)
    q = np.zeros((frames, len(skeleton.coordinates)))
    q[:, skeleton.coordinates.index("pelvis_ty")] = 1.0
    return Motion(np.arange(frames) / 60.0, skeleton.coordinates, q, np.zeros_like(q), np.zeros_like(q))


def plate(name, loaded, at, push=350.0, twist=3.0):
    force = np.zeros((len(loaded), 3))
    force[loaded] = (10.0, push, -5.0)
    moment = np.zeros_like(force)
    moment[loaded] = (0.0, twist, 0.0)
    return PlateForce(name, force, np.tile(at, (len(loaded), 1)), moment)


def under(motion, person, foot):
    """Return the point of the floor (3,) [m] under the middle of a foot."""
    point = sole_line(motion, person, foot)[0].mean(axis=0)
    return np.array([point[0], 0.0, point[2]])


def test_each_plate_goes_to_the_foot_above_it_whatever_its_name(person):
    motion = standing(person)
    time_s = np.arange(601) / 600.0
    always = np.ones(601, bool)
    plates = (
        plate("a", always, under(motion, person, "foot_l"), push=200.0),
        plate("b", always, under(motion, person, "foot_r"), push=500.0),
        plate("c", ~always, np.zeros(3)),
    )
    loaded = with_ground_forces(motion, person, ForceRecording(plates, time_s), cutoff_hz=None)
    by_foot = {force.segment: force for force in loaded.forces}
    assert set(by_foot) == set(FEET)
    np.testing.assert_allclose(by_foot["foot_l"].force[:, 1], 200.0)
    np.testing.assert_allclose(by_foot["foot_r"].force[:, 1], 500.0)
    for foot, source in (("foot_l", plates[0]), ("foot_r", plates[1])):
        whole = np.repeat(source.moment_about_origin()[:1], motion.frames, axis=0)
        np.testing.assert_allclose(by_foot[foot].moment_about_origin(), whole, atol=1e-9)  # free moment and all
    text = " ".join(loaded.notes)
    assert "Plate 'a' was taken to be under foot_l (1 contact)." in text
    assert "Plate 'c' carries nothing while the movement lasts and was left out." in text


def test_one_plate_under_both_feet_in_turn_is_split_by_its_contacts(person):
    motion = standing(person)
    time_s = np.arange(601) / 600.0
    first, second = time_s < 0.4, time_s > 0.6
    one, other = plate("p", first, under(motion, person, "foot_r")), plate("p", second, under(motion, person, "foot_l"))
    both = PlateForce(
        "p", one.force + other.force, np.where(first[:, None], one.point, other.point), one.moment + other.moment
    )
    loaded = with_ground_forces(motion, person, ForceRecording((both,), time_s), cutoff_hz=None)
    right, left = (force.force[:, 1] for force in loaded.forces)
    early, late = motion.time_s < 0.39, motion.time_s > 0.61
    np.testing.assert_allclose(right[early], 350.0)
    np.testing.assert_allclose(left[late], 350.0)
    assert not right[late].any() and not left[early].any()
    assert "foot_r (1 contact) and foot_l (1 contact)" in " ".join(loaded.notes)


def test_forces_turn_with_the_recording(person):
    motion = standing(person)
    quarter = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    straight = plate("p", np.ones(601, bool), under(motion, person, "foot_r"))
    across = PlateForce("p", straight.force @ quarter, straight.point @ quarter, straight.moment @ quarter)
    time_s = np.arange(601) / 600.0
    a, b = (
        with_ground_forces(motion, person, ForceRecording((p,), time_s), turn, None).forces[0]
        for p, turn in ((straight, None), (across, quarter))
    )
    np.testing.assert_allclose(a.force, b.force, atol=1e-9)
    np.testing.assert_allclose(a.moment_about_origin(), b.moment_about_origin(), atol=1e-9)


def test_the_motion_is_cut_to_the_shared_time_and_none_is_an_error(person):
    motion = standing(person)
    on = np.ones(301, bool)
    point = under(motion, person, "foot_r")
    half = ForceRecording((plate("p", on, point),), 0.5 + np.arange(301) / 600.0)
    cut = with_ground_forces(motion, person, half)
    assert cut.time_s[0] == 0.5 and cut.frames == 31
    assert any("Only 0.5 to 1 s were used" in note for note in cut.notes)
    late = ForceRecording((plate("p", on, point),), 7.0 + np.arange(301) / 600.0)
    with pytest.raises(FileError, match=r"from 0 to 1 s and the forces from 7 to 7\.5 s: they share no time"):
        with_ground_forces(motion, person, late)


def test_forces_that_belong_elsewhere_are_refused(person):
    motion = standing(person)
    time_s = np.arange(601) / 600.0
    far = plate("p", np.ones(601, bool), under(motion, person, "foot_r") + np.array([3.0, 0.0, 0.0]))
    with pytest.raises(InputError, match=r"plate 'p' from 0 s on lies 2\.\d+ m from the nearest foot"):
        with_ground_forces(motion, person, ForceRecording((far,), time_s))
    idle = plate("p", np.zeros(601, bool), np.zeros(3))
    with pytest.raises(InputError, match="No plate carries 20 N between 0 and 1 s"):
        with_ground_forces(motion, person, ForceRecording((idle,), time_s))


@needs_walk
def test_the_recorded_walk_leaves_a_small_root_residual(person):
    fitted = filtered(fit_markers(read(WALKING / "subject01_walk1.trc"), person))
    forces = read(WALKING / "subject01_walk1_grf.mot")
    motion = with_ground_forces(fitted.motion, fitted.anatomy, forces, fitted.turn)
    text = " ".join(motion.notes)
    assert "'ground_force' was taken to be under foot_r" in text
    assert "'1_ground_force' was taken to be under foot_l" in text
    body = build(fitted.anatomy)
    kin = kinetics(body, *expand(body, motion))
    applied = tuple(AppliedForce(f.segment, f.force, f.point, f.moment) for f in motion.forces)
    left = (kin.tau - applied_generalised(body, kin, applied))[:, body.rows(ROOT)]
    inner = (motion.time_s > motion.time_s[0] + 0.15) & (motion.time_s < motion.time_s[-1] - 0.15)
    force = np.sqrt((left[inner, :3] ** 2).sum(axis=1).mean()) / body.weight
    moment = np.sqrt((left[inner, 3:] ** 2).sum(axis=1).mean()) / (body.weight * body.height)
    assert force <= 0.07  # measured 0.028; OpenSim on these data 0.05-0.08
    assert moment <= 0.02  # measured 0.0155; OpenSim 0.013-0.020
