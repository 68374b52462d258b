import { expect, test } from 'vitest';
import { resolve } from '../../src/graph/resolve.ts';
import { continuous, dense, gaussian, normal, predictor, squaredError, type Tensor } from '../../src/index.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { engines, open, runOnnx, runTfjs } from '../../src/testing/engines.ts';
import { likelihood } from '../../src/train/objectives/likelihood.ts';

const x = continuous(3);
const learned = normal(4, { sigma: 'learned', mask: true });
const models = {
  normal: predictor({
    condition: { x },
    target: normal(4, { mask: true }),
    network: ({ x }: { readonly x: Tensor<[3]> }) => x.pipe(dense(4)),
  }),
  'normal of a learned σ': predictor({ condition: { x }, target: learned, network: ({ x }) => x.pipe(gaussian(4)) }),
  squaredError: predictor({
    condition: { x },
    target: squaredError(4, { mask: true }),
    network: ({ x }: { readonly x: Tensor<[3]> }) => x.pipe(dense(4)),
  }),
};

// 9.97e36 is what netCDF files have where a value is missing; its square overflows float32, and infinity times 0 is NaN.
test.each(Object.entries(models))('what a mask leaves out of a %s target may be anything', async (_, model) => {
  const graph = resolve(likelihood().body(model), { mode: 'train' });
  const weights = drawnWeights(graph.params, 1);
  const given = (missing: number) => ({
    x: { shape: [2, 3], data: [1, 2, 3, -1, 0, 1] },
    y: { shape: [2, 4], data: [1, missing, 0.5, missing, missing, 2, -1, 0] },
    mask: { shape: [2, 4], data: [1, 0, 1, 0, 0, 1, 1, 1] },
  });
  const { tfjs, onnx } = await engines();
  for (const run of [
    async (missing: number) => runTfjs(tfjs, graph, given(missing), weights),
    async (missing: number) =>
      onnx && (await runOnnx(onnx, open(graph), [{ ...given(missing), ...Object.fromEntries(weights) }]))[0],
  ]) {
    const [zero, fill] = [await run(0), await run(9.969209968386869e36)];
    const loss = zero?.values['loss']?.data[0];
    expect(loss).toBeGreaterThan(0);
    expect(fill?.values['loss']?.data[0]).toBe(loss);
  }
});
