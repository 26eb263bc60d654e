"""Anatomy -> Body: the only module that makes MjSpecs."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from psoas.anatomy.anatomy import Anatomy, Segment, Vector
from psoas.anatomy.groups import ABDOMINAL_WALL
from psoas.body.body import Body, Fibres
from psoas.body.coordinates import CHILD_OF_LEVEL, coordinates_of
from psoas.body.passive import LigamentLaw, disc_law, segment_angles

GRAVITY = 9.81  # m/s2
PRESSURE_LINE = "abdominal_pressure"
LONGEST_FIBRE = 0.98  # of the path in neutral standing, along the tendon
SIDE_SITE_RADII = 1.3  # distance of the side site from the cylinder's axis, in radii


def build(anatomy: Anatomy, loads_kg: tuple[float, float] = (0.0, 0.0)) -> Body:
    """Compile the body of a person who holds loads_kg (right, left) [kg] in the hands as masses at the grip.

    Tendon slack lengths are set so that each fibre has its `neutral_ratio` in neutral standing:
    l_T = L0 - ratio l0 cos(alpha), with cos(alpha) at that fibre length (constant thickness, rigid tendon).
    Ligament strains are counted from tissue neutral: `tissue_neutral_flexion` shared by the rhythm.
    """
    return _body(specification(anatomy, loads_kg).compile(), anatomy, loads_kg)


def specification(anatomy: Anatomy, loads_kg: tuple[float, float] = (0.0, 0.0)) -> mujoco.MjSpec:
    """Return the MuJoCo specification that `build` compiles: segments, wraps, fascicles, ligaments, pressure line.

    loads_kg: masses held at the grip (right, left) [kg].
    """
    spec = mujoco.MjSpec()
    spec.option.gravity = [0.0, -GRAVITY, 0.0]
    spec.option.disableflags = int(mujoco.mjtDisableBit.mjDSBL_CONTACT)
    spec.compiler.degree = False
    bodies: dict[str, mujoco.MjsBody] = {}
    tilts = {s.name: s.tilt for s in anatomy.segments}
    for segment in anatomy.segments:
        parent = bodies[segment.parent] if segment.parent else spec.worldbody
        load = loads_kg["rl".index(segment.name[-1])] if segment.name.startswith("hand_") else 0.0
        bodies[segment.name] = _add_segment(parent, segment, tilts.get(segment.parent, 0.0), load)
    for wrap in anatomy.wraps:
        _add_wrap(
            bodies[wrap.body],
            wrap.name,
            wrap.centre,
            wrap.rotation,
            wrap.radius,
            wrap.length,
            wrap.side_direction,
        )
    for f in anatomy.fascicles:
        _add_line(spec, bodies, f.name, f.path, f.wrap, f.wrap_after)
    for x in anatomy.ligaments:
        _add_line(spec, bodies, x.name, x.path)
    _add_line(spec, bodies, PRESSURE_LINE, _pressure_path(anatomy))
    return spec


def _add_segment(parent: mujoco.MjsBody, s: Segment, parent_tilt: float, load: float) -> mujoco.MjsBody:
    turn = s.tilt - parent_tilt
    body = parent.add_body(name=s.name, pos=s.joint, quat=[math.cos(turn / 2), 0.0, 0.0, math.sin(turn / 2)])
    body.explicitinertial = True
    body.mass, body.ipos, body.inertia = s.mass + load, s.centre, s.inertia
    for c in coordinates_of(s.name):
        kind = mujoco.mjtJoint.mjJNT_SLIDE if c.slide else mujoco.mjtJoint.mjJNT_HINGE
        body.add_joint(name=c.name, type=kind, axis=c.axis)
    return body


def _add_wrap(
    body: mujoco.MjsBody,
    name: str,
    centre: Vector,
    rotation: Vector,
    radius: float,
    length: float,
    side: Vector,
) -> None:
    turn = rotation_xyz(rotation)
    quat = np.zeros(4)
    mujoco.mju_mat2Quat(quat, turn.ravel())
    body.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_CYLINDER,
        size=[radius, length / 2.0, 0.0],
        pos=centre,
        quat=quat,
        contype=0,
        conaffinity=0,
        mass=0.0,
    )
    body.add_site(name=f"{name}_side", pos=np.array(centre) + turn @ (SIDE_SITE_RADII * radius * np.array(side)))


def rotation_xyz(angles: Vector) -> np.ndarray:
    """R = Rx(a) Ry(b) Rz(c), body-fixed X-Y-Z (3, 3)."""
    (ca, cb, cc), (sa, sb, sc) = np.cos(angles), np.sin(angles)
    rx = np.array([[1, 0, 0], [0, ca, -sa], [0, sa, ca]])
    ry = np.array([[cb, 0, sb], [0, 1, 0], [-sb, 0, cb]])
    rz = np.array([[cc, -sc, 0], [sc, cc, 0], [0, 0, 1]])
    return rx @ ry @ rz


def _add_line(
    spec: mujoco.MjSpec,
    bodies: dict[str, mujoco.MjsBody],
    name: str,
    path: tuple[tuple[str, Vector], ...],
    wrap: str = "",
    wrap_after: int = 0,
) -> None:
    tendon = spec.add_tendon(name=name)
    for i, (body, x) in enumerate(path):
        site = f"{name}_{i}"
        bodies[body].add_site(name=site, pos=x)
        tendon.wrap_site(site)
        if wrap and i == wrap_after:
            tendon.wrap_geom(wrap, f"{wrap}_side")


def _pressure_path(anatomy: Anatomy) -> tuple[tuple[str, Vector], ...]:
    """From pelvic floor to diaphragm, `abdominal_pressure_arm` in front of each disc, so it follows the curve."""
    arm = anatomy.parameters["abdominal_pressure_arm"] * anatomy.subject.height_m
    arm /= anatomy.parameters["reference_height"]
    hip = anatomy.segment("thigh_r").joint
    l5 = anatomy.segment("L5").joint
    path: list[tuple[str, Vector]] = [("pelvis", (l5[0] + arm, hip[1], 0.0))]
    for level in reversed(CHILD_OF_LEVEL):
        child = CHILD_OF_LEVEL[level]
        disc, tilt = anatomy.disc(level), anatomy.segment(child).tilt
        lower = anatomy.segment(disc.lower).tilt + disc.lower_endplate_tilt
        plane = 0.5 * (lower + tilt + disc.upper_endplate_tilt) - tilt
        path.append((child, (arm * math.cos(plane), arm * math.sin(plane), 0.0)))
    path.append(("thorax", (arm, 2.0 * arm, 0.0)))
    return tuple(path)


def _body(model: mujoco.MjModel, anatomy: Anatomy, loads_kg: tuple[float, float]) -> Body:
    dof = {model.joint(i).name: int(model.jnt_dofadr[i]) for i in range(model.njnt)}
    data = mujoco.MjData(model)
    mujoco.mj_fwdPosition(model, data)
    fibres = _fibres(anatomy, data)
    count = len(anatomy.fascicles)
    free = np.array([d.flexion_share for d in anatomy.discs]) * anatomy.parameters["tissue_neutral_flexion"]
    for disc, angle in zip(anatomy.discs, free, strict=True):
        data.qpos[dof[f"{disc.level}_flexion"]] = angle
    mujoco.mj_fwdPosition(model, data)
    lines = slice(count, count + len(anatomy.ligaments))
    reference = data.ten_length[lines].copy()
    ligaments = _ligament_moments(model, data, anatomy, dof, lines, reference)
    return Body(
        model,
        anatomy,
        fibres,
        tuple(CHILD_OF_LEVEL),
        dof,
        {model.body(i).name: i for i in range(1, model.nbody)},
        disc_law(anatomy.parameters, ligaments, free),
        tuple(x.name for x in anatomy.ligaments),
        reference,
        sum(s.mass for s in anatomy.segments) * GRAVITY,
        anatomy.subject.height_m,
        loads_kg,
    )


def _ligament_moments(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    anatomy: Anatomy,
    dof: dict[str, int],
    lines: slice,
    reference: np.ndarray,
) -> np.ndarray:
    """Moments (K, 3) [N m] of the ligaments against extension, bend, twist by `segment_angles` from tissue neutral.

    The slope of their energy, less that at rest, so that pretension does not count as stiffness.
    """
    law = LigamentLaw.of(anatomy.ligaments)
    rest = data.qpos.copy()
    extension, bend, twist = segment_angles(anatomy.parameters)

    def slope(row: int, angle: float, small: float = 1e-4) -> float:
        energies = []
        for turn in (angle + small, angle - small):
            data.qpos[:] = rest
            data.qpos[row] += turn
            mujoco.mj_fwdPosition(model, data)
            energies.append(float(law.energy(data.ten_length[lines], reference).sum()))
        return (energies[0] - energies[1]) / (2 * small)

    result = np.zeros((len(anatomy.discs), 3))
    for i, disc in enumerate(anatomy.discs):
        for j, (axis, turn) in enumerate((("flexion", -extension), ("bend", bend), ("twist", twist))):
            row = dof[f"{disc.level}_{axis}"]
            result[i, j] = (slope(row, turn) - slope(row, 0.0)) * math.copysign(1.0, turn)
    return result


def _fibres(anatomy: Anatomy, neutral: mujoco.MjData) -> Fibres:
    """Return the fascicles' arrays, given the model's data in neutral standing."""
    f = anatomy.fascicles
    neutral_length = neutral.ten_length[: len(f)]
    fibre = np.array([x.optimal_fibre for x in f])
    ratio = np.array([x.neutral_ratio for x in f])
    pennation = np.array([x.pennation for x in f])
    # No fibre is longer than its path: where bones were measured shorter than the fibre needs, it is shortened.
    along = fibre * np.sqrt(np.maximum(ratio**2 - np.sin(pennation) ** 2, 0.0))
    fit = np.minimum(1.0, LONGEST_FIBRE * neutral_length / along)
    fibre, along = fit * fibre, fit * along
    return Fibres(
        anatomy.fascicle_names,
        anatomy.fascicle_groups,
        np.array([x.area for x in f]) * anatomy.specific_tension,
        np.array([x.volume for x in f]),
        fibre,
        neutral_length - along,
        pennation,
        _pressure_per_newton(anatomy, neutral),
    )


def _pressure_per_newton(anatomy: Anatomy, data: mujoco.MjData) -> np.ndarray:
    """P = F cos(theta) / (2 r h) [Pa/N]: wall tension of a cylinder, theta from the horizontal in `data`'s posture."""
    p = anatomy.parameters
    scale = anatomy.subject.height_m / p["reference_height"]
    denominator = 2.0 * p["abdominal_radius"] * p["abdominal_height"] * scale**2
    result = np.zeros(len(anatomy.fascicles))
    for i, f in enumerate(anatomy.fascicles):
        if f.group in ABDOMINAL_WALL:
            line = data.site(f"{f.name}_{len(f.path) - 1}").xpos - data.site(f"{f.name}_0").xpos
            result[i] = math.hypot(line[0], line[2]) / float(np.linalg.norm(line)) / denominator
    return result
