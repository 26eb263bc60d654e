/**
 * The law of one fibre: curves of De Groote et al. 2016, rigid tendon, constant width. `muscle/curves.py`, which gives
 * the equations and their source; l is the fibre's length over its optimum, v its velocity over the fastest.
 */

import type { Fibres } from './figures';

// Height, centre, width at length 0, widening with length, of the three bells.
const B1 = [0.8150671134243542, 0.433004984392647, 0.1];
const B2 = [1.055033428970575, 0.71677541339776, 1];
const B3 = [0.162384573599574, -0.029947116970696, 0.5 * Math.sqrt(0.5)];
const B4 = [0.063303448465465, 0.200356847296188, 0];
const [D1, D2, D3, D4] = [-0.3211346127989808, -8.149, -0.374, 0.8825327733249912];
const [K_PE, E_0] = [4, 0.6];
const FULL = Math.expm1(K_PE);
const NARROWEST = 1e-3; // of a bell: the second's width passes through zero where the bell itself vanishes
const STEEPEST = 1e-3; // cosine by which a velocity is divided at least

/** Force over strength at activation 1: sum of b1 exp(-(l - b2)^2 / (2 (b3 + b4 l)^2)). */
export function activeLength(l: number): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    let width = B3[i] + B4[i] * l;
    if (Math.abs(width) < NARROWEST) width = NARROWEST;
    const off = (l - B2[i]) / width;
    sum += B1[i] * Math.exp(-0.5 * off * off);
  }
  return sum;
}

/** d1 ln(u + sqrt(u^2 + 1)) + d4, u = d2 v + d3, within -1 <= v <= 1 and never below 0. */
export function velocityFactor(v: number): number {
  const u = D2 * Math.max(-1, Math.min(1, v)) + D3;
  return Math.max(D1 * Math.asinh(u) + D4, 0);
}

/** (exp(kPE (l - 1) / e0) - 1) / (exp(kPE) - 1), 0 up to l = 1. */
export function passiveLength(l: number): number {
  return l > 1 ? Math.expm1((K_PE * (l - 1)) / E_0) / FULL : 0;
}

const AT_REST = velocityFactor(0);

/** What each of M fascicles can do: N along the tendon, and its fibre's length over the (tight) optimum. */
export interface Capability {
  active: Float64Array;
  passive: Float64Array;
  ratio: Float64Array;
}

/**
 * Write what fascicles can pull, as `capability`, where they moved or `all` are wanted. Their paths have these lengths (m)
 * and velocities (m/s, null at rest). tight t: the optimum becomes (1 - t) times as long; weak w: strength (1 - w) times as large.
 */
export function capability(
  fibres: Fibres,
  fastest: number,
  { length, velocity, moved }: { length: Float64Array; velocity: Float64Array | null; moved: Uint8Array },
  all: boolean,
  tight: Float64Array,
  weak: Float64Array,
  out: Capability,
): void {
  const { max_force, optimal_fibre, tendon_slack, pennation } = fibres;
  for (let i = 0; i < max_force.length; i++) {
    if (!all && !moved[i]) continue;
    const along = Math.max(length[i] - tendon_slack[i], 0);
    const width = optimal_fibre[i] * Math.sin(pennation[i]);
    const fibre = Math.sqrt(along * along + width * width);
    // A slack path has no direction to pull along: no force, and no division by nothing.
    const cosine = fibre > 0 ? along / fibre : 0;
    const optimum = (1 - tight[i]) * optimal_fibre[i];
    const l = fibre / optimum;
    const speed = velocity
      ? velocityFactor(velocity[i] / (Math.max(cosine, STEEPEST) * fastest * optimum))
      : AT_REST;
    const strength = max_force[i] * cosine;
    out.active[i] = strength * (1 - weak[i]) * activeLength(l) * speed;
    out.passive[i] = strength * passiveLength(l);
    out.ratio[i] = l;
  }
}
