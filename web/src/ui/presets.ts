/** The postures, as a row of buttons. */

import type { PageModel } from '../contract';
import { el, say } from './dom';
import { named, TEXT } from './text';

/** The row; `choose` is told the id. */
export function presetBar(
  model: PageModel,
  choose: (id: string) => void,
): { root: HTMLElement; update: (id: string, expert: boolean, inMovement: boolean) => void } {
  const buttons = model.presets.map((entry) =>
    el('button', { type: 'button', id: `preset-${entry.id}`, 'data-preset': entry.id, click: () => choose(entry.id) }),
  );
  const root = el('div', { class: 'presets', role: 'group', 'aria-label': TEXT.presets.label }, ...buttons);
  return {
    root,
    update(id, expert, inMovement) {
      for (const button of buttons) {
        const own = button.dataset.preset ?? '';
        const name = TEXT.presets.names[own];
        say(button, name ? named(name, expert) : own.replaceAll('_', ' '));
        button.setAttribute('aria-pressed', String(own === id && !inMovement));
      }
    },
  };
}
