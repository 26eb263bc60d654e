/** Where the page begins: read what stands in the file, start the engine beside it, build the page. */

import type { Engine, PageModel } from './contract';
import { chainOf } from './engine/chain';
import { mujoco } from './engine/mujoco';
import { canDraw, SpineView } from './scene/view';
import { app } from './ui/app';
import { unpackedBytes } from './ui/bytes';
import { coordinatesOf } from './ui/coordinates';
import { later } from './ui/later';
import { TEXT } from './ui/text';
import './style.css';

const textOf = (id: string) => document.getElementById(id)?.textContent ?? '';

async function started(model: PageModel): Promise<Engine> {
  if (typeof WebAssembly === 'undefined') throw new Error(TEXT.engine.noWasm);
  await new Promise((painted) => setTimeout(painted, 50));
  const chain = chainOf(await mujoco(await unpackedBytes(textOf('engine'))), model);
  return {
    ready: Promise.resolve(),
    compute: async (s) => chain.compute(s),
    frame: async (m, i, c, h) => chain.frame(m, i, c, h),
  };
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
