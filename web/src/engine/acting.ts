/**
 * What acts on a body in one pose, before the discs: columns that may be used and forces that act anyway.
 * `mechanics/acting.py`; rows are those of `Kinetics`, balanced ones first.
 *
 * Rows come in blocks of three: the slides and the hinges of the root, the hinges of each level, of each hip, then the
 * slides of each level. A column touches whole blocks.
 */

import { addApplied, contactColumns, type AppliedForce, type Contacts } from './columns';
import { capability, type Capability } from './curves';
import type { Kinetics } from './kinetics';
import { WIDTH } from './lines';
import type { Body } from './body';
import { capsuleMoment, ligamentTension } from './passive';
import type { SharingProblem } from './problem';
import type { Sparse } from './sparse';

/** What the muscles of a person can and do, per fascicle (M). */
export interface Effort {
  floor: Float64Array; // least activation
  cap: Float64Array; // greatest
  tight: Float64Array;
  weak: Float64Array;
}

/** Where the slots of a joint's arms are among the rows; -1 for none. */
interface Slots {
  slides: Int32Array; // (joints) first row of its slides
  hinges: Int32Array; // (joints) of its hinges
}

/**
 * One body with its effort, its contacts and known forces, and what acts on it in the pose last given to `act`.
 * `known` (rows): passive muscle, ligaments, capsules and given forces; `problem` lacks its demand.
 */
export interface Acting {
  body: Body;
  effort: Effort;
  contacts: Contacts;
  applied: AppliedForce[];
  rows: number; // balanced ones and slides
  balanced: number;
  slots: Slots;
  can: Capability;
  ligament: Float64Array; // (L) N
  push: Float64Array; // (rows) of one newton along the line of pressure
  columns: Float64Array; // (4 C, rows) of the contacts, see `contactColumns`
  known: Float64Array; // (rows)
  matrix: Sparse;
  problem: SharingProblem;
  poses: number; // of the kinetics, when this was worked out; -1 at first
  whole: boolean; // with slides
}

const BLOCK = 3;
const ROOT = 6; // rows of the root

/** Make ready to work out what acts on a body. */
export function actingOn(body: Body, effort: Effort, contacts: Contacts, applied: AppliedForce[]): Acting {
  const { fibres, ligaments, rules, weight_n } = body.mechanics;
  const muscles = fibres.names.length;
  const rows = body.rows.length + body.slides.length;
  const balanced = body.rows.length;
  const slots = slotsOf(body);
  const count = muscles + 4 * contacts.points.length;
  const matrix = pattern(body, slots, contacts, balanced, count);
  const contactWeight = rules.contact_cost * (rules.contact_unit_n / weight_n) ** 2;
  const weight = new Float64Array(count).fill(contactWeight);
  weight.set(fibres.weight);
  const upper = new Float64Array(count).fill(Infinity);
  upper.set(effort.cap);
  const lower = new Float64Array(count);
  lower.set(effort.floor.map((floor, i) => Math.min(floor, effort.cap[i])));
  const room = () => new Float64Array(muscles);
  return {
    body,
    effort,
    contacts,
    applied,
    rows,
    balanced,
    slots,
    can: { active: room(), passive: room(), ratio: room() },
    ligament: new Float64Array(ligaments.names.length),
    push: new Float64Array(rows),
    columns: new Float64Array(4 * contacts.points.length * rows),
    known: new Float64Array(rows),
    matrix,
    problem: {
      rows: balanced,
      columns: count,
      matrix,
      demand: new Float64Array(balanced),
      lower,
      upper,
      weight,
      unmetCost: Float64Array.from(body.rows, (_, row) => (row < ROOT ? rules.root_cost : rules.unmet_cost)),
    },
    poses: -1,
    whole: false,
  };
}

/**
 * Work out what acts in the pose of `kin`, in which the simulator stands; what did not move since the last is kept, and
 * slides are left out where `kin` does.
 */
export function act(acts: Acting, kin: Kinetics): void {
  const { body, effort, contacts, applied, can, ligament, push, columns, known, rows } = acts;
  const fresh = acts.poses !== kin.poses - 1 || (kin.whole && !acts.whole);
  const most = kin.whole ? rows : acts.balanced;
  const { fibres, ligaments, rules, fastest, capsule } = body.mechanics;
  const muscles = fibres.names.length;
  capability(fibres, fastest, kin, fresh, effort.tight, effort.weak, can);
  ligamentTension(ligaments, kin.length, muscles, ligament);
  push.fill(0);
  addPull(acts, kin, body.lines.count - 1, -1, push);
  contactColumns(body, contacts, fresh ? -1 : kin.bodies, rules.contact_unit_n, rows, most, columns);
  known.fill(0);
  addApplied(body, applied, known);
  addMuscles(acts, kin, can.passive, known);
  for (let i = 0; i < ligament.length; i++) {
    if (ligament[i] !== 0) addPull(acts, kin, muscles + i, ligament[i], known);
  }
  for (let side = 0; side < 2; side++) {
    const row = acts.balanced - 2 * BLOCK + BLOCK * side; // flexion of the right hip, of the left
    known[row] += capsuleMoment(capsule, kin.positions[body.rows[row]]);
  }
  write(acts, kin, fresh);
  acts.poses = kin.poses;
  acts.whole = kin.whole;
}

/** Add to rows what a solution's columns x give: all but what acts anyway. */
export function addAll(acts: Acting, kin: Kinetics, x: Float64Array, out: Float64Array): void {
  const { can, columns, rows } = acts;
  const muscles = can.active.length;
  const force = new Float64Array(muscles);
  for (let i = 0; i < muscles; i++) force[i] = x[i] * can.active[i];
  addMuscles(acts, kin, force, out);
  for (let j = muscles; j < x.length; j++) {
    if (x[j] === 0) continue;
    const at = (j - muscles) * rows;
    for (let row = 0; row < rows; row++) out[row] += x[j] * columns[at + row];
  }
}

/** Add `force` newtons of a line to rows. */
function addPull(acts: Acting, { arm, whole }: Kinetics, line: number, force: number, out: Float64Array): void {
  const { crossingFirst, crossingJoint } = acts.body.lines;
  const { slides, hinges } = acts.slots;
  for (let c = crossingFirst[line]; c < crossingFirst[line + 1]; c++) {
    const at = WIDTH * c;
    const hinge = hinges[crossingJoint[c]];
    out[hinge] += force * arm[at + 3];
    out[hinge + 1] += force * arm[at + 4];
    out[hinge + 2] += force * arm[at + 5];
    const slide = slides[crossingJoint[c]];
    if (slide < 0 || !whole) continue;
    out[slide] += force * arm[at];
    out[slide + 1] += force * arm[at + 1];
    out[slide + 2] += force * arm[at + 2];
  }
}

/** Add forces (M) N of the fascicles to rows, with the abdominal pressure that they raise. */
function addMuscles(acts: Acting, kin: Kinetics, force: Float64Array, out: Float64Array): void {
  const { fibres, pressure_area } = acts.body.mechanics;
  let pressed = 0;
  for (let i = 0; i < force.length; i++) {
    if (force[i] === 0) continue;
    addPull(acts, kin, i, force[i], out);
    pressed += force[i] * fibres.pressure[i];
  }
  pressed *= pressure_area;
  for (let row = 0; row < acts.rows; row++) out[row] += pressed * acts.push[row];
}

function slotsOf(body: Body): Slots {
  const all = [...body.rows, ...body.slides];
  const { joints } = body.lines;
  return {
    slides: Int32Array.from(joints, ({ slides }) => (slides.length ? all.indexOf(slides[0]) : -1)),
    hinges: Int32Array.from(joints, ({ hinges }) => all.indexOf(hinges[0])),
  };
}

/** The places of the matrix of the sharing, without values: each fascicle's reach, then contacts. */
function pattern(body: Body, slots: Slots, contacts: Contacts, balanced: number, count: number): Sparse {
  const { crossingFirst, crossingJoint, count: lines } = body.lines;
  const { pressure, names } = body.mechanics.fibres;
  const first = new Int32Array(count + 1);
  const row: number[] = [];
  const joints = (line: number) =>
    Array.from(crossingJoint.subarray(crossingFirst[line], crossingFirst[line + 1]), (j) => slots.hinges[j]);
  const pressed = joints(lines - 1);
  for (let i = 0; i < count; i++) {
    const blocks = new Set<number>();
    if (i < names.length) {
      for (const hinge of joints(i)) blocks.add(hinge);
      if (pressure[i] !== 0) for (const hinge of pressed) blocks.add(hinge);
    } else {
      for (const moved of contacts.moved[Math.floor((i - names.length) / 4)].rows) {
        if (moved < balanced) blocks.add(moved - (moved % BLOCK));
      }
    }
    for (const block of [...blocks].sort((a, b) => a - b)) row.push(block, block + 1, block + 2);
    first[i + 1] = row.length;
  }
  return { rows: balanced, columns: count, first, row: Int32Array.from(row), value: new Float64Array(row.length) };
}

/** Write the values of the matrix; columns of lines that did not move are kept. */
function write(acts: Acting, kin: Kinetics, fresh: boolean): void {
  const { crossingFirst, crossingJoint } = acts.body.lines;
  const { fibres, pressure_area } = acts.body.mechanics;
  const { matrix, push, columns, can, rows, contacts } = acts;
  const { arm } = kin;
  const { hinges } = acts.slots;
  const { first, row, value } = matrix;
  const muscles = can.active.length;
  for (let i = 0; i < muscles; i++) {
    const reach = can.active[i];
    const pressed = reach * fibres.pressure[i] * pressure_area;
    let at = WIDTH * crossingFirst[i] + BLOCK;
    if (pressed === 0) {
      if (!fresh && !kin.moved[i]) continue;
      for (let k = first[i]; k < first[i + 1]; k += BLOCK, at += WIDTH) {
        value[k] = reach * arm[at];
        value[k + 1] = reach * arm[at + 1];
        value[k + 2] = reach * arm[at + 2];
      }
      continue;
    }
    let c = crossingFirst[i];
    const end = crossingFirst[i + 1];
    for (let k = first[i]; k < first[i + 1]; k += BLOCK) {
      const block = row[k];
      value[k] = pressed * push[block];
      value[k + 1] = pressed * push[block + 1];
      value[k + 2] = pressed * push[block + 2];
      if (c === end || hinges[crossingJoint[c]] !== block) continue;
      value[k] += reach * arm[at];
      value[k + 1] += reach * arm[at + 1];
      value[k + 2] += reach * arm[at + 2];
      c++;
      at += WIDTH;
    }
  }
  for (let i = muscles; i < matrix.columns; i++) {
    if (!fresh && (contacts.bodies[(i - muscles) >> 2] & kin.bodies) === 0) continue;
    const at = (i - muscles) * rows;
    for (let k = first[i]; k < first[i + 1]; k++) value[k] = columns[at + row[k]];
  }
}
