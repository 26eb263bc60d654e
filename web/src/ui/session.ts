/** What the user has set, what the engine answered to it, and the address that keeps both: the page without its looks. */

import { Refusal, type Answer, type Engine, type PageModel, type Scenario } from '../contract';
import { latest } from './asking';
import { unpacked } from './compare';
import { BadLink, fragmentOf, linkOf, untouched, type Link } from './fragment';
import { entryOf, scenarioOf, withValue, type ControlId, type State } from './state';
import { TEXT } from './text';
import type { Told } from './words';

/** A state, its scenario and an answer that can be drawn. */
export interface Settled extends Told {
  answer: Answer;
}

export type BaseKind = 'preset' | 'standing' | 'pinned';

/** Where the fragment is kept: the browser's address, or a stand-in in tests. */
export interface Address {
  read: () => string;
  push: (fragment: string) => void;
  replace: (fragment: string) => void;
}

export interface Session {
  link: () => Link;
  /** The last good answer. */
  shown: () => Settled;
  /** What the sentence of what happened compares with: the state before the control at hand was touched. */
  before: () => Settled;
  /** Whether the preset was just chosen, with nothing moved. */
  isFresh: () => boolean;
  isReady: () => boolean;
  /** Whether the answer to what is asked for is still on its way. */
  isBehind: () => boolean;
  pinned: () => Settled | null;
  baseline: () => { told: Settled; kind: BaseKind };
  choose: (preset: string) => void;
  move: (control: ControlId, value: number | undefined) => void;
  resetAll: () => void;
  look: (change: Partial<Pick<Link, 'measure' | 'level' | 'expert'>>) => void;
  compareWith: (kind: BaseKind) => void;
  pin: () => void;
  showMovement: (name: string | null) => void;
  /** The address has changed: follow it, or tell why not. */
  follow: () => void;
}

/** A session; `changed` is told after every change and answer, `refused` a sentence, "" when it no longer holds. */
export function session(
  model: PageModel,
  engine: Engine,
  address: Address,
  on: { changed: () => void; refused: (sentence: string) => void },
): Session {
  const entry = (id: string) => entryOf(model, id) ?? model.presets[0];
  const scenario = (state: State) => scenarioOf(state, entry(state.preset));
  const owned = new Map<string, Settled>();
  const own = (preset: string): Settled => {
    const held = owned.get(preset);
    if (held) return held;
    const found = entry(preset);
    const made = { state: { preset: found.id, values: {} }, scenario: found.scenario, answer: unpacked(found) };
    owned.set(preset, made);
    return made;
  };
  let link = untouched(model);
  let shown = own(link.state.preset);
  let before = shown;
  let pinned: Settled | null = null;
  let lastControl: ControlId | null = null;
  let ready = false;
  let isLinkRefused = false; // told until the user does something, whatever the engine answers meanwhile

  const asker = latest<{ state: State; scenario: Scenario }, Answer>(
    (question) => engine.compute(question.scenario),
    (question, answer) => settle({ ...question, answer }),
    (_, error) => {
      on.refused(refusal(error));
      on.changed();
    },
  );

  function settle(found: Settled): void {
    shown = found;
    if (!isLinkRefused) on.refused('');
    on.changed();
  }

  function request(): void {
    const { state } = link;
    const isOwn = !ready || Object.keys(state.values).length === 0;
    // Answers to other states of the same preset are stages on the way; those to another preset come too late.
    if (isOwn || state.preset !== shown.state.preset) asker.drop();
    // An untouched preset has the package's own answer; until the engine is there every state shows it.
    if (isOwn) settle(own(state.preset));
    else {
      asker.ask({ state, scenario: scenario(state) });
      on.changed();
    }
    restorePin();
  }

  function restorePin(): void {
    const { base } = link;
    if (typeof base === 'string' || !ready) return;
    if (pinned !== null && JSON.stringify(pinned.state) === JSON.stringify(base)) return;
    const asked = scenario(base);
    engine.compute(asked).then(
      (answer) => {
        pinned = { state: base, scenario: asked, answer };
        on.changed();
      },
      (error: unknown) => on.refused(refusal(error)),
    );
  }

  function go(next: Link, how: 'push' | 'replace' | 'follow'): void {
    if (how !== 'replace') {
      before = own(next.state.preset);
      lastControl = null;
    }
    link = next;
    isLinkRefused = false;
    if (how === 'push') address.push(fragmentOf(link, model));
    if (how === 'replace') address.replace(fragmentOf(link, model));
    on.refused('');
    request();
  }

  function look(change: Partial<Link>): void {
    link = { ...link, ...change };
    address.replace(fragmentOf(link, model));
    on.changed();
  }

  engine.ready.then(
    () => {
      ready = true;
      request();
    },
    () => undefined, // told by who made the engine
  );

  return {
    link: () => link,
    shown: () => shown,
    before: () => before,
    isFresh: () => lastControl === null && Object.keys(shown.state.values).length === 0,
    isReady: () => ready,
    isBehind: () => asker.busy(),
    pinned: () => pinned,
    baseline() {
      if (link.base === 'standing' && entryOf(model, 'standing')) return { told: own('standing'), kind: 'standing' };
      if (typeof link.base === 'object' && pinned !== null) return { told: pinned, kind: 'pinned' };
      return { told: own(shown.state.preset), kind: 'preset' };
    },
    choose: (preset) => go({ ...link, state: { preset, values: {} }, move: null }, 'push'),
    move(control, value) {
      if (control !== lastControl) before = shown;
      lastControl = control;
      go({ ...link, state: withValue(link.state, entry(link.state.preset), control, value) }, 'replace');
    },
    resetAll: () => go({ ...link, state: { ...link.state, values: {} } }, 'push'),
    look,
    compareWith: (kind) => look({ base: kind === 'pinned' ? (pinned?.state ?? 'preset') : kind }),
    pin() {
      pinned = shown;
      look({ base: shown.state });
    },
    showMovement: (name) => go({ ...link, move: name }, 'push'),
    follow() {
      if (address.read() === fragmentOf(link, model)) return;
      try {
        go(linkOf(address.read(), model), 'follow');
      } catch (error) {
        if (!(error instanceof BadLink)) throw error;
        isLinkRefused = true;
        on.refused(TEXT.link.bad(error.message));
      }
    },
  };
}

function refusal(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  // A refusal that crossed from the worker may have lost its class, not its name.
  const isRefusal = error instanceof Refusal || (error instanceof Error && error.name === 'Refusal');
  return isRefusal ? TEXT.engine.refused(why) : TEXT.engine.failedOnce(why);
}
