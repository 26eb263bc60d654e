/** What the psoas pulls on each vertebra, as one arrow a body: the sum over both sides of force x direction. */

import { ConeGeometry, CylinderGeometry, Group, Matrix4, Mesh, MeshBasicMaterial, Vector3 } from 'three';
import { PALETTES, share } from './colours';
import type { Person } from './model';
import { STATIONS } from './paths';

const GROUP = 'psoas_major';
const LONGEST_M = 0.16; // at the top of the scale of forces; shorter as sqrt(force), as their colours go
const [SHAFT_M, HEAD_M, HEAD_LONG_M] = [0.0018, 0.0058, 0.015];
const LEAST_N = 1; // below which none is drawn

/** The arrows, drawn over everything else; hidden at first. */
export interface Arrows {
  root: Group;
  /** Lay the arrows from stations (M, STATIONS, 3) [m] and forces (M,) [N]. */
  place(matrices: Matrix4[], stations: Float32Array, force: ArrayLike<number>): void;
  theme(dark: boolean): void;
}

/** Build the arrows: a fascicle pulls its upper body along its first piece. */
export function arrowsOf(person: Person): Arrows {
  const root = new Group();
  root.visible = false;
  const ink = new MeshBasicMaterial({ depthTest: false, transparent: true });
  const shaftForm = new CylinderGeometry(SHAFT_M, SHAFT_M, 1, 8).translate(0, 0.5, 0);
  const headForm = new ConeGeometry(HEAD_M, HEAD_LONG_M, 12).translate(0, 0.5 * HEAD_LONG_M, 0);
  const lines = person.groups.flatMap((group, line) => (group === GROUP ? [line] : []));
  const bodyOf = (line: number) => person.pointBodies[person.starts[line]];
  const pulled = [...new Set(lines.map(bodyOf))].map((body) => {
    const [arrow, shaft, head] = [new Group(), new Mesh(shaftForm, ink), new Mesh(headForm, ink)];
    for (const part of [shaft, head]) part.renderOrder = 1;
    arrow.add(shaft, head);
    root.add(arrow);
    return { body, arrow, shaft, head, own: lines.filter((line) => bodyOf(line) === body) };
  });
  const [sum, along, start, up] = [new Vector3(), new Vector3(), new Vector3(), new Vector3(0, 1, 0)];
  return {
    root,
    place(matrices, stations, force) {
      for (const { body, arrow, shaft, head, own } of pulled) {
        sum.set(0, 0, 0);
        for (const line of own) {
          const first = 3 * STATIONS * line;
          along.fromArray(stations, first + 3).sub(start.fromArray(stations, first));
          sum.addScaledVector(along.normalize(), force[line]);
        }
        const size = sum.length();
        const long = LONGEST_M * share(size);
        arrow.visible = size >= LEAST_N;
        arrow.position.setFromMatrixPosition(matrices[body]);
        arrow.quaternion.setFromUnitVectors(up, sum.normalize());
        shaft.scale.y = Math.max(1e-4, long - HEAD_LONG_M);
        head.position.y = shaft.scale.y;
      }
    },
    theme(dark) {
      ink.color.set(PALETTES[dark ? 'dark' : 'light'].arrow);
    },
  };
}
