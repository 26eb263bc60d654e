"""What the psoas, the spinal extensors and the rest of the trunk do to each lumbar joint."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psoas import studies as studies
    from psoas.anatomy.subject import Subject as Subject
    from psoas.case import whatif as whatif
    from psoas.case.case import Case as Case
    from psoas.chain import run as run
    from psoas.motion.motion import Motion as Motion
    from psoas.result import Result as Result
    from psoas.saved import load as load
    from psoas.saved import save as save

# Loaded when first asked for, so that `psoas --help` does not wait for MuJoCo.
_FACE = {
    "Subject": "psoas.anatomy.subject",
    "Case": "psoas.case.case",
    "Motion": "psoas.motion.motion",
    "Result": "psoas.result",
    "run": "psoas.chain",
    "save": "psoas.saved",
    "load": "psoas.saved",
}
_MODULES = {"whatif": "psoas.case.whatif", "studies": "psoas.studies"}


def __getattr__(name: str) -> Any:
    if name in _FACE:
        value = getattr(import_module(_FACE[name]), name)
    elif name in _MODULES:
        value = import_module(_MODULES[name])
    elif name == "__version__":
        from importlib.metadata import version

        value = version("psoas")
    else:
        raise AttributeError(f"module 'psoas' has no attribute '{name}'; it has {', '.join(__dir__())}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_FACE, *_MODULES, "__version__"])
