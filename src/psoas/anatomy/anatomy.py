"""The anatomy of one person as values: segments, fascicles, ligaments, discs, skin points, all in SI."""

from __future__ import annotations

from dataclasses import dataclass

from psoas.anatomy.subject import Subject
from psoas.sources.table import Parameters

LEVELS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")

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
    """One passive line of pull between two vertebrae; its law is `body.passive.LigamentLaw`."""

    name: str
    level: str
    path: tuple[tuple[str, Vector], ...]
    stiffness: float  # N per unit strain
    slack_strain: float
    transition_strain: float
    stiffening: float  # per unit strain, of an exponential toe; 0: a parabola


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


def mirrored(vector: Vector) -> Vector:
    """Return a point or direction on the other side: z changes its sign."""
    return (vector[0], vector[1], -vector[2])


def mirrored_name(name: str) -> str:
    """Return the name on the other side: `thigh_r` <-> `thigh_l`; midline names stay."""
    if name.endswith("_r"):
        return name[:-2] + "_l"
    return name[:-2] + "_r" if name.endswith("_l") else name


def mirrored_fascicle(f: Fascicle) -> Fascicle:
    """Return the same fascicle on the other side."""
    path = tuple((mirrored_name(body), mirrored(x)) for body, x in f.path)
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
