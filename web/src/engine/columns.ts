/** Contacts and known forces as generalised forces on the rows of `Kinetics`: `mechanics/columns.py`. */

import { cross, unit } from './contacts';
import type { Body } from './body';
import type { ContactPoint } from './figures';

/** A known force (N, world) of the world on a body at a world point (m). */
export interface AppliedForce {
  body: string;
  force: number[];
  point: number[];
}

/** Which rows move a body: row numbers, and degree of freedom and factor of each. */
interface Moved {
  rows: Int32Array;
  dofs: Int32Array;
  factor: Float64Array; // 1; with a partner, -1 for rows that move the partner alone
}

/** Contacts made ready for one body: what does not depend on the pose. */
export interface Contacts {
  points: ContactPoint[];
  moved: Moved[];
  bodies: Int32Array; // (C) bit b: body b moves the point
  edges: Float64Array; // (C, 4, 3) edges of each friction pyramid, world
}

const PARALLEL = 0.9; // of a normal along Z, beyond which X helps to find the edges

/** The four edges n +- mu t1, n +- mu t2 of the friction pyramid about a unit normal (4, 3): `body/contacts.py`. */
export function generators(normal: number[], friction: number): number[] {
  const first = unit(cross(Math.abs(normal[2]) < PARALLEL ? [0, 0, 1] : [1, 0, 0], normal));
  const second = cross(normal, first);
  return [first, second].flatMap((t) => [1, -1].flatMap((sign) => normal.map((n, i) => n + sign * friction * t[i])));
}

/** Make the contacts of a body ready: the rows that move each point, the edges of each pyramid. */
export function contactsOf(body: Body, points: ContactPoint[]): Contacts {
  return {
    points,
    moved: points.map((point) => movedRows(body, point.body, point.partner)),
    bodies: Int32Array.from(points, (point) => movers(body, point.body) | movers(body, point.partner)),
    edges: Float64Array.from(points.flatMap((point) => generators(point.normal, point.friction))),
  };
}

/**
 * Write generalised forces (4 C, rows) of `unit` newtons along each edge, of the points that the bodies of these bits
 * move, up to row `most`. The simulator stands in the pose.
 */
export function contactColumns(
  body: Body,
  contacts: Contacts,
  bodies: number,
  unit: number,
  rows: number,
  most: number,
  out: Float64Array,
): void {
  const { position, turn, axis, anchor, compiled } = body.sim;
  const { points, edges } = contacts;
  for (let c = 0; c < points.length; c++) {
    if ((contacts.bodies[c] & bodies) === 0) continue;
    const b = 3 * body.bodies[points[c].body];
    const at = points[c].position;
    const x = position[b] + turn[3 * b] * at[0] + turn[3 * b + 1] * at[1] + turn[3 * b + 2] * at[2];
    const y = position[b + 1] + turn[3 * b + 3] * at[0] + turn[3 * b + 4] * at[1] + turn[3 * b + 5] * at[2];
    const z = position[b + 2] + turn[3 * b + 6] * at[0] + turn[3 * b + 7] * at[1] + turn[3 * b + 8] * at[2];
    const moved = contacts.moved[c];
    for (let i = 0; i < moved.rows.length; i++) {
      if (moved.rows[i] >= most) continue;
      const a = 3 * moved.dofs[i];
      const ax = axis[a];
      const ay = axis[a + 1];
      const az = axis[a + 2];
      let vx = ax;
      let vy = ay;
      let vz = az;
      if (compiled.slide[moved.dofs[i]] === 0) {
        const rx = x - anchor[a];
        const ry = y - anchor[a + 1];
        const rz = z - anchor[a + 2];
        vx = ay * rz - az * ry;
        vy = az * rx - ax * rz;
        vz = ax * ry - ay * rx;
      }
      const size = unit * moved.factor[i];
      for (let g = 0; g < 4; g++) {
        const e = 12 * c + 3 * g;
        out[(4 * c + g) * rows + moved.rows[i]] = size * (vx * edges[e] + vy * edges[e + 1] + vz * edges[e + 2]);
      }
    }
  }
}

/** Add J' f of known forces to rows (N m, N). The simulator stands in the pose. */
export function addApplied(body: Body, applied: AppliedForce[], out: Float64Array): void {
  const { axis, anchor, compiled } = body.sim;
  for (const { body: name, force, point } of applied) {
    const { rows, dofs } = carried(body, name);
    for (let i = 0; i < rows.length; i++) {
      const a = 3 * dofs[i];
      const [ax, ay, az] = [axis[a], axis[a + 1], axis[a + 2]];
      if (compiled.slide[dofs[i]]) {
        out[rows[i]] += ax * force[0] + ay * force[1] + az * force[2];
        continue;
      }
      const [rx, ry, rz] = [point[0] - anchor[a], point[1] - anchor[a + 1], point[2] - anchor[a + 2]];
      out[rows[i]] +=
        (ay * rz - az * ry) * force[0] + (az * rx - ax * rz) * force[1] + (ax * ry - ay * rx) * force[2];
    }
  }
}

/** Bits of the bodies that move a body: itself and what carries it; none of ''. */
function movers(body: Body, name: string): number {
  let bits = 0;
  for (let at = name ? body.bodies[name] : 0; at > 0; at = body.sim.compiled.parent[at]) bits |= 1 << at;
  return bits;
}

const known = new WeakMap<Body, Map<string, Moved>>();

/** `movedRows` of a body by itself, kept. */
function carried(body: Body, name: string): Moved {
  let all = known.get(body);
  if (!all) known.set(body, (all = new Map()));
  let moved = all.get(name);
  if (!moved) all.set(name, (moved = movedRows(body, name, '')));
  return moved;
}

function movedRows(body: Body, name: string, partner: string): Moved {
  const { parent, dofBody } = body.sim.compiled;
  const carries = (at: number) => {
    const found = new Set<number>();
    for (; at > 0; at = parent[at]) found.add(at);
    return found;
  };
  const own = carries(body.bodies[name]);
  // A partner feels the opposite force at the same point, so that what moves both feels nothing.
  const other = partner ? carries(body.bodies[partner]) : new Set<number>();
  const found: [number, number, number][] = [];
  [...body.rows, ...body.slides].forEach((dof, row) => {
    const factor = Number(own.has(dofBody[dof])) - Number(other.has(dofBody[dof]));
    if (factor !== 0) found.push([row, dof, factor]);
  });
  return {
    rows: Int32Array.from(found, ([row]) => row),
    dofs: Int32Array.from(found, ([, dof]) => dof),
    factor: Float64Array.from(found, ([, , factor]) => factor),
  };
}
