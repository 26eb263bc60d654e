/** The paths of the muscles in the room, drawn smooth: `report/templates/player.js` lays them in the same way. */

import { Vector3, type Matrix4 } from 'three';
import type { Pose } from '../contract';
import type { Person } from './model';

export const STATIONS = 13; // along a line
const ROUNDS = 2; // of smoothing where a line bends

/** Stations (M, STATIONS, 3) [m] evenly spaced along every line, bends rounded, into `found`. */
export function stations(person: Person, pose: Pose, matrices: Matrix4[], found: Float32Array): void {
  const { starts, pointBodies, points, wraps, arcPoints } = person;
  const wrapOf = new Map<number, number>();
  wraps.forEach(({ line }, w) => {
    if (!Number.isNaN(pose.arcs[3 * arcPoints * w])) wrapOf.set(line, w);
  });
  const at = new Vector3();
  for (let line = 0; line + 1 < starts.length; line++) {
    const path: number[] = [];
    const add = (local: ArrayLike<number>, i: number, body: number) => {
      at.set(local[i], local[i + 1], local[i + 2]).applyMatrix4(matrices[body]);
      path.push(at.x, at.y, at.z);
    };
    const wrap = wrapOf.get(line);
    for (let p = starts[line]; p < starts[line + 1]; p++) {
      add(points, 3 * p, pointBodies[p]);
      if (wrap === undefined || p - starts[line] !== wraps[wrap].after) continue;
      for (let i = 0; i < arcPoints; i++) add(pose.arcs, 3 * (arcPoints * wrap + i), wraps[wrap].body);
    }
    spaced(path, found.subarray(3 * STATIONS * line, 3 * STATIONS * (line + 1)));
  }
}

function spaced(path: number[], found: Float32Array): void {
  const along = [0];
  for (let i = 3; i < path.length; i += 3)
    along.push(along[i / 3 - 1] + Math.hypot(path[i] - path[i - 3], path[i + 1] - path[i - 2], path[i + 2] - path[i - 1]));
  const whole = along[along.length - 1];
  for (let s = 0, i = 0; s < STATIONS; s++) {
    const distance = (whole * s) / (STATIONS - 1);
    while (i < along.length - 2 && along[i + 1] < distance) i++;
    const share = (distance - along[i]) / (along[i + 1] - along[i] || 1);
    for (let k = 0; k < 3; k++) found[3 * s + k] = path[3 * i + k] + share * (path[3 * i + 3 + k] - path[3 * i + k]);
  }
  for (let round = 0; round < ROUNDS; round++) {
    let before = [found[0], found[1], found[2]];
    for (let s = 1; s < STATIONS - 1; s++) {
      const here = [found[3 * s], found[3 * s + 1], found[3 * s + 2]];
      for (let k = 0; k < 3; k++) found[3 * s + k] = 0.5 * here[k] + 0.25 * (before[k] + found[3 * s + 3 + k]);
      before = here;
    }
  }
}
