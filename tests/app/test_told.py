"""What the app says: numbers beside normal, and sentences that cannot break the page."""

import re
from dataclasses import replace

import numpy as np
import pytest

from psoas.app import told
from psoas.app.told import Pair
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.whatif import tighten
from psoas.chain import run

COMPRESSION = ("compression_n", "compression, N", 0)


@pytest.fixture(scope="module")
def results():
    step = Case(motion=Movement(pattern="step"))
    return run([step, tighten("psoas_major", 0.1)(step)])


def cells(text):
    """Return the rows of a table as lists of plain texts."""
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_a_table_has_now_normal_and_the_change_of_every_level(results):
    normal, now = results
    head, *rows = cells(told.level_table(Pair(now, 9, normal, 9), *COMPRESSION))
    assert head == ["compression, N", "now", "normal", "change"] and len(rows) == 6
    for i, (level, after, before, change) in enumerate(rows):
        a, b = now.loads["compression_n"][i, 9], normal.loads["compression_n"][i, 9]
        assert (level, after, before) == (now.levels[i], f"{a:.0f}", f"{b:.0f}")
        assert change.replace("\N{MINUS SIGN}", "-") == (
            f"{100 * (a / b - 1):+.1f} %" if abs(a / b - 1) >= 5e-4 else "0.0 %"
        )


def test_without_a_normal_only_now_is_told(results):
    head, *rows = cells(told.level_table(Pair(results[1], 9), *COMPRESSION))
    assert head == ["compression, N", "now"] and all(len(row) == 2 for row in rows)
    assert "normal" not in told.headline(Pair(results[1], 9), *COMPRESSION)


def test_muscles_are_told_in_groups_of_both_sides(results):
    normal, now = results
    _, *rows = cells(told.muscle_table(Pair(now, 9, normal, 9)))
    assert rows[0][:3] == [
        "psoas major",
        f"{now.group('psoas_major').force_n[9]:.0f}",
        f"{normal.group('psoas_major').force_n[9]:.0f}",
    ]
    assert {row[0] for row in rows} >= {"iliacus", "multifidus", "erector spinae", "abdominals"}


def test_a_body_without_a_muscle_is_told_without_it(results):
    now = results[1]
    muscles = replace(now.muscles, groups=tuple(g if g != "iliacus" else "other" for g in now.muscles.groups))
    names = [row[0] for row in cells(told.muscle_table(Pair(replace(now, muscles=muscles), 9)))[1:]]
    assert "psoas major" in names


def test_the_headline_is_the_most_loaded_level(results):
    normal, now = results
    text = told.headline(Pair(now, 9, normal, 9), *COMPRESSION)
    row = int(np.argmax(now.loads["compression_n"][:, 9]))
    assert f"Compression at {now.levels[row]}" in text
    assert f">{now.loads['compression_n'][row, 9]:.0f} N<" in text


def test_minus_is_a_minus_and_nothing_is_minus_zero():
    assert told._number(-3.2, 0) == "\N{MINUS SIGN}3" and told._number(-0.2, 0) == "0"
    assert told._number(float("nan"), 1) == "-"


def test_flagged_frames_are_told_with_their_times(results):
    now = results[1]
    assert told.doubts_of(None) == []
    status = ["ok"] * now.frames
    for i in (3, 4, 5, 9):
        status[i] = "flagged: 7 N m unmet at L4/L5"
    said = told.doubts_of(replace(now, status=tuple(status)))
    t = now.time_s
    assert any("4 of" in line and "unmet moment at L4/L5 (4)" in line for line in said)
    assert said[-1] == f"Flagged: {t[3]:.2f} to {t[5]:.2f} s, {t[9]:.2f} s."


def test_many_stretches_are_counted(results):
    now = results[1]
    status = tuple("flagged: x" if i % 2 else "ok" for i in range(now.frames))
    assert told.doubts_of(replace(now, status=status))[-1].endswith("more stretches.")


def test_names_from_files_are_text_and_not_markup(results):
    wild = "<img src=x onerror=alert(1)>"
    now = replace(results[1], levels=(wild, *results[1].levels[1:]))
    texts = [
        told.level_table(Pair(now, 0), "compression_n", wild, 0),
        told.state(0.0, f"flagged: {wild}", wild, [wild]),
        told.problem(wild),
    ]
    assert all("<img" not in text and "&lt;img" in text for text in texts)


def test_the_ramp_tells_its_forces_and_no_problem_is_nothing():
    text = told.legend(400.0)
    assert "<span>0</span><span>100</span><span>400 N</span>" in text
    assert told.problem("") == ""
    assert ">1.00 s, an end of the recording" in told.state(1.0, "edge", "", [])
    assert " s" not in re.sub("<[^>]*>", "", told.state(None, "ok", "", []))
