/** The place of the drawing: the view itself, what it shows in words, the number beside it, its scale and its buttons. */

import type { Answer, PageModel } from '../contract';
import { el, say } from './dom';
import { number, quantity } from './numbers';
import { angleOf } from './state';
import { TEXT } from './text';
import { postureName } from './words';

const LOOKS = ['lumbar', 'whole', 'side', 'front', 'back'] as const;

/** What draws; `SpineView` of scene/view.ts. */
export interface BodyView {
  onPick: ((picked: { name: string; line: number | null } | null) => void) | null;
  show(answer: Answer, how: { animate: boolean; baseline?: Answer }): void;
  highlight(family: string | null): void;
  pulls(isShown: boolean): void;
  focus(look: (typeof LOOKS)[number]): void;
  theme(dark: boolean): void;
  legend(): { lowest: number; highest: number; colours: string[] };
}

export interface ViewNow {
  answer: Answer;
  /** What the discs are coloured against; null where no sign is claimed. */
  base: Answer | null;
  preset: string;
  coordinates: string[];
  expert: boolean;
  /** Pass over to it from what was shown before. */
  animate: boolean;
  what: string;
  big: string;
  change: string;
}

/** The posture in words, for those who do not see the drawing. */
export function described(model: PageModel, answer: Answer, preset: string, coordinates: string[]): string {
  const deg = (id: 'tilt' | 'trunk' | 'hipr' | 'hipl') =>
    `${number(angleOf(id, answer, coordinates, model.levels))}\u00b0`;
  const parts = [TEXT.view.tilt(deg('tilt')), TEXT.view.trunk(deg('trunk')), TEXT.view.hips(deg('hipr'), deg('hipl'))];
  return TEXT.view.described(postureName(preset), `: ${parts.join(', ')}`);
}

/** A fascicle with what it pulls, or a bone, in words. */
export function picked(
  model: PageModel,
  answer: Answer,
  { name, line }: { name: string; line: number | null },
  expert: boolean,
): string {
  if (line === null) return expert ? name : (TEXT.bones[name] ?? name);
  const pull = quantity(answer.active_n[line] + answer.passive_n[line], 'N');
  const side = TEXT.side[name.slice(-1)] ?? '';
  const told = expert ? name.replaceAll('_', ' ') : `${TEXT.group(model.scene.groups[line], false)}${side}`;
  return TEXT.view.picked(told, pull);
}

/**
 * The figure. `start` builds the view with `make`, once the page has been seen: the drawing takes longest. Where it is
 * null or throws, a sentence stands in its place.
 */
export function viewPanel(
  model: PageModel,
  make: ((host: HTMLElement) => BodyView) | null,
): {
  root: HTMLElement;
  extra: HTMLElement;
  start: () => void;
  update: (now: ViewNow) => void;
  recolour: (dark: boolean) => void;
} {
  const host = el('div', { class: 'stage', id: 'view' });
  const what = el('span', { class: 'over-what' });
  const big = el('b', {});
  const change = el('span', { class: 'over-change' });
  const over = el('div', { class: 'over', 'aria-hidden': 'true' }, what, big, change);
  const pick = el('p', { class: 'pick', id: 'picked', hidden: true });
  const scale = el('div', { class: 'scale', id: 'scale' });
  const looks = LOOKS.map((look) =>
    el('button', { type: 'button', 'data-look': look, click: () => view?.focus(look) }, TEXT.view.looks[look]),
  );
  const bar = el('div', { class: 'looks', role: 'group', 'aria-label': TEXT.view.looksLabel }, ...looks);
  const families = Array.isArray(model.scene.families) ? model.scene.families.map(String) : [];
  const muscles = el(
    'select',
    { id: 'muscles-shown', change: () => view?.highlight(muscles.value || null) },
    el('option', { value: '' }, TEXT.view.families.own),
    ...families.map((family) => el('option', { value: family }, TEXT.view.families.names[family] ?? family)),
  );
  const arrows = el('input', { type: 'checkbox', id: 'arrows', change: () => view?.pulls(arrows.checked) });
  const choices = el(
    'div',
    { class: 'drawn' },
    el('label', { for: 'muscles-shown', class: 'quiet-label' }, TEXT.view.families.label),
    muscles,
    el('label', { class: 'tick' }, arrows, TEXT.view.arrows),
    scale,
    el('p', { class: 'hint' }, TEXT.view.hint),
  );
  const extra = el('div', { class: 'under' });
  const frame = el('div', { class: 'frame' }, host, over, pick, bar);
  const root = el('section', { class: 'view', 'aria-label': TEXT.view.label }, frame, extra, choices);
  let drawn: ViewNow | null = null;
  let view: BodyView | null = null;
  function legend(): void {
    if (view === null) return;
    const { lowest, highest, colours } = view.legend();
    const band = el('i', {});
    band.style.background = `linear-gradient(to right, ${colours.join(', ')})`;
    scale.replaceChildren(
      el('span', {}, TEXT.view.scale),
      el('span', {}, number(lowest)),
      band,
      el('span', {}, TEXT.view.atLeast(quantity(highest, 'N'))),
    );
  }
  function start(): void {
    try {
      view = make?.(host) ?? null;
    } catch {
      view = null; // without WebGL there is no drawing, but every number
    }
    for (const part of [bar, choices]) part.hidden = view === null;
    if (view === null) {
      host.replaceChildren(el('p', { class: 'no-view', role: 'note' }, TEXT.engine.noView));
      return;
    }
    view.onPick = (under) => {
      pick.hidden = under === null || drawn === null;
      if (under !== null && drawn !== null) say(pick, picked(model, drawn.answer, under, drawn.expert));
    };
    legend();
    if (drawn !== null) show(drawn);
  }

  function show(now: ViewNow): void {
    view?.show(now.answer, { animate: now.animate, baseline: now.base ?? undefined });
    label(now);
  }

  function label(now: ViewNow): void {
    const words = described(model, now.answer, now.preset, now.coordinates);
    const canvas = host.querySelector('canvas');
    if (canvas === null || canvas.getAttribute('aria-label') === words) return;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', words);
  }

  return {
    start,
    root,
    extra,
    recolour(dark) {
      view?.theme(dark);
      legend();
    },
    update(now) {
      if (now.answer !== drawn?.answer || now.base !== drawn.base) show(now);
      drawn = now;
      say(what, now.what);
      say(big, now.big);
      say(change, now.change);
    },
  };
}
