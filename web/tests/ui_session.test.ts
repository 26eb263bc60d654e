/** The page without its looks: states, answers, refusals and the address, with an engine that is told what to do. */

import { expect, it } from 'vitest';
import { Refusal, type Answer, type Engine, type Scenario } from '../src/contract';
import { unpacked } from '../src/ui/compare';
import { session } from '../src/ui/session';
import { entry, MODEL } from './ui_model';

const breathe = () => new Promise((done) => setTimeout(done, 0));

/** An engine whose compression is 1000 N and one more for every call; a load of 25 kg is refused. */
function made(hash = '', isReady = true) {
  const asked: Scenario[] = [];
  const engine: Engine = {
    ready: isReady ? Promise.resolve() : new Promise(() => undefined),
    async compute(scenario): Promise<Answer> {
      asked.push(scenario);
      if (scenario.surroundings?.hands_kg === 25) throw new Refusal('too heavy.');
      const answer = unpacked(entry('standing'));
      answer.loads.compression_n = answer.loads.compression_n.map(() => 1000 + asked.length);
      return answer;
    },
    frame: () => Promise.reject(new Error('no movement here')),
  };
  const history = [hash];
  const address = {
    read: () => history[history.length - 1],
    push: (fragment: string) => void history.push(fragment),
    replace: (fragment: string) => void (history[history.length - 1] = fragment),
  };
  const refused: string[] = [];
  let changes = 0;
  const it = session(MODEL, engine, address, {
    changed: () => (changes += 1),
    refused: (sentence) => refused.push(sentence),
  });
  it.follow();
  return { it, asked, history, refused, changes: () => changes };
}

it('shows the package\u2019s own answer of a preset and asks the engine only for what was moved', async () => {
  const { it: page, asked, history } = made();
  await breathe();
  page.choose('sitting');
  expect(page.shown().answer.loads.compression_n[4]).toBe(740);
  expect(asked).toEqual([]);
  page.move('tight', 6);
  await breathe();
  expect(asked).toHaveLength(1);
  expect(asked[0].change?.tight).toEqual({ psoas_major: 0.06 });
  expect(page.shown().answer.loads.compression_n[4]).toBe(1001);
  expect(history).toEqual(['', '#v=1&preset=sitting&tight=6']);
});

it('compares with the state before the control at hand was touched', async () => {
  const { it: page } = made();
  await breathe();
  page.move('tight', 5);
  await breathe();
  page.move('tight', 10);
  await breathe();
  expect(page.before().state.values).toEqual({});
  page.move('load', 5);
  await breathe();
  expect(page.before().state.values).toEqual({ tight: 10 });
  expect(page.isFresh()).toBe(false);
  page.choose('sitting');
  expect(page.isFresh()).toBe(true);
});

it('shows stages on the way while a slider is dragged, and knows that it is behind', async () => {
  const { it: page } = made();
  await breathe();
  page.move('tight', 5);
  page.move('tight', 6);
  page.move('tight', 7);
  expect(page.isBehind()).toBe(true);
  await breathe();
  expect(page.isBehind()).toBe(false);
  expect(page.shown().state.values).toEqual({ tight: 7 });
  expect(page.shown().answer.loads.compression_n[4]).toBe(1002); // the first and the last were computed, no other
});

it('keeps the last good answer where the engine refuses, and says why', async () => {
  const { it: page, refused } = made();
  await breathe();
  page.move('tight', 5);
  await breathe();
  page.move('load', 25);
  await breathe();
  expect(refused[refused.length - 1]).toContain('too heavy.');
  expect(page.shown().state.values).toEqual({ tight: 5 });
  expect(page.link().state.values).toEqual({ tight: 5, load: 25 });
  page.move('load', 20);
  await breathe();
  expect(refused[refused.length - 1]).toBe('');
  expect(page.shown().state.values).toEqual({ tight: 5, load: 20 });
});

it('restores a link with its pinned state once the engine is there', async () => {
  const { it: page, asked } = made('#v=1&preset=standing&tight=6&b.preset=sitting&b.load=5');
  expect(page.link().state.values).toEqual({ tight: 6 });
  expect(page.baseline().kind).toBe('preset');
  await breathe();
  await breathe();
  expect(asked).toHaveLength(2);
  expect(page.baseline().kind).toBe('pinned');
  expect(page.baseline().told.state).toEqual({ preset: 'sitting', values: { load: 5 } });
});

it('follows the back button and refuses a bad fragment without losing anything', async () => {
  const { it: page, history, refused } = made();
  await breathe();
  page.move('tight', 6);
  await breathe();
  page.choose('sitting');
  history.pop();
  page.follow();
  await breathe();
  expect(page.link().state).toEqual({ preset: 'standing', values: { tight: 6 } });
  history[history.length - 1] = '#v=1&preset=standing&tight=99';
  page.follow();
  expect(refused[refused.length - 1]).toContain('\u201ctight\u201d is \u201c99\u201d');
  expect(page.link().state).toEqual({ preset: 'standing', values: { tight: 6 } });
});

it('tells a bad link until something is done, also when the engine comes meanwhile', async () => {
  const { it: page, refused } = made('#v=1&preset=flying');
  await breathe();
  expect(refused[refused.length - 1]).toContain('flying');
  page.move('tight', 6);
  await breathe();
  expect(refused[refused.length - 1]).toBe('');
});

it('shows presets while the engine is not there', async () => {
  const { it: page, asked } = made('#v=1&preset=sitting&tight=6', false);
  await breathe();
  expect(page.isReady()).toBe(false);
  expect(page.shown().answer.loads.compression_n[4]).toBe(740);
  page.choose('slouched');
  expect(page.shown().answer.loads.compression_n[4]).toBe(440);
  expect(asked).toEqual([]);
});

it('pins what is shown', async () => {
  const { it: page, history } = made();
  await breathe();
  page.move('tight', 6);
  await breathe();
  page.pin();
  page.compareWith('standing');
  expect(page.baseline().kind).toBe('standing');
  page.compareWith('pinned');
  expect(page.baseline().told.state.values).toEqual({ tight: 6 });
  expect(history[history.length - 1]).toBe('#v=1&preset=standing&tight=6&b.preset=standing&b.tight=6');
});
