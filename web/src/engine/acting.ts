/**
 * What acts on a body in one pose, before the discs: columns that may be used and forces that act anyway.
 * `mechanics/acting.py`; rows are those of `Kinetics`, balanced ones first.
 */

import { addApplied, contactColumns, type AppliedForce, type Contacts } from './columns';
import { capability, type Capability } from './curves';
import type { Kinetics } from './kinetics';
import { WIDTH } from './lines';
import type { Body } from './model';
import { capsuleMoment, ligamentTension } from './passive';
import type { SharingProblem } from './sharing';

/** What the muscles of a person can and do, per fascicle (M). */
export interface Effort {
  floor: Float64Array; // least activation
  cap: Float64Array; // greatest
  tight: Float64Array;
  weak: Float64Array;
}

/** Of one pose. `known` (rows): passive muscle, ligaments, capsules and given forces; `problem` lacks its demand. */
export interface Acting {
  kin: Kinetics;
  can: Capability;
  ligament: Float64Array; // (L) N
  push: Float64Array; // (rows) of one newton along the line of pressure
  columns: Float64Array; // (4 C, rows) of the contacts, see `contactColumns`
  known: Float64Array;
  problem: SharingProblem;
}

/** Rows of `Kinetics` that the slots of each joint of `Lines` are; made once a body. */
export interface Slots {
  rows: number; // balanced ones and slides
  balanced: number;
  row: Int32Array; // (joints, WIDTH), -1 for none
}

export function slotsOf(body: Body): Slots {
  const all = [...body.rows, ...body.slides];
  const row = new Int32Array(WIDTH * body.lines.joints.length).fill(-1);
  body.lines.joints.forEach(({ dofs }, j) => dofs.forEach((dof, i) => (row[WIDTH * j + i] = all.indexOf(dof))));
  return { rows: all.length, balanced: body.rows.length, row };
}

/** Evaluate what acts; the simulator stands in the pose of `kin`. */
export function acting(
  body: Body,
  slots: Slots,
  kin: Kinetics,
  effort: Effort,
  contacts: Contacts,
  applied: AppliedForce[],
): Acting {
  const { fibres, ligaments, rules, fastest, capsule, pressure_area, weight_n } = body.mechanics;
  const muscles = fibres.names.length;
  const can = room(muscles);
  capability(fibres, fastest, kin.length, kin.velocity, effort.tight, effort.weak, can);
  const ligament = new Float64Array(ligaments.names.length);
  ligamentTension(ligaments, kin.length, muscles, ligament);
  const push = new Float64Array(slots.rows);
  addPull(body, slots, kin, body.lines.count - 1, -1, push);
  const columns = new Float64Array(4 * contacts.points.length * slots.rows);
  contactColumns(body, contacts, rules.contact_unit_n, slots.rows, columns);
  const known = new Float64Array(slots.rows);
  addApplied(body, applied, known);
  addMuscles(body, slots, kin, push, can.passive, known);
  for (let i = 0; i < ligament.length; i++) {
    if (ligament[i] !== 0) addPull(body, slots, kin, muscles + i, ligament[i], known);
  }
  for (const side of ['r', 'l']) {
    const dof = body.dof[`hip_flexion_${side}`];
    known[body.rows.indexOf(dof)] += capsuleMoment(capsule, kin.positions[dof]);
  }
  const contactWeight = rules.contact_cost * (rules.contact_unit_n / weight_n) ** 2;
  const count = muscles + 4 * contacts.points.length;
  const problem: SharingProblem = {
    rows: slots.balanced,
    columns: count,
    matrix: matrixOf(body, slots, kin, can.active, push, pressure_area, columns, count),
    demand: new Float64Array(slots.balanced),
    lower: new Float64Array(count),
    upper: new Float64Array(count).fill(Infinity),
    weight: new Float64Array(count).fill(contactWeight),
    unmetCost: Float64Array.from(body.rows, (_, row) => (row < 6 ? rules.root_cost : rules.unmet_cost)),
  };
  for (let i = 0; i < muscles; i++) {
    problem.lower[i] = Math.min(effort.floor[i], effort.cap[i]);
    problem.upper[i] = effort.cap[i];
    problem.weight[i] = fibres.weight[i];
  }
  return { kin, can, ligament, push, columns, known, problem };
}

/** Add to rows what a solution's columns x give: all but what acts anyway. */
export function addAll(body: Body, slots: Slots, acts: Acting, x: Float64Array, out: Float64Array): void {
  const muscles = acts.can.active.length;
  const force = new Float64Array(muscles);
  for (let i = 0; i < muscles; i++) force[i] = x[i] * acts.can.active[i];
  addMuscles(body, slots, acts.kin, acts.push, force, out);
  for (let j = muscles; j < x.length; j++) {
    if (x[j] === 0) continue;
    const at = (j - muscles) * slots.rows;
    for (let row = 0; row < slots.rows; row++) out[row] += x[j] * acts.columns[at + row];
  }
}

/** Add `force` newtons of a line to rows. */
function addPull(body: Body, slots: Slots, kin: Kinetics, line: number, force: number, out: Float64Array): void {
  const { crossingFirst, crossingJoint } = body.lines;
  for (let c = crossingFirst[line]; c < crossingFirst[line + 1]; c++) {
    const at = WIDTH * crossingJoint[c];
    for (let i = 0; i < WIDTH; i++) {
      const row = slots.row[at + i];
      if (row >= 0) out[row] += force * kin.arm[WIDTH * c + i];
    }
  }
}

/** Add forces (M) N of the fascicles to rows, with the abdominal pressure that they raise. */
function addMuscles(
  body: Body,
  slots: Slots,
  kin: Kinetics,
  push: Float64Array,
  force: Float64Array,
  out: Float64Array,
): void {
  const { fibres, pressure_area } = body.mechanics;
  let pressed = 0;
  for (let i = 0; i < force.length; i++) {
    if (force[i] === 0) continue;
    addPull(body, slots, kin, i, force[i], out);
    pressed += force[i] * fibres.pressure[i];
  }
  pressed *= pressure_area;
  for (let row = 0; row < slots.rows; row++) out[row] += pressed * push[row];
}

/** The matrix (balanced rows, columns) of the sharing: each fascicle's reach, then contacts. */
function matrixOf(
  body: Body,
  slots: Slots,
  kin: Kinetics,
  reach: Float64Array,
  push: Float64Array,
  area: number,
  columns: Float64Array,
  count: number,
): Float64Array {
  const { crossingFirst, crossingJoint } = body.lines;
  const { pressure } = body.mechanics.fibres;
  const { balanced, rows } = slots;
  const muscles = reach.length;
  const matrix = new Float64Array(balanced * count);
  for (let i = 0; i < muscles; i++) {
    for (let c = crossingFirst[i]; c < crossingFirst[i + 1]; c++) {
      const at = WIDTH * crossingJoint[c];
      for (let k = 0; k < WIDTH; k++) {
        const row = slots.row[at + k];
        if (row >= 0 && row < balanced) matrix[row * count + i] += reach[i] * kin.arm[WIDTH * c + k];
      }
    }
    if (pressure[i] === 0) continue;
    for (let row = 0; row < balanced; row++) matrix[row * count + i] += reach[i] * push[row] * pressure[i] * area;
  }
  for (let j = 0; j < count - muscles; j++) {
    for (let row = 0; row < balanced; row++) matrix[row * count + muscles + j] = columns[j * rows + row];
  }
  return matrix;
}

function room(count: number): Capability {
  return { active: new Float64Array(count), passive: new Float64Array(count), ratio: new Float64Array(count) };
}
