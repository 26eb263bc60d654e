/** Sentences, numbers, comparisons and the texts to copy. */

import { describe, expect, it } from 'vitest';
import { changeOf, changeWords, intervalOf } from '../src/ui/compare';
import { asCommand, asPython, scenarioToml } from '../src/ui/copy';
import { endOf } from '../src/ui/ends';
import { caps, groupUses, heldFor, verdict } from '../src/ui/limits';
import { rowsOf, sumOf } from '../src/ui/muscles';
import { number, percent, quantity, signed, niceTop } from '../src/ui/numbers';
import { axisOf, marksOf } from '../src/ui/plot';
import { scenarioOf, type Values } from '../src/ui/state';
import { TEXT } from '../src/ui/text';
import { changeSentence, contestedPair, startSentence, type Told } from '../src/ui/words';
import { answerWith, COORDINATES, entry, MODEL } from './ui_model';

const how = {
  model: MODEL,
  level: 'L4/L5',
  measure: 'compression_n' as const,
  expert: false,
  coordinates: COORDINATES,
};
const told = (values: Values, answer = answerWith(), preset = 'standing'): Told => {
  const state = { preset, values };
  return { state, scenario: scenarioOf(state, entry(preset)), answer };
};
const plain = (text: string) => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('numbers', () => {
  it('have a true minus, no minus zero and thousands apart', () => {
    expect(number(-5)).toBe('\u22125');
    expect(number(-0.4)).toBe('0');
    expect(plain(number(12345.6, 1))).toBe('12 345.6');
    expect(number(NaN)).toBe('\u2013');
    expect(signed(0.004, 2)).toBe('0.00');
    expect(signed(3)).toBe('+3');
    expect(plain(quantity(12, 'kg'))).toBe('12 kg');
    expect(quantity(12, '\u00b0')).toBe('12\u00b0');
    expect(percent(110, 100)).toBeCloseTo(10, 12);
    expect(percent(1, 0)).toBeNaN();
  });

  it('make axes that hold every value and marks inside them', () => {
    let tried = 0;
    for (const values of [
      [633, 1025],
      [-320, 270],
      [-5, -1],
      [0.4, 0.72],
      [0, 0],
      [9999, 12000],
    ]) {
      const { low, high } = axisOf(values);
      expect(low).toBeLessThanOrEqual(Math.min(...values, 0));
      expect(high).toBeGreaterThanOrEqual(Math.max(...values, 0));
      const marks = marksOf(low, high);
      expect(marks.length).toBeGreaterThan(2);
      expect(marks.length).toBeLessThan(9);
      expect(Math.min(...marks)).toBeGreaterThanOrEqual(low - 1e-9);
      expect(Math.max(...marks)).toBeLessThanOrEqual(high + 1e-9);
      tried += 1;
    }
    expect(tried).toBe(6);
    expect(niceTop(1025)).toBe(1500);
  });
});

describe('what just happened', () => {
  it('tells the change, the pull and the load', () => {
    const now = answerWith({ active_n: [40, 40, 30, 30, 40, 40, 4, 4] }, 618.2);
    expect(plain(changeSentence(told({}), told({ tight: 10 }, now), entry('standing'), how))).toBe(
      'You made the psoas 10 % tighter (now 10 %): the psoas pulls 20 N more on each side; ' +
        'the lowest joint but one (L4/L5) carries 3 % more than before (640 N, now 658 N).',
    );
  });

  it('tells a fall as a fall, and sides apart where they differ', () => {
    const now = answerWith({ active_n: [10, 26, 30, 30, 40, 40, 4, 4] }, 500);
    const said = plain(changeSentence(told({}), told({ hipr: -10 }, now), entry('standing'), how));
    expect(said).toContain('You straightened the right hip by 10°');
    expect(said).toContain('the psoas pulls 10 N less on the right and 6 N more on the left');
    expect(said).toContain('carries 16 % less than before');
  });

  it('says that nothing moved where nothing moved', () => {
    const said = plain(changeSentence(told({}), told({ inhibit: 20 }), entry('standing'), how));
    expect(said).toContain('the back muscles pull as before');
    expect(said).toContain('carries as much as before (640 N)');
    expect(changeSentence(told({}), told({}), entry('standing'), how)).toBe('This is as it was before.');
  });

  it('names what is set where it is more than one thing', () => {
    const said = plain(changeSentence(told({}), told({ tight: 10, load: 2.5 }), entry('standing'), how));
    expect(said).toContain('With psoas tighter 10 % and load in the hands 2.5 kg: ');
  });

  it('tells what was set, not what was let go for it', () => {
    const said = plain(changeSentence(told({ hip: 20 }), told({ tilt: 10 }), entry('standing'), how));
    expect(said).toContain('You tipped the pelvis 10° forward: ');
  });

  it('tells a load that changes sign without a share, and experts in their words', () => {
    const expert = { ...how, expert: true, measure: 'anterior_shear_n' as const };
    const now = answerWith();
    now.loads.anterior_shear_n = [0, 0, 0, 0, -30, 0];
    expect(plain(changeSentence(told({}), told({ tilt: -5 }, now), entry('standing'), expert))).toContain(
      'anterior shear at L4/L5 goes from 50 N to -30 N',
    );
  });

  it('shows a preset without comparing it with another', () => {
    const said = plain(startSentence(entry('sitting'), how));
    expect(said).toBe(
      'Now sitting upright without a backrest: the lowest joint but one (L4/L5) is pressed together with 740 N (370 N to 1480 N).',
    );
    expect(said).not.toMatch(/more|less|standing/);
  });
});

it('tells the notes of the package as sentences', () => {
  expect(TEXT.note('desk_r carries 17 N of the relaxed arm', false)).toBe(
    'Desk carries 17 N of the relaxed right arm.',
  );
  expect(TEXT.note('the lumbar levels share trunk flexion with the least effort near the rhythm', false)).toContain(
    'least effort.',
  );
  expect(TEXT.note('something else', true)).toBe('Something else.');
});

describe('comparisons', () => {
  it('claim no sign between sitting and standing', () => {
    expect(contestedPair(entry('sitting').scenario, entry('standing').scenario)).toBe(true);
    expect(contestedPair(entry('standing').scenario, entry('tight_psoas').scenario)).toBe(false);
    expect(plain(changeWords('compression_n', 740, 640, true, 'standing'))).toBe('1.16 times standing');
    expect(plain(changeOf('compression_n', 740, 640, true))).toBe('× 1.16');
  });

  it('are per cent for loads, differences for what changes sign', () => {
    expect(plain(changeOf('compression_n', 660, 640, false))).toBe('+3.1 %');
    expect(plain(changeOf('anterior_shear_n', -30, 50, false))).toBe('-80');
    expect(plain(changeWords('anterior_shear_n', -30, 50, false, 'standing'))).toBe('-80 N against standing');
    expect(changeOf('compression_n', 640.2, 639.9, false)).toBe('±0');
  });

  it('carry the interval over: own, scaled, shifted', () => {
    expect(intervalOf('compression_n', 4, 640, entry('standing'), true)).toEqual({ low: 320, high: 1280, how: 'own' });
    expect(intervalOf('compression_n', 4, 1280, entry('standing'), false)).toEqual({
      low: 640,
      high: 2560,
      how: 'scaled',
    });
    expect(intervalOf('anterior_shear_n', 4, 0, entry('standing'), false)).toEqual({
      low: -25,
      high: 50,
      how: 'shifted',
    });
  });
});

describe('muscles and limits', () => {
  it('sum a parent over its groups and weigh activation by what could be pulled', () => {
    const answer = answerWith();
    expect(rowsOf(MODEL, 'extensors')).toEqual([2, 3, 4, 5]);
    const sum = sumOf(answer, rowsOf(MODEL, 'extensors'));
    expect(sum.force_n).toBe(140);
    expect(sum.activation).toBeCloseTo(140 / (30 / 0.05 + 30 / 0.05 + 40 / 0.04 + 40 / 0.04), 12);
    expect(sumOf(answer, rowsOf(MODEL, 'psoas_major', 'r')).force_n).toBe(25);
  });

  it('say which is nearer, with inhibition counted as a lower cap', () => {
    const answer = answerWith();
    const found = verdict(MODEL, answer, undefined);
    expect(found.joint).toMatchObject({ level: 'L5/S1', by: 'compression', share: 650 / 3000 });
    expect(found.muscle).toMatchObject({ group: 'psoas_major', side: 'rl' });
    expect(found.nearer).toBe('joint');
    const cap = caps(MODEL, { inhibited: { extensors: 0.5, multifidus: 0.9 } });
    expect(cap[2]).toBeCloseTo(0.1, 12);
    expect(cap[4]).toBeCloseTo(0.5, 12);
    expect(cap[0]).toBe(1);
    expect(verdict(MODEL, answer, { inhibited: { multifidus: 0.9 } })).toMatchObject({
      nearer: 'muscle',
      muscle: { group: 'multifidus' },
    });
  });

  it('leave out what does not pass the level', () => {
    const groups = groupUses(MODEL, answerWith(), caps(MODEL, undefined), 0).map((use) => use.group);
    expect(groups).toEqual(['longissimus_thoracis_pars_lumborum']);
  });

  it('tell how long it can be held, and not below the data', () => {
    expect(plain(heldFor(MODEL, { group: 'multifidus', side: 'rl', share: 0.5, activation: 0.5 }))).toBe(
      '80 s (40 s to 2 min)',
    );
    expect(heldFor(MODEL, { group: 'multifidus', side: 'rl', share: 0.05, activation: 0.05 })).toBe(
      'longer than was measured',
    );
  });
});

describe('copies', () => {
  const state = { preset: 'end_of_stance', values: { tight: 6, weak: 30, load: 5 } };
  const scenario = scenarioOf(state, entry('end_of_stance'));

  it('write the scenario file', () => {
    expect(scenarioToml(scenario, MODEL.subject)).toBe(
      '[subject]\nsex = "male"\nmass_kg = 70\nheight_m = 1.68\nage_years = 45\n\n' +
        '[posture]\npreset = "standing"\nhip_flexion_deg = {right = -15}\n\n[surroundings]\nhands_kg = 5\n\n' +
        '[change]\ntight = {psoas_major = 0.06}\nweak = {multifidus = 0.3, erector_spinae = 0.3}',
    );
  });

  it('make a command that needs no other file, and leave defaults out', () => {
    const text = asCommand(entry('standing').scenario, MODEL.subject);
    expect(text.startsWith("cat > whatif.toml <<'END'\n[subject]")).toBe(true);
    expect(text.endsWith('\nEND\npsoas run whatif.toml\n')).toBe(true);
    expect(text).not.toContain('surroundings');
  });

  it('copy a movement instead of the posture while one is shown', () => {
    expect(scenarioToml(scenario, MODEL.subject, 'sit')).toContain(
      '[motion]\npattern = "sit"\n\n[surroundings]\nhands_kg = 5',
    );
    expect(asPython(scenario, MODEL.subject, 'sit')).toContain('motion=Movement(pattern="sit"),');
    expect(asPython(scenario, MODEL.subject, 'sit')).not.toContain('Posture');
  });

  it('make Python of the same case', () => {
    const text = asPython(scenario, MODEL.subject);
    expect(text).toContain('from psoas.case.change import Change');
    expect(text).toContain('posture=Posture(preset="standing", hip_flexion_deg={"right": -15}),');
    expect(text).toContain(
      'change=Change(tight={"psoas_major": 0.06}, weak={"multifidus": 0.3, "erector_spinae": 0.3}),',
    );
  });
});

it('finds the ends of a line in a turned body', () => {
  const half = Math.SQRT1_2; // a quarter turn about z: x goes to y, y to -x
  const person = {
    lines: ['a', 'b'],
    starts: Uint16Array.from([0, 1, 3]),
    pointBodies: Uint8Array.from([0, 0, 1]),
    points: Float32Array.from([9, 9, 9, 1, 2, 3, 1, 2, 3]),
  } as unknown as Parameters<typeof endOf>[0];
  const pose = {
    position: Float32Array.from([0, 0, 0, 10, 20, 30]),
    turn: Float32Array.from([1, 0, 0, 0, half, 0, 0, half]),
    arcs: new Float32Array(),
  };
  expect(endOf(person, pose, 'b', 'upper')).toEqual([1, 2, 3]);
  endOf(person, pose, 'b', 'lower').forEach((x, i) => expect(x).toBeCloseTo([8, 21, 33][i], 5));
});
