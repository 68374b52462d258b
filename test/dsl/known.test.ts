import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { anyPart, categorical, concat, cvae, gaussian, heads, hurdle, mlp, normal, normalScores } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { normals, stream } from '../../src/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe('a target of which any part may be known', () => {
  test('is drawn given that part: two numbers with a correlation of 0.9', async () => {
    const model = cvae({
      condition: {},
      target: normal(2, { sigma: 'learned' }),
      latent: 1,
      known: anyPart(),
      prior: ({ known, known_mask }) => concat(known, known_mask).pipe(mlp([32]), gaussian(1)),
      recognition: ({ y, known, known_mask }) => concat(y, known, known_mask).pipe(mlp([32]), gaussian(1)),
      decoder: ({ z, known, known_mask }) => {
        const h = concat(z, known, known_mask).pipe(mlp([32]));
        return heads({ y: normal(2, { sigma: 'learned' }) })(h).y;
      },
    });
    const noise = normals(stream(1, 'pairs'), 4000, 2);
    const y = Array.from({ length: 4000 }, (_, i) => {
      const [a = 0, b = 0] = noise.subarray(2 * i, 2 * i + 2);
      return [10 + 2 * a, 5 * (0.9 * a + Math.sqrt(1 - 0.81) * b)];
    });
    const { weights } = await train(model, { y }, { epochs: 30, seed: 1, engine: 'onnx' });
    const out = join(folder, 'pairs');
    await exportModel(model, weights, { out });
    const opened = await open<typeof model>(out);
    const { data } = await opened.sample({ known: [13, null] }, { count: 4000, seed: 2, draw: true });
    const second = data.filter((_, i) => i % 2 === 1);
    // E = 5·0.9·1.5, σ = 5·√(1 − 0.81).
    console.error(mean(second), Math.sqrt(mean(second.map((v) => (v - mean(second)) ** 2))));
    const pr = await opened.prior({ known: [13, null] });
    console.error(pr.mean.data, pr.logVar.data);
    const zero = await opened.decode([[-2], [0], [2]], { known: [13, null] });
    console.error(zero.data, zero.logVar, opened.signature.conditions);
    const free = await opened.sample({}, { count: 4000, seed: 2, draw: true });
    const s = free.data.filter((_, i) => i % 2 === 1);
    console.error(mean(s), Math.sqrt(mean(s.map((v) => (v - mean(s)) ** 2))));
    await opened.close();
  });

  test('is one of several targets', async () => {
    const target = {
      rain: hurdle(normalScores(1), { masses: 1 }),
      temp: normal(1, { sigma: 'learned' }),
      sky: categorical('clear', 'rain'),
    };
    const model = cvae({
      condition: { month: categorical(12) },
      target,
      latent: 2,
      known: anyPart({ by: ['element', 'target'] }),
      prior: ({ month, known }) =>
        concat(month, known.rain, known.rain_mask, known.temp, known.temp_mask, known.sky, known.sky_mask).pipe(
          mlp([32]),
          gaussian(2),
        ),
      recognition: ({ y, month, known }) =>
        concat(y.rain, y.temp, y.sky, month, known.rain_mask, known.temp_mask, known.sky_mask).pipe(
          mlp([32]),
          gaussian(2),
        ),
      decoder: ({ z, month, known }) =>
        concat(z, month, known.rain, known.rain_mask, known.temp, known.temp_mask, known.sky, known.sky_mask).pipe(
          mlp([32]),
          heads(target),
        ),
    });
    const wet = (i: number): boolean => (i * 31) % 10 < 5;
    const rows = Array.from({ length: 400 }, (_, i) => ({
      month: (i * 7919) % 12,
      rain: wet(i) ? (i % 17) + 1 : 0,
      temp: i % 9 === 0 ? null : (i % 12) * 2 + (i % 5),
      sky: wet(i) ? 'rain' : 'clear',
    }));
    const { weights, validation } = await train(model, rows, { epochs: 40, seed: 1, engine: 'onnx' });
    console.error(validation);
    const out = join(folder, 'rows');
    await exportModel(model, weights, { out });
    const opened = await open<typeof model>(out);
    const { rain } = await opened.sample({ month: 3, known_sky: 'rain' }, { count: 50, seed: 2, draw: true });
    console.error(rain.data.filter((v) => v > 0).length);
    const { rain: dry } = await opened.sample({ month: 3, known_sky: 'clear' }, { count: 50, seed: 2, draw: true });
    console.error(dry.data.filter((v) => v > 0).length);
    await opened.selfTest();
    await opened.close();
  });
});
