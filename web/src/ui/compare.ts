/** Now against a baseline: intervals, changes, and where a share would claim what measurements do not settle. */

import type { Answer, Load, PlainAnswer, PresetEntry } from '../contract';
import { DECIMALS, number, percent, signed, SIGNED, UNITS } from './numbers';
import { TEXT } from './text';

export interface Interval {
  low: number;
  high: number;
  /** own: the package's for this very answer; scaled, shifted: carried over from the untouched preset. */
  how: 'own' | 'scaled' | 'shifted';
}

/**
 * The interval of a value. Untouched: the preset's own. Moved: value * low / preset's value and likewise high; for loads
 * that pass through zero, value + (low - preset's value).
 */
export function intervalOf(of: Load, row: number, value: number, entry: PresetEntry, isUntouched: boolean): Interval {
  const low = entry.interval[of].low[row];
  const high = entry.interval[of].high[row];
  const own = entry.answer.loads[of][row];
  if (isUntouched) return { low, high, how: 'own' };
  if (SIGNED.has(of) || !(own > 0) || low < 0)
    return { low: value + low - own, high: value + high - own, how: 'shifted' };
  return { low: (value * low) / own, high: (value * high) / own, how: 'scaled' };
}

/**
 * How a change is told in a table: per cent, times (contested pairs), or, for loads that change sign or begin at nothing,
 * the difference in the load's own unit.
 */
export function changeOf(of: Load, now: number, base: number, contested: boolean): string {
  const decimals = DECIMALS[of];
  if (now.toFixed(decimals) === base.toFixed(decimals)) return '\u00b10';
  if (SIGNED.has(of)) return signed(now - base, decimals);
  if (contested) return base > 0 ? `\u00d7\u202f${number(now / base, 2)}` : '\u2013';
  const share = percent(now, base);
  if (!(Math.abs(share) < 1000) || base <= 0) return signed(now - base, decimals);
  return `${signed(share, Math.abs(share) < 10 ? 1 : 0)}\u202f%`;
}

/** The change in words for the headline. */
export function changeWords(of: Load, now: number, base: number, contested: boolean, against: string): string {
  const text = changeOf(of, now, base, contested);
  if (text === '\u00b10') return TEXT.answer.same(against);
  if (contested && !SIGNED.has(of)) return TEXT.answer.ratio(number(now / base, 2), against);
  const isShare = text.endsWith('%');
  return TEXT.answer.change(isShare ? text : `${text}\u202f${UNITS[of]}`, against);
}

/** A plain answer with its arrays as the drawing takes them; null in them becomes NaN. */
export function unpacked(entry: PresetEntry): Answer {
  const { answer } = entry;
  const floats = (values: (number | null)[]) => Float32Array.from(values, (x) => x ?? NaN);
  return {
    ...answer,
    scenario: entry.scenario,
    activation: Float64Array.from(answer.activation),
    active_n: Float64Array.from(answer.active_n),
    passive_n: Float64Array.from(answer.passive_n),
    length_m: Float64Array.from(answer.length_m),
    positions: Float64Array.from(answer.positions),
    pose: { position: floats(answer.pose.position), turn: floats(answer.pose.turn), arcs: floats(answer.pose.arcs) },
    took_ms: 0,
  };
}

/** The loads of one level of an answer. */
export function at(answer: Answer | PlainAnswer, of: Load, row: number): number {
  return answer.loads[of][row];
}
