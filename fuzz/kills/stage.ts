import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Choices, drawn } from '../choices.ts';
import { wrongOf, type Wrong } from '../failure.ts';
import type { Budget, Failure, Stage } from '../stage.ts';
import { EXPORTS } from './exports.ts';
import { killed, stepsOf } from './program.ts';
import { RUNS } from './runs.ts';
import { SITES } from './sites.ts';
import type { Scenario, Scenarios } from './scenario.ts';

const ALL: Scenarios = { ...EXPORTS, ...SITES, ...RUNS };

/** A scenario, and the numbers of its steps that rename something. */
interface Prepared {
  readonly scenario: Scenario;
  readonly steps: readonly string[];
  /** Those that were not killed at yet. */
  readonly left: number[];
}

/** Kills commands at a rename, and looks whether something is lost and what comes next continues. */
export const kills = (scenarios = ALL): Stage => ({
  name: 'kills',
  run: async (budget) => {
    const { seed, until, all, progress, folder } = budget;
    const counts: Record<string, number> = { kills: 0, 'renames in all': 0 };
    const failures: Failure[] = [];
    const prepared = new Map<string, Prepared>();
    const goesOn = (): boolean => all || failures.length === 0;
    for (let at = 0; (at === 0 || performance.now() < until) && goesOn(); at++) {
      const choices = new Choices(drawn(40, seed, 'kill', at));
      // Each scenario in its turn, from one that the seed says.
      const names = Object.keys(scenarios);
      const name = names[(seed + at) % names.length] ?? '';
      const one = prepared.get(name) ?? (await prepare(scenarios, name, folder, seed));
      if (!prepared.has(name)) counts['renames in all'] = (counts['renames in all'] ?? 0) + one.left.length;
      prepared.set(name, one);
      const [step = -1] = one.left.splice(choices.below(one.left.length), 1);
      if (step < 0) {
        if ([...prepared.values()].every(({ left }) => left.length === 0) && prepared.size === names.length) break;
        continue;
      }
      progress(`${name}, before step ${step + 1} of ${one.steps.length}`);
      const wrong = await killedAt(one, step, join(folder, 'work'), choices);
      counts['kills'] = (counts['kills'] ?? 0) + 1;
      if (wrong) failures.push(failureOf(budget, at, name, one, step, wrong));
    }
    return { counts, notes: [], failures };
  },
});

const prepare = async (scenarios: Scenarios, name: string, folder: string, seed: number): Promise<Prepared> => {
  const make = scenarios[name];
  if (!make) throw new Error(`no scenario ${name}`);
  const scenario = await make(join(folder, EXPORTS[name] ? 'exports' : SITES[name] ? 'sites' : 'runs'));
  const work = join(folder, 'work');
  await rm(work, { recursive: true, force: true });
  await scenario.begin(work);
  const steps = await stepsOf(scenario.words(work), work);
  const left = steps.flatMap((step, i) => (step.startsWith('rename ') ? [i] : []));
  if (left.length === 0) throw new Error(`${name} (seed ${seed}): no step renames anything`);
  return { scenario, steps, left };
};

/** Kills a command before a step. Gives what is wrong afterwards, if something is. */
const killedAt = async (
  { scenario }: Prepared,
  step: number,
  work: string,
  choices: Choices,
): Promise<Wrong | undefined> => {
  try {
    await rm(work, { recursive: true, force: true });
    await scenario.begin(work);
    const { signal, said, status } = await killed(scenario.words(work), work, step + 1);
    if (signal !== 'SIGKILL') throw new Error(`it was not killed at step ${step + 1}: exit ${status}: ${said}`);
    await scenario.check(work, choices);
    return undefined;
  } catch (error) {
    return wrongOf(error);
  }
};

const failureOf = (
  { seed, folder }: Budget,
  at: number,
  name: string,
  { steps, scenario }: Prepared,
  step: number,
  { kind, message }: Wrong,
): Failure => {
  const short = (text: string): string => text.replaceAll(join(folder, 'work'), 'WORK');
  const text = [
    `# ${name}: killed before step ${step + 1} of these`,
    ...steps.map((one, i) => `${i === step ? '→' : ' '} ${i + 1} ${short(one)}`),
    '',
    '# the command, in the folder that the scenario begins with',
    `KILL_UNDER=WORK KILL_AT=${step + 1} node --import ./test/kill/support/kill.mjs ${scenario.words('WORK').join(' ')}`,
    '',
    `# the same case again`,
    `npm run fuzz -- --seed ${seed} --only kills`,
    '',
  ].join('\n');
  return { stage: 'kills', kind, message, at, text, file: `kill-${seed}-${at}.txt` };
};
