import { targetRule } from './arguments.ts';
import { checkCall } from '../dsl/check-arguments.ts';
import type { Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { HalfUp } from '../shape/arithmetic.ts';
import { add } from '../layers/arithmetic.ts';
import { maxPool2d } from '../layers/pool.ts';
import { sum } from '../layers/reduce.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isPlain, rule } from '../values/rules.ts';
import { valueText } from '../values/value-text.ts';

/** The factor by which a further prediction is smaller. */
export type Factor = 2 | 4 | 8;

/** An image's shape, `F` times smaller. */
type Smaller<S extends Shape, F extends Factor> = S extends readonly [
  infer H extends number,
  infer W extends number,
  infer C extends number,
]
  ? {
      2: [HalfUp<H>, HalfUp<W>, C];
      4: Smaller<[HalfUp<H>, HalfUp<W>, C], 2>;
      8: Smaller<[HalfUp<H>, HalfUp<W>, C], 4>;
    }[F]
  : Shape;

/** The return type of a decoder: `logits` at full scale, and logits of the same kind under each scale's name. */
type Scaled<S extends Shape, F extends Readonly<Record<string, Factor>>> = { readonly logits: Tensor<S> } & {
  readonly [K in keyof F]: Tensor<Smaller<S, F[K]>>;
};

const pool = maxPool2d({ padding: 'same' });

/** Returns an image `factor` times smaller; each pixel is the maximum of those it covers, channel by channel. */
const pooled = (x: Tensor, factor: Factor): Tensor => {
  const once: Tensor = pool(x as Tensor<[number, number, number]>);
  return factor === 2 ? once : pooled(once, factor === 8 ? 4 : 2);
};

const smaller = ([h = 0, w = 0, c = 0]: Shape, factor: Factor): readonly [number, number, number] => {
  const half = [Math.ceil(h / 2), Math.ceil(w / 2), c] as const;
  return factor === 2 ? half : smaller(half, factor === 8 ? 4 : 2);
};

/**
 * Extends a target with predictions at smaller scales, whose losses are added in training (Sohn, Lee and Yan 2015,
 * section 4.2). For `multiScale(categorical(2, { at: [28, 28] }), { half: 2, quarter: 4 })` the decoder returns
 * `logits`, `half` and `quarter`. Smaller targets are max-pooled; if a pixel then has several classes, they share its
 * weight. Only the full scale is exported and measured. For bernoulli images and classes of pixels.
 *
 * @example
 * ```ts
 * import { categorical, multiScale } from 'cvae-compile';
 *
 * const target = multiScale(categorical(2, { at: [28, 28] }), { half: 2 });
 * console.log(target.parameters); // { logits: [28, 28, 2], half: [14, 14, 2] }
 * ```
 */
export function multiScale<const S extends Shape, V, const F extends Readonly<Record<string, Factor>>>(
  target: Target<S, Tensor<S>, V>,
  scales: F,
): Target<S, Scaled<S, F>, V> {
  checkCall('multiScale', CALL, [...arguments]);
  const { shape, distribution, mask, parameters, blended } = target;
  if (blended === undefined || shape.length !== 3)
    throw new InvalidModel(
      `multiScale: expected a bernoulli image or classes of pixels, got ${distribution} ${show(shape)}; give bernoulli(28, 28, 1) or categorical(4, { at: [28, 28] })`,
    );
  if (mask !== undefined && mask !== false)
    throw new InvalidModel('multiScale: expected a target without a mask, got one with it; leave out one of the two');
  const entries = Object.entries(scales);
  if (entries.length === 0)
    throw new InvalidModel(
      'multiScale: expected smaller scales, got none; name one: { half: 2 }, or leave multiScale out',
    );
  for (const [name, factor] of entries) {
    if (Object.hasOwn(parameters, name))
      throw new InvalidModel(`multiScale: expected names other than ${name}, which is the full scale's; rename it`);
    if (!/^[A-Za-z]\w*$/.test(name))
      throw new InvalidModel(
        `multiScale: expected names of letters, digits and _, got ${JSON.stringify(name)}; rename it`,
      );
    if (![2, 4, 8].includes(factor))
      throw new InvalidModel(
        `multiScale: expected 2, 4 or 8 as ${name}, got ${valueText(factor)}; give how many times smaller it is`,
      );
  }
  const auxiliary = (given: Parameters, y: Tensor): Tensor<[]> =>
    entries
      .map(([name, factor]) => {
        const logits = given[name];
        if (!logits) throw new Error(`the decoder gave no ${name}`);
        return sum(blended(logits, pooled(y, factor)));
      })
      .reduce((a, b) => add(a, b));
  // The decoder's return type exists only as a type of the target, and is all that changes.
  return {
    ...target,
    parameters: {
      ...parameters,
      ...Object.fromEntries(entries.map(([name, factor]) => [name, smaller(shape, factor)])),
    },
    auxiliary,
  } satisfies Target as Target as Target<S, Scaled<S, F>, V>;
}

const CALL = {
  args: [
    targetRule('give bernoulli(28, 28, 1) or categorical(4, { at: [28, 28] })'),
    rule('smaller scales by name', isPlain, 'give how many times smaller each is: { half: 2, quarter: 4 }'),
  ],
};
