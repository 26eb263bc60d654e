"""Lines of pull of many frames at once: straight paths from the places of their sites, wrapped ones from MuJoCo.

MuJoCo's tendon stage takes five sixths of an inverse dynamics of this body, because it forms each segment's Jacobian
over every ancestor of both its ends. A straight segment needs less: with u its direction and p any point of it, the
wrench (u, p x u) and which joints it crosses (`pulls`). Places, axes and paths are all read from the compiled model,
so there is one body only.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field
from itertools import pairwise
from weakref import WeakKeyDictionary

import mujoco
import numpy as np

from psoas.mechanics.crossings import Joints, Reading, read

ALIKE = 0.5  # part of the most lines across one joint that another must have to be worked out beside it


@dataclass(frozen=True)
class Lines:
    """Where the T tendons of a model run: S segments of straight ones between bodies, and entries of ten_J for others.

    start, end (S,): sites; running, first: straight lines with such segments, and the first of each; fixed (T,) [m]:
    the length of a line's segments that lie on one body. segment, line (N,): of every crossing of a joint, the segment
    directed towards the far side, as it runs or, after all those, `reversed`; -1 is the line of an empty place. joints:
    whose these are; by_line (C, T): the crossings of each line, N where it has no more.
    wrapped (W,): lines left to MuJoCo: entries, entry_line, entry_dof: places in ten_J, among the W, and in V.
    """

    count: int
    start: np.ndarray
    end: np.ndarray
    running: np.ndarray
    first: np.ndarray
    fixed: np.ndarray
    straight: np.ndarray
    wrapped: np.ndarray
    reversed: np.ndarray
    segment: np.ndarray
    line: np.ndarray
    joints: tuple[Joints, ...]
    by_line: np.ndarray
    slide: np.ndarray
    entries: np.ndarray
    entry_line: np.ndarray
    entry_dof: np.ndarray
    known: dict[bytes, Reading] = field(default_factory=dict)

    @staticmethod
    def of(model: mujoco.MjModel) -> Lines:
        """Read the paths of a compiled model."""
        site = int(mujoco.mjtWrap.mjWRAP_SITE)
        paths: dict[int, np.ndarray] = {}
        for i in range(model.ntendon):
            path = slice(model.tendon_adr[i], model.tendon_adr[i] + model.tendon_num[i])
            if (model.wrap_type[path] == site).all():
                paths[i] = model.wrap_objid[path]
        beyond = _beyond(model)
        # A line that runs back across a joint has two wrenches there; it is left to MuJoCo.
        for i, sites in list(paths.items()):
            on = model.site_bodyid[sites]
            if (np.count_nonzero(beyond[:, on[1:]] != beyond[:, on[:-1]], axis=1) > 1).any():
                del paths[i]
        fixed = np.zeros(model.ntendon)
        segments: list[tuple[int, int, int]] = []
        for i, sites in paths.items():
            for a, b in pairwise(sites):
                if model.site_bodyid[a] == model.site_bodyid[b]:
                    fixed[i] += np.linalg.norm(model.site_pos[b] - model.site_pos[a])
                else:
                    segments.append((a, b, i))
        start, end, line_of = np.array(segments, dtype=np.int64).reshape(-1, 3).T
        ends = np.array([start, end])
        running, first = np.unique(line_of, return_index=True)
        joints, segment = _crossings(model, beyond, ends)
        count = ends.shape[1]
        # Each segment once as it runs and, where a joint needs that, once reversed; after them one that pulls nothing.
        reverse = np.unique(segment[(segment >= count) & (segment < 2 * count)])
        place = np.concatenate([np.arange(count), np.full(count, -1), [count + len(reverse)]])
        place[reverse] = count + np.arange(len(reverse))
        line = np.append(np.tile(line_of, 2), -1)[segment] if count else segment
        every = [np.flatnonzero(line == i) for i in range(model.ntendon)]
        most = max(map(len, every), default=0)
        by_line = np.array([np.append(at, np.full(most - len(at), len(line))) for at in every], dtype=np.int64)
        straight = np.array(list(paths), dtype=np.int64)
        wrapped = np.setdiff1d(np.arange(model.ntendon), straight)
        stored, dof, places = tendon_entries(model)
        kept = np.isin(stored, wrapped)
        return Lines(
            model.ntendon,
            start,
            end,
            running,
            first,
            fixed,
            straight,
            wrapped,
            reverse - count,
            place[segment],
            line,
            joints,
            np.ascontiguousarray(by_line.T),
            model.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE,
            places[kept],
            np.searchsorted(wrapped, stored[kept]),
            dof[kept],
        )

    def reading(self, rows: np.ndarray, sets: tuple[np.ndarray, ...]) -> Reading:
        """Return where the arms of coordinates (K,) about sets of lines come from, worked out at the first call."""
        asked = b"|".join(np.asarray(x, dtype=np.int64).tobytes() for x in (rows, *sets))
        if asked not in self.known:
            self.known[asked] = read(self.joints, self.line, self.wrapped, self.count, rows, sets)
        return self.known[asked]

    def screws(self, axis: np.ndarray, anchor: np.ndarray) -> np.ndarray:
        """Return the screws (F, V, 6) of axes and anchors (F, V, 3), see `Pulls`."""
        screws = np.empty((*axis.shape[:2], 6))
        # Components first: NumPy's steps along threes cost more than the arithmetic.
        a, c = (np.ascontiguousarray(np.moveaxis(x, -1, 0)) for x in (axis, anchor))
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            screws[..., k] = np.where(self.slide, -a[k], a[i] * c[j] - a[j] * c[i])
            screws[..., 3 + k] = np.where(self.slide, 0.0, -a[k])
        return screws

    def fill(self, sites: np.ndarray, across: np.ndarray, length: np.ndarray) -> None:
        """Write the wrenches across (F, 6, N) of the straight lines, and their length (F, T) [m].

        sites (F, 3, sites) [m]: places in the world.
        """
        length[:, self.straight] = self.fixed[self.straight]
        if not len(self.start):
            return
        count = len(self.start)
        at = np.take(sites, self.start, axis=2)
        along = np.take(sites, self.end, axis=2)
        along -= at
        size = np.sqrt(np.einsum("fks,fks->fs", along, along))
        length[:, self.running] += np.add.reduceat(size, self.first, axis=1)
        # Two sites in one place have no direction.
        along /= np.where(size > 0, size, 1.0)[:, None, :]
        pulls = np.empty((len(at), 6, count + len(self.reversed) + 1))
        pulls[:, :3, :count] = along
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            moment = pulls[:, 3 + k, :count]
            np.multiply(at[:, i], along[:, j], out=moment)
            moment -= at[:, j] * along[:, i]
        pulls[:, :, count:-1] = -pulls[:, :, self.reversed]
        pulls[:, :, -1] = 0.0
        np.take(pulls, self.segment, axis=2, out=across, mode="clip")


def tendon_entries(model: mujoco.MjModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (line, coordinate, place in data.ten_J) of every stored entry of the sparse tendon Jacobian."""
    count = model.ten_J_rownnz
    line = np.repeat(np.arange(model.ntendon), count)
    places = np.concatenate([np.arange(a, a + n) for a, n in zip(model.ten_J_rowadr, count, strict=True)] or [line])
    return line, model.ten_J_colind[places], places


def _beyond(model: mujoco.MjModel) -> np.ndarray:
    """Return (bodies, bodies) whether the second is the first or hangs on it; no row of a body without joints."""
    beyond = np.zeros((model.nbody, model.nbody), bool)
    for body in range(model.nbody):
        at = body
        while at > 0:
            beyond[at, body] = model.body_dofnum[at] > 0
            at = model.body_parentid[at]
    return beyond


def _crossings(model: mujoco.MjModel, beyond: np.ndarray, ends: np.ndarray) -> tuple[tuple[Joints, ...], np.ndarray]:
    """Return joints that lines cross, and the segment (N,) of every crossing of S segments from and to sites (2, S).

    S more than its number for one that is reversed to end on the far side, 2 S for an empty place. Bodies of equally
    many coordinates and not too different numbers of crossings stand together.
    """
    count = ends.shape[1]
    near, far = beyond[:, model.site_bodyid[ends[0]]], beyond[:, model.site_bodyid[ends[1]]]
    many = np.count_nonzero(near != far, axis=1)
    left = [int(b) for b in np.argsort(-many, kind="stable") if many[b]]
    joints, segments = [], [np.zeros(0, np.int64)]
    begin = 0
    while left:
        most, size = int(many[left[0]]), int(model.body_dofnum[left[0]])
        group = sorted(b for b in left if model.body_dofnum[b] == size and many[b] >= ALIKE * most)
        left = [b for b in left if b not in group]
        for body in group:
            on = np.flatnonzero(near[body] != far[body])
            directed = np.where(far[body, on], on, on + count)
            segments.append(np.append(directed, np.full(most - len(on), 2 * count)))
        dofs = np.array([np.arange(model.body_dofadr[b], model.body_dofadr[b] + size) for b in group])
        joints.append(Joints(dofs, slice(begin, begin + len(group) * most)))
        begin += len(group) * most
    return tuple(joints), np.concatenate(segments)


class Evaluator:
    """A copy of a model in which MuJoCo works out wrapped lines only, its data, and where the lines run.

    One per model and thread, see `evaluator`: both take longer to make than a frame to evaluate.
    """

    def __init__(self, model: mujoco.MjModel):
        self.lines = Lines.of(model)
        self.model = copy.copy(model)
        # A path of no points has no length and no Jacobian: MuJoCo passes it over.
        self.model.tendon_num[self.lines.straight] = 0
        self.data = mujoco.MjData(self.model)
        names = ("dof_armature", "dof_damping", "jnt_stiffness", "tendon_stiffness", "tendon_damping")
        acting = [getattr(model, name) for name in (*names, "tendon_armature", "body_gravcomp")]
        # What `mj_inverse` adds to the recursion; a body of ours has none of it.
        self.bare = not any(np.any(x) for x in acting) and not (model.opt.density or model.opt.viscosity)


_kept = threading.local()


def evaluator(model: mujoco.MjModel) -> Evaluator:
    """Return this thread's evaluator of a model, made at its first call; a compiled model is never changed."""
    if not hasattr(_kept, "of"):
        _kept.of = WeakKeyDictionary()
    known: WeakKeyDictionary[mujoco.MjModel, Evaluator] = _kept.of
    if model not in known:
        known[model] = Evaluator(model)
    return known[model]
