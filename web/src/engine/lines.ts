/**
 * Lines of pull in one pose, as `mechanics/batch.py`, wrapped ones too: on its cylinder a line touches at two points that
 * are fixed there as far as first derivatives go (`wrap.ts`).
 *
 * With u the direction of a segment, p its first point and c the joint of a body that it crosses, one newton pulls with
 * -a . u along a slide a of that joint and with -a . ((p - c) x u) about a hinge a, where the segment ends on the far
 * side; the other way round where it begins there.
 */

import type { Mechanics } from './model';
import type { Simulator } from './mujoco';
import { cylinderOf, touch, type Cylinder } from './wrap';

/** Degrees of freedom by which a body of a crossing moves: slides first, then hinges. */
export interface Joint {
  body: number;
  dofs: Int32Array;
  slides: number; // how many of them are slides
}

/**
 * Where the T lines run. A crossing is one line across one joint; its `arm` is `width` numbers, one a degree of freedom
 * of that joint.
 */
export interface Lines {
  count: number; // T
  points: number;
  pointBody: Int32Array; // (P); of a wrapped line the two points where it touches stand between its own
  pointAt: Float64Array; // (P, 3) m, in the body
  segmentStart: Int32Array; // (S) point; its end is the next one
  segmentFirst: Int32Array; // (T + 1) segments of each line
  joints: Joint[];
  crossings: number; // X
  crossingFirst: Int32Array; // (T + 1) crossings of each line
  crossingJoint: Uint8Array; // (X)
  partFirst: Int32Array; // (X + 1) parts of each crossing
  partSegment: Int32Array; // segment of a part
  partSign: Float64Array; // 1 where it ends on the far side, else -1
  wraps: Cylinder[];
  arcs: Float64Array; // (W) m by which each arc was longer than its chord in the last pose
}

export const WIDTH = 6; // numbers a crossing

/** Lengths (T) m and arms (X, WIDTH) of one pose: -dL/dq, m for hinges, 1 for slides. */
export interface Pulls {
  length: Float64Array;
  arm: Float64Array;
}

/** Read the paths; `dofs` are those whose arms are wanted. */
export function linesOf(mechanics: Mechanics, sim: Simulator, dofs: number[]): Lines {
  const { parent, nbody, slide, dofBody } = sim.compiled;
  const joints = jointsOf(dofs, slide, dofBody);
  const above = Array.from({ length: nbody }, (_, body) => chainOf(body, parent));
  const bent = new Map(mechanics.wraps.map((wrap) => [wrap.line, wrap]));
  const wraps: Cylinder[] = [];
  const { lines } = mechanics;
  const pointBody: number[] = [];
  const pointAt: number[] = [];
  const segmentStart: number[] = [];
  const segmentFirst = [0];
  const crossingFirst = [0];
  const crossingJoint: number[] = [];
  const partFirst = [0];
  const partSegment: number[] = [];
  const partSign: number[] = [];
  lines.forEach((path, line) => {
    const wrap = bent.get(line);
    const first = segmentStart.length;
    const add = (body: number, at: number[]) => {
      pointBody.push(body);
      pointAt.push(...at);
    };
    const start = pointBody.length;
    path.forEach(([body, ...at], i) => {
      add(body, at);
      if (wrap?.after !== i) return;
      const home = mechanics.bodies.indexOf(wrap.body);
      wraps.push(cylinderOf(wrap, home, pointBody.length));
      add(home, wrap.centre);
      add(home, wrap.centre);
    });
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
      crossingJoint.push(j);
      partFirst.push(partSegment.length);
    });
    crossingFirst.push(crossingJoint.length);
  });
  return {
    count: lines.length,
    points: pointBody.length,
    pointBody: Int32Array.from(pointBody),
    pointAt: Float64Array.from(pointAt),
    segmentStart: Int32Array.from(segmentStart),
    segmentFirst: Int32Array.from(segmentFirst),
    joints,
    crossings: crossingJoint.length,
    crossingFirst: Int32Array.from(crossingFirst),
    crossingJoint: Uint8Array.from(crossingJoint),
    partFirst: Int32Array.from(partFirst),
    partSegment: Int32Array.from(partSegment),
    partSign: Float64Array.from(partSign),
    wraps,
    arcs: new Float64Array(wraps.length),
  };
}

/** Arrays for `pull`. */
export function noPulls(lines: Lines): Pulls {
  return { length: new Float64Array(lines.count), arm: new Float64Array(WIDTH * lines.crossings) };
}

const scratch = { place: new Float64Array(0), along: new Float64Array(0) };

/** Write lengths and arms of the pose that `sim` stands in (`place` was called). */
export function pull(lines: Lines, sim: Simulator, out: Pulls): void {
  if (scratch.place.length !== 3 * lines.points) {
    scratch.place = new Float64Array(3 * lines.points);
    scratch.along = new Float64Array(3 * lines.segmentStart.length);
  }
  const { wraps, arcs } = lines;
  places(lines, sim, scratch.place);
  for (let w = 0; w < wraps.length; w++) arcs[w] = touch(wraps[w], sim, scratch.place);
  straighten(lines, scratch.place, scratch.along, out.length);
  cross(lines, sim, scratch.place, scratch.along, out.arm);
  for (let w = 0; w < wraps.length; w++) if (arcs[w] > 0) out.length[wraps[w].line] += arcs[w];
}

/** The points (2, 3) m, world, where a wrapped line touched its cylinder in the last pose; null where it passed straight. */
export function tangents(lines: Lines, wrap: number): Float64Array | null {
  const at = 3 * lines.wraps[wrap].point;
  return lines.arcs[wrap] >= 0 ? scratch.place.slice(at, at + 6) : null;
}

function places(lines: Lines, sim: Simulator, place: Float64Array): void {
  const { pointBody, pointAt, points } = lines;
  const { position, turn } = sim;
  for (let i = 0, k = 0; i < points; i++, k += 3) {
    const b = 3 * pointBody[i];
    const r = 3 * b;
    const x = pointAt[k];
    const y = pointAt[k + 1];
    const z = pointAt[k + 2];
    place[k] = position[b] + turn[r] * x + turn[r + 1] * y + turn[r + 2] * z;
    place[k + 1] = position[b + 1] + turn[r + 3] * x + turn[r + 4] * y + turn[r + 5] * z;
    place[k + 2] = position[b + 2] + turn[r + 6] * x + turn[r + 7] * y + turn[r + 8] * z;
  }
}

/** Directions of the segments and lengths of the lines. */
function straighten(lines: Lines, place: Float64Array, along: Float64Array, length: Float64Array): void {
  const { segmentStart, segmentFirst, count } = lines;
  for (let line = 0; line < count; line++) {
    let sum = 0;
    for (let s = segmentFirst[line]; s < segmentFirst[line + 1]; s++) {
      const p = 3 * segmentStart[s];
      const x = place[p + 3] - place[p];
      const y = place[p + 4] - place[p + 1];
      const z = place[p + 5] - place[p + 2];
      const size = Math.sqrt(x * x + y * y + z * z);
      sum += size;
      // Two points in one place have no direction; on one body they have no arm either.
      const unit = size > 0 ? 1 / size : 0;
      along[3 * s] = x * unit;
      along[3 * s + 1] = y * unit;
      along[3 * s + 2] = z * unit;
    }
    length[line] = sum;
  }
}

function cross(lines: Lines, sim: Simulator, place: Float64Array, along: Float64Array, arm: Float64Array): void {
  const { partFirst, partSegment, partSign, crossingJoint, segmentStart, joints, crossings } = lines;
  const { axis, anchor } = sim;
  for (let c = 0, at = 0; c < crossings; c++, at += WIDTH) {
    const begin = partFirst[c];
    const end = partFirst[c + 1];
    if (begin === end) continue;
    const { dofs, slides } = joints[crossingJoint[c]];
    const o = 3 * dofs[dofs.length - 1]; // the hinges of a joint share its centre
    const cx = anchor[o];
    const cy = anchor[o + 1];
    const cz = anchor[o + 2];
    let ux = 0;
    let uy = 0;
    let uz = 0;
    let mx = 0;
    let my = 0;
    let mz = 0;
    for (let k = begin; k < end; k++) {
      const s = 3 * partSegment[k];
      const p = 3 * segmentStart[partSegment[k]];
      const sign = partSign[k];
      const x = sign * along[s];
      const y = sign * along[s + 1];
      const z = sign * along[s + 2];
      const px = place[p] - cx;
      const py = place[p + 1] - cy;
      const pz = place[p + 2] - cz;
      ux += x;
      uy += y;
      uz += z;
      mx += py * z - pz * y;
      my += pz * x - px * z;
      mz += px * y - py * x;
    }
    for (let i = 0; i < dofs.length; i++) {
      const a = 3 * dofs[i];
      arm[at + i] =
        i < slides
          ? -(axis[a] * ux + axis[a + 1] * uy + axis[a + 2] * uz)
          : -(axis[a] * mx + axis[a + 1] * my + axis[a + 2] * mz);
    }
  }
}

/** The joints that these degrees of freedom belong to, slides first. */
function jointsOf(dofs: number[], slide: Uint8Array, dofBody: Int32Array): Joint[] {
  const bodies = [...new Set(dofs.map((dof) => dofBody[dof]))];
  return bodies.map((body) => {
    const own = dofs.filter((dof) => dofBody[dof] === body).sort((a, b) => slide[b] - slide[a] || a - b);
    return { body, dofs: Int32Array.from(own), slides: own.filter((dof) => slide[dof] === 1).length };
  });
}

function chainOf(body: number, parent: Int32Array): Set<number> {
  const chain = new Set<number>();
  for (let at = body; at > 0; at = parent[at]) chain.add(at);
  return chain;
}
