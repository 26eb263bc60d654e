import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.frames import frames_of
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.scene import MOST_FRAMES, scene_of
from psoas.scene import Scene, rotations


def path_lengths(scene: Scene) -> np.ndarray:
    """Return the lengths (K, M) of all paths as they would be drawn."""
    turn = rotations(scene.turn)
    world = scene.position_m[:, scene.point_body] + np.einsum("kpij,pj->kpi", turn[:, scene.point_body], scene.point_m)
    arcs = scene.position_m[:, scene.wrap_body, None] + np.einsum(
        "kwij,kwaj->kwai", turn[:, scene.wrap_body], scene.wrap_m
    )
    lengths = np.zeros((len(scene.frames), len(scene.lines)))
    for line in range(len(scene.lines)):
        points = np.flatnonzero(scene.point_line == line)
        for k in range(len(scene.frames)):
            path = list(world[k, points])
            for w in np.flatnonzero(scene.wrap_line == line):
                if np.isfinite(arcs[k, w]).all():
                    after = scene.wrap_after[w] + 1
                    path[after:after] = list(arcs[k, w])
            lengths[k, line] = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    return lengths


@pytest.mark.parametrize("case", [Case(), Case(motion=Movement(pattern="sit"))])
def test_drawn_paths_are_as_long_as_the_muscles(case):
    frames = frames_of(case)
    scene = scene_of(frames.body, frames.positions, frames.contacts, frames.available)
    kept = np.unique(np.linspace(0, len(scene.frames) - 1, 4).astype(int))
    few = scene_of(frames.body, frames.positions[scene.frames[kept]])
    lengths = kinetics(frames.body, frames.positions[scene.frames[kept]]).length[:, : len(scene.lines)]
    # Four chords of an arc of at most 100 degrees about 55 mm are 1 mm shorter than the arc; else rounding.
    np.testing.assert_allclose(path_lengths(few), lengths, atol=1e-3)
    straight = np.setdiff1d(np.arange(len(scene.lines)), scene.wrap_line)
    np.testing.assert_allclose(path_lengths(few)[:, straight], lengths[:, straight], atol=1e-9)
    assert np.isfinite(few.wrap_m).any() and len(straight) > 200


def test_a_long_movement_keeps_its_ends_and_a_bounded_size():
    frames = frames_of(Case())
    scene = scene_of(frames.body, np.repeat(frames.positions, 1000, axis=0))
    assert len(scene.frames) == MOST_FRAMES and scene.frames[0] == 0 and scene.frames[-1] == 999


def test_floor_and_plates_bear_the_body():
    standing = frames_of(Case())
    scene = scene_of(standing.body, standing.positions, standing.contacts)
    assert abs(scene.floor_m) < 1e-6 and scene.supports == ()
    sat = frames_of(Case(posture=Posture(preset="slouched")))
    scene = scene_of(sat.body, sat.positions, sat.contacts)
    by_name = {s.name: s for s in scene.supports}
    assert set(by_name) == {"seat", "backrest"}
    pelvis = scene.position_m[0, scene.body("pelvis")]
    for support in by_name.values():
        np.testing.assert_allclose(support.axes @ support.axes.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(support.axes) == pytest.approx(1.0)
        assert (pelvis - support.centre_m) @ support.axes[2] > 0.05  # the body is on the outer side
    lying = frames_of(Case(posture=Posture(preset="lying_supine")))
    scene = scene_of(lying.body, lying.positions, lying.contacts)
    assert [s.name for s in scene.supports] == ["bed"] and np.isnan(scene.floor_m)


def test_a_chair_bears_from_the_contact_on():
    frames = frames_of(Case(motion=Movement(pattern="sit")))
    (seat,) = scene_of(frames.body, frames.positions, frames.contacts, frames.available).supports
    assert seat.name == "seat" and not seat.bears[0] and seat.bears[-1]
