/** MuJoCo in WebAssembly: where bodies, axes and sites of a pose are, and the lines that bend over cylinders. */

import loadMujoco, { type MainModule, type MjData, type MjModel } from '@mujoco/mujoco';
import type { Mechanics } from './model';

const SITE = 3; // mjtWrap: a point of a line; others are cylinders and pulleys

/** MuJoCo's own module; `binary` is its wasm where it cannot be read beside the script. */
export async function mujoco(binary?: ArrayBuffer | Uint8Array): Promise<MainModule> {
  return loadMujoco(binary ? { wasmBinary: binary } : undefined) as Promise<MainModule>;
}

/** What a compiled model does not change. */
export interface Compiled {
  nv: number;
  nbody: number;
  nsite: number;
  ntendon: number;
  parent: Int32Array; // (nbody)
  dofBody: Int32Array; // (nv)
  slide: Uint8Array; // (nv) 1 for slides
  siteBody: Int32Array; // (nsite)
  bodyPos: Float64Array; // (nbody, 3) m, in the parent
  wrapped: Int32Array; // lines that bend over a cylinder
  sites: Int32Array[]; // per line the sites of a straight one, empty for a wrapped one
}

/**
 * One model and its data. The arrays are views into MuJoCo's memory and hold what `place` and `lines` found last.
 * MuJoCo is left the wrapped lines only, as in `mechanics/batch.py`.
 */
export class Simulator {
  readonly compiled: Compiled;
  readonly qpos: Float64Array; // (nv)
  readonly position: Float64Array; // (nbody, 3) m
  readonly turn: Float64Array; // (nbody, 9) row-major rotation of each body
  readonly centre: Float64Array; // (nbody, 3) m, mass centres
  readonly together: Float64Array; // (nbody, 3) m, mass centre of each body with all that it carries
  readonly axis: Float64Array; // (nv, 3) world axes
  readonly anchor: Float64Array; // (nv, 3) m, world
  readonly site: Float64Array; // (nsite, 3) m
  readonly mass: Float64Array; // (nbody) kg
  readonly massTogether: Float64Array; // (nbody) kg, with all that it carries
  private readonly lengths: Float64Array; // (ntendon) m, of wrapped lines
  private readonly jacobian: Float64Array;
  private readonly rowStart: Int32Array;
  private readonly rowCount: Int32Array;
  private readonly rowDof: Int32Array;
  private readonly hands: [number, number]; // bodies, right and left
  private readonly bare: [number, number]; // kg, of the hands alone
  private readonly m: MainModule;
  private readonly model: MjModel;
  private readonly data: MjData;

  constructor(m: MainModule, mechanics: Mechanics) {
    m.FS.writeFile('/body.xml', mechanics.xml);
    const model = m.MjModel.from_xml_path('/body.xml');
    this.m = m;
    this.model = model;
    this.compiled = compiled(model);
    const count: Int32Array = model.tendon_num;
    for (let i = 0; i < this.compiled.ntendon; i++) if (this.compiled.sites[i].length) count[i] = 0;
    const data = new m.MjData(model);
    this.data = data;
    // A view is made anew each time it is asked for, which costs as much as a stage; memory does not grow from here.
    this.qpos = data.qpos;
    this.position = data.xpos;
    this.turn = data.xmat;
    this.centre = data.xipos;
    this.together = data.subtree_com;
    this.axis = data.xaxis;
    this.anchor = data.xanchor;
    this.site = data.site_xpos;
    this.mass = model.body_mass;
    this.massTogether = model.body_subtreemass;
    this.lengths = data.ten_length;
    this.jacobian = data.ten_J;
    this.rowStart = model.ten_J_rowadr;
    this.rowCount = model.ten_J_rownnz;
    this.rowDof = model.ten_J_colind;
    const [right, left] = ['hand_r', 'hand_l'].map((name) => mechanics.bodies.indexOf(name));
    this.hands = [right, left];
    this.bare = [this.mass[right], this.mass[left]];
  }

  /** Hold masses (kg) in the hands, at the grip: `body/build.py`, `_add_segment`. */
  hold(right: number, left: number): void {
    const { parent } = this.compiled;
    [right, left].forEach((load, side) => {
      const hand = this.hands[side];
      const more = this.bare[side] + load - this.mass[hand];
      if (more === 0) return;
      this.mass[hand] = this.bare[side] + load;
      for (let body = hand; ; body = parent[body]) {
        this.massTogether[body] += more;
        if (body === 0) break;
      }
    });
  }

  /** Find where everything is at positions q (V). */
  place(q: ArrayLike<number>): void {
    this.qpos.set(q);
    this.m.mj_kinematics(this.model, this.data);
    this.m.mj_comPos(this.model, this.data);
  }

  /** After `place`: work out the wrapped lines, read by `wrappedLength` and `wrappedArms`. */
  lines(): void {
    this.m.mj_tendon(this.model, this.data);
  }

  /** Length (m) of a wrapped line. */
  wrappedLength(line: number): number {
    return this.lengths[line];
  }

  /** Calls with every degree of freedom that a wrapped line passes, and its arm -dL/dq there (m, 1 for slides). */
  wrappedArms(line: number, each: (dof: number, arm: number) => void): void {
    const end = this.rowStart[line] + this.rowCount[line];
    for (let k = this.rowStart[line]; k < end; k++) each(this.rowDof[k], -this.jacobian[k]);
  }

  /** Generalised forces (V) that positions, velocities and accelerations (V) need, gravity included: mj_inverse. */
  inverse(q: ArrayLike<number>, velocity: ArrayLike<number>, acceleration: ArrayLike<number>): Float64Array {
    const { data } = this;
    this.qpos.set(q);
    (data.qvel as Float64Array).set(velocity);
    (data.qacc as Float64Array).set(acceleration);
    this.m.mj_inverse(this.model, data);
    return Float64Array.from(data.qfrc_inverse as Float64Array);
  }

  /** The points where a wrapped line touches its cylinder (2, 3) m, world, after `lines`; null where it passes straight. */
  tangents(line: number, geom: number): Float64Array | null {
    const first: number = this.data.ten_wrapadr[line];
    const size: number = this.data.ten_wrapnum[line];
    const on: Int32Array = this.data.wrap_obj;
    const at: Float64Array = this.data.wrap_xpos;
    const found: number[] = [];
    for (let k = first; k < first + size; k++) if (on[k] === geom) found.push(at[3 * k], at[3 * k + 1], at[3 * k + 2]);
    return found.length === 6 ? Float64Array.from(found) : null;
  }

  /** Number, body, centre (3) m and axes (9, row-major) of a cylinder by its name. */
  geom(name: string): { id: number; centre: Float64Array; axes: Float64Array } {
    const id = this.m.mj_name2id(this.model, this.m.mjtObj.mjOBJ_GEOM.value, name);
    return {
      id,
      centre: Float64Array.from((this.data.geom_xpos as Float64Array).subarray(3 * id, 3 * id + 3)),
      axes: Float64Array.from((this.data.geom_xmat as Float64Array).subarray(9 * id, 9 * id + 9)),
    };
  }
}

function compiled(model: MjModel): Compiled {
  const joints: Int32Array = model.jnt_type;
  const type: Int32Array = model.wrap_type;
  const object: Int32Array = model.wrap_objid;
  const first: Int32Array = model.tendon_adr;
  const count: Int32Array = model.tendon_num;
  const sites: Int32Array[] = [];
  const wrapped: number[] = [];
  for (let i = 0; i < model.ntendon; i++) {
    const straight = type.subarray(first[i], first[i] + count[i]).every((kind) => kind === SITE);
    sites.push(straight ? Int32Array.from(object.subarray(first[i], first[i] + count[i])) : new Int32Array(0));
    if (!straight) wrapped.push(i);
  }
  return {
    nv: model.nv,
    nbody: model.nbody,
    nsite: model.nsite,
    ntendon: model.ntendon,
    parent: Int32Array.from(model.body_parentid as Int32Array),
    dofBody: Int32Array.from(model.dof_bodyid as Int32Array),
    slide: Uint8Array.from(joints, (kind) => (kind === 2 ? 1 : 0)),
    siteBody: Int32Array.from(model.site_bodyid as Int32Array),
    bodyPos: Float64Array.from(model.body_pos as Float64Array),
    wrapped: Int32Array.from(wrapped),
    sites,
  };
}
