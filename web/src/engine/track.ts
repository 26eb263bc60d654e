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

const STEPS = 40;
const HALVED = 0.5; // part of what was left over that a whole step may leave
const SEARCHED = 60; // places that a line search may look at
const GOOD = 0.05; // part of the slope that a line search may leave
const MANY = 0.5; // part of the most that a nearly free column asks for, from which on others change with it
const NEAR = 1e-7; // part of a row's size that may be left over
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
  wallColumns: Int32Array; // the nearly free columns
  first: Int32Array; // (m / 3 + 1) entries of each block of rows, of all other columns
  column: Int32Array; // column of an entry
  from: Int32Array; // where its three values are in the matrix
  entries: Float64Array; // (entries, 3) those values, rows after rows
  walls: Uint8Array; // (n) 1 for nearly free columns
  x: Float64Array; // (n) of the last solution
  price: Float64Array;
  turn: Float64Array; // (n) change of the prices along a step
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
  const walls = Uint8Array.from(weight, (w) => (w * NEARLY_FREE < dearest ? 1 : 0));
  return {
    problem,
    matrix,
    half: weight.map((w) => 0.5 / w),
    ...byRows(matrix, walls),
    wallColumns: Int32Array.from(walls.keys()).filter((i) => walls[i] === 1),
    walls,
    x: new Float64Array(columns),
    price: new Float64Array(columns),
    turn: new Float64Array(columns),
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

/**
 * The entries of a matrix by blocks of rows, but for nearly free columns, most of which rest: a sum over a block's columns
 * is quicker than many over a column's blocks.
 */
function byRows(
  { first, row, rows, columns }: Sparse,
  walls: Uint8Array,
): Pick<Tracker, 'first' | 'column' | 'from' | 'entries'> {
  const blocks: [number, number][][] = Array.from({ length: rows / 3 }, () => []);
  for (let i = 0; i < columns; i++) {
    if (walls[i]) continue;
    for (let k = first[i]; k < first[i + 1]; k += 3) blocks[row[k] / 3].push([i, k]);
  }
  const all = blocks.flat();
  return {
    first: Int32Array.from([0, ...blocks], (_, b) => blocks.slice(0, b).reduce((sum, block) => sum + block.length, 0)),
    column: Int32Array.from(all, ([i]) => i),
    from: Int32Array.from(all, ([, k]) => k),
    entries: new Float64Array(3 * all.length),
  };
}

/** Take over the values that the matrix has now. */
function read({ from, entries, matrix }: Tracker): void {
  const { value: values } = matrix;
  for (let p = 0, e = 0; p < from.length; p++, e += 3) {
    const k = from[p];
    entries[e] = values[k];
    entries[e + 1] = values[k + 1];
    entries[e + 2] = values[k + 2];
  }
}

/** out_i = (matrix' y)_i of one column. */
function priceOf({ first, row, value: values }: Sparse, i: number, y: Float64Array): number {
  let sum = 0;
  for (let k = first[i]; k < first[i + 1]; k += 3) {
    const j = row[k];
    sum += values[k] * y[j] + values[k + 1] * y[j + 1] + values[k + 2] * y[j + 2];
  }
  return sum;
}

/** out (n) = matrix' y; of nearly free columns only for those off their bounds. */
function prices({ first, column, entries, wallColumns, at, matrix }: Tracker, y: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let w = 0; w < wallColumns.length; w++) {
    const i = wallColumns[w];
    if (at[i] === 0) out[i] = priceOf(matrix, i, y);
  }
  for (let b = 0; b + 1 < first.length; b++) {
    const y0 = y[3 * b];
    const y1 = y[3 * b + 1];
    const y2 = y[3 * b + 2];
    const end = first[b + 1];
    for (let p = first[b], e = 3 * p; p < end; p++, e += 3) {
      out[column[p]] += entries[e] * y0 + entries[e + 1] * y1 + entries[e + 2] * y2;
    }
  }
}

/** Put a column at its bound, or off it, with this x; curvature and what is left over follow. */
function load(t: Tracker, i: number, at: number, x: number): void {
  const { first, row, value: values } = t.matrix;
  const more = x - t.x[i];
  for (let k = first[i]; k < first[i + 1]; k++) t.left[row[k]] -= values[k] * more;
  t.x[i] = x;
  t.at[i] = at;
  addSquare(t, i, at === 0 ? t.half[i] : -t.half[i]);
}

/** Prices of all nearly free columns. */
function wallPrices({ wallColumns, matrix, y, price }: Tracker): void {
  for (let w = 0; w < wallColumns.length; w++) price[wallColumns[w]] = priceOf(matrix, wallColumns[w], y);
}

/** left (m) = demand - matrix x. */
function remainder(t: Tracker, demand: Float64Array): void {
  const { first, column, entries, x, left, wallColumns } = t;
  for (let b = 0; b + 1 < first.length; b++) {
    let l0 = demand[3 * b];
    let l1 = demand[3 * b + 1];
    let l2 = demand[3 * b + 2];
    const end = first[b + 1];
    for (let p = first[b], e = 3 * p; p < end; p++, e += 3) {
      const amount = x[column[p]];
      l0 -= entries[e] * amount;
      l1 -= entries[e + 1] * amount;
      l2 -= entries[e + 2] * amount;
    }
    left[3 * b] = l0;
    left[3 * b + 1] = l1;
    left[3 * b + 2] = l2;
  }
  const { first: start, row, value: values } = t.matrix;
  for (let w = 0; w < wallColumns.length; w++) {
    const amount = x[wallColumns[w]];
    if (amount === 0) continue;
    for (let k = start[wallColumns[w]]; k < start[wallColumns[w] + 1]; k++) left[row[k]] -= values[k] * amount;
  }
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
  const { problem, left, step, held, at, y } = t;
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
 * Prices, the bounds that they ask for (nearly free columns keep theirs), x and what is left over. Columns that came to
 * lie between their bounds, or to leave, are listed.
 */
function sweep(t: Tracker, demand: Float64Array): void {
  const { price, half, walls, at, x, y, changed } = t;
  const { lower, upper } = t.problem;
  prices(t, y, price);
  let changes = 0;
  for (let i = 0; i < x.length; i++) {
    const wish = price[i] * half[i];
    if (walls[i] === 0) {
      const to = wish <= lower[i] ? -1 : wish >= upper[i] ? 1 : 0;
      if (to !== at[i]) {
        if (to === 0 || at[i] === 0) changed[changes++] = i;
        at[i] = to;
      }
    }
    x[i] = at[i] === 0 ? wish : at[i] < 0 ? lower[i] : upper[i];
  }
  t.changes = changes;
  remainder(t, demand);
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

/** What the cost cannot be less than: the dual's value at y, nearly free columns too answering to their prices. */
function atLeast(t: Tracker, demand: Float64Array): number {
  const { price, x, half, walls } = t;
  const { weight, lower } = t.problem;
  let sum = value(t, demand);
  wallPrices(t);
  for (let i = 0; i < x.length; i++) {
    if (!walls[i]) continue;
    const answer = Math.max(lower[i], price[i] * half[i]);
    sum += x[i] * (price[i] - weight[i] * x[i]) - answer * (price[i] - weight[i] * answer);
  }
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

/** The curvature sum of half_i a_i a_i' over columns between their bounds, lower blocks, factored. */
function curve(t: Tracker): void {
  const { at, half } = t;
  t.curved.fill(0);
  for (let i = 0; i < at.length; i++) if (at[i] === 0) addSquare(t, i, half[i]);
  factorise(t);
}

/** Add to the curvature the columns that came to lie between their bounds, take away those that left. */
function mend(t: Tracker): void {
  const { at, half, changed, changes } = t;
  for (let k = 0; k < changes; k++) addSquare(t, changed[k], at[changed[k]] === 0 ? half[changed[k]] : -half[changed[k]]);
}

function factorise(t: Tracker): void {
  factor(t.curved, t.ruler, LEAST, t.held, t.factored, t.scale, GRAIN);
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
