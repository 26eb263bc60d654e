"""The what-if page as a file: whole, small, and without an address of anything outside it."""

import base64
import gzip
import json
import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from psoas.case.case import Case
from psoas.chain import model_hash, run
from psoas.errors import FileError, InputError
from psoas.export import page as page_module
from psoas.export.write import export, target

WEB = Path(__file__).parents[2] / "web"
MOST_BYTES = 5_000_000
# Names of languages, not addresses: nothing is fetched from them. The last stands in an error of MuJoCo's glue.
NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
TOLD = ("https://emscripten.org/docs/",)


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "what-if.html"
    told = export("page", str(file), Case())
    assert told.startswith(f"Wrote {file}:") and "needs no network" in told
    return file.read_text(encoding="utf-8")


def held(html, name):
    """Return what the script element of this id holds, unpacked."""
    found = re.search(rf'<script id="{name}" type="text/plain">([A-Za-z0-9+/=]+)</script>', html)
    assert found, f"no element {name}"
    return gzip.decompress(base64.b64decode(found[1]))


def test_the_page_is_one_small_file_that_asks_for_nothing(html):
    assert len(html.encode()) <= MOST_BYTES
    assert not re.search(r'<(script|link|img|iframe|source|audio|video)[^>]*\s(src|href)="(?!data:)', html)
    addresses = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\"'` )>]*", html))
    other = {a for a in addresses if a not in NAMES and not a.startswith(TOLD)}
    assert not other
    assert addresses >= NAMES  # the search finds addresses


def test_the_policy_admits_what_the_page_holds_and_nothing_else(html):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["form-action"] == "'none'"
    assert "connect-src" not in rules  # falls back to 'none'
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    scripts = re.findall(r'<script type="module">(.*?)</script>', html, re.S)
    assert len(scripts) == 1
    import hashlib

    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in rules["script-src"]


def test_it_holds_the_engine_and_the_packages_own_answers(html):
    assert held(html, "engine")[:4] == b"\0asm"
    model = json.loads(held(html, "model"))
    assert model["model_hash"] == model_hash()
    assert [p["id"] for p in model["presets"]][:3] == ["standing", "sitting", "slouched"]
    assert len(model["presets"]) == 8
    standing = run(Case())[0]
    ours = [row[0] for row in standing.loads["compression_n"]]
    assert model["presets"][0]["answer"]["loads"]["compression_n"] == pytest.approx(
        ours, abs=1e-4
    )  # it holds 4 decimals


def test_the_same_model_is_packed_into_the_same_text():
    data = {"a": [1.5, None], "b": "\u00e9</script>"}
    text = page_module.packed(data)
    assert text == page_module.packed(dict(data))
    assert json.loads(gzip.decompress(base64.b64decode(text))) == data


def test_what_is_missing_or_misnamed_is_told(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"does not end in \.html or \.htm, as a page does\. Write: psoas export page"):
        target("page", str(tmp_path / "what-if.xml"))
    monkeypatch.setattr(page_module, "BUNDLE", "export/nowhere")
    with pytest.raises(FileError, match="is missing from this installation; build it with: make page"):
        page_module.page(Case())
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_bundle_is_what_web_builds(tmp_path):
    if shutil.which("npx") is None or not (WEB / "node_modules").is_dir():
        pytest.skip("needs Node and web/node_modules (make page installs them)")
    subprocess.run(
        ["npx", "vite", "build", "--outDir", str(tmp_path), "--logLevel", "error"], cwd=WEB, check=True, timeout=120
    )
    bundle = resources.files("psoas").joinpath("export/bundle")
    built, committed = (tmp_path / "page.html").read_text(), bundle.joinpath("page.html").read_text()
    assert built == committed, "the page was changed but not built: run make page"
    engine = [
        gzip.decompress(f)
        for f in ((tmp_path / "mujoco.wasm.gz").read_bytes(), bundle.joinpath("mujoco.wasm.gz").read_bytes())
    ]
    assert engine[0] == engine[1]
