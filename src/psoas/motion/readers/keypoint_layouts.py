"""The JSON of pose estimators as frames of people with named points: one shape for the many layouts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from psoas.errors import FileError
from psoas.motion.readers.checks import LARGEST_CELL, read_text

LARGEST_JSON = 25_000_000  # bytes; of empty objects, they take 700 MB of memory
MOST_FRAMES, MOST_POINTS, MOST_PEOPLE = 20_000, 300, 100
MOST_SAMPLES = 400_000  # points in all
_FACE = "nose l_eye r_eye l_ear r_ear"
_BODY = "l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee l_ankle r_ankle"
_ARMS = "r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist"
_LEGS = "r_hip r_knee r_ankle l_hip l_knee l_ankle"
# Orders of the points in lists without names, by how many they are.
ORDERS: dict[int, tuple[str, tuple[str, ...]]] = {
    17: ("COCO-17", tuple(f"{_FACE} {_BODY}".split())),
    25: (
        "BODY_25",
        tuple(
            f"nose neck {_ARMS} mid_hip {_LEGS} r_eye l_eye r_ear l_ear l_big_toe l_small_toe l_heel r_big_toe "
            "r_small_toe r_heel".split()
        ),
    ),
    26: (
        "HALPE-26",
        tuple(
            f"{_FACE} {_BODY} head_top neck mid_hip l_big_toe r_big_toe l_small_toe r_small_toe l_heel r_heel".split()
        ),
    ),
}


def recognises(start: bytes) -> bool:
    """Say whether a file that begins with `start` may hold keypoints: whether it is JSON."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def parse(path: Path) -> Any:
    """Return the JSON of a file: FileError for what is too large, too deep or none."""
    text = read_text(path)
    if len(text) > LARGEST_JSON:
        raise FileError(f"{path} has {len(text) / 1e6:.0f} MB; at most {LARGEST_JSON / 1e6:.0f} MB of JSON are read.")
    try:
        return json.loads(text)
    except RecursionError:
        raise FileError(f"{path} is nested too deeply to hold keypoints.") from None
    except ValueError as error:
        raise FileError(f"{path} is no JSON, or is cut: {str(error)[:120]}.") from None


def frames_of(path: Path, root: Any) -> tuple[dict[str, Any], list[Any], list[int]]:
    """Return what stands above the frames, the frames, and their numbers where they have some (else empty)."""
    head: dict[str, Any] = {}
    if isinstance(root, dict):
        if "people" in root:
            return {}, [root], []
        head = root
        key = next((k for k in ("frames", "instance_info", "keypoints", "poses", "data") if k in root), None)
        if key is None or not isinstance(root[key], list):
            raise FileError(
                f"{path} is JSON without keypoints: it has neither 'people' nor a list 'frames'. Known are OpenPose, "
                'AlphaPose, COCO, MMPose, and {"fps": .., "names": [..], "frames": [..]}.'
            )
        root = root[key]
    if not isinstance(root, list):
        raise FileError(f"{path} is JSON without keypoints; a list of frames is expected.")
    if root and all(isinstance(f, dict) and "image_id" in f for f in root):
        grouped: dict[str, list[Any]] = {}
        for person in root:
            grouped.setdefault(str(person["image_id"])[:200], []).append(person)
        numbers = [re.findall(r"\d+", name) for name in grouped]
        return head, list(grouped.values()), [int(n[-1]) if n and len(n[-1]) < 15 else -1 for n in numbers]
    return head, root, []


def people_of(path: Path, index: int, frame: Any, names: list[str] | None) -> list[dict[str, list[float]]]:
    """Return the people of a frame, each as its points by name: 2 to 4 numbers, the last may be a confidence."""
    if isinstance(frame, dict):
        for key in ("people", "instances"):
            if isinstance(frame.get(key), list):
                people = frame[key]
                break
        else:
            people = [frame]
    elif isinstance(frame, list) and frame and all(isinstance(p, dict) and "keypoints" in p for p in frame):
        people = frame
    else:
        people = [frame]
    if len(people) > MOST_PEOPLE:
        raise FileError(f"{path}, frame {index + 1}: {len(people)} people; at most {MOST_PEOPLE} are read.")
    found = []
    for person in people:
        points, scores = person, None
        if isinstance(person, dict):
            scores = person.get("keypoint_scores")
            for key in ("pose_keypoints_3d", "pose_keypoints_2d", "keypoints", "landmarks", "points"):
                if person.get(key):
                    points = person[key]
                    break
        found.append(_points(path, index, points, scores, names))
    return [p for p in found if p]


def _points(path: Path, index: int, points: Any, scores: Any, names: list[str] | None) -> dict[str, list[float]]:
    where = f"{path}, frame {index + 1}"
    if isinstance(points, dict):
        pairs = {str(n)[:80]: v for n, v in points.items() if isinstance(v, (list, dict))}
        return {n: _numbers(where, n, v) for n, v in list(pairs.items())[: MOST_POINTS + 1]}
    if not isinstance(points, list):
        raise FileError(f"{where}: no keypoints are found where they should be.")
    if not points:
        return {}
    if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in points):
        count = len(names) if names else next((k for w in (3, 4, 2) for k in ORDERS if k * w == len(points)), 0)
        width, rest = divmod(len(points), count) if count else (0, 1)
        if rest or width not in (2, 3, 4):
            raise FileError(
                f"{where}: {len(points)} numbers are no known set of keypoints (COCO-17, BODY_25 and HALPE-26 have 51, "
                "75 and 78); give their names in a list 'names'."
            )
        points = [points[i : i + width] for i in range(0, len(points), width)]
    if len(points) > MOST_POINTS or not all(isinstance(v, (list, dict)) for v in points):
        raise FileError(f"{where}: keypoints must be up to {MOST_POINTS} lists of numbers.")
    if names is None and all(isinstance(v, dict) and isinstance(v.get("name"), str) for v in points):
        labels = [str(v["name"])[:80] for v in points]
    elif names is not None and len(names) == len(points):
        labels = [name[:80] for name in names]
    elif len(points) in ORDERS:
        labels = list(ORDERS[len(points)][1])
    else:
        raise FileError(f"{where}: {len(points)} keypoints are no known set; give their names in a list 'names'.")
    if len(set(labels)) != len(labels):
        raise FileError(f"{where}: a keypoint is named twice.")
    found = {n: _numbers(where, n, v) for n, v in zip(labels, points, strict=True)}
    if isinstance(scores, list):
        if len(scores) != len(found):
            raise FileError(f"{where}: {len(scores)} scores for {len(found)} keypoints.")
        for (name, place), score in zip(found.items(), scores, strict=True):
            place.extend(_numbers(where, name, [score, score])[:1])
            if len(place) == 3:  # x, y and a score: marked by a z that is not there
                place.insert(2, float("nan"))
    return found


def _numbers(where: str, name: str, value: Any) -> list[float]:
    plain = type(value) is list and 2 <= len(value) <= 4  # the common case, soon done
    if plain and all(type(v) is float and -LARGEST_CELL <= v <= LARGEST_CELL for v in value):
        return list(value)
    if isinstance(value, dict):
        keys = [k for k in ("x", "y", "z") if k in value]
        score = next((k for k in ("score", "confidence", "visibility", "c", "likelihood") if k in value), None)
        value = [*(value[k] for k in keys), *([value[score]] if score else [])]
        if score and len(keys) == 2:
            value.insert(2, None)
    numbers = []
    for v in value:
        if v is None or (isinstance(v, float) and v != v):
            numbers.append(float("nan"))
        elif isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) <= LARGEST_CELL:
            raise FileError(f"{where}: '{name}' holds '{str(v)[:20]}', which is no plausible number.")
        else:
            numbers.append(float(v))
    if len(numbers) not in (2, 3, 4):
        raise FileError(f"{where}: '{name}' has {len(numbers)} numbers; 2 to 4 are a place and a confidence.")
    return numbers
