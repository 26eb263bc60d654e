/** The page: its parts beside each other, told of every change of the session. */

import type { Answer, Engine, PageModel } from '../contract';
import { answerPanel } from './answer';
import { settled } from './asking';
import { changeWords } from './compare';
import { controlsPanel } from './controls';
import { asCommand, asPython } from './copy';
import { el } from './dom';
import { folds } from './folds';
import { fragmentOf } from './fragment';
import { movementPanel, type Moment } from './movement';
import { notices } from './notices';
import { load } from './numbers';
import { limitsPanel, musclePanel } from './panels';
import { presetBar } from './presets';
import { session, type Address } from './session';
import { sharePanel } from './share';
import { entryOf, scenarioOf } from './state';
import { named, TEXT } from './text';
import { themeChoice } from './theme';
import { viewPanel, type BodyView } from './view';
import { changeSentence, contestedPair, remarks, startSentence } from './words';

const ADDRESS_WAIT_MS = 200; // browsers refuse an address that changes with every pixel of a slider

/** The browser's address: a new entry of its history at once, a change of the same entry when it rests. */
function browserAddress(): Address {
  let waiting = '';
  const replace = settled(ADDRESS_WAIT_MS, () => {
    if (waiting !== '' && location.hash !== waiting) history.replaceState(null, '', waiting);
    waiting = '';
  });
  return {
    read: () => location.hash,
    push(fragment) {
      waiting = '';
      history.pushState(null, '', fragment);
    },
    replace(fragment) {
      waiting = fragment;
      replace();
    },
  };
}

function afterPaint(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}

/** The page in `host`; `makeView` builds the drawing or throws a sentence. */
export function app(
  host: HTMLElement,
  model: PageModel,
  engine: Engine,
  makeView: ((host: HTMLElement) => BodyView) | null,
  coordinates: string[],
): void {
  let hasFailed = false;
  let moment: Moment | null = null; // of the movement, while one is shown
  const said = notices();
  const view = viewPanel(model, makeView);
  const now = session(model, engine, browserAddress(), { changed: render, refused: said.refuse });
  const presets = presetBar(model, now.choose);
  const controls = controlsPanel(model, now.move, now.resetAll);
  const answer = answerPanel(model, {
    level: (level) => now.look({ level }),
    measure: (measure) => now.look({ measure }),
    base: now.compareWith,
    pin: now.pin,
  });
  const muscles = musclePanel(model);
  const limits = limitsPanel(model);
  const movement = movementPanel(model, engine, {
    show(next) {
      moment = next;
      render();
    },
    enter: now.showMovement,
    leave: () => now.showMovement(null),
  });
  const share = sharePanel((what) => {
    const link = now.link();
    const scenario = scenarioOf(link.state, entryOf(model, link.state.preset) ?? model.presets[0]);
    if (what === 'command') return asCommand(scenario, model.subject, link.move);
    if (what === 'python') return asPython(scenario, model.subject, link.move);
    return location.href.replace(/#.*/, '') + fragmentOf(link, model);
  });
  const theme = themeChoice((dark) => {
    view.recolour(dark);
    movement.recolour();
  });
  const expert = el('input', { type: 'checkbox', id: 'expert', change: () => now.look({ expert: expert.checked }) });
  const skip = (event: Event) => {
    event.preventDefault(); // the address is the session's
    controls.root.focus();
  };

  const { sex, mass_kg, height_m, age_years } = model.subject;
  view.extra.append(said.root, movement.root);
  host.append(
    el('a', { class: 'skip', href: '#controls', click: skip }, TEXT.skip),
    el(
      'header',
      {},
      el('div', {}, el('h1', {}, TEXT.title), el('p', {}, TEXT.lead(TEXT.person(sex, mass_kg, height_m, age_years)))),
      el('div', { class: 'tools' }, el('label', { class: 'tick' }, expert, TEXT.names.label), theme.root),
    ),
    el(
      'main',
      {},
      presets.root,
      el(
        'div',
        { class: 'columns' },
        el('div', { class: 'middle' }, view.root, muscles.root),
        el('div', { class: 'left' }, controls.root, share.root),
        el('div', { class: 'right' }, answer.root, limits.root),
      ),
      said.alert,
    ),
    el('footer', {}, folds(model)),
  );
  document.title = TEXT.title;

  function render(): void {
    const link = now.link();
    const shown = now.shown();
    const { measure, level, expert: isExpert, move } = link;
    if (move === null) {
      moment = null;
      movement.close();
    }
    const held = now.baseline();
    const at = moment?.answer ?? shown.answer;
    const base = moment?.base ?? held.told.answer;
    const contested = moment ? !moment.isSameMoment : contestedPair(shown.scenario, held.told.scenario);
    const { against } = TEXT.answer;
    const baseName = moment ? against[moment.isSameMoment ? 'moment' : 'start'] : against[held.kind];
    const row = model.levels.indexOf(level);
    const value = at.loads[measure][row];
    const isUntouched = Object.keys(shown.state.values).length === 0;
    const change =
      isUntouched && held.kind === 'preset' && moment === null
        ? TEXT.answer.untouched
        : changeWords(measure, value, base.loads[measure][row], contested, baseName);
    // The sliders show what is asked for, also where the answer is still on its way or refused.
    const from = entryOf(model, link.state.preset) ?? model.presets[0];
    const asked = scenarioOf(link.state, from);
    presets.update(link.state.preset, isExpert, move !== null);
    controls.update({
      state: link.state,
      entry: from,
      scenario: asked,
      answer: at,
      coordinates,
      expert: isExpert,
      enabled: now.isReady(),
      isLoading: !now.isReady() && !hasFailed,
      inMovement: move !== null,
    });
    answer.update({
      answer: at,
      base,
      change,
      baseKind: held.kind,
      basePreset: named(TEXT.presets.names[from.id] ?? { plain: from.id, expert: from.id }, isExpert),
      hasPin: now.pinned() !== null,
      entry: entryOf(model, shown.state.preset) ?? from,
      isUntouched,
      inMovement: moment !== null,
      contested,
      measure,
      level,
      expert: isExpert,
    });
    for (const panel of [muscles, limits])
      panel.update({ answer: at, base, scenario: shown.scenario, coordinates, expert: isExpert });
    view.update({
      answer: at,
      base: contested ? null : base,
      preset: shown.state.preset,
      coordinates,
      expert: isExpert,
      animate: moment === null && now.isFresh(),
      what: `${level} \u00b7 ${named(TEXT.measures[measure], isExpert)}`,
      big: load(value, measure),
      change,
    });
    movement.update({
      change: asked.change,
      hands_kg: asked.surroundings?.hands_kg,
      level,
      expert: isExpert,
      enabled: now.isReady(),
      isWanted: move !== null,
    });
    expert.checked = isExpert;
    document.documentElement.toggleAttribute('data-behind', now.isBehind() || (move !== null && moment === null));
    tell(at, contested);
  }

  function tell(at: Answer, contested: boolean): void {
    const { level, measure, expert: isExpert } = now.link();
    const shown = now.shown();
    const from = entryOf(model, shown.state.preset) ?? model.presets[0];
    const how = { model, level, measure, expert: isExpert, coordinates };
    if (moment) said.sentence(TEXT.sit.now(moment.seconds));
    else if (now.isFresh()) said.sentence(startSentence(from, how));
    else said.sentence(changeSentence(now.before(), shown, from, how));
    said.tell(
      remarks(at, moment ? null : shown.scenario, contested),
      at.notes.map((note) => TEXT.note(note, isExpert)),
    );
  }

  addEventListener('popstate', now.follow);
  addEventListener('hashchange', now.follow);
  said.engine(TEXT.engine.loading, 'loading');
  now.follow();
  render();
  engine.ready.then(
    () => said.engine('', 'ready'),
    (error: Error) => {
      hasFailed = true;
      said.engine(TEXT.engine.failed(error.message), 'failed');
      render();
    },
  );
  afterPaint(() => {
    view.start();
    afterPaint(() => (document.documentElement.dataset.ready = 'true'));
  });
}
