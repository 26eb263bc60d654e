/** A stand-in for the engine while it is built: presets moved by rules of thumb. Throw-away. */

import { Refusal, type Answer, type Engine, type PageModel, type Scenario } from '../contract';
import { unpacked } from './compare';
import { given, CONTROLS } from './state';
import { coordinatesOf } from './coordinates';

export function stubEngine(model: PageModel): Engine {
  const names = coordinatesOf(model);
  const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
  async function compute(scenario: Scenario): Promise<Answer> {
    await wait(25);
    const entry = model.presets.find((p) => p.scenario.posture.preset === scenario.posture.preset) ?? model.presets[0];
    const answer = unpacked(entry);
    answer.scenario = scenario;
    let factor = 1;
    for (const c of CONTROLS) {
      const v = given(c, scenario);
      if (v !== undefined && c !== 'back') factor += Math.abs(v) * 0.004;
    }
    if ((scenario.posture.trunk_flexion_deg ?? 0) > 55)
      throw new Refusal('the trunk cannot bend that far; give 55 or less.');
    answer.loads = Object.fromEntries(
      Object.entries(answer.loads).map(([k, v]) => [k, v.map((x) => x * factor)]),
    ) as Answer['loads'];
    const set = (name: string, deg: number | undefined) =>
      deg !== undefined && (answer.positions[names.indexOf(name)] = (deg * Math.PI) / 180);
    set('pelvis_tilt', scenario.posture.pelvis_tilt_deg);
    set('hip_flexion_r', given('hipr', scenario));
    set('hip_flexion_l', given('hipl', scenario));
    answer.active_n = answer.active_n.map((x) => x * factor);
    return answer;
  }
  return {
    ready: wait(600) as Promise<unknown> as Promise<void>,
    compute,
    async frame(_, index, change) {
      await wait(4);
      const answer = await compute({ posture: { preset: 'sitting' }, change });
      const s = Math.sin(index / 15);
      answer.loads.compression_n = answer.loads.compression_n.map((x) => x * (0.8 + 0.5 * s));
      answer.length_m = answer.length_m.map((x) => x * (1 - 0.1 * s));
      return answer;
    },
  };
}
