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
  tell: (texts: string[]) => void;
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
  const root = el('div', { class: 'happened' }, said, spoken, told, engine);
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
    tell(texts) {
      if (texts.join('|') === told.dataset.held) return;
      told.dataset.held = texts.join('|');
      told.replaceChildren(...texts.map((text) => el('li', {}, text)));
      told.hidden = texts.length === 0;
    },
    engine(text, state) {
      say(engine, text);
      engine.hidden = text === '';
      document.documentElement.dataset.engine = state;
    },
  };
}
