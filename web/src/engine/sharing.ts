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

import { climb } from './climb';
import { Dual, GRAINS } from './dual';
import type { SharingProblem, SharingSolution } from './problem';
import { lessTimes, sizeOf, turnedTimes } from './sparse';

const SOFTER = [1e5, 1e2, 1]; // what the weights of walls are multiplied by, one climb after another
const HARD = [1];
const NEAR = 1e-6; // part of a row's size that a climb over softer walls may leave
const TOLERANCE = 1e-10; // and over hard ones, beside rounding
const FOLLOWED = 8; // steps by which a start is followed
const ASTRAY = 10; // times as much left over as a step before: the bounds of the start lead nowhere
const MENDED = 2; // times that the bounds are mended
const REFINED = 16; // times that what is left over is spread
const STALLED = 0.8; // part of what was left over that is too much to go on
const EXACT = 1e-13; // part of a row's size at which there is nothing left to spread
const ROUNDING = 1e-12; // part of a row's size that is no unmet demand
const CLOSE = 1e-3; // residual from which on bounds are worth mending
const FINE = 1e-13; // residual up to which there is nothing to mend
const SURE = 1e-12; // up to which a followed start is not climbed from
const FOUND = 1e-9; // up to which nothing else is tried
const ACCEPTED = 1e-7; // and up to which a solution counts as found, as in `muscle/sharing.py`

/** Solves one problem for any number of demands. */
export class Sharing {
  private readonly dual: Dual;

  constructor(private readonly problem: SharingProblem) {
    this.dual = new Dual(problem);
  }

  /** Take note that numbers of the problem have changed where they stand (its zeros stay): nothing else is kept. */
  renew(): void {
    this.dual.renew();
  }

  /** The solution for a demand (m,); `start`, of a problem nearby, saves most of the work. */
  solve(demand: Float64Array, start?: SharingSolution): SharingSolution {
    this.dual.grain = GRAINS[0];
    const followed = start && this.follow(demand, start);
    let best = followed && this.mended(demand, followed);
    if (best && best.residual <= SURE) return best;
    for (const grain of GRAINS) {
      this.dual.grain = grain;
      for (const softer of start && grain === GRAINS[0] ? [HARD, SOFTER] : [SOFTER]) {
        const climbed = this.climbed(demand, softer, softer === HARD ? start?.multipliers : undefined);
        const found = this.mended(demand, climbed);
        if (!best || !(found.residual >= best.residual)) best = found;
        if (best.residual <= FOUND) return best;
      }
    }
    return best!;
  }

  /** Follow a solution that is nearly one to what it leads to, where that is better. */
  private mended(demand: Float64Array, found: SharingSolution): SharingSolution {
    let best = found;
    for (let count = 0; count < MENDED && best.residual > FINE && best.residual < CLOSE; count++) {
      const next = this.follow(demand, best);
      if (!next || next.residual >= best.residual) break;
      best = next;
    }
    return best;
  }

  /** Keep the bounds that hold in the start and see whether that is the answer; change those that do not fit. */
  private follow(demand: Float64Array, start: SharingSolution): SharingSolution | null {
    const { rows, columns, lower, upper, unmetCost } = this.problem;
    const { bend, half, held, left, step, size } = this.dual;
    const y = start.multipliers.slice();
    const x = start.x.slice();
    for (let j = 0; j < rows; j++) held[j] = start.unmet[j] !== 0 ? 1 : 0;
    for (let i = 0; i < columns; i++) bend[i] = x[i] > lower[i] && x[i] < upper[i] ? half[i] : 0;
    this.dual.measure(demand, x);
    for (let count = 0, before = Infinity; ; count++) {
      let changed = this.dual.pivot(demand, y, x, count > 0) || count === 0;
      let worst = 0;
      for (let j = 0; j < rows; j++) {
        const part = left[j] / size[j];
        if (count > 0 && held[j] && part * y[j] < 0 && Math.abs(part) > TOLERANCE) {
          held[j] = 0;
          changed = true;
        }
        if (!held[j]) worst = Math.max(worst, Math.abs(part));
      }
      if (!changed || count === FOLLOWED) return this.finish(demand, x, y);
      if (!(worst <= ASTRAY * before)) return null;
      before = Math.max(worst, NEAR);
      this.dual.direct(left, step);
      for (let j = 0; j < rows; j++) {
        y[j] += step[j];
        if (Math.abs(y[j]) <= unmetCost[j]) continue;
        y[j] = Math.sign(y[j]) * unmetCost[j];
        held[j] = 1;
      }
    }
  }

  /** Climb over walls ever harder, from y or from where no column had a bound. */
  private climbed(demand: Float64Array, softer: number[], y?: Float64Array): SharingSolution {
    const x = new Float64Array(this.problem.columns);
    this.dual.soften(softer[0]);
    const at = y?.slice() ?? this.dual.begin(demand);
    for (const times of softer) {
      this.dual.soften(times);
      climb(this.dual, demand, x, at, times === 1 ? TOLERANCE : NEAR);
    }
    return this.finish(demand, x, at);
  }

  /** Spread `left` among the columns between their bounds and say what came out. */
  private finish(demand: Float64Array, x: Float64Array, y: Float64Array): SharingSolution {
    const { rows, columns, lower, upper, weight, unmetCost } = this.problem;
    const { a, left, held, step, price, turn, bend, size } = this.dual;
    for (let count = 0, before = Infinity; count < REFINED; count++) {
      let worst = 0;
      for (let j = 0; j < rows; j++) if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
      if (worst <= EXACT || worst > STALLED * before) break;
      before = worst;
      this.dual.direct(left, step);
      turnedTimes(a, step, turn);
      for (let i = 0; i < columns; i++) {
        price[i] += turn[i];
        if (bend[i] === 0) continue;
        const wish = x[i] + bend[i] * turn[i];
        x[i] = Math.max(lower[i], Math.min(upper[i], wish));
        if (x[i] !== wish) bend[i] = 0; // the others take the rest
      }
      for (let j = 0; j < rows; j++) y[j] += step[j];
      lessTimes(a, x, demand, left);
    }
    const unmet = new Float64Array(rows);
    let objective = 0;
    for (let j = 0; j < rows; j++) {
      if (held[j] && left[j] * y[j] > 0 && Math.abs(left[j]) > ROUNDING * size[j]) unmet[j] = left[j];
      if (unmet[j] !== 0) objective += Math.abs(unmet[j]) * unmetCost[j];
    }
    for (let i = 0; i < columns; i++) objective += weight[i] * x[i] * x[i];
    const residual = this.residual(x, y, unmet);
    return { x, unmet, multipliers: y, objective, residual, converged: residual <= ACCEPTED };
  }

  /**
   * How far a claimed solution is from optimal, as `kkt_residual` in `muscle/problem.py`: balance of the rows, price of
   * x and price of the rows; x is within its bounds. Needs `left`, `size` and `price`.
   */
  private residual(x: Float64Array, y: Float64Array, unmet: Float64Array): number {
    const { rows, columns, lower, upper, weight, unmetCost } = this.problem;
    const { left, size, price, half, a } = this.dual;
    let worst = 0;
    for (let j = 0; j < rows; j++) {
      const limit = unmetCost[j];
      worst = Math.max(worst, Math.abs(left[j] - unmet[j]) / size[j]);
      if (limit === Infinity) continue; // the row must be met, at any price
      const asked = Math.max(-limit, Math.min(limit, y[j] + (limit * unmet[j]) / size[j]));
      worst = Math.max(worst, Math.abs(y[j] - asked) / limit);
    }
    for (let i = 0; i < columns; i++) {
      // The measure divides by more than the bend of the cost: mostly that is small enough, and is soon found.
      if (Math.abs(x[i] - Math.max(lower[i], Math.min(upper[i], price[i] * half[i]))) <= worst) continue;
      const moved = x[i] - (2 * weight[i] * x[i] - price[i]) / (2 * weight[i] + sizeOf(a, i, y));
      worst = Math.max(worst, Math.abs(x[i] - Math.max(lower[i], Math.min(upper[i], moved))));
    }
    return worst;
  }
}
