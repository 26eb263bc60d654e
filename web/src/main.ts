/** Where the page begins: read what stands in the file, start the engine beside it, build the page. */

import type { Engine, PageModel } from './contract';
import { WorkerEngine } from './engine/client';
import { canDraw, SpineView } from './scene/view';
import { app } from './ui/app';
import { unpackedBytes } from './ui/bytes';
import { coordinatesOf } from './ui/coordinates';
import { later } from './ui/later';
import { TEXT } from './ui/text';
import './style.css';

const FIRST_PAINT_MS = 50; // before the engine is unpacked: the page is seen first

const textOf = (id: string) => document.getElementById(id)?.textContent ?? '';

async function started(model: PageModel): Promise<Engine> {
  if (typeof WebAssembly === 'undefined') throw new Error(TEXT.engine.noWasm);
  if (typeof Worker === 'undefined') throw new Error(TEXT.engine.noWorker);
  await new Promise((painted) => setTimeout(painted, FIRST_PAINT_MS));
  const binary = await unpackedBytes(textOf('engine'));
  return new WorkerEngine(model, binary.buffer);
}

async function begin(): Promise<void> {
  const page = document.getElementById('page') as HTMLElement;
  if (typeof DecompressionStream === 'undefined') {
    page.textContent = TEXT.engine.noGzip;
    return;
  }
  const model = JSON.parse(new TextDecoder().decode(await unpackedBytes(textOf('model')))) as PageModel;
  const engine = later(started(model));
  const presets = Object.fromEntries(model.presets.map((p) => [p.id, p.scenario]));
  Object.assign(window, { psoas: { compute: engine.compute, ready: engine.ready, presets } });
  const drawing = (host: HTMLElement) =>
    new SpineView(host, model.scene, {
      dark: document.documentElement.dataset.theme === 'dark',
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
  app(page, model, engine, canDraw() ? drawing : null, coordinatesOf(model));
}

void begin();
