/** What a scenario may ask of posture and surroundings (`case/posture.py`, `case/surroundings.py`, `mechanics/around.py`). */

import { Refusal, type Scenario, type Sided } from '../contract';
import type { Body } from './body';
import type { PresetFigures } from './figures';
import type { Sides } from './reach';
import { fixed, general } from './written';

export const SEATED = ['sitting', 'slouched'];

/** A number for both sides, or one for each; null where none is given. */
export function sided(value: Sided | undefined): Sides<number | null> {
  if (typeof value !== 'object') return { r: value ?? null, l: value ?? null };
  return { r: value.right ?? null, l: value.left ?? null };
}

/** Mass (kg) in each hand: one number is shared by both. */
export function inHands(scenario: Scenario): Sides<number> {
  const given = scenario.surroundings?.hands_kg ?? 0;
  if (typeof given !== 'object') return { r: given / 2, l: given / 2 };
  return { r: given.right ?? 0, l: given.left ?? 0 };
}

/** The preset of a scenario's posture; a Refusal where there is none of that name. */
export function presetOf(body: Body, scenario: Scenario): PresetFigures {
  const { presets } = body.mechanics;
  const name = scenario.posture.preset;
  if (Object.hasOwn(presets, name)) return presets[name];
  throw new Refusal(`[posture] preset is '${name}'; allowed is ${Object.keys(presets).join(', ')}.`);
}

/** Throw a Refusal for an angle, a load or a backrest that no person can have. */
export function refuseBeyondLimits(body: Body, scenario: Scenario): void {
  const { limits } = body.mechanics;
  for (const [name, [low, high]] of Object.entries(limits.angles_deg)) {
    const given = sided((scenario.posture as unknown as Record<string, Sided | undefined>)[name]);
    for (const angle of [given.l, given.r]) {
      if (angle === null || (angle >= low && angle <= high)) continue;
      const allowed = `beyond the joint's limits of ${general(low)} to ${general(high)} degrees`;
      throw new Refusal(`[posture] ${name} is ${general(angle)}, ${allowed}.`);
    }
  }
  const [low, high] = limits.level_deg;
  for (const [level, angle] of Object.entries(scenario.posture.levels_deg ?? {})) {
    if (!body.mechanics.levels.includes(level)) {
      throw new Refusal(`[posture.levels_deg] Unknown level '${level}'. Known: ${body.mechanics.levels.join(', ')}.`);
    }
    if (angle >= low && angle <= high) continue;
    const allowed = `beyond the joint's limits of ${general(low)} to ${general(high)} degrees`;
    throw new Refusal(`[posture.levels_deg] '${level}' is ${general(angle)}, ${allowed}.`);
  }
  refuseHands(scenario, limits.hand_kg);
  refuseBackrest(scenario.surroundings?.backrest_deg, limits.upright_deg);
}

function refuseHands(scenario: Scenario, [least, most]: [number, number]): void {
  const given = scenario.surroundings?.hands_kg ?? 0;
  const is = (mass: number) => `[surroundings] hands_kg is ${general(mass)}`;
  const allowed = (hands: number) => `allowed is ${general(hands * least)} to ${general(hands * most)} kg`;
  if (typeof given !== 'object') {
    if (given >= 2 * least && given <= 2 * most) return;
    throw new Refusal(`${is(given)}; ${allowed(2)} in both hands together.`);
  }
  const { l, r } = inHands(scenario);
  for (const [side, mass] of [['left', l], ['right', r]] as const) {
    if (mass >= least && mass <= most) continue;
    throw new Refusal(`${is(mass)} in the ${side} hand; ${allowed(1)}.`);
  }
}

const FLAT_DEG = 180; // a backrest that lies down

function refuseBackrest(backrest: number | undefined, upright: number): void {
  if (backrest === undefined) return;
  const is = `[surroundings] backrest_deg is ${general(backrest)}`;
  if (!(backrest >= 0 && backrest <= FLAT_DEG)) throw new Refusal(`${is}; allowed is 0 to ${FLAT_DEG} degrees.`);
  if (backrest >= upright) return;
  throw new Refusal(
    `${is}: such a backrest leans forward over the seat and would push the person off it; ` +
      `${general(upright)} is upright, 100 to 120 leans back.`,
  );
}

/** Throw a Refusal where the surroundings cannot be those of a person in this preset. */
export function refuseForeign(body: Body, base: PresetFigures, scenario: Scenario): void {
  const around = scenario.surroundings ?? {};
  const lying = base.feet === 'free';
  const kind = lying ? 'lies' : SEATED.includes(base.name) ? 'sits' : 'stands';
  const chair = (['seat', 'backrest_deg'] as const).find((key) => around[key]);
  if (chair && kind !== 'sits') {
    throw new Refusal(
      `The chair is not under the person: '${chair}' is given, but in '${base.name}' a person ${kind}. ` +
        'Write preset = "sitting" or "slouched", or leave the chair out.',
    );
  }
  const on = (['desk', 'armrests', 'elbows_on_thighs'] as const).find((key) => around[key]);
  if (lying && on) {
    throw new Refusal(`'${on}' is for a person who sits or stands; the preset '${base.name}' lies.`);
  }
  const mass = body.mechanics.mass_kg;
  const most = body.mechanics.posing.largest_load * mass;
  const hands = inHands(scenario);
  const load = hands.r + hands.l;
  if (load > most) {
    throw new Refusal(
      `${general(load)} kg in the hands is ${fixed(load / mass, 1)} times this person's mass of ` +
        `${general(mass)} kg, more than people lift; hands_kg may be up to ${fixed(most)} kg in both hands together.`,
    );
  }
}

/** Names of the contacts of a preset in its surroundings. */
export function contactsOf(base: PresetFigures, scenario: Scenario): string[] {
  const around = scenario.surroundings ?? {};
  let contacts = [...base.bearing];
  if (around.seat && !contacts.includes('seat')) contacts.push('seat');
  if (around.seat === false) contacts = contacts.filter((name) => name !== 'seat');
  if (around.backrest_deg !== undefined && !contacts.includes('backrest')) contacts.push('backrest');
  for (const name of ['armrests', 'desk', 'elbows_on_thighs'] as const) if (around[name]) contacts.push(name);
  return contacts;
}

/** The angle of one number in rad, or what it is where it is not given. */
export function radians(degrees: number | null | undefined, otherwise: number): number {
  return degrees === null || degrees === undefined ? otherwise : (degrees * Math.PI) / 180;
}

/** Each side's angle in rad, or what it is where it is not given. */
export function sidedRadians<T>(value: Sided | undefined, otherwise: T): Sides<number | T> {
  const given = sided(value);
  const of = (degrees: number | null): number | T => (degrees === null ? otherwise : (degrees * Math.PI) / 180);
  return { r: of(given.r), l: of(given.l) };
}
