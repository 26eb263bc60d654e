/** Joint or muscle: which of the two is nearer its limit, as `psoas.limits.verdict` answers it for one frame. */

import type { Answer, PageModel, PlainAnswer, Scenario } from '../contract';
import { leaves, weighted } from './muscles';
import { number } from './numbers';
import { TEXT } from './text';

const SIDES = 0.005; // right and left closer than this are told as one, as the package does

/** The share of its strength (0 to 1) that a group uses, on the side or sides told. */
export interface GroupUse {
  group: string;
  side: 'r' | 'l' | 'rl';
  share: number;
  activation: number;
}

export interface JointUse {
  level: string;
  by: 'compression' | 'shear';
  load_n: number;
  limit_n: number;
  share: number;
}

export type Nearer = 'joint' | 'muscle' | 'alike';
export interface LevelVerdict {
  joint: JointUse;
  muscle: GroupUse;
  nearer: Nearer;
}
export interface Verdict {
  levels: LevelVerdict[];
  joint: JointUse; // of all levels the one nearest its limit
  muscle: GroupUse; // of all groups the one nearest its strength
  nearer: Nearer;
}

/** The largest activation allowed to each fascicle: 1 - inhibited; where names overlap the narrower counts. */
export function caps(model: PageModel, change: Scenario['change']): number[] {
  const { lines, groups } = model.scene;
  const inhibited = Object.entries(change?.inhibited ?? {}).map(([name, fraction]) => {
    const side = /_[rl]$/.test(name) && !lines.includes(name) ? name.slice(-2) : '';
    const stem = side ? name.slice(0, -2) : name;
    const wanted = new Set(leaves(stem, model.muscle_tree));
    const rows = lines.flatMap((line, i) =>
      (wanted.has(groups[i]) || line === name || line.startsWith(`${stem}_`)) && line.endsWith(side) ? [i] : [],
    );
    return { rows, fraction };
  });
  const found = lines.map(() => 1);
  inhibited.sort((a, b) => b.rows.length - a.rows.length);
  for (const { rows, fraction } of inhibited) for (const row of rows) found[row] = 1 - fraction;
  return found;
}

/** Every group's use, hardest first; with a level, of what passes that level. share_i = activation_i / cap_i. */
export function groupUses(
  model: PageModel,
  answer: Answer | PlainAnswer,
  cap: number[],
  level: number | null = null,
): GroupUse[] {
  const { lines, groups } = model.scene;
  const rows = new Map<string, { r: number[]; l: number[] }>();
  lines.forEach((line, i) => {
    const [first, last] = model.limits.passes[i];
    if (level !== null && !(first <= level && level <= last && first >= 0)) return;
    const sides = rows.get(groups[i]) ?? { r: [], l: [] };
    sides[line.endsWith('_r') ? 'r' : 'l'].push(i);
    rows.set(groups[i], sides);
  });
  const use = (group: string, side: GroupUse['side'], chosen: number[]): GroupUse => ({
    group,
    side,
    share: weighted(answer, chosen, (i) => answer.activation[i] / cap[i]),
    activation: weighted(answer, chosen, (i) => answer.activation[i]),
  });
  const found: GroupUse[] = [];
  for (const [group, { r, l }] of rows) {
    const apart = [...(r.length ? [use(group, 'r', r)] : []), ...(l.length ? [use(group, 'l', l)] : [])];
    const alike = apart.length === 2 && Math.abs(apart[0].share - apart[1].share) < SIDES;
    found.push(...(alike ? [use(group, 'rl', [...r, ...l])] : apart));
  }
  return found.sort((a, b) => b.share - a.share);
}

/** The verdict: joint share = max(compression / its limit, |anterior shear| / its limit). */
export function verdict(model: PageModel, answer: Answer | PlainAnswer, change: Scenario['change']): Verdict {
  const cap = caps(model, change);
  const all = groupUses(model, answer, cap);
  const { compression, shear, alike } = model.limits;
  const nearer = (joint: number, muscle: number): Nearer =>
    Math.abs(joint - muscle) < alike ? 'alike' : joint > muscle ? 'joint' : 'muscle';
  const levels = model.levels.map((level, i): LevelVerdict => {
    const pressed = Math.max(answer.loads.compression_n[i], 0);
    const slid = Math.abs(answer.loads.anterior_shear_n[i]);
    const by = pressed / compression.value_n >= slid / shear.value_n ? 'compression' : 'shear';
    const load_n = by === 'compression' ? pressed : slid;
    const limit_n = (by === 'compression' ? compression : shear).value_n;
    const joint: JointUse = { level, by, load_n, limit_n, share: load_n / limit_n };
    const muscle = groupUses(model, answer, cap, i)[0] ?? all[0];
    return { joint, muscle, nearer: nearer(joint.share, muscle.share) };
  });
  const joint = levels.map((x) => x.joint).reduce((a, b) => (b.share > a.share ? b : a));
  return { levels, joint, muscle: all[0], nearer: nearer(joint.share, all[0].share) };
}

/** How long a group could hold this, in words: time_at_full_s * activation ** exponent, +- spread. */
export function heldFor(model: PageModel, use: GroupUse): string {
  const region = model.limits.trunk_groups.includes(use.group) ? 'trunk' : 'general';
  const curve = model.limits.endurance[region];
  const words = TEXT.limits;
  if (use.activation < curve.lowest) return words.tooLight;
  if (use.activation >= 1) return words.atStrength;
  const seconds = curve.time_at_full_s * use.activation ** curve.exponent;
  const few = use.activation < curve.few_below ? words.few : '';
  return words.between(time(seconds), time(seconds * (1 - curve.spread)), time(seconds * (1 + curve.spread)), few);
}

function time(seconds: number): string {
  return seconds < 120 ? `${number(seconds)}\u202fs` : `${number(seconds / 60)}\u202fmin`;
}
