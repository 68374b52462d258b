// Variables, targets and their likelihoods, in nats, from docs and the papers they name.
import {
  add,
  constant,
  div,
  exp,
  logSumExp,
  mul,
  sigmoid,
  softmax,
  softplus,
  square,
  sub,
  sum,
  sumLast,
} from './all.ts';
import { called } from './scope.ts';
import { elementwise, isTensor, type Tensor, type Tensors } from './tensor.ts';
import { maxPool2d } from './windows.ts';

export interface Variable {
  readonly kind: 'categorical' | 'continuous' | 'image';
  readonly shape: readonly number[];
}

export interface Target extends Variable {
  readonly distribution: string;
  readonly parameters: readonly string[];
  /** Whether networks see it standardised. */
  readonly scalable: boolean;
  readonly mask: boolean;
  readonly mean: (given: Tensors) => Tensors;
  readonly nll: (given: Tensors, y: Tensor) => Tensor;
  readonly auxiliary?: (given: Tensors, y: Tensor) => Tensor;
}

interface Options {
  readonly mask?: boolean | string;
  readonly sigma?: number | 'learned';
  readonly floor?: number;
  readonly at?: readonly number[];
}

export const continuous = (...shape: readonly number[]): Variable => ({ kind: 'continuous', shape });
export const image = (...shape: readonly number[]): Variable => ({ kind: 'image', shape });

const split = (args: readonly (number | Options)[]) => {
  const options = args.find((a) => typeof a === 'object') ?? {};
  const { mask = false } = options;
  return { shape: args.filter((a) => typeof a === 'number'), options, mask: mask !== false };
};
const of = (given: Tensors, name: string): Tensor => given[name] ?? absent(name);
const absent = (name: string): never => {
  throw new Error(`judge: a decoder gives no ${name}`);
};

/** −[y·log p + (1 − y)·log(1 − p)] with p = 1/(1 + e^−l) */
export const bernoulli = (...args: readonly (number | Options)[]): Target => {
  const { shape, mask } = split(args);
  return {
    kind: 'continuous',
    shape,
    mask,
    distribution: 'bernoulli',
    parameters: ['logits'],
    scalable: false,
    mean: (p) => ({ y: sigmoid(of(p, 'logits')) }),
    nll: (p, y) => {
      const l = of(p, 'logits');
      return add(mul(y, softplus(mul(l, -1))), mul(sub(1, y), softplus(l)));
    },
  };
};

const gaussianNll = (y: Tensor, mean: Tensor, logVar: Tensor): Tensor =>
  mul(add(add(logVar, mul(square(sub(y, mean)), exp(mul(logVar, -1)))), Math.log(2 * Math.PI)), 0.5);

/** log(e^v + floor²), the larger of both put before the brackets: e^v leaves even float64's range where v is beyond 709. */
const floored = (floor: number): ((v: Tensor) => Tensor) => {
  const least = 2 * Math.log(floor);
  return elementwise(
    (v) => Math.max(v, least) + Math.log1p(Math.exp(-Math.abs(v - least))),
    (v) => 1 / (1 + Math.exp(least - v)),
    () => 1.5e-7 * Math.max(1, Math.abs(least)),
  );
};

export const normal = (...args: readonly (number | Options)[]): Target => {
  const { shape, options, mask } = split(args);
  const { sigma = 1, floor = 1e-3 } = options;
  const common = { kind: 'continuous', shape, mask, distribution: 'normal', scalable: true } as const;
  if (sigma !== 'learned')
    return {
      ...common,
      parameters: ['mean'],
      mean: (p) => ({ y: of(p, 'mean') }),
      nll: (p, y) => gaussianNll(y, of(p, 'mean'), constant([], 2 * Math.log(sigma))),
    };
  const logVar = (p: Tensors): Tensor => floored(floor)(of(p, 'logVar'));
  return {
    ...common,
    parameters: ['mean', 'logVar'],
    mean: (p) => ({ y: of(p, 'mean'), logVar: logVar(p) }),
    nll: (p, y) => gaussianNll(y, of(p, 'mean'), logVar(p)),
  };
};

export const squaredError = (...args: readonly (number | Options)[]): Target => {
  const { shape, mask } = split(args);
  return {
    kind: 'continuous',
    shape,
    mask,
    distribution: 'squaredError',
    parameters: ['mean'],
    scalable: true,
    mean: (p) => ({ y: of(p, 'mean') }),
    nll: (p, y) => square(sub(y, of(p, 'mean'))),
  };
};

/** −Σ y·log softmax(l) */
export const categorical = (first: number | string, ...rest: readonly (string | Options)[]): Target => {
  const names = [first, ...rest].filter((name) => typeof name === 'string');
  const { at = [], mask = false } = rest.find((a) => typeof a === 'object') ?? {};
  return {
    kind: 'categorical',
    shape: [...at, typeof first === 'number' ? first : names.length],
    mask: mask !== false,
    distribution: 'categorical',
    parameters: ['logits'],
    scalable: false,
    mean: (p) => ({ y: softmax(of(p, 'logits')) }),
    nll: (p, y) => {
      const l = of(p, 'logits');
      return sub(mul(logSumExp(l), sumLast(y)), sumLast(mul(y, l)));
    },
  };
};

interface Own {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly mean: (given: Tensors) => Tensor;
  readonly nll: (given: Tensors, y: Tensor) => Tensor;
  readonly mask?: boolean;
}

/** A likelihood of the definition's own; parameters that it owns are named after it. */
export const distribution = (name: string, shape: readonly number[], own: Own): Target => ({
  kind: 'continuous',
  shape,
  mask: own.mask === true,
  distribution: 'custom',
  parameters: Object.keys(own.parameters),
  scalable: false,
  mean: (p) => ({ y: own.mean(p) }),
  nll: (p, y) => called(name, { ...p, y }, () => own.nll(p, y)),
});

/** The same target at smaller scales too: max-pooled, their losses added (Sohn, Lee and Yan 2015, section 4.2). */
export const multiScale = (target: Target, scales: Readonly<Record<string, number>>): Target => ({
  ...target,
  parameters: [...target.parameters, ...Object.keys(scales)],
  auxiliary: (given, y) =>
    Object.entries(scales)
      .map(([name, factor]) => {
        let small = y;
        for (let f = factor; f > 1; f /= 2) small = maxPool2d({ padding: 'same' })(small);
        const logits = of(given, name);
        if (target.distribution === 'bernoulli') return sum(target.nll({ logits }, small));
        // Classes that share a pixel share its weight.
        const weights = sumLast(small);
        return sum(sub(logSumExp(logits), div(sumLast(mul(small, logits)), weights)));
      })
      .reduce((a, b) => add(a, b)),
});

/** What a decoder returned, by the names of the target's parameters. */
export const parametersOf = (target: Target, returned: Tensor | Tensors): Tensors =>
  isTensor(returned) ? { [target.parameters[0] ?? '']: returned } : returned;
