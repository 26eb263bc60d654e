/**
 * Share a load out over muscles and contacts: what `muscle/sharing.py` solves, for one problem, of power 2.
 *
 *   minimise    sum_i weight_i x_i^2 + sum_j unmetCost_j |unmet_j|
 *   subject to  matrix x + unmet = demand,   lower <= x <= upper
 *
 * With the multipliers y (one a row, |y_j| <= unmetCost_j) each column answers its price s_i = (matrix' y)_i alone,
 * x_i = clip(s_i / (2 weight_i), lower_i, upper_i), so that the concave dual has the gradient demand - matrix x and,
 * piece by piece, the curvature K = matrix D matrix', D_i = 1 / (2 weight_i) where x_i is between its bounds. Newton
 * steps with a line search along each climb it and end after finitely many pieces (`climb`). Nearly free columns
 * (contacts) are walls in it: a cold start first climbs softer ones. A start says which bounds hold, which is most of
 * the answer (`follow`). What rounding of the prices leaves over is spread by the last K (`finish`).
 */

import { addSquare, factor, lessTimes, plusSizes, solved, sparse, turnedTimes, type Sparse } from './sparse';

/** One problem of m rows and n columns. */
export interface SharingProblem {
  rows: number;
  columns: number;
  matrix: Float64Array; // (m, n) row-major: what one unit of x_i adds to row j
  demand: Float64Array; // (m,) N, N m
  lower: Float64Array; // (n,) 0 or more
  upper: Float64Array; // (n,) lower or more, may be Infinity
  weight: Float64Array; // (n,) above 0
  unmetCost: Float64Array; // (m,) above 0
}

/** What the columns carry; `unmet` is exactly 0 where |multiplier| < unmetCost. */
export interface SharingSolution {
  x: Float64Array; // (n,)
  unmet: Float64Array; // (m,)
  multipliers: Float64Array; // (m,)
  objective: number;
  converged: boolean;
}

const NEARLY_FREE = 1e5; // columns this many times as cheap as the dearest are walls
const SOFTER = [1e5, 1e2, 1]; // what the weights of walls are multiplied by, one climb after another
const HARD = [1];
const MENDED = 2; // times that the bounds are mended after a climb
const MOST = 200; // Newton steps of a climb
const FOLLOWED = 8; // steps by which a start is followed
const NEAR = 1e-6; // part of a row's size from which on rounding is looked at
const TOLERANCE = 1e-10; // and that a climb may leave besides
const REFINED = 8; // times that what is left over is spread
const EXACT = 1e-13; // part of a row's size at which there is nothing left to spread
const KEPT = 100; // columns that may come and go before K is made anew
const ROUNDING = 1e-12; // part of a row's size that is no unmet demand
const FOUND = 1e-9; // residual up to which a solution counts as found, see `residual`
const LEAST = 1e-12; // damping of a row, of its squared size
const MOST_DAMPING = 1e-2;
const SHORT = 0.03; // part of a Newton step below which the next is damped more
const EPSILON = 2.220446049250313e-16;

/** Solves one problem for any number of demands. */
export class Sharing {
  private readonly a: Sparse;
  private readonly half: Float64Array; // (n,) 1 / (2 weight)
  private readonly soft: Float64Array; // (n,) the same while walls are softer
  private readonly walls: Uint8Array; // (n,)
  private readonly least: Float64Array; // (m,) 1e-4 of each row's largest entry
  private readonly ruler: Float64Array; // (m,) squared size of each row, the unit of damping
  private readonly price: Float64Array; // (n,) matrix' y
  private readonly turn: Float64Array; // (n,) matrix' step
  private readonly bend: Float64Array; // (n,) D
  private readonly left: Float64Array; // (m,) demand - matrix x
  private readonly size: Float64Array; // (m,) of the rows, see `measure`
  private readonly step: Float64Array; // (m,)
  private readonly held: Int8Array; // (m,) 1 where the multiplier is at its bound and stays there
  private readonly k: Float64Array; // (m, m) K of all rows, lower triangle
  private readonly factor: Float64Array; // (m, m) of K of the rows that are not held
  private readonly unit: Float64Array; // (m,) its scale
  private readonly bendOf: Float64Array; // (n,) D that K was made of
  private readonly heldOf: Int8Array; // (m,) rows that the factor was made without
  private shade = LEAST; // damping, in its unit
  private shadeOf = 0; // that the factor was made with
  private updates = Infinity; // columns that came and went since K was made anew

  constructor(private readonly problem: SharingProblem) {
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

  /** The solution for a demand (m,); `start`, of a problem nearby, saves most of the work. */
  solve(demand: Float64Array, start?: SharingSolution): SharingSolution {
    let best = start && this.follow(demand, start);
    if (best?.converged) return best;
    for (const softer of start ? [HARD, SOFTER] : [SOFTER]) {
      const y = softer === HARD && start ? start.multipliers.slice() : this.begin(demand);
      let found = this.climbed(demand, y, softer);
      for (let count = 0; count < MENDED && !found.converged; count++) found = this.follow(demand, found);
      if (found.converged) return found;
      best = found;
    }
    return best!;
  }

  /** Keep the bounds that hold in the start and see whether that is the answer; change those that do not fit. */
  private follow(demand: Float64Array, start: SharingSolution): SharingSolution {
    const { rows, columns, lower, upper, unmetCost } = this.problem;
    const { bend, price, half, walls, left, held, step, least } = this;
    const y = start.multipliers.slice();
    const x = start.x.slice();
    this.shade = LEAST;
    for (let j = 0; j < rows; j++) held[j] = start.unmet[j] !== 0 ? 1 : 0;
    for (let count = 0; ; count++) {
      turnedTimes(this.a, y, price);
      let changed = count === 0;
      for (let i = 0; i < columns; i++) {
        const wish = price[i] * half[i];
        let free = wish > lower[i] && wish < upper[i];
        const before = count === 0 ? x[i] > lower[i] && x[i] < upper[i] : bend[i] !== 0;
        if (walls[i] && free !== before && (count === 0 || this.leapt(i, y) === 0)) free = before;
        // A nearly free column answers the least change of its price with leaps: at first it keeps to its bound.
        if (free) x[i] = Math.max(lower[i], Math.min(upper[i], wish));
        else if (!walls[i] || count > 0) x[i] = wish > lower[i] && upper[i] < Infinity ? upper[i] : lower[i];
        if (free !== before) changed = true;
        bend[i] = free ? half[i] : 0;
      }
      lessTimes(this.a, x, demand, left);
      for (let j = 0; j < rows && count > 0; j++) {
        if (held[j] && left[j] * y[j] < 0 && Math.abs(left[j]) > TOLERANCE * (Math.abs(demand[j]) + least[j])) {
          held[j] = 0;
          changed = true;
        }
      }
      if (!changed || count === FOLLOWED) break;
      this.prepare();
      solved(this.factor, this.unit, left, step);
      for (let j = 0; j < rows; j++) {
        y[j] += step[j];
        if (Math.abs(y[j]) <= unmetCost[j]) continue;
        y[j] = Math.sign(y[j]) * unmetCost[j];
        held[j] = 1;
      }
    }
    return this.finish(demand, x, y);
  }

  /** By how much the answer of column i to y lies on the other side of a bound, beyond what rounding of its price makes. */
  private leapt(i: number, y: Float64Array): number {
    const { first, row, value } = this.a;
    const { lower, upper } = this.problem;
    let size = 0;
    for (let k = first[i]; k < first[i + 1]; k++) size += Math.abs(value[k] * y[row[k]]);
    const wish = this.price[i] * this.half[i];
    const away = Math.min(Math.abs(wish - lower[i]), Math.abs(wish - upper[i]));
    return Math.max(0, away - 4 * EPSILON * this.half[i] * size);
  }

  /** Multipliers that would balance the demand if no column had a bound and walls were soft, within their bounds. */
  private begin(demand: Float64Array): Float64Array {
    const { rows, unmetCost } = this.problem;
    const y = new Float64Array(rows);
    this.soften(SOFTER[0]);
    this.bend.set(this.soft);
    this.held.fill(0);
    this.shade = LEAST;
    this.prepare();
    solved(this.factor, this.unit, demand, y);
    for (let j = 0; j < rows; j++) y[j] = Math.max(-unmetCost[j], Math.min(unmetCost[j], y[j]));
    return y;
  }

  private soften(times: number): void {
    for (let i = 0; i < this.soft.length; i++) this.soft[i] = this.walls[i] ? this.half[i] / times : this.half[i];
  }

  /** Climb from y with walls ever harder. */
  private climbed(demand: Float64Array, y: Float64Array, softer: number[]): SharingSolution {
    const x = new Float64Array(this.problem.columns);
    for (const times of softer) {
      this.soften(times);
      this.climb(demand, x, y, times === 1 ? TOLERANCE : NEAR);
    }
    return this.finish(demand, x, y);
  }

  /** Newton steps from y, which they change, with x its answer, until no row misses more than `tolerance` of its size. */
  private climb(demand: Float64Array, x: Float64Array, y: Float64Array, tolerance: number): void {
    const { rows, unmetCost } = this.problem;
    const { left, held, step, size } = this;
    this.shade = LEAST;
    for (let count = 0; ; count++) {
      this.answer(y, x);
      lessTimes(this.a, x, demand, left);
      this.measure(demand, x);
      let worst = 0;
      for (let j = 0; j < rows; j++) {
        held[j] = Math.abs(y[j]) >= unmetCost[j] && left[j] * y[j] >= 0 ? 1 : 0;
        if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
      }
      if (count === MOST || worst <= tolerance || (worst <= NEAR && this.rounded(y, tolerance))) return;
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
  private measure(demand: Float64Array, x: Float64Array): void {
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
      price *= 4 * EPSILON * bend[i];
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
    let same = changed === 0 && this.shade === this.shadeOf;
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
    factor(k, this.ruler, this.shade, held, this.factor, this.unit);
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
    for (let count = 0; count < 60; count++) {
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
      if (Math.abs(rise) <= 0.05 * slope || (rise > 0 && share === most)) break;
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

  /** Spread `left` among the columns between their bounds and say what came out. */
  private finish(demand: Float64Array, x: Float64Array, y: Float64Array): SharingSolution {
    const { rows, columns, lower, upper, weight, unmetCost } = this.problem;
    const { left, held, step, turn, bend, size } = this;
    this.shade = LEAST;
    this.prepare();
    this.measure(demand, x);
    for (let count = 0; count < REFINED; count++) {
      let worst = 0;
      for (let j = 0; j < rows; j++) if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
      if (worst <= EXACT) break;
      solved(this.factor, this.unit, left, step);
      turnedTimes(this.a, step, turn);
      for (let i = 0; i < columns; i++) {
        if (bend[i] !== 0) x[i] = Math.max(lower[i], Math.min(upper[i], x[i] + bend[i] * turn[i]));
      }
      for (let j = 0; j < rows; j++) y[j] += step[j];
      lessTimes(this.a, x, demand, left);
    }
    const unmet = new Float64Array(rows);
    let objective = 0;
    for (let j = 0; j < rows; j++) {
      if (held[j] && left[j] * y[j] > 0 && Math.abs(left[j]) > ROUNDING * size[j]) unmet[j] = left[j];
      objective += Math.abs(unmet[j]) * unmetCost[j];
    }
    for (let i = 0; i < columns; i++) objective += weight[i] * x[i] * x[i];
    const converged = this.residual(x, y, unmet) <= FOUND;
    return { x, unmet, multipliers: y, objective, converged };
  }

  /**
   * How far a claimed solution is from optimal, as `kkt_residual` in `muscle/problem.py`: balance of the rows, price of
   * x and price of the rows; x is within its bounds. Needs `left` and `size`.
   */
  private residual(x: Float64Array, y: Float64Array, unmet: Float64Array): number {
    const { rows, columns, lower, upper, weight, unmetCost } = this.problem;
    const { first, row, value } = this.a;
    const { left, size } = this;
    let worst = 0;
    for (let j = 0; j < rows; j++) {
      worst = Math.max(worst, Math.abs(left[j] - unmet[j]) / size[j]);
      const limit = unmetCost[j];
      const asked = Math.max(-limit, Math.min(limit, y[j] + (limit * unmet[j]) / size[j]));
      worst = Math.max(worst, Math.abs(y[j] - asked) / limit);
    }
    for (let i = 0; i < columns; i++) {
      let price = 0;
      let steep = 2 * weight[i];
      for (let k = first[i]; k < first[i + 1]; k++) {
        const part = value[k] * y[row[k]];
        price += part;
        steep += Math.abs(part);
      }
      const moved = x[i] - (2 * weight[i] * x[i] - price) / steep;
      worst = Math.max(worst, Math.abs(x[i] - Math.max(lower[i], Math.min(upper[i], moved))));
    }
    return worst;
  }
}
