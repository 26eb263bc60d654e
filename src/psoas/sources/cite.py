"""The bibliography: what each source key of the tables stands for, as text and as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from psoas.errors import TableError, unknown

BIBLIOGRAPHY = "sources/sources.bib"
_ENTRY = re.compile(r"@(?P<kind>[a-z]+)\{(?P<key>[^,\s]+),\n(?P<body>.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"^ {2}(?P<name>[a-z]+) = \{(?P<value>.*)\},?$")
_ACCENTS = {r"{\'e}": "é", r"{\"o}": "ö", r"{\"u}": "ü", r"{\"a}": "ä", r"{\"e}": "ë"}


@dataclass(frozen=True)
class Reference:
    """One entry of the bibliography: its key, its kind (article, book, misc) and its fields as written."""

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def text(self) -> str:
        """Return `authors (year). title. journal volume:pages. doi` with what the entry holds."""
        get = self.fields.get
        place = get("journal", get("publisher", ""))
        if get("volume"):
            place += f" {get('volume')}" + (f":{get('pages')}" if get("pages") else "")
        title = get("title") or "[title not read]"
        authors = _plain(get("author", "?")).replace(" and ", "; ").replace("; others", " et al.")
        parts = [f"{authors} ({get('year', '?')})", _plain(title), place]
        parts += [f"doi:{get('doi')}"] if get("doi") else []
        return ". ".join(part for part in parts if part) + "."

    @property
    def short(self) -> str:
        """Return `first author year`, or the title where the authors are ourselves or unknown."""
        authors = self.fields.get("author", "")
        if self.key == "psoas_assumed":
            return "our own assumptions"
        if authors.startswith("{"):
            return f"{_plain(authors.split(' and ')[0])} {self.fields['year']}"
        names = [_plain(name).split(",")[0] for name in authors.split(" and ")]
        more = " et al." if len(names) > 2 or "others" in names else ""
        shown = names[0] if more or len(names) == 1 else " and ".join(names[:2])
        return f"{shown}{more} {self.fields['year']}"

    @property
    def bibtex(self) -> str:
        """Return the entry as BibTeX."""
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in self.fields.items())
        return f"@{self.kind}{{{self.key},\n{body},\n}}"


def parse_bibliography(text: str, name: str = BIBLIOGRAPHY) -> dict[str, Reference]:
    """Parse the subset of BibTeX that we write: one field a line, values in braces, a closing brace alone.

    Raises TableError for a key that stands twice, a line that is no field, or an entry without a year.
    """
    references: dict[str, Reference] = {}
    entries = list(_ENTRY.finditer(text))
    opened = len(re.findall(r"^@", text, re.MULTILINE))
    if opened != len(entries):
        raise TableError(f"{name}: {opened} entries are opened, but {len(entries)} can be read to their end.")
    for entry in entries:
        key = entry["key"]
        if key in references:
            raise TableError(f"{name}: the key '{key}' stands there twice.")
        fields: dict[str, str] = {}
        for line in entry["body"].splitlines():
            match = _FIELD.match(line)
            if match is None:
                raise TableError(f"{name}: '{key}' holds a line that is no field: {line.strip()!r}.")
            fields[match["name"]] = match["value"]
        if "year" not in fields or "author" not in fields:
            raise TableError(f"{name}: '{key}' needs an author and a year.")
        references[key] = Reference(key, entry["kind"], fields)
    return references


@lru_cache(maxsize=1)
def bibliography() -> dict[str, Reference]:
    """Return the shipped bibliography by key."""
    path = resources.files("psoas").joinpath(BIBLIOGRAPHY)
    return parse_bibliography(path.read_text(encoding="utf-8"))


def references(keys: Iterable[str]) -> list[Reference]:
    """Return the references of these keys, each once, in the order of first use; TableError if unknown."""
    known = bibliography()
    found = []
    for key in dict.fromkeys(keys):
        if key not in known:
            raise TableError(f"{BIBLIOGRAPHY}: {unknown('source', key, known)}")
        found.append(known[key])
    return found


def cite(keys: Iterable[str]) -> list[str]:
    """Return these sources as lines of text, each once, in the order of first use."""
    return [reference.text for reference in references(keys)]


def bibtex(keys: Iterable[str]) -> str:
    """Return these sources as BibTeX."""
    return "\n\n".join(reference.bibtex for reference in references(keys)) + "\n"


def _plain(text: str) -> str:
    for written, character in _ACCENTS.items():
        text = text.replace(written, character)
    return text.replace("{", "").replace("}", "")
