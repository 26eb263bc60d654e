"""Where the body bears on its surroundings: points on the skin and the directions in which they can be pushed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Anatomy


@dataclass(frozen=True)
class ContactPoint:
    """One point that the surroundings push on, within a friction pyramid about `normal` (world axes, unit)."""

    contact: str  # what is reported together: foot_r, seat, backrest, bed ...
    name: str
    body: str
    position: np.ndarray  # (3,) m, in the body's frame
    normal: np.ndarray  # (3,) world
    friction: float
    partner: str = ""  # the body that takes the opposite force (elbows on thighs), "" for the world


def generators(normal: np.ndarray, friction: float) -> np.ndarray:
    """Return the four edges n +- mu t1, n +- mu t2 of the friction pyramid (4, 3)."""
    helper = np.array([0.0, 0.0, 1.0]) if abs(normal[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    first = np.cross(helper, normal)
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    return np.array([normal + s * friction * t for t in (first, second) for s in (1.0, -1.0)])


def contact_points(
    anatomy: Anatomy, contacts: tuple[str, ...], backrest_deg: float = 100.0, bearing: str = "rl"
) -> tuple[ContactPoint, ...]:
    """Return the points of the named contacts.

    feet, seat, backrest, lumbar_support, armrests, desk, elbows_on_thighs, hands_lean_r, hands_lean_l, bed_*.

    backrest_deg: angle between seat and backrest; 90 is upright, more reclines it. bearing: the feet that stand.
    """
    friction = anatomy.parameters["friction_coefficient"]
    recline = math.radians(backrest_deg - 90.0)
    points: list[ContactPoint] = []
    for p in anatomy.skin:
        side = p.name[-1]
        if p.contact not in contacts and f"{p.contact}_{side}" not in contacts:
            continue
        if p.contact == "feet" and side not in bearing:
            continue
        if p.contact == "bed_side" and side == "l":
            continue
        normal = np.array(p.normal)
        if p.contact in ("backrest", "lumbar_support"):
            normal = np.array([math.cos(recline), math.sin(recline), 0.0])
        label = {
            "feet": f"foot_{side}",
            "hands_lean": f"hand_{side}",
            "armrests": f"armrest_{side}",
            "desk": f"desk_{side}",
        }.get(p.contact)
        if p.contact == "elbows_on_thighs":
            label = f"elbow_on_thigh_{side}"
        partner = f"thigh_{side}" if p.contact == "elbows_on_thighs" else ""
        points.append(
            ContactPoint(
                label or ("bed" if p.contact.startswith("bed") else p.contact),
                p.name,
                p.body,
                np.array(p.position),
                normal / np.linalg.norm(normal),
                friction,
                partner,
            )
        )
    return tuple(points)
