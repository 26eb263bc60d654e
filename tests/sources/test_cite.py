from importlib import resources

import pytest

from psoas.errors import TableError
from psoas.sources.cite import bibliography, bibtex, cite, parse_bibliography
from psoas.sources.table import read_table

ENTRY = "@article{a2000,\n  author = {A, B.},\n  title = {On it},\n  year = {2000},\n}\n"


def shipped_tables():
    """Return the package's own tables as names below psoas/."""
    root = resources.files("psoas")
    found = []

    def walk(folder, prefix):
        for entry in folder.iterdir():
            if entry.is_dir() and entry.name != "__pycache__":
                walk(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(".csv"):
                found.append(prefix + entry.name)

    walk(root, "")
    return sorted(found)


def test_every_key_of_every_shipped_table_is_in_the_bibliography():
    tables, cited = shipped_tables(), 0
    for name in tables:
        for key in sorted(read_table(name).sources):
            assert key in bibliography(), f"{name} cites '{key}', which sources.bib does not hold"
            cited += 1
    if not tables:
        pytest.skip("no table is shipped yet")
    assert cited >= len(tables)


def test_the_bibliography_reads_whole_and_says_what_was_read():
    references = bibliography()
    assert len(references) >= 40
    for reference in references.values():
        assert reference.fields["read"] in {"full", "abstract", "file", "quoted", "none"}, reference.key
        if not reference.fields["title"]:
            assert "title not read" in reference.fields["note"], reference.key


def test_text_of_a_source():
    assert cite(["bogduk1992", "bogduk1992"]) == [
        "Bogduk, N.; Pearcy, M.; Hadfield, G. (1992). Anatomy and biomechanics of psoas major. "
        "Clinical Biomechanics 7:109-119."
    ]
    assert cite(["nemeth1986"])[0].startswith("Németh, G.; Ohlsén, H. (1986). [title not read]")


def test_bibtex_reads_back():
    text = bibtex(["penning2000", "remus2021"])
    assert list(parse_bibliography(text)) == ["penning2000", "remus2021"]


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(TableError, match=r"Unknown source 'bogduk1993'\. Did you mean 'bogduk1992'"):
        cite(["bogduk1993"])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (ENTRY + ENTRY, "the key 'a2000' stands there twice"),
        (ENTRY[:-3], "1 entries are opened, but 0 can be read"),
        (ENTRY.replace("title = {On it},", "title: On it"), "a line that is no field: 'title: On it'"),
        (ENTRY.replace("  year = {2000},\n", ""), "needs an author and a year"),
    ],
)
def test_a_broken_bibliography_does_not_load(text, cause):
    with pytest.raises(TableError, match=cause):
        parse_bibliography(text)
