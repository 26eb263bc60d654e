/** The sentence that says what just happened, made from the numbers of two answers and never presuming them. */

import type { Answer, PageModel, PlainAnswer, PresetEntry, Scenario } from '../contract';
import type { Measure } from './measures';
import { rowsOf, sumOf } from './muscles';
import { load, number, percent, quantity, SIGNED } from './numbers';
import { angleOf, CONTROLS, given, kindOf, rangeOf, scenarioOf, type ControlId, type State } from './state';
import { named, TEXT } from './text';

type Some = Answer | PlainAnswer;

/** A state, its scenario and its answer. */
export interface Told {
  state: State;
  scenario: Scenario;
  answer: Some;
}

/** How it is told: which joint, which load, in which tongue. */
export interface Telling {
  model: PageModel;
  level: string;
  measure: Measure;
  expert: boolean;
  coordinates: string[];
}

const SAME_N = 1; // N, below which a pull is "as before"
const SAME_PERCENT = 0.5;

/** The name of a joint in the chosen tongue. */
export function levelName(how: Telling): string {
  return TEXT.levelName(how.level, how.model.levels.indexOf(how.level), how.expert);
}

/** The posture in words: the preset's sentence, or its id where there is none. */
export function postureName(id: string): string {
  return TEXT.presets.sentence[id] ?? id.replaceAll('_', ' ');
}

/** What a preset shows, on its own: no comparison with another posture is made. */
export function startSentence(entry: PresetEntry, how: Telling): string {
  const row = how.model.levels.indexOf(how.level);
  const { low, high } = entry.interval[how.measure];
  const carries = TEXT.carries[how.measure];
  const verb = how.expert ? `has a ${carries.expert} of` : carries.plain;
  const value = load(entry.answer.loads[how.measure][row], how.measure);
  return TEXT.happened.start(
    postureName(entry.id),
    levelName(how),
    verb,
    value,
    load(low[row], how.measure),
    load(high[row], how.measure),
  );
}

/** What changed between two states of one preset: what was done, what the muscles pull, what the joint carries. */
export function changeSentence(before: Told, now: Told, entry: PresetEntry, how: Telling): string {
  const done = CONTROLS.filter((control) => before.state.values[control] !== now.state.values[control]);
  if (done.length === 0) return TEXT.happened.again;
  const parts = [muscleWords(before.answer, now.answer, how, done), levelWords(before.answer, now.answer, how)];
  return `${doing(done, before, now, entry, how)}: ${parts.filter(Boolean).join('; ')}.`;
}

function doing(done: ControlId[], before: Told, now: Told, entry: PresetEntry, how: Telling): string {
  // What was only let go, as the hips where the pelvis was tipped, is not what was done.
  const set = done.filter((control) => now.state.values[control] !== undefined);
  const chosen = set.length > 0 ? set : done;
  if (chosen.length > 1) return TEXT.happened.several(chosen.map((control) => setting(control, now, entry, how)));
  const [control] = chosen;
  const from = valueOf(control, before, entry, how);
  const to = valueOf(control, now, entry, how);
  return TEXT.happened.change[control](Number((to - from).toFixed(1)), to);
}

/** A control and its value, as a name in a list. */
function setting(control: ControlId, told: Told, entry: PresetEntry, how: Telling): string {
  const { unit } = rangeOf(control, told.scenario);
  const value = valueOf(control, told, entry, how);
  const name = named(TEXT.controls.names[control], how.expert).toLowerCase();
  return `${name} ${quantity(value, unit, Number.isInteger(value) ? 0 : 1)}`;
}

/** The value of a control in a state: as set, as the preset gives it, or as the posture came out. */
function valueOf(control: ControlId, told: Told, entry: PresetEntry, how: Telling): number {
  const set = given(control, scenarioOf(told.state, entry));
  return set ?? angleOf(control, told.answer, how.coordinates, how.model.levels);
}

function muscleWords(before: Some, now: Some, how: Telling, done: ControlId[]): string {
  const pull = (answer: Some, group: string, side: 'r' | 'l' | 'rl') =>
    sumOf(answer, rowsOf(how.model, group, side)).force_n;
  const said = TEXT.happened;
  const way = (by: number) => (by > 0 ? said.more : said.less);
  if (done.includes('weak') || done.includes('inhibit')) {
    const by = pull(now, 'extensors', 'rl') - pull(before, 'extensors', 'rl');
    return Math.abs(by) < SAME_N ? said.backSame : said.back(quantity(Math.abs(by), 'N'), way(by));
  }
  const right = pull(now, 'psoas_major', 'r') - pull(before, 'psoas_major', 'r');
  const left = pull(now, 'psoas_major', 'l') - pull(before, 'psoas_major', 'l');
  if (Math.abs(right) < SAME_N && Math.abs(left) < SAME_N) return said.psoasSame;
  if (Math.abs(right - left) < SAME_N) return said.psoasBoth(quantity(Math.abs(right), 'N'), way(right));
  const side = (by: number) => `${quantity(Math.abs(by), 'N')} ${way(by)}`;
  return said.psoasSides(side(right), side(left));
}

function levelWords(before: Some, now: Some, how: Telling): string {
  const row = how.model.levels.indexOf(how.level);
  const from = before.loads[how.measure][row];
  const to = now.loads[how.measure][row];
  const said = TEXT.happened;
  const level = levelName(how);
  if (SIGNED.has(how.measure) || how.measure !== 'compression_n') {
    const name = how.expert
      ? TEXT.measures[how.measure].expert
      : named(TEXT.measureOptions[how.measure], false).replace(/ \(.*/, '').toLowerCase();
    return said.signedLevel(level, name, load(from, how.measure), load(to, how.measure));
  }
  const share = percent(to, from);
  const told = (value: number) => load(value, how.measure);
  if (Math.abs(share) < SAME_PERCENT) return said.levelSame(level, told(to));
  // Where little was carried before, or the sign changes, a share says nothing.
  if (!(Math.abs(share) < 400) || from <= 0 || to <= 0)
    return said.signedLevel(level, TEXT.measures[how.measure].expert, told(from), told(to));
  return said.level(
    level,
    `${number(Math.abs(share))}\u202f%`,
    share > 0 ? said.more : said.less,
    told(from),
    told(to),
  );
}

/** Whether two scenarios are sitting on one side and standing on the other: then no sign is claimed of the ratio. */
export function contestedPair(a: Scenario, b: Scenario): boolean {
  const kinds = new Set([kindOf(a), kindOf(b)]);
  return kinds.has('sits') && kinds.has('stands');
}

const UNMET_SHOWN_NM = 0.5;

/** What must be said beside the numbers: what could not be met, what is contested. */
export function remarks(answer: Answer, scenario: Scenario | null, contested: boolean): string[] {
  const isFlagged = answer.status.startsWith('flagged');
  const isTightStanding = scenario !== null && (given('tight', scenario) ?? 0) > 0 && kindOf(scenario) === 'stands';
  return [
    ...(isFlagged ? [TEXT.engine.flagged(answer.status.replace(/^flagged:\s*/, ''))] : unmetWords(answer)),
    ...(contested ? [TEXT.contested.seated] : []),
    ...(isTightStanding ? [TEXT.contested.tight] : []),
  ];
}

function unmetWords(answer: Answer): string[] {
  let most = { joint: '', size: 0 };
  for (const [joint, axes] of Object.entries(answer.unmet_nm))
    for (const size of Object.values(axes)) if (Math.abs(size) > most.size) most = { joint, size: Math.abs(size) };
  return most.size > UNMET_SHOWN_NM
    ? [TEXT.engine.unmet(quantity(most.size, 'N\u00b7m', 1), TEXT.joint(most.joint))]
    : [];
}
