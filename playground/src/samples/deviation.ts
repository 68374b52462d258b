import type { Outputs } from 'cvae-compile/runtime';
import type { TargetSignature } from '../../../src/signature.ts';

/** The standard deviation of element i of y given z, if the likelihood has a simple one. */
export const deviationOf = (target: TargetSignature, outputs: Outputs, i: number): number | undefined => {
  const mean = outputs.data[i] ?? 0;
  const fixed = (value: number | readonly number[] | undefined): number | undefined =>
    typeof value === 'object' ? value[i % value.length] : value;
  const given = (name: 'logVar' | 'scale' | 'dispersion' | 'concentration' | 'alpha' | 'beta' | 'freedom') =>
    outputs[name]?.[i];
  const logVar = given('logVar');
  const scale = given('scale') ?? fixed(target.scale);
  switch (target.distribution) {
    case 'normal':
      return logVar === undefined ? fixed(target.sigma) : Math.exp(logVar / 2);
    case 'laplace':
      return scale === undefined ? undefined : Math.SQRT2 * scale;
    case 'studentT': {
      const freedom = given('freedom') ?? target.settings?.['freedom'] ?? 0;
      // It has none with two degrees of freedom or fewer.
      return scale === undefined || freedom <= 2 ? undefined : scale * Math.sqrt(freedom / (freedom - 2));
    }
    case 'logNormal': {
      const sigma = logVar === undefined ? fixed(target.sigma) : Math.exp(logVar / 2);
      return sigma === undefined ? undefined : mean * Math.sqrt(Math.expm1(sigma ** 2));
    }
    case 'gamma':
      return mean / Math.sqrt(given('concentration') ?? NaN) || undefined;
    case 'poisson':
      return Math.sqrt(mean);
    case 'negativeBinomial':
      // With extra zeros the mean is no longer that of the counts.
      return outputs.zero ? undefined : Math.sqrt(mean + mean ** 2 / (given('dispersion') ?? Infinity));
    case 'beta':
      return Math.sqrt((mean * (1 - mean)) / ((given('alpha') ?? NaN) + (given('beta') ?? NaN) + 1)) || undefined;
    default:
      return undefined;
  }
};
