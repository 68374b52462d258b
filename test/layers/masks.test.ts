import { describe, expect, it, test } from 'vitest';
import { resolve } from '../../src/graph/resolve.ts';
import {
  add,
  anyPart,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  heads,
  hurdle,
  normal,
  predictor,
  squaredError,
  type Model,
  type Tensor,
} from '../../src/index.ts';
import { inference } from '../../src/layers/inference.ts';
import { batchOf, wire } from '../../src/layers/wiring.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { engines, open, runOnnx, runTfjs } from '../../src/testing/engines.ts';
import { elbo } from '../../src/train/objectives/elbo.ts';
import { likelihood } from '../../src/train/objectives/likelihood.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { compute, type Given } from './compute.ts';

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

describe('what recognition sees where nothing is given', () => {
  const scale: Weights = new Map(
    [
      ['scaling/y/mean', 2000],
      ['scaling/y/deviation', 5],
    ].map(([name, value]) => [`${name}`, { shape: [2], data: Float32Array.of(Number(value), Number(value)) }]),
  );
  const seen = (model: Model, given: Readonly<Record<string, Given>>) =>
    compute(
      given,
      (all) => {
        const { y, mask, x } = batchOf(model, all);
        return { seen: wire(model).recognition(x, y, mask)?.mean ?? y };
      },
      scale,
    )['seen']?.map((value) => value + 0); // 0, not −0
  const year = normal(2, { mask: true });
  const decoder = ({ z }: { readonly z: Tensor<[2]> }) => z.pipe(dense(2));

  it('is the mean, which is 0, and not as many deviations from it as 0 is', () => {
    const model = cvae({
      condition: {},
      target: year,
      latent: 2,
      recognition: ({ y, mask }) => ({ mean: y, logVar: mask }),
      decoder,
    });
    const y = { shape: [2], data: [2005, 0, 1990, 1995] };
    // What does not count may be given all the same.
    expect(seen(model, { y, mask: { shape: [2], data: [1, 0, 1, 0] } })).toEqual([1, 0, -2, -1]);
    expect(seen(model, { y: { ...y, data: [0, 2000, 2010, 0] }, mask: { shape: [2], data: [1, 1, 1, 0] } })).toEqual([
      -400, 0, 2, 0,
    ]);
  });

  it('is what is known, even if it is 0', () => {
    const model = cvae({
      condition: {},
      target: normal(2),
      latent: 2,
      known: anyPart(),
      recognition: ({ y, known_mask }) => ({ mean: y, logVar: known_mask }),
      decoder: ({ z, known }) => add(z, known).pipe(dense(2)),
    });
    const known = { shape: [2], data: [0, 0] };
    expect(
      seen(model, {
        y: { shape: [2], data: [0, 0] },
        mask: { shape: [2], data: [0, 0] },
        known,
        known_mask: { shape: [2], data: [1, 0] },
      }),
    ).toEqual([-400, 0]);
  });

  it('is the same with the file, which takes the mask even if the network does not', () => {
    const model = cvae({
      condition: {},
      target: year,
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder,
    });
    expect(inference(model).recognition?.inputs.map(({ name }) => name)).toEqual(['y', 'mask']);
  });
});

test('parts of a hurdle of several numbers are known by number', async () => {
  const target = { rain: hurdle(normal(2), { masses: 2 }), air: normal(1) };
  const model = cvae({
    condition: {},
    target,
    latent: 1,
    known: anyPart(),
    prior: ({ known: { rain, rain_mask, air, air_mask } }) => concat(rain, rain_mask, air, air_mask).pipe(gaussian(1)),
    recognition: ({ y }) => concat(y.rain, y.air).pipe(gaussian(1)),
    decoder: ({ z }) => z.pipe(heads(target)),
  });
  const graph = resolve(elbo().body(model), { mode: 'train' });
  expect(graph.inputs.map(({ name }) => name)).toContain('known_rain_mask');
});
