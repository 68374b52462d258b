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
  transformerDecoder,
  transformerEncoder,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';

// As in ACTOR (Petrovich, Black and Varol, 2021): two tokens of the class become mean and log-variance, and positions ask what
// there is at each step. Sequences end at any step.
const [STEPS, CHANNELS] = [6, 4] as const;
const options = { layers: 1, heads: 2, feed: 16, activation: gelu } as const;
const motion = cvae({
  condition: { kind: categorical('up', 'down') },
  target: normal(STEPS, CHANNELS, { sigma: 'learned', mask: true }),
  latent: 8,
  recognition: ({ y, kind, mask }) => {
    const tokens = stack(kind.pipe(dense(8)), kind.pipe(dense(8)));
    const seen = add(concatAt(0)(tokens, y.pipe(each(dense(8)))), positions(8, 8));
    const exists = concat(constant([2], 1), mask.pipe(reduceMax(1)));
    const encoded = seen.pipe(transformerEncoder({ ...options, mask: exists }));
    return { mean: encoded.pipe(at(0)), logVar: encoded.pipe(at(1)) };
  },
  decoder: ({ z, kind }) => {
    const of = stack(z.pipe(dense(8)), kind.pipe(dense(8)));
    const decoded = positions(STEPS, 8).pipe(transformerDecoder({ ...options, of }));
    return { mean: decoded.pipe(each(dense(CHANNELS))), logVar: decoded.pipe(each(dense(CHANNELS))) };
  },
});

/** Lines that rise or fall, of 4 to 6 steps; what follows holds anything. */
const examples = Array.from({ length: 48 }, (_, i) => {
  const steps = 4 + (i % 3);
  return {
    kind: i % 2 === 0 ? 'up' : 'down',
    y: Array.from({ length: STEPS * CHANNELS }, (__, j) => {
      const [step, channel] = [Math.floor(j / CHANNELS), j % CHANNELS];
      return step < steps ? (i % 2 === 0 ? 1 : -1) * (step - 2.5) + channel / 10 + (i % 5) / 10 : 1e6;
    }),
    mask: Array.from({ length: STEPS * CHANNELS }, (__, j) => (j < steps * CHANNELS ? 1 : 0)),
  };
});

test('a transformer learns sequences of several lengths with onnxruntime, and does in files what it has learned', async () => {
  const { weights } = await train(motion, examples, {
    epochs: 25,
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
  for (const [kind, direction] of [
    ['up', 1],
    ['down', -1],
  ] as const) {
    const { data } = await exported.sample({ kind }, { count: 20, seed: 1 });
    const rise = Array.from({ length: 20 }, (_, n) => (data[n * 24 + 20] ?? NaN) - (data[n * 24] ?? NaN));
    // From the first step to the sixth.
    expect(Math.min(...rise.map((r) => r * direction))).toBeGreaterThan(2);
  }
  await exported.close();
  rmSync(folder, { recursive: true });
});
