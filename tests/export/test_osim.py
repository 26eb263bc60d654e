"""The .osim: its structure by our own reading, and lengths and moment arms by OpenSim where it is installed."""

from xml.etree import ElementTree

import numpy as np
import pytest

from psoas.body.coordinates import HIPS, LUMBAR, coordinates_of
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.export.osim import osim, osim_name
from psoas.export.scene import scene
from psoas.mechanics.kinetics import kinetics

ROWS = LUMBAR + HIPS
PEAK = 1.002


@pytest.fixture(scope="module")
def made():
    posture = Posture(trunk_flexion_deg=25.0, trunk_bend_deg=10.0, trunk_twist_deg=5.0)
    change = Change(inhibited={"multifidus": 0.5}, weak={"iliacus": 0.25})
    return scene(Case(posture=posture, change=change, surroundings=Surroundings(hands_kg={"right": 10.0})))


@pytest.fixture(scope="module")
def model(made):
    return ElementTree.fromstring(osim(made)).find("Model")


def numbers(element, tag):
    return [float(x) for x in element.find(tag).text.split()]


def test_bodies_have_the_masses_of_the_person_and_the_load(made, model):
    bodies = {b.get("name"): b for b in model.find("BodySet/objects")}
    assert list(bodies) == [s.name for s in made.anatomy.segments]
    mass = sum(numbers(b, "mass")[0] for b in bodies.values())
    assert mass == pytest.approx(sum(s.mass for s in made.anatomy.segments) + 10.0, abs=1e-9)
    assert numbers(bodies["hand_r"], "mass")[0] - numbers(bodies["hand_l"], "mass")[0] == pytest.approx(10.0)


def test_joints_turn_about_our_axes_in_our_order(made, model):
    joints = {j.find("socket_child_frame").text.rsplit("/", 1)[1]: j for j in model.find("JointSet/objects")}
    seen = 0
    for segment in made.anatomy.segments:
        joint = joints[segment.name]
        turns = [c for c in coordinates_of(segment.name) if not c.slide]
        if not turns:
            assert joint.tag == "WeldJoint"
            continue
        axes = [a for a in joint.find("SpatialTransform") if a.get("name").startswith("rotation")]
        # OpenSim needs three independent axes, used or not.
        assert abs(np.linalg.det([numbers(a, "axis") for a in axes])) == pytest.approx(1.0)
        for c, axis in zip(turns, axes, strict=False):
            assert axis.find("coordinates").text == osim_name(c.name)
            assert numbers(axis, "axis") == list(c.axis)
            seen += 1
    assert seen == 3 + 18 + 3 + 6 + 2 + 4 + 6 + 2
    values = {c.get("name"): numbers(c, "default_value")[0] for c in model.iter("Coordinate")}
    assert len(values) == seen + 3
    for name, value in values.items():
        ours = name.replace("_", "/", 1) if name[0] in "LT" and name[1].isdigit() else name
        assert value == made.positions[made.body.dof[ours]]


def test_muscles_pull_what_the_fascicles_can(made, model):
    actuators = list(model.find("ForceSet/objects"))
    assert [a.get("name") for a in actuators] == list(made.body.fibres.names)
    force = np.array([numbers(a, "optimal_force")[0] for a in actuators])
    assert np.array_equal(force, made.capability)
    strongest = made.body.fibres.max_force
    iliacus = np.array([g == "iliacus" for g in made.body.fibres.groups])
    # The curve of active force over length peaks at 1.001 of what a fibre pulls at its optimal length.
    assert (force > 0).all() and (force <= PEAK * strongest).all()
    assert iliacus.any() and (force[iliacus] <= 0.75 * PEAK * strongest[iliacus]).all()
    cap = {a.get("name"): numbers(a, "max_control")[0] for a in actuators}
    half = [n for n, g in zip(made.body.fibres.names, made.body.fibres.groups, strict=True) if g == "multifidus"]
    assert half and {cap[n] for n in half} == {0.5}
    assert {v for n, v in cap.items() if n not in half} == {1.0}


def test_the_brims_stand_between_the_points_they_belong_to(made, model):
    wraps = {w.get("name") for w in model.iter("WrapCylinder")}
    assert wraps == {w.name for w in made.anatomy.wraps}
    bent = 0
    for fascicle, actuator in zip(made.anatomy.fascicles, model.find("ForceSet/objects"), strict=True):
        found = actuator.findall("GeometryPath/PathWrapSet/objects/PathWrap")
        assert [w.find("wrap_object").text for w in found] == ([fascicle.wrap] if fascicle.wrap else [])
        for w in found:
            assert numbers(w, "range") == [fascicle.wrap_after + 1, fascicle.wrap_after + 2]
            bent += 1
    assert bent >= 24  # 11 psoas and an iliacus a side


def test_what_is_not_in_the_file_is_said_in_it(made):
    text = osim(made)
    for word in ("ligaments", "passive", "pressure", "contacts"):
        assert word in text.split("<Model")[0]


def test_opensim_loads_it_in_silence_and_measures_the_same_paths(made, tmp_path):
    opensim = pytest.importorskip("opensim", reason="OpenSim is an extra: pip install psoas[crosscheck]")
    file, log = tmp_path / "body.osim", tmp_path / "load.log"
    file.write_text(osim(made), encoding="utf-8")
    opensim.Logger.removeFileSink()
    opensim.Logger.addFileSink(str(log))
    model = opensim.Model(str(file))
    state = model.initSystem()
    opensim.Logger.removeFileSink()
    assert "[info] Loaded model psoas" in log.read_text()
    assert "[warning]" not in log.read_text() and "[error]" not in log.read_text()
    body, size = made.body, model.getCoordinateSet().getSize()
    coordinates = {c.getName(): c for c in (model.getCoordinateSet().get(i) for i in range(size))}
    lines = [opensim.PathActuator.safeDownCast(model.getForceSet().get(n)) for n in body.fibres.names]
    bends = np.array([bool(f.wrap) for f in made.anatomy.fascicles])

    def lengths(q):
        for name, row in body.dof.items():
            if osim_name(name) in coordinates:
                coordinates[osim_name(name)].setValue(state, float(q[row]), False)
        model.realizePosition(state)
        return np.array([x.getLength(state) for x in lines])

    step, rng = 1e-4, np.random.default_rng(1)
    hinges = np.array([not n.endswith(("_x", "_y", "_z")) for n in body.dof])
    for q in (made.positions, made.positions + 0.15 * rng.uniform(-1.0, 1.0, body.model.nv) * hinges):
        kin = kinetics(body, q[None])
        ours = kin.arms[0][body.rows(ROWS), : body.muscle_count]
        assert np.abs(lengths(q) - kin.length[0, : body.muscle_count]).max() <= 1e-4  # m, asked for
        for k, name in enumerate(ROWS):
            both = []
            for sign in (1.0, -1.0):
                moved = q.copy()
                moved[body.dof[name]] += sign * step
                both.append(lengths(moved))
            slope = (both[1] - both[0]) / (2 * step)
            assert np.abs(slope - ours[k]).max() <= 2e-4  # m, asked for; what bends over the brim is within 2e-5
            assert np.abs(slope - ours[k])[~bends].max() <= 1e-7  # m: the difference quotient
