/** What bears the person: plates, a leg under a seat, and on the floor a soft shadow under each body. */

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
  type Sphere,
} from 'three';
import type { Support } from '../contract';
import { PALETTES } from './colours';
import { lit, tintOf, type Light } from './lit';
import type { Drawn } from './bones';

const THICK_M = 0.018; // of a plate
const SPAN_M = 2.8; // of the square on which shadows fall
const LIFT_M = 0.004; // of the shadow above what it falls on
const SMALL_M = 0.0375; // discs and vertebrae lie over each other: only what is larger casts a shadow
const PIXELS = 128;
const [LEG_M, FOOT_M, FOOT_HIGH_M] = [0.02, 0.17, 0.007]; // half widths of a seat's leg and of its foot, half height of that
const LEAST_LEG_M = 0.12; // a plate that lies lower stands by itself
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
      for (const support of supports) plates.add(plate(support, box, solid), ...leg(support, height, box, solid));
      const middle = centre.set(0, 0, 0);
      const shadows = drawn.map(({ mesh }) => {
        const { center, radius } = mesh.geometry.boundingSphere as Sphere;
        return { place: center.clone().applyMatrix4(mesh.matrix), radius: 0.75 * radius };
      });
      for (const { place } of shadows) middle.addScaledVector(place, 1 / shadows.length);
      for (const support of supports.filter((x) => stands(x, height)))
        shadows.push({ place: new Vector3().fromArray(support.centre), radius: 1.3 * Math.max(...support.half) });
      floor.position.set(middle.x, height + LIFT_M, middle.z);
      context.clearRect(0, 0, PIXELS, PIXELS);
      const scale = PIXELS / SPAN_M;
      for (const { place, radius: own } of shadows) {
        const above = Math.max(0, place.y - height);
        const strength = 0.2 * (1 - Math.min(1, above / REACH_M) ** 0.6);
        if (strength <= 0 || own < SMALL_M) continue;
        const [x, y] = [PIXELS / 2 + (place.x - middle.x) * scale, PIXELS / 2 + (place.z - middle.z) * scale];
        const radius = (own + 0.1 * above) * scale;
        const spot = context.createRadialGradient(x, y, 0, x, y, radius);
        spot.addColorStop(0, `rgba(255,255,255,${strength})`);
        spot.addColorStop(1, 'rgba(255,255,255,0)');
        context.fillStyle = spot;
        context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      }
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

/** Whether a plate is a seat high enough above the floor to stand on a leg. */
function stands({ name, centre }: Support, floor: number): boolean {
  return name === 'seat' && centre[1] - floor > LEAST_LEG_M;
}

function leg(support: Support, floor: number, box: BoxGeometry, material: ShaderMaterial): Mesh[] {
  if (!stands(support, floor)) return [];
  const [x, top, z] = support.centre;
  const half = 0.5 * (top - THICK_M - floor);
  const [column, foot] = [new Mesh(box, material), new Mesh(box, material)];
  column.position.set(x, floor + half, z);
  column.scale.set(LEG_M, half, LEG_M);
  foot.position.set(x, floor + FOOT_HIGH_M, z);
  foot.scale.set(FOOT_M, FOOT_HIGH_M, FOOT_M);
  return [column, foot];
}
