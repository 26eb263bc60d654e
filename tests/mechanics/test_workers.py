"""Work shared out among processes: the same digits, the same errors, and nothing left running."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from psoas.bench.motion import moving_frames
from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.case.whatif import tighten
from psoas.chain import run
from psoas.errors import InputError, PoseError
from psoas.mechanics.along import BLOCK, WORTH, balanced, shares
from psoas.mechanics.workers import Workers

COUNTS = (1, 2, 3)


def square(number):
    if number < 0:
        raise PoseError(f"{number} has no root")
    return number * number


def end_elsewhere(pid):
    if os.getpid() != pid:
        os._exit(3)


def test_every_task_is_answered_once_and_in_order():
    told = []
    for count in COUNTS:
        with Workers(count) as workers:
            assert workers.all(square, range(20), lambda done, total: told.append((done, total))) == [
                i * i for i in range(20)
            ]
    assert told == [(i + 1, 20) for i in range(20)] * len(COUNTS)
    assert not multiprocessing.active_children()


def test_the_error_is_that_of_the_first_task_that_fails():
    for count in COUNTS:
        with pytest.raises(PoseError, match=r"^-3 has no root$"), Workers(count) as workers:
            workers.all(square, [1, 2, -3, 4, -5, 6, -7])
    assert not multiprocessing.active_children()


def test_a_process_that_ends_is_told_of():
    with pytest.raises(InputError, match=r"too little memory.*workers=1"), Workers(2) as workers:
        workers.all(end_elsewhere, [os.getpid()] * 2)


@pytest.mark.parametrize("count", [0, -1, 61])
def test_how_many_is_checked(count):
    with pytest.raises(InputError, match=f"workers is {count}; a whole number from 1 to 60"):
        run([], workers=count)


@pytest.fixture(scope="module")
def motion():
    return moving_frames(WORTH + 5 * BLOCK + 7)


@pytest.mark.parametrize("frames", [1024, 10_000, 100_001])
@pytest.mark.parametrize("workers", [2, 3, 8])
def test_the_pieces_are_whole_blocks_and_smallest_where_all_meet(frames, workers):
    pieces = shares(frames, workers)
    covered = np.concatenate([np.arange(frames)[piece] for piece in pieces])
    assert np.array_equal(covered, np.arange(frames))
    assert not any(piece.start % BLOCK for piece in pieces)
    sizes = [-(-(piece.stop - piece.start) // BLOCK) for piece in pieces]
    assert max(sizes) <= 64 and len(pieces) >= min(workers, frames // (16 * BLOCK))
    smallest = int(np.argmin(sizes))
    assert sizes[:smallest] == sorted(sizes[:smallest], reverse=True)
    assert sizes[smallest + 1 :] == sorted(sizes[smallest + 1 :])


def test_a_long_motion_has_the_same_digits_however_many_work_on_it(motion):
    told = []
    answers = []
    for count in COUNTS:
        with Workers(count) as workers:
            answers.append(
                balanced(
                    motion.body,
                    motion.positions,
                    motion.velocities,
                    motion.accelerations,
                    motion.effort,
                    applied=motion.applied,
                    root_carried=False,
                    workers=workers,
                    progress=lambda *done: told.append(done),
                )
            )
    kin, found = answers[0]
    for other_kin, other in answers[1:]:
        for name in ("activation", "active", "passive", "ligament", "unmet", "generalised", "disc_moment", "converged"):
            assert np.array_equal(getattr(found, name), getattr(other, name)), name
        for name in vars(found.loads):
            assert np.array_equal(getattr(found.loads, name), getattr(other.loads, name)), name
        assert found.status == other.status and len(found.status) == len(motion.time_s)
        assert np.array_equal(kin.length, other_kin.length) and np.array_equal(kin.axis, other_kin.axis)
    assert told.count((len(motion.time_s), len(motion.time_s))) == len(COUNTS)


def test_cases_have_the_same_digits_however_many_work_on_them():
    cases = [
        Case(),
        Case(posture=Posture(preset="sitting"), name="a chair"),
        Case(posture=Posture(preset="stoop"), surroundings=Surroundings(hands_kg=10)),
    ]
    one, *others = [run(cases, moment_arms=True, causes=True, workers=count) for count in COUNTS]
    texts = [result.to_json() for result in one]
    assert len(set(texts)) == 3
    for other in others:
        assert [result.to_json() for result in other] == texts
        for ours, theirs in zip(one, other, strict=True):
            assert np.array_equal(ours.muscles.activation, theirs.muscles.activation)
            assert np.array_equal(ours.loads["compression_n"], theirs.loads["compression_n"])


def test_a_case_that_cannot_be_computed_says_so_in_the_same_words():
    cases = [Case(), tighten("psoas_major", 0.95)(Case()), Case()]
    said = []
    for count in (1, 2):
        with pytest.raises(PoseError) as error:
            run(cases, workers=count)
        said.append(str(error.value))
    assert said[0] == said[1] and len(said[0]) > 20


@pytest.mark.skipif(os.name != "posix", reason="a signal to a group of processes, as a terminal's Ctrl-C, is POSIX's")
def test_ctrl_c_ends_all(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        "from psoas.bench.motion import moving_frames\n"
        "from psoas.chain import loads_of\n"
        "from psoas.mechanics.workers import Workers\n"
        "if __name__ == '__main__':\n"
        "    frames = moving_frames(6000)\n"
        "    print('ready', flush=True)\n"
        "    with Workers(2) as workers:\n"
        "        while True:\n"
        "            loads_of(frames, workers=workers)\n",
        encoding="utf-8",
    )
    running = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout.readline() == "ready\n"
    time.sleep(4.0)  # the other process is at work
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode != 0 and told.count("KeyboardInterrupt") == 1
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="on Windows nothing is killed without a word in this way")
def test_where_this_process_is_killed_the_others_end(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, time\n"
        "from psoas.mechanics.workers import Workers\n"
        "def work(pid):\n"
        "    time.sleep(0.05)\n"
        "    return os.getpid() != pid\n"
        "if __name__ == '__main__':\n"
        "    with Workers(2) as workers:\n"
        "        for _, elsewhere in workers.answers(work, [os.getpid()] * 2000):\n"
        "            if elsewhere:\n"
        "                print('both', flush=True)\n",
        encoding="utf-8",
    )
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert running.stdout.readline() == "both\n"
        running.kill()
        running.communicate(timeout=10)  # until nobody holds the other end of what they print to
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)


def test_a_process_that_cannot_be_started_is_told_of(monkeypatch):
    def refuse(*_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refuse)
    with pytest.raises(InputError, match="could not be started"), Workers(3) as workers:
        workers.all(square, range(20))
