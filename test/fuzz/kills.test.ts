import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Wrong } from '../../fuzz/failure.ts';
import type { Scenario } from '../../fuzz/kills/scenario.ts';
import { kills } from '../../fuzz/kills/stage.ts';
import { temporary } from '../cli/support/cli.ts';

const folder = temporary();
const CARELESS = fileURLToPath(new URL('support/non-atomic-replace.mjs', import.meta.url));

const careless: Scenario = {
  name: 'careless',
  begin: async (work) => {
    await mkdir(work, { recursive: true });
    await writeFile(join(work, 'data'), 'old');
  },
  words: (work) => [CARELESS, work],
  check: async (work) => {
    if (!existsSync(join(work, 'data')) && !existsSync(join(work, 'old'))) throw new Wrong('lost', 'data');
  },
};

it(
  'a program that takes the old file away before the new one is there is found, and where',
  { timeout: 60_000 },
  async () => {
    const { counts, failures } = await kills({ careless: async () => careless }).run({
      seed: 1,
      until: Infinity,
      all: true,
      shrinking: 0,
      folder,
      progress: () => undefined,
    });
    // Before the first rename all is as it was, before the second nothing is there.
    expect(counts).toEqual({ kills: 2, 'renames in all': 2 });
    expect(failures).toMatchObject([{ stage: 'kills', kind: 'lost' }]);
    expect(failures[0]?.text).toMatch(/^→ \d rename WORK\/new WORK\/data$/m);
  },
);
