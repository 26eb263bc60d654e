/** The same question for other tools: a link, a command of the shell, a few lines of Python. */

import type { PageModel, Scenario } from '../contract';
import { TEXT } from './text';

type Value = number | string | boolean | { [key: string]: Value };
type Subject = PageModel['subject'];

const bare = (key: string) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key));

function toml(value: Value): string {
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${bare(key)} = ${toml(inner)}`)
    .join(', ')}}`;
}

function python(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${python(inner)}`)
    .join(', ')}}`;
}

function subjectOf(subject: Subject): Record<string, Value> {
  const { sex, mass_kg, height_m, age_years } = subject;
  return { sex, mass_kg, height_m, age_years };
}

/** What a scenario has without being told: nothing in the hands, no desk, no angles of single levels. */
function isDefault(table: string, key: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'object') return Object.keys(value).length === 0;
  return table === 'surroundings' && (value === 0 || (value === false && key !== 'seat' && key !== 'bed'));
}

/** The tables of a scenario that hold something, in the order of the scenario files. */
function tables(scenario: Scenario, subject: Subject, move: string | null): [string, Record<string, Value>][] {
  const around = scenario.surroundings;
  const all: [string, object | undefined][] = [
    ['subject', subjectOf(subject)],
    // A movement has no chair of its own to be given: what is in the hands goes with it.
    ...(move === null
      ? [['posture', scenario.posture] as [string, object]]
      : [['motion', { pattern: move }] as [string, object]]),
    ['surroundings', move === null ? around : { hands_kg: around?.hands_kg }],
    ['change', scenario.change],
  ];
  return all.flatMap(([name, held]) => {
    const entries = Object.entries(held ?? {}).filter(([key, v]) => !isDefault(name, key, v));
    return entries.length ? [[name, Object.fromEntries(entries)] as [string, Record<string, Value>]] : [];
  });
}

/** A scenario file, TOML, as `psoas run` reads it. */
export function scenarioToml(scenario: Scenario, subject: Subject, move: string | null = null): string {
  return tables(scenario, subject, move)
    .map(([name, held]) =>
      [`[${name}]`, ...Object.entries(held).map(([key, value]) => `${bare(key)} = ${toml(value)}`)].join('\n'),
    )
    .join('\n\n');
}

/** Lines for a shell that write the scenario and run it. */
export function asCommand(scenario: Scenario, subject: Subject, move: string | null = null): string {
  const file = TEXT.share.fileName;
  return `cat > ${file} <<'END'\n${scenarioToml(scenario, subject, move)}\nEND\npsoas run ${file}\n`;
}

const CLASSES: Record<string, string> = {
  subject: 'psoas.Subject',
  posture: 'Posture',
  motion: 'Movement',
  surroundings: 'Surroundings',
  change: 'Change',
};
const MODULES: Record<string, string> = {
  change: 'from psoas.case.change import Change',
  motion: 'from psoas.case.movement import Movement',
  posture: 'from psoas.case.posture import Posture',
  surroundings: 'from psoas.case.surroundings import Surroundings',
};

/** Python that makes the same case and prints the (largest) compression of every level; `move` is a pattern. */
export function asPython(scenario: Scenario, subject: Subject, move: string | null = null): string {
  const held = tables(scenario, subject, move);
  const imports = Object.entries(MODULES).filter(([name]) => held.some(([table]) => table === name));
  const lines = held.map(
    ([name, values]) =>
      `    ${name}=${CLASSES[name]}(${Object.entries(values)
        .map(([key, value]) => `${key}=${python(value)}`)
        .join(', ')}),`,
  );
  return [
    'import psoas',
    ...imports.map(([, line]) => line),
    '',
    'case = psoas.Case(',
    ...lines,
    ')',
    'result = psoas.run(case)[0]',
    'for level in result.levels:',
    '    print(level, round(result.level(level)["compression_n"].max()), "N")',
    '',
  ].join('\n');
}

/** Copy a text; resolves to false where the browser does not allow it. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
