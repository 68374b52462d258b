import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';

/**
 * The fingerprints that a model's weights may carry: its own, the hash of `print(model)`, and the one that version 0.1 gave it,
 * which did not tell apart ops or likelihoods of the definition's own that differ only in what they compute.
 */
export const fingerprintsOf = (model: Model): readonly [current: string, earlier: string] => [
  fingerprint(print(model)),
  fingerprint(print(model, { own: false })),
];
