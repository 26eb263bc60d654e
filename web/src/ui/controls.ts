/** The sliders: each a range and a number field of one value, with a reset and, where it means nothing, the reason. */

import type { Answer, PageModel, PlainAnswer, PresetEntry, Scenario } from '../contract';
import { el, say } from './dom';
import { tidy } from './numbers';
import { angleOf, backrestIsFree, given, rangeOf, whyNot, type ControlId, type State, type Why } from './state';
import { named, TEXT } from './text';

const GROUPS: [keyof typeof TEXT.controls.groups, ControlId[]][] = [
  ['muscle', ['tight', 'weak', 'inhibit']],
  ['posture', ['tilt', 'trunk', 'hip', 'hipr', 'hipl']],
  ['around', ['load', 'back']],
];
const OF_POSTURE: ControlId[] = ['tilt', 'trunk', 'hip', 'hipr', 'hipl', 'back'];
const FIRST_BACKREST_DEG = 110;

export interface ControlsNow {
  state: State;
  entry: PresetEntry;
  scenario: Scenario;
  answer: Answer | PlainAnswer;
  coordinates: string[];
  expert: boolean;
  enabled: boolean;
  /** The engine is still on its way. */
  isLoading: boolean;
  inMovement: boolean;
}

interface Row {
  root: HTMLElement;
  label: HTMLElement;
  unit: HTMLElement;
  range: HTMLInputElement;
  field: HTMLInputElement;
  reset: HTMLButtonElement;
  hint: HTMLElement;
  /** What the field shows where nobody types into it. */
  settled: string;
  /** Something is typed into the field that does not count yet. */
  isTyped: boolean;
  /** Let what is typed count; what is no number goes. */
  count: () => void;
}

/** The panel; `set` is told every move (undefined: back to the preset's own value). */
export function controlsPanel(
  model: PageModel,
  set: (control: ControlId, value: number | undefined) => void,
  resetAll: () => void,
): { root: HTMLElement; update: (now: ControlsNow) => void } {
  let now: ControlsNow | null = null;
  let eachWanted = false;

  const within = (id: ControlId, value: number) => {
    const { min, max } = rangeOf(id, (now ?? { scenario: model.presets[0].scenario }).scenario);
    return tidy(Math.min(Math.max(value, min), max));
  };
  const rows = new Map<ControlId, Row>();
  // A finger on a slider or a button leaves the focus, and the keyboard, in the box: no change, no blur is told.
  const countTyped = (except?: EventTarget | null) => {
    for (const parts of rows.values()) if (parts.field !== except) parts.count();
  };
  document.addEventListener('click', (event) => countTyped(event.target), true);
  const row = (id: ControlId): Row => {
    const range = el('input', {
      type: 'range',
      id: `control-${id}`,
      'aria-describedby': `hint-${id}`,
      pointerdown: () => countTyped(), // a finger where the slider stands already moves nothing and clicks nothing
      input: () => {
        const value = within(id, Number(range.value)); // read before what was typed elsewhere is drawn
        made.isTyped = false; // the slider is the later word
        countTyped();
        set(id, value);
      },
    });
    const putBack = () => {
      made.isTyped = false;
      field.value = made.settled;
    };
    const count = () => {
      const value = Number(field.value);
      if (!made.isTyped) return;
      if (field.value === '' || !Number.isFinite(value)) return putBack();
      made.isTyped = false;
      field.value = String(within(id, value));
      if (field.value !== made.settled) set(id, within(id, value));
    };
    const field = el('input', {
      type: 'number',
      id: `number-${id}`,
      inputmode: 'decimal',
      input: () => (made.isTyped = true),
      change: count,
      blur: count,
      keydown: (event) => {
        if ((event as KeyboardEvent).key === 'Escape') putBack();
      },
    });
    const unit = el('span', { class: 'unit', 'aria-hidden': 'true' });
    const label = el('label', { for: `control-${id}` });
    const reset = el(
      'button',
      { type: 'button', class: 'reset', id: `reset-${id}`, click: () => set(id, undefined) },
      TEXT.controls.resetShort,
    );
    const hint = el('p', { class: 'hint', id: `hint-${id}` });
    const root = el(
      'div',
      { class: 'control', 'data-control': id },
      el('div', { class: 'control-head' }, label, el('span', { class: 'field' }, field, unit)),
      range,
      el('div', { class: 'control-foot' }, hint, reset),
    );
    const made: Row = { root, label, unit, range, field, reset, hint, settled: '', isTyped: false, count };
    rows.set(id, made);
    return made;
  };

  const each = el('input', {
    type: 'checkbox',
    id: 'hips-each',
    change: () => ((eachWanted = each.checked), now && update(now)),
  });
  const backrest = el('input', {
    type: 'checkbox',
    id: 'backrest-on',
    change: () => set('back', backrest.checked ? FIRST_BACKREST_DEG : 0),
  });
  const backrestLine = el('label', { class: 'tick' }, backrest, TEXT.controls.backrest);
  const movementWhy = el('p', { class: 'hint reason', id: 'movement-why', hidden: true }, TEXT.why.movement);
  const sections = GROUPS.map(([name, ids]) => {
    const inside = ids.map((id) => row(id).root);
    if (name === 'posture') inside.splice(2, 0, el('label', { class: 'tick' }, each, TEXT.controls.each));
    if (name === 'around') inside.splice(1, 0, backrestLine);
    const held = name === 'posture' ? [movementWhy] : [];
    return el('fieldset', {}, el('legend', {}, TEXT.controls.groups[name]), ...held, ...inside);
  });
  const resetButton = el(
    'button',
    { type: 'button', id: 'reset-all', class: 'quiet', click: resetAll },
    TEXT.controls.resetAll,
  );
  const loading = el('p', { class: 'hint', id: 'controls-loading' }, TEXT.controls.loading);
  const root = el(
    'section',
    { class: 'panel controls', id: 'controls', 'aria-labelledby': 'controls-heading', tabindex: -1 },
    el('div', { class: 'panel-head' }, el('h2', { id: 'controls-heading' }, TEXT.controls.heading), resetButton),
    loading,
    ...sections,
  );

  function update(given_: ControlsNow): void {
    now = given_;
    const { state, entry, scenario, enabled, inMovement, expert } = now;
    const sided = typeof scenario.posture.hip_flexion_deg === 'object';
    each.checked = sided || eachWanted;
    each.disabled = !enabled || inMovement || sided;
    loading.hidden = !now.isLoading;
    movementWhy.hidden = !inMovement;
    resetButton.disabled = !enabled || Object.keys(state.values).length === 0;
    const hasBack = (given('back', scenario) ?? 0) > 0;
    const noChair = whyNot('back', scenario) !== null;
    backrest.checked = hasBack;
    backrest.disabled = !enabled || inMovement || noChair || !backrestIsFree(scenario);
    backrestLine.hidden = noChair || !backrestIsFree(scenario);
    for (const [id, parts] of rows) {
      const why: Why | null = inMovement && OF_POSTURE.includes(id) ? 'movement' : whyNot(id, scenario);
      const off = id === 'back' && !hasBack && (!why || why === 'movement');
      parts.root.hidden = off || (id === 'hip' ? each.checked : id.startsWith('hip') && !each.checked);
      fill(parts, id, why, now);
      const name = named(TEXT.controls.names[id], expert);
      say(parts.label, name);
      parts.field.setAttribute('aria-label', `${name}, ${rangeOf(id, scenario).unit}`);
      parts.reset.setAttribute('aria-label', TEXT.controls.reset(name));
      parts.reset.title = TEXT.controls.reset(name);
      const moved = state.values[id] !== undefined && !(id === 'back' && given('back', entry.scenario) === 0);
      parts.reset.hidden = !moved;
      parts.root.classList.toggle('moved', moved);
    }
  }

  function fill(parts: Row, id: ControlId, why: Why | null, shown: ControlsNow): void {
    const { step, unit, ...ends } = rangeOf(id, shown.scenario);
    const set = given(id, shown.scenario);
    const value = set ?? Math.round(angleOf(id, shown.answer, shown.coordinates, model.levels));
    const live = shown.enabled && why === null;
    // What a posture came out with may lie beyond what can be asked for; it is shown as it is.
    const isShown = Number.isFinite(value) && !(id === 'back' && value === 0);
    const min = Math.min(ends.min, isShown ? value : ends.min);
    const max = Math.max(ends.max, isShown ? value : ends.max);
    for (const input of [parts.range, parts.field]) {
      input.min = String(min);
      input.max = String(max);
      input.step = String(step);
      input.disabled = !live;
    }
    parts.settled = isShown ? String(tidy(value)) : '';
    parts.range.value = parts.settled;
    // A field that is being typed into keeps what is typed.
    if (!live) parts.isTyped = false;
    if (!parts.isTyped && parts.field.value !== parts.settled) parts.field.value = parts.settled;
    parts.field.step = unit === 'kg' ? '0.5' : '1';
    parts.range.setAttribute('aria-valuetext', `${parts.range.value} ${unit}`);
    // The track is filled from the preset's own value, so that what was moved is seen.
    const own = given(id, shown.entry.scenario) ?? angleOf(id, shown.entry.answer, shown.coordinates, model.levels);
    const from = shown.state.values[id] === undefined ? Number(parts.range.value) : own;
    for (const [name, at] of [
      ['--at', Number(parts.range.value)],
      ['--from', from],
    ] as const)
      parts.range.style.setProperty(name, `${(100 * (Math.min(Math.max(at, min), max) - min)) / (max - min)}%`);
    say(parts.unit, unit);
    say(parts.hint, why === 'movement' ? '' : why ? TEXT.why[why] : named(TEXT.controls.hints[id], shown.expert));
    parts.hint.classList.toggle('reason', why !== null);
    parts.root.classList.toggle('off', !live);
  }

  return { root, update };
}
