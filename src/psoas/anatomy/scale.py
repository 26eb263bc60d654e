"""Subject -> Anatomy: the reference person scaled to a stature, a mass, a lordosis and a pelvic incidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from psoas.anatomy.anatomy import Anatomy, Disc, Segment, Vector
from psoas.anatomy.load import reference_anatomy
from psoas.anatomy.subject import Subject
from psoas.errors import InputError, unknown

CURVE = ("L5", "L4", "L3", "L2", "L1")


def scale(subject: Subject) -> Anatomy:
    """Return the anatomy of a subject.

    Lengths: s = height / reference height, for every point, fibre and radius of gyration (segments as fixed shares
    of stature). Masses: shares of body mass. Areas of muscle: PCSA (mass / reference mass)^(2/3) (geometric
    similarity, assumed); of discs: s^2. Tilts of L1-L5 over the sacrum: times lordosis / reference lordosis.
    Pelvic incidence PI: sacral slope changes by b (PI - PI0), b from `pi_to_sacral_slope`, the rest of the change
    turns the sacrum's place back about the hip axis.
    A figure outside what the sources cover is named in `notes`.
    """
    base = reference_anatomy()
    p = base.parameters
    s = subject.height_m / p["reference_height"]
    mass_ratio = subject.mass_kg / p["reference_mass"]
    area = mass_ratio ** (2.0 / 3.0)
    segments = tuple(_segment(x, s, mass_ratio) for x in base.segments)
    discs = tuple(
        replace(d, area=d.area * s * s, depth=d.depth * s, width=d.width * s, height=d.height * s) for d in base.discs
    )
    segments, discs = _curved(segments, discs, subject, p["pi_to_sacral_slope"], p["neutral_pelvic_incidence"])
    return replace(
        base,
        subject=subject,
        segments=segments,
        discs=discs,
        fascicles=tuple(
            replace(
                f,
                area=f.area * area,
                optimal_fibre=f.optimal_fibre * s,
                path=tuple((body, _times(x, s)) for body, x in f.path),
            )
            for f in base.fascicles
        ),
        wraps=tuple(
            replace(w, centre=_times(w.centre, s), radius=w.radius * s, length=w.length * s) for w in base.wraps
        ),
        ligaments=tuple(
            replace(x, path=tuple((b, _times(q, s)) for b, q in x.path), stiffness=x.stiffness * s * s)
            for x in base.ligaments
        ),
        skin=tuple(replace(c, position=_times(c.position, s)) for c in base.skin),
        specific_tension=subject.specific_tension_n_cm2 * 1e4,
        notes=_notes(subject),
    )


def scale_segments(anatomy: Anatomy, factors: Mapping[str, float]) -> Anatomy:
    """Return the anatomy with each body f times as large, f by its name (1 where not given).

    Points, centres, wraps and the joints of the children: times f of the body they lie on. Masses stay, so inertia
    goes with f^2. Optimal fibre lengths: times the mean f of the bodies that the path touches, as its length nearly
    does. Discs: lengths f, area f^2 of the vertebra above; ligaments: stiffness the mean f^2, as in `scale`. Areas
    of muscle stay: they go with the body mass. Raises InputError for an unknown body or a factor out of 0.5 to 2.
    """
    names = [x.name for x in anatomy.segments]
    for name, factor in factors.items():
        if name not in names:
            raise unknown("segment", name, names)
        if not 0.5 <= factor <= 2.0:
            raise InputError(f"The segment {name} would be {factor:g} times its usual size; allowed is 0.5 to 2.")
    f = {name: float(factors.get(name, 1.0)) for name in names}

    def moved(path: tuple[tuple[str, Vector], ...]) -> tuple[tuple[str, Vector], ...]:
        return tuple((body, _times(x, f[body])) for body, x in path)

    def mean(path: tuple[tuple[str, Vector], ...]) -> float:
        touched = {body for body, _ in path}
        return sum(f[body] for body in touched) / len(touched)

    return replace(
        anatomy,
        segments=tuple(
            replace(
                x,
                centre=_times(x.centre, f[x.name]),
                inertia=_times(x.inertia, f[x.name] ** 2),
                joint=_times(x.joint, f.get(x.parent, 1.0)),
            )
            for x in anatomy.segments
        ),
        fascicles=tuple(
            replace(x, path=moved(x.path), optimal_fibre=x.optimal_fibre * mean(x.path)) for x in anatomy.fascicles
        ),
        wraps=tuple(
            replace(
                w,
                centre=_times(w.centre, f[w.body]),
                radius=w.radius * f[w.body],
                length=w.length * f[w.body],
            )
            for w in anatomy.wraps
        ),
        ligaments=tuple(
            replace(x, path=moved(x.path), stiffness=x.stiffness * mean(x.path) ** 2) for x in anatomy.ligaments
        ),
        discs=tuple(
            replace(
                d,
                area=d.area * f[d.upper] ** 2,
                depth=d.depth * f[d.upper],
                width=d.width * f[d.upper],
                height=d.height * f[d.upper],
            )
            for d in anatomy.discs
        ),
        skin=tuple(replace(c, position=_times(c.position, f[c.body])) for c in anatomy.skin),
    )


def _times(vector: Vector, s: float) -> Vector:
    return (vector[0] * s, vector[1] * s, vector[2] * s)


def _segment(x: Segment, s: float, mass_ratio: float) -> Segment:
    return replace(
        x,
        mass=x.mass * mass_ratio,
        centre=_times(x.centre, s),
        inertia=_times(x.inertia, mass_ratio * s * s),
        joint=_times(x.joint, s),
    )


def reference_lordosis() -> float:
    """Angle between the frame of L1 and the endplate of S1 in the reference person [rad]."""
    base = reference_anatomy()
    return base.segment("L1").tilt - base.disc("L5/S1").lower_endplate_tilt


def _curved(
    segments: tuple[Segment, ...], discs: tuple[Disc, ...], subject: Subject, slope: float, incidence: float
) -> tuple[tuple[Segment, ...], tuple[Disc, ...]]:
    by_name = {x.name: x for x in segments}
    sacral = {d.level: d for d in discs}["L5/S1"].lower_endplate_tilt
    hip = by_name["thigh_r"].joint
    new_sacral, joint = sacral, by_name["L5"].joint
    if subject.pelvic_incidence_deg is not None:
        change = math.radians(subject.pelvic_incidence_deg) - incidence
        new_sacral = sacral - slope * change
        turn = (1.0 - slope) * change
        x, y = joint[0] - hip[0], joint[1] - hip[1]
        joint = (
            hip[0] + x * math.cos(turn) - y * math.sin(turn),
            hip[1] + x * math.sin(turn) + y * math.cos(turn),
            joint[2],
        )
    factor = 1.0
    if subject.lordosis_deg is not None:
        factor = math.radians(subject.lordosis_deg) / reference_lordosis()
    elif subject.pelvic_incidence_deg is not None:
        factor = (by_name["L1"].tilt - new_sacral) / (by_name["L1"].tilt - sacral)
    if factor == 1.0 and new_sacral == sacral:
        return segments, discs
    tilts = {name: new_sacral + factor * (by_name[name].tilt - sacral) for name in CURVE}
    changed = [replace(x, tilt=tilts.get(x.name, x.tilt)) for x in segments]
    changed = [replace(x, joint=joint) if x.name == "L5" else x for x in changed]
    new_discs = []
    for d in discs:
        if d.level == "L5/S1":
            d = replace(d, lower_endplate_tilt=new_sacral)
        elif d.level == "T12/L1":
            d = replace(d, upper_endplate_tilt=d.upper_endplate_tilt + tilts["L1"] - by_name["L1"].tilt)
        new_discs.append(d)
    return tuple(changed), tuple(new_discs)


def _notes(subject: Subject) -> tuple[str, ...]:
    notes = []
    if subject.sex == "female":
        notes.append(
            "extrapolated: no female anatomy is to be had; the male one is scaled to this stature and mass, "
            "so strength and arms are likely too large"
        )
    if subject.age_years >= 60 or subject.age_years < 18:
        notes.append("extrapolated: the muscle areas are those of younger adults; age does not change them here")
    if subject.mass_kg / subject.height_m**2 > 30.0:
        notes.append("extrapolated: body shares are those of lean adults; body mass index is above 30")
    if not 1.5 <= subject.height_m <= 1.95:
        notes.append("extrapolated: stature is outside 1.50-1.95 m")
    if subject.pelvic_incidence_deg is not None:
        notes.append("assumed: sacral slope follows pelvic incidence as over the four Roussouly types")
    return tuple(notes)
