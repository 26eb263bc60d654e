"""The spine's side view as SVG: well formed, told in words, readable without colour, and never broken by input."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from psoas.report.spine_figure import STYLES, description, spine_figure
from psoas.views import LevelLoad, Outline, Pull, SpineView

SVG = "{http://www.w3.org/2000/svg}"
LEVELS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
SHARES = (("body weight", 300.0), ("psoas", 40.0), ("extensors", 200.0), ("pressure", -20.0))


def made(title="Standing", shares=SHARES, pull=20.0, gravity=(0.0, -1.0)):
    """Return a small view: six levels one above the other, one vertebra, one fascicle."""
    square = np.array([[-0.02, 0.0], [0.02, 0.0], [0.02, 0.03], [-0.02, 0.03]])
    compression = sum(newtons for _, newtons in shares)
    levels = tuple(
        LevelLoad(name, np.array([0.0, 0.2 - 0.035 * k]), np.array([1.0, 0.0]), compression, -30.0 + 20.0 * k, shares)
        for k, name in enumerate(LEVELS)
    )
    behind, above = np.array([-0.03, 0.17]), np.array([0.0, 0.17])
    outlines = (Outline("arch", "L1", square + behind), Outline("vertebra", "L1", square + above))
    pulls = (Pull("psoas_L1_VB_r", pull, np.array([[0.0, 0.18], [0.03, 0.0], [0.0, -0.1]])),)
    return SpineView(title, outlines, pulls, levels, np.array(gravity))


def test_it_is_one_well_formed_image_with_title_and_description():
    root = ET.fromstring(spine_figure(made('A <b> & "c"'), name="one"))
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == 'A <b> & "c"'
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")] == ["one-title", "one-desc"]
    assert "L4/L5: compression 520 N" in desc.text and "forward with 50 N" in desc.text
    assert "T12/L1" in desc.text and "backward with 30 N" in desc.text


def test_ids_of_two_figures_differ():
    first, second = (set(re.findall(r'id="([^"]+)"', spine_figure(made(), name))) for name in ("a", "b"))
    assert first and not first & second


def test_every_share_has_its_own_colour_and_pattern():
    assert len({colour for _, colour, _ in STYLES}) == len(STYLES)
    patterned = [lines for _, _, lines in STYLES if lines]
    assert len(set(patterned)) == len(patterned)
    plain = [label for label, _, lines in STYLES if not lines]
    assert plain == ["body weight", "psoas"]  # grey and vermilion, told apart by their lightness
    text = spine_figure(made())
    for label, newtons in SHARES:
        assert label in text and f"{abs(newtons):.0f}" in text


def test_bars_are_as_long_as_the_newtons():
    root = ET.fromstring(spine_figure(made()))
    widths = {}
    for group in root.iter(f"{SVG}g"):
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        if box is not None and title is not None:
            widths.setdefault(title.text, []).append(float(box.get("width")))
    assert len(widths) == 3 and all(len(each) == 6 for each in widths.values())
    scale = {float(name.split(": ")[1][:-2]): each[0] for name, each in widths.items()}
    assert scale[200.0] / scale[40.0] == pytest.approx(5.0, rel=0.01)  # written to a tenth of a pixel
    assert scale[300.0] / scale[200.0] == pytest.approx(1.5, rel=0.01)


def test_nothing_runs_out_of_the_picture():
    text = spine_figure(made())
    width, height = (float(x) for x in re.search(r'viewBox="0 0 (\d+) (\d+)"', text).groups())
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", text.split("</defs>")[1])]
    assert len(points) > 50
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@pytest.mark.parametrize(
    "view",
    [
        made(pull=0.0),
        made(shares=(("body weight", 0.0),)),
        made(gravity=(0.0, 0.0)),
        made(shares=(("something new", 100.0), ("body weight", -10.0))),
    ],
    ids=["no tension", "no load", "lying on the side", "unknown share"],
)
def test_odd_inputs_still_make_a_figure(view):
    text = spine_figure(view)
    ET.fromstring(text)
    assert "nan" not in text.lower().replace("nance", "") and "inf" not in text
    assert description(view).startswith("The lumbar spine seen from the right")


def test_views_refuse_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="must be"):
        Outline("vertebra", "L1", np.zeros((4, 3)))
    with pytest.raises(ValueError, match="must be"):
        Pull("psoas", 1.0, np.array([[0.0, np.nan], [1.0, 1.0]]))
    with pytest.raises(ValueError, match=r"must be \(2,\)"):
        LevelLoad("L4/L5", np.zeros(3), np.zeros(2), 1.0, 1.0, ())
