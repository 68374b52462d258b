import { describe, expect, test } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { onnxruntime } from '../../src/export/engine.ts';
import { tensors } from '../../src/export/first-difference.ts';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';
import { fromHalf } from '../../src/float16.ts';
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from '../../src/index.ts';
import { loadOrt } from '../../src/runtime/ort-node.ts';
import { MODELS } from './models.ts';
import { difference } from './numbers.ts';
import { trainedWeights } from './weights.ts';

const small = cvae({
  condition: { kind: categorical(3) },
  target: bernoulli(16),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(32), relu, dense(16)),
});
const weights = trainedWeights(small);
const half = () => compile(small, weights, { precision: 'float16', sampler: true });

describe('weights in float16', () => {
  test('are those that are many, each with a Cast to float32; all else is as it was', () => {
    const [found, whole] = [half().files.decoder, compile(small, weights).files.decoder];
    if (!found || !whole) throw new Error('no decoder');
    const types = [...found.model.graph.initializers].map(([name, { dtype }]) => [name, dtype]);
    expect(types).toEqual([
      ['decoder/dense_1/kernel/float16', 'float16'],
      ['decoder/dense_1/bias', 'float32'],
      ['decoder/dense_2/kernel/float16', 'float16'],
      ['decoder/dense_2/bias', 'float32'],
    ]);
    const [first, second, ...rest] = found.model.graph.nodes;
    expect([first?.op, second?.op, first?.outputs]).toEqual(['Cast', 'Cast', ['decoder/dense_1/kernel']]);
    expect(rest).toEqual(whole.model.graph.nodes);
    expect(found.model.graph.inputs).toEqual(whole.model.graph.inputs);
    const stored = found.model.graph.initializers.get('decoder/dense_1/kernel/float16')?.data ?? [];
    const kernel = weights.get('decoder/dense_1/kernel')?.data ?? [];
    for (const [i, weight] of kernel.entries())
      expect(Math.abs(fromHalf(Number(stored[i])) - weight)).toBeLessThanOrEqual(Math.abs(weight) / 2048);
  });

  test('take half the room, to the same bytes each time', () => {
    const model = MODELS['digits'];
    if (!model) throw new Error('no digits');
    const own = trainedWeights(model);
    const sizes = (['float32', 'float16'] as const).map(
      (precision) => compile(model, own, { precision }).files.decoder?.bytes.length ?? NaN,
    );
    expect((sizes[1] ?? NaN) / (sizes[0] ?? NaN)).toBeLessThan(0.51);
    expect(half().files.sampler?.bytes).toEqual(half().files.sampler?.bytes);
  });

  test('cost what the manifest says, compared with float32', () => {
    const { manifest, files } = half();
    const losses = manifest.precision?.losses ?? {};
    expect(manifest.precision?.weights).toBe('float16');
    expect(Object.keys(losses)).toEqual(['decoder', 'sampler']);
    const listed = manifest.files.decoder;
    const whole = compile(small, weights).files.decoder;
    if (!listed || !files.decoder || !whole) throw new Error('no decoder');
    const inputs = tensors(realisticInputs(manifest, listed, 4));
    const apart = difference(files.decoder.model.graph, whole.model.graph, inputs);
    expect(losses.decoder).toBeGreaterThan(1e-6);
    expect(losses.decoder).toBeLessThan(5e-4);
    // Probabilities: b is from 0 to 1, so that |a − b| is at most twice as much.
    expect(apart).toBeGreaterThanOrEqual((losses.decoder ?? NaN) * 0.95);
    expect(apart).toBeLessThanOrEqual((losses.decoder ?? NaN) * 2.1);
    expect(compile(small, weights).manifest.precision).toBeUndefined();
  });

  test('carry an example of what they give themselves, so that a file proves itself within 1e-5', async () => {
    const engine = onnxruntime(await loadOrt(), 'onnxruntime-node');
    const { decoder } = half().files;
    const example: { inputs: Record<string, number[]>; outputs: { y: number[] } } = JSON.parse(
      decoder?.model.metadata['cvae.selfTest'] ?? '',
    );
    const loaded = await engine.load(decoder?.bytes ?? new Uint8Array());
    const inputs = Object.entries(example.inputs).map(
      ([name, values]) => [name, { data: Float32Array.from(values), shape: [1, values.length] }] as const,
    );
    const { y } = await loaded.run(Object.fromEntries(inputs));
    await loaded.release();
    for (const [i, expected] of example.outputs.y.entries())
      expect(Math.abs((y?.data[i] ?? NaN) - expected)).toBeLessThan(1e-5);
  });

  test('are refused where one is too large for it, with its name', () => {
    const kernel = weights.get('decoder/dense_2/kernel');
    if (!kernel) throw new Error('no kernel');
    const withWeight = (value: number) =>
      compile(
        small,
        new Map([...weights, ['decoder/dense_2/kernel', { ...kernel, data: kernel.data.with(7, value) }]]),
        { precision: 'float16' },
      );
    expect(() => withWeight(-70_000)).toThrow(
      'decoder: expected weights from -65504 to 65504, which float16 can hold, got -70000 in decoder/dense_2/kernel; export it as fp32',
    );
    expect(withWeight(65_519).files.decoder).toBeDefined();
  });
});
