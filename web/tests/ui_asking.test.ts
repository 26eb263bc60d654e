/** Questions to the engine: one at a time, the newest wins, what was dropped is not told. */

import { expect, it, vi } from 'vitest';
import { latest, settled } from '../src/ui/asking';

interface Flight {
  question: number;
  land: () => void;
  crash: () => void;
}

function desk() {
  const flights: Flight[] = [];
  const answers: number[] = [];
  const failures: number[] = [];
  const run = (question: number) =>
    new Promise<number>((land, crash) =>
      flights.push({ question, land: () => land(question * 10), crash: () => crash(new Error()) }),
    );
  const asker = latest(
    run,
    (_, answer) => answers.push(answer),
    (question) => failures.push(question),
  );
  return { flights, answers, failures, asker };
}
const breathe = () => new Promise((done) => setTimeout(done, 0));

it('has one question in flight and of those that wait asks only the newest', async () => {
  const { flights, answers, asker } = desk();
  for (const question of [1, 2, 3, 4]) asker.ask(question);
  expect(flights.map((f) => f.question)).toEqual([1]);
  flights[0].land();
  await breathe();
  expect(flights.map((f) => f.question)).toEqual([1, 4]);
  flights[1].land();
  await breathe();
  expect(answers).toEqual([10, 40]);
  expect(asker.busy()).toBe(false);
});

it('does not tell the answer to a question that was dropped', async () => {
  const { flights, answers, asker } = desk();
  asker.ask(1);
  asker.ask(2);
  asker.drop();
  asker.ask(3);
  flights[0].land();
  await breathe();
  flights[1].land();
  await breathe();
  expect(flights.map((f) => f.question)).toEqual([1, 3]);
  expect(answers).toEqual([30]);
  asker.ask(4);
  expect(asker.busy()).toBe(true);
  asker.drop();
  expect(asker.busy()).toBe(false);
});

it('tells a failure, but not one that a newer question has overtaken', async () => {
  const { flights, answers, failures, asker } = desk();
  asker.ask(1);
  asker.ask(2);
  flights[0].crash();
  await breathe();
  expect(failures).toEqual([]);
  flights[1].crash();
  await breathe();
  expect(failures).toEqual([2]);
  expect(answers).toEqual([]);
  asker.ask(3);
  await breathe();
  flights[2].land();
  await breathe();
  expect(answers).toEqual([30]);
});

it('waits until nothing more is asked', () => {
  vi.useFakeTimers();
  let acted = 0;
  const ask = settled(100, () => (acted += 1));
  ask();
  vi.advanceTimersByTime(60);
  ask();
  vi.advanceTimersByTime(60);
  expect(acted).toBe(0);
  vi.advanceTimersByTime(40);
  expect(acted).toBe(1);
  vi.useRealTimers();
});
