import { describe, expect, test } from 'vitest';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import { apply, type Tensor } from '../../src/dsl/tensor.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { convolution, transposedConvolution } from '../../src/layers/convolution.ts';
import { maxPooling } from '../../src/layers/pool.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { drawnInputs, drawnWeights } from '../../src/testing/draw.ts';
import { engines, open, runOnnx, runReference } from '../../src/testing/engines.ts';
import { weighted } from '../../src/testing/gradients.ts';
import { agree } from '../../src/testing/values.ts';
import { RANKS, windowName, WINDOWS } from './windows.ts';

// The ops themselves are tried as layers are, in parity.test.ts and plain.test.ts.
describe.each(RANKS)('what trains on images of %i axes', (rank) => {
  test.each([
    ['convolutions', convolution(rank)],
    ['transposed convolutions', transposedConvolution(rank)],
  ])('%s are the same as products of matrices, which the passes make of them', async (_, op) => {
    const { onnx } = await engines();
    for (const { sides, ...window } of WINDOWS[rank]) {
      const name = windowName({ sides, ...window });
      const body = bodyOf('layer', { x: [...sides, 2] }, ({ x }) => {
        const one: Tensor = apply(op, [x as Tensor], { filters: 3, ...window });
        const two: Tensor = apply(op, [one], { filters: 2, kernel: 1, stride: 1, padding: 'same' });
        return { loss: weighted({ two }) };
      });
      const graph = resolve(body, { mode: 'train' });
      const params = drawnWeights(graph.params, 1);
      const values = { ...drawnInputs(graph, new Map(), 3, 1), ...Object.fromEntries(params) };
      const plain = differentiate(open(graph), { of: 'loss', by: ['x', ...params.keys()] });
      const optimised = optimisePortably(plain, OPSET);
      expect(optimised.nodes.map((node) => node.op)).not.toContain('Conv');
      const expected = runReference(plain, values);
      agree(name, runReference(optimised, values), expected, 1e-9);
      const [found] = onnx ? await runOnnx(onnx, optimised, [values]) : [];
      if (found) agree(name, found, expected, 1e-4);
    }
  });

  test('a window that is not said for each axis is refused, and an image of other axes', () => {
    const pool = maxPooling(rank);
    const sides = Array.from({ length: rank }, () => 4);
    const window = { kernel: 2, stride: 2, padding: 'same' } as const;
    expect(pool.shape([[...sides, 3]], window)).toEqual([...sides.map(() => 2), 3]);
    expect(() => pool.shape([[...sides, 3]], { ...window, kernel: [2, 2, 2, 2] })).toThrow(
      `expected one for each of ${rank} axes, got [2, 2, 2, 2]; give as many, or one for all`,
    );
    expect(() => pool.shape([[...sides, 1, 3]], window)).toThrow(
      /^expected \[.*, channels\], got \[.*\]; put reshape before it$/,
    );
  });
});
