import type { Tensor } from '../../src/dsl/tensor.ts';
import * as data from '../../src/data/index.ts';
import * as own from '../../src/index.ts';
import * as train from '../../src/train/index.ts';

/** A value as JavaScript sees it: whatever it is, it may be called with anything. */
export interface Loose {
  (...args: readonly unknown[]): Loose;
  readonly pipe: (...layers: readonly unknown[]) => Loose;
}

/** A module whose functions take anything. */
type Untyped<M> = { readonly [K in keyof M]: Loose };

// A user of JavaScript has no types; these take them away.
export const js = own as unknown as Untyped<typeof own>;
export const jsTrain = train as unknown as Untyped<typeof train>;
export const jsData = data as unknown as Untyped<typeof data>;

/** A call that cannot be right: what it is, how it is written, and the sentence that refuses it. */
export type Refused = readonly [what: string, read: () => unknown, sentence: string];

/** Reads a network of a vector x of 4 numbers. */
export const on =
  (body: (x: Loose) => unknown): (() => unknown) =>
  () =>
    js.network('net', { x: own.continuous(4) }, ({ x }: { readonly x: Loose }) => body(x));

/** Reads a network of an image of 8 by 8 pixels and 2 channels. */
export const onImage =
  (body: (x: Loose) => unknown): (() => unknown) =>
  () =>
    js.network('net', { x: own.image(8, 8, 2) }, ({ x }: { readonly x: Loose }) => body(x));

/** Reads a network of a series of 64 steps and 2 channels. */
export const onSeries = (body: (x: Loose) => unknown): (() => unknown) =>
  onImage((x) => body(x.pipe(js.reshape(64, 2))));

/** The names of a module's functions. */
export type Functions<M> = { [K in keyof M]: M[K] extends (...args: never[]) => unknown ? K : never }[keyof M];

/** The names of those that take one tensor and nothing else, as most layers do: `tensorOnly` has what they refuse. */
export type OfTensors<M> = {
  [K in keyof M]: M[K] extends (...args: infer A) => unknown ? (A extends readonly [Tensor] ? K : never) : never;
}[keyof M];
