"""The shipped tables -> the anatomy of the reference person; the left side is made here."""

from __future__ import annotations

from functools import lru_cache

from psoas.anatomy.anatomy import (
    Anatomy,
    Disc,
    Fascicle,
    Ligament,
    Segment,
    SkinPoint,
    Vector,
    Wrap,
    mirrored,
    mirrored_fascicle,
    mirrored_name,
)
from psoas.anatomy.subject import Subject
from psoas.sources.table import Table, read_parameters, read_table


def _vectors(table: Table, columns: tuple[str, str, str]) -> list[Vector]:
    x, y, z = (table.si(c) for c in columns)
    return [(float(a), float(b), float(c)) for a, b, c in zip(x, y, z, strict=True)]


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
            mirrored(s.centre),
            s.inertia,
            mirrored(s.joint),
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
        wraps.append(Wrap(row["wrap"] + "_l", r[0], mirrored(centres[i]), turned, r[1], r[2], sides[i]))
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


def _ligaments() -> tuple[Ligament, ...]:
    table = _table("ligaments")
    upper = _vectors(table, ("upper_x_m", "upper_y_m", "upper_z_m"))
    lower = _vectors(table, ("lower_x_m", "lower_y_m", "lower_z_m"))
    k, slack, transition = (table.si(c) for c in ("stiffness_n", "slack_strain", "transition_strain"))
    stiffening = table.si("stiffening_ratio", missing=0.0)
    ligaments: list[Ligament] = []
    for i, row in enumerate(table.rows):
        law = (float(k[i]), float(slack[i]), float(transition[i]), float(stiffening[i]))
        stem = f"{row['ligament']}_{row['level']}"
        ends = ((row["upper_body"], upper[i]), (row["lower_body"], lower[i]))
        if row["side"] == "mid":
            ligaments.append(Ligament(stem, row["level"], ends, *law))
        else:
            other = tuple((body, mirrored(x)) for body, x in ends)
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
        points.append(SkinPoint(*left, mirrored(x), mirrored(n)))
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
