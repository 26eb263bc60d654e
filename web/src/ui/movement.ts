/** "Sit down": a movement computed ahead, frame by frame, then played or moved through by hand. */

import type { Answer, Engine, PageModel, Scenario, Sided } from '../contract';
import { personOf, type Person } from '../scene/model';
import { timeChart, type Line } from './chart';
import { el, say } from './dom';
import { endOf } from './ends';
import { rowsOf, sumOf } from './muscles';
import { number, percent, quantity } from './numbers';
import { named, TEXT } from './text';

const NAME = 'sit';
const UPPER_FASCICLE = 'psoas_L1_VB_r';

export interface Moment {
  answer: Answer;
  base: Answer;
  /** Whether the base is the same moment of the untouched movement, or its start. */
  isSameMoment: boolean;
  seconds: string;
}

export interface MovementEvents {
  show: (moment: Moment) => void;
  enter: (name: string) => void;
  leave: () => void;
}

interface Series {
  key: string;
  frames: Answer[];
}

/** The panel; `update` is told the change that acts on the movement, and whether one is wanted. */
export function movementPanel(
  model: PageModel,
  engine: Engine,
  on: MovementEvents,
): {
  root: HTMLElement;
  /** `plays`: by itself once computed, where motion is welcome. */
  open: (plays: boolean) => void;
  close: () => void;
  update: (now: {
    change: Scenario['change'];
    hands_kg: Sided | undefined;
    level: string;
    expert: boolean;
    enabled: boolean;
    isWanted: boolean;
  }) => void;
  recolour: () => void;
} {
  const movement = model.movements.find((m) => m.name === NAME);
  const times = movement?.time_s ?? [];
  let isOpen = false;
  let plain: Series = { key: '', frames: [] };
  let changed: Series | null = null;
  let now: Parameters<ReturnType<typeof movementPanel>['update']>[0] | null = null;
  let index = 0;
  let playing = 0; // handle of the next animation frame
  let person: Person | null = null;
  let playsAtFirst = false;
  let token = 0; // a computation with an older token stops

  const start = el(
    'button',
    {
      type: 'button',
      id: 'sit',
      class: 'primary',
      click: () => {
        open(true);
        leave.focus(); // the button that had the focus is gone
        on.enter(NAME);
      },
    },
    TEXT.sit.start,
  );
  const play = el(
    'button',
    { type: 'button', id: 'sit-play', class: 'primary', click: () => (playing ? pause() : run()) },
    TEXT.sit.play,
  );
  const leave = el(
    'button',
    {
      type: 'button',
      id: 'sit-leave',
      class: 'quiet',
      click: () => {
        close();
        on.leave();
        start.focus();
      },
    },
    TEXT.sit.leave,
  );
  const scrub = el('input', {
    type: 'range',
    id: 'sit-time',
    min: 0,
    max: Math.max(times.length - 1, 0),
    step: 1,
    'aria-label': TEXT.sit.time,
    input: () => {
      pause();
      go(Number(scrub.value));
    },
  });
  scrub.value = '0';
  const clock = el('output', { for: 'sit-time', class: 'clock' });
  const state = el('p', { class: 'hint', id: 'sit-state', role: 'status' });
  const bar = el('div', { class: 'player', hidden: true }, play, scrub, clock, leave);
  const said = el('p', { id: 'sit-said' });
  const hosts = [el('div', { class: 'chart', id: 'sit-load' }), el('div', { class: 'chart', id: 'sit-length' })];
  const more = el('div', { class: 'sit-more', hidden: true }, state, el('div', { class: 'charts' }, ...hosts), said);
  const charts = hosts.map(timeChart);
  const root = el(
    'section',
    { class: 'sit', id: 'sitting', 'aria-label': TEXT.sit.heading, hidden: times.length === 0 },
    start,
    bar,
    more,
  );

  const shown = () => changed ?? plain;
  const isChanged = () => changed !== null;

  function go(to: number): void {
    const series = shown();
    if (series.frames[to] === undefined || plain.frames[0] === undefined) return;
    index = to;
    scrub.value = String(to);
    const seconds = TEXT.sit.at(number(times[to], 1));
    say(clock, seconds);
    scrub.setAttribute('aria-valuetext', seconds);
    for (const chart of charts) chart.moment(times[to]);
    const sameMoment = isChanged() && plain.frames[to] !== undefined;
    on.show({ answer: series.frames[to], base: plain.frames[sameMoment ? to : 0], isSameMoment: sameMoment, seconds });
  }

  function run(): void {
    const last = times.length - 1;
    const from = index >= last ? 0 : times[index];
    if (index >= last) go(0);
    const began = performance.now();
    say(play, TEXT.sit.pause);
    const step = (at: number) => {
      const seconds = from + (at - began) / 1000;
      let next = index;
      while (next < last && times[next + 1] <= seconds && shown().frames[next + 1] !== undefined) next += 1;
      if (next !== index) go(next);
      if (index >= last) pause();
      else playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
  }

  function pause(): void {
    if (playing) cancelAnimationFrame(playing);
    playing = 0;
    say(play, TEXT.sit.play);
  }

  async function compute(): Promise<void> {
    const mine = ++token;
    const wanted = now;
    if (wanted === null || !isOpen) return;
    const has = wanted.change !== undefined || wanted.hands_kg !== undefined;
    const key = JSON.stringify([wanted.change, wanted.hands_kg]);
    try {
      if (plain.frames.length < times.length && !(await fill(plain, undefined, undefined, mine))) return;
      if (!has) changed = null;
      else if (changed?.key !== key || changed.frames.length < times.length) {
        const next: Series = changed?.key === key ? changed : { key, frames: [] };
        if (!(await fill(next, wanted.change, wanted.hands_kg, mine))) return;
        changed = next;
      }
    } catch (error) {
      if (mine === token) say(state, TEXT.sit.failed(error instanceof Error ? error.message : String(error)));
      return;
    }
    say(state, '');
    play.disabled = false;
    scrub.disabled = false;
    drawCharts();
    go(index);
    if (playsAtFirst) run();
    playsAtFirst = false;
  }

  async function fill(
    series: Series,
    change: Scenario['change'],
    hands: Sided | undefined,
    mine: number,
  ): Promise<boolean> {
    while (series.frames.length < times.length) {
      const i = series.frames.length;
      if (i % 4 === 0) say(state, TEXT.sit.computing(i, times.length));
      const answer = await engine.frame(NAME, i, change, hands);
      if (mine !== token) return false;
      if (series.frames.length === i) series.frames.push(answer);
      if (i === 0 && series === plain) go(0);
    }
    return true;
  }

  function drawCharts(): void {
    if (now === null || shown().frames.length < times.length) return;
    const row = model.levels.indexOf(now.level);
    const rows = { psoas: rowsOf(model, 'psoas_major'), extensors: rowsOf(model, 'extensors') };
    const load = (series: Series) => series.frames.map((f) => f.loads.compression_n[row]);
    const length = (series: Series, of: keyof typeof rows) => {
      const all = series.frames.map((f) => sumOf(f, rows[of]).length_m);
      return all.map((value) => percent(value, all[0]));
    };
    const name = TEXT.sit.compression(now.level, now.expert);
    const lines: Line[] = [{ label: name, values: load(shown()), colour: '--accent' }];
    if (isChanged()) lines.push({ label: TEXT.sit.untouched, values: load(plain), colour: '--soft', dashed: true });
    charts[0].draw(TEXT.sit.chart(name), times, lines, true);
    // Lengths follow from the posture alone: one line each, whatever is tight or weak.
    const lengths = named(TEXT.sit.lengths, now.expert);
    charts[1].draw(TEXT.sit.chart(lengths), times, [
      {
        label: `${lengths}: ${named(TEXT.sit.psoas, now.expert)}`,
        values: length(shown(), 'psoas'),
        colour: '--psoas',
      },
      { label: named(TEXT.sit.extensors, now.expert), values: length(shown(), 'extensors'), colour: '--extensors' },
    ]);
    for (const chart of charts) chart.moment(times[index]);
    const first = shown().frames[0];
    const last = shown().frames[times.length - 1];
    const psoas = [first, last].map((f) => sumOf(f, rows.psoas));
    const back = percent(sumOf(last, rows.extensors).length_m, sumOf(first, rows.extensors).length_m);
    const way = back > 0 ? TEXT.sit.lengthen : TEXT.sit.shorten;
    const mm = psoas.map((p) => quantity(1000 * p.length_m, 'mm')) as [string, string];
    const newton = psoas.map((p) => quantity(p.force_n, 'N')) as [string, string];
    const what = TEXT.sit.said(mm, newton, way(quantity(Math.abs(back), '%')));
    say(said, `${TEXT.sit.ends(travelled(first, last, 'lower'), travelled(first, last, 'upper'))} ${what}`);
  }

  function travelled(first: Answer, last: Answer, which: 'upper' | 'lower'): string {
    person ??= personOf(model.scene);
    const [from, to] = [first, last].map((f) => endOf(person as Person, f.pose, UPPER_FASCICLE, which));
    return TEXT.sit.way(100 * (to[0] - from[0]), 100 * (to[1] - from[1]));
  }

  function open(plays: boolean): void {
    if (isOpen) return;
    isOpen = true;
    start.hidden = true;
    bar.hidden = false;
    more.hidden = false;
    index = 0;
    playsAtFirst = plays && !stillMotion();
    play.disabled = true;
    scrub.disabled = true;
    void compute();
  }

  function close(): void {
    isOpen = false;
    token += 1;
    pause();
    start.hidden = false;
    bar.hidden = true;
    more.hidden = true;
  }

  let lastKey = '';
  return {
    root,
    open,
    close,
    update(given) {
      now = given;
      start.disabled = !given.enabled;
      if (given.isWanted && given.enabled) open(false);
      const key = JSON.stringify([given.change, given.hands_kg, given.enabled]);
      const look = JSON.stringify([given.level, given.expert]);
      if (isOpen && `${key}${look}` !== lastKey) {
        const isNew = !lastKey.startsWith(key);
        lastKey = `${key}${look}`;
        if (isNew) void compute();
        else drawCharts();
      }
    },
    recolour: drawCharts,
  };
}

function stillMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
