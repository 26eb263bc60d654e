/** Where the body bears on its surroundings: points on the skin and the directions of their push (`body/contacts.py`). */

import type { Body } from './body';
import type { ContactPoint } from './figures';

const PARALLEL = 0.9; // of a normal along Z, beyond which X helps to find the edges

/** The edges n +- mu t1, n +- mu t2 of the friction pyramid about a unit normal, one after another (4, 3). */
export function generators(normal: number[], friction: number): number[] {
  const helper = Math.abs(normal[2]) < PARALLEL ? [0, 0, 1] : [1, 0, 0];
  const first = unit(cross(helper, normal));
  const second = cross(normal, first);
  return [first, second].flatMap((t) => [1, -1].flatMap((sign) => normal.map((n, x) => n + sign * friction * t[x])));
}

/**
 * The points of the named contacts: feet, seat, backrest, elbows_on_thighs, bed_*.
 *
 * backrestDeg: angle between seat and backrest, 90 upright, more reclines it. bearing: the feet that stand, 'rl' both.
 */
export function contactPoints(body: Body, contacts: string[], backrestDeg: number, bearing: string): ContactPoint[] {
  const { skin, parameters } = body.mechanics;
  const recline = ((backrestDeg - 90) * Math.PI) / 180;
  const points: ContactPoint[] = [];
  for (const p of skin) {
    const side = p.name.slice(-1);
    if (!contacts.includes(p.contact)) continue;
    if (p.contact === 'feet' && !bearing.includes(side)) continue;
    if (p.contact === 'bed_side' && side === 'l') continue;
    const normal = p.contact === 'backrest' ? [Math.cos(recline), Math.sin(recline), 0] : p.normal;
    points.push({
      contact: LABELS[p.contact]?.(side) ?? (p.contact.startsWith('bed') ? 'bed' : p.contact),
      name: p.name,
      body: p.body,
      position: p.position,
      normal: unit(normal),
      friction: parameters.friction_coefficient,
      partner: p.contact === 'elbows_on_thighs' ? `thigh_${side}` : '',
    });
  }
  return points;
}

const LABELS: Record<string, (side: string) => string> = {
  feet: (side) => `foot_${side}`,
  elbows_on_thighs: (side) => `elbow_on_thigh_${side}`,
};

/** The world place (3,) m of a point fixed in a body (3,) m, where the simulator has been placed. */
export function worldPoint(body: Body, name: string, local: ArrayLike<number>): number[] {
  const { position, turn } = body.sim;
  const i = body.bodies[name];
  return [0, 1, 2].map(
    (x) =>
      position[3 * i + x] +
      (turn[9 * i + 3 * x] * local[0] + turn[9 * i + 3 * x + 1] * local[1] + turn[9 * i + 3 * x + 2] * local[2]),
  );
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function minus(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

export function unit(a: ArrayLike<number>): number[] {
  const size = norm(a);
  return [a[0] / size, a[1] / size, a[2] / size];
}
