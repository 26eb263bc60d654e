"""What OpenSim says of an exported body: lengths, moment arms, StaticOptimization and JointReaction of one frame."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import opensim

from psoas.body.body import Body
from psoas.body.coordinates import CHILD_OF_LEVEL, HIPS, LUMBAR, ROOT
from psoas.export.osim import joint_name, osim, osim_name
from psoas.export.scene import Scene

opensim.Logger.removeFileSink()  # it would write opensim.log in whatever folder this runs from
opensim.Logger.setLevelString("error")
RESERVE = 10.0  # N m: a reserve r costs (r / RESERVE)^2
ROOT_FORCE = 1000.0  # N, N m: no muscle moves the root, so what its actuators cost shares nothing out
DRIVEN_TORQUE = 1e4  # N m: knees, ankles, arms and neck; 50 N m cost 2.5e-5 of one full activation
CONVERGENCE, ITERATIONS = 1e-7, 2000  # its own 1e-4 leaves thousandths in activation; 1e-8 takes thrice as long
SLOPE_STEP = 1e-4  # rad
ROWS = LUMBAR + HIPS


@dataclass(frozen=True)
class Motion:
    """Rows of time (T,), positions and velocities (T, V) in our order, and ground forces on bodies (world axes).

    forces: name of the body, force, point and moment (T, 3) each.
    """

    time: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    forces: tuple[tuple[str, np.ndarray, np.ndarray, np.ndarray], ...] = ()


@dataclass(frozen=True)
class Paths:
    """length (M,) [m]; solver, slope (M, 24) [m]: its moment arms, and the slopes of its own lengths."""

    length: np.ndarray
    solver: np.ndarray
    slope: np.ndarray


@dataclass(frozen=True)
class Shared:
    """activation (M,), force (M,) [N], reserve (24,) [N m], joint (6, 3) [N]: on the upper body, in its axes."""

    activation: np.ndarray
    force: np.ndarray
    reserve: np.ndarray
    joint: np.ndarray


def open_model(scene: Scene, folder: Path) -> tuple[opensim.Model, Path]:
    """Write the body and load it again; raises RuntimeError where OpenSim says anything but that it loaded it."""
    file = folder / "body.osim"
    file.write_text(osim(scene), encoding="utf-8")
    log = folder / "load.log"
    opensim.Logger.setLevelString("warn")
    opensim.Logger.addFileSink(str(log))
    model = opensim.Model(str(file))
    model.initSystem()
    opensim.Logger.removeFileSink()
    opensim.Logger.setLevelString("error")  # the tools list every muscle that is at rest
    told = [x for x in log.read_text().splitlines() if "[warning]" in x or "[error]" in x]
    if told:
        raise RuntimeError(f"OpenSim does not load the body in silence: {told[0]}")
    return model, file


def paths(model: opensim.Model, body: Body, positions: np.ndarray) -> Paths:
    """Return lengths and moment arms about the lumbar and hip coordinates in one pose (V,)."""
    state = model.initSystem()
    coordinates = {c.getName(): c for c in (model.getCoordinateSet().get(i) for i in range(_count(model)))}
    for name, row in body.dof.items():
        if osim_name(name) in coordinates:
            coordinates[osim_name(name)].setValue(state, float(positions[row]), False)
    forces = model.getForceSet()
    lines = [opensim.PathActuator.safeDownCast(forces.get(n)) for n in body.fibres.names]

    def lengths() -> np.ndarray:
        model.realizePosition(state)
        return np.array([x.getLength(state) for x in lines])

    length = lengths()
    slope, solver = np.zeros((len(lines), len(ROWS))), np.zeros((len(lines), len(ROWS)))
    for k, name in enumerate(ROWS):
        c = coordinates[osim_name(name)]
        value = c.getValue(state)
        both = []
        for step in (SLOPE_STEP, -SLOPE_STEP):
            c.setValue(state, value + step, False)
            both.append(lengths())
        c.setValue(state, value, False)
        slope[:, k] = (both[1] - both[0]) / (2 * SLOPE_STEP)
    model.realizePosition(state)
    for j, line in enumerate(lines):
        path = opensim.GeometryPath.safeDownCast(line.getPath())
        for k in map(int, np.flatnonzero(np.abs(slope[j]) > 1e-9)):
            solver[j, k] = path.computeMomentArm(state, coordinates[osim_name(ROWS[k])])
    return Paths(length, solver, slope)


def _count(model: opensim.Model) -> int:
    return model.getCoordinateSet().getSize()


def accelerations(motion: Motion) -> np.ndarray:
    """Return (T, V) slopes of the quintic spline through the velocities, as StaticOptimization takes them."""
    if not motion.velocities.any():
        return np.zeros_like(motion.velocities)
    labels = [f"v{i}" for i in range(motion.velocities.shape[1])]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speeds.sto"
        _write_storage(file, ["time", *labels], np.column_stack([motion.time, motion.velocities]))
        splines = opensim.GCVSplineSet(5, opensim.Storage(str(file)))
    first = opensim.StdVectorInt()
    first.append(0)
    at = [opensim.Vector(1, float(t)) for t in motion.time]
    return np.array([[splines.get(name).calcDerivative(first, t) for name in labels] for t in at])


def share(file: Path, body: Body, motion: Motion, row: int, folder: Path) -> Shared:
    """Run StaticOptimization and JointReaction on one row of a motion; the model is in `file`."""
    states, actuators = folder / "states.sto", folder / "actuators.xml"
    _write_states(file, body, motion, states)
    _write_actuators(file, actuators)
    loads = _write_forces(motion, folder) if motion.forces else None
    window = (motion.time[row], motion.time[row])
    analysis = Element("StaticOptimization", name="so")
    for tag, text in (
        ("use_model_force_set", "true"),
        ("activation_exponent", "2"),
        ("use_muscle_physiology", "true"),
        ("optimizer_convergence_criterion", repr(CONVERGENCE)),
        ("optimizer_max_iterations", str(ITERATIONS)),
    ):
        SubElement(analysis, tag).text = text
    _analyze("share", analysis, window, file, states, actuators, loads, folder)
    analysis = Element("JointReaction", name="jr")
    SubElement(analysis, "forces_file").text = str(folder / "share_so_force.sto")
    SubElement(analysis, "joint_names").text = " ".join(joint_name(c) for c in CHILD_OF_LEVEL.values())
    SubElement(analysis, "apply_on_bodies").text = "child"
    SubElement(analysis, "express_in_frame").text = "child"
    _analyze("joint", analysis, window, file, states, actuators, loads, folder)
    activation = _row(folder / "share_so_activation.sto", window[0])
    force = _row(folder / "share_so_force.sto", window[0])
    joint = _row(folder / "joint_jr_ReactionLoads.sto", window[0])
    names = body.fibres.names
    return Shared(
        np.array([activation[n] for n in names]),
        np.array([force[n] for n in names]),
        np.array([force[f"{osim_name(n)}_actuator"] for n in ROWS]),
        np.array([[joint[f"{joint_name(c)}_on_{c}_in_{c}_f{a}"] for a in "xyz"] for c in CHILD_OF_LEVEL.values()]),
    )


def _analyze(
    name: str,
    analysis: Element,
    window: tuple[float, float],
    file: Path,
    states: Path,
    actuators: Path,
    loads: Path | None,
    folder: Path,
) -> None:
    """Run OpenSim's AnalyzeTool over a window of time; paths are absolute, for they resolve against the setup file."""
    for tag, text in (("start_time", repr(float(window[0]))), ("end_time", repr(float(window[1])))):
        SubElement(analysis, tag).text = text
    SubElement(analysis, "on").text = "true"
    SubElement(analysis, "step_interval").text = "1"
    SubElement(analysis, "in_degrees").text = "false"
    document = Element("OpenSimDocument", Version="40600")
    tool = SubElement(document, "AnalyzeTool", name=name)
    for tag, text in (
        ("model_file", str(file)),
        ("replace_force_set", "false"),
        ("force_set_files", str(actuators)),
        ("results_directory", str(folder)),
        ("output_precision", "16"),
        ("initial_time", repr(float(window[0]))),
        ("final_time", repr(float(window[1]))),
        ("solve_for_equilibrium_for_auxiliary_states", "false"),
        ("states_file", str(states)),
        ("external_loads_file", "" if loads is None else str(loads)),
    ):
        SubElement(tool, tag).text = text
    SubElement(SubElement(tool, "AnalysisSet", name="Analyses"), "objects").append(analysis)
    setup = folder / f"{name}.xml"
    ElementTree.ElementTree(document).write(setup)
    if not opensim.AnalyzeTool(str(setup)).run():
        raise RuntimeError(f"OpenSim's {analysis.tag} failed in {folder}.")


def _coordinates(file: Path) -> list[tuple[str, str]]:
    """Return (joint, coordinate) of every coordinate of an exported model."""
    model = ElementTree.parse(file).getroot()
    return [
        (joint.get("name", ""), c.get("name", ""))
        for joint in model.iter("CustomJoint")
        for c in joint.iter("Coordinate")
    ]


def _write_states(file: Path, body: Body, motion: Motion, states: Path) -> None:
    row_of = {osim_name(n): i for n, i in body.dof.items()}
    labels, columns = ["time"], [motion.time]
    for joint, name in _coordinates(file):
        labels += [f"/jointset/{joint}/{name}/value", f"/jointset/{joint}/{name}/speed"]
        columns += [motion.positions[:, row_of[name]], motion.velocities[:, row_of[name]]]
    _write_storage(states, labels, np.stack(columns, axis=1))


def _write_storage(file: Path, labels: list[str], table: np.ndarray) -> None:
    head = f"{file.stem}\nversion=1\nnRows={len(table)}\nnColumns={len(labels)}\ninDegrees=no\nendheader\n"
    rows = ("\t".join(repr(float(x)) for x in row) for row in table)
    file.write_text(head + "\t".join(labels) + "\n" + "\n".join(rows) + "\n")


def _row(file: Path, time: float) -> dict[str, float]:
    lines = file.read_text().splitlines()
    start = next(i for i, x in enumerate(lines) if x.strip() == "endheader") + 1
    labels = lines[start].split("\t")
    for line in lines[start + 1 :]:
        values = [float(x) for x in line.split()]
        if abs(values[0] - time) < 1e-6:
            return dict(zip(labels, values, strict=True))
    raise RuntimeError(f"{file.name} has no row at {time} s.")


def _write_actuators(file: Path, actuators: Path) -> None:
    document = Element("OpenSimDocument", Version="40600")
    objects = SubElement(SubElement(document, "ForceSet", name="actuators"), "objects")
    balanced = {osim_name(n) for n in ROWS}
    for _, name in _coordinates(file):
        strength = RESERVE if name in balanced else ROOT_FORCE if name in ROOT else DRIVEN_TORQUE
        actuator = SubElement(objects, "CoordinateActuator", name=f"{name}_actuator")
        SubElement(actuator, "min_control").text = "-inf"
        SubElement(actuator, "max_control").text = "inf"
        SubElement(actuator, "coordinate").text = name
        SubElement(actuator, "optimal_force").text = repr(strength)
    ElementTree.ElementTree(document).write(actuators)


def _write_forces(motion: Motion, folder: Path) -> Path:
    labels, columns = ["time"], [motion.time[:, None]]
    document = Element("OpenSimDocument", Version="40600")
    loads = SubElement(document, "ExternalLoads", name="ground")
    objects = SubElement(loads, "objects")
    for i, (name, force, point, moment) in enumerate(motion.forces):
        labels += [f"{kind}{i}_{a}" for kind in ("force", "point", "moment") for a in "xyz"]
        columns += [force, point, moment]
        item = SubElement(objects, "ExternalForce", name=f"ground{i}")
        for tag, text in (
            ("applied_to_body", name),
            ("force_expressed_in_body", "ground"),
            ("point_expressed_in_body", "ground"),
            ("force_identifier", f"force{i}_"),
            ("point_identifier", f"point{i}_"),
            ("torque_identifier", f"moment{i}_"),
        ):
            SubElement(item, tag).text = text
    data = folder / "ground.sto"
    _write_storage(data, labels, np.concatenate(columns, axis=1))
    SubElement(loads, "datafile").text = str(data)
    file = folder / "ground.xml"
    ElementTree.ElementTree(document).write(file)
    return file
