"""P21 to P25, P27 and S01 to S03: what the psoas does to the spine and the hip, and what is not claimed of it."""

from __future__ import annotations

import numpy as np

from psoas.case.case import Case
from psoas.case.whatif import tighten
from psoas.mechanics.joints import disc_axes, joint_forces
from psoas.mechanics.kinetics import kinetics
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

MODEL_STRESS = 46.0  # N/cm2, with which the models that P21 and P23 quote let the same areas pull
TENSIONS = (46.0, 75.5, 100.0)  # N/cm2
NEARLY_NONE = 2.0  # N m: "very small moments"
BODY_FASCICLES = ("psoas_L1_VB", "psoas_L1_L2_IVD", "psoas_L2_L3_IVD", "psoas_L3_L4_IVD")
TRANSVERSE_FASCICLES = ("psoas_L1_TP", "psoas_L2_TP", "psoas_L3_TP", "psoas_L4_TP")
TRANSVERSE_ARMS = (10.0, 28.0)  # mm
ENDS = (300.0, 600.0)  # N, least compression and shear
HIP_ANGLES = (0, 15, 30, 45, 60, 75, 90, 105)  # degrees


def alone(bench: Bench, stress: float = MODEL_STRESS) -> tuple[np.ndarray, np.ndarray]:
    """Return force on the upper vertebra (K, 3) [N, world] and flexion moment (K,) [N m] of both psoas at full.

    Each fascicle pulls with its area times `stress` [N/cm2], neutral standing.
    """
    body, kin = bench.body, bench.neutral
    pull = np.array([f.area * stress * 1e4 if f.group == "psoas_major" else 0.0 for f in bench.anatomy.fascicles])
    generalised = kin.arms[:, :, : body.muscle_count] @ pull
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    # The joint answers the muscle: its force is the opposite of the slide rows.
    return joint_forces(body, kin, -generalised)[0], generalised[0, rows]


def against_endplate(bench: Bench, force: np.ndarray, tilt: float) -> tuple[float, float]:
    """Return (compression, forward shear) [N] of a force on the upper body (3,) on a plane tilted by `tilt` [rad]."""
    up = np.array([-np.sin(tilt), np.cos(tilt), 0.0])
    forward = np.array([np.cos(tilt), np.sin(tilt), 0.0])
    return float(force @ up), float(-(force @ forward))


def arms(bench: Bench, names: tuple[str, ...], joint: str, positions: np.ndarray | None = None) -> np.ndarray:
    """Return arms (F, n) [mm], + = flexion, of right fascicles about a coordinate."""
    body = bench.body
    kin = bench.neutral if positions is None else kinetics(body, positions)
    places = [body.fibres.names.index(f"{name}_r") for name in names]
    return 1e3 * kin.arms[:, body.dof[joint]][:, places]


def sensitivity(bench: Bench) -> list[tuple[float, float, float, float, float]]:
    """Return (stress, plane off by [deg], compression, forward shear [N], flexion moment [N m]) at L5/S1."""
    mid = disc_axes(bench.body, bench.neutral)[0, -1]
    slope = float(np.arctan2(mid[1, 0], mid[0, 0]))
    rows = []
    for stress in TENSIONS:
        force, moment = alone(bench, stress)
        for off in (-10.0, 0.0, 10.0):
            pressed, sheared = against_endplate(bench, force[-1], slope - np.radians(off))
            rows.append((stress, off, pressed, sheared, float(moment[-1])))
    return rows


@check("P21")
def _moments(bench: Bench) -> Answer:
    moment = dict(zip(bench.body.levels, alone(bench)[1], strict=True))
    own = alone(bench, bench.anatomy.specific_tension / 1e4)[1][-1]
    holds = moment["L1/L2"] <= NEARLY_NONE and moment["L5/S1"] > 0.0
    return Answer(
        float(moment["L5/S1"]),
        f"flexion at L5/S1; {moment['L1/L2']:+.1f} N m at L1/L2; {own:.0f} N m at our default of 75.5 N/cm2",
        holds,
    )


@check("P22")
def _spine_arms(bench: Bench) -> Answer:
    front = arms(bench, BODY_FASCICLES, "L5/S1_flexion")[0]
    back = arms(bench, TRANSVERSE_FASCICLES, "L5/S1_flexion")[0]
    low, high = TRANSVERSE_ARMS
    holds = bool(((front >= 15) & (front <= 45)).all() and ((back >= low) & (back <= high)).all())
    return Answer(
        float(front.mean()),
        f"mean of {front.min():.0f} to {front.max():.0f} mm; transverse {back.min():.0f} to {back.max():.0f} mm",
        holds,
    )


@check("P23")
def _forces(bench: Bench) -> Answer:
    force = alone(bench)[0][-1]
    sacrum = bench.anatomy.disc("L5/S1").lower_endplate_tilt
    pressed, sheared = against_endplate(bench, force, sacrum)
    middle = disc_axes(bench.body, bench.neutral)[0, -1].T @ force
    return Answer(
        sheared / pressed,
        f"{pressed:.0f} N and {sheared:.0f} N on the sacral endplate ({-np.degrees(sacrum):.0f} degrees); in the "
        f"middle of the disc, where we report loads, {middle[1]:.0f} N and {-middle[0]:.0f} N: the plane decides",
        pressed >= ENDS[0] and sheared >= ENDS[1],
    )


def hip_arms(bench: Bench) -> np.ndarray:
    """Return the mean hip flexion arm of the right psoas [mm] at HIP_ANGLES."""
    names = tuple(n[:-2] for n in bench.body.fibres.names if n.startswith("psoas_") and n.endswith("_r"))
    positions = np.zeros((len(HIP_ANGLES), bench.body.model.nq))
    positions[:, bench.body.dof["hip_flexion_r"]] = np.radians(HIP_ANGLES)
    return arms(bench, names, "hip_flexion_r", positions).mean(axis=1)


@check("P24")
def _hip_arm(bench: Bench) -> Answer:
    return Answer(float(hip_arms(bench)[0]), "mean of the fascicles")


@check("S01")
def _hip_arm_peak(bench: Bench) -> Answer:
    found = hip_arms(bench)
    at = HIP_ANGLES[int(found.argmax())]
    return Answer(float(found.max()), f"at {at} degrees; {found[0]:.0f} mm at 0", 60 <= at <= 90)


@check("P25")
def _standing_activity(bench: Bench) -> Answer:
    found = bench.run(Case()).group("psoas_major").activation[0]
    return Answer(100.0 * float(found), "our floor, the tone, is 2 %, so this says little")


@check("P27")
def _no_lordosis_from_tightness(bench: Bench) -> Answer:
    plain, tight = (bench.frames(case).positions for case in (Case(), tighten("psoas_major", 0.06)(Case())))
    return Answer(
        float(np.degrees(np.abs(plain - tight).max())), "a tight psoas changes forces; the posture is the user's"
    )


@check("S02")
def _signs(bench: Bench) -> Answer:
    wanted = {"L1/L2": -1.0, "L2/L3": -1.0, "L4/L5": 1.0, "L5/S1": 1.0}
    counts, told = [], ""
    for stress in TENSIONS:
        moment = dict(zip(bench.body.levels, alone(bench, stress)[1], strict=True))
        counts.append(sum(sign * moment[level] > 0.0 for level, sign in wanted.items()))
        told = told or "flexion moments at 46 N/cm2: " + ", ".join(f"{k} {moment[k]:+.1f}" for k in wanted) + " N m"
    return Answer(float(min(counts)), told)


@check("S03")
def _size(bench: Bench) -> Answer:
    sides = [
        1e6 * sum(f.area for f in bench.anatomy.fascicles if f.group == "psoas_major" and f.name.endswith(side))
        for side in ("_r", "_l")
    ]
    return Answer(max(sides, key=lambda x: abs(x - 1463.0)), "the side that is further off")
