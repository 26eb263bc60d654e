/** What bears the person: plates, and on the floor a soft shadow under each body. */

import {
  BoxGeometry,
  CanvasTexture,
  Group,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Vector3,
  Matrix4,
  type ShaderMaterial,
} from 'three';
import type { Support } from '../contract';
import { PALETTES } from './colours';
import { lit, tintOf, type Light } from './lit';
import type { Drawn } from './bones';

const THICK_M = 0.018; // of a plate
const SPAN_M = 2.8; // of the square on which shadows fall
const LIFT_M = 0.004; // of the shadow above what it falls on
const SMALL_M = 0.05; // discs and vertebrae lie over each other: only what is larger casts a shadow
const PIXELS = 128;
const REACH_M = 0.9; // height from which nothing casts a shadow any more

/** Ground and plates. */
export interface Ground {
  root: Group;
  /** Draw plates, and the floor at height `floor` [m] under the bodies. */
  place(supports: Support[], floor: number, drawn: Drawn[]): void;
  theme(dark: boolean): void;
}

/** Build the ground. */
export function groundOf(light: Light): Ground {
  const root = new Group();
  const plates = new Group();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PIXELS;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const texture = new CanvasTexture(canvas);
  const shade = new MeshBasicMaterial({ map: texture, transparent: true, depthWrite: false });
  const floor = new Mesh(new PlaneGeometry(SPAN_M, SPAN_M).rotateX(-Math.PI / 2), shade);
  floor.renderOrder = -1;
  const solid = lit(light, 0, { vertexColors: false });
  const box = new BoxGeometry(2, 2, 2);
  root.add(floor, plates);
  const centre = new Vector3();

  return {
    root,
    place(supports, height, drawn) {
      plates.clear();
      for (const support of supports) plates.add(plate(support, box, solid));
      const spheres = drawn.map(({ mesh }) => ({ mesh, ball: mesh.geometry.boundingSphere }));
      const middle = centre.set(0, 0, 0);
      const places = spheres.map(({ mesh, ball }) => ball!.center.clone().applyMatrix4(mesh.matrix));
      for (const place of places) middle.addScaledVector(place, 1 / places.length);
      floor.position.set(middle.x, height + LIFT_M, middle.z);
      context.clearRect(0, 0, PIXELS, PIXELS);
      const scale = PIXELS / SPAN_M;
      places.forEach((place, i) => {
        const above = Math.max(0, place.y - height);
        const strength = 0.2 * (1 - Math.min(1, above / REACH_M) ** 0.6);
        if (strength <= 0 || spheres[i].ball!.radius < SMALL_M) return;
        const [x, y] = [PIXELS / 2 + (place.x - middle.x) * scale, PIXELS / 2 + (place.z - middle.z) * scale];
        const radius = (0.75 * spheres[i].ball!.radius + 0.1 * above) * scale;
        const spot = context.createRadialGradient(x, y, 0, x, y, radius);
        spot.addColorStop(0, `rgba(255,255,255,${strength})`);
        spot.addColorStop(1, 'rgba(255,255,255,0)');
        context.fillStyle = spot;
        context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      });
      texture.needsUpdate = true;
    },
    theme(dark) {
      const palette = PALETTES[dark ? 'dark' : 'light'];
      tintOf(solid).set(palette.plate);
      shade.color.set(palette.shade);
    },
  };
}

function plate({ centre, axes, half }: Support, box: BoxGeometry, material: ShaderMaterial): Mesh {
  const mesh = new Mesh(box, material);
  const [a, b, c] = [0, 3, 6].map((i) => new Vector3().fromArray(axes, i));
  const middle = new Vector3().fromArray(centre).addScaledVector(c, -THICK_M);
  const matrix = new Matrix4().makeBasis(
    a.multiplyScalar(half[0]),
    b.multiplyScalar(half[1]),
    c.multiplyScalar(THICK_M),
  );
  mesh.matrixAutoUpdate = false;
  mesh.matrix.copy(matrix.setPosition(middle));
  return mesh;
}
