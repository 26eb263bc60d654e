/** Copy link, command or Python; where the browser forbids copying, the text is shown and selected. */

import { copied } from './copy';
import { el, say } from './dom';
import { TEXT } from './text';

export type What = 'link' | 'command' | 'python';

/** The panel; `textOf` gives what is to be copied now. */
export function sharePanel(textOf: (what: What) => string): { root: HTMLElement } {
  const told = el('p', { class: 'hint', id: 'copied', role: 'status' });
  const text = el('textarea', {
    id: 'copy-text',
    rows: 6,
    readonly: true,
    hidden: true,
    spellcheck: 'false',
    'aria-label': TEXT.share.textLabel,
  });
  const copy = async (what: What) => {
    const wanted = textOf(what);
    const done = await copied(wanted);
    say(told, done ? TEXT.share.copied[what] : TEXT.share.byHand);
    text.value = wanted;
    text.rows = Math.min(wanted.split('\n').length + 1, 18);
    text.hidden = done && what === 'link';
    if (!done) {
      text.focus();
      text.select();
    }
  };
  const button = (what: What) =>
    el('button', { type: 'button', id: `copy-${what}`, click: () => void copy(what) }, TEXT.share[what]);
  const root = el(
    'section',
    { class: 'panel', id: 'share', 'aria-labelledby': 'share-heading' },
    el('h2', { id: 'share-heading' }, TEXT.share.heading),
    el('div', { class: 'buttons' }, button('link'), button('command'), button('python')),
    told,
    text,
  );
  return { root };
}
