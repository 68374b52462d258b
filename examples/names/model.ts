import { categorical, concat, constant, cvae, dense, dropout, gaussian, gru, reshape, steps } from 'cvae-compile';
import { COUNTRIES, ELEMENTS } from './names.ts';

const LENGTH = 14;
const UNITS = 128;
const LATENT = 8;

/** A name, letter by letter; the 27th class is its end. */
const name = categorical(27, { at: [LENGTH], end: 26 });

/** Makes up names of elements and countries. */
export default cvae({
  condition: { of: categorical('element', 'country') },
  target: name,
  latent: LATENT,
  recognition: ({ y, of }) => concat(y.pipe(gru(UNITS, { last: true })), of).pipe(gaussian(LATENT)),
  decoder: ({ z, of }) =>
    steps(name, { start: constant([27], 0), state: concat(z, of).pipe(dense(UNITS)) }, ({ previous, state }) => {
      const next = concat(previous, z, of).pipe(
        reshape(1, 27 + LATENT + 2),
        gru(UNITS, { initial: state, last: true }),
      );
      return { out: next.pipe(dropout(0.4), dense(27)), state: next };
    }),
});

/** A name as the classes of its letters. */
const lettersOf = (text: string): readonly number[] =>
  Array.from({ length: LENGTH }, (_, i) => (i < text.length ? text.charCodeAt(i) - 97 : 26));

const named = (of: 'element' | 'country', names: readonly string[]) =>
  names.map((text) => ({ of, y: lettersOf(text) }));

export const data = [...named('element', ELEMENTS), ...named('country', COUNTRIES)];
