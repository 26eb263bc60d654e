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
 * generalised forces: M = s(C) k x + what grows faster than x, compression C (K) N.
 */
export function discMoments(law: DiscFigures, angles: Float64Array, compression: Float64Array, out: Float64Array): void {
  for (let k = 0; k < law.neutral.length; k++) {
    const [flexionStiff, extensionStiff, bendStiff, twistStiff] = law.stiffness[k];
    const flexion = angles[3 * k] - law.neutral[k];
    const bend = angles[3 * k + 1];
    const twist = angles[3 * k + 2];
    const [f, b, t] = [flexion * DEGREES, bend * DEGREES, twist * DEGREES];
    const flexing = (f > 0 ? law.flexion_square * f * f : 0) + law.flexion_cube * f * f * f;
    const cubed = Math.max(-law.twist_end[k], Math.min(t, law.twist_end[k]));
    const twisting = law.twist_cube[k] * cubed * cubed * (cubed + 3 * (t - cubed));
    const load = Math.min(Math.max(compression[k], 0), law.limit);
    const stiffer = 1 + law.gain * (1 - Math.exp(-load / law.force));
    out[3 * k] = -(stiffer * (flexion > 0 ? flexionStiff : extensionStiff) * flexion + flexing);
    out[3 * k + 1] = -(stiffer * bendStiff * bend + law.bend_square[k] * b * Math.abs(b));
    out[3 * k + 2] = -(stiffer * twistStiff * twist + twisting);
  }
}

/** Moment toward flexion (N m) of a hip's capsule at hip flexion (rad). */
export function capsuleMoment(law: Mechanics['capsule'], flexion: number): number {
  const beyond = law.slack_angle - flexion;
  const toe = Math.max(0, Math.min(beyond, law.toe));
  const linear = Math.max(beyond - law.toe, 0);
  return law.stiffness * ((toe * toe) / (2 * law.toe) + linear);
}
