"""The bench: what it compares is the same work, and a run can be kept and compared."""

import json
from dataclasses import replace

import numpy as np
import pytest

from psoas.bench import longer, measure
from psoas.bench.longer import opensim
from psoas.bench.motion import HIP, TRUNK, first, moving_frames
from psoas.bench.rival import Rival
from psoas.bench.run import bench
from psoas.bench.solvers import others, ours_cold, ours_warm, through_jax
from psoas.body.coordinates import ROOT
from psoas.chain import loads_of
from psoas.errors import FileError, InputError
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.fast import fast_is_installed
from psoas.muscle.sharing import SharingProblem


@pytest.fixture(scope="module")
def motion():
    return moving_frames(130)


def test_the_motion_stays_in_its_ranges_and_its_ground_carries_the_root(motion):
    body, moved = motion.body, 0
    for axis, (low, high) in TRUNK.items():
        total = sum(motion.positions[:, body.dof[f"{level}_{axis}"]] for level in body.levels)
        assert np.ptp(np.degrees(total)) > 1
        assert np.ptp(np.degrees(total)) <= high - low
        moved += 1
    for axis, (low, high) in HIP.items():
        assert np.ptp(np.degrees(motion.positions[:, body.dof[f"hip_{axis}_r"]])) <= high - low
        moved += 1
    assert moved == 6
    rate = 1.0 / (motion.time_s[1] - motion.time_s[0])
    slope = np.gradient(motion.positions, axis=0)[1:-1] * rate
    assert np.abs(slope - motion.velocities[1:-1]).max() < 5e-3  # rad/s: a central difference at 100 Hz
    kin = kinetics(body, motion.positions, motion.velocities, motion.accelerations)
    rows = body.rows(ROOT)
    force = sum(a.force for a in motion.applied)
    assert np.abs(np.einsum("fkx,fx->fk", kin.axis[:, rows[:3]], force) - kin.tau[:, rows[:3]]).max() < 1e-9  # N


def test_the_rival_answers_the_same(motion):
    found = Rival(motion).run()
    assert found.solved.all() and found.passes >= 1
    ours = loads_of(motion)["compression_n"].T
    # Both stop where the discs' preload changes by less than 1 N; what is left of it in the compression is less.
    assert np.abs(ours - found.compression).max() <= 1.0
    assert ours.std(axis=0).min() > 5.0


def test_general_solvers_answer_the_same(motion):
    rival = Rival(first(motion, 70))
    found = rival.run(keep=70)
    weight = 0.5 / rival.scale**2
    bounds = rival.lower * rival.scale, rival.upper * rival.scale
    problem = SharingProblem(found.columns, found.demand, *bounds, weight, 2.0, 100.0)
    _, exact = ours_cold(problem)
    assert exact.converged.all()
    warm = ours_warm(problem, exact)
    assert warm.seconds > 0 and warm.error <= 1e-9
    answered = {name: timed.error for name, timed in others(problem, exact).items() if timed is not None}
    assert {"DAQP, warm", "DAQP, cold", "clarabel"} <= set(answered)
    assert answered["DAQP, warm"] <= 1e-5 and answered["DAQP, cold"] <= 1e-6 and answered["clarabel"] <= 1e-2
    through = through_jax(problem, exact, "double")
    assert through is None or (through.seconds > 0 and through.error <= 1e-6)
    cubic = replace(problem, power=np.full(problem.columns.shape[2], 3.0))
    assert ours_warm(cubic, ours_cold(cubic)[1]).error <= 1e-8


def test_a_run_is_kept_and_compared(tmp_path):
    file = tmp_path / "run.json"
    run = bench(frames=256, quick=True, save=str(file))
    titles = [table.title for table in run.tables]
    assert titles[:3] == ["Whole chain, coordinates to loads", "Kinematics with moment arms", "Sharing alone"]
    kept = json.loads(file.read_text())
    assert kept["figures"] == run.figures and len(run.figures) >= 15
    assert run.figures["chain_difference_n"] <= 1.0
    fast = {name for name in run.figures if "fast" in name}
    assert len(fast) == (7 if fast_is_installed() else 0)
    from psoas.bench.run import _compared, _read

    table = _compared(_read(str(file)), run.figures, "run.json")
    assert len(table.rows) == len(run.figures)
    assert all(row[3] == pytest.approx(1.0) for row in table.rows if row[1])


def test_opensim_stands_beside_the_chain_where_it_is_installed(monkeypatch):
    monkeypatch.setattr(measure, "opensim", lambda: {"seconds": 2.0, "loading": 0.5, "rows": 5})
    table, figures = opensim({"chain_us": 500.0})
    assert figures == {"chain_opensim_ratio": pytest.approx(4000.0)}
    assert [row[2] for row in table.rows] == pytest.approx([4000.0, 1000.0])
    table, figures = opensim({"chain_us": 500.0, "chain_fast_us": 250.0})
    assert figures["chain_fast_opensim_ratio"] == pytest.approx(8000.0)
    assert [row[3] for row in table.rows] == pytest.approx([8000.0, 2000.0])
    monkeypatch.undo()
    monkeypatch.setattr(measure.importlib.util, "find_spec", lambda name: None)
    table, figures = opensim({"chain_us": 500.0})
    assert not figures and not table.rows and "not installed" in table.note


def test_what_cannot_be_run_is_said(tmp_path):
    with pytest.raises(InputError, match="--frames is 10; 256 to"):
        bench(frames=10)
    other = tmp_path / "other.json"
    other.write_text("[1, 2]")
    with pytest.raises(FileError, match="does not hold a run"):
        bench(frames=256, compare=str(other))
    with pytest.raises(FileError, match="cannot be read"):
        bench(frames=256, compare=str(tmp_path / "nothing.json"))


def test_processes_stand_beside_one(monkeypatch):
    asked = []

    def shared_out(*what):
        asked.append(what)
        return [30.0, 16.0]

    monkeypatch.setattr(measure, "shared_out", shared_out)
    table, figures = longer.processes()
    assert figures == {"two_cores_ratio": pytest.approx(30.0 / 16.0)} and asked == [(100_000, (1, 2))]
    assert [row[0] for row in table.rows] == [1.0, 2.0] and table.rows[1][1] == pytest.approx(160.0)


def test_a_motion_is_shared_out_in_processes_of_their_own():
    seconds = measure.shared_out(320, (1, 2))
    assert len(seconds) == 2 and min(seconds) > 0
