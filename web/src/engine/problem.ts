/** The sharing problem and its solution, as `muscle/problem.py`. */

import type { Sparse } from './sparse';

/** One problem of m rows and n columns. */
export interface SharingProblem {
  rows: number;
  columns: number;
  matrix: Float64Array | Sparse; // (m, n) row-major, or by columns: what one unit of x_i adds to row j
  demand: Float64Array; // (m,) N, N m
  lower: Float64Array; // (n,) 0 or more
  upper: Float64Array; // (n,) lower or more, may be Infinity
  weight: Float64Array; // (n,) above 0
  unmetCost: Float64Array; // (m,) above 0; Infinity where nothing may be unmet
}

/** What the columns carry; `unmet` is exactly 0 where |multiplier| < unmetCost. */
export interface SharingSolution {
  x: Float64Array; // (n,)
  unmet: Float64Array; // (m,)
  multipliers: Float64Array; // (m,)
  objective: number;
  residual: number; // how far from optimal, without unit; see `kkt_residual` in `muscle/problem.py`
  converged: boolean;
}
