/** The place of the drawing: the view itself, what it shows in words, and the number beside it. */

import type { Answer, PageModel } from '../contract';
import { el, say } from './dom';
import { number } from './numbers';
import { angleOf } from './state';
import { TEXT } from './text';
import { postureName } from './words';

/** What draws: `show` is told every answer, `theme` that the colours changed. */
export interface BodyView {
  show(answer: Answer): void;
  theme?(): void;
}

export interface ViewNow {
  answer: Answer;
  preset: string;
  coordinates: string[];
  big: string;
  change: string;
  what: string;
}

/** The posture in words, for those who do not see the drawing. */
export function described(model: PageModel, answer: Answer, preset: string, coordinates: string[]): string {
  const deg = (id: 'tilt' | 'trunk' | 'hipr' | 'hipl') =>
    `${number(angleOf(id, answer, coordinates, model.levels))}\u00b0`;
  const parts = [TEXT.view.tilt(deg('tilt')), TEXT.view.trunk(deg('trunk')), TEXT.view.hips(deg('hipr'), deg('hipl'))];
  return TEXT.view.described(postureName(preset), `: ${parts.join(', ')}`);
}

/** The figure; `make` builds the view into its host and may throw a sentence where it cannot. */
export function viewPanel(
  model: PageModel,
  make: ((host: HTMLElement) => BodyView) | null,
): {
  root: HTMLElement;
  update: (now: ViewNow) => void;
  recolour: () => void;
  trouble: string | null;
  extra: HTMLElement;
} {
  const host = el('div', { class: 'stage', id: 'view' });
  const what = el('span', { class: 'over-what' });
  const big = el('b', {});
  const change = el('span', { class: 'over-change' });
  const over = el('div', { class: 'over', 'aria-hidden': 'true' }, what, big, change);
  const extra = el('div', { class: 'under' });
  const root = el(
    'section',
    { class: 'view', 'aria-label': TEXT.view.label },
    el('div', { class: 'frame' }, host, over),
    extra,
  );
  let view: BodyView | null = null;
  let trouble: string | null = null;
  try {
    view = make?.(host) ?? null;
    if (view === null) trouble = TEXT.engine.noView(TEXT.engine.noWebgl);
  } catch (error) {
    trouble = TEXT.engine.noView(error instanceof Error ? error.message : String(error));
  }
  if (view === null) host.replaceChildren(el('p', { class: 'no-view', role: 'note' }, trouble ?? ''));
  return {
    root,
    extra,
    trouble,
    recolour: () => view?.theme?.(),
    update(now) {
      view?.show(now.answer);
      const words = described(model, now.answer, now.preset, now.coordinates);
      const canvas = host.querySelector('canvas');
      if (canvas && canvas.getAttribute('aria-label') !== words) {
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', words);
      }
      say(what, now.what);
      say(big, now.big);
      say(change, now.change);
    },
  };
}
