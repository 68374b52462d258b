// What evaluation.onnx gives (docs/evaluation.md): estimates of −log p(y|x) from samples that have an axis of their own.
import { add, constant, group, kl as klOf, logSumExp, mul, repeat, sub, sumLast, ungroup } from './door.ts';
import { klPerDimension, logRatio, reparameterise, wired, type Definition, type Gaussian } from './model.ts';
import { forRows, type Tensor, type Tensors } from './tensor.ts';

export const evaluated = (model: Definition, samples: number, given: Tensors): Tensors => {
  const { y, mask, noise, priorNoise, ...x } = given;
  if (!y) throw new Error('judge: no y');
  const wiring = wired(model);
  const isDensity = model.target.distribution !== 'squaredError';
  const at = (z: Tensor | undefined): Tensors => {
    const parameters = wiring.decoder(x, z);
    const { y: prediction } = wiring.mean(parameters);
    return { deterministic: wiring.nll(parameters, y, mask), ...(prediction && { prediction }) };
  };
  const { latent = 0 } = model;
  if (latent === 0 || !priorNoise) return at(undefined);
  const k = repeat(samples);
  const each = Object.fromEntries(Object.entries(x).map(([name, value]) => [name, k(value)]));
  const logLikelihood = (z: Tensor): Tensor => mul(wiring.nll(wiring.decoder(each, z), k(y), mask && k(mask)), -1);
  const mean = (v: Tensor): Tensor => mul(sumLast(group(samples)(v)), 1 / samples);
  const minusLogMean = (v: Tensor): Tensor => sub(Math.log(samples), logSumExp(v));
  const many = ({ mean: m, logVar }: Gaussian): Gaussian => ({ mean: k(m), logVar: k(logVar) });

  const prior = wiring.prior(x);
  const epsilon = ungroup(samples)(priorNoise);
  const logLikelihoods = group(samples)(logLikelihood(prior ? reparameterise(many(prior), epsilon) : epsilon));
  const middle = forRows(prior ? prior.mean : constant([latent], 0), 1);
  const common: Tensors = {
    ...(isDensity && { monteCarlo: minusLogMean(logLikelihoods), logLikelihoods }),
    ...at(middle),
  };
  const q = wiring.recognition(x, y);
  if (!q || !noise) {
    const reconstruction = mul(mean(ungroup(samples)(logLikelihoods)), -1);
    return { ...common, reconstruction, negativeElbo: reconstruction };
  }
  const e = ungroup(samples)(noise);
  const z = reparameterise(many(q), e);
  const likelihoods = logLikelihood(z);
  const logWeights = group(samples)(add(likelihoods, logRatio(z, e, many(q), prior && many(prior))));
  const reconstruction = mul(mean(likelihoods), -1);
  const total = klOf(q, prior);
  return {
    ...common,
    ...(isDensity && { importanceSampling: minusLogMean(logWeights), logWeights }),
    reconstruction,
    negativeElbo: add(total, reconstruction),
    kl: total,
    klPerDimension: klPerDimension(q, prior),
    posteriorMean: forRows(q.mean, 1),
  };
};
