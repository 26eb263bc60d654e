/** Dark or light: as the system says, or as chosen. The answer stands in `data-theme` of the root element. */

import { el } from './dom';
import { TEXT } from './text';

type Choice = 'system' | 'light' | 'dark';

/** The chooser; `changed` is told after the colours have changed. */
export function themeChoice(changed: (dark: boolean) => void): { root: HTMLElement } {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const select = el(
    'select',
    { id: 'theme', change: () => apply() },
    ...(['system', 'light', 'dark'] as const).map((id) => el('option', { value: id }, TEXT.theme[id])),
  );
  const apply = () => {
    const choice = select.value as Choice;
    const isDark = choice === 'system' ? dark.matches : choice === 'dark';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    changed(isDark);
  };
  dark.addEventListener('change', apply);
  apply();
  return {
    root: el('div', { class: 'theme' }, el('label', { for: 'theme', class: 'quiet-label' }, TEXT.theme.label), select),
  };
}
