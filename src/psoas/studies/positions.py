"""The positions in which studies hold a muscle, and the ways to hold one posture while a muscle changes."""

from __future__ import annotations

from dataclasses import replace

from psoas.anatomy.groups import resolve
from psoas.body.body import Body
from psoas.body.build import build
from psoas.case.case import Case
from psoas.case.posture import Posture, Sided
from psoas.frames import Frames, effort_of

HIP_EXTENDED_DEG = 15.0  # of the leg behind at the end of stance
DEEP_HIP_DEG, DEEP_KNEE_DEG = 100.0, 110.0  # thighs above the horizontal, as on a low seat

POSITIONS: dict[str, Posture] = {
    "standing": Posture(),
    "hip extended": Posture(hip_flexion_deg=Sided(right=-HIP_EXTENDED_DEG)),
    "sitting": Posture(preset="sitting"),
    "deep sitting": Posture(
        preset="sitting",
        hip_flexion_deg=Sided(left=DEEP_HIP_DEG, right=DEEP_HIP_DEG),
        knee_flexion_deg=Sided(left=DEEP_KNEE_DEG, right=DEEP_KNEE_DEG),
    ),
    "lying, legs straight": Posture(preset="lying_supine"),
    "constructive rest": Posture(preset="constructive_rest"),
}


def with_change_of(frames: Frames, case: Case) -> Frames:
    """Return frames, their posture as it is, with the muscles of another case; tone as there, or else as before."""
    effort = effort_of(case, frames.body, supported=False)
    if case.change.tone is None:
        effort = replace(effort, floor=frames.effort.floor)
    return replace(frames, effort=effort)


def with_neutral_fibre(body: Body, muscle: str, factor: float) -> Body:
    """Return the body whose fibres of a muscle are `factor` times as long in neutral standing, their optimum unchanged.

    The tendons take up the difference. Raises InputError for an unknown muscle.
    """
    anatomy = body.anatomy
    assert anatomy is not None
    chosen = set(resolve(muscle, anatomy.fascicle_names, anatomy.fascicle_groups))
    fascicles = tuple(
        replace(f, neutral_ratio=f.neutral_ratio * factor) if i in chosen else f
        for i, f in enumerate(anatomy.fascicles)
    )
    return build(replace(anatomy, fascicles=fascicles), body.loads_kg)
