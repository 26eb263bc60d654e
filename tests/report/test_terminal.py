import io
from dataclasses import replace

import numpy as np
from rich.console import Console

from psoas.report.measures import alike, largest, percent_change, steady_frames
from psoas.report.terminal import bar, behind_the_numbers, show
from psoas.tables import Table
from test_result import made


def printed(*results, width=100, **keys) -> str:
    paper = io.StringIO()
    show(Console(file=paper, width=width, color_system=None), results, **keys)
    return paper.getvalue()


def test_one_result_has_every_level_with_a_bar():
    text = printed(made(1))
    rows = [line for line in text.splitlines() if "█" in line]
    assert len(rows) == 6
    assert rows[0].split()[:2] == ["T12/L1", "100"] and rows[5].split()[:2] == ["L5/S1", "105"]
    assert "change" not in text and "largest over the movement" not in text
    assert "psoas major" in text and "multifidus" in text and "gluteus maximus" not in text


def test_two_results_stand_side_by_side_with_the_change():
    first = made(1)
    second = made(1, case={"name": "tight"}, loads={key: 1.06 * load for key, load in first.loads.items()})
    rows = [line for line in printed(first, second).splitlines() if "█" in line]
    assert len(rows) == 6 and all("+6.0 %" in row for row in rows)


def test_a_movement_shows_its_largest_loads_and_its_phases():
    text = printed(made(3), phases=[("standing", 0), ("seated", 2)])
    assert "the largest over the movement" in text and "compression L5/S1, N" in text
    line = next(line for line in text.splitlines() if "compression L5/S1" in line)
    assert line.split()[-2:] == ["105", "106"]


def test_frames_that_do_not_hold_are_left_out_and_told():
    loads = {key: np.array(load) for key, load in made(3).loads.items()}
    loads["compression_n"][:, 1] = 9999.0
    result = made(3, loads=loads, status=("ok", "flagged: L5/S1 flexion lacks 9 N m", "ok"))
    np.testing.assert_allclose(largest(result, "compression_n"), 101.0 + np.arange(6))
    lines = "\n".join(str(line) for line in behind_the_numbers([result]))
    assert "normal: 1 of 3 frames flagged (L5/S1 flexion lacks 9 N m)." in lines
    assert "normal: unmet 3.5 N m of bend at L5/S1" in lines
    assert "- A note." in lines and "Sources: Bogduk et al. 1992." in lines
    assert steady_frames(made(2, status=("edge", "edge"))).all()


def test_the_sign_of_the_largest_load_is_kept():
    loads = dict(made(2).loads) | {"anterior_shear_n": np.array([[5.0, -80.0]] * 6)}
    np.testing.assert_allclose(largest(made(2, loads=loads), "anterior_shear_n"), -80.0)


def test_nothing_unmet_is_said_too():
    zero = {"L5/S1": {axis: np.zeros(2) for axis in ("flexion", "bend", "twist")}}
    assert str(behind_the_numbers([made(unmet_nm=zero)])[0]) == "normal: nothing unmet."


def test_many_that_are_met_are_told_in_one_line_and_the_rest_by_name():
    zero = {"L5/S1": {axis: np.zeros(2) for axis in ("flexion", "bend", "twist")}}
    calm = [made(case={"name": name}, unmet_nm=zero) for name in "abcd"]
    lines = "\n".join(str(line) for line in behind_the_numbers(calm))
    assert lines.count("nothing unmet") == 1 and "In all 4: nothing unmet." in lines
    status = ("flagged: 12 N m unmet at hip_r",)
    lines = "\n".join(str(line) for line in behind_the_numbers([*calm, made(1, case={"name": "e"}, status=status)]))
    assert "e: flagged (12 N m unmet at hip_r)." in lines and "In the other 4: nothing unmet." in lines


def test_no_number_or_word_is_cut_in_a_terminal_of_80_columns():
    names = ("as it is", "keyboard 10 cm nearer", "backrest of 110 degrees")
    results = [made(1, case={"name": name}) for name in names]
    columns = ("workplace", *(f"quantity {i}, N m" for i in range(9)), "source")
    table = Table(
        "Workplaces", columns, tuple((name, *(1234.0 + i for i in range(9)), "mcatamney1993") for name in names)
    )
    text = printed(*results, width=80, tables=[table])
    assert "…" not in text and max(map(len, text.splitlines())) <= 80
    words = text.split()
    for level, load in zip(results[0].levels, results[0].loads["anterior_shear_n"][:, 0], strict=True):
        # Once with bars and once each for shear, moment and pressure.
        assert words.count(level) >= 4 and f"{load:.0f}" in words
    assert all(words.count(str(1234 + i)) == len(names) for i in range(9)) and words.count("mcatamney1993") == 3
    assert words.count("nearer") >= 4 and words.count("degrees") >= 4


def test_a_table_that_fits_stays_whole():
    table = Table("Chairs", ("chair", "L4/L5, N"), (("a low one", 879.0),))
    assert "chair      L4/L5, N" in printed(made(1), tables=[table])


def test_notes_that_differ_in_one_number_are_one_with_its_range():
    notes = ["up to 1.0 kPa at L5", "tone 2%", "up to 0.7 kPa at L5", "a 1 of 2", "a 2 of 3", "tone 0.7%", "tone 2%"]
    assert alike(notes) == ["up to 0.7-1.0 kPa at L5", "tone 0.7-2%", "a 1 of 2", "a 2 of 3"]


def by_cause(result):
    """Return the same result, three quarters of every load caused by one thing and a quarter by the weight."""
    loads = {key: load for key, load in result.loads.items() if key != "pressure_mpa"}
    parts = {key: {"body weight": 0.25 * load, "contact seat": 0.75 * load} for key, load in loads.items()}
    return replace(result, causes=parts)


def test_causes_that_were_asked_for_are_shown():
    still = made(1)
    assert "by cause" not in printed(still)
    lines = printed(by_cause(still)).splitlines()
    at = lines.index("Compression, N, by cause")
    assert lines[at + 1].split() == ["cause", *still.levels]
    rows = {tuple(line.split()[:2]): [int(cell) for cell in line.split()[-6:]] for line in lines[at + 2 : at + 5]}
    assert list(rows) == [("contact:", "seat"), ("body", "weight"), ("together", "100")]
    assert rows["together", "100"] == [round(v) for v in still.loads["compression_n"][:, 0]]
    assert "Forward shear, N, by cause" in lines


def test_of_a_movement_causes_are_those_of_the_peak_and_two_results_are_told_by_name():
    moving = by_cause(made(3))
    time = f"{moving.time_s[2]:.2f} s"  # `made` loads grow with the frame
    text = printed(moving, by_cause(made(3, case={"name": "tight"})))
    assert (
        f"Normal: compression, N, by cause at {time}" in text and f"Tight: forward shear, N, by cause at {time}" in text
    )
    said = f"Of the movement only the moment at {time}, when L5/S1 carries its largest compression."
    assert " ".join(text.split()).count(said) == 4


def test_a_question_with_tables_of_its_own_tells_its_causes_there():
    assert "by cause" not in printed(by_cause(made(1)), tables=[Table("Mine", ("cause",), (("weight",),))])


def test_bars():
    assert bar(50, 100, 10) == "█████" and bar(100, 100, 10) == "█" * 10 and bar(500, 100, 10) == "█" * 10
    assert bar(51, 100, 10) == "█████▏" and bar(50, 100, 10, ascii_only=True) == "#####"
    assert bar(-5, 100, 10) == bar(float("nan"), 100, 10) == bar(5, 0, 10) == ""


def test_per_cent():
    assert percent_change(100, 106) == "+6.0 %" and percent_change(-100, -106) == "-6.0 %"
    assert percent_change(100, 100.01) == "0.0 %" and percent_change(0, 5) == percent_change(5, np.nan) == "-"
    assert percent_change(37, -32) == "-"  # pressed, then pulled: no share of the one is the other


def test_a_terminal_without_unicode_gets_plain_bars():
    class Ascii(io.StringIO):
        encoding = "ascii"

    console = Console(file=Ascii(), width=100, color_system=None)
    show(console, [made(1)])
    assert "#####" in console.file.getvalue() and "█" not in console.file.getvalue()
