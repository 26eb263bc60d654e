"""The reflexes of a body: cited constants, and which fascicles inhibit which."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.body.body import Body
from psoas.muscle.reflex import Pathways, Reflexes
from psoas.sources.table import Parameters, read_parameters

AGONISTS = ("psoas_major", "iliacus")
INHIBITED_TRUNK = "extensors"  # multifidus and erector spinae
INHIBITED_HIP = "hip_extensors"  # gluteus maximus and hamstrings


@lru_cache(maxsize=1)
def reflex_parameters() -> Parameters:
    """Return the cited constants of `mechanics/data/reflexes.csv`, in SI."""
    return read_parameters("mechanics/data/reflexes.csv")


def reflexes_of(parameters: Parameters) -> Reflexes:
    """Return the reflexes of a table's constants."""
    p = parameters
    return Reflexes(
        activation_s=p["activation_time"],
        deactivation_s=p["deactivation_time"],
        stretch_length=p["stretch_length_gain"],
        stretch_velocity=p["stretch_velocity_gain"],
        stretch_delay_s=p["stretch_delay"],
        inhibition_extensors=p["inhibition_extensors_gain"],
        inhibition_hips=p["inhibition_hips_gain"],
        inhibition_delay_s=p["inhibition_delay"],
        short_range=p["short_range_gain"],
        short_range_limit=p["short_range_limit"],
    )


def pathways(body: Body) -> Pathways:
    """Return who inhibits whom: psoas and iliacus of a side the extensors of trunk and hip of that side (D9)."""
    names, groups = body.fibres.names, body.fibres.groups

    def chosen(*muscles: str) -> np.ndarray:
        mask = np.zeros((2, len(names)))
        for i, side in enumerate("rl"):
            for muscle in muscles:
                mask[i, resolve(f"{muscle}_{side}", names, groups)] = 1.0
        return mask

    strength = chosen(*AGONISTS) * body.fibres.max_force
    return Pathways(strength / strength.sum(axis=1, keepdims=True), chosen(INHIBITED_TRUNK), chosen(INHIBITED_HIP))
