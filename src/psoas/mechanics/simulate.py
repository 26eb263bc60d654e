"""The body stepped in time: muscles with activation dynamics and reflexes on the body of the equilibrium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.body.capsule import capsule_forces
from psoas.body.passive import LigamentLaw
from psoas.errors import InputError
from psoas.mechanics.equilibrium import Effort, level_angles
from psoas.mechanics.held import LegsHeld
from psoas.mechanics.joints import JointLoads, joint_loads
from psoas.mechanics.kinetics import kinetics, tendon_entries
from psoas.mechanics.reflexes import pathways
from psoas.muscle.reflex import DelayLine, Fibre, FibreForces, Reflexes, activated, stretch_excitation

LEVEL_LIMIT = np.radians(25.0)  # beyond the ranges of the joints: the trunk has fallen
TILT_LIMIT = np.radians(45.0)  # of the pelvis from where it was
FASTEST_TURN = 1e4  # rad/s; no body turns so: the numbers have run away
LONGEST_STEP_S, MOST_STEPS = 5e-3, 1_000_000


@dataclass(frozen=True)
class Push:
    """A force of the world on a point of a body (3,) [m, body's frame]: force(t) (3,) [N, world]."""

    body: str
    point: np.ndarray
    force: Callable[[float], np.ndarray]


@dataclass(frozen=True)
class Scene:
    """What W worlds begin with and what happens to all of them.

    start (V,): a posture; preload (K,) [N]: compression that stiffens the discs, held; rest (W, M): activations that
    balance it; effort: as Effort, (M,) or (W, M); damping [N m s/rad]: of every lumbar hinge; command(t) (M,):
    excitation added from above; turned (N,) [rad]: free coordinates away from the start at time 0; pushes: forces
    beside gravity.
    """

    body: Body
    start: np.ndarray
    preload: np.ndarray
    rest: np.ndarray
    effort: Effort
    damping: float = 0.0
    command: Callable[[float], np.ndarray] | None = None
    turned: np.ndarray | None = None
    pushes: tuple[Push, ...] = ()


@dataclass(frozen=True)
class Simulation:
    """R recorded moments of W worlds.

    time_s (R,); positions, velocities, accelerations (R, W, V); activation, active [N], passive [N], length [m], ratio
    (R, W, M); generalised (R, W, V): what is left on each row for the joints; disc (R, W, K, 3) [N m]; fell_s (W,):
    when a trunk left the joints' ranges, NaN where it did not; from then on the moment before is repeated.
    """

    time_s: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray
    activation: np.ndarray
    active: np.ndarray
    passive: np.ndarray
    length: np.ndarray
    ratio: np.ndarray
    generalised: np.ndarray
    disc: np.ndarray
    fell_s: np.ndarray

    def loads(self, body: Body, world: int) -> JointLoads:
        """Return the joint loads of one world over the recorded moments (R, K), by the slide rows (D1)."""
        kin = kinetics(body, self.positions[:, world])
        return joint_loads(body, kin, self.generalised[:, world], self.disc[:, world, :, 0])


def simulate(
    scene: Scene, reflexes: Reflexes, duration_s: float, step_s: float = 1e-3, record_s: float = 1e-2
) -> Simulation:
    """Step the worlds of a scene through time.

    Held: slides, arms, neck and both legs (`LegsHeld`); free: pelvis tilt and 18 lumbar hinges u, with
    A M A' d2u/dt2 = A (R f + ligaments + capsules + discs + pushes - c - g - M drift) - damping du/dt. Excitation =
    rest + command + stretch reflex - reciprocal inhibition, from 0 to its cap. Leapfrog: rates live half a step before
    the angles, and forces are taken at the angles' time with the rate that the last acceleration foretells; damping D
    and short-range stiffness K, the stiffest parts, are taken in the middle of the step:
    (M + h/2 D + h^2/4 K) change of rate = h (f + D (foretold rate - rate)). Raises InputError for a step or duration
    that cannot be used, and where numbers run away.
    """
    for name, value in (("duration", duration_s), ("step", step_s), ("interval of recording", record_s)):
        if not 0.0 < value < np.inf:
            raise InputError(f"The {name} of a simulation is {value:g} s; give more than 0 s.")
    if step_s > LONGEST_STEP_S or duration_s / step_s > MOST_STEPS:
        raise InputError(
            f"A simulation of {duration_s:g} s in steps of {step_s:g} s cannot be made: a step is at most "
            f"{LONGEST_STEP_S:g} s, and there are at most {MOST_STEPS} of them."
        )
    steps, every = round(duration_s / step_s), max(round(record_s / step_s), 1)
    worlds = _Worlds(scene, reflexes, step_s)
    for i in range(steps + 1):
        worlds.evaluate(i * step_s)
        if i % every == 0:
            worlds.record(i * step_s)
        if i < steps:
            worlds.advance(i * step_s)
    kept = {name: np.stack([moment[name] for moment in worlds.log]) for name in worlds.log[0]}
    return Simulation(time_s=np.array(worlds.times), fell_s=worlds.fell, **kept)


class _Worlds:
    """W worlds at one moment: angles u, rates (W, N), activations, signals on their way, and the record so far."""

    def __init__(self, scene: Scene, reflexes: Reflexes, step: float):
        body = scene.body
        assert body.anatomy is not None
        self.scene, self.reflexes, self.step, self.body = scene, reflexes, step, body
        self.count, self.muscles = scene.rest.shape
        f, effort = body.fibres, scene.effort
        self.fibre = Fibre.of(f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation, effort.tight, effort.weak)
        self.law, self.paths = LigamentLaw.of(body.anatomy.ligaments), pathways(body)
        self.held = LegsHeld(body, scene.start)
        self.data = [mujoco.MjData(body.model) for _ in range(self.count)]
        self.line, self.dof, self.entries = tendon_entries(body.model)
        # (free coordinate, coordinate, its lines, their places among the entries): which pulls move what.
        self.pulls = [(n, d, self.line[self.dof == d], np.flatnonzero(self.dof == d)) for n, d in self.held.moving()]
        p = body.anatomy.parameters
        self.area = p["abdominal_pressure_area"] * (body.height / p["reference_height"]) ** 2
        self.rest_ratio = self.fibre.ratio(kinetics(body, scene.start[None]).length[:, : self.muscles])
        self.u = np.tile(self.held.start, (self.count, 1)) + (0.0 if scene.turned is None else scene.turned)
        # Rates of half a step ago and the last acceleration; at the start both are of the rest before.
        self.rate, self.last, self.activation = np.zeros_like(self.u), np.zeros_like(self.u), scene.rest.copy()
        self.begun = False
        self.stretch = DelayLine(np.zeros_like(scene.rest), reflexes.stretch_delay_s, step)
        self.rise = DelayLine(np.zeros((self.count, 2)), reflexes.inhibition_delay_s, step)
        self.fell = np.full(self.count, np.nan)
        self.log: list[dict[str, np.ndarray]] = []
        self.times: list[float] = []

    def evaluate(self, time_s: float) -> None:
        """Evaluate what acts at the present angles, rates and activations, on the body and on what is free of it."""
        body, model, w = self.body, self.body.model, self.count
        self.foretold = self.rate + 0.5 * self.step * self.last
        self.weights, drift = self.held.map(self.u), self.held.drift(self.u, self.foretold)
        q, v = self.held.positions(self.u), (self.foretold[:, None, :] @ self.weights)[:, 0]
        tau, outside = np.zeros((w, model.nv)), np.zeros((w, model.nv))
        inertia, pulls = np.zeros((w, model.nv, model.nv)), np.zeros((w, len(self.entries)))
        length, speed = np.zeros((w, model.ntendon)), np.zeros((w, model.ntendon))
        for i, data in enumerate(self.data):
            data.qpos[:], data.qvel[:], data.qacc[:] = q[i], v[i], drift[i]
            mujoco.mj_inverse(model, data)
            mujoco.mj_fullM(model, data, inertia[i])
            tau[i], length[i], speed[i] = data.qfrc_inverse, data.ten_length, data.ten_velocity
            pulls[i] = -data.ten_J[self.entries]
            for push in self.scene.pushes:
                outside[i] += self._pushed(data, push, time_s)
        m = self.muscles
        self.fibres = self.fibre.forces(length[:, :m], speed[:, :m], self.activation, self.rest_ratio, self.reflexes)
        tension, disc = self._tension(length, self.fibres), body.discs.moment(level_angles(body, q), self.scene.preload)
        outside += capsule_forces(body, q)
        outside[:, self.held.lumbar] += disc.reshape(w, -1) - self.scene.damping * self.foretold[:, 1:]
        arms = np.zeros((w, len(self.held.start), model.ntendon))
        for n, d, lines, places in self.pulls:
            arms[:, n, lines] += self.weights[:, n, d, None] * pulls[:, places]
        self.columns = inertia @ np.swapaxes(self.weights, 1, 2)
        self.mass = self.weights @ self.columns
        self.force = (arms @ tension[..., None] + self.weights @ (outside - tau)[..., None])[..., 0]
        self.arms, self.moment = arms[:, :, :m], (q, v, drift, length[:, :m], tau, outside, pulls, tension, disc)

    def _bias(self, rate: np.ndarray) -> np.ndarray:
        """Return what gravity and moving at other rates (W, N) ask of every row (W, V), the places as they are."""
        v, drift = (rate[:, None, :] @ self.weights)[:, 0], self.held.drift(self.u, rate)
        bias = np.zeros_like(v)
        for i, data in enumerate(self.data):
            data.qvel[:], data.qacc[:] = v[i], drift[i]
            mujoco.mj_comVel(self.body.model, data)
            mujoco.mj_rne(self.body.model, data, 1, bias[i])
        return bias

    def _tension(self, length: np.ndarray, fibres: FibreForces) -> np.ndarray:
        """Return the tension (W, T) [N] of all lines; the abdominal pressure's pushes."""
        body, m = self.body, self.muscles
        tension = np.zeros_like(length)
        tension[:, :m] = fibres.active + fibres.passive
        ligaments = slice(m, m + len(body.ligament_names))
        tension[:, ligaments] = self.law.tension(length[:, ligaments], body.ligament_length)
        pressure = tension[:, :m] @ body.fibres.pressure
        tension[:, body.model.tendon(PRESSURE_LINE).id] = -self.area * pressure
        return tension

    def _pushed(self, data: mujoco.MjData, push: Push, time_s: float) -> np.ndarray:
        """Return J' f (V,) of one push."""
        i = self.body.bodies[push.body]
        place = data.xpos[i] + data.xmat[i].reshape(3, 3) @ push.point
        jacobian = np.zeros((3, self.body.model.nv))
        mujoco.mj_jac(self.body.model, data, jacobian, None, place, i)
        return np.asarray(push.force(time_s) @ jacobian)

    def record(self, time_s: float) -> None:
        """Keep the present moment, with what is left on every row of the body."""
        q, v, drift, length, tau, outside, pulls, tension, disc = self.moment
        turning = np.linalg.solve(self.mass, self.force[..., None])
        if self.begun:
            rate = (self.rate + 0.5 * self.step * turning[..., 0])[:, None, :]
            v = (rate @ self.weights)[:, 0]
        acceleration = drift + (np.swapaxes(self.weights, 1, 2) @ turning)[..., 0]
        arms = np.zeros((*tau.shape, tension.shape[1]))
        arms[:, self.dof, self.line] = pulls
        left = tau + (self.columns @ turning - arms @ tension[..., None])[..., 0] - outside
        f = self.fibres
        kept = {
            "positions": q,
            "velocities": v,
            "accelerations": acceleration,
            "activation": self.activation,
            "active": f.active,
            "passive": f.passive,
            "length": length,
            "ratio": f.ratio,
            "generalised": left,
            "disc": disc,
        }
        if self.log:
            gone, before = ~np.isnan(self.fell), self.log[-1]
            for name, now in kept.items():
                kept[name] = np.where(gone.reshape(-1, *(1,) * (now.ndim - 1)), before[name], now)
        self.log.append(kept)
        self.times.append(time_s)

    def advance(self, time_s: float) -> None:
        """Go one step on: excitations from what arrives now, then rates, angles and activations."""
        scene, f, h = self.scene, self.fibres, self.step
        stretch = self.stretch.sent(stretch_excitation(f.ratio - self.rest_ratio, f.speed, self.reflexes))
        rise = self.rise.sent(self.paths.rise(self.activation, scene.rest))
        excitation = scene.rest + stretch - self.paths.inhibition(rise, self.reflexes)
        if scene.command is not None:
            excitation = excitation + scene.command(time_s)
        across = np.swapaxes(self.arms, 1, 2)
        damping = (self.arms * f.damping[:, None, :]) @ across
        damping[:, 1:, 1:] += scene.damping * np.eye(self.u.shape[1] - 1)
        stiffness = (self.arms * f.stiffness[:, None, :]) @ across
        if not self.begun:
            self.rate = self.foretold - 0.5 * h * np.linalg.solve(self.mass, self.force[..., None])[..., 0]
            self.begun = True
        inert = self.mass + 0.5 * h * damping + 0.25 * h * h * stiffness
        push = self.force[..., None] + damping @ (self.foretold - self.rate)[..., None]
        change = np.linalg.solve(inert, h * push)[..., 0]
        push -= self.weights @ (self._bias(self.rate + 0.5 * change) - self.moment[4])[..., None]
        change = np.linalg.solve(inert, h * push)[..., 0]
        going = np.isnan(self.fell)[:, None]
        self.rate = np.where(going, self.rate + change, 0.0)
        self.last = np.where(going, change / h, 0.0)
        if not np.abs(self.rate).max(initial=0.0) < FASTEST_TURN:
            raise InputError(
                f"The simulation ran away at {time_s:.3f} s: its step of {h:g} s is too long. Take a shorter one."
            )
        self.u = self.u + h * self.rate
        after = activated(self.activation, np.clip(excitation, 0.0, scene.effort.cap), h, self.reflexes)
        self.activation = np.where(going, after, self.activation)
        beyond = np.abs(self.u[:, 1:]).max(axis=1) > LEVEL_LIMIT
        beyond |= np.abs(self.u[:, 0] - self.held.start[0]) > TILT_LIMIT
        self.fell = np.where(going[:, 0] & beyond, time_s + h, self.fell)
