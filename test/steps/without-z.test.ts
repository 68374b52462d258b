import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { categorical, concat, constant, cvae, dense, relu, steps } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { gsnn, train } from 'cvae-compile/train';

const folder = mkdtempSync(join(tmpdir(), 'without-z-'));
afterAll(() => rmSync(folder, { recursive: true }));

// What the error for a predictor with steps says to write instead.
it('a decoder of steps that leaves z out is a sequence model, which trains without recognition', async () => {
  const word = categorical(4, { at: [5], end: 3 });
  const model = cvae({
    condition: { topic: categorical(2) },
    target: word,
    latent: 1,
    decoder: ({ topic }) =>
      steps(word, { start: constant([4], 0), state: topic.pipe(dense(16)) }, ({ previous, state }) => {
        const next = concat(previous, state).pipe(dense(16), relu);
        return { out: next.pipe(dense(4)), state: next };
      }),
  });
  // Each topic has one word.
  const words = [
    [0, 1, 0, 3, 3],
    [2, 1, 3, 3, 3],
  ];
  const rows = Array.from({ length: 64 }, (_, i) => ({ topic: i % 2, y: words[i % 2] ?? [] }));
  const options = { objective: gsnn(), epochs: 60, batch: 16, learningRate: 1e-2, seed: 1, engine: 'onnx' } as const;
  const { weights } = await train(model, rows, options);
  await exportModel(model, weights, { out: join(folder, 'onnx') });
  await using opened = await open<typeof model>(join(folder, 'onnx'));
  const { data } = await opened.sample({ topic: [0, 1] }, { count: 1, seed: 1, draw: true });
  expect([...data]).toEqual(words.flat());
});
