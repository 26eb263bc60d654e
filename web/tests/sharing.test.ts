/** The page's sharing solver against the package's answers to problems of real postures, and against optimality. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SharingProblem, SharingSolution } from '../src/engine/problem';
import { Sharing } from '../src/engine/sharing';
import { sparse } from '../src/engine/sparse';

type Dense = SharingProblem & { matrix: Float64Array };

interface Case {
  name: string;
  muscles: number;
  problem: Dense;
  x: Float64Array;
  unmet: Float64Array;
  objective: number;
}

/** Problems as `make_sharing_cases.py` wrote them: for each posture the matrix, then its variants. */
function cases(): Case[][] {
  const file = gunzipSync(readFileSync(new URL('sharing_cases.bin.gz', import.meta.url)));
  const length = file.readUInt32LE(0);
  const header = JSON.parse(file.toString('utf8', 4, 4 + length));
  let at = 4 + length;
  const numbers = (count: number): Float64Array => {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++, at += 8) out[i] = file.readDoubleLE(at);
    return out;
  };
  return header.map((each: { name: string; rows: number; columns: number; muscles: number; variants: string[] }) => {
    const { rows, columns, muscles } = each;
    const matrix = numbers(rows * columns);
    const [weight, lower, unmetCost] = [numbers(columns), numbers(columns), numbers(rows)];
    return each.variants.map((variant) => {
      const [demand, upper] = [numbers(rows), numbers(columns)];
      const [x, unmet, objective] = [numbers(columns), numbers(rows), numbers(1)[0]];
      const problem = { rows, columns, matrix, demand, lower, upper, weight, unmetCost };
      return { name: `${each.name}, ${variant}`, muscles, problem, x, unmet, objective };
    });
  });
}

/** The largest part of the optimality conditions that a solution misses, written without the solver's means. */
function missed(p: Dense, s: SharingSolution): Record<string, number> {
  const worst = { balance: 0, bounds: 0, columns: 0, rows: 0 };
  for (let j = 0; j < p.rows; j++) {
    let carried = s.unmet[j];
    let size = Math.abs(p.demand[j]) + 1e-2;
    for (let i = 0; i < p.columns; i++) {
      carried += p.matrix[j * p.columns + i] * s.x[i];
      size += Math.abs(p.matrix[j * p.columns + i] * s.x[i]);
    }
    worst.balance = Math.max(worst.balance, Math.abs(carried - p.demand[j]) / size);
    // |y| <= cost, and what is unmet stands at the cost with its own sign.
    worst.rows = Math.max(worst.rows, Math.abs(s.multipliers[j]) / p.unmetCost[j] - 1);
    if (s.unmet[j] !== 0) {
      worst.rows = Math.max(worst.rows, Math.abs(s.multipliers[j] / p.unmetCost[j] - Math.sign(s.unmet[j])));
    }
  }
  for (let i = 0; i < p.columns; i++) {
    worst.bounds = Math.max(worst.bounds, p.lower[i] - s.x[i], s.x[i] - p.upper[i]);
    let price = 0;
    let size = 2 * p.weight[i];
    for (let j = 0; j < p.rows; j++) {
      price += p.matrix[j * p.columns + i] * s.multipliers[j];
      size += Math.abs(p.matrix[j * p.columns + i] * s.multipliers[j]);
    }
    const slope = (2 * p.weight[i] * s.x[i] - price) / size;
    // Below its price a column may stay only at its upper bound, above it only at its lower one.
    const [low, high] = [s.x[i] - p.lower[i], p.upper[i] - s.x[i]];
    worst.columns = Math.max(worst.columns, slope > 0 ? Math.min(slope, low) : Math.min(-slope, high));
  }
  return worst;
}

const all = cases();

// Of an activation. Most agree to 1e-13; where many contacts bear and few muscles work (slouched), those take up 5e-10
// of what rounding moves the contacts.
const MUSCLES = 2e-9;
const SOLVED = 1e-11; // of 100 N; a solver stops where 1e-12 of each row is left over
const TIMES = 4; // a contact may differ by this many of its leaps: each side rounds its prices, and y itself

describe('sharing', () => {
  it('has problems of every kind', () => {
    const list = all.flat();
    expect(list.length).toBe(40);
    expect(list.filter((c) => c.unmet.some((v) => v !== 0)).length).toBeGreaterThanOrEqual(10);
    expect(list.filter((c) => c.problem.columns - c.muscles > 100).length).toBeGreaterThanOrEqual(8);
  });

  it.each(all.flat().map((c) => [c.name, c] as const))('answers as the package does: %s', (_, c) => {
    const found = new Sharing(c.problem).solve(c.problem.demand);
    expect(found.converged).toBe(true);
    expect(farthest(found.x, c.x, 0, c.muscles)).toBeLessThan(MUSCLES);
    expect(farthest(found.x, c.x, c.muscles)).toBeLessThan(SOLVED + TIMES * leap(c, found));
    expect(farthest(found.unmet, c.unmet, 0)).toBeLessThan(2e-6 /* N m of some 100 */);
    expect(Math.abs(found.objective - c.objective)).toBeLessThan(1e-10 * c.objective);
  });

  it.each(all.flat().map((c) => [c.name, c] as const))('is optimal: %s', (_, c) => {
    const worst = missed(c.problem, new Sharing(c.problem).solve(c.problem.demand));
    expect(worst.balance).toBeLessThan(1e-11);
    expect(worst.bounds).toBeLessThanOrEqual(0);
    expect(worst.columns).toBeLessThan(1e-9);
    expect(worst.rows).toBeLessThan(1e-12);
  });

  it('gives the same answer from a start, wherever that comes from', () => {
    let tried = 0;
    for (const posture of all) {
      for (const from of posture) {
        const start = new Sharing(from.problem).solve(from.problem.demand);
        for (const to of posture) {
          const found = new Sharing(to.problem).solve(to.problem.demand, start);
          expect(found.converged).toBe(true);
          expect(farthest(found.x, to.x, 0, to.muscles)).toBeLessThan(MUSCLES);
          expect(farthest(found.x, to.x, to.muscles)).toBeLessThan(SOLVED + TIMES * leap(to, found));
          tried++;
        }
      }
    }
    expect(tried).toBe(160);
  });

  it('answers another demand with what it kept from the one before', () => {
    for (const [first, second] of all) {
      const sharing = new Sharing(first.problem);
      const start = sharing.solve(first.problem.demand);
      const there = sharing.solve(second.problem.demand, start);
      const back = sharing.solve(first.problem.demand, there);
      expect(farthest(there.x, second.x, 0, second.muscles)).toBeLessThan(MUSCLES);
      expect(farthest(back.x, start.x, 0, first.muscles)).toBeLessThan(MUSCLES);
    }
  });

  it('takes columns as they are, and numbers that change where they stand', () => {
    const [first, second] = all[1];
    const { rows, columns } = first.problem;
    const matrix = sparse(first.problem.matrix, rows, columns);
    const problem = { ...first.problem, matrix, upper: first.problem.upper.slice() };
    const sharing = new Sharing(problem);
    expect(farthest(sharing.solve(first.problem.demand).x, first.x, 0, first.muscles)).toBeLessThan(MUSCLES);
    problem.upper.fill(0.05, 0, first.muscles);
    for (let k = 0; k < matrix.value.length; k++) matrix.value[k] *= 0.5;
    sharing.renew();
    const found = sharing.solve(second.problem.demand);
    const half = { ...problem, matrix: first.problem.matrix.map((v) => 0.5 * v), demand: second.problem.demand };
    expect(Math.max(...found.x.subarray(0, first.muscles))).toBe(0.05);
    expect(missed(half, found).columns).toBeLessThan(1e-9);
    expect(missed(half, found).balance).toBeLessThan(1e-11);
  });

  it('answers demands and caps that no posture has', () => {
    let tried = 0;
    let short = 0;
    const random = numbersFrom(7);
    for (const c of all.flat()) {
      const problem = { ...c.problem, demand: c.problem.demand.slice(), upper: c.problem.upper.slice() };
      for (let j = 6; j < problem.rows; j++) problem.demand[j] += 200 * (random() - 0.5);
      for (let i = 0; i < c.muscles; i++) problem.upper[i] = Math.max(problem.lower[i], random());
      const found = new Sharing(problem).solve(problem.demand);
      expect(found.converged).toBe(true);
      const worst = missed(problem, found);
      expect(Math.max(worst.balance, worst.columns, worst.rows, worst.bounds)).toBeLessThan(1e-7);
      if (found.unmet.some((v) => v !== 0)) short++;
      tried++;
    }
    expect(tried).toBe(40);
    expect(short).toBeGreaterThan(10);
  });
});

/** How far a contact, a column of 100 N, moves when its price A'y is rounded: eps sum |A_j y_j| / (2 w), w some 2e-8. */
function leap(c: Case, { multipliers }: SharingSolution): number {
  const { rows, columns, matrix, weight } = c.problem;
  let farthest = 0;
  for (let i = c.muscles; i < columns; i++) {
    let price = 0;
    for (let j = 0; j < rows; j++) price += Math.abs(matrix[j * columns + i] * multipliers[j]);
    farthest = Math.max(farthest, (Number.EPSILON * price) / (2 * weight[i]));
  }
  return farthest;
}

/** Numbers between 0 and 1, the same ones every time. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function farthest(one: Float64Array, other: Float64Array, from: number, to = one.length): number {
  let worst = 0;
  for (let i = from; i < to; i++) worst = Math.max(worst, Math.abs(one[i] - other[i]));
  return worst;
}
