/** What the page does not know, what is contested, the sources and the keys: folded out by whom it concerns. */

import type { PageModel } from '../contract';
import { el } from './dom';
import { TEXT } from './text';

function fold(id: string, title: string, items: (string | Node)[]): HTMLElement {
  return el(
    'details',
    { class: 'panel fold', id },
    el('summary', {}, el('h2', {}, title)),
    el('ul', {}, ...items.map((item) => el('li', {}, item))),
  );
}

/** The foot of the page. */
export function folds(model: PageModel): HTMLElement {
  const { folds: words, contested } = TEXT;
  const unknown = model.subject.sex === 'female' ? [...words.unknownList, TEXT.woman] : words.unknownList;
  return el(
    'div',
    { class: 'folds' },
    fold('unknown', words.unknown, unknown),
    fold('contested', words.contested, Object.values(contested)),
    fold('sources', words.sources, [...model.sources, words.version(model.version, model.model_hash)]),
    fold('keys', words.keys, words.keyList),
  );
}
