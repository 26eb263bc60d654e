/** The names of the coordinates of `Answer.positions`, in the order of the model. */

import type { PageModel } from '../contract';

/** As the engine's part of the model has them; empty where it has none, then the angles are not shown. */
export function coordinatesOf(model: PageModel): string[] {
  const { coordinates } = model.mechanics as { coordinates?: unknown };
  return Array.isArray(coordinates) ? coordinates.map(String) : [];
}
