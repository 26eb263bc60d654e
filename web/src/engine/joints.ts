/** Forces into joint loads: what disc and facets of each level carry, in the axes of the disc. `mechanics/joints.py`. */

import type { Body } from './body';

/** One number a level, from the top: N, N m. Signs as in the result of the package. */
export interface JointLoads {
  compression: Float64Array;
  anteriorShear: Float64Array;
  rightShear: Float64Array;
  flexionMoment: Float64Array;
}

/**
 * Axes (K, 3, 3) of the discs in the world, columns forward, up, right: R = R_l (R_l' R_u)^(1/2), R_l and R_u the facing
 * endplates. The simulator stands in the pose.
 */
export function discAxes(body: Body): Float64Array {
  const { discs } = body.mechanics;
  const out = new Float64Array(9 * discs.length);
  discs.forEach((disc, k) => {
    const lower = tilted(turnOf(body, disc.lower), disc.lower_endplate_tilt);
    const upper = tilted(turnOf(body, disc.upper), disc.upper_endplate_tilt);
    out.set(times(lower, half(times(turned(lower), upper))), 9 * k);
  });
  return out;
}

/** What each slide row (3 K) adds to the compression of its level, per newton: its axis times the disc's upward axis. */
export function upward(body: Body, axes: Float64Array): Float64Array {
  const { axis } = body.sim;
  return Float64Array.from(body.slides, (dof, i) => {
    const at = 9 * Math.floor(i / 3);
    return axis[3 * dof] * axes[at + 1] + axis[3 * dof + 1] * axes[at + 4] + axis[3 * dof + 2] * axes[at + 7];
  });
}

/**
 * Loads of the levels from what is left (3 K) N on their slide rows, the force with which the lower body pushes the
 * upper; discMoment (K, 3) N m is the discs' own. The simulator stands in the pose.
 */
export function jointLoads(body: Body, axes: Float64Array, left: Float64Array, discMoment: Float64Array): JointLoads {
  const { axis } = body.sim;
  const levels = body.mechanics.levels.length;
  const make = () => new Float64Array(levels);
  const loads = { compression: make(), anteriorShear: make(), rightShear: make(), flexionMoment: make() };
  for (let k = 0; k < levels; k++) {
    const force = [0, 0, 0];
    for (let i = 0; i < 3; i++) {
      const dof = 3 * body.slides[3 * k + i];
      for (let x = 0; x < 3; x++) force[x] += left[3 * k + i] * axis[dof + x];
    }
    const along = (column: number) =>
      force[0] * axes[9 * k + column] + force[1] * axes[9 * k + 3 + column] + force[2] * axes[9 * k + 6 + column];
    loads.compression[k] = along(1);
    loads.anteriorShear[k] = -along(0);
    loads.rightShear[k] = -along(2);
    loads.flexionMoment[k] = -discMoment[3 * k];
  }
  return loads;
}

/** P = C / (A k), MPa, of compressions (K) N. */
export function pressure(body: Body, compression: Float64Array): number[] {
  const factor = body.mechanics.parameters.pressure_factor;
  return Array.from(compression, (force, k) => force / (body.mechanics.discs[k].area * factor) / 1e6);
}

type Matrix = ArrayLike<number>; // (3, 3) row-major

function turnOf(body: Body, name: string): Matrix {
  const at = 9 * body.bodies[name];
  return body.sim.turn.subarray(at, at + 9);
}

function tilted(turn: Matrix, angle: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return times(turn, [c, -s, 0, s, c, 0, 0, 0, 1]);
}

function times(a: Matrix, b: Matrix): number[] {
  const out: number[] = [];
  for (let i = 0; i < 9; i += 3) {
    for (let j = 0; j < 3; j++) out.push(a[i] * b[j] + a[i + 1] * b[j + 3] + a[i + 2] * b[j + 6]);
  }
  return out;
}

function turned(a: Matrix): number[] {
  return [a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]];
}

/** The rotation about the same axis by half the angle (below 180 degrees); see `_half` in `mechanics/joints.py`. */
function half(turn: Matrix): number[] {
  const cosine = (turn[0] + turn[4] + turn[8] - 1) / 2;
  const c = Math.sqrt((1 + cosine) / 2);
  const back = turned(turn);
  const one = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const inverse = one.map((unit, i) => unit / (2 * c) - (0.5 * (turn[i] + back[i]) - cosine * unit) / (4 * c * (1 + c)));
  return times(
    one.map((unit, i) => unit + turn[i]),
    inverse,
  );
}
