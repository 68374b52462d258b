import { categorical, concat, continuous, cvae, dense, each, expand, gaussian, lstm } from 'cvae-compile';
import { list, rows } from './rows.ts';

// The original has 120 characters, LSTMs of 500 units and z of 200 dimensions.
const STEPS = 120;
const UNITS = 24;
const LATENT = 20;

/** The characters of SMILES. */
const CHARACTERS = 35;

/** Draws a molecule of given properties, character by character of its SMILES (jaechanglim/CVAE). */
export default cvae({
  // Weight, logP, polar surface, donors and acceptors of hydrogen bonds.
  condition: { properties: continuous(5) },
  target: categorical(CHARACTERS, { at: [STEPS] }),
  latent: LATENT,
  recognition: ({ y, properties }) =>
    concat(y.pipe(each(dense(LATENT))), properties.pipe(expand(STEPS))).pipe(
      lstm(UNITS),
      lstm(UNITS),
      lstm(UNITS, { last: true }),
      gaussian(LATENT),
    ),
  // z and the properties at each step; the characters before are not seen.
  decoder: ({ z, properties }) =>
    concat(z, properties).pipe(expand(STEPS), lstm(UNITS), lstm(UNITS), lstm(UNITS), each(dense(CHARACTERS))),
});

/** Invented strings: a pattern that repeats, whose period and first character are properties; 0 fills up. */
export const data = rows(6, (random) => {
  const properties = list(5, random);
  const [weight = 0, first = 0, period = 0] = properties;
  const length = 4 + Math.floor(12 * weight);
  const y = list(STEPS, (i) => (i < length ? 1 + Math.floor(20 * first) + (i % (2 + Math.floor(4 * period))) : 0));
  return { properties, y };
});
