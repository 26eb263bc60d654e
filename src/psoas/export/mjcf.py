"""Body -> MJCF: the XML from which MuJoCo compiles the same body again, its pose as a keyframe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from psoas.body.build import specification
from psoas.export.scene import Scene

KEYFRAME = "posture"
# What MuJoCo's own writer rounds to six digits, by element: attribute of the XML -> attribute of the specification.
FULL_DIGITS = {
    "body": {"pos": "pos", "quat": "quat"},
    "site": {"pos": "pos"},
    "geom": {"pos": "pos", "quat": "quat", "size": "size"},
    "key": {"qpos": "qpos"},
}


def mjcf(scene: Scene) -> str:
    """Return the body as MJCF, with the pose as keyframe `posture`.

    Tendons are the fascicles, the ligaments and the line of abdominal pressure, in this order, without any force law:
    MuJoCo has none that is ours. Compiled again it has the tendon lengths and moment arms of the body within 1e-9 m.
    Masses held in the hands are part of the hands.
    """
    spec = specification(scene.anatomy, scene.body.loads_kg)
    spec.modelname = "psoas"
    spec.add_key(name=KEYFRAME, qpos=scene.positions)
    spec.compile()
    root = ElementTree.fromstring(spec.to_xml())
    named: dict[str, dict[str, Any]] = {
        "body": {b.name: b for b in spec.bodies},
        "site": {s.name: s for s in spec.sites},
        "geom": {g.name: g for g in spec.geoms},
        "key": {k.name: k for k in spec.keys},
    }
    for element in root.iter():
        source = named.get(element.tag, {}).get(element.get("name", ""))
        if source is None:
            continue
        for attribute, of_spec in FULL_DIGITS[element.tag].items():
            values = list(getattr(source, of_spec))
            if attribute == "size":
                values = values[:2]
            if element.get(attribute) is not None or any(values):
                element.set(attribute, written(values))
        inertial = element.find("inertial") if element.tag == "body" else None
        if inertial is not None:
            inertial.set("pos", written(source.ipos))
            inertial.set("mass", written([source.mass]))
            inertial.set("diaginertia", written(source.inertia))
    ElementTree.indent(root)
    lines = (
        f" Written by psoas: {scene.note}. Tendons carry no force law: passive tissue, disc stiffness, contacts and "
        "abdominal pressure are not part of this file. "
    )
    root.insert(0, ElementTree.Comment(lines))
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def written(values: Iterable[float]) -> str:
    """Return numbers with every digit that a float has, so that reading them gives the same floats."""
    return " ".join(repr(float(v) + 0.0) for v in values)
