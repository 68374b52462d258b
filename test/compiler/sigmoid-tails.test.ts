import { expect, it } from 'vitest';
import { bernoulli, continuous, predictor } from 'cvae-compile';
import { compile, type CompiledFile } from 'cvae-compile/compiler';
import { loadAny } from '../../src/runtime/ort-node.ts';

// What docs/parity.md says of the means of coins whose log-odds are far from 0: they are off by 1.2e-7, which is all of a small one.
// Likelihoods, which are of log-odds, are right.

const LOGITS = Array.from({ length: 1201 }, (_, i) => Math.fround((i - 600) / 10));
const size = LOGITS.length;
/** Log-odds are what it is given. */
const model = predictor({ condition: { x: continuous(size) }, target: bernoulli(size), network: ({ x }) => x });
const scaling = (value: number) => ({ shape: [size], data: new Float32Array(size).fill(value) });
const weights = new Map([
  ['scaling/x/mean', scaling(0)],
  ['scaling/x/deviation', scaling(1)],
]);
const { files } = compile(model, weights, { evaluationSamples: 1 });

const sigma = (l: number): number => 1 / (1 + Math.exp(-l));
/** −log p(y) of a coin that shows 1. */
const surprise = (l: number): number => Math.log1p(Math.exp(-Math.abs(l))) + Math.max(-l, 0);

it.each([
  ['cpu', 'auto'],
  ['wasm', 'wasm'],
] as const)(
  'means are off by no more than 1.2e-7, and likelihoods right, in onnxruntime (%s)',
  async (provider, backend) => {
    const { ort } = await loadAny(backend);
    const run = async (file: CompiledFile | undefined, given: Readonly<Record<string, Float32Array>>) => {
      if (!file) return expect.unreachable();
      const session = await ort.InferenceSession.create(file.bytes, {
        executionProviders: [provider],
        intraOpNumThreads: 1,
      });
      const feeds = Object.entries(given).map(
        ([name, data]) => [name, new ort.Tensor('float32', data, [1, size])] as const,
      );
      const found = await session.run(Object.fromEntries(feeds)).finally(() => session.release());
      // These files give float32 alone.
      return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data as Float32Array]));
    };
    const x = Float32Array.from(LOGITS);
    const { y = new Float32Array() } = await run(files.predictor, { x });
    const off = LOGITS.map((l, i) => Math.abs((y[i] ?? NaN) - sigma(l)));
    expect(Math.max(...off)).toBeLessThan(1.2e-7);
    // So that these are 0 and 1, whose logarithm would be infinite.
    expect([...y].filter((_, i) => Math.abs(LOGITS[i] ?? 0) > 18.5).every((mean) => mean === 0 || mean === 1)).toBe(
      true,
    );

    const { deterministic } = await run(files.evaluation, { x, y: new Float32Array(size).fill(1) });
    const whole = LOGITS.reduce((sum, l) => sum + surprise(l), 0);
    expect(Math.abs((deterministic?.[0] ?? NaN) / whole - 1)).toBeLessThan(1e-6);
  },
);
