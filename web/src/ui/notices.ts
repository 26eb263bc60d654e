/** What is said beside the numbers: the sentence of what happened, alarms, notes; spoken politely and not too often. */

import { settled } from './asking';
import { el, say } from './dom';
import { TEXT } from './text';

/** The notices of the page. */
export function notices(): {
  alert: HTMLElement;
  root: HTMLElement;
  sentence: (text: string) => void;
  refuse: (text: string) => void;
  tell: (remarks: string[], notes: string[]) => void;
  engine: (text: string, state: string) => void;
} {
  const alarm = el('p', { id: 'alert', role: 'alert' });
  const close = el(
    'button',
    { type: 'button', id: 'alert-close', class: 'quiet', click: () => refuse('') },
    TEXT.close,
  );
  const alert = el('div', { class: 'alert', hidden: true }, alarm, close);
  const engine = el('p', { id: 'engine-state', class: 'engine', role: 'status' });
  const said = el('p', { id: 'said', class: 'said' });
  const spoken = el('p', { id: 'spoken', class: 'unseen', 'aria-live': 'polite' });
  const told = el('ul', { id: 'told', class: 'told' });
  const notes = el('ul', {});
  const assumed = el('details', { class: 'assumed', id: 'assumed' }, el('summary', {}, TEXT.assumed), notes);
  const root = el('div', { class: 'happened' }, said, spoken, told, assumed, engine);
  const speak = settled(900, () => say(spoken, said.textContent ?? ''));
  function refuse(text: string): void {
    say(alarm, text);
    alert.hidden = text === '';
  }
  return {
    alert,
    refuse,
    root,
    sentence(text) {
      say(said, text);
      speak();
    },
    tell(remarks, assumptions) {
      items(told, remarks);
      items(notes, assumptions);
      told.hidden = remarks.length === 0;
      assumed.hidden = assumptions.length === 0;
    },
    engine(text, state) {
      say(engine, text);
      engine.hidden = text === '';
      document.documentElement.dataset.engine = state;
    },
  };
}

function items(list: HTMLElement, texts: string[]): void {
  const key = texts.join('|');
  if (key === list.dataset.held) return;
  list.dataset.held = key;
  list.replaceChildren(...texts.map((text) => el('li', {}, text)));
}
