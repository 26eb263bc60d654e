/** The dual of a sharing problem: what the columns answer to a price, and the curvature K. */

import type { SharingProblem } from './problem';
import { addSquare, factor, plusSizes, sizeOf, solved, sparse, type Sparse } from './sparse';

const NEARLY_FREE = 1e5; // columns this many times as cheap as the dearest are walls
export const LEAST = 1e-12; // damping of a row, of its squared size
const KEPT = 100; // columns that may come and go before K is made anew
export const GRAINS = [2e-15, 1e-14, 1e-13];
export const ROUNDS = 4; // roundings of the size of a price that its error may reach
export const EPSILON = 2.220446049250313e-16;

/**
 * With s = matrix' y column i answers x_i = clip(s_i / (2 weight_i), lower_i, upper_i); its slope is D_i = 1 / (2
 * weight_i) between the bounds, else 0. The gradient of the dual is `left` = demand - matrix x, its curvature
 * K = matrix D matrix' over the rows that are not held at +- unmetCost. All arrays are kept from call to call.
 */
export class Dual {
  readonly a: Sparse;
  readonly half: Float64Array; // (n,) 1 / (2 weight)
  readonly walls: Uint8Array; // (n,) 1 for nearly free columns
  readonly least: Float64Array; // (m,) 1e-4 of each row's largest entry
  readonly price: Float64Array; // (n,) s
  readonly turn: Float64Array; // (n,) matrix' step
  readonly bend: Float64Array; // (n,) D
  readonly left: Float64Array; // (m,)
  readonly size: Float64Array; // (m,) see `measure`
  readonly step: Float64Array; // (m,)
  readonly held: Int8Array; // (m,) 1 where the multiplier is at its bound and stays there
  soft: Float64Array; // (n,) half of walls made softer
  private readonly ruler: Float64Array; // (m,) squared size of each row, the unit of damping
  private readonly k: Float64Array; // (m, m) K of all rows, lower triangle
  private readonly factor: Float64Array; // (m, m) of K of the rows that are not held
  private readonly unit: Float64Array; // (m,) its scale
  private readonly bendOf: Float64Array; // (n,) D that K was made of
  private readonly heldOf: Int8Array; // (m,) rows that the factor was made without
  /** Part of a row's own curvature that is added to it, above what rounding makes of K. */
  grain = GRAINS[0];
  private shade = LEAST; // damping, in its unit
  private grainOf = 0;
  private shadeOf = 0; // that the factor was made with
  private updates = 0; // columns that came and went since K was made anew

  constructor(readonly problem: SharingProblem) {
    const { rows, columns, matrix } = problem;
    this.a = matrix instanceof Float64Array ? sparse(matrix, rows, columns) : matrix;
    this.half = new Float64Array(columns);
    this.walls = new Uint8Array(columns);
    this.least = new Float64Array(rows);
    this.ruler = new Float64Array(rows);
    this.soft = this.half;
    this.price = new Float64Array(columns);
    this.turn = new Float64Array(columns);
    this.bend = new Float64Array(columns);
    this.left = new Float64Array(rows);
    this.size = new Float64Array(rows);
    this.step = new Float64Array(rows);
    this.held = new Int8Array(rows);
    this.k = new Float64Array(rows * rows);
    this.factor = new Float64Array(rows * rows);
    this.unit = new Float64Array(rows);
    this.bendOf = new Float64Array(columns);
    this.heldOf = new Int8Array(rows);
    this.renew();
  }

  /** Take note that numbers of the problem have changed where they stand. */
  renew(): void {
    const { rows, columns, weight } = this.problem;
    const { first, row, value } = this.a;
    const { half, walls, least, ruler } = this;
    let common = 0;
    for (let i = 0; i < columns; i++) common = Math.max(common, weight[i]);
    least.fill(0);
    ruler.fill(0);
    for (let i = 0; i < columns; i++) {
      half[i] = 0.5 / weight[i];
      walls[i] = weight[i] * NEARLY_FREE < common ? 1 : 0;
      const most = Math.min(half[i], 0.5 / common);
      for (let k = first[i]; k < first[i + 1]; k++) {
        const square = value[k] * value[k];
        if (square > least[row[k]]) least[row[k]] = square;
        ruler[row[k]] += most * square;
      }
    }
    for (let j = 0; j < rows; j++) {
      least[j] = 1e-4 * Math.sqrt(least[j]);
      if (ruler[j] === 0) ruler[j] = 1;
    }
    this.soft = half;
    this.shadeOf = 0;
    this.updates = KEPT;
  }

  /** Make walls softer: their weights are multiplied by `times`. */
  soften(times: number): void {
    const { half, walls } = this;
    this.soft = times === 1 ? half : half.map((x, i) => (walls[i] ? x / times : x));
  }

  /** Multipliers that would balance the demand if no column had a bound, moved within their own. */
  begin(demand: Float64Array): Float64Array {
    const { rows, unmetCost } = this.problem;
    const y = new Float64Array(rows);
    this.bend.set(this.soft);
    this.held.fill(0);
    this.direct(demand, y);
    for (let j = 0; j < rows; j++) y[j] = Math.max(-unmetCost[j], Math.min(unmetCost[j], y[j]));
    return y;
  }

  /** y = K^-1 right, 0 in rows that are held; shade: damping of a row, of its squared size. */
  direct(right: Float64Array, y: Float64Array, shade = LEAST): void {
    this.shade = shade;
    this.prepare();
    solved(this.factor, this.unit, right, y);
  }

  /** Price, x and D, the answers to y, with `left` and `size`. */
  answer(demand: Float64Array, y: Float64Array, x: Float64Array): void {
    const { lower, upper, columns } = this.problem;
    const { first, row, value } = this.a;
    const { price, bend, soft, left, size, least } = this;
    left.set(demand);
    for (let j = 0; j < size.length; j++) size[j] = Math.abs(demand[j]) + least[j] || 1;
    for (let i = 0; i < columns; i++) {
      const begin = first[i];
      const end = first[i + 1];
      let sum = 0;
      for (let k = begin; k < end; k += 3) {
        const j = row[k];
        sum += value[k] * y[j] + value[k + 1] * y[j + 1] + value[k + 2] * y[j + 2];
      }
      price[i] = sum;
      const wish = sum * soft[i];
      const free = wish > lower[i] && wish < upper[i];
      const amount = free ? wish : wish > lower[i] ? upper[i] : lower[i];
      bend[i] = free ? soft[i] : 0;
      x[i] = amount;
      if (amount === 0) continue;
      for (let k = begin; k < end; k += 3) {
        const j = row[k];
        const p = value[k] * amount;
        const q = value[k + 1] * amount;
        const r = value[k + 2] * amount;
        left[j] -= p;
        left[j + 1] -= q;
        left[j + 2] -= r;
        size[j] += Math.abs(p);
        size[j + 1] += Math.abs(q);
        size[j + 2] += Math.abs(r);
      }
    }
  }

  /**
   * The answers to y as `answer`, from the bounds that D says hold; returns whether any changed. A nearly free column
   * answers the least change of its price with leaps: it keeps to its bound, or off it, unless it is `letGo`
   * and leaves it by more than rounding of its price makes.
   */
  pivot(demand: Float64Array, y: Float64Array, x: Float64Array, letGo: boolean): boolean {
    const { lower, upper, columns } = this.problem;
    const { first, row, value } = this.a;
    const { price, bend, half, left, walls } = this;
    left.set(demand);
    let changed = false;
    for (let i = 0; i < columns; i++) {
      const begin = first[i];
      const end = first[i + 1];
      let sum = 0;
      for (let k = begin; k < end; k += 3) {
        const j = row[k];
        sum += value[k] * y[j] + value[k + 1] * y[j + 1] + value[k + 2] * y[j + 2];
      }
      price[i] = sum;
      const wish = sum * half[i];
      const was = bend[i] !== 0;
      let free = wish > lower[i] && wish < upper[i];
      if (free !== was) {
        if (walls[i] && !(letGo && this.leapt(i, y))) free = was;
        else changed = true;
      }
      if (free) x[i] = Math.max(lower[i], Math.min(upper[i], wish));
      else if (!walls[i] || letGo) x[i] = wish > lower[i] && upper[i] < Infinity ? upper[i] : lower[i];
      bend[i] = free ? half[i] : 0;
      const amount = x[i];
      if (amount === 0) continue;
      for (let k = begin; k < end; k += 3) {
        const j = row[k];
        left[j] -= value[k] * amount;
        left[j + 1] -= value[k + 1] * amount;
        left[j + 2] -= value[k + 2] * amount;
      }
    }
    return changed;
  }

  /** Whether the answer of column i to y lies on the other side of a bound by more than rounding of its price makes. */
  private leapt(i: number, y: Float64Array): boolean {
    const { lower, upper } = this.problem;
    const wish = this.price[i] * this.half[i];
    const away = Math.min(Math.abs(wish - lower[i]), Math.abs(wish - upper[i]));
    return away > ROUNDS * EPSILON * this.half[i] * sizeOf(this.a, i, y);
  }

  /** size_j = |demand_j| + (|matrix| |x|)_j + least_j, 1 where that is 0. */
  measure(demand: Float64Array, x: Float64Array): void {
    const { size, least } = this;
    for (let j = 0; j < size.length; j++) size[j] = Math.abs(demand[j]) + least[j] || 1;
    plusSizes(this.a, x, size, size);
  }

  /** Factor K of the columns between their bounds and the rows that are not held; only what has changed is done. */
  private prepare(): void {
    const { bend, held, bendOf, heldOf, k } = this;
    let changed = 0;
    let free = 0;
    let anew = false;
    for (let i = 0; i < bend.length; i++) {
      if (bend[i] !== bendOf[i]) changed++;
      // A nearly free column that leaves, or gets less free, would take digits of the others along.
      if (this.walls[i] && bend[i] < bendOf[i]) anew = true;
      if (bend[i] !== 0) free++;
    }
    let same = changed === 0 && this.updates < KEPT && this.shade === this.shadeOf && this.grain === this.grainOf;
    for (let j = 0; j < held.length && same; j++) same = held[j] === heldOf[j];
    if (same) return;
    this.updates += changed;
    anew ||= this.updates >= KEPT || 2 * changed > free;
    if (anew) {
      this.updates = 0;
      k.fill(0);
    }
    for (let i = 0; i < bend.length; i++) {
      const amount = anew ? bend[i] : bend[i] - bendOf[i];
      if (amount !== 0) addSquare(this.a, i, amount, k);
    }
    bendOf.set(bend);
    heldOf.set(held);
    this.shadeOf = this.shade;
    factor(k, this.ruler, this.shade, held, this.factor, this.unit, this.grain);
    this.grainOf = this.grain;
  }
}
