/** A backrest and the person who leans on it (`mechanics/seat.py`). */

import { Refusal } from '../contract';
import { trunkOf, type Angles } from './angles';
import { dot, worldPoint } from './contacts';
import type { Body } from './body';
import { fixed } from './written';

const LEANS = [-1.6, 0.8]; // rad of pelvis tilt against a backrest
const HEIGHT_TOLERANCE = 1e-5; // m
const FIRST_STEP = (2 * Math.PI) / 180;
const LARGEST_STEP = 0.3; // rad
const SECANTS = 25;

/**
 * Tilt the pelvis (`a.tilt`) until sacrum and thorax touch a backrest reclined by `recline` (rad) from upright.
 * With n the backrest's normal and heights h = x . n: find the tilt with min h(sacrum) = min h(thorax).
 */
export function againstBackrest(body: Body, a: Angles, recline: number): void {
  const normal = [Math.cos(recline), Math.sin(recline), 0];
  const gap = (tilt: number): number => {
    a.tilt = tilt;
    body.sim.place(trunkOf(body, a));
    return height(body, normal, 'pelvis') - height(body, normal, 'thorax');
  };
  const angle = 90 + (recline * 180) / Math.PI;
  const what = `The pelvis cannot lean so that sacrum and thorax touch a backrest of ${fixed(angle)} degrees`;
  a.tilt = root(gap, a.tilt, what);
}

/** Least distance (m) along the normal of the points of a body that a backrest may touch. */
function height(body: Body, normal: number[], on: string): number {
  const points = body.mechanics.skin.filter((p) => p.contact === 'backrest' && p.body === on);
  return Math.min(...points.map((p) => dot(worldPoint(body, on, p.position), normal)));
}

/** Where a function of one variable (rad) is zero, by secants from `start`; a Refusal with `what` outside LEANS. */
function root(f: (x: number) => number, start: number, what: string): number {
  let x = start;
  let step = FIRST_STEP;
  let y = f(x);
  for (let count = 0; count < SECANTS; count++) {
    if (Math.abs(y) < HEIGHT_TOLERANCE) return x;
    const slope = (f(x + step) - y) / step;
    if (slope === 0) break;
    step = Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, -y / slope));
    x += step;
    if (!(x >= LEANS[0] && x <= LEANS[1])) break;
    y = f(x);
  }
  throw new Refusal(`${what}. Give pelvis_tilt_deg and trunk_flexion_deg yourself.`);
}
