"""A BVH file's skeleton and frames as arrays, and the place and turn of every joint; nothing is converted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.checks import LARGEST_CELL, SLOWEST_HZ, count

MOST_JOINTS, DEEPEST = 1000, 100
MOST_SAMPLES = 1_000_000  # joints times frames


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The joints of a BVH file, parents first.

    Attributes:
        names: J names; an end site is called after its parent, with "/end".
        parents: index of each joint's parent, -1 for the root.
        offsets: (J, 3) from the parent, in its frame at rest.
        channels: of each joint, (column, "position" | "rotation", axis 0..2) in the file's order.
        columns: how many numbers a frame has.

    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[tuple[int, str, int], ...], ...]
    columns: int

    @property
    def rest(self) -> np.ndarray:
        """Places of the joints (J, 3) with every turn at zero, unit of the file, from the root."""
        places = np.zeros_like(self.offsets)
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                places[i] = places[parent] + self.offsets[i]
        return places


def _number(path: Path, cell: str, line: int, what: str) -> float:
    try:
        value = float(cell)
        if "_" in cell or not abs(value) <= LARGEST_CELL:
            raise ValueError
    except ValueError:
        raise FileError(f"{path}, line {line}: {what} is '{cell[:40]}', which is no plausible number.") from None
    return value


def parse_skeleton(path: Path, lines: list[tuple[int, str]]) -> Skeleton:
    """Return the skeleton that the lines between HIERARCHY and MOTION describe.

    Raises FileError by the line: an unknown keyword, an offset without three numbers, channels that are none,
    braces that do not match, a second root, more than 1000 joints or 100 in one chain.
    """
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[tuple[tuple[int, str, int], ...]] = []
    stack: list[int] = []
    columns, waiting = 0, False
    for number, line in lines:
        words = line.replace("{", " { ").replace("}", " } ").split()
        while words:
            key = words[0].upper()
            if key in ("ROOT", "JOINT", "END"):
                if waiting or (key == "ROOT") != (not stack):
                    second = key == "ROOT" and not waiting
                    raise FileError(
                        f"{path}, line {number}: {key} where {'no second skeleton' if second else 'none'} may stand; "
                        "one skeleton is read, nested by braces."
                    )
                if key == "ROOT" and names:
                    raise FileError(f"{path}, line {number}: a second skeleton begins; keep one person in the file.")
                name = f"{names[stack[-1]]}/end" if key == "END" else " ".join(words[1:]).split("{")[0].strip()
                if not name:
                    raise FileError(f"{path}, line {number}: a joint without a name.")
                if len(names) >= MOST_JOINTS or len(stack) >= DEEPEST:
                    raise FileError(
                        f"{path}, line {number}: more than {MOST_JOINTS} joints or {DEEPEST} in one chain; "
                        "no person has so many. Export the body without fingers and clothes."
                    )
                names.append(name)
                parents.append(stack[-1] if stack else -1)
                offsets.append([])
                channels.append(())
                waiting = True
                words = words[words.index("{") :] if "{" in words else []
            elif key == "{":
                if not waiting:
                    raise FileError(f"{path}, line {number}: an opening brace without a joint before it.")
                stack.append(len(names) - 1)
                waiting, words = False, words[1:]
            elif key == "}":
                if not stack or waiting:
                    raise FileError(f"{path}, line {number}: a closing brace too many.")
                if not offsets[stack[-1]]:
                    raise FileError(f"{path}, line {number}: the joint '{names[stack[-1]][:60]}' has no OFFSET.")
                stack.pop()
                words = words[1:]
            elif key == "OFFSET" and stack and not waiting:
                if len(words) < 4:
                    raise FileError(f"{path}, line {number}: OFFSET needs three numbers.")
                offsets[stack[-1]] = [_number(path, w, number, "an offset") for w in words[1:4]]
                words = words[4:]
            elif key == "CHANNELS" and stack and not waiting:
                size = count(path, "CHANNELS", words[1] if len(words) > 1 else "")
                own = [_channel(path, number, w) for w in words[2 : 2 + size]]
                if len(own) != size or len(set(own)) != size or channels[stack[-1]]:
                    raise FileError(
                        f"{path}, line {number}: CHANNELS {size} must be followed by as many names, each once, such as "
                        "Xposition or Zrotation, and once per joint."
                    )
                channels[stack[-1]] = tuple((columns + i, *c) for i, c in enumerate(own))
                columns += size
                words = words[2 + size :]
            else:
                raise FileError(f"{path}, line {number}: '{words[0][:40]}' has no meaning here.")
    if stack or waiting or not names:
        raise FileError(f"{path} is cut in its skeleton, or braces are missing; export it again.")
    return Skeleton(tuple(names), tuple(parents), np.array(offsets, dtype=float), tuple(channels), columns)


def _channel(path: Path, line: int, word: str) -> tuple[str, int]:
    kind, axis = word[1:].lower(), "xyz".find(word[:1].lower())
    if kind not in ("position", "rotation") or axis < 0:
        raise FileError(f"{path}, line {line}: unknown channel '{word[:40]}'; known are Xposition .. Zrotation.")
    return kind, axis


def parse_frames(
    path: Path, lines: list[tuple[int, str]], skeleton: Skeleton
) -> tuple[np.ndarray, float, tuple[str, ...]]:
    """Return the numbers of each frame (F, C), the time between frames [s], and notes, from the lines under MOTION.

    Raises FileError by the line: fewer frames than promised, a row of another length, a number that is none, a time
    between frames that no recording has, more than a million joints times frames.
    """
    heads: dict[str, str] = {}
    for _, line in lines[:2]:
        key, _, value = line.partition(":")
        heads[key.strip().lower()] = value.strip()
    if "frames" not in heads or "frame time" not in heads:
        raise FileError(f"{path} lacks a line 'Frames:' or 'Frame Time:' under MOTION; export it again.")
    promised = count(path, "Frames", heads["frames"])
    step = _number(path, heads["frame time"], lines[0][0], "the Frame Time")
    if not 1.0 / 20_000.0 <= step <= 1.0 / SLOWEST_HZ:
        raise FileError(f"{path}: the Frame Time is {step:g} s; it must be the seconds between frames, up to 1.")
    rows = lines[2:]
    # Some programs break a frame into several lines; then the numbers are counted, not the lines.
    if len(rows) != promised and sum(len(line.split()) for _, line in rows[:1]) < skeleton.columns:
        flat = [(n, cell) for n, line in rows for cell in line.split()]
        whole = range(0, len(flat), max(skeleton.columns, 1))
        rows = [(flat[i][0], " ".join(c for _, c in flat[i : i + skeleton.columns])) for i in whole]
    if len(rows) < promised or not rows:
        raise FileError(
            f"{path} is cut: it promises {promised} frames and holds {len(rows)}. Export or copy it again, or set "
            f"Frames: to {len(rows)} if the rest is not wanted."
        )
    if len(rows) * len(skeleton.names) > MOST_SAMPLES:
        raise FileError(
            f"{path} has {len(rows)} frames of {len(skeleton.names)} joints, more than is read at once "
            f"({MOST_SAMPLES} in all). Cut it to the movement of interest."
        )
    table = np.zeros((len(rows), skeleton.columns))
    for i, (number, line) in enumerate(rows):
        cells = line.split()
        if len(cells) != skeleton.columns:
            raise FileError(
                f"{path}, line {number}: frame {i + 1} has {len(cells)} numbers where the skeleton has "
                f"{skeleton.columns} channels. Export it again."
            )
        try:
            if "_" in line:
                raise ValueError
            table[i] = [float(cell) for cell in cells]
        except ValueError:
            table[i] = [_number(path, cell, number, "a channel") for cell in cells]
    if not (np.abs(table) <= LARGEST_CELL).all():
        row, column = (int(k) for k in np.argwhere(~(np.abs(table) <= LARGEST_CELL))[0])
        raise FileError(f"{path}, line {rows[row][0]}: channel {column + 1} is {table[row, column]:g}; not plausible.")
    more = (f"The header promises {promised} frames; the file holds {len(rows)}, and all were read.",)
    return table, step, more if len(rows) > promised else ()


def pose(skeleton: Skeleton, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each joint is (J, F, 3) and how it is turned (J, F, 3, 3), from the numbers of F frames (F, C).

    R_j = R_parent R_1 R_2 .. in the order of the joint's channels, about the axes they name, in degrees;
    x_j = x_parent + R_parent (offset, or its position channels where these are not all zero).
    """
    count, frames = len(skeleton.names), len(table)
    places, turns = np.zeros((count, frames, 3)), np.zeros((count, frames, 3, 3))
    for j, parent in enumerate(skeleton.parents):
        offset = np.repeat(skeleton.offsets[j][None], frames, axis=0)
        moved = [(column, axis) for column, kind, axis in skeleton.channels[j] if kind == "position"]
        if moved and table[:, [c for c, _ in moved]].any():
            for column, axis in moved:
                offset[:, axis] = table[:, column]
        turn = np.repeat(np.eye(3)[None], frames, axis=0)
        for column, kind, axis in skeleton.channels[j]:
            if kind == "rotation":
                turn = turn @ _about(axis, np.radians(table[:, column]))
        if parent >= 0:
            places[j] = places[parent] + np.einsum("fij,fj->fi", turns[parent], offset)
            turns[j] = turns[parent] @ turn
        else:
            places[j], turns[j] = offset, turn
    return places, turns


def _about(axis: int, angle: np.ndarray) -> np.ndarray:
    b, c = (axis + 1) % 3, (axis + 2) % 3
    turn = np.zeros((len(angle), 3, 3))
    turn[:, axis, axis] = 1.0
    turn[:, b, b] = turn[:, c, c] = np.cos(angle)
    turn[:, c, b] = np.sin(angle)
    turn[:, b, c] = -turn[:, c, b]
    return turn
