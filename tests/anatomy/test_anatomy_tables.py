"""The tables as an anatomy: masses, inertia, mirror, names, and scaling to a person."""

from dataclasses import replace

import numpy as np
import pytest

from psoas.anatomy.anatomy import LEVELS, mirrored_name
from psoas.anatomy.load import reference_anatomy
from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.body.coordinates import CHILD_OF_LEVEL
from psoas.mechanics.kinetics import kinetics

PEOPLE = (
    Subject(),
    Subject(sex="female", mass_kg=55, height_m=1.60),
    Subject(mass_kg=110, height_m=1.95, lordosis_deg=30),
    Subject(sex="female", mass_kg=62, height_m=1.70, pelvic_incidence_deg=65),
)
CLOSE = 1e-12  # rounding


@pytest.mark.parametrize("subject", PEOPLE)
def test_masses_add_up_and_inertia_is_possible(subject):
    anatomy = scale(subject)
    assert sum(s.mass for s in anatomy.segments) == pytest.approx(subject.mass_kg, rel=1e-5)  # table: 6 digits
    assert len(anatomy.segments) == 20
    for s in anatomy.segments:
        a, b, c = sorted(s.inertia)
        assert s.mass > 0 and a > 0
        # c <= a + b for any mass distribution; the sum of radii of gyration bounds how thin it may be.
        assert c <= a + b, s.name


@pytest.mark.parametrize("subject", PEOPLE)
def test_left_is_the_mirror_of_right(subject):
    anatomy = scale(subject)
    flip = np.array([1.0, 1.0, -1.0])
    same = {"segment": 0, "fascicle": 0, "wrap": 0, "ligament": 0, "skin": 0}

    def like(one, other):
        return np.abs(np.array(one) * flip - np.array(other)).max() <= CLOSE

    segments = {s.name: s for s in anatomy.segments}
    for s in anatomy.segments:
        other = segments[mirrored_name(s.name)]
        assert (s.mass, s.inertia, s.tilt) == (other.mass, other.inertia, other.tilt)
        assert like(s.centre, other.centre) and like(s.joint, other.joint)
        assert mirrored_name(s.parent) == other.parent
        same["segment"] += 1
    for kind, items in (("fascicle", anatomy.fascicles), ("ligament", anatomy.ligaments)):
        by_name = {x.name: x for x in items}
        assert len(by_name) == len(items)
        for x in items:
            other = by_name[mirrored_name(x.name)]
            for (body, point), (mate, mirror) in zip(x.path, other.path, strict=True):
                assert mirrored_name(body) == mate and like(point, mirror), x.name
            if kind == "fascicle":
                assert mirrored_name(x.wrap) == other.wrap
                x, other = replace(x, wrap=""), replace(other, wrap="")
            assert replace(x, name="", path=()) == replace(other, name="", path=())
            same[kind] += 1
    wraps = {w.name: w for w in anatomy.wraps}
    for w in anatomy.wraps:
        other = wraps[mirrored_name(w.name)]
        assert like(w.centre, other.centre) and (w.radius, w.length) == (other.radius, other.length)
        # A reflection turns rotations about x and y round.
        assert np.array_equal(np.array(w.rotation) * [-1, -1, 1], other.rotation)
        assert like(w.side_direction, other.side_direction)
        same["wrap"] += 1
    skin = {(c.contact, c.name): c for c in anatomy.skin}
    for c in anatomy.skin:
        other = skin[c.contact, mirrored_name(c.name)]
        assert like(c.position, other.position) and like(c.normal, other.normal)
        assert mirrored_name(c.body) == other.body
        same["skin"] += 1
    assert same == {"segment": 20, "fascicle": 286, "wrap": 4, "ligament": 60, "skin": 128}


def test_every_name_leads_somewhere(default_anatomy):
    a = default_anatomy
    bodies = {s.name for s in a.segments}
    wraps = {w.name for w in a.wraps}
    assert {s.parent for s in a.segments} <= bodies | {""}
    assert [s.name for s in a.segments if not s.parent] == ["pelvis"]
    used = set()
    for f in a.fascicles:
        assert len(f.path) >= 2 and {body for body, _ in f.path} <= bodies, f.name
        assert f.name.endswith(("_r", "_l"))
        if f.wrap:
            assert f.wrap in wraps and 0 <= f.wrap_after < len(f.path) - 1
            used.add(f.wrap)
    assert used == wraps  # none stands there for nothing
    assert {w.body for w in a.wraps} <= bodies
    for x in a.ligaments:
        assert {body for body, _ in x.path} <= bodies and x.level in LEVELS
        assert {body for body, _ in x.path} == {a.disc(x.level).upper, a.disc(x.level).lower}, x.name
        # The yellow ligament is tense at rest: it slackens only where it is shortened by a few per cent.
        assert -0.1 <= x.slack_strain < x.transition_strain and x.stiffness > 0, x.name
    assert {c.body for c in a.skin} <= bodies
    assert tuple(d.level for d in a.discs) == LEVELS
    for d in a.discs:
        assert (d.upper, d.lower) == (CHILD_OF_LEVEL[d.level], a.segment(CHILD_OF_LEVEL[d.level]).parent)
    for share in ("flexion_share", "bend_share", "twist_share"):
        assert sum(getattr(d, share) for d in a.discs) == pytest.approx(1.0, abs=2e-3)  # table: 4 digits


def test_fascicles_are_possible(default_anatomy):
    for f in default_anatomy.fascicles:
        assert 5e-3 <= f.optimal_fibre <= 0.6, f.name  # m: the shortest deep fascicles, the sartorius
        assert 5e-6 <= f.area <= 6e-3, f.name  # m2
        assert 0.4 <= f.neutral_ratio <= 1.6 and 0 <= f.pennation < np.radians(45), f.name
    assert len({f.name for f in default_anatomy.fascicles}) == len(default_anatomy.fascicles)


def test_stature_scales_lengths_and_mass_scales_strength():
    small, tall = scale(Subject(mass_kg=60, height_m=1.60)), scale(Subject(mass_kg=90, height_m=1.92))
    ratio = 1.92 / 1.60
    for a, b in zip(small.fascicles, tall.fascicles, strict=True):
        assert b.optimal_fibre / a.optimal_fibre == pytest.approx(ratio)
        assert b.area / a.area == pytest.approx(1.5 ** (2 / 3))
        assert np.allclose(np.array([x for _, x in a.path]) * ratio, [x for _, x in b.path], atol=CLOSE)
    for a, b in zip(small.segments, tall.segments, strict=True):
        assert b.mass / a.mass == pytest.approx(1.5)
        assert np.allclose(np.array(a.inertia) * 1.5 * ratio**2, b.inertia, rtol=1e-9)
        assert a.tilt == b.tilt
    for a, b in zip(small.discs, tall.discs, strict=True):
        assert b.area / a.area == pytest.approx(ratio**2) and b.height / a.height == pytest.approx(ratio)
    strength = scale(Subject(specific_tension_n_cm2=46.0)).specific_tension
    assert strength == pytest.approx(46e4)


def test_the_stature_is_that_of_the_subject():
    """From sole to the centre of the head, plus half a head (0.075 of stature, Winter), is the stature within 5 %."""
    for height in (1.6, 1.7, 1.9):
        body = build(scale(Subject(mass_kg=24 * height**2, height_m=height)))
        kin = kinetics(body, np.zeros((1, body.model.nv)))
        skull = body.bodies["head"]
        head = kin.position[0, skull] + kin.orientation[0, skull] @ body.anatomy.segment("head").centre
        soles = [
            (kin.position[0, body.bodies[c.body]] + kin.orientation[0, body.bodies[c.body]] @ np.array(c.position))[1]
            for c in body.anatomy.skin
            if c.contact == "feet"
        ]
        assert head[1] - min(soles) + 0.075 * height == pytest.approx(height, rel=0.05)


def posture_of(anatomy):
    """Lordosis L1-S1, sacral slope, pelvic tilt and thorax tilt [deg] of the compiled skeleton in neutral standing."""
    body = build(anatomy)
    kin = kinetics(body, np.zeros((1, body.model.nv)))
    angle = {n: np.arctan2(r[1, 0], r[0, 0]) for n, r in ((n, kin.orientation[0, i]) for n, i in body.bodies.items())}
    endplate = angle["pelvis"] + anatomy.disc("L5/S1").lower_endplate_tilt
    hips = 0.5 * (kin.position[0, body.bodies["thigh_r"]] + kin.position[0, body.bodies["thigh_l"]])
    to_sacrum = kin.position[0, body.bodies["L5"]] - hips
    tilt = np.arctan2(-to_sacrum[0], to_sacrum[1])  # sacrum behind the hips: tilted back
    return np.degrees([angle["L1"] - endplate, -endplate, tilt, angle["thorax"]])


@pytest.mark.parametrize("asked", [30.0, 45.0, 57.36, 75.0])
def test_lordosis_is_the_one_asked_for(asked):
    lordosis, slope, _, thorax = posture_of(scale(Subject(lordosis_deg=asked)))
    assert lordosis == pytest.approx(asked, abs=1e-6)
    assert slope == pytest.approx(posture_of(scale(Subject()))[1], abs=1e-9)  # the pelvis stays
    assert thorax == pytest.approx(0.0, abs=1e-9)  # and the person stays upright


@pytest.mark.parametrize("asked", [30.0, 43.6, 55.0, 80.0])
def test_pelvic_incidence_is_the_one_asked_for(asked):
    """PI = sacral slope + pelvic tilt, whatever the pelvis's own turn."""
    _, slope, tilt, thorax = posture_of(scale(Subject(pelvic_incidence_deg=asked)))
    assert slope + tilt == pytest.approx(asked, abs=0.1)  # the reference's is written with one decimal
    assert thorax == pytest.approx(0.0, abs=1e-9)
    reference = posture_of(scale(Subject()))
    assert slope - reference[1] == pytest.approx(0.913 * (asked - 43.6), abs=1e-6)


def test_incidence_carries_the_lordosis_along_unless_that_is_given():
    default = posture_of(scale(Subject()))[0]
    assert posture_of(scale(Subject(pelvic_incidence_deg=65)))[0] > default + 5.0  # degrees
    both = scale(Subject(pelvic_incidence_deg=65, lordosis_deg=40))
    assert posture_of(both)[0] == pytest.approx(40.0, abs=1e-6)


def test_endplates_follow_the_curve():
    """A flatter or deeper back keeps its discs: the wedge of a disc changes less than the angle of its vertebrae."""
    for subject in (Subject(lordosis_deg=40), Subject(lordosis_deg=70), Subject(pelvic_incidence_deg=65)):
        anatomy = scale(subject)
        for d in anatomy.discs:
            upper = anatomy.segment(d.upper).tilt + d.upper_endplate_tilt
            lower = anatomy.segment(d.lower).tilt + d.lower_endplate_tilt
            assert abs(np.degrees(upper - lower)) < 20.0, (subject, d.level)  # discs are wedged by 20 at most


def test_what_is_extrapolated_is_said():
    assert scale(Subject()).notes == ()
    assert any("female" in n for n in scale(Subject(sex="female", mass_kg=60)).notes)
    assert any("18" in n or "younger" in n for n in scale(Subject(age_years=70)).notes)
    assert any("index" in n for n in scale(Subject(mass_kg=110)).notes)
    assert any("stature" in n for n in scale(Subject(mass_kg=110, height_m=2.05)).notes)
    assert any("incidence" in n for n in scale(Subject(pelvic_incidence_deg=60)).notes)


def test_the_default_is_the_reference_but_for_stature():
    reference, default = reference_anatomy(), scale(Subject())
    assert reference.fascicle_names == default.fascicle_names
    factor = 1.68 / reference.parameters["reference_height"]
    assert default.segment("thigh_r").joint[0] == pytest.approx(factor * reference.segment("thigh_r").joint[0])
