import { cp, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Wrong } from '../failure.ts';
import { killedAgain, same } from './exports.ts';
import { run } from './program.ts';
import type { Scenario, Scenarios } from './scenario.ts';

const PROGRAM = fileURLToPath(new URL('../../test/kill/support/site.mjs', import.meta.url));

/** After a kill, a site written over another is either the old or the new one, and the next one replaces it. */
const site = async (place: string): Promise<Scenario> => {
  await mkdir(place, { recursive: true });
  const files = ['one', 'two', 'three'].map((name) => join(place, name));
  for (const file of files) await writeFile(file, file);
  const [one = '', two = '', three = ''] = files;
  const words = (work: string, ...some: readonly string[]): readonly string[] => [PROGRAM, join(work, 'site'), ...some];
  const made = async (name: string, ...some: readonly string[]): Promise<string> => {
    const folder = join(place, name);
    await mkdir(folder, { recursive: true });
    if (existsSync(join(folder, 'site'))) return folder;
    const { status, said } = await run(words(folder, ...some), folder);
    if (status !== 0) throw new Wrong('a site fails', said);
    return folder;
  };
  const [first, next] = [await made('first', one), await made('next', three)];
  return {
    name: 'a site',
    begin: (work) => cp(first, work, { recursive: true }),
    words: (work) => words(work, two, three),
    check: async (work, choices) => {
      await killedAgain(words(work, three), work, choices);
      const { status, said } = await run(words(work, three), work);
      if (status !== 0) throw new Wrong('the next site fails', said);
      same(work, next, 'the next site');
    },
  };
};

export const SITES: Scenarios = { 'a site over a site': site };
