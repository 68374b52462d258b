import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
import { train, type TrainingLogger } from 'cvae-compile/train';
import { load } from '../../src/cli/load.ts';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';

const folder = temporary();
const model = cvae({
  condition: { kind: categorical(2) },
  target: normal(1),
  latent: 1,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(1)),
});
const rows = Array.from({ length: 80 }, (_, i) => ({ kind: i % 2, y: [i % 7] }));

describe('loggers', () => {
  test('are informed of the run, of each epoch and of the end, in this order', async () => {
    const told: string[] = [];
    const logger: TrainingLogger = {
      begin: ({ options, seed }) => void told.push(`begin ${options['epochs']} ${seed}`),
      epoch: async ({ epoch, train: { loss } }) => void told.push(`epoch ${epoch} ${Number.isFinite(loss)}`),
      end: (result) => void told.push(`end ${Reflect.get(result, 'stopped')}`),
    };
    await train(model, rows, { run: join(folder, 'told'), epochs: 2, seed: 4, loggers: [logger], report: false });
    expect(told).toEqual(['begin 2 4', 'epoch 1 true', 'epoch 2 true', 'end finished']);
  });

  test('cannot end a run: what they throw is a warning', async () => {
    const out = join(folder, 'bad');
    const bad: TrainingLogger = { name: 'to the moon', epoch: () => Promise.reject(new Error('no signal')) };
    const { epochs } = await train(model, rows, { run: out, epochs: 2, loggers: [bad], report: false });
    expect(epochs).toHaveLength(2);
    expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8')).toContain(
      'warning: the logger to the moon could not be made (no signal); the run continues without',
    );
  });

  test('and callbacks may be in a definition', async () => {
    const path = join(folder, 'model.ts');
    const to = join(folder, 'told.txt');
    writeFileSync(
      path,
      `${SMALL.replace(/export const training[^;]*;/, '')}
import { appendFileSync } from 'node:fs';
const tell = (line: string) => appendFileSync(${JSON.stringify(to)}, line + '\\n');
export const training = {
  epochs: 2,
  onEpoch: ({ epoch }) => tell('onEpoch ' + epoch),
  loggers: [{ epoch: ({ epoch }) => tell('logger ' + epoch), end: ({ stopped }) => tell(stopped) }],
};
`,
    );
    expect((await load(path)).loggers).toHaveLength(1);
    const { code, err } = await cli('train', path, '--out', join(folder, 'run'), '--no-report');
    expect(code, err).toBe(0);
    expect(readFileSync(to, 'utf8').trim().split('\n')).toEqual([
      'logger 1',
      'onEpoch 1',
      'logger 2',
      'onEpoch 2',
      'finished',
    ]);
  });

  test('are refused if they are not loggers, and without a run', async () => {
    await expect(
      train(model, rows, { run: join(folder, 'no'), loggers: [{ epochs: () => 1 }] as never }),
    ).rejects.toThrow(
      'train: expected a list of loggers, { begin, epoch, notice, end }, as loggers, got an array of 1',
    );
    await expect(train(model, rows, { loggers: [] })).rejects.toThrow(
      'train: expected options that have an effect, got loggers without run; leave it out',
    );
  });
});
