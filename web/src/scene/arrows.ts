/** What the psoas pulls on each vertebra, as one arrow a body: the sum over both sides of force x direction. */

import { ArrowHelper, Color, Group, Matrix4, Vector3 } from 'three';
import { PALETTES } from './colours';
import type { Person } from './model';
import { STATIONS } from './paths';

const GROUP = 'psoas_major';
const M_PER_N = 6e-4; // length of an arrow
const LEAST_N = 4; // below which none is drawn

export interface Arrows {
  root: Group;
  /** Lay the arrows from stations (M, STATIONS, 3) [m] and forces (M,) [N]. */
  place(matrices: Matrix4[], stations: Float32Array, force: ArrayLike<number>): void;
  theme(dark: boolean): void;
}

/** Build the arrows, hidden at first; a fascicle pulls its upper body along its first piece. */
export function arrowsOf(person: Person): Arrows {
  const root = new Group();
  root.visible = false;
  const lines = person.groups.flatMap((group, line) => (group === GROUP ? [line] : []));
  const bodyOf = (line: number) => person.pointBodies[person.starts[line]];
  const pulled = [...new Set(lines.map(bodyOf))].map((body) => {
    const arrow = new ArrowHelper();
    root.add(arrow);
    return { body, arrow, own: lines.filter((line) => bodyOf(line) === body) };
  });
  return {
    root,
    place(matrices, stations, force) {
      for (const { body, arrow, own } of pulled) {
        const sum = new Vector3();
        for (const line of own) {
          const first = 3 * STATIONS * line;
          const along = new Vector3().fromArray(stations, first + 3).sub(new Vector3().fromArray(stations, first));
          sum.addScaledVector(along.normalize(), force[line]);
        }
        const size = sum.length();
        arrow.visible = size >= LEAST_N;
        arrow.position.setFromMatrixPosition(matrices[body]);
        arrow.setDirection(sum.normalize());
        arrow.setLength(M_PER_N * size, 0.012, 0.008);
      }
    },
    theme(dark) {
      for (const { arrow } of pulled) arrow.setColor(new Color(PALETTES[dark ? 'dark' : 'light'].arrow));
    },
  };
}
