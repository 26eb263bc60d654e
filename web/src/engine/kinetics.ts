/** What is to be balanced in one pose and where the lines of pull are: `mechanics/kinetics.py` for one frame. */

import { noPulls, pull, type Pulls } from './lines';
import type { Body } from './body';

const SMALL = 1e-5; // s, over which the lines' velocities are taken

/** Rows are the degrees of freedom `Body.rows`, then `Body.slides`. */
export interface Kinetics extends Pulls {
  positions: Float64Array; // (V) rad, m
  tau: Float64Array; // (rows) generalised force that movement and gravity need, N m, N
  velocity: Float64Array | null; // (T) m/s of the lines, null at rest
}

/** All rows of a body, in the order of `Kinetics`. */
export function rowsOf(body: Body): Int32Array {
  return Int32Array.from([...body.rows, ...body.slides]);
}

/** Arrays for `kinetics`. */
export function noKinetics(body: Body): Kinetics {
  const rows = body.rows.length + body.slides.length;
  return { ...noPulls(body.lines), positions: new Float64Array(body.sim.compiled.nv), tau: new Float64Array(rows), velocity: null };
}

/**
 * Write the kinetics of a body at rest at positions (V); the simulator stands there afterwards. Without `whole` rows and
 * arms of slides are left out.
 */
export function atRest(body: Body, positions: ArrayLike<number>, out: Kinetics, whole = true): void {
  out.positions.set(positions);
  out.velocity = null;
  body.sim.place(positions);
  weigh(body, body.rows, 0, out.tau);
  if (whole) weigh(body, body.slides, body.rows.length, out.tau);
  pull(body.lines, body.sim, out, whole);
}

/** Write the kinetics of a moving body: positions, velocities, accelerations (V). */
export function moving(
  body: Body,
  positions: ArrayLike<number>,
  velocities: ArrayLike<number>,
  accelerations: ArrayLike<number>,
  out: Kinetics,
): void {
  // dL/dt = (L(q + h v) - L(q - h v)) / 2 h, true to h^2.
  const ends = [SMALL, -SMALL].map((h) => {
    body.sim.place(Float64Array.from(positions, (x, i) => x + h * velocities[i]));
    pull(body.lines, body.sim, out, true);
    return out.length.slice();
  });
  const needed = body.sim.inverse(positions, velocities, accelerations);
  atRest(body, positions, out);
  rowsOf(body).forEach((dof, row) => (out.tau[row] = needed[dof]));
  out.velocity = ends[0].map((length, line) => (length - ends[1][line]) / (2 * SMALL));
}

/** tau of gravity alone: M g a_y along a slide, M g a . ((c - x) x y) about a hinge at x, M, c of all that it moves. */
function weigh(body: Body, dofs: Int32Array, first: number, tau: Float64Array): void {
  const { axis, anchor, together, massTogether, compiled } = body.sim;
  for (let i = 0; i < dofs.length; i++) {
    const dof = dofs[i];
    const a = 3 * dof;
    const b = 3 * compiled.dofBody[dof];
    const weight = massTogether[compiled.dofBody[dof]] * body.mechanics.gravity;
    tau[first + i] = compiled.slide[dof]
      ? weight * axis[a + 1]
      : weight * (axis[a + 2] * (together[b] - anchor[a]) - axis[a] * (together[b + 2] - anchor[a + 2]));
  }
}
