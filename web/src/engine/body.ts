/** The body of one person: figures, MuJoCo's model of them, and what stands where. */

import type { Mechanics } from './figures';
import { linesOf, type Lines } from './lines';
import type { Simulator } from './mujoco';

/** One person: the figures, MuJoCo's model of them, and what stands where. `body/body.py`. */
export interface Body {
  mechanics: Mechanics;
  sim: Simulator;
  dof: Record<string, number>; // coordinate -> degree of freedom
  bodies: Record<string, number>; // name -> MuJoCo's number
  rows: Int32Array; // (30) degrees of freedom of `balanced`
  slides: Int32Array; // (3 K) degrees of freedom of `slides`
  lines: Lines;
}

/** The body of the figures in a simulator that has compiled their XML. */
export function bodyOf(mechanics: Mechanics, sim: Simulator): Body {
  const dof = numbered(mechanics.coordinates);
  const rows = Int32Array.from(mechanics.balanced, (name) => dof[name]);
  const slides = Int32Array.from(mechanics.slides, (name) => dof[name]);
  const lines = linesOf(mechanics, sim, [...rows, ...slides]);
  return { mechanics, sim, dof, bodies: numbered(mechanics.bodies), rows, slides, lines };
}

function numbered(names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, i]));
}
