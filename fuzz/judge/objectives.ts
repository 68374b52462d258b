// What is minimised, from the papers: Sohn, Lee and Yan 2015; Burda, Grosse and Salakhutdinov 2016; Kingma and others 2016.
import { add, batchMean, constant, group, logSumExp, max, mul, noise, repeat, sub, sum } from './all.ts';
import {
  kl,
  klPerDimension,
  logRatio,
  reparameterise,
  wired,
  type Definition,
  type Gaussian,
  type Wiring,
} from './model.ts';
import { numbered, type Tensor, type Tensors } from './tensor.ts';

export interface Given extends Wiring {
  readonly model: Definition;
  readonly y: Tensor;
  readonly mask?: Tensor;
  readonly x: Tensors;
  readonly scalars: Tensors;
  /** Validation sees no free bits, and no losses at other scales. */
  readonly validating: boolean;
}

type Schedule = (at: object) => number;
type Compute = (given: Given) => Tensors;
export interface Objective {
  readonly compute: Compute;
  readonly schedules: Readonly<Record<string, Schedule>>;
}

export interface ElboOptions {
  readonly beta?: number | Schedule;
  readonly freeBits?: number | { readonly total: number };
  readonly samples?: number;
}

const times = (k: number) => (k === 1 ? (x: Tensor) => x : repeat(k));
const repeated = (given: Given, k: number): Given => ({
  ...given,
  y: times(k)(given.y),
  ...(given.mask && { mask: times(k)(given.mask) }),
  x: Object.fromEntries(Object.entries(given.x).map(([name, value]) => [name, times(k)(value)])),
});
const spread = ({ mean, logVar }: Gaussian, k: number): Gaussian => ({
  mean: times(k)(mean),
  logVar: times(k)(logVar),
});
const latentOf = ({ model }: Given): number => model.latent ?? 0;

/** −log p(y|x,z) of each row, and what other scales add to the loss. */
const fitted = (given: Given, z: Tensor | undefined) => {
  const parameters = given.decoder(given.x, z);
  return { nll: given.nll(parameters, given.y, given.mask), more: given.auxiliary(parameters, given.y) };
};
const withMore = (terms: Tensors, loss: Tensor, more: Tensor | undefined): Tensors =>
  more ? { ...terms, loss: add(loss, batchMean(more)), auxiliary: batchMean(more) } : { ...terms, loss };
const recognised = (given: Given): Gaussian => {
  const q = given.recognition(given.x, given.y);
  if (!q) throw new Error('judge: no recognition network');
  return q;
};

const scheduled = (beta: number | Schedule = 1): Objective['schedules'] => (typeof beta === 'number' ? {} : { beta });

const bound = (given: Given, { beta = 1, freeBits = 0, samples = 1 }: ElboOptions): Tensors => {
  const q = recognised(given);
  const each = repeated(given, samples);
  const epsilon = noise('noise', 'normal', each.y, [latentOf(given)]);
  const { nll, more } = fitted(each, reparameterise(spread(q, samples), epsilon));
  const reconstruction = batchMean(nll);
  const dimensions = batchMean(klPerDimension(q, given.prior(given.x)));
  const total = sum(dimensions);
  const charged = given.validating
    ? total
    : typeof freeBits === 'object'
      ? max(total, constant([], freeBits.total))
      : freeBits === 0
        ? total
        : sum(max(dimensions, constant([], freeBits)));
  const weight = typeof beta === 'number' ? beta : (given.scalars['beta'] ?? NaN);
  return withMore({ reconstruction, kl: total }, add(reconstruction, mul(charged, weight)), more);
};

export const elbo = (options: ElboOptions = {}): Objective => ({
  compute: (given) => bound(given, options),
  schedules: scheduled(options.beta),
});

const forward = (given: Given, label: string, samples: number) => {
  const p = given.prior(given.x);
  const each = repeated(given, samples);
  const epsilon = noise(label, 'normal', each.y, [latentOf(given)]);
  return fitted(each, p ? reparameterise(spread(p, samples), epsilon) : epsilon);
};

export const gsnn = ({ samples = 1 }: { readonly samples?: number } = {}): Objective => ({
  compute: (given) => {
    const { nll, more } = forward(given, 'noise', samples);
    return withMore({ reconstruction: batchMean(nll) }, batchMean(nll), more);
  },
  schedules: {},
});

/** α·ELBO + (1 − α)·GSNN; losses at other scales are weighted as what they belong to. */
export const hybrid = (alpha: number, options: ElboOptions = {}): Objective => {
  if (alpha === 0) return gsnn({ samples: options.samples ?? 1 });
  if (alpha === 1) return elbo(options);
  return {
    compute: (given) => {
      const posterior = bound(given, options);
      const { loss, auxiliary } = posterior;
      if (!loss) throw new Error('judge: no loss');
      const { nll, more } = forward(given, 'priorNoise', options.samples ?? 1);
      const prior = batchMean(nll);
      const ahead = more ? add(prior, batchMean(more)) : prior;
      return {
        ...posterior,
        forward: prior,
        loss: add(mul(loss, alpha), mul(ahead, 1 - alpha)),
        ...(auxiliary && { auxiliary }),
      };
    },
    schedules: scheduled(options.beta),
  };
};

/** −log (1/k)·Σ e^v */
const minusLogMeanExp = (v: Tensor, k: number): Tensor => mul(sub(logSumExp(v), Math.log(k)), -1);

export const iwae = (k: number): Objective => ({
  compute: (given) => {
    const q = recognised(given);
    const p = given.prior(given.x);
    const each = repeated(given, k);
    const epsilon = noise('noise', 'normal', each.y, [latentOf(given)]);
    const posterior = spread(q, k);
    const z = reparameterise(posterior, epsilon);
    const { nll, more } = fitted(each, z);
    const weights = sub(logRatio(z, epsilon, posterior, p && spread(p, k)), nll);
    const loss = batchMean(minusLogMeanExp(group(k)(weights), k));
    return withMore({ reconstruction: batchMean(nll), kl: batchMean(kl(q, p)) }, loss, more);
  },
  schedules: {},
});

export const monteCarlo = (k: number): Objective => ({
  compute: (given) => {
    const { nll, more } = forward(given, 'noise', k);
    const loss = batchMean(minusLogMeanExp(group(k)(mul(nll, -1)), k));
    return withMore({ reconstruction: batchMean(nll) }, loss, more);
  },
  schedules: {},
});

export const likelihood = (): Objective => ({
  compute: (given) => {
    const { nll, more } = fitted(given, undefined);
    return withMore({ reconstruction: batchMean(nll) }, batchMean(nll), more);
  },
  schedules: {},
});

export const baselineLikelihood = (): Objective => ({
  compute: (given) => {
    const parameters = given.baseline(given.x);
    if (!parameters) throw new Error('judge: no baseline');
    const nll = batchMean(given.nll(parameters, given.y, given.mask));
    const more = given.auxiliary(parameters, given.y);
    return withMore({ reconstruction: nll }, nll, more);
  },
  schedules: {},
});

export const objective = (_: string, compute: Compute, schedules: Objective['schedules'] = {}): Objective => ({
  compute,
  schedules,
});

export const withNoise = (
  { compute, schedules }: Objective,
  layers: Readonly<Record<string, (x: Tensor) => Tensor>>,
): Objective => ({
  compute: (given) =>
    compute({
      ...given,
      x: Object.fromEntries(
        Object.entries(given.x).map(([name, x]) => {
          const layer = Object.entries(layers).find(([of]) => of === name)?.[1];
          return [name, layer?.(x) ?? x];
        }),
      ),
    }),
  schedules,
});

/** An objective of a definition, from a batch's values. */
export const computed = (
  { compute }: Objective,
  model: Definition,
  batch: Tensors,
  { scalars, validating }: { readonly scalars: Readonly<Record<string, number>>; readonly validating: boolean },
): Tensors => {
  const { y, mask, ...x } = batch;
  if (!y) throw new Error('judge: no y');
  const numbers = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, numbered([], [value])]));
  const wiring = { ...wired(model), ...(validating && { auxiliary: () => undefined }) };
  return compute({ ...wiring, model, y, ...(mask && { mask }), x, scalars: numbers, validating });
};
