"""Read any recording: the kind is found by what the file holds, never by how its name ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psoas.errors import FileError
from psoas.motion.readers import bvh, c3d, c3d_file, keypoint_layouts, keypoints, storage, trc
from psoas.motion.readers.checks import head
from psoas.motion.readers.joint_centres import REFERENCE_HEIGHT
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording

Recording = MarkerRecording | ForceRecording | AngleRecording

# Name, whether a file that begins so is of this kind, its reader (path, units, up), and what else the reader
# takes. A new format is one more row.
READERS: tuple[tuple[str, Callable[[bytes], bool], Callable[..., Recording], tuple[str, ...]], ...] = (
    ("TRC", trc.recognises, trc.read_trc, ()),
    ("C3D", c3d_file.recognises, c3d.read_c3d, ()),
    ("BVH", bvh.recognises, bvh.read_bvh, ("height_m",)),
    ("keypoints", keypoint_layouts.recognises, keypoints.read_keypoints, ("height_m", "rate_hz")),
    ("OpenSim storage", storage.recognises, storage.read_storage, ()),
)


def _foreign(start: bytes) -> str | None:
    """Return what a file is that none of the readers takes, where that can be said."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"PK\x03\x04"):
        return "a zip archive or spreadsheet"
    return None


def read(
    path: str | Path,
    units: str | None = None,
    up: str | None = None,
    *,
    height_m: float = REFERENCE_HEIGHT,
    rate_hz: float | None = None,
) -> Recording:
    """Read markers, ground forces or joint angles, in SI units and with Y up; the notes say what was decided.

    Args:
        path: a TRC, C3D, BVH, MOT, STO or JSON file, whatever it is called, or a folder of JSON files.
        units: "mm", "cm" or "m" of its lengths (--units), instead of what header and size say.
        up: "x", "y" or "z" (--up), instead of what the data say.
        height_m: stature of the subject, which scales what has no unit of length.
        rate_hz: frames per second of keypoints whose file does not say.

    Raises:
        FileError: a file that cannot be read as a recording, by the first fault found.
        InputError: units or up that are not known.

    """
    path = Path(path)
    if path.is_dir():  # one frame a file, as OpenPose writes them
        return keypoints.read_keypoints(path, units, up, height_m, rate_hz)
    start = head(path)
    for _, recognises, reader, takes in READERS:
        if recognises(start):
            more = {"height_m": height_m, "rate_hz": rate_hz}
            return reader(path, units, up, **{key: more[key] for key in takes})
    kinds = (
        "TRC (it would begin with PathFileType) nor OpenSim .mot or .sto (it would have a line endheader), nor C3D, "
        "BVH or JSON of keypoints"
    )
    what = _foreign(start)
    if what is None and b"\0" in start:
        what = "not a text file"
    is_what = f" It looks like {what}." if what and what != "not a text file" else ""
    if what == "not a text file":
        is_what = " It is not a text file."
    raise FileError(f"{path} is neither {kinds}.{is_what} Export the recording as one of these.")


def read_forces(path: str | Path, units: str | None = None, up: str | None = None) -> ForceRecording:
    """Read the ground forces of a file: the columns of a storage file, or the force plates of a C3D file.

    Raises FileError and InputError as `read`, and FileError for a file that holds no ground forces.
    """
    path = Path(path)
    if path.is_dir():
        raise storage.no_forces(path, "it is a directory")
    start = head(path)
    if c3d_file.recognises(start):
        return c3d.read_c3d_forces(path, units, up)
    if storage.recognises(start):
        return storage.read_storage_forces(path, units, up)
    others = {"TRC": "it is a TRC file of markers", "BVH": "it is a BVH file of joint angles"}
    held = next((others[name] for name, recognises, *_ in READERS if name in others and recognises(start)), None)
    raise storage.no_forces(path, held or "it is of another kind")
