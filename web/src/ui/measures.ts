/** Which of the loads the page lets one look at. */

import type { Load } from '../contract';

export const MEASURES = ['compression_n', 'anterior_shear_n', 'flexion_moment_nm', 'pressure_mpa'] as const satisfies readonly Load[];
export type Measure = (typeof MEASURES)[number];
