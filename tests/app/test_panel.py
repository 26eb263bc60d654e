"""The panel on a real server without a browser: what its controls ask for is shown."""

import re
import time
from importlib import util

import numpy as np
import pytest

if util.find_spec("viser") is None:
    pytest.skip("needs the package viser (pip: .[app])", allow_module_level=True)

from psoas.app.controls import SLIDERS
from psoas.app.keep import FILES, made
from psoas.app.panel import Panel, Take
from psoas.app.serve import listening, opened, quiet
from psoas.app.session import Session
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.movement import Movement
from psoas.case.whatif import tighten
from psoas.chain import run
from psoas.errors import PsoasError
from psoas.saved import Answer, load

LONG_S = 20.0


@pytest.fixture(scope="module")
def server():
    with listening() as listener:
        running = opened(listener, "a test")
        yield running
        with quiet():
            running.stop()


@pytest.fixture
def panel(server, session):
    server.gui.reset()
    made_ = Panel(
        server,
        [Take("normal", session.baseline, session.scene)],
        Answer((session.baseline,), "a step", session.phases),
        session,
    )
    made_.step({"take", "setting", "look"})
    yield made_
    made_.stop()


@pytest.fixture(scope="module")
def session():
    return Session(Case(motion=Movement(pattern="step"), name="a step"))


def shown(panel, level="L5/S1"):
    """Return now and normal of a level as the page has them."""
    row = next(r for r in re.findall(r"<tr>(.*?)</tr>", panel.controls._levels.content) if level in r)
    return [float(v) for v in re.findall(r">(\d+)</td>", row)]


def whole(panel):
    """Wait until the whole movement is computed."""
    panel.ask()
    end = time.monotonic() + LONG_S
    while panel._whole() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert panel._whole() is not None
    panel.step({"whole"})


def test_it_begins_with_the_baseline(panel, session):
    now, normal = shown(panel)
    assert now == normal == round(float(session.baseline.loads["compression_n"][-1, 0]))
    assert [np.shape(row) for row in panel.controls._curves[0].data] == [(session.baseline.frames + 2,)] * 8


def test_a_slider_changes_this_moment_at_once_and_the_movement_afterwards(panel, session):
    panel.controls._sliders["psoas_tight"].value = 12.0
    panel.step({"setting"})
    now, normal = shown(panel)
    assert now > normal
    assert "being computed" in panel.controls._state.content or panel._whole() is not None
    whole(panel)
    assert "being computed" not in panel.controls._state.content
    assert shown(panel)[0] == now
    frames = session.baseline.frames
    before, after = panel.controls._curves[1].data[1], panel.controls._curves[1].data[2]
    assert len(after) == frames + 2 and (after > before).mean() > 0.5
    panel.controls._reset()
    panel.step({"setting"})
    assert shown(panel) == [normal, normal]


def test_every_slider_says_something_else_than_normal(panel):
    ends = {name: SLIDERS[name][2] for name in SLIDERS} | {"specific_tension_n_cm2": 45.0, "psoas_tight": 15.0}
    seen = 0
    for name, end in ends.items():
        panel.controls._reset()
        panel.controls._sliders[name].value = end
        panel.step({"setting"})
        assert panel.controls._problem.content == "", name
        now, normal = shown(panel)
        assert now != normal, name
        seen += 1
    assert seen == len(SLIDERS) == 6


def test_time_moves_picture_and_numbers(panel, session):
    frame = session.baseline.frames // 2
    panel.controls._go(float(session.baseline.time_s[frame]))
    panel.step({"time"})
    assert shown(panel)[0] == round(float(session.baseline.loads["compression_n"][-1, frame]))
    thigh = panel.stage._bones["thigh_r"]
    assert np.allclose(thigh.position, session.scene.position_m[frame, session.scene.body("thigh_r")])
    assert panel.stage._muscles[0].visible


def test_another_load_and_another_look(panel, session):
    panel.controls._quantity.value = "Disc pressure"
    panel.step({"load"})
    assert "pressure, MPa" in panel.controls._levels.content and " MPa" in panel.controls._answer.content
    panel.controls._family.value = "Psoas and iliacus"
    panel.controls._arms.value = False
    panel.step({"look"})
    groups = {g for g, on in zip(session.baseline.muscles.groups, panel.stage.shown, strict=True) if on}
    assert groups == {"psoas_major", "iliacus"}
    assert not panel.stage._bones["hand_r"].visible and panel.stage._bones["thigh_r"].visible


def test_what_cannot_be_computed_is_said_and_the_app_goes_on(server):
    case = Case(motion=Movement(pattern="step"), change=Change(tight={"psoas_major": 0.7}))
    session = Session(case)
    server.gui.reset()
    panel = Panel(
        server, [Take("normal", session.baseline, session.scene)], Answer((session.baseline,), "a step"), session
    )
    panel.step({"take", "setting", "look"})
    assert "tears before" in panel.controls._problem.content and panel.controls._levels.content == ""
    panel.controls._sliders["psoas_tight"].value = 5.0
    panel.step({"setting"})
    assert panel.controls._problem.content == "" and shown(panel)[0] > 0
    panel.stop()


def test_every_file_can_be_taken_home(panel, session, tmp_path):
    panel.controls._sliders["psoas_tight"].value = 10.0
    panel.step({"setting"})
    whole(panel)
    sizes = {}
    for label in FILES:
        name, content = panel._file(label)
        (tmp_path / name).write_bytes(content)
        sizes[name] = len(content)
    assert list(sizes) == ["a_step.html", "a_step.npz", "a_step_loads.csv", "a_step_muscles.csv"]
    assert min(sizes.values()) > 1000
    answer = load(tmp_path / "a_step.npz")
    assert [r.name for r in answer.results] == ["normal", "psoas 10 % tight"] and answer.phases == session.phases
    assert "psoas 10 % tight" in (tmp_path / "a_step.html").read_text()


def test_there_is_no_file_of_what_is_not_computed_yet(panel):
    panel._setting = tight = panel.controls.setting()
    panel._computing.drop()
    panel._setting = type(tight)(**{**vars(tight), "psoas_tight": 0.03})
    with pytest.raises(PsoasError, match="still being computed"):
        panel._file("Loads (CSV)")


def test_a_file_is_named_without_what_a_name_cannot_hold(session):
    answer = Answer((session.baseline,), "x")
    assert made("Loads (CSV)", answer, session.baseline, "../a b/c")[0] == "a_b_c_loads.csv"
    assert made("Loads (CSV)", answer, session.baseline, "")[0] == "psoas_loads.csv"


def test_a_saved_answer_is_shown_and_compared_without_sliders(server):
    step = Case(motion=Movement(pattern="step"))
    results = run([step, tighten("psoas_major", 0.1)(step)])
    takes = [Take(name, r, r.scene) for name, r in zip(("normal", "tight"), results, strict=True)]
    server.gui.reset()
    panel = Panel(server, takes, Answer(tuple(results), "saved"))
    panel.step({"take", "setting", "look"})
    assert len(shown(panel)) == 1 and panel.controls._sliders == {}
    panel.controls._shown.value = "tight"
    panel.step({"take"})
    now, normal = shown(panel)
    assert now == round(float(results[1].loads["compression_n"][-1, 0])) and now > normal
    assert panel._file("Answer (.npz)")[0] == "saved.npz"
    panel.stop()
