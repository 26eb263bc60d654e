/**
 * The least cost of a sharing problem near one that is solved, quickly and to what a search needs: `sharing.ts` gives
 * every digit and starts from nothing, this keeps its arrays and takes Newton's steps on the dual from the bounds that
 * held nearby, until none changes. Where that does not end it gives up.
 *
 * The cost is the dual's value, y . demand - sum (s_i x_i - weight_i x_i^2) with x_i the answer to the price s_i: what is
 * missing in y counts by its square only.
 */

import type { SharingProblem } from './problem';
import { solved } from './sparse';
import { atLeast, curve, factorise, load, mend, prices, read, sweep, value, wallPrices, type Tracker } from './tracker';

const STEPS = 40;
const HALVED = 0.5; // part of what was left over that a whole step may leave
const SEARCHED = 60; // places that a line search may look at
const GOOD = 0.05; // part of the slope that a line search may leave
const MANY = 0.5; // part of the most that a nearly free column asks for, from which on others change with it
const NEAR = 1e-7; // part of a row's size that may be left over
const EPSILON = 2.220446049250313e-16;

/** A solution as its prices and bounds: y (m), where each column is (n): -1 lower, 0 between, 1 upper; rows held (m). */
export interface Track {
  multipliers: Float64Array;
  at: Int8Array;
  held: Int8Array;
}

/** The track of a solution x (n), unmet (m), multipliers (m). */
export function trackOf(
  problem: SharingProblem,
  { x, unmet, multipliers }: { x: Float64Array; unmet: Float64Array; multipliers: Float64Array },
): Track {
  const { lower, upper } = problem;
  return {
    multipliers: multipliers.slice(),
    at: Int8Array.from(x, (value, i) => (value <= lower[i] ? -1 : value >= upper[i] ? 1 : 0)),
    held: Int8Array.from(unmet, (value) => (value !== 0 ? 1 : 0)),
  };
}

/**
 * The least cost for a demand (m), NaN where it was not found, Infinity where it is `most` or more; the matrix holds the
 * values of the problem now. Prices begin at `multipliers`, nearly free columns and rows as in `start`. `measure` was
 * called for a problem nearby.
 */
export function track(
  t: Tracker,
  demand: Float64Array,
  start: Track,
  multipliers: Float64Array,
  most = Infinity,
): number {
  const { problem, held, at, y } = t;
  const { rows, unmetCost } = problem;
  at.set(start.at);
  for (let j = 0; j < rows; j++) {
    const limit = unmetCost[j];
    y[j] = start.held[j] ? Math.sign(start.multipliers[j]) * limit : Math.max(-limit, Math.min(limit, multipliers[j]));
    held[j] = start.held[j];
  }
  read(t);
  sweep(t, demand);
  hold(t);
  if (most < Infinity && atLeast(t, demand) >= most) return Infinity;
  curve(t);
  return ascend(t, demand, most);
}

/** The least cost for another demand (m), matrix and all else as in the last call, whose answer is near. */
export function trackOn(t: Tracker, demand: Float64Array): number {
  sweep(t, demand);
  if (t.changes > 0) mend(t);
  if (hold(t) || t.changes > 0) factorise(t);
  return ascend(t, demand, Infinity);
}

/** Newton's steps from prices whose bounds, x, curvature and remainder are known. */
function ascend(t: Tracker, demand: Float64Array, most: number): number {
  const { left, step } = t;
  for (let count = 0; count < STEPS; count++) {
    solved(t.factored, t.scale, left, step);
    while (stopped(t)) {
      factorise(t);
      solved(t.factored, t.scale, left, step);
    }
    const stale = advance(t, demand);
    if (most < Infinity && atLeast(t, demand) >= most) return Infinity;
    // Nearly free columns magnify what rounding leaves of a step: only once that is spread do their bounds count.
    if (!stale && leftOver(t) <= NEAR) {
      if (!leap(t)) return value(t, demand);
      hold(t);
      factorise(t);
    } else if (stale) factorise(t);
  }
  return NaN;
}

/** Move along the step, whole where less is left over then, else as far as the dual rises; whether K is another. */
function advance(t: Tracker, demand: Float64Array): boolean {
  const { y, step } = t;
  const { unmetCost } = t.problem;
  const before = leftOver(t);
  let stale = false;
  const go = () => {
    sweep(t, demand);
    if (t.changes === 0) return;
    mend(t);
    stale = true;
  };
  if (y.every((price, j) => Math.abs(price + step[j]) <= unmetCost[j] || step[j] === 0)) {
    for (let j = 0; j < y.length; j++) y[j] += step[j];
    go();
    if (!stale || leftOver(t) < HALVED * before) return hold(t) || stale;
    for (let j = 0; j < y.length; j++) y[j] -= step[j];
    go();
  }
  climb(t, demand);
  go();
  return hold(t) || stale;
}

/** Hold the rows whose multipliers are at their bound and pushed against it; whether that is another set. */
function hold({ left, held, y, problem }: Tracker): boolean {
  let any = false;
  for (let j = 0; j < left.length; j++) {
    const now = Math.abs(y[j]) >= problem.unmetCost[j] && left[j] * y[j] >= 0 ? 1 : 0;
    if (now === held[j]) continue;
    held[j] = now;
    any = true;
  }
  return any;
}

/** Hold rows at their bound that the step would push beyond it; whether there were any. */
function stopped({ step, held, y, problem }: Tracker): boolean {
  let any = false;
  for (let j = 0; j < step.length; j++) {
    if (held[j] || Math.abs(y[j]) < problem.unmetCost[j] || step[j] * y[j] <= 0) continue;
    held[j] = 1;
    any = true;
  }
  return any;
}

/** Move y along the step: whole where the dual still rises there, else to near its highest, and to no bound's far side. */
function climb(t: Tracker, demand: Float64Array): void {
  const { price, half, walls, at, step, turn, left, y } = t;
  const { lower, upper, unmetCost } = t.problem;
  let most = Infinity;
  let bound = -1;
  let along = 0;
  let slope = 0;
  for (let j = 0; j < step.length; j++) {
    if (step[j] === 0) continue;
    const room = (unmetCost[j] - Math.sign(step[j]) * y[j]) / Math.abs(step[j]);
    if (room < most) {
      most = room;
      bound = j;
    }
    along += step[j] * demand[j];
    slope += step[j] * left[j];
  }
  prices(t, step, turn);
  let low = 0;
  let high = most;
  let share = Math.min(1, most);
  for (let count = 0; count < SEARCHED; count++) {
    let rise = along;
    let fall = 0;
    for (let i = 0; i < turn.length; i++) {
      const way = turn[i];
      const wish = (price[i] + share * way) * half[i];
      if (walls[i] ? at[i] === 0 : wish > lower[i] && wish < upper[i]) {
        rise -= way * wish;
        fall += way * way * half[i];
      } else rise -= way * ((walls[i] ? at[i] < 0 : wish <= lower[i]) ? lower[i] : upper[i]);
    }
    if (Math.abs(rise) <= GOOD * slope || (rise > 0 && share === most)) break;
    if (rise > 0) low = share;
    else high = share;
    const next = share + rise / fall;
    if (next > low && next < high) share = next;
    else share = high < Infinity ? (high === most && rise > 0 ? most : 0.5 * (low + high)) : 10 * share;
  }
  for (let j = 0; j < step.length; j++) {
    y[j] = Math.max(-unmetCost[j], Math.min(unmetCost[j], y[j] + share * step[j]));
  }
  if (share === most && bound >= 0) y[bound] = Math.sign(step[bound]) * unmetCost[bound];
}

/** The part of a row's size that is left over, of rows that are not held. */
function leftOver({ left, size, held }: Tracker): number {
  let worst = 0;
  for (let j = 0; j < left.length; j++) if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
  return worst;
}

/**
 * Put nearly free columns at the bounds that their prices ask for; whether any changed. They depend on one another, so
 * those go first that ask for most: first away from negative loads, then into loads.
 */
function leap(t: Tracker): boolean {
  const { price, half, walls, at } = t;
  const { lower, upper } = t.problem;
  let below = 0;
  let above = 0;
  wallPrices(t);
  for (let i = 0; i < at.length; i++) {
    if (!walls[i]) continue;
    const wish = price[i] * half[i];
    const to = wish <= lower[i] ? -1 : wish >= upper[i] ? 1 : 0;
    if (to === at[i] || !leapt(t, i)) continue;
    below = Math.min(below, wish);
    above = Math.max(above, wish);
  }
  if (below === 0 && above === 0) return false;
  for (let i = 0; i < at.length; i++) {
    if (!walls[i]) continue;
    const wish = price[i] * half[i];
    if (at[i] === 0 && wish < MANY * below) load(t, i, -1, lower[i]);
    else if (below === 0 && at[i] !== 0 && wish > MANY * above) load(t, i, 0, wish);
  }
  return true;
}

/** Whether the answer of a wall lies on the other side of a bound by more than rounding of its price makes. */
function leapt(t: Tracker, i: number): boolean {
  const { first, row, value: values } = t.matrix;
  const { lower, upper } = t.problem;
  let size = 0;
  for (let k = first[i]; k < first[i + 1]; k++) size += Math.abs(values[k] * t.y[row[k]]);
  const wish = t.price[i] * t.half[i];
  return Math.min(Math.abs(wish - lower[i]), Math.abs(wish - upper[i])) > 4 * EPSILON * t.half[i] * size;
}

/** What the rows could not be given (m), after `track`. */
export function unmetOf(t: Tracker): Float64Array {
  return t.left.map((amount, j) => (t.held[j] ? amount : 0));
}
