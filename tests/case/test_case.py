"""What `run` takes: one case or several, and a sentence for whatever else a new user hands it."""

from pathlib import Path

import pytest

from psoas.case.case import Case, cases_of
from psoas.chain import run
from psoas.errors import InputError


def test_one_case_or_several_are_a_list():
    one, other = Case(name="one"), Case(name="other")
    assert cases_of(one) == [one] and cases_of((one, other)) == [one, other] == cases_of(iter([one, other]))
    assert run([]) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("rec.toml", "'rec.toml'"),
        (Path("rec.toml"), repr(Path("rec.toml"))),
        (None, "None"),
        ({"posture": {"preset": "sitting"}}, "a dict"),
        (7, "7"),
        ([Case(), "rec.toml"], "'rec.toml' in place 1 of the list"),
        ([None], "None in place 0 of the list"),
    ],
)
def test_what_is_no_case_is_told_with_the_way_to_one(given, told):
    with pytest.raises(InputError) as caught:
        run(given)
    sentence = str(caught.value)
    assert f"run takes a Case or a list of them, but was given {told}. " in sentence
    assert "read_case" in sentence and "psoas.case.scenario" in sentence
