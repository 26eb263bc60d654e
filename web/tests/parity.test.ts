/** The page against the package: the same scenarios give the same numbers, and the same refusals. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal, type Answer, type PageModel, type Scenario } from '../src/contract';
import { chainOf, type Chain } from '../src/engine/chain';
import type { Mechanics, MovementFrames } from '../src/engine/figures';
import { mujoco } from '../src/engine/mujoco';
import { UNSETTLED } from '../src/engine/told';

// A file of many scenarios (tests/make_parity.py) may be named; the committed one holds a few.
const FILE = process.env.PSOAS_PARITY ?? new URL('parity.json.gz', import.meta.url).pathname;
const LOAD_SHARE = 1e-3; // of a load, or of SMALL where that is more
const SMALL: Record<string, number> = {
  compression_n: 10,
  anterior_shear_n: 10,
  right_shear_n: 10,
  flexion_moment_nm: 0.2,
  pressure_mpa: 0.01,
};
const ACTIVATION = 1e-4;

type Case = Partial<Pick<Answer, 'status' | 'notes'>> & {
  scenario: Scenario;
  refused?: string;
  loads?: Record<string, number[]>;
  activation?: number[];
  positions?: number[];
};

interface Written {
  model: Pick<PageModel, 'mechanics' | 'movements'>;
  cases: Case[];
  hurried: { passes: number; cases: Case[] };
  movements: { change: Scenario['change']; hands_kg: number; loads: Record<string, number[][]>; activation: number[][] }[];
}

const written = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as Written;
let chain: Chain;
beforeAll(async () => {
  chain = chainOf(await mujoco(), written.model as PageModel);
});

/** The largest difference of loads as a share of what is allowed, and of activations. */
function off(answer: Answer, loads: Record<string, number[]>, activation: number[]): { load: number; activation: number } {
  let load = 0;
  for (const [name, values] of Object.entries(loads)) {
    values.forEach((value, k) => {
      const found = answer.loads[name as keyof Answer['loads']][k];
      const allowed = LOAD_SHARE * Math.max(Math.abs(value), SMALL[name]);
      const share = Math.abs(found - value) / allowed;
      load = Number.isNaN(share) ? Infinity : Math.max(load, share);
    });
  }
  const worst = activation.reduce((most, a, i) => Math.max(most, Math.abs(a - answer.activation[i])), 0);
  return { load, activation: worst };
}

describe('scenarios', () => {
  it('are computed or refused as the package does', () => {
    let worst = { load: 0, activation: 0 };
    let [computed, refused] = [0, 0];
    const wrong: string[] = [];
    for (const one of written.cases) {
      const name = JSON.stringify(one.scenario);
      let answer: Answer;
      try {
        answer = chain.compute(one.scenario);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.message !== one.refused) wrong.push(`${name}: "${error.message}", not "${one.refused}"`);
        refused++;
        continue;
      }
      if (one.refused) {
        wrong.push(`${name}: computed, not "${one.refused}"`);
        continue;
      }
      computed++;
      const found = off(answer, one.loads!, one.activation!);
      if (!(found.load <= 1)) wrong.push(`${name}: loads off by ${found.load} of what is allowed`);
      if (!(found.activation <= ACTIVATION)) wrong.push(`${name}: activations off by ${found.activation}`);
      if (answer.status !== one.status) wrong.push(`${name}: "${answer.status}", not "${one.status}"`);
      if (answer.notes.join('|') !== one.notes!.join('|')) wrong.push(`${name}: ${answer.notes.join('|')} not ${one.notes!.join('|')}`);
      worst = { load: Math.max(worst.load, found.load), activation: Math.max(worst.activation, found.activation) };
    }
    console.log(
      `${computed} scenarios computed, ${refused} refused; loads within ${(100 * LOAD_SHARE * worst.load).toPrecision(2)} %, ` +
        `activations within ${worst.activation.toPrecision(2)}`,
    );
    expect(wrong).toEqual([]);
    expect(computed).toBeGreaterThan(0.5 * written.cases.length);
  }, 600_000);
});

describe('a search for the shares of the levels that is given up', () => {
  it('is told in the words of the package', async () => {
    const model = structuredClone(written.model) as PageModel & { mechanics: Mechanics };
    model.mechanics.rules.settle.passes = written.hurried.passes;
    const hasty = chainOf(await mujoco(), model);
    const told = written.hurried.cases.map((one) => hasty.compute(one.scenario).status);
    expect(told).toEqual(written.hurried.cases.map((one) => one.status));
    expect(told).toEqual([`flagged: ${UNSETTLED}`, `flagged: ${UNSETTLED}`, 'ok']);
  });

  it('is told of those frames of a movement that rest on it', async () => {
    const model = structuredClone(written.model) as PageModel;
    const [movement] = model.movements as MovementFrames[];
    movement.settled = movement.settled.map((_, i) => (i < 5 ? 0 : 1));
    const hasty = chainOf(await mujoco(), model);
    const told = [4, 5].map((i) => hasty.frame(movement.name, i, {}).status);
    expect(told).toEqual([`flagged: ${UNSETTLED}`, 'ok']);
  });
});

describe('frames of the movement', () => {
  it('are as the package computes them, with a change and a load in the hands', () => {
    let [count, load, activation] = [0, 0, 0];
    for (const one of written.movements) {
      const [movement] = written.model.movements;
      movement.time_s.forEach((_, i) => {
        const answer = chain.frame(movement.name, i, one.change, one.hands_kg);
        const loads = Object.fromEntries(Object.entries(one.loads).map(([name, rows]) => [name, rows.map((row) => row[i])]));
        const found = off(
          answer,
          loads,
          one.activation.map((row) => row[i]),
        );
        load = Math.max(load, found.load);
        activation = Math.max(activation, found.activation);
        count++;
      });
    }
    console.log(`${count} frames: loads within ${(100 * LOAD_SHARE * load).toPrecision(2)} %, activations within ${activation.toPrecision(2)}`);
    expect(count).toBeGreaterThan(40);
    expect(load).toBeLessThan(1);
    expect(activation).toBeLessThan(ACTIVATION);
  });
});
