"""Left and right: the mirrored person in the mirrored posture bears the mirrored loads."""

from dataclasses import replace

import numpy as np

from psoas.anatomy.anatomy import mirrored_name
from psoas.anatomy.scale import scale
from psoas.body.build import build
from psoas.case.posture import Posture
from psoas.mechanics.equilibrium import at_rest, equilibrium
from psoas.mechanics.kinetics import kinetics
from random_people import PRESETS, placed, random_posture, random_subject

TOLERANCE = 1e-6  # relative to the largest load: asked for; only rounding differs between the sides
ODD = ("_bend", "_twist", "_list", "_rotation", "_tz", "_z")  # midline coordinates that change sign


def mirrored(body, positions):
    """The same positions (V,) seen in a mirror: sides swapped, bend, twist and lateral moves turned about."""
    result = np.empty_like(positions)
    for name, dof in body.dof.items():
        sided = name.endswith(("_r", "_l"))
        sign = -1.0 if not sided and name.endswith(ODD) else 1.0
        result[dof] = sign * positions[body.dof[mirrored_name(name)]]
    return result


def seen_in_mirror(contacts):
    """Contact points of the other side."""
    flip = np.array([1.0, 1.0, -1.0])
    return tuple(
        replace(
            c,
            contact=mirrored_name(c.contact),
            name=mirrored_name(c.name),
            body=mirrored_name(c.body),
            position=c.position * flip,
            normal=c.normal * flip,
            partner=mirrored_name(c.partner),
        )
        for c in contacts
    )


def solved(body, positions, contacts, effort=None):
    found = equilibrium(body, kinetics(body, positions[None]), effort or at_rest(body, 0.02), contacts)
    assert found.converged.all()
    return found


def compare(body, one, other):
    """Largest difference of loads and of activations, relative; and the largest right shear."""
    size = np.abs(one.loads.compression).max()
    signs = {"compression": 1.0, "anterior_shear": 1.0, "right_shear": -1.0, "flexion_moment": 1.0}
    worst = max(np.abs(getattr(one.loads, n) - s * getattr(other.loads, n)).max() / size for n, s in signs.items())
    names = body.fibres.names
    swap = [names.index(mirrored_name(n)) for n in names]
    return worst, np.abs(one.activation - other.activation[:, swap]).max(), np.abs(one.loads.right_shear).max()


def test_mirrored_postures_bear_mirrored_loads():
    rng = np.random.default_rng(31)
    compared, sheared = 0, 0
    for i in range(12):
        anatomy = scale(random_subject(rng))
        right = build(anatomy, (float(rng.uniform(2, 10)), 0.0))
        left = build(anatomy, right.loads_kg[::-1])
        positions, contacts = placed(right, random_posture(rng, PRESETS[i]))
        one = solved(right, positions, contacts)
        other = solved(left, mirrored(right, positions), seen_in_mirror(contacts))
        loads, activation, shear = compare(right, one, other)
        assert loads <= TOLERANCE and activation <= 1e-6, (PRESETS[i], loads, activation)
        compared += 1
        sheared += int(shear > 1.0)
    assert compared == 12 and sheared >= 10  # N: a one-sided load does shear, so the change of sign was seen


def test_one_sided_tightness_is_mirrored_too(default_body):
    body = default_body
    positions, contacts = placed(body, Posture(preset="standing"))
    psoas = np.array([n.startswith("psoas_") for n in body.fibres.names])
    tight = {s: 0.06 * psoas * [n.endswith(s) for n in body.fibres.names] for s in ("_r", "_l")}
    one, other = (solved(body, positions, contacts, replace(at_rest(body, 0.02), tight=tight[s])) for s in tight)
    loads, activation, shear = compare(body, one, other)
    assert loads <= TOLERANCE and activation <= 1e-6
    assert shear > 0.1  # N, far above rounding: tight on one side pulls to that side


def test_symmetric_standing_has_no_lateral_load(default_body):
    positions, contacts = placed(default_body, Posture(preset="standing"))
    found = solved(default_body, positions, contacts)
    assert np.abs(found.loads.right_shear).max() <= TOLERANCE * found.loads.compression.max()
    _, activation, _ = compare(default_body, found, found)
    assert activation <= 1e-6  # both sides pull alike
