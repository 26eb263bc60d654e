"""A rucksack: a mass that rides on the thorax, behind the skin of the back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.motion.postures import posing


def with_rucksack(anatomy: Anatomy, mass_kg: float) -> Anatomy:
    """Return the anatomy whose thorax carries a rucksack: masses m = m_t + m_r, centre c = (m_t c_t + m_r c_r) / m.

    The inertias add by the parallel-axis theorem, the rucksack as a point; straps pull between rucksack and shoulders,
    both of the thorax, so only its weight is felt below. A hip belt is not there.
    """
    if mass_kg == 0.0:
        return anatomy
    thorax = anatomy.segment("thorax")
    p = posing()
    scale = anatomy.subject.height_m / anatomy.parameters["reference_height"]
    skin = min(x.position[0] for x in anatomy.skin if x.contact == "backrest" and x.body == "thorax")
    place = np.array([skin - p["rucksack_behind"] * scale, p["rucksack_height"] * scale, 0.0])
    own = np.array(thorax.centre)
    mass = thorax.mass + mass_kg
    centre = (thorax.mass * own + mass_kg * place) / mass
    inertia = np.array(thorax.inertia)
    for part, at in ((thorax.mass, own), (mass_kg, place)):
        lever = at - centre
        inertia = inertia + part * (lever @ lever - lever**2)
    carried = replace(thorax, mass=mass, centre=_vector(centre), inertia=_vector(inertia))
    segments = tuple(carried if s.name == "thorax" else s for s in anatomy.segments)
    note = f"a rucksack of {mass_kg:g} kg rides on the thorax without a hip belt"
    return replace(anatomy, segments=segments, notes=(*anatomy.notes, note))


def _vector(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
