/** What the parts of the page say to each other: the scenario asked, the answer computed, the model both stand on. */

/** One number for both sides, or one a side. */
export type Sided = number | { left?: number; right?: number };

/** A posture and what surrounds it, in the words of the scenario files that `psoas run` reads; degrees and kilograms. */
export interface Scenario {
  posture: {
    preset: string;
    trunk_flexion_deg?: number;
    trunk_bend_deg?: number;
    trunk_twist_deg?: number;
    pelvis_tilt_deg?: number;
    hip_flexion_deg?: Sided;
    knee_flexion_deg?: Sided;
    ankle_flexion_deg?: Sided;
    shoulder_flexion_deg?: Sided;
    elbow_flexion_deg?: Sided;
    neck_flexion_deg?: number;
    levels_deg?: Record<string, number>;
  };
  surroundings?: {
    hands_kg?: Sided;
    seat?: boolean;
    backrest_deg?: number;
    armrests?: boolean;
    desk?: boolean;
    elbows_on_thighs?: boolean;
  };
  change?: {
    tone?: number;
    tight?: Record<string, number>;
    weak?: Record<string, number>;
    inhibited?: Record<string, number>;
  };
}

export const LOADS = ['compression_n', 'anterior_shear_n', 'right_shear_n', 'flexion_moment_nm', 'pressure_mpa'] as const;
export type Load = (typeof LOADS)[number];

/** Where everything is, to be drawn: bodies in the order of `SceneModel.bodies`, world axes X forward, Y up, Z right. */
export interface Pose {
  position: Float32Array; // (B, 3) m
  turn: Float32Array; // (B, 4) unit quaternions w, x, y, z
  arcs: Float32Array; // (W, A, 3) m in the frame of the body that holds the cylinder; NaN where the line passes straight
}

/** One frame, computed. Names and units as in the result JSON of the package, without the axis of frames. */
export interface Answer {
  scenario: Scenario;
  loads: Record<Load, number[]>; // one number a level, from T12/L1 down
  activation: Float64Array; // (M,) in the order of `SceneModel.lines`
  active_n: Float64Array;
  passive_n: Float64Array;
  length_m: Float64Array;
  contacts: { name: string; force_n: [number, number, number] }[];
  demand_nm: Record<string, Record<string, number>>;
  unmet_nm: Record<string, Record<string, number>>;
  status: string; // "ok" or "flagged: why"
  notes: string[];
  positions: Float64Array; // (V,) rad and m, every coordinate in the order of the model
  pose: Pose;
  supports: Support[];
  floor_m: number | null;
  took_ms: number;
}

/** A plate that bears the person: centre (3) m, axes (3 x 3, rows along, across, outward), half (2) m. */
export interface Support {
  name: string;
  centre: number[];
  axes: number[];
  half: number[];
}

/** What the drawing needs of the person and does not change: written by the package (`report/player.py`). */
export interface SceneModel {
  bodies: string[];
  lines: string[]; // fascicles, psoas_L1_VB_r ...
  groups: string[]; // the group of each line
  // the rest: meshes, their places, paths, radii; see scene/model.ts
  [key: string]: unknown;
}

/** A recorded or prepared movement: every frame as the engine takes it. */
export interface Movement {
  name: string;
  time_s: number[];
}

/** What stands in the page as JSON. `mechanics` is the engine's own business, see engine/figures.ts. */
export interface PageModel {
  version: string;
  model_hash: string;
  subject: { sex: string; mass_kg: number; height_m: number; age_years: number };
  levels: string[];
  muscle_tree: Record<string, string[]>; // parent group -> groups, as the package resolves names
  presets: PresetEntry[];
  movements: Movement[];
  limits: LimitsModel;
  sources: string[]; // every source the numbers rest on, as sentences
  scene: SceneModel;
  mechanics: Record<string, unknown>;
}

/** A published limit for this person, N; `read_status` READ in the source, READ2 in a text that quotes it, RECALLED. */
export interface PublishedLimit {
  name: string;
  value_n: number;
  note: string;
  read_status: string;
  sources: string[];
}

/** How long a contraction can be held: seconds = time_at_full_s * activation ** exponent, +- spread as a fraction. */
export interface EnduranceCurve {
  time_at_full_s: number;
  exponent: number;
  lowest: number; // activation below which nothing was measured
  few_below: number;
  spread: number;
  sources: string[];
}

/** What "joint or muscle" is answered from; `psoas.export.limits_model` writes it. */
export interface LimitsModel {
  compression: PublishedLimit;
  shear: PublishedLimit;
  design: PublishedLimit;
  alike: number; // shares of joint and muscle closer than this are called alike
  passes: [number, number][]; // per fascicle the first and last level it passes, [-1, -1] for none
  endurance: Record<'trunk' | 'general', EnduranceCurve>;
  trunk_groups: string[]; // groups that take the curve of the trunk
}

/** A preset with the package's own answer, so that the page shows it before the engine is loaded. */
export interface PresetEntry {
  id: string; // standing, sitting, slouched, tight_psoas, lifting_15kg, end_of_stance, desk, constructive_rest
  scenario: Scenario;
  answer: PlainAnswer;
  interval: Record<Load, { low: number[]; high: number[] }>;
}

/** An `Answer` as JSON holds it: arrays of numbers, null for NaN. */
export type PlainAnswer = {
  [K in keyof Omit<Answer, 'pose' | 'took_ms' | 'scenario'>]: Answer[K] extends Float64Array ? number[] : Answer[K];
} & { pose: { position: number[]; turn: number[]; arcs: (number | null)[] } };

/** What computes; `WorkerEngine` in engine/client.ts runs it beside the page. */
export interface Engine {
  /** Resolves when the engine can compute, rejects with a sentence where it cannot. */
  ready: Promise<void>;
  /** The answer to a scenario; rejects with a `Refusal` where no such posture can be. */
  compute(scenario: Scenario): Promise<Answer>;
  /** One frame of a movement with the change (tight, weak, ...) applied to it. */
  frame(movement: string, index: number, change: Scenario['change'], hands_kg?: Sided): Promise<Answer>;
}

/** A posture or a fragment that is not accepted; the message names what is wrong and the way out. */
export class Refusal extends Error {}
