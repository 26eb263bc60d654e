/** Passive tissue: ligaments, discs and the hips' capsules; `body/passive.py` and `body/capsule.py`, which give the laws. */

import type { DiscFigures, Ligaments, Mechanics } from './figures';

const DEGREES = 180 / Math.PI;

/** Write the tensions (L) N of ligaments whose lengths (m) begin at `first` of `length`. */
export function ligamentTension(law: Ligaments, length: Float64Array, first: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const strain = length[first + i] / law.length[i] - 1;
    const width = law.transition[i] - law.slack[i];
    const toe = Math.max(0, Math.min(strain - law.slack[i], width));
    const line = Math.max(strain - law.transition[i], 0);
    const b = law.stiffening[i];
    const rise =
      b > 0 ? Math.expm1(b * toe) / b + Math.exp(b * width) * line : (toe * toe) / (2 * width) + line;
    out[i] = law.stiffness[i] * rise;
  }
}

/**
 * Write the moments (K, 3) N m with which discs answer flexion, bend and twist (K, 3) rad from neutral standing, as
 * generalised forces; compression (K) N stiffens them.
 */
export function discMoments(law: DiscFigures, angles: Float64Array, compression: Float64Array, out: Float64Array): void {
  for (let k = 0; k < law.neutral.length; k++) {
    const [flexionStiff, extensionStiff, bendStiff, twistStiff] = law.stiffness[k];
    const flexion = angles[3 * k] - law.neutral[k];
    const bend = angles[3 * k + 1];
    const twist = angles[3 * k + 2];
    const f = Math.max(flexion, 0);
    const e = Math.max(-flexion, 0);
    const [fd, ed, bd, td] = [f * DEGREES, e * DEGREES, bend * DEGREES, twist * DEGREES];
    const flexing = flexionStiff * f + law.flexion_square * fd * fd + law.flexion_cube * fd * fd * fd;
    const extending = extensionStiff * e + law.flexion_cube * ed * ed * ed;
    const stiffer = 1 + law.gain * (1 - Math.exp(-Math.max(compression[k], 0) / law.force));
    out[3 * k] = -stiffer * (flexing - extending);
    out[3 * k + 1] = -stiffer * (bendStiff * bend + law.bend_square[k] * bd * Math.abs(bd));
    out[3 * k + 2] = -stiffer * (twistStiff * twist + law.twist_cube * td * td * td);
  }
}

/** Moment toward flexion (N m) of a hip's capsule at hip flexion (rad). */
export function capsuleMoment(law: Mechanics['capsule'], flexion: number): number {
  const beyond = law.slack_angle - flexion;
  const toe = Math.max(0, Math.min(beyond, law.toe));
  const linear = Math.max(beyond - law.toe, 0);
  return law.stiffness * ((toe * toe) / (2 * law.toe) + linear);
}
