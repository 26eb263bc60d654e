"""Reflexes in time: what the issue asks to be shown, on the real chain."""

import json

import numpy as np
import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.result import LEVELS
from psoas.studies.reflex import reflex

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


def test_it_goes_into_json(engages):
    text = engages.results[0].to_json()
    assert len(json.loads(text)["time_s"]) == engages.results[0].frames
    for part in (*engages.tables, *engages.figures):
        json.dumps(part.to_dict(), allow_nan=False)


def test_without_inhibition_the_three_are_one():
    study = reflex(duration_s=0.3, inhibition_fraction=0.0, hip_inhibition_fraction=0.0)
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
        ({"inhibition_fraction": 1.2}, "--inhibition"),
        ({"hip_inhibition_fraction": -0.1}, "--hip-inhibition"),
        ({"command_fraction": float("nan")}, "--command"),
        ({"load_kg": 50.0}, "--load"),
        ({"slip_deg": 20.0}, "--slip"),
        ({"duration_s": 0.0}, "--duration"),
        ({"duration_s": float("inf")}, "--duration"),
        ({"scene": "jump"}, "scene"),
    ],
)
def test_what_cannot_be_is_refused_by_its_flag(given, flag):
    with pytest.raises(InputError, match=flag):
        reflex(**given)
