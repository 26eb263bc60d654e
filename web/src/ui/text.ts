/** Every text a person reads, in one file so that others can translate it. Plain words first, the field's own second. */

import type { PublishedLimit } from '../contract';
import type { Measure } from './measures';
import { number, quantity, signed } from './numbers';
import type { ControlId, Why } from './state';

/** A name in plain words and as the field has it. */
export interface Term {
  plain: string;
  expert: string;
}

const term = (plain: string, expert: string): Term => ({ plain, expert });
const list = (items: string[]) => items.join(', ');

/** The term in the tongue that the reader chose. */
export function named(of: Term, expert: boolean): string {
  return expert ? of.expert : of.plain;
}

export const TEXT = {
  title: 'psoas: what if?',
  lead: (who: string) =>
    `What the deep hip flexor and the back muscles do to the joints of the lower back of ${who}. ` +
    'Move something and see. Everything is computed here, in your browser; nothing is sent anywhere.',
  person: (sex: string, mass: number, height: number, age: number) =>
    `${sex === 'female' ? 'a woman' : 'a man'} of ${quantity(mass, 'kg')}, ${quantity(height, 'm', 2)}, ${number(age)} years`,
  woman: 'She is a scaled man: a set of measurements of women\u2019s muscles does not exist here.',
  skip: 'Skip to the controls',
  close: 'Close',
  assumed: 'What this answer assumes',

  presets: {
    label: 'Posture',
    names: {
      yours: term('Yours', 'Your scenario'),
      standing: term('Standing', 'Standing'),
      sitting: term('Sitting', 'Sitting, erect, unsupported'),
      slouched: term('Slouched', 'Slouched on a backrest'),
      tight_psoas: term('Tight psoas', 'Standing, psoas tight'),
      lifting_15kg: term('Lifting 15 kg', 'Stoop, 15 kg'),
      end_of_stance: term('End of a step', 'End of stance'),
      desk: term('At a desk', 'Sitting, forearms on a desk'),
      constructive_rest: term('Lying, knees up', 'Constructive rest'),
    } as Record<string, Term>,
    sentence: {
      yours: 'in the posture of your scenario',
      standing: 'standing',
      sitting: 'sitting upright without a backrest',
      slouched: 'slouched on a backrest',
      tight_psoas: 'standing with a tight psoas',
      lifting_15kg: 'bent forward with 15 kg in the hands',
      end_of_stance: 'at the end of a step, one hip extended',
      desk: 'sitting at a desk, forearms on it',
      constructive_rest: 'lying on the back with the knees up',
    } as Record<string, string>,
  },

  controls: {
    heading: 'What if \u2026',
    resetAll: 'Reset all',
    reset: (name: string) => `Reset: ${name}`,
    resetShort: 'Reset',
    asPosture: 'as the posture has it',
    groups: { muscle: 'Muscles', posture: 'Posture', around: 'Around' },
    each: 'Each hip by itself',
    backrest: 'With a backrest',
    loading: 'The controls wake up when the engine is loaded.',
    names: {
      tight: term('Psoas tighter', 'Psoas major: optimal fibre length shorter by'),
      weak: term('Back muscles weaker', 'Extensors: strength lost'),
      inhibit: term('Back muscles held back', 'Extensors: activation capped (inhibition)'),
      tilt: term('Pelvis tipped', 'Pelvic tilt'),
      trunk: term('Trunk bent forward', 'Trunk flexion'),
      hip: term('Both hips bent', 'Hip flexion, both'),
      hipr: term('Right hip bent', 'Hip flexion, right'),
      hipl: term('Left hip bent', 'Hip flexion, left'),
      load: term('Load in the hands', 'Load in both hands'),
      back: term('Backrest leant back', 'Backrest to seat'),
    } as Record<ControlId, Term>,
    hints: {
      tight: term('its fibres are shorter', 'l\u2080 (1 \u2212 t), passive and active curve'),
      weak: term('strength that is lost', 'multifidus and erector spinae, F (1 \u2212 w)'),
      inhibit: term('how little they may be used', 'multifidus and erector spinae, a \u2264 1 \u2212 i'),
      tilt: term('+ forward, \u2212 back; standing, the hips follow', '+ anterior, from the neutral standing tilt'),
      trunk: term('the lower back only, not the hips', 'thorax to pelvis, + flexion'),
      hip: term('the thigh against the pelvis; standing, the pelvis follows', '+ flexion, thigh to pelvis'),
      hipr: term('the thigh against the pelvis', '+ flexion, thigh to pelvis'),
      hipl: term('the thigh against the pelvis', '+ flexion, thigh to pelvis'),
      load: term('half in each hand', 'half in each hand'),
      back: term('90\u00b0 is upright', '90\u00b0 upright, 110\u00b0 leant back'),
    } as Record<ControlId, Term>,
  },
  why: {
    liesTilt: 'Lying down, the ground sets the pelvis.',
    backrestTilt: 'The backrest sets the pelvis. Take it away to tip the pelvis yourself.',
    liesLoad: 'Lying down, the arms rest on the ground and so would the load.',
    standsBack: 'There is no chair here. Choose \u201cSitting\u201d first.',
    liesBack: 'There is no chair here. Choose \u201cSitting\u201d first.',
    movement: 'The movement sets this. Go back to the posture to move it.',
  } as Record<Why, string>,

  engine: {
    behind: 'computing \u2026',
    loading: 'Loading the engine \u2026 what you see was computed beforehand.',
    ready: 'The engine is ready.',
    failed: (why: string) => `The engine cannot run here: ${why} The presets still show what was computed beforehand.`,
    noWasm: 'this browser has no WebAssembly.',
    noWorker: 'this browser does not allow a worker.',
    noGzip:
      'This page cannot open here: the browser cannot unpack it (DecompressionStream is missing). A browser of 2023 or later can.',
    noBytes: 'this file holds no engine.',
    noView:
      'The drawing in three dimensions needs WebGL, which this browser does not give. The numbers are not touched by that.',
    refused: (why: string) => `This cannot be: ${why} Shown is the last that could.`,
    flagged: (why: string) => `The model could not quite do this (${why}). Read the numbers with care.`,
    unmet: (size: string, joint: string) => `The muscles lack ${size} at ${joint}.`,
    failedOnce: (why: string) => `Something went wrong in the computation: ${why}`,
  },

  /** From the ribs down: short, beside the field's name, and in full. */
  levels: ['under the ribs', '2nd from top', '3rd from top', '3rd from below', 'lowest but one', 'lowest'],
  levelsInFull: [
    'joint under the ribs',
    'second joint from the top',
    'third joint from the top',
    'third joint from below',
    'lowest joint but one',
    'lowest joint',
  ],
  levelTitle: (level: string, row: number, expert: boolean) => {
    const name = TEXT.levelsInFull[row] ?? 'joint';
    return expert ? level : `${name.charAt(0).toUpperCase()}${name.slice(1)} (${level})`;
  },
  levelName: (level: string, row: number, expert: boolean) =>
    expert ? level : `the ${TEXT.levelsInFull[row] ?? 'joint'} (${level})`,
  measures: {
    compression_n: term('pressed together', 'compression'),
    anterior_shear_n: term('pushed forward', 'anterior shear'),
    flexion_moment_nm: term('bent forward', 'flexion moment of the disc'),
    pressure_mpa: term('pressure inside the disc', 'intradiscal pressure'),
  } as Record<Measure, Term>,
  measureOptions: {
    compression_n: term('Pressing together (N)', 'Compression (N)'),
    anterior_shear_n: term('Pushing forward (N)', 'Anterior shear (N)'),
    flexion_moment_nm: term('Bending of the disc (N\u00b7m)', 'Flexion moment (N\u00b7m)'),
    pressure_mpa: term('Pressure in the disc (MPa)', 'Intradiscal pressure (MPa)'),
  } as Record<Measure, Term>,
  carries: {
    compression_n: term('is pressed together with', 'compression'),
    anterior_shear_n: term('is pushed forward with', 'anterior shear'),
    flexion_moment_nm: term('is bent forward with', 'flexion moment'),
    pressure_mpa: term('has a pressure inside of', 'intradiscal pressure'),
  } as Record<Measure, Term>,

  answer: {
    heading: 'What it does to the lower back',
    level: 'Joint',
    measure: 'Show',
    base: 'Compared with',
    bases: {
      preset: (name: string) => `${name}, untouched`,
      standing: 'Standing, untouched',
      pinned: 'The state you pinned',
    },
    pin: 'Pin this state',
    against: {
      preset: 'the untouched posture',
      standing: 'standing',
      pinned: 'the pinned state',
      start: 'the start',
      moment: 'this moment, untouched',
    },
    untouched: 'the untouched posture',
    same: (base: string) => `unchanged against ${base}`,
    change: (text: string, base: string) => `${text} against ${base}`,
    ratio: (times: string, base: string) => `${times} times ${base}`,
    range: (low: string, high: string) => `${low} to ${high}`,
    interval: 'over the published ranges of what goes into the model',
    intervalScaled: 'the range of the untouched posture, scaled to this value',
    intervalShifted: 'the range of the untouched posture, shifted to this value',
    plot: 'Joint by joint, from the ribs down',
    plotHint: 'Bar: now. Notch: compared with. Thin line: range. Choose a joint to have it told above.',
    table: 'The same as a table',
    columns: { joint: 'Joint', now: 'Now', base: 'Compared with', change: 'Change', range: 'Range' },
    row: (level: string, now: string, change: string) => `${level}: ${now}, ${change}`,
    signs: {
      anterior_shear_n: 'Above zero: the upper bone is pressed forward on the lower one. Below zero: back.',
      flexion_moment_nm:
        'Above zero: the disc is bent forward and resists. Below zero: backward. What the muscles must hold is told below.',
    } as Partial<Record<Measure, string>>,
  },

  muscles: {
    heading: 'Muscles and hips',
    columns: ['What', 'Now', 'Compared with'],
    psoasRight: term('Psoas, right: pull', 'Psoas major, right: force'),
    psoasLeft: term('Psoas, left: pull', 'Psoas major, left: force'),
    passive: term('Psoas, both: by being stretched', 'Psoas major, both: passive force'),
    length: term('Psoas: length', 'Psoas major: path length, mean'),
    extensors: term('Back muscles: pull', 'Extensors: force'),
    extensorsUse: term('Back muscles: effort', 'Extensors: activation, force-weighted'),
    hipAngle: term('Hips bent, right and left', 'Hip flexion, right and left'),
    hipMoment: term('Moment of the weight at the hips, right and left', 'Hip flexion demand, right and left'),
    hipNote:
      'Moment above zero: the weight would bend the hip; below zero: straighten it. Muscles answer it, and the seat or ground where there is one.',
  },

  limits: {
    heading: 'Joint or muscle?',
    joint: (level: string, what: string, load: string, share: string, limit: string) =>
      `Nearest its limit is ${level}: ${load} of ${what} is ${share} of ${limit}.`,
    muscle: (group: string, share: string, held: string) => `Nearest its strength: ${group}, at ${share} of it${held}.`,
    held: (words: string) => `; held like this it would last ${words}`,
    nearer: {
      joint: 'The joint is nearer its limit than any muscle its strength.',
      muscle: 'A muscle is nearer its strength than any joint its limit.',
      alike: 'Joint and muscle are about equally near.',
    },
    over: 'This is at or above the published limit.',
    note: (compression: PublishedLimit, shear: PublishedLimit, recalled: boolean) =>
      `Joint: ${compression.name}, ${quantity(compression.value_n, 'N')}${compression.note ? ` (${compression.note})` : ''}; ` +
      `${shear.name}, ${quantity(shear.value_n, 'N')}. ` +
      `Sources: ${[...new Set([...compression.sources, ...shear.sources])].join('; ')}.` +
      (recalled ? ' Some of these figures were written down from memory and not yet checked in the source.' : '') +
      ' These are recommendations for groups of people at work. They say which would be reached first if the load ' +
      'grew, not that either is harmed.',
    columns: ['Joint', 'of its limit', 'Hardest muscle across it', 'of its strength', 'Nearer'],
    words: { joint: 'joint', muscle: 'muscle', alike: 'alike' },
    tableName: 'Joint or muscle, joint by joint',
    what: { compression: term('pressing together', 'compression'), shear: term('sliding', 'shear') },
    jointBar: 'Joint',
    muscleBar: 'Muscle',
    tooLight: 'longer than was measured',
    atStrength: 'no time at all',
    few: ', few data',
    between: (time: string, low: string, high: string, few: string) => `${time} (${low} to ${high}${few})`,
  },

  sit: {
    heading: 'Sitting down',
    now: (seconds: string) => `Sitting down, ${seconds} after the start.`,
    start: 'Sit down',
    play: 'Play',
    pause: 'Pause',
    leave: 'Back to the posture',
    time: 'Time',
    computing: (done: number, all: number) => `Computing the movement: ${done} of ${all} moments.`,
    failed: (why: string) => `The movement cannot be computed: ${why}`,
    at: (seconds: string) => `${seconds} s`,
    chart: (name: string) => `Chart over the movement: ${name}. The numbers of the moment stand in the tables.`,
    compression: (level: string, expert: boolean) =>
      expert ? `Compression of ${level}, N` : `${level} pressed together, N`,
    lengths: term('Length against the start, %', 'Path length against the start, %'),
    psoas: term('psoas', 'psoas major'),
    extensors: term('back muscles', 'extensors'),
    untouched: 'untouched',
    said: (psoas: [string, string], force: [string, string], back: string) =>
      `From standing to the seat the psoas\u2019s path goes from ${psoas[0]} to ${psoas[1]}, its pull from ${force[0]} to ${force[1]} ` +
      `on both sides together; the back muscles ${back}.`,
    ends: (lower: string, upper: string) =>
      `Against the feet the psoas\u2019s lower end moves ${lower}, its upper end ${upper}.`,
    way: (forward_cm: number, up_cm: number) =>
      `${quantity(Math.abs(forward_cm), 'cm')} ${forward_cm > 0 ? 'forward' : 'back'} and ` +
      `${quantity(Math.abs(up_cm), 'cm')} ${up_cm > 0 ? 'up' : 'down'}`,
    lengthen: (share: string) => `lengthen by ${share}`,
    shorten: (share: string) => `shorten by ${share}`,
  },

  share: {
    heading: 'Take it with you',
    link: 'Copy link',
    command: 'Copy as command',
    python: 'Copy as Python',
    copied: { link: 'The link is copied.', command: 'The command is copied.', python: 'The Python is copied.' },
    byHand: 'Copying is not allowed here. The text is selected below: copy it with Ctrl+C.',
    textLabel: 'Text to copy',
    fileName: 'whatif.toml',
  },

  view: {
    label: 'The lower back in three dimensions',
    described: (posture: string, parts: string) =>
      `Drawing of a person ${posture}${parts}. The arrow keys turn it, plus and minus bring it nearer and farther.`,
    looksLabel: 'Look at it',
    looks: { lumbar: 'Near', whole: 'Whole', side: 'Side', front: 'Front', back: 'Back' },
    families: {
      label: 'Muscles',
      own: 'Psoas and back muscles',
      names: {
        'Psoas and iliacus': 'Psoas and iliacus',
        'Back extensors': 'Back muscles',
        'Quadratus lumborum': 'Between rib and pelvis',
        Abdominals: 'Belly muscles',
        'Latissimus dorsi': 'Broad back muscle',
        'Buttock and thigh': 'Buttock and thigh',
      } as Record<string, string>,
    },
    arrows: 'Pull of the psoas as arrows',
    hint: 'Muscles by their pull; discs by what they carry against what is compared with: warm is more, cold is less.',
    scale: 'Pull of a muscle strand',
    atLeast: (force: string) => `${force} and more`,
    picked: (name: string, pull: string) => `${name}: ${pull}`,
    trunk: (deg: string) => `trunk bent ${deg}`,
    tilt: (deg: string) => `pelvis tipped ${deg}`,
    hips: (right: string, left: string) => `hips at ${right} and ${left}`,
  },

  theme: { label: 'Colours', system: 'As the system', light: 'Light', dark: 'Dark' },
  names: { label: 'Expert names' },

  folds: {
    unknown: 'What this page does not know',
    unknownList: [
      'Pain and nerves. Nothing in it hurts. Load and pain are loosely related at best.',
      'You. One average body is scaled to a height and a mass. It is no measurement, no advice and no diagnosis.',
      'How a person moves with a change. A tight or weak muscle changes the load of the same posture, not the posture.',
      'Time. Discs do not creep, muscles do not tire, nothing heals or adapts.',
      'Bracing. The muscles share the load with the least effort; people use more, above all when they are careful or in pain.',
      'Whether a hand leans on something, unless there is a control for it.',
    ],
    contested: 'What measurements do not settle',
    sources: 'What the numbers rest on',
    version: (version: string, hash: string) => `psoas ${version}, model ${hash}.`,
    keys: 'Keyboard',
    keyList: [
      'Tab goes from control to control; the arrow keys move a slider, Page Up and Page Down in larger steps, Home and End to its ends.',
      'In the drawing the arrow keys turn it; plus and minus bring it nearer and farther, 0 looks as at first.',
      'Back and forward in the browser go through the postures you chose.',
    ],
  },
  contested: {
    seated:
      'Whether sitting or standing loads the discs more is not settled: gauges gave 0.9 to 1.4 times standing for upright sitting, ' +
      'later ones about 1 (Nachemson 1981, Wilke 1999, Li 2022). So no sign is claimed here.',
    tight:
      'The posture is held as it is. That tight hip flexors hollow the back is not claimed: in people the two are hardly related.',
  },

  happened: {
    start: (posture: string, level: string, verb: string, value: string, low: string, high: string) =>
      `Now ${posture}: ${level} ${verb} ${value} (${low} to ${high}).`,
    again: 'This is as it was before.',
    change: {
      tight: (by: number, now: number) =>
        by > 0
          ? `You made the psoas ${number(by)}\u202f% tighter (now ${number(now)}\u202f%)`
          : `You let the psoas out by ${number(-by)}\u202f% (now ${number(now)}\u202f%)`,
      weak: (by: number, now: number) =>
        by > 0
          ? `You made the back muscles ${number(by)}\u202f% weaker (now ${number(now)}\u202f%)`
          : `You gave the back muscles ${number(-by)}\u202f% of their strength back (now ${number(now)}\u202f% weaker)`,
      inhibit: (by: number, now: number) =>
        by > 0
          ? `You held the back muscles back by ${number(by)}\u202f% more (now ${number(now)}\u202f%)`
          : `You held the back muscles back by ${number(-by)}\u202f% less (now ${number(now)}\u202f%)`,
      tilt: (by: number) => `You tipped the pelvis ${number(Math.abs(by))}\u00b0 ${by > 0 ? 'forward' : 'back'}`,
      trunk: (by: number) => `You bent the trunk ${number(Math.abs(by))}\u00b0 ${by > 0 ? 'further forward' : 'back'}`,
      hip: (by: number) => `You ${by > 0 ? 'bent' : 'straightened'} both hips by ${number(Math.abs(by))}\u00b0`,
      hipr: (by: number) => `You ${by > 0 ? 'bent' : 'straightened'} the right hip by ${number(Math.abs(by))}\u00b0`,
      hipl: (by: number) => `You ${by > 0 ? 'bent' : 'straightened'} the left hip by ${number(Math.abs(by))}\u00b0`,
      load: (by: number) =>
        `You ${by > 0 ? 'put' : 'took'} ${quantity(Math.abs(by), 'kg', Number.isInteger(by) ? 0 : 1)} ${by > 0 ? 'into' : 'out of'} the hands`,
      back: (by: number, now: number) =>
        now === 0
          ? 'You took the backrest away'
          : by === now
            ? `You put a backrest of ${number(now)}\u00b0 behind the back`
            : `You leant the backrest ${number(Math.abs(by))}\u00b0 ${by > 0 ? 'back' : 'up'}`,
    },
    several: (parts: string[]) => `With ${TEXT.list(parts)}`,
    psoasBoth: (more: string, way: string) => `the psoas pulls ${more} ${way} on each side`,
    psoasSides: (right: string, left: string) => `the psoas pulls ${right} on the right and ${left} on the left`,
    psoasSame: 'the psoas pulls as before',
    backSame: 'the back muscles pull as before',
    back: (more: string, way: string) => `the back muscles pull ${more} ${way}`,
    more: 'more',
    less: 'less',
    level: (level: string, share: string, way: string, from: string, to: string) =>
      `${level} carries ${share} ${way} than before (${from}, now ${to})`,
    levelSame: (level: string, to: string) => `${level} carries as much as before (${to})`,
    signedLevel: (level: string, measure: string, from: string, to: string) =>
      `${measure} at ${level} goes from ${from} to ${to}`,
  },

  link: {
    bad: (why: string) => `The link is not accepted: ${why} What you had is still here.`,
    unknownKey: (key: string, known: string[]) => `there is no \u201c${key}\u201d; allowed are ${list(known)}.`,
    version: (found: string | undefined, wanted: string) =>
      found === undefined
        ? `it does not say its version; it must have v=${wanted}.`
        : `\u201cv\u201d is \u201c${found}\u201d; this page reads version ${wanted}.`,
    noValue: (part: string) => `\u201c${part}\u201d has no value; write key=value.`,
    twice: (key: string) => `\u201c${key}\u201d is there twice; keep one.`,
    damaged: (part: string) => `\u201c${part}\u201d is damaged.`,
    notOne: (key: string, value: string, allowed: string[]) =>
      `\u201c${key}\u201d is \u201c${value}\u201d; allowed are ${list(allowed)}.`,
    outside: (key: string, value: string, min: number, max: number, unit: string, off: boolean) =>
      `\u201c${key}\u201d is \u201c${value}\u201d; allowed is a number from ${number(min)} to ${number(max)} (${unit})${off ? ' or off' : ''}.`,
    meaningless: (key: string, preset: string, why: string) => `\u201c${key}\u201d means nothing in ${preset}. ${why}`,
    bothHips: '\u201chip\u201d is both hips; leave out hipr and hipl, or hip.',
    twoBases: '\u201cbase\u201d and a pinned state (\u201cb.\u201d) are both there; keep one.',
  },

  /** Notes of the package in plain words, by the note; others stand as they are. */
  notes: {
    'the lumbar levels share trunk flexion with the least effort near the rhythm':
      'how much each joint of the lower back bends is found by the least effort',
  } as Record<string, string>,
  note: (note: string, expert: boolean) => {
    const [, what, side, force] = /^(\w+)_([rl]) carries (\d+ N) of the relaxed arm$/.exec(note) ?? [];
    const arm = side && `${what} carries ${force} of the relaxed ${side === 'r' ? 'right' : 'left'} arm`;
    const text = arm || ((expert ? undefined : TEXT.notes[note]) ?? note);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  },

  list: (parts: string[]) =>
    parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`,
  change: (value: number, decimals: number, unit: string) => `${signed(value, decimals)}\u202f${unit}`,
  groups: {
    rectus_abdominis: 'straight belly muscle',
    psoas_major: 'psoas',
    iliacus: 'iliacus, beside the psoas',
    quadratus_lumborum: 'muscle between the last rib and the pelvis',
    multifidus: 'deep back muscles',
    iliocostalis_lumborum_pars_lumborum: 'outer back muscles of the loins',
    iliocostalis_lumborum_pars_thoracis: 'outer back muscles from the ribs',
    longissimus_thoracis_pars_lumborum: 'long back muscles of the loins',
    longissimus_thoracis_pars_thoracis: 'long back muscles from the ribs',
    external_oblique: 'outer slanting belly muscle',
    internal_oblique: 'inner slanting belly muscle',
    transversus_abdominis: 'cross belly muscle',
    latissimus_dorsi: 'broad back muscle',
    gluteus_maximus: 'great buttock muscle',
    gluteus_medius: 'middle buttock muscle',
    gluteus_minimus: 'small buttock muscle',
    hamstrings: 'back of the thigh',
    rectus_femoris: 'front of the thigh',
    hip_adductors: 'inner thigh',
  } as Record<string, string>,
  group: (name: string, expert: boolean) => (expert ? undefined : TEXT.groups[name]) ?? name.replaceAll('_', ' '),
  bones: {
    hip: 'hip bone',
    sacrum: 'sacrum',
    ribs: 'ribs',
    sternum: 'breastbone',
    shoulder: 'shoulder girdle',
    skull: 'skull',
    thoracic: 'upper spine',
    femur: 'thigh bone',
    shank: 'lower leg',
    humerus: 'upper arm',
  } as Record<string, string>,
  joint: (name: string) => (name.startsWith('hip_') ? `the ${name.endsWith('_r') ? 'right' : 'left'} hip` : name),
  side: { r: ', right', l: ', left', rl: '' } as Record<string, string>,
};
