"""The scenes in which reflexes act: stood and stepped in time, or sat down along a given movement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.coordinates import BEND_AXES, LUMBAR
from psoas.case.case import Case
from psoas.chain import result_of
from psoas.frames import Frames
from psoas.mechanics.columns import line_forces
from psoas.mechanics.equilibrium import Effort, equilibrium
from psoas.mechanics.joints import JointLoads, joint_loads, pressure
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.reflexes import pathways
from psoas.mechanics.simulate import Push, Scene, Simulation, simulate
from psoas.muscle.reflex import DelayLine, Pathways, Reflexes, activated, excitation_for
from psoas.result import Contacts, Muscles, Result

STEP_S = 2e-3
RECORD_S = 1e-2
SEATED_STEP_S = 1e-3
UNMET_NM, UNMET_SHARE = 2.0, 0.05  # as where the chain flags a frame


@dataclass(frozen=True, eq=False)
class Gains:
    """Gains of W worlds (W,), see Reflexes."""

    extensors: np.ndarray
    hips: np.ndarray
    stretch_length: np.ndarray
    stretch_velocity: np.ndarray

    def of(self, reflexes: Reflexes) -> Reflexes:
        """Return the reflexes with these gains, one world per row."""
        return replace(
            reflexes,
            inhibition_extensors=self.extensors[:, None],
            inhibition_hips=self.hips[:, None],
            stretch_length=self.stretch_length[:, None],
            stretch_velocity=self.stretch_velocity[:, None],
        )


@dataclass(frozen=True, eq=False)
class Played:
    """Results of the W named worlds, and compression (D, 6, F) [N] at the D corners of the ranges of the gains.

    lumbar_deg, tilt_deg (W, F): lumbar flexion and pelvis tilt; fell_s (D,): when a trunk at a corner fell, else NaN.
    """

    results: tuple[Result, ...]
    corners: np.ndarray
    lumbar_deg: np.ndarray
    tilt_deg: np.ndarray
    fell_s: np.ndarray


def stood(
    frames: Frames,
    cases: list[Case],
    efforts: list[Effort],
    gains: Gains,
    reflexes: Reflexes,
    damping: float,
    duration_s: float,
    *,
    command: Callable[[float], np.ndarray] | None = None,
    turned: np.ndarray | None = None,
    released_s: float | None = None,
) -> Played:
    """Step a standing person through time, one world per row of the gains.

    cases: of the named worlds; efforts: of all; those not named are the corners. Feed-forward are the activations that
    balance the posture. command, turned: see Scene. released_s: when forces from outside let go.
    """
    body = frames.body
    base = {id(e): _balance(frames, e) for e in efforts}
    rest = np.concatenate([base[id(e)][1] for e in efforts])
    scene = Scene(
        body,
        frames.positions[0],
        np.concatenate([base[id(e)][0] for e in efforts]),
        rest,
        _stacked(efforts),
        damping,
        command,
        turned,
        _pushes(frames, released_s),
    )
    found = simulate(scene, gains.of(reflexes), duration_s, STEP_S, RECORD_S)
    loads = [found.loads(body, w) for w in range(len(efforts))]
    still = result_of(cases[0], frames)
    named = range(len(cases))
    return Played(
        tuple(_result(still, cases[w], body, found, loads[w], w) for w in named),
        np.array([x.compression.T for x in loads[len(cases) :]]),
        np.degrees(found.positions[:, : len(cases), body.rows(_flexions(body))].sum(axis=2)).T,
        np.degrees(found.positions[:, : len(cases), body.dof["pelvis_tilt"]]).T,
        found.fell_s[len(cases) :],
    )


def _flexions(body: Body) -> tuple[str, ...]:
    return tuple(f"{level}_flexion" for level in body.levels)


def _balance(frames: Frames, effort: Effort) -> tuple[np.ndarray, np.ndarray]:
    """Return the compression that stiffens the discs (1, K) and the activations that balance the posture with it."""
    kin = kinetics(frames.body, frames.positions)
    first = equilibrium(frames.body, kin, effort, frames.contacts, frames.applied)
    preload = first.loads.compression
    held = equilibrium(frames.body, kin, effort, frames.contacts, frames.applied, preload=preload)
    return preload, held.activation


def _stacked(efforts: list[Effort]) -> Effort:
    def stacked(name: str) -> np.ndarray:
        return np.stack([getattr(e, name) for e in efforts])

    first = efforts[0]
    floor, cap, tight, weak = (stacked(n) for n in ("floor", "cap", "tight", "weak"))
    return Effort(floor, cap, tight, weak, first.criterion, first.weights)


def _pushes(frames: Frames, released_s: float | None) -> tuple[Push, ...]:
    """Return the frames' known forces, which act on the centres of their segments until they let go."""
    anatomy = frames.body.anatomy
    assert anatomy is not None
    pushes = []
    for a in frames.applied:

        def force(t: float, given: np.ndarray = a.force[0]) -> np.ndarray:
            return given if released_s is None or t < released_s else np.zeros(3)

        pushes.append(Push(a.body, np.array(anatomy.segment(a.body).centre), force))
    return tuple(pushes)


def _result(still: Result, case: Case, body: Body, found: Simulation, loads: JointLoads, w: int) -> Result:
    kin = kinetics(body, found.positions[:, w])
    asked = np.einsum("fvm,fm->fv", line_forces(body, kin)[0], found.active[:, w])
    demand = {
        joint: {axis: asked[:, body.dof[name]] for axis, name in axes.items()} for joint, axes in _joints(body).items()
    }
    frames = len(found.time_s)
    fell = found.fell_s[w]
    status = ["ok" if not t >= fell else f"flagged: the trunk fell at {fell:.2f} s" for t in found.time_s]
    nothing = {joint: {axis: np.zeros(frames) for axis in axes} for joint, axes in demand.items()}
    return replace(
        still,
        case=case.to_dict(),
        time_s=found.time_s,
        loads=_loads(body, loads),
        muscles=_muscles(still, found.activation[:, w], found.active[:, w], found.passive[:, w], found.length[:, w]),
        contacts=Contacts((), np.zeros((0, frames, 3))),
        demand_nm=demand,
        unmet_nm=nothing,
        residual={"force_n": np.zeros(frames), "moment_nm": np.zeros(frames)},
        status=tuple(status),
        causes=None,
        notes=(
            *still.notes,
            "both legs are held, arms and neck are stiff; what the ground must supply is not computed",
            "the demand is the moment of the muscles' active force",
            "the discs keep the stiffness of the load at the start, and the short-range stiffness of a muscle counts "
            "from its length there",
            "the person corrects nothing but by stretch reflex: no balance, no sight, no decision",
        ),
    )


def _joints(body: Body) -> dict[str, dict[str, str]]:
    table = {level: {axis: f"{level}_{axis}" for axis in BEND_AXES} for level in body.levels}
    for s in "rl":
        table[f"hip_{s}"] = dict(
            zip(BEND_AXES, (f"hip_{n}_{s}" for n in ("flexion", "adduction", "rotation")), strict=True)
        )
    return table


def _loads(body: Body, loads: JointLoads) -> dict[str, np.ndarray]:
    assert body.anatomy is not None
    return {
        "compression_n": loads.compression.T,
        "anterior_shear_n": loads.anterior_shear.T,
        "right_shear_n": loads.right_shear.T,
        "flexion_moment_nm": loads.flexion_moment.T,
        "pressure_mpa": pressure(body.anatomy, loads.compression).T / 1e6,
    }


def _muscles(
    still: Result, activation: np.ndarray, active: np.ndarray, passive: np.ndarray, length: np.ndarray
) -> Muscles:
    m = still.muscles
    return Muscles(m.names, m.groups, m.sides, activation.T, active.T, passive.T, length.T)


def sat_down(frames: Frames, cases: list[Case], efforts: list[Effort], gains: Gains, reflexes: Reflexes) -> Played:
    """Let activations and reciprocal inhibition run along a movement that is given.

    The sharing of every frame is the feed-forward: the excitation that would make each activation follow it. The
    stretch reflex is silent, for the lengths are those that are meant. What inhibition takes, no other muscle
    replaces: the movement is given, and the moment then left over at each level is told as unmet.
    """
    body = frames.body
    kin = kinetics(body, frames.positions, frames.velocities, frames.accelerations)
    arms = line_forces(body, kin)[0]
    shared: dict[int, Result] = {}
    results, corners = [], []
    paths = pathways(body)
    for w, effort in enumerate(efforts):
        mine = replace(frames, effort=effort)
        key = id(effort)
        if key not in shared:
            shared[key] = result_of(cases[min(w, len(cases) - 1)], mine)
        base = shared[key]
        row = Gains(*(getattr(gains, n)[w : w + 1] for n in gains.__dataclass_fields__)).of(reflexes)
        activation = _along(base.muscles.activation.T, frames.time_s, effort.cap, row, paths)
        before = base.muscles.activation.T
        reach = np.divide(base.muscles.active_n.T, before, out=np.zeros_like(before), where=before > 1e-9)
        active = activation * reach
        less = np.einsum("fvm,fm->fv", arms, active - base.muscles.active_n.T)
        change = joint_loads(body, kin, -less, np.zeros((len(kin), len(body.levels))))
        loads = dict(base.loads)
        for name in ("compression", "anterior_shear", "right_shear"):
            loads[f"{name}_n"] = base.loads[f"{name}_n"] + getattr(change, name).T
        assert body.anatomy is not None
        loads["pressure_mpa"] = pressure(body.anatomy, loads["compression_n"].T).T / 1e6
        if w >= len(cases):
            corners.append(loads["compression_n"])
            continue
        unmet = {
            joint: {axis: base.unmet_nm[joint][axis] + less[:, body.dof[name]] for axis, name in axes.items()}
            for joint, axes in _joints(body).items()
        }
        muscles = _muscles(base, activation, active, base.muscles.passive_n.T, base.muscles.length_m.T)
        status = _missing(base, unmet)
        made = replace(base, case=cases[w].to_dict(), loads=loads, muscles=muscles, unmet_nm=unmet, status=status)
        results.append(replace(made, causes=None))
    count = len(cases)
    lumbar = np.degrees(frames.positions[:, body.rows(_flexions(body))].sum(axis=1))
    tilt = np.degrees(frames.positions[:, body.dof["pelvis_tilt"]])
    return Played(
        tuple(results),
        np.array(corners),
        np.tile(lumbar, (count, 1)),
        np.tile(tilt, (count, 1)),
        np.full(len(corners), np.nan),
    )


def _along(wanted: np.ndarray, time_s: np.ndarray, cap: np.ndarray, reflexes: Reflexes, paths: Pathways) -> np.ndarray:
    """Return the activation (F, M) that follows the wanted one (F, M) less what inhibition takes."""
    count = round((time_s[-1] - time_s[0]) / SEATED_STEP_S)
    grid = time_s[0] + SEATED_STEP_S * np.arange(count + 1)
    fine = np.stack([np.interp(grid, time_s, column) for column in wanted.T], axis=1)
    forward = excitation_for(fine, SEATED_STEP_S, reflexes)
    line = DelayLine(np.zeros((1, 2)), reflexes.inhibition_delay_s, SEATED_STEP_S)
    activation = np.zeros_like(fine)
    now = activation[0] = fine[0]
    for i in range(count):
        taken = paths.inhibition(line.sent(paths.rise(now[None], fine[0])), reflexes)[0]
        now = activation[i + 1] = activated(now, np.clip(forward[i] - taken, 0.0, cap), SEATED_STEP_S, reflexes)
    return np.stack([np.interp(time_s, grid, column) for column in activation.T], axis=1)


def _missing(base: Result, unmet: dict[str, dict[str, np.ndarray]]) -> tuple[str, ...]:
    status = list(base.status)
    for i in range(base.frames):
        for joint, axes in unmet.items():
            size = float(np.linalg.norm([axes[a][i] for a in BEND_AXES]))
            asked = float(np.linalg.norm([base.demand_nm[joint][a][i] for a in BEND_AXES]))
            if status[i] == "ok" and size > max(UNMET_NM, UNMET_SHARE * asked):
                status[i] = f"flagged: {size:.0f} N m left over at {joint}"
    return tuple(status)


def leaning(body: Body, angle: float) -> np.ndarray:
    """Return free coordinates (N,) [rad] of a trunk that leans forward by `angle`, shared by the lumbar rhythm."""
    assert body.anatomy is not None
    turned = np.zeros(1 + len(LUMBAR))
    turned[1 :: len(BEND_AXES)] = [d.flexion_share * angle for d in body.anatomy.discs]
    return turned
