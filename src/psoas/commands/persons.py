"""Whether those who are put side by side are one person, and if not, what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from psoas.result import Result

TOLD = (("mass_kg", "mass", " kg"), ("height_m", "height", " m"), ("sex", "sex", ""), ("age_years", "age", " years"))


def differing(results: Sequence[Result], names: Sequence[str]) -> str:
    """Return a sentence on mass, height, sex and age where they differ, "" where all are alike.

    names: of the results, as they are shown. A result whose case does not say one of them is left out of it.
    """
    subjects = [result.case.get("subject") or {} for result in results]
    found = []
    for key, word, unit in TOLD:
        whose: dict[str, list[str]] = {}
        for name, subject in zip(names, subjects, strict=True):
            if subject.get(key) is not None:
                value = subject[key]
                shown = value if isinstance(value, str) else f"{value:g}{unit}"
                whose.setdefault(shown, []).append(name)
        if len(whose) > 1:
            found.append(f"{word} " + ", ".join(f"{shown} ({', '.join(who)})" for shown, who in whose.items()))
    if not found:
        return ""
    return f"The persons differ too, so not every difference comes from the situation: {'; '.join(found)}."
