import { add, constant, div, exp, log, mul, square, sub, sum, type Network } from './all.ts';
import { called, named } from './scope.ts';
import { parametersOf, type Target, type Variable } from './targets.ts';
import { forRows, isTensor, Tensor, type Tensors } from './tensor.ts';

export interface Gaussian {
  readonly mean: Tensor;
  readonly logVar: Tensor;
}

type Body<Out> = (given: Tensors) => Out;

/** A definition as it was written. */
export interface Definition {
  readonly condition?: Readonly<Record<string, Variable>>;
  readonly target: Target;
  readonly latent?: number;
  readonly baseline?: Network;
  readonly prior?: Body<Gaussian>;
  readonly recognition?: Body<Gaussian>;
  readonly decoder?: Body<Tensor | Tensors>;
  readonly network?: Body<Tensor | Tensors>;
}

/** A model's networks as functions of values in the data's own units. */
export interface Wiring {
  prior(x: Tensors): Gaussian | undefined;
  recognition(x: Tensors, y: Tensor): Gaussian | undefined;
  baseline(x: Tensors): Tensors | undefined;
  decoder(x: Tensors, z?: Tensor): Tensors;
  mean(parameters: Tensors): Tensors;
  nll(parameters: Tensors, y: Tensor, mask?: Tensor): Tensor;
  auxiliary(parameters: Tensors, y: Tensor): Tensor | undefined;
}

export const wired = ({ condition = {}, target, ...networks }: Definition): Wiring => {
  const scale = (of: string, what: string): Tensor => new Tensor(named(`scaling/${of}/${what}`), 0);
  const known = new Map<Tensor, Map<string, Tensor>>();
  const inward = (of: string, x: Tensor): Tensor => {
    const before = known.get(x) ?? new Map<string, Tensor>();
    known.set(x, before);
    const seen = before.get(of) ?? div(sub(x, scale(of, 'mean')), scale(of, 'deviation'));
    before.set(of, seen);
    return seen;
  };
  const seen = (x: Tensors): Tensors =>
    Object.fromEntries(
      Object.entries(x).map(([name, value]) => [
        name,
        condition[name]?.kind === 'continuous' ? inward(name, value) : value,
      ]),
    );
  const seenY = (y: Tensor): Tensor => (target.scalable ? inward('y', y) : y);
  const generator = networks.decoder ?? networks.network;
  if (!generator) throw new Error('judge: a model without a decoder');
  const name = networks.decoder ? 'decoder' : 'network';
  return {
    prior: (x) => {
      const { prior } = networks;
      const given = seen(x);
      return prior && called('prior', given, () => prior(given));
    },
    recognition: (x, y) => {
      const { recognition } = networks;
      const given = { y: seenY(y), ...seen(x) };
      return recognition && called('recognition', given, () => recognition(given));
    },
    baseline: (x) => networks.baseline && parametersOf(target, networks.baseline(seen(x))),
    decoder: (x, z) => {
      const given = z ? { z, ...seen(x) } : seen(x);
      return parametersOf(
        target,
        called(name, given, () => generator(given)),
      );
    },
    mean: (parameters) => {
      const { y, logVar } = target.mean(parameters);
      if (!y) throw new Error('judge: a target without a mean');
      if (!target.scalable) return { y };
      const deviation = scale('y', 'deviation');
      return {
        y: add(mul(y, deviation), scale('y', 'mean')),
        ...(logVar && { logVar: add(logVar, mul(log(deviation), 2)) }),
      };
    },
    nll: (parameters, y, mask) => {
      const each = target.nll(parameters, seenY(y));
      const inUnits = target.distribution === 'normal' ? add(each, log(scale('y', 'deviation'))) : each;
      return sum(mask ? mul(inUnits, mask) : inUnits);
    },
    auxiliary: (parameters, y) => target.auxiliary?.(parameters, y),
  };
};

/** mean + σ·ε */
export const reparameterise = ({ mean, logVar }: Gaussian, epsilon: Tensor): Tensor =>
  add(mean, mul(exp(mul(logVar, 0.5)), epsilon));

const standard = ({ mean }: Gaussian): Gaussian => ({
  mean: constant(mean.shape, 0),
  logVar: constant(mean.shape, 0),
});

/** ½·(log σp² − log σq² + (σq² + (μq − μp)²)/σp² − 1) */
export const klPerDimension = (q: Gaussian, p: Gaussian = standard(q)): Tensor =>
  mul(
    sub(add(sub(p.logVar, q.logVar), mul(add(exp(q.logVar), square(sub(q.mean, p.mean))), exp(mul(p.logVar, -1)))), 1),
    0.5,
  );

export const kl = (q: Gaussian, p?: Gaussian): Tensor => sum(klPerDimension(q, p));

/** log N(z; μ, σ²), without its constant */
const density = (z: Tensor, { mean, logVar }: Gaussian): Tensor =>
  mul(sum(add(logVar, mul(square(sub(z, mean)), exp(mul(logVar, -1))))), -0.5);

/** log p(z) − log q(z) */
export const logRatio = (z: Tensor, _: Tensor, q: Gaussian, p: Gaussian = standard(q)): Tensor =>
  sub(density(z, p), density(z, q));

/** Outputs as a file gives them: for each row. */
export const outputs = (all: Tensors): Tensors =>
  Object.fromEntries(Object.entries(all).map(([name, x]) => [name, isTensor(x) ? forRows(x, x.lead || 1) : x]));
