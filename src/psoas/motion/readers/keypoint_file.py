"""Keypoints of one person from the JSON of pose estimators: names, places and confidence; nothing is converted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import FileError
from psoas.motion.readers.checks import LARGEST_CELL, check_time
from psoas.motion.readers.joint_centres import spelled
from psoas.motion.readers.keypoint_layouts import (
    LARGEST_JSON,
    MOST_FRAMES,
    MOST_POINTS,
    MOST_SAMPLES,
    frames_of,
    parse,
    people_of,
)

CONFIDENCE = 0.3  # below which a keypoint counts as not seen (assumed, as viewers of such files have it)
ASSUMED_HZ = 30.0

_STEMS = {
    **{s: s for s in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "ear")},
    **{s: "big_toe" for s in ("bigtoe", "footindex", "toe", "toes", "toebase")},
}


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Keypoints of one person.

    Attributes:
        names: K names: l_ or r_ with shoulder, elbow, wrist, hip, knee, ankle, heel, big_toe, ear; nose; head_top.
        time_s: (F,) [s].
        places: (F, K, 2 or 3), unit of the file (pixels, Y down, where 2); NaN where not seen.
        unit: of length as the file states it, or None.
        notes: what was decided.

    """

    names: tuple[str, ...]
    time_s: np.ndarray
    places: np.ndarray
    unit: str | None
    notes: tuple[str, ...]


def keypoints_of(path: Path, rate_hz: float | None = None) -> Keypoints:
    """Return the keypoints of a file, or of a folder of files with one frame each.

    Read are OpenPose (people, pose_keypoints_2d or _3d), AlphaPose and COCO results (keypoints, image_id), MMPose
    (instance_info, instances), and lists of frames with names. Of several people the largest is followed.

    Raises FileError: no keypoints, an order of points that is not known, numbers that are none, times that fall.
    """
    if path.is_dir():
        files = sorted(path.glob("*.json"))
        if not files:
            raise FileError(f"{path} is a directory without .json files of keypoints; name a recording in it.")
        if len(files) > MOST_FRAMES or sum(f.stat().st_size for f in files) > LARGEST_JSON:
            raise FileError(f"{path} holds more than {MOST_FRAMES} files or {LARGEST_JSON / 1e6:.0f} MB; cut it.")
        numbers = [re.findall(r"\d+", f.stem) for f in files]
        head: dict[str, Any] = {}
        frames = [parse(f) for f in files]
        index = [int(n[-1]) if n and len(n[-1]) < 15 else -1 for n in numbers]
    else:
        head, frames, index = frames_of(path, parse(path))
    if not frames:
        raise FileError(f"{path} holds no frame of keypoints.")
    if len(frames) > MOST_FRAMES:
        raise FileError(f"{path} has {len(frames)} frames; at most {MOST_FRAMES} are read. Cut the recording.")
    listed = head.get("names") or head.get("keypoint_names") or head.get("joints")
    if listed is not None and not (isinstance(listed, list) and all(isinstance(n, str) for n in listed)):
        raise FileError(f"{path}: 'names' must be a list of the keypoints' names.")
    people, points = [], 0
    for i, frame in enumerate(frames):
        people.append(people_of(path, i, frame, listed))
        points += sum(len(person) for person in people[-1])
        if points > MOST_SAMPLES:
            raise FileError(f"{path} has more than {MOST_SAMPLES} keypoints in all; cut it, or keep one person.")
    labels, table, more = _followed(path, people, listed)
    time_s, notes = _times(path, head, frames, index, rate_hz)
    names, places, told = _sorted_out(path, labels, table, more)
    unit = head.get("units") or head.get("unit")
    return Keypoints(names, time_s, places, unit if isinstance(unit, str) else None, (*notes, *told))


def _followed(
    path: Path, people: list[list[dict[str, list[float]]]], names: list[str] | None
) -> tuple[tuple[str, ...], np.ndarray, tuple[str, ...]]:
    """Return names, numbers (F, K, W) with NaN where nothing is, and a note: the largest person, then the nearest."""
    some = [p for frame in people for p in frame]
    if not some:
        raise FileError(f"{path}: no frame shows a person.")
    labels = tuple(some[0]) if names is None else tuple(name[:80] for name in names)
    labels = tuple(dict.fromkeys(n for n in labels))
    widths = {len(v) for p in some for v in p.values()}
    if len(widths) != 1:
        raise FileError(f"{path}: keypoints have {sorted(widths)} numbers each; all must have as many.")
    width = widths.pop()
    if len(labels) * len(people) > MOST_SAMPLES or len(labels) > MOST_POINTS:
        raise FileError(f"{path}: {len(people)} frames of {len(labels)} keypoints are more than is read; cut it.")
    table = np.full((len(people), len(labels), width), np.nan)
    last: np.ndarray | None = None
    most, nothing = max(len(frame) for frame in people), [np.nan] * width
    for i, frame in enumerate(people):
        best: np.ndarray | None = None
        best_value, best_centre = 0.0, np.zeros(2)
        for person in frame:
            rows = np.array([person.get(n, nothing) for n in labels])
            if most == 1:
                best = rows
                break
            seen = rows[:, :2][np.isfinite(rows[:, :2]).all(axis=1) & rows[:, :2].any(axis=1)]
            if len(seen) < 2:
                continue
            centre, size = seen.mean(axis=0), float(np.ptp(seen, axis=0).max())
            value = size if last is None else -float(np.linalg.norm(centre - last))
            if best is None or value > best_value:
                best, best_value, best_centre = rows, value, centre
        if best is not None:
            table[i], last = best, best_centre
    note = (f"Up to {most} people are seen; the largest of the first frame was followed.",) if most > 1 else ()
    return labels, table, note


def _times(
    path: Path, head: dict[str, Any], frames: list[Any], index: list[int], rate_hz: float | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return times (F,) [s] by the rate told, the frames' own times, the file's rate, or 30 Hz, and the note."""
    count = len(frames)
    rising = len(index) == count and all(b > a >= 0 for a, b in pairwise(index))
    number = np.array(index, dtype=float) - index[0] if rising and count > 1 else np.arange(float(count))
    if rate_hz is None:
        own = [f.get("time_s", f.get("time", f.get("timestamp"))) if isinstance(f, dict) else None for f in frames]
        if all(isinstance(t, (int, float)) and not isinstance(t, bool) and abs(t) < LARGEST_CELL for t in own):
            time_s = np.array(own, dtype=float)
            check_time(path, time_s, [(i + 1, "") for i in range(count)])
            return time_s, ("Times are those of the frames, in seconds.",)
        said = next((head[k] for k in ("fps", "frame_rate", "framerate", "rate_hz", "rate") if k in head), None)
        if said is not None and (
            isinstance(said, bool) or not isinstance(said, (int, float)) or not 1.0 <= said <= 20_000.0
        ):
            raise FileError(f"{path}: the frame rate is '{str(said)[:20]}'; it must be 1 to 20000 frames per second.")
        rate, note = (
            (said, f"{said:g} frames per second, by the file.")
            if said is not None
            else (
                ASSUMED_HZ,
                f"{ASSUMED_HZ:g} frames per second were assumed, for the file states no rate; at another, "
                'accelerations are wrong by its square. Put "fps" into the file.',
            )
        )
    else:
        rate, note = rate_hz, f"{rate_hz:g} frames per second, as told."
    if number[-1] / rate > 36_000.0:
        raise FileError(f"{path}: the frames' numbers run to {number[-1]:.0f}, hours beyond the first; cut the file.")
    return number / rate, (note,)


def _sorted_out(
    path: Path, labels: tuple[str, ...], table: np.ndarray, notes: tuple[str, ...]
) -> tuple[tuple[str, ...], np.ndarray, tuple[str, ...]]:
    """Return our names, places (F, K, 2 or 3) without what is not seen or of no use, and what was decided."""
    width = table.shape[2]
    spread = float(np.nanmax(table[..., :2]) - np.nanmin(table[..., :2])) if np.isfinite(table[..., :2]).any() else 0.0
    third = table[..., 2] if width > 2 else np.zeros(0)
    known = third[np.isfinite(third)]
    if width == 4 and not known.size:
        places, score = table[..., :2], table[..., 3]
    elif width == 4:
        places, score = table[..., :3], table[..., 3]
    elif width == 3 and known.size and known.min() >= 0.0 and known.max() <= 1.0 and spread > 20.0:
        places, score = table[..., :2], table[..., 2]
    else:
        places, score = table, np.full(table.shape[:2], np.nan)
    places = np.array(places)
    faint = score < CONFIDENCE
    lost = np.isnan(places).any(axis=2) | (places == 0).all(axis=2)
    places[lost | faint] = np.nan
    notes = (*notes, f"Keypoints in {'two' if places.shape[2] == 2 else 'three'} dimensions.")
    if (faint & ~lost).any():
        share = 100 * float((faint & ~lost).sum()) / max(int((~lost).sum()), 1)
        notes = (*notes, f"{share:.0f} % of the points have a confidence under {CONFIDENCE:g} and count as not seen.")
    ours: dict[str, int] = {}
    unused = []
    for i, label in enumerate(labels):
        name = _ours(label)
        if name is None or name in ours or np.isnan(places[:, i]).any(axis=1).all():
            unused.append(label)
        else:
            ours[name] = i
    if unused:
        more = f" and {len(unused) - 8} more" if len(unused) > 8 else ""
        notes = (*notes, f"Keypoints not used: {', '.join(n[:30] for n in unused[:8])}{more}.")
    lacking = [n for n in (f"{s}_{j}" for s in "lr" for j in ("shoulder", "hip", "knee", "ankle")) if n not in ours]
    if lacking and (places.shape[2] == 3 or any(n[0] != lacking[0][0] for n in lacking)):
        raise FileError(
            f"{path}: the keypoints {', '.join(lacking)} are not there or never seen; shoulders, hips, knees and "
            "ankles are needed. The points are " + ", ".join(n[:30] for n in labels[:10]) + " .."
        )
    return tuple(ours), places[:, list(ours.values())], notes


def _ours(label: str) -> str | None:
    if re.fullmatch(r"[lr]_(shoulder|elbow|wrist|hip|knee|ankle|heel|big_toe|ear)|nose|head_top", label):
        return label
    stem, side = spelled(label)
    if side:
        return f"{side}_{_STEMS[stem]}" if stem in _STEMS else None
    return {"nose": "nose", "headtop": "head_top"}.get(stem)
