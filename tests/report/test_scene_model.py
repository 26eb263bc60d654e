"""The drawing's model stands alone: unpacked, it is the person of the scene."""

import base64
import json
import zlib

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.frames import frames_of
from psoas.mechanics.scene import scene_of
from psoas.report.bones import bones
from psoas.report.player import LEVEL_CHILDREN, MESH_STEP_M, scene_model
from psoas.scene import Scene

LARGEST_BYTES = 400_000  # of the model in the page


@pytest.fixture(scope="module")
def scene() -> Scene:
    frames = frames_of(Case())
    return scene_of(frames.body, frames.positions, frames.contacts, frames.available)


@pytest.fixture(scope="module")
def model(scene):
    """The model as the page reads it, and its block unpacked."""
    data = json.loads(json.dumps(scene_model(scene, ["psoas_major"] * len(scene.lines)), allow_nan=False))
    return data, zlib.decompress(base64.b64decode(data["block"]))


def unpacked(block: bytes, place) -> np.ndarray:
    kind, start, count = place
    return np.frombuffer(block, kind, count, start).astype(float)


def test_meshes_are_the_bones_to_half_a_step(scene, model):
    data, block = model
    meshes = list(bones(scene)[0].values())
    for packed, mesh in zip(data["meshes"], meshes, strict=False):
        step, *place = packed["v"]
        vertices = step * np.cumsum(unpacked(block, place).reshape(-1, 3), axis=0)
        np.testing.assert_allclose(vertices, mesh.vertices, atol=0.51 * MESH_STEP_M)
        np.testing.assert_array_equal(np.cumsum(unpacked(block, packed["q"]).reshape(-1, 4), axis=0), mesh.quads)
    assert len(data["meshes"]) == len(meshes) + len(LEVEL_CHILDREN)  # and a disc a level


def test_paths_are_those_of_the_scene(scene, model):
    data, block = model
    starts = unpacked(block, data["starts"]).astype(int)
    assert len(starts) == len(scene.lines) + 1 and starts[-1] == len(scene.point_m)
    np.testing.assert_array_equal(np.repeat(np.arange(len(scene.lines)), np.diff(starts)), scene.point_line)
    np.testing.assert_array_equal(unpacked(block, data["pointBodies"]), scene.point_body)
    step, *place = data["points"]
    np.testing.assert_allclose(step * unpacked(block, place).reshape(-1, 3), scene.point_m, atol=0.51 * step)
    assert data["arcPoints"] == scene.wrap_m.shape[2]
    np.testing.assert_array_equal(unpacked(block, data["wrapBody"]), scene.wrap_body)


def test_a_disc_lies_between_its_level(scene, model):
    data, _ = model
    pairs = [(data["bodies"][upper], data["bodies"][lower]) for upper, lower, *_ in data["discs"]]
    assert pairs == [(child, scene.parents[scene.body(child)]) for child in LEVEL_CHILDREN]
    names = [i["name"] for i in data["instances"] if i["disc"]]
    assert names == ["T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"]
    halves = np.array([row[2:] for row in data["discs"]])
    np.testing.assert_allclose(2 * halves, scene.disc_tilt, atol=2.1e-5)  # rounded to five decimals


def test_it_is_small_enough_for_a_page(model):
    assert len(json.dumps(model[0], separators=(",", ":"))) < LARGEST_BYTES
