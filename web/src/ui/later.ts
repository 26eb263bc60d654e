/** An engine that is still on its way: questions wait for it, and where it never comes they are told why. */

import type { Engine } from '../contract';

/** The engine that `made` resolves to. */
export function later(made: Promise<Engine>): Engine {
  const ready = made.then((engine) => engine.ready);
  ready.catch(() => undefined); // told by who waits for it
  return {
    ready,
    compute: async (scenario) => (await made).compute(scenario),
    frame: async (movement, index, change, hands_kg) => (await made).frame(movement, index, change, hands_kg),
  };
}
