/** Where the page begins: read what stands in the file, start the engine beside it, build the page. */

import type { Engine, PageModel } from './contract';
import { app } from './ui/app';
import { coordinatesOf } from './ui/coordinates';
import { stubEngine } from './ui/stub';
import './style.css';

const model = JSON.parse(document.getElementById('model')?.textContent ?? '') as PageModel;
const engine: Engine = stubEngine(model);
(window as unknown as Record<string, unknown>).psoas = {
  compute: (s: Parameters<Engine['compute']>[0]) => engine.compute(s),
  ready: engine.ready,
};
app(document.getElementById('page') as HTMLElement, model, engine, null, coordinatesOf(model));
