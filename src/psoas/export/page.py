"""Case -> the what-if page: one HTML file with the person's model, the engine and the page's own code."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from psoas.case.case import Case
from psoas.errors import FileError
from psoas.export.page_model import page_model

BUNDLE = "export/bundle"  # built by `make page` from web/, and committed
MODEL, ENGINE = "MODEL_BASE64", "ENGINE_BASE64"


def page(case: Case, progress: Callable[[int, int], None] | None = None) -> str:
    """Return the page of a case's person as HTML; it asks for nothing beside itself.

    The page computes as the package does, with MuJoCo in WebAssembly: its presets, and the posture of the case where
    that is another. Raises FileError where the built page is missing, and what the case itself raises.
    """
    text = _bundled("page.html").decode("utf-8")
    for place in (MODEL, ENGINE):
        if text.count(place) != 1:
            raise FileError(f"The built page has no place for {place}; build it again with: make page")
    engine = base64.b64encode(_bundled("mujoco.wasm.gz")).decode("ascii")
    return text.replace(ENGINE, engine).replace(MODEL, packed(page_model(case, progress)))


def packed(data: dict[str, Any]) -> str:
    """Return data as JSON, compressed (gzip) and in base64; the same data gives the same text."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")


def _bundled(name: str) -> bytes:
    file = resources.files("psoas").joinpath(BUNDLE, name)
    if not file.is_file():
        raise FileError(f"'{Path(BUNDLE, name)}' is missing from this installation; build it with: make page")
    return file.read_bytes()
