/** One pose into what balances it: muscle, contact and passive forces, unmet moments, joint loads. `mechanics/equilibrium.py`. */

import { act, addAll, type Acting } from './acting';
import type { Contacts } from './columns';
import { discAxes, jointLoads, upward, type JointLoads } from './joints';
import type { Kinetics } from './kinetics';
import { discMoments } from './passive';
import type { SharingSolution } from './problem';
import { Sharing } from './sharing';

/** M fascicles, C contact points, balanced rows; N, N m. */
export interface Equilibrium {
  activation: Float64Array; // (M)
  active: Float64Array; // (M)
  contact: Float64Array; // (C, 3) world
  demand: Float64Array; // (rows) that muscle and contacts must supply
  unmet: Float64Array; // (rows) and could not
  loads: JointLoads;
  abdominalPressure: number; // Pa
  objective: number;
  converged: boolean;
  solution: SharingSolution;
}

/** Finds the columns that answer a demand (rows), given the answer to one before it. */
export type Solve = (demand: Float64Array, start?: SharingSolution) => SharingSolution;

/** What answers to every digit. */
export function exactly(acts: Acting): Solve {
  const sharing = new Sharing(acts.problem);
  return (demand, start) => sharing.solve(demand, start);
}

/**
 * Share the demand of a pose, again and again until the compression that stiffens the discs settles to
 * `preload_tolerance_n`. `acts` is of this pose, in which the simulator stands; `start` and `preload` (K) N, of one
 * nearby, save work.
 */
export function equilibrium(
  acts: Acting,
  kin: Kinetics,
  solve: Solve,
  start?: SharingSolution,
  preload?: Float64Array,
): Equilibrium {
  const { body, contacts } = acts;
  const { rules, levels, weight_n, fibres } = body.mechanics;
  const axes = discAxes(body);
  const up = upward(body, axes);
  const discs = new Float64Array(3 * levels.length);
  const compression = preload?.slice() ?? new Float64Array(levels.length).fill(rules.preload_share * weight_n);
  const change = new Float64Array(levels.length);
  const last = new Float64Array(levels.length);
  const given = new Float64Array(acts.rows);
  const left = new Float64Array(body.slides.length);
  let solution = start;
  let demand: Float64Array = given;
  let settled = false;
  let pace = 1;
  for (let pass = 0; pass < rules.preload_passes; pass++) {
    demand = asked(acts, kin, compression, discs);
    solution = solve(demand, solution);
    given.fill(0);
    addAll(acts, kin, solution.x, given);
    let worst = 0;
    let swing = 0;
    let size = 0;
    for (let k = 0; k < levels.length; k++) {
      change[k] = -compression[k];
      for (let i = 3 * k; i < 3 * k + 3; i++) {
        const row = acts.balanced + i;
        left[i] = kin.tau[row] - acts.known[row] - given[row];
        change[k] += up[i] * left[i];
      }
      worst = Math.max(worst, Math.abs(change[k]));
      swing += change[k] * last[k];
      size += last[k] * last[k];
    }
    settled = worst <= rules.preload_tolerance_n;
    if (settled) break;
    // Lightly loaded discs stiffen so fast that this can swing for ever: then half steps are taken.
    if (swing < -0.25 * size) pace *= 0.5;
    last.set(change);
    for (let k = 0; k < levels.length; k++) compression[k] += pace * change[k];
  }
  const { x, unmet, objective, converged } = solution!;
  const muscles = fibres.names.length;
  const activation = x.slice(0, muscles);
  const active = activation.map((a, i) => a * acts.can.active[i]);
  let pressed = 0;
  for (let i = 0; i < muscles; i++) pressed += (active[i] + acts.can.passive[i]) * fibres.pressure[i];
  return {
    activation,
    active,
    contact: pushes(contacts, x, muscles, rules.contact_unit_n),
    demand,
    unmet,
    loads: jointLoads(body, axes, left, discs),
    abdominalPressure: pressed,
    objective,
    converged: converged && settled,
    solution: solution!,
  };
}

const LUMBAR = 6; // first row of the levels, after those of the root

/** The demand (balanced rows) at compressions (K) N, and the moments of the discs (K, 3) N m that it holds. */
export function asked(acts: Acting, kin: Kinetics, compression: Float64Array, discs: Float64Array): Float64Array {
  const { body, known } = acts;
  const angles = new Float64Array(discs.length);
  for (let i = 0; i < angles.length; i++) angles[i] = kin.positions[body.rows[LUMBAR + i]];
  discMoments(body.mechanics.disc_law, angles, compression, discs);
  const demand = new Float64Array(acts.balanced);
  for (let row = 0; row < demand.length; row++) demand[row] = kin.tau[row] - known[row];
  for (let i = 0; i < discs.length; i++) demand[LUMBAR + i] -= discs[i];
  return demand;
}

/** The answer in the pose of `kin`, to every digit. */
export function balanced(acts: Acting, kin: Kinetics): Equilibrium {
  act(acts, kin);
  return equilibrium(acts, kin, exactly(acts));
}

function pushes(contacts: Contacts, x: Float64Array, first: number, unit: number): Float64Array {
  const out = new Float64Array(3 * contacts.points.length);
  for (let c = 0; c < contacts.points.length; c++) {
    for (let g = 0; g < 4; g++) {
      const size = unit * x[first + 4 * c + g];
      for (let k = 0; k < 3; k++) out[3 * c + k] += size * contacts.edges[12 * c + 3 * g + k];
    }
  }
  return out;
}
