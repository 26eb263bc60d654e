/** Where bodies and discs are, and what lies between two answers. */

import { Matrix4, Quaternion, Vector3 } from 'three';
import type { Pose } from '../contract';
import type { Instance, Person } from './model';

/** What is drawn at one instant: the pose and the force of every line [N]. */
export interface Instant {
  pose: Pose;
  force: Float64Array;
}

/** The instant at `share` of the way from one to another: places and forces evenly, turns along the great circle. */
export function between(from: Instant, to: Instant, share: number): Instant {
  const mixed = (a: ArrayLike<number>, b: ArrayLike<number>, i: number) => a[i] + share * (b[i] - a[i]);
  const position = to.pose.position.map((_, i) => mixed(from.pose.position, to.pose.position, i));
  const turn = new Float32Array(to.pose.turn.length);
  const [a, b] = [new Quaternion(), new Quaternion()];
  for (let i = 0; i < turn.length; i += 4) {
    read(a, from.pose.turn, i).slerp(read(b, to.pose.turn, i), share);
    turn.set([a.w, a.x, a.y, a.z], i);
  }
  // A line that lies on its cylinder at one end only is drawn as at that end.
  const arcs = to.pose.arcs.map((x, i) => {
    const start = from.pose.arcs[i];
    if (Number.isNaN(x) || Number.isNaN(start)) return share < 0.5 ? start : x;
    return mixed(from.pose.arcs, to.pose.arcs, i);
  });
  return { pose: { position, turn, arcs }, force: to.force.map((_, i) => mixed(from.force, to.force, i)) };
}

function read(into: Quaternion, turn: ArrayLike<number>, at: number): Quaternion {
  return into.set(turn[at + 1], turn[at + 2], turn[at + 3], turn[at]);
}

/** Matrices of bodies, then discs, into `found`; `report/player.py` places the discs in the same way. */
export function placed(person: Person, pose: Pose, found: Matrix4[]): void {
  const count = person.bodies.length;
  const whole = new Vector3(1, 1, 1);
  const origin = (body: number) => new Vector3().fromArray(pose.position, 3 * body);
  const turn = (body: number) => read(new Quaternion(), pose.turn, 4 * body);
  for (let b = 0; b < count; b++) found[b].compose(origin(b), turn(b), whole);
  person.discs.forEach(([upper, lower, halfUpper, halfLower], i) => {
    const middle = turn(upper)
      .multiply(aboutZ(2 * halfUpper))
      .slerp(turn(lower).multiply(aboutZ(2 * halfLower)), 0.5);
    found[count + i].compose(origin(upper), middle, whole);
  });
}

function aboutZ(angle: number): Quaternion {
  return new Quaternion().setFromAxisAngle(new Vector3(0, 0, 1), angle);
}

/** Where an instance stands on its body. */
export function onBody({ scale, turn, shift, mirror }: Instance): Matrix4 {
  const side = mirror ? -1 : 1;
  return new Matrix4()
    .makeTranslation(shift[0], shift[1], side * shift[2])
    .multiply(new Matrix4().makeRotationZ(turn))
    .scale(new Vector3(scale, scale, side * scale));
}
