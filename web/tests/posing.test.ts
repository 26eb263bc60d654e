/** The page's posing against the package's, scenario by scenario, and the sentences of what is refused. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal, type Scenario } from '../src/contract';
import { bodyOf, type Body } from '../src/engine/body';
import type { Mechanics } from '../src/engine/figures';
import { mujoco, Simulator } from '../src/engine/mujoco';
import { borne, posed } from '../src/engine/pose';
import { fixed, general } from '../src/engine/written';

interface Case {
  scenario: Scenario;
  refused?: string;
  positions: number[];
  contacts: [string, string, string, string, number, ...number[]][];
  rests: [string, string, ...number[]][];
  supported: boolean;
  feet: string;
  backrest_deg: number;
  notes: string[];
}

// Both balance to within 1e-6 m by the same steps; what is left is rounding of the kinematics.
const TOLERANCE = 1e-9; // rad, m
const FORCE_TOLERANCE = 1e-6; // N

const file = readFileSync(new URL('posing_cases.json.gz', import.meta.url));
const { mechanics, cases } = JSON.parse(gunzipSync(file).toString()) as { mechanics: Mechanics; cases: Case[] };
const named = cases.map((c) => [JSON.stringify(c.scenario), c] as const);
let body: Body;

beforeAll(async () => {
  body = bodyOf(mechanics, new Simulator(await mujoco(), mechanics));
});

describe('posing', () => {
  it('is tried in every preset and with refusals', () => {
    const presets = new Set(cases.filter((c) => !c.refused).map((c) => c.scenario.posture.preset));
    expect([...presets].sort()).toEqual(Object.keys(mechanics.presets).sort());
    expect(cases.filter((c) => !c.refused).length).toBeGreaterThanOrEqual(55);
    expect(cases.filter((c) => c.refused).length).toBeGreaterThanOrEqual(25);
  });

  it.each(named.filter(([, c]) => !c.refused))('poses %s', (_, c) => {
    const pose = posed(body, c.scenario);
    expect(farthest(pose.positions, c.positions)).toBeLessThan(TOLERANCE);
    expect([pose.supported, pose.feet, pose.notes]).toEqual([c.supported, c.feet, c.notes]);
    expect(Math.abs(pose.backrestDeg - c.backrest_deg)).toBeLessThan(TOLERANCE * 60);
    const { contacts, rests } = borne(body, pose);
    expect(contacts.map((p) => [p.contact, p.name, p.body, p.partner, p.friction])).toEqual(
      c.contacts.map((p) => p.slice(0, 5)),
    );
    contacts.forEach((p, i) => {
      expect(farthest([...p.position, ...p.normal], c.contacts[i].slice(5) as number[])).toBeLessThan(TOLERANCE);
    });
    expect(rests.map((r) => [r.name, r.body])).toEqual(c.rests.map((r) => r.slice(0, 2)));
    rests.forEach((r, i) => {
      expect(farthest(r.force, c.rests[i].slice(2, 5) as number[])).toBeLessThan(FORCE_TOLERANCE);
      expect(farthest(r.point, c.rests[i].slice(5) as number[])).toBeLessThan(TOLERANCE);
    });
  });

  it.each(named.filter(([, c]) => c.refused))('refuses %s', (_, c) => {
    let told = '';
    try {
      borne(body, posed(body, c.scenario));
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      told = (error as Refusal).message;
    }
    expect(told).toBe(c.refused);
  });

  it('refuses a preset that is none', () => {
    const scenario = { posture: { preset: 'toString' } };
    expect(() => posed(body, scenario)).toThrow(Refusal);
  });

  it('leaves the hands empty again', () => {
    const full = posed(body, { posture: { preset: 'stoop' }, surroundings: { hands_kg: 30 } });
    const empty = posed(body, { posture: { preset: 'stoop' } });
    const before = cases.find((c) => c.scenario.posture.preset === 'stoop' && !c.scenario.surroundings);
    expect(farthest(full.positions, before!.positions)).toBeGreaterThan(0.01);
    expect(farthest(empty.positions, before!.positions)).toBeLessThan(TOLERANCE);
  });
});

describe('numbers in sentences', () => {
  it('are written as Python writes them', () => {
    const expected = ['0', '70', '0.1', '-2.5', '1e+07', '1e-05', '123457', '0.0001', '80.01', 'nan'];
    expect([0, 70, 0.1, -2.5, 1e7, 1e-5, 123456.7, 1e-4, 80.01, NaN].map(general)).toEqual(expected);
    expect([fixed(0.5), fixed(1.5), fixed(2.5), fixed(-2.5), fixed(2.51), fixed(3.29, 1)]).toEqual(
      ['0', '2', '2', '-2', '3', '3.3'],
    );
  });
});

function farthest(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length);
  let worst = 0;
  for (let i = 0; i < one.length; i++) worst = Math.max(worst, Math.abs(one[i] - other[i]));
  return worst;
}
