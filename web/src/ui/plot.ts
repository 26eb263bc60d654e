/** Joint by joint: a bar of now, a notch of the baseline, a thin line of the interval; each row a button. */

import type { PageModel } from '../contract';
import type { Interval } from './compare';
import { el, say, svg } from './dom';
import type { Measure } from './measures';
import { load, niceTop, number } from './numbers';
import { TEXT } from './text';

export interface PlotRow {
  level: string;
  now: number;
  base: number;
  change: string;
  interval: Interval | null;
}

const WIDTH = 1000; // of the drawing in its own units; stretched to the row
const HEIGHT = 28;

/** The ends of an axis that holds these values: zero is always in it; round numbers, so that it keeps still. */
export function axisOf(values: number[]): { low: number; high: number } {
  const top = niceTop(Math.max(...values, 0));
  const bottom = Math.min(...values, 0);
  return bottom < 0 ? { low: -niceTop(-bottom), high: Math.max(...values) > 0 ? top : 0 } : { low: 0, high: top };
}

/** Marks along an axis: three to seven, at steps of 1, 2 or 5 times a power of ten. */
export function marksOf(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((s) => s * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const marks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) marks.push(i * step);
  return marks;
}

interface Drawn {
  button: HTMLButtonElement;
  value: HTMLElement;
  change: HTMLElement;
  bar: SVGRectElement;
  notch: SVGRectElement;
  whisker: SVGLineElement;
  zero: SVGLineElement;
}

/** The plot; `choose` is told which joint was picked. */
export function levelPlot(
  model: PageModel,
  choose: (level: string) => void,
): { root: HTMLElement; update: (rows: PlotRow[], of: Measure, chosen: string) => void } {
  const drawn = model.levels.map((level, i): Drawn & { root: HTMLElement } => {
    const zero = svg('line', { class: 'zero', y1: 0, y2: HEIGHT });
    const bar = svg('rect', { class: 'bar', y: 6, height: HEIGHT - 12, rx: 2 });
    const whisker = svg('line', { class: 'whisker', y1: HEIGHT / 2, y2: HEIGHT / 2 });
    const notch = svg('rect', { class: 'notch', y: 2, height: HEIGHT - 4 });
    const value = el('span', { class: 'level-value' });
    const change = el('span', { class: 'level-change' });
    const button = el(
      'button',
      { type: 'button', class: 'level', 'data-level': level, click: () => choose(level) },
      el('span', { class: 'level-name' }, el('b', {}, level), el('small', {}, TEXT.levels[i])),
      svg(
        'svg',
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        zero,
        bar,
        whisker,
        notch,
      ),
      value,
      change,
    );
    return { root: el('li', {}, button), button, value, change, bar, notch, whisker, zero };
  });
  const marks = el('div', { class: 'axis', 'aria-hidden': 'true' });
  const root = el(
    'div',
    { class: 'plot' },
    el('ul', { class: 'levels', id: 'levels', 'aria-label': TEXT.answer.plot }, ...drawn.map((d) => d.root)),
    marks,
  );

  function update(rows: PlotRow[], of: Measure, chosen: string): void {
    const { low, high } = axisOf(
      rows.flatMap((r) => [r.now, r.base, ...(r.interval ? [r.interval.low, r.interval.high] : [])]),
    );
    const x = (value: number) => (WIDTH * (value - low)) / (high - low);
    rows.forEach((row, i) => {
      const d = drawn[i];
      const text = load(row.now, of);
      say(d.value, text);
      say(d.change, row.change);
      d.button.setAttribute('aria-pressed', String(row.level === chosen));
      d.button.setAttribute('aria-label', TEXT.answer.row(`${row.level}, ${TEXT.levels[i]}`, text, row.change));
      place(d.bar, Math.min(x(0), x(row.now)), Math.abs(x(row.now) - x(0)));
      place(d.notch, x(row.base) - 3, 6);
      d.zero.setAttribute('x1', String(x(0)));
      d.zero.setAttribute('x2', String(x(0)));
      d.whisker.setAttribute('visibility', row.interval ? 'visible' : 'hidden');
      d.whisker.setAttribute('x1', String(x(row.interval?.low ?? 0)));
      d.whisker.setAttribute('x2', String(x(row.interval?.high ?? 0)));
    });
    const wanted = marksOf(low, high);
    const decimals = high - low < 4 ? 1 : 0;
    marks.replaceChildren(
      ...wanted.map((mark) => {
        const label = el('span', {}, number(mark, decimals));
        label.style.left = `${(100 * (mark - low)) / (high - low)}%`;
        return label;
      }),
    );
  }
  return { root, update };
}

function place(rect: SVGRectElement, x: number, width: number): void {
  rect.setAttribute('x', String(x));
  rect.setAttribute('width', String(Math.max(width, 0)));
}
