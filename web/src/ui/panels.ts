/** What the muscles and hips do, and which of joint and muscle is nearer its limit: two small panels. */

import type { Answer, PageModel, PlainAnswer, Scenario } from '../contract';
import { el, say, table } from './dom';
import { heldFor, verdict, type GroupUse } from './limits';
import { rowsOf, sumOf } from './muscles';
import { number, quantity } from './numbers';
import { angleOf } from './state';
import { named, TEXT } from './text';

type Some = Answer | PlainAnswer;

export interface TablesNow {
  answer: Some;
  base: Some;
  scenario: Scenario;
  coordinates: string[];
  expert: boolean;
}

/** Rows of the muscle table: name, now, compared with. */
export function muscleRows(model: PageModel, now: TablesNow): string[][] {
  const words = TEXT.muscles;
  const rows = (group: string, side: 'r' | 'l' | 'rl') => rowsOf(model, group, side);
  const [right, left, both] = (['r', 'l', 'rl'] as const).map((side) => rows('psoas_major', side));
  const extensors = rows('extensors', 'rl');
  const newton = (value: number) => quantity(value, 'N');
  const hip = (answer: Some, side: string) => answer.demand_nm[`hip_${side}`]?.flexion ?? NaN;
  const angle = (answer: Some, id: 'hipr' | 'hipl') =>
    quantity(angleOf(id, answer, now.coordinates, model.levels), '\u00b0');
  const pull = (at: number[]) => (answer: Some) => newton(sumOf(answer, at).force_n);
  const told: [typeof words.psoasRight, (answer: Some) => string][] = [
    [words.psoasRight, pull(right)],
    [words.psoasLeft, pull(left)],
    [words.passive, (answer) => newton(sumOf(answer, both).passive_n)],
    [words.length, (answer) => quantity(1000 * sumOf(answer, both).length_m, 'mm')],
    [words.extensors, pull(extensors)],
    [words.extensorsUse, (answer) => quantity(100 * sumOf(answer, extensors).activation, '%', 1)],
    [words.hipAngle, (answer) => `${angle(answer, 'hipr')} / ${angle(answer, 'hipl')}`],
    [words.hipMoment, (answer) => `${number(hip(answer, 'r'))} / ${quantity(hip(answer, 'l'), 'N\u00b7m')}`],
  ];
  return told.map(([name, of]) => [named(name, now.expert), of(now.answer), of(now.base)]);
}

/** The panel of muscles and hips. */
export function musclePanel(model: PageModel): { root: HTMLElement; update: (now: TablesNow) => void } {
  const held = el('div', { class: 'scroll' });
  const root = el(
    'section',
    { class: 'panel', id: 'muscles', 'aria-labelledby': 'muscles-heading' },
    el('h2', { id: 'muscles-heading' }, TEXT.muscles.heading),
    held,
    el('p', { class: 'hint' }, TEXT.muscles.hipNote),
  );
  return {
    root,
    update(now) {
      held.replaceChildren(table(TEXT.muscles.heading, TEXT.muscles.columns, muscleRows(model, now), 'muscle-table'));
    },
  };
}

const share = (value: number) => quantity(100 * value, '%', value < 0.1 ? 1 : 0);
const groupName = (use: GroupUse, expert: boolean) => TEXT.group(use.group, expert) + TEXT.side[use.side];

/** The panel "joint or muscle". */
export function limitsPanel(model: PageModel): { root: HTMLElement; update: (now: TablesNow) => void } {
  const said = el('p', { id: 'verdict' });
  const bars = (['joint', 'muscle'] as const).map((kind) => {
    const fill = el('span', { class: `fill ${kind}` });
    const text = el('span', { class: 'meter-text' });
    const name = kind === 'joint' ? TEXT.limits.jointBar : TEXT.limits.muscleBar;
    return {
      fill,
      text,
      root: el(
        'div',
        { class: 'meter', 'data-meter': kind },
        el('span', {}, name),
        el('span', { class: 'track', 'aria-hidden': 'true' }, fill),
        text,
      ),
    };
  });
  const held = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': TEXT.limits.tableName });
  const note = TEXT.limits.note(
    model.limits.compression,
    model.limits.shear,
    [model.limits.compression, model.limits.shear].some((limit) => limit.read_status === 'RECALLED'),
  );
  const root = el(
    'section',
    { class: 'panel', id: 'limits', 'aria-labelledby': 'limits-heading' },
    el('h2', { id: 'limits-heading' }, TEXT.limits.heading),
    ...bars.map((bar) => bar.root),
    said,
    el('details', {}, el('summary', {}, TEXT.limits.tableName), held),
    el('p', { class: 'hint' }, note),
  );
  return {
    root,
    update(now) {
      const found = verdict(model, now.answer, now.scenario.change);
      const { joint, muscle } = found;
      const level = TEXT.levelName(joint.level, model.levels.indexOf(joint.level), now.expert);
      const words = TEXT.limits;
      say(
        said,
        [
          words.nearer[found.nearer],
          words.joint(
            level,
            named(words.what[joint.by], now.expert),
            quantity(joint.load_n, 'N'),
            share(joint.share),
            quantity(joint.limit_n, 'N'),
          ),
          ...(joint.share >= 1 ? [words.over] : []),
          words.muscle(groupName(muscle, now.expert), share(muscle.share), words.held(heldFor(model, muscle))),
        ].join(' '),
      );
      [joint.share, muscle.share].forEach((value, i) => {
        bars[i].fill.style.width = `${Math.min(100 * value, 100)}%`;
        say(bars[i].text, share(value));
      });
      held.replaceChildren(
        table(
          words.tableName,
          words.columns,
          found.levels.map((x) => [
            x.joint.level,
            share(x.joint.share),
            groupName(x.muscle, now.expert),
            share(x.muscle.share),
            words.words[x.nearer],
          ]),
          'limits-table',
        ),
      );
    },
  };
}
