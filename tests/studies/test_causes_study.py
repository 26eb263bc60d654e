"""Who loads what, as a study: shares that sum, tables that agree with the result, sentences made from the numbers."""

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.change import Change
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import frames_of
from psoas.report.spine_figure import spine_figure
from psoas.result import CAUSED
from psoas.studies.causes import causes, shares_of, side_view


@pytest.fixture(scope="module")
def standing():
    return causes()


def table(study, start):
    return next(t for t in study.tables if t.title.startswith(start))


def test_shares_keep_the_sum(standing):
    result = standing.results[0]
    for load in CAUSED:
        total = sum(shares_of(result, load).values())
        assert np.abs(total - result.loads[load]).max() <= 1e-9


def test_tables_say_what_the_result_says(standing):
    result = standing.results[0]
    pressed = table(standing, "Compression")
    assert [row[0] for row in pressed.rows] == list(result.levels)
    for k, row in enumerate(pressed.rows):
        assert row[1] == pytest.approx(result.loads["compression_n"][k, 0])
        # A column is left out where it is less than 0.05 N at every level.
        assert sum(row[2:]) == pytest.approx(row[1], abs=0.2)
    for row in table(standing, "Who supplies").rows:
        assert sum(row[1:]) == pytest.approx(0.0, abs=0.2)  # N m: the parts balance
    assert len(table(standing, "Each fascicle").rows) == 35
    assert len(table(standing, "The psoas's lines").rows) == 11
    brim = table(standing, "Turned")
    assert [row[0] for row in brim.rows] == ["right", "left"]


def test_every_cause_stands_by_itself_active_and_passive_apart(standing):
    result = standing.results[0]
    shown = 0
    for start, load, least in (
        ("Compression by every", "compression_n", 0.5),
        ("Shear by every", "anterior_shear_n", 0.5),
        ("Disc moment by every", "flexion_moment_nm", 0.05),
    ):
        rows = {row[0]: np.array(row[1:]) for row in table(standing, start).rows}
        assert rows["whole"] == pytest.approx(result.loads[load][:, 0])
        assert np.abs(sum(v for name, v in rows.items() if name != "whole") - rows["whole"]).max() <= 1e-9
        for cause, values in result.causes[load].items():
            if np.abs(values).max() >= least:
                assert rows[cause.replace("_", " ")] == pytest.approx(values[:, 0])
                shown += 1
    assert shown > 30
    assert {"psoas major active", "psoas major passive"} <= {r[0] for r in table(standing, "Compression by every").rows}


def test_sentences_are_made_from_the_numbers(standing):
    result = standing.results[0]
    k = result.levels.index("L4/L5")
    psoas = shares_of(result, "compression_n")["psoas"][k, 0]
    whole = result.loads["compression_n"][k, 0]
    assert standing.findings[0].startswith(f"At L4/L5 the psoas gives {psoas:.0f} N of {whole:.0f} N of compression; ")
    assert any("pelvic brim" in sentence for sentence in standing.findings)


def test_a_change_stands_beside_the_untouched_in_the_same_posture():
    study = causes(change=Change(tight={"psoas_major": 0.2}), hands_kg=5.0)
    before, after = study.results
    assert (before.name, after.name) == ("normal", "changed")
    assert np.array_equal(before.muscles.length_m, after.muscles.length_m)
    assert (shares_of(after, "compression_n")["psoas"][4] > shares_of(before, "compression_n")["psoas"][4]).all()
    assert "load" in table(study, "Compression by cause, N: normal").columns
    assert any(sentence.startswith("With the change the compression at L4/L5") for sentence in study.findings)
    rows = [table(study, f"Turned at the pelvic brim: {name}").rows for name in ("normal", "changed")]
    for was, now in zip(*rows, strict=True):
        said = f"the {now[0]} psoas pulls with {now[1]:.0f} N instead of {was[1]:.0f} N and presses the brim with "
        assert f"With the change {said}{now[4]:.0f} N instead of {was[4]:.0f} N." in study.findings


def test_both_sides_are_told_where_they_differ():
    study = causes(trunk_bend_deg=10.0)
    assert len(table(study, "The psoas's lines").rows) == 22


def test_an_angle_beyond_the_joint_is_refused():
    with pytest.raises(InputError, match="trunk_flexion_deg is 500"):
        causes(trunk_flexion_deg=500.0)


def test_a_result_without_causes_has_no_shares():
    with pytest.raises(ValueError, match="causes=True"):
        shares_of(result_of(Case(), frames_of(Case())), "compression_n")


def test_the_view_shows_the_result():
    frames = frames_of(Case())
    result = result_of(Case(), frames, causes=True)
    view = side_view(frames, result, "Standing")
    assert [level.label for level in view.levels] == list(result.levels)
    for k, level in enumerate(view.levels):
        assert level.compression == result.loads["compression_n"][k, 0]
        assert sum(newtons for _, newtons in level.shares) == pytest.approx(level.compression, abs=0.2)
    names = {outline.label for outline in view.outlines}
    assert {"T12", "L1", "L2", "L3", "L4", "L5", "sacrum", "hip bone", "femur", "L5/S1"} <= names
    heights = [outline.points[:, 1].mean() for outline in view.outlines if outline.kind == "vertebra"]
    assert len(heights) == 6 and heights == sorted(heights)  # L5 is drawn first, T12 last
    # Every fascicle begins at its vertebra: within the height between the discs above and below it, 5 mm more.
    places = {level.label: level.place[1] for level in view.levels}
    for pull in view.pulls:
        vertebra = pull.label.split("_")[1]
        below = next(v for k, v in places.items() if k.startswith(f"{vertebra}/"))
        above = next(v for k, v in places.items() if k.endswith(f"/{vertebra}"))
        assert below - 0.005 <= pull.path[0, 1] <= above + 0.005
    assert len(view.pulls) == 11
    assert view.gravity[1] == pytest.approx(-1.0, abs=0.05)
    assert "<svg" in spine_figure(view)
