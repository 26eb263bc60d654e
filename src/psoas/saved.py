"""An answer in one file: written and read without pickle, exact to the last bit, and refused where it is damaged."""

from __future__ import annotations

import dataclasses
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import FileError, InputError
from psoas.result import Contacts, Muscles, Result
from psoas.scene import Scene, Support
from psoas.tables import Curve, Figure, Table
from psoas.tables import Trace as Trace
from psoas.views import LevelLoad, Outline, Pull, SpineView

SCHEMA = 1  # of the file; a file of a later schema is refused
HEADER = "psoas.json"
FORMAT = "psoas answer"
LARGEST_BYTES = 600_000_000  # unpacked: 10,000 frames with every moment arm take half of it
ARRAY = "$array"
# What a zip, a text or an array that was cut or changed raises on the way in.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, SyntaxError, MemoryError, struct.error)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a command answered: results side by side, and what its question shows beside them.

    phases: name and frame. scenes: one per result, None where there is no picture.
    """

    results: tuple[Result, ...]
    title: str = ""
    phases: tuple[tuple[str, int], ...] = ()
    traces: tuple[Trace, ...] = ()
    findings: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    sources: tuple[str, ...] = ()
    scenes: tuple[Scene | None, ...] = ()
    views: tuple[SpineView, ...] = ()


def answer_of(found: Any, scenes: Sequence[Scene | None] = ()) -> Answer:
    """Return the Answer of a Result, of several, of a study, or the answer itself, with the results' own scenes.

    Raises InputError for anything else.
    """
    if isinstance(found, Result):
        found = Answer((found,))
    elif isinstance(found, Sequence) and found and all(isinstance(r, Result) for r in found):
        found = Answer(tuple(found))
    names = [f.name for f in dataclasses.fields(Answer) if f.name != "scenes"]
    if not all(hasattr(found, name) for name in names):
        raise InputError(f"A {type(found).__name__} is no answer; give a Result, results or a study.")
    drawn = tuple(scenes) or getattr(found, "scenes", ()) or tuple(getattr(r, "scene", None) for r in found.results)
    return Answer(**{name: getattr(found, name) for name in names}, scenes=tuple(drawn))


def answer_file(path: str | Path) -> Path:
    """Return the file an answer is kept in; raises InputError where its name does not end in .npz."""
    file = Path(path)
    if file.suffix.lower() != ".npz":
        raise InputError(f"'{path}' does not end in .npz, as a saved answer does.")
    return file


def save(found: Any, path: str | Path, *, scenes: Sequence[Scene | None] = ()) -> Path:
    """Write a Result, results, a study or an Answer to one .npz file and return its path.

    Inside are arrays as they are and one JSON text of labels (`psoas.json`) with the schema version; nothing is
    pickled. The file appears whole or not at all. Raises InputError for another suffix or too much, FileError where
    it cannot be written.
    """
    file = answer_file(path)
    answer = answer_of(found, scenes)
    arrays: dict[str, np.ndarray] = {}
    header = {"format": FORMAT, "schema": SCHEMA, "answer": _packed(answer, "answer", arrays)}
    size = sum(a.nbytes for a in arrays.values())
    if size > LARGEST_BYTES:
        raise InputError(f"This answer has {size / 1e6:.0f} MB; at most {LARGEST_BYTES / 1e6:.0f} MB can be saved.")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(HEADER, json.dumps(header, ensure_ascii=False))
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        os.replace(beside, file)
    except OSError as error:
        raise FileError(f"'{path}' cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        beside.unlink(missing_ok=True)
    return file


def load(path: str | Path) -> Answer:
    """Read an answer that `save` wrote. Raises FileError for a file that is foreign, damaged or of a later schema."""
    file = Path(path)
    if not file.exists():
        raise FileError(f"There is no file '{path}'.")
    if file.is_dir():
        raise FileError(f"'{path}' is a directory; name the saved answer in it.")
    try:
        with zipfile.ZipFile(file) as archive:
            header = _header(archive, file.name)
            arrays = _arrays(archive, file.name)
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror or error}.") from None
    except DAMAGED as error:
        raise FileError(_not_ours(file, error)) from None
    try:
        return _answer(_unpacked(header["answer"], arrays))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise FileError(f"{file.name} is damaged: {_reason(error)}. Save it again.") from None


def load_result(path: str | Path) -> Result:
    """Read the one result of a saved answer. Raises FileError as `load`, and where several results are in it."""
    answer = load(path)
    if len(answer.results) != 1:
        raise FileError(f"{Path(path).name} holds {len(answer.results)} results; read them with psoas.saved.load.")
    return answer.results[0]


def _header(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    entries = archive.infolist()
    if HEADER not in {e.filename for e in entries}:
        raise FileError(f"{name} was not saved by psoas: it has no {HEADER} inside.")
    size = sum(e.file_size for e in entries)
    if size > LARGEST_BYTES:
        raise FileError(f"{name} unpacks to {size / 1e6:.0f} MB; a saved answer has at most 600 MB.")
    try:
        header = json.loads(archive.read(HEADER))
    except RecursionError:
        raise FileError(f"{name} is damaged: its labels are nested too deeply. Save it again.") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT or not isinstance(header.get("schema"), int):
        raise FileError(f"{name} was not saved by psoas: its {HEADER} says something else.")
    if header["schema"] > SCHEMA:
        raise FileError(f"{name} has schema {header['schema']}, but this psoas reads up to {SCHEMA}; take a newer one.")
    if "answer" not in header:
        raise FileError(f"{name} is damaged: it holds no answer. Save it again.")
    return header


def _arrays(archive: zipfile.ZipFile, name: str) -> dict[str, np.ndarray]:
    arrays = {}
    for entry in archive.infolist():
        if entry.filename == HEADER:
            continue
        with archive.open(entry) as member:
            version = np.lib.format.read_magic(member)
            if version != (1, 0):
                raise ValueError(f"{entry.filename} has version {version}")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
            if dtype.kind not in "fiub" or fortran or entry.file_size > 4096 + dtype.itemsize * _count(shape):
                raise ValueError(f"{entry.filename} holds no plain numbers")
            data = member.read()  # to the end, so that the checksum is compared
        if len(data) != dtype.itemsize * _count(shape):
            raise ValueError(f"{entry.filename} has {len(data)} bytes for shape {shape}")
        arrays[entry.filename.removesuffix(".npy")] = np.frombuffer(data, dtype).reshape(shape).copy()
    return arrays


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:  # not np.prod: whole numbers that do not wrap around
        count *= size
    return count


def _packed(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return a value as JSON can hold it; arrays go to `arrays` by the path that leads to them."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub":
            raise InputError(f"{name} holds {value.dtype}; only numbers can be saved.")
        arrays[name] = np.ascontiguousarray(value).reshape(value.shape)
        return {ARRAY: name}
    if dataclasses.is_dataclass(value):
        # A result's scene is the answer's: it is written once.
        kept = [f.name for f in dataclasses.fields(value) if not (isinstance(value, Result) and f.name == "scene")]
        return {key: _packed(getattr(value, key), f"{name}/{key}", arrays) for key in kept}
    if isinstance(value, Mapping):
        # A level's name has a slash, which in a zip is a folder: harmless, and told apart by the whole path.
        return {str(key): _packed(entry, f"{name}/{key}", arrays) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(entry, f"{name}/{i}", arrays) for i, entry in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def _unpacked(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, dict):
        if set(value) == {ARRAY}:
            return arrays[value[ARRAY]]
        return {key: _unpacked(entry, arrays) for key, entry in value.items()}
    if isinstance(value, list):
        return [_unpacked(entry, arrays) for entry in value]
    return value


def _answer(told: dict[str, Any]) -> Answer:
    scenes = tuple(None if s is None else _scene(s) for s in told["scenes"])
    drawn = (*scenes, *([None] * len(told["results"])))
    results = tuple(_result(r, s) for r, s in zip(told["results"], drawn, strict=False))
    if not results or len(scenes) not in (0, len(results)):
        raise ValueError(f"{len(results)} results have {len(scenes)} scenes")
    for result, scene in zip(results, scenes, strict=False):
        if scene is not None and (len(scene.lines) != len(result.muscles.names) or scene.frames.max() >= result.frames):
            raise ValueError("a scene is not of its result")
    frames = min(r.frames for r in results)
    if any(not 0 <= frame < frames for _, frame in told["phases"]):
        raise ValueError("a phase has no frame")
    return Answer(
        results,
        str(told["title"]),
        tuple((str(name), int(frame)) for name, frame in told["phases"]),
        tuple(Trace(**t | {"values": tuple(t["values"])}) for t in told["traces"]),
        _texts(told["findings"]),
        tuple(_table(t) for t in told["tables"]),
        tuple(_figure(f) for f in told["figures"]),
        _texts(told["sources"]),
        scenes,
        tuple(_view(v) for v in told["views"]),
    )


def _result(told: dict[str, Any], scene: Scene | None) -> Result:
    known = {f.name for f in dataclasses.fields(Result)}
    if "scene" in known:
        told["scene"] = scene
    later = set(told) - known
    if later:
        raise ValueError(f"a result holds '{min(later)}', which this psoas does not know")
    muscles, contacts = told["muscles"], told["contacts"]
    for labels in ("names", "groups", "sides"):
        muscles[labels] = _texts(muscles[labels])
    told["muscles"] = Muscles(**muscles)
    told["contacts"] = Contacts(_texts(contacts["names"]), contacts["force_n"])
    for labels in ("status", "sources", "notes", "levels"):
        told[labels] = _texts(told[labels])
    return Result(**told)


def _scene(told: dict[str, Any]) -> Scene:
    for labels in ("bodies", "parents", "lines"):
        told[labels] = _texts(told[labels])
    told["supports"] = tuple(Support(**s) for s in told["supports"])
    return Scene(**told)


def _view(told: dict[str, Any]) -> SpineView:
    levels = [x | {"shares": tuple((str(name), float(n)) for name, n in x["shares"])} for x in told["levels"]]
    return SpineView(
        str(told["title"]),
        tuple(Outline(**o) for o in told["outlines"]),
        tuple(Pull(**p) for p in told["pulls"]),
        tuple(LevelLoad(**level) for level in levels),
        told["gravity"],
    )


def _table(told: dict[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in told["rows"])
    return Table(str(told["title"]), _texts(told["columns"]), rows, tuple(told["decimals"]), str(told["note"]))


def _figure(told: dict[str, Any]) -> Figure:
    told["curves"] = tuple(Curve(**c) for c in told["curves"])
    told["limits"] = tuple((str(label), float(y)) for label, y in told["limits"])
    return Figure(**told)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ValueError("labels are missing")
    return tuple(values)


def _not_ours(file: Path, error: Exception) -> str:
    if file.stat().st_size == 0:
        return f"{file.name} is empty."
    with file.open("rb") as opened:
        if opened.read(2) != b"PK":
            return f"{file.name} was not saved by psoas: it is no .npz file."
    return f"{file.name} is damaged: {_reason(error)}. Save it again."


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0] if error.args else 'something'} is missing"
    first = (str(error).splitlines() or [""])[0].rstrip(".")
    return first[:160] or type(error).__name__
