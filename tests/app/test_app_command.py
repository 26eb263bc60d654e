"""`psoas app`: it opens and stops as told, and refuses what it cannot show in the words of `psoas run`."""

import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from importlib import util

import pytest

from psoas.app import show
from psoas.case.case import Case
from psoas.chain import run
from psoas.cli import main
from psoas.saved import Answer, save

VIEWER = pytest.mark.skipif(util.find_spec("viser") is None, reason="needs the package viser (pip: .[app])")
PATIENCE_S = 60.0


def called(capsys, *arguments):
    """Return the exit code and what was said of a command that does not get as far as a page."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return stop.value.code, capsys.readouterr().err


def test_without_the_viewer_it_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(show, "find_spec", lambda name: None)
    assert called(capsys, "app") == (2, 'psoas: psoas app needs the package viser: pip install "psoas[app]"\n')


@VIEWER
@pytest.mark.parametrize("file", ["nothing.trc", "nothing.toml", "odd.xyz", "broken.toml", "broken.json", "empty.trc"])
def test_a_bad_file_is_refused_in_the_words_of_run(tmp_path, monkeypatch, capsys, file):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.xyz").write_text("1 2 3")
    (tmp_path / "broken.toml").write_text("[subject\nmass_kg = ")
    (tmp_path / "broken.json").write_text('{"subject": ')
    (tmp_path / "empty.trc").write_text("")
    code, said = called(capsys, "app", file)
    assert code == 2 and (code, said) == called(capsys, "run", file)


@VIEWER
def test_flags_that_do_not_belong_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = run(Case())[0]
    save(Answer((result,), scenes=(result.scene,)), "one.npz")
    save(replace(result, scene=None), "blind.npz")
    (tmp_path / "not.npz").write_text("no archive")
    expected = {
        ("one.npz", "--tight", "6%"): "is a saved answer, which flags cannot change",
        ("one.npz", "--forces", "x.mot"): "is a saved answer, which flags cannot change",
        ("blind.npz",): "'blind' holds no picture",
        ("not.npz",): "not.npz was not saved by psoas",
        ("gone.npz",): "There is no file 'gone.npz'",
        ("--forces", "x.mot"): "name its file",
        ("--port", "80"): "--port is 80; allowed is 1024 to 65535",
        ("--mass", "500"): "--mass is '500'",
        ("--tight", "300%"): "--tight",
    }
    for arguments, sentence in expected.items():
        code, said = called(capsys, "app", *arguments)
        assert code == 2 and sentence in said and said.count("\n") == 1, (arguments, said)


@VIEWER
def test_it_prints_its_address_serves_and_stops_on_ctrl_c(tmp_path):
    scenario = tmp_path / "standing.toml"
    scenario.write_text("[subject]\nmass_kg = 65\n")
    running = subprocess.Popen(
        [sys.executable, "-m", "psoas.cli", "app", scenario.name],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line.startswith("http://127.0.0.1:") and line.endswith("Ctrl-C stops.\n")
        with urllib.request.urlopen(line.split()[0], timeout=PATIENCE_S) as page:
            assert page.status == 200 and b"<html" in page.read(2000).lower()
        running.send_signal(signal.SIGINT)
        rest, said = running.communicate(timeout=PATIENCE_S)
    finally:
        running.kill()
    assert (running.returncode, rest, said) == (0, "Stopped.\n", "")
