/** The field `mechanics` of the page's model, as `psoas.export.page_mechanics` writes it. SI. */

export interface Fibres {
  names: string[]; // M fascicles, in the order of the model's first tendons
  groups: string[];
  max_force: number[]; // N
  volume: number[]; // m3
  optimal_fibre: number[]; // m
  tendon_slack: number[]; // m
  pennation: number[]; // rad
  pressure: number[]; // Pa of abdominal pressure per newton
  weight: number[]; // of a squared activation
}

export interface Ligaments {
  names: string[]; // L, the tendons after the fascicles
  length: number[]; // m, at tissue neutral
  stiffness: number[]; // N per unit strain
  slack: number[];
  transition: number[];
  stiffening: number[]; // per unit strain; 0: a parabolic toe
}

export interface Disc {
  level: string;
  upper: string;
  lower: string;
  area: number; // m2
  upper_endplate_tilt: number; // rad
  lower_endplate_tilt: number;
  flexion_share: number;
  bend_share: number;
  twist_share: number;
}

export interface DiscFigures {
  stiffness: number[][]; // (K, 4) flexion, extension, bend, twist, N m/rad
  gain: number;
  force: number; // N
  limit: number; // N
  neutral: number[]; // (K,) rad
  bend_square: number[]; // (K,)
  flexion_square: number; // N m per degree^2
  flexion_cube: number;
  twist_cube: number[]; // (K,) N m per degree^3
  twist_end: number[]; // (K,) degrees
}

/** A cylinder that a line bends over behind its point number `after`; in the frame of `body`. */
export interface Wrap {
  line: number;
  after: number;
  body: string;
  centre: number[]; // m
  axes: number[]; // (9, row-major) its axis is the third column
  radius: number; // m
  side: number[]; // m, a point on the side that the line passes
}

/** A point of the skin that may bear, as the anatomy has it. */
export interface SkinPoint {
  contact: string;
  name: string;
  body: string;
  position: number[]; // m, in the body's frame
  normal: number[];
}

/** A point that the surroundings push on: `body/contacts.py`. */
export interface ContactPoint {
  contact: string;
  name: string;
  body: string;
  position: number[]; // m, in the body's frame
  normal: number[]; // unit, world
  friction: number;
  partner: string; // body that takes the opposite force, '' for the world
}

export interface Segment {
  name: string;
  parent: string;
  mass: number; // kg
  centre: number[]; // m, own frame
  joint: number[]; // m, in the parent's frame
  tilt: number; // rad
}

/** A named posture: `motion/postures.py`; rad. */
export interface PresetFigures {
  name: string;
  pelvis_tilt: number;
  pelvis_rotation: number;
  trunk_flexion: number;
  thigh: number;
  knee: number;
  elbow: number;
  arms: string;
  feet: string;
  bearing: string[];
  supported: boolean;
}

/** Figures of `mechanics/rhythm.py`; angles in rad. */
export interface SettleRules {
  give: number;
  departure_cost: number;
  smallest: number;
  step: number;
  reach: number;
  close: number;
  settled: number;
  passes: number;
  gained: number;
  well_gained: number;
  shorter: number;
  swinging: number;
}

export interface Rules {
  contact_unit_n: number;
  contact_cost: number;
  unmet_cost: number;
  root_cost: number;
  preload_tolerance_n: number;
  preload_passes: number;
  preload_share: number;
  settle: SettleRules;
  status: {
    unmet_nm: number;
    unmet_share: number;
    residual_weight: number;
    residual_moment: number;
    longest_fibre: number;
    carried_share: number;
  };
  give: Record<string, string>; // contact -> the figure of `posing` by which it gives way
  beyond_m: number;
  shortest_lever_m: number;
  margin_m: number;
  arc_points: number;
}

export interface Mechanics {
  xml: string; // bodies and joints; lines of pull are worked out without MuJoCo
  bodies: string[]; // by MuJoCo's number, 'world' first
  coordinates: string[]; // V, each a degree of freedom of the same number
  balanced: string[]; // rows that muscle and contacts must balance
  slides: string[]; // three slides of each level, from the top
  levels: string[];
  weight_n: number; // without what the hands hold
  gravity: number;
  height_m: number;
  mass_kg: number;
  fibres: Fibres;
  ligaments: Ligaments;
  discs: Disc[];
  disc_law: DiscFigures;
  capsule: { slack_angle: number; stiffness: number; toe: number };
  pressure_area: number; // m2, on which abdominal pressure pushes along its line, the last tendon
  parameters: Record<string, number>;
  notes: string[]; // of the anatomy
  segments: Segment[];
  skin: SkinPoint[];
  lines: [number, number, number, number][][]; // per tendon its points: body, and place in its frame (m)
  wraps: Wrap[];
  presets: Record<string, PresetFigures>;
  posing: Record<string, number>;
  parents: Record<string, string[]>; // group -> its groups
  limits: {
    angles_deg: Record<string, [number, number]>;
    level_deg: [number, number];
    hand_kg: [number, number];
    upright_deg: number;
    fraction: number;
  };
  fastest: number; // fibre lengths per second
  rules: Rules;
}

/** A movement as the model holds it: F frames of V coordinates. */
export interface MovementFrames {
  name: string;
  time_s: number[];
  positions: number[][]; // rad, m
  velocities: number[][];
  accelerations: number[][];
  contacts: ContactPoint[];
  bears: number[][]; // (F, C) 1 where the point bears
  settled: number[]; // (F) 1 where the levels found how they share flexion
  notes: string[];
}
