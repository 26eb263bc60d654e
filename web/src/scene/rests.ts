/** Desk and armrests, which the model knows by what they carry: drawn under the forearms. */

import { Vector3, type Matrix4 } from 'three';
import type { Scenario, Support } from '../contract';
import type { Person } from './model';

const UNDER_M = 0.036; // the face below the axes of the forearms
const DESK_M = [0.22, 0.36]; // half sizes along and across
const OVER_M = 0.05; // of the desk behind the middle of the forearms
const ARMREST_M = [0.13, 0.035];
const LEVEL = [1, 0, 0, 0, 0, -1, 0, 1, 0]; // along, across, outward

/** The plates that the forearms rest on, from where elbows and wrists are. */
export function rests(around: Scenario['surroundings'], person: Person, matrices: Matrix4[]): Support[] {
  const at = (body: string) => new Vector3().setFromMatrixPosition(matrices[person.bodies.indexOf(body)]);
  const arms = ['r', 'l'].map((side) => [at(`forearm_${side}`), at(`hand_${side}`)]);
  const plate = (name: string, points: Vector3[], forward: number, half: number[]): Support => {
    const centre = points.reduce((sum, p) => sum.addScaledVector(p, 1 / points.length), new Vector3());
    const height = Math.min(...points.map((p) => p.y)) - UNDER_M;
    return { name, centre: [centre.x + forward, height, centre.z], axes: LEVEL, half };
  };
  if (around?.desk) return [plate('desk', arms.flat(), DESK_M[0] - OVER_M, DESK_M)];
  if (around?.armrests) return arms.map((arm) => plate('armrest', arm, 0, ARMREST_M));
  return [];
}
