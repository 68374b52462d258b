import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRun } from '../../src/run/folder.ts';
import { page } from '../../src/report/page.ts';
import { readRun } from '../../src/run/read-run.ts';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { mutants, survived } from './mutants.ts';
import { chosen } from '../support/chosen.ts';

const NUMBERS = `
import { concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(1) },
  target: normal(3),
  latent: 1,
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(1)),
  decoder: ({ x, z }) => concat(x, z).pipe(dense(3)),
});

const x = Array.from({ length: 64 }, (_, i) => i / 64);
export const data = { x, y: x.map((v) => [v, -v, v * v]) };
`;

const folder = temporary();
const [images, numbers] = [join(folder, 'images'), join(folder, 'numbers')];
beforeAll(async () => {
  for (const [out, definition] of [
    [images, SMALL],
    [numbers, NUMBERS],
  ] as const) {
    writeFileSync(`${out}.ts`, definition);
    const { code, err } = await cli('train', `${out}.ts`, '--out', out, '--epochs', '2', '--no-tensorboard');
    expect(code, err).toBe(0);
  }
});

/** Reads a run, one file of which is this text meanwhile, and draws its page. */
const reported = async (run: string, file: string, text: string): Promise<unknown> => {
  const path = join(run, file);
  const whole = readFileSync(path);
  writeFileSync(path, text);
  try {
    return await page(await readRun(run));
  } finally {
    writeFileSync(path, whole);
  }
};

describe('the report of a run', () => {
  it.each(['run.json', 'metrics.jsonl', 'looks'])(
    'with a damaged %s is drawn, or refused in a sentence',
    async (name) => {
      for (const run of chosen(`damaged ${name}`, [images, numbers], 1)) {
        const file =
          name === 'looks' ? join(name, readdirSync(join(run, name)).find((n) => n.endsWith('.json')) ?? '') : name;
        const whole = readFileSync(join(run, file), 'utf8');
        const [first = '', ...rest] = name === 'metrics.jsonl' ? whole.split('\n') : [whole];
        const told = new Set<string>();
        for (const { what, text } of mutants(first, 25)) {
          const sentence = await survived(`${file} ${what}`, () => reported(run, file, [text, ...rest].join('\n')));
          if (sentence !== undefined) told.add(sentence);
        }
        expect(told.size).toBeGreaterThan(5);
        for (const sentence of told)
          expect(sentence).toContain(name === 'metrics.jsonl' ? 'metrics.jsonl, line 1: ' : name);
      }
    },
  );

  it('says which line, which place in it, and what to do', async () => {
    const metrics = readFileSync(join(images, 'metrics.jsonl'), 'utf8');
    const [first = '', second = ''] = metrics.split('\n');
    const broken = [first, second.replace('"epoch":2', '"epoch":"two"'), ''].join('\n');
    await expect(reported(images, 'metrics.jsonl', broken)).rejects.toThrow(
      /metrics\.jsonl, line 2: expected epoch to be a whole number, got "two"; remove the line, or copy the file again$/,
    );
    await expect(reported(images, 'run.json', '{}')).rejects.toThrow(
      /run\.json: expected library to be text, got nothing; copy the folder again, or train again$/,
    );
  });

  it('leaves out a last line that was being written', async () => {
    const metrics = readFileSync(join(images, 'metrics.jsonl'), 'utf8');
    await expect(reported(images, 'metrics.jsonl', metrics.slice(0, -20))).resolves.toContain('not finished: epoch 2');
  });
});

describe('a run that is to be resumed', () => {
  it('with damaged options is refused in a sentence, or has those that can be read', async () => {
    const path = join(images, 'run.json');
    const whole = readFileSync(path, 'utf8');
    const record = { ...JSON.parse(whole), flags: { seed: 3, learningRate: 0.01, engine: 'auto', epochs: 2 } };
    const run = await openRun(images);
    try {
      for (const { what, text } of mutants(JSON.stringify({ flags: record.flags, began: record.began }))) {
        writeFileSync(path, text);
        await survived(what, () => run.flags());
      }
      for (const [flags, sentence] of [
        [{ seed: 'x' }, 'flags.seed to be a whole number, got "x"'],
        [{ learningRate: '1' }, 'flags.learningRate to be a number above 0, got "1"'],
        [{ epochs: 0 }, 'flags.epochs to be a whole number of at least 1, got 0'],
      ] as const) {
        writeFileSync(path, JSON.stringify({ ...record, flags }));
        await expect(run.flags()).rejects.toThrow(`${path}: expected ${sentence}; leave out --resume`);
      }
    } finally {
      writeFileSync(path, whole);
      await run.close();
    }
  });
});
