"""Lines of pull of many frames at once: straight paths from the places of their sites, wrapped ones from MuJoCo.

MuJoCo's tendon stage takes five sixths of an inverse dynamics of this body, because it forms each segment's Jacobian
over every ancestor of both its ends. A straight segment needs less: with u its direction, p any point of it and
m = p x u, the arm of one newton about a hinge (axis a through c) that it crosses is +-(a . m - (a x c) . u), and along
a slide +-a . u. Places, axes and paths are all read from the compiled model, so there is one body only.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import mujoco
import numpy as np


@dataclass(frozen=True)
class _Crossing:
    """Segments that pull across one body's joints: `sign` + where the segment ends on the far side.

    again: whether lines are among them that already crossed there, as one that runs back does.
    """

    dofs: slice
    segments: np.ndarray
    lines: np.ndarray
    sign: np.ndarray
    again: bool


@dataclass(frozen=True)
class Lines:
    """Where the tendons of a model run: S segments of straight ones, and entries of ten_J for the wrapped.

    start, end (S,): sites; first (N,): each straight line's first segment; straight (N,), crossings; entries,
    entry_line, entry_dof: places in ten_J of what MuJoCo is left to work out, for the wrapped lines.
    """

    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    straight: np.ndarray
    wrapped: np.ndarray
    crossings: tuple[_Crossing, ...]
    slide: np.ndarray
    entries: np.ndarray
    entry_line: np.ndarray
    entry_dof: np.ndarray

    @staticmethod
    def of(model: mujoco.MjModel) -> Lines:
        """Read the paths of a compiled model."""
        site = int(mujoco.mjtWrap.mjWRAP_SITE)
        start: list[int] = []
        end: list[int] = []
        line_of: list[int] = []
        first: list[int] = []
        wrapped: list[int] = []
        for i in range(model.ntendon):
            path = slice(model.tendon_adr[i], model.tendon_adr[i] + model.tendon_num[i])
            if (model.wrap_type[path] != site).any():
                wrapped.append(i)
                continue
            sites = model.wrap_objid[path]
            first.append(len(start))
            start += list(sites[:-1])
            end += list(sites[1:])
            line_of += [i] * (len(sites) - 1)
        straight = np.setdiff1d(np.arange(model.ntendon), wrapped)
        start_site, end_site, line = (np.array(x, dtype=np.int64) for x in (start, end, line_of))
        counts = model.ten_J_rownnz
        stored = np.repeat(np.arange(model.ntendon), counts)
        places = np.concatenate(
            [np.arange(a, a + n) for a, n in zip(model.ten_J_rowadr, counts, strict=True)] or [np.zeros(0, np.int64)]
        ).astype(np.int64)
        kept = np.isin(stored, wrapped)
        return Lines(
            start_site,
            end_site,
            np.array(first, dtype=np.int64),
            straight,
            np.array(wrapped, dtype=np.int64),
            _crossings(model, start_site, end_site, line),
            model.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE,
            places[kept],
            stored[kept],
            model.ten_J_colind[places[kept]],
        )

    def fill(
        self, sites: np.ndarray, axis: np.ndarray, anchor: np.ndarray, arms: np.ndarray, length: np.ndarray
    ) -> None:
        """Write arms (F, V, T) and length (F, T) of the straight lines.

        sites (F, 3, sites) [m], axis, anchor (F, V, 3): places and axes in the world.
        """
        if not len(self.straight):
            return
        at = np.take(sites, self.start, axis=2)
        along = np.take(sites, self.end, axis=2)
        along -= at
        size = np.sqrt(np.square(along).sum(axis=1))
        length[:, self.straight] = np.add.reduceat(size, self.first, axis=1)
        # Two sites in one place have no direction; on one body they have no arm either.
        along /= np.where(size > 0, size, 1.0)[:, None, :]
        pulls = np.empty((len(at), 6, len(self.start)))
        pulls[:, :3] = along
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            pulls[:, 3 + k] = at[:, i] * along[:, j] - at[:, j] * along[:, i]
        screws = np.empty((*axis.shape[:2], 6))
        slide = self.slide[None, :, None]
        screws[..., :3] = np.where(slide, -axis, np.cross(axis, anchor))
        screws[..., 3:] = np.where(slide, 0.0, -axis)
        for c in self.crossings:
            across = np.take(pulls, c.segments, axis=2) * c.sign
            pulled = np.matmul(screws[:, c.dofs], across)
            arms[:, c.dofs, c.lines] = arms[:, c.dofs, c.lines] + pulled if c.again else pulled


def _crossings(model: mujoco.MjModel, start: np.ndarray, end: np.ndarray, line: np.ndarray) -> tuple[_Crossing, ...]:
    """Return, for each body with joints, the segments with one end on it or beyond; a line once in each crossing."""
    beyond = np.zeros((model.nbody, model.nbody), bool)
    for body in range(model.nbody):
        at = body
        while at > 0:
            beyond[at, body] = True
            at = model.body_parentid[at]
    from_body, to_body = model.site_bodyid[start], model.site_bodyid[end]
    found = []
    for body in range(1, model.nbody):
        dofs = slice(int(model.body_dofadr[body]), int(model.body_dofadr[body] + model.body_dofnum[body]))
        near, far = beyond[body, from_body], beyond[body, to_body]
        left = np.flatnonzero(near != far)
        again = False
        while dofs.stop > dofs.start and left.size:
            _, once = np.unique(line[left], return_index=True)
            now = left[once]
            found.append(_Crossing(dofs, now, line[now], np.where(far[now], 1.0, -1.0), again))
            again = True
            left = np.setdiff1d(left, now)
    return tuple(found)


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
