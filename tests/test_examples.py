"""Every example of the README and of these pages is run, in a folder of its own, as a reader would."""

import io
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from psoas.cli import COMMANDS, STUDIES, main, registered

ROOT = Path(__file__).parents[1]
RUN = ("first-minute", "start", "choose", "extend", "symbols", "limits", "cite")
PAGES = ("README.md", *(f"docs/{name}.md" for name in RUN))
LINKING = (*PAGES, "docs/README.md", "docs/app.md")
# A block; above it may stand why it is not run, or the sentence with which it must fail.
BLOCK = re.compile(r"(?:<!-- (not run|fails): (.+?) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
BARS = re.compile(r"[█▏▎▍▌▋▊▉]+")
# Numbers shown may be this far from today's: machines differ in rounding, a percentage of a small change more so.
RELATIVE, ABSOLUTE = 0.01, 0.15


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its kind, its text, and the note above it."""

    kind: str
    text: str
    note: str
    reason: str


def blocks(page: str) -> list[Block]:
    found = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [Block(kind, text, note, reason) for note, reason, kind, text in found]


def called(tokens: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stop:
        main(tokens)
    return int(stop.value.code or 0), out.getvalue(), err.getvalue()


class Reader:
    """Works through a page from top to bottom: writes its files, runs its commands and its Python."""

    answers: dict[str, str] = {}  # noqa: RUF012 - a command without files answers the same on every page

    def __init__(self, page: str):
        self.page, self.names, self.printed, self.ran = page, {"__name__": "__main__"}, "", 0

    def read(self, block: Block) -> None:
        if block.note == "not run":
            assert len(block.reason) > 10
        elif block.kind == "sh":
            self.printed = "".join(self.command(line, block) for line in block.text.splitlines() if line.strip())
        elif block.kind == "python":
            out = io.StringIO()
            with redirect_stdout(out):
                exec(compile(block.text, self.page, "exec"), self.names)
            self.printed, self.ran = out.getvalue(), self.ran + 1
        elif named := re.match(r"# ([\w.-]+\.(?:toml|json|csv|txt))\n", block.text):
            Path(named[1]).write_text(block.text, encoding="utf-8")
        elif block.kind == "text" and self.printed:
            self.compare(block.text)

    def command(self, line: str, block: Block) -> str:
        words = shlex.split(line, comments=True)
        assert words[0] == "psoas", f"{self.page}: '{line}' is no command of psoas; say why it is not run"
        tokens, _, target = (words[1:], "", "") if ">" not in words else (words[1:-2], ">", words[-1])
        self.ran += 1
        alone = not any("." in word for word in tokens)
        if alone and line in self.answers:
            return self.answers[line]
        code, out, err = called(tokens)
        if block.note == "fails":
            assert code == 2 and block.reason in err, f"{self.page}: '{line}' says: {err}"
            return err
        assert code == 0, f"{self.page}: '{line}' fails: {err}"
        if target:
            Path(target).write_text(out, encoding="utf-8")
        if alone:
            self.answers[line] = out
        return out

    def compare(self, shown: str) -> None:
        """Every line shown was printed, its numbers within the tolerance; bars and blanks do not count."""
        printed = [" ".join(BARS.sub("", line).split()) for line in self.printed.splitlines()]
        for line in shown.splitlines():
            words = " ".join(BARS.sub("", line).split())
            alike = [p for p in printed if NUMBER.sub("#", p) == NUMBER.sub("#", words)]
            assert alike, f"{self.page} shows '{words}', which is not printed"
            wanted = [float(n) for n in NUMBER.findall(words)]
            assert any(
                [float(n) for n in NUMBER.findall(p)] == pytest.approx(wanted, rel=RELATIVE, abs=ABSOLUTE)
                for p in alike
            ), f"{self.page} shows '{words}'; printed is {alike}"


@pytest.mark.parametrize("page", PAGES)
def test_every_example_of_the_page_runs(page, tmp_path, monkeypatch):
    from psoas.validation import claim

    monkeypatch.chdir(tmp_path)
    # A page shows how a claim is registered; it must not stay among the real ones.
    monkeypatch.setattr(claim, "REGISTRY", dict(claim.REGISTRY))
    reader = Reader(page)
    for block in blocks(page):
        assert block.kind in ("sh", "python", "toml", "text", "csv", "bibtex", "json"), f"{page}: kind '{block.kind}'"
        reader.read(block)
    assert reader.ran > 0


def mentioned() -> list[tuple[str, str]]:
    """Return (page, command) of every `psoas ...` in running text and tables, where it names a command."""
    found = []
    for page in PAGES:
        text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
        found += [(page, span) for span in re.findall(r"`(psoas [^`]+)`", text)]
    return found


def test_every_command_in_running_text_exists_with_its_flags():
    parsed = 0
    for page, written in mentioned():
        words = shlex.split(written)[1:]
        if words[0] == "NAME" or words[0].startswith("--"):
            continue
        if any(word.isupper() for word in words):  # FILE, PATH: the reader's own
            words = [words[0]]
        assert words[0] in COMMANDS, f"{page}: `{written}`"
        if len(words) > 1 and "--help" not in words:
            registered(words[0]).parse_args(words, print_error=False, exit_on_error=False)
            parsed += 1
    assert parsed >= 10


def test_the_page_of_choices_names_every_command():
    text = (ROOT / "docs/choose.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`psoas {name}" in text, name
    assert len(COMMANDS) > sum(map(len, STUDIES.values()))


def test_links_between_pages_lead_somewhere():
    followed = 0
    for page in LINKING:
        text = (ROOT / page).read_text(encoding="utf-8")
        for target, heading in re.findall(r"\]\(([^)#]+)(?:#([^)]*))?\)", text):
            linked = (ROOT / page).parent / target
            assert linked.exists(), f"{page} links to {target}"
            text_there = linked.read_text(encoding="utf-8") if linked.suffix == ".md" else ""
            heads = re.findall(r"^#+ (.+)$", text_there, re.MULTILINE)
            anchors = [re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads]
            assert not heading or heading in anchors, f"{page} links to {target}#{heading}"
            followed += 1
    assert followed > 20


def test_the_page_of_symbols_names_every_key():
    from psoas.anatomy.groups import PARENTS
    from psoas.case.case import Case
    from psoas.case.movement import PATTERNS
    from psoas.case.scenario import TABLES
    from psoas.chain import run
    from psoas.motion.postures import presets

    text = (ROOT / "docs/symbols.md").read_text(encoding="utf-8")
    result = run(Case())[0]
    written = result.to_dict()
    keys = [key for model in TABLES.values() for key in model.model_fields]
    keys += [*TABLES, *presets(), *PATTERNS, *PARENTS, *set(result.muscles.groups), *written, *written["loads"]]
    keys += [*written["muscles"][0], *result.demand_nm]
    missing = [key for key in dict.fromkeys(keys) if f"`{key}`" not in text and f"`[{key}]`" not in text]
    assert not missing and len(keys) > 100
