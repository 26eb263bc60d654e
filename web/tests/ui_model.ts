/** A page model made up for the tests of the page: two presets and a handful of fascicles, every figure round. */

import type { Load, PageModel, PlainAnswer, PresetEntry, Scenario } from '../src/contract';
import { LOADS } from '../src/contract';

export const LEVELS = ['T12/L1', 'L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1'];
const LINES = [
  'psoas_L1_VB_r',
  'psoas_L1_VB_l',
  'multifidus_a_r',
  'multifidus_a_l',
  'longissimus_a_r',
  'longissimus_a_l',
  'thigh_a_r',
  'thigh_a_l',
];
const GROUPS = [
  'psoas_major',
  'psoas_major',
  'multifidus',
  'multifidus',
  'longissimus_thoracis_pars_lumborum',
  'longissimus_thoracis_pars_lumborum',
  'hamstrings',
  'hamstrings',
];
export const COORDINATES = [
  'pelvis_tilt',
  ...LEVELS.map((level) => `${level}_flexion`),
  'hip_flexion_r',
  'hip_flexion_l',
];

const sixth = (value: number) => LEVELS.map((_, i) => value + 10 * i);

export function answerWith(change: Partial<PlainAnswer> = {}, compression = 600): PlainAnswer {
  return {
    loads: {
      compression_n: sixth(compression),
      anterior_shear_n: [-100, -80, -60, -20, 50, 200],
      right_shear_n: sixth(0),
      flexion_moment_nm: [-2, -3, -4, -5, -6, 1],
      pressure_mpa: [0.5, 0.5, 0.5, 0.5, 0.6, 0.7],
    },
    activation: [0.1, 0.1, 0.05, 0.05, 0.04, 0.04, 0.02, 0.02],
    active_n: [20, 20, 30, 30, 40, 40, 4, 4],
    passive_n: [5, 5, 0, 0, 0, 0, 0, 0],
    length_m: [0.3, 0.3, 0.1, 0.1, 0.4, 0.4, 0.35, 0.35],
    contacts: [],
    demand_nm: { hip_r: { flexion: 3, bend: 0, twist: 0 }, hip_l: { flexion: 3, bend: 0, twist: 0 } },
    unmet_nm: {},
    status: 'ok',
    notes: [],
    positions: COORDINATES.map(() => 0),
    pose: { position: [], turn: [], arcs: [null] },
    supports: [],
    floor_m: 0,
    ...change,
  };
}

function preset(id: string, scenario: Scenario, compression: number): PresetEntry {
  const answer = answerWith({}, compression);
  const interval = Object.fromEntries(
    LOADS.map((name) => [
      name,
      { low: answer.loads[name].map((x) => x * 0.5), high: answer.loads[name].map((x) => x * 2) },
    ]),
  ) as Record<Load, { low: number[]; high: number[] }>;
  return { id, scenario, answer, interval };
}

const limit = (name: string, value_n: number) => ({
  name,
  value_n,
  note: '',
  read_status: 'READ',
  sources: ['somebody 2000'],
});
const curve = { time_at_full_s: 20, exponent: -2, lowest: 0.1, few_below: 0.25, spread: 0.5, sources: [] };

export const MODEL: PageModel = {
  version: '0.0',
  model_hash: 'abc',
  subject: { sex: 'male', mass_kg: 70, height_m: 1.68, age_years: 45 },
  levels: LEVELS,
  muscle_tree: {
    erector_spinae: ['longissimus_thoracis'],
    longissimus_thoracis: ['longissimus_thoracis_pars_lumborum'],
    extensors: ['erector_spinae', 'multifidus'],
  },
  presets: [
    preset(
      'standing',
      { posture: { preset: 'standing' }, surroundings: { hands_kg: 0, desk: false, armrests: false } },
      600,
    ),
    preset('sitting', { posture: { preset: 'sitting' } }, 700),
    preset('slouched', { posture: { preset: 'slouched' } }, 400),
    preset('tight_psoas', { posture: { preset: 'standing' }, change: { tight: { psoas_major: 0.1 } } }, 620),
    preset('end_of_stance', { posture: { preset: 'standing', hip_flexion_deg: { right: -15 } } }, 640),
    preset('constructive_rest', { posture: { preset: 'constructive_rest' } }, 80),
  ],
  movements: [{ name: 'sit', time_s: [0, 1] }],
  sources: [],
  limits: {
    compression: limit('compression limit', 3000),
    shear: limit('shear limit', 1000),
    design: limit('design', 3400),
    alike: 0.05,
    passes: [
      [1, 5],
      [1, 5],
      [2, 5],
      [2, 5],
      [0, 5],
      [0, 5],
      [-1, -1],
      [-1, -1],
    ],
    endurance: { trunk: curve, general: curve },
    trunk_groups: ['multifidus'],
  },
  scene: { bodies: [], lines: LINES, groups: GROUPS },
  mechanics: { coordinates: COORDINATES },
};

export const entry = (id: string): PresetEntry => MODEL.presets.find((p) => p.id === id) as PresetEntry;
