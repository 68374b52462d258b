import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { categorical, concat, cvae, dense, flatten, gaussian, normal, reshape, where } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { iwae, train } from 'cvae-compile/train';
import { open } from 'cvae-compile/runtime';
import { decode } from '../../src/onnx/decode.ts';

/** The inputs of the recognition file of a folder. */
const inputsOf = (folder: string): string[] =>
  decode(readFileSync(join(folder, 'recognition.onnx'))).graph.inputs.map(({ name }) => name);

const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'mask-'));
  try {
    await run(join(folder, 'out'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('a recognition network is given the mask of the target, in training, evaluation and its file', () =>
  inFolder(async (out) => {
    const model = cvae({
      condition: { kind: categorical(2) },
      target: normal(4, { mask: true }),
      latent: 2,
      recognition: ({ y, mask, kind }) => concat(where(mask, y, 0), mask, kind).pipe(dense(8), gaussian(2)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
    });
    const examples = (missing: number) =>
      Array.from({ length: 24 }, (_, i) => ({
        kind: i % 2,
        y: [0, 1, 2, 3].map((k) => ((i + k) % 3 === 0 ? missing : Math.sin(i + k))),
        mask: [0, 1, 2, 3].map((k) => ((i + k) % 3 === 0 ? 0 : 1)),
      }));
    const once = async (missing: number) =>
      train(model, examples(missing), { epochs: 2, batch: 8, seed: 1, objective: iwae(3) });
    const [zeros, fill] = [await once(0), await once(1e30)];
    // What is missing may be any number: the network that knows which sees none of it.
    expect(fill.epochs.at(-1)?.train).toEqual(zeros.epochs.at(-1)?.train);
    await exportModel(model, zeros.weights, { out, recognition: true, evaluationSamples: 10 });
    expect(inputsOf(out).toSorted()).toEqual(['kind', 'mask', 'y']);
    const opened = await open(out);
    expect((await opened.sample({ kind: 1 })).data).toHaveLength(4);
    await opened.close();
  }));

test('a mask of classes has the shape of y, as networks see it', () =>
  inFolder(async (out) => {
    const model = cvae({
      condition: {},
      target: categorical(3, { at: [4], mask: true }),
      latent: 2,
      recognition: ({ y, mask }) => concat(y, mask).pipe(flatten, dense(8), gaussian(2)),
      decoder: ({ z }) => z.pipe(dense(12), reshape(4, 3)),
    });
    const examples = Array.from({ length: 16 }, (_, i) => ({
      y: [0, 1, 2, i % 3],
      mask: [1, 1, i % 2, 0],
    }));
    const { weights } = await train(model, examples, { epochs: 1, batch: 8 });
    await exportModel(model, weights, { out, recognition: true });
    expect(inputsOf(out).toSorted()).toEqual(['mask', 'y']);
  }));

test('a network that does not read the mask has no such input, and none is there without a mask', () =>
  inFolder(async (out) => {
    const definition = (mask: boolean, reads: boolean) =>
      cvae({
        condition: { kind: categorical(2) },
        target: normal(4, { mask }),
        latent: 2,
        recognition: (given) => (reads ? given.mask : given.y).pipe(dense(2), gaussian(2)),
        decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
      });
    const examples = Array.from({ length: 8 }, (_, i) => ({ kind: i % 2, y: [i, 1, 2, 3], mask: [1, 1, 1, 0] }));
    const model = definition(true, false);
    const { weights } = await train(model, examples, { epochs: 1, batch: 8 });
    await exportModel(model, weights, { out, recognition: true });
    expect(inputsOf(out)).toEqual(['y']);
    expect(() => definition(false, true)).toThrow(
      'recognition: expected one of y, kind, got mask; give the target mask: true, or leave it out',
    );
  }));
