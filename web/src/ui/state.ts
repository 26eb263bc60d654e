/** What the user has set, and the scenario it stands for. A value is kept only where it differs from the preset's. */

import type { Answer, PageModel, PlainAnswer, PresetEntry, Scenario, Sided } from '../contract';
import { tidy } from './numbers';

export const CONTROLS = ['tight', 'weak', 'inhibit', 'tilt', 'trunk', 'hip', 'hipr', 'hipl', 'load', 'back'] as const;
export type ControlId = (typeof CONTROLS)[number];
export type Values = Partial<Record<ControlId, number>>;

/** A preset and what was moved away from it. Per cent, degrees, kilograms; `back` 0 takes the backrest away. */
export interface State {
  preset: string;
  values: Values;
}

export type Kind = 'stands' | 'sits' | 'lies';
/** Why a control means nothing here; the sentence stands in text.ts. */
export type Why = 'liesTilt' | 'backrestTilt' | 'liesLoad' | 'standsBack' | 'liesBack' | 'movement';

export interface Range {
  min: number;
  max: number;
  step: number;
  unit: '%' | '\u00b0' | 'kg';
}

const PSOAS = 'psoas_major';
const EXTENSORS = ['multifidus', 'erector_spinae'];
const DEGREES = { step: 1, unit: '\u00b0' } as const;
const RANGES: Record<ControlId, Range> = {
  tight: { min: 0, max: 20, step: 1, unit: '%' },
  weak: { min: 0, max: 80, step: 5, unit: '%' },
  inhibit: { min: 0, max: 80, step: 5, unit: '%' },
  tilt: { min: -30, max: 30, ...DEGREES },
  trunk: { min: -15, max: 60, ...DEGREES },
  hip: { min: -20, max: 100, ...DEGREES },
  hipr: { min: -20, max: 100, ...DEGREES },
  hipl: { min: -20, max: 100, ...DEGREES },
  load: { min: 0, max: 25, step: 0.5, unit: 'kg' },
  back: { min: 90, max: 130, ...DEGREES },
};
/** Where a posture leaves less room, or more, than RANGES. */
const NARROWER: Record<Kind, Partial<Record<ControlId, [number, number]>>> = {
  stands: { hip: [-20, 60], hipr: [-20, 60], hipl: [-20, 60] },
  sits: { tilt: [-60, 30], hip: [30, 120], hipr: [30, 120], hipl: [30, 120] },
  lies: { trunk: [-10, 30], hip: [45, 110], hipr: [45, 110], hipl: [45, 110] },
};
const SEATED = ['sitting', 'slouched'];
const SLOUCHED_BACK = 110; // of the preset slouched, whose backrest is its own

/** Whether a person of this preset stands, sits or lies. */
export function kindOf(scenario: Scenario): Kind {
  const { preset } = scenario.posture;
  if (SEATED.includes(preset)) return 'sits';
  return preset.startsWith('lying') || preset === 'constructive_rest' ? 'lies' : 'stands';
}

/** The entry of a preset; undefined where the page has none of that name. */
export function entryOf(model: PageModel, id: string): PresetEntry | undefined {
  return model.presets.find((entry) => entry.id === id);
}

/** The range of a control in a posture. */
export function rangeOf(control: ControlId, scenario: Scenario): Range {
  const [min, max] = NARROWER[kindOf(scenario)][control] ?? [RANGES[control].min, RANGES[control].max];
  return { ...RANGES[control], min, max };
}

/** Why a control means nothing in this state, null where it has its meaning. */
export function whyNot(control: ControlId, scenario: Scenario): Why | null {
  const kind = kindOf(scenario);
  if (control === 'tilt' && kind === 'lies') return 'liesTilt';
  if (control === 'tilt' && scenario.surroundings?.backrest_deg !== undefined) return 'backrestTilt';
  if (control === 'load' && kind === 'lies') return 'liesLoad';
  if (control === 'back' && kind !== 'sits') return kind === 'lies' ? 'liesBack' : 'standsBack';
  return null;
}

/** Whether the backrest can be taken away: not where the preset leans on its own. */
export function backrestIsFree(scenario: Scenario): boolean {
  return scenario.posture.preset !== 'slouched';
}

function total(hands: Sided | undefined): number {
  if (hands === undefined) return 0;
  return typeof hands === 'number' ? hands : (hands.left ?? 0) + (hands.right ?? 0);
}

function ofSide(sided: Sided | undefined, side: 'left' | 'right'): number | undefined {
  return typeof sided === 'number' ? sided : sided?.[side];
}

/** The value of a control as a scenario gives it; undefined where the posture decides (see `angleOf`). */
export function given(control: ControlId, scenario: Scenario): number | undefined {
  const { posture, surroundings, change } = scenario;
  const share = (table: Record<string, number> | undefined, name: string) => tidy(100 * (table?.[name] ?? 0));
  switch (control) {
    case 'tight':
      return share(change?.tight, PSOAS);
    case 'weak':
      return share(change?.weak, EXTENSORS[0]);
    case 'inhibit':
      return share(change?.inhibited, EXTENSORS[0]);
    case 'tilt':
      return posture.pelvis_tilt_deg;
    case 'trunk':
      return posture.trunk_flexion_deg;
    case 'hip':
      return typeof posture.hip_flexion_deg === 'number' ? posture.hip_flexion_deg : undefined;
    case 'hipr':
      return ofSide(posture.hip_flexion_deg, 'right');
    case 'hipl':
      return ofSide(posture.hip_flexion_deg, 'left');
    case 'load':
      return total(surroundings?.hands_kg);
    case 'back':
      return surroundings?.backrest_deg ?? (posture.preset === 'slouched' ? SLOUCHED_BACK : 0);
  }
}

/** The angle in degrees that an answer has where a control would set it: 180 / pi times the sum of its coordinates. */
export function angleOf(
  control: ControlId,
  answer: Answer | PlainAnswer,
  coordinates: string[],
  levels: string[],
): number {
  const at = (name: string) => answer.positions[coordinates.indexOf(name)] ?? NaN;
  const radians =
    control === 'tilt'
      ? at('pelvis_tilt')
      : control === 'trunk'
        ? levels.reduce((sum, level) => sum + at(`${level}_flexion`), 0)
        : control === 'hipr'
          ? at('hip_flexion_r')
          : control === 'hipl'
            ? at('hip_flexion_l')
            : (at('hip_flexion_r') + at('hip_flexion_l')) / 2;
  return (180 / Math.PI) * radians;
}

/** The scenario of a state: the preset's own with the moved values in their places. */
export function scenarioOf(state: State, entry: PresetEntry): Scenario {
  const scenario = structuredClone(entry.scenario);
  const { posture } = scenario;
  const around = (scenario.surroundings ??= {});
  const change = (scenario.change ??= {});
  for (const control of CONTROLS) {
    const value = state.values[control];
    if (value === undefined) continue;
    if (control === 'tight') change.tight = fractions(change.tight, [PSOAS], value);
    else if (control === 'weak') change.weak = fractions(change.weak, EXTENSORS, value);
    else if (control === 'inhibit') change.inhibited = fractions(change.inhibited, EXTENSORS, value);
    else if (control === 'tilt') posture.pelvis_tilt_deg = value;
    else if (control === 'trunk') posture.trunk_flexion_deg = value;
    else if (control === 'hip') posture.hip_flexion_deg = value;
    else if (control === 'hipr') posture.hip_flexion_deg = oneSide(posture.hip_flexion_deg, 'right', value);
    else if (control === 'hipl') posture.hip_flexion_deg = oneSide(posture.hip_flexion_deg, 'left', value);
    else if (control === 'load') around.hands_kg = value;
    else if (value === 0) delete around.backrest_deg;
    else around.backrest_deg = value;
  }
  if (Object.keys(around).length === 0) delete scenario.surroundings;
  for (const key of ['tight', 'weak', 'inhibited'] as const)
    if (change[key] && Object.keys(change[key]).length === 0) delete change[key];
  if (Object.keys(change).length === 0) delete scenario.change;
  return scenario;
}

function fractions(table: Record<string, number> | undefined, names: string[], value: number): Record<string, number> {
  const kept = Object.fromEntries(Object.entries(table ?? {}).filter(([name]) => !names.includes(name)));
  return value === 0 ? kept : { ...kept, ...Object.fromEntries(names.map((name) => [name, tidy(value / 100)])) };
}

function oneSide(hips: Sided | undefined, side: 'left' | 'right', value: number): Sided {
  const other = side === 'left' ? 'right' : 'left';
  const kept = ofSide(hips, other);
  return kept === undefined ? { [side]: value } : { [other]: kept, [side]: value };
}

/** The state with one control set; one that is back at the preset's own value is dropped, and what it replaces too. */
export function withValue(state: State, entry: PresetEntry, control: ControlId, value: number | undefined): State {
  const values: Values = { ...state.values };
  if (value === undefined || value === given(control, entry.scenario)) delete values[control];
  else values[control] = value;
  if (control === 'hip') for (const side of ['hipr', 'hipl'] as const) delete values[side];
  if (control === 'hipr' || control === 'hipl') delete values.hip;
  if (control === 'back' && values.back) delete values.tilt; // the backrest sets the pelvis
  // Who stands balances: with pelvis and both hips told nothing would be left to do it, so the last one told counts.
  if (kindOf(entry.scenario) === 'stands') {
    const { hip_flexion_deg: hips } = scenarioOf({ ...state, values }, entry).posture;
    const isBoth = typeof hips === 'number' || (hips?.left !== undefined && hips.right !== undefined);
    if (isBoth && control.startsWith('hip')) delete values.tilt;
    if (isBoth && control === 'tilt') for (const hip of ['hip', 'hipr', 'hipl'] as const) delete values[hip];
  }
  return { ...state, values };
}
