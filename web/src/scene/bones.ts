/** Bones and discs, one mesh a body: instances merged, shaded in their hollows. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Mesh,
  Vector3,
  type Box3,
  type Matrix4,
  type ShaderMaterial,
} from 'three';
import { discColour, PALETTES } from './colours';
import { lit, tintOf, type Light } from './lit';
import type { Instance, Person, Solid } from './model';
import { onBody } from './place';

/** Segments of the close view; the rest of the skeleton stands back. */
const NEAR = /^(pelvis|L[1-5]|thorax|thigh_[rl])$/;
const GLOSS = 0.1; // of bone and cartilage
const SHOULDER = 'shoulder'; // stands back too, though it is a part of the thorax

/** A drawn body: which instance each of its triangles belongs to is found by `nameAt`. */
export interface Drawn {
  mesh: Mesh<BufferGeometry, ShaderMaterial>;
  arm: boolean;
  nameAt(face: number): string;
}

/** The skeleton; `root` holds one mesh for each body and each disc, in the order of the matrices of `place.ts`. */
export interface Bones {
  root: Group;
  drawn: Drawn[];
  place(matrices: Matrix4[]): void;
  theme(dark: boolean): void;
  /** Tint the discs by what they bear against a baseline [N], both a number a disc from the top; null: untinted. */
  load(compression: number[], baseline: number[] | null): void;
  showArms(isShown: boolean): void;
  /** The corners of the boxes about all bones that are shown [m]. */
  corners(): Vector3[];
}

/** Build the skeleton of a person. */
export function bonesOf(person: Person, light: Light): Bones {
  const root = new Group();
  const finished = person.solids.map(shaded);
  const materials = { bone: lit(light, GLOSS), far: lit(light, 0, { side: DoubleSide }) }; // blades are thin
  const discs = person.discs.map(() => lit(light, GLOSS));
  let ratios = person.discs.map(() => 1);
  let isDark = false;
  const tint = () => discs.forEach((disc, i) => tintOf(disc).copy(discColour(ratios[i], isDark)));
  const drawn: Drawn[] = [];
  for (let body = 0; body < person.bodies.length + person.discs.length; body++) {
    const own = person.instances.filter((x) => x.body === body);
    for (const kind of ['bone', 'far', 'disc'] as const) {
      const parts = own.filter((x) => kindOf(person, x) === kind);
      if (parts.length === 0) continue;
      const { geometry, ends } = merged(parts, finished);
      const mesh = new Mesh(geometry, kind === 'disc' ? discs[body - person.bodies.length] : materials[kind]);
      mesh.matrixAutoUpdate = false;
      mesh.userData.body = body;
      root.add(mesh);
      const nameAt = (face: number) => parts[ends.findIndex((end) => face < end)].name;
      drawn.push({ mesh, arm: parts[0].arm || parts[0].name === SHOULDER, nameAt });
    }
  }
  return {
    root,
    drawn,
    place(matrices) {
      for (const { mesh } of drawn) mesh.matrix.copy(matrices[mesh.userData.body as number]);
      root.updateMatrixWorld(true);
    },
    theme(dark) {
      isDark = dark;
      for (const kind of ['bone', 'far'] as const) tintOf(materials[kind]).set(PALETTES[dark ? 'dark' : 'light'][kind]);
      tint();
    },
    load(compression, baseline) {
      ratios = compression.map((force, i) => (baseline ? force / baseline[i] : 1));
      tint();
    },
    showArms(isShown) {
      for (const { mesh, arm } of drawn) if (arm) mesh.visible = isShown;
    },
    corners() {
      return drawn.flatMap(({ mesh }) => {
        if (!mesh.visible) return [];
        const { min, max } = mesh.geometry.boundingBox as Box3;
        return [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
          new Vector3(i & 1 ? max.x : min.x, i & 2 ? max.y : min.y, i & 4 ? max.z : min.z).applyMatrix4(mesh.matrix),
        );
      });
    },
  };
}

function kindOf(person: Person, { body, disc, name }: Instance): 'bone' | 'far' | 'disc' {
  if (disc) return 'disc';
  return NEAR.test(person.bodies[body]) && name !== SHOULDER ? 'bone' : 'far';
}

interface Finished extends Solid {
  normals: Float32Array;
  light: Float32Array; // (N,) how open a vertex lies, 1 on a plain
}

const DEEP = 0.55; // light left in the deepest hollow
const HOLLOW = 3.2; // how fast hollows darken
const ROUNDS = 3; // over which openness is smoothed

/** A solid with smooth normals, and each vertex shaded by how its neighbours stand above it. */
function shaded({ vertices, triangles }: Solid): Finished {
  const count = vertices.length / 3;
  const normals = normalsOf(vertices, triangles);
  const degree = new Float32Array(count);
  let open = new Float32Array(count);
  const edges = (visit: (i: number, j: number) => void) => {
    for (let t = 0; t < triangles.length; t += 3)
      for (let k = 0; k < 3; k++) visit(triangles[t + k], triangles[t + ((k + 1) % 3)]);
  };
  edges((i, j) => {
    let [above, span] = [0, 0];
    for (let k = 0; k < 3; k++) {
      const step = vertices[3 * j + k] - vertices[3 * i + k];
      above += step * normals[3 * i + k];
      span += step * step;
    }
    open[i] -= above / Math.sqrt(span || 1);
    degree[i] += 1;
  });
  open = open.map((x, i) => x / (degree[i] || 1));
  for (let round = 0; round < ROUNDS; round++) {
    const sum = Float32Array.from(open, (x, i) => x * degree[i]);
    edges((i, j) => (sum[i] += open[j]));
    open = sum.map((x, i) => x / (2 * (degree[i] || 1)));
  }
  const light = open.map((x) => Math.max(DEEP, Math.min(1.06, 1 + (x < 0 ? HOLLOW * x : 0.35 * x))));
  return { vertices, triangles, normals, light };
}

function normalsOf(vertices: Float32Array, triangles: Uint32Array): Float32Array {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(vertices, 3));
  geometry.setIndex(new BufferAttribute(triangles, 1));
  geometry.computeVertexNormals();
  return geometry.getAttribute('normal').array as Float32Array;
}

/** Instances of one body as one geometry in its frame; `ends` holds the triangle behind the last of each. */
function merged(parts: Instance[], finished: Finished[]): { geometry: BufferGeometry; ends: number[] } {
  const solids = parts.map((x) => finished[x.mesh]);
  const count = solids.reduce((sum, x) => sum + x.light.length, 0);
  const position = new Float32Array(3 * count);
  const normal = new Float32Array(3 * count);
  const colour = new Float32Array(3 * count);
  const index = new Uint32Array(solids.reduce((sum, x) => sum + x.triangles.length, 0));
  const ends: number[] = [];
  const [point, tint] = [new Vector3(), new Color()];
  let [v, t] = [0, 0];
  parts.forEach((part, p) => {
    const { vertices, triangles, normals, light } = solids[p];
    const matrix = onBody(part);
    for (let i = 0; i < light.length; i++) {
      point.fromArray(vertices, 3 * i).applyMatrix4(matrix).toArray(position, 3 * (v + i));
      point.fromArray(normals, 3 * i).transformDirection(matrix).toArray(normal, 3 * (v + i));
      // Hollows are warmer as well as darker.
      tint.setRGB(light[i], light[i] ** 1.18, light[i] ** 1.45).toArray(colour, 3 * (v + i));
    }
    for (let i = 0; i < triangles.length; i += 3) {
      const [a, b, c] = triangles.subarray(i, i + 3);
      index.set(part.mirror ? [v + a, v + c, v + b] : [v + a, v + b, v + c], t + i);
    }
    v += light.length;
    t += triangles.length;
    ends.push(t / 3);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(position, 3));
  geometry.setAttribute('normal', new BufferAttribute(normal, 3));
  geometry.setAttribute('color', new BufferAttribute(colour, 3));
  geometry.setIndex(new BufferAttribute(index, 1));
  geometry.computeBoundingBox();
  geometry.computeBoundingSphere();
  return { geometry, ends };
}
