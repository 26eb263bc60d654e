/** The engine beside the page: gets the model and MuJoCo's binary once, then answers one question after another. */

import { Refusal, type Answer, type PageModel, type Scenario, type Sided } from '../contract';
import { chainOf, type Chain } from './chain';
import { mujoco } from './mujoco';

/** What the page asks; `id` comes back with the answer. */
export type Question =
  | { kind: 'start'; id: number; model: PageModel; binary: ArrayBuffer }
  | { kind: 'compute'; id: number; scenario: Scenario }
  | { kind: 'frame'; id: number; movement: string; index: number; change: Scenario['change']; hands?: Sided };

/** What the worker says to it: an answer (none to `start`), or why there is none; refused: the fault is the question's. */
export interface Reply {
  id: number;
  answer?: Answer;
  failed?: string;
  refused?: boolean;
}

let chain: Chain | null = null;

async function answered(question: Question): Promise<Answer | undefined> {
  if (question.kind === 'start') {
    chain = chainOf(await mujoco(question.binary), question.model);
    return undefined;
  }
  if (!chain) throw new Error('The engine was asked before it was started.');
  if (question.kind === 'compute') return chain.compute(question.scenario);
  return chain.frame(question.movement, question.index, question.change, question.hands);
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  answered(data)
    .then((answer): Reply => ({ id: data.id, answer }))
    .catch((error: unknown): Reply => {
      const failed = error instanceof Error ? error.message : String(error);
      return { id: data.id, failed, refused: error instanceof Refusal };
    })
    .then((reply) => postMessage(reply));
});
