"""Regenerates docs/body.md: what the body of the default person can do and carries, beside published figures."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from psoas.anatomy.anatomy import LEVELS, Anatomy
from psoas.anatomy.groups import leaf_groups
from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.body import Body
from psoas.body.build import build
from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.chain import loads_of, run
from psoas.frames import frames_of
from psoas.mechanics.equilibrium import AppliedForce, at_rest, equilibrium
from psoas.mechanics.joints import disc_axes, joint_forces
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.uncertainty import INPUTS, one_at_a_time

PAGE = Path(__file__).with_name("body.md")
TENSIONS = (46.0, 75.5, 100.0)  # N/cm2
GROUPS = {
    "erector spinae": "erector_spinae",
    "multifidus": "multifidus",
    "quadratus lumborum": "quadratus_lumborum",
    "psoas major": "psoas_major",
    "rectus abdominis": "rectus_abdominis",
    "external oblique": "external_oblique",
    "internal oblique": "internal_oblique",
}
AXES = {"flexion": (0.0, 0.0, -1.0), "bend": (1.0, 0.0, 0.0), "twist": (0.0, 1.0, 0.0)}
# Largest voluntary moments of men [N m], recalled from the literature (mcneill1980 and a textbook range), not read.
STRENGTH = {
    ("flexion", 1): ("extension", "210 (200-330)"),
    ("flexion", -1): ("flexion", "148 (150-180)"),
    ("bend", 1): ("side bending", "145 (150-200)"),
    ("twist", 1): ("twisting", "none read"),
}
SITUATIONS = {
    "standing": (Case(), "430-830 N", "Wilke 1999; Dreischarf 2013"),
    "prone / standing": (Case(posture=Posture(preset="lying_prone")), "0.1-0.4", "Wilke 1999"),
    "erect sitting / standing": (
        Case(posture=Posture(preset="sitting")),
        "0.80-1.45 (contested; no sign is claimed)",
        "Wilke 1999; Nachemson 1981",
    ),
    "slouched on a backrest / standing": (
        Case(posture=Posture(preset="slouched")),
        "0.35-0.80",
        "Wilke 1999",
    ),
    "trunk flexed 40 degrees / standing": (
        Case(posture=Posture(trunk_flexion_deg=40)),
        "1.8-3.0",
        "Wilke 1999",
    ),
    "20 kg close to the body / standing": (
        Case(posture=Posture(elbow_flexion_deg=90), surroundings=Surroundings(hands_kg=20)),
        "1.6-2.9",
        "Wilke 1999",
    ),
    "20 kg with a round back / standing": (
        Case(
            posture=Posture(pelvis_tilt_deg=20, trunk_flexion_deg=65, knee_flexion_deg=25),
            surroundings=Surroundings(hands_kg=20),
        ),
        "3.4-6.0",
        "Wilke 1999",
    ),
    "20 kg with bent knees / standing": (
        Case(posture=Posture(preset="squat"), surroundings=Surroundings(hands_kg=20)),
        "2.4-4.5",
        "Wilke 1999",
    ),
}


def neutral(anatomy: Anatomy) -> tuple[Body, Kinetics]:
    """Return a body and its frame of neutral standing."""
    body = build(anatomy)
    return body, kinetics(body, np.zeros((1, body.model.nq)))


def psoas_alone(body: Body, kin: Kinetics, tension_n_cm2: float) -> tuple[np.ndarray, np.ndarray]:
    """Force on the upper vertebra (K, 3) [N, world] and extension moment (K,) [N m] of both psoas fully active."""
    assert body.anatomy is not None
    force = np.array(
        [f.area * tension_n_cm2 * 1e4 if f.group == "psoas_major" else 0.0 for f in body.anatomy.fascicles]
    )
    generalised = kin.arms[:, :, : body.muscle_count] @ force
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    # The joint answers what the muscle does: its force is the opposite of the slide rows.
    return joint_forces(body, kin, -generalised)[0], -generalised[0, rows]


def psoas_lines(body: Body, kin: Kinetics) -> list[str]:
    """Compression, shear and moment of both psoas per level, and at L5/S1 against the plane of the disc."""
    axes = disc_axes(body, kin)[0]
    lines = [
        "| level | 46 N/cm2: compression, forward shear, extension moment | 75.5 N/cm2 |",
        "|---|---|---|",
    ]
    for i, level in enumerate(body.levels[1:], start=1):
        cells = []
        for tension in (46.0, 75.5):
            force, moment = psoas_alone(body, kin, tension)
            local = axes[i].T @ force[i]
            cells.append(f"{local[1]:.0f} N, {-local[0]:.0f} N, {moment[i]:+.1f} N m")
        lines.append(f"| {level} | {cells[0]} | {cells[1]} |")
    lines += [
        "",
        "L5/S1 against the assumed tilt of its disc (forward and down):",
        "",
        "| tilt | 46 N/cm2: compression, forward shear | 75.5 N/cm2 |",
        "|---|---|---|",
    ]
    for tilt in range(0, 41, 10):
        a = np.radians(-tilt)
        forward, up = np.array([np.cos(a), np.sin(a), 0.0]), np.array([-np.sin(a), np.cos(a), 0.0])
        cells = []
        for tension in (46.0, 75.5):
            force = psoas_alone(body, kin, tension)[0][-1]
            cells.append(f"{force @ up:.0f} N, {-(force @ forward):.0f} N")
        lines.append(f"| {tilt} degrees | {cells[0]} | {cells[1]} |")
    return lines


def hip_lines(body: Body) -> list[str]:
    """Hip flexion arm of the psoas over the hip's range."""
    lines = ["| hip flexion | L1 vertebral body fascicle | L5 vertebral body fascicle |", "|---|---|---|"]
    names = [body.fibres.names.index(n) for n in ("psoas_L1_VB_r", "psoas_L5_VB_r")]
    for angle in (-20, 0, 30, 60, 90, 105):
        q = np.zeros((1, body.model.nq))
        q[0, body.dof["hip_flexion_r"]] = np.radians(angle)
        arms = 1e3 * kinetics(body, q).arms[0, body.dof["hip_flexion_r"], names]
        lines.append(f"| {angle} degrees | {arms[0]:.1f} mm | {arms[1]:.1f} mm |")
    return lines


def arm_lines(body: Body, kin: Kinetics) -> list[str]:
    """Moment arms of muscle groups per level, weighted by strength; + = extension."""
    lines = ["| group | " + " | ".join(body.levels) + " |", "|---" * (len(body.levels) + 1) + "|"]
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    for label, group in GROUPS.items():
        members = [i for i, g in enumerate(body.fibres.groups) if g in leaf_groups(group)]
        cells = []
        for row in rows:
            arms = -1e3 * kin.arms[0, row, members]
            crossing = np.abs(arms) > 1e-6
            strength = body.fibres.max_force[members] * crossing
            cells.append(f"{arms @ strength / strength.sum():+.0f}" if crossing.any() else "")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return lines


def largest_moment(anatomy: Anatomy, axis: str, sign: int) -> float:
    """Largest pure moment on the thorax [N m] that upright muscle balances at every level (to 0.1 N m)."""
    body, kin = neutral(anatomy)
    point = kin.position[:, body.bodies["thorax"]]
    low, high = 0.0, 800.0
    while high - low > 0.5:
        middle = 0.5 * (low + high)
        moment = sign * middle * np.array([AXES[axis]])
        load = AppliedForce("thorax", np.zeros((1, 3)), point, moment)
        found = equilibrium(body, kin, at_rest(body, 0.0), (), (load,), root_carried=False)
        if np.abs(found.unmet[0, 6:24]).max() < 0.1:
            low = middle
        else:
            high = middle
    return low


def strength_lines(anatomy: Anatomy) -> list[str]:
    """Largest moments at three specific tensions beside published ones."""
    lines = [
        "| moment | " + " | ".join(f"{t:g} N/cm2" for t in TENSIONS) + " | men, published (recalled) |",
        "|---" * (len(TENSIONS) + 2) + "|",
    ]
    for (axis, sign), (label, published) in STRENGTH.items():
        cells = [f"{largest_moment(replace(anatomy, specific_tension=t * 1e4), axis, sign):.0f}" for t in TENSIONS]
        lines.append(f"| {label}, N m | " + " | ".join(cells) + f" | {published} |")
    return lines


def load_lines() -> list[str]:
    """L4/L5 compression of the default man, 70 kg and 1.68 m, in published situations."""
    lines = ["| situation | ours | published band | source | unmet |", "|---|---|---|---|---|"]
    standing = 0.0
    for label, (case, band, source) in SITUATIONS.items():
        result = run(case)[0]
        newtons = float(result.level("L4/L5")["compression_n"][0])
        standing = standing or newtons
        ours = f"{newtons:.0f} N" if label == "standing" else f"{newtons / standing:.2f} ({newtons:.0f} N)"
        lines.append(f"| {label} | {ours} | {band} | {source} | {result.largest_unmet()[2]:.1f} N m |")
    return lines


def moving_lines() -> list[str]:
    """Return L4/L5 compression in standing and lifting with each input alone at the ends of its range."""
    cases = {"standing": SITUATIONS["standing"][0], "lifting": SITUATIONS["20 kg with a round back / standing"][0]}
    index = LEVELS.index("L4/L5")
    columns, parameters = {}, None
    for name, case in cases.items():
        frames = frames_of(case)
        assert frames.body.anatomy is not None
        parameters = frames.body.anatomy.parameters
        ends = one_at_a_time(frames, loads_of)
        columns[name] = {
            key: tuple(float(loads["compression_n"][index, 0]) for loads in pair) for key, pair in ends.items()
        }
    assert parameters is not None
    lines = ["| input | basis | standing: at its low end, high end | lifting |", "|---|---|---|---|"]
    for key in INPUTS:
        cells = [f"{columns[name][key][0]:.0f} N, {columns[name][key][1]:.0f} N" for name in cases]
        lines.append(f"| {key.replace('_', ' ')} | {parameters.basis(key)} | {cells[0]} | {cells[1]} |")
    return lines


def page() -> str:
    """Return the whole page as Markdown."""
    anatomy = scale(Subject())
    body, kin = neutral(anatomy)
    parts = [
        "# The body, in numbers",
        "",
        "Regenerated by `make docs` (`docs/make_body.py`); a test holds the committed page against it. The default person: "
        "a man of 70 kg and 1.68 m. Signs: compression presses together, forward shear presses the upper vertebra forward.",
        "",
        "## The psoas alone, both sides, fully active, neutral standing",
        "",
        'Published: Bogduk 1992, "only very small moments that tend to extend the upper lumbar spine and to flex the '
        'lower", "severe compression forces" and "large shear forces" (read in the abstract; the often quoted 100 kg at '
        "L5/S1 could not be read). Penning 2000: flexes lower, extends upper levels, short arms. The size of "
        "compression and shear at L5/S1 depends on the plane of the disc, so it is no validation.",
        "",
        *psoas_lines(body, kin),
        "",
        "Hip flexion arm (MyoLegs, a model: 12 at -20, 19 at 0, 28 at 30, 33 at 60-90 degrees; Kumazaki 2022, cadavers: "
        "constant from 0 to 50 degrees, then rising):",
        "",
        *hip_lines(body),
        "",
        "## Arms of the trunk muscles in the sagittal plane, mm, + = extension, weighted by strength",
        "",
        "Published for the erector spinae of men: 53-63 at L3-L5, up to 70 at L5/S1 (Jorgensen 2001, Nemeth and Ohlsen "
        "1986; the studies were seen, the numbers are recalled). Ours fall short at L5/S1.",
        "",
        *arm_lines(body, kin),
        "",
        "## Largest moments upright",
        "",
        "A pure moment on the thorax, pelvis held, no tone, until one level lacks 0.1 N m. Twisting and flexion are weaker "
        "than people are: the obliques of the source set are small and their slings leave out fibres that run in parallel.",
        "",
        *strength_lines(anatomy),
        "",
        "## Compression at L4/L5 against measurements",
        "",
        "Measured as pressure in one volunteer, so the ratios count, not the newtons. Nothing was tuned to this table; "
        "what is outside its band stays there.",
        "",
        *load_lines(),
        "",
        "![Measured and computed ratios to standing](figures/series.svg)",
        "",
        "![Compression and forward shear at every level](figures/levels.svg)",
        "",
        "## Flexion to the end of range",
        "",
        "60 % of the inclination is lumbar, at most 60 degrees of it. In life the load stops rising past some 33 degrees "
        "and the erector spinae falls silent near full flexion; here the load rises more slowly past 53 degrees and steeply "
        "again past 90, and the muscle falls under 5 % of its maximum at 87 % of full flexion. Ten kilograms in the hands "
        "keep it at work, as they do in life.",
        "",
        "![Load and activity against trunk inclination](figures/flexion.svg)",
        "",
        "## What moves the answer: L4/L5 compression, one input at a time",
        "",
        "Ranges are the `spread` of `anatomy/data/parameters.csv`; pressure factor and supported tone do not act on these.",
        "",
        *moving_lines(),
        "",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
