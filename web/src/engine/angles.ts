/** The angles on the way to a pose, and the coordinates that they make (`mechanics/angles.py`). */

import type { Body } from './body';
import { hang, SIDES, type Sides } from './reach';

/**
 * World and joint angles (rad); null where a rule decides. thigh: inclination of the thighs to the vertical before the
 * legs lean; lean, sideLean: of the legs about the ankles.
 */
export interface Angles {
  tilt: number;
  trunk: [number, number, number]; // flexion, bend, twist
  levels: Record<string, number>;
  thigh: Sides<number>;
  hip: Sides<number | null>;
  knee: Sides<number>;
  ankle: Sides<number | null>;
  shoulder: Sides<number | null>;
  elbow: Sides<number>;
  neck: number;
  lean: number;
  sideLean: number;
}

/** Positions (V) of pelvis and lumbar levels alone: the rhythm shares the trunk, given levels stay. */
export function trunkOf(body: Body, a: Angles): Float64Array {
  const q = new Float64Array(body.sim.compiled.nv);
  q[body.dof.pelvis_tilt] = a.tilt;
  for (const disc of body.mechanics.discs) {
    q[body.dof[`${disc.level}_flexion`]] = a.levels[disc.level] ?? disc.flexion_share * a.trunk[0];
    q[body.dof[`${disc.level}_bend`]] = disc.bend_share * a.trunk[1];
    q[body.dof[`${disc.level}_twist`]] = disc.twist_share * a.trunk[2];
  }
  return q;
}

/** Positions (V) of these angles: feet are level unless lying, arms hang; roll: of the pelvis about its long axis. */
export function positionsOf(body: Body, a: Angles, lying = false, roll = 0): Float64Array {
  const q = trunkOf(body, a);
  const { dof } = body;
  q[dof.pelvis_rotation] = roll;
  for (const s of SIDES) {
    const given = a.hip[s];
    let thigh = a.thigh[s] + a.lean;
    const hip = given ?? (lying ? a.thigh[s] : thigh + a.tilt);
    if (given !== null && !lying) thigh = hip - a.tilt;
    q[dof[`hip_flexion_${s}`]] = hip;
    q[dof[`knee_flexion_${s}`]] = a.knee[s];
    q[dof[`ankle_flexion_${s}`]] = a.ankle[s] ?? (lying ? 0 : a.knee[s] - thigh);
    const sign = s === 'r' ? 1 : -1;
    q[dof[`hip_adduction_${s}`]] = sign * a.sideLean;
    q[dof[`ankle_inversion_${s}`]] = -sign * a.sideLean;
    q[dof[`elbow_flexion_${s}`]] = a.elbow[s];
  }
  q[dof.neck_flexion] = a.neck;
  hang(body, q, a.shoulder);
  return q;
}
