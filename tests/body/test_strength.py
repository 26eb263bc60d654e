"""The largest moments of the trunk: a linear programme over all fascicles, printed beside measured ones."""

import numpy as np
from scipy.optimize import linprog

from psoas.body.coordinates import HIPS, LUMBAR
from psoas.mechanics.columns import line_forces
from psoas.mechanics.kinetics import kinetics, moment_jacobian
from psoas.muscle.curves import capability

# Moment that the trunk exerts [N m] against a couple on the thorax in neutral standing, as world axes: extension is
# about +Z, flexion about -Z, bend to the right about +X, turn to the left about +Y.
AXES = {"extension": (0, 0, 1), "flexion": (0, 0, -1), "bend": (1, 0, 0), "twist": (0, 1, 0)}
# Men, as quoted second-hand from McNeill et al. 1980 (Spine 5:529); none to hand for twist.
PUBLISHED = {"extension": 210.0, "flexion": 148.0, "bend": 145.0}


def largest(body, axis, rows):
    """Largest couple [N m] about `axis` on the thorax that activations 0..1 balance on the given rows."""
    kin = kinetics(body, np.zeros((1, body.model.nv)))
    m, f = body.muscle_count, body.fibres
    can = capability(
        kin.length[:, :m], 0 * kin.length[:, :m], f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation
    )
    columns = line_forces(body, kin)[0][0, rows] * can.active_n[0]
    couple = moment_jacobian(body, kin, "thorax")[0][:, rows].T @ np.array(axis, float)
    # Muscle turns the thorax by M along the axis against an outer couple -M: columns a - couple M = 0.
    found = linprog(
        np.append(np.zeros(m), -1.0),
        A_eq=np.hstack([columns, -couple[:, None]]),
        b_eq=np.zeros(len(rows)),
        bounds=[(0, 1)] * m + [(0, None)],
        method="highs-ds",
    )
    assert found.status == 0
    a = found.x[:-1]
    assert np.abs(columns @ a - couple * found.x[-1]).max() < 1e-6  # N m: it is balanced at every level
    return found.x[-1]


def test_the_trunk_is_strong_in_every_direction(default_body):
    body = default_body
    lumbar = body.rows(LUMBAR)
    found = {name: largest(body, axis, lumbar) for name, axis in AXES.items()}
    with_hips = {name: largest(body, axis, body.rows(LUMBAR + HIPS)) for name, axis in AXES.items()}
    for name, value in found.items():
        published = f"{PUBLISHED[name]:.0f}" if name in PUBLISHED else "-"
        print(f"{name}: {value:.0f} N m, with the hips {with_hips[name]:.0f}; published, men: {published}")
    assert len(found) == 4
    for name, value in found.items():
        # The hips need not be still for a couple on the thorax that the pelvis passes to the ground elsewhere.
        assert 0 < with_hips[name] <= value + 1e-6
        # Positive and of a person: a sign or unit error is off by more than this factor of four.
        assert PUBLISHED.get(name, 80.0) / 4 < value < PUBLISHED.get(name, 80.0) * 4


def test_either_side_is_as_strong(default_body):
    lumbar = default_body.rows(LUMBAR)
    compared = 0
    for axis in ((1, 0, 0), (0, 1, 0)):
        one, other = (largest(default_body, np.array(axis) * s, lumbar) for s in (1, -1))
        assert abs(one - other) <= 1e-6 * one  # rounding of two linear programmes
        compared += 1
    assert compared == 2


def test_strength_grows_with_specific_tension():
    from psoas.anatomy.scale import scale
    from psoas.anatomy.subject import Subject
    from psoas.body.build import build

    weak, strong = (build(scale(Subject(specific_tension_n_cm2=t))) for t in (46.0, 92.0))
    rows = weak.rows(LUMBAR)
    one, two = (largest(b, AXES["extension"], rows) for b in (weak, strong))
    assert abs(two - 2 * one) <= 1e-6 * two  # without passive force and pressure of its own, linear
