"""Body -> .osim: the same bodies, joints and lines of pull as an OpenSim 4 model, written without OpenSim."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from psoas.anatomy.anatomy import Fascicle, Segment, Vector
from psoas.body.build import GRAVITY
from psoas.body.coordinates import Coordinate, X, Y, Z, coordinates_of
from psoas.export.mjcf import written
from psoas.export.scene import Scene

VERSION = "40600"  # of the file format: OpenSim 4.6 reads it as it is
NOT_EXPORTED = (
    "Not in this file: ligaments, discs, hip capsules, passive muscle force, muscle tone, abdominal pressure and "
    "contacts with floor, seat or bed. A muscle is a PathActuator whose optimal_force is what the fascicle can pull, "
    "held still, in the posture of the default coordinates; in another posture that force would be another. The slides "
    "of the lumbar joints, always zero, are left out: a joint force is read with JointReaction."
)


def osim_name(name: str) -> str:
    """Return a name as OpenSim takes it: `L5/S1_flexion` is `L5_S1_flexion`, for / separates paths there."""
    return name.replace("/", "_")


def joint_name(segment: str) -> str:
    """Return the name of the joint by which a segment moves against its parent."""
    return f"{segment}_joint"


def osim(scene: Scene) -> str:
    """Return the body as an OpenSim 4.6 model.

    Each segment is a Body; its joint a CustomJoint whose parent frame stands at `joint`, turned by the neutral tilt,
    and whose coordinates have our names, order, axes and signs; a hand is welded. Each fascicle is a PathActuator of
    the same name; the psoas and iliacus bend over WrapCylinders between path points wrap_after + 1 and wrap_after + 2
    (counted from 1) only. Coordinates stand at the pose of the scene.
    """
    anatomy, body = scene.anatomy, scene.body
    document = Element("OpenSimDocument", Version=VERSION)
    document.append(ElementTree.Comment(f" Written by psoas: {scene.note}. {NOT_EXPORTED} "))
    model = SubElement(document, "Model", name="psoas")
    SubElement(SubElement(model, "Ground", name="ground"), "WrapObjectSet", name="wrapobjectset")
    _text(model, "gravity", written((0.0, -GRAVITY, 0.0)))
    _text(model, "credits", "psoas; sources: " + ", ".join(anatomy.sources))
    _text(model, "length_units", "meters")
    _text(model, "force_units", "N")
    bodies = _set(model, "BodySet", "bodyset")
    loads = {"hand_r": body.loads_kg[0], "hand_l": body.loads_kg[1]}
    for segment in anatomy.segments:
        bodies.append(_body(scene, segment, loads.get(segment.name, 0.0)))
    joints = _set(model, "JointSet", "jointset")
    tilts = {s.name: s.tilt for s in anatomy.segments}
    positions = dict(zip(body.dof, scene.positions[list(body.dof.values())], strict=True))
    for segment in anatomy.segments:
        joints.append(_joint(segment, tilts.get(segment.parent, 0.0), positions))
    forces = _set(model, "ForceSet", "forceset")
    for fascicle, force, cap in zip(anatomy.fascicles, scene.capability, scene.cap, strict=True):
        forces.append(_actuator(fascicle, float(force), float(cap)))
    ElementTree.indent(document)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(document, encoding="unicode") + "\n"


def _text(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element


def _set(parent: Element, tag: str, name: str) -> Element:
    element = SubElement(parent, tag, name=name)
    objects = SubElement(element, "objects")
    SubElement(element, "groups")
    return objects


def _body(scene: Scene, segment: Segment, load: float) -> Element:
    element = Element("Body", name=segment.name)
    wraps = _set(element, "WrapObjectSet", "wrapobjectset")
    for wrap in scene.anatomy.wraps:
        if wrap.body == segment.name:
            cylinder = SubElement(wraps, "WrapCylinder", name=wrap.name)
            _text(cylinder, "active", "true")
            _text(cylinder, "xyz_body_rotation", written(wrap.rotation))
            _text(cylinder, "translation", written(wrap.centre))
            _text(cylinder, "quadrant", _quadrant(wrap.side_direction))
            _text(cylinder, "radius", written([wrap.radius]))
            _text(cylinder, "length", written([wrap.length]))
    _text(element, "mass", written([segment.mass + load]))
    _text(element, "mass_center", written(segment.centre))
    _text(element, "inertia", written((*segment.inertia, 0.0, 0.0, 0.0)))
    return element


def _quadrant(side: Vector) -> str:
    """Return "+x", "-x", "+y" or "-y": the half of the cylinder on which the muscle passes."""
    axis = int(np.argmax(np.abs(side)))
    return ("-" if side[axis] < 0 else "+") + "xyz"[axis]


def _joint(segment: Segment, parent_tilt: float, positions: dict[str, float]) -> Element:
    coordinates = [c for c in coordinates_of(segment.name) if not c.slide or not segment.parent]
    element = Element("CustomJoint" if coordinates else "WeldJoint", name=joint_name(segment.name))
    _text(element, "socket_parent_frame", "parent_offset")
    _text(element, "socket_child_frame", f"/bodyset/{segment.name}")
    if coordinates:
        listed = SubElement(element, "coordinates")
        for c in coordinates:
            listed.append(_coordinate(c, positions[c.name]))
    frame = SubElement(SubElement(element, "frames"), "PhysicalOffsetFrame", name="parent_offset")
    _text(frame, "socket_parent", f"/bodyset/{segment.parent}" if segment.parent else "/ground")
    _text(frame, "translation", written(segment.joint))
    _text(frame, "orientation", written((0.0, 0.0, segment.tilt - parent_tilt)))
    if coordinates:
        element.append(_transform(coordinates))
    return element


def _coordinate(c: Coordinate, value: float) -> Element:
    element = Element("Coordinate", name=osim_name(c.name))
    _text(element, "default_value", written([value]))
    _text(element, "range", "-5 5" if c.slide else "-3.2 3.2")
    _text(element, "clamped", "false")
    return element


def _transform(coordinates: list[Coordinate]) -> Element:
    """Return the SpatialTransform: rotations and translations in our order, the rest of its six axes constant."""
    element = Element("SpatialTransform")
    turns = [c for c in coordinates if not c.slide]
    slides = [c for c in coordinates if c.slide]
    for kind, given in (("rotation", turns), ("translation", slides)):
        # The axes that no coordinate uses complete a basis.
        free = [a for a in (X, Y, Z) if all(abs(float(np.dot(a, c.axis))) < 0.5 for c in given)]
        for i in range(3):
            axis = SubElement(element, "TransformAxis", name=f"{kind}{i + 1}")
            if i < len(given):
                _text(axis, "coordinates", osim_name(given[i].name))
                _text(axis, "axis", written(given[i].axis))
                _text(SubElement(axis, "LinearFunction", name="function"), "coefficients", "1 0")
            else:
                _text(axis, "coordinates", "")
                _text(axis, "axis", written(free[i - len(given)]))
                _text(SubElement(axis, "Constant", name="function"), "value", "0")
    return element


def _actuator(fascicle: Fascicle, force: float, cap: float) -> Element:
    element = Element("PathActuator", name=fascicle.name)
    _text(element, "min_control", "0")
    _text(element, "max_control", written([cap]))
    path = SubElement(element, "GeometryPath", name="path")
    points = _set(path, "PathPointSet", "pathpointset")
    for i, (body, x) in enumerate(fascicle.path):
        point = SubElement(points, "PathPoint", name=f"{fascicle.name}-P{i + 1}")
        _text(point, "socket_parent_frame", f"/bodyset/{body}")
        _text(point, "location", written(x))
    wraps = _set(path, "PathWrapSet", "pathwrapset")
    if fascicle.wrap:
        wrap = SubElement(wraps, "PathWrap", name="pathwrap")
        _text(wrap, "wrap_object", fascicle.wrap)
        _text(wrap, "method", "hybrid")
        _text(wrap, "range", f"{fascicle.wrap_after + 1} {fascicle.wrap_after + 2}")
    _text(element, "optimal_force", written([force]))
    return element
