/** What is changed in the muscles, fascicle by fascicle: `case/change.py`, `anatomy/groups.py`, `frames.effort_of`. */

import { Refusal, type Scenario } from '../contract';
import type { Effort } from './acting';
import type { Body } from './body';
import { general } from './written';

type Change = NonNullable<Scenario['change']>;

/** Floors, caps, tight and weak of every fascicle; `supported`: the trunk leans on something, so that tone is lower. */
export function effortOf(body: Body, change: Change | undefined, supported: boolean): Effort {
  const { parameters, fibres } = body.mechanics;
  const tone = change?.tone ?? parameters[supported ? 'tone_supported' : 'tone_upright'];
  return {
    floor: new Float64Array(fibres.names.length).fill(tone),
    cap: perFascicle(body, change?.inhibited).map((fraction) => 1 - fraction),
    tight: perFascicle(body, change?.tight),
    weak: perFascicle(body, change?.weak),
  };
}

/** The fraction of every fascicle (M); where two names hold the same fascicle, the narrower counts. */
function perFascicle(body: Body, wanted: Record<string, number> = {}): Float64Array {
  const most = body.mechanics.limits.fraction;
  const found = Object.entries(wanted).map(([name, fraction]) => {
    if (!(fraction >= 0 && fraction <= most)) {
      throw new Refusal(`[change] '${name}' is ${general(fraction)}; allowed is a fraction of 0 to ${general(most)}.`);
    }
    return { fraction, chosen: resolve(body, name) };
  });
  const fractions = new Float64Array(body.mechanics.fibres.names.length);
  found.sort((a, b) => b.chosen.length - a.chosen.length);
  for (const { fraction, chosen } of found) for (const i of chosen) fractions[i] = fraction;
  return fractions;
}

/** Numbers of the fascicles that a parent, group, muscle or fascicle stands for, `_r` or `_l` at its end for one side. */
function resolve(body: Body, name: string): number[] {
  const { names, groups } = body.mechanics.fibres;
  const side = /_[rl]$/.test(name) ? name.slice(-2) : '';
  const stem = side ? name.slice(0, -2) : name;
  const leaves = leavesOf(body, stem);
  const all = names.map((_, i) => i);
  let chosen = all.filter((i) => leaves.has(groups[i]));
  if (!chosen.length) chosen = all.filter((i) => names[i].slice(0, -2) === stem || names[i].startsWith(`${stem}_`));
  chosen = chosen.filter((i) => names[i].endsWith(side));
  if (!chosen.length) throw new Refusal(`Unknown muscle '${name}'.`);
  return chosen;
}

function leavesOf(body: Body, group: string): Set<string> {
  const children = body.mechanics.parents[group];
  if (!children) return new Set([group]);
  return new Set(children.flatMap((child) => [...leavesOf(body, child)]));
}
