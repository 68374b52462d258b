import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  bidirectional,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  expand,
  gaussian,
  gru,
  lstm,
  normal,
  reshape,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { decode } from '../../src/onnx/decode.ts';
import { chosen } from '../support/chosen.ts';

/** A model of series of 6 steps, some of which are missing for some examples. */
test.each(chosen('precisions of recurrent models', ['float32', 'float16'] as const, 1))(
  "a recurrent model trains, and exports in %s as ONNX's own operators",
  async (precision) => {
    const model = cvae({
      condition: { start: continuous(2), there: continuous(6) },
      target: normal(12),
      latent: 2,
      recognition: ({ y, there }) =>
        reshape(6, 2)(y).pipe(bidirectional(lstm(4, { mask: there, last: true })), gaussian(2)),
      decoder: ({ z, start }) =>
        concat(z, start).pipe(expand(6), gru(5, { initial: constant([5], 0.1) }), lstm(3), reshape(18), dense(12)),
    });
    const examples = Array.from({ length: 20 }, (_, i) => ({
      start: [i / 20, 1],
      there: [1, 1, 1, i % 2, 1, 0],
      y: Array.from({ length: 12 }, (_, k) => Math.sin(i + k)),
    }));
    const { weights } = await train(model, examples, { epochs: 2, batch: 8, seed: 1, scaling: false });
    const folder = mkdtempSync(join(tmpdir(), 'rec-'));
    await exportModel(
      model,
      weights,
      precision === 'float16'
        ? { out: join(folder, 'out'), precision }
        : { out: join(folder, 'out'), training: true, evaluationSamples: 10 },
    );
    const m = await open(join(folder, 'out'));
    expect((await m.selfTest()).passed).toBe(true);
    const { graph } = decode(readFileSync(join(folder, 'out', 'decoder.onnx')));
    const operators = graph.nodes.map(({ op }) => op);
    expect(operators).toEqual(expect.arrayContaining(['GRU', 'LSTM']));
    expect(operators).not.toContain('Scan');
    const { data } = await m.sample({ start: [0.5, 1], there: [1, 1, 1, 1, 1, 0] }, { count: 3, seed: 1 });
    expect(Array.from(data).every(Number.isFinite)).toBe(true);
    await m.close();
    rmSync(folder, { recursive: true });
  },
);
