/** Where bones, arcs over cylinders and supports are, to be drawn: `mechanics/scene.py` for one pose. */

import type { Pose, Support } from '../contract';
import { cross, dot, minus, unit, worldPoint } from './contacts';
import { tangents, type Pulls } from './lines';
import type { Body } from './body';
import type { ContactPoint } from './figures';

/** The pose in which the simulator stands, whose lines are `pulls`. */
export function drawn(body: Body, pulls: Pulls): Pose {
  const { sim, mechanics } = body;
  const { segments, wraps, rules } = mechanics;
  const position = new Float32Array(3 * segments.length);
  const turn = new Float32Array(4 * segments.length);
  segments.forEach(({ name }, i) => {
    const b = body.bodies[name];
    position.set(sim.position.subarray(3 * b, 3 * b + 3), 3 * i);
    turn.set(quaternion(sim.turn.subarray(9 * b, 9 * b + 9)), 4 * i);
  });
  const arcs = new Float32Array(3 * rules.arc_points * wraps.length).fill(NaN);
  wraps.forEach((wrap, w) => {
    const touched = tangents(body.lines, pulls, w);
    if (!touched) return;
    const b = body.bodies[wrap.body];
    const local = [0, 3].map((t) => {
      const away = [0, 1, 2].map((x) => touched[t + x] - sim.position[3 * b + x]);
      return [0, 1, 2].map((k) => dot(away, [sim.turn[9 * b + k], sim.turn[9 * b + 3 + k], sim.turn[9 * b + 6 + k]]));
    });
    arcs.set(arc(local, wrap.centre, wrap.axes, rules.arc_points).flat(), 3 * rules.arc_points * w);
  });
  return { position, turn, arcs };
}

/** Unit quaternion (w, x, y, z), w >= 0, of a rotation (9, row-major). */
function quaternion(r: ArrayLike<number>): number[] {
  // Of the four ways to divide, the one by the largest component.
  const squares = [
    1 + r[0] + r[4] + r[8],
    1 + r[0] - r[4] - r[8],
    1 - r[0] + r[4] - r[8],
    1 - r[0] - r[4] + r[8],
  ];
  const [wx, wy, wz] = [r[7] - r[5], r[2] - r[6], r[3] - r[1]];
  const [xy, xz, yz] = [r[1] + r[3], r[2] + r[6], r[5] + r[7]];
  const rows = [
    [squares[0], wx, wy, wz],
    [wx, squares[1], xy, xz],
    [wy, xy, squares[2], yz],
    [wz, xz, yz, squares[3]],
  ];
  const row = rows[squares.indexOf(Math.max(...squares))];
  const size = Math.hypot(...row) * (row[0] < 0 ? -1 : 1);
  return row.map((x) => x / size);
}

/** Points of the helix from one tangent point to the other on a cylinder along the third column of `axes`. */
function arc(ends: number[][], centre: number[], axes: number[], count: number): number[][] {
  const local = ends.map((end) => {
    const away = minus(end, centre);
    return [0, 1, 2].map((k) => dot(away, [axes[k], axes[3 + k], axes[6 + k]]));
  });
  const [first, last] = local.map(([x, y]) => Math.atan2(y, x));
  const round = 2 * Math.PI;
  const swept = ((((last - first + Math.PI) % round) + round) % round) - Math.PI;
  const radius = Math.hypot(local[0][0], local[0][1]);
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const angle = first + share * swept;
    const height = local[0][2] + share * (local[1][2] - local[0][2]);
    const at = [radius * Math.cos(angle), radius * Math.sin(angle), height];
    return [0, 1, 2].map((x) => centre[x] + dot(at, axes.slice(3 * x, 3 * x + 3)));
  });
}

/** The plates that bear the person in the pose of the simulator, and the height of the floor, null without feet on it. */
export function supports(body: Body, contacts: ContactPoint[]): { supports: Support[]; floor_m: number | null } {
  const plates = new Map<string, { points: number[][]; normal: number[] }>();
  let floor: number | null = null;
  for (const contact of contacts) {
    if (contact.partner) continue;
    const place = worldPoint(body, contact.body, contact.position);
    if (contact.contact.startsWith('foot')) {
      floor = Math.min(floor ?? Infinity, place[1]);
      continue;
    }
    const plate = plates.get(contact.contact) ?? { points: [], normal: contact.normal };
    plate.points.push(place);
    plates.set(contact.contact, plate);
  }
  const margin = body.mechanics.rules.margin_m;
  return { supports: [...plates].map(([name, { points, normal }]) => plateOf(name, points, normal, margin)), floor_m: floor };
}

const ACROSS = [0, 0, 1];

function plateOf(name: string, points: number[][], normal: number[], margin: number): Support {
  const outward = unit(normal);
  const along = unit(cross(outward, ACROSS));
  const axes = [along, cross(along, outward).map((x) => -x), outward];
  const flat = points.map((point) => axes.map((axis) => dot(axis, point)));
  const ends = [0, 1, 2].map((k) => [Math.min(...flat.map((x) => x[k])), Math.max(...flat.map((x) => x[k]))]);
  // The face stands where the body is farthest out on it: nothing sinks in.
  const middle = [0.5 * (ends[0][0] + ends[0][1]), 0.5 * (ends[1][0] + ends[1][1]), ends[2][0]];
  const centre = [0, 1, 2].map((x) => middle.reduce((sum, m, k) => sum + m * axes[k][x], 0));
  return { name, centre, axes: axes.flat(), half: [0, 1].map((k) => 0.5 * (ends[k][1] - ends[k][0]) + margin) };
}

