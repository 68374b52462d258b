import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  add,
  at,
  categorical,
  concat,
  concatAt,
  constant,
  cvae,
  dense,
  each,
  gelu,
  normal,
  positions,
  reduceMax,
  stack,
  transformerEncoder,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';

// As in ACTOR (Petrovich, Black and Varol, 2021), two tokens of the class become mean and log-variance. Sequences end at any step.
const [STEPS, CHANNELS] = [6, 4] as const;
const options = { layers: 1, heads: 2, feed: 16, activation: gelu } as const;
const motion = cvae({
  condition: { kind: categorical('high', 'low') },
  target: normal(STEPS, CHANNELS, { sigma: 0.3, mask: true }),
  latent: 8,
  recognition: ({ y, kind, mask }) => {
    const tokens = stack(kind.pipe(dense(8)), kind.pipe(dense(8)));
    const seen = add(concatAt(0)(tokens, y.pipe(each(dense(8)))), positions(8, 8));
    const exists = concat(constant([2], 1), mask.pipe(reduceMax(1)));
    const encoded = seen.pipe(transformerEncoder({ ...options, mask: exists }));
    return { mean: encoded.pipe(at(0)), logVar: encoded.pipe(at(1)) };
  },
  decoder: ({ z, kind }) =>
    add(positions(STEPS, 8), concat(z, kind).pipe(dense(8))).pipe(
      transformerEncoder({ ...options, causal: true }),
      each(dense(CHANNELS)),
    ),
});

/** Lines that rise by 1 a step from a high or a low first value, for 4 to 6 steps; what follows holds anything. */
const examples = Array.from({ length: 48 }, (_, i) => {
  const steps = 4 + (i % 3);
  return {
    kind: i % 2 === 0 ? 'high' : 'low',
    y: Array.from({ length: STEPS * CHANNELS }, (__, j) => {
      const [step, channel] = [Math.floor(j / CHANNELS), j % CHANNELS];
      return step < steps ? (i % 2 === 0 ? 2 : -2) + step + channel / 10 + (i % 5) / 10 : 1e6;
    }),
    mask: Array.from({ length: STEPS * CHANNELS }, (__, j) => (j < steps * CHANNELS ? 1 : 0)),
  };
});

test('a transformer learns sequences of several lengths with onnxruntime, and does in files what it has learned', async () => {
  const { weights } = await train(motion, examples, {
    epochs: 8,
    batch: 8,
    learningRate: 0.01,
    seed: 1,
    engine: 'onnx',
  });
  const folder = mkdtempSync(join(tmpdir(), 'transformer-'));
  const out = join(folder, 'out');
  // Compares the files with the reference, in float64.
  await exportModel(motion, weights, { out });
  const exported = await open(out);
  for (const [kind, first] of [
    ['high', 2],
    ['low', -2],
  ] as const) {
    const { data } = await exported.sample({ kind }, { count: 20, seed: 1 });
    // The mean of all samples at each step.
    const line = Array.from({ length: STEPS }, (_, step) => {
      const values = [...data].filter((__, i) => Math.floor(i / CHANNELS) % STEPS === step);
      return values.reduce((a, b) => a + b) / values.length;
    });
    line.forEach((value, step) => expect(Math.abs(value - (first + step + 0.35))).toBeLessThan(1.5));
  }
  await exported.close();
  rmSync(folder, { recursive: true });
});
