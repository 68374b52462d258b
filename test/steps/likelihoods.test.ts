import { expect, it } from 'vitest';
import {
  absoluteError,
  bernoulli,
  beta,
  categorical,
  continuousBernoulli,
  discretizedLogistic,
  gamma,
  hurdle,
  laplace,
  logNormal,
  mixture,
  negativeBinomial,
  normal,
  normalScores,
  ordinal,
  poisson,
  studentT,
  vonMises,
  zeroInflated,
  type Target,
} from 'cvae-compile';
import { DISTRIBUTIONS } from '../../src/distributions/data/table.ts';
import { countOf, stepOf } from '../../src/layers/step-target.ts';
import type { Parameters } from '../../src/dsl/target.ts';
import { normals, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import { compute, type Given } from '../layers/compute.ts';

const STEPS = 3;

/** A sequence of each likelihood that steps may have. */
const SEQUENCES: readonly Target[] = [
  bernoulli(STEPS, 2),
  beta(STEPS, 2),
  categorical(4, { at: [STEPS] }),
  categorical(4, { at: [STEPS, 2] }),
  continuousBernoulli(STEPS, 2),
  discretizedLogistic(STEPS, 2, { components: 2 }),
  discretizedLogistic(STEPS, 2, { components: 2, per: 'place' }),
  gamma(STEPS, 2),
  laplace(STEPS, 2, { scale: 'learned' }),
  logNormal(STEPS, 2),
  mixture(normal(STEPS, 2, { sigma: 'learned' }), 2),
  mixture(laplace(STEPS, 2, { per: 'place' }), 2),
  negativeBinomial(STEPS, 2),
  normal(STEPS, 2, { sigma: 'learned' }),
  ordinal(4, { at: [STEPS] }),
  poisson(STEPS, 2),
  studentT(STEPS, 2, { freedom: 'learned', scale: 'learned' }),
  vonMises(STEPS, 2),
  zeroInflated(logNormal(STEPS, 2)),
  zeroInflated(poisson(STEPS, 2)),
];

/** Parameters have names that outputs may have, too. */
const unprefixed = (given: Parameters): Parameters =>
  Object.fromEntries(Object.entries(given).map(([name, x]) => [name.slice('given_'.length), x]));

const named = ({ distribution, per, shape }: Target): string => `${distribution} ${per ?? ''} [${shape.join(', ')}]`;

it.each(SEQUENCES.map((target) => [named(target), target] as const))(
  '%s: a step has the mean, and what a draw needs, that the whole has there',
  (_, target) => {
    expect(countOf('steps', target)).toBe(STEPS);
    const drawn = Object.entries(target.parameters).map(([name, shape]): [string, Given] => [
      `given_${name}`,
      { shape, data: [...normals(stream(1, name), 1, size(shape))] },
    ]);
    const whole = compute(Object.fromEntries(drawn), (given) => ({ ...target.mean(unprefixed(given)) }));
    const step = stepOf(target);
    expect(step.shape).toEqual(target.shape.slice(1));
    for (let t = 0; t < STEPS; t++) {
      const own = drawn.map(([name, { shape, data }]): [string, Given] => {
        const length = size(shape) / STEPS;
        expect(step.parameters[name.slice('given_'.length)]).toEqual(shape.slice(1));
        return [name, { shape: shape.slice(1), data: data.slice(t * length, (t + 1) * length) }];
      });
      const found = compute(Object.fromEntries(own), (given) => ({ ...step.mean(unprefixed(given)) }));
      for (const [name, values] of Object.entries(whole)) {
        const length = values.length / STEPS;
        const expected = values.slice(t * length, (t + 1) * length);
        expect(found[name], name).toHaveLength(length);
        for (const [i, value] of expected.entries()) expect(found[name]?.[i], name).toBeCloseTo(value, 12);
        const outputs = { y: target.shape, logVar: target.shape, ...target.outputs };
        expect(size(Object.entries(outputs).find(([key]) => key === name)?.[1] ?? []), name).toBe(values.length);
      }
    }
  },
);

it('are all that can be drawn by themselves', () => {
  const own = new Set(SEQUENCES.map(({ distribution }) => distribution));
  const others = Object.entries(DISTRIBUTIONS).filter(([name]) => !own.has(name as Target['distribution']));
  // Of these, multinomial has no steps, and the others are not drawn from what a step gives.
  expect(others.map(([name]) => name).sort()).toEqual([
    'absoluteError',
    'custom',
    'hurdle',
    'multinomial',
    'normalScores',
    'record',
    'squaredError',
  ]);
  for (const target of [normalScores(STEPS, 2), hurdle(normal(STEPS, 2)), absoluteError(STEPS, 2)])
    expect(() => countOf('steps', target), target.distribution).toThrow(
      `steps: expected a likelihood of the library that can be drawn, since each step is drawn and given to the next as target, got ${target.distribution}; choose one such as normal or categorical`,
    );
});
