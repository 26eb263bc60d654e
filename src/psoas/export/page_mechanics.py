"""What the engine of the page computes with: one body, its laws, and the figures by which a posture is found."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from psoas.anatomy.anatomy import Anatomy, Fascicle, Wrap
from psoas.anatomy.groups import PARENTS
from psoas.body.body import Body
from psoas.body.build import GRAVITY, PRESSURE_LINE, SIDE_SITE_RADII, rotation_xyz
from psoas.body.capsule import capsule_law
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BALANCED, LUMBAR_SLIDES
from psoas.body.passive import FLEXION_CUBE, FLEXION_SQUARE, LigamentLaw
from psoas.case.change import LARGEST_FRACTION
from psoas.case.posture import LEVEL_LIMITS_DEG, LIMITS_DEG
from psoas.case.surroundings import HANDS_KG, UPRIGHT_DEG
from psoas.chain import CARRIED_SHARE, LONGEST_FIBRE, RESIDUAL_MOMENT, RESIDUAL_WEIGHT, UNMET_NM, UNMET_SHARE
from psoas.export.mjcf import mjcf
from psoas.export.scene import Scene
from psoas.frames import Frames
from psoas.mechanics import acting, equilibrium, rhythm, scene, surfaces
from psoas.motion.postures import posing, presets
from psoas.muscle.criteria import fascicle_weights
from psoas.muscle.curves import FASTEST


def mechanics_model(body: Body) -> dict[str, Any]:
    """Return the field `mechanics` of the page's model: plain values for JSON, SI, every digit.

    body: of a person with empty hands. web/src/engine/figures.ts names the fields and their shapes.
    """
    anatomy = body.anatomy
    assert anatomy is not None
    return {
        "xml": _bones(body, anatomy),
        "bodies": [body.model.body(i).name for i in range(body.model.nbody)],
        "coordinates": [body.model.joint(i).name for i in range(body.model.njnt)],
        "balanced": list(BALANCED),
        "slides": list(LUMBAR_SLIDES),
        "levels": list(body.levels),
        "weight_n": body.weight,
        "gravity": GRAVITY,
        "height_m": body.height,
        "mass_kg": anatomy.subject.mass_kg,
        "fibres": _fibres(body),
        "ligaments": _ligaments(body, anatomy),
        "discs": [asdict(d) for d in anatomy.discs],
        "disc_law": _discs(body),
        "capsule": asdict(capsule_law(anatomy.parameters)),
        "pressure_area": _pressure_area(body, anatomy),
        "parameters": {name: anatomy.parameters[name] for name in anatomy.parameters},
        "notes": list(anatomy.notes),
        "segments": [asdict(s) for s in anatomy.segments],
        "skin": [asdict(p) for p in anatomy.skin],
        "lines": _lines(body, anatomy),
        "wraps": [_wrap(i, f, next(w for w in anatomy.wraps if w.name == f.wrap)) for i, f in _bent(anatomy)],
        "presets": {name: asdict(p) for name, p in presets().items()},
        "posing": {name: posing()[name] for name in posing()},
        "parents": {name: list(children) for name, children in PARENTS.items()},
        "limits": {
            "angles_deg": {name: list(ends) for name, ends in LIMITS_DEG.items()},
            "level_deg": list(LEVEL_LIMITS_DEG),
            "hand_kg": list(HANDS_KG),
            "upright_deg": UPRIGHT_DEG,
            "fraction": LARGEST_FRACTION,
        },
        "fastest": FASTEST,
        "rules": _rules(),
    }


def movement_model(name: str, frames: Frames) -> dict[str, Any]:
    """Return a movement as the engine takes it, frame after frame; what bears is a row of 0 and 1 per frame.

    settled: whether its levels found how they share flexion, 0 or 1 per frame.
    """
    assert frames.velocities is not None and frames.accelerations is not None and not frames.applied
    bears = np.ones((len(frames.time_s), len(frames.contacts))) if frames.available is None else frames.available
    settled = np.ones(len(frames.time_s)) if frames.settled is None else frames.settled
    return {
        "name": name,
        "time_s": frames.time_s.tolist(),
        "positions": frames.positions.tolist(),
        "velocities": frames.velocities.tolist(),
        "accelerations": frames.accelerations.tolist(),
        "contacts": [_contact(c) for c in frames.contacts],
        "bears": np.asarray(bears, int).tolist(),
        "settled": np.asarray(settled, int).tolist(),
        "notes": list(frames.notes),
    }


def _contact(contact: ContactPoint) -> dict[str, Any]:
    """Return a contact point as the engine takes it."""
    return {
        "contact": contact.contact,
        "name": contact.name,
        "body": contact.body,
        "position": contact.position.tolist(),
        "normal": contact.normal.tolist(),
        "friction": contact.friction,
        "partner": contact.partner,
    }


def _fibres(body: Body) -> dict[str, Any]:
    f = body.fibres
    arrays = ("max_force", "volume", "optimal_fibre", "tendon_slack", "pennation", "pressure")
    weight = fascicle_weights("volume", f.volume / f.optimal_fibre, f.optimal_fibre)
    plain = {name: getattr(f, name).tolist() for name in arrays}
    return {"names": list(f.names), "groups": list(f.groups), **plain, "weight": weight.tolist()}


def _ligaments(body: Body, anatomy: Anatomy) -> dict[str, Any]:
    law = LigamentLaw.of(anatomy.ligaments)
    plain = {name: value.tolist() for name, value in vars(law).items()}
    return {"names": list(body.ligament_names), "length": body.ligament_length.tolist(), **plain}


def _discs(body: Body) -> dict[str, Any]:
    law = body.discs
    return {
        "stiffness": law.stiffness.tolist(),
        "gain": law.gain,
        "force": law.force,
        "limit": law.limit,
        "neutral": law.neutral.tolist(),
        "bend_square": np.broadcast_to(law.bend_square, law.neutral.shape).tolist(),
        "flexion_square": FLEXION_SQUARE,
        "flexion_cube": FLEXION_CUBE,
        "twist_cube": np.broadcast_to(law.twist_cube, law.neutral.shape).tolist(),
        "twist_end": np.broadcast_to(law.twist_end, law.neutral.shape).tolist(),
    }


def _bones(body: Body, anatomy: Anatomy) -> str:
    """Return the MJCF of the bodies and their joints; lines of pull are worked out without MuJoCo."""
    bare = replace(anatomy, fascicles=(), ligaments=(), wraps=())
    still = (np.zeros(body.model.nq), np.zeros(0), np.zeros(0))
    return mjcf(Scene(replace(body, anatomy=bare), *still, "a person, for the page"))


def _bent(anatomy: Anatomy) -> list[tuple[int, Fascicle]]:
    return [(i, f) for i, f in enumerate(anatomy.fascicles) if f.wrap]


def _wrap(line: int, fascicle: Fascicle, wrap: Wrap) -> dict[str, Any]:
    """Return the cylinder that a line bends over: place, axes (9, row-major) and side to pass, in its body [m]."""
    axes = rotation_xyz(wrap.rotation)
    side = np.array(wrap.centre) + axes @ (SIDE_SITE_RADII * wrap.radius * np.array(wrap.side_direction))
    return {
        "line": line,
        "after": fascicle.wrap_after,
        "body": wrap.body,
        "centre": list(wrap.centre),
        "axes": axes.ravel().tolist(),
        "radius": wrap.radius,
        "side": side.tolist(),
    }


def _lines(body: Body, anatomy: Anatomy) -> list[list[list[Any]]]:
    """Return each tendon of the body, the line of pressure last, as its points: [body, x, y, z] (m, in the body)."""
    counts = {f.name: len(f.path) for f in anatomy.fascicles} | {x.name: len(x.path) for x in anatomy.ligaments}
    counts[PRESSURE_LINE] = int(body.model.tendon_num[body.model.tendon(PRESSURE_LINE).id])
    assert list(counts) == [body.model.tendon(i).name for i in range(body.model.ntendon)]
    lines = []
    for name, count in counts.items():
        sites = [body.model.site(f"{name}_{i}") for i in range(count)]
        lines.append([[int(site.bodyid[0]), *site.pos.tolist()] for site in sites])
    return lines


def _pressure_area(body: Body, anatomy: Anatomy) -> float:
    """Return the area [m2] on which abdominal pressure pushes along its line."""
    scale = body.height / anatomy.parameters["reference_height"]
    area: float = anatomy.parameters["abdominal_pressure_area"] * scale**2
    return area


def _rules() -> dict[str, Any]:
    """Figures of balance, of the settling of the levels and of the status of a frame."""
    return {
        "contact_unit_n": acting.CONTACT_UNIT,
        "contact_cost": acting.CONTACT_COST,
        "unmet_cost": acting.UNMET_COST,
        "root_cost": acting.ROOT_COST,
        "preload_tolerance_n": equilibrium.PRELOAD_TOLERANCE,
        "preload_passes": equilibrium.PRELOAD_PASSES,
        "preload_share": equilibrium.PRELOAD_SHARE,
        "settle": {
            "give": rhythm.GIVE,
            "departure_cost": rhythm.DEPARTURE_COST,
            "smallest": rhythm.SMALLEST,
            "step": rhythm.STEP,
            "reach": rhythm.REACH,
            "close": rhythm.CLOSE,
            "settled": rhythm.SETTLED,
            "passes": rhythm.PASSES,
            "gained": rhythm.GAINED,
            "well_gained": rhythm.WELL_GAINED,
            "shorter": rhythm.SHORTER,
            "swinging": rhythm.SWINGING,
        },
        "status": {
            "unmet_nm": UNMET_NM,
            "unmet_share": UNMET_SHARE,
            "residual_weight": RESIDUAL_WEIGHT,
            "residual_moment": RESIDUAL_MOMENT,
            "longest_fibre": LONGEST_FIBRE,
            "carried_share": CARRIED_SHARE,
        },
        "give": dict(surfaces.GIVE),
        "beyond_m": surfaces.BEYOND,
        "shortest_lever_m": surfaces.SHORTEST_LEVER,
        "margin_m": scene.MARGIN_M,
        "arc_points": scene.ARC_POINTS,
    }
