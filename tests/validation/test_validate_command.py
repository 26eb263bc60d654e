"""`psoas validate`: what it prints, writes and returns."""

import json

import pytest

from psoas import cli
from psoas.validation import page, suite
from psoas.validation.claim import Answer, judged
from validation_run import ran


def called(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["validate", *arguments])
    out, err = capsys.readouterr()
    return end.value.code, out, err


@pytest.fixture
def suite_that_ran(monkeypatch):
    """The suite's answer without its half minute, and no folder to write to."""
    bench, outcomes = ran()
    monkeypatch.setattr("psoas.validation.bench.Bench", lambda: bench)
    monkeypatch.setattr(suite, "validate", lambda _bench, **_: outcomes)
    monkeypatch.setattr(page, "docs_folder", lambda: None)
    return outcomes


def test_json_alone_on_standard_output(suite_that_ran, capsys):
    code, out, err = called(["--json"], capsys)
    said = json.loads(out)
    assert code == 0 and err == ""
    assert [c["id"] for c in said["claims"]] == [x.claim.id for x in suite_that_ran]


def test_the_table_names_every_claim_and_why_some_are_outside(suite_that_ran, capsys):
    code, out, _ = called([], capsys)
    assert code == 0
    for x in suite_that_ran:
        assert x.claim.id in out
        assert (f"{x.claim.id} is outside: " in out) == (x.verdict == "outside")
    assert "computed: " in out and "echo: " in out


def test_a_broken_law_is_exit_code_1(suite_that_ran, capsys, monkeypatch):
    law = next(x.claim for x in suite_that_ran if x.claim.holds == "physics")
    monkeypatch.setattr(suite, "validate", lambda _bench, **_: [judged(law, Answer(1e9, "broken"))])
    code, out, _ = called(["--json"], capsys)
    assert code == 1 and json.loads(out)["claims"][0]["verdict"] == "outside"


def test_pages_are_written_where_they_are_wanted(suite_that_ran, capsys, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    code, _, err = called(["--json", "--write", str(tmp_path)], capsys)
    assert code == 0 and "validation.md" in err
    assert {p.name for p in tmp_path.iterdir()} == {"validation.md", "validation.json", "elsewhere"}
    assert called([], capsys)[0] == 0
    assert list(elsewhere.iterdir()) == []  # outside a checkout nothing is written


def test_a_folder_that_is_none_is_told_before_the_work(capsys, tmp_path):
    code, out, err = called(["--write", str(tmp_path / "none")], capsys)
    assert code == 2 and out == "" and "--write" in err and "is not a folder" in err
