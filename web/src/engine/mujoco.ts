/** MuJoCo in WebAssembly: where the bodies and axes of a pose are, and what a movement asks of its joints. */

import loadMujoco, { type MainModule, type MjData, type MjModel } from '@mujoco/mujoco';
import type { Mechanics } from './figures';

const SLIDE = 2; // mjtJoint

/** MuJoCo's own module; `binary` is its wasm where it cannot be read beside the script. */
export async function mujoco(binary?: ArrayBuffer | Uint8Array): Promise<MainModule> {
  return loadMujoco(binary ? { wasmBinary: binary } : undefined) as Promise<MainModule>;
}

/** What a compiled model does not change. */
export interface Compiled {
  nv: number;
  nbody: number;
  parent: Int32Array; // (nbody)
  dofBody: Int32Array; // (nv)
  slide: Uint8Array; // (nv) 1 for slides
  bodyPos: Float64Array; // (nbody, 3) m, in the parent
}

/**
 * One model and its data. The arrays are views into MuJoCo's memory and hold what `place` found last.
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
  readonly mass: Float64Array; // (nbody) kg
  readonly massTogether: Float64Array; // (nbody) kg, with all that it carries
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
    this.mass = model.body_mass;
    this.massTogether = model.body_subtreemass;
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

  /** Generalised forces (V) that positions, velocities and accelerations (V) need, gravity included: mj_inverse. */
  inverse(q: ArrayLike<number>, velocity: ArrayLike<number>, acceleration: ArrayLike<number>): Float64Array {
    const { data } = this;
    this.qpos.set(q);
    (data.qvel as Float64Array).set(velocity);
    (data.qacc as Float64Array).set(acceleration);
    this.m.mj_inverse(this.model, data);
    return Float64Array.from(data.qfrc_inverse as Float64Array);
  }
}

function compiled(model: MjModel): Compiled {
  return {
    nv: model.nv,
    nbody: model.nbody,
    parent: Int32Array.from(model.body_parentid as Int32Array),
    dofBody: Int32Array.from(model.dof_bodyid as Int32Array),
    slide: Uint8Array.from(model.jnt_type as Int32Array, (kind) => (kind === SLIDE ? 1 : 0)),
    bodyPos: Float64Array.from(model.body_pos as Float64Array),
  };
}
