"""Studies: one file answers one question, its signature is its command; `studies.sit()` asks the one in sit.py."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psoas.studies.activities import activities as activities
    from psoas.studies.bend import bend as bend
    from psoas.studies.causes import causes as causes
    from psoas.studies.desk import desk as desk
    from psoas.studies.interventions import interventions as interventions
    from psoas.studies.lie import lie as lie
    from psoas.studies.lift import lift as lift
    from psoas.studies.limits import limits as limits
    from psoas.studies.reflex import reflex as reflex
    from psoas.studies.settle import settle as settle
    from psoas.studies.sit import sit as sit
    from psoas.studies.stability import stability as stability
    from psoas.studies.stand import stand as stand
    from psoas.studies.thomas import thomas as thomas
    from psoas.studies.tighten import tighten as tighten
    from psoas.studies.walk import walk as walk


class _Question(ModuleType):
    """The module of a study, which is called as its study: `studies.sit(...)` is `studies.sit.sit(...)`."""

    @property
    def __wrapped__(self) -> Any:
        """Return the study, whose signature is shown for the module's."""
        return getattr(self, self.__name__.rpartition(".")[2])

    def __call__(self, *values: Any, **named: Any) -> Any:
        return self.__wrapped__(*values, **named)


class _Studies(ModuleType):
    """The package of the studies, which loads each when it is first asked for."""

    def __setattr__(self, name: str, value: Any) -> None:
        # Python hangs a submodule here when anybody imports it; from then on it can be called, whoever it was.
        if type(value) is ModuleType and callable(getattr(value, name, None)):
            value.__class__ = _Question
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or find_spec(f"{self.__name__}.{name}") is None:
            raise AttributeError(f"There is no study '{name}'; there are {', '.join(self.__dir__())}.")
        return import_module(f"{self.__name__}.{name}")

    def __dir__(self) -> list[str]:
        files = sorted(Path(__file__).parent.glob("*.py"))
        # A study is known by its first argument; to load each to find out would take seconds.
        return [f.stem for f in files if re.search(rf"^def {f.stem}\(\s*subject\b", f.read_text("utf-8"), re.MULTILINE)]


sys.modules[__name__].__class__ = _Studies
