/**
 * Lines of pull in one pose, as `mechanics/batch.py`, wrapped ones too: on its cylinder a line touches at two points that
 * are fixed there as far as first derivatives go (`wrap.ts`).
 *
 * With u the direction of a segment, p a point of it and c the joint of a body that it crosses, one newton pulls with
 * -a . u along a slide a of that joint and with -a . (p x u - c x u) about a hinge a, where the segment ends on the far
 * side; the other way round where it begins there. What has not moved since the last pose is not worked out again.
 */

import type { Mechanics } from './figures';
import type { Simulator } from './mujoco';
import { cylinderOf, touch, type Cylinder } from './wrap';

/** The joint by which a body moves; at most three slides and three hinges, all through one point. */
export interface Joint {
  body: number;
  slides: Int32Array; // degrees of freedom
  hinges: Int32Array;
}

/** Where the T lines run. A crossing is one line across one joint. */
export interface Lines {
  count: number; // T
  pointBody: Int32Array; // (P); of a wrapped line the two points where it touches stand between its own
  pointAt: Float64Array; // (P, 3) m, in the body
  pointsOn: Int32Array[]; // by body, the points on it
  segmentStart: Int32Array; // (S) point; its end is the next one
  segmentFirst: Int32Array; // (T + 1) segments of each line
  joints: Joint[];
  crossings: number; // X
  crossingFirst: Int32Array; // (T + 1) crossings of each line, in the order of `joints`
  crossingJoint: Uint8Array; // (X)
  partFirst: Int32Array; // (X + 1) parts of each crossing
  partSegment: Int32Array; // segment of a part
  partSign: Float64Array; // 1 where it ends on the far side, else -1
  bodies: Int32Array; // (T) bit b: body b moves the line
  wraps: Cylinder[];
}

export const WIDTH = 6; // arms of a crossing: three slides, three hinges

/** Lengths (T) m and arms (X, WIDTH) of one pose: -dL/dq, m for hinges, 1 for slides; and what they were made from. */
export interface Pulls {
  length: Float64Array;
  arm: Float64Array;
  moved: Uint8Array; // (T) 1 where a line was worked out anew for the last pose
  bodies: number; // bit b: body b moved
  poses: number; // how many there were
  whole: boolean; // arms of slides too
  place: Float64Array; // (P, 3) m, world
  along: Float64Array; // (S, 6) direction u and p x u of each segment
  arcs: Float64Array; // (W) m by which each arc is longer than its chord, -1 where the line passes straight
  stood: Float64Array; // (nbody, 12) where the bodies stood in the last pose
}

/** Read the paths; `dofs` are those whose arms are wanted. */
export function linesOf(mechanics: Mechanics, sim: Simulator, dofs: number[]): Lines {
  const { parent, nbody, slide, dofBody } = sim.compiled;
  const joints = jointsOf(dofs, slide, dofBody);
  const above = Array.from({ length: nbody }, (_, body) => chainOf(body, parent));
  const bent = new Map(mechanics.wraps.map((wrap) => [wrap.line, wrap]));
  const wraps: Cylinder[] = [];
  const pointBody: number[] = [];
  const pointAt: number[] = [];
  const segmentStart: number[] = [];
  const segmentFirst = [0];
  const crossingFirst = [0];
  const crossingJoint: number[] = [];
  const partFirst = [0];
  const partSegment: number[] = [];
  const partSign: number[] = [];
  const bodies: number[] = [];
  mechanics.lines.forEach((path, line) => {
    const wrap = bent.get(line);
    const first = segmentStart.length;
    const start = pointBody.length;
    const add = (body: number, at: number[]) => {
      pointBody.push(body);
      pointAt.push(...at);
    };
    path.forEach(([body, ...at], i) => {
      add(body, at);
      if (wrap?.after !== i) return;
      const home = mechanics.bodies.indexOf(wrap.body);
      wraps.push(cylinderOf(wrap, home, pointBody.length));
      add(home, wrap.centre);
      add(home, wrap.centre);
    });
    let movers = pointBody.slice(start).reduce((bits, body) => bits | (1 << body), 0);
    for (let i = start; i + 1 < pointBody.length; i++) segmentStart.push(i);
    segmentFirst.push(segmentStart.length);
    joints.forEach((joint, j) => {
      const near = partSegment.length;
      for (let s = first; s < segmentStart.length; s++) {
        const from = above[pointBody[segmentStart[s]]].has(joint.body);
        const to = above[pointBody[segmentStart[s] + 1]].has(joint.body);
        if (from === to) continue;
        partSegment.push(s);
        partSign.push(to ? 1 : -1);
      }
      if (partSegment.length === near) return;
      movers |= 1 << joint.body;
      crossingJoint.push(j);
      partFirst.push(partSegment.length);
    });
    crossingFirst.push(crossingJoint.length);
    bodies.push(movers);
  });
  return {
    count: mechanics.lines.length,
    pointBody: Int32Array.from(pointBody),
    pointAt: Float64Array.from(pointAt),
    pointsOn: Array.from({ length: nbody }, (_, body) =>
      Int32Array.from(pointBody.flatMap((on, point) => (on === body ? [point] : []))),
    ),
    segmentStart: Int32Array.from(segmentStart),
    segmentFirst: Int32Array.from(segmentFirst),
    joints,
    crossings: crossingJoint.length,
    crossingFirst: Int32Array.from(crossingFirst),
    crossingJoint: Uint8Array.from(crossingJoint),
    partFirst: Int32Array.from(partFirst),
    partSegment: Int32Array.from(partSegment),
    partSign: Float64Array.from(partSign),
    bodies: Int32Array.from(bodies),
    wraps,
  };
}

/** Arrays for `pull`. */
export function noPulls(lines: Lines): Pulls {
  return {
    length: new Float64Array(lines.count),
    arm: new Float64Array(WIDTH * lines.crossings),
    moved: new Uint8Array(lines.count),
    bodies: 0,
    poses: 0,
    whole: true,
    place: new Float64Array(lines.pointAt.length),
    along: new Float64Array(6 * lines.segmentStart.length),
    arcs: new Float64Array(lines.wraps.length).fill(-1),
    stood: new Float64Array(12 * lines.pointsOn.length).fill(NaN),
  };
}

/** Write lengths and arms of the pose that `sim` stands in (`place` was called); those of slides only if `whole`. */
export function pull(lines: Lines, sim: Simulator, out: Pulls, whole: boolean): void {
  // Arms of slides that were left out would be missing later.
  if (whole && !out.whole) out.stood.fill(NaN);
  out.whole = whole;
  const moved = step(lines, sim, out);
  out.bodies = moved;
  out.poses++;
  const { bodies, count, wraps } = lines;
  for (let line = 0; line < count; line++) out.moved[line] = (bodies[line] & moved) !== 0 ? 1 : 0;
  for (let w = 0; w < wraps.length; w++) {
    if (out.moved[wraps[w].line]) out.arcs[w] = touch(wraps[w], sim, out.place);
  }
  straighten(lines, out);
  for (let w = 0; w < wraps.length; w++) {
    if (out.moved[wraps[w].line] && out.arcs[w] > 0) out.length[wraps[w].line] += out.arcs[w];
  }
  cross(lines, sim, out, whole);
}

/** The points (2, 3) m, world, where a wrapped line touches its cylinder; null where it passes straight. */
export function tangents(lines: Lines, pulls: Pulls, wrap: number): Float64Array | null {
  const at = 3 * lines.wraps[wrap].point;
  return pulls.arcs[wrap] >= 0 ? pulls.place.slice(at, at + 6) : null;
}

/** Move the points of the bodies that moved since the last pose; the bits of these bodies. */
function step(lines: Lines, sim: Simulator, out: Pulls): number {
  const { pointsOn, pointAt } = lines;
  const { position, turn } = sim;
  const { stood, place } = out;
  let moved = 0;
  for (let body = 1; body < pointsOn.length; body++) {
    const now = 12 * body;
    let same = true;
    for (let k = 0; k < 3; k++) same = same && stood[now + k] === position[3 * body + k];
    for (let k = 0; k < 9; k++) same = same && stood[now + 3 + k] === turn[9 * body + k];
    if (same) continue;
    moved |= 1 << body;
    const [px, py, pz] = [position[3 * body], position[3 * body + 1], position[3 * body + 2]];
    const r = 9 * body;
    const [xx, xy, xz] = [turn[r], turn[r + 1], turn[r + 2]];
    const [yx, yy, yz] = [turn[r + 3], turn[r + 4], turn[r + 5]];
    const [zx, zy, zz] = [turn[r + 6], turn[r + 7], turn[r + 8]];
    stood[now] = px;
    stood[now + 1] = py;
    stood[now + 2] = pz;
    for (let k = 0; k < 9; k++) stood[now + 3 + k] = turn[r + k];
    const points = pointsOn[body];
    for (let i = 0; i < points.length; i++) {
      const k = 3 * points[i];
      const x = pointAt[k];
      const y = pointAt[k + 1];
      const z = pointAt[k + 2];
      place[k] = px + xx * x + xy * y + xz * z;
      place[k + 1] = py + yx * x + yy * y + yz * z;
      place[k + 2] = pz + zx * x + zy * y + zz * z;
    }
  }
  return moved;
}

/** Directions and moments of the segments, lengths of the lines. */
function straighten(lines: Lines, out: Pulls): void {
  const { segmentStart, segmentFirst, count } = lines;
  const { moved, place, along, length } = out;
  for (let line = 0; line < count; line++) {
    if (!moved[line]) continue;
    let sum = 0;
    for (let s = segmentFirst[line]; s < segmentFirst[line + 1]; s++) {
      const p = 3 * segmentStart[s];
      const px = place[p];
      const py = place[p + 1];
      const pz = place[p + 2];
      const x = place[p + 3] - px;
      const y = place[p + 4] - py;
      const z = place[p + 5] - pz;
      const size = Math.sqrt(x * x + y * y + z * z);
      sum += size;
      // Two points in one place have no direction; on one body they have no arm either.
      const unit = size > 0 ? 1 / size : 0;
      const k = 6 * s;
      along[k] = x * unit;
      along[k + 1] = y * unit;
      along[k + 2] = z * unit;
      along[k + 3] = (py * z - pz * y) * unit;
      along[k + 4] = (pz * x - px * z) * unit;
      along[k + 5] = (px * y - py * x) * unit;
    }
    length[line] = sum;
  }
}

const FRAME = 21; // numbers of a joint's frame: its point, its slides, its hinges
let frames = new Float64Array(0);

function cross(lines: Lines, sim: Simulator, out: Pulls, whole: boolean): void {
  const { partFirst, partSegment, partSign, crossingFirst, crossingJoint, joints, count } = lines;
  const { along, arm, moved } = out;
  if (frames.length !== FRAME * joints.length) frames = new Float64Array(FRAME * joints.length);
  const frame = frames;
  joints.forEach((joint, j) => frameOf(joint, sim, frame, FRAME * j));
  for (let line = 0; line < count; line++) {
    if (!moved[line]) continue;
    for (let c = crossingFirst[line]; c < crossingFirst[line + 1]; c++) {
      let ux = 0;
      let uy = 0;
      let uz = 0;
      let mx = 0;
      let my = 0;
      let mz = 0;
      for (let k = partFirst[c]; k < partFirst[c + 1]; k++) {
        const s = 6 * partSegment[k];
        const sign = partSign[k];
        ux += sign * along[s];
        uy += sign * along[s + 1];
        uz += sign * along[s + 2];
        mx += sign * along[s + 3];
        my += sign * along[s + 4];
        mz += sign * along[s + 5];
      }
      const f = FRAME * crossingJoint[c];
      const cx = frame[f];
      const cy = frame[f + 1];
      const cz = frame[f + 2];
      mx -= cy * uz - cz * uy;
      my -= cz * ux - cx * uz;
      mz -= cx * uy - cy * ux;
      const at = WIDTH * c;
      if (whole) {
        arm[at] = -(frame[f + 3] * ux + frame[f + 4] * uy + frame[f + 5] * uz);
        arm[at + 1] = -(frame[f + 6] * ux + frame[f + 7] * uy + frame[f + 8] * uz);
        arm[at + 2] = -(frame[f + 9] * ux + frame[f + 10] * uy + frame[f + 11] * uz);
      }
      arm[at + 3] = -(frame[f + 12] * mx + frame[f + 13] * my + frame[f + 14] * mz);
      arm[at + 4] = -(frame[f + 15] * mx + frame[f + 16] * my + frame[f + 17] * mz);
      arm[at + 5] = -(frame[f + 18] * mx + frame[f + 19] * my + frame[f + 20] * mz);
    }
  }
}

/** Write the point, slides and hinges of a joint; what it lacks is left 0. */
function frameOf({ slides, hinges }: Joint, sim: Simulator, frame: Float64Array, at: number): void {
  const { axis, anchor } = sim;
  const o = 3 * hinges[0];
  for (let x = 0; x < 3; x++) frame[at + x] = anchor[o + x];
  for (let i = 0; i < slides.length; i++) for (let x = 0; x < 3; x++) frame[at + 3 + 3 * i + x] = axis[3 * slides[i] + x];
  for (let i = 0; i < hinges.length; i++) for (let x = 0; x < 3; x++) frame[at + 12 + 3 * i + x] = axis[3 * hinges[i] + x];
}

/** The joints that these degrees of freedom belong to, in their order. */
function jointsOf(dofs: number[], slide: Uint8Array, dofBody: Int32Array): Joint[] {
  const bodies = [...new Set(dofs.map((dof) => dofBody[dof]))];
  return bodies.map((body) => {
    const own = dofs.filter((dof) => dofBody[dof] === body);
    return {
      body,
      slides: Int32Array.from(own.filter((dof) => slide[dof] === 1)),
      hinges: Int32Array.from(own.filter((dof) => slide[dof] === 0)),
    };
  });
}

function chainOf(body: number, parent: Int32Array): Set<number> {
  const chain = new Set<number>();
  for (let at = body; at > 0; at = parent[at]) chain.add(at);
  return chain;
}
