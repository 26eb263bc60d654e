/** The way to the top of the dual of a sharing problem: Newton's steps, each as far along as it gains. */

import { EPSILON, LEAST, ROUNDS, type Dual } from './dual';
import { sizeOf, turnedTimes } from './sparse';

const MOST = 200; // Newton steps of a climb
const IDLE = 12; // steps without gain after which, near the top, rounding decides what is next
const SEARCHED = 60; // places that a line search may look at
const GOOD = 0.05; // part of the slope that a line search may leave
const NEAR = 1e-3; // part of a row's size from which on rounding is looked at
const MOST_DAMPING = 1e-2;
const SHORT = 0.03; // part of a Newton step below which the next is damped more

/** Newton steps from y, which they change, with x its answer, until no row misses more than `tolerance` of its size. */
export function climb(dual: Dual, demand: Float64Array, x: Float64Array, y: Float64Array, tolerance: number): void {
  const { rows, unmetCost } = dual.problem;
  const { left, held, step, size } = dual;
  let shade = LEAST;
  let least = Infinity;
  let since = 0;
  for (let count = 0; ; count++) {
    dual.answer(demand, y, x);
    let worst = 0;
    for (let j = 0; j < rows; j++) {
      held[j] = Math.abs(y[j]) >= unmetCost[j] && left[j] * y[j] >= 0 ? 1 : 0;
      if (!held[j]) worst = Math.max(worst, Math.abs(left[j]) / size[j]);
    }
    since = worst < 0.5 * least ? 0 : since + 1;
    least = Math.min(least, worst);
    if (count === MOST || worst <= tolerance) return;
    if (worst <= NEAR && (since > IDLE || rounded(dual, y, tolerance))) return;
    for (let again = true; again; ) {
      dual.direct(left, step, shade);
      again = false;
      for (let j = 0; j < rows; j++) {
        if (!held[j] && Math.abs(y[j]) >= unmetCost[j] && step[j] * y[j] > 0) {
          held[j] = 1;
          again = true;
        }
      }
    }
    const share = move(dual, demand, y);
    shade = share < SHORT ? Math.min(shade * 1e3, MOST_DAMPING) : Math.max(shade * 1e-3, LEAST);
  }
}

/** Move y along the step to where the dual is highest, nearly, or to the first bound of a multiplier. */
function move(dual: Dual, demand: Float64Array, y: Float64Array): number {
  const { rows, columns, unmetCost, lower, upper } = dual.problem;
  const { step, price, turn, left, soft } = dual;
  turnedTimes(dual.a, step, turn);
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

/** Whether what is left over is no more than rounding of the prices can make, through D. */
function rounded(dual: Dual, y: Float64Array, tolerance: number): boolean {
  const { first, row, value } = dual.a;
  const { left, size, held, bend, step } = dual;
  for (let j = 0; j < size.length; j++) step[j] = tolerance * size[j];
  for (let i = 0; i < bend.length; i++) {
    if (bend[i] === 0) continue;
    const price = sizeOf(dual.a, i, y) * ROUNDS * EPSILON * bend[i];
    for (let k = first[i]; k < first[i + 1]; k++) step[row[k]] += price * Math.abs(value[k]);
  }
  return left.every((amount, j) => held[j] || Math.abs(amount) <= step[j]);
}
