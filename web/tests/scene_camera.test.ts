/** Where the drawing is seen from, and which band of a muscle a face of the drawing belongs to; without a picture. */

import { Matrix4, PerspectiveCamera, Vector3 } from 'three';
import { expect, test } from 'vitest';
import { arrowsOf } from '../src/scene/arrows';
import { bandsOf } from '../src/scene/bands';
import { directionFrom, directionOf, FIELD_DEG, framed, stand, type View } from '../src/scene/camera';
import { discColour } from '../src/scene/colours';
import { darkness } from '../src/scene/lit';
import type { Person } from '../src/scene/model';
import { STATIONS } from '../src/scene/paths';
import { rests } from '../src/scene/rests';

const BOX = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => new Vector3(i & 1 ? 0.3 : -0.2, i & 2 ? 1.7 : 0, i & 4 ? 0.25 : -0.25));

test.each(
  (['lumbar', 'whole', 'side', 'front', 'back'] as View[]).flatMap((view) =>
    [0.5, 1, 2.2].map((aspect) => ({ view, aspect })),
  ),
)('all that is wanted is in the picture and fills it: $view at $aspect', ({ view, aspect }) => {
  const direction = directionOf(view, false);
  const camera = new PerspectiveCamera(FIELD_DEG, aspect);
  stand(camera, framed(BOX, direction, aspect), direction);
  camera.updateMatrixWorld();
  const seen = BOX.map((p) => p.clone().project(camera));
  const widest = Math.max(...seen.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
  expect(widest).toBeLessThan(1);
  expect(widest).toBeGreaterThan(0.85); // the margin is 6 % of the distance
  for (const { z } of seen) expect(Math.abs(z)).toBeLessThan(1); // neither too near nor too far
  const middle = (values: number[]) => Math.max(...values) + Math.min(...values);
  expect(Math.abs(middle(seen.map((p) => p.x)))).toBeLessThan(0.02);
  expect(Math.abs(middle(seen.map((p) => p.y)))).toBeLessThan(0.02);
});

test.each(['lumbar', 'whole', 'side', 'front', 'back'] as View[])('%s is seen from where it says', (view) => {
  const direction = directionOf(view, true);
  const camera = new PerspectiveCamera(FIELD_DEG, 1);
  const target = new Vector3(0.1, 0.9, -0.2);
  stand(camera, { target, distance: 2 }, direction, 2);
  expect(camera.position.distanceTo(target)).toBeCloseTo(1, 9); // twice as near
  const back = directionFrom(camera, target);
  expect(back.turn).toBeCloseTo(direction.turn, 6);
  expect(back.rise).toBeCloseTo(direction.rise, 6);
});

test('the side view looks from the right at somebody who faces to the right of the picture', () => {
  const camera = new PerspectiveCamera(FIELD_DEG, 1);
  stand(camera, { target: new Vector3(), distance: 2 }, directionOf('side', false));
  camera.updateMatrixWorld();
  expect(camera.position.z).toBeGreaterThan(1.9);
  expect(new Vector3(0.1, 0, 0).project(camera).x).toBeGreaterThan(0);
});

const FAMILIES = ['Psoas and iliacus', 'Back extensors', 'Abdominals'];

/** Four straight lines down from body 1: abdominal, psoas, extensor, psoas. */
function person(): Person {
  return {
    bodies: ['pelvis', 'L1'],
    lines: ['belly_r', 'psoas_L1_VB_r', 'multifidus_r', 'psoas_L1_VB_l'],
    groups: ['rectus_abdominis', 'psoas_major', 'multifidus', 'psoas_major'],
    families: FAMILIES,
    solids: [],
    instances: [],
    discs: [],
    starts: Uint16Array.of(0, 2, 4, 6, 8),
    pointBodies: Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0),
    points: new Float32Array(24),
    radius: Float32Array.of(0.005, 0.005, 0.005, 0.005),
    family: Uint8Array.of(2, 0, 1, 0),
    wraps: [],
    arcPoints: 0,
  };
}

/** Line i runs from (0, 1, 0) to (0.1, 0, z_i), z = +-0.1 for the two psoas lines. */
function laid(): Float32Array {
  const ends = [0, 0.1, 0, -0.1];
  return Float32Array.from(
    ends.flatMap((z) =>
      Array.from({ length: STATIONS }, (_, s) => s / (STATIONS - 1)).flatMap((t) => [0.1 * t, 1 - t, z * t]),
    ),
  );
}

test('each face belongs to its line: full ones first, faint ones after, hidden ones not at all', () => {
  const bands = bandsOf(person(), darkness());
  bands.lay(laid(), [0, 10, 20, 30]);
  const counts = () => {
    const found = new Map<number, number>();
    const faces = bands.mesh.geometry.drawRange.count / 3;
    for (let f = 0; f < faces; f++) found.set(bands.lineAt(f), (found.get(bands.lineAt(f)) ?? 0) + 1);
    return found;
  };
  expect([...counts().keys()]).toEqual([1, 2, 3, 0]);
  expect(counts().get(1)).toBe(4 * (counts().get(0) as number)); // every other side and station of a faint line
  expect([0, 1, 2, 3].map(bands.isFull)).toEqual([false, true, true, true]);
  bands.choose((line) => line === 0);
  expect([...counts().keys()]).toEqual([0, 1, 2, 3]);
  bands.hide('Abdominals');
  expect([...counts().keys()]).toEqual([1, 2, 3]);
  // The faces of a line lie about that line.
  const [index, position] = [bands.mesh.geometry.index!, bands.mesh.geometry.getAttribute('position')];
  let [near, seen] = [0, 0];
  for (let corner = 0; corner < bands.mesh.geometry.drawRange.count; corner++) {
    const line = bands.lineAt(Math.floor(corner / 3));
    const vertex = index.getX(corner);
    const t = 1 - position.getY(vertex);
    const away = position.getZ(vertex) - [0, 0.1, 0, -0.1][line] * t;
    seen += 1;
    if (Math.abs(away) < 0.01) near += 1; // no band here is thicker
  }
  expect(seen).toBeGreaterThan(100);
  expect(near).toBe(seen);
});

test('an arrow points where both sides of the psoas together pull, longer for more, and not at all for none', () => {
  const arrows = arrowsOf(person());
  const matrices = [new Matrix4(), new Matrix4().makeTranslation(0, 1, 0)];
  const [arrow] = arrows.root.children;
  expect(arrows.root.visible).toBe(false);
  arrows.place(matrices, laid(), [500, 40, 500, 40]);
  const way = new Vector3(0, 1, 0).applyQuaternion(arrow.quaternion);
  expect(way.z).toBeCloseTo(0, 6); // the sides cancel
  expect(way.y / way.x).toBeCloseTo(-10, 4); // 1 m down to 0.1 m forward
  expect(arrow.position.toArray()).toEqual([0, 1, 0]);
  const reach = () => arrow.children[1].position.y;
  const before = reach();
  arrows.place(matrices, laid(), [500, 60, 500, 60]);
  expect(reach()).toBeGreaterThan(before + 0.01);
  arrows.place(matrices, laid(), [500, 0, 500, 0]);
  expect(arrow.visible).toBe(false);
});

test.each([false, true])('discs: warm where they carry more than the baseline, cold where less (dark: %s)', (dark) => {
  const warmth = (ratio: number) => discColour(ratio, dark).r - discColour(ratio, dark).b;
  expect(warmth(2)).toBeGreaterThan(warmth(1.3));
  expect(warmth(1.3)).toBeGreaterThan(warmth(1));
  expect(warmth(0.5)).toBeLessThan(warmth(1));
  expect(discColour(NaN, dark).equals(discColour(1, dark))).toBe(true); // a disc without a number is untinted
  expect(discColour(8, dark).equals(discColour(2, dark))).toBe(true);
});

test('a desk lies under both forearms, armrests under each, and elsewhere there is nothing', () => {
  const arms = { ...person(), bodies: ['forearm_r', 'hand_r', 'forearm_l', 'hand_l'] };
  const at = (x: number, y: number, z: number) => new Matrix4().makeTranslation(x, y, z);
  const matrices = [at(0.1, 0.8, 0.2), at(0.35, 0.82, 0.2), at(0.1, 0.8, -0.2), at(0.35, 0.82, -0.2)];
  const [desk, ...none] = rests({ desk: true }, arms, matrices);
  expect(none).toEqual([]);
  expect(desk.centre[1]).toBeLessThan(0.8); // below the lower end of the forearms
  expect(desk.centre[1]).toBeGreaterThan(0.75);
  expect(desk.centre[2]).toBeCloseTo(0, 9);
  expect(Math.abs(desk.centre[0] - 0.35)).toBeLessThan(desk.half[0]); // the hands lie on it
  const armrests = rests({ armrests: true }, arms, matrices);
  expect(armrests.map(({ centre }) => Math.sign(centre[2]))).toEqual([1, -1]);
  expect(rests({ seat: true }, arms, matrices)).toEqual([]);
  expect(rests(undefined, arms, matrices)).toEqual([]);
  // Right-handed, so that the faces look outward: along x across = outward.
  const [along, across, outward] = [0, 3, 6].map((i) => new Vector3().fromArray(desk.axes, i));
  expect(along.cross(across).dot(outward)).toBeCloseTo(1, 9);
});
