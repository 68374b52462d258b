import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';

/**
 * Returns the fingerprints that a model's weights may carry: the current one, the hash of `print(model)`, and the one of version
 * 0.1, which did not distinguish custom ops or likelihoods that differ only in what they compute.
 */
export const fingerprintsOf = (model: Model): readonly [current: string, earlier: string] => [
  fingerprint(print(model)),
  fingerprint(print(model, { own: false })),
];
