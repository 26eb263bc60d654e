/** Muscles as tapering bands in one geometry: thick in the middle, pale and thin at the ends, coloured by force. */

import { BufferAttribute, BufferGeometry, Color, DynamicDrawUsage, Mesh, MeshPhongMaterial, Sphere, Vector3 } from 'three';
import { PALETTES, painter, share } from './colours';
import type { Person } from './model';
import { STATIONS } from './paths';

const SIDES = 8;
const PER_LINE = SIDES * STATIONS;
const FACES = 2 * SIDES * (STATIONS - 1); // triangles of a line
const [THINNEST_M, THICKEST_M] = [0.0016, 0.0095];
const BELLY = 0.92; // of the radius of the physiological cross-section
const END = 0.22; // radius at the ends, of the belly's
const FLAT = 0.72; // thickness of a band, of its width
const FULL = ['Psoas and iliacus', 'Back extensors']; // families drawn in full; the others are seen through

/** The bands of all lines; lines drawn in full come first in the index, the faint ones after them. */
export interface Bands {
  mesh: Mesh<BufferGeometry, MeshPhongMaterial[]>;
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
export function bandsOf(person: Person): Bands {
  const count = person.lines.length;
  const geometry = new BufferGeometry();
  const attribute = () => new BufferAttribute(new Float32Array(3 * PER_LINE * count), 3).setUsage(DynamicDrawUsage);
  const [position, normal, colour] = [attribute(), attribute(), attribute()];
  geometry.setAttribute('position', position);
  geometry.setAttribute('normal', normal);
  geometry.setAttribute('color', colour);
  geometry.setIndex(new BufferAttribute(new Uint32Array(3 * FACES * count), 1));
  geometry.boundingSphere = new Sphere(new Vector3(), Infinity); // the lines are always somewhere in the picture
  const full = new MeshPhongMaterial({ vertexColors: true, shininess: 26 });
  const faint = new MeshPhongMaterial({ vertexColors: true, transparent: true, depthWrite: false, shininess: 4 });
  const mesh = new Mesh(geometry, [full, faint]);
  mesh.frustumCulled = false;
  const radii = person.radius.map((x) => Math.min(THICKEST_M, Math.max(THINNEST_M, BELLY * x)));
  let order: number[] = [];
  let isFull = new Uint8Array(count);
  let paint = painter(false);
  const tendon = new Color();

  let asked: ((line: number) => boolean) | null = null;
  let hidden: string | null = null;

  function arrange(): void {
    const familyOf = (line: number) => person.families[person.family[line]];
    const wanted = asked ?? ((line: number) => FULL.includes(familyOf(line)));
    isFull = Uint8Array.from(person.lines, (_, line) => (wanted(line) ? 1 : 0));
    const lines = person.lines.flatMap((_, line) => (familyOf(line) === hidden ? [] : [line]));
    const first = lines.filter((line) => isFull[line]);
    order = [...first, ...lines.filter((line) => !isFull[line])];
    const index = geometry.index as BufferAttribute;
    order.forEach((line, place) => indexed(line, index.array as Uint32Array, 3 * FACES * place));
    index.needsUpdate = true;
    geometry.clearGroups();
    geometry.addGroup(0, 3 * FACES * first.length, 0);
    geometry.addGroup(3 * FACES * first.length, 3 * FACES * (order.length - first.length), 1);
    geometry.setDrawRange(0, 3 * FACES * order.length);
    faint.opacity = asked ? 0.1 : 0.2;
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
      for (let line = 0; line < count; line++) band(line, stations, force[line], radii[line], into, paint, tendon);
      for (const one of [position, normal, colour]) one.needsUpdate = true;
    },
    theme(dark) {
      paint = painter(dark);
      tendon.set(PALETTES[dark ? 'dark' : 'light'].tendon);
      full.specular.set(dark ? '#3a3230' : '#2e2826');
    },
    lineAt: (face) => order[Math.floor(face / FACES)],
    isFull: (line) => isFull[line] === 1,
  };
}

/** The triangles of one line into the index from `start` on. */
function indexed(line: number, index: Uint32Array, start: number): void {
  for (let s = 0, e = start; s < STATIONS - 1; s++)
    for (let a = 0; a < SIDES; a++, e += 6) {
      const i = line * PER_LINE + s * SIDES + a;
      const j = line * PER_LINE + s * SIDES + ((a + 1) % SIDES);
      index.set([i, j, j + SIDES, i, j + SIDES, i + SIDES], e);
    }
}

const [along, side, up, radial] = [new Vector3(), new Vector3(), new Vector3(), new Vector3()];
const [here, other, flesh, tone] = [new Vector3(), new Vector3(), new Color(), new Color()];

/** One band: at station s of n the radius is END + (1 - END) sin(pi s / (n - 1)) ** 0.8 of the belly's. */
function band(
  line: number,
  stations: Float32Array,
  force: number,
  radius: number,
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
    if (s === 0) side.set(0, 0, 1); // bands lie broad to the front and back
    side.addScaledVector(along, -side.dot(along));
    if (side.lengthSq() < 1e-4) side.set(1, 0, 0).addScaledVector(along, -along.x);
    side.normalize();
    up.crossVectors(along, side);
    here.fromArray(stations, first + 3 * s);
    const belly = Math.sin((Math.PI * s) / (STATIONS - 1)) ** 0.8;
    const wide = thick * (END + (1 - END) * belly);
    tone.lerpColors(flesh, tendon, 0.75 * Math.max(0, 1 - 2.4 * belly));
    for (let a = 0; a < SIDES; a++) {
      const [c, d] = [Math.cos((2 * Math.PI * a) / SIDES), Math.sin((2 * Math.PI * a) / SIDES)];
      const o = 3 * (line * PER_LINE + s * SIDES + a);
      radial.copy(side).multiplyScalar(wide * c).addScaledVector(up, wide * FLAT * d);
      other.addVectors(here, radial).toArray(position, o);
      radial.copy(side).multiplyScalar(FLAT * c).addScaledVector(up, d).normalize().toArray(normal, o);
      tone.toArray(colour, o);
    }
  }
}
