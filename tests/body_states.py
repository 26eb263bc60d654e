"""Random states of a body for tests: angles within the joint ranges, and the state of every wrap."""

import mujoco
import numpy as np

from psoas.body.coordinates import LUMBAR_SLIDES, ROOT
from psoas.sources.table import read_table


def joint_ranges(body):
    """Lowest and highest (V,) of every coordinate: the shipped ranges, 1 m and pi for the root, 2 mm for slides."""
    table = read_table("anatomy/data/joint_ranges.csv")
    low, high = table.si("lowest_deg"), table.si("highest_deg")
    known = {row["coordinate"]: (low[i], high[i]) for i, row in enumerate(table.rows)}
    lowest, highest = np.zeros(body.model.nv), np.zeros(body.model.nv)
    ranged = 0
    for name, dof in body.dof.items():
        if name in ROOT:
            size = 1.0 if name.startswith("pelvis_t") and name != "pelvis_tilt" else np.pi / 2
            lowest[dof], highest[dof] = -size, size
        elif name in LUMBAR_SLIDES:
            lowest[dof], highest[dof] = -0.002, 0.002
        else:
            stem = name[:-2] if name.endswith(("_r", "_l")) else name
            stem = "level_" + name.rpartition("_")[2] if name.split("_")[0] in body.levels else stem
            lowest[dof], highest[dof] = known[stem]
            ranged += 1
    assert ranged == body.model.nv - len(ROOT) - len(LUMBAR_SLIDES)  # no hinge was left without a range
    return lowest, highest


def random_positions(body, count, seed):
    """Positions (count, V), every coordinate uniform within `joint_ranges`."""
    low, high = joint_ranges(body)
    return np.random.default_rng(seed).uniform(low, high, size=(count, body.model.nv))


class Lines:
    """Lengths and wrap states of all lines of pull at a position, from MuJoCo's geometry alone."""

    def __init__(self, model):
        self.model, self.data = model, mujoco.MjData(model)

    def at(self, positions):
        """Length (T,) [m] and, per line, the (count of points, what they lie on) of its path."""
        model, data = self.model, self.data
        data.qpos[:] = positions
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_tendon(model, data)
        return data.ten_length.copy(), data.ten_wrapnum.copy()
