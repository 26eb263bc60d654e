/** The drawing without its picture: unpacked, placed, laid along paths, and passed from one answer to the next. */

import { deflateSync } from 'node:zlib';
import { Color, Matrix4, Vector3 } from 'three';
import { expect, test } from 'vitest';
import type { Pose, SceneModel } from '../src/contract';
import { painter, share, HIGHEST_N } from '../src/scene/colours';
import { personOf } from '../src/scene/model';
import { stations, STATIONS } from '../src/scene/paths';
import { between, onBody, placed } from '../src/scene/place';

/** Arrays in one block of bytes, as the package packs them. */
function block() {
  const chunks: Buffer[] = [];
  let size = 0;
  const add = (array: Int16Array | Uint16Array | Uint8Array) => {
    const raw = Buffer.from(array.buffer);
    const place = [array.constructor.name.replace('Array', '').toLowerCase(), size, array.length];
    const padded = Buffer.concat([raw, Buffer.alloc(raw.length % 2)]);
    chunks.push(padded);
    size += padded.length;
    return place;
  };
  return { add, text: () => deflateSync(Buffer.concat(chunks)).toString('base64') };
}

/** Two bodies, one square, a straight line and one that lies over a cylinder on the second body. */
function made(): SceneModel {
  const { add, text } = block();
  const model = {
    bodies: ['lower', 'upper'],
    lines: ['straight', 'bent'],
    groups: ['multifidus', 'psoas_major'],
    families: ['Psoas and iliacus', 'Back extensors'],
    // rows as differences: (0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0) and the quad 0 1 2 3
    meshes: [{ v: [0.01, ...add(Int16Array.of(0, 0, 0, 10, 0, 0, 0, 10, 0, -10, 0, 0))], q: add(Int16Array.of(0, 1, 2, 3)) }],
    instances: [],
    starts: add(Uint16Array.of(0, 2, 4)),
    pointBodies: add(Uint8Array.of(0, 1, 0, 1)),
    points: [0.1, ...add(Int16Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0))],
    radius: add(Uint16Array.of(5000, 8000)),
    family: add(Uint8Array.of(1, 0)),
    wrapLine: add(Uint16Array.of(1)),
    wrapAfter: add(Uint16Array.of(0)),
    wrapBody: add(Uint8Array.of(1)),
    discs: [[1, 0, 0.1, -0.1]],
    arcPoints: 2,
  };
  return { ...model, block: text() };
}

const still = (): Pose => ({
  position: Float32Array.of(0, 0, 0, 0, 1, 0),
  turn: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0),
  arcs: new Float32Array(6).fill(NaN),
});
const matrices = () => [new Matrix4(), new Matrix4(), new Matrix4()];

test('the packed arrays come out as they went in', () => {
  const person = personOf(made());
  const { vertices, triangles } = person.solids[0];
  [0, 0, 0, 0.1, 0, 0, 0.1, 0.1, 0, 0, 0.1, 0].forEach((x, i) => expect(vertices[i]).toBeCloseTo(x, 6));
  expect([...triangles]).toEqual([0, 1, 2, 0, 2, 3]);
  expect([...person.starts]).toEqual([0, 2, 4]);
  expect(person.radius[1]).toBeCloseTo(0.008, 7);
  expect(person.wraps).toEqual([{ line: 1, after: 0, body: 1 }]);
});

test('a disc stands at the upper body, turned midway between its endplates', () => {
  const person = personOf(made());
  const pose = still();
  // The upper body bends by 0.4 rad; its endplate stands at 0.4 + 0.2, the lower one at -0.2: the middle is 0.2.
  pose.turn.set([Math.cos(0.2), 0, 0, Math.sin(0.2)], 4);
  const found = matrices();
  placed(person, pose, found);
  const along = new Vector3(1, 0, 0).transformDirection(found[2]);
  expect(Math.atan2(along.y, along.x)).toBeCloseTo(0.2, 6);
  expect(new Vector3().setFromMatrixPosition(found[2]).y).toBeCloseTo(1, 6);
});

test('a line runs from end to end in equal steps, and over its cylinder where it lies on it', () => {
  const person = personOf(made());
  const pose = still();
  const found = new Float32Array(3 * STATIONS * 2);
  const bodies = matrices();
  placed(person, pose, bodies);
  stations(person, pose, bodies, found);
  for (let s = 0; s < STATIONS; s++) expect(found[3 * s + 1]).toBeCloseTo(s / (STATIONS - 1), 5);
  expect(Math.max(...found.filter((_, i) => i % 3 === 0))).toBeCloseTo(0.1, 5); // both lines are straight
  pose.arcs.set([0.4, -0.6, 0, 0.4, -0.4, 0]); // in the frame of the upper body, which stands at y = 1
  stations(person, pose, bodies, found);
  const bent = [...found.subarray(3 * STATIONS)].filter((_, i) => i % 3 === 0);
  expect(Math.max(...bent)).toBeGreaterThan(0.35);
  expect([bent[0], bent[STATIONS - 1]].map((x) => Math.round(1e5 * x))).toEqual([10000, 10000]); // ends stay
});

test('halfway between two answers everything is halfway, turns on the great circle', () => {
  const [from, to] = [still(), still()];
  to.position[4] = 2;
  to.turn.set([Math.cos(0.5), 0, 0, Math.sin(0.5)], 4); // 1 rad about Z
  const middle = between({ pose: from, force: Float64Array.of(0, 100) }, { pose: to, force: Float64Array.of(50, 0) }, 0.5);
  expect(middle.pose.position[4]).toBeCloseTo(1.5, 6);
  expect(middle.pose.turn[7]).toBeCloseTo(Math.sin(0.25), 6);
  expect([...middle.force]).toEqual([25, 50]);
  expect(Number.isNaN(middle.pose.arcs[0])).toBe(true);
});

test('a line that meets its cylinder on the way has an arc at one end only, and none made of nothing', () => {
  const [from, to] = [still(), still()];
  to.arcs.set([0.4, -0.6, 0, 0.4, -0.4, 0]);
  const [a, b] = [from, to].map((pose) => ({ pose, force: new Float64Array(2) }));
  expect(Number.isNaN(between(a, b, 0.2).pose.arcs[0])).toBe(true);
  expect(between(a, b, 0.8).pose.arcs[0]).toBeCloseTo(0.4, 6);
});

test('the left side is the right one turned round', () => {
  const bone = { name: 'hip', mesh: 0, body: 0, scale: 2, turn: 0, shift: [1, 0, 3] as [number, number, number] };
  const at = (mirror: boolean) =>
    new Vector3(0.5, 0, 0.5).applyMatrix4(onBody({ ...bone, mirror, disc: false, arm: false })).toArray();
  expect(at(false)).toEqual([2, 0, 4]);
  expect(at(true)).toEqual([2, 0, -4]);
});

test.each([
  { theme: 'light', way: -1 },
  { theme: 'dark', way: 1 },
])('on the $theme ground lightness alone tells more force from less', ({ theme, way }) => {
  const paint = painter(theme === 'dark');
  const luminance = Array.from({ length: 11 }, (_, i) => {
    const { r, g, b } = paint(share((i / 10) ** 2 * HIGHEST_N), new Color());
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  luminance.slice(1).forEach((x, i) => expect(way * x).toBeGreaterThan(way * luminance[i]));
});
