/** The number that answers, what it is compared with, and the loads of every joint, drawn and as a table. */

import type { Answer, PageModel, PlainAnswer, PresetEntry } from '../contract';
import { at, changeOf, intervalOf, type Interval } from './compare';
import { el, say, table } from './dom';
import { MEASURES, type Measure } from './measures';
import { load } from './numbers';
import { levelPlot, type PlotRow } from './plot';
import { named, TEXT } from './text';

export interface AnswerNow {
  answer: Answer | PlainAnswer;
  base: Answer | PlainAnswer;
  /** The change of the chosen level in words. */
  change: string;
  baseKind: 'preset' | 'standing' | 'pinned';
  basePreset: string;
  hasPin: boolean;
  entry: PresetEntry;
  isUntouched: boolean;
  inMovement: boolean;
  contested: boolean;
  measure: Measure;
  level: string;
  expert: boolean;
}

export interface AnswerEvents {
  level: (level: string) => void;
  measure: (measure: Measure) => void;
  base: (kind: 'preset' | 'standing' | 'pinned') => void;
  pin: () => void;
}

/** The panel of the answer. */
export function answerPanel(
  model: PageModel,
  on: AnswerEvents,
): { root: HTMLElement; update: (now: AnswerNow) => void } {
  const value = el('span', { class: 'big', id: 'big-value' });
  const what = el('p', { class: 'big-what', id: 'big-what' });
  const change = el('span', { class: 'big-change', id: 'big-change' });
  const range = el('p', { class: 'hint', id: 'big-range' });
  const measure = el(
    'select',
    { id: 'measure', change: () => on.measure(measure.value as Measure) },
    ...MEASURES.map((m) => el('option', { value: m }, named(TEXT.measureOptions[m], false))),
  );
  const base = el('select', { id: 'base', change: () => on.base(base.value as 'preset' | 'standing' | 'pinned') });
  const pin = el('button', { type: 'button', id: 'pin', class: 'quiet', click: on.pin }, TEXT.answer.pin);
  const plot = levelPlot(model, on.level);
  const signs = el('p', { class: 'hint', id: 'signs' });
  const asTable = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': TEXT.answer.table });
  const field = (id: string, name: string, input: HTMLElement) =>
    el('div', { class: 'choice' }, el('label', { for: id }, name), input);
  const root = el(
    'section',
    { class: 'panel answer', id: 'answer', 'aria-labelledby': 'answer-heading' },
    el('div', { class: 'panel-head' }, el('h2', { id: 'answer-heading' }, TEXT.answer.heading), pin),
    el('span', { class: 'behind', 'aria-hidden': 'true' }, TEXT.engine.behind),
    el('div', { class: 'headline' }, what, el('p', { class: 'line' }, value, change), range),
    el(
      'div',
      { class: 'choices' },
      field('measure', TEXT.answer.measure, measure),
      field('base', TEXT.answer.base, base),
    ),
    el('h3', {}, TEXT.answer.plot),
    plot.root,
    el('p', { class: 'hint' }, TEXT.answer.plotHint),
    signs,
    el('details', { id: 'as-table' }, el('summary', {}, TEXT.answer.table), asTable),
  );

  function bases(now: AnswerNow): void {
    const options: [string, string][] = [
      ['preset', TEXT.answer.bases.preset(now.basePreset)],
      ['standing', TEXT.answer.bases.standing],
      ...(now.hasPin ? [['pinned', TEXT.answer.bases.pinned] as [string, string]] : []),
    ];
    const key = options.map(([, name]) => name).join('|');
    if (base.dataset.key !== key) {
      base.dataset.key = key;
      base.replaceChildren(...options.map(([id, name]) => el('option', { value: id }, name)));
    }
    base.value = now.baseKind;
    base.disabled = now.inMovement;
    pin.disabled = now.inMovement;
  }

  function update(now: AnswerNow): void {
    const of = now.measure;
    const rows = model.levels.map((level, i): PlotRow & { interval: Interval | null } => {
      const own = at(now.answer, of, i);
      const held = at(now.base, of, i);
      const interval = now.inMovement ? null : intervalOf(of, i, own, now.entry, now.isUntouched);
      return { level, now: own, base: held, change: changeOf(of, own, held, now.contested), interval };
    });
    const i = model.levels.indexOf(now.level);
    const row = rows[i];
    say(what, `${TEXT.levelTitle(now.level, i, now.expert)}, ${named(TEXT.measures[of], now.expert)}`);
    say(value, load(row.now, of));
    say(change, now.change);
    say(range, row.interval ? rangeWords(row.interval, of) : '');
    for (const option of measure.options) say(option, named(TEXT.measureOptions[option.value as Measure], now.expert));
    measure.value = of;
    bases(now);
    plot.update(rows, of, now.level);
    say(signs, TEXT.answer.signs[of] ?? '');
    signs.hidden = TEXT.answer.signs[of] === undefined;
    const { joint, now: head, base: against, change: by, range: within } = TEXT.answer.columns;
    asTable.replaceChildren(
      table(
        `${named(TEXT.measureOptions[of], now.expert)}`,
        [joint, head, against, by, within],
        rows.map((r) => [
          r.level,
          load(r.now, of),
          load(r.base, of),
          r.change,
          r.interval ? TEXT.answer.range(load(r.interval.low, of), load(r.interval.high, of)) : '\u2013',
        ]),
        'levels-table',
      ),
    );
  }
  return { root, update };
}

function rangeWords(interval: Interval, of: Measure): string {
  const words = { own: TEXT.answer.interval, scaled: TEXT.answer.intervalScaled, shifted: TEXT.answer.intervalShifted };
  return `${TEXT.answer.range(load(interval.low, of), load(interval.high, of))}, ${words[interval.how]}`;
}
