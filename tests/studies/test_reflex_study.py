"""Reflexes in time: what the issue asks to be shown, on the real chain."""

import json
from itertools import product

import numpy as np
import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.mechanics.reflexes import reflex_parameters
from psoas.result import LEVELS
from psoas.studies.reflex import BEGINS_S, INHIBITION, STRETCH, _gains, reflex
from psoas.studies.reflex_shown import activity

WORLDS = ["intact", "impaired", "absent"]


@pytest.fixture(scope="module")
def engages():
    return reflex(duration_s=0.4)


def trace(study, label):
    return next(t.values for t in study.traces if t.label == label)


def test_three_worlds_begin_alike_and_part_when_the_psoas_pulls(engages):
    assert [r.name for r in engages.results] == WORLDS
    extensors, psoas = trace(engages, "extensor activity"), trace(engages, "psoas activity")
    told = dict(engages.phases)["psoas told to pull"]
    for values in extensors[1:]:
        # Rounding alone: the still body feeds back what the last digits move.
        assert values[: told + 1] == pytest.approx(extensors[0][: told + 1], abs=1e-9)
    assert all(p[-1] > p[0] + 5.0 for p in psoas)  # per cent: told 10
    assert extensors[0].min() < extensors[1].min() < extensors[2].min()


def test_the_extensors_fall_after_the_delay_and_not_before(engages):
    delay = reflex_parameters()["inhibition_delay"]
    time, extensors = engages.results[0].time_s, trace(engages, "extensor activity")
    early, late = time < BEGINS_S + delay, (time > BEGINS_S + delay) & (time < BEGINS_S + 0.05)
    assert early.sum() >= 10 and late.sum() >= 3
    for values in extensors:
        # Per cent: the fascicles' lengths and forces change at once, their activity by nothing but rounding.
        assert np.abs(values[early] - values[0]).max() < 1e-9
    for values in extensors[:2]:
        assert np.all(np.diff(values[late]) < 0.0) and np.all(values[late] < values[0])
    assert np.abs(extensors[2][late] - extensors[2][0]).max() < 1e-9  # absent; the stretch reflex takes 50 ms
    told = engages.findings[0]
    assert "inhibits after 14 ms" in told and "until 0.11 s" in told and "at 0.12 s it has begun to fall" in told


def test_activity_is_counted_with_the_same_weights_at_all_times(engages):
    r = engages.results[0]
    rows = [i for i, g in enumerate(r.muscles.groups) if g == "multifidus"]
    a, force = r.muscles.activation[rows], r.muscles.active_n[rows]
    weight = force[:, 0] / a[:, 0]
    assert activity(r, "multifidus") == pytest.approx(weight @ a / weight.sum(), rel=1e-12)
    # Before anything moves it is the activity of every other answer.
    assert activity(r, "extensors")[0] == pytest.approx(r.group("extensors").activation[0], rel=1e-9)


def test_the_interval_holds_every_corner_of_the_ranges():
    gains, p = _gains(np.array([1.0, 0.5, 0.0]), 0.4, 0.3, INHIBITION + STRETCH), reflex_parameters()
    assert gains.extensors[:3].tolist() == [0.4, 0.2, 0.0] and gains.hips[:3].tolist() == [0.3, 0.15, 0.0]
    columns = (gains.extensors, gains.hips, gains.stretch_length, gains.stretch_velocity)
    found = set(zip(*(c[3:].tolist() for c in columns), strict=True))
    assert found == set(product(*(p.spread(name) for name in INHIBITION + STRETCH))) and len(found) == 16
    still = _gains(np.array([1.0]), 0.4, 0.3, INHIBITION)
    assert set(still.stretch_length) == {p["stretch_length_gain"]} and len(still.extensors) == 5


def test_what_is_still_bears_what_the_chain_says(engages):
    # 1 N is what the discs' passes leave open.
    from psoas.case.case import Case
    from psoas.case.posture import Posture
    from psoas.chain import run

    standing = run(Case(posture=Posture()))[0]
    for r in engages.results:
        assert r.loads["compression_n"][:, 0] == pytest.approx(standing.loads["compression_n"][:, 0], abs=1.0)


def test_peaks_stand_within_their_interval_over_the_gains(engages):
    peaks = engages.tables[0]
    assert [row[0] for row in peaks.rows] == list(LEVELS)
    for k, row in enumerate(peaks.rows):
        named = row[1:4]
        assert named == pytest.approx([r.loads["compression_n"][k].max() for r in engages.results])
        assert row[4] <= min(named) and row[5] >= max(named)
    assert any(row[5] > row[4] + 10 for row in peaks.rows)  # N: the gains matter
    band = engages.figures[0].curves[0]
    assert np.all(band.low <= band.y) and np.all(band.y <= band.high)
    assert len(engages.findings) >= 5 and "assumed" in engages.findings[-1]
    load = [r.loads["compression_n"][LEVELS.index("L4/L5")] for r in engages.results]
    most = int(np.argmax(np.abs(load[0] - load[2])))
    told = f"differ most at {engages.results[0].time_s[most]:.2f} s: {load[0][most]:.0f} N intact"
    assert any(told in text for text in engages.findings)


def test_it_goes_into_json(engages):
    text = engages.results[0].to_json()
    assert len(json.loads(text)["time_s"]) == engages.results[0].frames
    for part in (*engages.tables, *engages.figures):
        json.dumps(part.to_dict(), allow_nan=False)


def test_without_inhibition_the_three_are_one():
    study = reflex(duration_s=0.2, inhibition=0.0, hip_inhibition=0.0)
    first = study.results[0]
    for r in study.results[1:]:
        assert r.loads["compression_n"] == pytest.approx(first.loads["compression_n"], abs=1e-3)  # N, rounding


def test_sitting_down_without_inhibition_follows_the_sharing(monkeypatch):
    from psoas.case.case import Case
    from psoas.case.movement import Movement
    from psoas.chain import result_of
    from psoas.frames import frames_of

    case = Case(motion=Movement(pattern="sit"))
    frames = frames_of(case)
    shared = result_of(case, frames)
    monkeypatch.setattr("psoas.studies.reflex.frames_of", lambda _: frames)  # the movement takes seconds to settle
    study = reflex(scene="sit")
    absent, intact = study.results[2], study.results[0]
    assert [name for name, _ in study.phases] == ["standing", "seat contact", "seated"]
    # Activation falls with 60 ms and more, and the sharing jumps where the seat takes over: else they are the same.
    off = np.abs(absent.loads["compression_n"] - shared.loads["compression_n"]).max(axis=0)
    assert np.mean(off < 0.05 * shared.loads["compression_n"].max()) > 0.8
    assert off[0] == 0.0
    assert np.all(absent.group("extensors").activation >= intact.group("extensors").activation - 1e-9)


def test_a_sudden_load_comes_and_a_slip_is_a_slip():
    load = reflex(scene="load", duration_s=0.4)
    r = load.results[0]
    let_go = dict(load.phases)["load let go"]
    compression = r.loads["compression_n"][LEVELS.index("L4/L5")]
    assert np.ptp(compression[:let_go]) < 1.0  # N: it stands until then
    assert compression[let_go:].max() > compression[0] + 58.9  # N: more than the load itself weighs
    assert len(r.case["surroundings"]["forces"]) == 2  # a plain case: others can run it
    slip = reflex(scene="slip", duration_s=0.3, slip_deg=1.0)
    lumbar = trace(slip, "lumbar flexion")[0]
    assert lumbar[0] == pytest.approx(1.0, abs=1e-6) and lumbar[-1] < 1.0


def test_a_changed_person_stands_beside_the_untouched_one():
    study = reflex(change=Change(tight={"psoas_major": 0.06}), duration_s=0.3)
    assert [r.name for r in study.results] == ["untouched, intact", *(f"changed, {w}" for w in WORLDS)]
    untouched, changed = (r.group("psoas_major").passive_n[0] for r in study.results[:2])
    assert changed > untouched + 5  # N: the tight fibre pulls
    assert len(study.tables[0].columns) == 7


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({"inhibition": 1.2}, "--inhibition"),
        ({"hip_inhibition": -0.1}, "--hip-inhibition"),
        ({"command_fraction": float("nan")}, "--command"),
        ({"scene": "load", "release_kg": 50.0}, "--release is 50"),
        ({"scene": "slip", "slip_deg": 20.0}, "--slip is 20"),
        ({"duration_s": 0.0}, "--duration"),
        ({"duration_s": float("inf")}, "--duration"),
        ({"scene": "slip", "release_kg": 6.0}, "--release does nothing in the scene slip"),
        ({"scene": "load", "command_fraction": 0.1}, "--command does nothing in the scene load"),
        ({"scene": "sit", "duration_s": 1.0}, "--duration does nothing in the scene sit"),
        ({"slip_deg": 1.0}, "--slip does nothing in the scene psoas"),
        ({"scene": "jump"}, "scene"),
    ],
)
def test_what_cannot_be_is_refused_by_its_flag(given, flag):
    with pytest.raises(InputError, match=flag):
        reflex(**given)


def test_each_flag_is_one_thing_and_the_whole_gain_can_be_given():
    import inspect

    from psoas.commands.studies import command_of

    flags = [
        p.annotation.__metadata__[0].name
        for p in inspect.signature(command_of(reflex)).parameters.values()
        if hasattr(p.annotation, "__metadata__")
    ]
    own = [name for names in flags for name in names]
    assert "--release" in own and "--load" not in own  # that one is what the hands hold throughout
    study = reflex(scene="slip", duration_s=0.2, inhibition=1.0, hip_inhibition=1.0)
    assert "gains 1 and 1" in study.findings[0]
