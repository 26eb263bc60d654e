"""A C3D file as arrays: its parameters, points and analog channels, every length checked before it is believed."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.checks import head

BLOCK = 512
MOST_PARAMETERS = 5000
MOST_POINTS = 2000
PROCESSORS = {84: ("<", False), 85: ("<", True), 86: (">", False)}  # Intel, DEC, MIPS: byte order, DEC's floats


@dataclass(frozen=True, eq=False)
class C3dFile:
    """A C3D file's content, unit of the file.

    Attributes:
        path: the file.
        parameters: by "GROUP:NAME": (n,) numbers, or a list of strings; arrays in Fortran order as stored.
        points: (F, P, 4), the fourth negative where a point was not seen.
        analog: (F * S, A) raw values, S samples per frame.
        rate_hz: frames per second.

    """

    path: Path
    parameters: dict[str, Any]
    points: np.ndarray
    analog: np.ndarray
    rate_hz: float

    def numbers(self, name: str) -> np.ndarray:
        """Return a numeric parameter (n,), empty where it is absent or text."""
        value = self.parameters.get(name)
        return value if isinstance(value, np.ndarray) else np.zeros(0)

    def texts(self, name: str) -> list[str]:
        """Return a text parameter as a list, with its continuations (LABELS2, ..); empty where it is absent."""
        found: list[str] = []
        for suffix in ("", *map(str, range(2, 20))):
            value = self.parameters.get(name + suffix)
            if isinstance(value, list):
                found += value
        return found


def recognises(start: bytes) -> bool:
    """Say whether a file that begins with `start` is a C3D file, whole or not."""
    return len(start) >= 2 and start[1] == 0x50 and 1 <= start[0] < 128 and 0 in start[:BLOCK]


def read_c3d_file(path: Path) -> C3dFile:
    """Read header, parameters and data.

    Raises FileError: a file that is cut, whose parts contradict each other, or that promises more than it holds.
    """
    head(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error}.") from None
    if not recognises(data) or len(data) < 2 * BLOCK:
        raise FileError(f"{path} is no whole C3D file: it ends within its header. Export or copy it again.")
    start = (data[0] - 1) * BLOCK
    if start + 4 > len(data) or data[start + 3] not in PROCESSORS:
        raise FileError(
            f"{path} is a C3D file, cut or damaged: where its parameters should begin there are none. Export it again."
        )
    order, dec = PROCESSORS[data[start + 3]]
    parameters = _parameters(path, data, start, order, dec)
    count, measured, first, last = struct.unpack_from(order + "4H", data, 2)
    scale = _floats(data[12:16], order, dec)[0]
    begin, samples = struct.unpack_from(order + "2H", data, 16)
    rate = float(_floats(data[20:24], order, dec)[0])

    def only(name: str, otherwise: float) -> float:
        value = parameters.get(name)
        return float(value[0]) if isinstance(value, np.ndarray) and value.size else otherwise

    scale, rate = only("POINT:SCALE", float(scale)), only("POINT:RATE", rate)
    used = only("POINT:USED", count)
    if not math.isfinite(scale) or scale == 0.0:
        raise FileError(f"{path} is damaged: the scale of its points is {scale:g}.")
    if not 1.0 <= rate <= 20_000.0:
        raise FileError(f"{path}: its rate is {rate:g} frames per second; 1 to 20000 are read.")
    if used % 65536 != count or count > MOST_POINTS:
        raise FileError(
            f"{path} is damaged: its header has {count} points and its parameters {used:g} (at most {MOST_POINTS} are "
            "read). Export it again."
        )
    size = 4 if scale < 0 else 2
    whole = (4 * count + measured) * size
    offset = (begin - 1) * BLOCK
    if whole == 0 or not 0 < offset < len(data):
        raise FileError(f"{path} holds no points, or is cut before them. Export it again.")
    frames = _frames(path, parameters, first, last, (len(data) - offset) // whole)
    table = np.frombuffer(data, np.uint8, frames * whole, offset)
    values = _floats(table.tobytes(), order, dec) if size == 4 else np.frombuffer(table.tobytes(), order + "i2")
    values = values.astype(float).reshape(frames, -1)
    points = values[:, : 4 * count].reshape(frames, count, 4).copy()
    if size == 2:
        points[..., :3] *= abs(scale)
    analog = values[:, 4 * count :]
    if measured and (samples == 0 or measured % samples):
        raise FileError(f"{path} is damaged: {measured} analog values a frame do not divide into {samples} samples.")
    analog = analog.reshape(frames * samples, -1) if measured else np.zeros((0, 0))
    return C3dFile(path, parameters, points, analog, rate)


def _frames(path: Path, parameters: dict[str, Any], first: int, last: int, held: int) -> int:
    """Return how many frames there are: what header and parameters promise, if the file holds as many."""
    promised = {last - first + 1} if last >= first > 0 else set()
    # The header counts to 65535; longer recordings say so in one of these.
    for name in ("POINT:FRAMES", "POINT:LONG_FRAMES"):
        value = parameters.get(name)
        if isinstance(value, np.ndarray) and value.size and 0 < value[0] % 2**32 < 1e7:
            promised.add(int(value[0] % (65536 if name == "POINT:FRAMES" and value[0] < 0 else 2**32)))
    words = [w for end in ("START", "END") if isinstance(w := parameters.get(f"TRIAL:ACTUAL_{end}_FIELD"), np.ndarray)]
    if len(words) == 2 and all(w.size == 2 and np.isfinite(w).all() for w in words):
        start, end = (int(w[0] % 65536 + 65536 * (w[1] % 65536)) for w in words)
        if 0 < start <= end < 1e7:
            promised.add(end - start + 1)
    fitting = [n for n in promised if n <= held]
    if not fitting or (max(promised) <= 65535 and len(fitting) < len(promised)):
        raise FileError(
            f"{path} is cut or damaged: it promises {' or '.join(map(str, sorted(promised))) or 'no'} frames and holds "
            f"{held}. Export or copy it again."
        )
    return max(fitting)


def _floats(data: bytes, order: str, dec: bool) -> np.ndarray:
    """Return 32-bit floats as float64; DEC's have their halves swapped and four times the value."""
    if dec:
        data = np.frombuffer(data, "<u2").reshape(-1, 2)[:, ::-1].tobytes()
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        values = np.frombuffer(data, "<f4" if dec else order + "f4").astype(float)
    return values / 4.0 if dec else values


def _parameters(path: Path, data: bytes, start: int, order: str, dec: bool) -> dict[str, Any]:
    """Return the parameters by "GROUP:NAME": each record leads to the next, and must lie within the file."""
    broken = FileError(
        f"{path} is a C3D file, cut or damaged: its parameters do not follow one another. Export it again."
    )
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Any]] = []
    at = start + 4
    for _ in range(MOST_PARAMETERS):
        if at + 4 > len(data):
            raise broken
        length, number = struct.unpack_from("2b", data, at)
        if length == 0:
            break
        name = data[at + 2 : at + 2 + abs(length)].decode("latin-1").strip().upper()
        at += 2 + abs(length)
        if at + 2 > len(data):
            raise broken
        (step,) = struct.unpack_from(order + "H", data, at)
        if number < 0:
            groups[-number] = name
        elif number > 0:
            found.append((number, name, _value(data, at + 2, order, dec, broken)))
        if step == 0:
            break
        at += step
    else:
        raise broken
    result: dict[str, Any] = {}
    for number, name, value in found:
        result.setdefault(f"{groups.get(number, '?')}:{name}", value)
    if not any(key.startswith("POINT:") for key in result):
        raise broken
    return result


def _value(data: bytes, at: int, order: str, dec: bool, broken: FileError) -> Any:
    if at + 2 > len(data):
        raise broken
    kind, dimensions = struct.unpack_from("bB", data, at)
    shape = tuple(data[at + 2 : at + 2 + dimensions])
    at += 2 + dimensions
    count = math.prod(shape)
    width = {-1: 1, 1: 1, 2: 2, 4: 4}.get(kind)
    if width is None or dimensions > 7 or len(shape) < dimensions or at + count * width > len(data):
        raise broken
    block = data[at : at + count * width]
    if kind == -1:
        text = block.decode("latin-1")
        step = shape[0] if shape else 1
        return [text[i : i + step].strip(" \0") for i in range(0, len(text), step)] if step else []
    if kind == 4:
        return _floats(block, order, dec)
    return np.frombuffer(block, {1: "i1", 2: order + "i2"}[kind]).astype(float)
