/**
 * A line that bends over a cylinder, as MuJoCo 4 lays it: the shortest path that goes round the axis as the way from the
 * point before over the side point to the point behind does. (MuJoCo 3 chose by half-planes instead and lets the psoas
 * jump to the far side of the brim, so that its own wrapping cannot be used here.)
 *
 * In the plane across the axis, with d the distances of the two points from it, r the radius and T the angle swept over
 * the side point, the line touches where the tangents from the points do and bends by |T| - acos(r / d0) - acos(r / d1);
 * where that is not positive, or a point is inside, it passes straight. Along the axis it climbs evenly.
 */

import type { Wrap } from './figures';
import type { Simulator } from './mujoco';

/** A cylinder made ready: the points that its line has before, on and behind it are numbers point - 1 to point + 2. */
export interface Cylinder {
  line: number;
  point: number;
  body: number;
  centre: Float64Array; // (3) m, in the body
  axes: Float64Array; // (9) row-major
  radius: number;
  side: number; // rad, direction of the side point about the axis
}

export function cylinderOf(wrap: Wrap, body: number, point: number): Cylinder {
  const away = wrap.side.map((x, i) => x - wrap.centre[i]);
  const along = (k: number) => away.reduce((sum, x, i) => sum + x * wrap.axes[3 * i + k], 0);
  return {
    line: wrap.line,
    point,
    body,
    centre: Float64Array.from(wrap.centre),
    axes: Float64Array.from(wrap.axes),
    radius: wrap.radius,
    side: Math.atan2(along(1), along(0)),
  };
}

const local = new Float64Array(6);

/**
 * Write the places (m, world) where the line touches to `place` (P, 3) and return by how much its arc is longer than the
 * chord (m); -1 where the line passes straight, both places then being midway.
 */
export function touch(cylinder: Cylinder, sim: Simulator, place: Float64Array): number {
  const { body, centre, axes, radius, side, point } = cylinder;
  const { position, turn } = sim;
  const before = 3 * (point - 1);
  const behind = 3 * (point + 2);
  for (let end = 0; end < 2; end++) {
    const p = end === 0 ? before : behind;
    const x = place[p] - position[3 * body];
    const y = place[p + 1] - position[3 * body + 1];
    const z = place[p + 2] - position[3 * body + 2];
    const r = 9 * body;
    const u = turn[r] * x + turn[r + 3] * y + turn[r + 6] * z - centre[0];
    const v = turn[r + 1] * x + turn[r + 4] * y + turn[r + 7] * z - centre[1];
    const w = turn[r + 2] * x + turn[r + 5] * y + turn[r + 8] * z - centre[2];
    for (let k = 0; k < 3; k++) local[3 * end + k] = axes[k] * u + axes[3 + k] * v + axes[6 + k] * w;
  }
  const d0 = Math.sqrt(local[0] * local[0] + local[1] * local[1]);
  const d1 = Math.sqrt(local[3] * local[3] + local[4] * local[4]);
  const first = Math.atan2(local[1], local[0]);
  const last = Math.atan2(local[4], local[3]);
  const swept = within(side - first) + within(last - side);
  const rise0 = d0 > radius ? Math.acos(radius / d0) : Infinity;
  const rise1 = d1 > radius ? Math.acos(radius / d1) : Infinity;
  const bent = Math.abs(swept) - rise0 - rise1;
  if (!(bent > 0)) {
    for (let x = 0; x < 3; x++) {
      const middle = 0.5 * (place[before + x] + place[behind + x]);
      place[3 * point + x] = middle;
      place[3 * point + 3 + x] = middle;
    }
    return -1;
  }
  const way = swept < 0 ? -1 : 1;
  const free0 = Math.sqrt(d0 * d0 - radius * radius);
  const free1 = Math.sqrt(d1 * d1 - radius * radius);
  const climb = (local[5] - local[2]) / (free0 + radius * bent + free1);
  const low = local[2] + climb * free0;
  const high = local[5] - climb * free1;
  put(cylinder, sim, first + way * rise0, low, place, 3 * point);
  put(cylinder, sim, last - way * rise1, high, place, 3 * point + 3);
  const rise = high - low;
  const arc = Math.sqrt(radius * radius * bent * bent + rise * rise);
  const across = 2 * radius * Math.sin(0.5 * Math.min(bent, 2 * Math.PI));
  return arc - Math.sqrt(across * across + rise * rise);
}

/** The same angle between -pi and pi. */
function within(angle: number): number {
  return angle > Math.PI ? angle - 2 * Math.PI : angle < -Math.PI ? angle + 2 * Math.PI : angle;
}

/** Write the world place of a point on the cylinder. */
function put(c: Cylinder, sim: Simulator, angle: number, height: number, place: Float64Array, at: number): void {
  const [u, v] = [c.radius * Math.cos(angle), c.radius * Math.sin(angle)];
  const { axes, centre } = c;
  const x = centre[0] + axes[0] * u + axes[1] * v + axes[2] * height;
  const y = centre[1] + axes[3] * u + axes[4] * v + axes[5] * height;
  const z = centre[2] + axes[6] * u + axes[7] * v + axes[8] * height;
  const b = 3 * c.body;
  const r = 9 * c.body;
  for (let k = 0; k < 3; k++) {
    place[at + k] =
      sim.position[b + k] + sim.turn[r + 3 * k] * x + sim.turn[r + 3 * k + 1] * y + sim.turn[r + 3 * k + 2] * z;
  }
}
