import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  cvae,
  dense,
  flatten,
  gaussian,
  heads,
  normal,
  reshape,
  where,
  zeroInflated,
  logNormal,
  type Tensor,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { engineOf, evaluate, iwae, train, type TrainingEngine } from 'cvae-compile/train';
import { open, readManifest } from 'cvae-compile/runtime';
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
        target: bernoulli(4, { mask }),
        latent: 2,
        // As from JavaScript: the type has a mask only where the target has one for certain.
        recognition: (given: { readonly y: Tensor<[4]>; readonly mask?: Tensor<[4]> }) =>
          ((reads ? given.mask : undefined) ?? given.y).pipe(dense(2), gaussian(2)),
        decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
      });
    const examples = Array.from({ length: 8 }, (_, i) => ({ kind: i % 2, y: [i % 2, 1, 0, 1], mask: [1, 1, 1, 0] }));
    const model = definition(true, false);
    const { weights } = await train(model, examples, { epochs: 1, batch: 8 });
    await exportModel(model, weights, { out, recognition: true });
    expect(inputsOf(out)).toEqual(['y']);
    expect(() => definition(false, true)).toThrow(
      'recognition: expected one of y, kind, got mask; give the target mask: true, or leave it out',
    );
  }));

describe('masks of several targets', () => {
  const targets = {
    rain: zeroInflated(logNormal(1, { mask: true })),
    temperature: normal(2),
    sky: categorical(3, { at: [2], mask: true }),
  };
  const model = cvae({
    condition: { kind: categorical(2) },
    target: targets,
    latent: 2,
    recognition: ({ y, mask, kind }) => {
      const sky = where(mask.sky, y.sky, 0).pipe(flatten);
      return concat(where(mask.rain, y.rain, 0), mask.rain, sky, y.temperature, kind).pipe(dense(8), gaussian(2));
    },
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), heads(targets)),
  });

  /** Examples of which some, or all, lack rain or a sky, in place of which they have anything. */
  const examples = (missing: { readonly rain: number; readonly sky: number }, all = false) =>
    Array.from({ length: 24 }, (_, i) => {
      const [dry, dark] = [all || i % 3 === 0, all || i % 4 === 0];
      return {
        kind: i % 2,
        rain: dry ? missing.rain : i % 5,
        rain_mask: dry ? 0 : 1,
        temperature: [Math.sin(i), Math.cos(i)],
        sky: [i % 3, dark ? missing.sky : (i + 1) % 3],
        sky_mask: [all ? 0 : 1, dark ? 0 : 1],
      };
    });
  const once = async (data: ReturnType<typeof examples>, engine?: TrainingEngine) =>
    train(model, data, { epochs: 2, batch: 8, seed: 1, validation: 0, ...(engine && { engine }) });

  test('what they leave out may be anything, and does not affect the loss, on both engines', async () => {
    const zeros = await once(examples({ rain: 0, sky: 0 }), await engineOf('onnx'));
    const others = await once(examples({ rain: 1e6, sky: 2 }), await engineOf('onnx'));
    expect(others.epochs.at(-1)?.train).toEqual(zeros.epochs.at(-1)?.train);
    const other = await once(examples({ rain: 0, sky: 0 }), await engineOf('tfjs'));
    for (const [name, value] of Object.entries(other.epochs.at(-1)?.train ?? {}))
      expect(zeros.epochs.at(-1)?.train[name], name).toBeCloseTo(value, 3);
    const none = (await once(examples({ rain: 3, sky: 1 }, true))).epochs[0]?.train ?? {};
    expect([none['reconstruction_rain'], none['reconstruction_sky']]).toEqual([0, 0]);
    expect(none['reconstruction']).toBeCloseTo(none['reconstruction_temperature'] ?? NaN, 4);
  });

  test('are inputs of files, and evaluated with', () =>
    inFolder(async (out) => {
      const { weights } = await once(examples({ rain: 0, sky: 0 }));
      const [some, none] = await Promise.all(
        [examples({ rain: 7, sky: 1 }), examples({ rain: 7, sky: 1 }, true)].map((data) =>
          evaluate(model, weights, data, { samples: 5, seed: 1 }),
        ),
      );
      expect(none?.negativeElbo).toBeLessThan(some?.negativeElbo ?? NaN);
      await exportModel(model, weights, { out, recognition: true, evaluationSamples: 4 });
      expect(inputsOf(out).toSorted()).toEqual(['kind', 'rain', 'rain_mask', 'sky', 'sky_mask', 'temperature']);
      const { files, target } = await readManifest(out);
      expect(files.evaluation?.inputs).toMatchObject({ rain_mask: [1], sky_mask: [2], sky: [2, 3] });
      expect([target.targets?.['rain']?.mask, target.targets?.['temperature']?.mask]).toEqual([true, undefined]);
    }));

  test('are asked for where they are missing, and refused where no target takes them', async () => {
    const without = { kind: [0], rain: [1], rain_mask: [1], temperature: [[1, 2]], sky: [[0, 1]] };
    await expect(train(model, without, { epochs: 1 })).rejects.toThrow(
      "expected a column sky_mask, which sky takes, got kind, rain, rain_mask, temperature, sky; give one of sky's shape",
    );
    const more = { ...without, sky_mask: [[1, 1]], temperature_mask: [[1, 1]] };
    await expect(train(model, more, { epochs: 1 })).rejects.toThrow(
      'expected no temperature_mask, which temperature does not take, got one; write { mask: true } in temperature',
    );
    expect(() =>
      cvae({
        condition: {},
        target: targets,
        latent: 2,
        // As from JavaScript, which has no types.
        recognition: ({ mask }) => (mask as unknown as Record<string, Tensor<[2]>>)['temperature']!.pipe(gaussian(2)),
        decoder: ({ z }) => z.pipe(heads(targets)),
      }),
    ).toThrow('recognition, mask: expected one of rain, sky, got temperature; use what it is given');
  });
});
