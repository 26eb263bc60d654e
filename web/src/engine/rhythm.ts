/** The lumbar rhythm gives way under load: how a given trunk flexion is shared by the levels. `mechanics/rhythm.py`. */

import { act, addAll, type Acting } from './acting';
import { asked, equilibrium, exactly, type Equilibrium } from './equilibrium';
import { atRest, type Kinetics } from './kinetics';
import type { SettleRules } from './figures';
import type { SharingProblem, SharingSolution } from './problem';
import { Sharing } from './sharing';
import type { Sparse } from './sparse';

const BLOCK = 3;
const DEGREES = 180 / Math.PI;

/** One posture whose free levels, at `rows` (K), leave the angles `begin` (K) of the rhythm by at most `room`. */
interface Search {
  acts: Acting;
  kin: Kinetics;
  positions: Float64Array; // (V) in which the levels stand last
  rows: number[];
  begin: number[];
  room: number[];
  rules: SettleRules;
  discs: Float64Array; // (3 K) the discs' moments, written over
  joint: SharingProblem; // effort and departures together
}

/** Positions (V) whose levels share their flexion, and whether the search came to an end within its passes. */
export interface SharedFlexion {
  positions: Float64Array;
  settled: boolean;
}

/**
 * Positions (V) whose free levels share their flexion with the least effort and unmet moment; `kin` is written over.
 *
 * minimise J(theta) + c sum ((theta_k - s_k) / g_k)^2, J the least cost of the sharing problem, subject to sum theta
 * fixed and |theta_k - s_k| <= g_k = give |s_k|, s the rhythm's angles: sequential quadratic programming within a trust
 * region, with the discs as stiff as at the start of a pass; where that makes the levels swing, the steps are halved.
 * When the passes are used up the search is given up: the last shares are returned, and that they are not settled.
 */
export function settle(acts: Acting, kin: Kinetics, positions: Float64Array, free: string[]): SharedFlexion {
  const { body } = acts;
  const rules = body.mechanics.rules.settle;
  if (free.length < 2) return { positions, settled: true };
  const rows = free.map((level) => body.dof[`${level}_flexion`]).filter((row) => positions[row] !== 0); // the others have no room
  const begin = rows.map((row) => positions[row]);
  if (Math.abs(begin.reduce((sum, angle) => sum + angle, 0)) < rules.smallest) return { positions, settled: true };
  const room = begin.map((angle) => rules.give * Math.abs(angle));
  const discs = new Float64Array(BLOCK * body.mechanics.levels.length);
  const joint = together(acts, room, rules.departure_cost);
  const search: Search = { acts, kin, positions: positions.slice(), rows, begin, room, rules, discs, joint };
  let angles = begin;
  let reach = rules.reach;
  let here = balance(search, angles);
  let settled = false;
  let longest = rules.reach;
  let swings = 0;
  let last = begin.map(() => 0);
  for (let pass = 0; pass < rules.passes; pass++) {
    const now = here.objective + departed(search, angles);
    const next = step(search, angles, here, reach);
    const far = Math.max(...next.angles.map((angle, k) => Math.abs(angle - angles[k])));
    settled = far <= rules.close || now - next.least <= rules.settled * now;
    if (settled) break;
    stand(search, next.angles, false);
    const tried = exactly(acts)(asked(acts, kin, here.loads.compression, discs), next.start);
    const gain = now - tried.objective - departed(search, next.angles);
    if (gain < rules.gained * (now - next.least)) {
      reach = rules.shorter * far;
      stand(search, angles, false);
      continue;
    }
    if (gain > rules.well_gained * (now - next.least)) reach = Math.max(reach, 2 * far);
    // Discs that stiffen as the levels move may send them back, time and again: then the steps are halved.
    const move = next.angles.map((angle, k) => angle - angles[k]);
    swings = along(move, last) < rules.swinging * along(last, last) ? swings + 1 : 0;
    if (swings > 1) longest = 0.5 * far;
    reach = Math.min(reach, longest);
    last = move;
    angles = next.angles;
    here = balance(search, angles, tried, here.loads.compression);
  }
  const found = positions.slice();
  rows.forEach((row, k) => (found[row] = angles[k]));
  return { positions: found, settled };
}

function along(one: number[], other: number[]): number {
  return one.reduce((sum, part, k) => sum + part * other[k], 0);
}

/** Stand with the levels at angles (K), and what acts there. */
function stand({ acts, kin, positions, rows }: Search, angles: number[], whole: boolean): void {
  rows.forEach((row, k) => (positions[row] = angles[k]));
  atRest(acts.body, positions, kin, whole);
  act(acts, kin);
}

/** What balances the posture with its levels at angles (K), where it stands then; start, preload: of one nearby. */
function balance(search: Search, angles: number[], start?: SharingSolution, preload?: Float64Array): Equilibrium {
  stand(search, angles, true);
  return equilibrium(search.acts, search.kin, exactly(search.acts), start, preload);
}

/** c sum ((theta_k - s_k) / g_k)^2. */
function departed({ begin, room, rules }: Search, angles: number[]): number {
  return rules.departure_cost * angles.reduce((sum, angle, k) => sum + ((angle - begin[k]) / room[k]) ** 2, 0);
}

/**
 * The angles (K) that cost least if demand and arms change in proportion to them, that cost, and what solves their
 * sharing nearly. What is left of the demand once the columns x of `here` have acted is r(theta + d) = r + R d, so
 * that departures u from the rhythm, forward and back in parts of their room, are 2 K more columns:
 *
 *   matrix x - R u = demand - R (theta - s),   sum u = 0,   |theta - s - u| <= reach.
 */
function step(
  search: Search,
  angles: number[],
  here: Equilibrium,
  reach: number,
): { angles: number[]; least: number; start: SharingSolution } {
  const { acts, kin, begin, room, rules, discs, joint } = search;
  const { balanced, matrix, problem } = acts;
  const count = problem.columns;
  const levels = angles.length;
  const { first, value } = joint.matrix as Sparse;
  const demand = new Float64Array(joint.rows);
  const away = angles.map((angle, k) => (angle - begin[k]) / room[k]);
  const left = () => {
    const rest = asked(acts, kin, here.loads.compression, discs);
    const given = new Float64Array(acts.rows);
    addAll(acts, kin, here.solution.x, given);
    return rest.map((amount, row) => amount - given[row]);
  };
  value.set(matrix.value); // it stands at `angles`
  demand.set(asked(acts, kin, here.loads.compression, discs));
  const base = left();
  for (let k = 0; k < levels; k++) {
    stand(search, angles.map((angle, i) => (i === k ? angle + rules.step : angle)), false);
    const beyond = left();
    const [forward, back] = [first[count + k], first[count + levels + k]];
    for (let row = 0; row < balanced; row++) {
      const turned = ((beyond[row] - base[row]) / rules.step) * room[k];
      value[forward + row] = -turned;
      value[back + row] = turned;
      demand[row] -= turned * away[k];
    }
    const low = Math.max(-1, away[k] - reach / room[k]);
    const high = Math.min(1, away[k] + reach / room[k]);
    joint.lower[count + k] = Math.max(low, 0);
    joint.upper[count + k] = Math.max(high, 0);
    joint.lower[count + levels + k] = Math.max(-high, 0);
    joint.upper[count + levels + k] = Math.max(-low, 0);
  }
  const found = new Sharing(joint).solve(demand, extended(search, here.solution, away));
  const moved = found.x.subarray(count);
  return {
    angles: begin.map((angle, k) => angle + (moved[k] - moved[levels + k]) * room[k]),
    least: found.objective,
    start: {
      ...found,
      x: found.x.slice(0, count),
      unmet: found.unmet.slice(0, balanced),
      multipliers: found.multipliers.slice(0, balanced),
    },
  };
}

/** A solution of the sharing alone as a start of the joint problem, with departures (K) as they are. */
function extended({ joint }: Search, solution: SharingSolution, away: number[]): SharingSolution {
  const [x, unmet, multipliers] = [joint.columns, joint.rows, joint.rows].map((size) => new Float64Array(size));
  x.set(solution.x);
  x.set(away.map((part) => Math.max(part, 0)), solution.x.length);
  x.set(away.map((part) => Math.max(-part, 0)), solution.x.length + away.length);
  unmet.set(solution.unmet);
  multipliers.set(solution.multipliers);
  return { ...solution, x, unmet, multipliers };
}

/** The sharing problem with a forward and a backward departure of each level, and a row that keeps their sum at 0. */
function together(acts: Acting, room: number[], cost: number): SharingProblem {
  const { problem, matrix, balanced } = acts;
  const rows = balanced + BLOCK; // the last two of them empty: columns hold whole blocks
  const more = [...room, ...room.map((angle) => -angle)];
  const columns = problem.columns + more.length;
  const filled = matrix.value.length;
  const first = Int32Array.from({ length: columns + 1 }, (_, i) =>
    i <= problem.columns ? matrix.first[i] : filled + (i - problem.columns) * rows,
  );
  const row = Int32Array.from({ length: first[columns] }, (_, k) => (k < filled ? matrix.row[k] : (k - filled) % rows));
  const value = new Float64Array(first[columns]);
  more.forEach((angle, i) => (value[first[problem.columns + i] + balanced] = angle * DEGREES));
  const longer = (values: Float64Array, size: number, rest: number) => {
    const out = new Float64Array(size).fill(rest);
    out.set(values);
    return out;
  };
  return {
    rows,
    columns,
    matrix: { rows, columns, first, row, value },
    demand: new Float64Array(rows),
    lower: longer(problem.lower, columns, 0),
    upper: longer(problem.upper, columns, 0),
    weight: longer(problem.weight, columns, cost),
    unmetCost: longer(problem.unmetCost, rows, Infinity),
  };
}
