/** Where the drawing is seen from: a direction, and the nearest place from which everything wanted is in the picture. */

import { PerspectiveCamera, Spherical, Vector3 } from 'three';

/** What is in the picture: the low back, or all of the person. */
export type Part = 'lumbar' | 'whole';
/** A part, or a direction from which the part is seen. */
export type View = Part | 'side' | 'front' | 'back';

/** Turn about the vertical from the front to the right and rise above the horizontal, rad. */
export interface Direction {
  turn: number;
  rise: number;
}

export const FIELD_DEG = 24; // of view, upright: little perspective, as in anatomy plates
const MARGIN = 1.06; // room about what is wanted
const ROUNDS = 6; // of moving the target until what is wanted lies in the middle
const STANDING: Record<View, Direction> = {
  lumbar: { turn: 0.72, rise: 0.1 },
  whole: { turn: 0.78, rise: 0.1 },
  side: { turn: Math.PI / 2, rise: 0.04 },
  front: { turn: 0, rise: 0.06 },
  back: { turn: Math.PI, rise: 0.06 },
};
const LYING: Record<View, Direction> = {
  ...STANDING,
  lumbar: { turn: 1.1, rise: 0.62 },
  whole: { turn: 1.15, rise: 0.42 },
};

/** The direction of a view of somebody upright or lying. */
export function directionOf(view: View, isLying: boolean): Direction {
  return (isLying ? LYING : STANDING)[view];
}

/** Where to look and from how far, m. */
export interface Framing {
  target: Vector3;
  distance: number;
}

/**
 * The nearest place in a direction from which all points (N) [m] are in the picture, looking at their middle.
 *
 * A point at (x, y) across and z towards the eye is seen where |x| / aspect and |y| are below tan(FIELD / 2) (d - z).
 */
export function framed(points: Vector3[], direction: Direction, aspect: number): Framing {
  const back = towards(direction);
  const right = new Vector3(0, 1, 0).cross(back).normalize();
  const up = back.clone().cross(right);
  const seen = points.map((p) => [p.dot(right), p.dot(up), p.dot(back)]);
  const half = Math.tan((FIELD_DEG * Math.PI) / 360);
  const middle = [0, 1, 2].map((i) => 0.5 * (Math.max(...seen.map((p) => p[i])) + Math.min(...seen.map((p) => p[i]))));
  let distance = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const need = seen.map(([x, y, z]) => {
      const across = Math.max(Math.abs(x - middle[0]) / aspect, Math.abs(y - middle[1]));
      return across / half + z - middle[2];
    });
    distance = Math.max(...need);
    for (const i of [0, 1]) {
      const at = seen.map((p) => (p[i] - middle[i]) / (distance - p[2] + middle[2]));
      middle[i] += 0.5 * (Math.max(...at) + Math.min(...at)) * distance;
    }
  }
  const target = new Vector3().addScaledVector(right, middle[0]).addScaledVector(up, middle[1]);
  return { target: target.addScaledVector(back, middle[2]), distance: distance * MARGIN };
}

/** Unit vector from what is looked at towards the eye. */
function towards({ turn, rise }: Direction): Vector3 {
  return new Vector3(Math.cos(rise) * Math.cos(turn), Math.sin(rise), Math.cos(rise) * Math.sin(turn));
}

/** Put the camera at `near` times less than the distance of a framing; clip what is far before and behind it. */
export function stand(camera: PerspectiveCamera, { target, distance }: Framing, direction: Direction, near = 1): void {
  const far = distance / near;
  camera.position.copy(target).addScaledVector(towards(direction), far);
  camera.near = Math.max(0.05, far - 2.5);
  camera.far = far + 4;
  camera.lookAt(target);
  camera.updateProjectionMatrix();
}

/** The direction in which the camera stands from its target. */
export function directionFrom(camera: PerspectiveCamera, target: Vector3): Direction {
  const from = new Spherical().setFromVector3(camera.position.clone().sub(target));
  return { turn: Math.PI / 2 - from.theta, rise: Math.PI / 2 - from.phi };
}
