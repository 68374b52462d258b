import * as own from '../../../src/index.ts';
import { js, type Loose } from '../loose.ts';

export const digit = own.categorical(3);

/** What a decoder is given. */
export type Given = Readonly<Record<'z' | 'digit', Loose>>;

/** A model of four coins, but for what is wrong with it. */
export const model =
  (wrong: Readonly<Record<string, unknown>>): (() => unknown) =>
  () =>
    js.cvae({
      condition: { digit },
      target: own.bernoulli(4),
      latent: 2,
      decoder: ({ z, digit }: Given) => js.concat(z, digit).pipe(js.dense(4)),
      ...wrong,
    });
