/** The person to be drawn, as arrays: what `psoas.report.player.scene_model` packs into one block of whole numbers. */

import { unzlibSync } from 'three/addons/libs/fflate.module.js';
import type { SceneModel } from '../contract';

type Place = [type: 'int16' | 'uint16' | 'uint8', start: number, count: number];
type Lengths = [step: number, ...place: Place];

/** What the package writes beside the names. */
interface Packed extends SceneModel {
  meshes: { v: Lengths; q: Place }[];
  instances: Instance[];
  starts: Place;
  pointBodies: Place;
  points: Lengths;
  radius: Place;
  family: Place;
  wrapLine: Place;
  wrapAfter: Place;
  wrapBody: Place;
  names: string[];
  discs: [upper: number, lower: number, halfUpper: number, halfLower: number][];
  arcPoints: number;
  families: string[];
  block: string;
}

/** A mesh on a body: scale x turn about Z x vertices + shift [m], z turned round where it is mirrored. */
export interface Instance {
  name: string;
  mesh: number;
  body: number;
  scale: number;
  turn: number;
  shift: [number, number, number];
  mirror: boolean;
  disc: boolean;
  arm: boolean;
}

/** A closed surface: vertices (N, 3) m, triangles (T, 3) counter-clockwise from outside. */
export interface Solid {
  vertices: Float32Array;
  triangles: Uint32Array;
}

/** The person to be drawn. Bodies are followed by the discs, each midway between the endplates that face each other. */
export interface Person {
  bodies: string[];
  lines: string[];
  groups: string[];
  families: string[];
  solids: Solid[];
  instances: Instance[];
  discs: Packed['discs'];
  starts: Uint16Array; // (M + 1,) of each line among the points
  pointBodies: Uint8Array; // (P,)
  points: Float32Array; // (P, 3) m in the frame of their body
  radius: Float32Array; // (M,) m of a rod with the physiological cross-section
  family: Uint8Array; // (M,)
  wraps: { line: number; after: number; body: number }[];
  arcPoints: number;
}

const KINDS = { int16: Int16Array, uint16: Uint16Array, uint8: Uint8Array };
const MICROMETRE = 1e-6; // the unit of the packed radii

/** Unpack the model of the drawing. */
export function personOf(model: SceneModel): Person {
  const packed = model as Packed;
  const bytes = unzlibSync(Uint8Array.from(atob(packed.block), (c) => c.charCodeAt(0)));
  const array = ([kind, start, count]: Place) => new KINDS[kind](bytes.slice(start).buffer, 0, count);
  const lengths = ([step, ...place]: Lengths) => Float32Array.from(array(place), (value) => value * step);
  const [after, home] = [array(packed.wrapAfter), array(packed.wrapBody)];
  return {
    bodies: packed.bodies,
    lines: packed.lines,
    groups: packed.groups,
    families: packed.families,
    solids: packed.meshes.map(({ v: [step, ...place], q }) => ({
      vertices: summed(array(place), 3).map((value) => value * step),
      triangles: halved(summed(array(q), 4)),
    })),
    instances: packed.instances,
    discs: packed.discs,
    starts: array(packed.starts) as Uint16Array,
    pointBodies: array(packed.pointBodies) as Uint8Array,
    points: lengths(packed.points),
    radius: Float32Array.from(array(packed.radius), (value) => value * MICROMETRE),
    family: array(packed.family) as Uint8Array,
    wraps: [...array(packed.wrapLine)].map((line, w) => ({ line, after: after[w], body: home[w] })),
    arcPoints: packed.arcPoints,
  };
}

/** Rows from the differences between each and the row before it. */
function summed(steps: ArrayLike<number>, width: number): Float32Array {
  const rows = Float32Array.from(steps);
  for (let i = width; i < rows.length; i++) rows[i] += rows[i - width];
  return rows;
}

/** Two triangles for each quad. */
function halved(quads: Float32Array): Uint32Array {
  const triangles = new Uint32Array((quads.length / 4) * 6);
  for (let i = 0, o = 0; i < quads.length; i += 4, o += 6) {
    const [a, b, c, d] = quads.subarray(i, i + 4);
    triangles.set([a, b, c, a, c, d], o);
  }
  return triangles;
}
