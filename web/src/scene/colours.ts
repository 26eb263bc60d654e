/** The colours of the drawing: forces by lightness, so that they read in grey and for every kind of colour vision. */

import { Color } from 'three';

/** From none to most: paler is less on a light ground, darker is less on a dark one. */
const RAMPS = {
  light: ['#dfa893', '#d47a63', '#c2493c', '#8f1d29', '#520a1c'],
  dark: ['#84504c', '#ac4f45', '#dc6b42', '#f2a04e', '#fbdc84'],
};
export const HIGHEST_N = 150; // top of the scale; fascicles of the trunk seldom carry more, and those that do are drawn as this

/** Everything that is not a muscle. */
export const PALETTES = {
  light: { bone: '#efe3cb', far: '#e6dfd2', plate: '#c9c6bf', shade: '#5b5145', tendon: '#f3e9dc', arrow: '#1f5fa8' },
  dark: { bone: '#d9ccb2', far: '#8d887f', plate: '#4a525c', shade: '#000000', tendon: '#e8dccb', arrow: '#7fb2ea' },
};

/** The colours of the scale, evenly spaced in sqrt(force). */
export function ramp(dark: boolean): string[] {
  return RAMPS[dark ? 'dark' : 'light'];
}

/** Where a force [N] stands on the scale, 0 .. 1: sqrt(force / HIGHEST_N), so that small forces are told apart too. */
export function share(force: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, force) / HIGHEST_N));
}

/** A function from share to colour, linear between the colours of the scale. */
export function painter(dark: boolean): (share: number, into: Color) => Color {
  const colours = ramp(dark).map((name) => new Color(name));
  return (at, into) => {
    const u = at * (colours.length - 1);
    const i = Math.min(Math.floor(u), colours.length - 2);
    return into.lerpColors(colours[i], colours[i + 1], u - i);
  };
}

const MOST = 1.5; // times the baseline at which a disc has its full colour, and 1 / MOST on the other side

/** A disc that bears as much as the baseline, MOST times as much or more, 1 / MOST or less. */
const DISCS = {
  light: { same: '#aebfc4', more: '#d96a08', less: '#1f66b0' },
  dark: { same: '#8fa3aa', more: '#ff9a2a', less: '#3f8fe0' },
};

/** The colour of a disc at `ratio` of the baseline's compression: log(ratio) / log(MOST) from -1 to 1 along the scale. */
export function discColour(ratio: number, dark: boolean): Color {
  const { same, more, less } = DISCS[dark ? 'dark' : 'light'];
  const at = Math.max(-1, Math.min(1, Math.log(ratio) / Math.log(MOST)));
  return new Color(same).lerp(new Color(at > 0 ? more : less), Number.isFinite(at) ? Math.abs(at) : 0);
}
