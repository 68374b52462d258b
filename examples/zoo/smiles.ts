import {
  categorical,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  each,
  expand,
  gaussian,
  lstm,
  reshape,
  steps,
  type Tensor,
} from 'cvae-compile';
import { list, rows } from './rows.ts';

// The original has 120 characters, layers of 500 units and z of 200 dimensions.
const STEPS = 120;
const UNITS = 24;
const LATENT = 20;

/** The characters of SMILES; the first one ends a string. */
const CHARACTERS = 35;
const smiles = categorical(CHARACTERS, { at: [STEPS], end: 0 });

/** One step of a layer. */
const cell = (x: Tensor<[number]>, h: Tensor<[typeof UNITS]>, c: Tensor<[typeof UNITS]>) =>
  x.pipe(reshape(1, x.shape[0]), lstm(UNITS, { initial: { h, c }, last: 'state' }));

/** Writes a molecule of given properties, character by character of its SMILES (jaechanglim/CVAE). */
export default cvae({
  // Weight, logP, polar surface, donors and acceptors of hydrogen bonds.
  condition: { properties: continuous(5) },
  target: smiles,
  latent: LATENT,
  recognition: ({ y, properties }) =>
    concat(y.pipe(each(dense(LATENT))), properties.pipe(expand(STEPS))).pipe(
      lstm(UNITS),
      lstm(UNITS),
      lstm(UNITS, { last: true }),
      gaussian(LATENT),
    ),
  // z and the properties at each step, and the character before it.
  decoder: ({ z, properties }) => {
    const zeros = constant([UNITS], 0);
    const state = { h1: zeros, c1: zeros, h2: zeros, c2: zeros, h3: zeros, c3: zeros };
    return steps(smiles, { start: constant([CHARACTERS], 0), state }, ({ previous, state: before }) => {
      const first = cell(concat(previous, z, properties), before.h1, before.c1);
      const second = cell(first.h, before.h2, before.c2);
      const third = cell(second.h, before.h3, before.c3);
      return {
        out: third.h.pipe(dense(CHARACTERS)),
        state: { h1: first.h, c1: first.c, h2: second.h, c2: second.c, h3: third.h, c3: third.c },
      };
    });
  },
});

/** Invented strings: a pattern that repeats, whose period and first character are properties; 0 ends them. */
export const data = rows(6, (random) => {
  const properties = list(5, random);
  const [weight = 0, first = 0, period = 0] = properties;
  const length = 4 + Math.floor(12 * weight);
  const y = list(STEPS, (i) => (i < length ? 1 + Math.floor(20 * first) + (i % (2 + Math.floor(4 * period))) : 0));
  return { properties, y };
});
