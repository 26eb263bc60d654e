/** A scenario's posture and the posing rules make a balanced set of coordinates and what bears it (`mechanics/pose.py`). */

import { Refusal, type Scenario } from '../contract';
import { positionsOf, type Angles } from './angles';
import { contactsOf, inHands, presetOf, radians, refuseBeyondLimits, refuseForeign, SEATED, sidedRadians } from './asked';
import { contactPoints, worldPoint } from './contacts';
import type { Body } from './body';
import type { ContactPoint, PresetFigures } from './figures';
import { elbowsOnThighs, forearmsLevel, SIDES } from './reach';
import { againstBackrest } from './seat';
import { armRests, refuseFalling, RESTS, touching, type Rest } from './surfaces';
import { fixed } from './written';

const BALANCE_TOLERANCE = 1e-6; // m, of the centre of mass over mid-foot
const LEAN_LIMIT = (40 * Math.PI) / 180;
const LARGEST_STEP = 0.2; // rad
const STEP = 1e-4; // rad, of the finite differences
const STEPS = 30;

/** A posture as it stands before its lumbar levels settle. */
export interface Posed {
  positions: Float64Array; // (V,) rad, m; the lowest sole point that bears is at height 0
  points: ContactPoint[]; // all that could bear, see `bearing`
  names: string[]; // of the contacts, desk and armrests among them
  feet: string; // that bear: 'rl', 'r' or 'l'
  supported: boolean; // the trunk leans on something
  backrestDeg: number;
  free: string[]; // levels that may settle
  notes: string[];
}

/** What bears a posture: points that are touched, and relaxed arms on their rests as known forces. */
export interface Bearing {
  contacts: ContactPoint[];
  rests: Rest[];
}

/**
 * The posture of a scenario by the posing rules: a given angle replaces the preset's, `levels_deg` that level's share of
 * trunk flexion. Upper arms hang vertically. On the feet the thighs keep the preset's inclination when the pelvis tilts,
 * and one lean of the legs about the ankles puts the centre of mass over mid-foot; with hips given and tilt not, the
 * whole body leans instead. One hip alone leaves the other foot bearing. Throws a Refusal where that cannot be.
 */
export function posed(body: Body, scenario: Scenario): Posed {
  refuseBeyondLimits(body, scenario);
  const base = presetOf(body, scenario);
  refuseForeign(body, base, scenario);
  const hands = inHands(scenario);
  body.sim.hold(hands.r, hands.l);
  const names = contactsOf(base, scenario);
  const a = read(scenario, base);
  const { posture, surroundings: around = {} } = scenario;
  const tiltGiven = posture.pelvis_tilt_deg !== undefined;
  const hips = SIDES.filter((s) => a.hip[s] !== null);
  const stands = base.feet === 'balance';
  const feet = stands && hips.length === 1 ? (hips[0] === 'r' ? 'l' : 'r') : 'rl';
  const wholeBody = stands && hips.length === 2 && !tiltGiven;
  if (wholeBody) a.tilt = (a.hip.r! + a.hip.l!) / 2 - (a.thigh.r + a.thigh.l) / 2;
  if (SEATED.includes(base.name) && around.backrest_deg !== undefined && !tiltGiven) {
    lean(body, a, base, around.backrest_deg);
  }
  let q = positionsOf(body, a, base.feet === 'free', base.pelvis_rotation);
  // With hips and tilt both given the legs stand as they are told, and so do given ankles: nothing is left to lean.
  const standing = SIDES.filter((s) => feet.includes(s));
  const free = !(tiltGiven && standing.every((s) => a.hip[s] !== null));
  if (stands && free && standing.every((s) => a.ankle[s] === null)) q = balanced(body, a, feet, wholeBody);
  const rested = Boolean(around.desk || around.armrests);
  if (around.elbows_on_thighs) q = elbowsOnThighs(body, q);
  else if (rested) q = forearmsLevel(body, q);
  const backrestDeg = around.backrest_deg ?? 90 - ((a.tilt + a.trunk[0]) * 180) / Math.PI;
  return {
    positions: onTheFloor(body, q, feet),
    points: contactPoints(
      body,
      names.filter((name) => !RESTS.includes(name)),
      backrestDeg,
      feet,
    ),
    names,
    feet,
    supported: base.supported || names.includes('backrest'),
    backrestDeg,
    free: body.mechanics.levels.filter((level) => !(level in (posture.levels_deg ?? {}))),
    notes: rested ? ['desk and armrests stand at elbow height'] : [],
  };
}

/** What bears a posture at positions (V): those of `posed`, or where its levels have settled. */
export function bearing(body: Body, pose: Posed, positions: Float64Array): Bearing {
  return { contacts: touching(body, positions, pose.points), rests: armRests(body, positions, pose.names) };
}

/** What bears a posture as posed; throws a Refusal where the person would fall. */
export function borne(body: Body, pose: Posed): Bearing {
  const found = bearing(body, pose, pose.positions);
  refuseFalling(body, pose.positions, found.contacts, found.rests);
  return found;
}

/** Put the person against a backrest of this angle. */
function lean(body: Body, a: Angles, base: PresetFigures, backrestDeg: number): void {
  const recline = ((backrestDeg - 90) * Math.PI) / 180;
  if (base.name === 'slouched') a.tilt -= recline + base.pelvis_tilt + base.trunk_flexion;
  else againstBackrest(body, a, recline);
}

function read({ posture }: Scenario, base: PresetFigures): Angles {
  const levels = Object.entries(posture.levels_deg ?? {});
  return {
    tilt: radians(posture.pelvis_tilt_deg, base.pelvis_tilt),
    trunk: [
      radians(posture.trunk_flexion_deg, base.trunk_flexion),
      radians(posture.trunk_bend_deg, 0),
      radians(posture.trunk_twist_deg, 0),
    ],
    levels: Object.fromEntries(levels.map(([level, degrees]) => [level, radians(degrees, 0)])),
    thigh: { r: base.thigh, l: base.thigh },
    hip: sidedRadians(posture.hip_flexion_deg, null),
    knee: sidedRadians(posture.knee_flexion_deg, base.knee),
    ankle: sidedRadians(posture.ankle_flexion_deg, null),
    shoulder: sidedRadians(posture.shoulder_flexion_deg, base.arms === 'hang' ? null : 0),
    elbow: sidedRadians(posture.elbow_flexion_deg, base.elbow),
    neck: radians(posture.neck_flexion_deg, 0),
    lean: 0,
    sideLean: 0,
  };
}

/** The lean of the legs (and to the side on one foot) that puts the centre of mass over mid-foot, by Newton's steps. */
function balanced(body: Body, a: Angles, feet: string, wholeBody: boolean): Float64Array {
  const { tilt } = a;
  const offset = (lean: number, side: number): { q: Float64Array; off: [number, number] } => {
    a.lean = lean;
    a.sideLean = side;
    if (wholeBody) a.tilt = tilt - lean;
    const q = positionsOf(body, a);
    return { q, off: massOverFeet(body, q, feet) };
  };
  let [forward, side] = [0, 0];
  // Bent knees let the thighs lean further at the same ankles.
  const limit = LEAN_LIMIT + Math.max(a.knee.r, a.knee.l, 0);
  let off: [number, number] = [0, 0];
  for (let count = 0; count < STEPS; count++) {
    const here = offset(forward, side);
    off = here.off;
    if (Math.abs(off[0]) < BALANCE_TOLERANCE && (feet.length === 2 || Math.abs(off[1]) < BALANCE_TOLERANCE)) {
      return here.q;
    }
    const slope = (offset(forward + STEP, side).off[0] - off[0]) / STEP;
    forward -= clipped(off[0] / slope);
    if (feet.length === 1) {
      const across = (offset(forward, side + STEP).off[1] - off[1]) / STEP;
      side -= clipped(off[1] / across);
    }
    if (Math.abs(forward) > limit || Math.abs(side) > LEAN_LIMIT) break;
  }
  throw new Refusal(
    `No lean of the legs up to ${fixed((limit * 180) / Math.PI)} degrees puts the centre of mass over the feet; ` +
      `it stays ${fixed(Math.abs(off[0]) * 100)} cm ${off[0] > 0 ? 'in front of' : 'behind'} mid-foot. ` +
      'Change the trunk, the hips or the knees, or sit the person down.',
  );
}

function clipped(step: number): number {
  return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
}

/** Distance (m) forward and right of the centre of mass from the middle of the soles that bear. */
function massOverFeet(body: Body, q: Float64Array, feet: string): [number, number] {
  body.sim.place(q);
  const middle = [0, 0];
  for (const s of feet) {
    const sole = solePoints(body, s);
    [0, 2].forEach((axis, k) => {
      const along = sole.map((p) => p[axis]);
      middle[k] += (0.5 * (Math.min(...along) + Math.max(...along))) / feet.length;
    });
  }
  const { together } = body.sim;
  return [together[0] - middle[0], together[2] - middle[1]];
}

/** Positions with the pelvis raised so that the lowest sole point of these feet is at height 0. */
function onTheFloor(body: Body, q: Float64Array, feet: string): Float64Array {
  body.sim.place(q);
  const heights = [...feet].flatMap((s) => solePoints(body, s).map((p) => p[1]));
  const raised = q.slice();
  raised[body.dof.pelvis_ty] -= Math.min(...heights);
  return raised;
}

/** World places (m) of the sole points of a foot, where the simulator has been placed. */
function solePoints(body: Body, side: string): number[][] {
  return body.mechanics.skin
    .filter((p) => p.contact === 'feet' && p.body === `foot_${side}`)
    .map((p) => worldPoint(body, p.body, p.position));
}
