"""The honest rival: MuJoCo and DAQP glued together by somebody who knows both, one frame after another.

One `mj_inverse` a frame, arrays in place of loops over muscles, DAQP called directly, kept and warm-started; the
columns are handed over once a frame and only the demand again while the discs' preload settles, which starts from the
last two frames' compression, as ours does. Its answer is the same but for the settling's 1 N.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import mujoco
import numpy as np

from psoas.body.build import PRESSURE_LINE
from psoas.body.capsule import capsule_forces
from psoas.body.coordinates import HIPS, LUMBAR
from psoas.body.passive import LigamentLaw
from psoas.frames import Frames
from psoas.mechanics.equilibrium import PRELOAD_PASSES, PRELOAD_SHARE, PRELOAD_TOLERANCE, level_angles
from psoas.mechanics.kinetics import tendon_entries
from psoas.muscle.criteria import fascicle_weights
from psoas.muscle.curves import FASTEST, active_length, passive_length, velocity

EQUALITY = 5  # DAQP's sense of a constraint that holds with equality
BLOCK = 64  # frames after which nothing is carried over, as in ours


@dataclass(frozen=True)
class RivalRun:
    """compression (F, K) [N], activation (F, M), solved (F,); seconds of CPU by stage; passes a frame.

    columns (F, rows, M), demand (F, rows): what was shared, of the frames that were to be kept.
    """

    compression: np.ndarray
    activation: np.ndarray
    solved: np.ndarray
    seconds: dict[str, float]
    passes: float
    columns: np.ndarray
    demand: np.ndarray


class Rival:
    """The arrays that the loop needs, made once."""

    def __init__(self, frames: Frames):
        body = frames.body
        assert body.anatomy is not None
        self.frames, self.body = frames, body
        model = body.model
        self.data = mujoco.MjData(model)
        self.rows = body.rows(LUMBAR + HIPS)
        self.slides = body.rows(tuple(f"{level}_{axis}" for level in body.levels for axis in "xyz"))
        line, dof, places = tendon_entries(model)
        place_of = np.full(model.nv, -1)
        place_of[np.concatenate([self.rows, self.slides])] = np.arange(len(self.rows) + len(self.slides))
        wanted = place_of[dof] >= 0
        self.places = places[wanted]
        self.entries = (place_of[dof[wanted]], line[wanted])
        f, p = body.fibres, body.anatomy.parameters
        self.optimal = (1.0 - frames.effort.tight) * f.optimal_fibre
        self.width = f.optimal_fibre * np.sin(f.pennation)
        self.strength = f.max_force * (1.0 - frames.effort.weak)
        self.raises = np.flatnonzero(f.pressure)
        area = p["abdominal_pressure_area"] * (body.height / p["reference_height"]) ** 2
        self.pressure = area * f.pressure[self.raises]
        self.pressure_line = model.tendon(PRESSURE_LINE).id
        self.ligaments = LigamentLaw.of(body.anatomy.ligaments)
        weight = fascicle_weights(frames.effort.weights, f.volume / f.optimal_fibre, f.optimal_fibre)
        self.scale = 1.0 / np.sqrt(2.0 * weight)  # with y = x / scale the cost is y'y / 2
        self.lower = np.minimum(frames.effort.floor, frames.effort.cap) / self.scale
        self.upper = frames.effort.cap / self.scale
        discs = [body.anatomy.disc(level) for level in body.levels]
        self.below = np.array([body.bodies[d.lower] for d in discs])
        self.above = np.array([body.bodies[d.upper] for d in discs])
        self.below_turn = np.stack([_about_z(d.lower_endplate_tilt) for d in discs])
        self.above_turn = np.stack([_about_z(d.upper_endplate_tilt) for d in discs])

    def run(self, keep: int = 0) -> RivalRun:
        """Work through all frames, keeping the sharing problems of the first few."""
        import daqp

        frames, body, data, model = self.frames, self.body, self.data, self.body.model
        count, m, levels = len(frames.positions), body.muscle_count, len(body.levels)
        own = len(self.rows)
        capsule = capsule_forces(body, frames.positions)[:, self.rows]
        angles = level_angles(body, frames.positions)
        assert frames.velocities is not None and frames.accelerations is not None
        compressions, activation = np.empty((count, levels)), np.empty((count, m))
        solved = np.ones(count, bool)
        seconds = dict.fromkeys(("mj_inverse", "DAQP", "the rest"), 0.0)
        passes = 0
        sense = np.concatenate([np.zeros(m), np.full(own, EQUALITY)]).astype(np.int32)
        flat, bent = np.eye(m), np.zeros(m)
        arms = np.zeros((own + len(self.slides), model.ntendon))
        kept = np.empty((keep, own, m)), np.empty((keep, own))
        solver = None
        clock = time.process_time
        begun = clock()
        for i in range(count):
            at = clock()
            data.qpos[:], data.qvel[:], data.qacc[:] = (
                frames.positions[i],
                frames.velocities[i],
                frames.accelerations[i],
            )
            mujoco.mj_inverse(model, data)
            seconds["mj_inverse"] += clock() - at
            arms[self.entries] = -data.ten_J[self.places]
            active, passive = self._can(data.ten_length[:m], data.ten_velocity[:m])
            pull = self.ligaments.tension(data.ten_length[m : m + len(body.ligament_names)], body.ligament_length)
            muscle = arms[:, :m].copy()
            muscle[:, self.raises] -= arms[:, self.pressure_line, None] * self.pressure
            given = np.zeros(model.nv)
            for a in frames.applied:
                moment = np.zeros(3) if a.moment is None else a.moment[i]
                mujoco.mj_applyFT(model, data, a.force[i], moment, a.point[i], body.bodies[a.body], given)
            wanted = (data.qfrc_inverse - given)[np.concatenate([self.rows, self.slides])]
            wanted -= muscle @ passive + arms[:, m : m + len(pull)] @ pull
            wanted[:own] -= capsule[i]
            axes = self._disc_axes()
            slides = np.einsum("kax,kxd->kad", data.xaxis[self.slides].reshape(levels, 3, 3), axes)
            rows = muscle[:own] * (active * self.scale)
            if i % BLOCK == 0:
                ahead = np.full(levels, PRELOAD_SHARE * body.weight)
            else:
                ahead = compressions[i - 1] * 1.0
                if i % BLOCK > 1:
                    ahead += compressions[i - 1] - compressions[i - 2]
            compression, fresh = ahead, True
            for _ in range(PRELOAD_PASSES):
                demand = wanted[:own].copy()
                demand[: 3 * levels] -= body.discs.moment(angles[i], compression).ravel()
                low, high = np.concatenate([self.lower, demand]), np.concatenate([self.upper, demand])
                at = clock()
                if solver is None:
                    solver = daqp.Model()
                    solver.setup(flat, bent, rows, high, low, sense)
                elif fresh:
                    solver.update(A=rows, bupper=high, blower=low)
                else:
                    solver.update(bupper=high, blower=low)
                y, _, flag, _ = solver.solve()
                seconds["DAQP"] += clock() - at
                passes, fresh = passes + 1, False
                if flag <= 0:  # out of reach: an expert would add slack; we only count it, and begin anew
                    solved[i], solver, y = False, None, self.lower
                    break
                x = y * self.scale
                left = wanted[own:] - muscle[own:] @ (active * x)
                reached = np.einsum("kad,ka->kd", slides, left.reshape(levels, 3))[:, 1]
                change, compression = reached - compression, reached
                if np.abs(change).max() <= PRELOAD_TOLERANCE:
                    break
            compressions[i], activation[i] = compression, y * self.scale
            if i < keep:
                kept[0][i], kept[1][i] = muscle[:own] * active, demand
        seconds["the rest"] = clock() - begun - seconds["mj_inverse"] - seconds["DAQP"]
        return RivalRun(compressions, activation, solved, seconds, passes / count, *kept)

    def kinematics_seconds(self) -> float:
        """Return CPU seconds a frame of mj_inverse and of gathering the moment arms."""
        frames, data, model = self.frames, self.data, self.body.model
        assert frames.velocities is not None and frames.accelerations is not None
        arms = np.zeros((len(self.rows) + len(self.slides), model.ntendon))
        begun = time.process_time()
        for i in range(len(frames.positions)):
            data.qpos[:], data.qvel[:], data.qacc[:] = (
                frames.positions[i],
                frames.velocities[i],
                frames.accelerations[i],
            )
            mujoco.mj_inverse(model, data)
            arms[self.entries] = -data.ten_J[self.places]
        return (time.process_time() - begun) / len(frames.positions)

    def _can(self, length: np.ndarray, speed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Active and passive force (M,) as `curves.capability`, without its checks."""
        f = self.body.fibres
        along = np.maximum(length - f.tendon_slack, 0.0)
        fibre = np.hypot(along, self.width)
        cosine = along / fibre
        ratio = fibre / self.optimal
        pace = velocity(speed / (np.maximum(cosine, 1e-3) * FASTEST * self.optimal))
        return self.strength * active_length(ratio) * pace * cosine, f.max_force * passive_length(ratio) * cosine

    def _disc_axes(self) -> np.ndarray:
        """Axes (K, 3, 3) of the discs as `joints.disc_axes`, by quaternions' half angle for all levels at once."""
        frame = self.data.xmat.reshape(-1, 3, 3)
        lower, upper = frame[self.below] @ self.below_turn, frame[self.above] @ self.above_turn
        turn = np.swapaxes(lower, 1, 2) @ upper
        odd = turn - np.swapaxes(turn, 1, 2)
        twice = np.sqrt(1.0 + np.trace(turn, axis1=1, axis2=2))  # 2 w of the whole turn's quaternion
        whole = np.stack([odd[:, 2, 1], odd[:, 0, 2], odd[:, 1, 0]], axis=1) / (2.0 * twice[:, None])
        w = np.sqrt((1.0 + 0.5 * twice) / 2.0)
        v = whole / (2.0 * w[:, None])
        cross = np.zeros((len(w), 3, 3))
        cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -v[:, 2], v[:, 1], -v[:, 0]
        cross -= np.swapaxes(cross, 1, 2)
        return lower @ (np.eye(3) + 2.0 * w[:, None, None] * cross + 2.0 * cross @ cross)


def _about_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
