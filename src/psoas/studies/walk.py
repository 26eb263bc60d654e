"""Walking: a stride of a person of given mass and stature, and what speed, stride length and trunk lean do to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import Change, told_of
from psoas.case.movement import Movement
from psoas.case.posture import Sided
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of, run
from psoas.errors import InputError
from psoas.frames import Frames, effort_of, frames_of
from psoas.motion.stride import AMPLITUDES, gait, stride
from psoas.result import Result
from psoas.studies.study import Study, Trace
from psoas.tables import Table

LEANS_DEG = (-5.0, 0.0, 5.0, 10.0)
LENGTHS = (0.85, 1.0, 1.15)  # of the person's own stride at that speed
LEVEL = "L4/L5"
SOURCES = ("wilke1999", "rohlmann2014", "cappozzo1984", "delp2007")


@dataclass(frozen=True)
class Walked:
    """A case's frames and result, and which frames (F,) are the stride's own and not its edges."""

    frames: Frames
    result: Result
    inside: np.ndarray

    def angle(self, *names: str) -> np.ndarray:
        """Return the sum of these coordinates over the stride (S,) [deg]."""
        return np.degrees(self.frames.positions[self.inside][:, self.frames.body.rows(names)].sum(axis=1))

    def lumbar(self, axis: str) -> np.ndarray:
        """Return trunk flexion, bend or twist over the stride (S,) [deg]."""
        return self.angle(*(f"{level}_{axis}" for level in self.frames.body.levels))

    def inclination(self) -> np.ndarray:
        """Return the inclination of the thorax over the stride (S,) [deg]."""
        return self.angle("pelvis_tilt") + self.lumbar("flexion")

    def load(self, level: str = LEVEL) -> np.ndarray:
        """Return the compression over the stride (S,) [N]."""
        return self.result.level(level)["compression_n"][self.inside]

    def flagged(self) -> int:
        """Return how many frames of the stride are not met."""
        return sum(status.startswith("flagged") for status in self.result.status)


def walk(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    speed_m_per_s: float | None = None,
    stride_m: float | None = None,
    lean_deg: float = 0.0,
) -> Study:
    """Return a stride of walking, with ground forces predicted, and what trunk lean and stride length change.

    The stride is one recorded man's, scaled. Whoever is changed makes the same movement, so that the difference is the
    muscle's alone; whether a tight or weak muscle changes how a person walks is not computed. Raises InputError for a
    speed, stride or lean out of range.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited in the second result.
        hands_kg: Mass carried, half in each hand.
        speed_m_per_s: Walking speed, 1 to 2 m/s; without it a slow comfortable one for the height.
        stride_m: Length of a stride (two steps); without it what people take at that speed.
        lean_deg: How much further forward the trunk leans than the recorded man's, -10 to 15 degrees.

    """
    subject = subject or Subject()
    if not -10.0 <= lean_deg <= 15.0:
        raise InputError(f"--lean is {lean_deg:g} degrees; allowed is -10 to 15.", "lean_deg")
    movement = Movement(pattern="step", speed_m_per_s=speed_m_per_s, stride_m=stride_m, lean_deg=lean_deg)
    normal = Case(
        subject=subject,
        motion=movement,
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="normal",
    )
    frames = frames_of(normal)
    walks = [_walked(frames, result_of(normal, frames))]
    if change is not None and (not change.is_empty or change.tone is not None):
        changed = normal.with_changes(change=change, name=told_of(change))
        effort = effort_of(changed, frames.body, supported=False)
        walks.append(_walked(frames, result_of(changed, replace(frames, effort=effort))))
    own = gait(subject.height_m, speed_m_per_s, stride_m)
    standing = run(Case(subject=subject, surroundings=normal.surroundings))[0]
    leaning = [(f"{lean:+.0f} deg", _varied(normal, lean_deg=lean)) for lean in LEANS_DEG]
    free = gait(subject.height_m, own.speed)
    lengths = [free.length * x for x in LENGTHS if AMPLITUDES[0] <= free.amplitude * x <= AMPLITUDES[1]]
    striding = [(f"{x:.2f} m", _varied(normal, speed_m_per_s=own.speed, stride_m=x)) for x in lengths]
    return Study(
        f"Walking at {own.speed:.2f} m/s, {own.length:.2f} m a stride: {person(subject)}",
        tuple(w.result for w in walks),
        frames.phases,
        tuple(_traces(walks)),
        tuple(_findings(walks, standing, leaning, striding)),
        (
            _stride_table(walks),
            _sweep_table("Trunk lean, beyond the recorded man's", "lean", leaning),
            _sweep_table(f"Length of a stride at {own.speed:.2f} m/s", "stride", striding),
        ),
        sources=tuple(sorted({*SOURCES, *frames.sources})),
    )


def _walked(frames: Frames, result: Result) -> Walked:
    return Walked(frames, result, np.array([status != "edge" for status in result.status]))


def _varied(case: Case, **keys: float) -> Walked:
    assert isinstance(case.motion, Movement)
    other = case.with_changes(motion=Movement(**case.motion.model_dump(exclude_none=True) | keys))
    frames = frames_of(other)
    return _walked(frames, result_of(other, frames))


def _traces(walks: list[Walked]) -> list[Trace]:
    body, q = walks[0].frames.body, walks[0].frames.positions
    lumbar = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    tilt = q[:, body.dof["pelvis_tilt"]]
    shared = [
        ("hip flexion, right", np.degrees(q[:, body.dof["hip_flexion_r"]])),
        ("pelvis tilt", np.degrees(tilt)),
        ("trunk inclination", np.degrees(tilt + q[:, lumbar].sum(axis=1))),
    ]
    traces = [Trace(label, "deg", (values,) * len(walks), 0) for label, values in shared]
    psoas = [w.result.group("psoas_major_r") for w in walks]
    traces.append(Trace("right psoas length (mean)", "mm", tuple(1e3 * p.length_m for p in psoas)))
    traces.append(Trace("right psoas force", "N", tuple(p.force_n for p in psoas)))
    for foot in ("foot_r", "foot_l"):
        forces = [w.result.contacts.force_n[w.result.contacts.names.index(foot)][:, 1] for w in walks]
        traces.append(Trace(f"ground under the {'right' if foot[-1] == 'r' else 'left'} foot", "N", tuple(forces)))
    return traces


def _stride_table(walks: list[Walked]) -> Table:
    """Return what a stride asks, one row a quantity, one column a result."""
    first = walks[0]
    weight = first.frames.body.weight
    rows: list[tuple[str | float | None, ...]] = [
        (label, *[value] * len(walks))
        for label, value in (
            ("hip extension at push-off, deg", -float(first.angle("hip_flexion_r").min())),
            ("pelvic tilt, mean, deg", float(first.angle("pelvis_tilt").mean())),
            ("pelvic tilt, range, deg", float(np.ptp(first.angle("pelvis_tilt")))),
            ("trunk inclination, mean, deg", float(first.inclination().mean())),
            ("lumbar flexion, range, deg", float(np.ptp(first.lumbar("flexion")))),
            ("lumbar side bend, range, deg", float(np.ptp(first.lumbar("bend")))),
            ("lumbar twist, range, deg", float(np.ptp(first.lumbar("twist")))),
        )
    ]
    psoas = [w.result.group("psoas_major_r") for w in walks]
    inside = first.inside
    rows += [
        ("right psoas, shortest, mm", *(1e3 * float(p.length_m[inside].min()) for p in psoas)),
        ("right psoas, longest, mm", *(1e3 * float(p.length_m[inside].max()) for p in psoas)),
        ("right psoas, largest force, N", *(float(p.force_n[inside].max()) for p in psoas)),
        ("right psoas, largest activity, %", *(100 * float(p.activation[inside].max()) for p in psoas)),
    ]
    for level in first.result.levels:
        rows.append((f"{level} largest compression, N", *(float(w.load(level).max()) for w in walks)))
    rows.append((f"{LEVEL} largest, % of body weight", *(100 * float(w.load().max()) / weight for w in walks)))
    columns = ("of one stride", *(w.result.name for w in walks))
    note = "Lumbar angles are shared by a fixed rhythm; of the twist between pelvis and shoulders a part is lumbar."
    return Table("One stride", columns, tuple(rows), (0,) + (1,) * len(walks), note)


def _sweep_table(title: str, head: str, sweep: list[tuple[str, Walked]]) -> Table:
    columns = (
        head,
        "hip extension, deg",
        "pelvic tilt, deg",
        "trunk inclination, deg",
        "psoas longest, mm",
        "psoas force, N",
        "L4/L5, N",
        "L5/S1, N",
        "frames not met",
    )
    rows = []
    for label, w in sweep:
        psoas = w.result.group("psoas_major_r")
        rows.append(
            (
                label,
                -float(w.angle("hip_flexion_r").min()),
                float(w.angle("pelvis_tilt").mean()),
                float(w.inclination().mean()),
                1e3 * float(psoas.length_m[w.inside].max()),
                float(psoas.force_n[w.inside].max()),
                float(w.load().max()),
                float(w.load("L5/S1").max()),
                float(w.flagged()),
            )
        )
    note = "Largest of the stride for psoas (right) and loads, mean for tilt and inclination; muscles unchanged."
    return Table(title, columns, tuple(rows), (0, 0, 0, 0, 0, 0, 0, 0, 0), note)


def _findings(
    walks: list[Walked], standing: Result, leaning: list[tuple[str, Walked]], striding: list[tuple[str, Walked]]
) -> list[str]:
    first = walks[0]
    still = float(standing.level(LEVEL)["compression_n"][0])
    peak, psoas = float(first.load().max()), first.result.group("psoas_major_r")
    force, length = psoas.force_n[first.inside], 1e3 * psoas.length_m[first.inside]
    hip = first.angle("hip_flexion_r")
    at = hip[int(force.argmax())]
    bent = "extended" if at < 0 else "flexed"
    found = [
        f"The load at {LEVEL} goes from {first.load().min():.0f} to {peak:.0f} N within a stride; standing still it is "
        f"{still:.0f} N, so the largest is {peak / still:.2f} times that.",
        "Measured: the pressure in one man's disc rose to 1.06-1.30 times standing, the force on vertebral implants of "
        "five patients to 1.71 times (Wilke 1999; Rohlmann 2014). The two methods do not agree.",
        f"The hip extends to {-hip.min():.0f} degrees; without a standing trial of the recorded man the zero of his "
        "hips and pelvis is known to some 5 degrees.",
        f"The right psoas is {np.ptp(length):.0f} mm longer at its longest than at its shortest and pulls most, "
        f"{force.max():.0f} N, with the hip {bent} {abs(at):.0f} degrees.",
        _between("Leaning the trunk further", "degrees", [(float(label.split()[0]), w) for label, w in leaning]),
        _between(
            "Lengthening the stride at the same speed", "m", [(float(label.split()[0]), w) for label, w in striding]
        ),
        f"The stride is one man's on a treadmill ({stride().speed:.2f} m/s at 1.80 m), left and right averaged; other "
        "people's differ.",
    ]
    if len(walks) > 1:
        other = walks[1]
        change = float(other.load().max()) - peak
        pull = float(other.result.group("psoas_major_r").force_n[other.inside].max())
        found.append(
            f"Changed, the largest load at {LEVEL} is {abs(change):.0f} N {'more' if change > 0 else 'less'} and the "
            f"right psoas pulls up to {pull:.0f} N. Both make the same stride; whether the muscle would "
            "shorten it is not computed."
        )
    for label, w in (("This stride", first), *(("Changed, it", w) for w in walks[1:])):
        if w.flagged():
            found.append(
                f"{label} asks for more than muscles or feet can give in {w.flagged()} of {w.inside.sum()} frames."
            )
    return found


def _between(what: str, unit: str, sweep: list[tuple[float, Walked]]) -> str:
    """Return how the largest load and the psoas change from the first to the last of a sweep."""
    (low, a), (high, b) = sweep[0], sweep[-1]
    pulls = [float(w.result.group("psoas_major_r").force_n[w.inside].max()) for w in (a, b)]
    return (
        f"{what} from {low:g} to {high:g} {unit} takes the largest load at {LEVEL} from {a.load().max():.0f} to "
        f"{b.load().max():.0f} N and the right psoas from {pulls[0]:.0f} to {pulls[1]:.0f} N."
    )
