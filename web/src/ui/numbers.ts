/** Numbers as people read them: a true minus, no "-0", the unit behind a narrow space that does not break. */

import type { Load } from '../contract';

const MINUS = '\u2212';
const SPACE = '\u202f';

export const UNITS: Record<Load, string> = {
  compression_n: 'N',
  anterior_shear_n: 'N',
  right_shear_n: 'N',
  flexion_moment_nm: 'N\u00b7m',
  pressure_mpa: 'MPa',
};
export const DECIMALS: Record<Load, number> = {
  compression_n: 0,
  anterior_shear_n: 0,
  right_shear_n: 0,
  flexion_moment_nm: 1,
  pressure_mpa: 2,
};
/** Loads that are never told as a share: they pass through zero. */
export const SIGNED: ReadonlySet<Load> = new Set<Load>(['anterior_shear_n', 'right_shear_n', 'flexion_moment_nm']);

/** `value` with `decimals`, thousands apart from 10 000 on; a dash where it is not finite. */
export function number(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return '\u2013';
  const rounded = Number(value.toFixed(decimals));
  let digits = Math.abs(rounded).toFixed(decimals);
  const [whole, part] = digits.split('.');
  if (whole.length > 4) digits = whole.replace(/\B(?=(\d{3})+$)/g, SPACE) + (part ? `.${part}` : '');
  return (rounded < 0 ? MINUS : '') + digits;
}

/** `number` with its unit. */
export function quantity(value: number, unit: string, decimals = 0): string {
  return `${number(value, decimals)}${unit === '\u00b0' ? '' : SPACE}${unit}`;
}

/** A load with its unit. */
export function load(value: number, of: Load): string {
  return quantity(value, UNITS[of], DECIMALS[of]);
}

/** A difference: always with its sign, but for none. */
export function signed(value: number, decimals = 0): string {
  const text = number(value, decimals);
  return Number(value.toFixed(decimals)) > 0 ? `+${text}` : text;
}

/** Change against `before` in per cent, NaN where `before` is too small to be a measure: 100 (now / before - 1). */
export function percent(now: number, before: number): number {
  return Math.abs(before) < 1e-6 ? NaN : 100 * (now / before - 1);
}

/** Round up to 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten: ends of an axis. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((s) => s * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** A value of a control as the scenario holds it: without the dust of binary fractions. */
export function tidy(value: number): number {
  return Number(value.toFixed(4));
}
