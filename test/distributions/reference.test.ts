import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/dsl/target.ts';
import {
  bernoulli,
  beta,
  continuousBernoulli,
  discretizedLogistic,
  gamma,
  hurdle,
  laplace,
  lgamma,
  logNormal,
  mixture,
  multinomial,
  negativeBinomial,
  normal,
  normalScores,
  ordinal,
  poisson,
  studentT,
  vonMises,
  zeroInflated,
} from '../../src/index.ts';
import { drawTarget } from '../../src/runtime/draw.ts';
import { stream, uniforms } from '../../src/random.ts';
import type { TargetSignature } from '../../src/signature.ts';
import { learnColumns } from '../../src/train/columns.ts';
import { compute } from '../layers/compute.ts';

/** What reference.py writes. */
interface Reference {
  readonly uniform: readonly number[];
  readonly lgamma: { readonly x: number[]; readonly lgamma: number[]; readonly digamma: number[] };
  readonly cases: readonly {
    readonly target: keyof typeof targets;
    readonly parameters: Readonly<Record<string, number[]>>;
    readonly y: number[];
    readonly nll: number[];
    readonly mean?: number[];
    /** What a column is learned from. */
    readonly data?: number[];
    /** How close −log p(y) is, if not to 2e-6. */
    readonly within?: number;
    /** Of likelihoods of independent elements. */
    readonly quantiles?: readonly number[][];
  }[];
}

const targets = {
  laplace: laplace(5, { scale: 'learned' }),
  studentT: studentT(5, { scale: 'learned', freedom: 'learned' }),
  poisson: poisson(5),
  zeroInflatedPoisson: zeroInflated(poisson(5)),
  negativeBinomial: negativeBinomial(5),
  zeroInflatedNegativeBinomial: negativeBinomial(5, { zeroInflated: true }),
  gamma: gamma(5),
  logNormal: logNormal(5),
  beta: beta(5),
  vonMises: vonMises(5),
  continuousBernoulli: continuousBernoulli(5),
  bernoulli: bernoulli(5),
  normal: normal(5, { sigma: 'learned' }),
  hurdle: hurdle(normal(1, { sigma: 'learned' }), { masses: 2 }),
  normalScores: normalScores(1),
  mixtureOfNormals: mixture(normal(2, 2, { sigma: 'learned', per: 'place' }), 3),
  discretizedLogistic: discretizedLogistic(2, 2, { levels: 5, components: 3 }),
  zeroInflatedLogNormal: zeroInflated(logNormal(5)),
  multinomial: multinomial(5, { total: 7 }),
  ordinal: ordinal(5),
} satisfies Readonly<Record<string, Target>>;

const {
  uniform,
  lgamma: gammas,
  cases,
}: Reference = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8'));
const vector = (data: readonly number[]) => ({ shape: [data.length], data: [...data] });

const expectClose = (found: readonly number[] | undefined, expected: readonly number[], within: number): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((b, i) => expect(Math.abs((found?.[i] ?? NaN) - b)).toBeLessThan(within * (1 + Math.abs(b))));
};

test('ln Γ is SciPy’s', () => {
  expectClose(compute({ x: vector(gammas.x) }, ({ x }) => lgamma(x!))['output'], gammas.lgamma, 1e-7);
});

describe.each(cases)('$target, as a library computes it', (reference) => {
  const { target: name, parameters, y, nll, mean, data, within = 2e-6, quantiles } = reference;
  const target: Target = targets[name];
  const weights =
    data &&
    learnColumns(
      { y: target },
      { count: data.length, columns: { y: { shape: [1], data: Float32Array.from(data), scale: 1 } } },
    ).weights;
  const given = Object.fromEntries(
    Object.entries(parameters).map(([key, data]) => [key, { shape: target.parameters[key] ?? [], data }]),
  );
  // Under other names, as some are those of parameters.
  const renamed = compute(
    given,
    (p) => Object.fromEntries(Object.entries(target.mean(p)).map(([key, x]) => [`decoded-${key}`, x])),
    weights,
  );
  const decoded = Object.fromEntries(Object.entries(renamed).map(([key, x]) => [key.slice('decoded-'.length), x]));

  test('−log p(y)', () => {
    const { output } = compute(
      { ...given, y: { shape: target.shape, data: y } },
      ({ y, ...p }) => target.nll(p, y!),
      weights,
    );
    expectClose(output, nll, within);
  });

  if (mean) test('the mean', () => expectClose(decoded['y'], mean, 2e-6));

  if (!quantiles) return;

  const signature: TargetSignature = {
    distribution: target.distribution,
    shape: [5],
    dataShape: [5],
    ...(target.settings && { settings: target.settings }),
    ...(target.of && { of: { distribution: target.of.distribution } }),
  };
  const draw = async (noise: Float32Array): Promise<Float32Array> => {
    const rows = noise.length / 5;
    const { y = [], ...more } = decoded;
    const repeated = (values: readonly number[]) =>
      Float32Array.from({ length: rows * 5 }, (_, i) => values[i % 5] ?? NaN);
    const all = Object.fromEntries(Object.entries(more).map(([key, values]) => [key, repeated(values)]));
    return (await drawTarget(signature, { data: repeated(y), shape: [rows, 5], more: all }, () => noise)).data;
  };

  test('draws are quantiles of the noise', async () => {
    const drawn = await draw(Float32Array.from(uniform.flatMap((u) => Array<number>(5).fill(u))));
    const spread = quantiles[3]!.map((v, j) => Math.abs(v - quantiles[1]![j]!));
    quantiles.forEach((row, i) =>
      row.forEach((v, j) => {
        const found = drawn[i * 5 + j] ?? NaN;
        expect(Math.abs(found - v), `${name} ${j} at ${uniform[i]}: ${found}, not ${v}`).toBeLessThan(
          1e-4 * Math.abs(v) + 2e-4 * (spread[j] ?? 0) + 1e-6,
        );
      }),
    );
  });

  test('the share of draws below each quantile is that of the noise', async () => {
    const drawn = await draw(uniforms(stream(1, 'draws'), 2000, 5));
    quantiles.forEach((row, i) =>
      row.forEach((v, j) => {
        const own = drawn.filter((_, at) => at % 5 === j);
        const [under, upTo] = [
          own.filter((x) => x < v - 1e-6).length / 2000,
          own.filter((x) => x <= v + 1e-6).length / 2000,
        ];
        // The bounds of Kolmogorov and Smirnov's test at 1 %, for counts too, many of which are one quantile.
        expect(under).toBeLessThan((uniform[i] ?? NaN) + 0.037);
        expect(upTo).toBeGreaterThan((uniform[i] ?? NaN) - 0.037);
      }),
    );
  });
});
