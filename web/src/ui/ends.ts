/** Where the ends of a line of pull are in the world: p + q v q*, from the pose of an answer. `studies/sit.py`. */

import type { Pose } from '../contract';
import type { Person } from '../scene/model';

/** World place (3) [m] of the first or the last point of a line. */
export function endOf(person: Person, pose: Pose, line: string, which: 'upper' | 'lower'): [number, number, number] {
  const row = person.lines.indexOf(line);
  const point = which === 'upper' ? person.starts[row] : person.starts[row + 1] - 1;
  const body = person.pointBodies[point];
  const [x, y, z] = person.points.subarray(3 * point, 3 * point + 3);
  const [w, a, b, c] = pose.turn.subarray(4 * body, 4 * body + 4);
  // v + 2 u x (u x v + w v), u the vector part of the quaternion
  const [s, t, r] = [b * z - c * y + w * x, c * x - a * z + w * y, a * y - b * x + w * z];
  const [px, py, pz] = pose.position.subarray(3 * body, 3 * body + 3);
  return [px + x + 2 * (b * r - c * t), py + y + 2 * (c * s - a * r), pz + z + 2 * (a * t - b * s)];
}
