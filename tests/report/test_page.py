import base64
import html
import json
import re
import tomllib
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture
from psoas.case.scenario import case_from_scenario
from psoas.chain import result_of
from psoas.errors import FileError, InputError
from psoas.frames import frames_of
from psoas.mechanics.scene import scene_of
from psoas.report import by_cause, words
from psoas.report.bars import bar_chart
from psoas.report.page import LARGEST_BYTES, report, write_report
from psoas.report.player import player_data
from psoas.report.plots import curve_chart, legend, number, ticks
from psoas.report.scenario_text import scenario_text
from psoas.report.solids import ball, joined, rod, surface, tube
from psoas.saved import Answer, load, save
from psoas.tables import Curve, Figure, Table
from test_result import made
from test_saved import whole

VOID = {"meta", "input", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """Reads a page: its tags, what is open, its text outside scripts."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text += data + " "


@pytest.fixture(scope="module")
def standing() -> Answer:
    frames = frames_of(Case(name="standing"))
    result = result_of(Case(name="standing"), frames, causes=True)
    scene = scene_of(frames.body, frames.positions, frames.contacts, frames.available)
    return Answer((result,), "Standing", scenes=(scene,))


def test_the_page_is_whole_offline_and_small(standing):
    text = report(standing)
    page = Page(text)
    assert page.open == [] and len(text.encode()) <= LARGEST_BYTES
    assert not re.findall(r"https?://|//[a-z0-9.-]+\.[a-z]{2,}/", text)
    for tag, attributes in page.tags:
        assert tag not in ("link", "img", "iframe", "object"), tag
        assert "src" not in attributes and not (attributes.get("href") or "#").startswith(("/", "http")), attributes
    assert dict(page.tags)["meta"] and "default-src 'none'" in text
    headings = [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1" and headings.count("h1") == 1
    for before, after in pairwise(headings):
        assert int(after[1]) <= int(before[1]) + 1


def test_the_page_says_what_the_result_says(standing):
    page = Page(report(standing))
    result = standing.results[0]
    for level, value in zip(result.levels, result.loads["compression_n"][:, 0], strict=True):
        assert re.search(rf"{level}\s+{value:.0f}\s", page.text), level
    assert words.answer_sentence(standing.results) in page.text
    for note in result.notes:
        assert note in page.text
    assert "body weight" in page.text and "Bogduk" in page.text and "no medical advice" in page.text
    assert "@article{bogduk1992" in page.text and result.model_hash in page.text


def test_the_same_answer_gives_the_same_page_from_a_saved_file(standing, tmp_path):
    path = save(standing, tmp_path / "a.npz")
    assert report(load(path)) == report(standing)


def test_every_chart_and_table_is_told_in_words(standing):
    page = Page(report(standing))
    charts = [a for tag, a in page.tags if tag == "svg" and "chart" in (a.get("class") or "")]
    assert len(charts) >= 6
    assert all(a["role"] == "img" and len(a["aria-label"]) > 30 for a in charts)
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags) >= 4
    scopes = [a.get("scope") for tag, a in page.tags if tag == "th"]
    assert len(scopes) > 30 and all(scope in ("row", "col") for scope in scopes)


def test_a_movement_of_two_people_with_everything_in_it():
    page = Page(report(whole(5)))
    assert page.open == []
    assert "Sitting down" in page.text and "The psoas shortens" in page.text
    assert "standing, 0.00 s" in page.text and "A note." in page.text and "limit" in page.text
    assert "unmet" in page.text and "With tight it is" in page.text
    bands = [a for tag, a in page.tags if tag == "path" and (a.get("class") or "").startswith("band")]
    assert len(bands) >= 6  # an interval of compression at each level


def test_names_cannot_break_out_of_the_page():
    bad = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
    answer = whole()
    first = made(case={"name": bad, "subject": {"mass_kg": 70.0}}, notes=(bad,), status=("ok", f"flagged: {bad}"))
    found = Answer((first, made()), bad, scenes=(answer.scenes[0], None), findings=(bad,))
    page = Page(report(found))
    assert not any(tag == "img" for tag, _ in page.tags)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert page.text.count("alert(2)") >= 3


def test_many_results_are_rows_and_one_style_each():
    people = [made(1, case={"name": f"person {i}"}) for i in range(9)]
    page = Page(report(people))
    assert "person 8" in page.text and "Of the 9 compared, L5/S1 carries most with" in page.text


def test_of_many_the_view_begins_with_the_one_that_the_answer_names(standing):
    (result,), (scene,) = standing.results, standing.scenes
    heavy = replace(result, causes=None, case={"name": "heavy"}, loads={k: 2 * v for k, v in result.loads.items()})
    light = replace(result, case={"name": "light"})
    text = report(Answer((light, light, heavy, light), scenes=(scene,) * 4))
    assert "carries most with \u201cheavy\u201d" in text
    assert 'value="2" checked>heavy' in text and text.count("checked>") == report(standing).count("checked>") + 1


def test_flagged_frames_and_edges_are_told():
    result = made(4, status=("edge", "ok", "flagged: 9 N m unmet at L5/S1", "flagged: 12 N m unmet at L5/S1"))
    assert words.doubts([result]) == [
        "2 of 4 frames are flagged and left out of the largest: unmet moment at L5/S1 (2).",
        "1 frame at an end is left out.",
    ]
    walks = [made(4, case={"name": name}, status=("edge", "ok", "ok", "edge")) for name in ("normal", "tight")]
    assert words.doubts(walks) == ["2 frames at the ends of the movement are left out."]
    other = made(5, case={"name": "run"}, status=("edge", "ok", "ok", "edge", "edge"))
    assert [d.split(":")[0] for d in words.doubts([walks[0], other])] == ["Normal", "Run"]
    assert [d.split(":")[0] for d in words.doubts([*walks, other])] == ["Normal", "Tight", "Run"]
    longer = made(6, case={"name": "slow"}, status=("edge", "ok", "ok", "ok", "ok", "edge"))
    assert [d.split(":")[0] for d in words.doubts([walks[0], longer])] == ["Normal", "Slow"]
    reasons = (
        "flagged: residual moment 5.4% of body weight x height",
        "flagged: residual moment 4.6% of body weight x height",
    )
    assert "residual moment (2)" in words.doubts([made(2, status=reasons)])[0]
    assert words.doubts([made(1, status=("flagged: 9 N m unmet at hip_r",))]) == [
        "This answer is flagged: 9 N m unmet at hip_r. Read it with care."
    ]
    squat = made(1, case={"name": "squat"}, status=("flagged: 9 N m unmet at hip_r",))
    assert words.doubts([made(1), squat]) == ["Squat is flagged: 9 N m unmet at hip_r. Read it with care."]


def test_causes_sum_to_the_load_and_are_named_in_words(standing):
    _, _, parts = by_cause.cause_rows(standing.results[0], "compression_n")
    total = np.sum([v for _, v in parts], axis=0)
    np.testing.assert_allclose(total, standing.results[0].loads["compression_n"][:, 0], atol=1e-6)
    assert not any("_" in name for name, _ in parts) and len(parts) <= by_cause.MOST_CAUSES + 1
    assert by_cause.plain_cause("longissimus_thoracis_pars_lumborum active") == "longissimus, lumbar part, active"
    assert by_cause.plain("foot_r") == "foot, right"


@pytest.mark.parametrize(
    "case",
    [
        Case(),
        Case(posture=Posture(preset="stoop", levels_deg={"L4/L5": 5.0}), name='a "name"\\ with \x7f'),
        Case(change=Change(tight={"psoas_major": 0.06}, weak={"multifidus_r": 0.3})),
    ],
)
def test_the_scenario_in_the_page_gives_the_same_case(case):
    text = scenario_text(case.to_dict())
    again = case_from_scenario(tomllib.loads(text))
    assert again == case


def test_the_view_holds_what_the_scene_and_the_result_say(standing):
    data = json.loads(player_data(standing.results, standing.scenes, ["standing"]))
    block = zlib.decompress(base64.b64decode(data["block"]))
    kind, start, count = data["takes"][0]["force"]
    force = 0.1 * np.frombuffer(block, kind, count, start)
    np.testing.assert_allclose(
        force, standing.results[0].muscles.force_n[:, 0], atol=0.051
    )  # stored in tenths of a newton
    step, kind, start, count = data["takes"][0]["position"]
    position = step * np.frombuffer(block, kind, count, start).reshape(-1, 3)
    scene = standing.scenes[0]
    np.testing.assert_allclose(position[: len(scene.bodies)], scene.position_m[0], atol=1e-4)
    used = {i["mesh"] for i in data["models"][0]["instances"]}
    assert used == set(range(len(data["models"][0]["meshes"])))


def test_every_negative_number_of_a_page_has_a_minus_sign(standing):
    rows = (("-21.5 to -9.5", "-3.0 %", "-4"), ("-13.0 to 0.6", "0.7-1.5", "L4-5"), ("a (-2 N) or -.5", "1-2", "x-1"))
    table = Table("Tilt, -30 to 5 deg", ("range", "change", "more"), rows, note="From -5 to 3-4 times.")
    answer = replace(
        standing, tables=(table,), findings=("The psoas pulls with -7 N, not -8.",), title="At -10 degrees"
    )
    page = report(answer)
    for told in ("−21.5 to −9.5", "−3.0 %", "−4", "−13.0 to 0.6", "0.7-1.5", "L4-5", "a (−2 N) or −.5", "1-2", "x-1"):
        assert f">{told}<" in page, told
    assert page.count('class="num">−21.5') == 0 and '<td class="num">−3.0 %</td>' in page
    for told in ("Tilt, −30 to 5 deg", "From −5 to 3-4 times.", "pulls with −7 N, not −8.", "<h1>At −10 degrees<"):
        assert told in page, told
    # The scenario is copied into a file, where a minus sign would be no number.
    result = standing.results[0]
    cold = replace(result, case={**result.case, "posture": {"preset": "standing", "trunk_flexion_deg": -5.0}})
    assert "trunk_flexion_deg = -5.0" in report(cold)


def test_a_page_that_would_be_too_large_holds_fewer_views(standing, monkeypatch):
    monkeypatch.setattr("psoas.report.page.LARGEST_BYTES", 300_000)
    text = report(standing)
    assert len(text.encode()) < 300_000 and "scene-data" not in text and "What each level carries" in text


def test_the_file_is_written_or_the_mistake_told(tmp_path):
    assert "<!doctype html>" in write_report(tmp_path / "a.html", made()).read_text(encoding="utf-8")[:20]
    with pytest.raises(InputError, match=r"does not end in \.html"):
        write_report(tmp_path / "a.pdf", made())
    with pytest.raises(FileError, match="cannot be written"):
        write_report(tmp_path / "no" / "a.html", made())


def test_surfaces_are_closed_and_have_the_volume_of_their_solid():
    mesh = surface(ball((0, 0, 0), 0.03), (-0.04,) * 3, (0.04,) * 3, 0.003)
    edges: dict[tuple[int, int], int] = {}
    for quad in mesh.quads:
        for a, b in zip(quad, np.roll(quad, -1), strict=True):
            edges[a, b] = edges.get((a, b), 0) + 1
    assert all(n == 1 and edges.get((b, a)) == 1 for (a, b), n in edges.items())  # every edge once in each direction
    v, q = mesh.vertices, mesh.quads
    parts = np.einsum("ij,ij->i", v[q[:, 0]], np.cross(v[q[:, 1]], v[q[:, 2]]) + np.cross(v[q[:, 2]], v[q[:, 3]]))
    assert parts.sum() / 6 == pytest.approx(4 / 3 * np.pi * 0.03**3, rel=0.03)  # chords of a 3 mm grid cut inside
    both = joined(ball((0, 0, 0), 0.01), rod([(0, 0, 0), (0.05, 0, 0)], [0.004, 0.004]))
    assert both(np.array([[0.04, 0, 0], [0, 0.02, 0]])).tolist() == pytest.approx([-0.004, 0.01], abs=1e-9)
    assert tube([(0, 0, 0), (0.1, 0, 0), (0.2, 0, 0)], [0.01] * 3).quads.max() < 100


def test_numbers_ticks_and_legends():
    assert ticks(0, 1910) == [0, 500, 1000, 1500, 2000] and ticks(-0.3, 0.4)[0] == pytest.approx(-0.4)
    assert number(-3.0, 1) == "−3.0" and number(-0.0, 0) == "0" and number(float("nan")) == "-"
    assert legend(["one"]) == "" and legend(["a<b", "c"]).count("<li>") == 2 and "a&lt;b" in legend(["a<b", "c"])


def test_a_curve_with_gaps_leaves_them_and_never_writes_nan():
    y = np.array([1.0, np.nan, 3.0, 4.0])
    x = np.arange(4.0)
    figure = Figure(
        "F & G", "time, s", "force, N", (Curve("a", x, y, y - 1, y + 1), Curve("b", x, 0 * x)), (("l", 9.0),)
    )
    svg = curve_chart(figure)
    assert "nan" not in svg and svg.count("M") >= 3 and html.escape("F & G") in svg
    empty = bar_chart("B", ["r"], [("a", np.array([np.nan]))], unit="N")
    assert "nan" not in empty
    long = Curve("c", np.arange(5000.0), np.sin(np.arange(5000.0)))
    assert len(curve_chart(Figure("L", "x", "y", (long,)))) < 12_000


def test_equal_curves_are_told_apart_without_colour():
    x = np.arange(10.0)
    svg = curve_chart(Figure("F", "x", "y", tuple(Curve(str(i), x, x) for i in range(6))))
    dashes = re.findall(r'class="curve s\d" d="[^"]*"(?: stroke-dasharray="([^"]*)")?', svg)
    assert len(set(dashes)) == 6
