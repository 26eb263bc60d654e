/** State to scenario, state to address and back; what is not accepted is told by its key. */

import { describe, expect, it } from 'vitest';
import { BadLink, fragmentOf, linkOf, untouched, type Link } from '../src/ui/fragment';
import {
  angleOf,
  CONTROLS,
  given,
  rangeOf,
  scenarioOf,
  whyNot,
  withValue,
  type State,
  type Values,
} from '../src/ui/state';
import { answerWith, COORDINATES, entry, LEVELS, MODEL } from './ui_model';

const state = (preset: string, values: Values = {}): State => ({ preset, values });
const link = (change: Partial<Link>): Link => ({ ...untouched(MODEL), ...change });

describe('scenarioOf', () => {
  it('leaves an untouched preset as the package has it, and does not change it', () => {
    const before = structuredClone(entry('tight_psoas').scenario);
    expect(scenarioOf(state('tight_psoas'), entry('tight_psoas'))).toEqual(before);
    scenarioOf(state('tight_psoas', { tight: 3 }), entry('tight_psoas'));
    expect(entry('tight_psoas').scenario).toEqual(before);
  });

  it('writes each control where the scenario files have it', () => {
    const found = scenarioOf(
      state('sitting', { tight: 6, weak: 30, inhibit: 20, trunk: 10, hip: 80, load: 5, back: 110 }),
      entry('sitting'),
    );
    expect(found).toEqual({
      posture: { preset: 'sitting', trunk_flexion_deg: 10, hip_flexion_deg: 80 },
      surroundings: { hands_kg: 5, backrest_deg: 110 },
      change: {
        tight: { psoas_major: 0.06 },
        weak: { multifidus: 0.3, erector_spinae: 0.3 },
        inhibited: { multifidus: 0.2, erector_spinae: 0.2 },
      },
    });
  });

  it('takes a change away again when its slider goes to nothing', () => {
    expect(scenarioOf(state('tight_psoas', { tight: 0 }), entry('tight_psoas'))).toEqual({
      posture: { preset: 'standing' },
    });
  });

  it('moves one hip and keeps the other as the preset has it', () => {
    expect(scenarioOf(state('end_of_stance', { hipl: 10 }), entry('end_of_stance')).posture.hip_flexion_deg).toEqual({
      right: -15,
      left: 10,
    });
    expect(scenarioOf(state('standing', { hipr: 20 }), entry('standing')).posture.hip_flexion_deg).toEqual({
      right: 20,
    });
  });
});

describe('withValue', () => {
  it('drops a value that is the preset\u2019s own', () => {
    expect(withValue(state('tight_psoas', { tight: 3 }), entry('tight_psoas'), 'tight', 10).values).toEqual({});
  });

  it('lets both hips and one hip replace each other', () => {
    const one = withValue(state('standing', { hip: 20 }), entry('standing'), 'hipr', 30);
    expect(one.values).toEqual({ hipr: 30 });
    expect(withValue(one, entry('standing'), 'hip', 5).values).toEqual({ hip: 5 });
  });

  it('lets pelvis and hips replace each other where a person stands and must balance', () => {
    const tilted = state('standing', { tilt: 10 });
    expect(withValue(tilted, entry('standing'), 'hip', 20).values).toEqual({ hip: 20 });
    expect(withValue(state('standing', { hip: 20 }), entry('standing'), 'tilt', 10).values).toEqual({ tilt: 10 });
    expect(withValue(tilted, entry('standing'), 'hipr', 20).values).toEqual({ tilt: 10, hipr: 20 });
    expect(withValue(state('sitting', { tilt: 5 }), entry('sitting'), 'hip', 80).values).toEqual({ tilt: 5, hip: 80 });
  });

  it('gives the pelvis to a backrest', () => {
    expect(withValue(state('sitting', { tilt: 5 }), entry('sitting'), 'back', 110).values).toEqual({ back: 110 });
    expect(whyNot('tilt', scenarioOf(state('sitting', { back: 110 }), entry('sitting')))).toBe('backrestTilt');
  });
});

it('tells the angle that an answer came out with', () => {
  const positions = COORDINATES.map((name) =>
    name.endsWith('_flexion') ? Math.PI / 60 : name === 'hip_flexion_r' ? 1 : 0.5,
  );
  const answer = answerWith({ positions });
  expect(angleOf('trunk', answer, COORDINATES, LEVELS)).toBeCloseTo(18, 9);
  expect(angleOf('hip', answer, COORDINATES, LEVELS)).toBeCloseTo((0.75 * 180) / Math.PI, 9);
  expect(angleOf('tilt', answer, COORDINATES, LEVELS)).toBeCloseTo((0.5 * 180) / Math.PI, 9);
});

describe('the address', () => {
  it('is short for an untouched page', () => {
    expect(fragmentOf(untouched(MODEL), MODEL)).toBe('#v=1&preset=standing');
    expect(linkOf('', MODEL)).toEqual(untouched(MODEL));
  });

  it('brings every link back as it was', () => {
    const links = [
      link({ state: state('sitting', { tight: 6, tilt: -5 }) }),
      link({ state: state('sitting', { back: 0, load: 2.5 }), base: 'standing', measure: 'pressure_mpa' }),
      link({
        state: state('standing', { hipr: -10, hipl: 15 }),
        base: state('sitting', { back: 120, weak: 20 }),
        level: 'L5/S1',
      }),
      link({ expert: true, move: 'sit', measure: 'anterior_shear_n' }),
    ];
    for (const one of links) expect(linkOf(fragmentOf(one, MODEL), MODEL)).toEqual(one);
    expect(fragmentOf(links[0], MODEL)).toBe('#v=1&preset=sitting&tight=6&tilt=-5');
    expect(fragmentOf(links[2], MODEL)).toBe(
      '#v=1&preset=standing&hipr=-10&hipl=15&b.preset=sitting&b.weak=20&b.back=120&level=L5/S1',
    );
  });

  it('holds every control at both ends of its range, where it means something', () => {
    let tried = 0;
    for (const preset of MODEL.presets)
      for (const control of CONTROLS) {
        if (whyNot(control, preset.scenario)) continue;
        const { min, max } = rangeOf(control, preset.scenario);
        for (const value of [min, max]) {
          const one = link({ state: state(preset.id, { [control]: value }) });
          expect(linkOf(fragmentOf(one, MODEL), MODEL)).toEqual(one);
          tried += 1;
        }
      }
    expect(tried).toBeGreaterThan(80);
  });

  it.each([
    ['#preset=standing', 'v=1'],
    ['#v=2&preset=standing', '\u201cv\u201d'],
    ['#v=1&preset=flying', '\u201cpreset\u201d is \u201cflying\u201d; allowed are standing'],
    ['#v=1&tihgt=6', '\u201ctihgt\u201d; allowed are'],
    ['#v=1&tight=21', '\u201ctight\u201d is \u201c21\u201d; allowed is a number from 0 to 20'],
    ['#v=1&tight=-1', '\u201ctight\u201d'],
    ['#v=1&tight=', '\u201ctight\u201d'],
    ['#v=1&tight=1e1', '\u201ctight\u201d'],
    ['#v=1&tight=NaN', '\u201ctight\u201d'],
    ['#v=1&tight', 'no value'],
    ['#v=1&tight=6&tight=7', 'twice'],
    ['#v=1&tilt=%E0%A4%A', 'damaged'],
    ['#v=1&preset=standing&back=110', '\u201cback\u201d means nothing in standing'],
    ['#v=1&preset=slouched&back=off', '\u201cback\u201d'],
    ['#v=1&preset=sitting&back=110&tilt=5', '\u201ctilt\u201d means nothing in sitting'],
    ['#v=1&preset=constructive_rest&load=5', '\u201cload\u201d means nothing in constructive_rest'],
    ['#v=1&hip=20&hipr=10', 'hip'],
    ['#v=1&base=chair', '\u201cbase\u201d is \u201cchair\u201d'],
    ['#v=1&base=standing&b.preset=sitting', 'base'],
    ['#v=1&b.tight=99', '\u201cb.tight\u201d is \u201c99\u201d'],
    ['#v=1&b.show=shear', '\u201cb.show\u201d'],
    ['#v=1&show=all', '\u201cshow\u201d is \u201call\u201d; allowed are compression'],
    ['#v=1&level=L6', '\u201clevel\u201d'],
    ['#v=1&names=latin', '\u201cnames\u201d'],
    ['#v=1&move=fly', '\u201cmove\u201d is \u201cfly\u201d; allowed are sit'],
  ])('refuses %s and names the key', (fragment, told) => {
    expect(() => linkOf(fragment, MODEL)).toThrow(BadLink);
    expect(() => linkOf(fragment, MODEL)).toThrow(told);
  });
});

it('reads what a preset gives', () => {
  expect(given('tight', entry('tight_psoas').scenario)).toBe(10);
  expect(given('back', entry('sitting').scenario)).toBe(0);
  expect(given('back', entry('slouched').scenario)).toBe(110);
  expect(given('hipr', entry('end_of_stance').scenario)).toBe(-15);
  expect(given('tilt', entry('standing').scenario)).toBeUndefined();
});
