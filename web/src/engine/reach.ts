/** The arms of a posture: hanging down, level on a rest, or on what the elbows reach (`mechanics/arms.py`). */

import { Refusal } from '../contract';
import { minus, norm, worldPoint } from './contacts';
import type { Body } from './body';
import { fixed } from './written';

export type Sides<T> = { r: T; l: T };
export const SIDES = ['r', 'l'] as const;
const RIGHT_ANGLE = Math.PI / 2;
// Places along the thigh that elbows may rest on, as parts of it from the hip.
const FROM = 0.25;
const TO = 0.98;
const PLACES = 200;
const FRONT_M = 0.08; // of the thigh's axis at a stature of FRONT_HEIGHT_M
const FRONT_HEIGHT_M = 1.7;

/**
 * Turn the shoulders whose flexion is not given so that the upper arms point down in the world; q (V) is changed.
 * The arm's long axis in the thorax is y = Rz(f) Rx(a) e_y = (-sin f cos a, cos f cos a, sin a).
 */
export function hang(body: Body, q: Float64Array, given: Sides<number | null>): void {
  body.sim.place(q);
  const up = row(body, 'thorax', 1);
  for (const s of SIDES) {
    const angle = given[s];
    if (angle !== null) q[body.dof[`shoulder_flexion_${s}`]] = angle;
    else pointArm(body, q, s, up);
  }
}

/** Positions with hanging upper arms and level forearms, as on a desk or armrest at elbow height. */
export function forearmsLevel(body: Body, positions: Float64Array): Float64Array {
  const q = positions.slice();
  hang(body, q, { r: null, l: null });
  for (const s of SIDES) q[body.dof[`elbow_flexion_${s}`]] = RIGHT_ANGLE;
  return q;
}

/** Positions with the elbows on the thighs; a Refusal where they cannot reach. */
export function elbowsOnThighs(body: Body, positions: Float64Array): Float64Array {
  const { sim, bodies } = body;
  const q = positions.slice();
  sim.place(q);
  for (const s of SIDES) {
    const shoulder = worldPoint(body, `upper_arm_${s}`, [0, 0, 0]);
    const reach = norm(offset(body, bodies[`forearm_${s}`]));
    const knee = offset(body, bodies[`shank_${s}`]);
    let nearest = Infinity;
    let best = shoulder;
    let missing = Infinity;
    for (let i = 0; i < PLACES; i++) {
      const part = FROM + (i * (TO - FROM)) / (PLACES - 1);
      const front = (FRONT_M * body.mechanics.height_m) / FRONT_HEIGHT_M;
      const place = worldPoint(body, `thigh_${s}`, [knee[0] * part + front, knee[1] * part, knee[2] * part]);
      const gap = norm(minus(place, shoulder)) - reach;
      missing = Math.min(missing, gap);
      if (Math.abs(gap) < nearest) {
        nearest = Math.abs(gap);
        best = place;
      }
    }
    if (missing > 0) {
      throw new Refusal(
        `The elbows do not reach the thighs: ${fixed(missing * 100)} cm are missing. ` +
          "Flex the trunk or tilt the pelvis forward, or leave 'elbows_on_thighs' out.",
      );
    }
    const way = minus(best, shoulder);
    const size = norm(way);
    const up = [0, 1, 2].map((axis) => {
      const column = [0, 1, 2].map((x) => sim.turn[9 * bodies.thorax + 3 * x + axis]);
      return -(column[0] * way[0] + column[1] * way[1] + column[2] * way[2]) / size;
    });
    pointArm(body, q, s, up);
    q[body.dof[`elbow_flexion_${s}`]] = RIGHT_ANGLE;
  }
  return q;
}

/** Set shoulder flexion f and adduction a so that the arm's long axis is `up`, a unit vector in the thorax. */
function pointArm(body: Body, q: Float64Array, side: 'r' | 'l', up: number[]): void {
  const sign = side === 'r' ? 1 : -1;
  q[body.dof[`shoulder_flexion_${side}`]] = Math.atan2(-up[0], up[1]);
  q[body.dof[`shoulder_adduction_${side}`]] = sign * Math.asin(Math.max(-1, Math.min(1, up[2])));
}

/** A world axis (0 forward, 1 up, 2 right) in the frame of a body. */
function row(body: Body, name: string, axis: number): number[] {
  const at = 9 * body.bodies[name] + 3 * axis;
  return Array.from(body.sim.turn.subarray(at, at + 3));
}

/** Place (3,) m of a body's frame in its parent. */
export function offset(body: Body, index: number): number[] {
  return Array.from(body.sim.compiled.bodyPos.subarray(3 * index, 3 * index + 3));
}
