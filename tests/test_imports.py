"""Imports go one way only: the rules of the house, read from the source."""

import ast
from pathlib import Path

import psoas

ROOT = Path(psoas.__file__).parent
BELOW_CASE = {"anatomy", "motion", "sources", "values", "errors"}
# What a part of the package may import of ours, besides itself.
ALLOWED = {
    "errors": set(),
    "muscle": set(),
    "values": {"errors"},
    "sources": {"errors"},
    "anatomy": {"sources", "values", "errors"},
    "motion": {"sources", "values", "errors"},
    "case": BELOW_CASE,
    "result": {"anatomy", "scene", "errors"},
    "scene": set(),
    "views": set(),
    "saved": {"result", "scene", "tables", "views", "errors"},
    "tabular": {"result", "errors"},
    "tables": set(),
    "body": {"case"} | BELOW_CASE,
    "mechanics": {"body", "case", "muscle", "scene", "views"} | BELOW_CASE,
    "recorded": {"mechanics", "body", "case"} | BELOW_CASE,
    "frames": {"recorded", "mechanics", "body", "case"} | BELOW_CASE,
    "uncertainty": {"frames", "body", "anatomy"},
    "chain": {"uncertainty", "frames", "mechanics", "body", "case", "muscle", "result"} | BELOW_CASE,
    "limits": {"result", "tables", "sources", "errors"},
    "report": {"limits", "result", "saved", "scene", "tables", "views", "sources", "errors"},
    "studies": {"chain", "frames", "mechanics", "body", "limits", "result", "tables", "views", "case", "muscle"}
    | BELOW_CASE,
    "export": {"chain", "frames", "mechanics", "muscle", "limits", "report", "result", "scene", "body", "case"}
    | BELOW_CASE,
    "validation": {"chain", "frames", "result", "mechanics", "body", "muscle", "case", "limits", "studies"}
    | BELOW_CASE,
    "bench": {"chain", "frames", "mechanics", "body", "muscle", "case", "tables"} | BELOW_CASE,
    "app": {"chain", "frames", "mechanics", "body", "studies", "limits", "result", "saved", "scene", "report", "case"}
    | BELOW_CASE,
    "commands": {"app", "bench", "report", "export", "validation", "studies", "chain", "frames", "saved", "result"}
    | {"tables", "case"}
    | BELOW_CASE,
    "cli": {"commands", "errors"},
    "__init__": {"chain", "studies", "result", "saved", "case"} | BELOW_CASE,
}
# Who may import a library; whatever is not named here (but numpy and the standard library) nobody may.
LIBRARIES = {
    "mujoco": {"body", "mechanics", "bench/rival"},
    "pydantic": {"values", "case", "anatomy/subject"},
    "cyclopts": {"cli", "commands"},
    "rich": {"commands", "report"},
    "jinja2": {"report"},
    "ezc3d": {"motion"},
    "viser": {"app"},
    "websockets": {"app/serve"},
    "scipy": {"bench/solvers"},
    "jax": {"muscle/accelerated"},
    "numba": {"muscle/compiled", "muscle/compiled_algebra", "muscle/compiled_steps"},
    "pandas": set(),
    "xarray": set(),
    "opensim": {"validation"},
}


def imports():
    """Return (module path below psoas/, imported dotted name) of every import anywhere in the package."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).with_suffix("").as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(module, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports relatively; write the whole name"
                name = node.module or ""
                found += [(module, f"{name}.{alias.name}" if name == "psoas" else name) for alias in node.names]
    return found


def test_imports_go_one_way_only():
    seen = 0
    for module, name in imports():
        if name.startswith("psoas."):
            part, target = module.split("/")[0], name.split(".")[1]
            assert part in ALLOWED, f"{module}: no rule says what '{part}' may import"
            allowed = ALLOWED[part] | {part}
            assert target in allowed, f"{module} imports {name}; '{part}' may import {sorted(allowed)}"
            seen += 1
    assert seen >= 20


def test_libraries_stay_where_they_belong():
    seen = 0
    for module, name in imports():
        library = name.split(".")[0]
        if library in LIBRARIES:
            places = LIBRARIES[library]
            assert any(module == place or module.startswith(place + "/") for place in places), (
                f"{module} imports {library}, which belongs to {sorted(places) or 'tests only'}"
            )
            seen += 1
    assert seen >= 3
