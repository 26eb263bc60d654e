/**
 * The arrays of a sharing problem that is followed from pose to pose, and what is done with them over and over: prices,
 * answers, what is left over, curvature. The notation is that of `dual.ts`; columns hold whole blocks of three rows.
 */

import type { SharingProblem } from './problem';
import { addSquare, factor, type Sparse } from './sparse';

const NEARLY_FREE = 1e5; // columns this many times as cheap as the dearest answer the least change with leaps
const LEAST = 1e-12; // damping of a row, of its squared size
const GRAIN = 1e-14; // with a unit diagonal above rounding, so that no matrix is singular

/** See the file; the arrays hold what was worked out last. */
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
export function read({ from, entries, matrix }: Tracker): void {
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
export function prices({ first, column, entries, wallColumns, at, matrix }: Tracker, y: Float64Array, out: Float64Array): void {
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

/** Prices of all nearly free columns. */
export function wallPrices({ wallColumns, matrix, y, price }: Tracker): void {
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

/**
 * Prices, the bounds that they ask for (nearly free columns keep theirs), x and what is left over. Columns that came to
 * lie between their bounds, or to leave, are listed.
 */
export function sweep(t: Tracker, demand: Float64Array): void {
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

/** Put a column at its bound, or off it, with this x; curvature and what is left over follow. */
export function load(t: Tracker, i: number, at: number, x: number): void {
  const { first, row, value: values } = t.matrix;
  const more = x - t.x[i];
  for (let k = first[i]; k < first[i + 1]; k++) t.left[row[k]] -= values[k] * more;
  t.x[i] = x;
  t.at[i] = at;
  addSquare(t.matrix, i, at === 0 ? t.half[i] : -t.half[i], t.curved);
}

export function value(t: Tracker, demand: Float64Array): number {
  const { price, x, y } = t;
  const { weight } = t.problem;
  let sum = 0;
  for (let j = 0; j < y.length; j++) sum += y[j] * demand[j];
  for (let i = 0; i < x.length; i++) sum -= x[i] * (price[i] - weight[i] * x[i]);
  return sum;
}

/** What the cost cannot be less than: the dual's value at y, nearly free columns too answering to their prices. */
export function atLeast(t: Tracker, demand: Float64Array): number {
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

/** The curvature sum of half_i a_i a_i' over columns between their bounds, lower blocks, factored. */
export function curve(t: Tracker): void {
  const { at, half } = t;
  t.curved.fill(0);
  for (let i = 0; i < at.length; i++) if (at[i] === 0) addSquare(t.matrix, i, half[i], t.curved);
  factorise(t);
}

/** Add to the curvature the columns that came to lie between their bounds, take away those that left. */
export function mend(t: Tracker): void {
  const { at, half, changed, changes } = t;
  for (let k = 0; k < changes; k++) addSquare(t.matrix, changed[k], at[changed[k]] === 0 ? half[changed[k]] : -half[changed[k]], t.curved);
}

export function factorise(t: Tracker): void {
  factor(t.curved, t.ruler, LEAST, t.held, t.factored, t.scale, GRAIN);
}
