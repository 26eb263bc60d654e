/** What of the body lies on a seat, a backrest or a bed, and what relaxed arms give to a rest (`mechanics/surfaces.py`). */

import { Refusal } from '../contract';
import { dot, minus, norm, unit, worldPoint } from './contacts';
import type { Body } from './body';
import type { ContactPoint } from './figures';
import { SIDES } from './reach';
import { fixed } from './written';

export const RESTS = ['armrests', 'desk'];
const ARM = ['upper_arm', 'forearm', 'hand'];
const UPRIGHT = 0.999; // of a normal's upward part: less holds more than weight

/** A relaxed arm that lies on something: what that is called and the force (3,) N on the forearm at `point` (3,) m. */
export interface Rest {
  name: string;
  body: string;
  force: number[];
  point: number[];
}

/**
 * The contact points that the surroundings reach in a pose (V): a seat, backrest or bed touches the point deepest along
 * its normal and gives way by its figure; points further from it are left out. An elbow on a thigh pushes along the line
 * to the shoulder, without friction.
 */
export function touching(body: Body, positions: Float64Array, points: ContactPoint[]): ContactPoint[] {
  const { rules, posing } = body.mechanics;
  body.sim.place(positions);
  const height = (c: ContactPoint): number => dot(worldPoint(body, c.body, c.position), c.normal);
  const planes: Record<string, number> = {};
  for (const c of points) {
    // A seat carries the seat bones; thighs that slope down hang over its front edge.
    if (!(c.contact in rules.give) || (c.contact === 'seat' && c.body !== 'pelvis')) continue;
    planes[c.contact] = Math.min(planes[c.contact] ?? Infinity, height(c));
  }
  return points
    .filter((c) => !(c.contact in planes) || Math.abs(height(c) - planes[c.contact]) <= posing[rules.give[c.contact]])
    .map((c) => (c.contact.startsWith('elbow_on_thigh') ? prop(body, c) : c));
}

function prop(body: Body, c: ContactPoint): ContactPoint {
  const shoulder = worldPoint(body, `upper_arm_${c.body.slice(-1)}`, [0, 0, 0]);
  return { ...c, normal: unit(minus(shoulder, worldPoint(body, c.body, c.position))), friction: 0 };
}

/**
 * What desk or armrests carry of each relaxed arm in a pose (V): N = min(W, sum W_i x_i / x), upwards, with x the
 * distance of the rest and x_i those of upper arm, forearm and hand in front of the shoulder; W the weight of the arm.
 */
export function armRests(body: Body, positions: Float64Array, contacts: string[]): Rest[] {
  const { skin, rules, gravity } = body.mechanics;
  const { sim, bodies } = body;
  const name = RESTS.find((n) => contacts.includes(n));
  if (!name) return [];
  sim.place(positions);
  return SIDES.map((side) => {
    const shoulder = worldPoint(body, `upper_arm_${side}`, [0, 0, 0]);
    const on = skin.filter((p) => p.contact === name && p.body === `forearm_${side}`).at(-1);
    const point = worldPoint(body, `forearm_${side}`, on!.position);
    const way = minus(point, shoulder);
    way[1] = 0;
    const lever = norm(way);
    let push = 0;
    let moment = 0;
    for (const part of ARM) {
      const i = bodies[`${part}_${side}`];
      const weight = sim.mass[i] * gravity;
      push += weight;
      moment += (weight * dot(minus(sim.centre.subarray(3 * i, 3 * i + 3), shoulder), way)) / lever;
    }
    if (lever > rules.shortest_lever_m) push = Math.max(0, Math.min(push, moment / lever));
    const label = `${name === 'armrests' ? 'armrest' : name}_${side}`;
    return { name: label, body: `forearm_${side}`, force: [0, push, 0], point };
  });
}

/** Throw a Refusal where all that bears pushes up and the line of weight passes in front of or behind it. */
export function refuseFalling(body: Body, positions: Float64Array, contacts: ContactPoint[], rests: Rest[]): void {
  if (!contacts.length || contacts.some((c) => Math.abs(c.normal[1]) < UPRIGHT)) return;
  body.sim.place(positions);
  const places = contacts.map((c) => worldPoint(body, c.body, c.position)[0]);
  let weight = body.sim.massTogether[0] * body.mechanics.gravity;
  let x = weight * body.sim.together[0];
  for (const { force, point } of rests) {
    weight -= force[1];
    x -= force[1] * point[0] - force[0] * point[1];
  }
  if (weight <= 0) return;
  x /= weight;
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const beyond = Math.max(first - x, x - last);
  if (beyond <= body.mechanics.rules.beyond_m) return;
  const names = [...new Set(contacts.map((c) => c.contact))].join(', ');
  throw new Refusal(
    `No contact can balance this posture: the weight falls ${fixed(100 * beyond)} cm ` +
      `${x < first ? 'behind' : 'in front of'} what bears it (${names}), which cannot carry ${fixed(weight)} N so. ` +
      'Give it a seat, a backrest or a bed under [surroundings], or bring the trunk back over what bears it.',
  );
}
