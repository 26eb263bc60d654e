"""What a person takes home from the app: a report, the answer, its tables."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from psoas.report.page import report
from psoas.result import Result
from psoas.saved import Answer, save


def _npz(answer: Answer, _: Result) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return save(answer, Path(folder) / "answer.npz").read_bytes()


# Label of the button -> end of the file's name, and what is in it, made of the answer and the result of now.
FILES: dict[str, tuple[str, Callable[[Answer, Result], bytes]]] = {
    "Report (HTML)": (".html", lambda answer, _: report(answer).encode()),
    "Answer (.npz)": (".npz", _npz),
    "Loads (CSV)": ("_loads.csv", lambda _, now: now.to_csv(table="loads").encode()),
    "Muscles (CSV)": ("_muscles.csv", lambda _, now: now.to_csv(table="muscles").encode()),
}


def made(label: str, answer: Answer, now: Result, name: str) -> tuple[str, bytes]:
    """Return the file's name and content behind a button of FILES; `name` is what the app was opened with."""
    end, content = FILES[label]
    stem = re.sub(r"[^\w-]+", "_", name).strip("_") or "psoas"
    return f"{stem[:60]}{end}", content(answer, now)
