/** Muscles as tapering bands in one geometry: thick in the middle, pale and thin at the ends, coloured by force. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DynamicDrawUsage,
  Mesh,
  Sphere,
  Vector3,
  type ShaderMaterial,
} from 'three';
import { PALETTES, painter, share } from './colours';
import { lit, type Light } from './lit';
import type { Person } from './model';
import { STATIONS } from './paths';

const SIDES = 8;
const PER_LINE = SIDES * STATIONS;
const FACES = 2 * SIDES * (STATIONS - 1); // triangles of a line drawn in full
const COARSE = 2; // faint lines are drawn through every other side and station
const FAINT_FACES = FACES / COARSE ** 2;
const [THINNEST_M, THICKEST_M] = [0.0016, 0.0095];
const BELLY = 1.05; // of the radius of the physiological cross-section
const END = 0.22; // radius at the ends, of the belly's
const FLAT = 0.72; // thickness of a band, of its width
const GRAIN = 0.84; // of the light on every other edge: bundles run along a band
const FANS = new Set(['iliacus']); // fleshy from a broad origin on, which one line stands for
const [FAN_WIDER, FAN_FLAT] = [2.2, 0.24]; // at the origin: wider by this, and thickness / width
const FAN_ROUND = 0.4; // share of its length over which the origin is rounded
const WING = 0.5; // to the side for one forward, along the wing of the pelvis
const FULL = ['Psoas and iliacus', 'Back extensors']; // families drawn in full; the others are seen through

/** The bands of all lines; lines drawn in full come first in the index, the faint ones after them. */
export interface Bands {
  mesh: Mesh<BufferGeometry, ShaderMaterial[]>;
  /** Lay the bands along stations (M, STATIONS, 3) [m] and colour them by the force of each line [N]. */
  lay(stations: Float32Array, force: ArrayLike<number>): void;
  theme(dark: boolean): void;
  /** Which lines are drawn in full, the others faint; null: psoas and extensors. */
  choose(isFull: ((line: number) => boolean) | null): void;
  /** Leave a family out; null: none. */
  hide(family: string | null): void;
  lineAt(face: number): number;
  isFull(line: number): boolean;
}

/** Build the bands of a person. */
export function bandsOf(person: Person, light: Light): Bands {
  const count = person.lines.length;
  const geometry = new BufferGeometry();
  const attribute = () => new BufferAttribute(new Float32Array(3 * PER_LINE * count), 3).setUsage(DynamicDrawUsage);
  const [position, normal, colour] = [attribute(), attribute(), attribute()];
  geometry.setAttribute('position', position);
  geometry.setAttribute('normal', normal);
  geometry.setAttribute('color', colour);
  geometry.setIndex(new BufferAttribute(new Uint32Array(3 * FACES * count), 1));
  geometry.boundingSphere = new Sphere(new Vector3(), Infinity); // the lines are always somewhere in the picture
  const solid = lit(light, 0.14);
  const faint = lit(light, 0, { transparent: true, depthWrite: false });
  const mesh = new Mesh(geometry, [solid, faint]);
  mesh.frustumCulled = false;
  const radii = person.radius.map((x) => Math.min(THICKEST_M, Math.max(THINNEST_M, BELLY * x)));
  let order: number[] = [];
  let isFull = new Uint8Array(count);
  let paint = painter(false);
  const tendon = new Color();
  const sideOf = (line: number) => (person.lines[line].endsWith('_l') ? -1 : 1);
  const fans = person.groups.map((group, line) => (FANS.has(group) ? sideOf(line) : 0));

  let split = 0; // lines drawn in full, the first in the order
  const startOf = (place: number) => FACES * Math.min(place, split) + FAINT_FACES * Math.max(0, place - split);
  let asked: ((line: number) => boolean) | null = null;
  let hidden: string | null = null;

  function arrange(): void {
    const familyOf = (line: number) => person.families[person.family[line]];
    const wanted = asked ?? ((line: number) => FULL.includes(familyOf(line)));
    isFull = Uint8Array.from(person.lines, (_, line) => (wanted(line) ? 1 : 0));
    const lines = person.lines.flatMap((_, line) => (familyOf(line) === hidden ? [] : [line]));
    const full = lines.filter((line) => isFull[line]);
    order = [...full, ...lines.filter((line) => !isFull[line])];
    split = full.length;
    const index = geometry.index as BufferAttribute;
    const into = index.array as Uint32Array;
    order.forEach((line, i) => indexed(line, into, 3 * startOf(i), i < split ? 1 : COARSE));
    index.needsUpdate = true;
    geometry.clearGroups();
    geometry.addGroup(0, 3 * startOf(split), 0);
    geometry.addGroup(3 * startOf(split), 3 * (startOf(order.length) - startOf(split)), 1);
    geometry.setDrawRange(0, 3 * startOf(order.length));
    faint.uniforms.opacity.value = asked ? 0.1 : 0.2;
  }

  arrange();
  return {
    mesh,
    choose(isWanted) {
      asked = isWanted;
      arrange();
    },
    hide(family) {
      hidden = family;
      arrange();
    },
    lay(stations, force) {
      const into = [position, normal, colour].map((x) => x.array as Float32Array);
      for (let line = 0; line < count; line++) band(line, stations, force[line], radii[line], fans[line], into, paint, tendon);
      for (const one of [position, normal, colour]) one.needsUpdate = true;
    },
    theme(dark) {
      paint = painter(dark);
      tendon.set(PALETTES[dark ? 'dark' : 'light'].tendon);
    },
    lineAt(face) {
      const border = startOf(split);
      return order[face < border ? Math.floor(face / FACES) : split + Math.floor((face - border) / FAINT_FACES)];
    },
    isFull: (line) => isFull[line] === 1,
  };
}

/** The triangles of one line into the index from `start` on, through every `step`-th side and station. */
function indexed(line: number, index: Uint32Array, start: number, step: number): void {
  for (let s = 0, e = start; s < STATIONS - 1; s += step)
    for (let a = 0; a < SIDES; a += step, e += 6) {
      const i = line * PER_LINE + s * SIDES + a;
      const j = line * PER_LINE + s * SIDES + ((a + step) % SIDES);
      const on = step * SIDES;
      index.set([i, j, j + on, i, j + on, i + on], e);
    }
}

const [along, side, up, radial] = [new Vector3(), new Vector3(), new Vector3(), new Vector3()];
const [here, other, flesh] = [new Vector3(), new Vector3(), new Color()];
const [tone, grain] = [new Color(), new Color()];

/** One band: at the share t of its length the radius is END + (1 - END) sin(pi t) ** 0.8 of the belly's. */
function band(
  line: number,
  stations: Float32Array,
  force: number,
  radius: number,
  fanSide: number, // of a fan 1 right, -1 left; 0 for a band
  [position, normal, colour]: Float32Array[],
  paint: (share: number, into: Color) => Color,
  tendon: Color,
): void {
  const at = share(force);
  paint(at, flesh);
  const thick = radius * (0.88 + 0.24 * at);
  const first = 3 * STATIONS * line;
  for (let s = 0; s < STATIONS; s++) {
    here.fromArray(stations, first + 3 * Math.max(0, s - 1));
    other.fromArray(stations, first + 3 * Math.min(STATIONS - 1, s + 1));
    along.subVectors(other, here).normalize();
    // Bands lie broad to the front and back, a fan along the wing of the pelvis.
    if (s === 0) side.set(0, 0, 1);
    if (s === 0 && fanSide) side.cross(along).setZ(WING * fanSide);
    side.addScaledVector(along, -side.dot(along));
    if (side.lengthSq() < 1e-4) side.set(1, 0, 0).addScaledVector(along, -along.x);
    side.normalize();
    up.crossVectors(along, side);
    here.fromArray(stations, first + 3 * s);
    const t = s / (STATIONS - 1);
    const fan = fanSide ? (1 - t) ** 1.3 : 0;
    const belly =
      fanSide && t < 0.5 ? Math.sqrt(1 - Math.max(0, 1 - t / FAN_ROUND) ** 2) : Math.sin(Math.PI * t) ** 0.8;
    const wide = thick * (END + (1 - END) * belly) * (1 + FAN_WIDER * fan);
    const flat = FLAT + (FAN_FLAT - FLAT) * fan;
    tone.lerpColors(flesh, tendon, 0.75 * Math.max(0, 1 - 2.4 * belly));
    for (let a = 0; a < SIDES; a++) {
      const [c, d] = [Math.cos((2 * Math.PI * a) / SIDES), Math.sin((2 * Math.PI * a) / SIDES)];
      const o = 3 * (line * PER_LINE + s * SIDES + a);
      radial.copy(side).multiplyScalar(wide * c).addScaledVector(up, wide * flat * d);
      other.addVectors(here, radial).toArray(position, o);
      radial.copy(side).multiplyScalar(flat * c).addScaledVector(up, d).normalize().toArray(normal, o);
      grain.copy(tone).multiplyScalar(a % 2 ? 1 : GRAIN).toArray(colour, o);
    }
  }
}
