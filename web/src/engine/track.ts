/**
 * The least cost of a sharing problem near one that is solved, quickly and to what a search needs: `sharing.ts` gives
 * every digit and starts from nothing, this keeps its arrays and takes Newton's steps on the dual from the bounds that
 * held nearby, until none changes. Where that does not end it gives up.
 *
 * The cost is the dual's value, y . demand - sum (s_i x_i - weight_i x_i^2) with x_i the answer to the price s_i: what is
 * missing in y counts by its square only.
 */

import type { SharingProblem } from './sharing';
import { factor, solved, type Sparse } from './sparse';

const STEPS = 20;
const WALLS = -1; // instead of a number of changes: nearly free columns changed
const MANY = 0.5; // part of the most that a nearly free column asks for, from which on others change with it
const AGAIN = 4; // times that a step is taken with the same bounds
const NEAR = 1e-6; // part of a row's size that may be left over
const NEARLY_FREE = 1e5; // columns this many times as cheap as the dearest answer the least change with leaps
const LEAST = 1e-12; // damping of a row, of its squared size
const GRAIN = 1e-14; // with a unit diagonal above rounding, so that no matrix is singular
const EPSILON = 2.220446049250313e-16;

/** A solution as its prices and bounds: y (m), where each column is (n): -1 lower, 0 between, 1 upper; rows held (m). */
export interface Track {
  multipliers: Float64Array;
  at: Int8Array;
  held: Int8Array;
}

export interface Tracker {
  problem: SharingProblem;
  matrix: Sparse;
  half: Float64Array; // (n) 1 / (2 weight)
  walls: Uint8Array; // (n) 1 for nearly free columns
  x: Float64Array; // (n) of the last solution
  price: Float64Array;
  left: Float64Array; // (m)
  step: Float64Array;
  size: Float64Array; // (m) of the rows
  ruler: Float64Array; // (m) squared
  curved: Float64Array; // (m, m)
  factored: Float64Array;
  scale: Float64Array;
  at: Int8Array;
  held: Int8Array;
  y: Float64Array;
  changed: Int32Array; // columns that came to a bound or left it, `changes` of them
  changes: number;
}

/** Make ready to track solutions of a problem whose columns hold whole blocks of three rows. */
export function trackerOf(problem: SharingProblem, matrix: Sparse): Tracker {
  const { rows, columns, weight } = problem;
  const dearest = weight.reduce((most, w) => Math.max(most, w), 0);
  return {
    problem,
    matrix,
    half: weight.map((w) => 0.5 / w),
    walls: Uint8Array.from(weight, (w) => (w * NEARLY_FREE < dearest ? 1 : 0)),
    x: new Float64Array(columns),
    price: new Float64Array(columns),
    left: new Float64Array(rows),
    step: new Float64Array(rows),
    size: new Float64Array(rows),
    ruler: new Float64Array(rows),
    curved: new Float64Array(rows * rows),
    factored: new Float64Array(rows * rows),
    scale: new Float64Array(rows),
    at: new Int8Array(columns),
    held: new Int8Array(rows),
    y: new Float64Array(rows),
    changed: new Int32Array(columns),
    changes: 0,
  };
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
 * The least cost for a demand (m), NaN where it was not found; the matrix holds the values of the problem now. Prices
 * begin at `multipliers`, nearly free columns and rows as in `start`. `measure` was called for a problem nearby.
 */
export function track(t: Tracker, demand: Float64Array, start: Track, multipliers: Float64Array): number {
  const { problem, matrix, left, step, held, at, y } = t;
  const { rows, unmetCost } = problem;
  y.set(multipliers);
  at.set(start.at);
  held.set(start.held);
  for (let j = 0; j < rows; j++) {
    if (held[j] || Math.abs(y[j]) > unmetCost[j]) y[j] = Math.sign(start.held[j] ? start.multipliers[j] : y[j]) * unmetCost[j];
  }
  prices(matrix, y, t.price);
  bounds(t, false);
  for (let count = 0; count < STEPS; count++) {
    answer(t);
    remainder(matrix, t.x, demand, left);
    curve(t, count === 0);
    factor(t.curved, t.ruler, LEAST, held, t.factored, t.scale, GRAIN);
    // Nearly free columns magnify what rounding leaves of a step, so it is taken again for what is left.
    for (let again = 0; again < AGAIN && (again === 0 || leftOver(t) > NEAR); again++) {
      solved(t.factored, t.scale, left, step);
      for (let j = 0; j < rows; j++) {
        y[j] += step[j];
        if (Math.abs(y[j]) <= unmetCost[j]) continue;
        y[j] = Math.sign(y[j]) * unmetCost[j];
        held[j] = 1;
      }
      prices(matrix, y, t.price);
      answer(t);
      remainder(matrix, t.x, demand, left);
    }
    const moved = bounds(t, true);
    const released = release(t);
    if (!moved && !released) return leftOver(t) <= NEAR ? value(t, demand) : NaN;
  }
  return NaN;
}

/** The part of a row's size that is left over, of rows that are not held. */
function leftOver({ left, size, held }: Tracker): number {
  let worst = 0;
  for (let j = 0; j < left.length; j++) if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
  return worst;
}

/** Let go of rows that are held on the wrong side; whether there were any. */
function release({ left, size, held, y }: Tracker): boolean {
  let any = false;
  for (let j = 0; j < left.length; j++) {
    if (!held[j] || left[j] * y[j] >= 0 || Math.abs(left[j]) <= NEAR * size[j]) continue;
    held[j] = 0;
    any = true;
  }
  return any;
}

/**
 * Put columns at the bounds that their prices ask for, nearly free ones only if `all`; whether any changed. Of nearly free
 * ones, which depend on one another, those go first that ask for most: first off the others' load, then into it.
 */
function bounds(t: Tracker, all: boolean): boolean {
  const { price, half, walls, at } = t;
  const { lower, upper } = t.problem;
  let any = false;
  let below = 0;
  let above = 0;
  t.changes = 0;
  for (let i = 0; i < at.length; i++) {
    const wish = price[i] * half[i];
    const to = wish <= lower[i] ? -1 : wish >= upper[i] ? 1 : 0;
    if (to === at[i]) continue;
    if (walls[i]) {
      if (!all || !leapt(t, i)) continue;
      below = Math.min(below, wish);
      above = Math.max(above, wish);
      continue;
    }
    if (to === 0 || at[i] === 0) t.changed[t.changes++] = i;
    at[i] = to;
    any = true;
  }
  if (below === 0 && above === 0) return any;
  t.changes = WALLS;
  for (let i = 0; i < at.length; i++) {
    if (!walls[i]) continue;
    const wish = price[i] * half[i];
    if (at[i] === 0 && wish < MANY * below) at[i] = -1;
    else if (below === 0 && at[i] !== 0 && wish > MANY * above) at[i] = 0;
  }
  return true;
}

/** x: what columns between their bounds answer to their prices, and the bounds of the others. */
function answer({ price, half, at, x, problem }: Tracker): void {
  const { lower, upper } = problem;
  for (let i = 0; i < x.length; i++) x[i] = at[i] === 0 ? price[i] * half[i] : at[i] < 0 ? lower[i] : upper[i];
}

/** What the rows could not be given (m), after `track`. */
export function unmetOf(t: Tracker): Float64Array {
  return t.left.map((amount, j) => (t.held[j] ? amount : 0));
}

function value(t: Tracker, demand: Float64Array): number {
  const { price, x, y } = t;
  const { weight } = t.problem;
  let sum = 0;
  for (let j = 0; j < y.length; j++) sum += y[j] * demand[j];
  for (let i = 0; i < x.length; i++) sum -= x[i] * (price[i] - weight[i] * x[i]);
  return sum;
}

/** Sizes of the rows, what is asked and the most that one column gives, and their squares as the unit of damping; good for problems nearby. */
export function measure(t: Tracker, demand: Float64Array): void {
  const { first, row, value: values } = t.matrix;
  const { size, ruler, half, walls } = t;
  ruler.fill(0);
  size.fill(0);
  for (let i = 0; i < half.length; i++) {
    for (let k = first[i]; k < first[i + 1]; k++) {
      size[row[k]] = Math.max(size[row[k]], Math.abs(values[k]));
      if (!walls[i]) ruler[row[k]] += half[i] * values[k] * values[k];
    }
  }
  for (let j = 0; j < size.length; j++) {
    size[j] += Math.abs(demand[j]);
    if (ruler[j] === 0) ruler[j] = 1;
  }
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

/** price (n) = matrix' y; columns hold whole blocks of three rows. */
function prices({ first, row, value, columns }: Sparse, y: Float64Array, price: Float64Array): void {
  for (let i = 0, k = 0; i < columns; i++) {
    let sum = 0;
    for (const end = first[i + 1]; k < end; k += 3) {
      const j = row[k];
      sum += value[k] * y[j] + value[k + 1] * y[j + 1] + value[k + 2] * y[j + 2];
    }
    price[i] = sum;
  }
}

/** left (m) = demand - matrix x. */
function remainder({ first, row, value, columns }: Sparse, x: Float64Array, demand: Float64Array, left: Float64Array): void {
  left.set(demand);
  for (let i = 0; i < columns; i++) {
    const amount = x[i];
    if (amount === 0) continue;
    for (let k = first[i]; k < first[i + 1]; k += 3) {
      const j = row[k];
      left[j] -= value[k] * amount;
      left[j + 1] -= value[k + 1] * amount;
      left[j + 2] -= value[k + 2] * amount;
    }
  }
}

/**
 * curved (m, m), lower blocks: sum over columns between their bounds of half_i a_i a_i'. Only what changed is added or
 * taken away, unless nearly free columns did, which would take digits of the others along.
 */
function curve(t: Tracker, anew: boolean): void {
  const { at, half, changed, changes } = t;
  if (!anew && changes !== WALLS) {
    for (let k = 0; k < changes; k++) addSquare(t, changed[k], at[changed[k]] === 0 ? half[changed[k]] : -half[changed[k]]);
    return;
  }
  t.curved.fill(0);
  for (let i = 0; i < at.length; i++) if (at[i] === 0) addSquare(t, i, half[i]);
}

/** Add size a_i a_i' to the lower blocks. */
function addSquare(t: Tracker, i: number, size: number): void {
  const { first, row, value: values, rows } = t.matrix;
  const { curved } = t;
  const begin = first[i];
  for (let k = begin; k < first[i + 1]; k += 3) {
    const a = size * values[k];
    const b = size * values[k + 1];
    const c = size * values[k + 2];
    const ra = row[k] * rows;
    const rb = ra + rows;
    const rc = rb + rows;
    for (let l = begin; l <= k; l += 3) {
      const u = values[l];
      const v = values[l + 1];
      const w = values[l + 2];
      const j = row[l];
      curved[ra + j] += a * u;
      curved[ra + j + 1] += a * v;
      curved[ra + j + 2] += a * w;
      curved[rb + j] += b * u;
      curved[rb + j + 1] += b * v;
      curved[rb + j + 2] += b * w;
      curved[rc + j] += c * u;
      curved[rc + j + 1] += c * v;
      curved[rc + j + 2] += c * w;
    }
  }
}
