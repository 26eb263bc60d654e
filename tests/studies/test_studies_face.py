"""Studies are asked from Python as from the command line: `studies.stand()`, loaded when first asked for."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from psoas import studies
from psoas.cli import STUDIES
from psoas.studies.study import Study

COMMANDS = sorted(name for group in STUDIES.values() for name in group)


def test_every_command_of_a_study_is_a_function_of_the_package():
    assert dir(studies) == COMMANDS
    written = Path(studies.__file__).read_text(encoding="utf-8")
    for name in COMMANDS:  # what an editor sees, which does not run the package
        assert f"    from psoas.studies.{name} import {name} as {name}\n" in written
    for name in COMMANDS:
        asked = getattr(studies, name)
        assert callable(asked) and inspect.signature(asked) == inspect.signature(getattr(asked, name))
        assert next(iter(inspect.signature(asked).parameters)) == "subject"


def test_a_study_answers_when_called_however_its_module_was_loaded():
    from psoas.studies.lie import lie

    found = studies.lie()
    assert isinstance(found, Study) and found.title == lie().title
    assert found.results[0].frames == 1


def test_a_name_that_is_no_study_is_told_with_those_there_are():
    with pytest.raises(AttributeError, match=r"There is no study 'sti'; there are .*stand"):
        studies.sti  # noqa: B018


def test_nothing_is_loaded_before_a_study_is_asked_for():
    program = (
        "import sys\nfrom psoas import studies\ndir(studies)\n"
        "print(sorted({'mujoco', 'numpy', 'pydantic', 'psoas.studies.sit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
