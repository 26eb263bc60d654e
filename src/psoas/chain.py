"""The waist: `run` takes cases through posing or fitting, balance and joint loads to results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from importlib import metadata, resources

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.body import Body
from psoas.body.coordinates import BALANCED, BEND_AXES, ROOT
from psoas.case.case import Case, cases_of
from psoas.case.quantities import show_fraction
from psoas.errors import PoseError
from psoas.frames import Frames, frames_of
from psoas.mechanics.along import balanced
from psoas.mechanics.causes import causes as split
from psoas.mechanics.equilibrium import Equilibrium
from psoas.mechanics.joints import pressure
from psoas.mechanics.kinetics import Kinetics
from psoas.mechanics.scene import scene_of
from psoas.mechanics.workers import Workers
from psoas.result import Contacts, Muscles, Result
from psoas.uncertainty import interval as between

UNMET_NM, UNMET_SHARE = 2.0, 0.05  # a joint is flagged above max(2 N m, 5 % of its demand) (D5)
RESIDUAL_WEIGHT, RESIDUAL_MOMENT = 0.15, 0.04  # of body weight, of body weight x height (D5)
LONGEST_FIBRE = 2.5  # of the optimal length; a passive curve means nothing beyond (assumed)
EDGE_S = 0.15  # at both ends of a recording
CARRIED_SHARE = 1e-3  # of body weight (N, and N m) at the root; more is a posture that no contact balances
JOINTS_OF_HIP = ("flexion", "adduction", "rotation")
UNSETTLED = "the lumbar levels did not settle how they share flexion"


def run(
    cases: Sequence[Case] | Case,
    *,
    moment_arms: bool = False,
    interval: bool = False,
    causes: bool = False,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Return the result of each case.

    Subject -> Anatomy; posture, pattern or recording -> frames of its body; frames -> demand -> muscle, contact and
    passive forces -> loads of each lumbar joint -> Result. moment_arms adds each fascicle's arms about hips and levels;
    interval adds low and high of every load over the published ranges of the inputs (`uncertainty.interval`);
    causes splits every load by what causes it (`mechanics.causes`);
    workers is the number of processes among which as many cases or more, else the blocks of each long motion, are
    shared out; the answers are the same to the last digit (a script needs `if __name__ == "__main__":` around them);
    progress is called with the frames done and all frames of the case at hand, or, where they are shared out, cases.
    Raises InputError, FileError or PoseError for what cannot be computed; a frame that is computed but not met is
    flagged in `Result.status`.
    """
    listed = cases_of(cases)
    one = partial(_one, moment_arms=moment_arms, interval=interval, causes=causes)
    with Workers(workers) as beside:
        if 1 < workers <= len(listed):
            return beside.all(one, listed, progress)
        return [one(case, workers=beside, progress=progress) for case in listed]


def _one(
    case: Case,
    *,
    moment_arms: bool,
    interval: bool,
    causes: bool,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    detail = {"moment_arms": moment_arms, "interval": interval, "causes": causes}
    return result_of(case, frames_of(case), **detail, workers=workers, progress=progress)


def result_of(
    case: Case,
    frames: Frames,
    *,
    moment_arms: bool = False,
    interval: bool = False,
    causes: bool = False,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Balance the frames of a case and return its result; raises PoseError where no contact can bear a posture."""
    kin, found = _balanced(frames, progress, whole=moment_arms or causes, workers=workers)
    _refuse_torn(frames, found)
    if not frames.recorded:
        _refuse_unbalanced(frames, found)
    scene = scene_of(frames.body, frames.positions, frames.contacts, frames.available)
    result = replace(_result(case, frames, kin, found, moment_arms), scene=scene)
    if causes:
        result = replace(result, causes=_causes(case, frames, kin, found))
    if not interval:
        return result
    return replace(result, interval=between(frames, partial(loads_of, workers=workers)))


def _causes(case: Case, frames: Frames, kin: Kinetics, found: Equilibrium) -> dict[str, dict[str, np.ndarray]]:
    ground = len(frames.applied) - len(case.surroundings.forces)
    known = {"ground forces": frames.applied[:ground], "given forces": frames.applied[ground:]}
    return split(frames.body, kin, found, frames.contacts, known, frames.velocities, frames.accelerations)


def loads_of(frames: Frames, *, workers: Workers | None = None) -> dict[str, np.ndarray]:
    """Return the loads of every level (6, F), by the names of the result, and nothing else."""
    return _loads(frames, _balanced(frames, workers=workers)[1])


def _balanced(
    frames: Frames,
    progress: Callable[[int, int], None] | None = None,
    *,
    whole: bool = False,
    workers: Workers | None = None,
) -> tuple[Kinetics, Equilibrium]:
    return balanced(
        frames.body,
        frames.positions,
        frames.velocities,
        frames.accelerations,
        frames.effort,
        frames.contacts,
        frames.applied,
        root_carried=not frames.measured,
        available=frames.available,
        whole=whole,
        workers=workers,
        progress=progress,
    )


def _loads(frames: Frames, found: Equilibrium) -> dict[str, np.ndarray]:
    assert frames.body.anatomy is not None
    return {
        "compression_n": found.loads.compression.T,
        "anterior_shear_n": found.loads.anterior_shear.T,
        "right_shear_n": found.loads.right_shear.T,
        "flexion_moment_nm": found.loads.flexion_moment.T,
        "pressure_mpa": pressure(frames.body.anatomy, found.loads.compression).T / 1e6,
    }


def _refuse_torn(frames: Frames, found: Equilibrium) -> None:
    """Raise PoseError where a tight fibre would be longer than living muscle can be."""
    longest = found.fibre_ratio.max(axis=0)
    worst = int(np.argmax(np.where(frames.effort.tight > 0.0, longest, 0.0)))
    if frames.effort.tight[worst] > 0.0 and longest[worst] > LONGEST_FIBRE:
        raise PoseError(
            f"{frames.body.fibres.names[worst]} is {show_fraction(frames.effort.tight[worst], 0)} tight: its fibres "
            f"would be stretched to {longest[worst]:.3g} times their optimal length here, and muscle tears before "
            f"{LONGEST_FIBRE:g}. Make it less tight, or choose a posture that stretches it less."
        )


def _refuse_unbalanced(frames: Frames, found: Equilibrium) -> None:
    left = np.abs(found.unmet[:, : len(ROOT)]).max(axis=0)
    if left.max() <= CARRIED_SHARE * frames.body.weight:
        return
    bearing = sorted({c.contact for c in frames.contacts}) or ["nothing"]
    force, moment = float(np.linalg.norm(left[:3])), float(np.linalg.norm(left[3:]))
    moves = frames.velocities is not None
    way_out = (
        "Give the movement more time, or let the trunk go less far."
        if moves
        else "Give it a seat, a backrest or a bed under [surroundings], or bring the trunk back over what bears it."
    )
    raise PoseError(
        f"No contact can balance this {'movement' if moves else 'posture'}: {', '.join(bearing)} cannot carry "
        f"{force:.0f} N and {moment:.0f} N m. {way_out}"
    )


def _result(case: Case, frames: Frames, kin: Kinetics, found: Equilibrium, moment_arms: bool) -> Result:
    body = frames.body
    anatomy = body.anatomy
    assert anatomy is not None
    m = body.muscle_count
    loads = _loads(frames, found)
    arms = None
    if moment_arms:
        rows = {"hip": "", **{level: f"{level}_flexion" for level in body.levels}}
        arms = {joint: 1e3 * _flexion_arms(body, kin, name)[:, :m].T for joint, name in rows.items()}
    names = tuple(dict.fromkeys([*(c.contact for c in frames.contacts), *(rest.name for rest in frames.rests)]))
    by_contact = np.zeros((len(names), len(kin), 3))
    for c, force in zip(frames.contacts, np.moveaxis(found.contact, 1, 0), strict=True):
        by_contact[names.index(c.contact)] += force
    for rest in frames.rests:
        by_contact[names.index(rest.name)] += rest.force.force
    residual = _residual(body, kin, found)
    unmet = _by_joint(body, -found.unmet)
    demand = _by_joint(body, -found.demand)
    return Result(
        case.to_dict(),
        frames.time_s,
        loads,
        Muscles(
            body.fibres.names,
            body.fibres.groups,
            tuple(n[-1] for n in body.fibres.names),
            found.activation.T,
            found.active.T,
            found.passive.T,
            kin.length[:, :m].T,
            arms,
        ),
        Contacts(names, by_contact),
        demand,
        unmet,
        {"force_n": residual[0], "moment_nm": residual[1]},
        _status(frames, found, demand, unmet, residual),
        tuple(sorted({*anatomy.sources, *frames.sources, "degroote2016"})),
        (*anatomy.notes, *frames.notes, *_assumptions(anatomy, frames, found)),
        model_hash(),
        metadata.version("psoas"),
    )


def _flexion_arms(body: Body, kin: Kinetics, name: str) -> np.ndarray:
    if name:
        return kin.arms[:, body.dof[name]]
    return kin.arms[:, body.dof["hip_flexion_r"]] + kin.arms[:, body.dof["hip_flexion_l"]]


def _by_joint(body: Body, rows: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Return (F, rows) as joint -> flexion, bend, twist; at the hips: flexion, adduction, internal rotation."""
    place = {name: i for i, name in enumerate(BALANCED)}
    table = {level: {axis: rows[:, place[f"{level}_{axis}"]] for axis in BEND_AXES} for level in body.levels}
    for side in "rl":
        table[f"hip_{side}"] = {
            axis: rows[:, place[f"hip_{joint}_{side}"]] for axis, joint in zip(BEND_AXES, JOINTS_OF_HIP, strict=True)
        }
    return table


def _residual(body: Body, kin: Kinetics, found: Equilibrium) -> np.ndarray:
    """Return the norms (2, F) of force [N] and moment about the pelvis' origin [N m] that nothing carries."""
    rows = body.rows(ROOT)
    axes = kin.axis[:, rows]
    left = found.unmet[:, : len(ROOT)]
    force = np.einsum("fk,fkx->fx", left[:, :3], axes[:, :3])
    # Hinge rows are a_k . M; the axes of the three hinges are not orthogonal, so solve for M.
    moment = np.linalg.solve(axes[:, 3:], left[:, 3:, None])[..., 0]
    return np.stack([np.linalg.norm(force, axis=1), np.linalg.norm(moment, axis=1)])


def _status(
    frames: Frames,
    found: Equilibrium,
    demand: dict[str, dict[str, np.ndarray]],
    unmet: dict[str, dict[str, np.ndarray]],
    residual: np.ndarray,
) -> tuple[str, ...]:
    body, time = frames.body, frames.time_s
    why = [""] * len(time)

    def flag(failed: np.ndarray, told: str, values: np.ndarray | None = None) -> None:
        for i in np.flatnonzero(failed).tolist():
            why[i] = why[i] or (told if values is None else told.format(values[i]))

    for joint in unmet:
        size, asked = (np.linalg.norm([x[joint][axis] for axis in BEND_AXES], axis=0) for x in (unmet, demand))
        flag(size > np.maximum(UNMET_NM, UNMET_SHARE * asked), f"{{:.0f}} N m unmet at {joint}", size)
    force, moment = residual[0] / body.weight, residual[1] / body.weight / body.height
    flag(force > RESIDUAL_WEIGHT, "residual force {:.0%} of body weight", force)
    flag(moment > RESIDUAL_MOMENT, "residual moment {:.1%} of body weight x height", moment)
    flag(~found.converged, "not solved")
    if frames.settled is not None:
        flag(~frames.settled, UNSETTLED)
    edge = frames.recorded & ((time - time[0] < EDGE_S) | (time[-1] - time < EDGE_S))
    return tuple("edge" if at else f"flagged: {told}" if told else "ok" for at, told in zip(edge, why, strict=True))


def _assumptions(anatomy: Anatomy, frames: Frames, found: Equilibrium) -> tuple[str, ...]:
    tone = float(frames.effort.floor.max(initial=0.0))
    notes = [
        f"every muscle is at least {tone:.1%} active (tone)",
        "the fibres of the psoas have their optimal length in standing; were they 15 % longer, a tight psoas "
        "would pull 3-4 times as much",
        f"disc pressure = compression / (disc area x {anatomy.parameters['pressure_factor']:g}), and means nothing "
        "below zero",
    ]
    peak = float(found.abdominal_pressure.max(initial=0.0))
    notes.append(
        f"abdominal pressure up to {peak / 1e3:.1f} kPa, from the pull of the abdominal wall (assumed cylinder)"
    )
    return tuple(notes)


@lru_cache(maxsize=1)
def model_hash() -> str:
    """Return a short hash over every shipped table: two results of one hash rest on the same figures."""
    digest = hashlib.sha256()
    for folder in ("anatomy/data", "motion/data", "mechanics/data"):
        for entry in sorted(resources.files("psoas").joinpath(folder).iterdir(), key=lambda e: e.name):
            if entry.name.endswith((".csv", ".toml")):
                digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()[:12]
