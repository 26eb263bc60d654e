"""The anatomy of one person as values: segments, fascicles, ligaments, discs, skin points, all in SI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from psoas.anatomy.subject import Subject
from psoas.sources.table import Parameters, Table, read_parameters, read_table

LEVELS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
MIRROR = np.array([1.0, 1.0, -1.0])

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Segment:
    """A rigid body: frame origin at the joint to its parent; inertia about its centre of mass in its axes."""

    name: str
    parent: str  # "" for the pelvis
    mass: float  # kg
    centre: Vector  # m, own frame
    inertia: Vector  # kg m2, principal, own axes
    joint: Vector  # m, origin in the parent's frame
    tilt: float  # rad, of the frame about Z in neutral standing, against the pelvis


@dataclass(frozen=True)
class Wrap:
    """A cylinder on a body that muscles bend over; they pass it on the side of `side_direction`."""

    name: str
    body: str
    centre: Vector  # m
    rotation: Vector  # rad, body-fixed X-Y-Z
    radius: float  # m
    length: float  # m
    side_direction: Vector  # local, unit


@dataclass(frozen=True)
class Fascicle:
    """One line of pull: area, fibre, and a path of points on bodies."""

    name: str
    group: str
    area: float  # m2, physiological cross-section
    optimal_fibre: float  # m
    neutral_ratio: float  # fibre length over optimal in neutral standing
    pennation: float  # rad, at optimal length
    path: tuple[tuple[str, Vector], ...]
    wrap: str = ""
    wrap_after: int = 0  # the wrap stands between path points wrap_after and wrap_after + 1

    @property
    def volume(self) -> float:
        """V = PCSA l0 [m3]."""
        return self.area * self.optimal_fibre


@dataclass(frozen=True)
class Ligament:
    """One passive line of pull between two vertebrae."""

    name: str
    level: str
    path: tuple[tuple[str, Vector], ...]
    stiffness: float  # N per unit strain
    slack_strain: float
    transition_strain: float


@dataclass(frozen=True)
class Disc:
    """Geometry of one disc; tilts are of its endplates about Z in the frame of their own vertebra."""

    level: str
    upper: str
    lower: str
    area: float  # m2
    depth: float  # m
    width: float  # m
    height: float  # m, middle
    upper_endplate_tilt: float  # rad
    lower_endplate_tilt: float  # rad
    flexion_share: float
    bend_share: float
    twist_share: float


@dataclass(frozen=True)
class SkinPoint:
    """A point that may bear on the surroundings, with the direction in which they push."""

    contact: str
    name: str
    body: str
    position: Vector  # m
    normal: Vector


@dataclass(frozen=True)
class Anatomy:
    """One person: everything a body is built from. Lengths m, masses kg, angles rad, stress Pa."""

    subject: Subject
    segments: tuple[Segment, ...]
    fascicles: tuple[Fascicle, ...]
    wraps: tuple[Wrap, ...]
    ligaments: tuple[Ligament, ...]
    discs: tuple[Disc, ...]
    skin: tuple[SkinPoint, ...]
    parameters: Parameters
    specific_tension: float  # Pa
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def segment(self, name: str) -> Segment:
        """Return the segment of that name."""
        return next(s for s in self.segments if s.name == name)

    def disc(self, level: str) -> Disc:
        """Return the disc of that level."""
        return next(d for d in self.discs if d.level == level)

    @property
    def fascicle_names(self) -> tuple[str, ...]:
        """Names of all fascicles, in order."""
        return tuple(f.name for f in self.fascicles)

    @property
    def fascicle_groups(self) -> tuple[str, ...]:
        """Group of each fascicle, in order."""
        return tuple(f.group for f in self.fascicles)


def mirrored_name(name: str) -> str:
    """Return the name on the other side: `thigh_r` <-> `thigh_l`; midline names stay."""
    if name.endswith("_r"):
        return name[:-2] + "_l"
    return name[:-2] + "_r" if name.endswith("_l") else name


def _vectors(table: Table, columns: tuple[str, str, str]) -> list[Vector]:
    x, y, z = (table.si(c) for c in columns)
    return [(float(a), float(b), float(c)) for a, b, c in zip(x, y, z, strict=True)]


def _mirror(vector: Vector) -> Vector:
    return (vector[0], vector[1], -vector[2])


def _table(name: str) -> Table:
    return read_table(f"anatomy/data/{name}.csv")


def _segments(reference_mass: float) -> tuple[Segment, ...]:
    table = _table("segments")
    masses = table.si("mass_ratio") * reference_mass
    centres = _vectors(table, ("com_x_m", "com_y_m", "com_z_m"))
    radii = _vectors(table, ("gyration_x_m", "gyration_y_m", "gyration_z_m"))
    joints = _vectors(table, ("joint_x_m", "joint_y_m", "joint_z_m"))
    segments: list[Segment] = []
    for i, row in enumerate(table.rows):
        inertia = tuple(float(masses[i]) * k * k for k in radii[i])
        segments.append(
            Segment(
                row["body"],
                row["parent"],
                float(masses[i]),
                centres[i],
                (inertia[0], inertia[1], inertia[2]),
                joints[i],
                float(table.si("tilt_deg")[i]),
            )
        )
    left = [
        Segment(
            mirrored_name(s.name),
            mirrored_name(s.parent),
            s.mass,
            _mirror(s.centre),
            s.inertia,
            _mirror(s.joint),
            s.tilt,
        )
        for s in segments
        if s.name.endswith("_r")
    ]
    return tuple(segments + left)


def _wraps() -> tuple[Wrap, ...]:
    table = _table("wraps")
    wraps: list[Wrap] = []
    centres = _vectors(table, ("x_m", "y_m", "z_m"))
    turns = _vectors(table, ("rotation_x_rad", "rotation_y_rad", "rotation_z_rad"))
    sides = _vectors(table, ("side_x_m", "side_y_m", "side_z_m"))
    radius, length = table.si("radius_mm"), table.si("length_mm")
    for i, row in enumerate(table.rows):
        r = (row["body"], float(radius[i]), float(length[i]))
        wraps.append(Wrap(row["wrap"] + "_r", r[0], centres[i], turns[i], r[1], r[2], sides[i]))
        turned = (-turns[i][0], -turns[i][1], turns[i][2])
        wraps.append(Wrap(row["wrap"] + "_l", r[0], _mirror(centres[i]), turned, r[1], r[2], sides[i]))
    return tuple(wraps)


def _fascicles() -> tuple[Fascicle, ...]:
    table, points = _table("fascicles"), _table("path_points")
    positions = _vectors(points, ("x_m", "y_m", "z_m"))
    paths: dict[str, list[tuple[str, Vector]]] = {}
    for row, position in zip(points.rows, positions, strict=True):
        paths.setdefault(row["fascicle"], []).append((row["body"], position))
    area, fibre = table.si("pcsa_mm2"), table.si("optimal_fibre_mm")
    ratio, pennation = table.si("neutral_fibre_ratio"), table.si("pennation_deg")
    after = table.si("wrap_after_count", missing=0.0)
    right = [
        Fascicle(
            row["fascicle"] + "_r",
            row["group"],
            float(area[i]),
            float(fibre[i]),
            float(ratio[i]),
            float(pennation[i]),
            tuple(paths[row["fascicle"]]),
            row["wrap"] + "_r" if row["wrap"] else "",
            int(after[i]),
        )
        for i, row in enumerate(table.rows)
    ]
    return tuple(right + [mirrored_fascicle(f) for f in right])


def mirrored_fascicle(f: Fascicle) -> Fascicle:
    """Return the same fascicle on the other side."""
    path = tuple((mirrored_name(body), _mirror(x)) for body, x in f.path)
    return Fascicle(
        mirrored_name(f.name),
        f.group,
        f.area,
        f.optimal_fibre,
        f.neutral_ratio,
        f.pennation,
        path,
        mirrored_name(f.wrap),
        f.wrap_after,
    )


def _ligaments() -> tuple[Ligament, ...]:
    table = _table("ligaments")
    upper = _vectors(table, ("upper_x_m", "upper_y_m", "upper_z_m"))
    lower = _vectors(table, ("lower_x_m", "lower_y_m", "lower_z_m"))
    k, slack, transition = (table.si(c) for c in ("stiffness_n", "slack_strain", "transition_strain"))
    ligaments: list[Ligament] = []
    for i, row in enumerate(table.rows):
        law = (float(k[i]), float(slack[i]), float(transition[i]))
        stem = f"{row['ligament']}_{row['level']}"
        ends = ((row["upper_body"], upper[i]), (row["lower_body"], lower[i]))
        if row["side"] == "mid":
            ligaments.append(Ligament(stem, row["level"], ends, *law))
        else:
            other = tuple((body, _mirror(x)) for body, x in ends)
            ligaments.append(Ligament(stem + "_r", row["level"], ends, *law))
            ligaments.append(Ligament(stem + "_l", row["level"], other, *law))
    return tuple(ligaments)


def _discs() -> tuple[Disc, ...]:
    table = _table("discs")
    numbers = [
        table.si(c)
        for c in (
            "area_mm2",
            "depth_mm",
            "width_mm",
            "height_middle_mm",
            "upper_endplate_tilt_deg",
            "lower_endplate_tilt_deg",
            "flexion_share_ratio",
            "bend_share_ratio",
            "twist_share_ratio",
        )
    ]
    return tuple(
        Disc(row["level"], row["upper_body"], row["lower_body"], *(float(c[i]) for c in numbers))
        for i, row in enumerate(table.rows)
    )


def _skin() -> tuple[SkinPoint, ...]:
    table = _table("contact_points")
    positions = _vectors(table, ("x_m", "y_m", "z_m"))
    normals = _vectors(table, ("normal_x_ratio", "normal_y_ratio", "normal_z_ratio"))
    points: list[SkinPoint] = []
    for row, x, n in zip(table.rows, positions, normals, strict=True):
        points.append(SkinPoint(row["contact"], row["point"] + "_r", row["body"], x, n))
        left = (row["contact"], row["point"] + "_l", mirrored_name(row["body"]))
        points.append(SkinPoint(*left, _mirror(x), _mirror(n)))
    return tuple(points)


@lru_cache(maxsize=1)
def reference_anatomy() -> Anatomy:
    """Return the unscaled anatomy of the tables: a man of the reference stature and mass."""
    parameters = read_parameters("anatomy/data/parameters.csv")
    tables = ("segments", "fascicles", "path_points", "wraps", "ligaments", "discs", "contact_points")
    sources = set(parameters.sources).union(*(_table(name).sources for name in tables))
    return Anatomy(
        Subject(),
        _segments(parameters["reference_mass"]),
        _fascicles(),
        _wraps(),
        _ligaments(),
        _discs(),
        _skin(),
        parameters,
        parameters["specific_tension"],
        tuple(sorted(sources)),
    )
