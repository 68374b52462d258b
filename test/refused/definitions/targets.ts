import { forPlain } from '../../support/plain-targets.ts';
import { js, type Refused } from '../loose.ts';
import { target } from './target.ts';

/** What likelihoods of numbers refuse. */
export const TARGETS = {
  ...forPlain((name) => target(name, js[name])),
  laplace: [
    ...target('laplace', js.laplace, ['scale', 'floor']),
    [
      'per outside of a mixture',
      () => js.predictor({ condition: {}, target: js.laplace(4, { per: 'place' }), network: () => 0 }),
      "target: expected per of a mixture's components, got that of laplace, whose elements share nothing; leave it out, or write mixture(laplace(…), 5)",
    ],
    [
      'a scale of 0',
      () => js.laplace(4, { scale: 0 }),
      "laplace: expected 'learned' or a number from 1e-37 to 1e37 as scale, got 0; give the scale of the noise",
    ],
    [
      'a floor of a fixed scale',
      () => js.laplace(4, { floor: 0.1 }),
      "laplace: expected options that have an effect, got floor with a fixed scale; leave it out, or give scale: 'learned'",
    ],
  ],
  studentT: [
    ...target('studentT', js.studentT, ['scale', 'floor', 'freedom']),
    [
      'freedom of 0',
      () => js.studentT(4, { freedom: 0 }),
      "studentT: expected 'learned' or a number from 1e-37 to 1e37 as freedom, got 0; give the degrees of freedom, such as 4",
    ],
  ],
  logNormal: [
    ...target('logNormal', js.logNormal, ['sigma', 'floor']),
    [
      'a floor without effect',
      () => js.logNormal(4, { sigma: 1, floor: 0.1 }),
      "logNormal: expected options that have an effect, got floor with a fixed sigma; leave it out, or give sigma: 'learned'",
    ],
  ],
  multinomial: [
    [
      'no items',
      () => js.multinomial(0),
      'multinomial: expected a positive whole number of items, got 0; give how many there are',
    ],
    [
      'half a total',
      () => js.multinomial(4, { total: 2.5 }),
      'multinomial: expected a positive whole number of what is counted as total, got 2.5; give how many a draw shares out',
    ],
    [
      'a mask',
      () => js.multinomial(4, { mask: true }),
      'multinomial: expected the options total, got mask; correct it or leave it out',
    ],
  ],
  ordinal: [
    ['one class', () => js.ordinal(1), 'ordinal: expected at least 2 classes, got 1; give their number or their names'],
    [
      'names that are the same',
      () => js.ordinal('low', 'low'),
      'ordinal: expected names that differ, got low, low; rename one',
    ],
  ],
  zeroInflated: [
    [
      'a likelihood of real numbers',
      () => js.zeroInflated(js.normal(4)),
      'zeroInflated: expected a likelihood of positive numbers or of counts, got normal; give one of logNormal, gamma, poisson',
    ],
    [
      'a shape',
      () => js.zeroInflated(4),
      'zeroInflated: expected a target, got 4; give the likelihood of what is not 0: logNormal(1)',
    ],
  ],
  mixture: [
    [
      'classes',
      () => js.mixture(js.categorical(4), 3),
      'mixture: expected a likelihood of independent numbers, got categorical; give one of normal, laplace, studentT, logNormal, gamma, beta, vonMises, bernoulli, continuousBernoulli, poisson, negativeBinomial, zeroInflated',
    ],
    [
      'one component',
      () => js.mixture(js.normal(4), 1),
      'mixture: expected at least 2 components, got 1; give how many there are',
    ],
    [
      'the number first',
      () => js.mixture(3, js.normal(4)),
      'mixture: expected a target, got 3; give the likelihood of the components: normal(3)',
    ],
  ],
  normalScores: [
    ...target('normalScores', js.normalScores, ['cells', 'floor']),
    [
      'few cells',
      () => js.normalScores(4, { cells: 2 }),
      'normalScores: expected a whole number from 8 as cells, got 2; give how many cells the map has at most',
    ],
  ],
  hurdle: [
    [
      'counts',
      () => js.hurdle(js.poisson(4)),
      'hurdle: expected a density, got poisson; give one of normalScores, normal, laplace, studentT, logNormal, gamma, beta, continuousBernoulli',
    ],
    [
      'a shape',
      () => js.hurdle(4),
      'hurdle: expected a target, got 4; give the density of what is no mass: normalScores(1)',
    ],
    [
      'more masses than there can be',
      () => js.hurdle(js.normal(4), { masses: 20 }),
      'hurdle: expected a whole number from 1 to 19 as masses, got 20; give how many values may have a probability of their own',
    ],
    [
      'one mass twice',
      () => js.hurdle(js.normal(4), { at: [0, 0] }),
      'hurdle: expected a list of different numbers as at, got an array of 2; give the values: [0]',
    ],
    [
      'more values than masses',
      () => js.hurdle(js.normal(4), { masses: 1, at: [0, 1] }),
      'hurdle: expected at most 1 values in at, as many as masses, got 2; give masses: 2',
    ],
  ],
  head: [['a shape', () => js.head(3), 'head: expected a target, got 3; give the likelihood: head(poisson(3))']],
  heads: [['a shape', () => js.heads(3), 'heads: expected targets by name, got 3; give the targets of the definition']],
  discretizedLogistic: [
    ...target('discretizedLogistic', js.discretizedLogistic, ['levels', 'components']),
    [
      'one level',
      () => js.discretizedLogistic(4, { levels: 1 }),
      'discretizedLogistic: expected at least 2 levels as levels, got 1; give how many values y has, such as 256',
    ],
  ],
  negativeBinomial: [
    ...target('negativeBinomial', js.negativeBinomial, ['zeroInflated']),
    [
      'zeros in numbers',
      () => js.negativeBinomial(4, { zeroInflated: 1 }),
      'negativeBinomial: expected true or false as zeroInflated, got 1; give one of them',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
