/** The lumbar rhythm gives way under load: how a given trunk flexion is shared by the levels. `mechanics/rhythm.py`. */

import { act, type Acting } from './acting';
import { asked, equilibrium, exactly, type Equilibrium, type Solve } from './equilibrium';
import { atRest, type Kinetics } from './kinetics';
import type { SettleRules } from './figures';
import type { SharingSolution } from './problem';
import { track, trackOf, trackOn, unmetOf, type Track } from './track';
import { measure, trackerOf, type Tracker } from './tracker';

const FLATTEST = 1e-6; // second difference, as part of the cost, below which rounding and not curvature is seen
const LEAST_CURVATURE = 1e-9; // that may be divided by
const CURVED = 1e-3; // part of the expected curvature that must be seen along a move, for the Hessian to learn from it
const BISECTIONS = 80;
const GRADIENT = [1, 0.25]; // parts of the step that each direction's own curvature asks for

/**
 * Positions (V) whose free levels share their flexion with the least effort and unmet moment; `kin` is written over.
 *
 * minimise J(theta), the least cost of the sharing problem, subject to sum theta fixed and |theta_k - s_k| <= give |s_k|,
 * s the rhythm's angles: BFGS along the directions that keep the sum, with several dampings tried side by side.
 */
export function settle(acts: Acting, kin: Kinetics, positions: Float64Array, free: string[]): Float64Array {
  const { body } = acts;
  const rules = body.mechanics.rules.settle;
  if (free.length < 2) return positions;
  const rows = free.map((level) => body.dof[`${level}_flexion`]);
  const begin = rows.map((row) => positions[row]);
  if (Math.abs(sum(begin)) < rules.smallest) return positions;
  const room = begin.map((angle) => rules.give * Math.abs(angle));
  const basis = rules.bases[free.length];
  const size = basis.length;
  const q = positions.slice();
  const stand = (angles: number[], whole: boolean) => {
    rows.forEach((row, i) => (q[row] = angles[i]));
    atRest(body, q, kin, whole);
    act(acts, kin);
  };
  const tracker = trackerOf(acts.problem, acts.matrix);
  const discs = new Float64Array(3 * body.mechanics.levels.length);
  let angles = begin;
  let bend = diagonal(new Array<number>(size).fill(1));
  let before = new Array<number>(size).fill(0);
  let moved = before;
  let start: SharingSolution | undefined;
  const turns = basis.map(() => new Float64Array(acts.balanced)); // how prices change along each direction
  for (let pass = 0; pass < rules.passes; pass++) {
    stand(angles, true);
    // Within a pass the discs are as stiff as at its start, so that the cost is smooth and cheap.
    const here: Equilibrium = equilibrium(acts, kin, quickly(acts, tracker), start);
    start = here.solution;
    const near = trackOf(acts.problem, start);
    const prices = near.multipliers;
    measure(tracker, here.demand);
    const preload = here.loads.compression;
    const now = here.objective;
    const at = (place: number[], from: Float64Array, most = Infinity) => {
      stand(place, false);
      return least(acts, tracker, asked(acts, kin, preload, discs), near, from, start, most);
    };
    const slope: number[] = [];
    const curvature: number[] = [];
    basis.forEach((direction, d) => {
      const turn = turns[d];
      const up = at(
        angles.map((angle, i) => angle + rules.step * direction[i]),
        prices.map((price, j) => price + rules.step * turn[j]),
      );
      const above = tracker.y.slice();
      const down = at(
        angles.map((angle, i) => angle - rules.step * direction[i]),
        prices.map((price, j) => 2 * price - above[j]),
      );
      for (let j = 0; j < turn.length; j++) turn[j] = (above[j] - tracker.y[j]) / (2 * rules.step);
      slope.push((up - down) / (2 * rules.step));
      curvature.push(Math.max(up + down - 2 * now, FLATTEST * now) / rules.step ** 2);
    });
    const change = slope.map((x, i) => x - before[i]);
    bend = pass === 0 ? diagonal(curvature) : updated(bend, moved, change);
    let best = angles;
    let lowest = Infinity;
    const along = (d: number, to: number[]) => basis[d].reduce((way, x, i) => way + x * (to[i] - angles[i]), 0);
    for (const move of moves(slope, bend, curvature, rules)) {
      const trial = within(
        angles.map((angle, i) => angle + basis.reduce((more, direction, j) => more + move[j] * direction[i], 0)),
        begin,
        room,
      );
      const found = at(
        trial,
        prices.map((price, j) => price + turns.reduce((more, turn, d) => more + along(d, trial) * turn[j], 0)),
        lowest,
      );
      if (found < lowest) {
        lowest = found;
        best = trial;
      }
    }
    if (!(lowest < now * (1 - rules.settled))) break;
    before = slope;
    moved = basis.map((_, d) => along(d, best));
    angles = best;
  }
  const settled = positions.slice();
  rows.forEach((row, i) => (settled[row] = angles[i]));
  return settled;
}

/** The least cost for a demand (rows), from prices (rows) near a solution or, where that leads nowhere, with every digit; Infinity where it is
 * `most` or more. */
function least(
  acts: Acting,
  tracker: Tracker,
  demand: Float64Array,
  near: Track,
  prices: Float64Array,
  start: SharingSolution | undefined,
  most: number,
): number {
  const found = track(tracker, demand, near, prices, most);
  if (!Number.isNaN(found)) return found;
  const exact = exactly(acts)(demand, start);
  tracker.y.set(exact.multipliers);
  return exact.objective;
}

/** What answers demands in one pose as well as a search needs, from a start nearby, else with every digit. */
function quickly(acts: Acting, tracker: Tracker): Solve {
  let following = false; // the tracker holds the answer to the demand before
  return (demand, start) => {
    let objective = NaN;
    if (following) objective = trackOn(tracker, demand);
    else if (start) {
      measure(tracker, demand);
      objective = track(tracker, demand, trackOf(acts.problem, start), start.multipliers);
    }
    following = !Number.isNaN(objective);
    if (!following) return exactly(acts)(demand, start);
    const { x, y } = tracker;
    return { x: x.slice(), unmet: unmetOf(tracker), multipliers: y.slice(), objective, residual: 0, converged: true };
  };
}

/** The Hessian (D, D) after a move (D) over which the slope changed by `change` (D): BFGS. */
function updated(bend: number[][], moved: number[], change: number[]): number[][] {
  const along = bend.map((row) => dot(row, moved));
  const seen = dot(change, moved);
  const expected = dot(moved, along);
  if (seen <= CURVED * expected) return bend; // no curvature was seen: the update would not be positive
  return bend.map((row, i) =>
    row.map((x, j) => x + (change[i] * change[j]) / seen - (along[i] * along[j]) / expected),
  );
}

/** The steps to try (D) rad: Newton's, damped more and more, and each direction by its own curvature. */
function moves(slope: number[], bend: number[][], curvature: number[], rules: SettleRules): number[][] {
  const { values, vectors } = eigen(bend);
  const along = vectors.map((vector) => dot(vector, slope));
  const scale = Math.max(...values.map(Math.abs));
  const tried = rules.dampings.map((damping) => {
    const parts = along.map((part, k) => part / Math.max(values[k] + damping * scale, LEAST_CURVATURE));
    return slope.map((_, i) => -vectors.reduce((total, vector, k) => total + vector[i] * parts[k], 0));
  });
  for (const part of GRADIENT) tried.push(slope.map((x, i) => (-part * x) / curvature[i]));
  return tried.map((move) => {
    const share = Math.min(1, rules.reach / Math.max(...move.map(Math.abs), 1e-12));
    return move.map((x) => x * share);
  });
}

/** The nearest angles inside begin +- room with the same sum: bisection on one common shift. */
function within(angles: number[], begin: number[], room: number[]): number[] {
  const away = angles.reduce((total, angle, i) => total + Math.abs(angle - begin[i]), 0);
  let high = 2 * (sum(room) + away);
  let low = -high;
  const total = sum(begin);
  const clipped = (shift: number) =>
    angles.map((angle, i) => Math.max(begin[i] - room[i], Math.min(begin[i] + room[i], angle + shift)));
  for (let i = 0; i < BISECTIONS; i++) {
    const shift = 0.5 * (low + high);
    if (sum(clipped(shift)) < total) low = shift;
    else high = shift;
  }
  const found = clipped(high);
  found[room.indexOf(Math.max(...room))] += total - sum(found);
  return found;
}

/** Eigenvalues and unit eigenvectors (as rows) of a symmetric matrix, by Jacobi's rotations. */
export function eigen(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => row.slice());
  const vectors = diagonal(new Array<number>(n).fill(1));
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i === j) on += a[i][i] ** 2; else off += a[i][j] ** 2;
    if (off <= 1e-32 * on) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const angle = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (angle < 0 ? -1 : 1) / (Math.abs(angle) + Math.sqrt(angle * angle + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        for (let k = 0; k < n; k++) {
          [vectors[p][k], vectors[q][k]] = [c * vectors[p][k] - s * vectors[q][k], s * vectors[p][k] + c * vectors[q][k]];
        }
      }
    }
  }
  return { values: a.map((row, i) => row[i]), vectors };
}

function diagonal(values: number[]): number[][] {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((total, x, i) => total + x * b[i], 0);
}
