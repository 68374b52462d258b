import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  add,
  continuous,
  dense,
  distribution,
  mul,
  predictor,
  print,
  square,
  sub,
  sum,
  type Tensor,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { likelihood } from 'cvae-compile/train';
import { size } from '../../src/shape/size.ts';
import { cli, temporary } from '../cli/support/cli.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { feedsOf, graphOf, valuesOf } from './support.ts';

/** The logistic distribution: the quantile at u is location + s·(log u − log(1 − u)). */
const MODEL = `import { add, concat, continuous, cvae, dense, distribution, div, exp, gaussian, log, mul, softplus, sub } from 'cvae-compile';
const logistic = distribution('logistic', [2], {
  parameters: { location: [2], logScale: [2] },
  mean: ({ location }) => location,
  nll: ({ location, logScale }, y) => {
    const t = div(sub(y, location), exp(logScale));
    return add(add(t, mul(softplus(mul(t, -1)), 2)), logScale);
  },
  draw: ({ location, logScale }, u) => add(location, mul(exp(logScale), sub(log(u), log(sub(1, u))))),
});
export default cvae({
  condition: { x: continuous(2) },
  target: logistic,
  latent: 2,
  prior: ({ x }) => x.pipe(gaussian(2)),
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
  decoder: ({ x, z }) => {
    const both = concat(x, z);
    return { location: both.pipe(dense(2)), logScale: both.pipe(dense(2)) };
  },
});
const x = Array.from({ length: 60 }, (_, i) => [i % 3, i % 5]);
export const data = { x, y: x.map(([a, b]) => [a + b, a - b]) };
`;

describe('a distribution of your own that says how to draw', () => {
  it('draws by the command line, by the runtime and in a report, what its quantiles are', async () => {
    const folder = temporary();
    const path = join(folder, 'model.ts');
    writeFileSync(path, MODEL);
    const [run, out] = [join(folder, 'run'), join(folder, 'exported')];
    expect(await cli('train', path, '--out', run, '--epochs', '2', '--engine', 'onnx')).toMatchObject({ code: 0 });
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('one draw from p(y|x)');
    const exported = await cli('export', path, '--weights', run, '--out', out, '--package');
    expect([exported.code, exported.err]).toEqual([0, expect.stringContaining('draw.onnx')]);

    await using model = await openDisposable(out);
    const options = { count: 4000, seed: 3 };
    const [drawn, means] = await Promise.all([
      model.sample({ x: [1, 2] }, { ...options, draw: true }),
      model.sample({ x: [1, 2] }, options),
    ]);
    expect(drawn.z).toEqual(means.z);
    // The same rows, whatever part of them is asked for.
    const part = await model.sample({ x: [1, 2] }, { count: 5, first: 70, seed: 3, draw: true });
    expect([...part.data]).toEqual([...drawn.data.subarray(140, 150)]);
    // Draws are spread around the means of the same z, without bias.
    for (const element of [0, 1]) {
      const column = (data: Float32Array) => [...data].filter((_, i) => i % 2 === element);
      const [of, around] = [column(drawn.data), column(means.data)];
      const apart = of.map((v, i) => v - (around[i] ?? 0));
      const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      const deviation = Math.sqrt(average(apart.map((v) => v * v)));
      // Four standard errors of a mean.
      expect(Math.abs(average(apart))).toBeLessThan((4 * deviation) / Math.sqrt(options.count));
      expect(deviation).toBeGreaterThan(0.1);
    }
    const sampled = await cli(
      'sample',
      out,
      '--set',
      'x=1,2',
      '--count',
      '3',
      '--seed',
      '3',
      '--draw',
      '--out',
      join(folder, 'drawn.jsonl'),
    );
    expect(sampled.code, sampled.err).toBe(0);
    const lines = readFileSync(join(folder, 'drawn.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line): { y: number[] } => JSON.parse(line));
    // Another batch of the same samples, and float32's last bits.
    for (const [i, value] of lines.flatMap(({ y }) => y).entries()) expect(value).toBeCloseTo(drawn.data[i] ?? NaN, 5);
    expect(await cli('verify', out)).toMatchObject({ code: 0 });
    expect(await model.selfTest()).toMatchObject({ passed: true, parts: { draw: expect.any(Number) } });
  });

  it('is in the text of the model, and leaves the other files as they are', () => {
    const body = { parameters: { mean: [2] as const }, mean: ({ mean }: { mean: Tensor<[2]> }) => mean };
    const nll = ({ mean }: { mean: Tensor<[2]> }, y: Tensor<[2]>) => square(sub(y, mean));
    const of = (target: ReturnType<typeof distribution<[2], { mean: readonly [2] }>>) =>
      predictor({ condition: { x: continuous(2) }, target, network: ({ x }) => ({ mean: x.pipe(dense(2)) }) });
    const bare = of(distribution('one', [2], { ...body, nll }));
    const drawn = of(distribution('one', [2], { ...body, nll, draw: ({ mean }, e) => add(mean, e), noise: 'normal' }));
    expect(print(drawn)).toContain('draw = ');
    expect(print(bare)).not.toContain('draw = ');
    const weights = new Map(
      parametersOf(bare).map(({ name, shape }) => [name, { shape, data: new Float32Array(size(shape)).fill(1) }]),
    );
    const [a, b] = [compile(bare, weights), compile(drawn, weights)];
    expect(Object.keys(b.manifest.files)).toEqual(['predictor', 'draw']);
    expect(b.manifest.files.draw?.inputs).toEqual({ x: [2], normal: [2] });
    expect(b.manifest.files.predictor?.inputs).toEqual(a.manifest.files.predictor?.inputs);
    expect(b.files.predictor?.model.graph.nodes).toEqual(a.files.predictor?.model.graph.nodes);
  });

  it('is refused where it does not fit', () => {
    const own = (more: object) =>
      distribution('own', [3], {
        parameters: { mean: [3] },
        mean: ({ mean }) => mean,
        nll: ({ mean }, y) => square(sub(y, mean)),
        ...more,
      });
    expect(() => own({ noise: 'cauchy' })).toThrow('distribution: expected uniform or normal as noise, got "cauchy"');
    expect(() => own({ draw: 3 })).toThrow(
      'distribution: expected a function of the parameters and noise as draw, got 3',
    );
    expect(() => own({ draw: ({ mean }: { mean: Tensor<[3]> }) => mean.pipe(dense(3)) })).toThrow(
      'own: expected a draw that is computed from mean, got one with parameters of its own',
    );
    expect(() => own({ draw: ({ mean }: { mean: Tensor<[3]> }) => sum(mean) })).toThrow(
      'own: expected a draw of shape [3], as the target, got []',
    );
    expect(() => own({ per: 'row' })).toThrow('distribution: expected element or example as per');
    expect(() =>
      predictor({
        condition: { uniform: continuous(3) },
        target: own({ draw: ({ mean }: { mean: Tensor<[3]> }, u: Tensor<[3]>) => add(mean, u) }),
        network: ({ uniform }) => uniform.pipe(dense(3)),
      }),
    ).toThrow('condition: expected a name that no noise of own has, got uniform');
  });
});

describe('a joint density, whose −log p(y) is one number for each example', () => {
  /** A normal of two numbers that are correlated by ρ, and of unit variance. */
  const correlated = (rho: number) =>
    distribution('correlated', [2], {
      per: 'example',
      parameters: { mean: [2] },
      mean: ({ mean }) => mean,
      nll: ({ mean }, y) => {
        const d = sub(y, mean);
        const both = sum(d);
        // Σ d² − 2ρ·d₁d₂, where 2·d₁d₂ = (Σ d)² − Σ d².
        const squares = sum(square(d));
        const form = sub(squares, mul(sub(square(both), squares), rho));
        return add(mul(form, 0.5 / (1 - rho ** 2)), Math.log(2 * Math.PI * Math.sqrt(1 - rho ** 2)));
      },
    });

  const model = predictor({
    condition: { x: continuous(2) },
    target: correlated(0.6),
    network: ({ x }) => x.pipe(dense(2)),
  });

  it('is the likelihood that it says', () => {
    const graph = graphOf(likelihood(), model);
    const feeds = feedsOf(graph, 3);
    const at = (name: string, i: number) => Number(feeds[name]?.data[i]);
    let expected = 0;
    for (let n = 0; n < 3; n++) {
      const mean = [0, 1].map(
        (j) =>
          at('network/dense_1/bias', j) +
          [0, 1].reduce((total, i) => total + at('x', n * 2 + i) * at('network/dense_1/kernel', i * 2 + j), 0),
      );
      const [a = 0, b = 0] = mean.map((m, j) => at('y', n * 2 + j) - m);
      const form = a * a - 2 * 0.6 * a * b + b * b;
      expected += form / (2 * (1 - 0.36)) + Math.log(2 * Math.PI * Math.sqrt(1 - 0.36));
    }
    expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(expected / 3, 6);
  });

  it('is typed so, and refused with one number for each element, or a mask', () => {
    expectTypeOf(correlated(0.5).shape).toEqualTypeOf<[2]>();
    const parts = { parameters: { mean: [2] as const }, mean: ({ mean }: { mean: Tensor<[2]> }) => mean };
    expect(() =>
      // @ts-expect-error one number for each element
      distribution('joint', [2], { ...parts, per: 'example', nll: ({ mean }, y) => square(sub(y, mean)) }),
    ).toThrow('joint: expected −log p(y) of shape [], one number for each example, got [2]');
    expect(() =>
      distribution('joint', [2], {
        ...parts,
        per: 'example',
        mask: true,
        nll: ({ mean }, y) => sum(square(sub(y, mean))),
      }),
    ).toThrow('joint: expected a likelihood of each element with a mask');
  });
});

/** A model that closes at the end of its block. */
const openDisposable = async (folder: string) => {
  const model = await open(folder);
  return Object.assign(model, { [Symbol.asyncDispose]: () => model.close() });
};
