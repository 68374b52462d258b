import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawn } from '../choices.ts';
import { Wrong } from '../failure.ts';
import { shrunk } from '../shrink.ts';
import type { Budget, Failure, Outcome, Stage } from '../stage.ts';
import type { Answered } from './child.ts';
import { Reader } from './reader.ts';
import { TARGETS } from './targets.ts';

/** More numbers than any change looks at. */
const LENGTH = 400;

/** Files that are damaged or made to do harm: each ends in a result or in one sentence, in time, and within bounds. */
export const hostile: Stage = {
  name: 'hostile',
  run: async (budget) => {
    const reader = new Reader();
    try {
      return await tried(budget, reader);
    } finally {
      reader.end();
    }
  },
};

async function tried(budget: Budget, reader: Reader): Promise<Outcome> {
  const { seed, until, all, progress, folder, shrinking } = budget;
  const counts: Record<string, number> = { 'hostile files': 0, 'of them taken as they are': 0 };
  const failures: Failure[] = [];
  const kinds = new Set<string>();
  progress('training what is then spoiled');
  const { wrong: unready } = await reader.ask({ prepare: folder });
  if (unready) throw new Error(`hostile: ${unready.message}`);
  const ask = (target: number, choices: readonly number[]) => reader.ask({ place: folder, target, choices });
  const goesOn = (): boolean => all || failures.length === 0;
  for (let at = 0; (at === 0 || performance.now() < until) && goesOn(); at++) {
    const target = (seed + at) % TARGETS.length;
    const choices = drawn(LENGTH, seed, 'hostile', at);
    const answered = await ask(target, choices);
    counts['hostile files'] = at + 1;
    if (answered.taken) counts['of them taken as they are'] = (counts['of them taken as they are'] ?? 0) + 1;
    progress(`${at + 1} files`);
    const wrong = wrongIn(answered);
    if (!wrong || kinds.has(wrong.kind)) continue;
    kinds.add(wrong.kind);
    progress(`${wrong.kind}: making it smaller`);
    const small = await shrunk(
      { choices: choices.slice(0, answered.used ?? LENGTH), wrong },
      { tried: async ([one = []]) => [wrongIn(await ask(target, one))], milliseconds: shrinking },
    );
    const { file = '' } = await ask(target, small.choices);
    failures.push(await failureOf(budget, at, target, { ...small, file }));
  }
  return { counts, notes: [], failures };
}

const wrongIn = ({ wrong }: Answered): Wrong | undefined => wrong && new Wrong(wrong.kind, wrong.message);

/** As much of a file as is shown. */
const SHOWN = 3000;

const failureOf = async (
  { seed, folder }: Budget,
  at: number,
  target: number,
  { wrong, choices, file }: { readonly wrong: Wrong; readonly choices: readonly number[]; readonly file: string },
): Promise<Failure> => {
  const bytes = await readFile(join(folder, 'spoiled', file)).catch(() => Buffer.alloc(0));
  const { name = '' } = TARGETS[target] ?? {};
  const isText = /\.(json|jsonl|csv|txt)$/.test(file);
  const content = isText ? bytes.toString('utf8') : bytes.toString('base64');
  const text = [
    `// npm run fuzz -- --hostile THIS_FILE`,
    `// ${JSON.stringify({ target, choices })}`,
    `// ${name}: ${file}, ${bytes.length} bytes${isText ? '' : ', in base64'}${content.length > SHOWN ? ', the beginning' : ''}`,
    content.slice(0, SHOWN),
    '',
  ].join('\n');
  return { stage: 'hostile', kind: wrong.kind, message: wrong.message, at, text, file: `hostile-${seed}-${at}.txt` };
};

/** Reads the spoiled file of such a text again; gives what is wrong, if something is. */
export const again = async (text: string, folder: string): Promise<Wrong | undefined> => {
  const [, told = '{}'] = /^\/\/ (\{.*\})$/m.exec(text) ?? [];
  const { target = 0, choices = [] } = JSON.parse(told);
  const reader = new Reader();
  try {
    await reader.ask({ prepare: folder });
    return wrongIn(await reader.ask({ place: folder, target, choices }));
  } finally {
    reader.end();
  }
};
