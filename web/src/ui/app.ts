/** The page: what the user sets goes to the engine, what it answers goes to every part; the address follows. */

import { Refusal, type Answer, type Engine, type PageModel, type Scenario } from '../contract';
import { answerPanel } from './answer';
import { latest, settled } from './asking';
import { changeWords, unpacked } from './compare';
import { controlsPanel } from './controls';
import { asCommand, asPython } from './copy';
import { el } from './dom';
import { folds } from './folds';
import { BadLink, fragmentOf, linkOf, untouched, type Link } from './fragment';
import { movementPanel, type Moment } from './movement';
import { notices } from './notices';
import { load, quantity } from './numbers';
import { limitsPanel, musclePanel } from './panels';
import { presetBar } from './presets';
import { sharePanel } from './share';
import { entryOf, given, kindOf, scenarioOf, withValue, type ControlId, type State } from './state';
import { named, TEXT } from './text';
import { themeChoice } from './theme';
import { viewPanel, type BodyView } from './view';
import { changeSentence, contestedPair, startSentence, type Told } from './words';

const UNMET_SHOWN_NM = 0.5;

interface Settled extends Told {
  answer: Answer;
}

/** The page in `host`; `makeView` builds the drawing or throws a sentence. */
export function app(
  host: HTMLElement,
  model: PageModel,
  engine: Engine,
  makeView: ((host: HTMLElement) => BodyView) | null,
  coordinates: string[],
): void {
  const entry = (state: State) => entryOf(model, state.preset) ?? model.presets[0];
  const standing = entryOf(model, 'standing') ?? model.presets[0];
  const own = (preset: string): Settled => {
    const found = entry({ preset, values: {} });
    return { state: { preset: found.id, values: {} }, scenario: found.scenario, answer: unpacked(found) };
  };

  let link: Link = untouched(model);
  let shown: Settled = own(link.state.preset); // the last good answer
  let before: Settled = shown; // what the sentence compares with
  let pinned: Settled | null = null;
  let moment: Moment | null = null; // of the movement, while one is shown
  let lastControl: ControlId | null = null;
  let isReady = false;

  // Parts -------------------------------------------------------------------------------------------------------------
  const said = notices();
  const view = viewPanel(model, makeView);
  const presets = presetBar(model, (id) => go({ ...link, state: { preset: id, values: {} }, move: null }, 'push'));
  const controls = controlsPanel(model, move, () => go({ ...link, state: { ...link.state, values: {} } }, 'push'));
  const answer = answerPanel(model, {
    level: (level) => look({ level }),
    measure: (measure) => look({ measure }),
    base: (kind) => look({ base: kind === 'pinned' ? (pinned?.state ?? 'preset') : kind }),
    pin: () => {
      pinned = shown;
      look({ base: shown.state });
    },
  });
  const muscles = musclePanel(model);
  const limits = limitsPanel(model);
  const movement = movementPanel(model, engine, {
    show: (next) => {
      moment = next;
      render();
    },
    enter: () => go({ ...link, move: 'sit' }, 'push'),
    leave: () => go({ ...link, move: null }, 'push'),
  });
  const share = sharePanel((what) => {
    const scenario = scenarioOf(link.state, entry(link.state));
    if (what === 'command') return asCommand(scenario, model.subject, link.move);
    if (what === 'python') return asPython(scenario, model.subject, link.move);
    return location.href.replace(/#.*/, '') + fragmentOf(link, model);
  });
  const recolour = () => {
    view.recolour();
    movement.recolour();
  };
  const theme = themeChoice(recolour);
  const expert = el('input', { type: 'checkbox', id: 'expert', change: () => look({ expert: expert.checked }) });

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
      said.alert,
      presets.root,
      el(
        'div',
        { class: 'columns' },
        el('div', { class: 'middle' }, view.root, muscles.root),
        el('div', { class: 'left' }, controls.root, share.root),
        el('div', { class: 'right' }, answer.root, limits.root),
      ),
    ),
    el('footer', {}, folds(model)),
  );
  document.title = TEXT.title;

  // What the user does ------------------------------------------------------------------------------------------------
  function move(control: ControlId, value: number | undefined): void {
    if (control !== lastControl) before = shown;
    lastControl = control;
    go({ ...link, state: withValue(link.state, entry(link.state), control, value) }, 'replace');
  }

  function look(change: Partial<Link>): void {
    link = { ...link, ...change };
    write();
    render();
  }

  function go(next: Link, how: 'push' | 'replace' | 'none'): void {
    const isOther = next.state.preset !== link.state.preset || how !== 'replace';
    const wasMoving = link.move;
    link = next;
    if (isOther) {
      before = own(link.state.preset);
      lastControl = null;
    }
    if (how === 'push') history.pushState(null, '', fragmentOf(link, model));
    if (how === 'replace') write();
    said.refuse('');
    if (link.move === null) {
      moment = null;
      movement.close();
    } else if (wasMoving === null && isReady) movement.open(false);
    request();
  }

  const write = settled(200, () => {
    const fragment = fragmentOf(link, model);
    if (location.hash !== fragment) history.replaceState(null, '', fragment);
  });

  function skip(event: Event): void {
    event.preventDefault(); // the address is the state's
    controls.root.focus();
  }

  // What the engine answers -------------------------------------------------------------------------------------------
  const asker = latest<{ state: State; scenario: Scenario }, Answer>(
    ({ scenario }) => engine.compute(scenario),
    (question, found) => {
      said.refuse('');
      settle({ ...question, answer: found });
    },
    (_, error) => {
      const why = error instanceof Error ? error.message : String(error);
      const isRefusal = error instanceof Refusal || (error instanceof Error && error.name === 'Refusal');
      said.refuse(isRefusal ? TEXT.engine.refused(why) : TEXT.engine.failedOnce(why));
      render();
    },
  );

  function request(): void {
    const { state } = link;
    const scenario = scenarioOf(state, entry(state));
    asker.drop();
    if (Object.keys(state.values).length === 0) settle(own(state.preset));
    else if (isReady) asker.ask({ state, scenario });
    else settle(own(state.preset));
    restorePin();
  }

  function settle(found: Settled): void {
    shown = found;
    render();
  }

  function restorePin(): void {
    const { base } = link;
    if (typeof base === 'string' || !isReady) return;
    if (pinned !== null && JSON.stringify(pinned.state) === JSON.stringify(base)) return;
    const scenario = scenarioOf(base, entry(base));
    engine.compute(scenario).then(
      (found) => {
        pinned = { state: base, scenario, answer: found };
        render();
      },
      (error: Error) => said.refuse(TEXT.engine.refused(error.message)),
    );
  }

  // What is shown -----------------------------------------------------------------------------------------------------
  function baseline(): { told: Settled; kind: 'preset' | 'standing' | 'pinned' } {
    if (link.base === 'standing') return { told: own(standing.id), kind: 'standing' };
    if (typeof link.base === 'object' && pinned !== null) return { told: pinned, kind: 'pinned' };
    return { told: own(shown.state.preset), kind: 'preset' };
  }

  function render(): void {
    const { measure, level } = link;
    const held = baseline();
    const now = moment?.answer ?? shown.answer;
    const base = moment?.base ?? held.told.answer;
    const contested = moment ? !moment.isSameMoment : contestedPair(shown.scenario, held.told.scenario);
    const against = moment
      ? TEXT.answer.against[moment.isSameMoment ? 'moment' : 'start']
      : TEXT.answer.against[held.kind];
    const from = entry(link.state);
    // The sliders show what is asked for, also where the answer is still on its way or refused.
    const asked = scenarioOf(link.state, from);
    const row = model.levels.indexOf(level);
    presets.update(link.state.preset, link.expert, link.move !== null);
    controls.update({
      state: link.state,
      entry: from,
      scenario: asked,
      answer: now,
      coordinates,
      expert: link.expert,
      enabled: isReady,
      inMovement: link.move !== null,
    });
    answer.update({
      ...{
        answer: now,
        base,
        against,
        baseKind: held.kind,
        entry: entry(shown.state),
        measure,
        level,
        contested,
        expert: link.expert,
      },
      basePreset: named(TEXT.presets.names[from.id] ?? { plain: from.id, expert: from.id }, link.expert),
      hasPin: pinned !== null,
      isUntouched: Object.keys(shown.state.values).length === 0,
      inMovement: moment !== null,
    });
    const tables = { answer: now, base, scenario: shown.scenario, coordinates, expert: link.expert };
    muscles.update(tables);
    limits.update(tables);
    view.update({
      ...{ answer: now, preset: shown.state.preset, coordinates },
      what: `${level} \u00b7 ${named(TEXT.measures[measure], link.expert)}`,
      big: load(now.loads[measure][row], measure),
      change: changeWords(measure, now.loads[measure][row], base.loads[measure][row], contested, against),
    });
    movement.update({
      change: asked.change,
      hands_kg: asked.surroundings?.hands_kg,
      level,
      expert: link.expert,
      enabled: isReady,
    });
    expert.checked = link.expert;
    sentences(now, contested);
  }

  function sentences(now: Answer, contested: boolean): void {
    const how = { model, level: link.level, measure: link.measure, expert: link.expert, coordinates };
    const from = entry(shown.state);
    if (moment === null) {
      const isPlain = lastControl === null && Object.keys(shown.state.values).length === 0;
      said.sentence(isPlain ? startSentence(from, how) : changeSentence(before, shown, from, how));
    } else said.sentence(TEXT.sit.now(moment.seconds));
    const tightNow = (given('tight', shown.scenario) ?? 0) > 0 && kindOf(shown.scenario) === 'stands';
    said.tell([
      ...(now.status.startsWith('flagged')
        ? [TEXT.engine.flagged(now.status.replace(/^flagged:\s*/, ''))]
        : unmetWords(now)),
      ...(contested ? [TEXT.contested.seated] : []),
      ...(tightNow && moment === null ? [TEXT.contested.tight] : []),
      ...now.notes.map((note) => TEXT.note(note, link.expert)),
    ]);
  }

  // The address -------------------------------------------------------------------------------------------------------
  function fromAddress(): void {
    if (location.hash === fragmentOf(link, model)) return;
    try {
      go(linkOf(location.hash, model), 'none');
    } catch (error) {
      if (!(error instanceof BadLink)) throw error;
      said.refuse(TEXT.link.bad(error.message));
    }
  }
  addEventListener('popstate', fromAddress);
  addEventListener('hashchange', fromAddress);

  said.refuse('');
  said.engine(TEXT.engine.loading, 'loading');
  fromAddress();
  render();
  engine.ready.then(
    () => {
      isReady = true;
      said.engine('', 'ready');
      if (link.move !== null) movement.open(false);
      request();
    },
    (error: Error) => said.engine(TEXT.engine.failed(error.message), 'failed'),
  );
  requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset.ready = 'true')));
}

function unmetWords(answer: Answer): string[] {
  let most = { joint: '', size: 0 };
  for (const [joint, axes] of Object.entries(answer.unmet_nm))
    for (const size of Object.values(axes)) if (Math.abs(size) > most.size) most = { joint, size: Math.abs(size) };
  return most.size > UNMET_SHOWN_NM
    ? [
        TEXT.engine.unmet(
          quantity(most.size, 'N\u00b7m', 1),
          most.joint.replace('_r', ', right').replace('_l', ', left'),
        ),
      ]
    : [];
}
