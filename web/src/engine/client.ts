/** The page's side of the engine: questions go to the worker by number, answers come back to who asked. */

import { Refusal, type Answer, type Engine, type PageModel, type Scenario, type Sided } from '../contract';
import type { Question, Reply } from './worker';
import EngineWorker from './worker?worker&inline';

type Waiting = { resolve: (answer: Answer | undefined) => void; reject: (why: Error) => void };
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The engine in a worker of its own, so that the page stays quick; `binary` is MuJoCo's WebAssembly. */
export class WorkerEngine implements Engine {
  readonly ready: Promise<void>;
  private readonly worker = new EngineWorker();
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(model: PageModel, binary: ArrayBuffer) {
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => this.told(data);
    this.worker.onerror = (event) => {
      const why = new Error(event.message || 'The engine stopped.');
      for (const one of this.waiting.values()) one.reject(why);
      this.waiting.clear();
    };
    // The worker computes and does not draw.
    const bare = { ...model, presets: [], scene: { bodies: [], lines: [], groups: [] } };
    this.ready = this.ask({ kind: 'start', model: bare, binary }).then(() => undefined);
  }

  async compute(scenario: Scenario): Promise<Answer> {
    return (await this.ask({ kind: 'compute', scenario }))!;
  }

  async frame(movement: string, index: number, change: Scenario['change'], hands?: Sided): Promise<Answer> {
    return (await this.ask({ kind: 'frame', movement, index, change, hands }))!;
  }

  private ask(question: Unnumbered<Question>): Promise<Answer | undefined> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...question, id });
    });
  }

  private told({ id, answer, failed, refused }: Reply): void {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    if (failed === undefined) one?.resolve(answer);
    else one?.reject(refused ? new Refusal(failed) : new Error(failed));
  }
}
