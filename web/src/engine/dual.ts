/** The dual of a sharing problem: what the columns answer to a price, the curvature K, and the climb to its top. */

import type { SharingProblem } from './sharing';
import { addSquare, factor, lessTimes, plusSizes, solved, sparse, turnedTimes, type Sparse } from './sparse';

const NEARLY_FREE = 1e5; // columns this many times as cheap as the dearest are walls
const MOST = 200; // Newton steps of a climb
const IDLE = 12; // steps without gain after which, near the top, rounding decides what is next
const SEARCHED = 60; // places that a line search may look at
const GOOD = 0.05; // part of the slope that a line search may leave
const NEAR = 1e-3; // part of a row's size from which on rounding is looked at
const LEAST = 1e-12; // damping of a row, of its squared size
const MOST_DAMPING = 1e-2;
const SHORT = 0.03; // part of a Newton step below which the next is damped more
const KEPT = 100; // columns that may come and go before K is made anew
export const GRAINS = [2e-15, 1e-14, 1e-13];
const ROUNDS = 4; // roundings of the size of a price that its error may reach
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
  private readonly soft: Float64Array; // (n,) half of walls made softer
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
    const { rows, columns, matrix, weight } = problem;
    this.a = sparse(matrix, rows, columns);
    let common = 0;
    for (let i = 0; i < columns; i++) common = Math.max(common, weight[i]);
    this.half = new Float64Array(columns);
    this.walls = new Uint8Array(columns);
    this.least = new Float64Array(rows);
    this.ruler = new Float64Array(rows);
    const { first, row, value } = this.a;
    for (let i = 0; i < columns; i++) {
      this.half[i] = 0.5 / weight[i];
      this.walls[i] = weight[i] * NEARLY_FREE < common ? 1 : 0;
      const half = Math.min(this.half[i], 0.5 / common);
      for (let k = first[i]; k < first[i + 1]; k++) {
        this.least[row[k]] = Math.max(this.least[row[k]], 1e-4 * Math.abs(value[k]));
        this.ruler[row[k]] += half * value[k] * value[k];
      }
    }
    this.soft = this.half.slice();
    for (let j = 0; j < rows; j++) if (this.ruler[j] === 0) this.ruler[j] = 1;
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
  }

  /** Make walls softer: their weights are multiplied by `times`. */
  soften(times: number): void {
    for (let i = 0; i < this.soft.length; i++) this.soft[i] = this.walls[i] ? this.half[i] / times : this.half[i];
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

  /** y = K^-1 right, 0 in rows that are held; next to no damping. */
  direct(right: Float64Array, y: Float64Array): void {
    this.shade = LEAST;
    this.prepare();
    solved(this.factor, this.unit, right, y);
  }

  /** Newton steps from y, which they change, with x its answer, until no row misses more than `tolerance` of its size. */
  climb(demand: Float64Array, x: Float64Array, y: Float64Array, tolerance: number): void {
    const { rows, unmetCost } = this.problem;
    const { left, held, step, size } = this;
    this.shade = LEAST;
    let least = Infinity;
    let since = 0;
    for (let count = 0; ; count++) {
      this.answer(y, x);
      lessTimes(this.a, x, demand, left);
      this.measure(demand, x);
      let worst = 0;
      for (let j = 0; j < rows; j++) {
        held[j] = Math.abs(y[j]) >= unmetCost[j] && left[j] * y[j] >= 0 ? 1 : 0;
        if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
      }
      since = worst < 0.5 * least ? 0 : since + 1;
      least = Math.min(least, worst);
      if (count === MOST || worst <= tolerance) return;
      if (worst <= NEAR && (since > IDLE || this.rounded(y, tolerance))) return;
      for (let again = true; again; ) {
        this.prepare();
        solved(this.factor, this.unit, left, step);
        again = false;
        for (let j = 0; j < rows; j++) {
          if (!held[j] && Math.abs(y[j]) >= unmetCost[j] && step[j] * y[j] > 0) {
            held[j] = 1;
            again = true;
          }
        }
      }
      const share = this.move(demand, y);
      this.shade = share < SHORT ? Math.min(this.shade * 1e3, MOST_DAMPING) : Math.max(this.shade * 1e-3, LEAST);
    }
  }

  /** x and D, the answers to y. */
  private answer(y: Float64Array, x: Float64Array): void {
    const { lower, upper, columns } = this.problem;
    const { price, bend, soft } = this;
    turnedTimes(this.a, y, price);
    for (let i = 0; i < columns; i++) {
      const wish = price[i] * soft[i];
      const free = wish > lower[i] && wish < upper[i];
      x[i] = free ? wish : wish > lower[i] ? upper[i] : lower[i];
      bend[i] = free ? soft[i] : 0;
    }
  }

  /** size_j = |demand_j| + (|matrix| |x|)_j + least_j, 1 where that is 0. */
  measure(demand: Float64Array, x: Float64Array): void {
    const { size, least } = this;
    for (let j = 0; j < size.length; j++) size[j] = Math.abs(demand[j]) + least[j] || 1;
    plusSizes(this.a, x, size, size);
  }

  /** Whether what is left over is no more than rounding of the prices can make, through D. */
  private rounded(y: Float64Array, tolerance: number): boolean {
    const { first, row, value } = this.a;
    const { left, size, held, bend, step } = this;
    for (let j = 0; j < size.length; j++) step[j] = tolerance * size[j];
    for (let i = 0; i < bend.length; i++) {
      if (bend[i] === 0) continue;
      let price = 0;
      for (let k = first[i]; k < first[i + 1]; k++) price += Math.abs(value[k] * y[row[k]]);
      price *= ROUNDS * EPSILON * bend[i];
      for (let k = first[i]; k < first[i + 1]; k++) step[row[k]] += price * Math.abs(value[k]);
    }
    return left.every((amount, j) => held[j] || Math.abs(amount) <= step[j]);
  }

  /** Factor K of the columns between their bounds and the rows that are not held; only what has changed is done. */
  private prepare(): void {
    const { bend, held, bendOf, heldOf, k } = this;
    let changed = 0;
    let free = 0;
    let anew = false;
    for (let i = 0; i < bend.length; i++) {
      if (bend[i] !== bendOf[i]) changed++;
      // A nearly free column that leaves would take digits of the others along.
      if (bend[i] === 0 && this.walls[i] && bendOf[i] !== 0) anew = true;
      if (bend[i] !== 0) free++;
    }
    let same = changed === 0 && this.shade === this.shadeOf && this.grain === this.grainOf;
    for (let j = 0; j < held.length && same; j++) same = held[j] === heldOf[j];
    if (same) return;
    this.updates += changed;
    anew ||= this.updates > KEPT || 2 * changed > free;
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

  /** Move y along the step to where the dual is highest, nearly, or to the first bound of a multiplier. */
  private move(demand: Float64Array, y: Float64Array): number {
    const { rows, columns, unmetCost, lower, upper } = this.problem;
    const { step, price, turn, left, soft } = this;
    turnedTimes(this.a, step, turn);
    let most = Infinity;
    let bound = -1;
    let along = 0;
    let slope = 0;
    for (let j = 0; j < rows; j++) {
      if (step[j] === 0) continue;
      const room = (unmetCost[j] - Math.sign(step[j]) * y[j]) / Math.abs(step[j]);
      if (room < most) {
        most = room;
        bound = j;
      }
      along += step[j] * demand[j];
      slope += step[j] * left[j];
    }
    let low = 0;
    let high = most;
    let share = Math.min(1, most);
    for (let count = 0; count < SEARCHED; count++) {
      let rise = along;
      let fall = 0;
      for (let i = 0; i < columns; i++) {
        const t = turn[i];
        const wish = (price[i] + share * t) * soft[i];
        if (wish <= lower[i]) rise -= t * lower[i];
        else if (wish >= upper[i]) rise -= t * upper[i];
        else {
          rise -= t * wish;
          fall += t * t * soft[i];
        }
      }
      if (Math.abs(rise) <= GOOD * slope || (rise > 0 && share === most)) break;
      if (rise > 0) low = share;
      else high = share;
      const next = share + rise / fall;
      if (next > low && next < high) share = next;
      else share = high < Infinity ? (high === most && rise > 0 ? most : 0.5 * (low + high)) : 10 * share;
    }
    for (let j = 0; j < rows; j++) {
      const to = y[j] + share * step[j];
      y[j] = Math.max(-unmetCost[j], Math.min(unmetCost[j], to));
    }
    if (share === most && bound >= 0) y[bound] = Math.sign(step[bound]) * unmetCost[bound];
    return share;
  }
}
