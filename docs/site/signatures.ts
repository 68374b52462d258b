// How what is not a layer is called, for the catalogue; test/docs-site/catalogue.test.ts compares options with those that are accepted.

const COMMON = ['image', 'mask', 'per'];

/** The options of likelihoods that have others than the common ones; of those that are made of another one, none of their own. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  categorical: ['at', 'mask', 'end'],
  discretizedLogistic: [...COMMON, 'levels', 'components'],
  distribution: ['parameters', 'mean', 'nll', 'per', 'draw', 'noise', 'values', 'image', 'mask'],
  hurdle: ['masses', 'at'],
  laplace: [...COMMON, 'scale', 'floor'],
  logNormal: [...COMMON, 'sigma', 'floor'],
  multinomial: ['total'],
  negativeBinomial: [...COMMON, 'zeroInflated'],
  normal: [...COMMON, 'sigma', 'floor'],
  normalScores: [...COMMON, 'cells', 'floor'],
  ordinal: ['at', 'mask'],
  studentT: [...COMMON, 'scale', 'floor', 'freedom'],
  mixture: [],
  zeroInflated: [],
};

/** Returns the options of a likelihood. */
export const optionsOf = (name: string): readonly string[] => OWN[name] ?? COMMON;

/** How a likelihood is called with its options. */
export const callOf = (name: string): string => {
  const options = `{ ${optionsOf(name).join(', ')} }`;
  if (name === 'distribution') return `distribution(name, shape, ${options})`;
  if (name === 'hurdle') return `hurdle(of, ${options})`;
  if (name === 'mixture') return 'mixture(of, components)';
  if (name === 'zeroInflated') return 'zeroInflated(of)';
  const isOfClasses = name === 'categorical' || name === 'ordinal';
  return `${name}(${isOfClasses ? 'classes' : name === 'multinomial' ? 'items' : '…shape'}, ${options})`;
};

/** What else a definition is made of, by sections: each name, and how it is called. */
export const FUNCTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Models and networks': {
    cvae: 'cvae({ condition, target, latent, known, baseline, prior, recognition, decoder })',
    predictor: 'predictor({ condition, target, network })',
    network: 'network(name, inputs, body, { pretrained: { file, names, from, frozen } })',
    block: 'block(name, () => …)',
    anyPart: 'known: anyPart({ by, share })',
    multiScale: 'multiScale(of, { half: 2, quarter: 4 })',
  },
  'Outputs of a decoder': {
    head: 'head(target)',
    heads: 'heads(targets)',
    steps: 'steps(target, { start, state }, step)',
  },
  'Values that are the same for all examples': {
    parameter: 'parameter(name, shape, init)',
    constant: 'constant(shape, value)',
    positions: 'positions(steps, channels, { learned })',
    glorot: 'glorot(fanIn, fanOut)',
    filled: 'filled(value)',
    zeros: 'zeros',
    ones: 'ones',
  },
  'In objectives': {
    noise: 'noise(name, distribution, like, shape)',
    reparameterise: 'reparameterise(gaussian, noise)',
    kl: 'kl(q, p)',
    klPerDimension: 'klPerDimension(q, p)',
    logRatio: 'logRatio(z, noise, q, p)',
  },
};
