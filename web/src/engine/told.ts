/** What is said of one computed frame: moments by joint, status and notes, word for word as `chain.py`. */

import type { Acting, Effort } from './acting';
import type { Equilibrium } from './equilibrium';
import type { Body } from './body';
import { fixed, general } from './written';

const AXES = ['flexion', 'bend', 'twist'];
const ROOT = 6; // rows of the root, three slides and three hinges; then levels and hips, three each
export const SETTLED = 'the lumbar levels share trunk flexion with the least effort near the rhythm';
export const UNSETTLED = 'the lumbar levels did not settle how they share flexion';

type ByJoint = Record<string, Record<string, number>>;

/** Rows (N m) with their sign turned as joint -> flexion, bend, twist; at the hips flexion, adduction, rotation. */
export function byJoint(body: Body, rows: Float64Array): ByJoint {
  const joints = [...body.mechanics.levels, 'hip_r', 'hip_l'];
  return Object.fromEntries(
    joints.map((joint, i) => [joint, Object.fromEntries(AXES.map((axis, k) => [axis, 0 - rows[ROOT + 3 * i + k]]))]),
  );
}

/** Force (N) and moment about the pelvis' origin (N m) that nothing carries. The simulator stands in the pose. */
export function residualOf(body: Body, unmet: Float64Array): { force: number; moment: number } {
  const { axis } = body.sim;
  const axes = Array.from(body.rows.subarray(0, ROOT), (dof) => Array.from(axis.subarray(3 * dof, 3 * dof + 3)));
  const force = [0, 1, 2].map((x) => axes.slice(0, 3).reduce((sum, a, k) => sum + unmet[k] * a[x], 0));
  // Hinge rows are a_k . M; the axes of the three hinges are not orthogonal, so solve for M.
  const [a, b, c] = axes.slice(3);
  const [bc, ca, ab] = [crossed(b, c), crossed(c, a), crossed(a, b)];
  const whole = a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2];
  const moment = [0, 1, 2].map((x) => (unmet[3] * bc[x] + unmet[4] * ca[x] + unmet[5] * ab[x]) / whole);
  return { force: Math.hypot(...force), moment: Math.hypot(...moment) };
}

function crossed(a: number[], b: number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** 'ok', or 'flagged: ' and why; settled: whether the levels found how they share flexion. */
export function statusOf(
  body: Body,
  demand: ByJoint,
  unmet: ByJoint,
  residual: { force: number; moment: number },
  converged: boolean,
  settled: boolean,
): string {
  const { rules, weight_n, height_m } = body.mechanics;
  const { unmet_nm, unmet_share, residual_weight, residual_moment } = rules.status;
  for (const [joint, axes] of Object.entries(unmet)) {
    const size = Math.hypot(...Object.values(axes));
    const asked = Math.hypot(...Object.values(demand[joint]));
    if (size > Math.max(unmet_nm, unmet_share * asked)) return `flagged: ${fixed(size)} N m unmet at ${joint}`;
  }
  if (residual.force > residual_weight * weight_n) {
    return `flagged: residual force ${fixed((100 * residual.force) / weight_n)}% of body weight`;
  }
  if (residual.moment > residual_moment * weight_n * height_m) {
    const share = fixed((100 * residual.moment) / weight_n / height_m, 1);
    return `flagged: residual moment ${share}% of body weight x height`;
  }
  if (!converged) return 'flagged: not solved';
  return settled ? 'ok' : `flagged: ${UNSETTLED}`;
}

/** What every answer rests on. */
export function notesOf({ body, effort }: Acting, found: Equilibrium): string[] {
  return [
    `every muscle is at least ${fixed(100 * tone(effort), 1)}% active (tone)`,
    'the fibres of the psoas have their optimal length in standing; were they 15 % longer, a tight psoas would pull 3-4 times as much',
    `disc pressure = compression / (disc area x ${general(body.mechanics.parameters.pressure_factor)}), and means nothing below zero`,
    `abdominal pressure up to ${fixed(Math.max(found.abdominalPressure, 0) / 1e3, 1)} kPa, from the pull of the abdominal wall (assumed cylinder)`,
  ];
}

function tone(effort: Effort): number {
  return effort.floor.reduce((most, floor) => Math.max(most, floor), 0);
}
