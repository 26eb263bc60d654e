"""The app's session: the same numbers as the chain gives, with the kinematics of the first run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.app.session import Session, Stale
from psoas.app.setting import name_of, setting_of, untouched, with_setting
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.case.whatif import with_surroundings
from psoas.chain import run
from psoas.errors import InputError, PoseError
from psoas.mechanics.scene import scene_of

# The same equations solved in other company: the kernel's own tolerance is far below.
SAME_N = 1e-3
WALK = Path(__file__).parents[3] / "shared" / "motions" / "walking" / "subject01_walk1.trc"


@pytest.fixture(scope="module")
def step():
    return Session(Case(motion=Movement(pattern="step"), name="a step"))


@pytest.fixture(scope="module")
def slow():
    return Session(Case(motion=Movement(pattern="sit", duration_s=7.0)))


def compression(result):
    return np.asarray(result.loads["compression_n"])


def test_the_baseline_is_the_answer_of_the_chain(step):
    alone = run(step.case)[0]
    assert np.array_equal(compression(step.baseline), compression(alone))
    assert step.baseline.status == alone.status and step.phases


@pytest.mark.parametrize(
    ("moved", "case"),
    [
        ({"psoas_tight": 0.1}, Case(change=Change(tight={"psoas_major": 0.1}))),
        ({"extensors_weak": 0.4}, Case(change=Change(weak={"extensors": 0.4}))),
        ({"extensors_inhibited": 0.5}, Case(change=Change(inhibited={"extensors": 0.5}))),
        ({"tone": 0.05}, Case(change=Change(tone=0.05))),
    ],
)
def test_a_slider_says_what_the_chain_says_of_that_case(step, moved, case):
    # A step's movement does not depend on the muscles, so that nothing of the first run differs.
    asked = case.with_changes(motion=Movement(pattern="step"))
    now, alone = step.whole(replace(step.given, **moved)), run(asked)[0]
    assert np.abs(compression(now) - compression(alone)).max() < SAME_N
    assert np.abs(now.muscles.force_n - alone.muscles.force_n).max() < SAME_N
    assert np.abs(compression(now) - compression(step.baseline)).max() > 10.0  # it does something
    assert now.status == alone.status
    assert {**now.case, "name": ""} == {**alone.case, "name": ""}


def test_specific_tension_is_that_of_the_subject(step):
    now = step.whole(replace(step.given, specific_tension_n_cm2=50.0))
    case = step.case.with_changes(subject=Subject(specific_tension_n_cm2=50.0))
    assert np.abs(compression(now) - compression(run(case)[0])).max() < SAME_N


def test_one_frame_is_that_frame_of_the_whole(step):
    setting = replace(step.given, psoas_tight=0.08, hands_kg=5.0)
    whole = step.whole(setting)
    for frame in (0, 7, whole.frames - 1):
        now = step.at(setting, frame)
        assert now.frames == 1
        assert np.abs(compression(now)[:, 0] - compression(whole)[:, frame]).max() < SAME_N
        assert np.abs(now.muscles.force_n[:, 0] - whole.muscles.force_n[:, frame]).max() < SAME_N


def test_what_is_not_asked_for_any_more_is_dropped_on_the_way(slow):
    seen = []
    with pytest.raises(Stale):
        slow.whole(slow.given, lambda: len(seen) == 1, lambda done, total: seen.append(done / total))
    assert len(seen) == 1 and seen[0] < 1.0


def test_a_load_is_held_through_the_movement_of_the_first_run():
    if not WALK.exists():
        pytest.skip("needs the recording of a walk in ../shared")
    movement = Movement(file=WALK, forces=WALK.with_name("subject01_walk1_grf.mot"))
    case = Case(subject=Subject(mass_kg=72.6, height_m=1.80), motion=movement)
    session = Session(case)
    now = session.whole(replace(session.given, hands_kg=8.0))
    alone = run(with_surroundings(hands_kg=8.0)(case))[0]  # fitting the markers asks for no load
    assert np.abs(compression(now) - compression(alone)).max() < SAME_N
    weight = 8.0 * 9.81
    assert np.median(compression(now) - compression(session.baseline)) > weight


def test_a_posture_too_is_a_movement_of_one_frame():
    session = Session(Case(surroundings=Surroundings(hands_kg={"left": 0.0, "right": 4.0})))
    assert session.baseline.frames == 1 and len(session.scene.frames) == 1
    assert session.given.hands_kg == 4.0
    now = session.at(replace(session.given, psoas_tight=0.06), 0)
    assert now.case["surroundings"]["hands_kg"] == {"left": 0.0, "right": 4.0}  # its slider was not moved
    moved = session.at(replace(session.given, hands_kg=6.0), 0)
    assert moved.case["surroundings"]["hands_kg"] == 6.0


def test_supported_postures_keep_their_tone():
    session = Session(Case(posture=Posture(preset="lying_supine")))
    assert session.given.tone == pytest.approx(0.007)
    assert np.abs(compression(session.at(session.given, 0)) - compression(session.baseline)).max() < SAME_N


def test_more_frames_than_a_scene_keeps_are_all_drawn(slow):
    frames = slow._frames
    count = len(frames.time_s)
    assert count > 120 and np.array_equal(slow.scene.frames, np.arange(count))
    for i in (0, 63, 119, 120, count - 1):
        alone = scene_of(frames.body, frames.positions[i : i + 1])
        assert np.allclose(slow.scene.position_m[i], alone.position_m[0])
        assert np.allclose(slow.scene.turn[i], alone.turn[0])
        assert np.allclose(slow.scene.wrap_m[i], alone.wrap_m[0], equal_nan=True)
    (seat,) = slow.scene.supports
    bears = seat.bears
    assert not bears[0] and bears[-1] and (np.diff(bears.astype(int)) >= 0).all()


def test_what_cannot_be_is_told(step):
    with pytest.raises(InputError, match="psoas_major"):
        step.at(replace(step.given, psoas_tight=0.99), 0)
    with pytest.raises(PoseError, match="tight"):
        step.at(replace(step.given, psoas_tight=0.7), 0)


def test_sliders_start_where_the_case_stands_and_leave_the_rest_alone():
    change = Change(tight={"psoas_major": 0.06}, weak={"multifidus": 0.3}, inhibited={"gluteus_maximus": 0.5})
    case = Case(change=change)
    given = setting_of(case, 0.02)
    assert (given.psoas_tight, given.extensors_weak, given.tone, given.hands_kg) == (0.06, 0.0, 0.02, 0.0)
    assert with_setting(case, given, given) == case
    moved = with_setting(case, given, replace(given, psoas_tight=0.0, extensors_weak=0.2))
    assert moved.change.weak == {"multifidus": 0.3, "extensors": 0.2}
    assert moved.change.tight == {"psoas_major": 0.0} and moved.change.tone is None
    assert untouched(case).change.is_empty


def test_a_setting_is_named_by_what_was_moved():
    plain = setting_of(Case(), 0.02)
    assert name_of(plain, plain) == "as given"
    assert name_of(replace(plain, psoas_tight=0.06), plain) == "psoas 6 % tight"
    assert name_of(replace(plain, psoas_tight=0.06, hands_kg=5.0), plain) == "changed"
