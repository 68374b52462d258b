// The layers of a definition, computed at once. What each returns is stated in its docstring and in the papers it names.
import { contract, gather, sizeOf } from './array.ts';
import { blocked, called, current, isTraining, labelOf, paramOf, updated } from './scope.ts';
import {
  add,
  batchMean,
  constant,
  div,
  elementwise,
  forRows,
  isTensor,
  leadOf,
  max,
  mul,
  noise,
  rearranged,
  rowsOf,
  sub,
  summed,
  Tensor,
  type Tensors,
} from './tensor.ts';
import { custom } from './custom.ts';

const owned = (label: string): Tensor => new Tensor(paramOf(label), 0);
const EPSILON = 1e-5;

export const relu = elementwise(
  (x) => (x > 0 ? x : x === x ? 0 : NaN),
  (x) => (x > 0 ? 1 : 0),
);
const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
/** The absolute error of small results, as the 1 of 1 + e^x leaves no more digits. */
const ABSOLUTE = 1.5e-7;
const absolute = (): number => ABSOLUTE;
const scaled = (x: number): number => ABSOLUTE * Math.abs(x);
export const sigmoid = elementwise(logistic, (_, y) => y * (1 - y), absolute);
export const tanh = elementwise(Math.tanh, (_, y) => 1 - y * y);
export const softplus = elementwise((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), logistic, absolute);
export const elu = elementwise(
  (x) => (x >= 0 ? x : Math.expm1(x)),
  (x) => (x >= 0 ? 1 : Math.exp(x)),
  absolute,
);
export const gelu = elementwise(
  (x) => (x * (1 + erf(x * Math.SQRT1_2))) / 2,
  (x) => (1 + erf(x * Math.SQRT1_2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  scaled,
);
export const silu = elementwise(
  (x) => x * logistic(x),
  (x) => logistic(x) * (1 + x * (1 - logistic(x))),
  scaled,
);
export const exp = elementwise(Math.exp, (_, y) => y);
export const log = elementwise(Math.log, (x) => 1 / x);
export const sqrt = elementwise(Math.sqrt, (_, y) => 1 / (2 * y));
export const square = elementwise(
  (x) => x * x,
  (x) => 2 * x,
);
/** At 0, where it has a kink, its slope is that of the left side, as in PyTorch and TensorFlow. */
export const leakyRelu = (slope = 0.01) =>
  elementwise(
    (x) => (x >= 0 ? x : slope * x),
    (x) => (x > 0 ? 1 : slope),
  );

/** erf by its Taylor series near 0 (Abramowitz and Stegun 7.1.6), and by a continued fraction of erfc (7.1.14) elsewhere. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 3) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = size;
  for (let k = 60; k > 0; k--) fraction = size + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction));
}

/** All axes but the last, and the last with one element of it. */
const kept = (x: Tensor): readonly number[] => [...x.shape.slice(0, -1), 1];
const width = (x: Tensor): number => x.shape.at(-1) ?? 1;
const lastKept = (x: Tensor): Tensor => summed(x, kept(x), (i) => Math.floor(i / width(x)));
/** The largest of the last axis, as a number that no gradient goes through. */
const peak = (x: Tensor): Tensor => {
  const n = width(x);
  const rows = Array.from({ length: x.value.data.length / n }, (_, r) => x.value.data.subarray(r * n, (r + 1) * n));
  const shape = [...rowsOf(x), ...kept(x)];
  const data = Float64Array.from(rows, (row) => row.reduce((a, b) => (b > a || b !== b ? b : a), -Infinity));
  return new Tensor({ shape, data, from: [], back: () => undefined }, x.lead);
};

export const softmax = (x: Tensor): Tensor => {
  const powers = exp(sub(x, peak(x)));
  return div(powers, lastKept(powers));
};
export const sumLast = (x: Tensor): Tensor => summed(x, x.shape.slice(0, -1), (i) => Math.floor(i / width(x)));
export const sum = (x: Tensor): Tensor => summed(x, [], () => 0);
export const logSumExp = (x: Tensor): Tensor => {
  const most = peak(x);
  return add(
    log(sumLast(exp(sub(x, most)))),
    rearranged(most, x.shape.slice(0, -1), (i) => i),
  );
};
export { add, sub, mul, div, batchMean };

export const repeat = (k: number) => (x: Tensor) => {
  if (x.lead === 0) return x;
  const size = sizeOf(x.shape);
  const shape = [(x.value.shape[0] ?? 0) * k, ...x.shape];
  return new Tensor(
    gather(x.value, shape, (i) => Math.floor(i / (size * k)) * size + (i % size)),
    x.lead * k,
  );
};
export const group = (k: number) => (x: Tensor) =>
  new Tensor(
    gather(x.value, [(x.value.shape[0] ?? 0) / k, k, ...x.shape], (i) => i),
    x.lead / k,
  );
export const ungroup = (k: number) => (x: Tensor) =>
  new Tensor(
    gather(x.value, [(x.value.shape[0] ?? 0) * k, ...x.shape.slice(1)], (i) => i),
    x.lead * k,
  );

export const concat = (...given: readonly Tensor[]): Tensor => {
  const lead = leadOf(...given);
  const total = given.reduce((all, x) => all + width(x), 0);
  let begin = 0;
  let result: Tensor | undefined;
  for (const one of given) {
    const x = forRows(one, lead);
    const n = width(x);
    const at = begin;
    const placed = summed(x, [...x.shape.slice(0, -1), total], (i) => Math.floor(i / n) * total + at + (i % n));
    result = result ? add(result, placed) : placed;
    begin += n;
  }
  if (!result) throw new Error('judge: concat of nothing');
  return result;
};
export const slice = (begin: number, end: number) => (x: Tensor) => {
  const [n, m] = [width(x), end - begin];
  return rearranged(x, [...x.shape.slice(0, -1), m], (i) => Math.floor(i / m) * n + begin + (i % m));
};

const denseAs =
  (label?: string) =>
  (units: number) =>
  (x: Tensor): Tensor => {
    const own = labelOf(label ?? 'dense', label !== undefined);
    const kernel = owned(`${own}/kernel`);
    const n = width(x); // within `each`, there are as many vectors as places
    const rows = x.value.data.length / n;
    const value = contract(x.value, kernel.value, [...rowsOf(x), ...x.shape.slice(0, -1), units], {
      each: (term) => {
        for (let r = 0; r < rows; r++)
          for (let i = 0; i < n; i++) for (let u = 0; u < units; u++) term(r * units + u, r * n + i, i * units + u);
      },
    });
    return add(new Tensor(value, x.lead), owned(`${own}/bias`));
  };
export const dense = denseAs();

export const dropout = (rate: number) => (x: Tensor) =>
  blocked('dropout', (label) => {
    const u = noise(`${label}/noise`, 'uniform', x, x.shape);
    if (!isTraining()) return x;
    const mask = elementwise(
      (v) => (v >= Math.fround(rate) ? 1 : v === v ? 0 : NaN),
      () => 0,
    )(u);
    return div(mul(x, mask), 1 - rate);
  });

export const gaussianNoise = (sigma: number) => (x: Tensor) =>
  blocked('gaussianNoise', (label) => {
    const epsilon = noise(`${label}/noise`, 'normal', x, x.shape);
    return isTraining() ? add(x, mul(epsilon, sigma)) : x;
  });

export const omission = (share: number) => (x: Tensor) =>
  blocked('omission', (label) => {
    const side = noise(`${label}/side`, 'uniform', constant([], 0), []);
    const place = noise(`${label}/place`, 'uniform', x, [2]);
    if (!isTraining()) return x;
    const [h = 0, w = 0, c = 0] = x.shape;
    const [u = 0] = side.value.data;
    const [tall, wide] = [Math.floor(share * h * u + 0.5), Math.floor(share * w * u + 0.5)];
    const mask = Float64Array.from(x.value.data, (_, i) => {
      const row = Math.floor(i / (h * w * c));
      const [a, b] = [Math.floor(i / (w * c)) % h, Math.floor(i / c) % w];
      const top = Math.floor((place.value.data[2 * row] ?? 0) * (h + 1 - tall));
      const left = Math.floor((place.value.data[2 * row + 1] ?? 0) * (w + 1 - wide));
      return a >= top && a < top + tall && b >= left && b < left + wide ? 0 : 1;
    });
    return mul(x, new Tensor({ shape: x.value.shape, data: mask, from: [], back: () => undefined }, x.lead));
  });

export const gaussian =
  (dims: number, { variance }: { readonly variance?: number } = {}) =>
  (x: Tensor) =>
    blocked('gaussian', () => ({
      mean: denseAs('mean')(dims)(x),
      logVar: variance === undefined ? denseAs('logVar')(dims)(x) : constant([dims], Math.log(variance)),
    }));

/** (x − mean)/√(variance + ε) */
const normalised = (x: Tensor, mean: Tensor, variance: Tensor): Tensor =>
  div(sub(x, mean), sqrt(add(variance, EPSILON)));

export const layerNorm = (x: Tensor): Tensor => {
  const label = labelOf('layerNorm');
  const n = width(x);
  const mean = mul(lastKept(x), 1 / n);
  const variance = mul(lastKept(square(sub(x, mean))), 1 / n);
  return add(mul(normalised(x, mean, variance), owned(`${label}/gamma`)), owned(`${label}/beta`));
};

const channelMean = (x: Tensor): Tensor => {
  const n = width(x);
  const all = batchMean(summed(x, [n], (i) => i % n));
  return mul(all, n / sizeOf(x.shape));
};

export const batchNorm = (x: Tensor): Tensor =>
  blocked('batchNorm', (label) => {
    const [gamma, beta] = [owned(`${label}/gamma`), owned(`${label}/beta`)];
    const [mean, variance] = [owned(`${label}/mean`), owned(`${label}/variance`)];
    if (!isTraining()) return add(mul(normalised(x, mean, variance), gamma), beta);
    const batch = channelMean(x);
    const spread = channelMean(square(sub(x, batch)));
    const y = add(mul(normalised(x, batch, spread), gamma), beta);
    updated(`${label}/mean`, { value: add(mul(mean, 0.9), mul(batch, 0.1)).value, used: y.value });
    updated(`${label}/variance`, { value: add(mul(variance, 0.9), mul(spread, 0.1)).value, used: y.value });
    return y;
  });

export const flatten = (x: Tensor): Tensor => rearranged(x, [sizeOf(x.shape)], (i) => i);
export const reshape =
  (...to: readonly number[]) =>
  (x: Tensor): Tensor => {
    if (sizeOf(to) !== sizeOf(x.shape)) throw new Error('judge: reshape changes the number of elements');
    return rearranged(x, to, (i) => i);
  };
/** Narrows a type, and nothing else. */
export const shaped = () => (x: Tensor) => x;
export const stopGradient = (x: Tensor): Tensor => new Tensor({ ...x.value, from: [], back: () => undefined }, x.lead);

export const globalAvgPool2d = (x: Tensor): Tensor => {
  const c = width(x);
  return mul(
    summed(x, [c], (i) => i % c),
    c / sizeOf(x.shape),
  );
};
export const upsample2d =
  (factor = 2) =>
  (x: Tensor) => {
    const [h = 0, w = 0, c = 0] = x.shape;
    const wide = w * factor;
    return rearranged(x, [h * factor, wide, c], (i) => {
      const [row, column] = [Math.floor(i / (wide * c)), Math.floor(i / c) % wide];
      return (Math.floor(row / factor) * w + Math.floor(column / factor)) * c + (i % c);
    });
  };

export const block = <T>(name: string, body: () => T): T => blocked(name, body);
/** A layer of the definition's own: `custom.ts` says what it computes, by its name. */
export const ownLayer = (name: string) => custom(name);

type Body = (given: Tensors) => Tensor | Tensors;
export interface Network {
  (given: Tensors): Tensor | Tensors;
  readonly ownName: string;
}

/** A network of its own parameters, computed once from the same values. */
export const network = (name: string, inputs: object, body: Body): Network => {
  const call = (given: Tensors): Tensor | Tensors => {
    // Only what it takes: others that are passed too do not make another computation of it.
    const args = Object.fromEntries(Object.keys(inputs).map((key) => [key, given[key] ?? missing(name, key)]));
    return called(name, args, () => body(args));
  };
  return Object.assign(call, { ownName: name });
};

const missing = (name: string, key: string): never => {
  throw new Error(`judge: ${name} is not given ${key}`);
};

export { current, isTensor, max, noise };
