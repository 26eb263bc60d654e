/** The waist: a scenario, or a frame of a movement, through posing, settling, balance and joint loads. `frames.py`, `chain.py`. */

import { Refusal, type Answer, type PageModel, type Scenario, type Sided, type Support } from '../contract';
import { actingOn, type Acting } from './acting';
import { inHands } from './asked';
import { contactsOf } from './columns';
import { drawn, supports } from './drawn';
import { effortOf } from './effort';
import { balanced, type Equilibrium } from './equilibrium';
import { pressure } from './joints';
import { atRest, moving, noKinetics, type Kinetics } from './kinetics';
import { bodyOf, type Body } from './body';
import type { ContactPoint, Mechanics, MovementFrames } from './figures';
import { Simulator, type mujoco } from './mujoco';
import { bearing, borne, posed } from './pose';
import { settle } from './rhythm';
import { byJoint, notesOf, residualOf, SETTLED, statusOf } from './told';
import type { Rest } from './surfaces';
import { fixed, general } from './written';

type MuJoCo = Awaited<ReturnType<typeof mujoco>>;

/** What computes, without a worker. */
export interface Chain {
  compute(scenario: Scenario): Answer;
  frame(movement: string, index: number, change: Scenario['change'], hands?: Sided): Answer;
}

/** Make ready to compute for the person of a page's model; takes a few hundred milliseconds. */
export function chainOf(m: MuJoCo, model: PageModel): Chain {
  const mechanics = model.mechanics as unknown as Mechanics;
  const body = bodyOf(mechanics, new Simulator(m, mechanics));
  const kin = noKinetics(body);
  const movements = new Map((model.movements as MovementFrames[]).map((one) => [one.name, one]));
  const stages = new Map<string, Stage>();
  return {
    compute: (scenario) => compute(body, kin, scenario),
    frame: (name, index, change, hands) => {
      const movement = movements.get(name);
      if (!movement || !movement.positions[index]) throw new Refusal(`There is no frame ${index} of a movement '${name}'.`);
      if (!stages.has(name)) stages.set(name, stageOf(body, movement));
      return frame(body, kin, movement, index, stages.get(name)!, change, hands);
    },
  };
}

/** The answer to a scenario; a Refusal where no such posture can be. */
function compute(body: Body, kin: Kinetics, scenario: Scenario): Answer {
  const began = performance.now();
  const pose = posed(body, scenario);
  const before = borne(body, pose);
  const effort = effortOf(body, scenario.change, pose.supported);
  const rough = actingOn(body, effort, contactsOf(body, before.contacts), before.rests);
  const { positions, settled } = settle(rough, kin, pose.positions, pose.free);
  const notes = [...pose.notes];
  let [borneBy, now] = [before, rough];
  if (moved(pose.positions, positions)) {
    notes.push(SETTLED);
    borneBy = bearing(body, pose, positions);
    now = actingOn(body, effort, contactsOf(body, borneBy.contacts), borneBy.rests);
  }
  notes.push(...borneBy.rests.map((r) => `${r.name} carries ${fixed(r.force[1])} N of the relaxed arm`));
  atRest(body, positions, kin);
  const found = balanced(now, kin);
  refuseTorn(now);
  refuseUnbalanced(now, found);
  const stage = supports(body, borneBy.contacts);
  const from = { contacts: borneBy.contacts, rests: borneBy.rests, notes, settled };
  return answerOf(now, kin, found, scenario, from, stage, began);
}

interface Stage {
  supports: Support[];
  floor_m: number | null;
}

/** What stands around a movement: each plate, and the floor, from the last frame in which it bears. */
function stageOf(body: Body, movement: MovementFrames): Stage {
  const plates = new Map<string, Support>();
  let floor: number | null = null;
  movement.positions.forEach((q, i) => {
    body.sim.place(q);
    const here = supports(body, bearingIn(movement, i));
    for (const plate of here.supports) plates.set(plate.name, plate);
    if (here.floor_m !== null) floor = Math.min(floor ?? Infinity, here.floor_m);
  });
  return { supports: [...plates.values()], floor_m: floor };
}

function bearingIn(movement: MovementFrames, index: number): ContactPoint[] {
  return movement.contacts.filter((_, c) => movement.bears[index][c] === 1);
}

/** One frame of a movement as the package prepared it, with something changed in the muscles or held in the hands. */
function frame(
  body: Body,
  kin: Kinetics,
  movement: MovementFrames,
  index: number,
  stage: Stage,
  change: Scenario['change'],
  hands?: Sided,
): Answer {
  const began = performance.now();
  const scenario: Scenario = { posture: { preset: 'standing' }, surroundings: { hands_kg: hands ?? 0 }, change };
  const load = inHands(scenario);
  body.sim.hold(load.r, load.l);
  const contacts = bearingIn(movement, index);
  const now = actingOn(body, effortOf(body, change, false), contactsOf(body, contacts), []);
  moving(body, movement.positions[index], movement.velocities[index], movement.accelerations[index], kin);
  const found = balanced(now, kin);
  refuseTorn(now);
  const from = { contacts, rests: [], notes: movement.notes, settled: movement.settled[index] === 1 };
  return answerOf(now, kin, found, scenario, from, stage, began);
}

/** Whether settling moved anything that counts: numpy's allclose with atol 1e-6. */
function moved(before: Float64Array, after: Float64Array): boolean {
  return before.some((x, i) => Math.abs(after[i] - x) > 1e-6 + 1e-5 * Math.abs(x));
}

/** Throw a Refusal where a tight fibre would be longer than living muscle can be. */
function refuseTorn({ body, effort, can }: Acting): void {
  const { names } = body.mechanics.fibres;
  const longest = body.mechanics.rules.status.longest_fibre;
  const { ratio } = can;
  let worst = 0;
  const stretched = (i: number) => (effort.tight[i] > 0 ? ratio[i] : 0);
  names.forEach((_, i) => (worst = stretched(i) > stretched(worst) ? i : worst));
  if (stretched(worst) <= longest) return;
  throw new Refusal(
    `${names[worst]} is ${fixed(100 * effort.tight[worst])} % tight: its fibres would be stretched to ` +
      `${Number(ratio[worst].toPrecision(3))} times their optimal length here, and muscle tears before ${general(longest)}. ` +
      'Make it less tight, or choose a posture that stretches it less.',
  );
}

/** Throw a Refusal where no contact carries the root. */
function refuseUnbalanced({ body, contacts }: Acting, found: Equilibrium): void {
  const { weight_n, rules } = body.mechanics;
  const left = found.unmet.subarray(0, 6);
  if (left.every((x) => Math.abs(x) <= rules.status.carried_share * weight_n)) return;
  const names = [...new Set(contacts.points.map((c) => c.contact))].sort();
  throw new Refusal(
    `No contact can balance this posture: ${names.join(', ') || 'nothing'} cannot carry ` +
      `${fixed(Math.hypot(left[0], left[1], left[2]))} N and ${fixed(Math.hypot(left[3], left[4], left[5]))} N m. ` +
      'Give it a seat, a backrest or a bed under [surroundings], or bring the trunk back over what bears it.',
  );
}

/** The answer of the pose in which the simulator stands. */
function answerOf(
  acts: Acting,
  kin: Kinetics,
  found: Equilibrium,
  scenario: Scenario,
  from: { contacts: ContactPoint[]; rests: Rest[]; notes: string[]; settled: boolean },
  stage: Stage,
  began: number,
): Answer {
  const { body, can } = acts;
  const count = body.mechanics.fibres.names.length;
  const demand = byJoint(body, found.demand);
  const unmet = byJoint(body, found.unmet);
  return {
    scenario,
    loads: {
      compression_n: Array.from(found.loads.compression),
      anterior_shear_n: Array.from(found.loads.anteriorShear),
      right_shear_n: Array.from(found.loads.rightShear),
      flexion_moment_nm: Array.from(found.loads.flexionMoment),
      pressure_mpa: pressure(body, found.loads.compression),
    },
    activation: found.activation,
    active_n: found.active,
    passive_n: can.passive.slice(),
    length_m: kin.length.slice(0, count),
    contacts: contactForces(from.contacts, from.rests, found.contact),
    demand_nm: demand,
    unmet_nm: unmet,
    status: statusOf(body, demand, unmet, residualOf(body, found.unmet), found.converged, from.settled),
    notes: [...body.mechanics.notes, ...from.notes, ...notesOf(acts, found)],
    positions: kin.positions.slice(),
    pose: drawn(body, kin),
    ...stage,
    took_ms: performance.now() - began,
  };
}

function contactForces(contacts: ContactPoint[], rests: Rest[], force: Float64Array): Answer['contacts'] {
  const found = new Map<string, [number, number, number]>();
  const add = (name: string, more: ArrayLike<number>) => {
    const before = found.get(name) ?? [0, 0, 0];
    found.set(name, [before[0] + more[0], before[1] + more[1], before[2] + more[2]]);
  };
  contacts.forEach((contact, c) => add(contact.contact, force.subarray(3 * c, 3 * c + 3)));
  for (const rest of rests) add(rest.name, rest.force);
  return Array.from(found, ([name, force_n]) => ({ name, force_n }));
}
