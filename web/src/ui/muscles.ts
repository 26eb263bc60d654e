/** Sums over groups of fascicles, as `Result.group` of the package has them. */

import type { Answer, PageModel, PlainAnswer } from '../contract';

type Some = Pick<Answer | PlainAnswer, 'activation' | 'active_n' | 'passive_n' | 'length_m'>;

/** force_n = sum(active + passive) N; activation weighted by what each fascicle could pull; length_m the mean. */
export interface GroupSum {
  force_n: number;
  active_n: number;
  passive_n: number;
  activation: number;
  length_m: number;
}

/** The leaf groups that a name of the tree stands for; a name that is no parent stands for itself. */
export function leaves(name: string, tree: PageModel['muscle_tree']): string[] {
  const children = tree[name];
  if (children === undefined) return [name];
  return children.flatMap((child) => (child === name ? [child] : leaves(child, tree)));
}

/** Indices of the fascicles of a group, of one side ("r", "l") or of both. */
export function rowsOf(model: PageModel, group: string, side: 'r' | 'l' | 'rl' = 'rl'): number[] {
  const wanted = new Set(leaves(group, model.muscle_tree));
  const { lines, groups } = model.scene;
  return lines.flatMap((line, i) => (wanted.has(groups[i]) && side.includes(line.slice(-1)) ? [i] : []));
}

/**
 * What fascicle i could pull now, N: active_i / activation_i, 0 where it does not act.
 * Python: `GroupSum` in `psoas.result`, `limits.verdict.group_uses`.
 */
export function reach(answer: Some, i: number): number {
  return answer.activation[i] > 1e-9 ? answer.active_n[i] / answer.activation[i] : 0;
}

/** `values` of these rows, weighted by `reach`; the plain mean where nothing could pull. */
export function weighted(answer: Some, rows: number[], value: (row: number) => number): number {
  let total = 0;
  let sum = 0;
  let plain = 0;
  for (const row of rows) {
    const weight = reach(answer, row);
    total += weight;
    sum += weight * value(row);
    plain += value(row);
  }
  return total > 1e-9 ? sum / total : plain / Math.max(rows.length, 1);
}

/** The sum over these fascicles. */
export function sumOf(answer: Some, rows: number[]): GroupSum {
  const add = (values: ArrayLike<number>) => rows.reduce((sum, row) => sum + values[row], 0);
  const active = add(answer.active_n);
  const passive = add(answer.passive_n);
  return {
    force_n: active + passive,
    active_n: active,
    passive_n: passive,
    activation: weighted(answer, rows, (row) => answer.activation[row]),
    length_m: add(answer.length_m) / Math.max(rows.length, 1),
  };
}
