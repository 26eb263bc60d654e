/** The state in the address: `#v=1&preset=sitting&tight=6&tilt=-5`, read back strictly, every mistake told by its key. */

import type { PageModel } from '../contract';
import type { Measure } from './measures';
import { backrestIsFree, CONTROLS, entryOf, rangeOf, scenarioOf, whyNot } from './state';
import type { ControlId, State, Values } from './state';
import { TEXT } from './text';

export const VERSION = '1';
const SHOW: Record<string, Measure> = {
  compression: 'compression_n',
  shear: 'anterior_shear_n',
  moment: 'flexion_moment_nm',
  pressure: 'pressure_mpa',
};

/** What a link restores: the state, what it is held against, and how it is told. */
export interface Link {
  state: State;
  /** Untouched preset, standing, or a state that the user pinned. */
  base: 'preset' | 'standing' | State;
  measure: Measure;
  level: string;
  expert: boolean;
  /** A movement shown instead of the posture. */
  move: string | null;
}

/** A fragment that is not accepted; the message names the key and what is allowed. */
export class BadLink extends Error {}

/** The link of a page on which nothing was touched. */
export function untouched(model: PageModel): Link {
  return {
    state: { preset: model.presets[0].id, values: {} },
    base: 'preset',
    measure: 'compression_n',
    level: model.levels.includes('L4/L5') ? 'L4/L5' : model.levels[0],
    expert: false,
    move: null,
  };
}

/** The fragment of a link, with its "#"; what is as `untouched` is left out, but version and preset. */
export function fragmentOf(link: Link, model: PageModel): string {
  const plain = untouched(model);
  const parts = [`v=${VERSION}`, ...stateParts(link.state, '')];
  if (link.base === 'standing') parts.push('base=standing');
  else if (link.base !== 'preset') parts.push(...stateParts(link.base, 'b.'));
  if (link.measure !== plain.measure) parts.push(`show=${Object.keys(SHOW).find((key) => SHOW[key] === link.measure)}`);
  if (link.level !== plain.level) parts.push(`level=${link.level}`);
  if (link.expert) parts.push('names=expert');
  if (link.move !== null) parts.push(`move=${link.move}`);
  return `#${parts.join('&')}`;
}

function stateParts(state: State, prefix: string): string[] {
  const values = CONTROLS.filter((control) => state.values[control] !== undefined);
  return [
    `${prefix}preset=${state.preset}`,
    ...values.map((c) => `${prefix}${c}=${written(c, state.values[c] as number)}`),
  ];
}

function written(control: ControlId, value: number): string {
  return control === 'back' && value === 0 ? 'off' : String(value);
}

/** The link of a fragment (with or without "#"); an empty one is the untouched page. Throws `BadLink`. */
export function linkOf(fragment: string, model: PageModel): Link {
  const link = untouched(model);
  const text = fragment.replace(/^#/, '');
  if (text === '') return link;
  const found = pairs(text);
  const known = ['v', 'preset', ...CONTROLS, 'base', 'show', 'level', 'names', 'move'];
  for (const key of found.keys()) {
    const own = key.startsWith('b.') ? key.slice(2) : key;
    const allowed = key.startsWith('b.') ? ['preset', ...CONTROLS] : known;
    if (!allowed.includes(own)) throw new BadLink(TEXT.link.unknownKey(key, known));
  }
  if (found.get('v') !== VERSION) throw new BadLink(TEXT.link.version(found.get('v'), VERSION));
  link.state = stateOf(found, '', model);
  link.base = one(found, 'base', ['preset', 'standing']) === 'standing' ? 'standing' : 'preset';
  const pinned = [...found.keys()].some((key) => key.startsWith('b.'));
  if (pinned) {
    if (found.has('base')) throw new BadLink(TEXT.link.twoBases);
    link.base = stateOf(found, 'b.', model);
  }
  const show = one(found, 'show', Object.keys(SHOW));
  if (show !== undefined) link.measure = SHOW[show];
  link.level = one(found, 'level', model.levels) ?? link.level;
  link.expert = one(found, 'names', ['plain', 'expert']) === 'expert';
  link.move =
    one(
      found,
      'move',
      model.movements.map((movement) => movement.name),
    ) ?? null;
  return link;
}

function pairs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split('&')) {
    const cut = part.indexOf('=');
    if (cut < 1) throw new BadLink(TEXT.link.noValue(readable(part)));
    const key = readable(part.slice(0, cut));
    if (found.has(key)) throw new BadLink(TEXT.link.twice(key));
    found.set(key, readable(part.slice(cut + 1)));
  }
  return found;
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadLink(TEXT.link.damaged(text.slice(0, 40)));
  }
}

function one(found: Map<string, string>, key: string, allowed: string[]): string | undefined {
  const value = found.get(key);
  if (value !== undefined && !allowed.includes(value)) throw new BadLink(TEXT.link.notOne(key, value, allowed));
  return value;
}

function stateOf(found: Map<string, string>, prefix: string, model: PageModel): State {
  const ids = model.presets.map((entry) => entry.id);
  const preset = one(found, `${prefix}preset`, ids) ?? ids[0];
  const entry = entryOf(model, preset);
  if (entry === undefined) throw new BadLink(TEXT.link.notOne('preset', preset, ids));
  const values: Values = {};
  for (const control of CONTROLS) {
    const value = found.get(prefix + control);
    if (value === undefined) continue;
    values[control] = valueOf(prefix + control, control, value, preset, model);
  }
  if (values.hip !== undefined && (values.hipr !== undefined || values.hipl !== undefined))
    throw new BadLink(TEXT.link.bothHips);
  const scenario = scenarioOf({ preset, values }, entry);
  for (const control of CONTROLS) {
    const why = values[control] === undefined ? null : whyNot(control, scenario);
    if (why) throw new BadLink(TEXT.link.meaningless(prefix + control, preset, TEXT.why[why]));
  }
  return { preset, values };
}

function valueOf(key: string, control: ControlId, text: string, preset: string, model: PageModel): number {
  const scenario = entryOf(model, preset)!.scenario;
  const { min, max, unit } = rangeOf(control, scenario);
  if (control === 'back' && text === 'off' && backrestIsFree(scenario)) return 0;
  const value = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new BadLink(TEXT.link.outside(key, text, min, max, unit, control === 'back' && backrestIsFree(scenario)));
  return value;
}
