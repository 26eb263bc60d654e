"""Random persons in random feasible postures: the bodies, frames and contacts that physics tests run on."""

from dataclasses import dataclass

import numpy as np

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.body import Body
from psoas.body.build import build
from psoas.body.contacts import contact_points
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.mechanics.pose import on_the_floor, pose

PRESETS = (
    *("standing", "sitting", "stoop", "squat", "standing", "lying_supine", "sitting", "standing", "squat", "stoop"),
    *("standing", "lying_prone", "sitting", "slouched", "standing", "lying_supine", "sitting", "stoop", "squat"),
    "standing",
)


@dataclass(frozen=True)
class Person:
    """A body, positions (F, V) and contacts that may bear it in each of them."""

    body: Body
    positions: np.ndarray
    contacts: tuple


def random_subject(rng):
    """Male or female, 50-110 kg, 1.55-1.95 m, redrawn until the body mass index is 17-38."""
    while True:
        sex = rng.choice(["male", "female"])
        mass, height = float(rng.uniform(50, 110)), float(rng.uniform(1.55, 1.95))
        if 17 < mass / height**2 < 38:
            return Subject(sex=str(sex), mass_kg=mass, height_m=height)


def random_loads(rng):
    """Mass in the right and left hand, together 0-10 kg."""
    total, share = rng.uniform(0, 10), rng.uniform(0, 1)
    return float(total * share), float(total * (1 - share))


def random_posture(rng, name):
    """A preset with a few degrees of flexion, bend and twist added, feasible for the presets here."""
    angles = {"trunk_bend_deg": float(rng.uniform(-4, 4)), "trunk_twist_deg": float(rng.uniform(-4, 4))}
    if name in ("standing", "lying_supine", "lying_prone"):
        angles["trunk_flexion_deg"] = float(rng.uniform(-2, 10))
    if name == "sitting":
        angles["trunk_flexion_deg"] = float(rng.uniform(12, 20))
    if name == "standing":
        angles["pelvis_tilt_deg"] = float(rng.uniform(-3, 6))
    return Posture(preset=name, **angles)


def placed(body, posture, surroundings=None):
    """Positions (V,) on the floor and the contacts of a posture."""
    found = pose(body, posture, surroundings or Surroundings())
    positions = on_the_floor(body, found.positions, found.bearing)
    return positions, contact_points(body.anatomy, found.contacts, found.backrest_deg, found.bearing)


def people(count, each, seed):
    """Yield `count` persons with `each` postures of one preset apiece; a third of that slouched, which takes long."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        body = build(scale(random_subject(rng)), random_loads(rng))
        name = PRESETS[i % len(PRESETS)]
        postures = (each + 2) // 3 if name == "slouched" else each
        frames = [placed(body, random_posture(rng, name)) for _ in range(postures)]
        # The frames of a preset share their contacts: only the backrest's lean could differ, and here it does not.
        yield Person(body, np.array([q for q, _ in frames]), frames[0][1])
