"""A small result made by hand: loads and muscles of known size, so that limits can be told from a model's doing."""

import numpy as np

from psoas.result import LEVELS, MOMENTS, Contacts, Muscles, Result

NAMES = ("multifidus_a_r", "multifidus_b_r", "multifidus_a_l", "multifidus_b_l", "psoas_L5_VB_r", "psoas_L5_VB_l")
GROUPS = ("multifidus",) * 4 + ("psoas_major",) * 2


def made(compression=1000.0, shear=200.0, moment=5.0, activation=0.2, *, frames=2, status=None, unmet=0.0, arms=None):
    """Return a result whose loads grow to the given values at the last frame; activation a number or (6, frames)."""
    grow = np.linspace(0.5, 1.0, frames)

    def loads(value):
        return np.broadcast_to(np.asarray(value, float).reshape(-1, 1), (len(LEVELS), 1)) * grow

    act = np.broadcast_to(np.asarray(activation, float), (len(NAMES), frames)).copy()
    active = act * np.array([100.0, 300.0, 100.0, 300.0, 200.0, 200.0])[:, None]
    joints = {level: {axis: np.zeros(frames) for axis in MOMENTS} for level in LEVELS}
    missing = {level: {axis: np.zeros(frames) for axis in MOMENTS} for level in LEVELS}
    missing["L5/S1"]["flexion"] = np.full(frames, unmet)
    return Result(
        {"name": "made"},
        np.linspace(0.0, 1.0, frames),
        {
            "compression_n": loads(compression),
            "anterior_shear_n": loads(shear),
            "right_shear_n": loads(0.0),
            "flexion_moment_nm": loads(moment),
            "pressure_mpa": loads(0.5),
        },
        Muscles(NAMES, GROUPS, tuple(n[-1] for n in NAMES), act, active, np.zeros_like(act), np.ones_like(act), arms),
        Contacts((), np.zeros((0, frames, 3))),
        joints,
        missing,
        {"force_n": np.zeros(frames), "moment_nm": np.zeros(frames)},
        status or ("ok",) * frames,
    )
